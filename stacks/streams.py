"""Build the arguments of `hcp_vault_cluster` that stream the audit log and the metrics of the Vault cluster."""

from typing import Any

from cdktf import TerraformStack, TerraformVariable

from hvn.kinds.hcp.inputs import StreamInputs


def arguments(stack: TerraformStack, stream: StreamInputs) -> dict[str, Any]:
    """Return the arguments of a stream. The key of its destination comes from a sensitive variable.

    Terraform stores the key in the state, because HCP returns only `redacted` and the provider needs the key for later
    changes.
    """
    variable = TerraformVariable(
        stack,
        stream.key_variable,
        type="string",
        sensitive=True,
        nullable=False,
        description=f"Key of {stream.type}, with write access only. Terraform stores the key in the state.",
    )
    key: str = variable.string_value
    endpoint, region, user = stream.endpoint or "", stream.region or "", stream.user or ""
    match stream.type:
        case "cloudwatch":
            chosen = {"access_key_id": user, "region": region, "secret_access_key": key}
        case "datadog":
            chosen = {"api_key": key, "region": region}
        case "elasticsearch" | "grafana":
            chosen = {"endpoint": endpoint, "user": user, "password": key}
        case "splunk":
            chosen = {"hecendpoint": endpoint, "token": key}
        case _:
            login = {"basic_user": user, "basic_password": key} if user else {"bearer_token": key}
            chosen = {"uri": endpoint, "method": "POST", "codec": "JSON", **login}
    return {f"{stream.type}_{name}": value for name, value in chosen.items()}
