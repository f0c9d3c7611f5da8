"""What the tests of the Gemini adapter ask for, and what they make a server answer."""

import base64
import json
from typing import Any

from shared.adapters.gemini_access import Access
from shared.adapters.gemini_pictures import GeminiModel
from shared.credits.catalogue import NANO_BANANA
from shared.errors import UnavailableError
from shared.providers.outcomes import Gone, ModelOutcome, PictureTask
from tests.contracts.http_server import Reply, Server

TASK = PictureTask("a red fox", "16:9", "1K")
KEY = "TEST-key-that-is-not-real"
SECRET_PROMPT = "a fox nobody may read about"


class OneToken:
    """A `Token`: each is valid until it is forgotten, and the last for ever."""

    def __init__(self, *tokens: str) -> None:
        self._tokens = list(tokens or ("test-token",))

    async def get(self) -> str:
        return self._tokens[0]

    def forget(self, token: str) -> None:
        assert token == self._tokens[0]
        self._tokens = self._tokens[1:] or self._tokens


class NoToken(OneToken):
    async def get(self) -> str:
        raise UnavailableError("metadata server: away")


async def ask(server: Server, reply: Reply, task: PictureTask = TASK) -> ModelOutcome | Gone:
    """The result of a call that is answered like this."""
    server.answer = lambda _: reply
    model = GeminiModel(Access(api_key=KEY, base_url=server.url))
    outcome = await model.generate(NANO_BANANA, task)
    await model.close()
    return outcome


def answer(**fields: Any) -> Reply:
    return Reply(body=json.dumps(fields).encode(), headers={"Content-Type": "application/json"})


def candidate(reason: str, *parts: dict[str, Any]) -> Reply:
    return answer(candidates=[{"finishReason": reason, "content": {"role": "model", "parts": list(parts)}}])


def picture(content: bytes, **fields: Any) -> dict[str, Any]:
    return {"inlineData": {"mimeType": "image/png", "data": base64.b64encode(content).decode()}, **fields}
