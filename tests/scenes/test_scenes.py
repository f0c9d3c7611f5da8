"""A new person's first hour: nothing is bought that was not meant, and no scene ends in silence."""

import pytest

from shared.people.users import LANGUAGES, Language
from shared.pictures.picture import is_picture, request_of
from tests.scenes.auto_scenes import AUTO_SCENES
from tests.scenes.scenes import SCENES, Scene
from tests.scenes.stage import Stage


def test_enough_scenes() -> None:
    """There are at least sixty of them, each with a name of its own."""
    assert len({scene.title for scene in SCENES}) == len(SCENES) >= 60


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.title)
async def test_scene(scene: Scene, language: Language) -> None:
    """Each scene ends with the pictures that were meant, each paid once, and with an answer a person can go on from."""
    await play(scene, language)


@pytest.mark.usefixtures("as_shipped")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scene", AUTO_SCENES, ids=lambda scene: scene.title)
async def test_auto_scene(scene: Scene, language: Language) -> None:
    """The same where plain words get what they ask for."""
    await play(scene, language)


@pytest.mark.usefixtures("as_shipped")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scene", [scene for scene in SCENES if scene.in_auto], ids=lambda scene: scene.title)
async def test_scene_as_shipped(scene: Scene, language: Language) -> None:
    """The same for somebody who has chosen nothing, with a model that takes everything for a wish to draw."""
    stage = Stage(language)
    stage.model_reads(act="draw")
    await play(scene, language, stage)


async def play(scene: Scene, language: Language, stage: Stage | None = None) -> None:
    stage = stage or Stage(language)
    await scene.play(stage)
    pictures = [job for job in stage.delivered if is_picture(job)]
    assert len(pictures) == scene.pictures, [request_of(job).prompt for job in pictures]
    assert stage.shown, "silence"
    if scene.asks:
        assert stage.last.buttons or stage.last.force_reply, stage.last.text
    assert stage.foreign == []
    assert "(E-" not in "".join(shown.text for shown in stage.shown)
    stage.world.check_money()
