"""HVN207 mount-outside-ci: CI's policies do not cover a JWT mount, or cover other mounts too."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology.created_names import created_names, place
from hvn.topology.model import Topology
from hvn.topology.naming import CI_MOUNTS, mount_prefix

RULE = Rule(
    id="HVN207",
    name="mount-outside-ci",
    reports="The policies of a CI login do not cover a JWT mount, or `naming.jwt_mount` lacks a fixed prefix.",
    why="CI's policies cover the auth mounts that begin with the fixed prefix of `naming.jwt_mount`. Without a prefix, "
    "CI could write every auth mount, including the mounts of CI. For a mount with another prefix, the apply fails "
    "with 403",
    fix="begin `naming.jwt_mount` with a prefix that only JWT mounts of clusters have, and begin each "
    "`names.jwt_mount` with the same prefix",
    example="""\
vault:
  namespace: admin/platform
  ci:
    github:
      audience: https://github.com/example-org
      subject_prefix: repo:example-org/infra
      apply: ["environment:production"]
spokes:
  payments:
    names: {jwt_mount: kubernetes}
""",
    see="docs/how-to/ci-login.md",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for a pattern that covers other mounts, and for each mount with a different prefix."""
    ci, prefix = topology.vault.ci, mount_prefix(topology)
    if not ci.has_login:
        return
    others = [mount for mount in ("token", *CI_MOUNTS.values()) if mount.startswith(prefix)]
    if others:
        yield Finding(
            rule=RULE,
            path=("naming", "jwt_mount"),
            message=Message(
                "CI's policies would cover {prefix}, which includes {others}", prefix=f"{prefix}*", others=others
            ),
            fix=Message("begin the pattern with another prefix, for example {example}", example="jwt-{spoke}"),
        )
        return
    for name in created_names(topology):
        if name.kind == "jwt_mount" and not name.name.startswith(prefix):
            yield Finding(
                rule=RULE,
                path=place(topology, name),
                message=Message("CI's policies cover {prefix}, not {mount}", prefix=f"{prefix}*", mount=name.name),
                fix=Message("use {mount}", mount=f"{prefix}{name.name}"[:63]),
            )
