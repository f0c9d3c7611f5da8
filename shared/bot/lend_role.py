"""A role in a person's own words, shared by a link: others can read it, try it in isolation, or adopt it.

/role ── *Share* ──▶ kept among the prompts, with an unguessable link
t.me/…?start=r-… ──▶ shows the words only ── *Try it* ──▶ somebody else's role: no memory, links or files
                                          ── *Make it mine* ──▶ as if the person had written it
"""

from shared.bot.prompts import draw_link
from shared.bot.role import LEND
from shared.hash_ids import hash_id, is_id
from shared.people.change_setting import save_setting
from shared.people.keep_prompts import StoredPrompt, keep_prompt, open_prompt, share_prompt
from shared.people.library import PROMPTS_MAX, ROLE_LINK, Prompt, may_read, read_link, shorten_title
from shared.people.manner import LENT_ROLE, OWN_ROLE
from shared.ports import Button, Ports, Screen
from shared.telegram.answers import answer
from shared.telegram.callbacks import write_callback
from shared.telegram.taps import answer_tap, toast
from shared.telegram.updates import Message, Tap
from shared.telegram.visits import Visit
from shared.texts import html_text, plain_text, unmark

_CHOICES = {"try": LENT_ROLE, "adopt": OWN_ROLE}


async def show_lent(ports: Ports, visit: Visit, message: Message) -> bool:
    """Show the words of a role whose link was opened; changes nothing. False for any other payload."""
    link = read_link(message.text, ROLE_LINK)
    if link is None:
        return False
    stored = await open_prompt(ports, link[0])
    if stored is None or not stored.prompt.is_role or not may_read(stored.prompt, message.sender.id, link[1]):
        await answer(ports, visit, Screen(html_text(visit.language, "role-gone")))
    else:
        await answer(ports, visit, _draw(visit, stored.prompt))
    return True


async def press_lent(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """*Share* on the person's own page, *Try it* and *Make it mine* under a shared role. Raises UnavailableError."""
    name, owner_or_id, token, *_ = (*arguments, "", "", "")
    if name == "share":
        await _share(ports, visit, tap, owner_or_id)
        return
    stored = await open_prompt(ports, owner_or_id) if is_id(owner_or_id) else None
    if stored is None or not stored.prompt.is_role or not may_read(stored.prompt, tap.sender.id, token):
        await toast(ports, visit, tap, "role-gone")
    elif name in _CHOICES:
        await save_setting(ports, visit.opened, "role", _CHOICES[name] + stored.prompt.text, visit.received_at)
        await toast(ports, visit, tap, f"toast-role-{name}")
    else:
        await toast(ports, visit, tap, "old-menu")


async def _share(ports: Ports, visit: Visit, tap: Tap, owner: str) -> None:
    """Store the role among the person's prompts and give it a link. Idempotent."""
    user = visit.opened.user
    if owner != str(user.id):
        await toast(ports, visit, tap, "not-yours")
        return
    if not user.manner.own:
        await toast(ports, visit, tap, "old-menu")
        return
    id_ = hash_id("role", user.id, user.manner.own)
    title = shorten_title(f"🎭 {user.manner.own}")
    role = Prompt(id_, user.id, title, user.manner.own, ports.clock.now(), is_role=True)
    if await keep_prompt(ports, visit.opened, role) is None:
        full = html_text(visit.language, "prompts-full", limit=PROMPTS_MAX)
        await answer_tap(ports, tap.query_id, unmark(full), alert=True)
        return
    stored = await open_prompt(ports, id_)
    assert isinstance(stored, StoredPrompt)
    shared = await share_prompt(ports, stored)
    await answer_tap(ports, tap.query_id)
    await ports.messenger.edit_text(visit.place, tap.message_id, await draw_link(ports, visit, shared))


def _draw(visit: Visit, role: Prompt) -> Screen:
    """A shared role as its link shows it, with the role that *Make it mine* would replace."""
    language, own = visit.language, visit.opened.user.manner.own
    rows = tuple(
        (Button(plain_text(language, f"button-role-{name}"), write_callback(LEND, name, role.id, role.token)),)
        for name in _CHOICES
    )
    text = html_text(language, "role-shared", text=role.text)
    if own and own != role.text:
        text = f"{text}\n\n{html_text(language, 'role-replaces', words=own)}"
    return Screen(text, rows)
