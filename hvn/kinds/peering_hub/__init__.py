"""`peering-hub`: the hub's peering with the HVN."""

from hvn.kinds.kind import Kind, Row, Subject
from hvn.kinds.peering.impact import identifies, reads_at_plan, refers_to, removal, replaced_by
from hvn.kinds.peering_hub.inputs import workspace

KIND = Kind(
    name="peering-hub",
    per_spoke=False,
    section=("hub", "vault_peering"),
    stack="stacks.peering",
    rights="hvn.kinds.peering.rights",
    row=Row(
        holds="the HVN's peering with the hub, its route to the runners, one route for each transit pool and "
        "each range of on-premises networks, DNS forwarding",
        when="with `hub.vault_peering`",
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
