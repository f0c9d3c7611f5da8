"""One call of a model as a span and as metrics, by the semantic conventions for generative AI.

https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/. Neither a prompt nor an answer is in it.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Generic

from shared.providers.ladder import AnyRung, PictureRung, Rung, VideoRung
from shared.providers.outcomes import Begun, Gone, Made, ModelOutcome, name_outcome
from shared.providers.talk import Tokens, Told
from shared.telemetry.names import MODEL_COST, MODEL_DURATION, MODEL_TOKENS
from shared.telemetry.record import Attributes, Span, count, is_recording, observe, open_span

OPERATION = "generate_content"
_PROVIDERS: Mapping[str, str] = {"gemini": "gcp.gen_ai", "veo": "gcp.vertex_ai"}
"""Names of the conventions; others have ours."""
UNKNOWN = "canceled"


Cost = Callable[[AnyRung, ModelOutcome | None], int]
"""The cost of a charged call, in millionths of a US dollar."""


class MeasuredCall(Generic[AnyRung]):
    """A call that runs."""

    def __init__(self, rung: AnyRung, cost: Cost[AnyRung], labels: Attributes, span: Span) -> None:
        self._rung, self._cost, self._labels, self._span = rung, cost, labels, span
        self.error_type = UNKNOWN

    def end(self, outcome: ModelOutcome | Gone) -> None:
        """It has ended so."""
        name = "gone" if isinstance(outcome, Gone) else name_outcome(outcome)
        self.error_type = "" if isinstance(outcome, Made | Told | Begun) else name
        if self.error_type:
            self._span.fail(self.error_type)
        self._span.set({"nanobanana.outcome": name})
        if is_recording() and isinstance(outcome, Made | Told | Begun):
            count(MODEL_COST, self._labels, self._cost(self._rung, outcome) / 1_000_000)
        if isinstance(outcome, Told | Made) and outcome.tokens is not None:
            self._count_tokens(outcome.tokens)

    def _count_tokens(self, tokens: Tokens) -> None:
        self._span.set({"gen_ai.usage.input_tokens": tokens.given, "gen_ai.usage.output_tokens": tokens.made})
        for kind, number in (("input", tokens.given), ("output", tokens.made)):
            observe(MODEL_TOKENS, number, {**self._labels, "gen_ai.token.type": kind})


@contextmanager
def measure_call(rung: AnyRung, cost: Cost[AnyRung]) -> Iterator[MeasuredCall[AnyRung]]:
    """The call of this model during the block. One that is broken off has ended too."""
    labels = {
        "gen_ai.operation.name": OPERATION,
        "gen_ai.provider.name": _PROVIDERS.get(rung.provider, rung.provider),
        "gen_ai.request.model": rung.id,
    }
    started = time.perf_counter()
    with open_span(f"{OPERATION} {rung.id}", "client", {**labels, "gen_ai.output.type": _name_output(rung)}) as span:
        measured = MeasuredCall(rung, cost, labels, span)
        try:
            yield measured
        finally:
            error = {"error.type": measured.error_type} if measured.error_type else {}
            observe(MODEL_DURATION, time.perf_counter() - started, {**labels, **error})


def _name_output(rung: Rung) -> str:
    if isinstance(rung, PictureRung):
        return "image"
    return "video" if isinstance(rung, VideoRung) else "text"
