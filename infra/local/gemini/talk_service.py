"""The text models: which text, at which pace, and faults on purpose."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

from infra.local.gemini import phrases
from infra.local.gemini.answers import begin_body
from infra.local.gemini.caller import Caller, LostAnswerError
from infra.local.gemini.calls import Call
from infra.local.gemini.contents import read_json
from infra.local.gemini.errors import GoogleError, input_image_unusable
from infra.local.gemini.faults import Fault, refusal
from infra.local.gemini.inputs import UnreadableError, open_picture
from infra.local.gemini.json_writer import write_json
from infra.local.gemini.models import TextModel
from infra.local.gemini.obedience import obey
from infra.local.gemini.question import find_language
from infra.local.gemini.service import Service
from infra.local.gemini.talk_answers import Script, Writer, count_prompt, make_script
from infra.local.gemini.talk_request import TalkRequest, read_talk
from infra.local.gemini.writer import write

_FIRST_WORDS_SECONDS: Final = (0.4, 0.9)
_TOKENS_PER_SECOND: Final = (30.0, 60.0)
_CHUNK_SECONDS_MIN: Final = 0.002
"""Between the chunks of an endless answer, even at pace 0: other processes need the CPU."""
_CHUNK_TOKENS: Final = 8


@dataclass(frozen=True)
class Plan:
    """One answer before it is sent; `script` None: the prompt is blocked."""

    request: TalkRequest
    writer: Writer | None
    script: Script | None
    fault: Fault | None
    first_words_seconds: float
    token_seconds: float

    def has(self, kind: str) -> bool:
        """Whether this fault applies."""
        return self.fault is not None and self.fault.kind == kind


class TalkService:
    """Answers in words, with the behaviour, faults and calls of the service."""

    def __init__(self, service: Service, seed: int = 0) -> None:
        self._service = service
        self._dice = random.Random(seed)  # noqa: S311 — chance, not secrecy

    async def plan(self, body: bytes, model: TextModel, call: Call, caller: Caller) -> Plan:
        """Read the request and wait for the first words; raises GoogleError, LostAnswerError or AbandonedError."""
        raw = await asyncio.to_thread(read_json, body)
        call.describe_body(raw)
        request = await asyncio.to_thread(_read, raw, model, call)
        call.describe_talk(request)
        fault = self._service.faults.choose(request.prompt, model.name, "text")
        if fault and (error := refusal(fault)):
            raise error
        plan = await self._make_plan(request, call, fault)
        await caller.rest(plan.first_words_seconds)
        if plan.has("lost"):
            raise LostAnswerError
        return plan

    async def _make_plan(self, request: TalkRequest, call: Call, fault: Fault | None) -> Plan:
        pace = self._service.behaviour.text_pace
        first = self._dice.uniform(*_FIRST_WORDS_SECONDS) * pace
        token_seconds = pace / self._dice.uniform(*_TOKENS_PER_SECOND)
        if fault and fault.kind == "slow":
            first = fault.seconds
        if fault and fault.kind == "blocked":
            return Plan(request, None, None, fault, first, token_seconds)
        script = await asyncio.to_thread(_make_script, request, fault)
        return Plan(request, Writer(request, call.api, script), script, fault, first, token_seconds)

    async def answer(self, plan: Plan, call: Call, caller: Caller) -> dict[str, Any]:
        """The whole answer, when all of its words are there."""
        fault = plan.fault
        if plan.writer is None or plan.script is None:
            return _block(plan, call)
        if plan.has("cut"):
            raise LostAnswerError
        if plan.has("stream_error"):
            raise _stream_error(fault)
        if plan.has("endless") or (fault and fault.kind == "stall"):
            await caller.rest(fault.seconds if fault and fault.seconds else None)
        await caller.rest(len(plan.script.tokens) * plan.token_seconds)
        call.tokens_out = len(plan.script.tokens)
        call.outcome = plan.script.finish_reason
        return plan.writer.write_whole()

    async def stream(self, plan: Plan, call: Call, caller: Caller) -> AsyncIterator[bytes]:
        """The answer in server-sent events, as the words come; raises LostAnswerError or AbandonedError."""
        if plan.writer is None or plan.script is None:
            yield _encode(_block(plan, call))
            return
        least = _CHUNK_SECONDS_MIN if plan.has("endless") else 0.0
        for number, chunk in enumerate(plan.writer.write_chunks()):
            if plan.fault and number == plan.fault.chunks:
                await self._disturb(plan.fault, call, caller)
                if plan.has("stream_error"):
                    yield _encode(_stream_error(plan.fault).as_json())
                    return
            if number:  # the wait for the first is over
                await caller.rest(max(chunk.tokens * plan.token_seconds, least))
            await self._service.calls.note_chunk(call, chunk.tokens)
            yield _encode(chunk.body)
        call.outcome = plan.script.finish_reason

    async def _disturb(self, fault: Fault, call: Call, caller: Caller) -> None:
        if fault.kind == "stall":
            await caller.rest(fault.seconds or None)
        elif fault.kind == "stream_error":
            call.outcome = f"ERROR {fault.chunks}"
        elif fault.kind == "cut":
            call.outcome = f"CUT {fault.chunks}"
            raise LostAnswerError


def _read(raw: dict[str, Any], model: TextModel, call: Call) -> TalkRequest:
    request = read_talk(raw, model, call.api)
    try:
        for file in request.files:
            if file.is_picture:
                open_picture(file.data)
    except UnreadableError as error:
        raise input_image_unusable() from error
    return request


def _make_script(request: TalkRequest, fault: Fault | None) -> Script:
    if fault is None:
        return make_script(request, _write(request))
    if fault.kind == "finish":
        whole = make_script(request, _write(request), fault.reason or "SAFETY")
        return Script(whole.tokens[: fault.chunks * _CHUNK_TOKENS], fault.reason or "SAFETY", whole.model_version)
    model_version = fault.reason if fault.kind == "rerouted" else ""
    text = _write_on_purpose(request, fault)
    return make_script(request, text, model_version=model_version, endless=fault.kind == "endless")


def _write_on_purpose(request: TalkRequest, fault: Fault) -> str:
    if fault.kind == "echo":
        return request.prompt
    if fault.kind == "say":
        return fault.reason
    if fault.kind == "refuse":
        return phrases.REFUSAL[find_language(request.prompt)]
    return obey(request, fault.reason) if fault.kind == "obey" else _write(request)


def _write(request: TalkRequest) -> str:
    return write_json(request) if request.is_json else write(request)


def _block(plan: Plan, call: Call) -> dict[str, Any]:
    reason = (plan.fault and plan.fault.reason) or "SAFETY"
    call.outcome = f"BLOCKED {reason}"
    tokens = count_prompt(plan.request)
    usage = {"promptTokenCount": tokens, "totalTokenCount": tokens}
    head = begin_body(call.api, plan.request.model)
    return {"promptFeedback": {"blockReason": reason}, "usageMetadata": usage, **head}


def _stream_error(fault: Fault | None) -> GoogleError:
    status = (fault and fault.reason) or "UNAVAILABLE"
    return GoogleError(status, "The model is overloaded. Please try again later.")


def _encode(body: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(body, ensure_ascii=False)}\r\n\r\n".encode()
