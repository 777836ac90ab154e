"""Write override files beside a synthesized `cdk.tf.json` for a rehearsal.

Terraform merges `*_override.tf.json` into the configuration: developer.hashicorp.com/terraform/language/files/override.
"""

import json
import pathlib


def backend(folder: pathlib.Path, state: pathlib.Path) -> None:
    """Replace the configured backend with a local state file, so that Terraform never contacts the configured
    backend."""
    _write(folder / "backend_override.tf.json", {"terraform": {"backend": {"local": {"path": str(state)}}}})


def allow_destroy(folder: pathlib.Path) -> None:
    """Turn off `prevent_destroy` for all resources of a rehearsed workspace."""
    resources = json.loads((folder / "cdk.tf.json").read_text(encoding="utf-8")).get("resource", {})
    lifted = {
        kind: {
            name: {"lifecycle": {"prevent_destroy": False}}
            for name, body in named.items()
            if body.get("lifecycle", {}).get("prevent_destroy")
        }
        for kind, named in resources.items()
    }
    lifted = {kind: named for kind, named in lifted.items() if named}
    if lifted:
        _write(folder / "destroy_override.tf.json", {"resource": lifted})


def _write(file: pathlib.Path, content: object) -> None:
    file.write_text(json.dumps(content), encoding="utf-8")
