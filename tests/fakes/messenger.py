"""A Telegram in memory: what `shared.ports.Messenger` promises, without the network.

messenger.chats[chat_id][message_id]  what a person sees now
messenger.drafts[chat_id]             the text that is being written there, until the next message
messenger.calls                       every call in order, refused ones too
messenger.fail("send_text", error)    the next call of that method raises, and nothing happens
messenger.lose("send_text")           the next call happens, and its answer is lost
messenger.blocked.add(chat_id)        this person stopped the bot
messenger.photoless.add(chat_id)      this group forbids photos and videos
messenger.voiceless.add(chat_id)      this chat takes no voice messages
messenger.closed.add(chat_id)         in this group nothing may be written
messenger.topics[chat_id][thread_id]  the name of each topic of a forum; a chat that is no key has none
messenger.closed_topics.add((chat_id, thread_id))
messenger.uncopyable.add(message_id)  a message that cannot be copied
messenger.migrated[chat_id] = new     this group has become a supergroup
messenger.rooms[chat_id] = n          a group whose minute has room for so few calls
messenger.commands[chat_id]           the command menu of one chat
messenger.channels["@name"][user_id]  the id of a channel in which this person may post
messenger.members[chat_id][user_id]   what Telegram says of somebody in a group
messenger.inline[query_id]            the answer to an inline query
messenger.prepared[id]                who may send it, and what it is
messenger.reactions[chat_id][message_id]  the bot's reaction
messenger.transactions                Telegram's list of the bot's Stars
messenger.webhook                     what Telegram says of the bot's webhook
"""

import asyncio
import re
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Literal, TypeVar

from shared.errors import (
    BotBlockedError,
    ChatMigratedError,
    DeliveryUnknownError,
    FileTooLargeError,
    FileUnreadableError,
    MessageGoneError,
    MessageRejectedError,
    NanoBananaError,
    PlaceRefusedError,
    TopicClosedError,
    TopicGoneError,
)
from shared.ports import (
    NO_CAPTION,
    Action,
    Button,
    InlineAnswer,
    InlineResult,
    Invoice,
    Mark,
    Media,
    Member,
    Place,
    PreparedMessage,
    Screen,
    Sent,
    StarTransaction,
    StoredFile,
    Video,
    WebhookState,
)  # fmt: skip
from shared.usage import current_usage

Kind = Literal["text", "photo", "document", "voice", "video", "invoice", "copy"]
Buttons = tuple[tuple[Button, ...], ...]
Result = TypeVar("Result")
DOWNLOAD_BYTES_MAX = 20 * 1024 * 1024
TEXT_UNITS_MAX = 4096
INLINE_RESULTS_MAX = 50
INLINE_BYTES_MAX = 64
TRANSACTIONS_MAX = 100


@dataclass(frozen=True)
class Shown:
    """A message as a person sees it; `text` is the caption where there is a file."""

    message_id: int
    kind: Kind
    text: str
    buttons: Buttons = ()
    force_reply: str | None = None
    reply_to: int | None = None
    thread_id: int | None = None
    file_id: str = ""
    edits: int = 0
    marks: tuple[Mark, ...] | None = None
    in_album: bool = False


@dataclass(frozen=True)
class Draft:
    """A text that is still being written, as a person sees it."""

    draft_id: int
    screen: Screen


@dataclass(frozen=True)
class Call:
    """One call of the port."""

    method: str
    chat_id: int | None = None
    message_id: int | None = None
    screen: Screen | None = None
    media: Media | None = None
    video: Video | None = None
    draft_id: int | None = None
    action: Action | None = None
    seconds: int | None = None
    invoice: Invoice | None = None


@dataclass(frozen=True)
class Tap:
    """How a button press was answered."""

    query_id: str
    toast: str
    alert: bool


@dataclass
class FakeMessenger:
    """See the module's docstring."""

    chats: dict[int, dict[int, Shown]] = field(default_factory=lambda: defaultdict(dict))
    drafts: dict[int, Draft] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    taps: list[Tap] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    documents: set[str] = field(default_factory=set)
    """File ids that are no photos'."""
    blocked: set[int] = field(default_factory=set)
    photoless: set[int] = field(default_factory=set)
    voiceless: set[int] = field(default_factory=set)
    closed: set[int] = field(default_factory=set)
    topics: dict[int, dict[int, str]] = field(default_factory=dict)
    closed_topics: set[tuple[int, int]] = field(default_factory=set)
    uncopyable: set[int] = field(default_factory=set)
    migrated: dict[int, int] = field(default_factory=dict)
    guests: dict[str, Screen] = field(default_factory=dict)
    channels: dict[str, dict[int, int]] = field(default_factory=dict)
    members: dict[int, dict[int, Member]] = field(default_factory=dict)
    inline: dict[str, InlineAnswer] = field(default_factory=dict)
    invoice_links: dict[str, Invoice] = field(default_factory=dict)
    prepared: dict[str, tuple[int, InlineResult]] = field(default_factory=dict)
    """Messages that people can send from the Mini App, by their ids."""
    prepared_until: datetime = datetime(2100, 1, 1, tzinfo=UTC)
    subscriptions: dict[tuple[int, str], bool] = field(default_factory=dict)
    """(person, first charge) of those that Telegram knows → whether we have stopped it."""
    reactions: dict[int, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))
    transactions: list[StarTransaction] = field(default_factory=list)
    webhook: WebhookState = field(default_factory=lambda: WebhookState("https://webhook.test/", 0))
    returned_at: datetime = datetime(2026, 1, 2, tzinfo=UTC)
    """When Stars are given back."""
    sees_all: bool = False
    expired_queries: set[str] = field(default_factory=set)
    commands: dict[int, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    rooms: dict[int, int] = field(default_factory=dict)
    name: str = "nanobanana_test_bot"
    next_message_id: int = 1000
    _failures: dict[str, deque[NanoBananaError]] = field(default_factory=lambda: defaultdict(deque))
    _losses: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _stalls: dict[str, Callable[[], Awaitable[object]]] = field(default_factory=dict)

    # --- what a test does ---

    def fail(self, method: str, *errors: NanoBananaError) -> None:
        self._failures[method].extend(errors)

    def lose(self, method: str, times: int = 1) -> None:
        self._losses[method] += times

    def stall(self, method: str, action: Callable[[], Awaitable[object]]) -> None:
        """Let something happen while the next call is on its way."""
        self._stalls[method] = action

    def add_file(self, content: bytes) -> str:
        """The file id of a picture that somebody sent."""
        file_id = f"file-{sha256(content).hexdigest()[:16]}"
        self.files[file_id] = content
        return file_id

    def sent(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    def messages(self, chat_id: int) -> list[Shown]:
        return list(self.chats[chat_id].values())

    # --- the port ---

    def room(self, chat_id: int) -> int:
        return self.rooms.get(chat_id, 20)

    def wait_seconds(self, chat_id: int) -> float:
        return 0.0

    async def send_text(self, place: Place, screen: Screen) -> int:
        call = Call("send_text", place.chat_id, screen=screen)
        return await self._run(call, lambda: self._add(place, "text", screen, "").message_id)

    async def edit_text(self, place: Place, message_id: int, screen: Screen) -> None:
        call = Call("edit_text", place.chat_id, message_id, screen)
        await self._run(call, lambda: self._edit(place, message_id, screen, ("text",)))

    async def edit_photo(self, place: Place, message_id: int, photo: Media, caption: Screen) -> Sent:
        call = Call("edit_photo", place.chat_id, message_id, caption, photo)
        return await self._run(call, lambda: self._turn_into(place, message_id, "photo", self._keep(photo), caption))

    async def edit_document(self, place: Place, message_id: int, document: Media, caption: Screen = NO_CAPTION) -> str:
        call = Call("edit_document", place.chat_id, message_id, caption, document)
        sent = await self._run(
            call, lambda: self._turn_into(place, message_id, "document", self._keep(document), caption)
        )
        return sent.file_id

    async def edit_caption(self, place: Place, message_id: int, caption: Screen) -> None:
        call = Call("edit_caption", place.chat_id, message_id, caption)
        await self._run(call, lambda: self._edit(place, message_id, caption, ("photo", "document", "video")))

    async def edit_buttons(self, place: Place, message_id: int, screen: Screen) -> None:
        call = Call("edit_buttons", place.chat_id, message_id, screen)

        def change() -> None:
            message = self._find(place, message_id)
            self._show(place, replace(message, buttons=screen.buttons))

        await self._run(call, change)

    async def send_album(self, place: Place, photos: Sequence[Media], caption: Screen = NO_CAPTION) -> tuple[int, ...]:
        def add() -> tuple[int, ...]:
            if not 2 <= len(photos) <= 10:
                raise MessageRejectedError("there must be 2-10 messages in an album")
            if any(each.content in self.documents for each in photos):
                raise MessageRejectedError("can't use file of type Document as Photo")
            kept = [self._keep(photo) for photo in photos]
            captions = (caption, *[Screen("")] * (len(kept) - 1))
            pairs = zip(captions, kept, strict=True)
            return tuple(self._add_to_album(place, each, file_id) for each, file_id in pairs)

        return await self._run(Call("send_album", place.chat_id, screen=caption), add)

    async def send_file_album(self, place: Place, documents: Sequence[Media]) -> tuple[int, ...]:
        def add() -> tuple[int, ...]:
            if not 2 <= len(documents) <= 10:
                raise MessageRejectedError("there must be 2-10 messages in an album")
            kept = [self._keep(each) for each in documents]
            return tuple(self._add_to_album(place, NO_CAPTION, file_id, "document") for file_id in kept)

        return await self._run(Call("send_file_album", place.chat_id), add)

    async def send_document(self, place: Place, document: Media, caption: Screen) -> Sent:
        def add() -> Sent:
            message = self._add(place, "document", caption, self._keep(document))
            return Sent(message.message_id, message.file_id)

        return await self._run(Call("send_document", place.chat_id, screen=caption, media=document), add)

    async def send_photo(self, place: Place, photo: Media, caption: Screen) -> Sent:
        def add() -> Sent:
            message = self._add(place, "photo", caption, self._keep(photo))
            return Sent(message.message_id, message.file_id)

        return await self._run(Call("send_photo", place.chat_id, screen=caption, media=photo), add)

    async def send_voice(self, place: Place, voice: Media, seconds: int, caption: Screen) -> Sent:
        def add() -> Sent:
            message = self._add(place, "voice", caption, self._keep(voice))
            return Sent(message.message_id, message.file_id)

        return await self._run(Call("send_voice", place.chat_id, screen=caption, media=voice, seconds=seconds), add)

    async def send_invoice(self, place: Place, invoice: Invoice) -> int:
        call = Call("send_invoice", place.chat_id, invoice=invoice)
        return await self._run(call, lambda: self._add(place, "invoice", Screen(invoice.title), "").message_id)

    async def create_invoice_link(self, invoice: Invoice) -> str:
        def create() -> str:
            if invoice.days not in {0, 30} or not 1 <= invoice.stars <= (10_000 if invoice.days else 25_000):
                raise MessageRejectedError("subscription_period_invalid")
            if not 1 <= len(invoice.payload.encode()) <= 128:
                raise MessageRejectedError("invoice_payload_invalid")
            link = f"https://t.me/$invoice{len(self.invoice_links)}"
            self.invoice_links[link] = invoice
            return link

        return await self._run(Call("create_invoice_link", invoice=invoice), create)

    async def edit_subscription(self, user_id: int, charge_id: str, *, is_canceled: bool) -> bool:
        def edit() -> bool:
            if (user_id, charge_id) not in self.subscriptions:
                return False
            self.subscriptions[user_id, charge_id] = is_canceled
            return True

        return await self._run(Call("edit_subscription", user_id), edit)

    async def list_star_transactions(self, offset: int) -> tuple[StarTransaction, ...]:
        page = slice(offset, offset + TRANSACTIONS_MAX)
        return await self._run(Call("list_star_transactions"), lambda: tuple(self.transactions[page]))

    async def read_webhook(self) -> WebhookState:
        return await self._run(Call("read_webhook"), lambda: self.webhook)

    async def return_stars(self, user_id: int, charge_id: str) -> None:
        def give_back() -> None:
            told = [each for each in self.transactions if each.charge_id == charge_id]
            paid = next((each for each in told if not each.is_returned and each.user_id == user_id), None)
            if paid is None:
                raise MessageRejectedError("charge_not_found")
            if not any(each.is_returned for each in told):
                self.transactions.append(replace(paid, at=self.returned_at, is_returned=True))

        await self._run(Call("return_stars"), give_back)

    async def edit_video(self, place: Place, message_id: int, video: Video, caption: Screen) -> Sent:
        call = Call("edit_video", place.chat_id, message_id, caption, video=video)
        return await self._run(call, lambda: self._turn_into(place, message_id, "video", self._keep(video), caption))

    async def send_video(self, place: Place, video: Video, caption: Screen) -> Sent:
        def add() -> Sent:
            message = self._add(place, "video", caption, self._keep(video))
            return Sent(message.message_id, message.file_id)

        return await self._run(Call("send_video", place.chat_id, screen=caption, video=video), add)

    async def send_draft(self, place: Place, draft_id: int, screen: Screen) -> None:
        def show() -> None:
            if place.chat_id < 0 or draft_id == 0:
                raise MessageRejectedError("drafts have a number, and are for private chats")
            _check_marks(screen)
            self.drafts[place.chat_id] = Draft(draft_id, screen)

        await self._run(Call("send_draft", place.chat_id, screen=screen, draft_id=draft_id), show)

    async def send_action(self, place: Place, action: Action = "upload_photo") -> None:
        await self._run(Call("send_action", place.chat_id, action=action), lambda: None)

    async def set_commands(self, chat_id: int, commands: Sequence[tuple[str, str]]) -> None:
        call = Call("set_commands", chat_id)
        await self._run(call, lambda: self.commands.update({chat_id: tuple(commands)}))

    async def copy_message(self, place: Place, from_chat_id: int, message_id: int, screen: Screen = NO_CAPTION) -> int:
        def copy() -> int:
            self._check_topic(place)
            if message_id in self.uncopyable:
                raise MessageRejectedError("message can't be copied")
            buttons = Screen(f"copy of {from_chat_id}/{message_id}", screen.buttons)
            return self._add(place, "copy", buttons, "").message_id

        return await self._run(Call("copy_message", place.chat_id, message_id, screen), copy)

    async def create_topic(self, chat_id: int, name: str) -> int:
        def create() -> int:
            if chat_id not in self.topics:
                raise PlaceRefusedError("the chat is not a forum")
            self.next_message_id += 1
            self.topics[chat_id][self.next_message_id] = name[:128]
            return self.next_message_id

        return await self._run(Call("create_topic", chat_id), create)

    async def reopen_topic(self, chat_id: int, thread_id: int) -> None:
        def reopen() -> None:
            if thread_id not in self.topics.get(chat_id, {}):
                raise TopicGoneError("topic_id_invalid")
            self.closed_topics.discard((chat_id, thread_id))

        await self._run(Call("reopen_topic", chat_id), reopen)

    async def delete_message(self, place: Place, message_id: int) -> None:
        call = Call("delete_message", place.chat_id, message_id)
        await self._run(call, lambda: self.chats[place.chat_id].pop(message_id, None))

    async def answer_tap(self, callback_query_id: str, toast: str = "", *, alert: bool = False) -> None:
        def answer() -> None:
            if callback_query_id in self.expired_queries:
                raise MessageGoneError("query is too old")
            self.taps.append(Tap(callback_query_id, toast, alert))

        await self._run(Call("answer_tap"), answer)

    async def download(self, file_id: str) -> bytes:
        def load() -> bytes:
            if file_id not in self.files:
                raise FileUnreadableError("no such file")
            if len(self.files[file_id]) > DOWNLOAD_BYTES_MAX:
                raise FileTooLargeError("over 20 MB")
            return self.files[file_id]

        return await self._run(Call("download"), load)

    async def answer_guest(self, guest_query_id: str, screen: Screen) -> None:
        def answer() -> None:
            if not guest_query_id or guest_query_id in self.guests:
                raise MessageGoneError("query id is invalid")
            self.guests[guest_query_id] = screen

        await self._run(Call("answer_guest", screen=screen), answer)

    async def find_channel(self, name: str, user_id: int) -> int | None:
        return await self._run(Call("find_channel"), lambda: self.channels.get(name, {}).get(user_id))

    async def find_member(self, chat_id: int, user_id: int) -> Member | None:
        return await self._run(Call("find_member"), lambda: self.members.get(chat_id, {}).get(user_id))

    async def answer_inline(self, inline_query_id: str, answer: InlineAnswer) -> None:
        def keep() -> None:
            if not inline_query_id or inline_query_id in self.inline:
                raise MessageGoneError("query is too old")
            _check_inline(answer, self.files)
            self.inline[inline_query_id] = answer

        await self._run(Call("answer_inline"), keep)

    async def prepare_message(self, user_id: int, result: InlineResult) -> PreparedMessage:
        def keep() -> PreparedMessage:
            if user_id not in self.chats:
                raise MessageRejectedError("user_id_invalid")
            _check_inline(InlineAnswer((result,)), self.files)
            prepared = PreparedMessage(f"prepared-{len(self.prepared)}", self.prepared_until)
            self.prepared[prepared.id] = (user_id, result)
            return prepared

        return await self._run(Call("prepare_message"), keep)

    async def react(self, place: Place, message_id: int, emoji: str) -> None:
        call = Call("react", place.chat_id, message_id)
        await self._run(call, lambda: self.reactions[place.chat_id].update({message_id: emoji}))

    async def reads_all(self) -> bool:
        return await self._run(Call("reads_all"), lambda: self.sees_all)

    async def username(self) -> str:
        return await self._run(Call("username"), lambda: self.name)

    # --- how ---

    async def _run(self, call: Call, act: Callable[[], Result]) -> Result:
        """One call: other tasks get a turn before and after, as they do on a network."""
        current_usage().messenger_calls += 1
        self.calls.append(call)
        await asyncio.sleep(0)
        if call.method in self._stalls:
            await self._stalls.pop(call.method)()
        if self._failures[call.method]:
            raise self._failures[call.method].popleft()
        self._check_place(call)
        result = act()
        await asyncio.sleep(0)
        if self._losses[call.method]:
            self._losses[call.method] -= 1
            raise DeliveryUnknownError("answer lost")
        return result

    def _check_place(self, call: Call) -> None:
        """What Telegram refuses whatever the message says."""
        if call.chat_id in self.blocked:
            raise BotBlockedError("bot was blocked by the user")
        if call.chat_id in self.migrated:
            raise ChatMigratedError(self.migrated[call.chat_id])
        if call.chat_id in self.closed:
            raise PlaceRefusedError("topic_closed")
        if call.chat_id in self.voiceless and call.method == "send_voice":
            raise PlaceRefusedError("voice_messages_forbidden")
        if call.chat_id in self.photoless and call.method in {"edit_photo", "send_photo", "edit_video", "send_video"}:
            raise PlaceRefusedError("not enough rights to send photos to the chat")

    def _check_topic(self, place: Place) -> None:
        """What Telegram refuses in a topic."""
        if place.thread_id is not None and place.thread_id not in self.topics.get(place.chat_id, {}):
            raise TopicGoneError("message thread not found")
        if (place.chat_id, place.thread_id) in self.closed_topics:
            raise TopicClosedError("topic_closed")

    def _add(self, place: Place, kind: Kind, screen: Screen, file_id: str) -> Shown:
        _check(screen)
        _check_apps(place, screen)
        self.next_message_id += 1
        reply_to = place.reply_to if place.reply_to in self.chats[place.chat_id] else None
        message = Shown(
            self.next_message_id,
            kind,
            screen.text,
            screen.buttons,
            screen.force_reply,
            reply_to,
            place.thread_id,
            file_id,
            marks=screen.marks,
        )
        self.chats[place.chat_id][message.message_id] = message
        self.drafts.pop(place.chat_id, None)
        return message

    def _add_to_album(self, place: Place, caption: Screen, file_id: str, kind: Kind = "photo") -> int:
        message = self._add(place, kind, caption, file_id)
        self.chats[place.chat_id][message.message_id] = replace(message, in_album=True)
        return message.message_id

    def _find(self, place: Place, message_id: int) -> Shown:
        message = self.chats[place.chat_id].get(message_id)
        if message is None:
            raise MessageGoneError("message to edit not found")
        return message

    def _edit(self, place: Place, message_id: int, screen: Screen, kinds: tuple[Kind, ...]) -> None:
        _check(screen)
        message = self._find(place, message_id)
        if message.kind not in kinds:
            raise MessageGoneError("there is no such part in the message to edit")
        self._show(place, replace(message, text=screen.text, buttons=screen.buttons, marks=screen.marks))

    def _turn_into(self, place: Place, message_id: int, kind: Kind, file_id: str, caption: Screen) -> Sent:
        _check(caption)
        message = self._find(place, message_id)
        words = replace(message, text=caption.text, buttons=caption.buttons, marks=caption.marks)
        turned = replace(words, kind=kind, file_id=file_id)
        return Sent(message_id, file_id if self._show(place, turned) else "")

    def _show(self, place: Place, message: Shown) -> bool:
        """Whether anything changed."""
        if self.chats[place.chat_id].get(message.message_id) == message:
            return False
        self.chats[place.chat_id][message.message_id] = replace(message, edits=message.edits + 1)
        return True

    def _keep(self, media: Media | Video) -> str:
        if isinstance(media.content, StoredFile):  # its bytes are in the bucket
            return self.add_file(media.content.name.encode())
        if isinstance(media.content, bytes):
            return self.add_file(media.content)
        if media.content not in self.files:
            raise MessageRejectedError("wrong file identifier")
        return media.content


def _check_apps(place: Place, screen: Screen) -> None:
    """What Telegram refuses outside of private chats."""
    if place.chat_id < 0 and any(button.app for row in screen.buttons for button in row):
        raise MessageRejectedError("BUTTON_TYPE_INVALID")


def _check(screen: Screen) -> None:
    """What Telegram refuses of a screen whoever sends it."""
    data = [button.data for row in screen.buttons for button in row if not (button.url or button.app)]
    if any(not 1 <= len(value.encode()) <= 64 for value in data):
        raise MessageRejectedError("BUTTON_DATA_INVALID")
    if screen.buttons and screen.force_reply is not None:
        raise MessageRejectedError("a message has one reply markup")
    _check_marks(screen)


def _check_marks(screen: Screen) -> None:
    """What Telegram refuses of a plain text with its markup beside it."""
    if screen.marks is None:
        return
    units = len(screen.text.encode("utf-16-le", "surrogatepass")) // 2
    if units > TEXT_UNITS_MAX:
        raise MessageRejectedError("message is too long")
    if any(mark.offset < 0 or mark.end > units for mark in screen.marks):
        raise MessageRejectedError("entity ends after the end of the text")


def _check_inline(answer: InlineAnswer, files: dict[str, bytes]) -> None:
    """What Telegram refuses in the answer to an inline query."""
    ids = [result.id for result in answer.results]
    if len(ids) > INLINE_RESULTS_MAX or len(set(ids)) < len(ids):
        raise MessageRejectedError("results_too_much or result_id_duplicate")
    if any(not 0 < len(each.encode()) <= INLINE_BYTES_MAX for each in ids):
        raise MessageRejectedError("result_id_invalid")
    if len(answer.following.encode()) > INLINE_BYTES_MAX:
        raise MessageRejectedError("next_offset_invalid")
    if any(result.file_id not in files for result in answer.results):
        raise MessageRejectedError("wrong file identifier")
    for result in answer.results:
        _check(result.caption)
    if answer.label and re.fullmatch(r"[A-Za-z0-9_-]{1,64}", answer.payload) is None:
        raise MessageRejectedError("start_param_invalid")
