"""Telegram, and what is sent by it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Button:
    """An inline button: `data` comes back in a callback query (at most 64 bytes), or `url` or `app` is opened."""

    label: str
    data: str = ""
    url: str = ""
    """If it is set, `data` is empty."""
    app: str = ""
    """The address of the Mini App, in private chats only. If it is set, both others are empty."""


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
    is_silent: bool = False
    """The phone does not ring. Only for a text that is sent."""


NO_CAPTION = Screen("")


@dataclass(frozen=True, slots=True)
class Place:
    """Where to send a message."""

    chat_id: int
    thread_id: int | None = None
    reply_to: int | None = None


@dataclass(frozen=True, slots=True)
class Media:
    """A file to send: its bytes, the `file_id` of one that Telegram already has, or its place in our bucket."""

    content: "bytes | str | StoredFile"
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


@dataclass(frozen=True, slots=True)
class InlineResult:
    """A photo or video that Telegram has, for a person to pick in another chat. The title is shown to them alone."""

    id: str
    """At most 64 bytes."""
    medium: Literal["photo", "video"]
    file_id: str
    title: str = ""
    caption: Screen = NO_CAPTION
    """What stands under it in the other chat, with buttons that open addresses."""


@dataclass(frozen=True, slots=True)
class InlineAnswer:
    """The answer to an inline query: at most 50 results, and a button above them that opens the private chat."""

    results: tuple[InlineResult, ...] = ()
    following: str = ""
    """What the query for the next page gives back: at most 64 bytes. Empty: there is none."""
    label: str = ""
    """The button's; empty: there is no button."""
    payload: str = ""
    """The /start payload of the button."""


@dataclass(frozen=True, slots=True)
class PreparedMessage:
    """A message that one person can send from the Mini App to a chat of their choice."""

    id: str
    until: datetime
    """From then on Telegram does not know it any more."""


@dataclass(frozen=True, slots=True)
class Invoice:
    """Something that can be paid for with Telegram Stars."""

    title: str
    """At most 32 characters."""
    description: str
    """At most 255 characters."""
    payload: str
    """Comes back with the payment; at most 128 bytes."""
    stars: int
    """The price; 1 to 25,000, of a subscription at most 10,000."""
    days: int = 0
    """The period of a subscription, 30, which only a link can sell; 0: it is paid once."""


@dataclass(frozen=True, slots=True)
class WebhookState:
    """What Telegram says of the bot's webhook."""

    url: str
    """Empty: there is none."""
    pending: int
    """How many updates wait."""
    failed_at: datetime | None = None
    """When a delivery failed last."""
    failure: str = ""
    """Telegram's words for that."""


@dataclass(frozen=True, slots=True)
class StarTransaction:
    """One line of Telegram's list of the bot's Stars: a person's payment, its return, or something else."""

    charge_id: str
    """The same for a payment and its return."""
    at: datetime
    stars: int
    user_id: int
    """The person who paid or got the money back; 0 if the line is about something else, such as a withdrawal."""
    payload: str = ""
    """What our invoice carried."""
    is_returned: bool = False
    language_code: str = ""
    period_seconds: int = 0
    """The period of a subscription; 0: it was paid once."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a group."""

    name: str
    """As Telegram's apps show it; a person's own choice."""
    is_administrator: bool
    """Or the group's owner."""


Action = Literal["upload_photo", "typing", "record_voice", "record_video", "upload_video", "upload_document"]


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

    async def edit_document(self, place: Place, message_id: int, document: Media, caption: Screen = NO_CAPTION) -> str:
        """Turn a text message into this file, or replace the file of a message.

        Returns its `file_id`; empty when nothing changed.
        """
        ...

    async def edit_caption(self, place: Place, message_id: int, caption: Screen) -> None: ...

    async def edit_buttons(self, place: Place, message_id: int, screen: Screen) -> None:
        """Replace the buttons; the text of `screen` is not used."""
        ...

    async def send_album(self, place: Place, photos: Sequence[Media], caption: Screen = NO_CAPTION) -> tuple[int, ...]:
        """Send two to ten photos side by side; the caption belongs to the first. Their messages' ids, in order.

        Not idempotent.
        """
        ...

    async def send_file_album(self, place: Place, documents: Sequence[Media]) -> tuple[int, ...]:
        """Send two to ten files as one group, unchanged. Their messages' ids, in order. Not idempotent."""
        ...

    async def send_document(self, place: Place, document: Media, caption: Screen) -> Sent:
        """Send a file unchanged. Not idempotent."""
        ...

    async def send_voice(self, place: Place, voice: Media, seconds: int, caption: Screen) -> Sent:
        """Send Ogg Opus of this length as a voice message. Not idempotent."""
        ...

    async def send_invoice(self, place: Place, invoice: Invoice) -> int:
        """Send an invoice; returns the message's id. Not idempotent. Each message can be paid once."""
        ...

    async def create_invoice_link(self, invoice: Invoice) -> str:
        """A link to an invoice, which anybody may open and pay, also several times. Repeated, it is another link."""
        ...

    async def edit_subscription(self, user_id: int, charge_id: str, *, is_canceled: bool) -> bool:
        """Stop the renewal of a subscription, or allow the person to turn it on again; whether Telegram agreed.

        The charge is that of its first payment. What is so already counts as agreed.
        """
        ...

    async def list_star_transactions(self, offset: int) -> tuple[StarTransaction, ...]:
        """At most 100 transactions of the bot, the oldest first, without the first `offset` ones."""
        ...

    async def read_webhook(self) -> WebhookState: ...

    async def return_stars(self, user_id: int, charge_id: str) -> None:
        """Give a person the Stars of a payment back. Idempotent: what was given back before counts as done."""
        ...

    async def send_photo(self, place: Place, photo: Media, caption: Screen) -> Sent:
        """Send a photo. Not idempotent."""
        ...

    async def edit_video(self, place: Place, message_id: int, video: Video, caption: Screen) -> Sent:
        """Turn a text, photo or video message into this video. `Sent.file_id` is empty when nothing changed."""
        ...

    async def send_video(self, place: Place, video: Video, caption: Screen) -> Sent:
        """Send a video. Not idempotent."""
        ...

    async def copy_message(self, place: Place, from_chat_id: int, message_id: int, screen: Screen = NO_CAPTION) -> int:
        """Send the same content again, without its author; the id of the copy. Not idempotent.

        Only the buttons of `screen` are used. Unlike other sends it goes nowhere else if the topic is gone.
        """
        ...

    async def create_topic(self, chat_id: int, name: str) -> int:
        """Open a topic in a forum; its thread id. A long name is cut. Not idempotent."""
        ...

    async def reopen_topic(self, chat_id: int, thread_id: int) -> None:
        """Let people write in a closed topic again. Idempotent."""
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

    async def find_channel(self, name: str, user_id: int) -> int | None:
        """The id of a channel ("@name", or its id) in which this person may post; None if there is none, or the bot is
        not an administrator there.
        """
        ...

    async def find_member(self, chat_id: int, user_id: int) -> Member | None:
        """What Telegram says now of a person in a group, or of one who was there; None if it knows nothing."""
        ...

    async def answer_inline(self, inline_query_id: str, answer: InlineAnswer) -> None:
        """Answer an inline query, for this person alone. Telegram takes one answer, for some seconds."""
        ...

    async def prepare_message(self, user_id: int, result: InlineResult) -> PreparedMessage:
        """Save a message for this person to send from the Mini App, to people, groups and channels; not to other bots.

        Repeated, it is another message.
        """
        ...

    async def react(self, place: Place, message_id: int, emoji: str) -> None:
        """Replace our reaction to a message; empty: remove it. Not counted against a chat's messages."""
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
