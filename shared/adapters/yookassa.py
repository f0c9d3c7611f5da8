"""Card payments by YooKassa (https://yookassa.ru/developers/api), by its REST API.

Its SDK is synchronous and keeps the keys in a global of its module; two calls need neither
(docs/decisions/0085-paying-by-card.md). The receipt that Russian law (54-FZ) asks for is a part of the payment.
"""

import re
from base64 import b64encode
from typing import Any

from shared.adapters.card_http import CardHttp, is_page
from shared.adapters.money import read_amount, write_amount
from shared.errors import CardsRefusedError, CardsUnavailableError
from shared.ports import CardInvoice, CardSale, InvoiceState, OpenedInvoice

BASE_URL = "https://api.yookassa.ru/v3"
KEY_CHARACTERS_MAX = 64
"""Of an Idempotence-Key, which holds for 24 hours."""
TEXT_CHARACTERS_MAX = 128
"""Of a description, in a payment and in its receipt."""
NO_VAT = 1
"""The `vat_code` of sellers without VAT; another one is a setting."""
_OK = 200
_ID = re.compile(r"[A-Za-z0-9-]{8,64}", re.ASCII)
_EXPIRED = frozenset({"expired_on_confirmation", "canceled_by_merchant"})
"""Reasons to cancel that say nothing about a card."""


class YooKassaCards:
    """Implements CardPayments; rubles only, and no subscriptions: docs/decisions/0094-subscriptions-by-card.md."""

    currencies = frozenset({"RUB"})
    plans = None

    def __init__(self, shop_id: str, secret_key: str, base_url: str = BASE_URL, vat_code: int = NO_VAT) -> None:
        secret = b64encode(f"{shop_id}:{secret_key}".encode()).decode()
        self._http = CardHttp(base_url, {"Authorization": f"Basic {secret}"})
        self._vat_code = vat_code

    async def create_invoice(self, sale: CardSale) -> OpenedInvoice:
        """The same reference within 24 hours gives the same payment."""
        key = f"Idempotence-Key: {sale.reference[:KEY_CHARACTERS_MAX]}\r\n"
        status, answer = await self._http.post("/payments", self._describe(sale), key)
        if status != _OK:
            raise CardsRefusedError(f"status {status}")
        try:
            payment_id, url = str(answer["id"]), str(answer["confirmation"]["confirmation_url"])
        except (KeyError, TypeError) as error:
            raise CardsUnavailableError("a payment without a page") from error
        if not _ID.fullmatch(payment_id) or not is_page(url):
            raise CardsUnavailableError("a payment without a usable page")
        return OpenedInvoice(payment_id, url)

    async def read_invoice(self, invoice_id: str) -> CardInvoice | None:
        status, answer = await self._http.get(f"/payments/{invoice_id}")
        if status == 404:  # noqa: PLR2004 — HTTP's own
            return None
        try:
            return _read(answer)
        except (KeyError, TypeError, ValueError) as error:
            raise CardsUnavailableError(f"status {status}, not a payment") from error

    async def close(self) -> None:
        """Close the connections, in the loop that used them."""
        await self._http.close()

    def _describe(self, sale: CardSale) -> dict[str, Any]:
        money = {"value": write_amount(sale.amount), "currency": sale.currency}
        title = sale.title[:TEXT_CHARACTERS_MAX]
        item = {
            "description": title,
            "quantity": "1.00",
            "amount": money,
            "vat_code": self._vat_code,
            "payment_mode": "full_payment",
            "payment_subject": "service",
        }
        return {
            "amount": money,
            "capture": True,
            "confirmation": {"type": "redirect", "return_url": sale.back_url},
            "description": title,
            "metadata": {"reference": sale.reference, "package": sale.package},
            "receipt": {"customer": {"email": sale.email}, "items": [item]},
        }


def _read(answer: dict[str, Any]) -> CardInvoice:
    """Raises KeyError, TypeError, ValueError."""
    amount, metadata = answer["amount"], answer["metadata"]
    return CardInvoice(
        id=str(answer["id"]),
        state=_find_state(answer),
        amount=read_amount(amount["value"]),
        currency=str(amount["currency"]),
        offer=f"{metadata['package']} {metadata['reference']}",
    )


def _find_state(answer: dict[str, Any]) -> InvoiceState:
    match answer["status"]:
        case "pending" | "waiting_for_capture":
            return InvoiceState.OPEN
        case "succeeded":
            back = answer.get("refunded_amount")
            is_back = back is not None and read_amount(back["value"]) >= read_amount(answer["amount"]["value"])
            return InvoiceState.RETURNED if is_back else InvoiceState.PAID
        case "canceled":
            reason = (answer.get("cancellation_details") or {}).get("reason")
            return InvoiceState.CANCELLED if reason in _EXPIRED else InvoiceState.FAILED
        case _:
            raise ValueError("an unknown status")
