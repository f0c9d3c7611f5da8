"""Converting errors of fal to outcomes. Its messages are reduced to short codes.

a model's error             {"detail": [{"loc": […], "msg": …, "type": "content_policy_violation"}]}
an error of the platform    {"detail": "…", "error_type": "runner_disconnected"}, also in X-Fal-Error-Type
"""

import json
import re
from dataclasses import dataclass
from traceback import clear_frames
from typing import Any

from shared.adapters.fal_once import AnsweredError, UnansweredError
from shared.providers.outcomes import Broken, Busy, FileRefused, Gone, ModelOutcome, NoResult, Refused, TimedOut
from shared.providers.videos import Lost, Poll

_GONE = frozenset({404, 410})
_TRY_LATER = frozenset({408, 429})
_NOT_ALLOWED = frozenset({401, 402, 403})
_SERVER_ERRORS, _OVERLOADED = 500, 503
_UNKNOWN = frozenset({408, 500, 502, 504})
"""Statuses of a start after which fal may still be at work."""
_FILTERED = "content_policy_violation"
_NOTHING_MADE = "no_media_generated"
_CANCELED = re.compile(r"cancel", re.IGNORECASE)
_ABOUT_A_FILE = frozenset(
    {
        "image_load_error",
        "image_too_small",
        "image_too_large",
        "unsupported_image_format",
        "face_detection_error",
        "file_download_error",
        "file_too_large",
    }
)
_LOCKED = re.compile(r"\blocked\b|\bbalance\b|TOP_UP", re.IGNORECASE)
"""The account may not spend: its balance is used up, or fal has locked it."""
_SAID_CHARACTERS_MAX = 500


@dataclass(frozen=True, slots=True)
class FalError:
    """An answer other than a success."""

    status: int
    word: str
    """Its machine-readable type, or its status."""
    message: str
    is_typed: bool
    """Whether it is fal's own, not that of a proxy on the way."""
    retry_after_seconds: float | None


def read_error(status: int, headers: Any, body: bytes) -> FalError:
    """The error of an answer, whatever it looks like."""
    detail, word = _read_detail(body), ""
    message = detail.get("detail", "")
    if isinstance(message, list):
        first = message[0] if message and isinstance(message[0], dict) else {}
        word, message = first.get("type", ""), first.get("msg", "")
    word = word or detail.get("error_type") or headers.get("x-fal-error-type") or ""
    seconds = str(headers.get("retry-after", ""))
    return FalError(
        status=status,
        word=_shorten(word or f"HTTP_{status}"),
        message=str(message)[:_SAID_CHARACTERS_MAX],
        is_typed=bool(word),
        retry_after_seconds=float(seconds) if re.fullmatch(r"\d{1,6}(\.\d+)?", seconds) else None,
    )


def read_failure(error: Exception, *, has_files: bool) -> ModelOutcome | Gone:
    """The outcome of a call for a picture that raised. `has_files`: it carried files that people sent."""
    _let_go(error)
    match error:
        case AnsweredError():
            return _read_answer(read_error(error.status, error.headers, error.body), has_files=has_files)
        case UnansweredError():
            return TimedOut() if error.is_timeout and error.is_sent else Busy(error.name, is_fault=True)
        case LookupError() | ValueError() | TypeError():  # an answer that is not fal's
            return Busy("ANSWER", is_fault=True)
        case _:
            return Broken(type(error).__name__)


def read_start(error: Exception, *, has_files: bool) -> ModelOutcome | Gone:
    """The outcome of a start that raised: `TimedOut` wherever fal may be at work."""
    _let_go(error)
    match error:
        case AnsweredError() if error.status in _UNKNOWN:
            return TimedOut()
        case UnansweredError() if error.is_sent:
            return TimedOut()
        case LookupError() | ValueError() | TypeError():
            return TimedOut()
        case _:
            return read_failure(error, has_files=has_files)


def read_poll(error: Exception) -> Poll:
    """What a question about an operation says that raised: no news, or Lost if fal knows no such operation.

    Also a refused key is no news: the operation goes on, and the key may be right again before the deadline.
    """
    _let_go(error)
    match error:
        case AnsweredError() if error.status in _GONE:
            return Lost()
        case AnsweredError():
            told = read_error(error.status, error.headers, error.body)
            return Busy(told.word, told.retry_after_seconds, is_fault=told.status != _OVERLOADED)
        case UnansweredError():
            return TimedOut() if error.is_timeout else Busy(error.name, is_fault=True)
        case LookupError() | ValueError() | TypeError():
            return Busy("ANSWER", is_fault=True)
        case _:
            return Broken(type(error).__name__)


def read_end(error: Exception) -> Poll:
    """How an operation has ended whose result raised: fal answers with the model's own error."""
    if not isinstance(error, AnsweredError):
        return read_poll(error)
    _let_go(error)
    told = read_error(error.status, error.headers, error.body)
    if told.status in _GONE:
        return Lost()
    if not told.is_typed or told.status in _NOT_ALLOWED | _TRY_LATER:
        return Busy(told.word, told.retry_after_seconds, is_fault=True)
    return read_end_word(told.word, told.message, told.status)


def read_end_word(word: str, message: str, status: int) -> Poll:
    """How an operation has ended, by the type of its error. A type that is no known one is a failure of the model."""
    if word == _FILTERED:
        return Refused(word)
    if word in _ABOUT_A_FILE:
        return FileRefused(word)
    if _CANCELED.search(word):
        return NoResult("CANCELLED")
    is_ours = status < _SERVER_ERRORS and word != _NOTHING_MADE
    return Broken(word) if is_ours else NoResult(word, message if word == _NOTHING_MADE else "")


def _read_answer(told: FalError, *, has_files: bool) -> ModelOutcome | Gone:
    if told.status in _GONE:
        return Gone()
    if told.word == _FILTERED:
        return Refused(told.word)
    if told.word == _NOTHING_MADE:
        return NoResult("NO_IMAGE", told.message)
    if has_files and told.word in _ABOUT_A_FILE:
        return FileRefused(told.word)
    if told.status in _TRY_LATER or told.status >= _SERVER_ERRORS:
        is_fault = told.status >= _SERVER_ERRORS and told.status != _OVERLOADED
        return Busy(told.word, told.retry_after_seconds, is_fault)
    if told.status in _NOT_ALLOWED:
        return Broken("BALANCE" if _LOCKED.search(told.message) else "CREDENTIALS")
    return Broken(told.word)


def _read_detail(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _shorten(word: Any) -> str:
    return re.sub(r"\W+", "_", str(word))[:40]


def _let_go(error: BaseException) -> None:
    """Let go of the frames that the error came through: they hold a request with all its pictures."""
    for each in (error, error.__cause__, error.__context__):
        clear_frames(None if each is None else each.__traceback__)
