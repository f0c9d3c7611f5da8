"""Events sent to Google Analytics 4 by its Measurement Protocol.

https://developers.google.com/analytics/devguides/collection/protocol/ga4

The protocol takes its secret in the query only, so nothing here logs an address. It wants a visitor, and we name none:
the visitor is the process. So its numbers of events mean something, and those of users and sessions do not.
"""

import json
import secrets
from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from shared.adapters.analytics_address import AnalyticsAddress
from shared.adapters.post_json import Poster
from shared.errors import UnavailableError
from shared.telemetry.business_events import BusinessEvent

PATH = "/mp/collect/"
"""Before the measurement id."""
CALL_SECONDS_MAX = 2.0
STATUS_MIN, STATUS_MAX = 200, 299
NOBODY = {"ad_user_data": "DENIED", "ad_personalization": "DENIED"}


class GoogleAnalytics:
    """An `AnalyticsService`. One per process and event loop."""

    events_max = 25
    """https://developers.google.com/analytics/devguides/collection/protocol/ga4/sending-events#limitations"""

    def __init__(self, address: AnalyticsAddress) -> None:
        """The key is the API secret; the path ends in the measurement id."""
        url, _, measurement_id = address.url.rpartition("/")
        self._poster = Poster(url, CALL_SECONDS_MAX)
        self._query = urlencode({"measurement_id": measurement_id, "api_secret": address.key})

    async def send(self, events: Sequence[BusinessEvent]) -> None:
        said = {"client_id": self._process, "consent": NOBODY, "events": [_describe(event) for event in events]}
        content = json.dumps(said, separators=(",", ":")).encode()
        answer = await self._poster.post(f"?{self._query}", "application/json", content)
        if not STATUS_MIN <= answer.status <= STATUS_MAX:
            raise UnavailableError(f"Google Analytics: status {answer.status}")

    async def close(self) -> None:
        """Close the connections."""
        await self._poster.close()

    @cached_property
    def _process(self) -> str:
        """Made after the server has forked."""
        return secrets.token_hex(8)


def _describe(event: BusinessEvent) -> dict[str, Any]:
    return {"name": event.name, "timestamp_micros": _micros(event.at), "params": dict(event.fields)}


def _micros(at: datetime) -> int:
    return round(at.timestamp() * 1_000_000)
