"""Ports that fail as the world does: slowly, with lost answers, and with workers that die between two lines."""

import asyncio
import inspect
import random
from collections.abc import Callable, Coroutine, Hashable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any, cast

from shared.errors import (
    BotBlockedError,
    CardsUnavailableError,
    DeliveryUnknownError,
    MessengerError,
    TooManyRequestsError,
    UnavailableError,
)
from shared.jobs.time_limits import SIGKILL_SECONDS
from shared.ports import PictureStudio, Ports, SpeechProvider, TalkStudio, TextProvider, Transcoder, VideoProvider
from shared.providers.ladder import PictureRung
from shared.providers.outcomes import Broken, Busy, Made, ModelOutcome, NoResult, PictureTask, Refused, TimedOut
from tests.fakes.model import paint
from tests.simulation.virtual_time import VirtualClock


class KilledError(BaseException):
    """The process is gone; no handler of the product may catch this."""


UPLOADS = frozenset({"edit_photo", "edit_video", "send_document"})


@dataclass(frozen=True)
class Odds:
    """How often what goes wrong, per call of a port."""

    killed: float = 0.004
    stalled: float = 0.001
    stall_seconds: float = 240.0
    stopped: float = 0.03
    """How often an instance is taken away while it has a job."""
    store_down: float = 0.003
    queue_down: float = 0.003
    blobs_down: float = 0.01
    flood: float = 0.01
    answer_lost: float = 0.01
    upload_answer_lost: float = 0.08
    """The calls that carry a file take longest."""
    not_sent: float = 0.005
    away: float = 0.004
    """How often, between two deeds of people, the model goes away."""
    away_seconds: tuple[float, float] = (20.0, 200.0)
    """For how long."""
    impatient: float = 0.1
    """How often somebody presses a button again and again."""
    messenger_seconds: float = 0.3
    """How long a call to Telegram takes at most, there and back."""
    cards_down: float = 0.05
    """How often a provider of card payments does not answer, whether it did what it was asked or not."""
    model: dict[str, float] = field(
        default_factory=lambda: {
            "refused": 0.03, "no_image": 0.05, "busy": 0.06, "timed_out": 0.01, "broken": 0.01, "corrupt": 0.01,
        }
    )  # fmt: skip


ROUGH = Odds(killed=0.01, store_down=0.01, queue_down=0.01, flood=0.03, answer_lost=0.08, upload_answer_lost=0.3)
"""So bad that a missing check shows itself soon, whatever the dice."""
RESTLESS = replace(ROUGH, impatient=0.5)
"""And people who press everything again and again: for planted faults only. With so many fingers on the screen the
books of who meant what are no longer exact in every storm.
"""
CALM = Odds(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, away=0, impatient=0, cards_down=0, model={})


@dataclass
class Life:
    """One worker process's part in one request."""

    dead: bool = False
    frozen_until: float = 0.0
    """In the loop's time: a process that stands still does nothing, in none of its tasks."""
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    job_id: str = ""
    """The job that the request is about."""

    def check(self) -> None:
        if self.dead:
            raise KilledError

    async def thaw(self) -> None:
        """Wait while the process stands still."""
        while (seconds := self.frozen_until - asyncio.get_running_loop().time()) > 0:  # noqa: ASYNC110 — virtual time
            await asyncio.sleep(seconds)
        self.check()

    async def stop(self, after_seconds: float) -> None:
        """SIGTERM after so long, and SIGKILL when its time is up."""
        await asyncio.sleep(after_seconds)
        self.stopping.set()
        await asyncio.sleep(SIGKILL_SECONDS)
        self.dead = True

    def kill(self) -> None:
        self.dead = True
        raise KilledError


@dataclass
class Chaos:
    """The seeded source of misfortune; `odds` can be calmed."""

    dice: random.Random
    odds: Odds = field(default_factory=Odds)
    kills: int = 0
    provider_back_at: float = 0.0
    """In the loop's time: until then the model is away."""
    asked_at: list[datetime] = field(default_factory=list)
    """When a process that never stood still asked the model."""
    arriving: set[asyncio.Task[None]] = field(default_factory=set)

    def happens(self, odds: float) -> bool:
        return self.dice.random() < odds

    def wrap(self, ports: Ports, life: Life) -> Ports:
        """The same ports for one request of a worker that may die."""

        def wrapped(name: str) -> Any:
            return _Wrapped(getattr(ports, name), name, life, self)

        return replace(
            ports,
            store=wrapped("store"),
            tasks=wrapped("tasks"),
            clock=wrapped("clock"),
            messenger=wrapped("messenger"),
            blobs=wrapped("blobs"),
            spending=wrapped("spending"),
            cards={name: cast("Any", _Wrapped(each, "cards", life, self)) for name, each in ports.cards.items()},
        )

    def wrap_studio(self, studio: PictureStudio, life: Life) -> PictureStudio:
        own = {name: cast("Any", _Wrapped(each, "model", life, self)) for name, each in studio.providers.items()}
        model = cast("Any", _Wrapped(MoodyModel(self, life), "model", life, self))
        pictures = cast("Any", _Wrapped(studio.pictures, "pictures", life, self))
        return replace(studio, providers=own | {"gemini": model}, pictures=pictures, stopping=life.stopping)

    def wrap_talk_studio(
        self, studio: TalkStudio, model: TextProvider, speaker: SpeechProvider, life: Life
    ) -> TalkStudio:
        """The same studio, whose providers are these models."""
        written = cast("Any", _Wrapped(model, "model", life, self))
        spoken = cast("Any", _Wrapped(speaker, "model", life, self))
        return replace(studio, providers={"gemini": written}, speakers={"gemini": spoken}, stopping=life.stopping)

    def endanger(self, provider: VideoProvider, life: Life) -> VideoProvider:
        """The same provider, as a worker reaches it that may die."""
        return cast("VideoProvider", _Wrapped(provider, "model", life, self))

    def endanger_transcoder(self, transcoder: Transcoder, life: Life) -> Transcoder:
        """The same transcoder, as a worker reaches it that may die."""
        return cast("Transcoder", _Wrapped(transcoder, "model", life, self))

    def note_asked(self, life: Life) -> None:
        """A process asks the model; one that stood still does not count."""
        if not life.frozen_until:
            self.asked_at.append(VirtualClock().now())

    async def turn_away(self) -> Busy | None:
        """What a model answers that is away; None while it is there."""
        if asyncio.get_running_loop().time() >= self.provider_back_at:
            return None
        await asyncio.sleep(0.3)
        return Busy("503", is_fault=True)

    def choose_mood(self) -> str:
        """What becomes of a call of a model."""
        draw = self.dice.random()
        for name, odds in self.odds.model.items():
            draw -= odds
            if draw < 0:
                return name
        return "made"

    def before(self, port: str, method: str) -> Exception | None:
        """What keeps a call from happening."""
        odds = self.odds
        if port == "messenger" and self.happens(odds.flood):
            return TooManyRequestsError(self.dice.choice([1.0, 3.0, 15.0]))
        if port == "messenger" and self.happens(odds.not_sent):
            return DeliveryUnknownError("never arrived")
        if port == "cards" and self.happens(odds.cards_down):
            return CardsUnavailableError("no answer")
        down = {
            "store": odds.store_down,
            "spending": odds.store_down,
            "tasks": odds.queue_down,
            "blobs": odds.blobs_down,
        }.get(port, 0.0)
        return UnavailableError(f"{port} is down") if self.happens(down) else None

    def after(self, port: str, method: str) -> Exception | None:
        """What hides that a call happened."""
        odds = self.odds.upload_answer_lost if method in UPLOADS else self.odds.answer_lost
        if port == "messenger" and self.happens(odds):
            return DeliveryUnknownError("answer lost")
        if port == "cards" and self.happens(self.odds.cards_down):
            return CardsUnavailableError("answer lost")
        if port in {"store", "spending", "tasks", "blobs"} and self.happens(self.odds.store_down):
            return UnavailableError("answer lost")
        return None

    def freeze(self, life: Life) -> None:
        """Now and then a process stands still for longer than a lease."""
        if self.happens(self.odds.stalled):
            seconds = self.odds.stall_seconds * (0.5 + self.dice.random())
            life.frozen_until = asyncio.get_running_loop().time() + seconds

    def arrive_late(self, call: Coroutine[Any, Any, Any]) -> None:
        """A call that was abandoned on its way is carried out all the same, a while later."""

        async def arrive() -> None:
            await asyncio.sleep(self.dice.uniform(0, 3))
            with suppress(MessengerError):
                await call

        task = asyncio.get_running_loop().create_task(arrive())
        self.arriving.add(task)
        task.add_done_callback(self.arriving.discard)

    def seconds(self, port: str) -> float:
        """How long a call takes."""
        return self.dice.random() * (self.odds.messenger_seconds if port == "messenger" else 0.02)


@cache
def _is_async(kind: Hashable, name: str) -> bool:
    """Whether this method of a class is one."""
    return inspect.iscoroutinefunction(getattr(kind, name, None))


class _Wrapped:
    """A port whose async methods go through the chaos."""

    def __init__(self, target: object, port: str, life: Life, chaos: Chaos) -> None:
        self._target, self._port, self._life, self._chaos = target, port, life, chaos

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._target, name)
        return self._endanger(name, method) if _is_async(cast("Hashable", type(self._target)), name) else method

    def _endanger(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        life, chaos, port = self._life, self._chaos, self._port

        def maybe_kill() -> None:
            life.check()
            if port != "clock" and chaos.happens(chaos.odds.killed / 2):
                chaos.kills += 1
                life.kill()

        async def call(*arguments: Any, **named: Any) -> Any:
            if port == "clock":
                await method(*arguments, **named)
                await life.thaw()
                return None
            maybe_kill()
            try:
                await asyncio.sleep(chaos.seconds(port))
            except asyncio.CancelledError:
                if name == "edit_text" and chaos.happens(0.5):
                    chaos.arrive_late(method(*arguments, **named))
                raise
            chaos.freeze(life)
            await life.thaw()
            refusal = chaos.before(port, name)
            if refusal is not None:
                raise refusal
            result = await method(*arguments, **named)
            maybe_kill()
            await asyncio.sleep(chaos.seconds(port))
            chaos.freeze(life)
            await life.thaw()
            loss = chaos.after(port, name)
            if loss is not None:
                raise loss
            return result

        return call


@dataclass
class MoodyModel:
    """A model with bad days."""

    chaos: Chaos
    life: Life

    async def generate(self, _: PictureRung, task: PictureTask) -> ModelOutcome:
        self.chaos.note_asked(self.life)
        if (away := await self.chaos.turn_away()) is not None:
            return away
        await asyncio.sleep(3 + 12 * self.chaos.dice.random())
        mood = self.chaos.choose_mood()
        # A picture differs from call to call, as a real model's do: showing two of them would be seen.
        content = paint(task) + self.chaos.dice.randbytes(8)
        outcomes: dict[str, ModelOutcome] = {
            "made": Made(content, "image/png", b"signature"),
            "corrupt": Made(b"not a picture", "image/png"),
            "refused": Refused("SAFETY"),
            "no_image": NoResult("NO_IMAGE", "I would rather talk about it."),
            "busy": Busy("429", self.chaos.dice.choice([None, 7.0])),
            "timed_out": TimedOut(),
            "broken": Broken("400"),
        }
        return outcomes[mood]


__all__ = ["CALM", "ROUGH", "BotBlockedError", "Chaos", "KilledError", "Life", "MoodyModel", "Odds"]
