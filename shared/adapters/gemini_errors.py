"""Converting refusals of Gemini's API to outcomes. Messages of servers are reduced to short codes."""

import re
from collections.abc import Mapping
from typing import Any

from shared.providers.outcomes import Broken, Busy, Gone, ModelOutcome

_GONE = frozenset({404, 410})
_TRY_LATER = frozenset({408, 429})
_SERVER_ERRORS = 500
_OVERLOADED = 503
_ABOUT_A_FILE = re.compile(
    r"\b(?:input|provided) (?:image|audio|video|media)\b|\bmime.?type\b"
    r"|\b(?:invalid|unsupported|corrupt(?:ed)?|decode|process|read) (?:the |an )?(?:image|audio|video|media)\b"
    r"(?! (?:size|config))"
    r"|\b(?:the|input|provided) (?:document|pdf)\b",
    re.IGNORECASE,
)
"""As in "Unable to process input image.", "Provided image is not valid.", "The document has no pages." and "Unsupported
MIME type: …". The settings of the picture to make are called `image_config` and `image_size`."""


def shorten(status: Any) -> str:
    """A status as a short code of letters, digits and underscores, whatever the server sent."""
    text = re.sub(r"\W+", "_", str(getattr(status, "value", status)))
    return text[:40]


def name_status(status_code: int | None, body: Any) -> tuple[str, str]:
    """The short word and the message of a refusal, whatever its body is."""
    error = body.get("error") if isinstance(body, Mapping) else None
    told = error if isinstance(error, Mapping) else {}
    return shorten(told.get("status") or f"HTTP_{status_code}"), str(told.get("message") or "")


def is_about_a_file(word: str, message: str) -> bool:
    """Whether a refusal is about a file that a person sent."""
    return word == "INVALID_ARGUMENT" and _ABOUT_A_FILE.search(message) is not None


def read_status(code: int, word: str, details: Any) -> ModelOutcome | Gone:
    """The outcome of an HTTP status, given its short code and the details in the body."""
    if code in _GONE:
        return Gone()
    if code in _TRY_LATER or code >= _SERVER_ERRORS:
        is_fault = code >= _SERVER_ERRORS and code != _OVERLOADED
        return Busy(word, _find_retry_seconds(details), is_fault)
    return Broken(word)


def _find_retry_seconds(details: Any) -> float | None:
    """The delay of a RetryInfo detail: `{"retryDelay": "34.5s"}` (google.rpc.RetryInfo as JSON)."""
    error = details.get("error") if isinstance(details, dict) else None
    items = error.get("details") if isinstance(error, dict) else None
    for item in items if isinstance(items, list) else []:
        delay = item.get("retryDelay") if isinstance(item, dict) else None
        if match := re.fullmatch(r"(\d{1,6}(?:\.\d+)?)s", str(delay)):
            return float(match.group(1))
    return None
