"""Albums as Telegram brings them: one update for each part."""

from typing import Any

from tests.fakes.pictures import PNG
from tests.world import World

Json = dict[str, Any]


def album(world: World, count: int = 3, caption: str = "make it blue", **options: Any) -> list[Json]:
    """The parts in the order in which they were sent, the words on the first."""
    return [
        world.photo(caption if number == 0 else "", picture=picture(number), media_group_id="77", **options)
        for number in range(count)
    ]


def picture(number: int) -> bytes:
    return PNG + b"\0" * 16 + bytes([number])


def references(world: World, which: int = 0) -> list[bytes]:
    return [reference.content for reference in world.model.tasks[which].references]
