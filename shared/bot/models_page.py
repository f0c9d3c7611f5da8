"""/models: every offer by medium, with its price, usual time and limits, as the file of offers has them."""

from collections.abc import Iterable
from datetime import date, timedelta

from shared.bot.balance import answer_alone
from shared.credits.catalogue import (
    FREE_ANSWERS_PER_DAY,
    FREE_HEARING_SECONDS_PER_DAY,
    HEARING,
    OFFERS,
    PROVIDERS,
    SPEECH,
    TALK,
    VIDEOS,
    Offer,
    answer_credits,
    proportion,
    sold_models,
    sold_videos,
    speech_minute_credits,
    video_credits,
)
from shared.credits.offers import HearingOffer, SpeechOffer, TalkOffer, VideoOffer
from shared.people.users import Language
from shared.ports import Ports, Screen
from shared.providers.ladder import Rung
from shared.providers.price_day import price_day
from shared.providers.videos import VIDEO_WORKS
from shared.telegram.updates import Message
from shared.telegram.visits import Visit
from shared.texts import html_text, plain_text, write_day

SOON = timedelta(days=30)
"""How long before its last day a model is said to end."""
TOLD_AHEAD = timedelta(days=90)
"""How long before its day a new price is told."""
MINUTE = 60


async def show_models(ports: Ports, visit: Visit, message: Message) -> None:
    """Show what there is and what it costs, in the private chat. Raises MessengerErrors."""
    await answer_alone(ports, visit, models_screen(visit.language, price_day(), ports.sellers), "models")


def models_screen(language: Language, day: date, sellers: frozenset[str] = PROVIDERS) -> Screen:
    """The offers of these providers on a day."""
    media = (
        ("models-pictures", [_tell_pictures(language, OFFERS[name], day) for name in sold_models(sellers)]),
        ("models-videos", [_tell_videos(language, VIDEOS[name], day) for name in sold_videos(sellers)]),
        ("models-words", [_tell_answers(language, day), _tell_transcripts(language, day), _tell_speech(language, day)]),
    )
    parts = [html_text(language, "models-title")]
    for title, offers in media:
        parts += [html_text(language, title), *offers]
    return Screen("\n\n".join((*parts, html_text(language, "models-way"))))


def _tell_pictures(language: Language, offer: Offer, day: date) -> str:
    (first, last), shapes = offer.usual_seconds, sorted(offer.ratios, key=proportion)
    lines = [
        _head(language, offer),
        html_text(language, "models-prices", prices=_list_prices(offer.prices_on(day).items())),
        html_text(
            language, "models-picture", limit=offer.rungs[0].references_max, count=len(offer.ratios),
            tallest=shapes[0], widest=shapes[-1], **{"from": first, "to": last},
        ),
    ]  # fmt: skip
    for since, prices in offer.later_prices:
        if day < since <= day + TOLD_AHEAD:
            date_ = write_day(language, since)
            lines.append(html_text(language, "models-change", date=date_, prices=_list_prices(prices.items())))
    return "\n".join([*lines, *_tell_end(language, offer.rungs, day)])


def _tell_videos(language: Language, offer: VideoOffer, day: date) -> str:
    wanted = offer.rungs[0]
    lines = [_head(language, offer)]
    for seconds in dict.fromkeys((offer.seconds[0], offer.seconds[-1])):
        costs = {size: offer.bound_usd_micros(seconds, size, 0) for size in offer.resolutions}
        prices = _list_prices((size, video_credits(cost)) for size, cost in costs.items())
        lines.append(html_text(language, "models-video-prices", seconds=seconds, prices=prices))
    first, last = wanted.usual_seconds
    works = [plain_text(language, f"models-work-{work}") for work in VIDEO_WORKS if work in wanted.works]
    lines.append(
        html_text(
            language, "models-video", lengths=", ".join(map(str, offer.seconds)), ratios=", ".join(offer.ratios),
            works=", ".join(works), **{"from": first // MINUTE, "to": -(-last // MINUTE)},
        )
    )  # fmt: skip
    return "\n".join([*lines, *_tell_end(language, offer.rungs, day)])


def _tell_answers(language: Language, day: date) -> str:
    most, searched = (answer_credits(TALK.bound_usd_micros(day, search=search)) for search in (False, True))
    told = html_text(language, "models-answers", limit=FREE_ANSWERS_PER_DAY, price=most, searched=searched)
    return "\n".join([_head(language, TALK), told, *_tell_end(language, TALK.rungs, day)])


def _tell_transcripts(language: Language, day: date) -> str:
    bound = HEARING.bound_usd_micros(FREE_HEARING_SECONDS_PER_DAY, day, is_film=False)
    minutes, limit = FREE_HEARING_SECONDS_PER_DAY // MINUTE, HEARING.seconds_max // MINUTE
    told = html_text(language, "models-transcripts", minutes=minutes, price=answer_credits(bound), limit=limit)
    return "\n".join([_head(language, HEARING), told, *_tell_end(language, HEARING.rungs, day)])


def _tell_speech(language: Language, day: date) -> str:
    told = html_text(language, "models-speech", price=speech_minute_credits(day))
    return "\n".join([_head(language, SPEECH), told, *_tell_end(language, SPEECH.rungs, day)])


def _head(language: Language, offer: Offer | VideoOffer | TalkOffer | HearingOffer | SpeechOffer) -> str:
    return html_text(language, "models-head", title=offer.title, about=plain_text(language, offer.about))


def _list_prices(prices: Iterable[tuple[str, int]]) -> str:
    return " · ".join(f"{size}\u00a0{price}" for size, price in prices)


def _tell_end(language: Language, rungs: tuple[Rung, ...], day: date) -> list[str]:
    """Until when its provider promises the wanted model, in words."""
    ends = rungs[0].shutdown_on
    if ends is None:
        return []
    text_id = "models-ends-soon" if ends - day < SOON else "models-ends"
    return [html_text(language, text_id, date=write_day(language, ends))]
