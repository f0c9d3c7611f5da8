"""The HTTP interface: both providers' APIs, the page with the buttons, and the control of the server."""

import json
from dataclasses import asdict, fields
from html import escape

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from infra.local.cards import lava, subscriptions, yookassa
from infra.local.cards.invoices import ACTS, LAVA_KEY, YOOKASSA_KEY, Behaviour, Book, Invoice, Json
from infra.local.cards.notices import Notifier

_SEE_OTHER = 303
_LABELS = {
    "pay": "Pay",
    "decline": "Decline the card",
    "withdraw": "Withdraw the invoice",
    "return": "Give back",
    "chargeback": "Have the bank take it back",
}
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Local payment</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<style>body{{font:18px/1.5 system-ui,sans-serif;max-width:26rem;margin:3rem auto;padding:0 1rem}}
button{{font:inherit;padding:.6rem 1rem;margin:.3rem 0;width:100%}}</style>
<h1>{title}</h1><p>A local {provider}: there is no card and no money.</p>
<p><b data-testid="amount">{amount} {currency}</b><br>receipt to {email}</p>
<p>State: <b data-testid="state">{state}</b></p>{buttons}</html>"""
_BUTTON = '<form method="post"><button name="act" value="{act}" data-testid="{act}">{label}</button></form>'


class Door:
    """The handlers of one server."""

    def __init__(self, book: Book, notifier: Notifier, base_url: str, *, log: bool) -> None:
        self._book = book
        self._notifier = notifier
        self._pay_url = f"{base_url}/pay"
        self._log = log

    def make_routes(self) -> list[Route]:
        """All routes."""
        return [
            Route("/health", self._tell_health),
            Route("/lava/api/v2/invoice", self._create_for_lava, methods=["POST"]),
            Route("/lava/api/v1/invoices/{id}", self._read_for_lava),
            Route("/lava/api/v1/subscriptions/{id}", self._read_subscription),
            Route("/lava/api/v1/subscriptions", self._cancel_subscription, methods=["DELETE"]),
            Route("/yookassa/v3/payments", self._create_for_yookassa, methods=["POST"]),
            Route("/yookassa/v3/payments/{id}", self._read_for_yookassa),
            Route("/yookassa/v3/refunds", self._create_refund, methods=["POST"]),
            Route("/yookassa/v3/refunds", self._list_refunds),
            Route("/pay/{id}", self._show, methods=["GET"]),
            Route("/pay/{id}", self._press, methods=["POST"]),
            Route("/control/act", self._act, methods=["POST"]),
            Route("/control/advance", self._advance, methods=["POST"]),
            Route("/control/behaviour", self._behave, methods=["GET", "POST"]),
            Route("/control/release", self._release, methods=["POST"]),
            Route("/control/notices", self._list_notices),
        ]

    def act(self, invoice: Invoice, act: str) -> bool:
        """Do what a person does on the page, and tell of it."""
        if act in subscriptions.ACTS:
            return subscriptions.act(self._book, self._notifier, invoice, act)
        if act not in ACTS or not invoice.act(act):
            return False
        if act == "pay":
            invoice.made_at = self._book.now()
            subscriptions.begin(self._book, invoice)
        self._notifier.tell(invoice, lava.describe if invoice.provider == lava.NAME else yookassa.describe)
        self._note("card_paid" if act == "pay" else "card_" + act, invoice)
        return True

    def advance(self, seconds: float) -> None:
        """Move the server's time, with what subscriptions bring until then."""
        subscriptions.advance(self._book, self._notifier, seconds)

    async def _tell_health(self, _request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def _create_for_lava(self, request: Request) -> Response:
        answer, made = await lava.create_invoice(self._book, request, self._pay_url, LAVA_KEY)
        return self._answer(answer, made)

    async def _read_for_lava(self, request: Request) -> Response:
        return self._answer(await lava.read_invoice(self._book, request, LAVA_KEY))

    async def _read_subscription(self, request: Request) -> Response:
        return self._answer(await lava.read_subscription(self._book, request, LAVA_KEY))

    async def _cancel_subscription(self, request: Request) -> Response:
        known = lava.find_canceled(self._book, request, LAVA_KEY)
        if isinstance(known, Response):
            return self._answer(known)
        subscriptions.cancel(self._book, self._notifier, known)
        return self._answer(Response(status_code=204))

    async def _create_for_yookassa(self, request: Request) -> Response:
        answer, made = await yookassa.create_payment(self._book, request, self._pay_url, YOOKASSA_KEY)
        return self._answer(answer, made)

    async def _read_for_yookassa(self, request: Request) -> Response:
        return self._answer(await yookassa.read_payment(self._book, request, self._pay_url, YOOKASSA_KEY))

    async def _create_refund(self, request: Request) -> Response:
        answer, invoice, refund = await yookassa.create_refund(self._book, request, YOOKASSA_KEY)
        if invoice is not None and refund["status"] == "succeeded":
            self._notifier.tell(invoice, lambda _: yookassa.describe_refund(refund))
            self._note("card_refunded", invoice)
        return self._answer(answer)

    async def _list_refunds(self, request: Request) -> Response:
        return self._answer(await yookassa.list_refunds(self._book, request, YOOKASSA_KEY))

    def _answer(self, answer: Response, made: Invoice | None = None) -> Response:
        if made is not None:
            self._note("card_invoice_made", made)
            if self._book.behaviour.lie:
                is_lava = made.provider == lava.NAME
                self._notifier.tell(made, lava.describe_lie if is_lava else yookassa.describe_lie)
        status = self._book.behaviour.status
        return JSONResponse({"error": "as told"}, status) if status else answer

    async def _show(self, request: Request) -> Response:
        invoice = self._book.invoices.get(request.path_params["id"])
        if invoice is None:
            return HTMLResponse("No such invoice", 404)
        acts = {act: _LABELS[act] for act in ACTS if invoice.may(act)}
        known = self._book.subscriptions.get(invoice.id)
        acts |= subscriptions.ACTS if known is not None and known.status == "ACTIVE" else {}
        page = _PAGE.format(
            title=escape(invoice.title),
            provider=invoice.provider,
            amount=invoice.decimal,
            currency=escape(invoice.currency),
            email=escape(invoice.email),
            state=invoice.state,
            buttons="".join(_BUTTON.format(act=act, label=label) for act, label in acts.items()),
        )
        return HTMLResponse(page)

    async def _press(self, request: Request) -> Response:
        invoice = self._book.invoices.get(request.path_params["id"])
        act = (await request.body()).decode().removeprefix("act=")
        if invoice is not None:
            self.act(invoice, act)
        return RedirectResponse(request.url.path, _SEE_OTHER)

    async def _act(self, request: Request) -> Response:
        said = await request.json()
        invoice = self._book.invoices.get(said["id"])
        done = invoice is not None and self.act(invoice, said["act"])
        return JSONResponse({"ok": done}, 200 if done else 409)

    async def _advance(self, request: Request) -> Response:
        self.advance(float((await request.json())["seconds"]))
        return JSONResponse({"now": self._book.now().isoformat()})

    async def _behave(self, request: Request) -> Response:
        if request.method == "POST":
            said = await request.json()
            if said.keys() - {each.name for each in fields(Behaviour)}:
                return JSONResponse({"error": "unknown behaviour"}, 400)
            for name, value in said.items():
                setattr(self._book.behaviour, name, value)
        return JSONResponse(asdict(self._book.behaviour))

    async def _release(self, _request: Request) -> Response:
        self._notifier.release()
        return JSONResponse({"ok": True})

    async def _list_notices(self, _request: Request) -> Response:
        return JSONResponse({"notices": [asdict(each) for each in self._notifier.notices]})

    def _note(self, event: str, invoice: Invoice) -> None:
        if self._log:
            told: Json = {"event": event, "provider": invoice.provider, "amount": invoice.decimal, "id": invoice.id}
            print(json.dumps(told), flush=True)


def create_app(door: Door) -> Starlette:
    """The ASGI application."""
    return Starlette(routes=door.make_routes())
