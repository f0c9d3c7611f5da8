"""The rungs of a ladder, and the memory of models that are gone.

The wanted model is asked first. If a provider does not have the model (any more), the next rung is asked; any other
outcome is the task's outcome. If no rung is left, the fault is ours.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypeVar

from shared.providers.outcomes import PictureTask
from shared.providers.talk import Tokens

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


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureRung(Rung):
    """A model that makes pictures."""

    costs_usd_micros: dict[str, int]
    """The list price of one result of each size that it supports, in millionths of a US dollar."""
    ratios: tuple[str, ...]
    references_max: int
    """The most input pictures of one call, an earlier version included."""

    def cost_of(self, size: str) -> int:
        """Our cost of one result, in millionths of a US dollar; 0 if the table lacks it.

        The number is logged after the picture was made, so a missing one must not raise an error.
        """
        return self.costs_usd_micros.get(size, 0)

    def can_make(self, size: str, ratio: str, reference_count: int) -> bool:
        """Whether it supports this size, this ratio and so many input pictures."""
        return size in self.costs_usd_micros and ratio in self.ratios and reference_count <= self.references_max


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
    if task.parent is None or rung == wanted:
        return task
    return replace(task, parent=replace(task.parent, signature=b""))
