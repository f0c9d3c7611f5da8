"""/admin: an operator's way to their pages, by a code that is used once.

The code stands behind the # of the link: no browser sends that part, so it is in no log, and no preview uses it up.
An update that comes again sends another code. Both are this person's, and the one that is not used ends by itself.
"""

from shared.people.sign_in_codes import VALID, create_code
from shared.ports import Button, Ports, Screen
from shared.telegram.answers import answer
from shared.telegram.updates import Message
from shared.telegram.visits import Visit
from shared.texts import html_text, plain_text

PATH = "admin/enter"


async def show_admin(ports: Ports, visit: Visit, message: Message) -> None:
    """The link with a code. Raises MessengerErrors, UnavailableError."""
    if not message.chat.is_private:
        await answer(ports, visit, Screen(html_text(visit.language, "admin-in-private")))
        return
    if not ports.mini_app_url:
        await answer(ports, visit, Screen(html_text(visit.language, "admin-none")))
        return
    code = ports.ids.token()
    await ports.store.commit([create_code(code, message.sender.id, ports.clock.now())])
    button = Button(plain_text(visit.language, "button-admin"), url=f"{ports.mini_app_url}/{PATH}#{code}")
    minutes = int(VALID.total_seconds() // 60)
    screen = Screen(html_text(visit.language, "admin-way", minutes=minutes), ((button,),))
    # Not stored, as other answers are: the code would stand in the database.
    await ports.messenger.send_text(visit.place, screen)
