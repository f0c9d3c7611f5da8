"""Upcoming changes of the used models, by the catalogue alone: last days, prices, losses."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import pairwise

from shared.credits.bounds import CREDIT_USD_MICROS
from shared.credits.catalogue import Offer
from shared.providers.ladder import Rung, TextRung, TokenPrice

NOTICE = timedelta(days=30)


def find_ending_models(rungs: Iterable[Rung], today: date) -> Iterator[str]:
    """One line per model whose provider may shut it down within the time of notice."""
    for rung in rungs:
        if rung.shutdown_on is not None and rung.shutdown_on - today < NOTICE:
            yield f"{rung.name} may be shut down on {rung.shutdown_on}: replace it, or correct the date"


def find_price_changes(rungs: Iterable[Rung], today: date) -> Iterator[str]:
    """One line per price of tokens that begins within the time of notice."""
    for rung in rungs:
        if not isinstance(rung, TextRung):
            continue
        for before, after in pairwise(rung.prices):
            if timedelta() < after.valid_from - today < NOTICE:
                change = f"{_write_price(before)} → {_write_price(after)}"
                yield f"{rung.name} costs {change} from {after.valid_from} on: look at what is free, too"


def find_losses(offers: Iterable[Offer]) -> Iterator[str]:
    """One line per size whose cost, by the offer's wanted model, exceeds its price."""
    for offer in offers:
        wanted = offer.rungs[0]
        for size, credits_ in offer.prices.items():
            cost, earned = wanted.cost_of(size), credits_ * CREDIT_USD_MICROS
            if cost > earned:
                yield f"{offer.title} at {size} earns ${earned / 1e6:.3f} and costs ${cost / 1e6:.3f}"


def _write_price(price: TokenPrice) -> str:
    """A price in US dollars per million tokens, input and output."""
    return f"${price.input_usd_micros / 1e6:g}/${price.output_usd_micros / 1e6:g}"
