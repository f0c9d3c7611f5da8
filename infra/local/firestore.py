"""Starts Google's Firestore emulator and deletes a test's documents."""

import http.client
import zipfile
from pathlib import Path

from infra.local.ports import HOST
from infra.local.tools import JAVA_MIN, find_firestore_jar, find_java

MAIN_CLASS = "com.google.cloud.datastore.emulator.firestore.CloudFirestore"


def emulator_command(port: int, heap_mib: int = 256) -> list[str]:
    """The command line; state lives in its memory only. Raises MissingToolError."""
    # One small heap, the collector without helper threads and only the quick compiler: 160 MB resident.
    jar = find_firestore_jar()
    java = [str(find_java(read_java_needed(jar))), f"-Xmx{heap_mib}m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
    return [*java, "-cp", str(jar), MAIN_CLASS, f"--host={HOST}", f"--port={port}"]


def read_java_needed(jar: Path) -> int:
    """The Java version that the emulator was compiled for (its publisher raises it now and then); at least 17.

    Bytes 6 and 7 of a class file hold that version plus 44 (JVM specification, §4.1).
    """
    try:
        with zipfile.ZipFile(jar) as archive, archive.open(f"{MAIN_CLASS.replace('.', '/')}.class") as main:
            return max(JAVA_MIN, int.from_bytes(main.read(8)[6:8]) - 44)
    except (OSError, zipfile.BadZipFile, KeyError):
        return JAVA_MIN  # Java will say what is wrong with the file


def delete_documents(host: str, project: str) -> None:
    """Forget every document of one project (an endpoint that only the emulator has)."""
    connection = http.client.HTTPConnection(host, timeout=10)
    try:
        connection.request("DELETE", f"/emulator/v1/projects/{project}/databases/(default)/documents")
        connection.getresponse().read()
    finally:
        connection.close()
