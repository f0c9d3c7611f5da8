"""From raw figures to tables and verdicts, part by part."""

from infra.bench import answers, cold, counts, group, hops, pictures, videos, webhook
from infra.bench.contenders import Contender
from infra.bench.servers import Server
from infra.local.events import Event
from shared.codec import encode
from shared.jobs.job import JobState
from tests.stored import read_job

COSTS = {"store_reads": 4, "store_writes": 10, "tasks": 2, "blob_puts": 2, "blob_gets": 0}
MORE = {"messenger_calls": 3, "model_calls": 1, "ms": 200}


def list_missed(costs: dict[str, list[counts.Costs]]) -> list[str]:
    """The promises that these costs break; aims are left out."""
    told = {"10 turns": [{**COSTS, **MORE}]}
    return [goal.text for goal in counts.build_section(costs, {}, told).goals if goal.binding and not goal.is_met]


def test_counts_that_grow_are_missed() -> None:
    """One more read at 10,000 stored jobs than at 10 breaks the promise, although it is below the limit."""
    flat = {"10 stored jobs": [{**COSTS, **MORE}], "10,000 stored jobs": [{**COSTS, **MORE}]}
    assert list_missed(flat) == []
    grown = {**flat, "10,000 stored jobs": [{**COSTS, **MORE, "store_reads": 5}]}
    assert list_missed(grown) == ["counts that grow from 10 to 10,000 stored jobs"]


def test_counts_take_the_most() -> None:
    """A single picture over the limit is seen, also where it is somebody's first."""
    costs = {"nothing: their first": [{**COSTS, **MORE, "store_writes": 15}], "10 stored jobs": [{**COSTS, **MORE}]}
    assert list_missed(costs) == ["documents written"]


def test_counts_of_answers() -> None:
    """An answer may read four documents, in a long conversation as in a short one."""
    pictures = {"10 stored jobs": [{**COSTS, **MORE}]}
    told = {"10 turns": [{**COSTS, **MORE}], "10,000 turns": [{**COSTS, **MORE, "store_reads": 5}]}
    missed = [goal.text for goal in counts.build_section(pictures, {}, told).goals if goal.binding and not goal.is_met]
    assert missed == ["documents read by an answer", "counts that grow from 10 to 10,000 turns"]


def make_answer(late: float = 0.0) -> answers.Times:
    """A hop of 100 ms each, the model's first token after a second, an answer of five."""
    moments = ("asked", "bot_began", "signed", "bot_ended", "chat_began", "model_began")
    times = {name: place * 0.1 for place, name in enumerate(moments)}
    return times | {"model_spoke": 1.5, "worded": 1.6 + late, "model_ended": 6.5, "ended": 8.0}


def test_answers_are_measured_beside_pictures() -> None:
    """What people wait for together is a ratio to what they wait for alone; memory is the largest sample."""
    alone = answers.Load([make_answer()], [], 0.0)
    pictures, both = answers.Load([], [10.0], 0.0), answers.Load([make_answer(late=0.8)], [16.0], 0.0)
    section = answers.build_section(pictures, alone, both, [90_000_000, 260_000_000], [300_000_000])
    values = [round(goal.value, 3) for goal in section.goals]
    assert values == [200, 100, 1.6, 1.5, 260, 300]
    assert [goal.is_met for goal in section.goals] == [True, True, False, False, False, True]
    assert section.rows[-1] == ("together: wish → picture", "16000", "16000", "16000")


def test_what_the_chats_showed() -> None:
    """Drafts and edits are told apart by their calls; those that were refused do not count."""
    watch = answers.Watch()

    def call(method: str, at: float, status: int = 200, text: str = "") -> None:
        fields = {"call": {"method": method, "status": status, "time": at, "params": {"chat_id": "7", "text": text}}}
        watch.take(Event("telegram", "call", fields))

    call("sendMessageDraft", 1.0)
    call("sendMessageDraft", 2.0, text="Tea")
    call("sendMessageDraft", 3.0, status=429, text="Tea is")
    call("editMessageText", 4.0, text="Tea is tea.")
    watch.take(Event("telegram", "no JSON"))
    assert watch.drafts == {7: [(1.0, ""), (2.0, "Tea")]}
    assert watch.edits == {7: 4.0}


def test_videos_are_measured_by_what_others_suffer() -> None:
    """The worst phase counts, for memory and for pictures; what is written after the end of a video is told apart."""
    phases = {
        "alone": videos.Phase([3.0, 3.0, 4.0], 70.0, 0.1),
        "waiting": videos.Phase([3.0, 6.0, 6.0], 180.0, 9.0),
        "ending": videos.Phase([], 310.0, 20.0),
    }
    outcome = videos.Outcome(phases, 9, 90, waiting_writes=210, writes=260, last_seconds=80.0, others_cores=0.5)
    section = videos.build_section(outcome, 10)
    assert [round(goal.value, 1) for goal in section.goals] == [9, 310, 2.0, 9, 21]
    assert [goal.is_met for goal in section.goals] == [False, False, False, True, False]
    assert section.rows[-1] == ("ending", "0", "–", "–", "310", "20.0")
    assert "26.0 documents" in section.notes[0]


def test_videos_meet_the_limits_of_one_instance() -> None:
    """The queue of `video` gives as many calls at once as an instance takes in the cloud; the others are as usual."""
    assert "video:rate=500,concurrent=20" in videos.list_queues()
    assert "image:rate=500,concurrent=200" in videos.list_queues()


def test_past_pictures_are_real_documents() -> None:
    """What the history consists of can be read by the product, and belongs to its person."""
    job = counts.make_past_job(7, 3)
    assert read_job(encode(job)) == job
    assert (job.user_id, job.state) == (7, JobState.DELIVERED)
    keys = [write.key for number in range(20) for write in counts.list_past(7, number)]
    assert len(set(keys)) == 60


def make_times(start: float) -> hops.Times:
    """A hop of 10 ms each, and 2 s between `model_began` and `model_ended`."""
    before = ("asked", "accepted", "bot_began", "card_began", "card_sent", "image_began", "model_began")
    times = {name: start + place * 0.01 for place, name in enumerate(before)}
    after = ("model_ended", "edit_began", "edit_ended", "settled")
    return times | {name: start + 2.06 + place * 0.01 for place, name in enumerate(after)}


def test_hops_leave_the_model_out() -> None:
    """The whole way is without the model's 2 s, which the picture's own hops never contain."""
    section = hops.build_section([make_times(0), make_times(10)], others_cores=0.0)
    assert section.rows[-1][0] == hops.OWN
    assert section.rows[-1][1:] == ("80", "80", "80")
    assert [(round(goal.value), goal.binding) for goal in section.goals] == [(40, True), (80, False), (80, False)]


def test_cold_starts_are_ratios_of_medians() -> None:
    """Twice hello's median is 2.0, whatever an outlier says."""
    times = {
        "hello": 100.0,
        "webhook": 200.0,
        "bot": 390.0,
        "image": 700.0,
        "chat": 650.0,
        "video": 640.0,
        "payments": 300.0,
        "api": 410.0,
        "releases": 310.0,
        "sweep": 250.0,
    }
    outlier = {name: value * 9 for name, value in times.items()}
    rounds = [cold.Round(times, 0.0), cold.Round(times, 0.0), cold.Round(outlier, 1.0)]
    goals = cold.build_section(rounds, 3).goals
    promises = [(goal.value, goal.is_met) for goal in goals if goal.binding]
    assert promises == [
        (2.0, False),
        (3.9, True),
        (7.0, False),
        (6.5, False),
        (6.4, False),
        (3.0, True),
        (4.1, False),
        (3.1, True),
        (2.5, True),
    ]
    unbound = [goal.is_met for goal in goals if not goal.binding]
    assert unbound == [False, False, False, False, False, True, False, False, True]


def test_slow_or_large_waves_are_missed() -> None:
    """The last delivery and the highest memory decide, not the typical ones."""
    outcome = pictures.Outcome([11.0, 12.0, 18.5], 6.8, 100_000_000, 700_000_000, 120_000_000, 0.0, [])
    goals = pictures.build_section([outcome, outcome]).goals
    assert [goal.is_met for goal in goals if goal.binding] == [False, False, True]
    assert [goal.is_met for goal in goals if not goal.binding] == [False] * 4


def make_run(rate: float, half_p99_ms: float) -> webhook.Run:
    saturated = {"rate": rate, "p50_ms": 9.0, "p99_ms": 20.0, "cpu_us": 1e6 / rate, "others_cores": 0.0}
    return {"saturated": saturated, "half": {"p99_ms": half_p99_ms, "others_cores": 0.0}}


def test_webhook_is_compared_by_medians() -> None:
    """Ratios come from the median rounds of both sides."""
    names = ("ours", "django", "aiogram")
    contenders = [Contender(name, name, Server(name, (), 1, 0)) for name in names]
    runs = {
        "ours": [make_run(5000, 5), make_run(5100, 90), make_run(100, 6)],
        "django": [make_run(1000, 9)] * 3,
        "aiogram": [make_run(2600, 9)] * 3,
    }
    section = webhook.build_section(contenders, runs, dict.fromkeys(names, 60_000_000), {"redis": "8.1.0"})
    promises = [(round(goal.value, 2), goal.is_met) for goal in section.goals if goal.binding]
    assert promises == [(5.0, True), (1.92, True), (6.0, True), (60.0, True)]
    assert [goal.is_met for goal in section.goals if not goal.binding] == [True, False]


def test_group_must_get_every_picture() -> None:
    """One picture that is missing breaks the promise; many refused calls are only pointed out."""
    load = group.Load(people=2, pictures_each=2, within_seconds=1)
    whole = group.build_section(
        load, group.Outcome([1.0, 2.0, 3.0, 9.0], 8, {"editMessageMedia": 48, "sendMessage": 2})
    )
    assert [(goal.is_met, goal.binding) for goal in whole.goals] == [(True, True), (False, False)]
    assert whole.rows == [("4", "4", "8", "50", "1.0", "2.0", "9.0")]
    assert "refused were editMessageMedia 48, sendMessage 2" in whole.notes
    lost = group.build_section(load, group.Outcome([], 4, {}))
    assert [goal.is_met for goal in lost.goals] == [False, True]
