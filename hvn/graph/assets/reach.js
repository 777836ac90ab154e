// The answers of `hvn reach`, from the network of the page. The functions have the names of hvn/reach/walk.py, reply.py,
// select.py, route_server.py, find.py, firewall.py, internet.py, dnat.py, platform.py, nsg.py, pass_nsg.py, appliance.py,
// answer.py and missing_rule.py; tests/graph/test_page.py compares the answers.
"use strict";

const Reach = (() => {
  const HUB = "hub", HVN = "HVN", BACKUP = "backup HVN", ON_PREMISES = "on-premises", RUNNERS = "runners", VAULT = "vault";
  const INTERNET = "Internet", OUTSIDE = "Outside", PLATFORM = "Azure platform", ALL = "0.0.0.0/0";
  const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];
  const UNROUTED = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"];
  const STARTS = ["on_premises.", "hub.peerings.", "spokes."];
  const SECTIONS = ["address_pools", "hub", "on_premises", "spokes"];
  const DOMAIN = /^([a-z]{2}|app|biz|cloud|com|dev|edu|gov|info|int|mil|net|org)$/;
  const API_SERVER_PORT = 443, DNS_PORT = 53, APP_GATEWAYS = "Microsoft.Network/applicationGateways";
  const AZURE_HOST = "168.63.129.16/32", IMDS = "169.254.169.254/32";
  const HOST_PORTS = { [AZURE_HOST]: [53, 80, 32526], [IMDS]: [80] };
  const HOST_TAGS = { [`${AZURE_HOST} 53`]: "AzurePlatformDNS", [`${IMDS} 80`]: "AzurePlatformIMDS" };
  const PORTS = { vault: 8200, "vault/backup": 8200, hub: 53, "168.63.129.16": 53, "169.254.169.254": 80 };
  const OTHER_PORT = 443;
  const PROPAGATES_DEFAULT = "whether the hub's gateway propagates a default route";
  const NO_ICMP = "Azure Firewall does not translate ICMP packets, so they do not reach the internet";
  const HVN_IN = "hvn-in", HUB_NSG = "hub.", LOWEST = 100, FIRST_DEFAULT = 65000;
  const ranges = new Map();

  function range(text) {
    let parsed = ranges.get(text);
    if (!parsed) {
      const [address, length] = text.split("/");
      const first = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
      const prefix = length === undefined ? 32 : Number(length);
      parsed = { first, last: first + 2 ** (32 - prefix) - 1, prefix };
      ranges.set(text, parsed);
    }
    return parsed;
  }
  const subnetOf = (inner, outer) => {
    const a = range(inner), b = range(outer);
    return a.first >= b.first && a.last <= b.last;
  };
  const overlaps = (one, other) => {
    const a = range(one), b = range(other);
    return a.first <= b.last && b.first <= a.last;
  };

  const isRemote = (name) => name.includes(".");
  const isPublic = (cidr) => ![...PRIVATE, ...UNROUTED].some((block) => subnetOf(cidr, block));
  const inSpoke = (place) =>
    ![HUB, HVN, BACKUP, ON_PREMISES, INTERNET, OUTSIDE, PLATFORM].includes(place.network) && !isRemote(place.network);
  /** Return a protocol and a port as text. ICMP has the port 0. */
  const textOf = ({ protocol, port }) => protocol.toUpperCase() + (port ? ` ${port}` : "");
  const inNsg = ({ protocol }) => protocol[0].toUpperCase() + protocol.slice(1);
  function trafficOf(port, protocol) {
    if (protocol === "icmp") return { port: 0, protocol };
    return { port, protocol: protocol || (port === DNS_PORT ? "udp" : "tcp") };
  }
  function closed(place, { protocol, port }) {
    const listens = place.ports === null || protocol === "icmp" ||
      (place.ports.includes(port) && (protocol === "tcp" || port === DNS_PORT));
    if (listens) return "";
    const udp = place.ports.includes(DNS_PORT) ? ` and UDP ${DNS_PORT}` : "";
    return place.ports.length ? `${place.name} listens on TCP ${place.ports.join(" and ")}${udp} only`
      : `${place.name} accepts no connections`;
  }
  const answers = (place, traffic) =>
    place.ports !== null && traffic.protocol === "icmp" ? `whether ${place.name} answers ICMP` : "";
  const hasTraffic = (rule, { protocol, port }) =>
    rule.protocols.includes(protocol) && rule.ports.some(([first, last]) => first <= port && port <= last);
  const inHvn = (place) => [HVN, BACKUP].includes(place.network);
  const inAzure = (place) => !inHvn(place) && ![ON_PREMISES, PLATFORM].includes(place.network) && !isRemote(place.network);
  const isOutside = (place) => [INTERNET, OUTSIDE].includes(place.network);

  /** `droppedAt` is the label of the place that drops the packet. */
  const newWay = () => ({ hops: [], byFirewall: false, byAppliance: false, appliances: [], byPublicAddress: false,
    blockedBy: "", droppedAt: "", unknown: [], rule: null, senders: [], translated: [], ruleMissing: false, peeringMissing: false, deniedBy: null });
  const hop = (way, at, what) => way.hops.push({ at, what });
  const addUnknown = (way, setting) => {
    if (setting && !way.unknown.includes(setting)) way.unknown.push(setting);
  };
  const has = (object, key) => Object.prototype.hasOwnProperty.call(object, key);

  function find(network, name) {
    const places = named(network, name);
    if (places.length) return places;
    if (name === "internet" || name === ALL) return [outside("internet", INTERNET, ALL, "")];
    if (/^(\d{1,3}\.){3}\d{1,3}(\/\d{1,2})?$/.test(name)) {
      const cidr = normal(name);
      return cidr ? ofRange(network, cidr).sort(byRange) : [];
    }
    const host = name.toLowerCase();
    const isHost = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/.test(host) && !resemblesPath(network, host);
    return isHost ? [outside(host, INTERNET, ALL, host)] : [];
  }
  function resemblesPath(network, name) {
    const labels = name.split("."), first = labels[0], last = labels[labels.length - 1];
    if (SECTIONS.some((section) => section.replace("_", "") === first.replaceAll("-", ""))) return true;
    if (named(network, name.replace(".", "/")).length) return true;
    const known = [...SECTIONS, VAULT, ...Object.keys(network.ranges).filter((one) => inSpoke({ network: one }))];
    return !DOMAIN.test(last) && known.some((one) => ratio(one, first) >= 0.6);
  }
  /** Return the similarity of two texts as Python's difflib does: twice the matching characters per character. */
  const ratio = (one, other) => (2 * matching(one, other)) / (one.length + other.length);
  function matching(one, other) {
    let [size, at, to] = [0, 0, 0];
    for (let i = 0; i < one.length; i += 1) {
      for (let j = 0; j < other.length; j += 1) {
        let same = 0;
        while (i + same < one.length && one[i + same] === other[j + same]) same += 1;
        if (same > size) [size, at, to] = [same, i, j];
      }
    }
    return size && size + matching(one.slice(0, at), other.slice(0, to)) + matching(one.slice(at + size), other.slice(to + size));
  }
  /** Return a range without host bits, or an empty text for an invalid range. */
  function normal(text) {
    const [address, length = "32"] = text.split("/");
    const parts = address.split(".");
    if (Number(length) > 32 || parts.some((part) => Number(part) > 255 || String(Number(part)) !== part)) return "";
    const size = 2 ** (32 - Number(length));
    return written(Math.floor(range(address).first / size) * size, Number(length));
  }
  const written = (first, prefix) =>
    `${[24, 16, 8, 0].map((bits) => Math.floor(first / 2 ** bits) % 256).join(".")}/${prefix}`;
  const byRange = (one, other) =>
    range(one.cidr).first - range(other.cidr).first || range(one.cidr).prefix - range(other.cidr).prefix;
  const outside = (name, network, cidr, host) => ({ name, network, cidr, host, label: name, routes: [], ports: null, nsg: null,
    subnet: "", in_file: "", propagated: false, existing_table: false, unknown: "", absent: "", egress: "", public: null,
    exposure: "", tag_routes: [], service_endpoints: [], within: null, private_endpoints: "", api_server: "" });
  function ofRange(network, cidr) {
    const platform = Object.keys(HOST_PORTS).filter((one) => subnetOf(one, cidr)).map((one) =>
      ({ ...outside(one.split("/")[0], PLATFORM, one, ""), ports: HOST_PORTS[one] }));
    if (platform.some((place) => place.cidr === cidr)) return platform;
    const known = inside(network, cidr);
    const found = [...platform, ...known];
    if (!known.length && !isPublic(cidr)) found.push(outside("outside", OUTSIDE, cidr, ""));
    for (const block of isPublic(cidr) ? PRIVATE : []) {
      if (subnetOf(block, cidr) && !known.some((place) => overlaps(place.cidr, block))) found.push(outside("outside", OUTSIDE, block, ""));
    }
    const blocks = [...PRIVATE, ...UNROUTED, ...Object.values(network.ranges).flat()].filter((one) => overlaps(one, cidr));
    return [...found, ...without(cidr, blocks).map((part) => outside("internet", INTERNET, part, ""))];
  }
  /** Return the parts of a range that no block contains. */
  function without(cidr, blocks) {
    if (!blocks.some((block) => overlaps(cidr, block))) return [cidr];
    if (blocks.some((block) => subnetOf(cidr, block))) return [];
    const { first, prefix } = range(cidr);
    return [first, first + 2 ** (31 - prefix)].flatMap((start) => without(written(start, prefix + 1), blocks));
  }
  function reserved(place, cidr) {
    if (!inAzure(place) || !(place.subnet || place.name === RUNNERS)) return "";
    const whole = range(place.cidr), part = range(cidr);
    if (part.last >= whole.first + 4 && part.first < whole.last && whole.last - whole.first > 4) return "";
    return `Azure reserves ${cidr}: no machine gets the first four addresses and the last address of ${place.label}`;
  }
  const ownerOf = (network, cidr) =>
    Object.keys(network.ranges).find((name) => network.ranges[name].some((one) => subnetOf(cidr, one)));
  function inside(network, cidr) {
    for (const known of [network.places, network.parts]) {
      const parts = new Map();
      for (const place of Object.values(known).flat()) {
        if (subnetOf(place.cidr, cidr)) parts.set(place.cidr, place);
        else if (subnetOf(cidr, place.cidr)) {
          parts.set(cidr, { ...place, cidr, within: place.cidr, absent: place.absent || reserved(place, cidr) });
        }
      }
      if (parts.size) return [...parts.values()];
    }
    const owner = ownerOf(network, cidr);
    if (owner === undefined) return [];
    const place = outside(owner, owner, cidr, "");
    return [has(network.unlisted, owner)
      ? { ...place, propagated: true, existing_table: true, unknown: network.unlisted[owner] }
      : { ...place, absent: `no subnet for hosts in ${owner} contains ${cidr}` }];
  }
  function named(network, text) {
    const name = text.replace(/^hub\.subnets\./, "hub/");
    const short = name.replace(/^spokes\./, "").replace(/^hub\./, "");
    const [label, separator] = name.includes("/") ? [name, "/"] : [short, "."];
    const [place, ...rest] = label.split(separator), subnet = rest.join(separator);
    for (const [known, key] of [[network.places, name], [network.parts, name], [network.places, short]]) {
      if (has(known, key)) return known[key];
    }
    const within = has(network.places, place) ? network.places[place].filter((one) => subnet && one.subnet === subnet) : [];
    if (within.length) return within;
    const full = STARTS.map((start) => start + name);
    const found = full.map((one) => (has(network.places, one) ? network.places[one] : has(network.parts, one) ? network.parts[one] : []))
      .filter((places) => places.length);
    return found.length === 1 ? found[0] : [];
  }

  function walk(network, source, destination, traffic, askedByFirewall) {
    const way = newWay();
    way.blockedBy = source.absent || destination.absent;
    if (way.blockedBy) {
      way.droppedAt = (source.absent ? source : destination).label;
      return way;
    }
    if (destination.network === PLATFORM || source.network === PLATFORM) {
      if (destination.network === PLATFORM) toPlatform(network, source, destination, traffic, way);
      else fromPlatform(source, destination, traffic, way);
      if (!way.blockedBy && destination.network !== PLATFORM) arrive(network, source, destination, traffic, way, false);
      if (way.blockedBy && !way.droppedAt) way.droppedAt = source.label;
      return way;
    }
    if (isOutside(source)) {
      fromOutside(network, source, destination, traffic, way);
      if (way.blockedBy && !way.droppedAt) way.droppedAt = source.network === OUTSIDE ? source.label : destination.label;
      return way;
    }
    addUnknown(way, source.unknown);
    const answer = askedByFirewall !== null;
    if (!answer && !passNsg(network, source, "Outbound", source, destination, traffic, way)) {
      if (inAzure(source) && select(network, source, destination) === null) {
        way.blockedBy = "";
        noRoute(network, source, destination, way);
        liftBlock(network, source, destination, way);
        reroute(network, source, destination, way);
      }
      return way;
    }
    const from = source.network === ON_PREMISES ? fromGateway : isRemote(source.network) ? fromRemote
      : [HVN, BACKUP].includes(source.network) ? fromHvn : fromAzure;
    from(network, source, destination, traffic, way, askedByFirewall);
    liftBlock(network, source, destination, way);
    reroute(network, source, destination, way);
    if (!way.blockedBy) arrive(network, source, destination, traffic, way, answer);
    if (way.blockedBy && !way.droppedAt) way.droppedAt = source.label;
    return way;
  }

  function reply(network, source, destination, traffic, request) {
    const tracked = request.byFirewall || request.byAppliance;
    const atHost = [source.network, destination.network].includes(PLATFORM);
    if (!isOutside(source) && !isOutside(destination) && !atHost) {
      const back = toSenders(network, source, destination, traffic, request, tracked);
      oneDirection(network, request, back);
      return back;
    }
    const way = newWay();
    way.byAppliance = request.byAppliance;
    if (request.byFirewall) throughFirewall(network, source, destination, traffic, way, true);
    else toInternet(network, source, destination, request, way);
    if (atHost) hop(way, `${destination.label} ${destination.cidr}`, "arrives");
    else if (!way.blockedBy) arrive(network, source, destination, traffic, way, true);
    return way;
  }
  /** Add the hop of a reply that does not pass the firewall of the request. */
  function toInternet(network, source, destination, request, way) {
    const at = `${source.label} ${source.cidr}`;
    const routed = request.byPublicAddress && source.routes.length && !source.exposure;
    const chosen = routed ? select(network, source, destination) : null;
    if (chosen === null || !chosen.user || chosen.type === INTERNET) {
      hop(way, at, "back along the route of the request");
      return;
    }
    const next = chosen.next_hop || chosen.type;
    hop(way, at, `${chosen.cidr} by the route table, to ${next}`);
    const reason = chosen.next_hop ? ", and a stateful firewall drops replies without their request" : "";
    addUnknown(way, `whether the replies arrive: the route ${chosen.cidr} of ${source.label} leads to ${next}${reason}`);
  }
  /** Report that the firewall may see only one direction, and that each direction passes a different appliance. */
  function oneDirection(network, request, way) {
    if (network.firewall !== null && request.byFirewall !== way.byFirewall && (request.byAppliance || way.byAppliance)) {
      const firewall = `the firewall ${network.firewall.address}`;
      addUnknown(way, `whether ${firewall} sees both directions: it drops a connection if it sees only one`);
    }
    const [one, other] = [request.appliances, way.appliances];
    if (one.length && other.length && !one.some((address) => other.includes(address))) {
      const snat = `whether the appliance ${one.at(-1)} translates the source (SNAT)`;
      addUnknown(way, `${snat}; otherwise the reply passes ${other[0]}, which drops it if stateful`);
    }
  }
  /** Return the first route that arrives at a sender of the request, which may be the firewall. */
  function toSenders(network, source, destination, traffic, request, tracked) {
    let way;
    for (const sender of request.senders.length ? request.senders : [destination]) {
      way = walk(network, source, sender, traffic, tracked);
      if (sender !== destination && !way.blockedBy) {
        throughFirewall(network, source, destination, traffic, way, true);
        if (!way.blockedBy) arrive(network, source, destination, traffic, way, true);
      }
      if (!way.blockedBy) break;
    }
    if (way.blockedBy && request.byAppliance && mayReturn(network, source, destination, traffic, request)) {
      addUnknown(way, `whether an appliance translates the source (SNAT); otherwise ${way.blockedBy}`);
      [way.blockedBy, way.droppedAt] = ["", ""];
    }
    return way;
  }
  /** Return whether the reply may arrive at an appliance of the request that translated the source. */
  function mayReturn(network, source, destination, traffic, request) {
    if (source.network === ON_PREMISES) return true;
    const near = system(network, destination.network).map((route) => route.cidr);
    return (request.translated.length ? request.translated : near).some((cidr) => {
      const owner = ownerOf(network, cidr);
      return owner !== undefined && !walk(network, source, outside(owner, owner, cidr, ""), traffic, true).blockedBy;
    });
  }

  function toPlatform(network, source, destination, traffic, way) {
    const at = `${source.label} ${source.cidr}`;
    if (inHvn(source) || source.network === OUTSIDE || isRemote(source.network)) {
      addUnknown(way, `whether ${at} is a virtual machine in Azure, and its NSGs allow ${textOf(traffic)}`);
    } else if (!inAzure(source) || source.network === INTERNET) {
      way.blockedBy = `only virtual machines in Azure reach ${destination.name}`;
    }
    way.blockedBy = way.blockedBy || closed(destination, traffic);
    if (way.blockedBy) return;
    addUnknown(way, answers(destination, traffic));
    const rule = passTag(network, source, destination, traffic, way);
    if (way.blockedBy) return;
    hop(way, at, `to the host of the virtual machine: no route table applies${rule}`);
    hop(way, `${destination.label} ${destination.cidr}`, "arrives");
  }
  function passTag(network, source, destination, traffic, way) {
    const tag = HOST_TAGS[`${destination.cidr} ${traffic.port}`];
    if (tag === undefined) return "";
    let sender = source;
    if (source.nsg === null) {
      addUnknown(way, source.unknown);
    } else if (source.nsg.rules !== null) {
      const rules = source.nsg.rules.filter((rule) => rule.destinations.includes(tag));
      sender = { ...source, nsg: { ...source.nsg, rules: rules.map((rule) => ({ ...rule, destinations: ["*"] })) } };
    }
    passNsg(network, sender, "Outbound", sender, destination, traffic, way);
    return `; an NSG denies only with a rule for ${tag}`;
  }
  function fromPlatform(source, destination, traffic, way) {
    if (source.cidr !== AZURE_HOST) {
      way.blockedBy = `${source.name} opens no connections`;
    } else if (traffic.protocol !== "tcp") {
      way.blockedBy = `${source.name} probes with TCP only`;
    } else if (inHvn(destination) || isRemote(destination.network)) {
      addUnknown(way, `whether ${destination.name} has health probes of Azure`);
    } else if (!inAzure(destination) || isOutside(destination)) {
      way.blockedBy = `${source.name} probes only virtual machines in Azure`;
    }
    if (!way.blockedBy) hop(way, source.name, "health probe from the host of the virtual machine: no route table applies");
  }

  /** Add the hop to the internet without the firewall. */
  function leave(source, at, route, traffic, way) {
    const opened = source.nsg !== null && source.nsg.rules !== null && admitsOutside(source.nsg.rules);
    if (source.egress && traffic.protocol === "icmp") {
      way.blockedBy = `${source.egress} translates only TCP and UDP`;
    } else if (source.egress || source.unknown || source.exposure || opened) {
      const known = source.egress || (source.unknown && !source.exposure);
      addUnknown(way, known ? "" : source.exposure || `whether ${source.label} has a public address`);
      hop(way, at, `${route}, to the internet` + (source.egress ? ` through ${source.egress}` : ""));
    } else {
      way.blockedBy = `${source.label} has no NAT gateway, and Azure gives new subnets no default outbound access`;
    }
  }

  function routesToServices(network, source, destination) {
    const contains = (service) => !destination.host ||
      (network.endpoint_domains[service] || []).some((domain) => destination.host.endsWith(domain));
    return [...source.tag_routes.map((tag) => `the route ${tag}`),
      ...source.service_endpoints.filter(contains).map((service) => `the service endpoint ${service}`)];
  }
  const forwarding = (network, source, destination, traffic) => (network.firewall ? network.firewall.dnat : []).filter(
    (rule) => hasTraffic(rule, traffic) &&
      rule.destinations.some((one) => overlaps(destination.cidr, one)) && rule.sources.some((one) => overlaps(source.cidr, one)));

  function fromOutside(network, source, destination, traffic, way) {
    const at = `${source.label} ${source.cidr}`;
    const rules = forwarding(network, source, destination, traffic);
    const denied = deniedByNsg(network, source, destination, traffic);
    if (source.network === OUTSIDE) {
      if (network.gateway !== null) {
        addUnknown(way, `whether the hub's gateway connects ${source.cidr}, which no range of the file contains`);
      } else if (has(network.unlisted, destination.network) || destination.network === ON_PREMISES ||
          isRemote(destination.network)) {
        addUnknown(way, `whether ${destination.name} is connected with ${source.cidr}, outside this topology`);
      } else {
        way.blockedBy = `no range of the file contains ${source.cidr}`;
      }
    } else if (destination.label === HUB && network.firewall !== null && network.firewall.rules !== null) {
      enterFirewall(network, source, traffic, way);
    } else if (rules.length) {
      forward(network, rules, source, destination, traffic, way);
    } else if (destination.public !== null && traffic.protocol === "tcp" && traffic.port === API_SERVER_PORT) {
      if (destination.public.some((one) => subnetOf(source.cidr, one))) {
        hop(way, at, `to the public address of the API server of ${destination.name}`);
      } else {
        way.blockedBy = `the API server of ${destination.name} is open only to ${destination.public.join(", ")}`;
      }
    } else if (!denied && (mayBePublic(destination) || isOpened(source, destination, traffic))) {
      hop(way, at, "to a public address, if one exists");
      way.byPublicAddress = true;
      addUnknown(way, destination.exposure || `whether ${destination.label} has a public address`);
    } else if (network.firewall !== null && network.firewall.rules === null && ![HVN, BACKUP].includes(destination.network)) {
      addUnknown(way, "the DNAT rules of the hub's existing firewall");
    } else {
      way.blockedBy = denied || `${destination.label} has no public address`;
    }
  }

  /** Return how the NSG of application gateways denies connections; otherwise an empty text. */
  function deniedByNsg(network, source, destination, traffic) {
    const { nsg } = destination, way = newWay();
    if (!destination.exposure.includes(APP_GATEWAYS) || nsg === null || nsg.rules === null) return "";
    passNsg(network, destination, "Inbound", source, destination, traffic, way);
    return opensTo(nsg.rules, source.cidr, ALL, traffic) ? "" : way.blockedBy;
  }

  const mayBePublic = (destination) => destination.exposure ||
    (destination.unknown && !(destination.nsg !== null && destination.nsg.rules !== null));
  const isOpened = (source, destination, traffic) => destination.nsg !== null && destination.nsg.rules !== null &&
    opensTo(destination.nsg.rules, source.cidr, destination.cidr, traffic);
  function opensTo(rules, source, to, traffic) {
    for (const rule of [...rules].sort((one, other) => one.priority - other.priority)) {
      const fits = rule.direction === "Inbound" && touches(rule.destinations, to, [to], false) &&
        (hasPort(rule, traffic) || (rule.access === "Allow" && mayMatch(rule, traffic)));
      if (fits && rule.access === "Allow" && touches(rule.sources, source, [], true)) return true;
      const denied = fits && rule.access === "Deny" && tagged(rule.sources, [], true).some((one) => subnetOf(source, one));
      if (denied && tagged(rule.destinations, [to], false).some((one) => subnetOf(to, one))) return false;
    }
    return false;
  }

  const admitsOutside = (rules) => rules.some((rule) => rule.direction === "Inbound" && rule.access === "Allow" &&
    rule.sources.some((text) => /^\d/.test(text) ? isPublic(text) : !["VirtualNetwork", "AzureLoadBalancer"].includes(text)));

  const firewallSubnet = (firewall) =>
    ({ ...outside("firewall", HUB, firewall.subnet, ""), routes: firewall.routes, propagated: true });
  /** Follow the connections that DNAT rules forward. The firewall also translates the source. */
  function forward(network, rules, source, destination, traffic, way) {
    const targets = rules.map((rule) => ({ rule, target: { ...destination, cidr: rule.destinations[0] } }));
    for (const { rule, target } of follow(network, targets, source, traffic.protocol, way)) {
      const address = target.cidr.split("/")[0];
      if (target.cidr !== destination.cidr) {
        addUnknown(way, `the DNAT rule ${ruleLabel(rule)} forwards only to ${address}`);
      }
    }
  }

  /** Follow the connections from the internet to a port at the public addresses of a firewall with known rules. */
  function enterFirewall(network, source, traffic, way) {
    const rules = network.firewall.dnat.filter((rule) => rule.public_port === traffic.port &&
      rule.protocols.includes(traffic.protocol) && rule.sources.some((one) => overlaps(source.cidr, one)));
    if (!rules.length) {
      way.blockedBy = `no DNAT rule of the firewall forwards ${textOf(traffic)} from ${source.cidr}`;
      return;
    }
    const targets = rules.map((rule) => ({ rule, target: find(network, rule.destinations[0].split("/")[0])[0] }));
    const followed = follow(network, targets, source, traffic.protocol, way);
    if (!way.blockedBy && followed.length < rules.length) {
      addUnknown(way, "which public address of the firewall the connection uses");
    }
  }

  function follow(network, targets, source, protocol, way) {
    way.byFirewall = true;
    const start = firewallSubnet(network.firewall);
    const ways = targets.map(({ rule, target }) => walk(network, start, target, { port: rule.ports[0][0], protocol }, null));
    if (ways.every((one) => one.blockedBy)) [way.blockedBy, way.droppedAt] = [ways[0].blockedBy, ways[0].droppedAt];
    const followed = [];
    for (const [index, { rule, target }] of targets.entries()) {
      const inner = ways[index];
      if (inner.blockedBy && !way.blockedBy) continue;
      followed.push({ rule, target });
      const to = `the DNAT rule ${ruleLabel(rule)} forwards to ${target.cidr.split("/")[0]}`;
      hop(way, `${source.label} ${source.cidr}`, `to the public address of the firewall; ${to}`);
      way.hops.push(...inner.hops);
      inner.unknown.forEach((setting) => addUnknown(way, setting));
      if (!rule.sources.some((one) => subnetOf(source.cidr, one))) {
        addUnknown(way, `the DNAT rule ${ruleLabel(rule)} forwards only connections from ${rule.sources.join(", ")}`);
      }
      way.byAppliance = way.byAppliance || inner.byAppliance;
      if (way.blockedBy) break;
    }
    return followed;
  }

  /** Report a blocked connection as unknown, if an existing VNet may have other routes to addresses outside the file. */
  function liftBlock(network, source, destination, way) {
    const outside = destination.network === OUTSIDE || (destination.network === INTERNET && source.unknown);
    if (!way.blockedBy || !outside || !has(network.unlisted, source.network)) return;
    const to = destination.host || (destination.cidr === ALL ? "the internet" : destination.cidr);
    addUnknown(way, `whether ${source.network} has other routes to ${to}; otherwise ${way.blockedBy}`);
    way.blockedBy = "";
    way.droppedAt = "";
  }

  /** Return the unknown setting whether Route Server changes the route to a destination, or an empty text. */
  function announced(network, source, destination) {
    if (network.gateway === null || !network.gateway.route_server || !(inAzure(source) && learns(network, source))) return "";
    const chosen = select(network, source, destination);
    if (chosen !== null && !chosen.user && ![INTERNET, ON_PREMISES].includes(chosen.network)) return "";
    return `the routes that the hub's Route Server propagates to ${source.label}`;
  }
  /** Report a connection as unknown if Route Server may change its route: an appliance may forward the packets. */
  function reroute(network, source, destination, way) {
    const setting = announced(network, source, destination);
    if (!setting) return;
    addUnknown(way, way.blockedBy ? `${setting}; otherwise ${way.blockedBy}` : setting);
    way.blockedBy = "";
    way.droppedAt = "";
    way.byAppliance = true;
    way.translated.push(...system(network, HUB).map((route) => route.cidr));
  }

  function fromAzure(network, source, destination, traffic, way, askedByFirewall) {
    const at = `${source.label} ${source.cidr}`;
    const gateway = network.gateway !== null && network.gateway.used_by.includes(source.network) ? network.gateway : null;
    const toInternet = destination.network === INTERNET;
    for (const part of source.routes) {
      const narrower = range(part.cidr).prefix > range(destination.cidr).prefix && subnetOf(part.cidr, destination.cidr);
      if (narrower && (isPublic(part.cidr) || !toInternet)) {
        addUnknown(way, `the route ${part.cidr} of ${source.label} covers only part of ${destination.cidr}`);
      }
    }
    const unknownRoutes = toInternet ? routesToServices(network, source, destination) : [];
    for (const route of unknownRoutes) {
      addUnknown(way, `whether ${route} of ${source.label} contains ${destination.host || destination.cidr}`);
    }
    const chosen = select(network, source, destination);
    if (unknownRoutes.length && (destination.host || destination.cidr !== ALL)) {
      hop(way, at, "by the route table, or by a route with unknown addresses");
      way.byAppliance = true;
    } else if (chosen === null && mayHaveRoute(network, source, destination)) {
      hop(way, at, "by the existing route table, if a route leads there");
      way.byAppliance = true;
    } else if (chosen === null) {
      noRoute(network, source, destination, way);
    } else if (chosen.network !== undefined) {
      if (toInternet && learns(network, source)) addUnknown(way, PROPAGATES_DEFAULT);
      way.byAppliance = source.existing_table;
      systemHop(network, source, chosen, at, traffic, way, source.network);
    } else if (network.firewall !== null && chosen.next_hop === network.firewall.address) {
      hop(way, at, `${chosen.cidr} by the route table, to the firewall ${chosen.next_hop}`);
      if (source.network !== HUB) enter(network, source, source.network, HUB, way);
      if (!way.blockedBy) throughFirewall(network, source, destination, traffic, way, askedByFirewall);
    } else {
      userHop(network, source, destination, chosen, at, traffic, way, askedByFirewall, gateway);
    }
  }

  function select(network, source, destination) {
    const routes = [...system(network, source.network), ...learned(network, source), ...userRoutes(source.routes)];
    if (destination.network === INTERNET) routes.push({ cidr: ALL, network: INTERNET });
    return longest(routes, destination.cidr);
  }

  function mayHaveRoute(network, source, destination) {
    if (source.existing_table) return true;
    const peered = network.halves.some((half) => half.network === source.network && ![HVN, BACKUP].includes(half.peer));
    return peered && source.unknown && has(network.unlisted, source.network) && destination.network !== OUTSIDE;
  }

  function repliesDirectly(network, source, destination) {
    if (hasTransit(network, destination)) return true;
    if (!inAzure(destination) || destination.existing_table) return false;
    const chosen = select(network, destination, source);
    return !(chosen && chosen.user && chosen.next_hop);
  }

  function noRoute(network, source, destination, way) {
    if (destination.network === OUTSIDE && learns(network, source)) {
      addUnknown(way, unlisted(destination));
      return;
    }
    const unused = network.gateway !== null && !network.gateway.used_by.includes(source.network);
    let cause = "Azure drops packets to private addresses without a route";
    if (destination.network === ON_PREMISES && network.gateway === null) cause = noGateway(network);
    else if (destination.network === ON_PREMISES && unused) cause = `${source.network} does not have use_remote_gateways`;
    way.peeringMissing = inSpoke(source) && inSpoke(destination) && network.firewall === null;
    way.blockedBy = `no route of ${source.name} leads to ${destination.cidr}: ${cause}`;
  }
  const noGateway = (network) =>
    network.ranges[HUB] ? "the hub has no gateway" : "the network has no hub with a gateway";
  const unlisted = (destination) =>
    `whether the hub's gateway leads to ${destination.cidr}, which no range of the file contains`;

  function userHop(network, source, destination, route, at, traffic, way, askedByFirewall, gateway) {
    if (route.type === INTERNET && destination.network === INTERNET) {
      leave(source, at, `${route.cidr} by the route table`, traffic, way);
      return;
    }
    hop(way, at, `${route.cidr} by the route table, to ${route.next_hop || route.type}`);
    if (route.next_hop) {
      mayForward(network, route.next_hop, source, destination, traffic, way, askedByFirewall);
    } else if (route.type === "VirtualNetworkGateway" && gateway) {
      if (!gateway.type) addUnknown(way, "whether the hub's gateway is a VPN gateway: Azure routes to no other gateway");
      if (destination.network !== ON_PREMISES) {
        addUnknown(way, `whether the hub's gateway forwards traffic to ${destination.name}`);
      }
    } else if (route.type !== "VnetLocal" || destination.network !== source.network) {
      way.blockedBy = `the route ${route.cidr} of ${source.label} to ${route.type} does not lead to ${destination.name}`;
    }
  }

  function fromGateway(network, source, destination, traffic, way, askedByFirewall) {
    if (isOutside(destination)) {
      hop(way, `${source.name} ${source.cidr}`, "by the routes of the on-premises network");
      return;
    }
    if (destination.network === ON_PREMISES) {
      hop(way, `${source.name} ${source.cidr}`, "by the routes of the on-premises network");
      addUnknown(way, `whether the routers outside Azure connect ${source.cidr} and ${destination.cidr}`);
      return;
    }
    if (network.gateway === null) {
      way.blockedBy = `${source.name} is not connected: ${noGateway(network)}`;
      return;
    }
    if (!network.gateway.announced.includes(destination.network)) {
      const existing = `whether the existing peering of ${destination.network} uses the hub's gateway`;
      const none = `whether ${source.name} has a route to ${destination.name}: the gateway does not announce one`;
      addUnknown(way, network.gateway.used_by.includes(destination.network) ? existing : none);
    }
    addUnknown(way, transitUnknown(network, destination));
    if (network.gateway.routes === null) {
      hop(way, source.name, "to the hub, outside this topology");
      addUnknown(way, "how on-premises networks reach the hub, and their routes in the hub");
      const direct = askedByFirewall === false || (askedByFirewall === null && repliesDirectly(network, source, destination));
      if (network.firewall !== null && !direct) throughFirewall(network, source, destination, traffic, way, askedByFirewall);
      return;
    }
    hop(way, `${source.name} ${source.cidr}`, "to the hub's gateway");
    const chosen = longest([...system(network, HUB), ...userRoutes(network.gateway.routes)], destination.cidr);
    if (chosen === null) {
      way.blockedBy = `no route of the gateway leads to ${destination.cidr}`;
      way.droppedAt = "gateway";
    } else if (chosen.network !== undefined) {
      systemHop(network, source, chosen, "gateway", traffic, way, HUB);
    } else if (network.firewall !== null && chosen.next_hop === network.firewall.address) {
      hop(way, "gateway", `the route table of GatewaySubnet sends ${chosen.cidr} to the firewall ${chosen.next_hop}`);
      throughFirewall(network, source, destination, traffic, way, askedByFirewall);
    } else {
      hop(way, "gateway", `the route table of GatewaySubnet sends ${chosen.cidr} to ${chosen.next_hop}`);
      mayForward(network, chosen.next_hop, source, destination, traffic, way, askedByFirewall);
    }
  }

  function fromRemote(network, source, destination, traffic, way, askedByFirewall) {
    if (destination.network === source.network || isOutside(destination)) {
      hop(way, `${source.name} ${source.cidr}`, "by the routes of the remote VNet");
      return;
    }
    if ([HVN, BACKUP].includes(destination.network)) {
      way.blockedBy = `the ${destination.network} has no route to ${source.cidr}`;
      return;
    }
    const isPeered = (name) => network.halves.some((half) => half.network === source.network && half.peer === name);
    const inHub = isPeered(HUB);
    if (destination.network !== HUB && isPeered(destination.network)) {
      hop(way, `${source.name} ${source.cidr}`, `by the peering with ${destination.network}`);
      way.byAppliance = inHub;
      enter(network, source, source.network, destination.network, way);
      return;
    }
    if (!inHub) {
      way.blockedBy = `${source.name} is not peered with ${destination.name}, and a peering is not transitive`;
      return;
    }
    if (destination.network === ON_PREMISES && hasTransit(network, source)) {
      hop(way, `${source.name} ${source.cidr}`, "by the hub's gateway (BGP), unless the remote VNet has other routes");
      way.byAppliance = true;
      enter(network, source, source.network, HUB, way);
      addUnknown(way, transitUnknown(network, source));
      return;
    }
    hop(way, `${source.name} ${source.cidr}`, "over the peering with the hub, if a route leads there");
    enter(network, source, source.network, HUB, way);
    if (way.blockedBy) return;
    if (destination.network === HUB) {
      way.byAppliance = true;
    } else if (network.firewall === null) {
      way.blockedBy = `${destination.name} is not in the hub, and a peering is not transitive`;
    } else if (askedByFirewall !== false) {
      throughFirewall(network, source, destination, traffic, way, askedByFirewall);
    }
  }

  function fromHvn(network, source, destination, traffic, way, askedByFirewall) {
    const own = network.hvn_routes.filter((route) => route.hvn === source.network);
    const fit = own.filter((route) => subnetOf(destination.cidr, route.cidr));
    if (!fit.length && destination.network === INTERNET) {
      hop(way, source.network, "by the routes of HCP");
      addUnknown(way, "whether HCP routes connections of Vault to the internet");
      return;
    }
    if (!fit.length) {
      way.blockedBy = `the ${source.network} has no route to ${destination.cidr}`;
      if (inSpoke(destination)) {
        way.blockedBy += `: ${destination.network} needs vault_route: direct, or via-hub with a range in a transit pool`;
      }
      return;
    }
    const route = fit.reduce((best, one) => (range(one.cidr).prefix > range(best.cidr).prefix ? one : best));
    if (route.next_hop) {
      hop(way, source.network, `${route.cidr} by an HVN route, to the firewall ${route.next_hop} in the ${route.network}`);
      throughFirewall(network, source, destination, traffic, way, askedByFirewall);
    } else {
      hop(way, source.network, `${route.cidr} by an HVN route, over the peering with ${route.network}`);
      if (!liesIn(destination, network, route.network)) {
        way.blockedBy = `${route.network} does not contain ${destination.cidr}, and a peering is not transitive`;
      }
    }
  }

  function throughFirewall(network, source, destination, traffic, way, askedByFirewall) {
    askFirewall(network, source, destination, traffic, way, askedByFirewall);
    if (way.blockedBy && !way.droppedAt) way.droppedAt = "firewall";
  }

  function askFirewall(network, source, destination, traffic, way, askedByFirewall) {
    if ([`${network.firewall.address}/32`, network.firewall.subnet].includes(destination.cidr)) return;
    way.byFirewall = true;
    const at = `firewall ${network.firewall.address}`;
    if (askedByFirewall !== null) {
      if (!askedByFirewall) {
        way.blockedBy = "asymmetric: the firewall drops the reply because it did not see the request";
        return;
      }
      hop(way, at, "allows the reply if it allowed the request");
    } else if (network.firewall.rules === null) {
      hop(way, at, `unknown whether a rule allows ${textOf(traffic)}`);
      addUnknown(way, "the rules of the hub's existing firewall, and whether it translates addresses (SNAT)");
      mayTranslate(network, network.firewall.address, way);
      const asked = newWay();
      askRules(network, source, destination, traffic, asked);
      way.rule = asked.rule;
      way.ruleMissing = asked.ruleMissing;
      if (asked.rule) addUnknown(way, `whether the hub's owner added the rule ${ruleLabel(asked.rule)}, a manual step`);
      for (const unknown of asked.unknown) addUnknown(way, unknown);
      addUnknown(way, asked.blockedBy.replace("rule of the firewall", "rule of the file"));
    } else if (destination.network === INTERNET && traffic.protocol === "icmp") {
      way.blockedBy = NO_ICMP;
      return;
    } else {
      askRules(network, source, destination, traffic, way);
      if (network.firewall.base_policy) askBasePolicy(network.firewall, at, traffic, way);
      if (way.blockedBy) return;
    }
    if (destination.network === INTERNET) {
      if (network.firewall.forced_tunneling && network.gateway !== null && !network.firewall.routes.length) {
        addUnknown(way, PROPAGATES_DEFAULT);
      }
      hop(way, at, "to the internet" + (network.firewall.egress ? ` through ${network.firewall.egress}` : ""));
      return;
    }
    const known = [...system(network, HUB), ...propagated(network), ...userRoutes(network.firewall.routes)];
    const chosen = longest(known, destination.cidr);
    if (chosen !== null && chosen.user && chosen.next_hop) {
      hop(way, at, `the route table of AzureFirewallSubnet sends ${chosen.cidr} to ${chosen.next_hop}`);
      mayForward(network, chosen.next_hop, source, destination, traffic, way, askedByFirewall);
      if (!way.blockedBy) enter(network, source, HUB, destination.network, way);
      return;
    }
    const lost = chosen === null || chosen.user;
    if (lost && destination.network === OUTSIDE && network.gateway !== null) {
      addUnknown(way, unlisted(destination));
      return;
    }
    if (lost) {
      way.blockedBy = destination.network === ON_PREMISES
        ? `the hub has no gateway, so the firewall routes ${destination.cidr} to the internet`
        : `the hub is not peered with a network that contains ${destination.cidr}`;
      return;
    }
    systemHop(network, source, chosen, at, traffic, way, HUB);
  }

  function askBasePolicy(firewall, at, traffic, way) {
    if (way.blockedBy) hop(way, at, `unknown whether a rule of the base policy allows ${textOf(traffic)}`);
    way.blockedBy = "";
    addUnknown(way, `whether the base policy ${firewall.base_policy} ${way.rule ? "denies" : "allows"} ${textOf(traffic)}`);
  }

  function askRules(network, source, destination, traffic, way) {
    const partly = [], maybe = [];
    const at = `firewall ${network.firewall.address}`;
    const rules = network.firewall.rules || network.firewall.declared;
    const named = network.firewall.public.filter((rule) => destination.network === INTERNET || rule.hosts.includes("*"));
    for (const rule of [...rules, ...named]) {
      if (!rule.sources.some((one) => overlaps(source.cidr, one))) continue;
      if (!hasTraffic(rule, traffic)) continue;
      const match = matchOf(network, rule, destination), whole = allows(rule.sources, source);
      if (match === "all" && whole) {
        way.rule = rule;
        hop(way, at, `the rule ${ruleLabel(rule)} allows ${textOf(traffic)}`);
        return;
      }
      if (match === "maybe" && whole) maybe.push(ruleLabel(rule));
      else if (match) partly.push(ruleLabel(rule));
    }
    way.ruleMissing = true;
    const text = destination.host || (destination.cidr === ALL ? "the internet" : destination.cidr);
    if (maybe.length) {
      hop(way, at, `unknown whether a rule allows ${textOf(traffic)}`);
      for (const label of maybe) addUnknown(way, `whether the rule ${label} contains ${text}`);
      if (network.firewall.subnet && destination.network !== INTERNET) {
        // Only application rules may contain private addresses, and they always translate the source (SNAT).
        way.senders = [firewallSubnet(network.firewall), ...(partly.length || network.firewall.base_policy ? [source] : [])];
      }
      return;
    }
    way.blockedBy = `no rule of the firewall allows ${textOf(traffic)} from ${source.cidr} to ${text}`;
    if (partly.length) way.blockedBy += `; only a part of the connection matches ${partly.join(", ")}`;
  }
  /** Return how a rule fits a destination: all, maybe (in a tag or a public range), part, or empty for none. */
  function matchOf(network, rule, destination) {
    if (allows(rule.destinations, destination)) return "all";
    const overlapping = rule.destinations.filter((cidr) => overlaps(destination.cidr, cidr));
    if (rule.hosts.includes("*") && !destination.host) return destination.cidr === ALL ? "all" : "maybe";
    if (destination.network !== INTERNET) return overlapping.length ? "part" : "";
    const touches = overlapping.some(isPublic);
    if (destination.host) {
      const known = [...rule.hosts, ...rule.fqdn_tags.flatMap((tag) => network.fqdn_tags[tag] || [])];
      const fits = (pattern) => pattern === "*" || pattern === destination.host ||
        (pattern.startsWith("*.") && destination.host.endsWith(pattern.slice(1)));
      if (known.some(fits)) return "all";
      return rule.fqdn_tags.length || rule.service_tags.length || touches ? "maybe" : "";
    }
    if (rule.service_tags.length && destination.cidr !== ALL) return "maybe";
    return rule.hosts.length || rule.fqdn_tags.length || rule.service_tags.length || touches ? "part" : "";
  }
  const ruleLabel = (rule) => (rule.path.join(".") || rule.name) + (rule.line ? ` (line ${rule.line})` : "");

  function systemHop(network, source, chosen, at, traffic, way, here) {
    if (chosen.network === INTERNET) {
      leave(source, at, `${chosen.cidr} by the system route`, traffic, way);
    } else if (chosen.network === here) {
      hop(way, at, `${chosen.cidr} within the network`);
    } else if (chosen.network === ON_PREMISES) {
      hop(way, at, `${chosen.cidr} by the hub's gateway (BGP)`);
    } else {
      hop(way, at, `${chosen.cidr} by the peering with ${chosen.network} (system route)`);
      enter(network, source, here, chosen.network, way);
    }
  }

  function enter(network, source, here, there, way) {
    const half = network.halves.find((one) => one.network === there && one.peer === here);
    if (!half) {
      way.blockedBy = `${here} is not peered with ${there}`;
      return;
    }
    addUnknown(way, half.unknown);
    if (!half.forwarded && !liesIn(source, network, here)) {
      way.blockedBy = `${there}'s half of the peering with ${here} does not allow forwarded traffic`;
      way.droppedAt = there;
    }
  }

  function arrive(network, source, destination, traffic, way, answer) {
    const at = `${destination.label} ${destination.cidr}`;
    addUnknown(way, destination.unknown);
    if (answer) {
      hop(way, at, "arrives");
      return;
    }
    let rule = "";
    for (const sender of way.senders.length ? way.senders : [source]) {
      [way.blockedBy, way.droppedAt, way.deniedBy] = ["", "", null];
      rule = passNsg(network, destination, "Inbound", sender, destination, traffic, way);
      if (rule) break;
    }
    if (!rule && admitsTranslated(network, destination, traffic, way)) {
      addUnknown(way, `whether an appliance translates the source (SNAT); otherwise ${way.blockedBy}`);
      [way.blockedBy, way.droppedAt, way.deniedBy] = ["", "", null];
      rule = "if an appliance translates the source";
    }
    if (!rule) return;
    way.blockedBy = closed(destination, traffic);
    if (way.blockedBy) {
      way.droppedAt = destination.label;
    } else {
      addUnknown(way, answers(destination, traffic));
      hop(way, at, "arrives" + (rule !== "no NSG" ? `, ${rule}` : ""));
    }
  }

  /** Record that the next hop is an appliance. Block a request that the NSG of its subnet denies. */
  function mayForward(network, address, source, destination, traffic, way, askedByFirewall) {
    way.byAppliance = true;
    way.appliances.push(address);
    addUnknown(way, `whether the appliance ${address} forwards the traffic`);
    const own = subnetOfAppliance(network, address);
    if (own && !own.existing_table) addUnknown(way, onward(network, own, destination));
    if (own && askedByFirewall === null) {
      enterAppliance(network, own, source, destination, traffic, way);
      const leaving = newWay();
      if (!way.blockedBy && !passNsg(network, own, "Outbound", source, destination, traffic, leaving)) {
        const reason = "whether the appliance translates addresses, or forwards through another subnet";
        addUnknown(way, `${reason}; otherwise ${leaving.blockedBy}`);
      }
    }
    mayTranslate(network, address, way);
  }
  const subnetOfAppliance = (network, address) => Object.values(network.places).flat()
    .find((place) => (place.subnet || place.name === RUNNERS) && subnetOf(`${address}/32`, place.cidr));
  /** Return the unknown: whether the appliance forwards by routes that lead to the firewall or drop the packets. */
  function onward(network, own, destination) {
    const chosen = select(network, own, destination), { firewall } = network;
    const forwards = `whether the appliance forwards by the routes of ${own.label}, which`;
    if (chosen !== null && chosen.user && firewall !== null && chosen.next_hop === firewall.address) {
      return `${forwards} lead to the firewall ${firewall.address}`;
    }
    const dropped = chosen === null ? destination.network !== OUTSIDE : chosen.user && chosen.type === "None";
    return dropped ? `${forwards} drop packets to ${destination.host || destination.cidr}` : "";
  }
  function enterAppliance(network, own, source, destination, traffic, way) {
    let entering;
    for (const sender of way.senders.length ? way.senders : [source]) {
      entering = newWay();
      if (passNsg(network, own, "Inbound", sender, destination, traffic, entering)) break;
      const used = network.gateway !== null && network.gateway.used_by.includes(own.network);
      if (entering.deniedBy.priority >= FIRST_DEFAULT && used && isOutside(destination)) {
        const propagated = `whether the hub's gateway propagates a route to ${destination.host || destination.cidr}`;
        addUnknown(entering, `${propagated}; otherwise ${entering.blockedBy}`);
        [entering.blockedBy, entering.droppedAt] = ["", ""];
        break;
      }
    }
    [way.blockedBy, way.droppedAt] = [entering.blockedBy, entering.droppedAt];
    entering.unknown.forEach((setting) => addUnknown(way, setting));
  }
  function mayTranslate(network, address, way) {
    const near = Object.values(network.ranges).find((cidrs) => cidrs.some((one) => subnetOf(`${address}/32`, one)));
    way.translated.push(...(near || []));
  }
  const admitsTranslated = (network, place, traffic, way) => way.translated.some((cidr) => {
    const rules = [...place.nsg.rules, ...network.nsg_defaults];
    const decision = decide(rules, "Inbound", cidr, place.cidr, traffic, virtualNetwork(network, place), false);
    return decision.rule.access === "Allow" || decision.partly.length > 0;
  });
  function virtualNetwork(network, place) {
    const sites = network.gateway !== null && network.gateway.used_by.includes(place.network) ? propagated(network) : [];
    const routes = [...system(network, place.network), ...sites, ...place.routes];
    return [...routes.map((route) => route.cidr), ...(place.existing_table ? ["0.0.0.0/0"] : [])];
  }

  function passNsg(network, place, direction, source, destination, traffic, way) {
    const nsg = place.nsg;
    if (nsg === null) return "no NSG";
    if (nsg.rules === null) {
      addUnknown(way, `the rules of the existing network security group ${nsg.name}`);
      return `if a rule of ${nsg.name} allows ${textOf(traffic)}`;
    }
    const tag = [...virtualNetwork(network, place), ...(source.network === PLATFORM ? [AZURE_HOST] : [])];
    const rules = [...nsg.rules, ...network.nsg_defaults], toInternet = [INTERNET, PLATFORM].includes(destination.network);
    const { rule, partly } = decide(rules, direction, source.cidr, destination.cidr, traffic, tag, toInternet);
    const line = (one) => new Map(nsg.lines).get(one.name), label = (one) => one.name + (line(one) ? ` (line ${line(one)})` : "");
    const of = `of the network security group ${nsg.name}`, unclear = (one) => mayMatch(one, traffic);
    for (const one of partly) {
      const text = `the rule ${label(one)} ${of}`;
      addUnknown(way, unclear(one) ? `whether ${text} matches ICMP` : `${text} matches only part of the range`);
    }
    if (rule.access === "Allow") return `the rule ${label(rule)} of ${nsg.name} allows ${textOf(traffic)}`;
    const byTag = (destination.host || destination.cidr !== ALL) && partly.some((one) => one.destinations.some(isServiceTag));
    if (byTag || partly.some(unclear)) return `if a rule of ${nsg.name} allows ${textOf(traffic)}`;
    way.deniedBy = direction === "Inbound" ? rule : null;
    way.blockedBy = `the rule ${label(rule)} ${of} denies ${direction.toLowerCase()} ` +
      `${textOf(traffic)} from ${source.cidr} to ${destination.cidr}`;
    way.droppedAt = place.label;
    return "";
  }

  function decide(rules, direction, source, to, traffic, tag, toInternet) {
    const partly = [];
    for (const rule of [...rules].sort((one, other) => one.priority - other.priority)) {
      if (rule.direction !== direction || !(hasPort(rule, traffic) || mayMatch(rule, traffic))) continue;
      const ends = [[rule.sources, source, false], [rule.destinations, to, toInternet]];
      const whole = ends.every(([texts, cidr, open]) => tagged(texts, tag, open).some((one) => subnetOf(cidr, one)));
      if (whole && !mayMatch(rule, traffic)) {
        return { rule, partly: partly.filter((one) => one.access !== rule.access) };
      }
      if (ends.every(([texts, cidr, open]) => touches(texts, cidr, tag, open))) partly.push(rule);
    }
    throw new Error("the last default rule matches every connection");
  }
  const hasPort = (rule, traffic) => ["*", inNsg(traffic)].includes(rule.protocol) && rule.ports.some((text) => {
    const [first, last] = text.split("-"), { port } = traffic;
    return text === "*" || (traffic.protocol !== "icmp" && Number(first) <= port && port <= Number(last || first));
  });
  /** Return whether a rule may match ICMP: the effect of a rule for all protocols with ports is not documented. */
  const mayMatch = (rule, traffic) => traffic.protocol === "icmp" && rule.protocol === "*" && !rule.ports.includes("*");
  const touches = (texts, cidr, tag, open) => (open && texts.some(isServiceTag)) ||
    tagged(texts, tag, open).some((one) => overlaps(cidr, one) && (isPublic(one) || !open));
  const isServiceTag = (text) =>
    !/^\d/.test(text) && !["*", "VirtualNetwork", "Internet", "AzureLoadBalancer"].includes(text);
  const tagged = (texts, tag, open) => texts.flatMap((text) =>
    text === "*" || (open && text === "Internet") ? [ALL] : text === "VirtualNetwork" ? tag
      : text === "AzureLoadBalancer" && !open ? [AZURE_HOST] : /^\d/.test(text) ? [text] : []);

  function system(network, name) {
    const peered = network.halves.filter((half) => half.network === name).map((half) => half.peer);
    return [name, ...peered].flatMap((other) => network.ranges[other].map((cidr) => ({ cidr, network: other })));
  }
  const learns = (network, place) =>
    network.gateway !== null && place.propagated && network.gateway.used_by.includes(place.network);
  const hasTransit = (network, place) =>
    isRemote(place.network) && network.gateway !== null && network.gateway.announced.includes(place.network);
  const transitUnknown = (network, place) =>
    hasTransit(network, place) && !network.gateway.used_by.includes(place.network)
      ? `whether ${place.network} uses the hub's gateway` : "";
  const learned = (network, place) => (learns(network, place) ? propagated(network) : []);
  const propagated = (network) =>
    network.gateway === null ? [] : network.ranges[ON_PREMISES].map((cidr) => ({ cidr, network: ON_PREMISES }));
  const userRoutes = (routes) => routes.map((route) => ({ ...route, user: true }));

  function longest(routes, to) {
    const fit = routes.filter((route) => subnetOf(to, route.cidr));
    const better = (one, other) =>
      range(one.cidr).prefix - range(other.cidr).prefix || Number(!!one.user) - Number(!!other.user);
    return fit.length ? fit.reduce((best, one) => (better(one, best) > 0 ? one : best)) : null;
  }
  const liesIn = (place, network, name) => network.ranges[name].some((cidr) => subnetOf(place.cidr, cidr));
  const allows = (cidrs, place) => cidrs.some((cidr) => subnetOf(place.cidr, cidr));

  function missingRule(answer) {
    const { request } = answer, other = answer.destination.network;
    if (request.peeringMissing) {
      return yaml({ spokes: { [answer.source.network]: { peerings: { [other]: `{spoke: ${other}}` } } } });
    }
    if (!request.ruleMissing && (request.deniedBy === null || request.deniedBy.name !== HVN_IN)) return null;
    let tree = request.ruleMissing ? firewallRule(answer) : {};
    if (request.ruleMissing && !Object.keys(tree).length) return null;
    if (request.deniedBy) tree = merged(tree, nsgRule(answer, request.deniedBy));
    return yaml(tree) || null;
  }
  /** Return the keys of both trees. */
  function merged(one, other) {
    const all = { ...one };
    for (const [key, value] of Object.entries(other)) {
      const nested = has(all, key) && typeof all[key] !== "string" && typeof value !== "string";
      all[key] = nested ? merged(all[key], value) : value;
    }
    return all;
  }
  const yaml = (tree) => lines(tree).join("\n");
  const lines = (tree) => Object.entries(tree).flatMap(([key, value]) => typeof value === "string"
    ? [`${key}: ${value}`] : [`${key}:`, ...lines(value).map((line) => `  ${line}`)]);

  const short = (place) => place.host ? place.host.replaceAll(".", "-") : place.name.slice(place.name.lastIndexOf(".") + 1);
  function firewallRule({ source, destination, traffic }) {
    const object = (place) => place.within || isOutside(place) || place.name === HUB ? place.cidr : place.name === RUNNERS ? "hub.runners" : place.name === VAULT ? VAULT
      : place.name.includes(".") ? place.name : `spokes.${place.name}`;
    const whole = destination.network === INTERNET && destination.cidr === ALL && !destination.host;
    if (whole || destination.network === OUTSIDE) return {};
    const { protocol, port } = traffic, isTcp = protocol === "tcp";
    const kind = (destination.host && isTcp && { 80: "http", 443: "https" }[port]) || protocol;
    const spoke = [source, destination].filter(inSpoke).map((place) => place.network)[0];
    const name = `${short(source)}-to-${short(destination)}`.slice(0, 60).replace(/^-+|-+$/g, "") +
      (isTcp ? "" : `-${protocol}`);
    const rule = {
      sources: `[${object(source)}]`,
      ...(destination.host ? { fqdns: `[${destination.host}]` } : { destinations: `[${object(destination)}]` }),
      ports: `[${port ? `${kind}/${port}` : kind}]`,
      reason: "why the connection is needed",
    };
    const rules = { firewall_rules: { [name]: rule } };
    return spoke ? { spokes: { [spoke]: rules } } : { hub: rules };
  }

  function priorityBefore(place, rule) {
    const used = place.nsg.rules.map((one) => one.priority);
    let free = LOWEST;
    while (used.includes(free)) free += 1;
    return place.in_file && free < rule.priority ? free : null;
  }
  function nsgRule({ source, destination, traffic }, deniedBy) {
    const { protocol, port } = traffic, isTcp = protocol === "tcp", { nsg } = destination;
    const priority = priorityBefore(destination, deniedBy);
    if (priority === null) return {};
    const sources = deniedBy.name === HVN_IN ? deniedBy.sources : [source.cidr];
    const rule = {
      priority: String(priority),
      ...(isTcp ? {} : { protocol }),
      source: `[${sources.join(", ")}]`,
      ...(port ? { ports: `["${port}"]` } : {}),
    };
    const rules = { rules: { [[short(source), isTcp ? "" : protocol, port || ""].filter(String).join("-")]: rule } };
    if (nsg.key.startsWith(HUB_NSG)) return { hub: { network_security_groups: { [nsg.key.slice(HUB_NSG.length)]: rules } } };
    if (nsg.key) return { spokes: { [destination.network]: { network_security_groups: { [nsg.key]: rules } } } };
    const subnet = { cidr: destination.within || destination.cidr, ...rules };
    return { spokes: { [destination.network]: { subnets: { [destination.in_file]: subnet } } } };
  }

  /** Return why the connection fails without its reply. A UDP datagram arrives without a reply too. */
  const lost = (traffic, reply) => (reply && traffic.protocol !== "udp" ? reply.blockedBy : "");
  const isAsymmetric = (request, reply) =>
    request.byFirewall !== reply.byFirewall && !(request.byAppliance || reply.byAppliance);

  function checkedReply(network, source, destination, traffic, request) {
    const back = reply(network, destination, source, traffic, request);
    if (!back.blockedBy && isAsymmetric(request, back)) {
      const bypasses = "asymmetric: the reply bypasses the firewall";
      if (traffic.protocol === "tcp") {
        back.blockedBy = `${bypasses}, and the firewall drops the connection`;
        back.droppedAt = "firewall";
      } else {
        addUnknown(back, `${bypasses}, which may drop later packets`);
      }
    }
    return back;
  }

  /** Return why the connection stays blocked after the user adds a firewall rule; empty if the rule is sufficient. */
  function obstacle(network, source, destination, traffic) {
    const allowed = walk(network, source, destination, traffic, true);
    return allowed.blockedBy || closed(destination, traffic) ||
      lost(traffic, checkedReply(network, source, destination, traffic, allowed));
  }

  /** Add the obstacles that remain after the user adds the missing firewall rule. */
  function addObstacles(network, source, destination, traffic, request) {
    const nsg = newWay();
    let hindrance = obstacle(network, source, destination, traffic);
    // Otherwise the NSG may see, and allow, a translated source.
    if (request.blockedBy) passNsg(network, destination, "Inbound", source, destination, traffic, nsg);
    if (nsg.deniedBy && !hindrance && priorityBefore(destination, nsg.deniedBy) === null) hindrance = nsg.blockedBy;
    if (hindrance) {
      request.ruleMissing = false;
      if (request.blockedBy && request.blockedBy !== hindrance) request.blockedBy += `; a rule does not help: ${hindrance}`;
    } else if (nsg.deniedBy) {
      request.deniedBy = nsg.deniedBy;
      if (request.blockedBy && request.blockedBy !== nsg.blockedBy) request.blockedBy += `; also ${nsg.blockedBy}`;
    }
  }

  /** Return the request and the reply; unknown if a private endpoint may have a different result. */
  function withPrivateEndpoints(network, source, destination, traffic, request, reply) {
    const blocked = request.blockedBy || lost(traffic, reply), policy = destination.private_endpoints;
    const isApi = traffic.protocol === "tcp" && traffic.port === API_SERVER_PORT;
    const apiServer = isApi && !policy ? destination.api_server : "";
    if (!(policy || apiServer) || isOutside(source) || source.network === PLATFORM) return { request, reply };
    const other = requestToEndpoint(network, source, destination, traffic);
    if (blocked && other.blockedBy) return { request, reply };
    const endpoint = apiServer ? `whether the private API server of ${apiServer} has the address`
      : `whether a private endpoint in ${destination.label} has the address`;
    if (blocked) {
      const { ruleMissing, peeringMissing, deniedBy } = request;
      Object.assign(other, { ruleMissing, peeringMissing, deniedBy });
      addUnknown(other, `${endpoint}; otherwise ${blocked}`);
      const back = newWay();
      Object.assign(back, { byFirewall: other.byFirewall, byAppliance: other.byAppliance });
      hop(back, `${destination.label} ${destination.cidr}`, "back along the route of the request");
      hop(back, `${source.label} ${source.cidr}`, "arrives");
      return { request: other, reply: back };
    }
    if (other.blockedBy) addUnknown(request, `${endpoint}: ${other.blockedBy}`);
    else if (other.byFirewall || other.byAppliance) {
      addUnknown(request, `${endpoint}: its replies pass the firewall or appliance only with SNAT`);
    }
    return { request, reply };
  }

  function requestToEndpoint(network, source, destination, traffic) {
    if (traffic.protocol === "icmp") return { ...newWay(), blockedBy: "private endpoints carry only TCP and UDP" };
    const policy = destination.private_endpoints, isFiltered = ["Enabled", "NetworkSecurityGroupEnabled"].includes(policy);
    const here = source.network === ON_PREMISES ? HUB : source.network;
    const near = here === destination.network ||
      network.halves.some((half) => half.network === here && half.peer === destination.network);
    const others = (routes) => routes.filter((route) => !subnetOf(destination.cidr, route.cidr));
    const { gateway } = network;
    if (near && !["Enabled", "RouteTableEnabled"].includes(policy)) {
      if (source.network === ON_PREMISES && gateway !== null && gateway.routes) {
        network = { ...network, gateway: { ...gateway, routes: others(gateway.routes) } };
      }
      source = { ...source, routes: others(source.routes) };
    }
    return walk(network, source, { ...destination, nsg: isFiltered ? destination.nsg : null }, traffic, null);
  }

  /** Return the answers. Without a port or protocol, use the usual ones. */
  function reach(network, from, to, port, protocol) {
    const answers = [];
    for (const source of find(network, from)) {
      for (const destination of find(network, to)) {
        const traffic = trafficOf(port || (has(PORTS, to) ? PORTS[to] : OTHER_PORT), protocol);
        const request = walk(network, source, destination, traffic, null);
        if (request.ruleMissing) addObstacles(network, source, destination, traffic, request);
        const back = request.blockedBy ? null : checkedReply(network, source, destination, traffic, request);
        answers.push({ source, destination, traffic, ...withPrivateEndpoints(network, source, destination, traffic, request, back) });
      }
    }
    return answers;
  }

  /** Return an answer as `hvn reach --format json` prints it. */
  function asJson(answer) {
    const { source, destination, request, reply } = answer;
    const blockedBy = request.blockedBy || lost(answer.traffic, reply);
    const needsReply = reply && reply.blockedBy && !blockedBy ? [`whether the sender needs a reply: ${reply.blockedBy}`] : [];
    const unknown = [...new Set([...request.unknown, ...(reply ? reply.unknown : []), ...needsReply])];
    const direction = (way) => way && { hops: way.hops, by_firewall: way.byFirewall };
    return {
      from: source.label,
      from_cidr: source.cidr,
      to: destination.label,
      to_cidr: destination.cidr,
      protocol: answer.traffic.protocol,
      port: answer.traffic.port || null,
      verdict: blockedBy ? "blocked" : unknown.length ? "unknown" : "reaches",
      blocked_by: blockedBy || null,
      asymmetric: reply !== null && isAsymmetric(request, reply),
      unknown,
      rule: request.rule && { name: request.rule.name, path: request.rule.path.join(".") || null, line: request.rule.line || null },
      missing_rule: missingRule(answer),
      request: direction(request),
      reply: direction(reply),
    };
  }

  return { asJson, find, overlaps, reach, textOf };
})();

if (typeof module !== "undefined") module.exports = Reach;
