"""Card payments by lava.top (https://developers.lava.top), by its REST API.

An invoice sells an offer that was made, with its prices, in lava.top's cabinet; we name the offer and the currency, and
compare the amount that it comes to. Its own SDK is synchronous and would add three libraries for a few calls
(docs/decisions/0085-paying-by-card.md).

A subscription is known by the invoice (the "contract") of its first payment. Each later payment has an invoice of its
own (docs/decisions/0094-subscriptions-by-card.md).
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from shared.adapters.card_http import CardHttp, is_page
from shared.adapters.money import read_amount
from shared.errors import CardsByHandError, CardsRefusedError, CardsUnavailableError
from shared.ports import CardInvoice, CardRefund, CardRenewal, CardSale, CardSubscription, InvoiceState, OpenedInvoice

BASE_URL = "https://gate.lava.top"
CREATE_PATH = "/api/v2/invoice"
READ_PATH = "/api/v1/invoices/"
SUBSCRIPTIONS_PATH = "/api/v1/subscriptions"
ONCE, MONTHLY = "ONE_TIME", "MONTHLY"
"""`periodicity`. *Monthly* is every 30 days (faq.lava.top/article/71932)."""
_CREATED = frozenset({200, 201})
_DONE = frozenset({200, 204})
_ID = re.compile(r"[A-Za-z0-9-]{8,64}", re.ASCII)
_STATES = {
    "new": InvoiceState.OPEN,
    "in-progress": InvoiceState.OPEN,
    "completed": InvoiceState.PAID,
    "failed": InvoiceState.FAILED,
    "cancelled": InvoiceState.CANCELLED,
    "refunded": InvoiceState.RETURNED,
    "chargeback": InvoiceState.CHARGED_BACK,
    "subscription-active": InvoiceState.PAID,
    "subscription-cancelled": InvoiceState.PAID,
    "subscription-expired": InvoiceState.PAID,
    "subscription-failed": InvoiceState.FAILED,
}
"""*refunded* and *chargeback* are not documented for an invoice. The notices `refund.success` and
`chargeback.initiated` name neither contract nor order, so an operator finds the order in lava.top's cabinet. The words
of subscriptions are documented for notices; a subscription that was never paid is *failed*."""
_RENEWALS = {"active": CardRenewal.ON, "failed": CardRenewal.FAILED, "cancelled": CardRenewal.CANCELED}
_LONG_AGO = datetime.fromtimestamp(0, UTC)


class LavaCards:
    """Implements CardPayments and CardPlans."""

    currencies = frozenset({"RUB", "USD", "EUR"})
    tells_returns = False

    def __init__(self, api_key: str, offers: Mapping[str, str], base_url: str = BASE_URL) -> None:
        """`offers`: the id of lava.top's offer for each package and plan."""
        self._offers = offers
        self._http = CardHttp(base_url, {"X-Api-Key": api_key})

    @property
    def plans(self) -> "LavaCards":
        """lava.top takes the next payments by itself."""
        return self

    def sells(self, name: str) -> bool:
        """Whether there is an offer for this plan."""
        return name in self._offers

    async def create_invoice(self, sale: CardSale) -> OpenedInvoice:
        if sale.package not in self._offers:
            raise CardsRefusedError(f"no offer for the package {sale.package}")
        said = {
            "email": sale.email,
            "offerId": self._offers[sale.package],
            "currency": sale.currency,
            "periodicity": MONTHLY if sale.days else ONCE,
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

    async def read_subscription(self, invoice_id: str) -> CardSubscription | None:
        status, answer = await self._http.get(f"{SUBSCRIPTIONS_PATH}/{invoice_id}")
        if status == 404:  # noqa: PLR2004 — HTTP's own
            return None
        try:
            return _read_subscription(answer)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise CardsUnavailableError(f"status {status}, not a subscription") from error

    async def cancel_subscription(self, invoice_id: str, email: str) -> bool:
        query = urlencode({"contractId": invoice_id, "email": email})
        status, _ = await self._http.delete(f"{SUBSCRIPTIONS_PATH}?{query}")
        return status in _DONE

    async def close(self) -> None:
        """Close the connections, in the loop that used them."""
        await self._http.close()


def _read(answer: dict[str, Any]) -> CardInvoice:
    """Raises KeyError, TypeError, ValueError."""
    receipt, product = answer["receipt"], answer["product"]
    state = _STATES.get(_read_word(answer["status"]))
    if state is None:
        raise ValueError("an unknown status")
    first, details = (_read_object(answer.get(name)) for name in ("parentInvoice", "subscriptionDetails"))
    return CardInvoice(
        id=str(answer["id"]),
        state=state,
        amount=read_amount(receipt["amount"]),
        currency=str(receipt["currency"]).upper(),
        offer=f"{product['name']}: {product['offer']}",
        first_id=str(first.get("id") or ""),
        paid_at=_read_time(answer.get("datetime")) if state is InvoiceState.PAID else None,
        paid_until=_read_time(details.get("expiredAt")),
    )


def _read_subscription(answer: dict[str, Any]) -> CardSubscription:
    """Raises KeyError, TypeError, ValueError, AttributeError."""
    renewal = _RENEWALS.get(_read_word(answer["subscriptionStatus"]))
    if renewal is None:
        raise ValueError("an unknown status")
    payments = sorted(answer.get("recurrentPayments") or (), key=lambda each: _read_time(each["datetime"]) or _LONG_AGO)
    states = [_STATES.get(_read_word(each["status"])) for each in payments]
    if renewal is CardRenewal.ON and states and states[-1] is InvoiceState.FAILED:
        renewal = CardRenewal.FAILED
    paid = [str(each["id"]) for each, state in zip(payments, states, strict=True) if state is InvoiceState.PAID]
    if not all(_ID.fullmatch(each) for each in paid):
        raise ValueError("an impossible id")
    return CardSubscription(renewal, _read_time(answer.get("expiredAt")), tuple(paid))


def _read_word(said: object) -> str:
    return str(said).lower().replace("_", "-")


def _read_object(said: object) -> dict[str, Any]:
    return said if isinstance(said, dict) else {}


def _read_time(said: object) -> datetime | None:
    """A time with its zone (ISO 8601); None for anything else."""
    try:
        at = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo is not None else None
