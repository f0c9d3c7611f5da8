"""Reading google-genai's responses."""

from google.genai import types

from shared.adapters.gemini_answers import log_stage
from shared.adapters.gemini_errors import shorten
from shared.providers.outcomes import Refused


def note_stage(model_id: str, response: types.GenerateContentResponse) -> None:
    """Log that the provider calls this model anything but stable. Only the developer API says so."""
    status = response.model_status
    if status is not None and status.model_stage is not None:
        log_stage(model_id, status.model_stage.value, status.retirement_time)


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
