"""HVN703: check that the private endpoints of Vault and of the API servers resolve and accept connections."""

import socket
from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Command, Fact, Words
from hvn.doctor.context import Context, Unanswered

SECONDS = 5

RULE = Rule(
    id="HVN703",
    name="private-endpoints",
    reports=(
        "The private name of Vault or of an API server does not resolve on this machine, has a public "
        "address, or does not answer."
    ),
    why=(
        "Terraform must run in the runners' subnet, or in another network that can reach Vault and the API servers. "
        "If the hub's VNet has its own DNS servers, they must forward the private DNS zones to Azure DNS"
    ),
    fix="run the command on a runner: docs/how-to/first-day.md, section 4",
    example="$ export VAULT_ADDR=https://vault.example.com:8200 # resolves on a runner only",
    see="docs/how-to/first-day.md",
)

RUNNER = Message("run the command on a runner: {page}, section 4", page=Words("docs/how-to/first-day.md"))
DNS = Message("{runner}; on a runner, check the DNS servers of its VNet", runner=RUNNER)


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for the address in VAULT_ADDR (default port: 8200), and for the API server of each cluster's
    kubectl context."""
    if address := context.environment.get("VAULT_ADDR"):
        yield _endpoint(Message("Vault"), address, 8200)
    else:
        yield Finding(
            rule=RULE,
            level=Level.NOT_CHECKED,
            message=Message("Vault: VAULT_ADDR is not set"),
            fix=Message(
                "set VAULT_ADDR to vault_private_endpoint_url of {command}", command=Command("bin/cdktf output hcp")
            ),
        )
    for spoke in context.clusters():
        endpoint = Message("API server of {spoke}", spoke=spoke)
        try:
            config = context.kubectl(spoke, "config", "view", "--minify", "-o", "json")
            server = str(config["clusters"][0]["cluster"]["server"])
        except Unanswered as error:
            yield _not_checked(endpoint, error.reason, error.command)
        except (KeyError, IndexError, TypeError):
            reason = Message("the kubectl context {context} lacks a server", context=context.kube_context(spoke))
            yield _not_checked(endpoint, reason, context.credentials_command(spoke))
        else:
            yield _endpoint(endpoint, server, 443)


def _not_checked(endpoint: Message, reason: Message, command: Command) -> Finding:
    return Finding(
        rule=RULE,
        level=Level.NOT_CHECKED,
        message=Message("{endpoint}: {reason}", endpoint=endpoint, reason=reason),
        fix=Message("{command}", command=command),
    )


def _endpoint(endpoint: Message, url: str, port: int) -> Finding:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or port
    except ValueError:
        host = ""
    if not host:
        return _error(endpoint, "the address is not a URL", Message("write the address as https://HOST:PORT"))
    try:
        addresses = sorted({str(item[4][0]) for item in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)})
    except (OSError, UnicodeError):
        return _error(endpoint, "{host} does not resolve on this machine", DNS, host=host)
    public = [address for address in addresses if ip_address(address.split("%")[0]).is_global]
    if public:
        return _error(endpoint, "{host} resolves to a public address: {addresses}", DNS, host=host, addresses=public)
    values: dict[str, Fact] = {"host": host, "address": addresses[0], "port": port}
    try:
        socket.create_connection((addresses[0], port), timeout=SECONDS).close()
    except OSError:
        return _error(endpoint, "{host} ({address}) does not answer on port {port}", RUNNER, **values)
    message = Message("{host} is {address}, and port {port} answers", **values)
    return Finding(
        rule=RULE, level=Level.PASS, message=Message("{endpoint}: {state}", endpoint=endpoint, state=message)
    )


def _error(endpoint: Message, template: str, fix: Message, **values: Fact) -> Finding:
    problem = Message(template, **values)
    return Finding(rule=RULE, message=Message("{endpoint}: {problem}", endpoint=endpoint, problem=problem), fix=fix)
