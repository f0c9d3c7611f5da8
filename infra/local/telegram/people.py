"""What people do in the local Telegram: write, send pictures, press, edit, block; it becomes real updates."""

import secrets
from collections.abc import Sequence
from typing import Any

from infra.local.telegram.content import CAPTION_UNITS_MAX, TEXT_UNITS_MAX, read_media, read_seconds
from infra.local.telegram.entities import count_units, detect_entities, slice_units
from infra.local.telegram.errors import ApiError, ControlError
from infra.local.telegram.keyboards import find_button
from infra.local.telegram.reading import Upload
from infra.local.telegram.sending import strip_reply, visible_to_bot
from infra.local.telegram.world import GENERAL_TOPIC, Chat, Json, StoredMessage, World

_QUERY_LIFE_SECONDS = 60.0
_ALBUM_MAX = 10


class People:
    """The acts of people, the same for tests in this process and for the control API."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def send(
        self,
        user: Json | int,
        *,
        chat_id: int | None = None,
        text: str = "",
        photos: Sequence[bytes] = (),
        documents: Sequence[Upload] = (),
        caption: str = "",
        reply_to_message_id: int | None = None,
        message_thread_id: int | None = None,
    ) -> list[Json]:
        """Send a text (over 4096 units: split, as apps do), photos or documents (several: an album).

        `user` is `{id, first_name, language_code}` or an id; a private chat is made on the way. Returns the
        messages as the bot receives them. ControlError for an unknown group, reply or an empty message.
        """
        sender = self.meet(user)
        chat = self._open_chat(sender, chat_id)
        head = self._prepare_head(sender, chat, reply_to_message_id, message_thread_id)
        contents = await self._prepare_contents(text, photos, documents, caption)
        return [self._receive(chat, {**head, **content}) for content in contents]

    async def press(
        self,
        user_id: int,
        chat_id: int,
        message_id: int,
        *,
        callback_data: str | None = None,
        row: int | None = None,
        col: int = 0,
        stale: bool = False,
        wait: bool = True,
        timeout_seconds: float = 30.0,
    ) -> Json:
        """Press an inline button, by its data or its place; `stale` presses data that is no longer shown.

        Returns `{query_id, update_id, answered, text, show_alert, url}` when the bot answered (or the time
        was over), with `wait=False` at once.
        """
        message = self.find_message(chat_id, message_id)
        place = None if row is None else (row, col)
        button = find_button(message.body.get("reply_markup"), callback_data, place)
        data = callback_data if stale else (button or {}).get("callback_data")
        if data is None:
            raise ControlError(409, f"message {message_id} has no such button")
        query = self._make_query(self.meet(user_id), chat_id, message, data)
        if wait:
            await self.world.feed.wait_until(lambda: query["answer"] is not None, timeout_seconds)
        answer = query["answer"] or {"text": "", "show_alert": False, "url": ""}
        head = {"query_id": query["id"], "update_id": query["update_id"]}
        return {**head, "answered": query["answer"] is not None, **answer}

    async def edit(
        self, user_id: int, chat_id: int, message_id: int, *, text: str = "", caption: str | None = None
    ) -> Json:
        """Edit one's own message; the bot gets an `edited_message`."""
        message = self.find_message(chat_id, message_id)
        if message.body.get("from", {}).get("id") != user_id:
            raise ControlError(403, "people edit their own messages only")
        words = text if "text" in message.body else (text if caption is None else caption)
        content = _describe_words("text" if "text" in message.body else "caption", words)
        fields = {"text", "entities"} if "text" in message.body else {"caption", "caption_entities"}
        kept = {name: value for name, value in message.body.items() if name not in fields}
        message.replace({**kept, **content, "edit_date": read_seconds()})
        chat = self.world.get_chat(chat_id)
        self.world.show_message("edited", chat, message)
        self._tell_bot("edited_message", chat, message.body)
        return message.body

    async def delete(self, chat_id: int, message_id: int) -> bool:
        """Delete a message for everyone; bots are not told."""
        self.find_message(chat_id, message_id)
        self.world.delete_message(self.world.get_chat(chat_id), message_id)
        return True

    async def block(self, user_id: int, *, blocked: bool = True) -> bool:
        """Block the bot, or let it write again; the bot gets a `my_chat_member` update."""
        chat = self._open_chat(self.meet(user_id), None)
        chat.is_blocked = blocked
        was, now = ("member", "kicked") if blocked else ("kicked", "member")
        event: Json = {"chat": self.world.describe_chat(chat), "from": self.world.users[user_id]}
        event |= {"date": read_seconds(), "old_chat_member": self._describe_bot(was)}
        event["new_chat_member"] = self._describe_bot(now)
        self.world.updates.add("my_chat_member", event, f"my_chat_member {user_id}")
        return True

    async def create_chat(
        self,
        id: int,  # noqa: A002 — the name Telegram's Chat has
        *,
        type: str = "supergroup",  # noqa: A002 — likewise
        title: str = "Group",
        is_forum: bool = False,
        topics: dict[str, str] | None = None,
        sees_everything: bool = False,
        members: dict[str, str] | None = None,
    ) -> Json:
        """Make or change a group: `topics` by thread id (a forum has General, 1), `members` user id → status.

        `sees_everything` makes the bot an administrator, otherwise it is in privacy mode and gets only
        commands and replies to itself.
        """
        if id >= 0 or type not in {"group", "supergroup"}:
            raise ControlError(400, "a group has a negative id and the type group or supergroup")
        chat = self.world.chats.setdefault(id, Chat(id, type))
        chat.type, chat.title, chat.is_forum, chat.sees_everything = type, title, is_forum, sees_everything
        chat.members |= {int(user): status for user, status in (members or {}).items()}
        if is_forum:
            chat.topics.setdefault(GENERAL_TOPIC, "General")
        for thread, name in (topics or {}).items():
            self._create_topic(chat, int(thread), name)
        return self.world.describe_chat(chat)

    async def send_raw(self, update: Json) -> int:
        """Deliver any update; its update_id is added if it has none. Returns the update_id."""
        return self.world.updates.add_raw(update)

    async def repeat(self, update_id: int, *, new_id: bool = False) -> int:
        """Deliver a former update once more, under its own or a new update_id, which is returned."""
        try:
            return self.world.updates.repeat(update_id, new_id=new_id)
        except KeyError:
            raise ControlError(404, f"no update {update_id}") from None

    def meet(self, user: Json | int) -> Json:
        """A person by id, known or made up; given fields replace what was known."""
        given = {"id": user} if isinstance(user, int) else user
        user_id = int(given["id"])
        known = self.world.users.get(user_id) or {"first_name": f"User {user_id}", "language_code": "en"}
        person = {**known, **given, "id": user_id, "is_bot": False}
        self.world.users[user_id] = person
        return person

    def find_message(self, chat_id: int, message_id: int) -> StoredMessage:
        """A message, or ControlError 404."""
        message = self.world.get_chat(chat_id).messages.get(message_id)
        if message is None:
            raise ControlError(404, f"no message {message_id} in chat {chat_id}")
        return message

    # --- helpers -------------------------------------------------------------------------------------------
    def _open_chat(self, sender: Json, chat_id: int | None) -> Chat:
        if chat_id is not None and chat_id != sender["id"]:
            chat = self.world.get_chat(chat_id)
            if chat.is_private:
                raise ControlError(403, "people write in their own private chat or in groups")
            chat.members.setdefault(sender["id"], "member")
            return chat
        return self.world.chats.setdefault(sender["id"], Chat(sender["id"], "private"))

    def _prepare_head(self, sender: Json, chat: Chat, reply_to: int | None, thread: int | None) -> Json:
        head: Json = {"from": sender, "chat": self.world.describe_chat(chat), "date": read_seconds()}
        topic = thread is not None and thread != GENERAL_TOPIC
        if topic and thread not in chat.topics:
            raise ControlError(404, f"no topic {thread} in chat {chat.id}")
        if topic:
            head |= {"message_thread_id": thread, "is_topic_message": True}
        # in a topic a message that answers nothing still refers to the message that made the topic
        target = reply_to if reply_to is not None else thread if topic else None
        if target is not None:
            head["reply_to_message"] = strip_reply(self.find_message(chat.id, target).body)
        return head

    async def _prepare_contents(
        self, text: str, photos: Sequence[bytes], documents: Sequence[Upload], caption: str
    ) -> list[Json]:
        if not photos and not documents:
            parts = _split_text(text.strip())
            if not parts:
                raise ControlError(400, "nothing to send")
            return [_describe_words("text", part) for part in parts]
        words = caption or text
        if count_units(words) > CAPTION_UNITS_MAX:
            raise ControlError(400, f"a caption has at most {CAPTION_UNITS_MAX} characters")
        if max(len(photos), len(documents)) > _ALBUM_MAX:
            raise ControlError(400, f"an album has at most {_ALBUM_MAX} items")
        items = [await self._store("photo", Upload("photo.jpg", "image/jpeg", photo)) for photo in photos]
        items += [await self._store("document", document) for document in documents]
        group = {"media_group_id": str(secrets.randbits(53))} if len(items) > 1 else {}
        captions = [_describe_words("caption", words), *({} for _ in items[1:])]
        return [{**item, **said, **group} for item, said in zip(items, captions, strict=True)]

    async def _store(self, kind: str, upload: Upload) -> Json:
        try:
            return await read_media(self.world, kind, upload, {})
        except ApiError as error:
            raise ControlError(400, error.description) from None

    def _receive(self, chat: Chat, body: Json) -> Json:
        message = self.world.put_message(chat, {"message_id": self.world.next_message_id(), **body})
        self._tell_bot("message", chat, message.body)
        return message.body

    def _tell_bot(self, kind: str, chat: Chat, body: Json) -> None:
        if chat.is_private or chat.sees_everything or self._is_for_bot(body):
            self.world.updates.add(kind, body, f"chat {chat.id}")

    def _is_for_bot(self, body: Json) -> bool:
        """Privacy mode: of a group's messages a bot gets commands and replies to its own messages."""
        account = self.world.account
        if body.get("reply_to_message", {}).get("from", {}).get("id") == account.id:
            return True
        words = body.get("text") or body.get("caption") or ""
        for entity in body.get("entities") or body.get("caption_entities") or []:
            _, _, target = slice_units(words, entity["offset"], entity["length"]).partition("@")
            if entity["type"] == "bot_command" and target.lower() in {"", account.username.lower()}:
                return True
        return False

    def _make_query(self, sender: Json, chat_id: int, message: StoredMessage, data: str) -> Json:
        query_id = str(secrets.randbits(62))
        query: Json = {"id": query_id, "user_id": sender["id"], "chat_id": chat_id, "message_id": message.id}
        query |= {"answer": None, "expires_at": self.world.now() + _QUERY_LIFE_SECONDS}
        self.world.queries[query_id] = query
        update: Json = {"id": query_id, "from": sender, "message": visible_to_bot(message.body)}
        update |= {"chat_instance": str(abs(chat_id) * 7919), "data": data}
        query["update_id"] = self.world.updates.add("callback_query", update, f"callback_query {sender['id']}")
        return query

    def _create_topic(self, chat: Chat, thread: int, name: str) -> None:
        if thread in chat.topics:
            chat.topics[thread] = name
            return
        chat.topics[thread] = name
        made: Json = {"message_id": thread, "date": read_seconds(), "chat": self.world.describe_chat(chat)}
        made |= {"from": self.world.account.to_json(), "message_thread_id": thread, "is_topic_message": True}
        self.world.put_message(chat, {**made, "forum_topic_created": {"name": name, "icon_color": 7322096}})

    def _describe_bot(self, status: str) -> Json:
        until = {"until_date": 0} if status == "kicked" else {}
        return {"status": status, "user": self.world.account.to_json(), **until}


def _describe_words(field: str, words: str) -> Json:
    if not words:
        return {}
    entities = sorted(detect_entities(words, []), key=lambda entity: int(entity["offset"]))
    name = "entities" if field == "text" else "caption_entities"
    return {field: words, **({name: entities} if entities else {})}


def _split_text(text: str) -> list[str]:
    """Parts of at most 4096 units, as Telegram's apps send a long text."""
    parts: list[str] = []
    rest: Any = text
    while rest:
        part = slice_units(rest, 0, TEXT_UNITS_MAX).rstrip("\ufffd")
        parts.append(part)
        rest = rest[len(part) :]
    return parts
