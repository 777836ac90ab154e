"""HVN921: a mount, a role or a policy of Vault's logins is destroyed or replaced."""

from collections.abc import Iterator

from hvn.review.destroyed import told
from hvn.review.situation import Said, Situation
from hvn.topology.finding import Rule

RULE = Rule(
    id="HVN921",
    name="logins-lost",
    why="a login mount that is disabled takes all its roles with it and ends every token that was given by it",
    see="https://developer.hashicorp.com/vault/docs/commands/auth/disable",
)
GOES = {
    "vault_jwt_auth_backend": "**every login** at this mount, of {here}: its roles, and all tokens that it gave",
    "vault_jwt_auth_backend_role": "the login by this role, of {here}",
    "vault_policy": "what a role of {here} may read or write",
}
TYPES = tuple(GOES)


def check(situation: Situation) -> Iterator[Said]:
    """By what the plans destroy."""
    for id_, changes in situation.gone(*TYPES).items():
        yield told(situation, id_, changes, GOES)
