"""`payments` as deployed: nobody is believed who cannot show a provider's secret."""

import pytest

from shared.task import Task
from shared.wiring import Once
from tests.functions.conftest import ACCOUNT, QUEUE, Function, Load
from tests.world import World

ENV = QUEUE | {"BOT_URL": "https://bot.test"}


@pytest.fixture
def payments(load: Load, world: World, monkeypatch: pytest.MonkeyPatch) -> Function:
    function = load("payments", ENV)
    monkeypatch.setattr(function.module, "ports", Once(lambda: world.ports))
    return function


@pytest.mark.parametrize("path", ["/", "/lava", "/yookassa", "/health"])
async def test_nobody_is_a_provider(payments: Function, path: str) -> None:
    """Without a provider that is configured every notice is refused."""
    assert (await payments.post(path, b"{}")).status_code == 401


async def test_probes(payments: Function) -> None:
    """It is alive, it is ready, and it says which release it is."""
    answers = [await payments.client.get(path) for path in ("/health", "/ready", "/version")]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert answers[2].json()["version"] == "1.2.3"


async def test_its_own_ports(load: Load) -> None:
    """It reaches the documents and the queue of `bot`, and no other queue."""
    ports = load("payments", ENV | {"FIRESTORE_EMULATOR_HOST": "127.0.0.1:1"}).module.ports.get()
    assert ACCOUNT
    with pytest.raises(KeyError):
        await ports.tasks.enqueue(Task("image", "/", b"{}"))
