"""What the bot says of itself and may ask about chats: getMe, commands, descriptions, getChat, getFile."""

import re
from typing import Any

from telegram.constants import BotCommandLimit, BotDescriptionLimit, BotNameLimit

from infra.local.telegram.errors import bad_request
from infra.local.telegram.files import DOWNLOAD_BYTES_MAX
from infra.local.telegram.reading import Call, require_known
from infra.local.telegram.signatures import known_fields
from infra.local.telegram.world import PERMISSIONS, Chat, Json, World

_COMMANDS_MAX = int(BotCommandLimit.MAX_COMMAND_NUMBER)
_COMMAND = re.compile(rf"[a-z0-9_]{{1,{int(BotCommandLimit.MAX_COMMAND)}}}")
_COMMAND_TEXT_MAX = int(BotCommandLimit.MAX_DESCRIPTION)
_SCOPES = {
    "default": (),
    "all_private_chats": (),
    "all_group_chats": (),
    "all_chat_administrators": (),
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}


async def get_me(world: World, _call: Call) -> Json:
    """https://core.telegram.org/bots/api#getme."""
    abilities = {"can_join_groups": True, "can_read_all_group_messages": False}
    abilities |= {"supports_inline_queries": True, "can_connect_to_business": False}
    return {**world.account.to_json(), **abilities, "has_main_web_app": False, "has_topics_enabled": False}


async def get_chat(world: World, call: Call) -> Json:
    """https://core.telegram.org/bots/api#getchat."""
    chat = world.find_chat(call)
    gifts = (
        "unlimited_gifts",
        "limited_gifts",
        "unique_gifts",
        "premium_subscription",
        "gifts_from_channels",
    )
    extra = {"accent_color_id": 0, "max_reaction_count": 11}
    accepted = {"accepted_gift_types": dict.fromkeys(gifts, False)}
    allowed = {} if chat.is_private else {"permissions": {name: chat.allows(name) for name in sorted(PERMISSIONS)}}
    return {**world.describe_chat(chat), **extra, **accepted, **allowed}


async def get_chat_member(world: World, call: Call) -> Json:
    """https://core.telegram.org/bots/api#getchatmember."""
    chat = world.find_chat(call)
    user_id = call.integer("user_id") or 0
    if user_id == world.account.id:
        return _describe_bot(world, chat)
    if chat.type == "channel" and chat.bot_status != "administrator":
        raise bad_request("member list is inaccessible")
    status = "member" if user_id == chat.id else chat.members.get(user_id)
    if status is None:
        raise bad_request("PARTICIPANT_ID_INVALID" if user_id in world.users else "user not found")
    posting = {"can_post_messages": True, "can_edit_messages": True}
    more = posting if chat.type == "channel" and status == "administrator" else {}
    return {**describe_status(status), **more, "user": world.users[user_id]}


def _describe_bot(world: World, chat: Chat) -> Json:
    return {**describe_status(chat.bot_status), "user": world.account.to_json()}


def describe_status(status: str) -> Json:
    """A member's status, with the rights of an administrator."""
    if status == "creator":
        return {"status": status, "is_anonymous": False}
    if status != "administrator":
        return {"status": status, **({"until_date": 0} if status == "kicked" else {})}
    rights: tuple[str, ...] = (
        "can_manage_chat",
        "can_delete_messages",
        "can_manage_video_chats",
        "can_restrict_members",
    )
    rights += ("can_promote_members", "can_change_info", "can_invite_users", "can_post_stories")
    rights += ("can_edit_stories", "can_delete_stories", "can_be_edited", "is_anonymous")
    return {"status": status, **dict.fromkeys(rights, False)}


async def get_file(world: World, call: Call) -> Json:
    """https://core.telegram.org/bots/api#getfile: at most 20 MB."""
    if not call.text("file_id"):
        raise bad_request("file_id not specified")
    world.files.find(call.text("file_id"))
    file = world.files.find_exact(call.text("file_id"))
    if file.size_bytes > DOWNLOAD_BYTES_MAX:
        raise bad_request("file is too big")
    if world.files.read(file) is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    names = {"file_id": file.file_id, "file_unique_id": file.unique_id}
    return {**names, "file_size": file.size_bytes, "file_path": file.path}


async def set_my_commands(world: World, call: Call) -> bool:
    """https://core.telegram.org/bots/api#setmycommands."""
    commands = call.json("commands")
    if not isinstance(commands, list):
        raise bad_request('parameter "commands" is required')
    if len(commands) > _COMMANDS_MAX:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        _check_command(command)
    world.profile["commands"][_commands_key(world, call)] = commands
    world.feed.publish({"kind": "commands"})
    return True


def _check_command(command: Any) -> None:
    require_known(command, known_fields("BotCommand"), "BotCommand")
    name = str(command.get("command", "")).removeprefix("/")
    if not _COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 0 < len(command.get("description") or "") <= _COMMAND_TEXT_MAX:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")


async def get_my_commands(world: World, call: Call) -> list[Json]:
    """https://core.telegram.org/bots/api#getmycommands: exactly this scope and language."""
    commands: list[Json] = world.profile["commands"].get(_commands_key(world, call), [])
    return commands


async def delete_my_commands(world: World, call: Call) -> bool:
    """https://core.telegram.org/bots/api#deletemycommands."""
    world.profile["commands"].pop(_commands_key(world, call), None)
    world.feed.publish({"kind": "commands"})
    return True


def _commands_key(world: World, call: Call) -> str:
    scope = call.json("scope") or {"type": "default"}
    kind = scope.get("type")
    if kind not in _SCOPES:
        raise bad_request("unsupported BotCommandScope type specified")
    missing = [name for name in _SCOPES[kind] if not scope.get(name)]
    if missing:
        raise bad_request(f"{missing[0]} is empty")
    if "chat_id" in _SCOPES[kind] and int(scope["chat_id"]) not in world.chats:
        raise bad_request("chat not found")
    return _make_key(kind, [str(scope[name]) for name in _SCOPES[kind]], call.text("language_code"))


def _make_key(kind: str, place: list[str], language: str) -> str:
    return "/".join([kind, *place, language])


def choose_commands(world: World, chat: Chat, user_id: int, language: str) -> list[Json]:
    """The commands a person sees in a chat: the narrowest scope that has any, their language first."""
    here = str(chat.id)
    is_admin = chat.members.get(user_id) in {"creator", "administrator"}
    if chat.is_private:
        scopes = [("chat", [here]), ("all_private_chats", [])]
    else:
        scopes = [("chat_member", [here, str(user_id)])]
        scopes += [("chat_administrators", [here])] if is_admin else []
        scopes += [("chat", [here])]
        scopes += [("all_chat_administrators", [])] if is_admin else []
        scopes += [("all_group_chats", [])]
    for kind, place in [*scopes, ("default", [])]:
        for code in (language, ""):
            commands: list[Json] | None = world.profile["commands"].get(_make_key(kind, place, code))
            if commands:
                return commands
    return []


async def set_my_name(world: World, call: Call) -> bool:
    """https://core.telegram.org/bots/api#setmyname."""
    return _set_text(world, call, "name", "name", int(BotNameLimit.MAX_NAME_LENGTH))


async def set_my_description(world: World, call: Call) -> bool:
    """https://core.telegram.org/bots/api#setmydescription."""
    return _set_text(world, call, "description", "description", int(BotDescriptionLimit.MAX_DESCRIPTION_LENGTH))


async def set_my_short_description(world: World, call: Call) -> bool:
    """https://core.telegram.org/bots/api#setmyshortdescription."""
    limit = int(BotDescriptionLimit.MAX_SHORT_DESCRIPTION_LENGTH)
    return _set_text(world, call, "short", "short_description", limit)


def _set_text(world: World, call: Call, shelf: str, parameter: str, units_max: int) -> bool:
    if len(call.text(parameter)) > units_max:
        raise bad_request(f"bot {parameter.replace('_', ' ')} is too long")
    world.profile[shelf][call.text("language_code")] = call.text(parameter)
    world.feed.publish({"kind": "commands"})
    return True


async def get_my_name(world: World, call: Call) -> Json:
    """https://core.telegram.org/bots/api#getmyname."""
    return {"name": read_profile(world, "name", call.text("language_code")) or world.account.name}


async def get_my_description(world: World, call: Call) -> Json:
    """https://core.telegram.org/bots/api#getmydescription."""
    return {"description": read_profile(world, "description", call.text("language_code"))}


async def get_my_short_description(world: World, call: Call) -> Json:
    """https://core.telegram.org/bots/api#getmyshortdescription."""
    return {"short_description": read_profile(world, "short", call.text("language_code"))}


def read_profile(world: World, shelf: str, language: str) -> str:
    """A text of the bot's profile in a language, else the one for everybody."""
    texts: dict[str, str] = world.profile[shelf]
    return texts.get(language) or texts.get("", "")
