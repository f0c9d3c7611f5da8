"""Local providers of card payments: a real HTTP server that speaks as gate.lava.top and api.yookassa.ru do.

In a test::

    async with run_cards(offers=(Offer(id, "60 credits", {"RUB": 9900}),), hooks={"lava": Hook(url, key)}) as cards:
        ...                                         # a client with cards.lava_key at cards.lava_url
        await cards.act(invoice_id, "pay")          # what a person does on the page
        cards.behaviour.lose = True                 # no notice comes any more
        await cards.advance(timedelta(days=30))     # what subscriptions bring in that time

    /lava/api/v2/invoice              POST  an invoice of an offer, with X-Api-Key
    /lava/api/v1/invoices/<id>        GET   what became of it
    /lava/api/v1/subscriptions/<id>   GET   whether it goes on, and its later payments; by its first invoice
    /lava/api/v1/subscriptions        DELETE  ?contractId=…&email=…: no more payments are taken
    /yookassa/v3/payments             POST  a payment, with Basic and Idempotence-Key
    /yookassa/v3/payments/<id>        GET   what became of it
    /yookassa/v3/refunds              POST  a refund, with a receipt for a part; GET those of a payment
    /pay/<id>                         the page with the buttons *Pay*, *Decline*, *Withdraw*, once paid two ways back,
                                      and for a subscription its next payment, taken or refused, and *Cancel*

Unknown fields, currencies, offers and e-mails are refused, as are keys that are not ours. There is no card, no money.

For a server in another process, JSON in and out:

    GET | POST  /control/behaviour    those to change of {lose, lie, repeat, delay_seconds, hold, status,
                                      refund_status}: see `Behaviour`
    POST        /control/act          {id, act}: pay, decline, withdraw, return, chargeback; renew, miss, cancel
    POST        /control/advance      {seconds}: the server's time passes, and subscriptions take what is due until then
    POST        /control/release      send the notices that were held, in another order
    GET         /control/notices      what was told to us, with the answers
"""

from infra.local.cards.invoices import Behaviour, Invoice, Offer
from infra.local.cards.notices import Hook
from infra.local.cards.running import Cards, run_cards

__all__ = ["Behaviour", "Cards", "Hook", "Invoice", "Offer", "run_cards"]
