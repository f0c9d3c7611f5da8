"""/invite: a person's link, and what came of it; and the arrival of somebody by such a link.

/start ref_… of somebody new ── user with `invited_by` + count ✓ ── the first screen, as for everybody
     ── of somebody known ── the first screen
"""

from contextlib import suppress
from dataclasses import replace

from shared.codec import decode
from shared.credits.catalogue import GROWTH, WELCOME_CREDITS
from shared.errors import ConflictError
from shared.growth.commit_growth import show_in_private
from shared.growth.growth_documents import create_invitation, invitation_id, invitation_key
from shared.growth.invitation import LINK, Invitation, read_invitation_link
from shared.people.accounts import log_gift, open_user
from shared.ports import Button, Increment, Ports, Screen
from shared.telegram.answers import answer
from shared.telegram.sharing_url import sharing_url
from shared.telegram.updates import Message
from shared.telegram.visits import Visit
from shared.texts import html_text, plain_text

COMMAND = "invite"


async def show_invitation(ports: Ports, visit: Visit, message: Message) -> None:
    """/invite, in the private chat. Raises MessengerErrors, UnavailableError."""
    if not visit.update.chat.is_private:
        await show_in_private(ports, visit, COMMAND)
        return
    me, language = visit.update.sender.id, visit.language
    id_ = invitation_id(ports.bot_id, me)
    [record] = await ports.store.read([invitation_key(id_)])
    invitation = Invitation(me, language) if record is None else decode(Invitation, record.fields)
    if record is None:
        with suppress(ConflictError):  # another delivery was faster
            await ports.store.commit([create_invitation(id_, invitation)])
    url = f"https://t.me/{await ports.messenger.username()}?start={LINK}{id_}"
    link = sharing_url(url, plain_text(language, "invite-invitation", welcome=WELCOME_CREDITS))
    numbers = {"came": invitation.came, "rewarded": invitation.rewarded, "most": GROWTH.rewards_per_month}
    rewards = {"inviter": GROWTH.inviter_credits, "invited": GROWTH.invited_credits}
    button = Button(plain_text(language, "button-invite-send"), url=link)
    await answer(ports, visit, Screen(html_text(language, "invite", url=url, **numbers, **rewards), ((button,),)))


async def show_invitation_link(ports: Ports, visit: Visit, message: Message) -> bool:
    """/start of somebody who comes from a group's /invite; False for any other payload."""
    if message.text != COMMAND:
        return False
    await show_invitation(ports, visit, message)
    return True


async def take_invitation(ports: Ports, visit: Visit, payload: str) -> None:
    """Note by whose link somebody came whom the bot has never seen, nor erased. Raises UnavailableError."""
    id_ = read_invitation_link(payload)
    opened, user = visit.opened, visit.opened.user
    if not id_ or opened.record is not None or user.has_come_back:
        return
    [record] = await ports.store.read([invitation_key(id_)])
    if record is None or (inviter_id := decode(Invitation, record.fields).user_id) == user.id:
        return
    invited = replace(user, perks=replace(user.perks, invited_by=inviter_id))
    with suppress(ConflictError):  # somebody who was faster has made this person a known one
        await ports.store.commit([*opened.writes(invited), Increment(record.key, {"came": 1})])
        log_gift(opened)
    visit.opened = await open_user(ports, user.id)
