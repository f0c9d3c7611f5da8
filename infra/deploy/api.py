"""JSON over HTTP, for GitHub's and Google's REST interfaces."""

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

import httpx

from infra.deploy.context import Context
from infra.deploy.errors import ConflictError, DeployError, MissingError, RefusedError, UnreachableError

CALL_SECONDS_MAX = 20.0
ERRORS: dict[int, type[DeployError]] = {
    401: RefusedError,
    403: RefusedError,
    404: MissingError,
    409: ConflictError,
    412: ConflictError,
    429: UnreachableError,
}


class Api:
    """One service's REST interface. Reads are always made; under `--dry-run` changes are only printed.

    `token` is called for every request, so that tokens may expire. Close this object, or use it as a context manager.
    """

    def __init__(
        self, base_url: str, token: Callable[[], str], context: Context, headers: Mapping[str, str] | None = None
    ) -> None:
        self._client = httpx.Client(base_url=base_url, timeout=CALL_SECONDS_MAX, headers=dict(headers or {}))
        self._token = token
        self._context = context

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._client.close()

    def get(self, path: str, **parameters: Any) -> Any:
        """The response's JSON. Raises DeployError."""
        return self._call("GET", path, params={name: value for name, value in parameters.items() if value is not None})

    def ask(self, path: str, body: Any) -> Any:
        """A read by POST, such as a search, which is always made."""
        return self._call("POST", path, json=body)

    def change(self, method: str, path: str, body: Any = None) -> Any:
        """The response's JSON; None if it is empty or nothing was done. Raises DeployError."""
        if self._context.dry_run:
            self._context.say(f"would {method} {path}" + (f" {body}" if body is not None else ""))
            return None
        return self._call(method, path, json=body)

    def _call(self, method: str, path: str, **arguments: Any) -> Any:
        headers = {"Authorization": f"Bearer {self._token()}"}
        try:
            response = self._client.request(method, path, headers=headers, **arguments)
        except httpx.HTTPError as error:
            raise UnreachableError(f"{method} {path}: {type(error).__name__}") from error
        if response.is_success:
            return response.json() if response.content else None
        raise _error_of(response.status_code)(f"{method} {path}: {response.status_code} {_words(response)}".strip())


def _error_of(status: int) -> type[DeployError]:
    if status >= 500:  # noqa: PLR2004 — HTTP's own border
        return UnreachableError
    return ERRORS.get(status, DeployError)


def _words(response: httpx.Response) -> str:
    """The service's error message, shortened."""
    try:
        found = response.json()
    except ValueError:
        return ""
    if not isinstance(found, dict):
        return ""
    error = found.get("error")
    words = error.get("message") if isinstance(error, dict) else found.get("message")
    return str(words or "")[:200]
