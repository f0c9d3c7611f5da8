"""A conversation that this release cannot read costs nobody anything, and is left as it is."""

from shared.conversations.answer import question_of
from shared.jobs.job import JobState
from shared.ports import Key
from tests.world import World


async def test_unreadable_conversation(world: World) -> None:
    """The question is given up on us, without a call of the model; /new begins a conversation that can be read."""
    await world.send(world.message("/ask one"))
    name = question_of(world.job()).conversation_id
    stored = world.store._documents[Key("conversations", name)].fields
    stored["turns"] = "what no release wrote"
    await world.send(world.message("/ask two"))
    assert [job.state for job in world.jobs()] == [JobState.DELIVERED, JobState.FAILED]
    assert len(world.text_model.talks) == 1
    assert world.store.collection("conversations")[name] == stored
    await world.send(world.message("/new"), world.message("/ask three"))
    assert world.jobs()[-1].state is JobState.DELIVERED
    assert world.user().talk.free_used == 2
    world.check_money()
