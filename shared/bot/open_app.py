"""/app: the button that opens the Mini App, where there is one."""

from shared.ports import Button, Ports, Screen
from shared.telegram.answers import answer
from shared.telegram.updates import Message
from shared.telegram.visits import Visit
from shared.texts import html_text, plain_text


async def show_app(ports: Ports, visit: Visit, message: Message) -> None:
    """The button; Telegram allows it in private chats only. Raises MessengerErrors, UnavailableError."""
    if not ports.mini_app_url:
        await answer(ports, visit, Screen(html_text(visit.language, "app-none")))
    elif not visit.update.chat.is_private:
        url = f"https://t.me/{await ports.messenger.username()}"
        button = Button(plain_text(visit.language, "button-chat"), url=url)
        await answer(ports, visit, Screen(html_text(visit.language, "app-in-private"), ((button,),)))
    else:
        button = Button(plain_text(visit.language, "button-app"), app=ports.mini_app_url)
        await answer(ports, visit, Screen(html_text(visit.language, "app-open"), ((button,),)))
