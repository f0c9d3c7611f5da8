"""/balance as a person turns its pages: sections, pages, and what they cost to read."""

from dataclasses import replace
from datetime import timedelta

from shared.codec import encode
from shared.credits.ledger import ROUTES, Side, Transfer, TransferKind
from shared.credits.transfer_documents import create_transfer
from shared.ports import Create, Key
from shared.statement.entries import ENTRIES_SHOWN, TRANSFERS_READ
from shared.statement.find_page import find_page
from shared.statement.section import Section
from shared.texts import plain_text
from shared.usage import start_usage
from tests.fakes.messenger import Shown
from tests.world import GROUP, ME, OTHER, World


def entries(shown: Shown) -> list[str]:
    return [line.split(" · ", 1)[1] for line in shown.text.splitlines()[2:-1]]


def labels(shown: Shown) -> list[str]:
    return [button.label for row in shown.buttons for button in row]


async def press(world: World, label: str, shown: Shown | None = None) -> Shown:
    """Press the button of the last message that shows this label."""
    shown = shown or world.shown()
    [data] = [button.data for row in shown.buttons for button in row if button.label == label]
    await world.send(world.tap_data(data, shown.message_id))
    return next(each for each in world.messenger.messages(ME) if each.message_id == shown.message_id)


async def book_many(world: World, count: int, kind: TransferKind = TransferKind.GIFT, step: float = -60.0) -> None:
    """Transfers of a person, one a minute, the newest last; the account does not matter here."""
    gifts = [
        Transfer(
            f"{kind}:{number:03d}", kind, *ROUTES[kind], ME, number + 1, world.now + timedelta(seconds=step * number),
            note=f"gift {number}",
        )
        for number in range(count)
    ]  # fmt: skip
    for gift in gifts:
        await world.store.commit([create_transfer(gift)])


async def test_pages_there_and_back(world: World) -> None:
    """Every entry is on exactly one page, in order, and *Newer* leads back the same way."""
    await world.give(4)
    await book_many(world, 35)
    await world.send(world.message("/balance"))
    pages = [entries(world.shown())]
    shown = world.shown()
    while "Older ▶️" in labels(shown):
        shown = await press(world, "Older ▶️", shown)
        pages.append(entries(shown))
    listed = [entry for page in pages for entry in page]
    assert len(listed) == len(set(listed)) == 36
    assert [line for line in listed if "gift" in line] == [f"+{n + 1} · gift {n}" for n in range(35)]
    for page in reversed(pages[:-1]):
        shown = await press(world, "◀️ Newer", shown)
        assert entries(shown) == page
    assert "◀️ Newer" not in labels(shown)


async def test_way_back_of_many_pages(world: World) -> None:
    """Beyond the places that fit into a button *Newer* skips pages, and every button stays within 64 bytes."""
    await world.give(4)
    await book_many(world, 75)
    await world.send(world.message("/balance"))
    shown, turns = world.shown(), 0
    while "Older ▶️" in labels(shown):
        assert max(len(button.data.encode()) for row in shown.buttons for button in row) <= 64
        shown, turns = await press(world, "Older ▶️", shown), turns + 1
    back = 0
    while "◀️ Newer" in labels(shown):
        shown, back = await press(world, "◀️ Newer", shown), back + 1
    assert turns == 7
    assert back == 4
    assert entries(shown)[0] == "+1 · gift 0"


async def test_sections(world: World) -> None:
    """Each section shows its own kinds of entries, and what is chosen is marked."""
    await world.give(100)
    for kind in (TransferKind.PURCHASE, TransferKind.REFUND):
        await book_many(world, 1, kind)
    await world.send(world.message("/image a red fox"), world.message("/ask why is the sky blue?"))
    await world.send(world.message("/balance"))
    assert entries(world.shown())[0] == "−4 · a red fox"
    shown = await press(world, "🖼 Pictures")
    assert entries(shown) == ["−4 · a red fox"]
    assert "✅ 🖼 Pictures" in labels(shown)
    assert entries(await press(world, "💳 Purchases")) == ["−1 · refunded", "+1 · bought"]
    assert entries(await press(world, "🎁 Bonuses")) == ["+100 · bonus"]
    assert (await press(world, "🎬 Videos")).text.splitlines()[2:] == ["No entries yet."]
    assert "🧾 Receipts" not in labels(world.shown())
    assert (await press(world, "All entries")).text.count("+100 · bonus") == 1


async def test_nothing_older(world: World) -> None:
    """A page after the last entry says so instead of nothing."""
    await world.give(4)
    await world.send(world.message("/balance"))
    await world.send(world.tap_data("1;bal;a;1", world.shown().message_id))
    assert world.shown().text.splitlines()[2:] == [plain_text("en", "balance-end")]


async def test_reads_are_flat(world: World) -> None:
    """A page costs the same with hundreds of transfers more: one query and two bounded reads."""
    await world.give(1000)
    for number in range(15):
        await world.send(world.message(f"/image fox {number}"))
    usage = start_usage()
    page = await find_page(world.ports, ME, Section.PICTURES, None)
    assert (len(page.entries), usage.store_reads) == (ENTRIES_SHOWN, TRANSFERS_READ + 1 + ENTRIES_SHOWN)
    await book_many(world, 300)
    for section in Section:
        usage = start_usage()
        await find_page(world.ports, ME, section, None)
        assert usage.store_reads <= TRANSFERS_READ + 1 + 2 * TRANSFERS_READ + ENTRIES_SHOWN


async def test_only_in_private(world: World) -> None:
    """A press in a group, which only a forged one can be, shows nothing."""
    await world.give(4)
    for data in ("1;bal;a", "1;balpick;a", "1;balcsv", "1;receipt;00000-0000"):
        await world.send(world.tap_data(data, 7, chat_id=GROUP))
    assert world.messenger.messages(GROUP) == world.messenger.messages(ME) == []


async def test_a_press_shows_the_pressers_own(world: World) -> None:
    """Whoever presses sees their own entries: the button names nobody."""
    await world.give(4)
    await world.send(world.message("/balance"))
    await world.send(world.message("/balance", user_id=OTHER))
    shown = world.shown(OTHER)
    await world.send(world.tap_data("1;bal;g", shown.message_id, user_id=OTHER))
    assert "bonus" not in world.shown(OTHER).text


async def test_a_kind_without_words(world: World) -> None:
    """A kind of transfer of a newer release is shown with its sign: as credits that came, went, or neither."""
    await world.send(world.message("/start"))
    gift = Transfer("newer:1", TransferKind.GIFT, Side.PROMOTIONS, Side.AVAILABLE, ME, 5, world.now)
    for number, (source, target) in enumerate(
        ((Side.SALES, Side.AVAILABLE), (Side.AVAILABLE, Side.SALES), (Side.HELD, Side.REVENUE))
    ):
        fields = encode(replace(gift, source=source, target=target)) | {"kind": "newer", "id": f"newer:{number}"}
        await world.store.commit([Create(Key("transfers", f"newer:{number}"), fields)])
    await world.send(world.message("/balance"))
    assert sorted(entries(world.shown()))[:3] == ["+20 · welcome gift", "+5 · other entry", "5 · other entry"]
    assert "−5 · other entry" in entries(world.shown())
