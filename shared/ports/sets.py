"""The ports that a function is given together."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shared.ports.blobs import BlobStore, MediaStore
from shared.ports.cards import CardPayments
from shared.ports.documents import Store
from shared.ports.media import FileReader, LinkReader, Pictures, VideoFiles
from shared.ports.messenger import Messenger
from shared.ports.models import Provider, SpeechProvider, TextProvider, Transcoder, VideoProvider
from shared.ports.process import Budget, Clock, Ids, Spending
from shared.ports.receivers import Receivers
from shared.providers.breaker import Breaker
from shared.providers.ladder import GoneModels
from shared.task import TaskQueue

if TYPE_CHECKING:
    from shared.jobs.frame import Surface
    from shared.jobs.open_jobs import StoredJob
    from shared.jobs.screens import Screens

DEFAULT_SELLERS = frozenset({"gemini"})


@dataclass(frozen=True, slots=True)
class RepairPorts:
    """The ports of `sweep`: no bot token, no bucket."""

    store: Store
    tasks: TaskQueue
    clock: Clock


@dataclass(frozen=True, slots=True)
class Ports(RepairPorts):
    """All ports of a function that works for people; created once per process."""

    messenger: Messenger
    blobs: BlobStore
    ids: Ids
    spending: Spending
    surfaces: "Mapping[str, Surface]"
    """By the name in a job."""
    screens: "Mapping[str, Screens]"
    """By the kind of work."""
    bot_id: int
    """The number before the colon of the bot's token; a part of every inbox id and intent."""
    drafts: bool = True
    """Whether private chats show an answer as a draft while it is written."""
    order_keys: tuple[bytes, ...] = field(default=(), repr=False)
    """The keys of invoices, only in `bot`: the first signs, all are accepted. Empty: nothing can be bought."""
    support_contact: str = ""
    """Whom people write to about payments, such as "@our_support". Empty: nothing is sold."""
    support_chat_id: int = 0
    """The operators' group with a topic for each person who writes to them, only in `bot`. 0: there is none."""
    mini_app_url: str = ""
    """Where the Mini App is, only in `bot`. Empty: there is none."""
    cards: Mapping[str, CardPayments] = field(default_factory=dict)
    """The providers of card payments by name, the preferred one first, only in `bot`. Empty: cards are not taken."""
    erasure_keys: tuple[bytes, ...] = field(default=(), repr=False)
    """The keys by which erased people are remembered: the first writes, all are tried. Empty: nobody is erased here."""
    sellers: frozenset[str] = DEFAULT_SELLERS
    """The providers whose models are on offer here, by the names that the rungs of the catalogue use."""

    admin_ids: frozenset[int] = frozenset()
    """Telegram's ids of the operators: they find the operators' page, and may write to everybody."""
    admin_roles: Mapping[int, str] = field(default_factory=dict)
    """What further people may do on the operators' pages, by Telegram's ids: `shared/people/operators.py`."""

    @property
    def sells(self) -> bool:
        """Whether credits are sold here: only where somebody answers about payments."""
        return bool(self.support_contact)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppPorts(Ports):
    """The ports of the Mini App. Its messenger refuses every call: `api` does not hold the bot's token."""

    media: MediaStore
    """The bucket of `blobs`, for links to files."""
    pictures: Pictures
    """For what people upload."""
    receivers: Receivers
    """The webhooks of people's programs."""
    card_currencies: frozenset[str] = frozenset()
    """In which cards are taken: `bot`, which has `cards`, opens the invoices. Empty: cards are not taken."""
    admin_url: str = ""
    """Google's dashboard, which lets nobody in by itself. Empty: there is none."""
    alone_credits_max: int = 0
    """How many credits one operator may give on a day without another's agreement."""
    spend_usd_micros_max: tuple[int, int] = (0, 0)
    """What models may cost in an hour and on a day, in millionths of a US dollar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Studio:
    """The extra ports of a process that asks models. Subclasses add the tools of their kinds of work."""

    breaker: Breaker = field(default_factory=Breaker)
    gone: GoneModels = field(default_factory=GoneModels)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    """Set at SIGTERM."""


@dataclass(frozen=True, slots=True)
class TalkStudio(Studio):
    """The tools for answers, transcripts and speech; only `chat` has them."""

    providers: Mapping[str, TextProvider]
    """By the name that the rungs of the catalogue use."""
    reader: FileReader
    budget: Budget
    """The memory budget for files of questions and for recordings."""
    speakers: Mapping[str, SpeechProvider] = field(default_factory=dict)
    """The speech providers, by the same names."""
    speak_along: "Callable[[Ports, StoredJob], Awaitable[None]] | None" = None
    """Requests the speech of a shown answer; idempotent."""
    links: LinkReader | None = None
    """None where no link is opened."""
    hurries: dict[str, asyncio.Event] = field(default_factory=dict)
    """For each job that this process is answering: set to make it check the job at once."""


@dataclass(frozen=True, slots=True)
class PictureStudio(Studio):
    """The tools for pictures; only `image` has them."""

    providers: Mapping[str, Provider]
    """By the name that the rungs of the catalogue use."""
    pictures: Pictures
    budget: Budget
    dearer_too: bool = False
    """Whether a model that costs more than the price may paint while the wanted one is gone."""


@dataclass(frozen=True, slots=True)
class VideoStudio(Studio):
    """What making a video needs; only `video` has it."""

    providers: Mapping[str, VideoProvider]
    """By the name that the rungs of the catalogue use."""
    media: MediaStore
    """The bucket of `Ports.blobs`, for files that are never whole in memory."""
    files: VideoFiles
    pictures: Pictures
    """For the pictures that a video starts from."""
    budget: Budget
    """Room for them."""
    transcoder: Transcoder
    """For videos that are too large for Telegram."""
    notices_url: str = ""
    """Where providers tell that a video has ended; empty: they are not asked to."""
