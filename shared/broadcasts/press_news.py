"""The button under each broadcast with which a person turns news off, and on again."""

from shared.broadcasts.broadcast_documents import broadcast_key, decode_broadcast
from shared.broadcasts.content import news_rows
from shared.hash_ids import is_id
from shared.people.change_setting import save_setting
from shared.ports import Ports
from shared.telegram.taps import show_rows, toast
from shared.telegram.updates import Tap
from shared.telegram.visits import Visit


async def press_news(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Raises UnavailableError."""
    value, broadcast_id, *_ = (*arguments, "", "")
    if value not in {"on", "off"} or not is_id(broadcast_id):
        await toast(ports, visit, tap, "old-menu")
        return
    user = await save_setting(ports, visit.opened, "news", value, visit.received_at)
    is_off = user.news.is_off
    await toast(ports, visit, tap, "news-toast-off" if is_off else "news-toast-on")
    [record] = await ports.store.read([broadcast_key(broadcast_id)])
    if record is not None:
        rows = news_rows(decode_broadcast(record).content, broadcast_id, visit.language, is_off=is_off)
        await show_rows(ports, tap, rows)
