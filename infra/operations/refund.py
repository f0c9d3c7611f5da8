"""Gives the Stars of a payment back, and takes its credits: one act, which may be repeated. Cards: `card_orders.py`.

    export GOOGLE_CLOUD_PROJECT=…
    export TELEGRAM_BOT_TOKEN="$(gcloud secrets versions access latest --secret=telegram-bot-token --project=…)"
    python -m infra.operations.refund CHARGE_ID
    python -m infra.operations.refund CHARGE_ID --local

The charge's id is in the person's receipt at Telegram, in the collection `payments` and in the log line `payment_gap`.
Telegram gives a payment back once; said again, the command finds that it is done. The bot tells the person. With
--local it changes the system that `make run` started, else the project's database FIRESTORE_DATABASE.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Mapping, Sequence

from google.auth.exceptions import GoogleAuthError

from infra.local.options import LOCAL_TOKEN, Options
from infra.local.ports import HOST, read_ports
from infra.operations.documents import name_local_documents, open_documents
from infra.operations.login_token import tell_no_login
from shared.adapters.clock import SystemClock
from shared.adapters.telegram import TelegramMessenger
from shared.errors import (
    CallRefusedError,
    DeliveryUnknownError,
    MessengerError,
    TooManyRequestsError,
    UnavailableError,
    UnusableChangeError,
)
from shared.payments.refund_payment import Refunded, refund_payment
from shared.settings import TelegramSettings, load, read_database


def describe(done: Refunded) -> str:
    """One line for the operator."""
    payment, how = done.payment, "taken back" if done.is_new else "were taken back before"
    return (
        f"{payment.amount} Stars returned to {payment.user_id}; {payment.credits} credits {how}: "
        f"{done.available} available now"
    )


async def give_back(project: str, database: str, telegram: TelegramSettings, charge_id: str) -> Refunded:
    """Return the payment and book it. Raises as `refund_payment` does, CallRefusedError, GoogleAuthError."""
    store = open_documents(project, database)
    messenger = TelegramMessenger(telegram.token, telegram.api_base_url)
    try:
        return await refund_payment(store, SystemClock(), messenger, charge_id)
    finally:
        await messenger.close()
        await store.close()


def use_local_system() -> Mapping[str, str]:
    """The variables of the system that `make run` started."""
    ports = read_ports()
    os.environ |= name_local_documents()
    return {
        "TELEGRAM_BOT_TOKEN": LOCAL_TOKEN,
        "TELEGRAM_API_BASE_URL": f"http://{HOST}:{ports['telegram']}",
        "GOOGLE_CLOUD_PROJECT": Options().project,
    }


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Give the Stars of a payment back.")
    parser.add_argument("charge_id", help="Telegram's id of the payment (telegram_payment_charge_id)")
    parser.add_argument("--local", action="store_true", help="in the system that `make run` started")
    arguments = parser.parse_args(words)
    environment = use_local_system() if arguments.local else os.environ
    project = environment.get("GOOGLE_CLOUD_PROJECT")
    if not project:
        sys.exit("refund: GOOGLE_CLOUD_PROJECT: not set")
    telegram = load(lambda _: TelegramSettings.read(environment))
    try:
        done = asyncio.run(give_back(project, load(read_database), telegram, arguments.charge_id))
    except UnusableChangeError as error:
        sys.exit(f"refund: {error}")
    except GoogleAuthError as error:
        sys.exit(f"refund: {tell_no_login(error)}")
    except (UnavailableError, CallRefusedError, TooManyRequestsError, DeliveryUnknownError) as error:
        sys.exit(f"refund: say it again: {' '.join(str(error).split())}")
    except MessengerError as error:
        sys.exit(f"refund: Telegram refuses it, nothing is changed: {error}")
    print(describe(done))
    return 0


if __name__ == "__main__":
    sys.exit(main())
