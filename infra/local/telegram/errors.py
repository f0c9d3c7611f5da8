"""What the Bot API answers when a call is refused.

Wordings are those of the Bot API server (tdlib/telegram-bot-api), because clients match on them.
"""

from typing import Any


class ApiError(Exception):
    """A refused call: `code` is the HTTP status and the `error_code`, `description` the text after it."""

    def __init__(self, code: int, description: str, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def to_body(self) -> dict[str, Any]:
        """The answer's JSON body."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        return {**body, "parameters": self.parameters} if self.parameters else body


class ControlError(Exception):
    """A control call that makes no sense (unknown chat, no such button); `status` is the HTTP status."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


def bad_request(reason: str) -> ApiError:
    """400 with the prefix every client knows."""
    return ApiError(400, f"Bad Request: {reason}")


def upgraded(new_chat_id: int) -> ApiError:
    """400: the group has become a supergroup, and the answer names it."""
    text = "Bad Request: group chat was upgraded to a supergroup chat"
    return ApiError(400, text, {"migrate_to_chat_id": new_chat_id})


def forbidden(reason: str) -> ApiError:
    """403: the bot may not write there."""
    return ApiError(403, f"Forbidden: {reason}")


def too_many_requests(retry_after_seconds: int) -> ApiError:
    """429: the sender must wait."""
    text = f"Too Many Requests: retry after {retry_after_seconds}"
    return ApiError(429, text, {"retry_after": retry_after_seconds})
