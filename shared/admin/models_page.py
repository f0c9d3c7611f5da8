"""GET /admin/models: what is sold, at what price and cost, how often each failed by the counted days, and what is off.

Two reads. `switch_models.py` has the acts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date

from shared.admin.calls import AdminCall
from shared.admin.page import ADMINS, Frame, show_page
from shared.codec import decode
from shared.credits.bounds import CREDIT_USD_MICROS
from shared.credits.catalogue import (
    HEARING,
    OFFERS,
    SPEECH,
    TALK,
    VIDEOS,
    Offer,
    VideoOffer,
    sold_models,
    sold_videos,
    video_credits,
)
from shared.credits.switches import SWITCHES, Switches, read_switches
from shared.jobs.check_books import CONTROL, Check
from shared.jobs.day_numbers import DELIVERED, FAILED, DayNumbers, select
from shared.miniapp.calls import Reply
from shared.people.users import PictureSettings
from shared.ports import AppPorts
from shared.providers.ladder import Rung, costs_on
from shared.providers.price_day import set_price_day
from shared.texts import plain_text, write_day


@dataclass(frozen=True, slots=True)
class Price:
    """What one result is sold for, and what the wanted model costs us, in credits and US cents (they are equal)."""

    size: str
    price: int
    cost_cents: str


@dataclass(frozen=True, slots=True)
class ListedModel:
    """An offer."""

    name: str
    title: str
    rungs: str
    """The models behind it, the wanted one first."""
    prices: Sequence[Price]
    delivered: int
    failed: int
    ends: str
    """The day on which the provider may shut the wanted model down; empty: none is announced."""
    is_off: bool
    """An operator has switched it off."""
    is_first: bool
    """New people begin with it."""
    may_be_first: bool

    @property
    def failed_percent(self) -> int:
        """Of those that ended with or without a result."""
        return round(100 * self.failed / (self.delivered + self.failed)) if self.failed else 0


async def show_models(ports: AppPorts, call: AdminCall) -> Reply:
    """The offers of this environment. Raises UnavailableError."""
    now = ports.clock.now()
    set_price_day(now)
    day = now.astimezone(UTC).date()
    pictures, videos = sold_models(ports.sellers), sold_videos(ports.sellers)
    control, stored = await ports.store.read([CONTROL, SWITCHES])
    switches = Switches() if stored is None else read_switches(stored.fields)
    first = switches.first if switches.first in pictures else PictureSettings().model
    recent = () if control is None else decode(Check, control.fields).recent
    delivered, failed = _count(recent, DELIVERED), _count(recent, FAILED)

    def tell(name: str, title: str, rungs: Sequence[Rung], prices: Sequence[Price] = ()) -> ListedModel:
        ends = rungs[0].shutdown_on
        named, told = ", ".join(rung.name for rung in rungs), write_day(call.by.language, ends) if ends else ""
        counts = delivered.get(name, 0), failed.get(name, 0)
        may_be_first = name in pictures and name not in switches.off and name != first
        return ListedModel(name, title, named, prices, *counts, told, name in switches.off, name == first, may_be_first)

    models = [
        *(tell(each, OFFERS[each].title, OFFERS[each].rungs, _of_picture(OFFERS[each], day)) for each in pictures),
        *(tell(each, VIDEOS[each].title, VIDEOS[each].rungs, _of_video(VIDEOS[each])) for each in videos),
        tell("answer", TALK.title, TALK.rungs),
        tell("transcript", HEARING.title, HEARING.rungs),
        tell("speech", SPEECH.title, SPEECH.rungs),
    ]
    frame = Frame("models", plain_text(call.by.language, "admin-tab-models"), "/admin")
    return show_page(call, "models.html", frame, models=models, days=len(recent), may_switch=call.by.role in ADMINS)


def _of_picture(offer: Offer, day: date) -> list[Price]:
    costs = costs_on(offer.rungs[0], day)
    return [Price(size, price, _cents(costs.get(size, 0))) for size, price in offer.prices_on(day).items()]


def _of_video(offer: VideoOffer) -> list[Price]:
    """Of the shortest video, without material."""
    seconds = offer.seconds[0]
    costs = {size: offer.bound_usd_micros(seconds, size, 0) for size in offer.resolutions}
    return [Price(f"{size}, {seconds} s", video_credits(cost), _cents(cost)) for size, cost in costs.items()]


def _cents(usd_micros: int) -> str:
    return f"{usd_micros / CREDIT_USD_MICROS:.1f}"


def _count(days: Sequence[DayNumbers], ended: str) -> Mapping[str, int]:
    """How many jobs of each offer ended so, in all these days."""
    counts: dict[str, int] = {}
    for day in days:
        for name, count in select(day.models, ended).items():
            counts[name] = counts.get(name, 0) + count
    return counts
