"""Campaigns that give a part of what is spent back. Pure; which campaigns there are is data (`offers.json`).

    job delivered ── capture:<job> + bonus:cashback:<job>, in one commit

Parts of a credit are kept for the next job: what came back of a campaign is always its share of all that was spent in
it, rounded down, and never more than its limit. A job that fails captures nothing, so nothing comes back of it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from shared.credits.bonuses import book_bonus, cashback_fact
from shared.credits.catalogue import GROWTH
from shared.credits.ledger import Transfer, TransferKind
from shared.credits.offers import Cashback
from shared.people.perks import SpentInCampaign
from shared.people.users import User


def find_campaign(now: datetime) -> Cashback | None:
    """The campaign of this day in UTC."""
    return GROWTH.cashback_on(now.astimezone(UTC).date())


def spent_in(user: User, campaign: Cashback) -> SpentInCampaign:
    """What a person has spent in a campaign, and what came back."""
    known = user.perks.cashback
    return known if known is not None and known.campaign == campaign.name else SpentInCampaign(campaign.name)


def give_cashback(
    user: User, job_id: str, settled: Sequence[Transfer], now: datetime
) -> tuple[User, tuple[Transfer, ...]]:
    """The person after a job was settled by these transfers, with what comes back. A debt is not paid by it."""
    spent = sum(each.credits for each in settled if each.kind is TransferKind.CAPTURE)
    campaign = find_campaign(now) if spent else None
    if campaign is None or user.account.available < 0:
        return user, ()
    before = spent_in(user, campaign)
    spent += before.spent
    due = max(before.given, min(spent * campaign.percent // 100, campaign.credits_max))
    counted = SpentInCampaign(campaign.name, spent, due)
    user = replace(user, perks=replace(user.perks, cashback=counted))
    if due == before.given:
        return user, ()
    account, bonus = book_bonus(user.account, user.id, cashback_fact(job_id), due - before.given, now)
    return replace(user, account=account), (bonus,)
