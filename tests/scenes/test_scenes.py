"""A new person's first hour: nothing is bought that was not meant, and no scene ends in silence."""

import pytest

from shared.people.users import LANGUAGES, Language
from shared.pictures.picture import request_of
from tests.scenes.scenes import SCENES, Scene
from tests.scenes.stage import Stage


def test_enough_scenes() -> None:
    """There are at least sixty of them, each with a name of its own."""
    assert len({scene.title for scene in SCENES}) == len(SCENES) >= 60


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.title)
async def test_scene(scene: Scene, language: Language) -> None:
    """Each scene ends with the pictures that were meant, each paid once, and with an answer a person can go on from."""
    stage = Stage(language)
    await scene.play(stage)
    assert len(stage.delivered) == scene.pictures, [request_of(job).prompt for job in stage.delivered]
    assert stage.shown, "silence"
    if scene.asks:
        assert stage.last.buttons or stage.last.force_reply, stage.last.text
    assert stage.foreign == []
    assert "(E-" not in "".join(shown.text for shown in stage.shown)
    stage.world.check_money()
