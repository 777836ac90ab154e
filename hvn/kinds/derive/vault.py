"""Inputs of `vault` and `vault-auth-<spoke>`."""

from hvn.kinds.derive import common
from hvn.kinds.inputs import AppRole, CiMount, CiRole, Policy, VaultAuthInputs, VaultInputs
from hvn.topology import naming, policies
from hvn.topology.durations import seconds
from hvn.topology.jwks import Jwks
from hvn.topology.model import App, Cluster, GithubCi, HcpTerraformCi, Spoke, Topology

# Fixed by HCP Terraform (dynamic-provider-credentials/vault-configuration).
HCP_TERRAFORM_AUDIENCE = "vault.workload.identity"


def vault(topology: Topology) -> VaultInputs:
    """The kv mount, and the logins of the CI."""
    ci = topology.vault.ci
    mounts = []
    if ci.github:
        mounts.append(_github(topology, ci.github))
    if ci.hcp_terraform:
        mounts.append(_hcp_terraform(topology, ci.hcp_terraform))
    return VaultInputs(
        **common.common(topology, "vault"),
        namespace=common.vault_namespace(topology),
        kv_mount=topology.vault.kv_mount,
        ci=tuple(mounts),
    )


def _github(topology: Topology, ci: GithubCi) -> CiMount:
    def role(name: str, contexts: tuple[str, ...], policy: Policy) -> CiRole:
        subjects = tuple(f"{ci.subject_prefix}:{context}" for context in sorted(set(contexts)))
        return CiRole(name=name, audience=ci.audience, subjects=subjects, glob=False, user_claim="sub", policy=policy)

    plan, apply = _policies(topology)
    return CiMount("github", "ci-github", ci.issuer, (role("plan", ci.plan, plan), role("apply", ci.apply, apply)))


def _hcp_terraform(topology: Topology, ci: HcpTerraformCi) -> CiMount:
    def role(name: str, policy: Policy) -> CiRole:
        # All workspaces of this topology in this project: with the names written out, a new spoke would have to
        # change the workspace `vault`.
        workspaces = naming.cloud_workspace(topology.name, "*")
        subject = f"organization:{ci.organization}:project:{ci.project}:workspace:{workspaces}:run_phase:{name}"
        return CiRole(
            name=name,
            audience=HCP_TERRAFORM_AUDIENCE,
            subjects=(subject,),
            glob=True,
            user_claim="terraform_full_workspace",
            policy=policy,
        )

    plan, apply = _policies(topology)
    return CiMount(
        "hcp_terraform", "ci-hcp-terraform", f"https://{ci.hostname}", (role("plan", plan), role("apply", apply))
    )


def _policies(topology: Topology) -> tuple[Policy, Policy]:
    mount = topology.vault.kv_mount
    return policies.ci_plan(topology.name, mount), policies.ci_apply(topology.name, mount)


def vault_auth(topology: Topology, name: str, spoke: Spoke, cluster: Cluster, keys: Jwks | None) -> VaultAuthInputs:
    """A spoke's JWT mount and its apps' roles. Without keys Vault fetches them from the cluster's issuer."""
    return VaultAuthInputs(
        **common.common(topology, f"vault-auth-{name}"),
        namespace=common.vault_namespace(topology),
        mount=naming.jwt_mount(name),
        cluster=common.cluster_ref(topology, name, spoke, cluster),
        pubkeys=keys.pubkeys if keys else (),
        bound_issuer=keys.issuer if keys else None,
        roles=tuple(_role(topology, name, app, cluster.apps[app]) for app in sorted(cluster.apps)),
    )


def _role(topology: Topology, spoke: str, name: str, app: App) -> AppRole:
    paths = [secret.path for secret in app.secrets]
    mount = topology.vault.kv_mount
    return AppRole(
        name=name,
        audience=app.audience,
        subject=f"system:serviceaccount:{app.namespace}:{app.service_account}",
        ttl=seconds(app.ttl),
        max_ttl=seconds(app.max_ttl),
        reader=policies.reader(topology.name, spoke, name, mount, paths),
        writer=policies.writer(topology.name, spoke, name, mount, paths),
    )
