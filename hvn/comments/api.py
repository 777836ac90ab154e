"""JSON requests to the API of a CI system."""

from typing import Any
from urllib.parse import urlsplit

import requests

from hvn.comments.pull_request import CannotReach

SECONDS = 30
"""The time limit for the connection and for each read, in seconds."""
PAGES = 100
"""The maximum number of pages of one list."""


class Api:
    """An API below one URL, with the token of the job."""

    def __init__(self, url: str, token: str) -> None:
        self._url, self._session = url.rstrip("/"), requests.Session()
        self._session.headers["Authorization"] = f"Bearer {token}"
        self._session.trust_env = True  # HTTPS_PROXY, NO_PROXY and REQUESTS_CA_BUNDLE

    def ask(self, method: str, path: str, body: Any = None, **query: str | int) -> Any:
        """Return the parsed JSON response; None if the response is empty. Raises `CannotReach` for all other responses.

        If Azure DevOps refuses the token, it responds with 203 or 302 and its sign-in page.
        """
        url = f"{self._url}/{path}"
        try:
            answer = self._session.request(method, url, json=body, params=query, timeout=SECONDS, allow_redirects=False)
            if answer.status_code not in (200, 201, 204):
                raise CannotReach(f"{method} {urlsplit(url).path}: HTTP {answer.status_code}")
            return answer.json() if answer.content else None
        except requests.JSONDecodeError:
            raise CannotReach(f"{method} {urlsplit(url).path}: the answer is not JSON") from None
        except requests.RequestException as error:
            raise CannotReach(f"{method} {urlsplit(url).path}: {type(error).__name__}") from None
