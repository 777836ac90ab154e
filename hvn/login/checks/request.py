"""Check the mount, the role and the client's address, as Vault does before it reads the token
(vault-plugin-auth-jwt, path_login.go)."""

from hvn.login import messages, ranges
from hvn.login.gotext import quote
from hvn.login.login import Login, Outcome, failed, not_checked, passed


def mount(login: Login) -> Outcome:
    """Check that the mount has a configuration. Return the outcome."""
    if login.mount is None:
        return failed(messages.NO_CONFIG, "a configuration", "none")
    return passed("a configuration", "public keys" if login.mount.pubkeys else login.mount.keys_from)


def role_name(login: Login) -> Outcome:
    """Check that the login or the mount names a role. Return the outcome."""
    if not login.requested_role:
        return failed(messages.MISSING_ROLE, "a role's name", "none, and no default_role")
    return passed("a role's name", login.requested_role)


def role(login: Login) -> Outcome:
    """Check that the role exists. Vault converts the role's name to lower case. Return the outcome."""
    name = login.requested_role
    if not name:
        return not_checked("no role is named")
    if login.is_relative(name):
        return failed(messages.RELATIVE_ROLE, "a name without relative parts", name)
    note = f"Vault looked for {name}: it converts names to lower case" if login.role_name != name else ""
    if login.role is None:
        return failed(messages.NO_SUCH_ROLE, f"role {name}", "no role of this name", note, role=quote(name))
    return passed(f"role {name}", f"role {name}")


def role_type(login: Login) -> Outcome:
    """Check that the role's type is not oidc, the type for logins with a browser. Vault treats an old role without a
    type as a jwt role. Return the outcome."""
    if login.role is None:
        return not_checked("the role does not exist")
    if login.role.role_type == "oidc":
        return failed(messages.OIDC_ROLE, "jwt", "oidc")
    return passed("jwt", login.role.role_type or "no type, which counts as jwt")


def token(login: Login) -> Outcome:
    """Check that the login contains a token. Return the outcome."""
    if login.token is None and login.claims is not None:
        return not_checked("only claims are known, no token")
    if not login.token:
        return failed(messages.MISSING_TOKEN, "a token", "an empty string")
    return passed("a token", "a token")


def address(login: Login) -> Outcome:
    """Check that the client's address is in one of the role's token_bound_cidrs, if the role has any. Return the
    outcome."""
    texts = login.role.bound_cidrs if login.role else ()
    if not texts:
        return passed("any address", login.address or "any address")
    expected = ", ".join(texts)
    if not ranges.networks(texts):
        return failed(messages.BOUND_CIDR, expected, "none of these ranges is valid, so Vault refuses every address")
    if login.address is None:
        return not_checked(f"the role allows {expected}; --address IP names the address that Vault sees")
    if not ranges.allows(texts, login.address):
        return failed(messages.BOUND_CIDR, expected, login.address)
    return passed(expected, login.address)
