"""The metrics, each with its unit, its labels and, for a histogram, its buckets.

Names and buckets of `http.*` and `gen_ai.*` follow OpenTelemetry's semantic conventions:
https://opentelemetry.io/docs/specs/semconv/http/http-metrics/,
https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/
"""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.telemetry.names import (
    ERRORS,
    HTTP_ACTIVE,
    HTTP_DURATION,
    HTTP_ERROR,
    HTTP_OK,
    MODEL_COST,
    MODEL_DURATION,
    MODEL_TOKENS,
    TELEGRAM_CALL_DURATION,
    UPDATE_DURATION,
    UPDATE_ERROR,
    UPDATE_OK,
)

_HTTP_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
_MODEL_SECONDS = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
_TOKENS = tuple(4.0**power for power in range(14))
_HTTP = frozenset({"http.request.method", "http.route"})
_MODEL = frozenset({"gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model"})


@dataclass(frozen=True, slots=True)
class Measure:
    """A counter, or with `bounds` a histogram."""

    unit: str
    """By UCUM."""
    about: str
    labels: frozenset[str] = frozenset()
    """Others are dropped. None of them is an id or a text."""
    bounds: tuple[float, ...] = ()
    """The upper bounds of the buckets but the last."""
    falls: bool = False
    """Whether it can become smaller: a gauge that is counted up and down."""


MEASURES: Mapping[str, Measure] = {
    HTTP_DURATION: Measure(
        "s", "How long requests took", _HTTP | {"http.response.status_code", "error.type"}, _HTTP_SECONDS
    ),
    HTTP_ACTIVE: Measure("{request}", "Requests that are being worked on", falls=True),
    HTTP_OK: Measure("{request}", "Requests answered with a status below 400", _HTTP),
    HTTP_ERROR: Measure("{request}", "Requests answered with a status from 400 on", _HTTP),
    UPDATE_OK: Measure("{message}", "Updates of Telegram that were handled", frozenset({"telegram.update.kind"})),
    UPDATE_ERROR: Measure("{message}", "Updates of Telegram that failed or were put away", frozenset({"error.type"})),
    UPDATE_DURATION: Measure("s", "How long handling an update took", bounds=_HTTP_SECONDS),
    TELEGRAM_CALL_DURATION: Measure(
        "s", "How long calls of Telegram took", frozenset({"rpc.method", "error.type"}), _HTTP_SECONDS
    ),
    MODEL_DURATION: Measure("s", "How long models took", _MODEL | {"error.type"}, _MODEL_SECONDS),
    MODEL_TOKENS: Measure("{token}", "Tokens of a call", _MODEL | {"gen_ai.token.type"}, _TOKENS),
    MODEL_COST: Measure("{USD}", "What calls of models cost, by our estimate", _MODEL),
    ERRORS: Measure("{error}", "Errors in the log, by their class or else their event", frozenset({"error.type"})),
}
