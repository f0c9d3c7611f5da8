"""The Telegram adapter alone: what it puts on the wire, what it makes of errors, and that the token stays inside."""

import asyncio
import json
import logging
import traceback
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from threading import Event
from urllib.parse import parse_qsl

import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from infra.local.ports import find_free_port
from infra.local.telegram import TEST_TOKEN, Telegram, run_telegram
from shared.adapters.http_connections import NotConnectedError
from shared.adapters.telegram import NAME_KEPT_SECONDS, TelegramMessenger
from shared.adapters.telegram_errors import FloodError, NotModifiedError, read_error
from shared.adapters.telegram_pace import Limits
from shared.adapters.telegram_request import Timeouts
from shared.errors import (
    BotBlockedError,
    ChatMigratedError,
    DeliveryUnknownError,
    FileAwayError,
    FileTooLargeError,
    FileUnreadableError,
    MessageGoneError,
    MessageRejectedError,
    NanoBananaError,
    PlaceRefusedError,
    TooManyRequestsError,
    TopicClosedError,
    TopicGoneError,
)
from shared.jobs.limits import FILE_BYTES_MAX
from shared.ports import Button, Mark, Media, Place, Screen
from tests.contracts.http_server import Reply, Request, Server, serve_http

ANNA = 7
HERE = Place(ANNA)
UNLIMITED = Limits(chat_seconds=0, group_seconds=0, group_per_minute=10**6, total_per_second=10**6)


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    async with run_telegram() as running:
        await running.send(ANNA, text="/start")
        yield running


@pytest.fixture
async def messenger(telegram: Telegram) -> AsyncIterator[TelegramMessenger]:
    made = TelegramMessenger(telegram.token, f"{telegram.url}/")
    yield made
    await made.close()


@pytest.fixture
def server() -> Iterator[Server]:
    with serve_http() as running:
        yield running


class FileAnswer:
    """A Bot API that has one file."""

    def __init__(self, path: str, reply: Reply) -> None:
        self.path = path
        self.reply = reply

    def __call__(self, request: Request) -> Reply:
        if request.path.startswith("/file/"):
            return self.reply
        file = {"file_id": "f", "file_unique_id": "u", "file_path": self.path}
        return Reply(body=json.dumps({"ok": True, "result": file}).encode())


# --- the wire ---


async def test_text_is_html_without_previews_in_its_topic(telegram: Telegram, messenger: TelegramMessenger) -> None:
    """A card is HTML, shows no link previews, stays in its topic, and does not need the message it replies to."""
    await telegram.create_chat(-100, is_forum=True, topics={"5": "Pictures"}, members={str(ANNA): "member"})
    await messenger.send_text(Place(-100, thread_id=5, reply_to=4), Screen("<b>Hi</b> https://example.org"))
    params = telegram.calls("sendMessage")[0]["params"]
    assert params["parse_mode"] == "HTML"
    assert params["link_preview_options"] == {"is_disabled": True}
    assert str(params["message_thread_id"]) == "5"
    assert params["reply_parameters"] == {"message_id": 4, "allow_sending_without_reply": True}
    assert telegram.messages(-100)[-1]["text"] == "Hi https://example.org"


async def test_force_reply_asks_for_words(telegram: Telegram, messenger: TelegramMessenger) -> None:
    """The field opens for the person who is replied to, with a placeholder that Telegram takes."""
    await messenger.send_text(HERE, Screen("What shall change?", force_reply="Make it night " * 9))
    markup = telegram.calls("sendMessage")[0]["params"]["reply_markup"]
    assert markup == {"force_reply": True, "selective": True, "input_field_placeholder": ("Make it night " * 9)[:64]}


async def test_nothing_is_asked_before_the_first_call(telegram: Telegram, messenger: TelegramMessenger) -> None:
    """A cold start costs no getMe, and the name is asked for once."""
    await messenger.send_text(HERE, Screen("Hello"))
    await messenger.username()
    await messenger.username()
    assert [call["method"] for call in telegram.calls()] == ["sendMessage", "getMe"]


async def test_changed_name_is_heard(server: Server) -> None:
    """A name that was changed is asked for after ten minutes; while Telegram does not tell it, the old one goes on."""
    seconds = 0.0
    replies = list[Reply]()
    server.answer = lambda _: replies[-1]
    messenger = TelegramMessenger(TEST_TOKEN, server.url, now=lambda: seconds)
    seen = []
    for status, name in [(500, "none"), (200, "old_bot"), (200, "new_bot"), (500, "none"), (200, "newest_bot")]:
        me = {"id": 1, "is_bot": True, "first_name": "N", "username": name}
        body = json.dumps({"ok": status == 200, "error_code": status, "description": "?", "result": me}).encode()
        replies.append(Reply(status, body))
        for _ in range(2):
            with suppress(DeliveryUnknownError):
                seen.append(await messenger.username())
        seconds += NAME_KEPT_SECONDS
    assert seen == ["old_bot", "old_bot", "new_bot", "new_bot", "new_bot", "new_bot", "newest_bot", "newest_bot"]
    await messenger.close()


async def test_marks_go_beside_a_text(telegram: Telegram, messenger: TelegramMessenger) -> None:
    """A text with marks has no parse mode; a mark carries only what its kind has."""
    marks = (Mark("bold", 0, 2), Mark("pre", 3, 4, language="c"), Mark("text_link", 8, 1, url="https://example.org"))
    await messenger.send_text(HERE, Screen("Hi code x", marks=marks))
    params = telegram.calls("sendMessage")[0]["params"]
    assert "parse_mode" not in params
    assert params["entities"] == [
        {"type": "bold", "offset": 0, "length": 2},
        {"type": "pre", "offset": 3, "length": 4, "language": "c"},
        {"type": "text_link", "offset": 8, "length": 1, "url": "https://example.org"},
    ]


async def test_draft_can_be_stopped(server: Server) -> None:
    """A draft goes to its topic with its number, without buttons, and with a way to stop it; an empty text is sent."""
    server.answer = lambda _: Reply(body=b'{"ok": true, "result": true}')
    messenger = TelegramMessenger(TEST_TOKEN, server.url, limits=UNLIMITED)
    screen = Screen("Half <a", ((Button("Stop", "stop:1"),),), marks=(Mark("bold", 0, 4),))
    await messenger.send_draft(Place(ANNA, thread_id=5), 7, screen)
    await messenger.send_draft(HERE, 8, Screen("", marks=()))
    first, second = (dict(parse_qsl(request.body.decode(), keep_blank_values=True)) for request in server.requests)
    assert server.requests[0].path.endswith("/sendMessageDraft")
    assert json.loads(first.pop("entities")) == [{"type": "bold", "offset": 0, "length": 4}]
    assert first == {"chat_id": "7", "draft_id": "7", "text": "Half <a", "message_thread_id": "5", "can_stop": "true"}
    assert (second["draft_id"], second["text"]) == ("8", "")
    await messenger.close()


@pytest.mark.parametrize(
    ("status", "description", "kind"),
    [
        (429, "Too Many Requests: retry after 9", TooManyRequestsError),
        (403, "Forbidden: bot was blocked by the user", BotBlockedError),
        (400, "Bad Request: RANDOM_ID_INVALID", MessageRejectedError),
        (400, "Bad Request: message thread not found", PlaceRefusedError),
        (502, "Bad Gateway", DeliveryUnknownError),
    ],
)
async def test_refused_draft(server: Server, status: int, description: str, kind: type[NanoBananaError]) -> None:
    """What Telegram says against a draft is the same error as for a message."""
    body = {"ok": False, "error_code": status, "description": description}
    body |= {"parameters": {"retry_after": 9}} if status == 429 else {}
    server.answer = lambda _: Reply(status, json.dumps(body).encode())
    messenger = TelegramMessenger(TEST_TOKEN, server.url)
    with pytest.raises(kind):
        await messenger.send_draft(HERE, 7, Screen("Half a", marks=()))
    assert len(server.requests) == 1
    await messenger.close()


async def test_flood_control_of_a_draft_holds_the_chat(server: Server) -> None:
    """After a 429 for a draft nothing goes to the chat, as bots report one account for drafts and messages."""
    body = b'{"ok": false, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": 30}}'
    server.answer = lambda _: Reply(429, body)
    messenger = TelegramMessenger(TEST_TOKEN, server.url)
    with pytest.raises(TooManyRequestsError):
        await messenger.send_draft(HERE, 7, Screen("Half a", marks=()))
    with pytest.raises(TooManyRequestsError) as caught:
        await messenger.send_text(HERE, Screen("The whole"))
    assert 25 < caught.value.retry_after_seconds <= 30
    assert len(server.requests) == 1
    await messenger.close()


async def test_document_stays_a_file(telegram: Telegram, messenger: TelegramMessenger) -> None:
    """Telegram is told not to make a photo of it."""
    await messenger.send_document(HERE, Media(b"content", "fox.png"), Screen("Original"))
    [call] = telegram.calls("sendDocument")
    assert str(call["params"]["disable_content_type_detection"]).lower() == "true"
    assert telegram.messages(ANNA)[-1]["document"]["file_name"] == "fox.png"


async def test_toast_is_cut_to_what_telegram_takes(telegram: Telegram, messenger: TelegramMessenger) -> None:
    """200 characters of a toast arrive, the rest would be refused."""
    with pytest.raises(MessageGoneError):
        await messenger.answer_tap("1", "x" * 300)
    assert telegram.calls("answerCallbackQuery")[0]["params"]["text"] == "x" * 200


async def test_connection_is_kept(server: Server) -> None:
    """Many calls, one after the other, go through one connection."""
    server.answer = lambda _: Reply(body=b'{"ok": true, "result": true}')
    messenger = TelegramMessenger(TEST_TOKEN, server.url)
    for n in range(3):
        await messenger.answer_tap(str(n))
    assert len(messenger._open()[1]._connections._idle) == 1
    await messenger.close()


async def test_topic_that_is_gone_is_left_out(telegram: Telegram, messenger: TelegramMessenger) -> None:
    """Where Telegram does not know the topic (any more) the message goes into the group, once."""
    await telegram.create_chat(-100, is_forum=True, topics={"5": "Pictures"}, members={str(ANNA): "member"})
    await messenger.send_text(Place(-100, thread_id=6), Screen("Hello"))
    assert [call["status"] for call in telegram.calls("sendMessage")] == [400, 200]
    assert telegram.messages(-100)[-1]["text"] == "Hello"
    telegram.add_fault("error", status=400, description="Bad Request: TOPIC_CLOSED")
    with pytest.raises(PlaceRefusedError):
        await messenger.send_text(Place(-100, thread_id=5), Screen("Hello"))


async def test_photos_are_forbidden(telegram: Telegram, messenger: TelegramMessenger) -> None:
    """A group without photos refuses the picture, and goes on taking words."""
    await telegram.create_chat(-100, members={str(ANNA): "member"})
    sent = await messenger.send_text(Place(-100), Screen("Drawing"))
    refusal = "Bad Request: not enough rights to send photos to the chat"
    telegram.add_fault("error", status=400, description=refusal, methods=["editMessageMedia"])
    photo = Media(b"\xff\xd8\xff", "fox.jpg")
    with pytest.raises(PlaceRefusedError):
        await messenger.edit_photo(Place(-100), sent, photo, Screen("A fox"))
    await messenger.edit_text(Place(-100), sent, Screen("I may not post it here"))


async def test_group_became_a_supergroup(server: Server) -> None:
    """The error says where the group has gone, for a message as well as for an edit."""
    error = {"ok": False, "error_code": 400, "description": "Bad Request: group chat was upgraded to a supergroup chat"}
    body = json.dumps(error | {"parameters": {"migrate_to_chat_id": -100200}}).encode()
    server.answer = lambda _: Reply(400, body)
    messenger = TelegramMessenger(TEST_TOKEN, server.url, limits=UNLIMITED)
    for call in (
        messenger.send_text(Place(-100), Screen("Hello")),
        messenger.edit_text(Place(-100), 1, Screen("Hello")),
        messenger.edit_photo(Place(-100), 1, Media("file-id", "fox.jpg"), Screen("Hello")),
    ):
        with pytest.raises(ChatMigratedError) as caught:
            await call
        assert caught.value.new_chat_id == -100200
    await messenger.close()


async def test_flood_control_holds_the_whole_chat(telegram: Telegram, messenger: TelegramMessenger) -> None:
    """After a 429 nothing goes to this chat until its pause is over; other chats are not concerned."""
    telegram.add_fault("flood", retry_after=30, count=1)
    with pytest.raises(TooManyRequestsError):
        await messenger.send_text(HERE, Screen("Hello"))
    with pytest.raises(TooManyRequestsError) as caught:
        await messenger.edit_text(HERE, 1, Screen("Hello"))
    assert 25 < caught.value.retry_after_seconds <= 30
    await telegram.send(8, text="/start")
    await messenger.send_text(Place(8), Screen("Hello"))
    assert len(telegram.calls("sendMessage")) == 2
    assert telegram.calls("editMessageText") == []


# --- errors ---


def because(error: TelegramError, cause: Exception) -> TelegramError:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (RetryAfter(3), FloodError),
        (NetworkError("Too Many Requests: retry after 0"), TooManyRequestsError),
        (Forbidden("Forbidden: bot was blocked by the user"), BotBlockedError),
        (Forbidden("Forbidden: user is deactivated"), BotBlockedError),
        (Forbidden("Forbidden: bot can't initiate conversation with a user"), BotBlockedError),
        (Forbidden("Forbidden: bot was kicked from the supergroup chat"), PlaceRefusedError),
        (Forbidden("Forbidden: bot is not a member of the supergroup chat"), PlaceRefusedError),
        (ChatMigrated(-1001), ChatMigratedError),
        (BadRequest("Bad Request: chat not found"), BotBlockedError),
        (BadRequest("Bad Request: user is deactivated"), BotBlockedError),
        (BadRequest("Bad Request: not enough rights to send photos to the chat"), PlaceRefusedError),
        (BadRequest("Bad Request: have no rights to send a message"), PlaceRefusedError),
        (BadRequest("Bad Request: CHAT_WRITE_FORBIDDEN"), PlaceRefusedError),
        (BadRequest("Bad Request: CHAT_SEND_PHOTOS_FORBIDDEN"), PlaceRefusedError),
        (BadRequest("Bad Request: TOPIC_CLOSED"), TopicClosedError),
        (BadRequest("Bad Request: message thread not found"), TopicGoneError),
        (BadRequest("Bad Request: TOPIC_ID_INVALID"), TopicGoneError),
        (BadRequest("Bad Request: the chat is not a forum"), PlaceRefusedError),
        (BadRequest("Bad Request: message is not modified: specified new message …"), NotModifiedError),
        (BadRequest("Bad Request: message to edit not found"), MessageGoneError),
        (BadRequest("Bad Request: message can't be edited"), MessageGoneError),
        (BadRequest("Bad Request: there is no text in the message to edit"), MessageGoneError),
        (BadRequest("Bad Request: query is too old and response timeout expired or …"), MessageGoneError),
        (BadRequest("Bad Request: message can't be deleted for everyone"), MessageRejectedError),
        (BadRequest("Bad Request: can't parse entities: unsupported start tag"), MessageRejectedError),
        (BadRequest("Bad Request: PHOTO_INVALID_DIMENSIONS"), MessageRejectedError),
        (BadRequest("Bad Request: BUTTON_DATA_INVALID"), MessageRejectedError),
        (NetworkError("Request Entity Too Large"), MessageRejectedError),
        (InvalidToken("Unauthorized"), TooManyRequestsError),
        (because(NetworkError(""), NotConnectedError("")), TooManyRequestsError),
        (because(TimedOut(), TimeoutError("")), DeliveryUnknownError),
        (because(NetworkError(""), ConnectionResetError("")), DeliveryUnknownError),
        (NetworkError("Bad Gateway"), DeliveryUnknownError),
        (NetworkError("Internal Server Error"), DeliveryUnknownError),
        (Conflict("Conflict: terminated by other getUpdates request"), DeliveryUnknownError),
        (TelegramError("Invalid server response"), DeliveryUnknownError),
    ],
)
def test_errors_are_told_apart(error: TelegramError, kind: type[NanoBananaError]) -> None:
    """Each error of the library becomes the one of ours that says what to do."""
    assert type(read_error(error)) is kind


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_outage_is_unknown(telegram: Telegram, messenger: TelegramMessenger, status: int) -> None:
    """Telegram's own failure does not say whether it did what it was asked."""
    telegram.add_fault("error", status=status, count=1)
    with pytest.raises(DeliveryUnknownError):
        await messenger.send_text(HERE, Screen("Hello"))


async def test_half_an_answer_is_unknown(server: Server) -> None:
    """JSON that ends too soon."""
    server.answer = lambda _: Reply(body=b'{"ok": true, "resu')
    messenger = TelegramMessenger(TEST_TOKEN, server.url)
    with pytest.raises(DeliveryUnknownError):
        await messenger.send_text(HERE, Screen("Hello"))
    await messenger.close()


async def test_slow_answer_is_unknown(telegram: Telegram) -> None:
    """The time-out works, and does not mean that nothing happened."""
    telegram.add_fault("slow", delay_seconds=5, after=True)
    messenger = TelegramMessenger(telegram.token, telegram.url, Timeouts(read=0.05, write=0.0))
    with pytest.raises(DeliveryUnknownError):
        await messenger.send_text(HERE, Screen("Hello"))
    assert telegram.messages(ANNA)[-1]["text"] == "Hello"
    await messenger.close()


async def test_no_connection_means_not_sent() -> None:
    """After a refused connection nothing can have arrived, so a retry is safe."""
    messenger = TelegramMessenger(TEST_TOKEN, f"http://127.0.0.1:{find_free_port()}")
    with pytest.raises(TooManyRequestsError):
        await messenger.send_text(HERE, Screen("Hello"))
    await messenger.close()


async def test_cancelled_call_is_cancelled(server: Server) -> None:
    """A caller who gives up is not kept waiting by a translated error."""
    over = Event()
    server.answer = lambda _: Reply(500 if over.wait(10) else 504)
    messenger = TelegramMessenger(TEST_TOKEN, server.url)
    call = asyncio.create_task(messenger.send_text(HERE, Screen("Hello")))
    await server.wait_for_requests(1)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    over.set()
    await messenger.close()


# --- files ---


async def test_file_too_big_for_bots(telegram: Telegram, messenger: TelegramMessenger) -> None:
    """Telegram itself refuses files over 20 MB."""
    telegram.add_fault("error", status=400, description="Bad Request: file is too big", methods=["getFile"])
    with pytest.raises(FileTooLargeError):
        await messenger.download("f")


async def test_file_is_away(telegram: Telegram, messenger: TelegramMessenger) -> None:
    """Telegram has one sentence for a wrong file id and for a file it cannot reach just now: the file is not blamed."""
    description = "Bad Request: wrong file_id or the file is temporarily unavailable"
    telegram.add_fault("error", status=400, description=description, methods=["getFile"], count=1)
    sent = await messenger.send_document(HERE, Media(b"content", "fox.png"), Screen("Hello"))
    with pytest.raises(FileAwayError):
        await messenger.download(sent.file_id)
    assert await messenger.download(sent.file_id) == b"content"


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(body=bytes(FILE_BYTES_MAX + 1)), FileTooLargeError),
        (Reply(404, b"Not Found"), FileUnreadableError),
        (Reply(502, b"Bad Gateway"), DeliveryUnknownError),
        (Reply(429, b""), TooManyRequestsError),
        (Reply(body=b"half", headers={"Content-Length": "99", "Connection": "close"}), DeliveryUnknownError),
    ],
)
async def test_bad_files_are_refused(server: Server, reply: Reply, kind: type[NanoBananaError]) -> None:
    """Too long, gone, broken off: none is taken for the picture."""
    server.answer = FileAnswer("photos/a.jpg", reply)
    messenger = TelegramMessenger(TEST_TOKEN, server.url)
    with pytest.raises(kind):
        await messenger.download("f")
    await messenger.close()


async def test_endless_file_is_not_read_to_its_end() -> None:
    """A file longer than 20 MB is dropped there, also where its length was not announced."""
    sent_bytes = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent_bytes
        head = await reader.readuntil(b"\r\n\r\n")
        if head.startswith(b"POST"):
            await answer_get_file(reader, writer, head)
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        try:
            while sent_bytes < 4 * FILE_BYTES_MAX:
                writer.write(bytes(1 << 20))
                await writer.drain()
                sent_bytes += 1 << 20
        except ConnectionError:
            pass
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    messenger = TelegramMessenger(TEST_TOKEN, f"http://127.0.0.1:{port}")
    with pytest.raises(FileTooLargeError):
        await messenger.download("f")
    await messenger.close()
    server.close()
    await server.wait_closed()
    assert sent_bytes < 2 * FILE_BYTES_MAX


async def answer_get_file(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes) -> None:
    """Answer getFile and wait for the request that follows on the same connection."""
    [length] = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")]
    await reader.readexactly(int(length))
    body = b'{"ok": true, "result": {"file_id": "f", "file_unique_id": "u", "file_path": "a.jpg"}}'
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
    await reader.readuntil(b"\r\n\r\n")


# --- the token ---


def all_of(error: BaseException | None) -> str:
    """Everything a careless log could show of an error: its causes and contexts, with their fields."""
    texts = []
    while error is not None:
        texts += traceback.format_exception(error)
        texts += [repr(value) for value in (*error.args, *vars(error).values())]
        error = error.__cause__ or error.__context__
    return "".join(texts)


async def test_token_is_in_no_error(server: Server) -> None:
    """Neither the message, nor the traceback, nor the chain behind an error knows the token."""
    replies = [
        Reply(500, b"{}"),
        Reply(404, b'{"ok": false, "description": "Not Found"}'),
        Reply(401, b'{"ok": false, "description": "Unauthorized"}'),
        Reply(body=b"<html>"),
        Reply(body=b"half", headers={"Content-Length": "99", "Connection": "close"}),
    ]
    for reply in replies:
        messenger = TelegramMessenger(TEST_TOKEN, server.url)
        server.answer = lambda _, reply=reply: reply  # type: ignore[misc]
        with pytest.raises(NanoBananaError) as sending:
            await messenger.send_text(HERE, Screen("Hello"))
        server.answer = FileAnswer("a.jpg", reply)
        texts = [all_of(sending.value)]
        if reply.body != b"<html>":  # to a download, any bytes are the file
            with pytest.raises(NanoBananaError) as reading:
                await messenger.download("f")
            texts.append(all_of(reading.value))
        assert all(TEST_TOKEN not in text and TEST_TOKEN[8:] not in text for text in texts)
        await messenger.close()


async def test_token_is_in_no_log(
    telegram: Telegram, messenger: TelegramMessenger, caplog: pytest.LogCaptureFixture
) -> None:
    """With the root logger wide open no record carries the token or an address."""
    caplog.set_level(logging.DEBUG)
    sent = await messenger.send_document(HERE, Media(b"content", "fox.png"), Screen("Hello"))
    await messenger.download(sent.file_id)
    telegram.add_fault("lost_answer", count=1)
    with pytest.raises(DeliveryUnknownError):
        await messenger.send_text(HERE, Screen("Hello"))
    written = [record.getMessage() + str(record.args) + str(record.exc_text) for record in caplog.records]
    assert not [line for line in written if TEST_TOKEN in line or "/bot" in line]
