"""After everybody's books, groups' wallets are added up again, one after another, in as many calls as it takes.

Every commit that moves a wallet's credits changes its document: what was read between two equal versions belongs
together. A wallet that never stands still is left to the next night.
"""

from datetime import datetime

from shared.codec import decode
from shared.credits.ledger import Transfer
from shared.credits.wallet import Wallet
from shared.jobs.audit_wallets import add_up_wallets, audit_wallets
from shared.jobs.wallet_documents import transfers_of_wallet, wallets_after
from shared.logs import log_event
from shared.ports import Key, Record, RepairPorts

PAGE = 200
READ_AGAIN_MAX = 5


async def check_wallets(ports: RepairPorts, passed: int, ends_at: datetime) -> tuple[list[str], int, bool]:
    """What is wrong with the wallets after that of this chat id, the last one checked, and whether it was the last.

    Raises UnavailableError.
    """
    problems = list[str]()
    while page := await ports.store.find(wallets_after(passed, PAGE)):
        for record in page:
            problems += await _find_problems(ports, record)
            passed = record.fields["chat_id"]
            if ports.clock.now() >= ends_at:
                return problems, passed, False
    return problems, passed, True


async def _find_problems(ports: RepairPorts, record: Record) -> list[str]:
    for _ in range(READ_AGAIN_MAX):
        wallet = decode(Wallet, record.fields)
        if wallet.moved_to:
            return []  # under its new id it has the same transfers
        total = await _add_up(ports, wallet.id)
        [again] = await ports.store.read([record.key])
        if again is None or again.version == record.version:
            return list(audit_wallets([wallet], {wallet.id: total}))
        record = again
    log_event("books_unsettled", severity="WARNING", key=_name(record.key))
    return []


async def _add_up(ports: RepairPorts, wallet_id: str) -> int:
    total, after = 0, None
    while page := await ports.store.find(transfers_of_wallet(wallet_id, PAGE, after)):
        transfers = [decode(Transfer, each.fields) for each in page]
        total += add_up_wallets(transfers).get(wallet_id, 0)
        after = (transfers[-1].at, page[-1].key.id)
    return total


def _name(key: Key) -> str:
    return f"{key.collection}/{key.id}"
