"""/promo CODE, and links with a code: it is used in one commit with the answer that tells of it.

code ── credits: bonus + use + answer ✓ ── sent
     ── per cent: kept for the next purchase + use + answer ✓ ── sent
     ── unknown: a wrong try + answer ✓ ── sent; after some of them nothing is looked up for a while
"""

from dataclasses import replace
from datetime import datetime

from shared.codec import decode
from shared.credits.bonuses import book_bonus, promo_fact
from shared.credits.transfer_documents import create_transfer
from shared.growth.commit_growth import Decision, answer_in_commit, check_unseen, show_in_private
from shared.growth.growth_documents import promo_key, promo_use_key, use_promo
from shared.growth.promo_code import LINK, PromoCode, find_refusal, fold_code
from shared.jobs.job_documents import inbox_key
from shared.people.accounts import OpenUser, open_record
from shared.people.erased import use_keys
from shared.people.operators import Role, role_of
from shared.people.perks import NextPurchase, count_wrong_try, next_try_at, wrong_tries_left
from shared.people.user_documents import user_key
from shared.people.users import Language
from shared.ports import Ports, Record, Screen
from shared.telegram.answers import answer
from shared.telegram.updates import Message
from shared.telegram.visits import Visit
from shared.texts import html_text, write_day

COMMAND = "promo"
SEE_CODES = frozenset({Role.FINANCE, Role.ADMIN})
"""Operators who see all codes on their pages can use none: credits for an operator need another one's agreement."""


async def take_promo_command(ports: Ports, visit: Visit, message: Message) -> None:
    """/promo, in the private chat, with or without a code. Raises MessengerErrors, UnavailableError, LaterError."""
    if not visit.update.chat.is_private:
        await show_in_private(ports, visit, COMMAND)
    elif code := message.own_words.strip():
        await _redeem(ports, visit, code)
    else:
        await answer(ports, visit, Screen(html_text(visit.language, "promo-how")))


async def open_promo_link(ports: Ports, visit: Visit, message: Message) -> bool:
    """Use the code that the payload of a /start brings; False if it brings none. Raises as `take_promo_command`."""
    if message.text == COMMAND:
        await take_promo_command(ports, visit, replace(message, text=""))
        return True
    code = message.text.removeprefix(LINK)
    if code == message.text:
        return False
    await _redeem(ports, visit, code)
    return True


async def _redeem(ports: Ports, visit: Visit, typed: str) -> None:
    code = fold_code(typed)

    async def decide() -> Decision:
        seen, stored, known, used = await _read(ports, visit, code)
        check_unseen(seen)
        opened, now = await open_record(ports, visit.update.sender.id, stored), ports.clock.now()
        user = opened.user
        if wrong_tries_left(user.perks, now) <= 0:
            time = next_try_at(user.perks, now).strftime("%H:%M")
            return Decision(Screen(html_text(visit.language, "promo-wait", time=time)), opened, user)
        if role_of(ports, user.id) in SEE_CODES:
            return Decision(Screen(html_text(visit.language, "promo-operator")), opened, user)
        if known is None:
            perks = count_wrong_try(user.perks, now)
            text = html_text(visit.language, "promo-unknown", left=wrong_tries_left(perks, now))
            return Decision(Screen(text), opened, replace(user, perks=perks))
        promo = decode(PromoCode, known.fields)
        refusal = find_refusal(promo, user.account, user.perks, now, is_used=used is not None)
        if refusal is not None:
            return Decision(Screen(html_text(visit.language, refusal)), opened, user)
        decision = _use(opened, promo, visit.language, now)
        return replace(decision, writes=[*decision.writes, *use_promo(promo, known, user.id, now)])

    await answer_in_commit(ports, visit, decide)


async def _read(ports: Ports, visit: Visit, code: str) -> list[Record | None]:
    """The inbox mark, the person, the code, and this person's use of it. What cannot be a code is not looked up.

    Who was erased and has come back may have used it before that.
    """
    me = visit.update.sender.id
    keys = [inbox_key(visit.inbox_id), user_key(me)]
    if not code:
        return [*await ports.store.read(keys), None, None]
    seen, person, promo, used = await ports.store.read([*keys, promo_key(code), promo_use_key(code, me)])
    if used is None and (person is None or person.fields.get("has_come_back")):
        before = await ports.store.read(use_keys(ports.erasure_keys, code, me))
        used = next((each for each in before if each is not None), None)
    return [seen, person, promo, used]


def _use(opened: OpenUser, promo: PromoCode, language: Language, now: datetime) -> Decision:
    user = opened.user
    if promo.percent:
        perks = replace(user.perks, next_purchase=NextPurchase(promo.code, promo.percent, promo.until))
        text = html_text(language, "promo-percent", percent=promo.percent, day=write_day(language, promo.until))
        return Decision(Screen(text), opened, replace(user, perks=perks))
    account, bonus = book_bonus(user.account, user.id, promo_fact(promo.code, user.id), promo.credits, now)
    text = html_text(language, "promo-credits", credits=promo.credits, available=account.available)
    return Decision(Screen(text), opened, replace(user, account=account), [create_transfer(bonus)])
