"""Prices in money: the currency of a language, and how people write an amount. Pure."""

from collections.abc import Iterable, Mapping

from shared.credits.purchases import Package
from shared.people.users import Language
from shared.ports import CardPayments

MONEY = ("RUB", "USD", "EUR")
_SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€"}


def currencies_of(cards: Mapping[str, CardPayments]) -> frozenset[str]:
    """The currencies in which these providers sell."""
    return frozenset(each for provider in cards.values() for each in provider.currencies)


def choose_currency(language: Language, wanted: str, offered: Iterable[str]) -> str:
    """The wanted currency if it is offered; otherwise the language's, otherwise the first. Something is offered."""
    order = MONEY if language == "ru" else ("USD", "EUR", "RUB")
    known = set(offered)
    return wanted if wanted in known else next(each for each in order if each in known)


def price_in(package: Package, currency: str) -> int | None:
    """The price of a package in the smallest unit of a currency; None if it is not sold for that."""
    return next((price for name, price in package.prices.items() if name == currency), None)


def show_money(amount: int, currency: str, language: Language) -> str:
    """An amount in the smallest unit, as "1 499 ₽", "$14.99" or "14,99 €"."""
    whole, part = divmod(amount, 100)
    spaced, point = (f"{whole:,}".replace(",", "\u00a0"), ",") if language == "ru" else (f"{whole:,}", ".")
    number = spaced if not part else f"{spaced}{point}{part:02d}"
    sign = _SIGNS.get(currency, currency)  # a provider may name another one
    return f"{sign}{number}" if language == "en" and currency in {"USD", "EUR"} else f"{number}\u00a0{sign}"
