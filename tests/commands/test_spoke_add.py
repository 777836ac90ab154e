"""`hvn spoke add` adds the spoke in the right block, keeps all other bytes, and never loses a concurrent change."""

import fcntl
import importlib
import json
import os
import pathlib
import re
import stat
import subprocess
import sys
from ipaddress import IPv4Network

import pytest
import yaml
from click.testing import CliRunner, Result

from hvn.cli import cli
from hvn.yamlfile import replacing
from tests.conftest import PROJECT, SAMPLE


def add(file: pathlib.Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["spoke", "add", *arguments, "--topology", str(file)])


@pytest.fixture
def file(tmp_path: pathlib.Path) -> pathlib.Path:
    copy = tmp_path / "topology.yaml"
    copy.write_bytes(SAMPLE.read_bytes())
    return copy


def assert_inserted(before: bytes, after: bytes) -> bytes:
    """Assert that the command inserted only one piece of text, and return this piece."""
    same = next((i for i, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), len(before))
    rest = len(before) - same
    assert after[len(after) - rest :] == before[same:]
    return after[same : len(after) - rest]


def spoke_of(file: pathlib.Path, name: str) -> dict[str, object]:
    found = yaml.safe_load(file.read_text(encoding="utf-8"))["spokes"][name]
    assert isinstance(found, dict)
    return found


def test_a_spoke_gets_the_next_free_block_and_all_other_bytes_stay(file: pathlib.Path) -> None:
    before = file.read_bytes()
    done = add(file, "shipping", "--size", "16")
    assert done.exit_code == 0
    assert assert_inserted(before, file.read_bytes()) == (
        b"\n  shipping:\n    cidr: 10.66.0.0/16\n    vault_route: direct\n"
    )
    assert "10.66.0.0/16 of the pool spokes" in done.stdout
    assert "line 74" in done.stdout
    assert "network-shipping peering-shipping" in done.stdout


def test_gaps_are_filled_first_and_blocks_are_aligned(file: pathlib.Path) -> None:
    taken = [IPv4Network(f"10.{second}.0.0/16") for second in (64, 65)]
    for name, size, wanted in (
        ("a", 20, "10.66.0.0/20"),
        ("b", 17, "10.66.128.0/17"),
        ("c", 24, "10.66.16.0/24"),
        ("d", 13, "10.72.0.0/13"),
    ):
        assert add(file, f"{name}-spoke", "--size", str(size)).exit_code == 0
        block = IPv4Network(str(spoke_of(file, f"{name}-spoke")["cidr"]))
        assert str(block) == wanted
        assert not any(block.overlaps(other) for other in taken)
        taken.append(block)


def test_a_via_hub_spoke_lies_in_the_transit_pool(file: pathlib.Path) -> None:
    assert add(file, "reports", "--size", "20", "--vault-route", "via-hub").exit_code == 0
    assert spoke_of(file, "reports") == {"cidr": "10.96.16.0/20", "vault_route": "via-hub"}


def test_a_spoke_without_a_route_to_vault_is_outside_the_transit_pool(file: pathlib.Path) -> None:
    assert add(file, "reports", "--size", "20", "--vault-route", "none").exit_code == 0
    assert spoke_of(file, "reports") == {"cidr": "10.66.0.0/20", "vault_route": "none"}


def test_a_spoke_uses_the_gateway_that_the_hub_has(file: pathlib.Path) -> None:
    text = file.read_text(encoding="utf-8")
    gateway = "  gateway: {cidr: 10.0.1.0/27, existing: true}\n  vault_peering:"
    file.write_text(text.replace("  vault_peering:", gateway, 1), encoding="utf-8")
    assert add(file, "shipping", "--size", "16").exit_code == 0
    assert spoke_of(file, "shipping")["use_remote_gateways"] is True


def test_a_via_hub_spoke_needs_a_transit_pool(file: pathlib.Path) -> None:
    text = file.read_text(encoding="utf-8").replace("transit_pools: [transit]", "transit_pools: []")
    before, _, _ = text.partition("\n  analytics:")
    file.write_text(before + "\n", encoding="utf-8")
    refused = add(file, "shipping", "--size", "20", "--vault-route", "via-hub")
    assert refused.exit_code == 2
    assert "hub.vault_peering.transit_pools" in refused.stderr


def test_with_several_pools_the_user_must_choose_one(file: pathlib.Path) -> None:
    file.write_text(file.read_text().replace("  transit: 10", "  more: 10.112.0.0/16\n  transit: 10"))
    done = add(file, "shipping", "--size", "16")
    assert done.exit_code == 2
    assert "choose one with --pool spokes|more" in done.stderr


def test_cluster_and_apps_are_written_ready_to_use(file: pathlib.Path) -> None:
    options = ("--app", "shop/checkout", "--app", "jobs/default=team/jobs", "--format", "json")
    arguments = ("--size", "16", "--cluster", *options)
    done = add(file, "shipping", *arguments)
    said = json.loads(done.stdout)
    assert done.exit_code == 0
    assert said["workspaces"] == [
        f"{kind}-shipping" for kind in ("network", "peering", "aks", "vault-auth", "vso", "secrets")
    ]
    assert said["warnings"] == ["HVN611"]
    assert said["blocked"] == ["vault-auth-shipping", "secrets-shipping"]
    cluster = spoke_of(file, "shipping")["cluster"]
    assert isinstance(cluster, dict)
    assert cluster["node_cidr"] == "10.66.0.0/20"
    apps = {name: (app["namespace"], app["service_account"]) for name, app in cluster["apps"].items()}
    assert apps == {"checkout": ("shop", "checkout"), "jobs": ("jobs", "default")}
    assert [app["secrets"] for app in cluster["apps"].values()] == [
        [{"path": "shipping/checkout", "destination": "checkout"}],
        [{"path": "team/jobs", "destination": "jobs"}],
    ]


def test_the_next_step_and_the_blocked_workspaces_are_shown(file: pathlib.Path) -> None:
    lines = add(file, "shipping", "--size", "16", "--cluster", "--app", "shop/checkout").stdout.splitlines()
    assert lines[-2].endswith("bin/cdktf deploy network-shipping peering-shipping aks-shipping vso-shipping")
    assert lines[-1] == "blocked until jwks/shipping.json exists: vault-auth-shipping secrets-shipping"
    # This command in the manual steps prints the issuer.
    assert "bin/cdktf output aks-shipping" in lines[-4]
    assert "oidc_issuer_url" in lines[-4]
    assert lines[-3].startswith("bin/hvn workspaces ")
    assert "blocked" not in add(file, "plain-one", "--size", "16").stdout


def test_a_quota_that_the_spoke_exceeds_is_reported_once(file: pathlib.Path) -> None:
    """The sample has three peerings with the HVN; HCP's default quota is ten."""
    said = []
    for letter in "abcdefghi":
        done = add(file, f"spoke-{letter}", "--size", "20")
        assert done.exit_code == 0
        said.append([word for word in ("HVN402", "HVN403") if word in done.stdout])
    assert said == [[]] * 7 + [["HVN402"]] + [[]]


BASE = SAMPLE.read_text(encoding="utf-8").partition("\nspokes:\n")[0] + "\n"
ONE = "{cidr: 10.64.0.0/16, vault_route: direct}"


@pytest.mark.parametrize(
    ("tail", "wanted"),
    [
        # below the last spoke and its comments, above the next section and its comments
        (
            f"spokes:\n  a1: {ONE}\n    # still a1's\n  # of nobody\n",
            "spokes:\n  a1: …\n    # still a1's\n  +\n  # of nobody\n",
        ),
        (f"spokes:\n      a1: {ONE}\n", "spokes:\n      a1: …\n      +\n"),
        (f"spokes:\n  a1: {ONE} # the first\n\n  b2: {ONE.replace('64', '65')}\n\n\n# end\n", None),
        (f"spokes:\n  a1: {ONE}", "spokes:\n  a1: …\n  +"),
        ("spokes: {} # none yet\n# end\n", "spokes: # none yet\n  +\n# end\n"),
        ("spokes: {}", "spokes:\n  +"),
        ("", "spokes:\n  +\n"),
        (f"spokes: {{a1: {ONE}}}\n", "spokes: {a1: …, +}\n"),
        (f"spokes: {{\n  a1: {ONE}, # a comma\n}} # end\n", "spokes: {\n  a1: …, # a comma\n+} # end\n"),
        (f'spokes: {{"a1": {ONE},}}\n', 'spokes: {"a1": …,+}\n'),
        ("spokes:\n  'a1':\n    cidr: 10.64.0.0/16\n    vault_route: none   \n  \n", None),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_order_comments_quotes_and_line_ends_stay(
    tail: str, wanted: str | None, newline: str, file: pathlib.Path
) -> None:
    before = (BASE + tail).replace("\n", newline).encode()
    file.write_bytes(before)
    done = add(file, "shipping", "--size", "16", "--vault-route", "none", "--pool", "spokes")
    assert done.exit_code == 0, done.output
    after = file.read_bytes()
    assert spoke_of(file, "shipping")["vault_route"] == "none"
    if "{}" not in tail:
        assert_inserted(before, after)
    assert (b"\n" in after.replace(b"\r\n", b"")) == (newline == "\n")
    if wanted is not None:
        shown = after.decode().replace("\r\n", "\n").removeprefix(BASE).replace(ONE, "…")
        shown = re.sub(r"shipping: ?\n +cidr: \S+\n +vault_route: none|shipping: \{[^}]*\}", "+", shown)
        assert shown == wanted


def test_a_file_in_brackets_gets_its_spoke_in_brackets(file: pathlib.Path) -> None:
    data = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
    without = {key: value for key, value in data.items() if key != "spokes"}
    for variant in (data, {**data, "spokes": {}}, without):
        file.write_text(json.dumps(variant), encoding="utf-8")
        before = file.read_bytes()
        assert add(file, "shipping", "--size", "16", "--pool", "spokes").exit_code == 0
        assert_inserted(before, file.read_bytes())
        assert spoke_of(file, "shipping")["vault_route"] == "direct"


def test_names_that_yaml_reads_as_something_else_are_quoted(file: pathlib.Path) -> None:
    done = add(file, "no", "--size", "16", "--cluster", "--app", "123/on")
    assert done.exit_code == 0, done.output
    assert list(yaml.safe_load(file.read_text(encoding="utf-8"))["spokes"])[-1] == "no"


def test_dry_run_prints_a_patch_that_makes_the_same_file(file: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(file.parent)
    for content in (file.read_bytes(), file.read_bytes().rstrip(b"\n")):
        file.write_bytes(content)
        done = add(pathlib.Path(file.name), "shipping", "--size", "16", "--dry-run")
        assert (done.exit_code, file.read_bytes()) == (0, content)
        subprocess.run(["git", "apply"], input=done.stdout, text=True, check=True)  # noqa: S607
        patched = file.read_bytes()
        assert patched != content
        file.write_bytes(content)
        assert add(file, "shipping", "--size", "16").exit_code == 0
        assert file.read_bytes() == patched


@pytest.mark.parametrize(
    ("arguments", "says", "code"),
    [
        (("orders", "--size", "16"), "spoke orders exists", 2),
        (("shipping", "--size", "16", "--pool", "spoke"), "the pools are: spokes, transit", 2),
        (("shipping", "--size", "16", "--pool", "transit"), "is a transit pool", 2),
        (("shipping", "--size", "16", "--vault-route", "via-hub"), "the largest free block is 10.96.128.0/17", 2),
        (("shipping", "--size", "16", "--vault-route", "none", "--pool", "transit"), "suitable pools: spokes", 2),
        (("shipping", "--size", "16", "--app", "shop/web"), "--cluster", 2),
        (("shipping", "--size", "16", "--cluster", "--app", "shop"), "NAMESPACE/SERVICE-ACCOUNT", 2),
        (
            ("shipping", "--size", "16", "--cluster", "--app", "a/b", "--app", "a/b", "--app", "a/b"),
            "a/b is listed twice",
            2,
        ),
        (("shipping", "--size", "33"), "--size", 2),
        (("shipping", "--size", "16", "--dry-run", "--format", "json"), "--dry-run prints a diff", 2),
        (("Shipping", "--size", "16"), "Shipping is not a valid spoke name: 2 to 32 lower-case letters", 2),
        (("hub", "--size", "16"), "HVN201", 1),
        (("a\x1b[2J", "--size", "16"), "a\\u{1b}[2J is not a valid spoke name: 2 to 32", 2),
        (("a\u202eb", "--size", "16"), "a\\u{202e}b is not a valid spoke name", 2),
        (("shipping", "--size", "29", "--cluster"), "HVN502", 1),
        (("shipping", "--size", "16", "--cluster", "--app", "\x1b[2J${x}/a\nb"), "\\u{1b}[2J${x}", 2),
        (("shipping", "--size", "16", "--cluster", "--app", "shop/web=/web"), "/web is not", 2),
    ],
)
def test_a_refused_spoke_leaves_the_file_unchanged(
    arguments: tuple[str, ...], says: str, code: int, file: pathlib.Path
) -> None:
    before = file.read_bytes()
    done = add(file, *arguments)
    assert (done.exit_code, done.stdout) == (code, "")
    assert says in done.stderr
    assert "\x1b" not in done.stderr
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


def test_a_file_with_errors_is_not_touched(file: pathlib.Path) -> None:
    text = file.read_text(encoding="utf-8").replace("10.65.0.0/16", "10.64.128.0/17")
    file.write_text(text, encoding="utf-8")
    done = add(file, "shipping", "--size", "16")
    assert done.exit_code == 1
    assert "HVN111" in done.stderr
    assert file.read_text(encoding="utf-8") == text


def test_a_link_stays_a_link_and_the_file_keeps_its_mode(file: pathlib.Path, tmp_path: pathlib.Path) -> None:
    file.chmod(0o640)
    (tmp_path / "links").mkdir()
    link = tmp_path / "links" / "link.yaml"
    link.symlink_to(file)
    assert add(link, "shipping", "--size", "16").exit_code == 0
    assert link.is_symlink()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert b"shipping" in file.read_bytes()


def test_a_failed_write_is_one_line_and_leaves_no_file(file: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = file.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    done = add(file, "shipping", "--size", "16")
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert "No space left on device" in done.stderr
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


def test_a_concurrent_save_of_an_editor_is_not_overwritten(file: pathlib.Path) -> None:
    with pytest.raises(replacing.Changed):
        replacing.replace(file, b"what was read before", b"new")
    assert file.read_bytes() == SAMPLE.read_bytes()
    assert list(file.parent.iterdir()) == [file]


def test_concurrent_runs_lose_no_spoke(file: pathlib.Path) -> None:
    names = [f"spoke-{letter}" for letter in "abcd"]
    command = [sys.executable, "-m", "hvn", "spoke", "add"]
    running = [
        subprocess.Popen(
            [*command, name, "--size", "16", "--topology", str(file)], cwd=PROJECT, stdout=subprocess.DEVNULL
        )
        for name in names
    ]
    assert [each.wait() for each in running] == [0] * len(names)
    found = [spoke_of(file, name)["cidr"] for name in names]
    assert sorted(map(str, found)) == [f"10.{second}.0.0/16" for second in (66, 67, 68, 69)]


def is_locked(folder: pathlib.Path) -> bool:
    """Return whether another process holds the lock."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def test_the_folder_is_locked_from_reading_to_writing(file: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def watched(module: object, name: str) -> None:
        original = getattr(module, name)

        def watching(*arguments: object) -> object:
            seen.append((name, is_locked(file.parent)))
            return original(*arguments)

        monkeypatch.setattr(module, name, watching)

    module = importlib.import_module("hvn.commands.spoke.add")
    watched(module, "read")
    watched(importlib.import_module("hvn.commands.spoke.addition").insertion, "insert")
    watched(module.replacing, "replace")
    assert add(file, "shipping", "--size", "16").exit_code == 0
    assert seen[-3:] == [("read", True), ("insert", True), ("replace", True)]
    assert not is_locked(file.parent)
