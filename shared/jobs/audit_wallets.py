"""The rules of the books for groups' wallets. Pure.

A transfer to or from a wallet stands in one person's books too, so both sides of it are added up.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from shared.credits.ledger import JOB_REFUND, Side, Transfer, TransferKind
from shared.credits.wallet import Wallet

OF_WALLETS = frozenset({TransferKind.DEPOSIT, TransferKind.WITHDRAWAL, TransferKind.GRANT, TransferKind.REGRANT})


def add_up_wallets(transfers: Iterable[Transfer]) -> dict[str, int]:
    """What each wallet's transfers add up to, in credits, by the wallet's id."""
    sums: dict[str, int] = defaultdict(int)
    for each in transfers:
        if each.kind in OF_WALLETS:
            sums[each.wallet_id] += each.credits if each.target is Side.WALLETS else -each.credits
    return sums


def audit_wallets(wallets: Iterable[Wallet], sums: Mapping[str, int]) -> Iterator[str]:
    """Every violation. `sums`: of all transfers, as they stood together with these wallets."""
    known = {wallet.id: wallet for wallet in wallets if not wallet.moved_to}
    for wallet in known.values():
        if wallet.credits != sums.get(wallet.id, 0):
            yield f"wallet {wallet.id}: the balance is not what the transfers add up to"
        if wallet.credits < 0:
            yield f"wallet {wallet.id}: negative balance"
    yield from (f"wallet {name!r}: transfers of one that is not there" for name in sums.keys() - known.keys())


def audit_grants(transfers: Sequence[Transfer]) -> Iterator[str]:
    """Violations in one person's transfers: a grant pays one hold, and at most what was released of it goes back.

    What an operator gave back of a job (`shared/admin/job_refund.py`) goes on to its wallet under the refund's name.
    """
    booked = {each.id: each.credits for each in transfers}
    for each in transfers:
        job_id = each.id.partition(":")[2]
        if each.kind is TransferKind.GRANT and booked.get(f"{TransferKind.HOLD}:{job_id}") != each.credits:
            yield f"{each.id}: no hold of so many credits"
        if each.kind is TransferKind.REGRANT:
            returned = booked.get(f"{TransferKind.RELEASE}:{job_id}", 0)
            if (refunded := booked.get(f"operator:{job_id}")) is not None:
                returned, job_id = refunded, job_id.removeprefix(JOB_REFUND)
            if each.credits > returned or f"{TransferKind.GRANT}:{job_id}" not in booked:
                yield f"{each.id}: gives back what was not granted and released"
