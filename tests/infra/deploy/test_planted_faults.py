"""Faults that somebody could make in what leads a release or gives it up, planted one at a time: each is noticed.

They are noticed by the quick tests, those of what is read and what is decided, which every change runs.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
NOTICING = ("test_reading.py", "test_deciding.py", "test_judge.py", "test_record.py")
FAULTS = (
    # What is read.
    ("metrics", '"interval.startTime": self._start', '"interval.startTime": self._end'),
    ("metrics", "max(PERIOD_SECONDS_MIN, ceil(", "max(PERIOD_SECONDS_MIN, int("),
    ("metrics", "seen >= 0.95 * total", "seen >= 0.5 * total"),
    ("metrics", "bounds[min(number, len(bounds) - 1)]", "bounds[max(number - 1, 0)]"),
    ("metrics", "SERVER_ERROR = 500", "SERVER_ERROR = 501"),
    ("metrics", "int(status) >= SERVER_ERROR", "int(status) >= 400"),
    ("metrics", "if not token:", "if token:"),
    ("metrics", "for each in revisions)", "for each in revisions[:1])"),
    ("cloud_run", "not service.reconciling and _facts(service.traffic_statuses)", "_facts(service.traffic_statuses)"),
    ("cloud_run", "_facts(service.traffic_statuses) == ", "_facts(service.traffic) == "),
    ("metrics", "refuse_part(page)\n", "pass\n"),
    ("probes", "if served == release.digest else", "if served else"),
    ("probes", '("/health", "/ready", "/version")', '("/health", "/version")'),
    # What is decided.
    ("judge", "JOBS_MIN = 200", "JOBS_MIN = 20"),
    ("judge", 'alternative="greater"', 'alternative="less"'),
    ("judge", "max(theirs.p95_ms * SLOWER_FACTOR", "min(theirs.p95_ms * SLOWER_FACTOR"),
    ("judge", "if candidate.ledger_mismatches:", "if candidate.ledger_mismatches > 1:"),
    ("rollout", "start - DAY, now - DAY)", "start, now)"),
    ("rollout", "candidate = self._read_workers([record.candidate], start, now)",
     "candidate = self._read_workers([record.candidate], start - DAY, now)"),
    ("rollout", "PROOF_PERCENT_MIN = 25", "PROOF_PERCENT_MIN = 50"),
    ("rollout", "stage.minutes_min if verdict is Verdict.PASS", "stage.minutes_min if verdict"),
    ("record", "RETIRED_SECONDS = 25 * 3600", "RETIRED_SECONDS = 23 * 3600"),
    ("record", "replace(record.good[place], since=now)", "replace(record.good[-1], since=now)"),
    ("record", "for each in record.given_up)", "for each in record.given_up[1:])"),
    ("go_back", "desk.take(by_force=True)", "desk.take()"),
    ("go_back", "ROUNDS = 2", "ROUNDS = 1"),
    ("go_back", "if bad is None and not _is_half_way(found, arranger)", "if bad is None"),
    ("desk", "left > timedelta(seconds=LEASE_SECONDS / 2)", "left > timedelta(seconds=LEASE_SECONDS / 20)"),
    ("desk", "LEASE_SECONDS = 600", "LEASE_SECONDS = 60"),
    ("watch", "seen = self._look(release, started)", "seen = self._look(release, self._context.clock.now())"),
    ("watch", "BAD_TICKS_MAX = 2", "BAD_TICKS_MAX = 3"),
)  # fmt: skip


@pytest.mark.parametrize(("module", "right", "wrong"), FAULTS)
def test_it_is_somewhere(module: str, right: str, wrong: str) -> None:
    """What is to be replaced stands in the module once, so that the list does not go stale."""
    assert (ROOT / f"infra/deploy/{module}.py").read_text(encoding="utf-8").count(right) == 1
    assert wrong != right


@pytest.fixture(scope="module")
def noticed(tmp_path_factory: pytest.TempPathFactory) -> list[int]:
    """pytest's exit code for each fault, and as the last one without any."""
    tree = copy_tree(tmp_path_factory.mktemp("planted"))
    (tree / "faults.json").write_text(json.dumps([*FAULTS, ("judge", "", "")]), encoding="utf-8")
    done = subprocess.run(  # noqa: S603 — our own tests
        [sys.executable, "-c", DRIVER, *(f"tests/infra/deploy/{name}" for name in NOTICING)],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: list[int] = json.loads(done.stdout.splitlines()[-1])
    return found


DRIVER = """
import json, pathlib, sys
import pytest
codes = []
for module, right, wrong in json.loads(pathlib.Path("faults.json").read_text()):
    path = pathlib.Path(f"infra/deploy/{module}.py")
    good = path.read_text(encoding="utf-8")
    path.write_text(good.replace(right, wrong, 1), encoding="utf-8")
    for name in [name for name in sys.modules if name.split(".")[0] in {"infra", "tests"}]:
        del sys.modules[name]
    codes.append(int(pytest.main(["-n", "0", "-x", "-q", "-p", "no:cacheprovider", *sys.argv[1:]])))
    path.write_text(good, encoding="utf-8")
print()
print(json.dumps(codes))
"""
"""One process for all: what is slow to load, Google's and SciPy's libraries, is loaded once."""


@pytest.mark.long
@pytest.mark.parametrize("number", range(len(FAULTS)))
def test_it_is_noticed(number: int, noticed: list[int]) -> None:
    """With it a quick test fails; without any, none does."""
    assert noticed[number] == pytest.ExitCode.TESTS_FAILED, FAULTS[number]
    assert noticed[-1] == pytest.ExitCode.OK


def copy_tree(folder: Path) -> Path:
    """The project with a deployer of its own; everything else is linked."""
    tree = folder / "project"
    tree.mkdir()
    for path in ROOT.iterdir():
        if path.name not in {"infra", ".git", ".run"}:
            (tree / path.name).symlink_to(path)
    (tree / "infra").mkdir()
    for path in (ROOT / "infra").iterdir():
        if path.name != "deploy":
            (tree / "infra" / path.name).symlink_to(path)
    shutil.copytree(ROOT / "infra/deploy", tree / "infra/deploy", ignore=shutil.ignore_patterns("__pycache__"))
    return tree
