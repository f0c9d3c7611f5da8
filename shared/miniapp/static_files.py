"""Scripts and styles, read once. Their addresses change together when one of them changes, so that browsers may keep
them: scripts import each other by relative addresses, and must not be loaded twice.
"""

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
    digest, files = _read_files()
    if name not in files:
        raise KeyError(name)
    return f"{PREFIX}{digest}/{name}"


def show_static(path: str) -> Reply | None:
    """The file at an address below PREFIX; None for another. A page of another release gets the file of this one."""
    own, files = _read_files()
    digest, _, name = path.removeprefix(PREFIX).partition("/")
    if name not in files:
        return None
    kept = "public, max-age=31536000, immutable" if digest == own else "public, max-age=60"
    return Reply(files[name], _TYPES[Path(name).suffix], headers={"Cache-Control": kept})


@cache
def _read_files() -> tuple[str, dict[str, bytes]]:
    """The digest of all files, and the content of each by its name."""
    files = {path.name: path.read_bytes() for path in sorted(FOLDER.iterdir()) if path.suffix in _TYPES}
    digest = hashlib.sha256()
    for name, content in files.items():
        digest.update(f"{name} {len(content)} ".encode() + content)
    return digest.hexdigest()[:12], files
