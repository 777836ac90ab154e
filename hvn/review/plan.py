"""Define the parts of a workspace's plan that a review needs. hvn/review/plan_reader.py reads them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hvn.diagnostics.message import Message
from hvn.review.details import Detail
from hvn.review.differences import Difference
from hvn.review.digest import digest
from hvn.review.grants.opening import Opening
from hvn.review.nsg_switches import NsgSwitch
from hvn.review.vnet_subnets import SubnetChange

UNEXPLAINED = "hvn_unexplained"
"""Key that `hvn plans` adds to the JSON: the arguments that no edit of the topology explains, by address."""
PROVIDERS = "hvn_providers"
"""Key that `hvn plans` writes instead of `configuration`: the digest of the providers' configuration."""
EXPRESSIONS = "hvn_expressions"
"""Key that `hvn plans` writes instead of `configuration`. The value has the digest of the expressions of values that
are known after apply, and the references that the digest does not cover.
"""
OPENINGS = "hvn_openings"
"""Key that `hvn plans` adds: the openings by the edit, by the base and by changed code, each by address."""
EXPECTED = "hvn_expected"
"""Key that `hvn plans` adds: values that the plan must have, because they are constants in the workspace's
Terraform."""
BY_CODE = "hvn_code_unexplained"
"""Key that `hvn plans` adds if code differs: the arguments that no changed code explains, by address."""
VERSIONS = "hvn_versions"
"""Key that `hvn plans` adds: the providers with a changed version, each with the old and the new version."""
WORKSPACE, INPUTS, CODE = "hvn_workspace", "hvn_inputs", "hvn_code"
"""Keys that `hvn plans` adds: the workspace, and the fingerprints of the inputs and the code that the plan was made
from."""
BASE = "hvn_base"
"""Key that `hvn plans` adds: the commit that it compared the topology and the code with."""


class Action(StrEnum):
    """The action of Terraform on a resource."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    FORGET = "forget"
    IMPORT = "import"
    MOVE = "move"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceChange:
    """The change of one resource.

    `differences` are the arguments that an update or a replacement changes; arguments that force a replacement are
    first. Computed values and arguments that a replacement unsets are omitted. `details` have the same differences in a
    readable form. `unknown` counts the values known after apply, `sensitive` the sensitive values that differ. `digest`
    covers the whole change. `replaced_by` are the arguments that force the replacement. `deposed` is the key of an
    object that an interrupted apply left behind, `imported` the id of an imported object, `moved_from` the previous
    address.
    """

    address: str
    type: str
    action: Action
    differences: tuple[Difference, ...] = ()
    details: tuple[Detail, ...] = ()
    unknown: int = 0
    sensitive: int = 0
    replaced_by: tuple[str, ...] = ()
    deposed: str = ""
    imported: str = ""
    moved_from: str = ""
    reason: str = ""
    """The reason of a replacement, if neither an edit nor an argument of the resource shows it."""
    digest: str = ""
    openings: frozenset[Opening] = frozenset()
    """The access that the change gives, computed from its own values."""
    closings: frozenset[Opening] = frozenset()
    """The settings of a peering that the change turns off (hvn/review/closings.py)."""
    subnets: tuple[SubnetChange, ...] = ()
    """The inline subnets that an update of a VNet removes or changes."""

    @property
    def silent(self) -> bool:
        """Return whether the change is an update in which only computed values differ."""
        return self.action is Action.UPDATE and not (self.differences or self.imported or self.moved_from)


Openings = Mapping[str, frozenset[Opening]]
"""Openings by the address of the resource."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """The openings that `hvn plans` could explain, by their source. A source is None if its openings are unknown."""

    edit: Openings | None
    """Openings by the edit of the topology."""
    base: Openings | None
    """Openings that an apply of the base would add, because they were merged but not applied."""
    code: Openings | None
    """Openings that the changed code adds, compared with the base's code for the same file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The plan of one workspace.

    `unknowns` are the reasons why the review cannot read the whole plan. A failed plan, or a plan with unknowns, cannot
    be approved. `outputs` are digests by name. `providers` is the digest of the providers' configuration. `expressions`
    is the digest of the expressions of values that are known after apply. `kept` has one address for each type of
    resource that exists after the apply. `unexplained` maps an address to the arguments that no edit of the topology
    explains. An empty list means that the whole change of the resource is unexplained. `unexplained` is None if the
    explanation is unknown, and empty without a comparison. `inputs` is the fingerprint of the workspace's inputs, if
    `hvn plans` made the plan.
    """

    workspace: str
    changes: tuple[ResourceChange, ...] = ()
    drift: tuple[ResourceChange, ...] = ()
    outputs: Mapping[str, str] = field(default_factory=dict)
    providers: str = ""
    expressions: str = ""
    reads: int = 0
    read_types: Mapping[str, str] = field(default_factory=dict)
    """The types of the data sources that an apply reads, each with an address."""
    failed: bool = False
    unknowns: tuple[Message, ...] = ()
    kept: Mapping[str, str] = field(default_factory=dict)
    unexplained: Mapping[str, tuple[str, ...]] | None = field(default_factory=dict)
    marked: bool = False
    """Whether `hvn plans` compared the plan's arguments with the edit."""
    code_unexplained: Mapping[str, tuple[str, ...]] | None = None
    """Like `unexplained`, but for changed code; None if unknown."""
    versions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The providers with a changed version, each with the old and the new version."""
    inputs: str = ""
    code: str = ""
    """The fingerprint of the code, if `hvn plans` made the plan (hvn/affected/code.py)."""
    base: str = ""
    """The commit that `hvn plans` compared with; empty without a comparison."""
    file: str = ""
    """The name of the plan file."""
    names: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    """The short texts in the plan, such as names and parts of ids, each with the address or key where it occurs
    first."""
    sensitive_outputs: tuple[str, ...] = ()
    """The new and changed outputs with sensitive values."""
    nsg_switches: tuple[NsgSwitch, ...] = ()
    """The subnets that get a different NSG."""
    explained: Explained | None = None
    """The explained openings; None if `hvn plans` did not make the plan, or did not compare it."""

    @property
    def digest(self) -> str:
        """Return the digest of the changes, 32 hex digits. Equal changes have the same digest in any commit, at any
        time."""
        return digest([[change.digest for change in self.changes], self.outputs, self.providers, self.expressions])
