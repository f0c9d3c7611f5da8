"""What is sold for Telegram Stars."""

from dataclasses import dataclass

from shared.credits.bounds import CREDIT_USD_MICROS

STAR_USD_MICROS = 13_000
"""What Telegram pays a developer for one Star."""


@dataclass(frozen=True, slots=True)
class Package:
    """Credits for a price in Stars."""

    stars: int
    credits: int


PACKAGES: dict[str, Package] = {
    "s": Package(50, 60),
    "m": Package(150, 190),
    "l": Package(500, 645),
    "xl": Package(1_500, 1_950),
}
"""By the name in a button. No credit is sold below the value that prices are calculated with."""


def credits_for(stars: int) -> int:
    """The credits for a payment whose order cannot be read: the dearest package's rate, rounded up."""
    package = PACKAGES["s"]
    return -(-stars * package.credits // package.stars)


def smallest_for(credit_count: int) -> str:
    """The name of the smallest package with at least so many credits; the largest if none has."""
    return next((name for name, package in PACKAGES.items() if package.credits >= credit_count), list(PACKAGES)[-1])


def is_worth(package: Package) -> bool:
    """Whether its Stars are worth what its credits may cost us."""
    return package.stars * STAR_USD_MICROS >= package.credits * CREDIT_USD_MICROS
