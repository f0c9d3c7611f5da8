"""Access tokens of this machine's login, for an operator's commands."""

import asyncio

import google.auth
from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import Request

SCOPE = "https://www.googleapis.com/auth/datastore"
STORAGE_SCOPE = "https://www.googleapis.com/auth/devstorage.read_write"


class LoginToken:
    """A `Token` of `gcloud auth application-default login`, or of a workflow's own account."""

    def __init__(self, scope: str = SCOPE) -> None:
        self._scope = scope
        self._credentials: Credentials | None = None

    async def get(self) -> str:
        """A valid token. Raises GoogleAuthError."""
        return await asyncio.to_thread(self._get)

    def forget(self, token: str) -> None:
        """Fetch a new token next time."""
        if self._credentials is not None and self._credentials.token == token:
            self._credentials = None

    def _get(self) -> str:
        if self._credentials is None:
            self._credentials, _ = google.auth.default(scopes=[self._scope])
        if not self._credentials.valid:
            self._credentials.refresh(Request())  # type: ignore[no-untyped-call]
        return str(self._credentials.token)


def tell_no_login(error: GoogleAuthError) -> str:
    """One line for the operator."""
    return f"no usable login (gcloud auth application-default login): {' '.join(str(error).split())}"
