"""Send JSON requests to the API of a CI system."""

from typing import TypeVar

import requests
from pydantic import TypeAdapter, ValidationError

from hvn.comments.pull_request import CannotReach

SECONDS = 30
"""The time limit for the connection and for each read, in seconds."""
PAGES = 100
"""The maximum number of pages of one list."""
MOST = 64 * 1024 * 1024
"""The maximum number of bytes of a response."""

Shape = TypeVar("Shape")


class Api:
    """An API below one URL, with the token of the job."""

    def __init__(self, url: str, token: str) -> None:
        # The session uses HTTPS_PROXY, NO_PROXY and REQUESTS_CA_BUNDLE.
        self._url, self._session = url.rstrip("/"), requests.Session()

        def authorize(request: requests.PreparedRequest) -> requests.PreparedRequest:
            request.headers["Authorization"] = f"Bearer {token}"
            return request

        # With a header instead of `auth`, requests would send the password in ~/.netrc instead of the token.
        self._session.auth = authorize

    def ask(self, shape: type[Shape], method: str, path: str, body: object = None, **query: str | int) -> Shape:
        """Return the JSON response as an object of this shape; an empty response counts as null.

        Raises `CannotReach` for all other responses. If Azure DevOps refuses the token, it responds with 203 or 302
        and its sign-in page.
        """
        url, place = f"{self._url}/{path}", f"{method} {path}"
        try:
            with self._session.request(
                method, url, json=body, params=query, timeout=SECONDS, allow_redirects=False, stream=True
            ) as answer:
                if answer.status_code not in (200, 201, 204):
                    raise CannotReach(f"{place}: HTTP {answer.status_code}")
                content = bytearray()
                for chunk in answer.iter_content(64 * 1024):
                    content += chunk
                    if len(content) > MOST:
                        raise CannotReach(f"{place}: the response has more than {MOST // 1024**2} MiB")
            return TypeAdapter(shape).validate_json(bytes(content) or b"null")
        except ValidationError:
            raise CannotReach(f"{place}: the response is not the JSON that the API documents") from None
        except (requests.RequestException, ValueError) as error:  # ValueError: no header can contain the token
            raise CannotReach(f"{place}: {type(error).__name__}") from None
