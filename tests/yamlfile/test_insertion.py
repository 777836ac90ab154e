"""Inserting a spoke into files of every style adds one piece of text and keeps every other byte."""

from random import Random

import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hvn.yamlfile import source
from hvn.yamlfile.insertion import insert
from hvn.yamlfile.writing import flow, scalar
from tests.strategies import Topology, shuffled, topologies
from tests.strategies.examples import examples

SPOKE = {
    "cidr": "10.200.0.0/16",
    "vault_route": "none",
    "cluster": {"apps": {"web": {"secrets": [{"path": "a/b", "destination": "no"}]}}},
}


class _Quoted(yaml.SafeDumper):
    """A dumper that quotes every string, so that YAML reads no string as another type."""

    def ignore_aliases(self, data: object) -> bool:
        return True


_Quoted.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="'"))


def in_some_style(topology: Topology, random: Random) -> str:
    """Return the topology as YAML with random indentation and brackets, and with comments and empty lines at random
    valid places.
    """
    text = yaml.dump(
        shuffled(topology, random),
        Dumper=_Quoted,
        sort_keys=False,
        width=10_000 if random.random() < 0.5 else 60,
        allow_unicode=True,
        default_flow_style=random.choice((False, False, None, True)),
        indent=random.choice((2, 4, 6)),
    )
    lines = []
    for line in text.splitlines():
        lines.append(line)
        # Add a line only where no quoted text continues on the next line.
        if random.random() < 0.1 and "".join(lines).count("'") % 2 == 0:
            lines.append(random.choice(("", "  ", " " * random.randrange(8) + "# a note: {x}, y")))
    if random.random() < 0.3:
        lines.append("# the end")
    newline = random.choice(("\n", "\n", "\r\n"))
    return newline.join(lines) + random.choice(("", newline, newline * 3))


@given(topologies(max_spokes=3), st.randoms(use_true_random=False))
@settings(max_examples=examples(50))
def test_one_piece_is_inserted_and_all_other_bytes_stay(topology: Topology, random: Random) -> None:
    if not topology["spokes"] and random.random() < 0.5:
        del topology["spokes"]
    text = in_some_style(topology, random)
    read = source.parse(text, "topology.yaml")
    assert not read.findings
    made = insert(read, ("spokes", "zz-new"), SPOKE)
    assert made is not None
    assert not made.findings
    assert isinstance(made.data, dict)
    spokes = made.data["spokes"]
    assert isinstance(spokes, dict)
    assert list(spokes)[-1] == "zz-new"
    assert yaml.safe_load(flow(SPOKE)) == SPOKE
    if topology.get("spokes") != {}:  # the insertion may remove the empty brackets
        same = next((i for i, pair in enumerate(zip(text, made.text, strict=False)) if pair[0] != pair[1]), len(text))
        assert made.text.endswith(text[same:])
        assert len(made.text) > len(text)
    else:
        without = [line for line in made.text.splitlines() if line in text.splitlines()]
        assert len(without) >= len(text.splitlines()) - 1


@given(topologies(max_spokes=3), st.randoms(use_true_random=False))
@settings(max_examples=examples(30))
def test_an_item_of_a_spoke_is_inserted_and_all_other_data_stays(topology: Topology, random: Random) -> None:
    assume(topology["spokes"])
    name = random.choice(sorted(topology["spokes"]))
    if random.random() < 0.3:
        topology["spokes"][name]["subnets"] = {}
    text = in_some_style(topology, random)
    made = insert(source.parse(text, "topology.yaml"), ("spokes", name, "subnets", "zz-new"), "10.200.0.0/24")
    assert made is not None
    expected = yaml.safe_load(text)
    expected["spokes"][name].setdefault("subnets", {})["zz-new"] = "10.200.0.0/24"
    assert yaml.safe_load(made.text) == expected
    assert made.text.count("# a note") == text.count("# a note")


@given(st.text(st.characters(codec="utf-8"), max_size=12))
def test_a_text_is_read_as_it_is_written(text: str) -> None:
    assert yaml.safe_load(scalar(text)) == text
    assert yaml.safe_load(f"[{{a: {scalar(text)}}}, {{{scalar(text)}: b}}]") == [{"a": text}, {text: "b"}]
