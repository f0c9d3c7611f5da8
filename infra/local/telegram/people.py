"""What people do in the local Telegram: write, send pictures, press, edit, block; it becomes real updates."""

import secrets
from collections.abc import Sequence
from typing import Any

from infra.local.telegram.content import (
    CAPTION_UNITS_MAX,
    CONTENT_FIELDS,
    MEDIA_PERMISSIONS,
    TEXT_UNITS_MAX,
    find_kind,
    read_seconds,
)
from infra.local.telegram.contents import Attachment, describe_words, list_attachments, prepare_contents
from infra.local.telegram.drafts import stop_draft
from infra.local.telegram.entities import count_units
from infra.local.telegram.errors import ControlError
from infra.local.telegram.inline import begin_query, find_picked, tell_chosen
from infra.local.telegram.keyboards import find_button
from infra.local.telegram.manner import (
    ADMINISTRATORS,
    Manner,
    describe_external,
    describe_manner,
    describe_quote,
    describe_sender,
    find_origin,
)
from infra.local.telegram.places import Places
from infra.local.telegram.reading import Upload
from infra.local.telegram.sending import strip_reply, visible_to_bot
from infra.local.telegram.world import GENERAL_TOPIC, Chat, Json, StoredMessage

_QUERY_LIFE_SECONDS = 60.0


class People(Places):
    """The acts of people, the same for tests in this process and for the control API."""

    async def send(
        self,
        user: Json | int,
        *,
        chat_id: int | None = None,
        text: str = "",
        photos: Sequence[bytes] = (),
        documents: Sequence[Upload] = (),
        attachments: Sequence[Attachment] = (),
        caption: str = "",
        reply_to_message_id: int | None = None,
        message_thread_id: int | None = None,
        **manner: Any,
    ) -> list[Json]:
        """Send a text (over 4096 units: split, as apps do) or files (several: an album), in some `Manner`.

        `user` is `{id, first_name, language_code}` or an id; a private chat is made on the way. Returns the
        messages as the bot receives them. ControlError for an unknown group, reply or an empty message.
        """
        sender, how = self.meet(user), Manner(**manner)
        how.check(is_reply=reply_to_message_id is not None)
        chat = self._open_chat(sender, chat_id)
        head = self._prepare_head(sender, chat, reply_to_message_id, message_thread_id, how)
        contents = await prepare_contents(self.world, text, list_attachments(photos, documents, attachments), caption)
        return self._post(chat, head, contents, how)

    async def forward(
        self,
        user: Json | int,
        *,
        from_chat_id: int,
        message_ids: Sequence[int],
        chat_id: int | None = None,
        message_thread_id: int | None = None,
        comment: str = "",
    ) -> list[Json]:
        """Forward messages, a comment before them; all of it arrives in the same second. Returns the new messages.

        ControlError for messages that do not exist or that this person cannot see.
        """
        sender = self.meet(user)
        if self.world.get_chat(from_chat_id).is_private and from_chat_id != sender["id"]:
            raise ControlError(403, "people forward from their own private chat or from groups")
        sources = [self.find_message(from_chat_id, int(message_id)).body for message_id in message_ids]
        if not sources:
            raise ControlError(400, "nothing to forward")
        chat = self._open_chat(sender, chat_id)
        head = self._prepare_head(sender, chat, None, message_thread_id, Manner())
        said = describe_words("text", comment)
        group = {"media_group_id": str(secrets.randbits(53))}
        copies = [{**copy_content(body, group), "forward_origin": find_origin(body)} for body in sources]
        return self._post(chat, head, [*([said] if said else []), *copies], Manner())

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

    async def ask_inline(
        self,
        user_id: int,
        query: str = "",
        *,
        chat_id: int | None = None,
        offset: str = "",
        wait: bool = True,
        timeout_seconds: float = 10.0,
    ) -> Json:
        """Type words after the bot's name, in one's private chat with it or in a group.

        Returns `{query_id, update_id, answered, results, next_offset, button}` when the bot answered (or the time was
        over), with `wait=False` at once. `results` are `{id, type, title, content}`.
        """
        sender = self.meet(user_id)
        asked = begin_query(self.world, sender, query, offset, self._open_chat(sender, chat_id))
        if wait:
            await self.world.feed.wait_until(lambda: asked["answer"] is not None, timeout_seconds)
        answer = asked["answer"] or {"results": [], "next_offset": "", "button": None}
        head = {"query_id": asked["id"], "update_id": asked["update_id"]}
        return {**head, "answered": asked["answer"] is not None, **answer}

    async def pick(
        self, user_id: int, query_id: str, result_id: str, *, chat_id: int | None = None, thread: int | None = None
    ) -> Json:
        """Send a result of an inline query; returns the message, which is this person's, `via_bot`."""
        sender = self.meet(user_id)
        result = find_picked(self.world, user_id, query_id, result_id)
        message = self.post_result(user_id, chat_id, result, thread)
        tell_chosen(self.world, sender, query_id, result_id)
        return message

    def post_result(self, user_id: int, chat_id: int | None, result: Json, thread: int | None = None) -> Json:
        """A checked inline result as a message of this person, `via_bot`."""
        sender = self.meet(user_id)
        chat = self._open_chat(sender, chat_id)
        head = self._prepare_head(sender, chat, None, thread, Manner())
        head |= {"via_bot": self.world.account.to_json()}
        head |= {"reply_markup": result["reply_markup"]} if "reply_markup" in result else {}
        [message] = self._post(chat, head, [result["content"]], Manner())
        return message

    async def edit(
        self, user_id: int, chat_id: int, message_id: int, *, text: str = "", caption: str | None = None
    ) -> Json:
        """Edit one's own message; the bot gets an `edited_message`."""
        message = self.find_message(chat_id, message_id)
        if message.body.get("from", {}).get("id") != user_id:
            raise ControlError(403, "people edit their own messages only")
        words = text if "text" in message.body else (text if caption is None else caption)
        if count_units(words) > (TEXT_UNITS_MAX if "text" in message.body else CAPTION_UNITS_MAX):
            raise ControlError(400, "too long: an edit is not split")
        content = describe_words("text" if "text" in message.body else "caption", words)
        fields = {"text", "entities"} if "text" in message.body else {"caption", "caption_entities"}
        kept = {name: value for name, value in message.body.items() if name not in fields}
        message.replace({**kept, **content, "edit_date": read_seconds()})
        chat = self.world.get_chat(chat_id)
        self.world.show_message("edited", chat, message)
        self.tell_bot("edited_message", chat, message.body)
        return message.body

    async def delete(self, chat_id: int, message_id: int) -> bool:
        """Delete a message for everyone; bots are not told."""
        self.find_message(chat_id, message_id)
        self.world.delete_message(self.world.get_chat(chat_id), message_id)
        return True

    async def block(self, user_id: int, *, blocked: bool = True) -> bool:
        """Block the bot, or let it write again; the bot gets a `my_chat_member` update."""
        chat = self._open_chat(self.meet(user_id), None)
        was, chat.is_blocked = chat.bot_status, blocked
        self._tell_of_bot(chat, self.world.users[user_id], was)
        return True

    async def stop(self, user_id: int, *, draft_id: int | None = None) -> int | None:
        """Press Stop on a draft in one's private chat; the update's id, None if the bot does not want it.

        ControlError 409 where no draft is shown that can be stopped.
        """
        chat = self.world.get_chat(user_id)
        for draft in list(chat.drafts.values()):
            if draft_id in {None, draft.draft_id} and draft.can_stop and draft.expires_at > self.world.now():
                return stop_draft(self.world, chat, draft)
        raise ControlError(409, f"chat {user_id} shows no draft that can be stopped")

    async def send_raw(self, update: Json) -> int:
        """Deliver any update; its update_id is added if it has none. Returns the update_id."""
        return self.world.updates.add_raw(update)

    async def draw_update_id(self, next_id: int | None = None) -> int:
        """Choose the id of the next update anew, at random, as Telegram does after a week without updates."""
        if self.world.updates.webhook is None and self.world.updates.count_pending():
            raise ControlError(409, "updates are waiting for getUpdates, which confirms them by their order")
        return self.world.updates.draw_id(next_id)

    async def repeat(self, update_id: int, *, new_id: bool = False) -> int:
        """Deliver a former update once more, under its own or a new update_id, which is returned."""
        try:
            return self.world.updates.repeat(update_id, new_id=new_id)
        except KeyError:
            raise ControlError(404, f"no update {update_id}") from None

    def meet(self, user: Json | int) -> Json:
        """A person by id, known or made up, or with `is_bot` another bot; given fields replace what was known."""
        given = {"id": user} if isinstance(user, int) else user
        user_id = int(given["id"])
        known = self.world.users.get(user_id) or {"first_name": f"User {user_id}", "language_code": "en"}
        person = {"is_bot": False, **known, **given, "id": user_id}
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
            if chat.upgraded_to is not None:
                raise ControlError(409, f"the group has become the supergroup {chat.upgraded_to}")
            status = chat.members.setdefault(sender["id"], "member")
            if chat.type == "channel" and status not in ADMINISTRATORS:
                raise ControlError(403, "only administrators post in a channel")
            return chat
        return self.world.chats.setdefault(sender["id"], Chat(sender["id"], "private"))

    def _prepare_head(self, sender: Json, chat: Chat, reply_to: int | None, thread: int | None, manner: Manner) -> Json:
        place, date, status = self.world.describe_chat(chat), read_seconds(), chat.members.get(sender["id"], "member")
        head: Json = {**describe_sender(manner, sender, place, status), "chat": place, "date": date}
        head |= describe_manner(manner, head, date, self.world.next_message_id)
        topic = thread is not None and thread != GENERAL_TOPIC
        if topic and thread not in chat.topics:
            raise ControlError(404, f"no topic {thread} in chat {chat.id}")
        if (thread or GENERAL_TOPIC) in chat.closed_topics and status not in ADMINISTRATORS:
            raise ControlError(403, f"topic {thread or GENERAL_TOPIC} is closed")
        if topic:
            head |= {"message_thread_id": thread, "is_topic_message": True}
        # in a topic a message that answers nothing still refers to the message that made the topic
        target = reply_to if reply_to is not None else thread if topic else None
        return head if target is None else head | self._describe_reply(sender, chat, target, manner)

    def _describe_reply(self, sender: Json, chat: Chat, message_id: int, manner: Manner) -> Json:
        """What a reply holds of the message it answers, in this chat or in another one."""
        chat_id = chat.id if manner.reply_to_chat_id is None else manner.reply_to_chat_id
        answered = strip_reply(self.find_message(chat_id, message_id).body)
        quote = describe_quote(manner.quote, answered)
        if chat_id == chat.id:
            return {"reply_to_message": answered, **quote}
        if answered["chat"]["type"] == "private" and chat_id != sender["id"]:
            raise ControlError(403, "another person's private chat")
        return {"external_reply": describe_external(answered), **quote}

    def _post(self, chat: Chat, head: Json, contents: Sequence[Json], manner: Manner) -> list[Json]:
        """All messages of one act, a comment before what it is about; they carry the same second."""
        status = chat.members.get(head["from"]["id"], "member")
        for content in contents:
            needed, _ = MEDIA_PERMISSIONS.get(find_kind(content), ("", ""))
            if needed and not chat.allows(needed) and status not in ADMINISTRATORS and "sender_chat" not in head:
                raise ControlError(403, f"{needed} is false in chat {chat.id}")
        about = {name: value for name, value in head.items() if name != "forward_origin"}
        said = [{**about, **describe_words("text", manner.comment)}] if manner.comment else []
        return [self._receive(chat, body) for body in [*said, *({**head, **content} for content in contents)]]

    def _receive(self, chat: Chat, body: Json) -> Json:
        if chat.type == "channel":
            return self._receive_post(chat, body)
        message = self.world.put_message(chat, {"message_id": self.world.next_message_id(), **body})
        if body["from"]["is_bot"] and "sender_chat" not in body:
            chat.last_bot_id = int(body["from"]["id"])
        self.tell_bot("message", chat, message.body)
        return message.body

    def _receive_post(self, chat: Chat, body: Json) -> Json:
        """A post has no sender but its channel; the bot hears of it only as an administrator."""
        post = {name: value for name, value in body.items() if name != "from"}
        post |= {"message_id": self.world.next_message_id(), "sender_chat": self.world.describe_chat(chat)}
        message = self.world.put_message(chat, post)
        if chat.bot_status == "administrator":
            self.world.updates.add("channel_post", message.body, f"chat {chat.id}")
        return message.body

    def _make_query(self, sender: Json, chat_id: int, message: StoredMessage, data: str) -> Json:
        query_id = str(secrets.randbits(62))
        query: Json = {"id": query_id, "user_id": sender["id"], "chat_id": chat_id, "message_id": message.id}
        query |= {"answer": None, "expires_at": self.world.now() + _QUERY_LIFE_SECONDS}
        self.world.queries[query_id] = query
        update: Json = {"id": query_id, "from": sender, "message": visible_to_bot(message.body)}
        update |= {"chat_instance": str(abs(chat_id) * 7919), "data": data}
        query["update_id"] = self.world.updates.add("callback_query", update, f"callback_query {sender['id']}")
        return query


def copy_content(body: Json, group: Json) -> Json:
    """What a forwarded message takes along: content, no keyboard; parts of an album stay one."""
    content = {name: value for name, value in body.items() if name in CONTENT_FIELDS}
    if not content:
        raise ControlError(400, "a service message is not forwarded")
    return {**content, **(group if "media_group_id" in body else {})}
