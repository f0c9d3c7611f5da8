"""The local providers as a process: `python -m infra.local.cards --port 8707 --offer id=60 credits=RUB:9900,USD:99`.

Prints `{"event": "ready", "url": …}` once it listens; ends within a second of SIGTERM.
"""

import argparse

from infra.local.cards.invoices import Offer
from infra.local.cards.notices import Hook
from infra.local.cards.running import run_cards
from infra.local.serving import serve_until_stopped


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    arguments = _read_arguments()
    hooks = {}
    if arguments.hooks_url:
        key = {"X-Api-Key": arguments.lava_webhook_key}
        hooks = {"lava": Hook(f"{arguments.hooks_url}/lava", key), "yookassa": Hook(f"{arguments.hooks_url}/yookassa")}
    offers = tuple(arguments.offer)
    cards = run_cards(port=arguments.port, offers=offers, hooks=hooks, retry_seconds=1, log=arguments.log)
    serve_until_stopped("local cards", arguments.port, cards)


def read_offer(text: str) -> Offer:
    """An offer from "id=title=RUB:9900,USD:99", with "=MONTHLY" after it for a subscription."""
    offer_id, title, prices, *periodicity = text.split("=")
    pairs = (each.split(":") for each in prices.split(","))
    return Offer(offer_id, title, {currency: int(amount) for currency, amount in pairs}, *periodicity)


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.local.cards", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
    parser.add_argument(
        "--offer", type=read_offer, action="append", default=[], help="id=title=RUB:9900,USD:99[=MONTHLY]"
    )
    parser.add_argument("--hooks-url", default="", help="where the notices go, with /lava and /yookassa after it")
    parser.add_argument("--lava-webhook-key", default="", help="the key that lava.top sends with its notices")
    parser.add_argument("--log", action="store_true", help="one JSON line per event on stdout")
    return parser.parse_args()


if __name__ == "__main__":
    main()
