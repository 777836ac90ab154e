"""Check the user, groups, metadata and policies of a login (vault-plugin-auth-jwt, path_login.go, createIdentity;
Vault, identity_store_util.go and request_handling.go, LoginCreateToken).
"""

import re
from collections.abc import Iterator
from typing import Any

from hvn.login import messages, values
from hvn.login.checks.claims import NO_ROLE, UNREADABLE
from hvn.login.gotext import lower, quote, shown
from hvn.login.login import Login, Outcome, Result, failed, not_checked, passed

MAX_PAIRS = 64
MAX_KEY = 128
MAX_VALUE = 512
"""The maximum length of a metadata value in bytes. Vault's error states the length in characters, which is wrong."""
RESERVED = "vault-"
INTERNAL = ("response-wrapping",)
_KEY = re.compile("[a-zA-Z0-9=/+_-]+")


def user_claim(login: Login) -> Outcome:
    """Check that the claim of user_claim is a string. Vault reads user_claim as a JSON pointer only if
    user_claim_json_pointer is set. Return the outcome."""
    if login.all_claims is None or login.role is None:
        return not_checked(UNREADABLE if login.role else NO_ROLE)
    name, pointer = login.role.user_claim, login.role.user_claim_json_pointer
    actual = user(login)
    if actual is None:
        is_name = name[:1] == "/" and not pointer
        note = "Vault reads user_claim as a name, because user_claim_json_pointer is not set" if is_name else ""
        return failed(messages.NO_USER_CLAIM, f"a string in {name}", "nothing", note, claim=quote(name))
    if type(actual) is not str:
        return failed(messages.USER_CLAIM_TYPE, f"a string in {name}", shown(actual), claim=quote(name))
    return passed(f"a string in {name}", actual)


def claim_mappings(login: Login) -> Outcome:
    """Check that the claims in claim_mappings are strings. Vault skips missing claims. Return the outcome."""
    if login.all_claims is None or login.role is None:
        return not_checked(UNREADABLE if login.role else NO_ROLE)
    names = sorted(login.role.claim_mappings or {}, key=str.encode)
    wrong = [name for name in names if type(login.claim(name)) not in (str, type(None))]
    expected = f"strings in {', '.join(names)}" if names else "nothing: the role has no claim_mappings"
    if wrong:
        errors = tuple((messages.MAPPED_TYPE, messages.MAPPED_TYPE.text.format(claim=name)) for name in wrong)
        return Outcome(Result.FAIL, expected, f"another type in {', '.join(wrong)}", errors)
    return passed(expected, "")


def groups(login: Login) -> Outcome:
    """Check that the claim of groups_claim is a string or a list of strings, if the role has groups_claim. Return the
    outcome."""
    if login.all_claims is None or login.role is None:
        return not_checked(UNREADABLE if login.role else NO_ROLE)
    name = login.role.groups_claim
    if not name:
        return passed("nothing: the role has no groups_claim", "nothing")
    expected = f"a list of strings in {name}"
    actual = login.claim(name)
    if actual is None:
        return failed(messages.NO_GROUPS, expected, "nothing", claim=quote(name))
    listed = values.as_list(actual)
    if listed is None:
        return failed(messages.GROUPS_TYPE, expected, shown(actual), claim=quote(name))
    wrong = next((item for item in listed if type(item) is not str), "")
    if wrong != "":
        return failed(messages.GROUP_TYPE, expected, shown(actual), value=shown(wrong))
    return passed(expected, shown(actual))


def alias(login: Login) -> Outcome:
    """Check that the claim of user_claim is not empty. Vault's core runs this check after all checks of the plugin.
    Return the outcome."""
    if login.all_claims is None or login.role is None:
        return not_checked(UNREADABLE if login.role else NO_ROLE)
    if user(login) == "":
        return failed(messages.NO_ALIAS, "a string that is not empty", "an empty string")
    return passed("a string that is not empty", "")


def metadata(login: Login) -> Outcome:
    """Check that Vault can save the metadata of the login. Vault runs this check only when it creates the user's
    alias. Return the outcome."""
    if login.all_claims is None or login.role is None:
        return not_checked(UNREADABLE if login.role else NO_ROLE)
    mappings = login.role.claim_mappings or {}
    pairs = {key: text for name, key in mappings.items() if type(text := login.claim(name)) is str}
    pairs["role"] = login.requested_role
    expected = "keys and values that Vault can save"
    reasons = tuple(_reasons(pairs)) if login.is_first else ()
    if reasons:
        note = "only at the user's first login: Vault does not check the metadata of a user that it knows"
        errors = tuple((messages.BAD_METADATA, messages.BAD_METADATA.text.format(reason=text)) for text in reasons)
        return Outcome(Result.FAIL, expected, ", ".join(sorted(pairs, key=str.encode)), errors, note)
    return passed(expected, "")


def policies(login: Login) -> Outcome:
    """Check that the role has no policy that Vault refuses for logins. Vault converts policy names to lower case.
    Return the outcome."""
    if login.role is None:
        return not_checked(NO_ROLE)
    names = [lower(name).strip() for name in login.role.policies]
    actual = ", ".join(names) or "none"
    if "root" in names:
        return failed(messages.ROOT_POLICY, "no policy root", actual)
    internal = next((name for name in names if name in INTERNAL), "")
    if internal:
        return failed(messages.INTERNAL_POLICY, f"no policy {internal}", actual, policy=quote(internal))
    if unknown := ", ".join(login.role.unknown_policies):
        note = f"content unknown: {unknown}. Vault ignores missing policies. A deny overrides other policies"
        return Outcome(Result.PASS, "policies that a login may have", actual, note=note)
    return passed("policies that a login may have", actual)


def user(login: Login) -> Any:
    """Return the claim that user_claim names, or None if the claim is missing."""
    if login.role is None or login.all_claims is None:
        return None
    name = login.role.user_claim
    return login.claim(name) if login.role.user_claim_json_pointer else login.all_claims.get(name)


def _reasons(pairs: dict[str, str]) -> Iterator[str]:
    """Yield Vault's errors for metadata (validateMetadata). If metadata has several errors, Vault reports one at
    random."""
    if len(pairs) > MAX_PAIRS:
        yield f"metadata cannot contain more than {MAX_PAIRS} key/value pairs"
        return
    for key, value in pairs.items():
        reason = ""
        if not key:
            reason = messages.NO_KEY
        elif not _KEY.fullmatch(key):
            reason = "key contains invalid characters"
        elif len(key) > MAX_KEY:
            reason = f"key is too long (limit: {MAX_KEY} characters)"
        elif key.startswith(RESERVED):
            reason = f"key prefix {quote(RESERVED)} is reserved for internal use"
        elif len(value.encode()) > MAX_VALUE:
            reason = f"value is too long (limit: {MAX_VALUE} characters)"
        if reason:
            yield f"failed to load metadata pair ({quote(key)}, {quote(value)}): {reason}"
