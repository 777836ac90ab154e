"""The inputs of `vault`, and their derivation from the topology."""

from dataclasses import dataclass

from hvn.kinds import common
from hvn.kinds.inputs import Inputs
from hvn.kinds.kind import Site
from hvn.kinds.vault.engines import DatabaseEngine, PkiEngine, database_engines, paths, pki_engines
from hvn.kinds.workspace import Workspace, WorkspaceId
from hvn.topology import kv, naming, policies
from hvn.topology.model import AzureDevOpsCi, GithubCi, HcpTerraformCi, Topology
from hvn.topology.policies import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class CiRole:
    """A role of a CI mount, for tokens with this audience and a `sub` in `subjects` (patterns if `glob`)."""

    name: str
    audience: str
    subjects: tuple[str, ...]
    glob: bool
    user_claim: str
    policy: Policy


@dataclass(frozen=True, slots=True)
class CiMount:
    """A JWT mount for one CI system."""

    name: str
    path: str
    issuer: str
    roles: tuple[CiRole, ...]


@dataclass(frozen=True, slots=True)
class KvEngine:
    """A kv engine in the namespace of a team, or in the topology's namespace if `namespace` is empty."""

    namespace: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultInputs(Inputs):
    """`vault`: the resources in Vault that all spokes share. `namespace` is None if the environment sets it.
    `namespaces` are the teams' namespaces below it."""

    namespace: str | None
    kv_mount: str
    more_kv: tuple[KvEngine, ...]
    database_engines: tuple[DatabaseEngine, ...]
    pki_engines: tuple[PkiEngine, ...]
    namespaces: tuple[str, ...]
    ci: tuple[CiMount, ...]


# HCP Terraform fixes this value (dynamic-provider-credentials/vault-configuration).
HCP_TERRAFORM_AUDIENCE = "vault.workload.identity"

# Tokens of the Azure DevOps issuer have the first audience. Tokens of Entra have the application id of the same
# resource (gravitational/teleport rfd/0211-azure-devops-joining.md).
AZURE_DEVOPS_AUDIENCE = "api://AzureADTokenExchange"
ENTRA_AUDIENCE = "fb60f99c-7a34-4190-8149-302f77469936"


def workspace(site: Site) -> Workspace:
    """Return the workspace of the resources in Vault that all spokes share."""
    after = (WorkspaceId("hcp"), WorkspaceId("peering-hub"))
    return Workspace(id=WorkspaceId("vault"), inputs=vault(site.topology), after=after)


def vault(topology: Topology) -> VaultInputs:
    """Return the inputs of the secrets engines, the teams' namespaces and the CI logins."""
    ci = topology.vault.ci
    mounts = []
    if ci.github:
        mounts.append(_github(topology, ci.github))
    if ci.azure_devops:
        mounts.append(_azure_devops(topology, ci.azure_devops))
    if ci.hcp_terraform:
        mounts.append(_hcp_terraform(topology, ci.hcp_terraform))
    return VaultInputs(
        **common.common(topology, "vault"),
        namespace=common.vault_namespace(topology),
        kv_mount=topology.vault.kv_mount,
        more_kv=_more_kv(topology),
        database_engines=database_engines(topology),
        pki_engines=pki_engines(topology),
        namespaces=tuple(sorted(topology.vault.namespaces)),
        ci=tuple(mounts),
    )


def _github(topology: Topology, ci: GithubCi) -> CiMount:
    def role(name: str, contexts: tuple[str, ...], policy: Policy) -> CiRole:
        subjects = tuple(f"{ci.subject_prefix}:{context}" for context in sorted(set(contexts)))
        return CiRole(name=name, audience=ci.audience, subjects=subjects, glob=False, user_claim="sub", policy=policy)

    plan, apply = _policies(topology)
    return CiMount(
        "github", naming.CI_MOUNTS["github"], ci.issuer, (role("plan", ci.plan, plan), role("apply", ci.apply, apply))
    )


def _azure_devops(topology: Topology, ci: AzureDevOpsCi) -> CiMount:
    audience = ENTRA_AUDIENCE if ci.issuer.startswith("https://login.") else AZURE_DEVOPS_AUDIENCE

    def role(name: str, subject: str, policy: Policy) -> CiRole:
        return CiRole(name=name, audience=audience, subjects=(subject,), glob=False, user_claim="sub", policy=policy)

    plan, apply = _policies(topology)
    return CiMount(
        "azure_devops",
        naming.CI_MOUNTS["azure_devops"],
        ci.issuer,
        (role("plan", ci.plan, plan), role("apply", ci.apply, apply)),
    )


def _hcp_terraform(topology: Topology, ci: HcpTerraformCi) -> CiMount:
    def role(name: str, policy: Policy) -> CiRole:
        # One pattern matches all workspaces of this topology. With a list of names, a new spoke would change `vault`.
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
        "hcp_terraform",
        naming.CI_MOUNTS["hcp_terraform"],
        f"https://{ci.hostname}",
        (role("plan", plan), role("apply", apply)),
    )


def _policies(topology: Topology) -> tuple[Policy, Policy]:
    engines = [KvEngine("", topology.vault.kv_mount), *_more_kv(topology)]
    read = [
        *(f"{policies.below(engine.namespace)}sys/mounts/{engine.path}" for engine in engines),
        *(f"sys/namespaces/{name}" for name in sorted(topology.vault.namespaces)),
        *paths(topology),
    ]
    of = (topology.name, read, naming.mount_prefix(topology))
    return policies.ci_plan(*of), policies.ci_apply(*of)


def _more_kv(topology: Topology) -> tuple[KvEngine, ...]:
    """Return the kv engines beside `vault.kv_mount`, by namespace and path."""
    first = KvEngine("", topology.vault.kv_mount)
    engines = {KvEngine(name, path) for name in ("", *topology.vault.namespaces) for path in kv.mounts(topology, name)}
    return tuple(sorted(engines - {first}, key=lambda engine: (engine.namespace, engine.path)))
