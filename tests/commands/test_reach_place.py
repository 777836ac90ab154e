"""`hvn reach` without a place names the kinds of places."""

from click.testing import CliRunner

from hvn.cli import cli


def test_a_missing_place_names_the_kinds_of_places() -> None:
    done = CliRunner().invoke(cli, ["reach"])
    assert (done.exit_code, done.stdout) == (2, "")
    places = ["a spoke", "vault", "hub", "runners", "address", "bin/hvn reach payments"]
    assert [place for place in places if place not in done.stderr] == []
