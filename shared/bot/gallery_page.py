"""/gallery."""

from shared.bot.balance import answer_alone
from shared.gallery.gallery_screens import opening_screen
from shared.gallery.show_gallery import show_gallery
from shared.ports import Ports
from shared.telegram.updates import Message
from shared.telegram.visits import Visit

PAYLOAD = "gallery"


async def take_gallery_command(ports: Ports, visit: Visit, message: Message) -> None:
    """/gallery: in a group only the way to it, since others would see what a person made elsewhere."""
    if message.chat.is_private:
        await show_gallery(ports, visit)
    else:
        await answer_alone(ports, visit, opening_screen(visit.language), PAYLOAD)
