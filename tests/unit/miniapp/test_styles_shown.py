"""Examples of styles on the page *Create*."""

from shared.pictures.style_examples import example_name, small_name
from shared.pictures.styles import style_words
from tests.unit.miniapp.conftest import App
from tests.unit.wording.test_browse_examples import OIL, have, style_of
from tests.world import World


async def test_there_are_none(app: App) -> None:
    """Without examples the form has no styles."""
    assert "/styles/" not in (await app.get("/create")).html
    assert (await app.get("/styles/oil")).status == 404


async def test_an_example(app: App, world: World) -> None:
    """A style with an example has a button with its words, in the form for pictures only; its picture is small."""
    await have(world, OIL)
    await world.blobs.put(small_name(example_name(style_of(OIL), is_test=False)), b"small", "image/jpeg")
    page = await app.get("/create")
    assert f'data-words="{style_words(style_of(OIL), "en")}"' in page.html
    assert "Use 🖼 Oil" in page.html
    assert "test model" not in page.text
    assert "/styles/" not in (await app.get("/create?kind=video")).html
    shown = await app.get("/styles/oil")
    assert (shown.reply.body, shown.reply.mime_type) == (b"small", "image/jpeg")
    assert (await app.get("/styles/film")).status == 404


async def test_a_test_models(app: App, world: World) -> None:
    """What a test model painted is said to be that; a file that is gone is none."""
    await have(world, OIL, is_test=True)
    assert "test model" in (await app.get("/create")).text
    assert (await app.get("/styles/oil")).status == 404
