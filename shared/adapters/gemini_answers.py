"""Converting the JSON of `generateContent` to outcomes. Texts beside a picture are shortened.

An answer of 22 MB is parsed by pydantic's core, in a quarter of the time that `json` and `binascii` take
(docs/decisions/0138-speed.md).
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from pydantic_core import SchemaValidator, core_schema, from_json

from shared.adapters.gemini_errors import shorten
from shared.logs import log_event
from shared.providers.outcomes import Broken, Made, ModelOutcome, NoResult, Refused
from shared.providers.talk import Tokens

SAID_CHARACTERS_MAX = 500
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
"""Finish reasons that a retry would meet again."""
_STAGES_WITHOUT_END = frozenset({"", "STABLE", "MODEL_STAGE_UNSPECIFIED"})

_BASE64 = SchemaValidator(core_schema.bytes_schema(), core_schema.CoreConfig(val_json_bytes="base64"))
"""Takes both alphabets, as protobuf does."""

Part = Mapping[str, Any]


def read_json(body: bytes) -> Any:
    """The JSON of a response. Raises ValueError."""
    return from_json(body, cache_strings="keys")


def read_answer(answer: Mapping[str, Any]) -> ModelOutcome:
    """The outcome of a 200 for a picture request.

    Raises AttributeError, KeyError, TypeError and ValueError for JSON that is not Gemini's.
    """
    if block_reason := (answer.get("promptFeedback") or {}).get("blockReason"):
        return Refused(shorten(block_reason))
    candidate: Mapping[str, Any] = next(iter(answer.get("candidates") or ()), {})
    parts: Sequence[Part] = (candidate.get("content") or {}).get("parts") or ()
    said = " ".join(str(part["text"]) for part in parts if part.get("text") and not part.get("thought"))
    made = _find_picture(parts, str(answer.get("modelVersion") or ""), _read_tokens(answer.get("usageMetadata")))
    return made or read_finish(shorten(candidate.get("finishReason") or "NO_CANDIDATE"), said)


def read_stage(model_id: str, answer: Mapping[str, Any]) -> None:
    """Log that the provider calls this model anything but stable. Only the developer API says so."""
    status = answer.get("modelStatus") or {}
    log_stage(model_id, str(status.get("modelStage") or ""), status.get("retirementTime"))


def log_stage(model_id: str, stage: str, ends_at: Any) -> None:
    """Log the stage of a model's life that a provider names, unless it is stable; `ends_at` is its last time."""
    if stage not in _STAGES_WITHOUT_END:
        log_event("model_ending", severity="WARNING", model_id=model_id, stage=shorten(stage), ends_at=ends_at)


def read_finish(reason: str, said: str) -> ModelOutcome:
    """The outcome of a response without the requested result."""
    if reason in _FILTERED:
        return Refused(reason)
    if reason == "MISSING_THOUGHT_SIGNATURE":
        return Broken(reason)
    return NoResult(reason, said[:SAID_CHARACTERS_MAX])


def _read_tokens(usage: Mapping[str, Any] | None) -> Tokens | None:
    """The tokens of a whole response; thoughts are output. Raises ValueError."""
    if not usage:
        return None
    made = int(usage.get("candidatesTokenCount") or 0) + int(usage.get("thoughtsTokenCount") or 0)
    return Tokens(int(usage.get("promptTokenCount") or 0), made)


def _find_picture(parts: Sequence[Part], model_id: str, tokens: Tokens | None) -> Made | None:
    """The last picture: earlier ones, and those marked as thoughts, are drafts."""
    for part in reversed(parts):
        blob = part.get("inlineData") or {}
        mime_type = str(blob.get("mimeType") or "")
        if blob.get("data") and not part.get("thought") and mime_type.startswith("image/"):
            signature = _read_bytes(part.get("thoughtSignature") or "")
            return Made(_read_bytes(blob["data"]), mime_type, signature, model_id, tokens)
    return None


def _read_bytes(text: str) -> bytes:
    """Bytes in JSON. Raises ValueError."""
    content: bytes = _BASE64.validate_strings(cast("Any", text))  # its types know dictionaries only
    return content
