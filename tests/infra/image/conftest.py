"""The image, replayed once for all tests that look into it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.infra.image.context import Ignore
from tests.infra.image.dockerfile import parse
from tests.infra.image.replay import Image, StepError, replay

ROOT = Path(__file__).parents[3]
ARGS = {"COMMIT": "c0ffee", "TREE": "7ree", "VERSION": "1.2.3"}
collect_ignore = [] if os.environ.get("WITH_DOCKER") else ["test_container.py"]
NO_INDEX = ("Temporary failure in name resolution", "Network is unreachable", "Failed to establish a new connection")


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    folder = ROOT / "infra/image"
    ignore = Ignore((folder / "Dockerfile.dockerignore").read_text(encoding="utf-8"))
    stages = parse((folder / "Dockerfile").read_text(encoding="utf-8"))
    try:
        yield replay(stages, ignore, ROOT, tmp_path_factory.mktemp("image"), ARGS)
    except StepError as error:
        if any(sign in str(error) for sign in NO_INDEX):
            pytest.skip("needs a package index: connect to the network")
        raise
