"""Finding what pip cannot install, and the cure where it is not there."""

from pathlib import Path

import pytest

from infra.local import doctor, tools


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty PATH and no software development kit anywhere."""
    for name in ("JAVA_HOME", tools.JAR_VARIABLE, "TF"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(tools, "SDK_ROOTS", ())
    monkeypatch.setattr(tools, "MAC_CHROMIUMS", ())
    return tmp_path


def add_program(folder: Path, name: str) -> Path:
    program = folder / name
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text("#!/bin/sh\n", encoding="ascii")
    program.chmod(0o755)
    return program


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
    add_program(bare_machine, "java")
    chosen = add_program(bare_machine / "jdk" / "bin", "java")
    monkeypatch.setenv("JAVA_HOME", str(bare_machine / "jdk"))
    assert tools.find_java() == chosen


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
    for name in ("java", "chromium", "tf"):
        add_program(bare_machine, name)
    monkeypatch.setenv(tools.JAR_VARIABLE, str(add_program(bare_machine, "emulator.jar")))
    monkeypatch.setenv("TF", str(bare_machine / "tf"))
    assert doctor.main() == 0
    shown = capsys.readouterr().out
    assert f"✓ Terraform                    {bare_machine / 'tf'}" in shown
    assert shown.count("–") == 1
