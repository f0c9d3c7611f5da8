"""The outside world as the rooms see it: one narrow protocol per thing.

Each has an adapter in `shared/adapters`, a fake in `tests/fakes`, and one contract suite that both pass.
All of them are made once per process and used from one event loop.
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
"""Opaque: which state of a document was read. Only ever handed back in an `Update`."""


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
    """Add to top-level whole numbers of a document, whatever its version; what is missing counts as 0.

    Not idempotent: written twice, it counts twice.
    """

    key: Key
    fields: dict[str, int]


Write = Create | Update | Increment
Op = Literal["==", "<=", "in", "array_contains"]


@dataclass(frozen=True, slots=True)
class Query:
    """A bounded search of one collection."""

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
        """All writes or none; the new version of each. Raises ConflictError, UnavailableError.

        At most 500 writes, each to another document. An update that changes nothing keeps the version.
        After UnavailableError the commit may have happened: write so that a second try finds out.
        """
        ...

    async def find(self, query: Query) -> list[Record]:
        """What matches, at most `query.limit`. Raises UnavailableError."""
        ...


class TaskQueue(Protocol):
    """Durable calls, at least once, in any order (Cloud Tasks)."""

    async def enqueue(self, task: Task) -> None:
        """Return once the task is stored. Raises UnavailableError: it may be stored all the same."""
        ...


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """A file with what was written beside it."""

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
        """The file and what is known of it, if it is there. Raises UnavailableError."""
        ...

    async def get(self, name: str) -> bytes:
        """Raises BlobMissingError, UnavailableError."""
        ...

    async def delete_all(self, prefix: str) -> None:
        """Whatever's name begins so is gone afterwards, if there was anything. Raises UnavailableError."""
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
    """Where it is given, there are no `data`."""


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
        """Where it ends."""
        return self.offset + self.length


@dataclass(frozen=True, slots=True)
class Screen:
    """What a message shows: Telegram HTML, whose variables are already escaped, and rows of buttons."""

    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    force_reply: str | None = None
    """Ask the client to open a reply to this message, with this placeholder."""
    marks: tuple[Mark, ...] | None = None
    """Where they are given, the text is plain, and this is its markup."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in Telegram a message goes."""

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
    """What Telegram says of a message with a file."""

    message_id: int
    file_id: str


Action = Literal["upload_photo", "typing", "record_voice", "record_video", "upload_video"]


class Messenger(Protocol):
    """Telegram. Every method raises the MessengerErrors named in `shared/errors.py`.

    An edit to what is already shown counts as done.
    """

    def room(self, chat_id: int) -> int:
        """How many more calls this process may make to a group within the minute; some always for a private chat."""
        ...

    def wait_seconds(self, chat_id: int) -> float:
        """How long a message or an edit would wait for its turn if it were sent now.

        What is decoration waits before it is sent: a call that waits for its turn keeps it, whatever becomes of it.
        """
        ...

    async def send_text(self, place: Place, screen: Screen) -> int:
        """Send a message; its id. Not idempotent: DeliveryUnknownError means it may have arrived."""
        ...

    async def edit_text(self, place: Place, message_id: int, screen: Screen) -> None: ...

    async def edit_photo(self, place: Place, message_id: int, photo: Media, caption: Screen) -> Sent:
        """Turn a text or photo message into this photo. `Sent.file_id` is empty when nothing changed."""
        ...

    async def edit_document(self, place: Place, message_id: int, document: Media) -> None:
        """Turn a text message into this file; a file that it holds is replaced."""
        ...

    async def edit_caption(self, place: Place, message_id: int, caption: Screen) -> None: ...

    async def edit_buttons(self, place: Place, message_id: int, screen: Screen) -> None:
        """Replace the buttons; the text of `screen` is not used."""
        ...

    async def send_document(self, place: Place, document: Media, caption: Screen) -> Sent:
        """Send a file as it is. Not idempotent."""
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
        """Show a text that is still being written, for about 30 s or until the next message; private chats only.

        The same id changes the draft that is shown. The person can stop it: update `stopped_message_generation`.
        Buttons are not shown. An empty text shows that one is coming.
        """
        ...

    async def send_action(self, place: Place, action: Action = "upload_photo") -> None:
        """Show for about 5 s, or until the next message, what is on its way."""
        ...

    async def set_commands(self, chat_id: int, commands: Sequence[tuple[str, str]]) -> None:
        """Replace one chat's command menu: names without the slash, and descriptions."""
        ...

    async def answer_tap(self, callback_query_id: str, toast: str = "", *, alert: bool = False) -> None:
        """Stop the button's spinner and show a short text."""
        ...

    async def answer_guest(self, guest_query_id: str, screen: Screen) -> None:
        """Say one thing in a chat that the bot is not in, to the message that named it. A second one is refused."""
        ...

    async def download(self, file_id: str) -> bytes:
        """The bytes of a file somebody sent. Raises FileTooLargeError, FileUnreadableError, FileAwayError too."""
        ...

    async def username(self) -> str:
        """The bot's own name, without the @."""
        ...

    async def reads_all(self) -> bool:
        """Whether Telegram gives the bot all messages of its groups: its privacy mode is off."""
        ...


class Provider(Protocol):
    """Somebody's models behind one protocol (Gemini)."""

    async def generate(self, rung: PictureRung, task: PictureTask) -> ModelOutcome | Gone:
        """Call one model once, without retries. Never raises for what the provider did; the caller limits the time."""
        ...


class SpeechProvider(Protocol):
    """Somebody's models that speak."""

    async def speak(self, rung: TextRung, task: SpeechTask) -> ModelOutcome | Gone:
        """Call one model once, without retries. Never raises for what the provider did; the caller limits the time.

        `Spoken` is Ogg Opus. `TimedOut` wherever nobody knows whether the provider has spoken, and charges.
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
    """Somebody's models that answer in words."""

    async def stream(self, rung: TextRung, talk: Talk, hear: Callable[[str], None]) -> ModelOutcome | Gone:
        """Call one model once, without retries; `hear` gets the words as they come, and must return at once.

        `Told` holds all of them once more. Never raises for what the provider did; the caller limits the time. To
        cancel the call ends it at the provider within a moment.
        """
        ...


class Pictures(Protocol):
    """CPU work on pictures, off the event loop and bounded."""

    async def check(self, content: bytes) -> Image:
        """What people see of a file, and nothing else of it, in a format and size that the model accepts.

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
        """What a model gets of a file that its sender calls one of this kind; its bytes have the last word.

        Raises FileUnusableError, FileUnreadableError, FileTooManyPixelsError.
        """
        ...

    async def run(self, work: Callable[[], T]) -> T:
        """Do other CPU work on a file in the same place. Raises what the work raises."""
        ...


class Clock(Protocol):
    """Time."""

    def now(self) -> datetime:
        """Aware, UTC."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class Ids(Protocol):
    """Randomness. It names no document: ids are hashes of the facts they stand for (`shared/jobs/identity.py`)."""

    def jitter(self) -> float:
        """Uniform in [0, 1)."""
        ...

    def token(self) -> str:
        """22 characters of [A-Za-z0-9_-] that nobody can guess: 128 bits."""
        ...


class Spending(Protocol):
    """What all pictures together cost, and whether more may be spent."""

    async def rest_until(self) -> datetime | None:
        """Until when nothing may be bought from a provider; None where it may. Raises UnavailableError."""
        ...

    async def book(self, usd_micros: int) -> None:
        """Count what the next call of a model will cost. Raises UnavailableError: it may be counted all the same."""
        ...


@dataclass(frozen=True, slots=True)
class RepairPorts:
    """What `sweep` needs: no bot token, no bucket."""

    store: Store
    tasks: TaskQueue
    clock: Clock


@dataclass(frozen=True, slots=True)
class Ports(RepairPorts):
    """Everything a flow may touch, made once per process."""

    messenger: Messenger
    blobs: BlobStore
    ids: Ids
    spending: Spending
    surfaces: "Mapping[str, Surface]"
    """By the name that a job keeps."""
    screens: "Mapping[str, Screens]"
    """By the kind of work."""
    bot_id: int
    """The number before the colon of the bot's token: part of every inbox and intent id."""
    drafts: bool = True
    """Whether private chats see an answer as a draft while it is written."""


class Budget(Protocol):
    """Room in this process."""

    def reserve(self, wanted_bytes: int) -> AbstractAsyncContextManager[None]:
        """Hold so many bytes of material, waiting for them if need be. Raises NoRoomError."""
        ...

    def expect(self, wanted_bytes: int) -> AbstractAsyncContextManager[Callable[[], Awaitable[None]]]:
        """What takes so many bytes for an answer once it has begun, and gives them back at the end of the block."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Studio:
    """What a process that asks models has of its own beside `Ports`. Each kind of work adds its tools."""

    breaker: Breaker = field(default_factory=Breaker)
    gone: GoneModels = field(default_factory=GoneModels)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when this process is told to end."""


@dataclass(frozen=True, slots=True)
class TalkStudio(Studio):
    """What answering in words needs; only `chat` has it."""

    providers: Mapping[str, TextProvider]
    """By the name that the rungs of the catalogue use."""
    reader: FileReader
    budget: Budget
    """Room for the files that are asked about, and for recordings."""
    speakers: Mapping[str, SpeechProvider] = field(default_factory=dict)
    """By the same names, for what is spoken."""
    speak_along: "Callable[[Ports, StoredJob], Awaitable[None]] | None" = None
    """Has an answer spoken that is shown in words; may be repeated."""
    hurries: dict[str, asyncio.Event] = field(default_factory=dict)
    """By job, of those that are answered in this process: set where it should look at the job now."""


@dataclass(frozen=True, slots=True)
class PictureStudio(Studio):
    """What making a picture needs; only `image` has it."""

    providers: Mapping[str, Provider]
    """By the name that the rungs of the catalogue use."""
    pictures: Pictures
    budget: Budget
    dearer_too: bool = False
    """Whether a model may paint that costs more than the credits earn, when the wanted one is gone."""


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
