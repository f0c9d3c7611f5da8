"""One running system per file of tests; a file that wants another kind of it overrides the fixture `options`.

The system lives in an event loop of its file, so tests that use it run there too:

    pytestmark = [pytest.mark.emulator, pytest.mark.asyncio(loop_scope="module")]
"""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from infra.local.options import Options
from infra.local.parts import list_parts
from infra.local.system import System, run_system
from tests.conftest import require


@pytest.fixture(scope="module")
def options() -> Options:
    """Everything local, on free ports, with a model that answers after 0.2 s."""
    return Options()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def system(options: Options) -> AsyncIterator[System]:
    require(lambda: list_parts(options))
    async with run_system(options) as running:
        yield running
