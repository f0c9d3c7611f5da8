"""What is sold, by the names that the code uses; models, prices, limits and times are data in `offers.json`.

The file is read when this is imported: a fault in it stops the process, and the message names the place.
"""

from datetime import date
from math import log
from typing import Literal, get_args

from shared.credits import offers
from shared.credits.bounds import CREDIT_USD_MICROS
from shared.credits.read_offers import FILE, read_offers
from shared.providers.ladder import PictureRung, Rung
from shared.providers.price_day import price_day
from shared.providers.talk import Tokens

Ratio = offers.Ratio
Size = offers.Size
ModelName = offers.ModelName
VideoName = offers.VideoName
Offer = offers.Offer
TalkOffer = offers.TalkOffer
VideoOffer = offers.VideoOffer

RATIOS: tuple[Ratio, ...] = get_args(Ratio)
SIZES: tuple[Size, ...] = get_args(Size)
MODEL_NAMES: tuple[ModelName, ...] = get_args(ModelName)
COUNTS = (1, 2, 3, 4)
REFERENCES_MAX = 14
"""The most pictures in a request, an earlier version included."""

SOLD = read_offers(FILE.read_text(encoding="utf-8"))
OFFERS = SOLD.pictures
VIDEOS = SOLD.videos
VIDEO = VIDEOS["omni"]
TALK = SOLD.answers
HEARING = SOLD.transcripts
SPEECH = SOLD.speech
GROWTH = SOLD.growth
READING_RUNGS, SUMMARY_RUNGS = SOLD.reading, SOLD.summary
READING_USD_MICROS = SOLD.rules["reading_usd_micros"]
"""The upper bound of one reading's cost."""
READINGS_PER_DAY = SOLD.rules["readings_per_day"]
"""The most readings per person and day; they cost us 6 US cents at most."""
SUMMARY_USD_MICROS = SOLD.rules["summary_usd_micros"]
"""The upper bound of one summary's cost. There is one in about six answers, one in two if all are of maximum length."""
MATERIAL_USD_MICROS = SOLD.rules["material_usd_micros"]
"""The upper bound of the cost of one input picture: about 1,120 tokens at $1.50 a million."""
PACKAGES = SOLD.packages
"""What people can buy once, by the name in a button, the smallest first."""
PLANS = SOLD.subscriptions
"""What people can subscribe to, by the name in a button, the smallest first."""
WELCOME_CREDITS = SOLD.rules["welcome_credits"]
"""Enough for the three examples on the first screen and two more pictures."""
DAILY_CREDITS = SOLD.rules["daily_credits"]
"""The price of one small picture. An account is topped up to it once a day of its person's calendar."""
FREE_ANSWERS_PER_DAY = SOLD.rules["free_answers_per_day"]
"""Per person and day in their time zone; they cost us 14 US cents at most, 28 from 2027 on, and their summaries one or
two more."""
FREE_HEARING_SECONDS_PER_DAY = SOLD.rules["free_hearing_seconds_per_day"]
"""Per person and day of their calendar; they cost us 3 US cents at most, 16 as video messages with the fallback."""
SEARCHES_MAX = TALK.searches_max

NANO_BANANA, NANO_BANANA_PRO = OFFERS["fast"].rungs[0], OFFERS["best"].rungs[0]
DEFAULT_PROVIDER = NANO_BANANA.provider
_GOOGLE = frozenset({DEFAULT_PROVIDER, "veo"})
"""The providers behind which Google makes it."""
PROVIDERS = frozenset(rung.provider for rung in SOLD.rungs())
"""All that make something that may be sold."""
GEMINI_FLASH = TALK.rungs[0]

VoiceName = Literal["Kore", "Aoede", "Leda", "Puck", "Charon", "Orus"]
"""Gemini's names; the first three sound like women, the others like men."""
Pace = Literal["slow", "normal", "fast"]
"""How fast a voice speaks."""
VOICES: tuple[VoiceName, ...] = get_args(VoiceName)
PACES: tuple[Pace, ...] = get_args(Pace)
AUDIO_TOKENS_PER_SECOND = 25
_USUAL_ANSWER = Tokens(1_500, 500)
"""A question with some of the conversation before it, and an answer of a few paragraphs."""
_LETTERS_PER_MINUTE = 900


def search_usd_micros(searches: int) -> int:
    """The cost of so many queries, in millionths of a US dollar."""
    return searches * TALK.search_usd_micros


def usual_search_credits(day: date) -> tuple[int, int]:
    """What an answer with a web search usually costs, in credits: with one query, and with two."""
    usual = GEMINI_FLASH.cost_of(_USUAL_ANSWER, day)
    return answer_credits(usual + search_usd_micros(1)), answer_credits(usual + search_usd_micros(2))


def speech_credits(text: str, day: date) -> int:
    """The upper bound of the price of speaking this text, in credits: the hold."""
    return answer_credits(SPEECH.bound_usd_micros(text, day))


def speech_minute_credits(day: date) -> int:
    """The price of a minute of usual speech, in credits."""
    return answer_credits(SPEECH.rungs[0].cost_of(Tokens(_LETTERS_PER_MINUTE, 60 * AUDIO_TOKENS_PER_SECOND), day))


def answer_credits(usd_micros: int) -> int:
    """The price of an answer with this cost, in credits, rounded up, at least 1."""
    return _with_margin(usd_micros, SOLD.rules["answer_margin_percent"])


def video_credits(usd_micros: int) -> int:
    """The price of a video that costs us so much: each begun credit counts."""
    return _with_margin(usd_micros, SOLD.rules["video_margin_percent"])


def cheapest_video_credits(pictures: int = 0) -> int:
    """The price of the shortest and smallest video with so many pictures as material, of which it takes some."""
    taken = min(pictures, VIDEO.rungs[0].references_max)
    return video_credits(VIDEO.bound_usd_micros(VIDEO.seconds[0], VIDEO.resolutions[0], taken))


def _with_margin(usd_micros: int, percent: int) -> int:
    return max(1, -(-usd_micros * (100 + percent) // (100 * CREDIT_USD_MICROS)))


def list_rungs() -> tuple[Rung, ...]:
    """Every model that may be asked, each once."""
    return SOLD.rungs()


def nearest_ratio(model: ModelName, ratio: Ratio) -> Ratio:
    """The ratio itself if the model supports it, otherwise the most similar one."""
    ratios = OFFERS[model].ratios
    return ratio if ratio in ratios else _most_like(ratios, proportion(ratio))


def ratio_of(width: int, height: int) -> Ratio | None:
    """The ratio most similar to a picture of this size; None for an invalid size."""
    return _most_like(RATIOS, width / height) if width > 0 and height > 0 else None


def _most_like(ratios: tuple[Ratio, ...], wanted: float) -> Ratio:
    return min(ratios, key=lambda each: abs(log(proportion(each) / wanted)))


def proportion(ratio: Ratio) -> float:
    """The width of a picture, as a multiple of its height."""
    width, height = ratio.split(":")
    return int(width) / int(height)


def price_of(model: ModelName, size: Size) -> int:
    """Credits for one picture, on the day of the update that is being handled."""
    return OFFERS[model].prices_on(price_day())[size]


def price_seen(text: str, model: ModelName, size: Size) -> int:
    """The price that a button carries; the first on the list, for a button of a release whose buttons carried none."""
    return int(text) if text.isdecimal() else OFFERS[model].prices[size]


def choose_rungs(
    model: ModelName, size: Size, ratio: Ratio, reference_count: int, *, dearer_too: bool
) -> tuple[PictureRung, ...]:
    """The wanted model, then the fallbacks that support this size and ratio with so many pictures as material.

    Without `dearer_too`, fallbacks that cost more than the price are left out: no picture is better than a loss.
    """
    offer = OFFERS[model]
    wanted, *fallbacks = offer.rungs
    earned = price_of(model, size) * CREDIT_USD_MICROS
    able = (rung for rung in fallbacks if rung.can_make(size, ratio, reference_count))
    return (wanted, *(rung for rung in able if dearer_too or rung.cost_of(size) <= earned))


def is_sold(model: str, sellers: frozenset[str]) -> bool:
    """Whether these providers have this offer of pictures; also False for a name that only another release knows."""
    return model in OFFERS and OFFERS[model].rungs[0].provider in sellers


def sold_models(sellers: frozenset[str]) -> tuple[ModelName, ...]:
    """The offers of pictures that these providers have."""
    return tuple(name for name in MODEL_NAMES if is_sold(name, sellers))


def sold_videos(sellers: frozenset[str]) -> tuple[VideoName, ...]:
    """The offers of videos that these providers have."""
    return tuple(name for name, offer in VIDEOS.items() if offer.rungs[0].provider in sellers)


def titles_of_others(sellers: frozenset[str]) -> tuple[str, ...]:
    """The models on offer here that Google does not make, by their titles."""
    pictures, videos = (OFFERS[name] for name in sold_models(sellers)), (VIDEOS[name] for name in sold_videos(sellers))
    named = [*((each.title, each.rungs[0].provider) for each in pictures)]
    named += [(each.title, each.rungs[0].provider) for each in videos]
    return tuple(title for title, provider in named if provider not in _GOOGLE)


def video_offer(name: str) -> VideoOffer:
    """The offer of videos with this name; the default one for a name that only another release knows."""
    return next((offer for each, offer in VIDEOS.items() if each == name), VIDEO)


def model_for(model: ModelName, reference_count: int) -> ModelName:
    """The model itself if it takes so many input pictures; otherwise the default one, which takes them all."""
    return model if reference_count <= OFFERS[model].rungs[0].references_max else MODEL_NAMES[0]


def provider_of(model: str) -> str:
    """The provider that is asked first for an offer of pictures; the default one for an offer that is not known."""
    return next((offer.rungs[0].provider for name, offer in OFFERS.items() if name == model), DEFAULT_PROVIDER)


def title_of(model: str) -> str:
    """The model's title for people; the name itself if only another release sells it."""
    return OFFERS[model].title if model in OFFERS else model


def is_fallback(model: ModelName, model_id: str) -> bool:
    """Whether a fallback of the offer made it; False for an id that is no longer listed."""
    rungs = OFFERS[model].rungs if model in OFFERS else ()
    return any(rung.id == model_id for rung in rungs[1:])


def price_by(model: ModelName, model_id: str, size: Size, price: int) -> int:
    """What of this price a picture costs that this model made: of a cheaper fallback, in proportion of the costs."""
    wanted, *fallbacks = OFFERS[model].rungs if model in OFFERS else (None,)
    made_by = next((rung for rung in fallbacks if rung.id == model_id), wanted)
    if wanted is None or made_by is None or made_by.cost_of(size) >= wanted.cost_of(size):
        return price
    return -(-price * made_by.cost_of(size) // wanted.cost_of(size))
