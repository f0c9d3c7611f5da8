"""Speech by Gemini: one interaction, whose sound (Ogg Opus) or error becomes a `ModelOutcome`.

Interactions are the only call of google-genai that can choose the format of the sound. If a model answers in another
format, it is encoded here (`sound.py`). Their exceptions come from a private module of the library;
tests/contracts/test_speech_model.py fails if that module disappears.

If it is unknown whether the model has spoken, the outcome is `TimedOut`: the call may have been charged, so the caller
decides about a retry. The library sends nothing twice (`genai_client.py`).
"""

import asyncio
import base64
import binascii
from typing import Any

import httpx2
from google.genai._interactions import APIConnectionError, APIStatusError

from shared.adapters.gemini_access import Access
from shared.adapters.gemini_errors import name_status, read_status, shorten
from shared.adapters.genai_client import GeminiClient, read_model
from shared.adapters.genai_errors import NEVER_SENT, read_failure
from shared.adapters.sound import make_ogg_opus
from shared.errors import FileUnreadableError
from shared.jobs.time_limits import SPEECH_SECONDS_MAX
from shared.providers.ladder import TextRung
from shared.providers.ogg_opus import seconds_of
from shared.providers.outcomes import Busy, Gone, ModelOutcome, NoResult, Refused, Spoken, TimedOut
from shared.providers.speech import SpeechTask
from shared.providers.talk import Tokens
from shared.usage import current_usage

BITS_PER_SECOND = 32_000
"""Enough for a voice: a minute is 240 KB."""
SAMPLES_PER_SECOND = 24_000
"""The models' sample rate."""
_TIMEOUTS = frozenset({408, 504})
_FILTERED = ("SAFETY", "PROHIBITED", "BLOCK", "SPII", "RECITATION")


class GeminiSpeech:
    """A `SpeechProvider`. One per process and event loop."""

    def __init__(self, access: Access, seconds_max: float = SPEECH_SECONDS_MAX) -> None:
        self._client = GeminiClient(access, seconds_max, _ignore)

    async def speak(self, rung: TextRung, task: SpeechTask) -> ModelOutcome | Gone:
        current_usage().model_calls += 1
        try:
            wanted = self._client.build_interaction(**_build_request(rung, task))
            interaction = await self._client.open().aio.interactions.create(**wanted)
        except Exception as error:  # noqa: BLE001 — the port promises an outcome for every error
            return _read_failure(error)
        try:
            return await _read_interaction(interaction)
        except (FileUnreadableError, binascii.Error):
            return NoResult("UNREADABLE_SOUND")

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()


async def _ignore(_: httpx2.Response) -> None:
    """Do nothing when a response begins: a minute of speech needs no reserved memory."""


def _build_request(rung: TextRung, task: SpeechTask) -> dict[str, Any]:
    """The style is a separate field: inside the text it would be read aloud."""
    text: dict[str, Any] = {"type": "text", "text": task.words}
    if task.style:
        text["annotations"] = [{"type": "speech_metadata", "style": task.style}]
    return {
        "model": rung.id,
        "input": [text],
        "response_format": {
            "type": "audio",
            "mime_type": "audio/ogg_opus",
            "sample_rate": SAMPLES_PER_SECOND,
            "bit_rate": BITS_PER_SECOND,
        },
        "generation_config": {"speech_config": [{"voice": task.voice}]},
    }


async def _read_interaction(interaction: Any) -> ModelOutcome:
    """The outcome of a 200. Raises FileUnreadableError, binascii.Error."""
    sound = interaction.output_audio
    if sound is None or not sound.data:
        return _read_silence(interaction)
    content = base64.b64decode(sound.data)
    # In a thread, because encoding a minute takes two seconds of CPU.
    voice = await asyncio.to_thread(make_ogg_opus, content, sound.mime_type or "", sound.sample_rate)
    return Spoken(
        voice,
        "audio/ogg",
        model_id=read_model(interaction),
        seconds=seconds_of(voice),
        tokens=_read_tokens(interaction.usage),
    )


def _read_silence(interaction: Any) -> ModelOutcome:
    """The outcome of an interaction without sound: a filter, or a model that did not speak."""
    codes = [str(error.code or error.message or "") for error in interaction.errors or ()]
    reason = shorten(codes[0] if codes else interaction.status)
    return Refused(reason) if any(word in reason.upper() for word in _FILTERED) else NoResult(reason)


def _read_tokens(usage: Any) -> Tokens | None:
    if usage is None or not usage.total_output_tokens:
        return None
    return Tokens(usage.total_input_tokens or 0, usage.total_output_tokens + (usage.total_thought_tokens or 0))


def _read_failure(error: Exception) -> ModelOutcome | Gone:
    """The outcome of a call that raised."""
    if isinstance(error, APIStatusError):
        if error.status_code in _TIMEOUTS:
            return TimedOut()
        return read_status(error.status_code or 0, name_status(error.status_code, error.body)[0], error.body)
    cause = error.__cause__ if isinstance(error, APIConnectionError) and error.__cause__ else error
    assert isinstance(cause, Exception)
    if isinstance(cause, NEVER_SENT):
        return Busy(type(cause).__name__, is_fault=True)
    if isinstance(cause, httpx2.HTTPError | APIConnectionError):  # the connection broke: the model may have spoken
        return TimedOut()
    return read_failure(cause, has_files=False)
