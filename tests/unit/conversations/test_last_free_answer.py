"""Two questions of one moment do not both have the day's last free answer."""

from shared.conversations.answer import question_of
from shared.credits.catalogue import FREE_ANSWERS_PER_DAY
from shared.errors import LaterError
from shared.people.talk import TalkSettings
from shared.people.user_documents import user_key
from tests.world import ME, World, writes_to


async def test_the_last_free_answer(world: World) -> None:
    """The one that is slower is looked at anew, and is paid."""
    await world.give(20)
    used = TalkSettings(free_day=world.now.date().isoformat(), free_used=FREE_ANSWERS_PER_DAY - 1)
    world.store._documents[user_key(ME)].fields["talk"] = {"free_day": used.free_day, "free_used": used.free_used}
    slow, fast = world.message("/ask one"), world.message("/ask two")
    world.store.interrupt(writes_to("jobs", state="queued"), lambda: world.deliver(fast))
    try:
        await world.deliver(slow)
    except LaterError:
        await world.deliver(slow, deferrals=1)
    await world.settle()
    free = {question_of(job).words: bool(question_of(job).free_day) for job in world.jobs()}
    assert free == {"one": False, "two": True}
    assert world.user().talk.free_used == FREE_ANSWERS_PER_DAY
    world.check_money()
