"""A receiver that verifies what it is sent, written from the specification and not from our code."""

import base64
import hashlib
import hmac
import json
from typing import Any

from tests.fakes.receivers import Sent


def verify(sent: Sent, secret: str) -> dict[str, Any]:
    """The event, if one of its signatures is of this secret: https://www.standardwebhooks.com."""
    key = base64.b64decode(secret.split("_", 1)[1])
    said = b".".join((sent.headers["webhook-id"].encode(), sent.headers["webhook-timestamp"].encode(), sent.body))
    right = base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()
    given = [each.split(",", 1) for each in sent.headers["webhook-signature"].split(" ")]
    assert ["v1", right] in given, "not signed by this secret"
    event: dict[str, Any] = json.loads(sent.body)
    assert event["id"] == sent.headers["webhook-id"]
    return event
