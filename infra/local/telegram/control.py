"""The control API over HTTP: people's acts, faults, logs. Shapes are in the package's docstring."""

import base64
import binascii
import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.local.telegram.contents import Attachment
from infra.local.telegram.drafts import list_drafts
from infra.local.telegram.errors import ControlError
from infra.local.telegram.payments import pay
from infra.local.telegram.people import People
from infra.local.telegram.prepared import list_chats_for, share
from infra.local.telegram.reactions import react
from infra.local.telegram.reading import Upload
from infra.local.telegram.subscriptions import change_subscription, pay_link
from infra.local.telegram.web_apps import open_app
from infra.local.telegram.world import Json

Verb = Callable[[Json], Awaitable[Json]]
_PARTS_MAX = 40
_PLAIN = {"text", "caption", "comment", "quote"}


class Control:
    """Turns control requests into calls of `People` and the world."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._world = people.world

    def make_routes(self) -> list[Route]:
        """All routes under `/control`."""
        verbs: dict[str, Verb] = {
            "send": self._send,
            "forward": self._forward,
            "press": self._press,
            "inline": self._ask_inline,
            "pick": self._pick,
            "edit": self._edit,
            "delete": self._delete,
            "react": self._react,
            "block": self._block,
            "stop": self._stop,
            "pay": self._pay,
            "app": self._open_app,
            "prepared": self._list_chats_for,
            "share": self._share,
            "subscription": self._change_subscription,
            "raw": self._raw,
            "repeat": self._repeat,
            "update-id": self._draw_update_id,
            "chats": self._create_chat,
            "upgrade": self._upgrade,
            "topic": self._change_topic,
            "bot": self._change_bot,
            "reset": self._reset,
        }
        routes = [Route(f"/control/{name}", _serve(verb), methods=["POST"]) for name, verb in verbs.items()]
        return [
            *routes,
            Route("/control/faults", self._serve_faults, methods=["GET", "POST", "DELETE"]),
            Route("/control/chats/{chat_id:int}/messages", self._get_messages, name="messages"),
            Route("/control/chats/{chat_id}/messages", self._get_messages),
            Route("/control/chats", self._get_chats),
            Route("/control/calls", self._get_calls),
            Route("/control/updates", self._get_updates),
        ]

    async def _send(self, fields: Json) -> Json:
        photos = [*_as_list(fields.pop("photo", None)), *_as_list(fields.pop("photos", None))]
        documents = [*_as_list(fields.pop("document", None)), *_as_list(fields.pop("documents", None))]
        fields["photos"] = [_read_bytes(photo) for photo in photos]
        fields["documents"] = [_read_document(document) for document in documents]
        fields["attachments"] = [_read_attachment(one) for one in _as_list(fields.pop("attachments", None))]
        return {"messages": await self._people.send(**fields)}

    async def _forward(self, fields: Json) -> Json:
        return {"messages": await self._people.forward(**fields)}

    async def _press(self, fields: Json) -> Json:
        return await self._people.press(**fields)

    async def _ask_inline(self, fields: Json) -> Json:
        return await self._people.ask_inline(**fields)

    async def _pick(self, fields: Json) -> Json:
        return {"message": await self._people.pick(**fields)}

    async def _edit(self, fields: Json) -> Json:
        return {"message": await self._people.edit(**fields)}

    async def _delete(self, fields: Json) -> Json:
        return {"deleted": await self._people.delete(**fields)}

    async def _react(self, fields: Json) -> Json:
        return await react(self._people, **fields)

    async def _block(self, fields: Json) -> Json:
        return {"done": await self._people.block(**fields)}

    async def _stop(self, fields: Json) -> Json:
        return {"update_id": await self._people.stop(**fields)}

    async def _pay(self, fields: Json) -> Json:
        return await (pay_link if "link" in fields else pay)(self._people, **fields)

    async def _change_subscription(self, fields: Json) -> Json:
        return change_subscription(self._people, **fields)

    async def _open_app(self, fields: Json) -> Json:
        return await open_app(self._people, **fields)

    async def _list_chats_for(self, fields: Json) -> Json:
        return await list_chats_for(self._people, **fields)

    async def _share(self, fields: Json) -> Json:
        return await share(self._people, **fields)

    async def _raw(self, fields: Json) -> Json:
        return {"update_id": await self._people.send_raw(fields)}

    async def _repeat(self, fields: Json) -> Json:
        return {"update_id": await self._people.repeat(**fields)}

    async def _draw_update_id(self, fields: Json) -> Json:
        return {"update_id": await self._people.draw_update_id(**fields)}

    async def _upgrade(self, fields: Json) -> Json:
        return {"chat": await self._people.upgrade(**fields)}

    async def _change_topic(self, fields: Json) -> Json:
        return await self._people.change_topic(**fields)

    async def _change_bot(self, fields: Json) -> Json:
        return {"chat": await self._people.change_bot(**fields)}

    async def _create_chat(self, fields: Json) -> Json:
        return {"chat": await self._people.create_chat(**fields)}

    async def _reset(self, _fields: Json) -> Json:
        self._world.forget()
        return {}

    async def _serve_faults(self, request: Request) -> Response:
        try:
            if request.method == "DELETE":
                self._world.faults.clear()
            elif request.method == "POST":
                given = await request.json()
                for settings in given if isinstance(given, list) else [given]:
                    self._world.faults.add(settings)
        except ControlError as error:
            return _refuse(error)
        return JSONResponse({"ok": True, "faults": [fault.to_json() for fault in self._world.faults.active]})

    async def _get_messages(self, request: Request) -> Response:
        try:
            chat = self._world.get_chat(int(request.path_params["chat_id"]))
        except (ControlError, ValueError):
            return _refuse(ControlError(404, f"no chat {request.path_params['chat_id']}"))
        messages, drafts = [m.to_json() for m in chat.messages.values()], list_drafts(self._world, chat)
        return JSONResponse({"ok": True, "messages": messages, "drafts": drafts})

    async def _get_chats(self, _request: Request) -> Response:
        chats = [
            {**self._world.describe_chat(chat), "message_count": len(chat.messages), "topics": chat.topics}
            for chat in self._world.chats.values()
        ]
        return JSONResponse({"ok": True, "chats": chats})

    async def _get_calls(self, request: Request) -> Response:
        since = int(request.query_params.get("since", 0))
        wanted = request.query_params.get("method", "").lower()
        log = self._world.log
        calls = [c for c in log if c["seq"] > since and wanted in {"", str(c["method"]).lower()}]
        return JSONResponse({"ok": True, "calls": calls})

    async def _get_updates(self, _request: Request) -> Response:
        updates = self._world.updates
        answer = {"pending": updates.count_pending(), "deliveries": list(updates.history)}
        return JSONResponse({"ok": True, **answer})


def _serve(verb: Verb) -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        try:
            return JSONResponse({"ok": True, **await verb(await _read_fields(request))})
        except ControlError as error:
            return _refuse(error)
        except (TypeError, KeyError, ValueError) as error:  # a missing, unknown or unreadable field
            return _refuse(ControlError(400, f"{type(error).__name__}: {error}"))

    return serve


def _refuse(error: ControlError) -> Response:
    return JSONResponse({"ok": False, "error": error.reason}, error.status)


async def _read_fields(request: Request) -> Json:
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with request.form(max_files=_PARTS_MAX) as form:
            return await _read_form(form)
    body = await request.body()
    fields: Json = json.loads(body) if body else {}
    return fields


async def _read_form(form: FormData) -> Json:
    """The files' names begin with their kind: `photo`, `document2`, `video_note`."""
    fields: Json = {"photos": [], "documents": [], "attachments": []}
    for name, value in form.multi_items():
        if not isinstance(value, UploadFile):
            fields[name] = value if name in _PLAIN else json.loads(value)
            continue
        kind, mime = name.rstrip("0123456789"), value.content_type or "application/octet-stream"
        upload = Upload(value.filename or "file", mime, await value.read())
        if kind == "photo":
            fields["photos"].append(upload.content)
        elif kind == "document":
            fields["documents"].append(upload)
        else:
            fields["attachments"].append(Attachment(kind, upload))
    return fields


def _as_list(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _read_bytes(value: bytes | str) -> bytes:
    if isinstance(value, bytes):
        return value
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error:
        raise ControlError(400, "files are base64 in JSON") from None


def _read_document(value: Upload | Json) -> Upload:
    if isinstance(value, Upload):
        return value
    mime = value.get("mime", "application/octet-stream")
    return Upload(value["name"], mime, _read_bytes(value["content"]))


def _read_attachment(value: Attachment | Json) -> Attachment:
    if isinstance(value, Attachment):
        return value
    details = {name: given for name, given in value.items() if name not in {"kind", "name", "mime", "content"}}
    return Attachment(value["kind"], _read_document({"name": value["kind"], **value}), details)
