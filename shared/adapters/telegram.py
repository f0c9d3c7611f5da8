"""Telegram by python-telegram-bot's `Bot`: screens become messages, its errors become ours.

Every called address contains the token, so no address may be in an error, its cause or a log line.
"""

import asyncio
import logging
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import IO, TypeVar, cast

import httpx
from telegram import (
    Bot,
    BotCommandScopeChat,
    ChatMemberAdministrator,
    ChatMemberOwner,
    InlineQueryResultArticle,
    InlineQueryResultCachedPhoto,
    InlineQueryResultCachedVideo,
    InlineQueryResultsButton,
    InputFile,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    InputTextMessageContent,
    LabeledPrice,
    LinkPreviewOptions,
    Message,
    TransactionPartnerUser,
    User,
)
from telegram import StarTransaction as TelegramStarTransaction
from telegram.constants import CallbackQueryLimit, ChatType, ForumTopicLimit
from telegram.error import TelegramError

from shared.adapters.telegram_errors import FloodError, NotModifiedError, read_error
from shared.adapters.telegram_markup import entities_of, keyboard_of, markup_of, parse_mode_of, reply_of
from shared.adapters.telegram_pace import SMALLEST, Limits, Pace
from shared.adapters.telegram_request import USUAL_TIMEOUTS, Stream, TelegramRequest, Timeouts, no_stream
from shared.errors import (
    BotBlockedError,
    DeliveryUnknownError,
    FileAwayError,
    FileTooLargeError,
    FileUnreadableError,
    MessageGoneError,
    MessageRejectedError,
    MessengerError,
    PlaceRefusedError,
    TopicGoneError,
)
from shared.ports import (
    NO_CAPTION,
    Action,
    InlineAnswer,
    InlineResult,
    Invoice,
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

# The library's switch for times as timedelta; without it each flood control causes a deprecation warning.
os.environ.setdefault("PTB_TIMEDELTA", "1")

INLINE_KEPT_SECONDS = 5
"""How long Telegram may repeat an answer to the same inline query: a new or deleted picture is seen after this time."""
NAME_KEPT_SECONDS = 600.0
"""How long the bot's username is cached; after a change, mentions of the new name work after this time."""
STARS = "XTR"
"""Telegram's name of its own currency."""
_IS_SO_ALREADY = "already"
"""In the description of a refused change that was made before; Telegram documents none for subscriptions."""
INVOICE = "invoice_payment"
"""Telegram's name of a transaction about an invoice of ours."""
ALREADY_RETURNED = "charge_already_refunded"
_IS_OPEN_ALREADY = "topic_not_modified"
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_Result = TypeVar("_Result")


class TelegramMessenger:
    """A `Messenger`. One per process and event loop; `api_base_url` is any Bot API server's."""

    def __init__(
        self,
        token: str,
        api_base_url: str,
        timeouts: Timeouts = USUAL_TIMEOUTS,
        limits: Limits = SMALLEST,
        now: Callable[[], float] = time.monotonic,
        stream: Stream = no_stream,
    ) -> None:
        """`stream` gives the bytes of a file in our bucket, by its name."""
        self._token = token
        self._api_base_url = api_base_url.rstrip("/")
        self._timeouts = timeouts
        self._pace = Pace(limits)
        self._opened: tuple[Bot, TelegramRequest] | None = None
        self._now, self._stream = now, stream
        self._me: User | None = None
        self._me_until = 0.0
        _silence_logs()

    def room(self, chat_id: int) -> int:
        return self._pace.room(chat_id)

    def wait_seconds(self, chat_id: int) -> float:
        return self._pace.wait_seconds(chat_id)

    async def send_text(self, place: Place, screen: Screen) -> int:
        message = await self._send(
            place,
            lambda bot, thread_id: bot.send_message(
                place.chat_id,
                screen.text,
                parse_mode=parse_mode_of(screen),
                entities=entities_of(screen),
                link_preview_options=_NO_PREVIEW,
                disable_notification=screen.is_silent or None,
                message_thread_id=thread_id,
                reply_parameters=reply_of(place),
                reply_markup=markup_of(screen),
            ),
        )
        return message.message_id

    async def edit_text(self, place: Place, message_id: int, screen: Screen) -> None:
        await self._edit(
            place,
            lambda bot: bot.edit_message_text(
                screen.text,
                place.chat_id,
                message_id,
                parse_mode=parse_mode_of(screen),
                entities=entities_of(screen),
                link_preview_options=_NO_PREVIEW,
                reply_markup=keyboard_of(screen),
            ),
        )

    async def edit_photo(self, place: Place, message_id: int, photo: Media, caption: Screen) -> Sent:
        media = InputMediaPhoto(
            _content_of(photo, attach=True),
            caption.text,
            parse_mode=parse_mode_of(caption),
            caption_entities=entities_of(caption),
            filename=photo.filename,
        )
        message = await self._edit(
            place,
            lambda bot: bot.edit_message_media(media, place.chat_id, message_id, reply_markup=keyboard_of(caption)),
        )
        if not isinstance(message, Message):
            return Sent(message_id, "")
        return _sent_photo(message)

    async def edit_document(self, place: Place, message_id: int, document: Media, caption: Screen = NO_CAPTION) -> str:
        media = InputMediaDocument(
            _content_of(document, attach=True),
            caption=caption.text or None,
            parse_mode=parse_mode_of(caption),
            caption_entities=entities_of(caption),
            filename=document.filename,
            disable_content_type_detection=True,
        )
        message = await self._edit(
            place,
            lambda bot: bot.edit_message_media(media, place.chat_id, message_id, reply_markup=keyboard_of(caption)),
        )
        return message.document.file_id if isinstance(message, Message) and message.document else ""

    async def edit_caption(self, place: Place, message_id: int, caption: Screen) -> None:
        await self._edit(
            place,
            lambda bot: bot.edit_message_caption(
                place.chat_id,
                message_id,
                caption=caption.text,
                parse_mode=parse_mode_of(caption),
                caption_entities=entities_of(caption),
                reply_markup=keyboard_of(caption),
            ),
        )

    async def edit_buttons(self, place: Place, message_id: int, screen: Screen) -> None:
        await self._edit(
            place,
            lambda bot: bot.edit_message_reply_markup(place.chat_id, message_id, reply_markup=keyboard_of(screen)),
        )

    async def send_album(self, place: Place, photos: Sequence[Media], caption: Screen = NO_CAPTION) -> tuple[int, ...]:
        media = [InputMediaPhoto(_content_of(photo, attach=True), filename=photo.filename) for photo in photos]
        return await self._send_group(place, media, caption)

    async def send_file_album(self, place: Place, documents: Sequence[Media]) -> tuple[int, ...]:
        media = [
            InputMediaDocument(
                _content_of(each, attach=True), filename=each.filename, disable_content_type_detection=True
            )
            for each in documents
        ]
        return await self._send_group(place, media, NO_CAPTION)

    async def send_document(self, place: Place, document: Media, caption: Screen) -> Sent:
        message = await self._send(
            place,
            lambda bot, thread_id: bot.send_document(
                place.chat_id,
                _content_of(document),
                caption=caption.text or None,
                parse_mode=parse_mode_of(caption),
                caption_entities=entities_of(caption),
                filename=document.filename,
                disable_content_type_detection=True,  # otherwise a picture would be shown as a photo
                message_thread_id=thread_id,
                reply_parameters=reply_of(place),
                reply_markup=markup_of(caption),
            ),
        )
        return Sent(message.message_id, message.document.file_id if message.document else "")

    async def send_photo(self, place: Place, photo: Media, caption: Screen) -> Sent:
        message = await self._send(
            place,
            lambda bot, thread_id: bot.send_photo(
                place.chat_id,
                _content_of(photo),
                caption=caption.text or None,
                parse_mode=parse_mode_of(caption),
                caption_entities=entities_of(caption),
                filename=photo.filename,
                message_thread_id=thread_id,
                reply_parameters=reply_of(place),
                reply_markup=markup_of(caption),
            ),
        )
        return _sent_photo(message)

    async def send_voice(self, place: Place, voice: Media, seconds: int, caption: Screen) -> Sent:
        message = await self._send(
            place,
            lambda bot, thread_id: bot.send_voice(
                place.chat_id,
                _content_of(voice),
                duration=seconds,
                caption=caption.text or None,
                parse_mode=parse_mode_of(caption),
                caption_entities=entities_of(caption),
                filename=voice.filename,
                message_thread_id=thread_id,
                reply_parameters=reply_of(place),
                reply_markup=markup_of(caption),
            ),
        )
        return Sent(message.message_id, message.voice.file_id if message.voice else "")

    async def send_invoice(self, place: Place, invoice: Invoice) -> int:
        message = await self._send(
            place,
            lambda bot, thread_id: bot.send_invoice(
                place.chat_id,
                title=invoice.title,
                description=invoice.description,
                payload=invoice.payload,
                currency=STARS,
                prices=[LabeledPrice(invoice.title, invoice.stars)],
                message_thread_id=thread_id,
                reply_parameters=reply_of(place),
            ),
        )
        return message.message_id

    async def create_invoice_link(self, invoice: Invoice) -> str:
        return await self._call(
            lambda bot: bot.create_invoice_link(
                title=invoice.title,
                description=invoice.description,
                payload=invoice.payload,
                currency=STARS,
                prices=[LabeledPrice(invoice.title, invoice.stars)],
                subscription_period=timedelta(days=invoice.days) if invoice.days else None,
            )
        )

    async def edit_subscription(self, user_id: int, charge_id: str, *, is_canceled: bool) -> bool:
        try:
            return await self._call(lambda bot: bot.edit_user_star_subscription(user_id, charge_id, is_canceled))
        except MessageRejectedError as error:
            return _IS_SO_ALREADY in str(error)

    async def list_star_transactions(self, offset: int) -> tuple[StarTransaction, ...]:
        listed = await self._call(lambda bot: bot.get_star_transactions(offset))
        return tuple(map(_read_transaction, listed.transactions))

    async def read_webhook(self) -> WebhookState:
        info = await self._call(lambda bot: bot.get_webhook_info())
        return WebhookState(info.url, info.pending_update_count, info.last_error_date, info.last_error_message or "")

    async def return_stars(self, user_id: int, charge_id: str) -> None:
        try:
            await self._call(lambda bot: bot.refund_star_payment(user_id, charge_id))
        except MessageRejectedError as error:
            if ALREADY_RETURNED not in str(error):
                raise

    async def edit_video(self, place: Place, message_id: int, video: Video, caption: Screen) -> Sent:
        media = InputMediaVideo(
            _content_of(video, attach=True),
            caption.text,
            parse_mode=parse_mode_of(caption),
            caption_entities=entities_of(caption),
            width=video.width,
            height=video.height,
            duration=video.seconds,
            supports_streaming=True,
            thumbnail=_thumbnail_of(video),
            filename=video.filename,
        )
        message = await self._edit(
            place,
            lambda bot: bot.edit_message_media(media, place.chat_id, message_id, reply_markup=keyboard_of(caption)),
        )
        return _sent_video(message) if isinstance(message, Message) else Sent(message_id, "")

    async def send_video(self, place: Place, video: Video, caption: Screen) -> Sent:
        message = await self._send(
            place,
            lambda bot, thread_id: bot.send_video(
                place.chat_id,
                _content_of(video),
                duration=video.seconds,
                width=video.width,
                height=video.height,
                supports_streaming=True,
                thumbnail=_thumbnail_of(video),
                caption=caption.text or None,
                parse_mode=parse_mode_of(caption),
                caption_entities=entities_of(caption),
                filename=video.filename,
                message_thread_id=thread_id,
                reply_parameters=reply_of(place),
                reply_markup=markup_of(caption),
            ),
        )
        return _sent_video(message)

    async def copy_message(self, place: Place, from_chat_id: int, message_id: int, screen: Screen = NO_CAPTION) -> int:
        copied = await self._call_in_turn(
            place,
            lambda bot: bot.copy_message(
                place.chat_id,
                from_chat_id,
                message_id,
                message_thread_id=place.thread_id,
                reply_markup=keyboard_of(screen),
            ),
        )
        return copied.message_id

    async def create_topic(self, chat_id: int, name: str) -> int:
        shown = name[: ForumTopicLimit.MAX_NAME_LENGTH]
        topic = await self._call_in_turn(Place(chat_id), lambda bot: bot.create_forum_topic(chat_id, shown))
        return topic.message_thread_id

    async def reopen_topic(self, chat_id: int, thread_id: int) -> None:
        try:
            await self._call_in_turn(Place(chat_id), lambda bot: bot.reopen_forum_topic(chat_id, thread_id))
        except MessageRejectedError as error:
            if _IS_OPEN_ALREADY not in str(error):
                raise

    async def delete_message(self, place: Place, message_id: int) -> None:
        with suppress(MessageGoneError):
            await self._call(lambda bot: bot.delete_message(place.chat_id, message_id))

    async def send_draft(self, place: Place, draft_id: int, screen: Screen) -> None:
        await self._edit(  # rate-limited: according to reports Telegram counts drafts together with messages and edits
            place,
            lambda bot: bot.send_message_draft(
                place.chat_id,
                draft_id,
                screen.text,
                message_thread_id=place.thread_id,
                parse_mode=parse_mode_of(screen),
                entities=entities_of(screen),
                api_kwargs={"can_stop": True},
            ),
        )

    async def send_action(self, place: Place, action: Action = "upload_photo") -> None:
        await self._call(lambda bot: bot.send_chat_action(place.chat_id, action, message_thread_id=place.thread_id))

    async def set_commands(self, chat_id: int, commands: Sequence[tuple[str, str]]) -> None:
        await self._call(lambda bot: bot.set_my_commands(list(commands), scope=BotCommandScopeChat(chat_id)))

    async def answer_tap(self, callback_query_id: str, toast: str = "", *, alert: bool = False) -> None:
        text = toast[: CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH]
        await self._call(lambda bot: bot.answer_callback_query(callback_query_id, text or None, show_alert=alert))

    async def find_channel(self, name: str, user_id: int) -> int | None:
        try:
            chat = await self._call(lambda bot: bot.get_chat(name))
            member = await self._call(lambda bot: bot.get_chat_member(chat.id, user_id))
        except (MessageRejectedError, PlaceRefusedError, BotBlockedError):
            return None
        may_post = isinstance(member, ChatMemberOwner) or (
            isinstance(member, ChatMemberAdministrator) and bool(member.can_post_messages)
        )
        return chat.id if chat.type == ChatType.CHANNEL and may_post else None

    async def find_member(self, chat_id: int, user_id: int) -> Member | None:
        try:
            member = await self._call(lambda bot: bot.get_chat_member(chat_id, user_id))
        except (MessageRejectedError, PlaceRefusedError, BotBlockedError):
            return None
        return Member(member.user.full_name, isinstance(member, ChatMemberOwner | ChatMemberAdministrator))

    async def answer_inline(self, inline_query_id: str, answer: InlineAnswer) -> None:
        button = InlineQueryResultsButton(answer.label, start_parameter=answer.payload) if answer.label else None
        await self._call(
            lambda bot: bot.answer_inline_query(
                inline_query_id,
                [_inline_result(result) for result in answer.results],
                cache_time=INLINE_KEPT_SECONDS,
                is_personal=True,
                next_offset=answer.following,
                button=button,
            )
        )

    async def prepare_message(self, user_id: int, result: InlineResult) -> PreparedMessage:
        saved = await self._call(
            lambda bot: bot.save_prepared_inline_message(
                user_id,
                _inline_result(result),
                allow_user_chats=True,
                allow_group_chats=True,
                allow_channel_chats=True,
            )
        )
        return PreparedMessage(saved.id, saved.expiration_date)

    async def react(self, place: Place, message_id: int, emoji: str) -> None:
        await self._call(lambda bot: bot.set_message_reaction(place.chat_id, message_id, emoji or None))

    async def answer_guest(self, guest_query_id: str, screen: Screen) -> None:
        content = InputTextMessageContent(
            screen.text,
            parse_mode=parse_mode_of(screen),
            entities=entities_of(screen),
            link_preview_options=_NO_PREVIEW,
        )
        result = InlineQueryResultArticle("1", "NanoBanana", content, reply_markup=keyboard_of(screen))
        await self._call(lambda bot: bot.answer_guest_query(guest_query_id, result))

    async def download(self, file_id: str) -> bytes:
        try:
            file = await self._call(lambda bot: bot.get_file(file_id))
        except MessageRejectedError as error:
            raise _file_error(str(error)) from None
        if not file.file_path:
            raise FileUnreadableError("Telegram names no path for the file")
        return await self._read(file.file_path)

    async def username(self) -> str:
        return (await self._read_me()).username or ""

    async def reads_all(self) -> bool:
        return bool((await self._read_me()).can_read_all_group_messages)

    async def _read_me(self) -> User:
        """The result of getMe; the last known one if the call fails."""
        if self._me is None or self._now() >= self._me_until:
            try:
                self._me = await self._call(lambda bot: bot.get_me())
            except MessengerError:
                if self._me is None:
                    raise
            self._me_until = self._now() + NAME_KEPT_SECONDS
        return self._me

    async def close(self) -> None:
        """Close the connections."""
        if self._opened is not None:
            await self._opened[1].shutdown()
            self._opened = None

    def _open(self) -> tuple[Bot, TelegramRequest]:
        """The bot of this process, created without an await, so only once."""
        if self._opened is None:
            request = TelegramRequest(self._api_base_url, self._timeouts, self._stream)
            bot = Bot(
                self._token,
                base_url=f"{self._api_base_url}/bot",
                base_file_url=f"{self._api_base_url}/file/bot",
                request=request,
                get_updates_request=request,  # unused
            )
            self._opened = bot, request
        return self._opened

    async def _send(self, place: Place, action: Callable[[Bot, int | None], Awaitable[_Result]]) -> _Result:
        """Send within the rate limits; into the group itself if Telegram does not know the topic (any more)."""
        try:
            return await self._call_in_turn(place, lambda bot: action(bot, place.thread_id))
        except TopicGoneError:
            if place.thread_id is None:
                raise
        return await self._call_in_turn(place, lambda bot: action(bot, None))

    async def _send_group(
        self, place: Place, media: Sequence[InputMediaPhoto | InputMediaDocument], caption: Screen
    ) -> tuple[int, ...]:
        """Send an album, with the caption below its first message."""
        messages = await self._send(
            place,
            lambda bot, thread_id: bot.send_media_group(
                place.chat_id,
                media,
                caption=caption.text or None,
                parse_mode=parse_mode_of(caption),
                caption_entities=entities_of(caption),
                message_thread_id=thread_id,
                reply_parameters=reply_of(place),
            ),
        )
        return tuple(message.message_id for message in messages)

    async def _edit(self, place: Place, action: Callable[[Bot], Awaitable[_Result]]) -> _Result | None:
        """Edit within the rate limits; returns Telegram's response, or None if the message already shows this."""
        try:
            return await self._call_in_turn(place, action)
        except NotModifiedError:
            return None

    async def _call_in_turn(self, place: Place, action: Callable[[Bot], Awaitable[_Result]]) -> _Result:
        """A call that counts against the chat's rate limit."""
        await asyncio.sleep(self._pace.book(place.chat_id))
        try:
            return await self._call(action)
        except FloodError as error:
            self._pace.hold(place.chat_id, error.retry_after_seconds)
            raise

    async def _call(self, action: Callable[[Bot], Awaitable[_Result]]) -> _Result:
        current_usage().messenger_calls += 1
        try:
            return await action(self._open()[0])
        except TelegramError as error:
            failure = read_error(error)
        raise failure  # outside the handler, so that it has no context: the library's errors contain addresses

    async def _read(self, address: str) -> bytes:
        try:
            return await self._open()[1].read_file(address)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            failure = f"{type(error).__name__} while reading a file"
        raise DeliveryUnknownError(failure)


def _file_error(description: str) -> FileTooLargeError | FileAwayError | FileUnreadableError:
    """The error for a refused `getFile`. With any other problem of a file id the file counts as unavailable."""
    if "file is too big" in description:
        return FileTooLargeError(description)
    return (FileAwayError if "temporarily unavailable" in description else FileUnreadableError)(description)


def _silence_logs() -> None:
    """Silence httpx and the library, which log addresses and responses."""
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("telegram").setLevel(logging.CRITICAL)


def _inline_result(result: InlineResult) -> InlineQueryResultCachedPhoto | InlineQueryResultCachedVideo:
    caption, markup = result.caption, keyboard_of(result.caption)
    if result.medium == "video":
        return InlineQueryResultCachedVideo(
            result.id,
            result.file_id,
            result.title,
            caption=caption.text or None,
            parse_mode=parse_mode_of(caption),
            caption_entities=entities_of(caption),
            reply_markup=markup,
        )
    return InlineQueryResultCachedPhoto(
        result.id,
        result.file_id,
        result.title or None,
        caption=caption.text or None,
        parse_mode=parse_mode_of(caption),
        caption_entities=entities_of(caption),
        reply_markup=markup,
    )


def _sent_photo(message: Message) -> Sent:
    """The receipt of a photo, with the id of the largest of its sizes."""
    largest = max(message.photo, key=lambda size: size.width * size.height, default=None)
    return Sent(message.message_id, largest.file_id if largest else "")


def _content_of(media: Media | Video, *, attach: bool = False) -> InputFile | bytes | str:
    if not isinstance(media.content, StoredFile):
        return media.content
    # The library hands on what it takes for an open file, and reads nothing of it.
    file = cast("IO[bytes]", media.content)
    return InputFile(file, media.filename, attach=attach, read_file_handle=False)


def _thumbnail_of(video: Video) -> InputFile | None:
    """A file that Telegram already has keeps the one that it has."""
    if isinstance(video.content, str):
        return None
    return InputFile(video.thumbnail, "thumbnail.jpg", attach=True) if video.thumbnail else None


def _sent_video(message: Message) -> Sent:
    """A video without sound stays one: Bot API servers mark what is uploaded as a video (`nosound_video`)."""
    return Sent(message.message_id, message.video.file_id if message.video else "")


def _read_transaction(listed: TelegramStarTransaction) -> StarTransaction:
    """A line about anything but a person and our invoice names nobody."""
    partner = listed.source or listed.receiver
    if not isinstance(partner, TransactionPartnerUser) or partner.transaction_type != INVOICE:
        return StarTransaction(listed.id, listed.date, listed.amount, user_id=0)
    period = partner.subscription_period or 0
    return StarTransaction(
        charge_id=listed.id,
        at=listed.date,
        stars=listed.amount,
        user_id=partner.user.id,
        payload=partner.invoice_payload or "",
        is_returned=listed.source is None,
        language_code=partner.user.language_code or "",
        period_seconds=period if isinstance(period, int) else int(period.total_seconds()),
    )
