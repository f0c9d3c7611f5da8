"""How to start Google's Firestore emulator and clear what a test wrote to it."""

import http.client

from infra.local.ports import HOST
from infra.local.tools import find_firestore_jar, find_java

MAIN_CLASS = "com.google.cloud.datastore.emulator.firestore.CloudFirestore"


def emulator_command(port: int, heap_mib: int = 256) -> list[str]:
    """The command line; state lives in its memory only. Raises MissingToolError."""
    # One small heap, the collector without helper threads and only the quick compiler: 160 MB resident.
    java = [str(find_java()), f"-Xmx{heap_mib}m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
    return [*java, "-cp", str(find_firestore_jar()), MAIN_CLASS, "start", f"--host={HOST}", f"--port={port}"]


def delete_documents(host: str, project: str) -> None:
    """Forget every document of one project (an endpoint that only the emulator has)."""
    connection = http.client.HTTPConnection(host, timeout=10)
    try:
        connection.request("DELETE", f"/emulator/v1/projects/{project}/databases/(default)/documents")
        connection.getresponse().read()
    finally:
        connection.close()
