"""Upcoming changes of the used models, by the file of offers alone: last days and prices."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise

from shared.providers.ladder import PictureRung, Rung, TextRung, VideoRung

NOTICE = timedelta(days=30)


def find_ending_models(rungs: Iterable[Rung], today: date) -> Iterator[str]:
    """One line per model whose provider may shut it down within the time of notice."""
    for rung in rungs:
        if rung.shutdown_on is not None and rung.shutdown_on - today < NOTICE:
            yield f"{rung.name} may be shut down on {rung.shutdown_on}: replace it, or correct the date"


def find_price_changes(rungs: Iterable[Rung], today: date) -> Iterator[str]:
    """One line per price of a provider that begins within the time of notice."""
    for rung in rungs:
        for (_, before), (since, after) in pairwise(_list_costs(rung)):
            if timedelta() < since - today < NOTICE:
                yield f"{rung.name} costs {before} → {after} from {since} on: look at our prices and what is free, too"


def _list_costs(rung: Rung) -> list[tuple[date, str]]:
    """What a model costs, each with the day from which it applies, in US dollars."""
    if isinstance(rung, TextRung):
        return [(each.valid_from, _write(each.input_usd_micros, each.output_usd_micros)) for each in rung.prices]
    assert isinstance(rung, PictureRung | VideoRung)
    tables = [(date.min, rung.costs_usd_micros), *rung.later_costs]
    return [(since, _write_table(costs)) for since, costs in tables]


def _write_table(costs: Mapping[str, int]) -> str:
    return ", ".join(f"{size} {_write(cost)}" for size, cost in costs.items())


def _write(*usd_micros: int) -> str:
    return "/".join(f"${each / 1e6:g}" for each in usd_micros)
