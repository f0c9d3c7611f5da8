"""Tokens for an operator's commands."""

from datetime import UTC, datetime, timedelta
from typing import Any

import google.auth
import pytest
from google.auth.credentials import Credentials
from google.auth.exceptions import DefaultCredentialsError

from infra.operations.login_token import LoginToken


class Login(Credentials):
    """A login that hands out numbered tokens, each good for an hour."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.refreshed = 0

    def refresh(self, request: Any) -> None:
        del request
        self.refreshed += 1
        self.token = f"token-{self.refreshed}"
        self.expiry = (datetime.now(UTC) + timedelta(hours=1)).replace(tzinfo=None)


async def test_a_token_is_fetched_once_and_anew_when_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """One token serves while it is good; a refused one is not used again."""
    logins = list[Login]()

    def find(scopes: list[str]) -> tuple[Login, None]:
        assert scopes
        logins.append(Login())
        return logins[-1], None

    monkeypatch.setattr(google.auth, "default", find)
    token = LoginToken()
    assert [await token.get(), await token.get()] == ["token-1", "token-1"]
    token.forget("another")
    assert len(logins) == 1
    token.forget("token-1")
    await token.get()
    assert [login.refreshed for login in logins] == [1, 1]


async def test_no_login_is_the_librarys_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command tells the operator how to log in."""

    def find(scopes: list[str]) -> None:
        raise DefaultCredentialsError(f"no login for {scopes}")  # type: ignore[no-untyped-call]

    monkeypatch.setattr(google.auth, "default", find)
    with pytest.raises(DefaultCredentialsError):
        await LoginToken().get()
