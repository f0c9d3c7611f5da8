"""The offers that people choose and pay for, by kind of work, with the rules of their prices. Pure.

The values are in `offers.json`; the Literals are here because types need them, and the file has to agree with them.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from shared.providers.ladder import PictureRung, TextRung, VideoRung
from shared.providers.talk import Thinking, Tokens
from shared.providers.videos import VideoRatio, VideoResolution, VideoTask

Ratio = Literal["1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9", "1:4", "4:1", "1:8", "8:1"]
Size = Literal["1K", "2K", "4K"]
ModelName = Literal["fast", "best", "gpt", "dream"]
VideoName = Literal["omni", "kling", "seedance", "veo", "veo-fast"]
Rule = Literal[
    "material_usd_micros", "reading_usd_micros", "readings_per_day", "summary_usd_micros", "answer_margin_percent",
    "video_margin_percent", "welcome_credits", "daily_credits", "free_answers_per_day", "free_hearing_seconds_per_day",
]  # fmt: skip
"""The names of the numbers that belong to no offer."""

WRITTEN_TOKENS_MIN = 200
"""Of a transcript, for the JSON around the words."""
AUDIO_TOKENS_MAX = 16_384
"""The most sound of one call: almost eleven minutes."""
_TOKENS_PER_LETTER_MAX = 3
"""Tokens of sound: corresponds to eight letters a second, which is slow. Usual speech has fifteen."""
_TOKENS_PER_SIGN_MAX = 12
"""For a digit or a Chinese character, which is spoken as a word."""
_TOKENS_AROUND = 50
_FIRST_WIDE_SIGN = "\u2e80"


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
    about: str = ""
    """The text that describes it."""
    later_prices: tuple[tuple[date, dict[Size, int]], ...] = ()
    """The prices that replace `prices` on their days, the oldest first."""

    def prices_on(self, day: date) -> dict[Size, int]:
        """The prices of a day."""
        return next((prices for since, prices in reversed(self.later_prices) if since <= day), self.prices)


@dataclass(frozen=True, slots=True)
class TalkOffer:
    """The offer of answers in words."""

    kind: str
    title: str
    about: str
    rungs: tuple[TextRung, ...]
    thinking: Thinking
    input_tokens_max: int
    """The limit of the model's input: conversation, question and our instruction together."""
    output_tokens_max: int
    """The limit of the model's output, thoughts included."""
    search_usd_micros: int
    """The provider's price of one web query, in millionths of a US dollar."""
    searches_max: int
    """The most queries per answer that a person pays. The model's number cannot be limited; we pay further queries."""

    def bound_usd_micros(self, day: date, file_tokens: int = 0, *, search: bool = False) -> int:
        """The upper bound of an answer's cost with so many tokens of files, in millionths of a US dollar.

        With `search` it includes `searches_max` queries.
        """
        tokens = Tokens(self.input_tokens_max + file_tokens, self.output_tokens_max)
        searches = self.searches_max * self.search_usd_micros if search else 0
        return max(rung.cost_of(tokens, day) for rung in self.rungs) + searches


@dataclass(frozen=True, slots=True)
class HearingOffer:
    """The offer of transcripts of recordings."""

    kind: str
    title: str
    about: str
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


@dataclass(frozen=True, slots=True)
class SpeechOffer:
    """The offer of spoken answers."""

    kind: str
    title: str
    about: str
    rungs: tuple[TextRung, ...]
    """The models; their output tokens are sound."""

    def bound_usd_micros(self, text: str, day: date) -> int:
        """The upper bound of the cost of speaking this text, in millionths of a US dollar."""
        tokens = Tokens(len(text), min(AUDIO_TOKENS_MAX, _audio_tokens_max(text)))
        return max(rung.cost_of(tokens, day) for rung in self.rungs)


def _audio_tokens_max(text: str) -> int:
    words = sum(each.isdigit() or each >= _FIRST_WIDE_SIGN for each in text)
    return _TOKENS_AROUND + words * _TOKENS_PER_SIGN_MAX + (len(text) - words) * _TOKENS_PER_LETTER_MAX


@dataclass(frozen=True, slots=True)
class VideoOffer:
    """Videos, as people can have them."""

    kind: str
    title: str
    about: str
    rungs: tuple[VideoRung, ...]
    seconds: tuple[int, ...]
    """The lengths that are offered; the first is the one that nobody has to choose, as below."""
    ratios: tuple[VideoRatio, ...]
    resolutions: tuple[VideoResolution, ...]

    def bound_usd_micros(
        self,
        seconds: int,
        resolution: VideoResolution,
        pictures: int,
        read_seconds: int = 0,
        rung: VideoRung | None = None,
    ) -> int:
        """What a video costs us at most with so many pictures as material, in millionths of a US dollar.

        `read_seconds`: the length of a video that it changes or continues; `rung`: who makes it, by default the wanted
        model.
        """
        made_by = rung or self.rungs[0]
        return (
            seconds * made_by.cost_per_second(resolution)
            + pictures * made_by.picture_cost_usd_micros
            + read_seconds * made_by.clip_cost_usd_micros
        )

    def choose_rungs(self, task: VideoTask, earned_usd_micros: int) -> tuple[VideoRung, ...]:
        """The wanted model, then the fallbacks that can do this for no more than it earns."""
        wanted, *fallbacks = self.rungs
        able = (rung for rung in fallbacks if rung.can_make(task) and rung.cost_of(task) <= earned_usd_micros)
        return (wanted, *able)

    def fallback_by(self, model_id: str) -> VideoRung | None:
        """The fallback with this id or a version of it; None for the wanted model, and for one that is not listed."""
        named = [rung for rung in self.rungs if model_id.startswith(rung.id)]
        made_by = max(named, key=lambda rung: len(rung.id), default=self.rungs[0])
        return None if made_by == self.rungs[0] else made_by


@dataclass(frozen=True, slots=True)
class Campaign:
    """Days on which every purchase brings more credits."""

    name: str
    percent: int
    """Of the purchased credits."""
    valid_from: date
    valid_until: date
    """The last day; both in UTC."""


@dataclass(frozen=True, slots=True)
class Cashback:
    """Days on which a part of what is spent comes back."""

    name: str
    """Each person's spending is counted under it, so it is used once."""
    percent: int
    """Of the credits spent."""
    credits_max: int
    """The most that comes back to one person."""
    valid_from: date
    valid_until: date
    """The last day; both in UTC."""


@dataclass(frozen=True, slots=True)
class Growth:
    """What is given away: with purchases, for invitations, and from one person to another."""

    first_purchase_percent: int
    first_purchase_credits_min: int
    """A smaller first purchase brings nothing on top."""
    purchase_bonus_percent_max: int
    """The most that one purchase brings on top, of its credits, whatever comes together."""
    inviter_credits: int
    """For the first purchase of an invited person that lasts."""
    invited_credits: int
    """For that person."""
    rewards_per_day: int
    rewards_per_month: int
    """Rewards of one inviter on a UTC day and in a UTC month."""
    gift_credits_max: int
    gifts_per_day: int
    campaigns: tuple[Campaign, ...]
    cashback: tuple[Cashback, ...] = ()
    """Their days do not overlap."""

    def cashback_on(self, day: date) -> Cashback | None:
        """The campaign of this UTC day that gives a part of what is spent back."""
        return next((each for each in self.cashback if each.valid_from <= day <= each.valid_until), None)

    def campaign_percent(self, day: date) -> int:
        """What a purchase on this UTC day brings on top, of its credits."""
        return sum(each.percent for each in self.campaigns if each.valid_from <= day <= each.valid_until)
