"""The parts of the bench, in turn or side by side."""

import multiprocessing
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor

from infra.bench import answers, cold, counts, group, hops, pictures, videos, webhook
from infra.bench.figures import Section

PARTS: dict[str, Callable[[], Section]] = {
    "webhook": webhook.measure,
    "cold": cold.measure,
    "pictures": pictures.measure,
    "answers": answers.measure,
    "hops": hops.measure,
    "counts": counts.measure,
    "group": group.measure,
    "videos": videos.measure,
}
ON_DEMAND = frozenset({"videos"})
"""Parts that run only if they are named, because they take too long for every run."""
USUAL = [part for part in PARTS if part not in ON_DEMAND]
BESIDE = {"counts": "group"}
"""The first counts and does not time; the second waits for Telegram's minutes. So they run at the same time."""


def measure_each(chosen: list[str], tell: Callable[[str], None]) -> Iterator[Section]:
    """One part after another, but for those that may run beside one that comes before them; `tell` is told of each."""
    begun: dict[str, Future[Section]] = {}
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as others:
        for part in chosen:
            tell(part)
            other = BESIDE.get(part)
            if other in chosen[chosen.index(part) :]:
                begun[other] = others.submit(measure_part, other)
            yield begun[part].result() if part in begun else measure_part(part)


def measure_part(part: str) -> Section:
    """What a part found, and how long it took."""
    started = time.monotonic()
    section = PARTS[part]()
    section.seconds = round(time.monotonic() - started, 1)
    return section
