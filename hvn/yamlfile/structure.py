"""The rules about the structure of a YAML document (HVN004, HVN006, HVN008)."""

from typing import Final

from hvn.diagnostics.finding import Rule

MAX_DEPTH: Final = 20
MAX_NODES: Final = 200_000

DUPLICATE = Rule(
    id="HVN004",
    name="yaml-duplicate-key",
    reports="A mapping contains a key twice.",
    why="most YAML readers keep the last value and drop the others without a message",
    fix="delete or rename one of the keys, or correct the indentation of its lines",
    example="name: platform\nname: network",
    see="https://yaml.org/spec/1.2.2/#3211-nodes",
)
ANCHOR = Rule(
    id="HVN006",
    name="yaml-anchor",
    reports="The file contains an anchor (`&name`), an alias (`*name`) or a merge key (`<<`).",
    why=(
        "a change at an anchor changes every alias, so one spoke's change would reach another spoke; nested "
        "aliases can fill the memory"
    ),
    fix="write the values at each place that uses them",
    example="hub: &hub {cidr: 10.0.0.0/22}",
    see="https://yaml.org/spec/1.2.2/#71-alias-nodes",
)
TOO_LARGE = Rule(
    id="HVN008",
    name="yaml-too-large",
    reports="The file exceeds 8 MiB, 200,000 keys and values, or 20 levels.",
    why="a topology is far smaller, and a larger file could fill the memory",
    fix="check that this is the right file",
    example="spokes: " + "[" * 21 + "]" * 21,
    see="docs/decisions/0006-strict-yaml.md",
)
