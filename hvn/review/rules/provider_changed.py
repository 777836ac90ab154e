"""HVN938: Terraform uses a different version of a provider, or a locked package changes."""

from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module

from hvn.affected.locked import Package
from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.kinds.registry import kind_of
from hvn.review.context import Context

RULE = Rule(
    id="HVN938",
    name="provider-changed",
    level=Level.WARNING,
    reports="The code or a lock file changes the version of a provider or of a locked package.",
    why="a different version can plan different changes, and its code runs with the credentials of the apply",
    fix="read the release notes of all versions between the old and the new version",
    example="an edit of Pipfile.lock that changes the version of `cdktf-cdktf-provider-azurerm`",
    see="docs/reference/rehearsal.md",
)
LABEL = "hvn: read the file"


def check(context: Context) -> Iterator[Finding]:
    """Yield one finding for each provider with a changed version in the plans, and one for each changed lock file."""
    by_version: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for plan in context.plans.values():
        for provider, versions in plan.versions.items():
            by_version[provider, *versions].append(plan.workspace)
    for key, workspaces in sorted(by_version.items()):
        provider, old, new = (*key, "unknown", "unknown")[:3]
        for workspace in workspaces:
            yield Finding(
                rule=RULE,
                workspace=workspace,
                message=Message("provider {provider} {old} → {new}", provider=provider, old=old, new=new),
            )
    named = {provider for provider, *_ in by_version}
    by_lock: dict[str, list[Package]] = defaultdict(list)
    for package in context.comparison.base.locked:
        if package.provider not in named:
            by_lock[package.lock].append(package)
    for lock, packages in by_lock.items():
        yield Finding(
            rule=RULE,
            message=Message(
                "{lock} changes {packages}",
                lock=lock,
                packages=[_package(context, one) for one in packages],
            ),
        )


def _package(context: Context, package: Package) -> Message:
    versions = Message("{name} {old} → {new}", name=package.name, old=package.before, new=package.after)
    if not package.provider:
        return versions
    users = [id_ for id_ in context.after if _uses(id_, context, package.provider)]
    return Message(
        "{versions} (provider {provider} of {workspaces})",
        versions=versions,
        provider=package.provider,
        workspaces=users,
    )


def _uses(id_: str, context: Context, provider: str) -> bool:
    rights = import_module(kind_of(context.after[id_].id).rights).RIGHTS
    return any(type_.partition("_")[0] == provider for type_ in (*rights.types, *rights.data_types))
