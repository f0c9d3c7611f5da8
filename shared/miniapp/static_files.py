"""Scripts and styles, read once. The address of each changes with its content, so that browsers may keep it."""

import hashlib
from functools import cache
from pathlib import Path

from shared.miniapp.calls import Reply

FOLDER = Path(__file__).parent / "static"
PREFIX = "/static/"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}


def static_path(name: str) -> str:
    """The address of a file. Raises KeyError for one that is not there."""
    return f"{PREFIX}{_list_files()[name][0]}/{name}"


def show_static(path: str) -> Reply | None:
    """The file at an address below PREFIX; None for another. A page of another release gets the file of this one."""
    digest, _, name = path.removeprefix(PREFIX).partition("/")
    found = _list_files().get(name)
    if found is None:
        return None
    own, content = found
    kept = "public, max-age=31536000, immutable" if digest == own else "public, max-age=60"
    return Reply(content, _TYPES[Path(name).suffix], headers={"Cache-Control": kept})


@cache
def _list_files() -> dict[str, tuple[str, bytes]]:
    """Name → digest and content."""
    contents = {path.name: path.read_bytes() for path in sorted(FOLDER.iterdir()) if path.suffix in _TYPES}
    return {name: (hashlib.sha256(content).hexdigest()[:12], content) for name, content in contents.items()}
