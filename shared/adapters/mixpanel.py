"""Events sent to Mixpanel: https://docs.mixpanel.com/reference/import-events."""

import base64
import json
import secrets
from collections.abc import Sequence
from typing import Any

from shared.adapters.analytics_address import AnalyticsAddress
from shared.adapters.post_json import Poster
from shared.errors import UnavailableError
from shared.telemetry.business_events import BusinessEvent

CALL_SECONDS_MAX = 2.0
OK = 200


class Mixpanel:
    """An `AnalyticsService`. One per process and event loop."""

    events_max = 200
    """It takes 2,000; so many stay below 100 KB."""

    def __init__(self, address: AnalyticsAddress) -> None:
        """The key is the project's token."""
        self._poster = Poster(address.url, CALL_SECONDS_MAX)
        token = base64.b64encode(f"{address.key}:".encode()).decode()
        self._headers = {"Authorization": f"Basic {token}"}

    async def send(self, events: Sequence[BusinessEvent]) -> None:
        content = json.dumps([_describe(event) for event in events], separators=(",", ":")).encode()
        answer = await self._poster.post("?strict=1", "application/json", content, self._headers)
        if answer.status != OK:
            raise UnavailableError(f"Mixpanel: status {answer.status}")

    async def close(self) -> None:
        """Close the connections."""
        await self._poster.close()


def _describe(event: BusinessEvent) -> dict[str, Any]:
    """An empty `distinct_id` says that nobody in particular did it."""
    about = {"time": round(event.at.timestamp() * 1000), "distinct_id": "", "$insert_id": secrets.token_hex(16)}
    return {"event": event.name, "properties": {**about, **event.fields}}
