"""What has to agree across files: deadlines, indexes, what a function imports, what it may read."""

import ast
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from infra.functions import FUNCTIONS
from infra.local.options import Options
from infra.local.parts import list_settings
from infra.operations.ledger import PERSON
from shared.admin import audit_log, change_request
from shared.broadcasts import broadcast_documents
from shared.conversations import conversation_documents
from shared.credits import transfer_documents
from shared.credits.catalogue import OFFERS
from shared.credits.ledger import TransferKind
from shared.gallery import result
from shared.growth import make_promos, recall_gifts
from shared.jobs import job_documents, shards, wallet_documents
from shared.jobs.job import JobState
from shared.kinds import image_kinds
from shared.payments import card_documents
from shared.pictures import draft_documents
from shared.ports import Query
from shared.privacy import person_documents, traces
from shared.releases import release_documents
from shared.releases.release import Status
from shared.settings import ModelSettings
from shared.telegram import address
from shared.webhooks import event_documents
from shared.wiring import make_picture_studio

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 1, 1, tzinfo=UTC)
QUERIES = (
    address.job_by_message(1, 2),
    draft_documents.draft_by_card(1, 2),
    job_documents.jobs_in_state(1, JobState.QUEUED),
    shards.due_for_sweep("jobs", NOW, 10),
    shards.due_for_sweep("drafts", NOW, 10),
    shards.due_for_sweep("gifts", NOW, 10),
    shards.due_for_sweep("settlements", NOW, 10),
    shards.due_for_sweep("wallets", NOW, 10),
    shards.due_for_sweep("webhook_events", NOW, 10),
    event_documents.events_of_key("key", None, 10),
    event_documents.events_of_key("key", (NOW, "id"), 10),
    shards.due_without_shard("jobs", NOW, 10),
    shards.due_without_shard("drafts", NOW, 10),
    shards.due_for_sweep("card_orders", NOW, 10),
    card_documents.disputed_orders(),
    shards.due_for_sweep("broadcasts", NOW, 10),
    shards.newest_in_state("jobs", JobState.FAILED.value, 10),
    audit_log.newest_entries(10, None),
    audit_log.newest_entries_about(1, 10, None),
    change_request.waiting_requests(),
    make_promos.batches_ending_before(None, 10),
    shards.newest_in_state("jobs", JobState.QUEUED.value, 10),
    broadcast_documents.newest_broadcasts(),
    broadcast_documents.broadcasts_before(),
    broadcast_documents.people_after(1),
    release_documents.due_releases(NOW),
    release_documents.undecided_releases("nanobanana"),
    release_documents.releases_by_time("nanobanana", (NOW, "nanobanana_v1.0.0"), 5),
    release_documents.releases_by_time("", None, 5),
    release_documents.active_members(),
    *(
        release_documents.releases_in_states((Status.DEPLOYED,), service, author, None, 5)
        for service, author in (("", ""), ("nanobanana", ""), ("", "ann"), ("nanobanana", "ann"))
    ),
    transfer_documents.transfers_of(1, 10),
    transfer_documents.transfers_of(1, 10, NOW),
    transfer_documents.transfers_of_kinds(1, (TransferKind.PURCHASE,), 10, NOW),
    transfer_documents.transfers_of_jobs(1, ("picture",), 10, NOW),
    transfer_documents.all_transfers_of(1, 10, None),
    conversation_documents.conversations_of(1, "place", None, 10),
    conversation_documents.conversations_of(1, "place", NOW, 10),
    conversation_documents.conversations_of_person(1, None, 10),
    conversation_documents.conversations_of_person(1, NOW, 10),
    result.pictures_of(1, None, 10, "DESCENDING"),
    result.pictures_of(1, None, 10, "ASCENDING"),
    result.videos_of(1, None, 10, "DESCENDING"),
    result.videos_of(1, None, 10, "ASCENDING"),
    result.results_on_shelf(1, "star", None, 10, "DESCENDING"),
    result.results_on_shelf(1, "star", None, 10, "ASCENDING"),
    person_documents.owned_by("jobs", 1, "", 10),
    person_documents.owned_by("transfers", 1, "", 10),
    person_documents.owned_by("payments", 1, "", 10),
    *(person_documents.owned_by(name, 1, "", 10) for name in ("card_orders", "ratings", "shares")),
    person_documents.conversations_after(1, (NOW, "id"), 10),
    recall_gifts.open_gifts_of(1),
    wallet_documents.transfers_of_wallet("wallet", 10),
    wallet_documents.transfers_of_wallet("wallet", 10, (NOW, "id")),
    wallet_documents.wallets_after(-1, 10),
    *(trace.of(1) for trace in traces.TRACES),
)
HEAVY = ("google.cloud.firestore", "google.cloud.tasks_v2", "google.cloud.storage", "google.genai", "telegram", "httpx")
RARE = ("soundfile", "numpy")
"""What only encodes sound that a model did not make as it was asked to."""
FORBIDDEN = {
    "webhook": (*HEAVY, "grpc", "fluent", "PIL", "jwt", "cryptography", "telegramify_markdown", "shared.ports"),
    "sweep": ("google.genai", "google.cloud.storage", "telegram", "PIL", "fluent", "telegramify_markdown"),
    "bot": ("google.genai", "google.cloud.storage", "PIL", "telegramify_markdown"),
    "image": ("google.genai", "google.cloud.storage", "httpx2", "pydantic", "telegramify_markdown"),
    "chat": ("google.genai", "google.cloud.storage", "PIL"),
    "video": ("google.genai", "google.cloud.storage", "PIL", "telegramify_markdown"),
    "payments": (*HEAVY, "PIL", "fluent", "telegramify_markdown", "shared.ports"),
    "releases": (*HEAVY, "PIL", "fluent", "telegramify_markdown"),
    "api": ("google.genai", "google.cloud.storage", "telegram", "PIL", "fluent", "telegramify_markdown"),
}

LATE = {
    "image": ("fluent", "shared.adapters.pixels", "google.genai", "httpx2", "pydantic_core"),
    "chat": ("fluent", "PIL.PngImagePlugin", "google.genai._interactions"),
    "video": ("PIL.PngImagePlugin", "google.genai"),
}
"""What is loaded after the first call of a model has begun, or never."""
ROOMS_OF_BOT = {"shared.bot.menus", "shared.payments.shop", "shared.videos.take_videos", "shared.gallery.show_gallery"}
EVERY_ROOM = """
from importlib import import_module
rooms = [each for each in vars(sys.modules['shared.bot.router']).values() if type(each).__name__ == 'LateModule']
[import_module(room._name) for room in rooms]
"""


def read_indexes() -> dict[str, Any]:
    """Both databases'."""
    files = [json.loads((ROOT / f"infra/{name}.indexes.json").read_text()) for name in ("firestore", "releases")]
    return {kind: [entry for each in files for entry in each[kind]] for kind in ("indexes", "fieldOverrides")}


def test_queries_are_all_listed() -> None:
    """Every function that makes a Query is checked here."""
    makers = [
        name
        for module in (
            address,
            audit_log,
            broadcast_documents,
            change_request,
            conversation_documents,
            draft_documents,
            job_documents,
            person_documents,
            release_documents,
            result,
            shards,
            transfer_documents,
        )
        for name, value in vars(module).items()
        if callable(value) and getattr(value, "__annotations__", {}).get("return") is Query
    ]
    assert len(makers) == len({*makers}) == 29


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: f"{query.collection}-{[*query.where, ('all',)][0][0]}")
def test_each_query_has_its_index(query: Query) -> None:
    """The emulator refuses no query for a missing index: the declared ones must cover what the code asks."""
    ordered = query.order_by[0] if query.order_by is not None else ""
    asked = [(field, op) for field, op, _ in query.where if op != "<=" or field != ordered]  # a range in that order
    wanted = [(field, "CONTAINS" if op == "array_contains" else "ASCENDING") for field, op in asked]
    if query.order_by is not None and query.order_by not in wanted:
        wanted.append(query.order_by)
    assert wanted in list_indexes(query.collection)


def test_each_declaration_is_of_its_kind() -> None:
    """Terraform reads an index's fields and an override's field: one in the other's list would stop every `apply`."""
    declared = read_indexes()
    assert {tuple(each) for each in declared["indexes"]} == {("collectionGroup", "queryScope", "fields")}
    assert all({"collectionGroup", "fieldPath", "indexes"} <= each.keys() for each in declared["fieldOverrides"])


@pytest.mark.parametrize(("collection", "field"), PERSON.items())
def test_the_audit_has_its_indexes(collection: str, field: str) -> None:
    """The audit reads each collection in the order of people."""
    assert [(field, "ASCENDING")] in list_indexes(collection)


def list_indexes(collection: str) -> list[list[tuple[str, str]]]:
    """Fields and orders of each index that is declared; what is not declared does not exist, since `*` has none."""
    found = read_indexes()
    of_many = [index["fields"] for index in found["indexes"] if index["collectionGroup"] == collection]
    overrides = [entry for entry in found["fieldOverrides"] if entry["collectionGroup"] == collection]
    assert {"collectionGroup": collection, "fieldPath": "*", "indexes": []} in overrides
    of_one = [[{"fieldPath": entry["fieldPath"], **index}] for entry in overrides for index in entry["indexes"]]
    return [
        [(field["fieldPath"], field.get("order") or field["arrayConfig"]) for field in fields]
        for fields in (*of_many, *of_one)
    ]


def test_what_expires_is_deleted_by_firestore() -> None:
    """Each collection whose documents carry `expire_at` has a TTL policy on it."""
    with_ttl = {e["collectionGroup"] for e in read_indexes()["fieldOverrides"] if e.get("ttl")}
    assert with_ttl == {
        "admin_codes",
        "admin_days",
        "admin_requests",
        "broadcast_marks",
        "broadcasts",
        "card_orders",
        "card_requests",
        "asked_orders",
        "jobs",
        "drafts",
        "gifts",
        "inbox",
        "quarantine",
        "conversations",
        "messages",
        "orders",
        "prompts",
        "proposals",
        "invites",
        "join_codes",
        "release_buttons",
        "release_tokens",
        "release_views",
        "ratings",
        "sendings",
        "support_messages",
        "settlements",
        "shares",
        "webhook_events",
        "words",
    }


def test_what_is_sold_can_be_made() -> None:
    """Each offer's kind has its entry, and each rung's provider is in the studio that `image` opens."""
    assert {offer.kind for offer in OFFERS.values()} <= image_kinds().keys()
    access = ModelSettings("TEST-key", "test-project", "global", "http://127.0.0.1:1")
    studio = make_picture_studio(access, None, dearer_too=False)
    assert {rung.provider for offer in OFFERS.values() for rung in offer.rungs} <= studio.providers.keys()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_starts_light_and_with_its_own_settings_only(function: str) -> None:
    """A function with its ports made, and the settings `make run` gives it, has loaded nothing it can do without."""
    assert not load_function(function, "queue", "ports") & {*FORBIDDEN[function], *RARE}


def test_bot_loads_rooms_with_their_first_update() -> None:
    """`bot` starts without its rooms, and all of them together need no library that it may not have."""
    assert not load_function("bot", "ports") & ROOMS_OF_BOT
    loaded = load_function("bot", "ports", with_rooms=True)
    assert loaded >= ROOMS_OF_BOT
    assert not loaded & {*FORBIDDEN["bot"], *RARE}


@pytest.mark.parametrize("function", LATE)
def test_what_a_worker_loads_while_its_model_works(function: str) -> None:
    """Before the first call of a model nothing is loaded that only its answer needs, or what few people ask for."""
    loaded = load_function(function, "ports", "studio")
    assert "shared.adapters.gemini_access" in loaded
    assert not loaded & {*LATE[function], *RARE}


@pytest.mark.parametrize("function", ["image", "video"])
def test_the_second_provider_is_loaded_by_its_first_call(function: str) -> None:
    """With its key a function starts as without it: most pictures and videos are made by the first provider."""
    with_key = load_function(function, "ports", "studio", options=Options(second_provider=True))
    assert not {name for name in with_key if name.startswith(("fal_client", "shared.adapters.fal"))}


def load_function(function: str, *made: str, options: Options | None = None, with_rooms: bool = False) -> set[str]:
    """The modules that a function has loaded once these parts of it are made, and for `bot` all its rooms."""
    script = (
        "import asyncio, sys; from functions_framework.aio import create_asgi_app\n"
        f"create_asgi_app({function!r}, 'functions/{function}/main.py')\n"
        "main = sys.modules['main']\n"
        "async def make():\n"
        f"    [getattr(main, name).get() for name in {made!r} if hasattr(main, name)]\n"
        "asyncio.run(make())\n"
        f"{EVERY_ROOM if with_rooms else ''}\n"
        "print('\\n'.join(sys.modules))"
    )
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), **list_settings(options or Options(), function)}
    done = subprocess.run(  # noqa: S603 — our own interpreter
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_garbage_is_looked_for_while_a_function_is_loaded(function: str) -> None:
    """All of ours is loaded with the collector stopped, and afterwards it works."""
    source = ast.parse((ROOT / f"functions/{function}/main.py").read_text())
    ours = [
        ast.unparse(node) for node in source.body if isinstance(node, ast.ImportFrom) and "shared" in str(node.module)
    ]
    assert ours[0] == "from shared import loading"
    assert ast.unparse(source.body[-1]) == "loading.end()"
