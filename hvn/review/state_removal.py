"""What the topology calls `existing` from now on and Terraform has made: it is to live on, out of its state."""

from collections.abc import Sequence

from hvn.review.markdown import code


def out_of_the_state(workspace: str, addresses: Sequence[str] = (), *, base: str = "") -> str:
    """How these, or all of a workspace, are taken out of its state, as Markdown; from the base, if it is gone since."""
    synth, what = f"bin/cdktf synth {workspace}", " ".join(addresses) or "$(terraform state list)"
    into = f"cd cdktf.out.{workspace}/stacks/{workspace}"
    steps = [f"git switch --detach {base}"] if base else []
    steps += [synth, f"{into} && terraform init && terraform state rm {what}"]
    told = ", ".join(code(each, 2000) for each in steps)
    return (
        f"before this is merged take it out of the state, and do not destroy it: {told} (let nobody deploy "
        f"{code(workspace)} from the base after that: Terraform makes it a second time, or fails because it is there)"
    )
