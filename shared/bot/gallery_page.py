"""/gallery, and the buttons of the gallery by their actions."""

from collections.abc import Awaitable, Callable

from shared.bot.balance import answer_alone
from shared.gallery import archive_screens, press_gallery, press_shelves, request_archive
from shared.gallery import gallery_screens as screens
from shared.gallery.gallery_screens import opening_screen
from shared.gallery.show_gallery import press_newer, press_older, press_show, show_gallery
from shared.ports import Ports
from shared.telegram.updates import Message, Tap
from shared.telegram.visits import Visit

PAYLOAD = "gallery"


async def take_gallery_command(ports: Ports, visit: Visit, message: Message) -> None:
    """/gallery: in a group only the way to it, since others would see what a person made elsewhere."""
    if message.chat.is_private:
        await show_gallery(ports, visit)
    else:
        await answer_alone(ports, visit, opening_screen(visit.language), PAYLOAD)


GALLERY_TAPS: dict[str, Callable[[Ports, Visit, Tap, tuple[str, ...]], Awaitable[None]]] = {
    screens.SHOW: press_show,
    screens.OLDER: press_older,
    screens.NEWER: press_newer,
    screens.STAR: press_gallery.press_star,
    screens.SEND: press_gallery.press_send,
    screens.FILE: press_gallery.press_file,
    screens.DELETE: press_gallery.press_delete,
    screens.ERASE: press_gallery.press_erase,
    screens.BACK: press_gallery.press_back,
    screens.MENU: press_gallery.press_menu,
    screens.ALBUM: press_gallery.press_album,
    screens.SHELVES: press_shelves.press_shelves,
    screens.PUT: press_shelves.press_put,
    screens.NAME: press_shelves.press_name,
    archive_screens.ZIP: request_archive.press_zip,
    archive_screens.STOP: request_archive.press_stop,
    screens.DROP: press_shelves.press_drop,
    screens.DROP_SURELY: press_shelves.press_drop_surely,
}
