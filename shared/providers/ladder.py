"""The rungs of a ladder, and the memory of models that are gone.

The wanted model is asked first. If a provider does not have the model (any more), the next rung is asked; any other
outcome is the task's outcome. If no rung is left, the fault is ours.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypeVar

from shared.providers.outcomes import PictureTask
from shared.providers.price_day import price_day
from shared.providers.talk import Tokens
from shared.providers.videos import VideoTask, VideoWork

GONE_SECONDS = 300.0
"""How long a model is not asked again after its provider said that it does not exist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """A provider's model: one step of an offer's ladder."""

    provider: str
    """The name of its adapter."""
    id: str
    """The provider's id of the model."""
    shutdown_on: date | None
    """The first day on which the provider may shut it down; None: not announced."""

    @property
    def name(self) -> str:
        """A unique name: two providers may use the same id."""
        return f"{self.provider}/{self.id}"


Dated = tuple[tuple[date, dict[str, int]], ...]
"""Tables of numbers, each with the day from which it applies, the oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureRung(Rung):
    """A model that makes pictures."""

    costs_usd_micros: dict[str, int]
    """The list price of one result of each size that it supports, in millionths of a US dollar."""
    later_costs: Dated = ()
    """The tables that replace it on their days."""
    ratios: tuple[str, ...]
    references_max: int
    """The most input pictures of one call, an earlier version included."""
    takes_seed: bool = False

    def cost_of(self, size: str) -> int:
        """Our cost of one result today (`price_day`), in millionths of a US dollar; 0 if the table lacks it.

        The number is logged after the picture was made, so a missing one must not raise an error.
        """
        return costs_on(self, price_day()).get(size, 0)

    def can_make(self, size: str, ratio: str, reference_count: int) -> bool:
        """Whether it supports this size, this ratio and so many input pictures."""
        return size in self.costs_usd_micros and ratio in self.ratios and reference_count <= self.references_max


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoRung(Rung):
    """A model that makes videos."""

    works: frozenset[VideoWork]
    costs_usd_micros: dict[str, int]
    """What it charges us for one second of each resolution that it has, in millionths of a US dollar."""
    later_costs: Dated = ()
    """The tables that replace it on their days."""
    clip_cost_usd_micros: int = 0
    """What it charges for reading one second of a clip that it is given."""
    picture_cost_usd_micros: int = 0
    """What it charges for reading one picture."""
    seconds: tuple[int, ...]
    """How long a video can be, in whole seconds; of an extension, what is added."""
    ratios: tuple[str, ...]
    two_frames_seconds_max: int = 0
    """The longest with a first and a last frame; 0: it takes no last frame."""
    references_max: int = 0
    clip_seconds: tuple[float, float] = (0.0, 0.0)
    """The shortest and the longest clip that it edits; the shortest that it extends."""
    continued_seconds_max: float = 0.0
    """The longest clip that it extends."""
    added_seconds_max: int = 0
    """The most that one extension adds."""
    whole_seconds_max: float = 0.0
    """How long a clip can become by extending it again and again."""
    usual_seconds: tuple[int, int] = (60, 180)
    """How long people usually wait for it."""
    takes_seed: bool = False
    """Whether it begins where a number says: the same words with the same number give a similar video."""

    def cost_per_second(self, resolution: str) -> int:
        """What a second costs us today (`price_day`), in millionths of a US dollar; 0 if nobody wrote it down."""
        return costs_on(self, price_day()).get(resolution, 0)

    def cost_of(self, task: VideoTask) -> int:
        """What a video costs us at most, in millionths of a US dollar; 0 for a resolution that nobody wrote down.

        An edit is as long as its clip, begun seconds counted whole.
        """
        read = -int(-(task.clip.seconds if task.clip else 0.0) // 1)
        made = read if task.work == "edit" else task.seconds
        pictures = len(task.references) + (task.first_frame is not None) + (task.last_frame is not None)
        return (
            made * self.cost_per_second(task.resolution)
            + read * self.clip_cost_usd_micros
            + pictures * self.picture_cost_usd_micros
        )

    def can_make(self, task: VideoTask) -> bool:
        """Whether it can do what is asked."""
        if task.work not in self.works or task.resolution not in self.costs_usd_micros:
            return False
        if len(task.references) > self.references_max or not self._can_last(task):
            return False
        return task.clip is not None or task.ratio in self.ratios

    def _can_last(self, task: VideoTask) -> bool:
        if task.clip is not None:
            shortest, longest = self.clip_seconds
            if task.work == "edit":
                return shortest <= task.clip.seconds <= longest
            is_added = task.seconds in self.seconds and task.seconds <= self.added_seconds_max
            is_whole = task.clip.seconds + task.seconds <= self.whole_seconds_max
            return is_added and is_whole and shortest <= task.clip.seconds <= self.continued_seconds_max
        if task.last_frame is not None and task.seconds > self.two_frames_seconds_max:
            return False
        return task.seconds in self.seconds


def costs_on(rung: PictureRung | VideoRung, day: date) -> dict[str, int]:
    """What a model costs us on a day, by size or resolution."""
    return next((costs for since, costs in reversed(rung.later_costs) if since <= day), rung.costs_usd_micros)


@dataclass(frozen=True, slots=True)
class TokenPrice:
    """The price of a model's tokens from a day on, in millionths of a US dollar per million tokens."""

    valid_from: date
    input_usd_micros: int
    output_usd_micros: int
    """For the answer and the thoughts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRung(Rung):
    """A model that answers in words."""

    prices: tuple[TokenPrice, ...]
    """The oldest first; the first also applies to all earlier days."""

    def price_on(self, day: date) -> TokenPrice:
        """The price of its tokens on a day."""
        return next((price for price in reversed(self.prices) if price.valid_from <= day), self.prices[0])

    def cost_of(self, tokens: Tokens, day: date) -> int:
        """The cost of so many tokens on a day, in millionths of a US dollar, rounded up."""
        price = self.price_on(day)
        return -(-(tokens.given * price.input_usd_micros + tokens.made * price.output_usd_micros) // 1_000_000)


AnyRung = TypeVar("AnyRung", bound=Rung)


class GoneModels:
    """The models that providers recently reported as gone; one per process.

    Without this memory every picture would wait for the same error again.
    """

    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}

    def remember(self, rung: Rung, now: datetime) -> None:
        """Note that the provider has just reported this model as gone."""
        self._until[rung.name] = now + timedelta(seconds=GONE_SECONDS)

    def includes(self, rung: Rung, now: datetime) -> bool:
        """Whether this model was reported as gone within GONE_SECONDS."""
        return self._until.get(rung.name, now) > now

    def next_of(self, rungs: tuple[AnyRung, ...], now: datetime) -> AnyRung:
        """The first rung that is not gone; the wanted one if all are."""
        return next((rung for rung in rungs if not self.includes(rung, now)), rungs[0])


def task_for(rung: PictureRung, wanted: PictureRung, task: PictureTask) -> PictureTask:
    """The task for this rung: only the wanted model gets the signature of the earlier version, which is its own."""
    if not rung.takes_seed:
        task = replace(task, seed=None)
    if task.parent is None or rung == wanted:
        return task
    return replace(task, parent=replace(task.parent, signature=b""))
