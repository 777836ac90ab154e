"""The help of every command has a summary and an example, and explains all options and arguments."""

import re
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from hvn.cli import cli


def commands(group: click.Group, *above: str) -> Iterator[tuple[str, click.Command]]:
    """Yield the commands of a group and of its subgroups, by their full names."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command
        yield " ".join((*above, name)), command
        if isinstance(command, click.Group):
            yield from commands(command, *above, name)


COMMANDS = dict(commands(cli))
LEAVES = [name for name, command in COMMANDS.items() if not isinstance(command, click.Group)]


def summary(command: click.Command) -> str:
    return (command.help or "").strip().split("\n\n")[0]


def test_all_commands_are_walked() -> None:
    assert {"check", "keys pull", "spoke add", "login explain", "rule"} <= set(LEAVES)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_summary_is_one_short_imperative_sentence(name: str) -> None:
    text = summary(COMMANDS[name])
    assert len(text) < 60, text
    assert re.fullmatch(r"[A-Z][^`\n]*\.", text), text
    verb = text.split()[0].rstrip(",")
    assert not verb.endswith("s"), "imperative: 'List', not 'Lists'"


@pytest.mark.parametrize(
    "name", ["", *(name for name, command in COMMANDS.items() if isinstance(command, click.Group))]
)
@pytest.mark.parametrize("width", [40, 80])
def test_a_group_lists_its_commands_untruncated(name: str, width: int) -> None:
    group = COMMANDS.get(name, cli)
    assert isinstance(group, click.Group)
    shown = CliRunner().invoke(cli, [*name.split(), "--help"], terminal_width=width).stdout
    words = " ".join(shown.split()).replace("- ", "-")
    for inner in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), inner)
        assert command
        assert summary(command).replace("- ", "-") in words, inner


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_has_a_help_text_and_one_way_to_state_defaults(name: str) -> None:
    for parameter in COMMANDS[name].params:
        if not isinstance(parameter, click.Option):
            continue
        text = parameter.help or ""
        assert re.match(r"[A-Z]", text), parameter.name
        assert re.search(r"[.\]]$", text), parameter.name
        assert not re.search("unless (said|set|given)", text)
        assert "`" not in text
        if parameter.envvar:
            assert f"[env: {parameter.envvar}]" in text
        has_value = not parameter.is_flag and not parameter.multiple
        if has_value and isinstance(parameter.default, str | int | float):
            assert parameter.show_default, parameter.name


@pytest.mark.parametrize("name", LEAVES)
def test_the_help_has_an_example(name: str) -> None:
    done = CliRunner().invoke(cli, [*name.split(), "--help"])
    assert done.exit_code == 0
    assert re.search(rf"Examples?:\n +.*\bhvn {name}", done.stdout)


@pytest.mark.parametrize("name", LEAVES)
def test_arguments_are_explained(name: str) -> None:
    """Click prints help texts only for options, so the description names each argument."""
    command = COMMANDS[name]
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            for metavar in re.findall(r"[A-Z]+", parameter.make_metavar(click.Context(command))):
                assert re.search(rf"\b{metavar}\b", command.help or ""), metavar
