"""The rights that `hcp` needs, by Terraform type."""

from hvn.kinds.rights import CONTRIBUTOR, IN_HCP, PROJECT, VIEWER, Grant, Needs, Rights

RIGHTS = Rights(
    {
        "hcp_hvn": IN_HCP,
        "hcp_vault_cluster": Needs(
            (VIEWER,),
            (CONTRIBUTOR, Grant("HCP", "Admin, to change the tier", PROJECT, "S", "hcp-scaling")),
        ),
    }
)
