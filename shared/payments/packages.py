"""Choosing among the packages and plans that are sold; what they are is data (`shared/credits/offers.json`)."""

from shared.credits.catalogue import PACKAGES


def credits_for(stars: int) -> int:
    """The credits for a payment in Stars whose order cannot be read: the smallest package's rate, rounded up."""
    package = next(iter(PACKAGES.values()))
    return -(-stars * package.credits // package.stars)


def smallest_for(credit_count: int) -> str:
    """The name of the smallest package with at least so many credits; the largest if none has."""
    return next((name for name, package in PACKAGES.items() if package.credits >= credit_count), list(PACKAGES)[-1])
