"""Reading files without pixels: pictures as `FakePictures` has them, everything else as in the product."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from shared.adapters.file_reader import read_file
from shared.errors import FileUnusableError
from shared.providers.files import FileContent, FileKind
from tests.fakes.pictures import FakePictures

T = TypeVar("T")


@dataclass
class FakeFileReader:
    """`kinds`: what was read, in order."""

    pictures: FakePictures = field(default_factory=FakePictures)
    kinds: list[FileKind] = field(default_factory=list)

    async def read(self, content: bytes, kind: FileKind) -> FileContent:
        self.kinds.append(kind)
        if not content:
            raise FileUnusableError("empty")
        return await self.pictures.check(content) if kind == "picture" else read_file(content, kind)

    async def run(self, work: Callable[[], T]) -> T:
        return work()
