"""Reading `offers.json`: the offers, the models that make them, and what makes no sense in it."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, get_args

from shared.credits.bounds import CREDIT_USD_MICROS
from shared.credits.offers import (
    Cashback,
    Growth,
    HearingOffer,
    ModelName,
    Offer,
    Rule,
    Size,
    SpeechOffer,
    TalkOffer,
    VideoName,
    VideoOffer,
)
from shared.credits.purchases import Currency, CurrencyName, Package, Plan, find_faults_of_purchases
from shared.credits.read_fields import NOTE, read, read_fields, read_list, read_object, refuse_others
from shared.errors import OffersError
from shared.providers.ladder import PictureRung, Rung, TextRung, VideoRung, costs_on

CASHBACK_PERCENT_MAX = 50
"""More would be a typing error."""
FILE = Path(__file__).with_name("offers.json")
Reader = Callable[[Any, str], Any]
"""What turns a value of the file and its path into what it stands for."""


class Offers(NamedTuple):
    """The whole file."""

    picture_models: dict[str, PictureRung]
    text_models: dict[str, TextRung]
    video_models: dict[str, VideoRung]
    pictures: dict[ModelName, Offer]
    videos: dict[VideoName, VideoOffer]
    answers: TalkOffer
    transcripts: HearingOffer
    speech: SpeechOffer
    reading: tuple[TextRung, ...]
    """The models that read what a message asks for; people pay nothing for it."""
    summary: tuple[TextRung, ...]
    """The models that summarise conversations; people pay nothing for it."""
    growth: Growth
    currencies: dict[CurrencyName, Currency]
    packages: dict[str, Package]
    """What is bought once, the smallest first."""
    subscriptions: dict[str, Plan]
    """What is paid every period, the smallest first."""
    rules: dict[Rule, int]

    def rungs(self) -> tuple[Rung, ...]:
        """Every model, each once."""
        return (*self.picture_models.values(), *self.text_models.values(), *self.video_models.values())


def read_offers(text: str) -> Offers:
    """The offers in a file's text. Raises OffersError, which names the place in the file."""
    try:
        given = json.loads(text, object_pairs_hook=_without_doubles)
    except ValueError as error:
        raise OffersError(f"not JSON: {error}") from None
    offers = _read_parts(given)
    for fault in find_faults(offers):
        raise OffersError(fault)
    return offers


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise OffersError(f"{next(name for name in names if names.count(name) > 1)}: there twice in one object")
    return found


def _read_parts(given: Any) -> Offers:
    if not isinstance(given, dict):
        raise OffersError("not an object")
    refuse_others(given.keys() - {NOTE}, Offers._fields, Offers._fields)
    pictures: dict[str, PictureRung] = _read_each(given, "picture_models", _read_model(PictureRung))
    texts: dict[str, TextRung] = _read_each(given, "text_models", lambda each, path: read(TextRung, each, path))
    videos: dict[str, VideoRung] = _read_each(given, "video_models", _read_model(VideoRung))
    return Offers(
        picture_models=pictures,
        text_models=texts,
        video_models=videos,
        pictures=_read_each(given, "pictures", _read_offer(Offer, pictures), get_args(ModelName)),
        videos=_read_each(given, "videos", _read_offer(VideoOffer, videos), get_args(VideoName)),
        answers=_read_offer(TalkOffer, texts)(given["answers"], "answers"),
        transcripts=_read_offer(HearingOffer, texts)(given["transcripts"], "transcripts"),
        speech=_read_offer(SpeechOffer, texts)(given["speech"], "speech"),
        reading=_find_rungs(given["reading"], "reading", texts),
        summary=_find_rungs(given["summary"], "summary", texts),
        growth=read_fields(Growth, given["growth"], "growth"),
        currencies=read(dict[CurrencyName, Currency], read_object(given["currencies"], "currencies"), "currencies"),
        packages=read(dict[str, Package], read_object(given["packages"], "packages"), "packages"),
        subscriptions=read(dict[str, Plan], read_object(given["subscriptions"], "subscriptions"), "subscriptions"),
        rules=_read_rules(given["rules"]),
    )


def _read_each(given: dict[str, Any], name: str, reader: Reader, wanted: Iterable[str] = ()) -> Any:
    """A dict of things by name; `wanted`: exactly these names, as a Literal in `offers.py` has them."""
    items = read_object(given[name], name)
    if wanted:
        refuse_others(items, wanted, wanted, name)
    return {key: reader(each, f"{name}.{key}") for key, each in items.items()}


def _read_rules(value: Any) -> dict[Rule, int]:
    rules = read_object(value, "rules")
    refuse_others(rules, get_args(Rule), get_args(Rule), "rules")
    numbers: dict[Rule, int] = read(dict[Rule, int], rules, "rules")
    return numbers


def _read_model(kind: type[Rung]) -> Reader:
    """The reader of a model whose costs have dates."""

    def reader(value: Any, path: str) -> Any:
        fields = read_object(value, path)
        first, later = _read_dated(fields.pop("costs", []), f"{path}.costs", "usd_micros", dict[str, int])
        return read_fields(kind, fields, path, {"costs_usd_micros": first, "later_costs": later})

    return reader


def _read_offer(kind: Any, models: Mapping[str, Rung]) -> Reader:
    """The reader of an offer whose rungs are names of these models; that of pictures has prices with dates."""

    def reader(value: Any, path: str) -> Any:
        fields = read_object(value, path)
        known: dict[str, Any] = {"rungs": _find_rungs(fields.pop("rungs", []), f"{path}.rungs", models)}
        if kind is Offer:
            first, later = _read_dated(fields.pop("prices", []), f"{path}.prices", "credits", dict[Size, int])
            known |= {"prices": first, "later_prices": later}
        return read_fields(kind, fields, path, known)

    return reader


def _read_dated(value: Any, path: str, column: str, kind: Any) -> tuple[Any, tuple[tuple[date, Any], ...]]:
    """The first table, and each later one with its day."""
    rows = [(f"{path}[{n}]", read_object(row, f"{path}[{n}]")) for n, row in enumerate(read_list(value, path))]
    found = []
    for place, row in rows:
        refuse_others(row, ("valid_from", column), ("valid_from", column), place)
        since = read(date, row["valid_from"], f"{place}.valid_from")
        found.append((since, read(kind, row[column], f"{place}.{column}")))
    if any(before >= after for (before, _), (after, _) in pairwise(found)):
        raise OffersError(f"{path}: valid_from does not rise from row to row")
    return found[0][1], tuple(found[1:])


def _find_rungs(value: Any, path: str, models: Mapping[str, Rung]) -> Any:
    names = read(tuple[str, ...], read_list(value, path), path)
    refuse_others(names, models, (), path)
    return tuple(models[name] for name in names)


def find_faults(offers: Offers) -> Iterator[str]:
    """One line for each thing that makes no sense, whatever the day; each names its place in the file."""
    yield from _find_unused(offers)
    for name, rung in offers.text_models.items():
        if any(before.valid_from >= after.valid_from for before, after in pairwise(rung.prices)):
            yield f"text_models.{name}.prices: valid_from does not rise from row to row"
    for name, offer in offers.pictures.items():
        yield from _find_faults_of_pictures(f"pictures.{name}", offer)
    for name, video in offers.videos.items():
        yield from _find_faults_of_videos(f"videos.{name}", video)
    for n, campaign in enumerate(offers.growth.campaigns):
        if campaign.valid_from > campaign.valid_until:
            yield f"growth.campaigns[{n}]: ends before it begins"
    yield from _find_faults_of_cashback(offers.growth.cashback)
    yield from find_faults_of_purchases(offers.currencies, offers.packages, offers.subscriptions)


def _find_faults_of_cashback(campaigns: tuple[Cashback, ...]) -> Iterator[str]:
    """What comes back is our loss, and one day has one campaign."""
    for n, campaign in enumerate(campaigns):
        place, others = f"growth.cashback[{n}]", campaigns[:n]
        if campaign.valid_from > campaign.valid_until:
            yield f"{place}: ends before it begins"
        if not 1 <= campaign.percent <= CASHBACK_PERCENT_MAX:
            yield f"{place}.percent: not 1 to {CASHBACK_PERCENT_MAX}"
        if any(campaign.name == each.name for each in others):
            yield f"{place}.name: there twice"
        if any(campaign.valid_from <= each.valid_until and each.valid_from <= campaign.valid_until for each in others):
            yield f"{place}: its days are another one's too"


def _find_unused(offers: Offers) -> Iterator[str]:
    ladders: list[tuple[Rung, ...]] = [each.rungs for each in offers.pictures.values()]
    ladders += [each.rungs for each in offers.videos.values()]
    ladders += [offers.answers.rungs, offers.transcripts.rungs, offers.speech.rungs, offers.reading, offers.summary]
    used = {rung.name for ladder in ladders for rung in ladder}
    seen: set[str] = set()
    for rung in offers.rungs():
        if rung.name not in used:
            yield f"{rung.name}: no offer uses this model"
        if rung.name in seen:
            yield f"{rung.name}: there twice"
        seen.add(rung.name)


def _find_faults_of_pictures(path: str, offer: Offer) -> Iterator[str]:
    wanted = offer.rungs[0]
    for n, table in enumerate((offer.prices, *(prices for _, prices in offer.later_prices))):
        if missing := [size for size in get_args(Size) if size not in table]:
            yield f"{path}.prices[{n}].credits: {', '.join(missing)} has no price"
        elif any(table[small] > table[large] for small, large in pairwise(get_args(Size))):
            yield f"{path}.prices[{n}].credits: a larger picture is cheaper"
    for costs in (wanted.costs_usd_micros, *(costs for _, costs in wanted.later_costs)):
        if missing := [size for size in offer.prices if size not in costs]:
            yield f"{path}: {wanted.name} cannot make {', '.join(missing)}"
    if unable := [ratio for ratio in offer.ratios if ratio not in wanted.ratios]:
        yield f"{path}.ratios: {wanted.name} cannot make {', '.join(unable)}"
    yield from _find_faults_of_times(path, offer.usual_seconds)
    yield from _find_losses(path, offer)


def _find_losses(path: str, offer: Offer) -> Iterator[str]:
    """One line for each size that costs more than it earns, by the wanted model, on the day when that begins."""
    wanted, known = offer.rungs[0], set[str]()
    for day in (date.min, *sorted({since for since, _ in (*offer.later_prices, *wanted.later_costs)})):
        for size, price in offer.prices_on(day).items():
            cost, earned = costs_on(wanted, day).get(size, 0), price * CREDIT_USD_MICROS
            if cost > earned and size not in known:
                known.add(size)
                since = "" if day == date.min else f" from {day} on"
                yield f"{path}.prices: {size} earns ${earned / 1e6:.3f} and costs ${cost / 1e6:.3f}{since}"


def _find_faults_of_videos(path: str, offer: VideoOffer) -> Iterator[str]:
    wanted = offer.rungs[0]
    able = {"ratios": wanted.ratios, "seconds": wanted.seconds, "resolutions": tuple(wanted.costs_usd_micros)}
    for name, choices in able.items():
        if unable := [str(each) for each in getattr(offer, name) if each not in choices]:
            yield f"{path}.{name}: {wanted.name} cannot make {', '.join(unable)}"
    limits = {
        "reference": wanted.references_max,
        "edit": wanted.clip_seconds[1],
        "extend": min(wanted.clip_seconds[1], wanted.continued_seconds_max, wanted.whole_seconds_max),
    }
    yield from (
        f"{wanted.name}.works: {work} without its limits"
        for work, limit in limits.items()
        if work in wanted.works and not limit
    )
    if "extend" in wanted.works and min(offer.seconds) > wanted.added_seconds_max:
        yield f"{path}.seconds: none can be added by {wanted.name}"
    yield from _find_faults_of_times(wanted.name, wanted.usual_seconds)


def _find_faults_of_times(path: str, seconds: tuple[int, int]) -> Iterator[str]:
    if seconds[0] >= seconds[1]:
        yield f"{path}.usual_seconds: from {seconds[0]} to {seconds[1]}"
