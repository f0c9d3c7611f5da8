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
from shared.rest.describe_job import STATES
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
ID: Json = {"type": "string", "pattern": "^[A-Za-z0-9_-]{16}$"}
REFUSED = {
    "400": "A field, a cursor or the Idempotency-Key is missing or impossible; `detail` names it.",
    "401": "No key, or one that is wrong or revoked.",
    "402": "Too few credits; `price` and `available` say how many.",
    "403": "The key lacks the scope that `scope` names.",
    "404": "There is no such thing, or it is somebody else's.",
    "409": "It costs something else now (`price`), or the result is not there (yet).",
    "413": "The body is longer than 64 KiB.",
    "422": "The order cannot be had like this, or the Idempotency-Key belongs to another one.",
    "429": "Too many calls, jobs or credits a day; `Retry-After` says when to come again, where that is known.",
    "503": "Something of ours does not answer, or nothing is made for anybody now: try again.",
}
ABOUT = """Make pictures and videos with your own credits, and read what is yours. Send /api to the bot for a key.

A key is sent as `Authorization: Bearer nb_…`. It has one or more of the scopes `read`, `make` and `conversations`.
An order names its price: ask `…/quote` first. With the same `Idempotency-Key` it may be sent again: it is the same
order, is made once and is paid once. A key whose jobs have expired is refused (422). An order that ends without a
result costs nothing. Get a file before the job's `expires_at`: while its person is incognito, that is in minutes.
A person's programs may send 240 calls at once, and 8 per second after that; an order counts as 16."""
NEXT = "The `next` of the page before."
CURSORS = {
    "results": "^[0-9a-f]{10,14}\\.[A-Za-z0-9_-]{16}$",
    "talks": "^[0-9a-f]{10,14}$",
    "messages": "^[0-9]{1,7}$",
}
NOT_EACH = "Not every model has each."
_MANY = ("401", "403", "429", "503")


@cache
def describe_api(sellers: frozenset[str]) -> Json:
    """The whole document. `sellers`: the providers whose models are on offer here."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Nano Banana", "version": "1", "description": ABOUT},
        "servers": [{"url": "/api/v1"}],
        "security": [{"key": []}],
        "paths": _list_paths(),
        "components": {
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "A key from /api in the bot."}
            },
            "schemas": {
                "PictureQuote": _describe_order(_picture_fields(sellers), ("prompt",)),
                "PictureOrder": _describe_order(_picture_fields(sellers), ("prompt", "price")),
                "VideoQuote": _describe_order(_video_fields(sellers), ("prompt",)),
                "VideoOrder": _describe_order(_video_fields(sellers), ("prompt", "price")),
                "Broadcast": _describe_order(_broadcast_fields(), ("text",)),
                "Job": _describe_job(),
                "Problem": _describe_problem(),
            },
        },
    }


def _list_paths() -> Json:
    job_id, conv_id = _in_path("job_id", ID), _in_path("conv_id", ID)
    user_id = _in_path("user_id", {"type": "string", "pattern": "^[0-9]{1,16}$"})
    cursors = {name: _in_query("cursor", {"type": "string", "pattern": form}, NEXT) for name, form in CURSORS.items()}
    kind = _in_query("kind", {"type": "string", "enum": ["picture", "video"]}, "Only these.")
    read, talks, wrong = "read", "conversations", ("400",)
    gets = {
        "/balance": _read("balance", read, "Your credits", BALANCE),
        "/users/{user_id}/stats": _read("stats", read, "What was made and spent in 30 days", STATS, user_id),
        "/jobs/{job_id}": _read("job", read, "How far a picture or video is", JOB, job_id),
        "/jobs/{job_id}/file": _read("file", read, "A link to the file, for 15 minutes", FILE, job_id, more=("409",)),
        "/results": _read(
            "results", read, "Finished results, 20 a page", RESULTS, cursors["results"], kind, more=wrong
        ),
        "/conversations": _read(talks, talks, "Conversations, 20 a page", CONVERSATIONS, cursors["talks"], more=wrong),
        "/conversations/{conv_id}": _read(
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
        "/pictures/quote": _write("quotePictures", read, "What pictures cost", "PictureQuote", PICTURE, QUOTE),
        "/pictures": _order("orderPictures", "Have 1 to 4 pictures made", "PictureOrder", PICTURE, ORDERED),
        "/videos/quote": _write("quoteVideo", read, "What a video costs", "VideoQuote", VIDEO, VIDEO_QUOTE),
        "/videos": _order("orderVideo", "Have a video made", "VideoOrder", VIDEO, FILMED),
    }
    draft = _order("orderBroadcast", "Write the draft of a broadcast", "Broadcast", NEWS, DRAFT)
    draft["description"] = "Scope: `make`, with a key of an admin; for others it is not there. The bot goes on with it."
    posts["/admin/broadcast"] = draft | {"responses": draft["responses"] | _refuse(("404",))}
    return {path: {"post": each} for path, each in posts.items()} | {path: {"get": each} for path, each in gets.items()}


def _read(name: str, scope: str, summary: str, example: Json, *parameters: Json, more: tuple[str, ...] = ()) -> Json:
    refused = (*_MANY, *more, *(("404",) if any(each["in"] == "path" for each in parameters) else ()))
    operation: Json = {"operationId": name, "summary": summary, "description": f"Scope: `{scope}`."}
    return operation | {
        "parameters": list(parameters),
        "responses": {"200": _answer("Done.", example), **_refuse(refused)},
    }


def _write(name: str, scope: str, summary: str, schema: str, body: Json, example: Json) -> Json:
    operation = _read(name, scope, summary, example, more=("400", "413", "422"))
    content = {"schema": {"$ref": f"#/components/schemas/{schema}"}, "example": body}
    return operation | {"requestBody": {"required": True, "content": {"application/json": content}}}


def _order(name: str, summary: str, schema: str, body: Json, example: Json) -> Json:
    priced = {"price": example["price"]} if "price" in example else {}
    operation = _write(name, "make", summary, schema, body | priced, example)
    key = {
        "name": "Idempotency-Key",
        "in": "header",
        "required": True,
        "description": "Made by the caller, for this order.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
    }
    refused = _refuse(("402", "409"))
    responses = {"201": _answer("Accepted: it is being made.", example), **operation["responses"], **refused}
    responses["200"] = _answer("The same order came before; this is how far it is.", example)
    return operation | {"parameters": [key], "responses": responses}


def _in_path(name: str, schema: Json) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _in_query(name: str, schema: Json, description: str) -> Json:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


def _answer(description: str, example: Json) -> Json:
    schema = {"type": "object", "required": sorted(example)}
    return {"description": description, "content": {"application/json": {"schema": schema, "example": example}}}


def _refuse(statuses: tuple[str, ...]) -> Json:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": REFUSED[status], "content": problem} for status in sorted(statuses)}


def _describe_order(fields: Json, required: tuple[str, ...]) -> Json:
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
