"""The REST API in the words of OpenAPI 3.1, with examples. Pure.

It is served at /api/openapi.json, and drawn at /api/docs.
It lists what is on offer here, so a generated client knows every model. A test compares the paths with the table of
routes, and a fuzzer calls each operation with what the schemas allow and forbid.
"""

from functools import cache
from typing import Any

from shared.broadcasts.audience import ACTIVE_DAYS, BALANCES, LANGUAGES
from shared.broadcasts.content import TEXT_UNITS_MAX
from shared.credits.catalogue import COUNTS, OFFERS, VIDEOS, sold_models, sold_videos
from shared.jobs.limits import PROMPT_CHARACTERS_MAX
from shared.miniapp.create_form import SOURCES_MAX
from shared.providers.outcomes import SEED_MAX
from shared.rest.describe_calls import (
    ID,
    NEXT,
    RESULT_CURSOR,
    describe_order,
    describe_path_part,
    describe_query,
    describe_read,
    describe_refusals,
    describe_write,
)
from shared.rest.describe_job import STATES
from shared.rest.describe_webhooks import ABOUT as WEBHOOKS
from shared.rest.describe_webhooks import ADDRESS, describe_event, describe_webhooks, list_webhook_paths
from shared.rest.examples import (
    BALANCE,
    CONVERSATION,
    CONVERSATIONS,
    DRAFT,
    FILE,
    FILMED,
    JOB,
    NEWS,
    ORDERED,
    PICTURE,
    QUOTE,
    RESULTS,
    STATS,
    VIDEO,
    VIDEO_QUOTE,
)
from shared.rest.read_order import PRICE_MAX

Json = dict[str, Any]
TIME: Json = {"type": "string", "format": "date-time"}
ABOUT = f"""Make pictures and videos with your own credits, and read what is yours. Send /api to the bot for a key.

A key is sent as `Authorization: Bearer nb_…`. It has one or more of the scopes `read`, `make` and `conversations`.
An order names its price: ask `…/quote` first. With the same `Idempotency-Key` it may be sent again: it is the same
order, is made once and is paid once. A key whose jobs have expired is refused (422). An order that ends without a
result costs nothing. Get a file before the job's `expires_at`: while its person is incognito, that is in minutes.
A person's programs may send 240 calls at once, and 8 per second after that; an order counts as 16.

{WEBHOOKS}"""
CURSORS = {
    "results": RESULT_CURSOR,
    "talks": "^[0-9a-f]{10,14}$",
    "messages": "^[0-9]{1,7}$",
}
NOT_EACH = "Not every model has each."


@cache
def describe_api(sellers: frozenset[str]) -> Json:
    """The whole document. `sellers`: the providers whose models are on offer here."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Nano Banana", "version": "1", "description": ABOUT},
        "servers": [{"url": "/api/v1"}],
        "security": [{"key": []}],
        "paths": _list_paths(),
        "webhooks": describe_webhooks(),
        "components": {
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "A key from /api in the bot."}
            },
            "schemas": {
                "PictureQuote": _describe_body(_picture_fields(sellers), ("prompt",)),
                "PictureOrder": _describe_body(_picture_fields(sellers), ("prompt", "price")),
                "VideoQuote": _describe_body(_video_fields(sellers), ("prompt",)),
                "VideoOrder": _describe_body(_video_fields(sellers), ("prompt", "price")),
                "Broadcast": _describe_body(_broadcast_fields(), ("text",)),
                "WebhookAddress": ADDRESS,
                "Job": _describe_job(),
                "Event": describe_event(),
                "Problem": _describe_problem(),
            },
        },
    }


def _list_paths() -> Json:
    job_id, conv_id = describe_path_part("job_id", ID), describe_path_part("conv_id", ID)
    user_id = describe_path_part("user_id", {"type": "string", "pattern": "^[0-9]{1,16}$"})
    cursors = {
        name: describe_query("cursor", {"type": "string", "pattern": form}, NEXT) for name, form in CURSORS.items()
    }
    kind = describe_query("kind", {"type": "string", "enum": ["picture", "video"]}, "Only these.")
    read, talks, wrong = "read", "conversations", ("400",)
    gets = {
        "/balance": describe_read("balance", read, "Your credits", BALANCE),
        "/users/{user_id}/stats": describe_read("stats", read, "What was made and spent in 30 days", STATS, user_id),
        "/jobs/{job_id}": describe_read("job", read, "How far a picture or video is", JOB, job_id),
        "/jobs/{job_id}/file": describe_read(
            "file", read, "A link to the file, for 15 minutes", FILE, job_id, more=("409",)
        ),
        "/results": describe_read(
            "results", read, "Finished results, 20 a page", RESULTS, cursors["results"], kind, more=wrong
        ),
        "/conversations": describe_read(
            talks, talks, "Conversations, 20 a page", CONVERSATIONS, cursors["talks"], more=wrong
        ),
        "/conversations/{conv_id}": describe_read(
            "conversation",
            talks,
            "One of them, 50 messages a page",
            CONVERSATION,
            conv_id,
            cursors["messages"],
            more=wrong,
        ),
    }
    posts = {
        "/pictures/quote": describe_write("quotePictures", read, "What pictures cost", "PictureQuote", PICTURE, QUOTE),
        "/pictures": describe_order("orderPictures", "Have 1 to 4 pictures made", "PictureOrder", PICTURE, ORDERED),
        "/videos/quote": describe_write("quoteVideo", read, "What a video costs", "VideoQuote", VIDEO, VIDEO_QUOTE),
        "/videos": describe_order("orderVideo", "Have a video made", "VideoOrder", VIDEO, FILMED),
    }
    draft = describe_order("orderBroadcast", "Write the draft of a broadcast", "Broadcast", NEWS, DRAFT)
    draft["description"] = "Scope: `make`, with a key of an admin; for others it is not there. The bot goes on with it."
    posts["/admin/broadcast"] = draft | {"responses": draft["responses"] | describe_refusals(("404",))}
    paths = {path: {"post": each} for path, each in posts.items()} | {
        path: {"get": each} for path, each in gets.items()
    }
    return paths | list_webhook_paths()


def _describe_body(fields: Json, required: tuple[str, ...]) -> Json:
    return {"type": "object", "additionalProperties": False, "required": list(required), "properties": fields}


def _common_fields(models: tuple[str, ...], default: str) -> Json:
    words = {"type": "string", "minLength": 1, "maxLength": PROMPT_CHARACTERS_MAX, "pattern": "\\S"}
    sources = "Your own results to start from: the first is changed, the others are material."
    return {
        "prompt": words,
        "without": words | {"description": "What shall not be shown."},
        "seed": {"type": "integer", "minimum": 0, "maximum": SEED_MAX, "description": "Not every model uses it."},
        "model": {"type": "string", "enum": list(models), "default": default},
        "from": {"type": "array", "items": ID, "maxItems": SOURCES_MAX, "uniqueItems": True, "description": sources},
        "price": {
            "type": "integer",
            "minimum": 0,
            "maximum": PRICE_MAX,
            "description": "In credits, of the whole order.",
        },
    }


def _broadcast_fields() -> Json:
    words = {"type": "string", "minLength": 1, "maxLength": TEXT_UNITS_MAX, "pattern": "\\S"}
    return {
        "text": words | {"description": "Telegram's HTML; lines `[label](https://…)` at its end are buttons."},
        "language": {"type": "string", "enum": list(LANGUAGES), "default": "", "description": "Empty: everybody."},
        "active_days": {"type": "integer", "enum": list(ACTIVE_DAYS), "default": 0, "description": "0: at any time."},
        "balance": {"type": "string", "enum": list(BALANCES), "default": "", "description": "Empty: everybody."},
    }


def _picture_fields(sellers: frozenset[str]) -> Json:
    models = sold_models(sellers)
    ratios = dict.fromkeys(ratio for model in models for ratio in OFFERS[model].ratios)
    sizes = dict.fromkeys(size for model in models for size in OFFERS[model].prices)
    return {
        **_common_fields(models, models[0]),
        "ratio": {"type": "string", "enum": list(ratios), "default": "1:1", "description": NOT_EACH},
        "size": {"type": "string", "enum": list(sizes), "default": "1K", "description": NOT_EACH},
        "count": {"type": "integer", "enum": list(COUNTS), "default": 1},
    }


def _video_fields(sellers: frozenset[str]) -> Json:
    models = sold_videos(sellers)
    offers = [VIDEOS[model] for model in models]
    ratios, sizes = (
        dict.fromkeys(r for o in offers for r in o.ratios),
        dict.fromkeys(r for o in offers for r in o.resolutions),
    )
    seconds = sorted({length for offer in offers for length in offer.seconds})
    return {
        **_common_fields(models, models[0]),
        "ratio": {"type": "string", "enum": list(ratios), "description": "The first of the model by default."},
        "resolution": {"type": "string", "enum": list(sizes), "description": "The first of the model by default."},
        "seconds": {"type": "integer", "enum": seconds, "description": "The shortest of the model by default."},
        "sound": {"type": "boolean", "default": True},
    }


def _describe_job() -> Json:
    file = {"type": ["object", "null"], "required": ["mime_type", "width", "height"]}
    counts: Json = {"type": "integer", "minimum": 0}
    properties = {
        "id": ID,
        "kind": {"type": "string", "enum": ["picture", "video"]},
        "state": {"type": "string", "enum": list(STATES)},
        "price": counts,
        "charged": counts | {"description": "0 until it is done, and where a group's wallet paid; at most the price."},
        "created_at": TIME,
        "expires_at": TIME | {"description": "Until then it is there, minutes only if its person is incognito."},
        "failure": {"type": ["string", "null"], "description": "A short code, which /support understands too."},
        "file": file,
    }
    return {"type": "object", "required": list(properties), "properties": properties, "example": JOB}


def _describe_problem() -> Json:
    properties = {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    }
    return {"type": "object", "required": ["type", "title", "status"], "properties": properties}
