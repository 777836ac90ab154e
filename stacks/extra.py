"""Merge the user's own Terraform into a synthesized workspace."""

import json
import pathlib

from hvn.kinds.inputs import Inputs

STACK = "cdk.tf.json"


def merge(folder: pathlib.Path, inputs: Inputs) -> None:
    """Add the blocks of the workspace's extra files to the `cdk.tf.json` in this folder. Their names begin with
    `extra_`, so no block replaces a block of the stack."""
    if not inputs.extra:
        return
    stack = json.loads((folder / STACK).read_text(encoding="utf-8"))
    for _, text in inputs.extra:
        content = json.loads(text)
        stack.setdefault("output", {}).update(content.get("output", {}))
        for block in ("resource", "data"):
            for type_, named in content.get(block, {}).items():
                stack.setdefault(block, {}).setdefault(type_, {}).update(named)
    (folder / STACK).write_text(json.dumps(stack, indent=2, ensure_ascii=False), encoding="utf-8")
