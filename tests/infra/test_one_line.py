"""A price is one line of the file of offers, and so is a model: everything else follows from it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infra.checks.findings import ROOT
from shared.credits.read_offers import FILE

PRICE = '"credits": {"1K": 4, "2K": 6, "4K": 10}'
DEARER = '"credits": {"1K": 5, "2K": 7, "4K": 11}'
COST = '"usd_micros": {"360p": 30000,'
HIGHER = '"usd_micros": {"360p": 40000,'
"""Of the cheapest video: 4 s of it cost 15 credits, then 20."""
MODELS = {
    "gemini-nano-banana-2.1": "gemini-nano-banana-9",
    "gemini-3.8-flash": "gemini-9-flash",
    "gemini-3.8-flash-tts": "gemini-9-flash-tts",
    "gemini-omni-1.2-flash": "gemini-omni-9-flash",
}
"""Of each kind of work the wanted model, and the one in its place."""


def show_offers(folder: Path, offers: str) -> dict[str, Any]:
    """What a copy of this tree shows that differs from it in the text of the file of offers alone."""
    for name in ("infra", "tests"):
        (folder / name).symlink_to(ROOT / name)
    for original, copy in ((ROOT / "shared", folder / "shared"), (FILE.parent, folder / "shared" / "credits")):
        copy.mkdir()
        for path in original.iterdir():
            if path.name not in {"credits", FILE.name, "__pycache__"}:
                (copy / path.name).symlink_to(path)
    (folder / "shared" / "credits" / FILE.name).write_text(offers, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "tests.infra.show_offers"]
    done = subprocess.run(command, cwd=folder, env=environment, check=False, capture_output=True, text=True)  # noqa: S603 — our own code
    assert done.returncode == 0, done.stderr
    shown: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return shown


@pytest.fixture
def offers() -> str:
    """The file with one changed line for a price, one for a cost, and one for each model."""
    written = FILE.read_text(encoding="utf-8")
    changed = written.replace(PRICE, DEARER).replace(COST, HIGHER)
    for before, after in MODELS.items():
        changed = changed.replace(f'"id": "{before}"', f'"id": "{after}"')
    pairs = zip(written.splitlines(), changed.splitlines(), strict=True)
    assert sum(before != after for before, after in pairs) == 2 + len(MODELS)
    return changed


def test_one_line(tmp_path: Path, offers: str) -> None:
    """Menus, the Mini App, /models, /buy, buttons, the docs' table, the local Gemini and a job follow, without a change
    of code: the picture is made by the new model for the new price, and a video is begun by the new model.
    """
    shown = show_offers(tmp_path, offers)
    assert (shown["state"], shown["asked"], shown["made_by"]) == ("delivered", "gemini-nano-banana-9", shown["asked"])
    assert (shown["price"], shown["left"]) == (5, 15)
    assert (shown["menu"], shown["app"]) == ("✅ Nano Banana · 5", "Nano Banana · 5")
    assert {"✂️ Cut out · 5", "🔍 Upscale · 2K · 7"} <= set(shown["tools"])
    assert set(MODELS.values()) <= set(shown["local"])
    assert shown["video"] == "gemini-omni-9-flash"
    assert "A small picture costs 5, a video from 20." in shown["shop"]
    assert "1K\u00a05 · 2K\u00a07 · 4K\u00a011" in shown["models"]
    assert "1K 5, 2K 7, 4K 11 | 5–15 s | `gemini-nano-banana-9`, `gemini-3-pro-image` |" in shown["table"]
