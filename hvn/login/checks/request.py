"""Before the token is looked at: mount, role, and where the login comes from (path_login.go, pathLogin)."""

from ipaddress import ip_address, ip_network

from hvn.login import messages
from hvn.login.gojson import quote
from hvn.login.login import Login, Outcome, failed, not_checked, passed


def mount(login: Login) -> Outcome:
    """The mount has a configuration."""
    if login.mount is None:
        return failed(messages.NO_CONFIG, "a configuration", "none")
    return passed("a configuration", "keys" if login.mount.pubkeys else login.mount.keys_from)


def role_name(login: Login) -> Outcome:
    """A role is named, by the login or by the mount."""
    if not login.role_asked:
        return failed(messages.MISSING_ROLE, "a role's name", "none, and no default_role")
    return passed("a role's name", login.role_asked)


def role(login: Login) -> Outcome:
    """The role exists, in lower case."""
    name = login.role_asked
    if not name:
        return not_checked("no role is named")
    note = f"Vault looked for {name}: it turns names into lower case" if login.role_name != name else ""
    if login.role is None:
        return failed(messages.NO_SUCH_ROLE, f"role {name}", "none of this name", note, role=quote(name))
    return passed(f"role {name}", f"role {name}")


def role_type(login: Login) -> Outcome:
    """The role is not one for browsers; an old role without a type counts as jwt."""
    if login.role is None:
        return not_checked("there is no role")
    if login.role.role_type == "oidc":
        return failed(messages.OIDC_ROLE, "jwt", "oidc")
    return passed("jwt", login.role.role_type or "none, which counts as jwt")


def token(login: Login) -> Outcome:
    """There is a token."""
    if login.token is None and login.claims is not None:
        return not_checked("claims were given instead of a token")
    if not login.token:
        return failed(messages.MISSING_TOKEN, "a token", "an empty text")
    return passed("a token", "a token")


def address(login: Login) -> Outcome:
    """The login comes from one of the role's ranges, if it has any."""
    ranges = login.role.bound_cidrs if login.role else ()
    if not ranges:
        return passed("any address", login.address or "any address")
    expected = ", ".join(ranges)
    try:
        networks = [ip_network(each, strict=False) for each in ranges]
    except ValueError:
        return failed(messages.BOUND_CIDR, expected, "one of these is no range, so Vault refuses every address")
    if login.address is None:
        return not_checked(f"Vault must see an address in {expected}: from here it is not known which it sees")
    if not any(ip_address(login.address) in network for network in networks):
        return failed(messages.BOUND_CIDR, expected, login.address)
    return passed(expected, login.address)
