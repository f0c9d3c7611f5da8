"""One short main.py per function, and nothing else."""

from pathlib import Path

import pytest

from infra.checks.function_folders import LINES_MAX, find_untidy_functions

GOOD = "async def image(request):\n    return 'ok'\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "functions" / "image"
    made.mkdir(parents=True)
    (made / "main.py").write_text(GOOD, encoding="utf-8")
    return made


def test_tidy_function_passes(tmp_path: Path, folder: Path) -> None:
    """A lone main.py with a handler of the folder's name is no finding, compiled or not."""
    (folder / "__pycache__").mkdir()
    assert list(find_untidy_functions(tmp_path)) == []


def test_assigned_handler_counts(tmp_path: Path, folder: Path) -> None:
    """The handler may be made by a call instead of a `def`."""
    (folder / "main.py").write_text("image = make_handler()\n", encoding="utf-8")
    assert list(find_untidy_functions(tmp_path)) == []


def test_second_file_is_found(tmp_path: Path, folder: Path) -> None:
    """A second file would shadow its twin in another function."""
    (folder / "settings.py").touch()
    assert list(find_untidy_functions(tmp_path)) == [
        "functions/image/settings.py: a function folder holds main.py and nothing else"
    ]


def test_missing_handler_is_found(tmp_path: Path, folder: Path) -> None:
    """functions-framework would not find its target."""
    (folder / "main.py").write_text("async def picture(request): ...\n", encoding="utf-8")
    assert list(find_untidy_functions(tmp_path)) == ["functions/image/main.py: defines no handler called image"]


def test_missing_entry_point_is_found(tmp_path: Path, folder: Path) -> None:
    """A folder without main.py is not a function."""
    (folder / "main.py").unlink()
    assert list(find_untidy_functions(tmp_path)) == ["functions/image/main.py: is missing"]


def test_long_entry_point_is_found(tmp_path: Path, folder: Path) -> None:
    """Logic that grows in an entry point belongs in shared/."""
    (folder / "main.py").write_text(GOOD + "\n" * LINES_MAX, encoding="utf-8")
    [finding] = find_untidy_functions(tmp_path)
    assert "belongs in shared/" in finding


def test_stray_file_is_found(tmp_path: Path, folder: Path) -> None:
    """Only folders stand in functions/."""
    (tmp_path / "functions" / "notes.txt").touch()
    assert list(find_untidy_functions(tmp_path)) == ["functions/notes.txt: only folders belong here, one per function"]
