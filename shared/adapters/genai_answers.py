"""What Gemini's answers and refusals mean to us. Of what it says only short words go into a reason."""

import re
from typing import Any

from google.genai import errors, types

from shared.providers.outcomes import Broken, Busy, FileRefused, Gone, Made, ModelOutcome, NoImage, Refused

SAID_CHARACTERS_MAX = 500
_GONE = frozenset({404, 410})
_TRY_LATER = frozenset({408, 429})
_SERVER_ERRORS = 500
_OVERLOADED = 503
_FILTERED = frozenset(
    {
        "SAFETY",
        "IMAGE_SAFETY",
        "PROHIBITED_CONTENT",
        "IMAGE_PROHIBITED_CONTENT",
        "BLOCKLIST",
        "SPII",
        "RECITATION",
        "IMAGE_RECITATION",
        "MODEL_ARMOR",
        "JAILBREAK",
        "ESCALATION",
    }
)
"""Finish reasons that the same request meets again."""
_ABOUT_A_FILE = re.compile(
    r"\b(?:input|provided) image\b|\bmime.?type\b"
    r"|\b(?:invalid|unsupported|corrupt(?:ed)?|decode|process|read) (?:the |an )?image\b(?! (?:size|config))",
    re.IGNORECASE,
)
"""As in "Unable to process input image.", "Provided image is not valid." and "Unsupported MIME type: …". The settings
of the picture to make are called `image_config` and `image_size`."""


def read_answer(response: types.GenerateContentResponse) -> ModelOutcome:
    """What a 200 means."""
    feedback = response.prompt_feedback
    if feedback is not None and feedback.block_reason:
        return Refused(_word(feedback.block_reason))
    candidate = response.candidates[0] if response.candidates else types.Candidate()
    parts = (candidate.content.parts if candidate.content else None) or []
    made = _find_picture(parts)
    return made or _read_finish(_word(candidate.finish_reason or "NO_CANDIDATE"), parts)


def read_error(error: errors.APIError, *, has_files: bool) -> ModelOutcome | Gone:
    """What a status other than 200 means.

    `has_files`: the request carried files that people sent.
    """
    word = _word(error.status or f"HTTP_{error.code}")
    if error.code in _GONE:
        return Gone()
    if error.code in _TRY_LATER or error.code >= _SERVER_ERRORS:
        is_fault = error.code >= _SERVER_ERRORS and error.code != _OVERLOADED
        return Busy(word, _find_retry_seconds(error.details), is_fault)
    if has_files and word == "INVALID_ARGUMENT" and _ABOUT_A_FILE.search(error.message or ""):
        return FileRefused(word)
    return Broken(word)


def _find_picture(parts: list[types.Part]) -> Made | None:
    """The last picture: earlier ones, and those marked as thoughts, are sketches on the way to it."""
    for part in reversed(parts):
        blob = part.inline_data
        if blob and blob.data and not part.thought and (blob.mime_type or "").startswith("image/"):
            return Made(blob.data, blob.mime_type or "", part.thought_signature or b"")
    return None


def _read_finish(reason: str, parts: list[types.Part]) -> ModelOutcome:
    if reason in _FILTERED:
        return Refused(reason)
    if reason == "MISSING_THOUGHT_SIGNATURE":
        return Broken(reason)
    said = " ".join(part.text for part in parts if part.text and not part.thought)
    return NoImage(reason, said[:SAID_CHARACTERS_MAX])


def _find_retry_seconds(details: Any) -> float | None:
    """The delay of a RetryInfo detail: `{"retryDelay": "34.5s"}` (google.rpc.RetryInfo as JSON)."""
    error = details.get("error") if isinstance(details, dict) else None
    items = error.get("details") if isinstance(error, dict) else None
    for item in items if isinstance(items, list) else []:
        delay = item.get("retryDelay") if isinstance(item, dict) else None
        if match := re.fullmatch(r"(\d{1,6}(?:\.\d+)?)s", str(delay)):
            return float(match.group(1))
    return None


def _word(status: Any) -> str:
    """A status as a short word, whatever a server put there: an enum's value, letters, digits and underscores."""
    text = re.sub(r"\W+", "_", str(getattr(status, "value", status)))
    return text[:40]
