"""The webhooks of the REST API in the words of OpenAPI 3.1: the calls that set one, and what is sent there. Pure."""

from shared.providers.outcomes import FailureReason
from shared.rest.calls import Json
from shared.rest.describe_calls import (
    ID,
    NEXT,
    RESULT_CURSOR,
    describe_answer,
    describe_path_part,
    describe_query,
    describe_read,
    describe_refusals,
    describe_write,
    with_status,
)
from shared.rest.examples import DELIVERIES, EVENT, JOB, TEST, WEBHOOK, WEBHOOK_SECRET
from shared.webhooks.event import EventType, Trouble

ABOUT = """A key with the scope `make` has one webhook: `PUT /webhook` sets it and shows its secret, once. What became
of each job of this key is then sent there by POST: `job.delivered`, `job.failed` or `job.canceled`, within seconds, at
least once and in any order. `webhook-id` stays the same when an event is sent again. Headers and signature are those of
Standard Webhooks (https://www.standardwebhooks.com): verify with one of its libraries.

Answer 2xx within 10 seconds. Redirects are not followed. Any other answer, or none, is tried again for 25 hours with
growing pauses; 410 switches the webhook off, and so do three days without a success. `/results` has what was missed."""
URL: Json = {"type": "string", "maxLength": 2000, "description": "https, a public server by its name, port 443."}
ADDRESS: Json = {"type": "object", "additionalProperties": False, "required": ["url"], "properties": {"url": URL}}
WHAT_WAS_SENT = (
    f"What was sent, 20 a page, for 30 days; `trouble` is one of {', '.join(each.value for each in Trouble)}"
)
_TROUBLES = ", ".join(f"`{each.value}`" for each in Trouble)
_LOG = f"What was sent, 20 a page, for 30 days; `trouble` is one of {_TROUBLES}"
_SIGNED = {
    "webhook-id": "Of the event.",
    "webhook-timestamp": "When it is sent, in seconds since 1970: refuse what is older than five minutes.",
    "webhook-signature": "`v1,<base64>` for each secret in use, with a space between.",
}
_UNMADE = JOB | {"charged": 0, "file": None}
_DATA: dict[EventType, Json] = {
    EventType.DELIVERED: {"job": JOB},
    EventType.FAILED: {"job": _UNMADE | {"state": "failed", "failure": FailureReason.SAFETY.value}},
    EventType.CANCELED: {"job": _UNMADE | {"state": "canceled"}},
    EventType.TEST: {},
}
_SAID = {
    EventType.DELIVERED: "A job is done, and paid.",
    EventType.FAILED: "A job ended without a result; it costs nothing.",
    EventType.CANCELED: "A job was canceled; it costs nothing.",
    EventType.TEST: "`POST /webhook/test` was called. `data` is empty.",
}


def describe_webhooks() -> Json:
    """The section `webhooks`: an operation for each type of event."""
    return {kind.value: {"post": _describe(kind, summary)} for kind, summary in _SAID.items()}


def describe_event() -> Json:
    """The schema of what is sent."""
    job = {"type": "object", "properties": {"job": {"$ref": "#/components/schemas/Job"}}}
    properties = {
        "id": {"type": "string"},
        "type": {"type": "string", "enum": [kind.value for kind in EventType]},
        "timestamp": {"type": "string", "format": "date-time", "description": "When it happened."},
        "data": job | {"description": "The job as it is when the event is sent, without a prompt if it is incognito."},
    }
    return {"type": "object", "required": list(properties), "properties": properties}


def _describe(kind: EventType, summary: str) -> Json:
    example = EVENT | {"type": kind.value, "data": _DATA[kind]}
    content = {"schema": {"$ref": "#/components/schemas/Event"}, "example": example}
    headers = [
        {"name": name, "in": "header", "required": True, "description": text, "schema": {"type": "string"}}
        for name, text in _SIGNED.items()
    ]
    return {
        "summary": summary,
        "security": [],
        "parameters": headers,
        "requestBody": {"required": True, "content": {"application/json": content}},
        "responses": {"2XX": {"description": "It was taken."}, "410": {"description": "Never send anything again."}},
    }


def list_webhook_paths() -> Json:
    """The calls that set and follow a key's webhook."""
    make, gone, busy = "make", ("404",), ("404", "409")
    cursor = describe_query("cursor", {"type": "string", "pattern": RESULT_CURSOR}, NEXT)
    delivery = describe_path_part("delivery_id", ID)
    example = {"url": WEBHOOK["url"]}
    put = describe_write(
        "setWebhook", make, "Set your webhook, or switch it on again", "WebhookAddress", example, WEBHOOK_SECRET
    )
    new = {
        "201": describe_answer("Set. This is the only answer with its secret.", WEBHOOK_SECRET),
        **describe_refusals(gone),
    }
    renew = describe_read(
        "renewWebhookSecret", make, "Another secret; those before sign for a day more", WEBHOOK_SECRET, more=busy
    )
    test = describe_read("testWebhook", make, "Send a test event", TEST, more=busy)
    retry = describe_read("retryDelivery", make, "Send an event again, now", TEST, delivery, more=busy)
    return {
        "/webhook": {
            "get": describe_read(
                "webhook", make, "Your webhook, without its secrets: `on`, `failing` or `off`", WEBHOOK, more=gone
            ),
            "put": put | {"responses": new | put["responses"]},
            "delete": describe_read(
                "removeWebhook", make, "Send nothing any more", WEBHOOK | {"state": "removed"}, more=gone
            ),
        },
        "/webhook/secret": {"post": with_status(renew, "201")},
        "/webhook/test": {"post": with_status(test, "202")},
        "/webhook/deliveries": {"get": describe_read("deliveries", make, _LOG, DELIVERIES, cursor, more=("400",))},
        "/webhook/deliveries/{delivery_id}/retry": {"post": with_status(retry, "202")},
    }
