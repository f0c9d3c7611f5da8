"""What must hold of groups' wallets in every commit, and not only when everything has come to rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.codec import decode
from shared.credits.ledger import TransferKind
from shared.credits.wallet import Wallet, WalletState, share_of, wallet_id_of
from shared.jobs.job import Job, JobState
from shared.people.user_documents import user_key
from shared.people.users import User
from shared.ports import Create, Delete, Increment, Key, Record, Write
from shared.telegram.address import ChatAddress
from tests.simulation.people import MOVED_ID
from tests.simulation.virtual_time import VirtualClock
from tests.stored import read_job

JUST_OPENED = timedelta(seconds=5)
"""A request that looked for a wallet just before one was opened is its person's. No worker stands still meanwhile."""
RETURNS = frozenset({TransferKind.REFUND.value, TransferKind.CHARGEBACK.value})


@dataclass
class WalletWatch:
    """Looks at each commit after it was made."""

    documents: Mapping[Key, Record]
    pressed: set[str]
    """The orders under which *I pay myself* was pressed, among others."""
    wallets: dict[str, Wallet] = field(default_factory=dict)
    """By the document's id, as the last commit left them."""
    spent: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)
    """By the wallet's own id, which a move to another document keeps, and the day."""
    opened_at: dict[str, datetime] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def look(self, writes: Sequence[Write]) -> None:
        """Note what is wrong after this commit."""
        for write in writes:
            if isinstance(write, Increment | Delete):
                continue
            if write.key.collection == "jobs" and isinstance(write, Create) and "kind" in write.fields:
                self._look_at_job(read_job(write.fields))
            elif write.key.collection == "wallets":
                self._look_at_wallet(write.key)
        for write in writes:
            if write.key.collection == "transfers" and write.fields.get("kind") in RETURNS:
                self._look_at_giver(write.fields["user_id"])

    def _look_at_job(self, job: Job) -> None:
        """What is ordered where a wallet is open is the wallet's, unless its person agreed to pay."""
        address = job.address
        if job.wallet_id or not isinstance(address, ChatAddress) or address.chat_id > 0 or not job.request.price:
            return
        wallet_id = wallet_id_of(address.chat_id)
        wallet_id = wallet.moved_to or wallet_id if (wallet := self.wallets.get(wallet_id)) else wallet_id
        wallet = self.wallets.get(wallet_id)
        if wallet is None or wallet.state is WalletState.CLOSED or job.state is JobState.CANCELED:
            return
        is_new = job.created_at - self.opened_at[wallet_id] < JUST_OPENED
        if job.intent not in self.pressed and not is_new:
            self.problems.append(f"user {job.user_id} pays job {job.id} for the group's wallet, unasked")

    def _look_at_wallet(self, key: Key) -> None:
        """Nobody spends more in a day than the limit, and nobody what is not there."""
        before, wallet = self.wallets.get(key.id), decode(Wallet, self.documents[key].fields)
        self.wallets[key.id] = wallet
        if wallet.state is WalletState.OPEN and (before is None or before.state is WalletState.CLOSED):
            self.opened_at[key.id] = VirtualClock().now()
        if wallet.chat_id == MOVED_ID and wallet.state is WalletState.LEFT:
            self.problems.append("the wallet of the supergroup closes, and nobody removed the bot there")
        if wallet.credits < 0:
            self.problems.append(f"the wallet of {wallet.chat_id} has {wallet.credits} credits")
        known = self.spent.get((wallet.id, wallet.day), {})
        self.spent[wallet.id, wallet.day] = wallet.spent
        for name, spent in wallet.spent.items():
            if spent > known.get(name, 0) and spent > wallet.limit:
                self.problems.append(f"user {name} spent {spent} of {wallet.limit} in {wallet.chat_id} on {wallet.day}")

    def _look_at_giver(self, user_id: int) -> None:
        """Nobody owes what still lies in a wallet."""
        owed = decode(User, self.documents[user_key(user_id)].fields).account.available
        left = sum(share_of(each, user_id) for each in self.wallets.values())
        if owed < 0 < left:
            self.problems.append(f"user {user_id} owes {-owed} credits, and has {left} in wallets")
