"""What the tests of the Gemini adapter ask for, and what they make a server answer."""

import base64
import json
from typing import Any

from shared.adapters.genai import GeminiModel
from shared.adapters.genai_client import Access
from shared.credits.catalogue import NANO_BANANA
from shared.providers.outcomes import Gone, ModelOutcome, PictureTask
from tests.contracts.http_server import Reply, Server

TASK = PictureTask("a red fox", "16:9", "1K")
KEY = "TEST-key-that-is-not-real"
SECRET_PROMPT = "a fox nobody may read about"


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
