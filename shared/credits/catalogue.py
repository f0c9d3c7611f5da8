"""The offers: their prices in credits, and the providers' models that can make them.

Model ids, prices and times become outdated fast (ai.google.dev/gemini-api/docs/pricing), so they are only here.
"""

from dataclasses import dataclass
from datetime import date
from math import log
from typing import Literal, get_args

from shared.credits.bounds import CREDIT_USD_MICROS
from shared.providers.ladder import PictureRung, Rung, TextRung, TokenPrice, VideoRung
from shared.providers.talk import Thinking, Tokens
from shared.providers.videos import VideoRatio, VideoResolution

Ratio = Literal["1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9", "1:4", "4:1", "1:8", "8:1"]
Size = Literal["1K", "2K", "4K"]
ModelName = Literal["fast", "best"]

RATIOS: tuple[Ratio, ...] = get_args(Ratio)
COMMON_RATIOS = RATIOS[: RATIOS.index("1:4")]
SIZES: tuple[Size, ...] = get_args(Size)
MODEL_NAMES: tuple[ModelName, ...] = get_args(ModelName)
COUNTS = (1, 2, 3, 4)
REFERENCES_MAX = 14
"""The most pictures in a request, an earlier version included."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A kind of picture that people can choose and pay for."""

    kind: str
    """What makes it: an entry of `shared/kinds.py`."""
    title: str
    prices: dict[Size, int]
    """Credits for one picture of each size on offer."""
    ratios: tuple[Ratio, ...]
    usual_seconds: tuple[int, int]
    """How long a picture usually takes, from and to; shown to people while they wait."""
    rungs: tuple[PictureRung, ...]
    """The ladder: the wanted model first, then fallbacks of at least its quality for when it is retired."""


NANO_BANANA = PictureRung(
    provider="gemini",
    id="gemini-nano-banana-2.1",
    costs_usd_micros={"1K": 33_600, "2K": 50_400, "4K": 75_600},
    ratios=RATIOS,
    references_max=14,
    shutdown_on=None,
)
"""1,120, 1,680 and 2,520 output tokens at $30 a million. Words and material add a few per cent."""
NANO_BANANA_PRO = PictureRung(
    provider="gemini",
    id="gemini-3-pro-image",
    costs_usd_micros={"1K": 134_400, "2K": 134_400, "4K": 240_000},
    ratios=COMMON_RATIOS,
    references_max=14,
    shutdown_on=date(2027, 5, 28),
)
"""1,120, 1,120 and 2,000 output tokens at $120 a million. The shutdown date is the enterprise API's."""

OFFERS: dict[ModelName, Offer] = {
    "fast": Offer(
        kind="picture",
        title="Nano Banana",
        prices={"1K": 4, "2K": 6, "4K": 10},
        ratios=RATIOS,
        usual_seconds=(5, 15),
        rungs=(NANO_BANANA, NANO_BANANA_PRO),
    ),
    "best": Offer(
        kind="picture",
        title="Nano Banana Pro",
        prices={"1K": 14, "2K": 14, "4K": 24},
        ratios=COMMON_RATIOS,
        usual_seconds=(15, 40),
        rungs=(NANO_BANANA_PRO,),
    ),
}


@dataclass(frozen=True, slots=True)
class TalkOffer:
    """The offer of answers in words."""

    kind: str
    """What makes it: an entry of `shared/kinds.py`."""
    title: str
    rungs: tuple[TextRung, ...]
    thinking: Thinking
    input_tokens_max: int
    """The limit of the model's input: conversation, question and our instruction together."""
    output_tokens_max: int
    """The limit of the model's output, thoughts included."""

    def bound_usd_micros(self, day: date, file_tokens: int = 0, *, search: bool = False) -> int:
        """The upper bound of an answer's cost with so many tokens of files, in millionths of a US dollar.

        With `search` it includes SEARCHES_MAX queries.
        """
        tokens = Tokens(self.input_tokens_max + file_tokens, self.output_tokens_max)
        searches = search_usd_micros(SEARCHES_MAX) if search else 0
        return max(rung.cost_of(tokens, day) for rung in self.rungs) + searches


SEARCH_USD_MICROS = 14_000
"""Google's price of one web query: $14 for 1,000."""
SEARCHES_MAX = 4
"""The most queries per answer that a person pays. The model's number cannot be limited; we pay further queries."""


def search_usd_micros(searches: int) -> int:
    """The cost of so many queries, in millionths of a US dollar."""
    return searches * SEARCH_USD_MICROS


GEMINI_FLASH = TextRung(
    provider="gemini",
    id="gemini-3.8-flash",
    prices=(TokenPrice(date(2026, 9, 2), 750_000, 3_750_000), TokenPrice(date(2027, 1, 1), 1_500_000, 7_500_000)),
    shutdown_on=date(2027, 9, 2),
)
"""According to the price list the price doubles at the end of 2026. The shutdown date is the enterprise API's."""
GEMINI_FLASH_LITE = TextRung(
    provider="gemini",
    id="gemini-3.5-flash-lite",
    prices=(TokenPrice(date(2026, 7, 21), 300_000, 2_500_000),),
    shutdown_on=date(2027, 7, 21),
)

TALK = TalkOffer(
    kind="answer",
    title="Gemini Flash",
    rungs=(GEMINI_FLASH, GEMINI_FLASH_LITE),
    thinking="low",
    input_tokens_max=8_000,
    output_tokens_max=2_048,
)
GEMINI_31_FLASH_LITE = TextRung(
    provider="gemini",
    id="gemini-3.1-flash-lite",
    prices=(TokenPrice(date(2026, 5, 7), 250_000, 1_500_000),),
    shutdown_on=date(2027, 5, 7),
)
READING_RUNGS = (GEMINI_31_FLASH_LITE,)
"""The models that read what a message asks for; people pay nothing for it."""
READING_USD_MICROS = 300
"""The upper bound of one reading's cost."""
READINGS_PER_DAY = 200
"""The most readings per person and day; they cost us 6 US cents at most."""

SUMMARY_RUNGS = (GEMINI_31_FLASH_LITE,)
"""The models that summarise conversations; people pay nothing for it."""
SUMMARY_USD_MICROS = 2_300
"""The upper bound of one summary's cost. There is one in about six answers, one in two if all are of maximum length."""


@dataclass(frozen=True, slots=True)
class HearingOffer:
    """The offer of transcripts of recordings."""

    kind: str
    """What makes it: an entry of `shared/kinds.py`."""
    title: str
    rungs: tuple[TextRung, ...]
    instruction_tokens_max: int
    """The limit of one call's input without the recording."""
    sound_tokens_per_second: int
    film_tokens_per_second: int
    """For a video message, whose pictures are counted too."""
    written_tokens_per_second: int
    """The most output tokens per second of speech; a fast speaker of Russian reaches eight."""
    seconds_max: int
    """The longest recording."""
    part_seconds_max: int
    """The longest part of a recording in one call."""

    def output_tokens_max(self, seconds: int) -> int:
        """The output limit for a recording of this length."""
        return WRITTEN_TOKENS_MIN + self.written_tokens_per_second * seconds

    def bound_usd_micros(self, seconds: int, day: date, *, is_film: bool) -> int:
        """The upper bound of a recording's cost, all its parts together, in millionths of a US dollar."""
        calls = max(1, -(-seconds // self.part_seconds_max))
        per_second = self.film_tokens_per_second if is_film else self.sound_tokens_per_second
        given = calls * self.instruction_tokens_max + seconds * per_second
        made = calls * WRITTEN_TOKENS_MIN + seconds * self.written_tokens_per_second
        return max(rung.cost_of(Tokens(given, made), day) for rung in self.rungs)


WRITTEN_TOKENS_MIN = 200
"""For the JSON around the words."""
HEARING = HearingOffer(
    kind="transcript",
    title="Transcript",
    rungs=(GEMINI_FLASH_LITE, GEMINI_FLASH),
    instruction_tokens_max=500,
    sound_tokens_per_second=32,
    film_tokens_per_second=300,
    written_tokens_per_second=10,
    seconds_max=7_200,
    part_seconds_max=900,
)
"""A minute costs at most $0.002 with the first model: a third of the price of the dedicated transcription model."""
FREE_HEARING_SECONDS_PER_DAY = 600
"""Per person and day of their calendar; they cost us 3 US cents at most, 16 as video messages with the fallback."""

ANSWER_MARGIN_PERCENT = 25
"""The margin of an answer over its cost."""
FREE_ANSWERS_PER_DAY = 10
"""Per person and day in their time zone; they cost us 14 US cents at most, 28 from 2027 on, and their summaries one or
two more."""

VoiceName = Literal["Kore", "Aoede", "Leda", "Puck", "Charon", "Orus"]
"""Gemini's names; the first three sound like women, the others like men."""
Pace = Literal["slow", "normal", "fast"]
"""How fast a voice speaks."""
VOICES: tuple[VoiceName, ...] = get_args(VoiceName)
PACES: tuple[Pace, ...] = get_args(Pace)
AUDIO_TOKENS_PER_SECOND = 25
AUDIO_TOKENS_MAX = 16_384
"""The most sound of one call: almost eleven minutes."""


@dataclass(frozen=True, slots=True)
class SpeechOffer:
    """The offer of spoken answers."""

    kind: str
    """What makes it: an entry of `shared/kinds.py`."""
    title: str
    rungs: tuple[TextRung, ...]
    """The models; their output tokens are sound."""

    def bound_usd_micros(self, text: str, day: date) -> int:
        """The upper bound of the cost of speaking this text, in millionths of a US dollar."""
        tokens = Tokens(len(text), min(AUDIO_TOKENS_MAX, _audio_tokens_max(text)))
        return max(rung.cost_of(tokens, day) for rung in self.rungs)


GEMINI_FLASH_TTS = TextRung(
    provider="gemini",
    id="gemini-3.8-flash-tts",
    prices=(TokenPrice(date(2026, 9, 22), 500_000, 9_000_000), TokenPrice(date(2027, 1, 1), 1_000_000, 18_000_000)),
    shutdown_on=None,
)
"""A minute is 1,500 tokens: 1.35 US cents, and twice that from 2027 on according to the price list."""
GEMINI_FLASH_LITE_TTS = TextRung(
    provider="gemini",
    id="gemini-3.8-flash-lite-tts",
    prices=(TokenPrice(date(2026, 9, 22), 500_000, 6_000_000), TokenPrice(date(2027, 1, 1), 1_000_000, 12_000_000)),
    shutdown_on=None,
)
SPEECH = SpeechOffer(kind="speech", title="Gemini Flash TTS", rungs=(GEMINI_FLASH_TTS, GEMINI_FLASH_LITE_TTS))

_TOKENS_PER_LETTER_MAX = 3
"""Tokens of sound: corresponds to eight letters a second, which is slow. Usual speech has fifteen."""
_TOKENS_PER_SIGN_MAX = 12
"""For a digit or a Chinese character, which is spoken as a word."""
_TOKENS_AROUND = 50
_LETTERS_PER_MINUTE = 900
_FIRST_WIDE_SIGN = "\u2e80"


def _audio_tokens_max(text: str) -> int:
    words = sum(each.isdigit() or each >= _FIRST_WIDE_SIGN for each in text)
    return _TOKENS_AROUND + words * _TOKENS_PER_SIGN_MAX + (len(text) - words) * _TOKENS_PER_LETTER_MAX


def speech_credits(text: str, day: date) -> int:
    """The upper bound of the price of speaking this text, in credits: the hold."""
    return answer_credits(SPEECH.bound_usd_micros(text, day))


def speech_minute_credits(day: date) -> int:
    """The price of a minute of usual speech, in credits."""
    return answer_credits(SPEECH.rungs[0].cost_of(Tokens(_LETTERS_PER_MINUTE, 60 * AUDIO_TOKENS_PER_SECOND), day))


def answer_credits(usd_micros: int) -> int:
    """The price of an answer with this cost, in credits, rounded up, at least 1."""
    return max(1, -(-usd_micros * (100 + ANSWER_MARGIN_PERCENT) // (100 * CREDIT_USD_MICROS)))


VIDEO_MARGIN_PERCENT = 25
"""What a video earns above its cost, as an answer does."""


@dataclass(frozen=True, slots=True)
class VideoOffer:
    """Videos, as people can have them."""

    kind: str
    """What makes it: an entry of `shared/kinds.py`."""
    title: str
    rungs: tuple[VideoRung, ...]
    seconds: tuple[int, ...]
    """The lengths that are offered; the first is the one that nobody has to choose, as below."""
    ratios: tuple[VideoRatio, ...]
    resolutions: tuple[VideoResolution, ...]

    def bound_usd_micros(self, seconds: int, resolution: VideoResolution, pictures: int, read_seconds: int = 0) -> int:
        """What a video costs us at most with so many pictures as material, in millionths of a US dollar.

        `read_seconds`: the length of a video that it changes or continues.
        """
        return max(
            seconds * rung.costs_usd_micros[resolution]
            + pictures * rung.picture_cost_usd_micros
            + read_seconds * rung.clip_cost_usd_micros
            for rung in self.rungs
        )


OMNI = VideoRung(
    provider="gemini",
    id="gemini-omni-1.2-flash",
    works=frozenset({"text", "image", "reference", "edit", "extend"}),
    costs_usd_micros={"360p": 30_000, "720p": 100_000, "1080p": 150_000},
    clip_cost_usd_micros=8_700,
    picture_cost_usd_micros=2_000,
    seconds=tuple(range(3, 16)),
    ratios=("16:9", "9:16"),
    two_frames_seconds_max=10,
    references_max=6,
    clip_seconds=(3.0, 15.0),
    continued_seconds_max=15.0,
    added_seconds_max=10,
    whole_seconds_max=30.0,
    usual_seconds=(60, 180),
    shutdown_on=None,
)
"""By the list of 1.1, sound included: that of 1.2 is not published, and a reseller's hints at less. A clip is read at
5,792 tokens a second, $1.50 a million. The enterprise API continues longer clips too, but a file that is sent to the
developer API may have 15 s. Its 4K is not sold: 15 s of it pass what Telegram takes.
"""
VIDEO = VideoOffer(
    kind="video",
    title="Gemini Omni",
    rungs=(OMNI,),
    seconds=(4, 6, 10, 15),
    ratios=("16:9", "9:16"),
    resolutions=("360p", "720p", "1080p"),
)


def video_credits(usd_micros: int) -> int:
    """The price of a video that costs us so much: each begun credit counts."""
    return max(1, -(-usd_micros * (100 + VIDEO_MARGIN_PERCENT) // (100 * CREDIT_USD_MICROS)))


def cheapest_video_credits(pictures: int = 0) -> int:
    """The price of the shortest and smallest video with so many pictures as material."""
    return video_credits(VIDEO.bound_usd_micros(VIDEO.seconds[0], VIDEO.resolutions[0], pictures))


MATERIAL_USD_MICROS = 2_000
"""The upper bound of the cost of one input picture: about 1,120 tokens at $1.50 a million."""

WELCOME_CREDITS = 20
"""Enough for the three examples on the first screen and two more pictures."""
DAILY_CREDITS = 4
"""The price of one small picture. An account is topped up to it once a UTC day."""


def list_rungs() -> tuple[Rung, ...]:
    """Every model that may be asked, each once."""
    ladders = (*(offer.rungs for offer in OFFERS.values()), TALK.rungs, READING_RUNGS, SUMMARY_RUNGS, HEARING.rungs)
    every: tuple[Rung, ...] = sum((*ladders, SPEECH.rungs, VIDEO.rungs), ())
    return tuple({rung.name: rung for rung in every}.values())


def nearest_ratio(model: ModelName, ratio: Ratio) -> Ratio:
    """The ratio itself if the model supports it, otherwise the most similar one."""
    ratios = OFFERS[model].ratios
    return ratio if ratio in ratios else _most_like(ratios, _proportion(ratio))


def ratio_of(width: int, height: int) -> Ratio | None:
    """The ratio most similar to a picture of this size; None for an invalid size."""
    return _most_like(RATIOS, width / height) if width > 0 and height > 0 else None


def _most_like(ratios: tuple[Ratio, ...], proportion: float) -> Ratio:
    return min(ratios, key=lambda each: abs(log(_proportion(each) / proportion)))


def _proportion(ratio: Ratio) -> float:
    width, height = ratio.split(":")
    return int(width) / int(height)


def price_of(model: ModelName, size: Size) -> int:
    """Credits for one picture."""
    return OFFERS[model].prices[size]


def choose_rungs(
    model: ModelName, size: Size, ratio: Ratio, reference_count: int, *, dearer_too: bool
) -> tuple[PictureRung, ...]:
    """The wanted model, then the fallbacks that support this size and ratio with so many pictures as material.

    Without `dearer_too`, fallbacks that cost more than the price are left out: no picture is better than a loss.
    """
    offer = OFFERS[model]
    wanted, *fallbacks = offer.rungs
    earned = offer.prices[size] * CREDIT_USD_MICROS
    able = (rung for rung in fallbacks if rung.can_make(size, ratio, reference_count))
    return (wanted, *(rung for rung in able if dearer_too or rung.cost_of(size) <= earned))


def title_of(model: str) -> str:
    """The model's title for people; the name itself if only another release sells it."""
    return OFFERS[model].title if model in OFFERS else model


def is_fallback(model: ModelName, model_id: str) -> bool:
    """Whether a fallback of the offer made it; False for an id that is no longer listed."""
    rungs = OFFERS[model].rungs if model in OFFERS else ()
    return any(rung.id == model_id for rung in rungs[1:])
