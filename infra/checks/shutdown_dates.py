"""No model that is sold may be shut down within the next weeks: while this passes there is time to choose another.

The dates stand in the rungs of shared/credits/catalogue.py; docs/runbooks/model-gone.md says what to do.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta

from infra.checks.findings import exit_with
from shared.credits.catalogue import OFFERS, Offer

NOTICE = timedelta(days=30)


def find_ending_models(offers: Iterable[Offer], today: date) -> Iterator[str]:
    """One line per rung whose provider may shut it down soon."""
    rungs = {rung.name: rung for offer in offers for rung in offer.rungs}
    for name, rung in sorted(rungs.items()):
        if rung.shutdown_on is not None and rung.shutdown_on - today < NOTICE:
            yield f"{name} may be shut down on {rung.shutdown_on}: replace it, or correct the date"


if __name__ == "__main__":
    exit_with(find_ending_models(OFFERS.values(), datetime.now(UTC).date()))
