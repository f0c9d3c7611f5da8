"""The image model: reads a request, waits as long as a model would, answers or fails on purpose."""

import asyncio
import random
import time
from dataclasses import dataclass
from typing import Any, Final

from infra.local.gemini import answers
from infra.local.gemini.caller import Caller, LostAnswerError
from infra.local.gemini.calls import Call, CallLog
from infra.local.gemini.contents import read_json
from infra.local.gemini.errors import invalid_argument
from infra.local.gemini.faults import Fault, FaultPlan, refusal
from infra.local.gemini.models import ImageModel
from infra.local.gemini.painter import Painter, Style
from infra.local.gemini.request import GenerateRequest, read_request

TEXT: Final = "Here is your picture."
TEXT_ONLY: Final = "I would paint it with a low sun, soft hills and a warm sky."


@dataclass
class Behaviour:
    """When nothing fails: `jitter` is a fraction of the latency, `noise` answers with ready-made noise.

    The pauses of answers in words are those of a real model times `text_pace`; 0: no pauses. `model_stage` is the
    life-cycle stage in each answer of the developer API, such as `DEPRECATED`; empty: none. A video takes
    `video_seconds`.
    """

    latency_seconds: float = 0.0
    jitter: float = 0.0
    noise: bool = False
    text_pace: float = 0.0
    model_stage: str = ""
    video_seconds: float = 0.0


@dataclass(frozen=True)
class Answer:
    """A 200 answer: the body in pieces, or as JSON, and what the call log says of it."""

    body: list[bytes] | dict[str, Any]
    outcome: str
    image_bytes: int = 0


class Service:
    """The state of one server: behaviour, faults, calls, painter."""

    def __init__(self, behaviour: Behaviour, seed: int = 0) -> None:
        self.behaviour = behaviour
        self.faults = FaultPlan(seed)
        self.calls = CallLog()
        self.painter = Painter()
        self.stopping = asyncio.Event()
        self._dice = random.Random(seed)  # noqa: S311 — chance, not secrecy

    async def read(self, body: bytes, model: ImageModel, call: Call) -> GenerateRequest:
        """Check the body, in a thread because of its size, and record the request in the call log."""
        raw = await asyncio.to_thread(read_json, body)
        call.describe_body(raw)
        request = await asyncio.to_thread(read_request, raw, model, call.api)
        call.describe(request)
        return request

    async def answer(self, request: GenerateRequest, call: Call, caller: Caller) -> Answer:
        """One answer; raises GoogleError, LostAnswerError or AbandonedError."""
        _refuse_unsigned(request, call)
        fault = self.faults.choose(request.prompt, request.model.name)
        if fault and (error := refusal(fault)):
            raise error
        if fault and fault.kind == "blocked":
            reason = fault.reason or "SAFETY"
            return Answer(answers.blocked_body(request, call.api, reason), f"BLOCKED {reason}")
        ready_at = time.monotonic() + self._latency_seconds(fault)
        answer = await self._make(request, call, fault)
        await caller.rest(max(0.0, ready_at - time.monotonic()))
        if fault and fault.kind == "lost":
            raise LostAnswerError
        return answer

    def video_seconds(self) -> float:
        """How long the next video takes."""
        return self.behaviour.video_seconds * (1 + self.behaviour.jitter * self._dice.uniform(-1, 1))

    async def rest(self, seconds: float) -> bool:
        """Whether the server still runs afterwards."""
        if seconds > 0:
            stopping = asyncio.ensure_future(self.stopping.wait())
            await asyncio.wait([stopping], timeout=seconds)
            stopping.cancel()
        return not self.stopping.is_set()

    async def _make(self, request: GenerateRequest, call: Call, fault: Fault | None) -> Answer:
        if request.unsigned:
            return _unfinished(request, call, "MISSING_THOUGHT_SIGNATURE")
        if fault and fault.kind == "finish":
            return _unfinished(request, call, fault.reason or "NO_IMAGE")
        if "IMAGE" not in request.modalities:
            return Answer(answers.text_body(request, call.api, TEXT_ONLY), "STOP")
        painted = await self.painter.paint(request, self._style(fault))
        text = TEXT if "TEXT" in request.modalities else ""
        pieces = answers.picture_body(
            request, call.api, text=text, picture_base64=painted.base64, signature=painted.signature
        )
        return Answer(pieces, "STOP", painted.size_bytes)

    def _style(self, fault: Fault | None) -> Style:
        if fault and fault.kind == "corrupt":
            return "corrupt"
        return "noise" if self.behaviour.noise or (fault and fault.kind == "noise") else "scene"

    def _latency_seconds(self, fault: Fault | None) -> float:
        if fault and fault.kind == "slow":
            return fault.seconds
        spread = self.behaviour.jitter * self._dice.uniform(-1, 1)
        return self.behaviour.latency_seconds * (1 + spread)


def _refuse_unsigned(request: GenerateRequest, call: Call) -> None:
    """The enterprise API has no finish reason for a missing signature: it refuses the request."""
    unsigned = request.unsigned
    if unsigned and call.api == "enterprise":
        place = f"content position {unsigned.content + 1}, part position {unsigned.part + 1}"
        raise invalid_argument(f"Image part is missing a thought_signature in {place}.")


def _unfinished(request: GenerateRequest, call: Call, reason: str) -> Answer:
    return Answer(answers.unfinished_body(request, call.api, reason), reason)
