"""Amounts as providers of card payments write them: decimals of rubles, dollars, euros."""

from decimal import Decimal, InvalidOperation

_CENTS = Decimal(100)
_AMOUNT_MAX = Decimal(10_000_000)


def read_amount(value: object) -> int:
    """Kopecks or cents from 99, 99.9 or "99.90". Raises ValueError for anything else, and for parts of a cent."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("not an amount")  # noqa: TRY004 — one error for whatever a provider may say
    try:
        amount = Decimal(str(value))
        cents = amount * _CENTS
        is_whole = cents == cents.to_integral_value()
    except InvalidOperation as error:
        raise ValueError("not an amount") from error
    if not is_whole or not 0 <= amount <= _AMOUNT_MAX:
        raise ValueError("not an amount")
    return int(cents)


def write_amount(amount: int) -> str:
    """9900 → "99.00"."""
    return f"{amount // 100}.{amount % 100:02d}"
