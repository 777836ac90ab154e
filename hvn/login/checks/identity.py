"""Who the login becomes in Vault (vault-plugin-auth-jwt, path_login.go, createIdentity)."""

from hvn.login import messages, values
from hvn.login.checks.claims import NO_ROLE, UNREADABLE
from hvn.login.gojson import quote
from hvn.login.login import Login, Outcome, Result, failed, not_checked, passed


def user_claim(login: Login) -> Outcome:
    """The claim of user_claim is there and a text. It is a JSON pointer only if user_claim_json_pointer says so."""
    if login.all_claims is None or login.role is None:
        return not_checked(UNREADABLE if login.role else NO_ROLE)
    name = login.role.user_claim
    pointer = login.role.user_claim_json_pointer
    found = login.claim(name) if pointer else login.all_claims.get(name)
    if found is None:
        note = "it is read as a name: user_claim_json_pointer is not set" if name[:1] == "/" and not pointer else ""
        return failed(messages.NO_USER_CLAIM, f"a text in {name}", "nothing", note, claim=quote(name))
    if type(found) is not str:
        return failed(messages.USER_CLAIM_TYPE, f"a text in {name}", values.shown(found), claim=quote(name))
    return passed(f"a text in {name}", found)


def claim_mappings(login: Login) -> Outcome:
    """Claims that become metadata are texts; missing ones are passed over."""
    if login.all_claims is None or login.role is None:
        return not_checked(UNREADABLE if login.role else NO_ROLE)
    names = sorted(login.role.claim_mappings or {}, key=str.encode)
    wrong = [name for name in names if type(login.claim(name)) not in (str, type(None))]
    expected = f"texts in {', '.join(names)}" if names else "nothing: the role maps none"
    if wrong:
        said = tuple((messages.MAPPED_TYPE, messages.MAPPED_TYPE.text.format(claim=name)) for name in wrong)
        return Outcome(Result.FAIL, expected, f"something else in {', '.join(wrong)}", said)
    return passed(expected, "")


def groups(login: Login) -> Outcome:
    """The claim of groups_claim, if the role has one, is a text or a list of texts."""
    if login.all_claims is None or login.role is None:
        return not_checked(UNREADABLE if login.role else NO_ROLE)
    name = login.role.groups_claim
    if not name:
        return passed("nothing: the role has no groups_claim", "nothing")
    expected = f"a list of texts in {name}"
    found = login.claim(name)
    if found is None:
        return failed(messages.NO_GROUPS, expected, "nothing", claim=quote(name))
    listed = values.as_list(found)
    if listed is None:
        return failed(messages.GROUPS_TYPE, expected, values.shown(found), claim=quote(name))
    wrong = next((each for each in listed if type(each) is not str), "")
    if wrong != "":
        return failed(messages.GROUP_TYPE, expected, values.shown(found), value=values.shown(wrong))
    return passed(expected, values.shown(found))


def alias(login: Login) -> Outcome:
    """The text in user_claim is not empty. Vault's core finds that last of all."""
    if login.all_claims is None or login.role is None:
        return not_checked(UNREADABLE if login.role else NO_ROLE)
    name, pointer = login.role.user_claim, login.role.user_claim_json_pointer
    found = login.claim(name) if pointer else login.all_claims.get(name)
    if found == "":
        return failed(messages.NO_ALIAS, "a text that is not empty", "an empty text")
    return passed("a text that is not empty", "")
