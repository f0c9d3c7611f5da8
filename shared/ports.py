"""The ports: one narrow protocol for each outside service.

Each has an adapter in `shared/adapters`, a fake in `tests/fakes`, and one contract suite that both pass.
Adapters are created once per process and used from one event loop.
"""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from shared.providers.breaker import Breaker
from shared.providers.files import FileContent, FileKind
from shared.providers.images import Image
from shared.providers.ladder import GoneModels, PictureRung, TextRung, VideoRung
from shared.providers.mp4 import VideoFacts
from shared.providers.outcomes import Gone, ModelOutcome, PictureTask
from shared.providers.speech import SpeechTask
from shared.providers.talk import Talk
from shared.providers.videos import Poll, VideoMade, VideoTask
from shared.task import Task

if TYPE_CHECKING:
    from shared.jobs.frame import Surface
    from shared.jobs.open_jobs import StoredJob
    from shared.jobs.screens import Screens

T = TypeVar("T")
Fields = dict[str, Any]
Version = object
"""Opaque: the version of a document that was read. It is only passed back in an `Update`."""


@dataclass(frozen=True, slots=True)
class Key:
    """The address of one document."""

    collection: str
    id: str


@dataclass(frozen=True, slots=True)
class Record:
    """A document as it was read."""

    key: Key
    fields: Fields
    version: Version


@dataclass(frozen=True, slots=True)
class Create:
    """Write a document that must not exist yet."""

    key: Key
    fields: Fields


@dataclass(frozen=True, slots=True)
class Update:
    """Overwrite the given top-level fields of a document that must still be at `version`.

    Fields that are not named stay as they are, so that a newer version's fields survive an older writer.
    """

    key: Key
    fields: Fields
    version: Version


@dataclass(frozen=True, slots=True)
class Increment:
    """Add to top-level integers of a document, whatever its version; a missing field counts as 0.

    Not idempotent: written twice, it counts twice.
    """

    key: Key
    fields: dict[str, int]


Write = Create | Update | Increment
Op = Literal["==", "<=", "in", "array_contains"]


@dataclass(frozen=True, slots=True)
class Query:
    """A bounded query of one collection."""

    collection: str
    where: tuple[tuple[str, Op, Any], ...]
    limit: int
    order_by: tuple[str, Literal["ASCENDING", "DESCENDING"]] | None = None


class Store(Protocol):
    """Documents with optimistic commits (Firestore)."""

    async def read(self, keys: Sequence[Key]) -> list[Record | None]:
        """The documents at `keys`, in that order, in one round trip. Raises UnavailableError."""
        ...

    async def commit(self, writes: Sequence[Write]) -> list[Version]:
        """Commit all writes or none; returns the new version of each. Raises ConflictError, UnavailableError.

        At most 500 writes, each to another document. An update that changes nothing keeps the version.
        After UnavailableError the commit may have happened: choose the writes so that a retry detects it.
        """
        ...

    async def find(self, query: Query) -> list[Record]:
        """The matching documents, at most `query.limit`. Raises UnavailableError."""
        ...


class TaskQueue(Protocol):
    """Durable calls, at least once, in any order (Cloud Tasks)."""

    async def enqueue(self, task: Task) -> None:
        """Return once the task is stored. After an UnavailableError it may be stored too."""
        ...


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """A file with its metadata."""

    content: bytes
    mime_type: str
    facts: Mapping[str, str]


class BlobStore(Protocol):
    """Write-once files (Cloud Storage)."""

    async def put(
        self, name: str, content: bytes, mime_type: str, facts: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        """Store under a name that is never re-used; a second put changes nothing. Raises UnavailableError."""
        ...

    async def look(self, name: str) -> StoredBlob | None:
        """The file with its metadata, if it exists. Raises UnavailableError."""
        ...

    async def get(self, name: str) -> bytes:
        """Raises BlobMissingError, UnavailableError."""
        ...

    async def delete_all(self, prefix: str) -> None:
        """Delete all files whose names begin with this, if there are any. Raises UnavailableError."""
        ...


@dataclass(frozen=True, slots=True)
class BlobAbout:
    """What is known of a file that is not read."""

    name: str
    size_bytes: int
    mime_type: str
    facts: Mapping[str, str] = field(default_factory=dict)


class MediaStore(BlobStore, Protocol):
    """The same files where they are large: they pass through in pieces, and are never whole in memory."""

    async def put_stream(
        self,
        name: str,
        pieces: AsyncIterable[bytes],
        mime_type: str,
        facts: Mapping[str, str] = MappingProxyType({}),
    ) -> int:
        """As `put`; the file's size in bytes. Raises what the pieces raise, and then nothing is stored."""
        ...

    async def stream(self, name: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The bytes from `start` up to `end`, in pieces of at most 1 MB. Raises BlobMissingError, UnavailableError.

        The iterator raises UnavailableError too, as soon as the file is known to be damaged on its way.
        """
        ...

    async def measure(self, name: str) -> BlobAbout | None:
        """What is known of a file, if it is there. Raises UnavailableError."""
        ...

    async def list_all(self, prefix: str) -> list[BlobAbout]:
        """The files whose names begin so, by name. Raises UnavailableError."""
        ...

    async def link(self, name: str, lifetime: timedelta, filename: str) -> str:
        """An address where anybody can download the file under this name for so long, 12 hours at most.

        Raises UnavailableError.
        """
        ...


@dataclass(frozen=True, slots=True)
class Button:
    """An inline button: `data` comes back in a callback query (at most 64 bytes), or `url` is opened."""

    label: str
    data: str = ""
    url: str = ""
    """If it is set, `data` is empty."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A Telegram entity; offset and length in UTF-16 code units."""

    kind: str
    offset: int
    length: int
    url: str = ""
    language: str = ""

    @property
    def end(self) -> int:
        """The offset of its end."""
        return self.offset + self.length


@dataclass(frozen=True, slots=True)
class Screen:
    """The content of a message: Telegram HTML, whose variables are already escaped, and rows of buttons."""

    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    force_reply: str | None = None
    """Makes the app open a reply to this message, with this placeholder."""
    marks: tuple[Mark, ...] | None = None
    """If they are set, the text is plain and this is its markup."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where to send a message."""

    chat_id: int
    thread_id: int | None = None
    reply_to: int | None = None


@dataclass(frozen=True, slots=True)
class Media:
    """A file to send: its bytes, or the `file_id` of one that Telegram already has."""

    content: bytes | str
    filename: str


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in our bucket that is sent from there in pieces, as it is."""

    name: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Video:
    """A video to send, and what Telegram's apps have to know of it before they have loaded it."""

    content: StoredFile | bytes | str
    """Or its bytes, or the `file_id` of one that Telegram already has."""
    filename: str
    width: int
    height: int
    """In px, as people see it."""
    seconds: int
    thumbnail: bytes = b""
    """A JPEG of at most 320 px a side and 200 kB; empty: Telegram makes one, or shows none."""


@dataclass(frozen=True, slots=True)
class Sent:
    """Telegram's response for a message with a file."""

    message_id: int
    file_id: str


Action = Literal["upload_photo", "typing", "record_voice", "record_video", "upload_video"]


class Messenger(Protocol):
    """Telegram. Every method raises the MessengerErrors named in `shared/errors.py`.

    An edit to what is already shown counts as done.
    """

    def room(self, chat_id: int) -> int:
        """How many more calls this process may make to a group this minute; always positive for a private chat."""
        ...

    def wait_seconds(self, chat_id: int) -> float:
        """How long a message or an edit would wait for its turn if it were sent now, in seconds.

        Optional calls should wait before they are sent: a booked turn stays booked even if the call is canceled.
        """
        ...

    async def send_text(self, place: Place, screen: Screen) -> int:
        """Send a message; returns its id. Not idempotent: after DeliveryUnknownError it may have arrived."""
        ...

    async def edit_text(self, place: Place, message_id: int, screen: Screen) -> None: ...

    async def edit_photo(self, place: Place, message_id: int, photo: Media, caption: Screen) -> Sent:
        """Turn a text or photo message into this photo. `Sent.file_id` is empty when nothing changed."""
        ...

    async def edit_document(self, place: Place, message_id: int, document: Media) -> None:
        """Turn a text message into this file, or replace the file of a message."""
        ...

    async def edit_caption(self, place: Place, message_id: int, caption: Screen) -> None: ...

    async def edit_buttons(self, place: Place, message_id: int, screen: Screen) -> None:
        """Replace the buttons; the text of `screen` is not used."""
        ...

    async def send_document(self, place: Place, document: Media, caption: Screen) -> Sent:
        """Send a file unchanged. Not idempotent."""
        ...

    async def send_voice(self, place: Place, voice: Media, seconds: int, caption: Screen) -> Sent:
        """Send Ogg Opus of this length as a voice message. Not idempotent."""
        ...

    async def edit_video(self, place: Place, message_id: int, video: Video, caption: Screen) -> Sent:
        """Turn a text, photo or video message into this video. `Sent.file_id` is empty when nothing changed."""
        ...

    async def send_video(self, place: Place, video: Video, caption: Screen) -> Sent:
        """Send a video. Not idempotent."""
        ...

    async def delete_message(self, place: Place, message_id: int) -> None: ...

    async def send_draft(self, place: Place, draft_id: int, screen: Screen) -> None:
        """Show an unfinished text, for about 30 s or until the next message; private chats only.

        The same id replaces the shown draft. The person can stop it: update `stopped_message_generation`.
        Buttons are not shown. An empty text shows that one is coming.
        """
        ...

    async def send_action(self, place: Place, action: Action = "upload_photo") -> None:
        """Show what the bot is doing, for about 5 s or until the next message."""
        ...

    async def set_commands(self, chat_id: int, commands: Sequence[tuple[str, str]]) -> None:
        """Replace one chat's command menu: names without the slash, and descriptions."""
        ...

    async def answer_tap(self, callback_query_id: str, toast: str = "", *, alert: bool = False) -> None:
        """Stop the button's spinner and show a short text."""
        ...

    async def answer_guest(self, guest_query_id: str, screen: Screen) -> None:
        """Send the one allowed answer to a message that named the bot in a chat that it is not in."""
        ...

    async def download(self, file_id: str) -> bytes:
        """The bytes of a file that a person sent. Also raises FileTooLargeError, FileUnreadableError, FileAwayError."""
        ...

    async def username(self) -> str:
        """The bot's username, without the @."""
        ...

    async def reads_all(self) -> bool:
        """Whether Telegram gives the bot all messages of its groups: its privacy mode is off."""
        ...


class Provider(Protocol):
    """A provider's picture models (Gemini)."""

    async def generate(self, rung: PictureRung, task: PictureTask) -> ModelOutcome | Gone:
        """Call one model once, without retries. Never raises for what the provider did; the caller limits the time."""
        ...


class SpeechProvider(Protocol):
    """A provider's speech models."""

    async def speak(self, rung: TextRung, task: SpeechTask) -> ModelOutcome | Gone:
        """Call one model once, without retries. Never raises for what the provider did; the caller limits the time.

        `Spoken` is Ogg Opus. `TimedOut` means that the provider may have spoken and may charge us.
        """
        ...


class VideoProvider(Protocol):
    """Somebody's models that make videos. No method raises for what the provider did, but where it says so."""

    async def start(self, rung: VideoRung, task: VideoTask, prefix: str) -> ModelOutcome | Gone:
        """Ask one model once, without retries. `Begun` where it is at work now.

        `prefix` begins the names of this attempt's own files in our bucket ("videos/…/"): the provider writes there
        where it can. `TimedOut` wherever nobody knows whether the provider has begun, and charges.
        """
        ...

    async def poll(self, operation: str, prefix: str) -> Poll:
        """How far it is. May be repeated."""
        ...

    async def find(self, prefix: str) -> VideoMade | None:
        """What a provider has written under the attempt's own prefix, if anything. Raises UnavailableError.

        Where it cannot write there, this is always None.
        """
        ...

    async def read(self, made: VideoMade) -> AsyncIterator[bytes]:
        """The file in pieces. Raises BlobMissingError, UnavailableError; so does the iterator."""
        ...

    async def cancel(self, operation: str) -> None:
        """Have the provider stop, if it still can; it may charge all the same. May be repeated, never raises."""
        ...

    async def forget(self, operation: str) -> bool:
        """Delete what the provider keeps of it, prompt and pictures included. May be repeated.

        False where it could not be asked: try again later.
        """
        ...


class VideoFiles(Protocol):
    """Work on video files in our bucket, off the event loop and bounded; no file is ever whole in memory.

    All raise BlobMissingError, UnavailableError and, where a file is no video that can be shown,
    VideoUnusableError with a `trouble` of `shared.providers.mp4.VideoTrouble`.
    """

    async def inspect(self, name: str) -> VideoFacts:
        """What the file says of itself. Only its index is read."""
        ...

    async def finish(self, source: str, name: str, *, has_sound: bool) -> VideoFacts:
        """Store a copy under `name` that plays while it loads (the index first), without sound if that is wanted."""
        ...

    async def thumbnail(self, name: str) -> bytes:
        """A JPEG of at most 320 px a side and 200 kB; empty where nothing here can decode the video."""
        ...

    async def shrink(self, source: str, name: str, bytes_max: int) -> VideoFacts | None:
        """Store a smaller copy under `name`, of at most so many bytes; None where nothing here can make one."""
        ...


class TextProvider(Protocol):
    """A provider's text models."""

    async def stream(self, rung: TextRung, talk: Talk, hear: Callable[[str], None]) -> ModelOutcome | Gone:
        """Call one model once, without retries; `hear` gets the words as they arrive and must return at once.

        `Told` contains the whole text. Never raises for what the provider did; the caller limits the time. Canceling
        the coroutine ends the call at the provider within a moment.
        """
        ...


class Pictures(Protocol):
    """CPU work on pictures, off the event loop and bounded."""

    async def check(self, content: bytes) -> Image:
        """The visible picture of a file, without metadata, in a format and size that the model accepts.

        Raises FileUnreadableError, FileTooManyPixelsError.
        """
        ...

    async def preview(self, content: bytes) -> tuple[bytes, int, int]:
        """A JPEG for the chat, and the original's width and height in px.

        Raises FileUnreadableError, FileTooManyPixelsError.
        """
        ...


class FileReader(Protocol):
    """CPU work on the files that people ask about, off the event loop and bounded."""

    async def read(self, content: bytes, kind: FileKind) -> FileContent:
        """The content of a file for a model. `kind` is what the sender's app claims; the bytes must agree.

        Raises FileUnusableError, FileUnreadableError, FileTooManyPixelsError.
        """
        ...

    async def run(self, work: Callable[[], T]) -> T:
        """Do other CPU work in the same thread. Raises what the work raises."""
        ...


class Clock(Protocol):
    """Time."""

    def now(self) -> datetime:
        """Aware, UTC."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class Ids(Protocol):
    """Randomness. Not used for document ids, which are hashes of their causes (`shared/jobs/identity.py`)."""

    def jitter(self) -> float:
        """Uniform in [0, 1)."""
        ...

    def token(self) -> str:
        """A secret of 22 characters of [A-Za-z0-9_-]: 128 bits."""
        ...


class Spending(Protocol):
    """The caps on our spending for models."""

    async def rest_until(self) -> datetime | None:
        """Until when spending is stopped; None if it is not. Raises UnavailableError."""
        ...

    async def book(self, usd_micros: int) -> None:
        """Count the cost of the next call of a model. After an UnavailableError it may be counted too."""
        ...


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


class Budget(Protocol):
    """The memory budget of this process."""

    def reserve(self, wanted_bytes: int) -> AbstractAsyncContextManager[None]:
        """Reserve so many bytes for material during the block, waiting if necessary. Raises NoRoomError."""
        ...

    def expect(self, wanted_bytes: int) -> AbstractAsyncContextManager[Callable[[], Awaitable[None]]]:
        """A function that reserves so many bytes when a response begins; they are released at the end of the block."""
        ...


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
