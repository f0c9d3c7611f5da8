"""`make style-examples`: the cost first, each picture once, and what was stopped goes on."""

from dataclasses import replace

import pytest

from infra.operations import style_examples as verb
from infra.operations.style_examples import Studio, carry_out
from shared.errors import ConflictError, UnavailableError
from shared.pictures import style_examples
from shared.pictures.style_examples import example_name, example_task, find_examples, small_name
from shared.pictures.styles import list_styles
from shared.providers.outcomes import Refused
from tests.fakes.blobs import FakeBlobStore
from tests.fakes.model import FakeModel
from tests.fakes.pictures import FakePictures
from tests.fakes.store import FakeStore


@pytest.fixture
def studio() -> Studio:
    return Studio(FakeStore(), FakeBlobStore(), FakeModel(), FakePictures(), is_test=False)


def asked(studio: Studio) -> int:
    assert isinstance(studio.provider, FakeModel)
    return len(studio.provider.tasks)


async def test_the_cost_comes_first(studio: Studio) -> None:
    """Without --yes it says what is missing and what that costs at most, and asks no model."""
    first, last = await carry_out(studio, is_agreed=False)
    assert first.startswith(f"{len(list_styles())} missing, by gemini-")
    assert "$" in first
    assert "--yes" in last
    assert asked(studio) == 0


async def test_each_is_made_once(studio: Studio) -> None:
    """Every style gets its file and a small one; the same command again makes nothing."""
    assert "oil: made" in await carry_out(studio, is_agreed=True)
    examples = await find_examples(studio.store)
    assert list(examples) == [style.id for style in list_styles()]
    for style in list_styles():
        name = example_name(style, is_test=False)
        assert await studio.blobs.get(small_name(name))
        assert examples[style.id].name == name
    assert await carry_out(studio, is_agreed=True) == ["Every style has its example."]
    assert asked(studio) == len(list_styles())


async def test_it_was_stopped(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture whose file was stored before the command died is not asked for again."""
    kept = style_examples.keep_example

    async def die(*_: object) -> None:
        raise UnavailableError("gone")

    monkeypatch.setattr(verb, "keep_example", die)
    with pytest.raises(UnavailableError):
        await carry_out(studio, is_agreed=True)
    assert asked(studio) == 1
    monkeypatch.setattr(verb, "keep_example", kept)
    await carry_out(studio, is_agreed=True)
    assert asked(studio) == len(list_styles())


async def test_somebody_looks_meanwhile(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who looks at an example has its id noted in the same document: the command tries again, and not for ever."""
    kept, tries = style_examples.keep_example, []

    async def lose(*arguments: object) -> None:
        tries.append(arguments)
        if len(tries) == 1:
            raise ConflictError
        await kept(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(verb, "keep_example", lose)
    await carry_out(studio, is_agreed=True)
    assert len(tries) == len(list_styles()) + 1

    async def always(*_: object) -> None:
        raise ConflictError

    monkeypatch.setattr(verb, "keep_example", always)
    with pytest.raises(UnavailableError):
        await carry_out(
            Studio(FakeStore(), studio.blobs, studio.provider, studio.pictures, is_test=False), is_agreed=True
        )


async def test_a_refusal_and_a_broken_file(studio: Studio) -> None:
    """What the model refuses, or makes badly, is named; the others are made, and the next command asks again."""
    assert isinstance(studio.provider, FakeModel)
    words = example_task(list_styles()[0]).prompt
    studio.provider.script(words, Refused("SAFETY"))
    lines = await carry_out(studio, is_agreed=True)
    assert "Refused" in lines[1]
    assert len(await find_examples(studio.store)) == len(list_styles()) - 1
    await carry_out(studio, is_agreed=True)
    assert len(await find_examples(studio.store)) == len(list_styles())


async def test_a_test_model(studio: Studio) -> None:
    """Its examples are called that, and the real model's take their place."""
    test = replace(studio, is_test=True)
    await carry_out(test, is_agreed=True)
    assert {each.is_test for each in (await find_examples(studio.store)).values()} == {True}
    assert await carry_out(test, is_agreed=True) == ["Every style has its example."]
    await carry_out(studio, is_agreed=True)
    assert {each.is_test for each in (await find_examples(studio.store)).values()} == {False}


def test_the_command_line(
    firestore_emulator: str, project_id: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a bucket it says so; with one it tells the cost, by the project's database."""
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", "http://127.0.0.1:9")
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", project_id)
    monkeypatch.setenv("GEMINI_API_KEY", "TEST-not-a-real-key")
    monkeypatch.delenv("MEDIA_BUCKET", raising=False)
    with pytest.raises(SystemExit, match="MEDIA_BUCKET"):
        verb.main([])
    monkeypatch.setenv("MEDIA_BUCKET", "test-media")
    assert verb.main([]) == 0
    assert "Nothing was made" in capsys.readouterr().out
