"""A second provider with a protocol of its own, made up for the tests: its adapter, its server, and a rung of it.

POST /v1/images  {"model": "plain-1", "text": "a fox", "shape": "1:1", "size": "1K", "files": [b64, ...]}
200 {"b64": ..., "type": "image/png", "seal": ...}    200 {"no_picture": "words"}    422 {"blocked": "WORD"}
404 no such model    429 with Retry-After    503 {"error": "..."}
"""

import json
from base64 import b64decode, b64encode
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from shared.credits.catalogue import RATIOS
from shared.providers.images import Image
from shared.providers.ladder import PictureRung
from shared.providers.outcomes import Broken, Busy, Gone, Made, ModelOutcome, NoResult, PictureTask, Refused
from shared.usage import current_usage
from tests.contracts.http_server import Reply, Request, Server, serve_http
from tests.fakes.model import paint

PLAIN = PictureRung(
    provider="plain",
    id="plain-1",
    costs_usd_micros={"1K": 30_000, "2K": 50_000, "4K": 70_000},
    ratios=RATIOS,
    references_max=14,
    shutdown_on=None,
)


class PlainProvider:
    """A `Provider`: one call of the API above."""

    def __init__(self, base_url: str) -> None:
        self._client = httpx.AsyncClient(base_url=base_url, trust_env=False)

    async def generate(self, rung: PictureRung, task: PictureTask) -> ModelOutcome | Gone:
        current_usage().model_calls += 1
        try:
            reply = await self._client.post("/v1/images", json=_describe(rung, task))
        except httpx.TransportError as error:
            return Busy(type(error).__name__, is_fault=True)
        return _read(reply)

    async def close(self) -> None:
        await self._client.aclose()


def _describe(rung: PictureRung, task: PictureTask) -> dict[str, Any]:
    body = {"model": rung.id, "text": task.prompt, "shape": task.ratio, "size": task.size}
    files = [*([task.parent.picture] if task.parent else []), *task.references]
    seal = _encode(task.parent.signature) if task.parent else ""
    return body | {"files": [_encode(file.content) for file in files], "seal": seal}


def _read(reply: httpx.Response) -> ModelOutcome | Gone:
    match reply.status_code, reply.json():
        case 200, {"b64": content, "type": mime_type, "seal": seal}:
            return Made(b64decode(content), mime_type, b64decode(seal))
        case 200, {"no_picture": said}:
            return NoResult("NO_IMAGE", said)
        case 422, {"blocked": word}:
            return Refused(word)
        case 404, _:
            return Gone()
        case 429, _:
            return Busy("RESOURCE_EXHAUSTED", float(reply.headers["Retry-After"]))
        case 503, _:
            return Busy("UNAVAILABLE")
        case _:
            return Broken(str(reply.status_code))


class PlainServer:
    """The API; `script` lets calls with that text be answered otherwise, one after another."""

    def __init__(self, server: Server) -> None:
        self.url = server.url
        self._server = server
        self._scripts: dict[str, deque[Reply]] = defaultdict(deque)
        server.answer = self._answer

    def script(self, text: str, status: int, body: dict[str, str], **headers: str) -> None:
        self._scripts[text].append(Reply(status, json.dumps(body).encode(), headers))

    def calls(self) -> list[dict[str, Any]]:
        return [json.loads(request.body) for request in self._server.requests]

    def _answer(self, request: Request) -> Reply:
        body = json.loads(request.body)
        if self._scripts[body["text"]]:
            return self._scripts[body["text"]].popleft()
        if (request.method, request.path, body["model"]) != ("POST", "/v1/images", PLAIN.id):
            return Reply(404, b"{}")
        files = tuple(Image(b64decode(each), "image/png") for each in body["files"])
        picture = paint(PictureTask(body["text"], body["shape"], body["size"], files))
        answer = {"b64": _encode(picture), "type": "image/png", "seal": _encode(b"sealed")}
        return Reply(body=json.dumps(answer).encode())


@contextmanager
def serve_plain() -> Iterator[PlainServer]:
    with serve_http() as server:
        yield PlainServer(server)


def _encode(content: bytes) -> str:
    return b64encode(content).decode()
