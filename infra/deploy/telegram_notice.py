"""Messages to the operators, in a Telegram chat.

Environment: `NOTIFY_BOT_TOKEN` (of a separate bot: the product's token stays in Secret Manager), `NOTIFY_CHAT_ID`,
`TELEGRAM_API_BASE_URL` (default https://api.telegram.org). Without them the message is only printed.
"""

import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from infra.deploy.context import Context

API_URL = "https://api.telegram.org"
TEXT_LENGTH_MAX = 3500
"""Telegram's limit is 4096 after parsing the markup; details are cut so that the rest always fits."""
CALL_SECONDS_MAX = 15.0
REST_SECONDS_MAX = 30.0
LIMITED = 429
MARKS = {"success": "✅", "failure": "❌", "cancelled": "⏹", "rolled back": "↩️", "held": "✋"}
OTHER_MARK = "⚠️"


@dataclass(frozen=True)
class Notice:
    """A message: event, outcome, author, duration, links."""

    what: str
    result: str = "success"
    who: str = ""
    seconds: float | None = None
    details: tuple[str, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    """Link text → URL."""
    is_silent: bool = False
    """Whether to send it without a notification sound."""


def write_notice(notice: Notice) -> str:
    """The message in Telegram's HTML, with all values escaped."""
    mark = MARKS.get(notice.result, OTHER_MARK)
    head = f"{mark} <b>{escape(notice.what, 300)}</b>"
    ending = "" if notice.result == "success" else escape(notice.result, 60)
    about = [ending, escape(notice.who, 60), format_duration(notice.seconds)]
    links = [f'<a href="{html.escape(url[:500])}">{escape(words, 60)}</a>' for words, url in notice.links.items()]
    details = [escape(detail, 500) for detail in notice.details]
    lines = [head, " · ".join(part for part in about if part), *details, " · ".join(links[:6])]
    return cut_lines([line for line in lines if line])


def escape(text: str, length_max: int) -> str:
    """Escape text for Telegram's HTML. It is cut before, because Telegram refuses a cut entity."""
    words = text.strip()
    return html.escape(words if len(words) <= length_max else f"{words[: length_max - 1]}…", quote=False)


def cut_lines(lines: list[str]) -> str:
    """As many lines as fit, always including the first and the last."""
    while sum(map(len, lines)) + len(lines) > TEXT_LENGTH_MAX and len(lines) > 2:  # noqa: PLR2004 — first and last
        del lines[-2]
    return "\n".join(lines)


def format_duration(seconds: float | None) -> str:
    """`42 s`, `3 min 5 s`, `1 h 2 min`."""
    if seconds is None:
        return ""
    minutes, rest = divmod(max(round(seconds), 0), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def send_notice(context: Context, notice: Notice) -> bool:
    """Send it; returns whether it certainly arrived. Never raises: a release must not fail because of a message."""
    text = write_notice(notice)
    token, chat = (context.environment.get(name, "").strip() for name in ("NOTIFY_BOT_TOKEN", "NOTIFY_CHAT_ID"))
    if context.dry_run or not (token and chat):
        context.say(f"{'would send' if token and chat else 'no notification chat is set, so unsent'}:\n{text}")
        return False
    body = {
        "chat_id": chat,
        "text": text,
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
        "disable_notification": notice.is_silent,
    }
    trouble = _post(context, token, body)
    context.say("told the chat" if trouble is None else f"the chat was not told: {trouble}")
    return trouble is None


def _post(context: Context, token: str, body: dict[str, Any]) -> str | None:
    """Post it; returns None or the error's name, and nothing more, because the URL contains the token."""
    base = (context.environment.get("TELEGRAM_API_BASE_URL") or API_URL).rstrip("/")
    try:
        with httpx.Client(timeout=CALL_SECONDS_MAX) as client:
            response = client.post(f"{base}/bot{token}/sendMessage", json=body)
            if response.status_code == LIMITED and (rest := _read_rest(response)) is not None:
                context.clock.sleep(rest)
                response = client.post(f"{base}/bot{token}/sendMessage", json=body)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        # Not retried after a lost response: a duplicate message is worse than a missing one.
        return type(error).__name__
    return None if response.is_success else f"{response.status_code} {_words(response)}".replace(token, "…")


def _read_rest(response: httpx.Response) -> float | None:
    """Seconds to wait; None if that is too long for a message."""
    seconds = _json(response).get("parameters", {}).get("retry_after", REST_SECONDS_MAX)
    return float(seconds) if seconds <= REST_SECONDS_MAX else None


def _words(response: httpx.Response) -> str:
    return str(_json(response).get("description", ""))[:200]


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        found = response.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
