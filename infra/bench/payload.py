"""The update that every contender gets: a message of an ordinary size, as Telegram sends it."""

import json
from typing import Any

SECRET = "bench-webhook-secret-not-a-real-one"  # noqa: S105 — obviously none
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 — the header's name
TEXT = (
    "A quiet harbour at dawn, fishing boats with peeling paint, gulls over the mole, soft fog, a lighthouse far off, "
    "warm light in one window, wet cobblestones that mirror the sky, an old man mending nets on the quay, "
    "watercolour on rough paper with visible pencil lines 16:9"
)
USER_ID = 5_000_000_001


def make_update(update_id: int = 900_000_001, message_id: int = 4321, user_id: int = USER_ID) -> dict[str, Any]:
    """A text message in a private chat."""
    person = {"id": user_id, "first_name": "Ada", "username": "ada_paints"}
    return {
        "update_id": update_id,
        "message": {
            "message_id": message_id,
            "from": {**person, "is_bot": False, "language_code": "en", "is_premium": True},
            "chat": {**person, "type": "private"},
            "date": 1_790_000_000,
            "text": TEXT,
        },
    }


def encode_update() -> bytes:
    """The update as compact JSON, about 600 bytes."""
    return json.dumps(make_update(), separators=(",", ":")).encode()


def encode_request(port: int, path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """An HTTP/1.1 request to a port of this machine."""
    lines = [f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body
