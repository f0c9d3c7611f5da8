"""What a phone has to load, and what the policy forbids."""

import re

from shared.miniapp.shell import show_shell
from shared.miniapp.static_files import FOLDER as STATIC
from shared.miniapp.templates import FOLDER as TEMPLATES

SCRIPT_BYTES_MAX = 100_000
AT_ONCE_BYTES = 14_000


def test_scripts_are_small() -> None:
    """All scripts together are far below what a slow phone loads in a second."""
    assert 0 < sum(path.stat().st_size for path in STATIC.glob("*.js")) <= SCRIPT_BYTES_MAX


def test_the_first_paint_waits_for_one_file() -> None:
    """A phone paints after two answers, the page and its style, and waits for no script. Each fits into 14 KB: what a
    server sends at once when a connection begins.
    """
    page, style = show_shell("ru").body, (STATIC / "app.css").read_bytes()
    assert max(len(page), len(style)) <= AT_ONCE_BYTES
    html = page.decode()
    assert re.findall(r'rel="stylesheet" href="[^"]*/(\w+\.css)"', html) == ["app.css"]
    assert re.findall(r"<script(?! type=\"module\")", html) == []
    assert "@import" not in style.decode()


def test_nothing_stands_inline() -> None:
    """No template has a script, a style or a handler of its own: the policy would stop it."""
    for path in TEMPLATES.glob("*.html"):
        source = path.read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", source), path.name
