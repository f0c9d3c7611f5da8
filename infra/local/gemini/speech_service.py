"""The speech models: sound whose length depends on the text, and faults on purpose."""

import asyncio
import base64
import secrets
from datetime import UTC, datetime
from typing import Any, Final

from infra.local.gemini.caller import Caller, LostAnswerError
from infra.local.gemini.calls import Call
from infra.local.gemini.faults import Fault, refusal
from infra.local.gemini.models import SPEECH_OUTPUT_TOKENS_MAX, SPEECH_TOKENS_PER_SECOND
from infra.local.gemini.service import Service
from infra.local.gemini.sound import SAMPLES_PER_SECOND, count_seconds, speak, write_ogg, write_wav
from infra.local.gemini.speech_request import OGG, WAV, SpeechRequest, read_speech

_SPEED: Final = 8.0
"""At a pace of 1, speech is made this many times faster than it plays."""
_SECONDS_MAX: Final = SPEECH_OUTPUT_TOKENS_MAX / SPEECH_TOKENS_PER_SECOND


class SpeechService:
    """Speech, with the behaviour, faults and calls of the service."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def answer(self, raw: dict[str, Any], call: Call, caller: Caller) -> dict[str, Any]:
        """One interaction; raises GoogleError, LostAnswerError or AbandonedError."""
        request = read_speech(raw, call.version)
        call.describe_speech(request)
        fault = self._service.faults.choose(request.text, request.model.name, "speech")
        if fault and (error := refusal(fault)):
            raise error
        if fault and fault.kind == "mute":
            return _end_without_sound(request, call, fault.reason or "PROHIBITED_CONTENT")
        seconds = min(count_seconds(request.text, request.style), _SECONDS_MAX)
        await caller.rest(self._latency_seconds(seconds, fault))
        if fault and fault.kind == "lost":
            raise LostAnswerError
        content, mime_type = await asyncio.to_thread(_make_sound, request, fault)
        call.outcome, call.sound_seconds = "STOP", seconds
        interaction = _describe(request, content, mime_type, seconds)
        return interaction | {"model": fault.reason} if fault and fault.kind == "rerouted" else interaction

    def _latency_seconds(self, seconds: float, fault: Fault | None) -> float:
        if fault and fault.kind == "slow":
            return fault.seconds
        return self._service.behaviour.text_pace * seconds / _SPEED


def _make_sound(request: SpeechRequest, fault: Fault | None) -> tuple[bytes, str]:
    samples = speak(request.text, request.voice, request.style)[: 2 * round(_SECONDS_MAX * SAMPLES_PER_SECOND)]
    mime_type = WAV if fault and fault.kind == "wav" else request.mime_type
    content = write_ogg(samples, request.text) if mime_type == OGG else write_wav(samples, request.text)
    return (content[len(content) // 2 :] if fault and fault.kind == "corrupt" else content), mime_type


def _describe(request: SpeechRequest, content: bytes, mime_type: str, seconds: float) -> dict[str, Any]:
    sound = {
        "type": "audio",
        "data": base64.b64encode(content).decode(),
        "mime_type": mime_type,
        "sample_rate": SAMPLES_PER_SECOND,
        "channels": 1,
    }
    made = round(seconds * SPEECH_TOKENS_PER_SECOND)
    usage = {
        "total_input_tokens": request.tokens,
        "total_output_tokens": made,
        "total_tokens": request.tokens + made,
        "input_tokens_by_modality": [{"modality": "text", "tokens": request.tokens}],
        "output_tokens_by_modality": [{"modality": "audio", "tokens": made}],
    }
    return _begin(request, "completed") | {"steps": [{"type": "model_output", "content": [sound]}], "usage": usage}


def _end_without_sound(request: SpeechRequest, call: Call, reason: str) -> dict[str, Any]:
    call.outcome = f"MUTE {reason}"
    errors = [{"code": reason, "message": "The model did not speak."}]
    return _begin(request, "failed") | {"errors": errors}


def _begin(request: SpeechRequest, status: str) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    return {
        "id": secrets.token_urlsafe(16), "object": "interaction", "model": request.model.name, "status": status,
        "created": now, "updated": now,
    }  # fmt: skip
