"""Finding what pip cannot install, and the cure where it is not there."""

import os
import sys
import zipfile
from pathlib import Path

import pytest

from infra.local import doctor, firestore, tools


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty PATH and no software development kit anywhere."""
    for name in ("JAVA_HOME", tools.JAR_VARIABLE, "TF"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(tools.CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "browsers"))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(tools, "SDK_ROOTS", ())
    monkeypatch.setattr(tools, "MAC_CHROMIUMS", ())
    return tmp_path


def add_program(folder: Path, name: str, script: str = "") -> Path:
    program = folder / name
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="ascii")
    program.chmod(0o755)
    return program


def add_java(folder: Path, version: str) -> Path:
    """A `java` that tells this version, as Java does: on stderr, after what else there is to say."""
    said = f'Picked up JAVA_TOOL_OPTIONS: -Dx=1\nopenjdk version "{version}" 2025-04-15'
    return add_program(folder, "java", f"echo '{said}' >&2")


@pytest.mark.parametrize("find", [tools.find_java, tools.find_firestore_jar, tools.find_chromium])
def test_missing_tool_has_one_command(bare_machine: Path, find: object) -> None:
    """A program that is not there is an error whose cure is a single command line."""
    assert callable(find)
    with pytest.raises(tools.MissingToolError) as caught:
        find()
    assert caught.value.cure
    assert "\n" not in caught.value.cure


def test_java_home_comes_first(bare_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """JAVA_HOME's Java is taken before the one on PATH."""
    add_java(bare_machine, "21.0.1")
    chosen = add_java(bare_machine / "jdk" / "bin", "17.0.15")
    monkeypatch.setenv("JAVA_HOME", str(bare_machine / "jdk"))
    assert tools.find_java() == chosen


@pytest.mark.parametrize(
    ("version", "number"), [("1.8.0_402", 8), ("11.0.2", 11), ("17.0.15", 17), ("25", 25), ("25-ea", 25)]
)
def test_java_says_its_version(bare_machine: Path, version: str, number: int) -> None:
    """The number that counts is read from every way Java writes its version."""
    assert tools.read_java_version(add_java(bare_machine, version)) == number


def test_old_java_is_not_taken(bare_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Java that cannot run the emulator is passed over, wherever it is; the next one is taken."""
    add_java(bare_machine / "jdk" / "bin", "1.8.0_402")
    monkeypatch.setenv("JAVA_HOME", str(bare_machine / "jdk"))
    found = add_java(bare_machine, "17.0.15")
    assert tools.find_java() == found
    with pytest.raises(tools.MissingToolError, match="Java 21 or newer"):
        tools.find_java(21)
    fetched = add_java(tools.fetched_java().parent, "25.0.2")
    assert tools.find_java(21) == fetched


def test_java_that_is_a_stub_is_not_taken(bare_machine: Path) -> None:
    """macOS's own `java` only says where to get one, and fails."""
    add_program(bare_machine, "java", 'echo "The operation could not be completed." >&2; exit 1')
    with pytest.raises(tools.MissingToolError):
        tools.find_java()


def test_emulator_says_the_java_it_needs(tmp_path: Path) -> None:
    """The version that the jar was compiled for counts, if it is more than 17."""
    jar = tmp_path / "emulator.jar"
    for compiled_for, needed in ((11, 17), (17, 17), (21, 21)):
        with zipfile.ZipFile(jar, "w") as archive:
            head = bytes.fromhex("cafebabe0000") + (compiled_for + 44).to_bytes(2)
            archive.writestr(f"{firestore.MAIN_CLASS.replace('.', '/')}.class", head)
        assert firestore.read_java_needed(jar) == needed


def test_cache_is_where_the_system_keeps_caches(monkeypatch: pytest.MonkeyPatch) -> None:
    """XDG's folder on Linux and WSL, Library/Caches on macOS, and another where a person names one."""
    monkeypatch.setenv("HOME", "/home/maria")
    monkeypatch.delenv(tools.CACHE_VARIABLE, raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert tools.cache_folder() == Path("/home/maria/.cache/nanobanana")
    monkeypatch.setenv("XDG_CACHE_HOME", "/var/cache/maria")
    assert tools.cache_folder() == Path("/var/cache/maria/nanobanana")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert tools.cache_folder() == Path("/home/maria/Library/Caches/nanobanana")
    monkeypatch.setenv(tools.CACHE_VARIABLE, "~/elsewhere")
    assert tools.cache_folder() == Path("/home/maria/elsewhere")


def test_fetched_jar_comes_last(bare_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A named jar wins over gcloud's, gcloud's over the fetched one, and half a download is none."""
    fetched = add_program(tools.cache_folder(), tools.EMULATOR_JAR.name)
    with pytest.raises(tools.MissingToolError):
        tools.find_firestore_jar()
    os.truncate(fetched, tools.EMULATOR_JAR.size)
    assert tools.find_firestore_jar() == fetched
    installed = add_program(bare_machine / tools.FIRESTORE_JAR.parent, tools.FIRESTORE_JAR.name)
    monkeypatch.setattr(tools, "SDK_ROOTS", (bare_machine,))
    assert tools.find_firestore_jar() == installed
    named = add_program(bare_machine, "named.jar")
    monkeypatch.setenv(tools.JAR_VARIABLE, str(named))
    assert tools.find_firestore_jar() == named


def test_fetched_chromium_must_start(bare_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Playwright's Chromium wants libraries of the system: without them, the command that installs those is told."""
    fetched = add_program(bare_machine / "fetched", "chrome", "exit 0")
    monkeypatch.setattr(tools, "playwright_chromium", lambda: fetched)
    assert tools.find_chromium() == fetched
    add_program(bare_machine / "fetched", "chrome", "exit 127")
    with pytest.raises(tools.MissingToolError, match="install-deps chromium"):
        tools.find_chromium()


def test_jar_is_found_beside_gcloud(bare_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The emulator is looked for in the kit that the `gcloud` on PATH belongs to."""
    kit = bare_machine / "kit"
    add_program(kit / "bin", "gcloud")
    jar = add_program(kit / tools.FIRESTORE_JAR.parent, tools.FIRESTORE_JAR.name)
    monkeypatch.setenv("PATH", str(kit / "bin"))
    assert tools.find_firestore_jar() == jar


def test_named_jar_is_believed(bare_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """FIRESTORE_EMULATOR_JAR decides alone; a wrong one is not replaced by another."""
    monkeypatch.setenv(tools.JAR_VARIABLE, str(bare_machine / "none.jar"))
    with pytest.raises(tools.MissingToolError):
        tools.find_firestore_jar()


def test_cure_follows_how_gcloud_came(bare_machine: Path) -> None:
    """With gcloud there, its component is added; without it, gcloud is installed first."""
    assert tools.firestore_cure().startswith(tools.SDK_INSTALLER)
    add_program(bare_machine, "gcloud")
    assert tools.firestore_cure() == "gcloud components install --quiet cloud-firestore-emulator"


def test_doctor_lists_what_is_missing(bare_machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`make doctor` names every missing program with its command, and its exit code says so."""
    assert doctor.main() == 1
    shown = capsys.readouterr().out
    assert shown.count("✗") == 3
    assert shown.count("–") == 2
    assert shown.count("install it with") == 5


def test_what_only_the_cloud_needs_is_no_fault(
    bare_machine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without Terraform and Docker the system still runs; a Terraform that TF names is taken."""
    for name in ("chromium", "tf"):
        add_program(bare_machine, name)
    add_java(bare_machine, "17.0.15")
    monkeypatch.setenv(tools.JAR_VARIABLE, str(add_program(bare_machine, "emulator.jar")))
    monkeypatch.setenv("TF", str(bare_machine / "tf"))
    assert doctor.main() == 0
    shown = capsys.readouterr().out
    assert f"✓ Terraform                    {bare_machine / 'tf'}" in shown
    assert shown.count("–") == 1
