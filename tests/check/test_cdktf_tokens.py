"""The check refuses texts that cdktf treats as its own tokens: synth would fail, and its error would not name the place
in the file.
"""

import json
import re
import subprocess
from random import Random

import pytest

from hvn.cdktf_environment import NODE
from hvn.diagnostics.finding import dotted
from hvn.topology import jwks
from tests.check.changed_topologies import Path, check_with, leaves, topology
from tests.conftest import PROJECT

EVERYTHING = topology("everything")
MARKERS = ["String Map Token Value", "Any Map Token Value"]
NUMBERS = [
    "-8.109562212591379e+298",
    "-8.2e298",
    "8.2e298",
    "-.82e299",
    "x-82e297.y",
    "1.5e298 -8.2e+298",
    "a-8150e295e1",
]
# The pattern of a name always refuses this text, so the test puts the text into a valid UUID.
UUID = "11111111-1111-4111-8111-00000082e297"
HARMLESS = [
    "8.2e297",
    "-8.2e299",
    "-8.2e-298",
    "1e5",
    "e298",
    "8.2E298",
    "String Map Token Values",
    "5e",
    "e",
    "1.2.3e298",
]
OWNER: Path = ("azure", "tags", "owner")


def ids(values: dict[Path, str]) -> list[tuple[str, str]]:
    return [(finding.rule.id, dotted(finding.path)) for finding in check_with(EVERYTHING, values).findings]


@pytest.mark.parametrize("text", [*MARKERS, *NUMBERS, UUID, "#{TfToken[TOKEN.0]}", "&{TfToken[TOKEN.0]}"])
def test_a_token_is_refused_as_text(text: str) -> None:
    assert ("HVN012", "azure.tags.owner") in ids({OWNER: text})


@pytest.mark.parametrize("text", HARMLESS)
def test_a_text_that_is_almost_a_token_is_allowed(text: str) -> None:
    assert "azure.tags.owner" not in [path for _, path in ids({OWNER: text})]


@pytest.mark.whole
def test_a_token_is_refused_in_every_field() -> None:
    for path, value in leaves(EVERYTHING):
        if isinstance(value, str):
            assert ("HVN012", dotted(path)) in ids({path: MARKERS[0]}), path


def test_a_token_in_a_valid_id_or_project_is_refused() -> None:
    assert ids({("azure", "tenant_id"): UUID})[0] == ("HVN012", "azure.tenant_id")
    cloud = {"backend": "cloud", "organization": "example-org", "project": "Any Map Token Value"}
    loaded = check_with({**EVERYTHING, "state": cloud}, {})
    assert ("HVN012", "state.project") in [(finding.rule.id, dotted(finding.path)) for finding in loaded.findings]


def test_an_issuer_with_a_token_is_refused() -> None:
    issuer = f"https://japaneast.oic.prod-aks.azure.com/{UUID}/x/"
    key = {"kty": "RSA", "e": "AQAB", "n": "x"}
    with pytest.raises(jwks.Unfit, match="cdktf"):
        jwks.parse(json.dumps({"keys": [key], "issuer": issuer}).encode())


# This script resolves each text of a JSON list as cdktf does at synth. It prints whether cdktf throws an error or
# changes the text.
RESOLVE = """
const { resolve } = require("cdktf/lib/tokens/private/resolve");
const { DefaultTokenResolver, StringConcat } = require("cdktf");
const resolver = new DefaultTokenResolver(new StringConcat());
const refused = (text) => {
  try { return resolve(text, { preparing: false, resolver, prefix: [] }) !== text; } catch { return true; }
};
console.log(JSON.stringify(JSON.parse(require("fs").readFileSync(0, "utf-8")).map(refused)));
"""


def candidates() -> list[str]:
    random = Random(1)
    parts = [
        "-",
        "+",
        ".",
        "8",
        "8.2",
        "8.15",
        "82",
        "e",
        "E",
        "298",
        "297",
        "299",
        "e298",
        "|",
        "a",
        " ",
        "0",
        "-8.2e298",
    ]
    return ["".join(random.choices(parts, k=random.randint(1, 7))) for _ in range(4000)]


def test_every_text_that_cdktf_changes_or_refuses_is_refused() -> None:
    texts = sorted({*MARKERS, *NUMBERS, UUID, *HARMLESS, *candidates()})
    done = subprocess.run(
        [NODE, "-e", RESOLVE], cwd=PROJECT, input=json.dumps(texts), capture_output=True, text=True, check=True
    )
    changed = [text for text, refused in zip(texts, json.loads(done.stdout), strict=True) if refused]
    assert len(changed) > 50
    assert not set(HARMLESS) & set(changed)
    tags = {f"t{number}": text for number, text in enumerate(changed)}
    base = {**EVERYTHING, "azure": {**EVERYTHING["azure"], "tags": tags}}
    reported = {finding.path for finding in check_with(base, {}).findings if finding.rule.id == "HVN012"}
    assert reported == {("azure", "tags", key) for key in tags}


def test_a_hyphen_before_a_name_makes_no_token_of_it() -> None:
    """The project joins names with hyphens. After a hyphen, a name of digits and an `e` looks like a negative
    number.
    """
    assert re.fullmatch(r"[a-z0-9-]+", "82e297")
    assert ("HVN012", "spokes.sandbox.subnets.82e297") in ids(
        {("spokes", "sandbox", "subnets"): {"82e297": "10.65.0.0/24"}}  # type: ignore[dict-item]
    )
