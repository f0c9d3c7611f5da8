"""The file of offers, and the page that shows it."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from infra.checks.offers import BEGIN, END, PAGE, build_table, fill_in, find_faults, list_texts
from shared.credits.read_offers import FILE, read_offers

TEXT, SHOWN = FILE.read_text(encoding="utf-8"), PAGE.read_text(encoding="utf-8")
TODAY = date(2026, 11, 29)
ABOUTS = list_texts(read_offers(TEXT))


def test_the_page_shows_the_file() -> None:
    """The table is what the file says, and every text that the file names is there."""
    assert list(find_faults(TEXT, SHOWN, TODAY)) == []


def test_an_old_page() -> None:
    """A page that shows another price is found, and one without a place for the table."""
    old = SHOWN.replace("1K 4,", "1K 3,")
    for page in (old, "# What is sold\n"):
        [line] = find_faults(TEXT, page, TODAY)
        assert line.endswith("python -m infra.checks.offers --write")
        assert BEGIN in fill_in(page, "| |") and END in fill_in(page, "| |")  # noqa: PT018
    assert fill_in(old, build_table(read_offers(TEXT))) == SHOWN


def test_a_fault_of_the_file() -> None:
    """The place of a fault stands in the finding."""
    [line] = find_faults(TEXT.replace('"title": "Nano Banana"', '"titel": "Nano Banana"'), SHOWN, TODAY)
    assert line.startswith("shared/credits/offers.json: pictures.fast.titel: unknown")


def test_a_text_that_is_missing(tmp_path: Path) -> None:
    """A text that only one language has is a finding."""
    (tmp_path / "ru.ftl").write_text("\n" + "\n".join(f"{name} = x" for name in ABOUTS))
    (tmp_path / "en.ftl").write_text("\n" + "\n".join(f"{name} = x" for name in ABOUTS if name != "offer-best"))
    assert list(find_faults(TEXT, SHOWN, TODAY, tmp_path)) == ["en.ftl: no text offer-best"]


def test_a_model_that_ends() -> None:
    """A model whose last day is near, or over, is a finding."""
    lines = list(find_faults(TEXT, SHOWN, date(2027, 5, 1)))
    assert [line.split()[0] for line in lines] == ["gemini/gemini-3-pro-image", "gemini/gemini-3.1-flash-lite"]


def test_prices_that_change() -> None:
    """Later prices and costs stand in the table with their days."""
    given: dict[str, Any] = json.loads(TEXT)
    row = {"valid_from": "2027-03-01", "credits": {"1K": 7, "2K": 11, "4K": 16}}
    given["pictures"]["fast"]["prices"].append(row)
    costs = {"valid_from": "2027-03-01", "usd_micros": {"360p": 60_000, "720p": 200_000, "1080p": 300_000}}
    given["video_models"]["omni"]["costs"].append(costs)
    table = build_table(read_offers(json.dumps(given)))
    assert "| Nano Banana (`picture`) | 1K 4, 2K 6, 4K 10; 1K 7, 2K 11, 4K 16 from 2027-03-01 |" in table
    assert "360p 0.03, 720p 0.1, 1080p 0.15; 360p 0.06, 720p 0.2, 1080p 0.3 from 2027-03-01 (a second)" in table
