"""Metrics, alerts and runbooks agree with each other and with what the code really logs."""

import ast
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import hcl2
import httpx
import pytest
from google.genai import types
from hcl2 import SerializationOptions
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shared.adapters.genai_answers import note_stage
from shared.bot.intake import FAILURES_MAX
from shared.credits.bounds import Caps
from shared.credits.catalogue import NANO_BANANA
from shared.http import done, make_endpoint
from shared.jobs.check_books import check_books
from shared.jobs.job import DEADLINE_SECONDS
from shared.jobs.job_documents import job_key
from shared.jobs.rehearse_alarm import rehearse_alarm
from shared.jobs.sweep_work import REPEATED_MIN, sweep_work
from shared.payments.reconcile import reconcile_payments
from shared.people.user_documents import user_key
from shared.ports import Create, StarTransaction, Update
from shared.providers.outcomes import Gone, Made, PictureTask, Refused
from shared.release_bot.bot_ports import BotPorts
from shared.release_bot.look_at_release_webhook import look_at_release_webhook
from shared.releases.actor import ActorKind
from shared.releases.release import Status
from shared.releases.watch_candidates import UNANSWERED, watch_candidates
from shared.releases.watch_production import watch_production
from shared.settings import ReleaseSettings
from shared.telegram.look_at_webhook import publish_look
from shared.telemetry.measures import MEASURES
from tests.fakes.messenger import FakeMessenger
from tests.fakes.releases import Releasing
from tests.fakes.store import FakeStore
from tests.fakes.text_model import Answer
from tests.unit.bot.test_take_rating import reaction
from tests.unit.payments.test_buying import order, paid, returned
from tests.world import ME, World

ROOT = Path(__file__).parents[2]
MODULE = ROOT / "terraform/modules/observability"
RUNBOOKS = ROOT / "docs/runbooks"
PLAIN = SerializationOptions(
    with_comments=False, explicit_blocks=False, preserve_heredocs=False, strip_string_quotes=True
)
DISTRIBUTION = ("_bucket", "_count", "_sum")
READ_BY_THE_DEPLOYER = {
    "requests": {"function", "status"},
    "request_ms": {"function"},
    "jobs": {"outcome", "code", "medium"},
    "attempts_failed": {"outcome"},
    "model_ms": {"model", "outcome"},
    "ledger_mismatches": set[str](),
}
GOOGLES: dict[str, tuple[bool, set[str]]] = {
    # Whether it is a distribution, and its labels with its resource's: https://cloud.google.com/monitoring/api/metrics_gcp
    "run_googleapis_com:request_latencies": (True, {"response_code", "response_code_class", "service_name"}),
    "run_googleapis_com:container_instance_count": (False, {"service_name", "state"}),
    "run_googleapis_com:container_billable_instance_time": (False, {"service_name"}),
    "run_googleapis_com:container_memory_utilizations": (True, {"service_name"}),
    "run_googleapis_com:container_cpu_utilizations": (True, {"service_name"}),
    "run_googleapis_com:container_startup_latencies": (True, {"service_name"}),
    "cloudtasks_googleapis_com:queue_depth": (False, {"queue_id"}),
    "cloudtasks_googleapis_com:queue_task_attempt_count": (False, {"queue_id", "response_code"}),
    "cloudtasks_googleapis_com:queue_task_attempt_delays": (True, {"queue_id"}),
    "logging_googleapis_com:exports_error_count": (False, {"name", "destination"}),
    "monitoring_googleapis_com:uptime_check_check_passed": (False, {"check_id", "checker_location"}),
}
GOOGLES_BY_TYPE = {"run.googleapis.com/request_count", "monitoring.googleapis.com/uptime_check/check_passed"}
Metrics = dict[str, dict[str, Any]]
Lines = dict[str, list[dict[str, Any]]]


def read_locals() -> dict[str, Any]:
    """All `locals` of the module."""
    found: dict[str, Any] = {}
    for path in MODULE.glob("*.tf"):
        for block in hcl2.loads(path.read_text("utf-8"), serialization_options=PLAIN).get("locals", []):
            found |= block
    return found


LOCALS = read_locals()
METRICS: Metrics = LOCALS["metrics"] | LOCALS["business_metrics"]
SECTIONS = [*LOCALS["sections"], *LOCALS["business_sections"]]
PLATFORM: Metrics = LOCALS["platform_metrics"]
"""Of Cloud Run's own lines: they have the labels of a service beside their own."""
ALERTS = {*LOCALS["alerts"], *LOCALS["burns"], "uptime"}
OUTSIDE = {"outside-copy-old"}
"""The alarm that lives with the copies outside: terraform/modules/outside."""


def read_queries() -> list[str]:
    """Every PromQL query of the alerts and the dashboard, with the module's own names filled in."""
    filled = {
        "served": LOCALS["served"].replace("${local.webhook_check}", "x"),
        "own": LOCALS["own"],
        "run": LOCALS["run"],
        "tasks": LOCALS["tasks"].partition("${")[0] + "x'",
    }
    texts = list_strings([LOCALS["alerts"], *SECTIONS])
    return [
        re.sub(r"\$\{local\.(own|run|tasks|served)\}", lambda found: filled[found[1]], text)
        for text in filter(is_query, texts)
    ]


def is_query(text: str) -> bool:
    """Whether this is a query: each selects by resource."""
    return any(each in text for each in ("local.run}", "local.tasks}", "monitored_resource="))


def list_strings(value: Any) -> Iterator[str]:
    """All strings in a tree."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from list_strings(each)
    elif isinstance(value, str):
        yield value


QUERIES = read_queries()


# --- what the code logs ---


async def play(world: World) -> None:
    """Everything that leaves a line of its own."""
    world.text_model.script("what is a fox?", Answer(("It is red. ",) * 20, pause_seconds=0.1))
    await world.send(world.message("a red fox"), world.message("/ask what is a fox?"))
    world.model.script("a blue fox", Refused("SAFETY"))
    await world.send(world.message("a blue fox"), world.message("a fox " * 1000))
    await world.deliver(world.message("a green fox"))
    await world.send(world.tap("cancel", world.shown()))
    await world.deliver(world.message("a late fox"))
    world.clock.advance(DEADLINE_SECONDS)
    await world.settle()
    await World(caps=Caps(40_000, 40_000)).send(world.message("a dear fox"))
    dearer = World()
    dearer.studio = replace(dearer.studio, dearer_too=True)
    dearer.model.script("a strange fox", Gone())
    await dearer.send(dearer.message("a strange fox"))
    made = await world.model.generate(NANO_BANANA, PictureTask("a false fox", "1:1", "1K"))
    assert isinstance(made, Made)
    world.model.script("a false fox", replace(made, model_id="another"))
    await world.send(world.message("a false fox"))
    ending = types.ModelStatus(model_stage=types.ModelStage.DEPRECATED)
    note_stage(NANO_BANANA.id, types.GenerateContentResponse(model_status=ending))
    await pay_unheard(World())
    rehearse_alarm(datetime(2026, 11, 30, 9, tzinfo=UTC))
    await publish_look(world.repair_ports)
    await world.settle()
    await do_business(World())
    await leave_release()
    await unbalance(world)
    await leave_work(world)
    await break_update(world)


async def do_business(world: World) -> None:
    """A picture that is rated and shared, a payment that goes back, and the night that adds the day up."""
    world.sell(b"k" * 32)
    await world.send(world.message("a kind fox"))
    picture = world.shown()
    await world.send(reaction(world, picture.message_id, "👍"), world.tap("share;", picture))
    payload = await order(world)
    await world.send(paid(world, payload), returned(world, payload))
    await check_books(world.repair_ports, world.now)


async def leave_release() -> None:
    """A candidate that nobody answers, another image than the live one, and a step that nobody may make."""
    releasing = Releasing(FakeStore())
    await releasing.bring("v1.0.0", Status.MANUAL_TESTING)
    releasing.clock.advance(UNANSWERED.total_seconds())
    await watch_candidates(releasing.ports)
    await releasing.invite_all()
    await releasing.bring("v0.9.0", Status.DEPLOYED)
    await watch_production(releasing.ports, "sha256:another")
    await releasing.report(ActorKind.MONITOR, "v1.0.0", Status.DEPLOYED)
    await look_at_release_webhook(BotPorts(releasing.ports, FakeMessenger()), "https://webhook.test")


async def pay_unheard(world: World) -> None:
    """A payment whose update never came."""
    world.messenger.transactions.append(StarTransaction("stx1", world.now - timedelta(days=1), 50, ME))
    await reconcile_payments(world.ports)


async def unbalance(world: World) -> None:
    """Somebody's hold grows by itself."""
    await world.deliver(world.message("a sad fox"))
    [record] = await world.store.read([user_key(ME)])
    assert record is not None
    account = record.fields["account"] | {"held": 99}
    await world.store.commit([Update(user_key(ME), record.fields | {"account": account}, record.version)])
    await world.settle()


async def leave_work(world: World) -> None:
    """A draft whose tasks get lost again and again, and a job that cannot be read."""
    await world.deliver(world.photo("make it blue", media_group_id="7"))
    for _ in range(REPEATED_MIN):
        world.tasks.take_all()
        world.clock.advance(DEADLINE_SECONDS)
        await sweep_work(world.repair_ports)
    await world.store.commit([Create(job_key("bad-job"), {"sweep_at": world.now, "state": "unheard of"})])
    await sweep_work(world.repair_ports)


async def break_update(world: World) -> None:
    """Bytes that are no update, and one that finds a bug of ours every time."""
    await world.deliver(b"not json")

    async def read(_: object) -> None:
        del world.store.read
        raise ZeroDivisionError

    world.store.read = read  # type: ignore[method-assign,assignment]
    await world.deliver(world.message("/help"), failures=FAILURES_MAX)


async def call_function() -> None:
    """One call that is answered."""

    async def pass_all(_: Request) -> None:
        return

    async def work(_: Request) -> Response:
        return done()

    async def check() -> None:
        return

    endpoint = make_endpoint("bot", ReleaseSettings("1", "sha256:0", "bot-1"), "test-project", pass_all, work, check)
    app = Starlette(routes=[Route("/", endpoint, methods=["POST"])])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        assert (await client.post("/")).status_code == 200


@pytest.fixture
async def lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    """What was logged of every event."""
    await play(World())
    await call_function()
    found: Lines = defaultdict(list)
    for line in map(json.loads, capsys.readouterr().out.splitlines()):
        found[line["event"]].append(line)
    return found


def counted(metric: dict[str, Any], lines: Lines) -> list[dict[str, Any]]:
    """The lines a metric is made of; of its condition only what is said of a field alone is followed."""
    where = (metric["where"] or "").replace("\\", "")
    simple = [re.fullmatch(r'jsonPayload\.(\w+)(=|!=|>)"?(\w+)"?', each) for each in where.split(" AND ")]
    found = [line for event in metric["events"] for line in lines[event]]
    return [line for line in found if all(holds(line, *each.groups()) for each in simple if each is not None)]


def holds(line: dict[str, Any], field: str, sign: str, value: str) -> bool:
    """Whether one condition of a filter holds; as in Logging, none but "is not" holds of a field that is not there."""
    if sign == ">":
        return field in line and line[field] > float(value)
    return (line.get(field) == value) is (sign == "=")


async def test_every_event_is_logged(lines: Lines) -> None:
    """Each event that a metric counts is one that the code writes."""
    assert {event for metric in METRICS.values() for event in metric["events"]} <= set(lines)


async def test_every_field_is_written(lines: Lines) -> None:
    """Each field that a metric takes out of a line is in every such line; one that becomes a value is a number."""
    for name, metric in METRICS.items():
        found = counted(metric, lines)
        assert found, name
        for line in found:
            assert set(metric["labels"].values()) <= set(line), name
            assert metric["value"] is None or isinstance(line[metric["value"]], int | float), name


async def test_outcomes(lines: Lines) -> None:
    """A job's end is one of three, and what lies with people is told apart from what lies with us."""
    ends = [*lines["job_delivered"], *lines["job_refused"], *lines["job_canceled"]]
    assert {(line["outcome"], line["code"]) for line in ends} == {
        ("delivered", ""), ("refused", "E-IMG-SAFE"), ("refused", ""), ("failed", "E-LATE"),
    }  # fmt: skip


async def test_dead_work_is_not_noise(lines: Lines) -> None:
    """What is put away for a bug of ours is an error; what is merely no update is a warning, and no dead work."""
    severities = {line["error"].partition(":")[0]: line["severity"] for line in lines["update_quarantined"]}
    assert severities == {"ZeroDivisionError": "ERROR", "UnusableUpdateError": "WARNING"}
    condition = METRICS["dead_work"]["where"].replace("\\", "")
    assert condition == 'NOT (jsonPayload.event="update_quarantined" AND severity<ERROR)'


async def test_nothing_private_is_a_label(lines: Lines) -> None:
    """No label has a value that says who somebody is or what they wrote, nor one value per job."""
    for metric in METRICS.values():
        for line in counted(metric, lines):
            values = {str(line[field]) for field in metric["labels"].values()}
            assert not [value for value in values if "fox" in value or str(ME) in value or len(value) > 30]


# --- what is asked of the metrics ---


def test_the_deployers_metrics() -> None:
    """The names and labels that the deployer judges releases by."""
    assert {name: set(METRICS[name]["labels"]) for name in READ_BY_THE_DEPLOYER} == READ_BY_THE_DEPLOYER


def test_queries_are_all_read() -> None:
    """This file sees a query in each chart and each alert."""
    charts = [chart for section in SECTIONS for chart in section["charts"]]
    places = [*charts, *LOCALS["alerts"].values()]
    assert [place["title"] for place in places if not any(map(is_query, list_strings(place)))] == []


@pytest.mark.parametrize("query", QUERIES)
def test_every_metric_exists(query: str) -> None:
    """Each metric in a query exists, is asked for in its kind, and only by labels that it has."""
    selectors = re.findall(r"([a-z_]+_googleapis_com:[a-z_]+)\{([^}]*)\}", query)
    assert selectors
    known: set[str] = {"le"}
    for name, selector in selectors:
        suffix = next((each for each in DISTRIBUTION if name.endswith(each)), "")
        is_distribution, labels = describe(name, suffix)
        assert is_distribution is bool(suffix) or name.endswith(("attempt_count", "error_count", "instance_count")), (
            name
        )
        asked = set(re.findall(r"(\w+)[=!]", selector))
        assert "monitored_resource" in asked, "metrics from logs are not found without"
        assert asked <= labels | {"monitored_resource"}, name
        known |= labels
    grouped = {label for group in re.findall(r"by \(([^)]*)\)", query) for label in re.split(r",\s*", group)}
    assert grouped <= known


def describe(name: str, suffix: str) -> tuple[bool, set[str]]:
    """Whether a metric is a distribution, and its labels. Raises KeyError for one that does not exist."""
    if name in GOOGLES:
        return GOOGLES[name]
    base = name.removesuffix(suffix)
    if base in GOOGLES:
        return GOOGLES[base]
    short = base.removeprefix(f"{LOCALS['own']}_")
    if short in PLATFORM:
        return False, {*PLATFORM[short]["labels"], "service_name"}
    metric = METRICS.get(short) or METRICS[name.removeprefix(f"{LOCALS['own']}_")]
    return metric["value"] is not None, set(metric["labels"])


def test_metrics_of_opentelemetry() -> None:
    """The charts ask for metrics that we send, in their kind, and only by labels that they have."""
    queries = [text for section in LOCALS["otel_sections"] for text in list_strings(section) if "{" in text]
    assert queries
    for query in (text.replace("\\", "") for text in queries):
        [selected] = re.findall(r'\{"([^"]+)"\}', query)
        name = re.sub(r"_(bucket|count|sum)$", "", selected)
        assert bool(MEASURES[name].bounds) is (name != selected), query
        asked = re.findall(r'"?([a-z._]+)"?', re.findall(r"by \(([^)]*)\)", query)[0])
        assert set(asked) <= MEASURES[name].labels | {"le", "job"}, query


def test_boards() -> None:
    """Each dashboard has charts, and each section is on one of them."""
    named = {section["board"] for section in [*SECTIONS, *LOCALS["otel_sections"]]}
    assert named == set(LOCALS["boards"]) == {"production", "performance", "errors", "users", "money", "cost"}


def test_every_metric_is_used() -> None:
    """Nothing is counted that nobody looks at."""
    names = [*METRICS, *PLATFORM]
    assert [name for name in names if not any(f"{LOCALS['own']}_{name}" in query for query in QUERIES)] == []


def test_metrics_of_googles_own() -> None:
    """Elsewhere than in PromQL only these are asked for."""
    text = "".join(path.read_text("utf-8") for path in MODULE.glob("*.tf"))
    assert set(re.findall(r'metric\.type=\\"([^\\]+)\\"', text)) == GOOGLES_BY_TYPE


# --- what is an error for a person ---


def read_errors() -> Iterator[str]:
    """The events that the code logs as errors."""
    yield from ("update_quarantined", "payment_disputed", "request_failed", "library_logged")  # by names of values
    for path in (*ROOT.glob("shared/**/*.py"), *ROOT.glob("functions/*/main.py")):
        for call in (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)):
            severity = [each.value for each in call.keywords if each.arg == "severity"]
            if severity and call.args and {"ERROR", "CRITICAL"} & find_texts(severity[0]):
                yield from {event for event in find_texts(call.args[0]) if not is_for_information(event)}


def find_texts(tree: ast.expr) -> set[str]:
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def is_for_information(event: str) -> bool:
    """Whether a call that logs one of two events logs this one without an error."""
    return event in {"buying_resumed", "card_order_moved", "payment_returned"}


def test_every_error_has_somebody_who_looks() -> None:
    """Each error in the log rings an alarm of its own, or is told by `errors-logged`, whose page says what to do."""
    text = (RUNBOOKS / "errors-logged.md").read_text("utf-8")
    explained = set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))
    ringing = set(LOCALS["ringing_events"])
    assert explained & ringing == set()
    assert set(read_errors()) == explained | ringing


# --- what people do then ---


def read_procedures() -> set[str]:
    """Pages that no alert leads to: the second part of the index lists them."""
    _, _, part = (RUNBOOKS / "README.md").read_text("utf-8").partition("## Procedures")
    return set(re.findall(r"\]\(([a-z-]+)\.md\)", part))


def test_every_alert_has_its_page() -> None:
    """Each alert policy names a page that exists, and each page but the procedures' has an alert."""
    pages = {path.stem for path in RUNBOOKS.glob("*.md")} - {"README"}
    assert pages - read_procedures() == ALERTS | OUTSIDE
    sources = "".join(path.read_text("utf-8") for path in MODULE.glob("*.tf"))
    named = re.findall(r"(?:docs/runbooks|\$\{local\.runbooks\})/(\$\{each\.key\}|[a-z-]+)\.md", sources)
    assert {name for name in named if "$" not in name} <= pages
    assert named.count("${each.key}") == 2, "the policies from `alerts` and `burns` name their own key"


def test_index() -> None:
    """The index leads to every page."""
    text = (RUNBOOKS / "README.md").read_text("utf-8")
    linked = set(re.findall(r"\]\(([a-z-]+)\.md\)", text))
    assert linked == {path.stem for path in RUNBOOKS.glob("*.md")} - {"README"}


@pytest.mark.parametrize("alert", sorted(ALERTS | OUTSIDE))
def test_page(alert: str) -> None:
    """A page says what it means to people, how to see it, what to do first, how it ends; its commands exist."""
    text = (RUNBOOKS / f"{alert}.md").read_text("utf-8")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["What it means", "See it", "First moves", "The end"]
    events = {event for metric in METRICS.values() for event in metric["events"]}
    others = {"request_failed", "work_swept", "library_logged", "dependency_missed"}
    others |= {
        "buying_stopped",
        "releases_swept",
        "payment_credited",
        "webhook_unread",
        "update_handled",
        "alarm_untold",
        "business_event",
    }
    assert set(re.findall(r'jsonPayload\.event="?\(?"?(\w+)', text)) <= events | others
    for verb in re.findall(r"`make ([a-z-]+)", text):
        assert re.search(rf"^{verb}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE), verb
    for module in re.findall(r"python -m ([\w.]+)", text):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file(), module
