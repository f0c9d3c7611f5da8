"""A release that is tried on a quarter of the chats: the real webhook, the real queue, and one listener for each
release of `bot`, which stand for its two tag URLs.
"""

import asyncio
import itertools
import json
from collections import defaultdict
from typing import Any

import httpx
from starlette.status import HTTP_200_OK

from infra.local.options import LOCAL_SECRET, Options, only
from infra.local.system import run_system
from shared.adapters.oidc import TokenVerifier
from tests.contracts.http_server import Server, serve_http

Json = dict[str, Any]
SECRET = {"X-Telegram-Bot-Api-Secret-Token": LOCAL_SECRET}
CHATS = range(5001, 5041)
STAFF = 4242
PERCENT = 25
ACCOUNT = "tasks@nanobanana-local.iam.gserviceaccount.com"


def updates_of(chat_id: int) -> list[Json]:
    """What one person's private chat may bring, and what comes of them outside of it."""
    person, chat = {"id": chat_id, "is_bot": False}, {"id": chat_id, "type": "private"}
    message = {"message_id": 1, "from": person, "chat": chat, "text": "a red fox"}
    return [
        {"message": message},
        {"edited_message": message},
        {"callback_query": {"id": "1", "from": person, "message": {"message_id": 1, "chat": chat}, "data": "1;x"}},
        {"callback_query": {"id": "2", "from": person, "inline_message_id": "1", "data": "1;x"}},
        {"my_chat_member": {"chat": chat, "from": person}},
        {"inline_query": {"id": "3", "from": person, "query": "fox"}},
    ]


def chats_at(receiver: Server) -> dict[int, int]:
    """How many updates of each chat came here; they carry their chat's number a second time, for this."""
    counts: dict[int, int] = defaultdict(int)
    for request in receiver.requests:
        counts[json.loads(request.body)["of"]] += 1
    return counts


async def test_each_chat_meets_one_release() -> None:
    """All updates of a chat reach one release, about a quarter of the chats and the staff the new one.

    Two workers decide alike, and both releases are called with tokens for `bot` itself, as Cloud Run wants them.
    """
    with serve_http() as stable, serve_http() as candidate:
        rollout = {
            "BOT_URL": stable.url,
            "CANDIDATE_BOT_URL": candidate.url,
            "CANDIDATE_PERCENT": str(PERCENT),
            "STAFF_CHAT_IDS": f"-1001,{STAFF}",
        }
        options = Options(parts=only("webhook", "tasks"), environment={"webhook": rollout}, workers={"webhook": 2})
        async with run_system(options) as system:
            sent = await send_updates(system.urls["webhook"])
            async with asyncio.timeout(20):
                while len(stable.requests) + len(candidate.requests) < sent:  # noqa: ASYNC110 — both, in threads
                    await asyncio.sleep(0.02)
            for receiver in (stable, candidate):
                verifier = TokenVerifier(
                    system.addresses["TASKS_OIDC_ISSUER"], system.addresses["TASKS_OIDC_JWKS_URL"], stable.url, ACCOUNT
                )
                for request in receiver.requests:
                    await verifier.verify(request.headers["authorization"])
        tried, kept = chats_at(candidate), chats_at(stable)
    assert not tried.keys() & kept.keys()
    assert {*tried.values(), *kept.values()} == {len(updates_of(0))}
    assert STAFF in tried
    assert tried.keys() | kept.keys() == {STAFF, *CHATS}
    assert 4 <= len(tried) - 1 <= 16


async def send_updates(url: str) -> int:
    """All updates of all chats, many at once, over new connections: both workers get some. How many there were."""
    numbers = itertools.count(1)
    updates = [
        {"update_id": next(numbers), "of": chat_id} | update
        for chat_id in (STAFF, *CHATS)
        for update in updates_of(chat_id)
    ]
    limits = httpx.Limits(max_connections=20, max_keepalive_connections=0)
    async with httpx.AsyncClient(limits=limits, trust_env=False, timeout=20) as client:
        answers = await asyncio.gather(*(client.post(url, json=update, headers=SECRET) for update in updates))
    assert {answer.status_code for answer in answers} == {HTTP_200_OK}
    return len(updates)
