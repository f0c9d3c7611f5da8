"""What documents and comments point at is there."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.checks.findings import ROOT, list_files

FILES = list_files(ROOT)
PAGES = [path for path in FILES if path.suffix == ".md"]
SOURCES = [path for path in FILES if path.suffix in {".py", ".tf", ".yml", ".in", ".toml", ".ftl"} or not path.suffix]
LINK = re.compile(r"\]\(([^)\s]+)\)")
QUOTED = re.compile(r"`([\w.-]+(?:/[\w.-]+)+\.(?:py|md|tf|hcl|yml|json|ftl|toml|txt|in))(?:::(\w+))?`")
NAMED = re.compile(r"(?<![\w/.<…-])((?:docs|functions|infra|shared|terraform)/[\w./-]+\.(?:py|md|tf|json|ftl))\b")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
SHORT = {
    Path("docs/promises.md"): "tests",
    Path("docs/ceilings.md"): "tests",
    Path("docs/security.md"): "tests",
    Path("docs/delivery.md"): "tests/infra",
}
"""Pages that say at their top below which folder their tests are."""


def read(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def find_broken_links(page: Path) -> Iterator[str]:
    """Relative links to a file or a heading that is not there."""
    for link in LINK.findall(read(page)):
        if re.match(r"[a-z]+:", link):
            continue
        target, _, anchor = link.partition("#")
        path = (page.parent / target) if target else page
        if not (ROOT / path).exists() or (anchor and anchor not in list_anchors(read(path))):
            yield link


def list_anchors(text: str) -> set[str]:
    """The headings as GitHub names them."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in HEADING.findall(text)}


def find_missing_files(page: Path) -> Iterator[str]:
    """Paths in backticks that lead nowhere from the root, from the page, or from where its tests are."""
    bases = (ROOT, ROOT / page.parent, ROOT / SHORT.get(page, ""))
    for name, test in QUOTED.findall(read(page)):
        found = next((base / name for base in bases if (base / name).exists()), None)
        if found is None or (test and f"def {test}(" not in found.read_text(encoding="utf-8")):
            yield f"{name}::{test}"


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link of a page leads to a file, and to a heading where it names one."""
    assert list(find_broken_links(page)) == []


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_files_in_backticks_exist(page: Path) -> None:
    """A file or a test that moved away from under a page is noticed."""
    assert list(find_missing_files(page)) == []


def test_the_changelog_has_this_version() -> None:
    """The newest version of the changelog is the one in pyproject.toml, and each recorded release has its entry."""
    versions = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d$", read(Path("CHANGELOG.md")), re.MULTILINE)
    project = tomllib.loads(read(Path("pyproject.toml")))["project"]
    assert versions[0] == project["version"]
    assert {path.name for path in (ROOT / "tests/corpus/releases").iterdir()} <= set(versions)


def test_the_changelog_says_nothing_twice() -> None:
    """No entry stands there twice: a merge that keeps the lines of both sides doubles them."""
    found = re.findall(r"^- .+(?:\n  .+)*", read(Path("CHANGELOG.md")), re.MULTILINE)
    entries = [" ".join(entry.split()) for entry in found]
    assert len(entries) > 20
    assert sorted({entry for entry in entries if entries.count(entry) > 1}) == []


@pytest.mark.parametrize(("page", "folder"), [("infra/README.md", "infra"), ("infra/local/README.md", "infra/local")])
def test_a_map_leaves_nothing_out(page: str, folder: str) -> None:
    """Each module and each package of a folder is on the page that maps it."""
    text = read(Path(page))
    below = [path.relative_to(folder).parts for path in FILES if path.is_relative_to(folder) and path.suffix == ".py"]
    names = {f"{parts[0]}/" if parts[1:] else parts[0] for parts in below} - {"__init__.py"}
    assert [name for name in sorted(names) if f"`{folder}/{name}`" not in text] == []


def test_comments_name_files_that_exist() -> None:
    """So is one that moved away from under a comment; tests may make paths up."""
    named = {(str(path), name) for path in SOURCES if path.parts[0] != "tests" for name in NAMED.findall(read(path))}
    assert len(named) > 20
    assert [f"{path}: {name}" for path, name in sorted(named) if not (ROOT / name).exists()] == []
