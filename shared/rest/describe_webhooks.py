"""The webhooks of the REST API in the words of OpenAPI 3.1: the calls that set one, and what is sent there. Pure."""

from shared.rest.calls import Json
from shared.rest.examples import EVENT
from shared.webhooks.event import EventType

ABOUT = """A key with the scope `make` has one webhook: `PUT /webhook` sets it and shows its secret, once. What became
of each job of this key is then sent there by POST: `job.delivered`, `job.failed` or `job.canceled`, within seconds, at
least once and in any order. `webhook-id` stays the same when an event is sent again. Headers and signature are those of
Standard Webhooks (https://www.standardwebhooks.com): verify with one of its libraries.

Answer 2xx within 10 seconds. Redirects are not followed. Any other answer, or none, is tried again for 25 hours with
growing pauses; 410 switches the webhook off, and so do three days without a success. `/results` has what was missed."""
URL: Json = {"type": "string", "maxLength": 2000, "description": "https, a public server by its name, port 443."}
ADDRESS: Json = {"type": "object", "additionalProperties": False, "required": ["url"], "properties": {"url": URL}}
_SIGNED = {
    "webhook-id": "Of the event.",
    "webhook-timestamp": "When it is sent, in seconds since 1970: refuse what is older than five minutes.",
    "webhook-signature": "`v1,<base64>` for each secret in use, with a space between.",
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
    example = EVENT | {"type": kind.value} | ({"data": {}} if kind is EventType.TEST else {})
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
