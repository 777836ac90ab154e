"""Define the operations on the pull request of a CI job: its review comment and its labels."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping

from hvn.comments.topology_mark import belongs_to, marked
from hvn.review.approval import STICKY

LABEL = "hvn: "
"""The prefix of the labels that `hvn` sets and removes."""


class CannotReach(Exception):
    """The API refused a request or cannot be reached. The message contains no token."""


class PullRequest(ABC):
    """One pull request. Each method raises `CannotReach` if the API refuses the request.

    `topology` is the topology file in HVN_TOPOLOGY, or empty: each file has its own review comment.
    """

    @abstractmethod
    def own_comments(self) -> Iterator[tuple[str, str]]:
        """Yield the id and the text of each comment by this job's identity, oldest first. Comments of other identities
        are excluded, because anybody can write a comment that resembles a review."""

    @abstractmethod
    def create(self, text: str) -> None:
        """Add a comment to the pull request."""

    @abstractmethod
    def update(self, comment: str, text: str) -> None:
        """Replace the text of a comment."""

    @abstractmethod
    def labels(self) -> Mapping[str, str]:
        """Return the pull request's labels: the name and the key for `remove_label`."""

    @abstractmethod
    def add_label(self, name: str) -> None:
        """Add a label to the pull request."""

    @abstractmethod
    def remove_label(self, key: str) -> None:
        """Remove the label with this key from the pull request."""

    def read(self, topology: str) -> str | None:
        """Return the text of the review comment, or None if the pull request has no review of this topology file."""
        return next((text for _, text in self._reviews() if belongs_to(text, topology)), None)

    def write(self, text: str, topology: str) -> None:
        """Write the review comment, or replace the existing one."""
        comment = next((id_ for id_, review in self._reviews() if belongs_to(review, topology)), None)
        if comment is None:
            self.create(marked(text, topology))
        else:
            self.update(comment, marked(text, topology))

    def set_labels(self, wanted: Collection[str], topology: str) -> Iterator[str]:
        """Set these labels, and remove all other labels that begin with `hvn: `. Yields a warning for each label that
        cannot be set or removed.

        With a review of another topology file in the pull request, no label is removed, because a label may belong to
        that review.
        """
        present = {name: key for name, key in self.labels().items() if name.startswith(LABEL)}
        shared = any(not belongs_to(text, topology) for _, text in self._reviews())
        for name in () if shared else sorted(present.keys() - {*wanted}):
            try:
                self.remove_label(present[name])
            except CannotReach as error:
                yield f"the label {name} cannot be removed: {error}"
        for name in sorted({*wanted} - present.keys()):
            try:
                self.add_label(name)
            except CannotReach as error:
                yield f"the label {name} cannot be set, create it once: {error}"

    def _reviews(self) -> Iterator[tuple[str, str]]:
        """Yield the id and the text of each review, newest first."""
        reviews = [(id_, text) for id_, text in self.own_comments() if text.startswith(STICKY)]
        yield from reversed(reviews)
