"""`peering-<spoke>`: a direct spoke's own peering with the HVN."""

from hvn.kinds.kind import Kind, Row, Subject
from hvn.kinds.peering.impact import identifies, reads_at_plan, refers_to, removal, replaced_by
from hvn.kinds.peering.inputs import workspace

KIND = Kind(
    name="peering",
    stack="stacks.peering",
    rights="hvn.kinds.peering.rights",
    row=Row(
        holds="the HVN's peering with the spoke, HCP's service principal and its role in the spoke, the HVN's routes",
        when="for a spoke with `vault_route: direct`",
    ),
    derive=workspace,
    reads_at_plan=reads_at_plan,
    faults=("peering-not-accepted",),
    without_faults=lambda inputs: inputs.existing and inputs.backup is None,
    replaced_by=replaced_by,
    identifies=identifies,
    follows=lambda _inputs: frozenset({Subject.HVN}),
    removal=removal,
    refers_to=refers_to,
)
