"""What `sweep` found due beside jobs and drafts, to whoever does it."""

from shared.growth.take_due import take_due
from shared.jobs.end_unreadable import end_unreadable
from shared.jobs.wallet_documents import COLLECTION as WALLETS
from shared.ports import Ports
from shared.privacy.erase_person import take_erasure
from shared.privacy.erasure_documents import COLLECTION
from shared.wallets.pay_wallet_back import pay_wallet_back

JOBS = "jobs"


async def route_due(ports: Ports, collection: str, id_: str) -> None:
    """Gifts and purchases, people who are to be erased, wallets that were given up, or jobs that nobody ends.

    Raises UnavailableError.
    """
    if collection == COLLECTION:
        await take_erasure(ports, id_)
    elif collection == WALLETS:
        await pay_wallet_back(ports, id_)
    elif collection == JOBS:
        await end_unreadable(ports, id_)
    else:
        await take_due(ports, collection, id_)
