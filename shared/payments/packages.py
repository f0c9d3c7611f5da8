"""Choosing among the packages and plans that are sold; what they are is data (`shared/credits/offers.json`)."""

from collections.abc import Mapping

from shared.credits.catalogue import PACKAGES, PLANS
from shared.credits.purchases import Package


def find_sold(name: str) -> Package | None:
    """The package or the subscription of this name."""
    return PACKAGES.get(name) or PLANS.get(name)


def credits_for(stars: int) -> int:
    """The credits for a payment in Stars whose order cannot be read: the smallest package's rate, rounded up."""
    package = next(iter(PACKAGES.values()))
    return -(-stars * package.credits // package.stars)


def smallest_for(credit_count: int, offered: Mapping[str, Package]) -> str:
    """The name of the smallest one offered with at least so many credits; the largest if none has."""
    return next((name for name, each in offered.items() if each.credits >= credit_count), list(offered)[-1])
