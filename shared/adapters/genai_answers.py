"""Converting Gemini's responses to outcomes. Texts beside a picture are shortened."""

from google.genai import types

from shared.adapters.genai_errors import shorten
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


def read_answer(response: types.GenerateContentResponse) -> ModelOutcome:
    """The outcome of a 200 for a picture request."""
    if blocked := read_block(response):
        return blocked
    candidate = candidate_of(response)
    parts = parts_of(candidate)
    said = " ".join(words_of(parts))
    made = _find_picture(parts, response)
    return made or read_finish(shorten(candidate.finish_reason or "NO_CANDIDATE"), said)


def note_stage(model_id: str, response: types.GenerateContentResponse) -> None:
    """Log that the provider calls this model anything but stable. Only the developer API says so."""
    status = response.model_status
    stage = status.model_stage if status else None
    if status is None or stage in {None, types.ModelStage.STABLE, types.ModelStage.MODEL_STAGE_UNSPECIFIED}:
        return
    log_event(
        "model_ending", severity="WARNING", model_id=model_id, stage=shorten(stage), ends_at=status.retirement_time
    )


def read_block(response: types.GenerateContentResponse) -> Refused | None:
    """The refusal, if the prompt itself was blocked."""
    feedback = response.prompt_feedback
    return Refused(shorten(feedback.block_reason)) if feedback and feedback.block_reason else None


def candidate_of(response: types.GenerateContentResponse) -> types.Candidate:
    """The first candidate, or an empty one."""
    return response.candidates[0] if response.candidates else types.Candidate()


def parts_of(candidate: types.Candidate) -> list[types.Part]:
    """The parts of a candidate."""
    return (candidate.content.parts if candidate.content else None) or []


def words_of(parts: list[types.Part]) -> list[str]:
    """The texts, without thoughts."""
    return [part.text for part in parts if part.text and not part.thought]


def read_finish(reason: str, said: str) -> ModelOutcome:
    """The outcome of a response without the requested result."""
    if reason in _FILTERED:
        return Refused(reason)
    if reason == "MISSING_THOUGHT_SIGNATURE":
        return Broken(reason)
    return NoResult(reason, said[:SAID_CHARACTERS_MAX])


def read_tokens(usage: types.GenerateContentResponseUsageMetadata | None) -> Tokens | None:
    """The tokens of a whole response; thoughts are output."""
    if usage is None:
        return None
    return Tokens(
        given=(usage.prompt_token_count or 0) + (usage.tool_use_prompt_token_count or 0),
        made=(usage.candidates_token_count or 0) + (usage.thoughts_token_count or 0),
    )


def _find_picture(parts: list[types.Part], response: types.GenerateContentResponse) -> Made | None:
    """The last picture: earlier ones, and those marked as thoughts, are drafts."""
    for part in reversed(parts):
        blob = part.inline_data
        if blob and blob.data and not part.thought and (blob.mime_type or "").startswith("image/"):
            signature, tokens = part.thought_signature or b"", read_tokens(response.usage_metadata)
            return Made(blob.data, blob.mime_type or "", signature, response.model_version or "", tokens)
    return None
