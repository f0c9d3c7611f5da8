"""Notices in a channel of Slack, by an incoming webhook: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks."""

import json
from typing import Any

from shared.adapters.post_json import Poster
from shared.errors import NoticeRefusedError, UnavailableError
from shared.ports.notices import Notice

CALL_SECONDS_MAX = 5.0
OK, TOO_MANY, SERVER_ERROR = 200, 429, 500
REASON_CHARACTERS_MAX = 60


class SlackNotices:
    """A `NoticePlace`. One per process and event loop."""

    name = "slack"

    def __init__(self, url: str) -> None:
        """`url` is the secret: whoever has it can write into the channel."""
        self._poster = Poster(url, CALL_SECONDS_MAX)

    async def tell(self, notice: Notice) -> None:
        content = json.dumps(write_message(notice)).encode()
        answer = await self._poster.post("", "application/json", content)
        if answer.status == TOO_MANY or answer.status >= SERVER_ERROR:
            raise UnavailableError(f"Slack: status {answer.status}")
        if answer.status != OK:
            reason = answer.body[:REASON_CHARACTERS_MAX].decode(errors="replace")
            raise NoticeRefusedError(f"Slack: status {answer.status}: {reason}")

    async def close(self) -> None:
        """Close the connections."""
        await self._poster.close()


def write_message(notice: Notice) -> dict[str, Any]:
    """The message. `text` is what a phone shows of it: https://docs.slack.dev/messaging/formatting-message-text."""
    mark = ":white_check_mark:" if notice.is_over else ":bell:"
    words = [f"{mark} *{_escape(notice.subject)}*", _escape(notice.summary), _escape(notice.advice)]
    link = f"<{notice.url.replace('|', '%7C')}|Cloud Monitoring>" if notice.url else ""
    section = {"type": "mrkdwn", "text": "\n\n".join(filter(None, (*words, link)))}
    return {"text": f"{mark} {_escape(notice.subject)}", "blocks": [{"type": "section", "text": section}]}


def _escape(text: str) -> str:
    """The three characters that Slack reads as its own."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
