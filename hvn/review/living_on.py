"""What the topology calls `existing` from now on and Terraform has made: it is to live on, out of its state."""

from hvn.review.markdown import code


def out_of_the_state(base: str, workspace: str) -> str:
    """How all of a workspace is taken out of its state, from the base, as Markdown."""
    into = f"cd cdktf.out.{workspace}/stacks/{workspace}"
    take = f"{into} && terraform init && terraform state rm $(terraform state list)"
    return (
        "before this is merged take it out of the state, and do not destroy it: "
        f"{code(f'git switch --detach {base}')}, {code(f'bin/cdktf synth {workspace}')}, then {code(take, 300)}; "
        "or take the edit back"
    )
