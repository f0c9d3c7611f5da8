"""What credits cost: packages that are bought once, plans that are paid every period. Pure; the values are data.

    credits × CREDIT_USD_MICROS ≤ price × what the smallest unit of its currency brings us

The rates are low on purpose and have a date: a provider's fee and a falling currency are in them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal, get_args

from shared.credits.bounds import CREDIT_USD_MICROS

CurrencyName = Literal["XTR", "RUB", "USD", "EUR"]
"""ISO 4217, and Telegram's name of its Stars."""
CURRENCIES: tuple[CurrencyName, ...] = get_args(CurrencyName)
STARS: CurrencyName = "XTR"
PACKAGE_STARS_MAX = 25_000
"""Telegram's limit of an invoice."""
PLAN_STARS_MAX = 10_000
"""Telegram's limit of a subscription's period (core.telegram.org/bots/api#createinvoicelink)."""
PLAN_DAYS = 30
"""The only period that Telegram knows: 2,592,000 s."""


@dataclass(frozen=True, slots=True)
class Currency:
    """What we get for the smallest unit of a currency: a Star, a kopeck, a cent."""

    unit_usd_micros: int
    """After the provider's fee."""
    rate_as_of: date


@dataclass(frozen=True, slots=True)
class Package:
    """Credits for one payment."""

    credits: int
    prices: dict[CurrencyName, int]
    """In the smallest unit of each currency: Stars, kopecks, cents."""

    @property
    def stars(self) -> int:
        """The price in Telegram Stars."""
        return self.prices[STARS]


@dataclass(frozen=True, slots=True)
class Plan(Package):
    """Credits for each period of a subscription."""

    days: int
    """The length of a period."""


def find_faults_of_purchases(
    currencies: dict[CurrencyName, Currency], packages: dict[str, Package], plans: dict[str, Plan]
) -> Iterator[str]:
    """One line for each price that makes no sense; each names its place in the file."""
    if missing := [name for name in CURRENCIES if name not in currencies]:
        yield f"currencies: {', '.join(missing)} missing"
    for name, package in packages.items():
        yield from _find_faults(f"packages.{name}", package, currencies, PACKAGE_STARS_MAX)
    for name, plan in plans.items():
        yield from _find_faults(f"subscriptions.{name}", plan, currencies, PLAN_STARS_MAX)
        if plan.days != PLAN_DAYS:
            yield f"subscriptions.{name}.days: Telegram knows only {PLAN_DAYS}"
    yield from _find_dearer("packages", list(packages.items()))
    yield from _find_dearer("subscriptions", list(plans.items()))


def _find_faults(
    path: str, package: Package, currencies: dict[CurrencyName, Currency], stars_max: int
) -> Iterator[str]:
    value = package.credits * CREDIT_USD_MICROS
    for name, currency in currencies.items():
        price = package.prices.get(name, 0)
        if price <= 0:
            yield f"{path}.prices.{name}: no price"
        elif (earned := price * currency.unit_usd_micros) < value:
            yield f"{path}.prices.{name}: brings ${earned / 1e6:.2f} for credits worth ${value / 1e6:.2f}"
    if package.prices.get(STARS, 0) > stars_max:
        yield f"{path}.prices.{STARS}: more than Telegram's {stars_max}"


def _find_dearer(path: str, named: list[tuple[str, Package]]) -> Iterator[str]:
    """One line for each package whose credits cost more than those of the smaller one before it."""
    for (_, before), (name, package) in pairwise(named):
        if package.credits <= before.credits:
            yield f"{path}.{name}.credits: not more than in the one before"
        for currency in before.prices:
            if package.prices.get(currency, 0) * before.credits > before.prices[currency] * package.credits:
                yield f"{path}.{name}.prices.{currency}: a credit is dearer than in the smaller one"
