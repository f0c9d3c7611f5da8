"""What the chat page in a browser needs: its files, the state of a chat, a stream of changes, pictures."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from infra.local.telegram.drafts import list_drafts
from infra.local.telegram.errors import ApiError, ControlError
from infra.local.telegram.people import People
from infra.local.telegram.profile import choose_commands, read_profile
from infra.local.telegram.web_apps import read_menu_button
from infra.local.telegram.world import Chat, Json

_STATIC = Path(__file__).with_name("static")
_HEARTBEAT_SECONDS = 15.0
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob:; "
    "media-src 'self' blob:; frame-src http://127.0.0.1:*"
)
_SHOWN = {"image/webp", "image/png"}
"""Of files, those a browser may show: stickers."""
_FOR_CHAT = {"message", "edited", "deleted", "action", "draft", "draft_over", "toast"}
_FOR_ALL = {"reload", "commands", "closing"}


class Page:
    """Serves the page of one bot."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._world = people.world

    def make_routes(self) -> list[Route | Mount]:
        """All routes of the page."""
        return [
            Route("/", self._serve_page),
            Route("/page/state", self._get_state),
            Route("/page/events", self._stream_events),
            Route("/page/file/{file_id}", self._get_file),
            Route("/favicon.ico", self._serve_icon),
            Mount("/static", StaticFiles(directory=_STATIC)),
        ]

    async def _serve_page(self, _request: Request) -> Response:
        page = await asyncio.to_thread((_STATIC / "index.html").read_bytes)
        headers = {"Cache-Control": "no-store", "Content-Security-Policy": _POLICY}
        return Response(page, media_type="text/html", headers=headers)

    async def _serve_icon(self, _request: Request) -> Response:
        return RedirectResponse("/static/icon.svg")

    async def _get_state(self, request: Request) -> Response:
        """`?user=&lang=&chat=`: the bot, the person, the chat with its messages, the commands."""
        query = request.query_params
        user_id = int(query.get("user") or 1)
        language = query.get("lang") or "en"
        names = {"language_code": language, **({"first_name": query["name"]} if "name" in query else {})}
        person = self._people.meet({"id": user_id, **names})
        try:
            chat = await self._find_chat(int(query.get("chat") or user_id), user_id)
        except ControlError as error:
            return JSONResponse({"ok": False, "error": error.reason}, error.status)
        return JSONResponse({"ok": True, "me": person, **self._describe(chat, user_id, language)})

    async def _find_chat(self, chat_id: int, user_id: int) -> Chat | None:
        """The chat to show; None for a private chat in which nothing was written yet."""
        if chat_id == user_id:
            return self._world.chats.get(chat_id)
        if chat_id not in self._world.chats and chat_id < 0:
            await self._people.create_chat(chat_id, title="NanoBanana Club")
        chat = self._world.get_chat(chat_id)
        if chat.is_private:
            raise ControlError(403, "another person's private chat")
        chat.members.setdefault(user_id, "member")
        return chat

    def _describe(self, chat: Chat | None, user_id: int, language: str) -> Json:
        world = self._world
        shown = chat or Chat(user_id, "private")
        about = {name: read_profile(world, name, language) for name in ("name", "description", "short")}
        bot = {**world.account.to_json(), **{key: value for key, value in about.items() if value}}
        return {
            "bot": bot,
            "links": [{"title": title, "url": url} for title, url in world.account.links],
            "chat": {
                **world.describe_chat(shown),
                "topics": shown.topics,
                "member_count": len(shown.members),
            },
            "messages": [message.to_json() for message in shown.messages.values()],
            "drafts": list_drafts(world, shown),
            "commands": choose_commands(world, shown, user_id, language),
            "menu_button": read_menu_button(world, str(shown.id)) if shown.is_private else {"type": "commands"},
        }

    async def _stream_events(self, request: Request) -> Response:
        """`?chat=&user=`: server-sent events, one JSON object each."""
        chat_id = int(request.query_params["chat"])
        user_id = int(request.query_params["user"])
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        stream = self._watch(chat_id, user_id)
        return StreamingResponse(stream, media_type="text/event-stream", headers=headers)

    async def _watch(self, chat_id: int, user_id: int) -> AsyncIterator[str]:
        with self._world.feed.listen() as queue:
            yield 'retry: 1000\n\ndata: {"kind": "ready"}\n\n'
            while not self._world.feed.closing.is_set():
                try:
                    event = await asyncio.wait_for(queue.get(), _HEARTBEAT_SECONDS)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                if _concerns(event, chat_id, user_id):
                    yield f"data: {json.dumps(event, ensure_ascii=False)}\n\n"

    async def _get_file(self, request: Request) -> Response:
        """`?name=`: a file's bytes; with a name it is offered as a download."""
        try:
            files = self._world.files
            files.find(request.path_params["file_id"])
            file = files.find_exact(request.path_params["file_id"])
        except ApiError:
            return Response(status_code=404)
        content = self._world.files.read(file)
        if content is None:
            return Response(status_code=410)
        headers = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}
        if file.kind != "photo" and file.mime not in _SHOWN:
            headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name)}"
        headers["Accept-Ranges"] = "bytes"
        media_type = file.mime or "application/octet-stream"
        if (part := _find_part(request.headers.get("range", ""), len(content))) is not None:
            headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{len(content)}"
            return Response(content[part.start : part.stop], 206, headers, media_type)
        return Response(content, media_type=media_type, headers=headers)


def _find_part(wanted: str, size: int) -> range | None:
    """The bytes that a player asks for: it jumps to the end of a sound to learn its length. None: all of them."""
    match = re.fullmatch(r"bytes=(\d+)-(\d*)", wanted)
    if match is None or int(match[1]) >= size:
        return None
    return range(int(match[1]), min(size, int(match[2]) + 1) if match[2] else size)


def _concerns(event: Json, chat_id: int, user_id: int) -> bool:
    if event["kind"] in _FOR_ALL:
        return True
    if event["kind"] not in _FOR_CHAT or event["chat_id"] != chat_id:
        return False
    return bool(event["kind"] != "toast" or event["user_id"] == user_id)
