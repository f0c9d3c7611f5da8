"""Running checkov on Terraform and the Dockerfile: no failures, no unread files, and a reason for each skip.

checkov pins old versions of packages that we also use, so it has its own lock and environment, created at first use. It
calls no server: no platform, no update check, no external modules. zizmor checks the workflows.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from infra.checks.findings import NOT_RUN, ROOT, list_files
from infra.setup import install_command

LOCK = ROOT / "requirements-checkov.txt"
ENVIRONMENT = ROOT / ".venv" / "checkov"
STAMP = ENVIRONMENT / ".locked"
FOLDERS = ("terraform", "infra/image")
FRAMEWORKS = ("terraform", "dockerfile")
OPTIONS = (
    "--skip-download",
    "--skip-results-upload",
    "--compact",
    "--output=json",
    "--download-external-modules=false",
)
SKIP = re.compile(r"checkov:skip=(\S*?)(?::(.*))?$", re.MULTILINE)
REASON_WORDS_MIN = 3
WORDS_MAX = 400


class InstallError(RuntimeError):
    """The packages could not be installed; the text is pip's error."""


def main() -> int:
    """Print the findings; returns the exit code. Without a package index: a note, and 1 if `CI=true`."""
    found = [*find_bare_skips(ROOT, list_skippers(list_files(ROOT)))]
    try:
        install()
    except InstallError as error:
        print(f"{NOT_RUN}checkov, for want of its packages: {error}")
        print(*found, sep="\n", end="\n" if found else "")
        return int(bool(found) or os.environ.get("CI", "").lower() in {"1", "true"})
    found += read_reports(run())
    print(*found, sep="\n", end="\n" if found else "")
    return int(bool(found))


# --- its environment ---------------------------------------------------------------------------------------


def install() -> None:
    """Create the locked environment, unless it is up to date. Raises InstallError."""
    fingerprint = f"{sys.version_info[:2]} {hashlib.sha256(LOCK.read_bytes()).hexdigest()}"
    if STAMP.is_file() and STAMP.read_text(encoding="ascii") == fingerprint:
        return
    for command in (
        [sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)],
        install_command(ENVIRONMENT / "bin/python", LOCK, "--no-compile"),  # it runs once in CI
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise InstallError(" ".join((done.stderr or done.stdout).split())[-WORDS_MAX:])
    STAMP.write_text(fingerprint, encoding="ascii")


def run() -> str:
    """Run checkov; returns its report as JSON."""
    command = [
        str(ENVIRONMENT / "bin/checkov"),
        *(f"--directory={folder}" for folder in FOLDERS),
        *("--framework", *FRAMEWORKS),
        *OPTIONS,
    ]
    environment = clean_environment(os.environ)
    return subprocess.run(
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    ).stdout


def clean_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without an account at checkov's platform, and without its update check."""
    foreign = ("BC_", "PRISMA_", "CKV_", "CHECKOV_", "PYTHONPATH")
    kept = {name: value for name, value in environment.items() if not name.startswith(foreign)}
    return kept | {"SKIP_PACKAGE_UPDATE_CHECK": "true", "LOG_LEVEL": "ERROR"}


# --- what it says ------------------------------------------------------------------------------------------


def read_reports(text: str) -> Iterator[str]:
    """One line per failed check, per unread file, and per framework that found no files."""
    try:
        reports = list(split_reports(text))
    except ValueError:
        yield f"checkov reported nothing: {text[:WORDS_MAX]}"
        return
    yield from dict.fromkeys(line for report in reports for line in _read_report(report))  # modules are reported twice
    seen = {report.get("check_type") for report in reports if report.get("summary", {}).get("passed")}
    yield from (f"checkov looked at no {framework} file" for framework in FRAMEWORKS if framework not in seen)


def split_reports(text: str) -> Iterator[dict[str, Any]]:
    """For each folder checkov writes one report, or a list of them, one after the other. Raises ValueError."""
    decoder, rest = json.JSONDecoder(), text.lstrip()
    while rest:
        found, end = decoder.raw_decode(rest)
        yield from found if isinstance(found, list) else [found]
        rest = rest[end:].lstrip()


def _read_report(report: dict[str, Any]) -> Iterator[str]:
    results = report.get("results", {})
    for failed in results.get("failed_checks", []):
        place = f"{shorten(failed['file_abs_path'])}:{failed['file_line_range'][0]}"
        yield f"{place}: {failed['check_id']} {failed['check_name']} ({failed['resource']})"
    for path in results.get("parsing_errors", []):
        yield f"{shorten(path)}: checkov cannot read it, so it checked nothing in it"


def shorten(path: str) -> str:
    """A path as it is in the repository."""
    return path.removeprefix(f"{ROOT}/")


def list_skippers(files: list[Path]) -> list[Path]:
    """The files in which checkov would obey a skip."""
    return [path for path in files if path.is_relative_to("terraform") or path.is_relative_to("infra/image")]


def find_bare_skips(root: Path, files: list[Path]) -> Iterator[str]:
    """One line per skip without a reason."""
    for path in files:
        for name, reason in SKIP.findall((root / path).read_text(encoding="utf-8")):
            if len(reason.split()) < REASON_WORDS_MIN:
                yield f"{path}: checkov:skip={name} gives no reason"


if __name__ == "__main__":
    sys.exit(main())
