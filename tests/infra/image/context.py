"""Which files of the repository enter the build: the patterns of a .dockerignore file, as far as ours uses them.

The last pattern that matches a file or a folder above it decides; `!` lets in; `*` stays within one folder, `**`
does not (https://docs.docker.com/build/concepts/context/#dockerignore-files).
"""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath


class Ignore:
    """The patterns of one file."""

    def __init__(self, text: str) -> None:
        lines = [line.strip() for line in text.splitlines()]
        self._rules = [_read_rule(line) for line in lines if line and not line.startswith("#")]

    def lets_in(self, path: str) -> bool:
        """Whether a file, given from the context's root, is sent to the builder."""
        parts = PurePosixPath(path).parts
        above = ["/".join(parts[: count + 1]) for count in range(len(parts))]
        is_in = True
        for pattern, lets_in in self._rules:
            if any(pattern.fullmatch(each) for each in above):
                is_in = lets_in
        return is_in

    def list_files(self, root: Path) -> Iterator[Path]:
        """The files that are let in, below the folders that can hold any."""
        for top in sorted(root.iterdir()):
            found = sorted(top.rglob("*")) if top.is_dir() and self._may_enter(top.name) else [top]
            yield from (each for each in found if each.is_file() and self.lets_in(each.relative_to(root).as_posix()))

    def _may_enter(self, top: str) -> bool:
        return any(lets_in and pattern.pattern.startswith(re.escape(top)) for pattern, lets_in in self._rules)


def _read_rule(line: str) -> tuple[re.Pattern[str], bool]:
    lets_in = line.startswith("!")
    pieces = re.split(r"(\*\*/|\*)", line.removeprefix("!"))
    special = {"**/": r"(?:.*/)?", "*": r"[^/]*"}
    return re.compile("".join(special.get(piece, re.escape(piece)) for piece in pieces)), lets_in
