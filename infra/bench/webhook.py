"""`webhook`: requests a second and latency of the webhook on one core, compared with its peers."""

import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

from infra.bench.contenders import Contender, list_contenders, run_stores
from infra.bench.environment import list_peer_versions, prepare_peers, prepare_runtime
from infra.bench.figures import Goal, Section, find_median, find_spread, show_number
from infra.bench.load import CONNECTIONS
from infra.bench.machine import OTHER_CORE, staying_on
from infra.bench.noise import Noise, Patience, read_tree_seconds
from infra.bench.servers import run_server
from infra.local.processes import ROOT
from infra.local.system import MEGABYTE, measure_tree

ROUNDS = 3
SATURATED_SECONDS = 2.0
HALF_SECONDS = 1.5
WARM_SECONDS = 0.5
PATIENCE_SECONDS = 30
COLUMNS = ("server", "req/s", "p50 ms", "p99 ms", "p99 ms at half", "CPU µs/req", "PSS MB", "ours is")

Run = dict[str, Any]


def measure() -> Section:
    """All contenders run at once, idle; each round measures them in turn, so that noise affects all equally."""
    prepare_peers()
    prepare_runtime()
    with ExitStack() as stack:
        stack.enter_context(staying_on(OTHER_CORE))
        stores = stack.enter_context(run_stores())
        contenders = list_contenders(stores)
        for contender in contenders:
            stack.enter_context(run_server(contender.server))
        for contender in contenders:
            run_load(contender, 1.0)  # whatever is made at first use
        runs: dict[str, list[Run]] = defaultdict(list)
        patience = Patience(PATIENCE_SECONDS)
        for number in range(ROUNDS):
            for contender in contenders:
                with_half = number == 0 or contender.name == "ours"
                runs[contender.name].append(measure_round(contender, patience, with_half=with_half))
        memory = {each.name: measure_tree(each.server.pid) for each in contenders}
    return build_section(contenders, runs, memory, list_peer_versions())


def measure_round(contender: Contender, patience: Patience, *, with_half: bool) -> Run:
    """Measure at saturation and, with `with_half`, at half of that rate: only our own half load has a goal."""
    saturated = patience.run(lambda: run_load(contender, SATURATED_SECONDS))
    if not with_half:
        return {"saturated": saturated}
    half = patience.run(lambda: run_load(contender, HALF_SECONDS, rate=saturated["rate"] / 2))
    return {"saturated": saturated, "half": half}


def run_load(contender: Contender, seconds: float, rate: float | None = None) -> Run:
    """One run of the generator. Raises RuntimeError if an update was refused or not stored."""
    stored_before = contender.stored() if contender.stored else 0
    noise, cpu_before = Noise(), read_tree_seconds(contender.server.pid)
    command = [sys.executable, "-m", "infra.bench.load", f"--port={contender.server.port}"]
    command += [f"--path={contender.path}", f"--seconds={seconds}", f"--warm-seconds={WARM_SECONDS}"]
    command += [f"--rate={rate}"] if rate else []
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    run: Run = json.loads(done.stdout)
    run["others_cores"] = noise.find_cores()
    cpu_seconds = read_tree_seconds(contender.server.pid) - cpu_before
    run["cpu_us"] = round(cpu_seconds / max(run["answered_ever"], 1) * 1e6, 1)
    if set(run["statuses"]) - {"200"} or run["broken"] or not run["statuses"]:
        raise RuntimeError(f"{contender.name} refused: {run}\n{contender.server.read_last_lines()}")
    if contender.stored:
        time.sleep(0.1)
        run["stored"] = contender.stored() - stored_before
        if run["stored"] < run["answered_ever"]:
            raise RuntimeError(f"{contender.name} answered {run['answered_ever']} times and stored {run['stored']}")
    return run


def build_section(
    contenders: list[Contender],
    runs: dict[str, list[Run]],
    memory: dict[str, int],
    peers: Mapping[str, str],
) -> Section:
    """Medians over the rounds; `peers` is package → version, kept with the figures."""
    rates = {name: find_median([run["saturated"]["rate"] for run in each]) for name, each in runs.items()}
    half_p99 = {
        name: find_median([run["half"]["p99_ms"] for run in each if "half" in run]) for name, each in runs.items()
    }
    title = f"one core for the server, {CONNECTIONS} connections, median of {ROUNDS} rounds in turn"
    section = Section("webhook", title, COLUMNS)
    for contender in contenders:
        name = contender.name
        saturated = [run["saturated"] for run in runs[name]]
        whose = "ours: " if name.startswith("ours") else ""
        section.rows.append(
            (
                f"{whose}{contender.about}",
                show_number(rates[name]),
                show_number(find_median([run["p50_ms"] for run in saturated])),
                show_number(find_median([run["p99_ms"] for run in saturated])),
                show_number(half_p99[name]),
                show_number(find_median([run["cpu_us"] for run in saturated])),
                show_number(memory[name] / MEGABYTE),
                f"{rates['ours'] / rates[name]:.2f} ×",
            )
        )
    section.goals = list_goals(rates, half_p99["ours"], memory["ours"])
    section.notes = list_notes(runs)
    section.raw = {"runs": runs, "pss_bytes": memory, "peers": dict(peers)}
    return section


def list_goals(rates: dict[str, float], half_p99_ms: float, pss_bytes: int) -> list[Goal]:
    """The goals of the issue."""
    ours = rates["ours"]
    return [
        Goal("throughput over Django + Celery", ours / rates["django"], "at least", 2.5, "×"),
        Goal("throughput over aiogram + Redis", ours / rates["aiogram"], "more than", 1, "×"),
        Goal("throughput over Django + Celery", ours / rates["django"], "at least", 5, "×", binding=False),
        Goal("throughput over aiogram + Redis", ours / rates["aiogram"], "at least", 2.5, "×", binding=False),
        Goal("p99 at half load", half_p99_ms, "at most", 40, "ms"),
        Goal("memory of the webhook's processes (PSS)", pss_bytes / MEGABYTE, "at most", 90, "MB"),
    ]


def list_notes(runs: dict[str, list[Run]]) -> list[str]:
    """How to read the table."""
    spread = max(find_spread([run["saturated"]["rate"] for run in each]) for each in runs.values())
    busy = max(load["others_cores"] for each in runs.values() for run in each for load in run.values())
    return [
        f"req/s of one server differed by at most {spread:.0%} of its median between rounds",
        f"others kept at most {busy:.2f} cores busy during a run",
        "half load: requests at random moments at half of the server's own req/s, waiting for a connection included",
        "the local Tasks server itself takes about 3,000 CreateTasks/s: the bare sink shows what the webhook can do",
        "Django: gunicorn with one worker of 4 threads, no middleware; aiogram: aiohttp with uvloop and hiredis",
    ]
