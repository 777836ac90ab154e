"""Vault refuses a JWT role without a mount, without `role_type`, without a bound constraint, or with a wrong ttl.

Vault accepts a role with missing policies: its logins succeed without any permission. The rehearsal's next plan fails.

vault-plugin-auth-jwt path_role.go; the checks are in the order of its pathRoleCreateUpdate.
"""

from hvn.rehearsal.behaviours import Change, Refusal

BUILT_IN = {"default", "root"}
BOUND = ("bound_audiences", "token_bound_cidrs", "bound_subject", "bound_claims")


def write(change: Change) -> None:
    """Refuse what Vault refuses at apply."""
    role = change.after
    mounts = change.cloud.find("vault_jwt_auth_backend", change.place, path=role["backend"])
    change.need(*(("vault_jwt_auth_backend", str(mount["id"])) for mount in mounts))
    if not mounts:
        raise _refused(change, 404, f'no handler for route "auth/{role["backend"]}/role/{role["role_name"]}"')
    ttl, most = role.get("token_ttl") or 0, role.get("token_max_ttl") or 0
    if most and ttl > most:
        raise _refused(change, 400, "'token_ttl' cannot be greater than 'token_max_ttl'")
    if role.get("role_type") not in {"jwt", "oidc"}:
        # The provider sends nothing, and Vault's default is oidc.
        role["role_type"] = "oidc"
    if role.get("bound_claims_type") not in {None, "string", "glob"}:
        raise _refused(change, 400, f"invalid 'bound_claims_type': {role['bound_claims_type']}")
    if not role.get("user_claim"):
        raise _refused(change, 400, "a user claim must be defined on the role")
    if role["role_type"] == "oidc" and not role.get("allowed_redirect_uris"):
        raise _refused(change, 400, "'allowed_redirect_uris' must be set if 'role_type' is 'oidc' or unspecified.")
    if role["role_type"] == "jwt" and not any(role.get(name) for name in BOUND):
        raise _refused(change, 400, "must have at least one bound constraint when creating/updating a role")


def plan(change: Change) -> None:
    """Refuse an unchanged role with missing policies."""
    if not change.before or change.before != change.after:
        return
    existing = {policy["name"].lower() for policy in change.cloud.find("vault_policy", change.place)} | BUILT_IN
    missing = [name for name in change.after.get("token_policies") or () if name.lower() not in existing]
    if missing:
        raise Refusal(
            f"The role {change.after['role_name']} has missing policies",
            f"Vault has no policy {', '.join(missing)}. It reports no error: a login succeeds without any permission",
        )


def _refused(change: Change, status: int, message: str) -> Refusal:
    path = f"auth/{change.after['backend']}/role/{change.after['role_name']}"
    return Refusal(
        f'error writing JWT auth backend role "{path}": Error making API request.',
        f"Code: {status}. Errors:\n\n* {message}",
    )


PLAN = {"vault_jwt_auth_backend_role": plan}
CREATE = {"vault_jwt_auth_backend_role": write}
UPDATE = {"vault_jwt_auth_backend_role": write}
