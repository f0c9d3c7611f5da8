"""Card payments by lava.top (https://developers.lava.top), by its REST API.

An invoice sells an offer that was made, with its prices, in lava.top's cabinet; we name the offer and the currency, and
compare the amount that it comes to. Its own SDK is synchronous and would add three libraries for two calls
(docs/decisions/0085-paying-by-card.md).
"""

import re
from collections.abc import Mapping
from typing import Any

from shared.adapters.card_http import CardHttp, is_page
from shared.adapters.money import read_amount
from shared.errors import CardsByHandError, CardsRefusedError, CardsUnavailableError
from shared.ports import CardInvoice, CardRefund, CardSale, InvoiceState, OpenedInvoice

BASE_URL = "https://gate.lava.top"
CREATE_PATH = "/api/v2/invoice"
READ_PATH = "/api/v1/invoices/"
_CREATED = frozenset({200, 201})
_ID = re.compile(r"[A-Za-z0-9-]{8,64}", re.ASCII)
_STATES = {
    "new": InvoiceState.OPEN,
    "in-progress": InvoiceState.OPEN,
    "completed": InvoiceState.PAID,
    "failed": InvoiceState.FAILED,
    "cancelled": InvoiceState.CANCELLED,
    "refunded": InvoiceState.RETURNED,
    "chargeback": InvoiceState.CHARGED_BACK,
}
"""The last two are not documented for an invoice. The notices `refund.success` and `chargeback.initiated` name neither
contract nor order, so an operator finds the order in lava.top's cabinet."""


class LavaCards:
    """Implements CardPayments."""

    currencies = frozenset({"RUB", "USD", "EUR"})
    tells_returns = False

    def __init__(self, api_key: str, offers: Mapping[str, str], base_url: str = BASE_URL) -> None:
        """`offers`: the id of lava.top's offer for each package."""
        self._offers = offers
        self._http = CardHttp(base_url, {"X-Api-Key": api_key})

    async def create_invoice(self, sale: CardSale) -> OpenedInvoice:
        if sale.package not in self._offers:
            raise CardsRefusedError(f"no offer for the package {sale.package}")
        said = {
            "email": sale.email,
            "offerId": self._offers[sale.package],
            "currency": sale.currency,
            "periodicity": "ONE_TIME",
            "buyerLanguage": sale.language.upper(),
            "clientUtm": {"utm_content": sale.reference},
        }
        status, answer = await self._http.post(CREATE_PATH, said)
        if status not in _CREATED:
            raise CardsRefusedError(f"status {status}")
        invoice_id, url = answer.get("id"), answer.get("paymentUrl")
        if not isinstance(invoice_id, str) or not _ID.fullmatch(invoice_id) or not is_page(url):
            raise CardsUnavailableError("an invoice without a usable page")
        return OpenedInvoice(invoice_id, str(url))

    async def read_invoice(self, invoice_id: str) -> CardInvoice | None:
        status, answer = await self._http.get(READ_PATH + invoice_id)
        if status == 404:  # noqa: PLR2004 — HTTP's own
            return None
        try:
            return _read(answer)
        except (KeyError, TypeError, ValueError) as error:
            raise CardsUnavailableError(f"status {status}, not an invoice") from error

    async def return_money(self, refund: CardRefund) -> None:
        """Its API has no call for it."""
        raise CardsByHandError(f"return it in lava.top's cabinet: the sale {refund.invoice_id}")

    async def close(self) -> None:
        """Close the connections, in the loop that used them."""
        await self._http.close()


def _read(answer: dict[str, Any]) -> CardInvoice:
    """Raises KeyError, TypeError, ValueError."""
    receipt, product = answer["receipt"], answer["product"]
    state = _STATES.get(str(answer["status"]).lower().replace("_", "-"))
    if state is None:
        raise ValueError("an unknown status")
    return CardInvoice(
        id=str(answer["id"]),
        state=state,
        amount=read_amount(receipt["amount"]),
        currency=str(receipt["currency"]).upper(),
        offer=f"{product['name']}: {product['offer']}",
    )
