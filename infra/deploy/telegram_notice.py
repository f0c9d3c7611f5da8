"""Messages to the people who run the bot, in a Telegram chat of their own.

Environment: `NOTIFY_BOT_TOKEN` (a bot of its own: the product's token stays in Secret Manager), `NOTIFY_CHAT_ID`,
`TELEGRAM_API_BASE_URL` (default https://api.telegram.org). Without them a line says what would have been sent.
"""

import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from infra.deploy.context import Context

API_URL = "https://api.telegram.org"
TEXT_LENGTH_MAX = 3500
"""Telegram counts 4096 after the markup is read; a detail is cut so that the rest always fits."""
CALL_SECONDS_MAX = 15.0
REST_SECONDS_MAX = 30.0
LIMITED = 429
MARKS = {"success": "✅", "failure": "❌", "cancelled": "⏹", "rolled back": "↩️", "held": "✋"}
OTHER_MARK = "⚠️"


@dataclass(frozen=True)
class Notice:
    """What is said: what happened, how it ended, who did it, how long it took, where to look."""

    what: str
    result: str = "success"
    who: str = ""
    seconds: float | None = None
    details: tuple[str, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    """Words to show → URL."""
    is_silent: bool = False
    """Whether no phone rings."""


def write_notice(notice: Notice) -> str:
    """Telegram's HTML. Nothing that is given can become markup."""
    mark = MARKS.get(notice.result, OTHER_MARK)
    head = f"{mark} <b>{escape(notice.what, 300)}</b>"
    ending = "" if notice.result == "success" else escape(notice.result, 60)
    about = [ending, escape(notice.who, 60), format_duration(notice.seconds)]
    links = [f'<a href="{html.escape(url[:500])}">{escape(words, 60)}</a>' for words, url in notice.links.items()]
    details = [escape(detail, 500) for detail in notice.details]
    lines = [head, " · ".join(part for part in about if part), *details, " · ".join(links[:6])]
    return cut_lines([line for line in lines if line])


def escape(text: str, length_max: int) -> str:
    """Text for Telegram's HTML, cut before it is escaped: a cut entity would be refused."""
    words = text.strip()
    return html.escape(words if len(words) <= length_max else f"{words[: length_max - 1]}…", quote=False)


def cut_lines(lines: list[str]) -> str:
    """As many whole lines as fit, always the first and the last."""
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
    """Send it; whether it surely arrived. Never raises: a release does not fail for want of a message."""
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
    """Why it did not arrive, None when it did. Says no more than that: the URL holds the token."""
    base = (context.environment.get("TELEGRAM_API_BASE_URL") or API_URL).rstrip("/")
    try:
        with httpx.Client(timeout=CALL_SECONDS_MAX) as client:
            response = client.post(f"{base}/bot{token}/sendMessage", json=body)
            if response.status_code == LIMITED and (rest := _read_rest(response)) is not None:
                context.clock.sleep(rest)
                response = client.post(f"{base}/bot{token}/sendMessage", json=body)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        # A lost answer is not asked for again: the same news twice is worse than a line here.
        return type(error).__name__
    return None if response.is_success else f"{response.status_code} {_words(response)}".replace(token, "…")


def _read_rest(response: httpx.Response) -> float | None:
    """Seconds to wait, None when that is longer than a message is worth."""
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
