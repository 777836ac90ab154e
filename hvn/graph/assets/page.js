// The page: pan, zoom, search, details and questions about connections. Texts of the file reach the page only by
// textContent.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const svg = document.querySelector("#map > svg");
  const groups = new Map([...svg.querySelectorAll("g.box")].map((group) => [group.dataset.id, group]));
  const face = (group) => group.querySelector(":scope > .face");
  const inside = new Map();
  for (const box of Object.values(data.boxes)) inside.set(box.inside, [...(inside.get(box.inside) || []), box.id]);

  /** Return an element with texts and elements inside. */
  function make(name, attributes, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) element.setAttribute(key, value);
    element.append(...children.filter((child) => child !== null));
    return element;
  }
  const list = (items) => make("ul", null, ...items.map((item) => make("li", null, item)));
  const any = (...texts) => texts.length === 1 && texts[0] === "*" ? "any" : some(texts);
  const some = (texts) => texts.slice(0, 4).join(", ") + (texts.length > 4 ? ` and ${texts.length - 4} more` : "");
  const part = (title, ...content) => [make("h3", null, title), ...content];

  // Pan and zoom change the viewBox.
  const [x, y, width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  const home = { x, y, width, height };
  let view = { ...home };
  function show(next) {
    view = next;
    svg.setAttribute("viewBox", [view.x, view.y, view.width, view.height].join(" "));
  }
  function zoom(factor, at) {
    const centre = at || { x: view.x + view.width / 2, y: view.y + view.height / 2 };
    const width = Math.min(Math.max(view.width * factor, home.width / 60), home.width * 2);
    const scale = width / view.width;
    show({ x: centre.x - (centre.x - view.x) * scale, y: centre.y - (centre.y - view.y) * scale,
      width, height: view.height * scale });
  }
  function point(event) {
    const at = svg.getScreenCTM().inverse();
    return { x: event.clientX * at.a + at.e, y: event.clientY * at.d + at.f };
  }
  function centre(group) {
    const box = face(group).getBBox();
    const inView = box.x >= view.x && box.y >= view.y &&
      box.x + Math.min(box.width, 80) <= view.x + view.width && box.y + Math.min(box.height, 40) <= view.y + view.height;
    if (!inView) show({ ...view, x: box.x + box.width / 2 - view.width / 2, y: box.y + Math.min(box.height, view.height) / 2 - view.height / 2 });
  }
  svg.setAttribute("preserveAspectRatio", "xMidYMin");
  svg.removeAttribute("width");
  svg.removeAttribute("height");
  byId("zoom-in").onclick = () => zoom(0.7);
  byId("zoom-out").onclick = () => zoom(1 / 0.7);
  byId("zoom-fit").onclick = () => show({ ...home });
  svg.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(event.deltaY > 0 ? 1.15 : 1 / 1.15, point(event));
  }, { passive: false });
  let drag = null;
  svg.addEventListener("pointerdown", (event) => { drag = { start: point(event), moved: false }; });
  svg.addEventListener("pointermove", (event) => {
    if (!drag || !event.buttons) return;
    const now = point(event);
    const x = drag.start.x - now.x, y = drag.start.y - now.y;
    if (!drag.moved && Math.hypot(x, y) * svg.getScreenCTM().a < 4) return;
    drag.moved = true;
    svg.classList.add("dragged");
    show({ ...view, x: view.x + x, y: view.y + y });
  });
  window.addEventListener("pointerup", () => svg.classList.remove("dragged"));

  // One box is in the tab order; arrow keys move to the other boxes.
  let current = groups.values().next().value;
  if (current) face(current).setAttribute("tabindex", "0");
  function focus(id) {
    const group = groups.get(id);
    if (!group) return;
    face(current).setAttribute("tabindex", "-1");
    current = group;
    face(group).setAttribute("tabindex", "0");
    centre(group);
    face(group).focus({ preventScroll: true });
  }
  const shown = (ids) => (ids || []).filter((id) => groups.has(id));
  svg.addEventListener("keydown", (event) => {
    const id = current.dataset.id;
    const box = data.boxes[id];
    const beside = shown(inside.get(box.inside));
    const at = beside.indexOf(id);
    const moves = {
      ArrowRight: () => beside[(at + 1) % beside.length],
      ArrowLeft: () => beside[(at + beside.length - 1) % beside.length],
      ArrowDown: () => shown(inside.get(id))[0],
      ArrowUp: () => box.inside,
    };
    const acts = {
      Enter: () => select(id), " ": () => select(id),
      "+": () => zoom(0.7), "=": () => zoom(0.7), "-": () => zoom(1 / 0.7), 0: () => show({ ...home }),
    };
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (moves[event.key]) focus(moves[event.key]());
    else if (acts[event.key]) acts[event.key]();
    else return;
    event.preventDefault();
  });
  svg.addEventListener("click", (event) => {
    const group = event.target.closest("g.box");
    if (group && !(drag && drag.moved)) {
      face(current).setAttribute("tabindex", "-1");
      current = group;
      face(group).setAttribute("tabindex", "0");
      select(group.dataset.id);
    }
  });

  // Tabs
  const tabs = [...document.querySelectorAll("[role=tab]")];
  function open(tab) {
    for (const one of tabs) {
      const selected = one === tab;
      one.setAttribute("aria-selected", selected);
      one.tabIndex = selected ? 0 : -1;
      byId(one.getAttribute("aria-controls")).hidden = !selected;
    }
  }
  for (const [index, tab] of tabs.entries()) {
    tab.onclick = () => open(tab);
    tab.onkeydown = (event) => {
      const step = { ArrowRight: 1, ArrowLeft: tabs.length - 1 }[event.key];
      if (!step) return;
      const next = tabs[(index + step) % tabs.length];
      open(next);
      next.focus();
    };
  }

  // Details of a box
  function select(id) {
    const box = data.boxes[id];
    for (const group of svg.querySelectorAll(".selected")) group.classList.remove("selected");
    if (groups.has(id)) groups.get(id).classList.add("selected");
    byId("details").replaceChildren(...details(box));
    open(byId("tab-details"));
  }
  function details(box) {
    const state = box.existing ? "existing, managed outside this project" : "managed";
    // An app has the network and the workspaces of its cluster.
    const host = box.kind === "app" ? data.boxes[box.inside] : box;
    return [
      make("h2", null, box.title),
      make("dl", null, make("dt", null, "Kind"), make("dd", null, box.kind), make("dt", null, "State"), make("dd", null, box.change ? `${state}, ${box.change}` : state)),
      ...(box.blocked ? [make("p", { class: "warn" }, `Blocked: ${box.blocked}`)] : []),
      ...(box.facts.length ? part("Facts", list(box.facts)) : []),
      ...(box.was.length ? part("Before", list(box.was)) : []),
      ...peerings(box),
      ...(host !== box ? part("Runs in", link(host)) : []),
      ...children(box),
      ...security(host),
      ...firewall(host),
      ...secrets(box),
      ...(host.workspaces.length ? part("Workspaces", list(host.workspaces)) : []),
      ...excerpt(box),
    ];
  }
  function peerings(box) {
    const ends = data.edges.filter((edge) => edge.source === box.id || edge.target === box.id).map((edge) => {
      const other = data.boxes[edge.source === box.id ? edge.target : edge.source];
      return `${other.title}: ${edge.label}${edge.change ? ` (${edge.change})` : ""}; ${edge.accepted}`;
    });
    return ends.length ? part("Connections", list(ends)) : [];
  }
  function children(box) {
    const ids = inside.get(box.id) || [];
    if (!ids.length) return [];
    return part("Inside", list(ids.map((id) => link(data.boxes[id]))));
  }
  /** Return a button that selects a box, and the facts of the box. */
  function link(box, text = box.facts.join(", ")) {
    const button = make("button", { type: "button" }, box.title);
    button.onclick = () => { select(box.id); byId("details").focus(); };
    return make("span", null, button, ` ${text}`);
  }
  function places(box) {
    const name = box.kind === "spoke" ? box.title : box.id === "hub.runners" ? "runners" : box.id.replace(/^hub\./, "hub/");
    return Reach.find(data.reach, name);
  }
  function security(box) {
    return ["spoke", "subnet", "cluster"].includes(box.kind) ? places(box).filter((place) => place.nsg).flatMap((place) => [
      ...part(`NSG ${place.nsg.name} of ${place.label}`, place.nsg.rules === null ? make("p", null, "Rules are unknown.") :
        list(place.nsg.rules.map((rule) => `${rule.priority} ${rule.name}: ${rule.access} ${rule.direction}, ` +
          `protocol ${any(rule.protocol)}, ports ${any(...rule.ports)}, from ${any(...rule.sources)} to ${any(...rule.destinations)}`))),
    ]) : [];
  }
  function firewall(box) {
    const own = places(box).map((place) => place.cidr);
    const ranges = box.kind === "spoke" ? data.reach.ranges[box.title] || [] : own;
    const touches = (text) => /^\d/.test(text) && ranges.some((range) => Reach.overlaps(range, text));
    const fit = box.kind === "firewall" ? data.rules : data.rules.filter((rule) => rule.sources.some(touches) || rule.destinations.some(touches));
    if (!fit.length) return [];
    return part("Firewall rules", list(fit.map((rule) => make("span", null, make("code", null, rule.path), `${rule.line ? ` (line ${rule.line})` : ""}: ` +
      `${some(rule.sources)} → ${some(rule.destinations)}, ${rule.ports.join(", ")}: ${rule.reason}`))));
  }
  function secrets(box) {
    const fit = data.logins.filter((login) => login.box && (login.box === box.id || login.box.startsWith(`${box.id}.`)));
    return fit.flatMap((login) => part(`Secrets of ${login.who}`,
      make("p", null, `Token: ${login.subjects.join(", ")}, audience ${login.audience}, role ${login.role} of ${login.mount}`),
      list(login.rules.map(([path, capabilities]) => `${path} (${capabilities})`))));
  }
  /** Return the lines of the box's section: all lines that are indented more than its key. */
  function excerpt(box) {
    if (!box.line) return [];
    const indent = (text) => text.search(/\S/);
    const first = indent(data.lines[box.line - 1]);
    let end = box.line;
    while (end < data.lines.length && (indent(data.lines[end]) > first || indent(data.lines[end]) < 0)) end += 1;
    while (end > box.line && indent(data.lines[end - 1]) < 0) end -= 1;
    const numbered = data.lines.slice(box.line - 1, end).map((text, index) => `${String(box.line + index).padStart(4)}  ${text}`);
    return part(`Lines ${box.line} to ${end} of the file`, make("pre", { tabindex: "0" }, numbered.join("\n")));
  }

  // With a base, the details first list the changes.
  const changed = Object.values(data.boxes).filter((box) => box.change);
  if (changed.length) {
    byId("details").replaceChildren(make("h2", null, "Changes"), list(changed.map((box) => link(box, `${box.kind}, ${box.change}`))));
  }

  // Search
  byId("search").addEventListener("input", (event) => {
    const words = event.target.value.trim().toLowerCase();
    const hits = Object.values(data.boxes).filter((box) => words && `${box.title} ${box.facts.join(" ")}`.toLowerCase().includes(words));
    svg.classList.toggle("searched", words !== "");
    for (const [id, group] of groups) group.classList.toggle("hit", hits.some((box) => box.id === id));
    // If a box is not in the picture, mark the box around it.
    for (const box of hits) {
      let id = box.id;
      while (id && !groups.has(id)) id = data.boxes[id].inside;
      if (id) groups.get(id).classList.add("hit");
    }
    byId("found").textContent = words ? `${hits.length} found` : "";
  });
  byId("search").addEventListener("keydown", (event) => {
    const group = svg.querySelector(".hit");
    if (event.key === "Enter" && group) {
      focus(group.dataset.id);
      select(group.dataset.id);
    }
  });

  // Questions about connections
  const names = [...new Set([...Object.keys(data.reach.places),
    ...Object.values(data.reach.places).flat().map((place) => place.label), ...Object.keys(data.reach.parts), "internet"])];
  byId("places").replaceChildren(...names.map((name) => make("option", { value: name })));
  byId("protocol").addEventListener("change", (event) => { byId("port").disabled = event.target.value === "icmp"; });
  byId("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    const [from, to, port, protocol] = ["from", "to", "port", "protocol"].map((id) => byId(id).value.trim());
    const unknown = [from, to].find((name) => !Reach.find(data.reach, name).length);
    const answers = unknown === undefined ? Reach.reach(data.reach, from, to, Number(port) || 0, protocol) : [];
    byId("answers").replaceChildren(...(unknown === undefined ? answers.map(answerOf) :
      [make("p", { class: "warn" }, `${unknown} is not a place, an IPv4 address or a host name`)]));
    mark(answers);
  });
  function answerOf(walked) {
    const answer = Reach.asJson(walked);
    const where = answer.rule && (answer.rule.path || answer.rule.name) + (answer.rule.line ? ` (line ${answer.rule.line})` : "");
    return make("div", { class: "answer", "data-answer": JSON.stringify(answer) },
      make("p", null, make("span", { class: `verdict ${answer.verdict}` }, answer.verdict), ` ${answer.from} ${answer.from_cidr} to ${answer.to} ${answer.to_cidr}, ${Reach.textOf(walked.traffic)}`),
      ...way("Request", walked.request),
      ...(walked.reply ? way("Reply", walked.reply) : []),
      ...(where ? part("Rule", make("p", null, make("code", null, where))) : []),
      ...(answer.unknown.length ? part("Unknown", list(answer.unknown)) : []),
      ...(answer.missing_rule ? part("To allow it, add to the topology file", make("pre", { tabindex: "0" }, answer.missing_rule)) : []));
  }
  function way(title, { hops, blockedBy, droppedAt }) {
    return [...part(title, make("ol", null, ...hops.map((hop) => make("li", null, `${hop.at}: ${hop.what}`)))),
      ...(blockedBy ? [make("p", { class: "blocked-by" }, `Blocked at ${droppedAt}: ${blockedBy}`)] : [])];
  }
  /** Mark the boxes of the first answer in the picture, and the box that drops the packet. */
  function mark(answers) {
    for (const group of svg.querySelectorAll(".on-path, .drops")) group.classList.remove("on-path", "drops");
    if (!answers.length) return;
    const { source, destination, request, reply } = answers[0];
    const translated = request.hops.some((hop) => hop.what.includes("through the NAT gateway"));
    const owner = request.byFirewall || source.network === "hub" ? "hub" : `spokes.${source.network}`;
    const passed = [source.label, ...(request.byFirewall ? ["firewall"] : []),
      ...(translated ? [`${owner}.nat_gateway`] : []), destination.label];
    for (const id of passed.map(boxOf)) if (groups.has(id)) groups.get(id).classList.add("on-path");
    const drops = groups.get(boxOf((reply || request).droppedAt));
    if (drops) {
      drops.classList.remove("on-path");
      drops.classList.add("drops");
    }
  }
  function boxOf(label) {
    const [name, subnet] = label.split("/");
    const ids = [label, `hub.${name}`, `hub.${subnet}`, `spokes.${name}.subnets.${subnet}`, ...(subnet === "nodes" ? [`spokes.${name}.cluster`] : []), `spokes.${name}`, name];
    return ids.find((id) => groups.has(id)) || "";
  }
})();
