"""Converting errors of google-genai to outcomes. Messages of servers and libraries are reduced to short codes."""

import re
from collections.abc import Mapping
from json import JSONDecodeError
from traceback import clear_frames
from typing import Any

import httpx2
from google.auth.exceptions import GoogleAuthError, TransportError
from google.genai import errors
from pydantic import ValidationError

from shared.providers.outcomes import Broken, Busy, FileRefused, Gone, ModelOutcome, TimedOut

_GONE = frozenset({404, 410})
_TRY_LATER = frozenset({408, 429})
_SERVER_ERRORS = 500
_OVERLOADED = 503
NEVER_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
NO_ANSWER = (JSONDecodeError, UnicodeDecodeError, ValidationError, errors.UnknownApiResponseError)
"""An incomplete response, or one that is not Gemini's."""
_ABOUT_A_FILE = re.compile(
    r"\b(?:input|provided) (?:image|audio|video|media)\b|\bmime.?type\b"
    r"|\b(?:invalid|unsupported|corrupt(?:ed)?|decode|process|read) (?:the |an )?(?:image|audio|video|media)\b"
    r"(?! (?:size|config))"
    r"|\b(?:the|input|provided) (?:document|pdf)\b",
    re.IGNORECASE,
)
"""As in "Unable to process input image.", "Provided image is not valid.", "The document has no pages." and "Unsupported
MIME type: …". The settings of the picture to make are called `image_config` and `image_size`."""


def read_failure(error: Exception, *, has_files: bool) -> ModelOutcome | Gone:
    """The outcome of a call that raised.

    `has_files`: the request carried files that people sent. They are let go of: the library's error and the frames that
    it came through hold each other, and with them four times the files, until garbage is looked for.
    """
    for each in (error, error.__cause__, error.__context__):
        clear_frames(None if each is None else each.__traceback__)
    name = type(error).__name__
    match error:
        case errors.APIError():
            return _read_refusal(error, has_files=has_files)
        case _ if isinstance(error, NEVER_SENT):
            return Busy(name, is_fault=True)
        case httpx2.TimeoutException():
            return TimedOut()
        case httpx2.HTTPError() | TransportError():
            return Busy(name, is_fault=True)
        case _ if isinstance(error, NO_ANSWER):
            return Busy(name, is_fault=True)
        case GoogleAuthError():
            return Broken("CREDENTIALS")
        case _:
            return Broken(name)


def shorten(status: Any) -> str:
    """A status as a short code of letters, digits and underscores, whatever the server sent."""
    text = re.sub(r"\W+", "_", str(getattr(status, "value", status)))
    return text[:40]


def _read_refusal(error: errors.APIError, *, has_files: bool) -> ModelOutcome | Gone:
    """The outcome of a status other than 200, or of an error in the middle of a stream."""
    word = shorten(error.status or f"HTTP_{error.code}")
    if has_files and is_about_a_file(word, error.message or ""):
        return FileRefused(word)
    return read_status(error.code, word, error.details)


def is_about_a_file(word: str, message: str) -> bool:
    """Whether a refusal is about a file that a person sent."""
    return word == "INVALID_ARGUMENT" and _ABOUT_A_FILE.search(message) is not None


def name_status(status_code: int | None, body: Any) -> tuple[str, str]:
    """The short word and the message of an answer of the interactions; these have errors of their own."""
    error = body.get("error") if isinstance(body, Mapping) else None
    told = error if isinstance(error, Mapping) else {}
    return shorten(told.get("status") or f"HTTP_{status_code}"), str(told.get("message") or "")


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
