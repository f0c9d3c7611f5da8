"""The buttons of /balance: sections and pages, in the private chat. What is shown is always the presser's own."""

from collections.abc import Callable
from dataclasses import replace

from shared.credits.ledger import Account
from shared.people.cashback import find_campaign, spent_in
from shared.people.users import Language
from shared.ports import Ports, Screen
from shared.statement.balance_screens import View, balance_screen, pick_screen, read_view
from shared.statement.entries import Page
from shared.statement.find_page import find_page
from shared.telegram.taps import answer_tap, toast
from shared.telegram.updates import Tap
from shared.telegram.visits import Visit
from shared.texts import html_text, write_day


async def draw_balance(ports: Ports, visit: Visit) -> Screen:
    """The newest page of a person's statement. Raises UnavailableError."""
    user, view = visit.opened.user, View()
    page = await find_page(ports, user.id, view.section, view.until)
    return _with_campaign(visit, ports, balance_screen(user.account, page, view, visit.language))


async def press_page(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Show another section or page. Raises MessengerErrors, UnavailableError."""
    await _show(ports, visit, tap, read_view(arguments), balance_screen)


async def press_pick(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Number the entries of the page, to choose one whose receipt is wanted."""
    await _show(ports, visit, tap, read_view(arguments), pick_screen)


async def _show(
    ports: Ports, visit: Visit, tap: Tap, view: View, draw: Callable[[Account, Page, View, Language], Screen]
) -> None:
    if not tap.chat.is_private:  # a balance is nobody else's business
        await toast(ports, visit, tap, "old-menu")
        return
    user = visit.opened.user
    page = await find_page(ports, user.id, view.section, view.until)
    await answer_tap(ports, tap.query_id)
    screen = _with_campaign(visit, ports, draw(user.account, page, view, visit.language))
    await ports.messenger.edit_text(visit.place, tap.message_id, screen)


def _with_campaign(visit: Visit, ports: Ports, screen: Screen) -> Screen:
    """The screen, on the days of a campaign that gives a part of what is spent back with a line about it."""
    campaign = find_campaign(ports.clock.now())
    if campaign is None:
        return screen
    given, day = spent_in(visit.opened.user, campaign).given, write_day(visit.language, campaign.valid_until)
    facts = {"percent": campaign.percent, "most": campaign.credits_max, "credits": given}
    line = html_text(visit.language, "balance-cashback", day=day, **facts)
    return replace(screen, text=f"{screen.text}\n\n{line}")
