"""Answer the questions of `hvn init` by their beginnings, whatever their order."""

import pathlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import click
from click.testing import CliRunner, Result

from hvn.cli import cli

UUID = "6b1f2d3c-0a9e-4c57-8f7d-3a2b1c0d9e8f"
REQUIRED = {
    "Short name": "acme",
    "Entra tenant id": UUID,
    "Azure region": "westeurope",
    "Subscription id": UUID,
    "HCP project id": UUID,
    "Name of the first spoke": "shop",
}
"""Answers to the questions without a default."""
MOST = 60
"""The maximum number of questions: a question with a wrong answer repeats."""


class Terminal(CliRunner):
    """A person who knows the answers to some questions, and presses Enter for the others.

    `answers` has one answer or several answers, in their order, by the beginning of the question. `asked` collects the
    questions. The input ends after `stop` questions.
    """

    def __init__(self, answers: Mapping[str, str | Sequence[str]], stop: int = MOST) -> None:
        super().__init__()
        self.answers = {
            question: [answer] if isinstance(answer, str) else [*answer]
            for question, answer in (REQUIRED | dict(answers)).items()
        }
        self.asked: list[str] = []
        self.stop = stop

    @contextmanager
    def isolation(self, *positional: Any, **named: Any) -> Iterator[Any]:
        """Answer the questions instead of reading standard input."""
        with super().isolation(*positional, **named) as streams:
            click.termui.visible_prompt_func = self._answer
            yield streams

    def _answer(self, prompt: str = "") -> str:
        if len(self.asked) == self.stop:
            raise EOFError
        self.asked.append(prompt)
        beginning = max(filter(prompt.startswith, self.answers), key=len, default="")
        known = self.answers.get(beginning, [])
        answer = known.pop(0) if known else ""
        click.echo(f"{prompt}{answer}")
        return answer


def dialog(
    file: pathlib.Path, answers: Mapping[str, str | Sequence[str]], options: Sequence[str] = (), stop: int = MOST
) -> tuple[Result, list[str]]:
    """Run `hvn init` with these options, and return the result and the questions."""
    terminal = Terminal(answers, stop)
    done = terminal.invoke(cli, ["init", str(file), *options])
    return done, terminal.asked


def words_of(options: Mapping[str, str]) -> list[str]:
    """Return options as words of a command line."""
    return [word for option in options.items() for word in option]
