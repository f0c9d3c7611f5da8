"""Spans and metrics sent by OTLP over HTTP, in JSON, to a collector or to Google's own endpoint.

https://opentelemetry.io/docs/specs/otlp/#otlphttp. OpenTelemetry's SDK and exporter would take 140 ms of a cold start
of 200 (docs/decisions/0114-telemetry.md); this takes none beside modules of ours.
"""

import json
import secrets
from collections.abc import Mapping
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from shared.adapters.metadata_token import METADATA_HOST, MetadataToken
from shared.adapters.post_json import Poster
from shared.errors import UnavailableError
from shared.logs import log_event
from shared.telemetry.collector import Collector
from shared.telemetry.otlp import METRICS_PATH, TRACES_PATH, describe_metrics, describe_traces

GOOGLE_HOST = "telemetry.googleapis.com"
"""It takes OTLP in JSON, with an access token: https://docs.cloud.google.com/stackdriver/docs/otlp-metrics/overview"""
JSON = "application/json"
CALL_SECONDS_MAX = 2.0
RETRIED = frozenset({429, 502, 503, 504})
"""Statuses after which the same may be sent again: https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes"""
OK = 200


class OtlpExporter:
    """One per process and event loop."""

    def __init__(
        self, endpoint: str, resource: Mapping[str, str], collector: Collector, metadata_host: str = METADATA_HOST
    ) -> None:
        """`endpoint` is the address without `/v1/…`; `resource` says which function of which release this is."""
        is_google = urlsplit(endpoint).hostname == GOOGLE_HOST
        token = MetadataToken(metadata_host) if is_google else None
        self._poster = Poster(endpoint, CALL_SECONDS_MAX, token)
        self._described, self._collector = dict(resource), collector

    async def export_spans(self) -> None:
        """Send the spans that wait; they wait on after an UnavailableError."""
        spans = self._collector.drain()
        if not spans:
            return
        try:
            await self._post(TRACES_PATH, describe_traces(self._resource, spans))
        except BaseException:
            self._collector.give_back(spans)
            raise

    async def export_metrics(self) -> None:
        """Send all sums. Raises UnavailableError; the next export has them all again."""
        if self._collector.series:
            await self._post(METRICS_PATH, describe_metrics(self._resource, self._collector))

    async def close(self) -> None:
        """Close the connections."""
        await self._poster.close()

    @cached_property
    def _resource(self) -> dict[str, str]:
        """With an id of this process: it is made after the server has forked."""
        return {**self._described, "service.instance.id": secrets.token_hex(8)}

    async def _post(self, path: str, said: dict[str, Any]) -> None:
        answer = await self._poster.post(path, JSON, json.dumps(said, separators=(",", ":")).encode())
        if answer.status in RETRIED:
            raise UnavailableError(f"{path}: status {answer.status}")
        if answer.status != OK or b"rejected" in answer.body:
            log_event("telemetry_refused", severity="WARNING", path=path, status=answer.status)
