"""How secrets are compared, shown and logged."""

import dataclasses
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.requests import Request

from infra.checks.cloud.code import read_settings
from infra.functions import FUNCTIONS
from shared.errors import ForbiddenError, UnauthenticatedError
from shared.http import telegram_secret
from shared.logs import log_event
from shared.miniapp import session as sessions
from shared.people.api_keys import write_token
from tests.security.near_secrets import SECRETS_COUNT, list_wrong_headers
from tests.security.raw_http import SECRET_HEADER, Headers

SECRET = b"a-webhook-secret-for-tests-0123456789"
TOKEN = "1234567:TEST-not-a-real-token-at-all"
KEY = "AIza" + "TEST-not-a-real-key-".ljust(35, "0")
GITHUB_TOKEN = "ghs_" + "TESTnotarealtoken".ljust(36, "0")
SLACK_URL = "hooks.slack.com/services/T0TEST/B0TEST/not-a-real-secret"
PRIVATE_KEY = f"-----BEGIN RSA PRIVATE KEY-----\n{KEY[4:]}\n-----END RSA PRIVATE KEY-----"  # pragma: allowlist secret
API_KEY = write_token(501, "A" * 16, "TEST-not-a-real-secret")
SESSIONS = [
    sessions.write_token(sessions.open_session(501, "en", datetime(2026, 1, 2, tzinfo=UTC), each), b"not-a-real-key")
    for each in sessions.Audience
]
FAL_KEY = "00000000-1111-4222-8333-000000123456:" + "0123456789abcdef" * 2
ENVIRONMENT = {
    "FAL_KEY": FAL_KEY,
    "TELEGRAM_BOT_TOKEN": TOKEN,
    "TELEGRAM_WEBHOOK_SECRET": SECRET.decode(),
    "RELEASE_WEBHOOK_SECRET": SECRET.decode(),
    "RELEASE_BOT_TOKEN": TOKEN,
    "RELEASE_APP_KEY": f"-----BEGIN RSA PRIVATE KEY-----\n{KEY}",  # pragma: allowlist secret
    "GITHUB_APP_CLIENT_ID": "Iv23TEST",
    "GITHUB_APP_INSTALLATION_ID": "55",
    "GITHUB_REPOSITORY": "team/bot",
    "RELEASE_TASKS_ACCOUNT": "release-task-caller@test-project.iam.gserviceaccount.com",
    "GITHUB_REPOSITORY_ID": "74",
    "GEMINI_API_KEY": KEY,
    "GOOGLE_CLOUD_PROJECT": "test-project",
    "GOOGLE_CLOUD_LOCATION": "europe-west1",
    "TASKS_SERVICE_ACCOUNT": "tasks@test-project.iam.gserviceaccount.com",
    "MEDIA_BUCKET": "test-media",
    **{f"{name.upper()}_URL": f"https://{name}.test" for name in FUNCTIONS},
}


def make_request(headers: Headers) -> Request:
    return Request({"type": "http", "method": "POST", "path": "/", "headers": [(n.lower(), v) for n, v in headers]})


async def test_secret_is_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of a thousand wrong secrets, a missing one too, goes as bytes through the comparison that tells no time."""
    compared: list[tuple[Any, Any]] = []

    def compare(given: Any, wanted: Any) -> bool:
        compared.append((given, wanted))
        return real_compare(given, wanted)

    real_compare = hmac.compare_digest
    monkeypatch.setattr(hmac, "compare_digest", compare)
    authenticate = telegram_secret(SECRET)
    for headers in list_wrong_headers(SECRET, seed=11):
        with pytest.raises(UnauthenticatedError):
            await authenticate(make_request(headers))
    await authenticate(make_request(((SECRET_HEADER, SECRET),)))
    assert len(compared) == SECRETS_COUNT + 1
    assert all(type(given) is bytes and wanted == SECRET for given, wanted in compared)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_settings_show_no_secret(function: str) -> None:
    """Neither `repr` nor `str` of settings, or of any group in them, holds a token, a secret or a key."""
    settings = read_settings(function, ENVIRONMENT)
    groups = [getattr(settings, field.name) for field in dataclasses.fields(settings)]
    shown = "".join(f"{value!r} {value!s} {value}" for value in (settings, *filter(dataclasses.is_dataclass, groups)))
    assert [secret for secret in (TOKEN, SECRET.decode(), KEY, FAL_KEY) if secret in shown] == []


@pytest.mark.parametrize(
    "secret",
    [
        *(f"bot{TOKEN}", KEY, FAL_KEY, "Bearer TEST.not-a-real-token.at-all", GITHUB_TOKEN, SLACK_URL, PRIVATE_KEY),
        *(API_KEY, *SESSIONS),
    ],
)
def test_logs_strike_secrets_out(secret: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A secret in a field, an error or its stack does not reach the log."""
    try:
        raise ValueError(f"https://api.example/{secret}/getMe failed")
    except ValueError as error:
        log_event("tried", severity="ERROR", error=error, address=f"/{secret}/getMe", deep={"list": [secret]})
    line = capsys.readouterr().out
    assert all(part not in line for part in secret.removeprefix("bot").split("\n"))
    assert json.loads(line)["event"] == "tried"


def test_logs_strike_the_codes_of_operators_out(capsys: pytest.CaptureFixture[str]) -> None:
    """The link that signs an operator in shows no code in the log."""
    log_event("tried", address="https://app.example/admin/enter#TEST-not-a-real-code-1")
    assert "not-a-real" not in capsys.readouterr().out


@pytest.mark.parametrize("text", ["\ud800", "a\udfff", "\0", "\u2028", "💩", "\x1b[2J", "\n{}"])
def test_log_takes_any_text(text: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """A stranger's token can bring any text into an error: it becomes one line of UTF-8, never an error in the log."""
    log_event("refused", severity="ERROR", error=ForbiddenError(text), text=text)
    [line, rest] = capfdbinary.readouterr().out.decode("utf-8").split("\n")
    assert json.loads(line)["event"] == "refused"
    assert rest == ""
