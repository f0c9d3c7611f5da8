"""Examples of what the REST API is sent and answers, for its description. Nothing in them is anybody's. Pure."""

from typing import Any

Json = dict[str, Any]
JOB: Json = {
    "id": "Jq0Zr3m1XK9wPzTe",
    "kind": "picture",
    "state": "done",
    "price": 4,
    "charged": 4,
    "created_at": "2026-11-30T12:00:00+00:00",
    "expires_at": "2027-02-28T12:00:00+00:00",
    "failure": None,
    "prompt": "A red fox in the snow",
    "model": "fast",
    "ratio": "16:9",
    "size": "1K",
    "file": {"mime_type": "image/png", "width": 1376, "height": 768},
}
PICTURE: Json = {"prompt": "A red fox in the snow", "ratio": "16:9"}
VIDEO: Json = {"prompt": "Waves on a beach", "ratio": "16:9"}
NEWS: Json = {"text": "Videos are half price until Sunday.", "language": "en"}
DRAFT: Json = {"id": "bQ0Zr3m1XK9wPzTe", "state": "draft"}
QUOTE: Json = {"price": 4, "available": 28}
ORDERED: Json = {"price": 4, "jobs": [JOB | {"state": "queued", "charged": 0, "file": None}]}
VIDEO_QUOTE: Json = {"price": 15, "available": 28}
_FILM: Json = {name: value for name, value in JOB.items() if name != "size"}
FILMED: Json = {
    "price": 15,
    "jobs": [
        _FILM
        | {"kind": "video", "state": "queued", "price": 15, "charged": 0, "prompt": "Waves on a beach"}
        | {"model": "omni", "resolution": "360p", "seconds": 4, "file": None}
    ],
}
BALANCE: Json = {"user_id": 501, "available": 28, "held": 4}
STATS: Json = {
    "user_id": 501,
    "since": "2026-10-31T12:00:00+00:00",
    "made": {"picture": 12},
    "spent": 48,
    "returned": 4,
    "usual_seconds": {"picture": 14},
}
FILE: Json = {
    "url": "https://storage.googleapis.com/…",
    "filename": "Jq0Zr3m1XK9wPzTe.png",
    "expires_at": "2026-11-30T12:15:00+00:00",
}
RESULTS: Json = {"results": [JOB], "next": None}
WEBHOOK: Json = {
    "url": "https://example.com/nanobanana",
    "state": "on",
    "reason": None,
    "created_at": "2026-11-30T11:00:00+00:00",
    "failing_since": None,
}
WEBHOOK_SECRET: Json = WEBHOOK | {"secret": "whsec_…"}
DELIVERY: Json = {
    "id": "eQ0Zr3m1XK9wPzTe",
    "type": "job.delivered",
    "job_id": JOB["id"],
    "state": "delivered",
    "created_at": "2026-11-30T12:00:09+00:00",
    "next_try_at": None,
    "tries": [{"at": "2026-11-30T12:00:10+00:00", "ms": 180, "status": 204, "trouble": None}],
}
TEST: Json = DELIVERY | {
    "type": "webhook.test",
    "job_id": None,
    "state": "waiting",
    "next_try_at": DELIVERY["created_at"],
    "tries": [],
}
DELIVERIES: Json = {"deliveries": [DELIVERY], "next": None}
EVENT: Json = {
    "id": DELIVERY["id"],
    "type": "job.delivered",
    "timestamp": DELIVERY["created_at"],
    "data": {"job": JOB},
}
_TALK: Json = {
    "id": "cQ0Zr3m1XK9wPzTe",
    "title": "Tea",
    "started_at": "2026-11-29T09:00:00+00:00",
    "changed_at": "2026-11-29T09:01:00+00:00",
    "count": 2,
}
_SAID: Json = {
    "number": 1,
    "speaker": "person",
    "text": "How long does green tea steep?",
    "at": "2026-11-29T09:00:00+00:00",
}
CONVERSATIONS: Json = {"conversations": [_TALK], "next": None}
CONVERSATION: Json = {**_TALK, "messages": [_SAID], "next": None}
