"""Groups and what becomes of them: made, upgraded, restricted, topics closed, the bot removed."""

from infra.local.telegram.content import read_seconds
from infra.local.telegram.entities import slice_units
from infra.local.telegram.errors import ControlError
from infra.local.telegram.manner import ADMINISTRATORS, ANONYMOUS
from infra.local.telegram.profile import describe_status
from infra.local.telegram.topics import add_topic
from infra.local.telegram.world import GENERAL_TOPIC, PERMISSIONS, Chat, Json, World

_BOT_STATUSES = ("member", "administrator", "left", "kicked")
_TOPIC_STATUSES = ("open", "closed", "deleted")
_SUPERGROUP_IDS = 1_001_000_000_000  # a supergroup's id is -100 and ten digits


class Places:
    """The acts that change groups."""

    def __init__(self, world: World) -> None:
        self.world = world

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
        permissions: dict[str, bool] | None = None,
        username: str = "",
    ) -> Json:
        """Make or change a group: `topics` by thread id (a forum has General, 1), `members` user id → status.

        `sees_everything` makes the bot an administrator, otherwise it is in privacy mode and gets only
        commands and replies to itself. `permissions` such as `{"can_send_photos": false}` hold for everybody
        who is no administrator. A channel may have a `username`; only its administrators post.
        """
        if id >= 0 or type not in {"group", "supergroup", "channel"}:
            raise ControlError(400, "a group has a negative id and the type group, supergroup or channel")
        unknown = sorted(set(permissions or {}) - PERMISSIONS)
        if unknown:
            raise ControlError(400, f"unknown permission {unknown[0]!r}")
        chat = self.world.chats.setdefault(id, Chat(id, type))
        chat.type, chat.title, chat.is_forum, chat.sees_everything = type, title, is_forum, sees_everything
        chat.username = username or chat.username
        chat.members |= {int(user): status for user, status in (members or {}).items()}
        chat.permissions |= permissions or {}
        if is_forum:
            chat.topics.setdefault(GENERAL_TOPIC, "General")
        for thread, name in (topics or {}).items():
            add_topic(self.world, chat, int(thread), name)
        return self.world.describe_chat(chat)

    async def upgrade(self, chat_id: int, *, new_id: int | None = None) -> Json:
        """Turn a group into a supergroup: another chat with another id and none of the old messages.

        The bot gets both service messages; the old id is refused from now on. Returns the new chat.
        """
        old = self.world.get_chat(chat_id)
        if old.type != "group" or old.upgraded_to is not None:
            raise ControlError(409, f"chat {chat_id} is no group that can be upgraded")
        fresh_id = new_id or -(_SUPERGROUP_IDS + abs(chat_id))
        if fresh_id >= 0 or fresh_id in self.world.chats:
            raise ControlError(409, f"{fresh_id} cannot be the id of a new chat")
        fresh = Chat(fresh_id, "supergroup", old.title, sees_everything=old.sees_everything)
        fresh.members, fresh.permissions = dict(old.members), dict(old.permissions)
        self.world.chats[fresh.id] = fresh
        old.upgraded_to = fresh.id
        creator = next((user for user, status in old.members.items() if status == "creator"), None)
        self._serve(old, self.world.users.get(creator or 0, ANONYMOUS), {"migrate_to_chat_id": fresh.id})
        self._serve(fresh, ANONYMOUS, {"sender_chat": self.world.describe_chat(fresh), "migrate_from_chat_id": old.id})
        return self.world.describe_chat(fresh)

    async def change_topic(self, chat_id: int, message_thread_id: int, *, status: str) -> Json:
        """Close a topic, open it again, or delete it with its messages; General (1) cannot be deleted."""
        chat = self.world.get_chat(chat_id)
        if message_thread_id not in chat.topics:
            raise ControlError(404, f"no topic {message_thread_id} in chat {chat_id}")
        if status not in _TOPIC_STATUSES or (status == "deleted" and message_thread_id == GENERAL_TOPIC):
            raise ControlError(400, f"a topic becomes one of {', '.join(_TOPIC_STATUSES)}; General is not deleted")
        if status == "deleted":
            self._delete_topic(chat, message_thread_id)
        elif (status == "closed") != (message_thread_id in chat.closed_topics):
            self._switch_topic(chat, message_thread_id, status)
        return {"topics": chat.topics, "closed": sorted(chat.closed_topics)}

    async def change_bot(self, chat_id: int, *, status: str) -> Json:
        """Remove the bot from a group (`left`, `kicked`), let it in again (`member`) or make it an administrator.

        The bot gets `my_chat_member`; while it is out it hears nothing and its calls are refused.
        """
        chat = self.world.get_chat(chat_id)
        if chat.is_private or status not in _BOT_STATUSES:
            raise ControlError(400, f"in a group the bot becomes one of {', '.join(_BOT_STATUSES)}")
        was = chat.bot_status
        chat.sees_everything = status == "administrator"
        chat.is_left, chat.is_blocked = status == "left", status == "kicked"
        owner = next((user for user, role in chat.members.items() if role in ADMINISTRATORS), None)
        self._tell_of_bot(chat, self.world.users.get(owner or 0, ANONYMOUS), was)
        return self.world.describe_chat(chat)

    def _tell_of_bot(self, chat: Chat, person: Json, was: str) -> None:
        """The bot's own `my_chat_member` update, if its status has just changed."""
        if chat.bot_status == was:
            return
        event: Json = {"chat": self.world.describe_chat(chat), "from": person, "date": read_seconds()}
        event |= {"old_chat_member": self._describe_bot(was), "new_chat_member": self._describe_bot(chat.bot_status)}
        self.world.updates.add("my_chat_member", event, f"my_chat_member {chat.id}")

    def _describe_bot(self, status: str) -> Json:
        return {**describe_status(status), "user": self.world.account.to_json()}

    def _switch_topic(self, chat: Chat, thread: int, status: str) -> None:
        chat.closed_topics ^= {thread}
        place = {"message_thread_id": thread, "is_topic_message": True} if thread != GENERAL_TOPIC else {}
        what = "forum_topic_closed" if status == "closed" else "forum_topic_reopened"
        self._serve(chat, ANONYMOUS, {"sender_chat": self.world.describe_chat(chat), **place, what: {}})

    def _delete_topic(self, chat: Chat, thread: int) -> None:
        del chat.topics[thread]
        chat.closed_topics.discard(thread)
        gone = [one.id for one in chat.messages.values() if one.body.get("message_thread_id") == thread]
        for message_id in gone:
            self.world.delete_message(chat, message_id)
        self.world.feed.publish({"kind": "reload"})

    def _serve(self, chat: Chat, sender: Json, fields: Json) -> None:
        """A service message; bots get them in privacy mode, too."""
        body = {"message_id": self.world.next_message_id(), "from": sender, "chat": self.world.describe_chat(chat)}
        message = self.world.put_message(chat, {**body, "date": read_seconds(), **fields})
        self.world.updates.add("message", message.body, f"chat {chat.id}")

    def tell_bot(self, kind: str, chat: Chat, body: Json) -> None:
        """Deliver a person's message, unless the bot is out or in privacy mode and not meant; bots hear no bots."""
        if chat.bot_status in {"left", "kicked"} and not chat.is_private:
            return
        if body["from"]["is_bot"] and "sender_chat" not in body:
            return
        if chat.is_private or chat.sees_everything or self._is_for_bot(chat, body):
            self.world.updates.add(kind, body, f"chat {chat.id}")

    def _is_for_bot(self, chat: Chat, body: Json) -> bool:
        """Privacy mode: a bot gets commands, replies to its own messages, and what was sent through it.

        A command that names no bot is for the one that wrote last; where none has written yet, for every bot there,
        and this one is alone.
        """
        account = self.world.account
        if account.id in (
            body.get("reply_to_message", {}).get("from", {}).get("id"),
            body.get("via_bot", {}).get("id"),
        ):
            return True
        words = body.get("text") or body.get("caption") or ""
        first = next(iter(body.get("entities") or body.get("caption_entities") or []), None)
        if first is None or first["type"] != "bot_command" or first["offset"] != 0:
            return False
        _, named, target = slice_units(words, 0, first["length"]).partition("@")
        return target.lower() == account.username.lower() if named else chat.last_bot_id in {None, account.id}
