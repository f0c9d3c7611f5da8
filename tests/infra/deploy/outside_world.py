"""A product with its database (in the emulator) and bucket, and the project outside that copies both."""

import pickle
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from google.cloud.firestore import Client

from infra.checks.findings import ROOT
from infra.deploy.__main__ import main
from infra.deploy.context import Context
from shared.codec import encode
from shared.people.users import new_user
from tests.cloud.buckets import Buckets
from tests.cloud.clock import START, FakeClock
from tests.cloud.firestore_admin import FirestoreAdminServer
from tests.cloud.workflows import Workflows

WORKFLOW = ROOT / "terraform/modules/outside/copy.yaml"
READS = frozenset({"storage.buckets.get", "storage.objects.get", "storage.objects.list"})
WRITES = READS | {"storage.objects.create"}
DATA = "output-0"
Json = dict[str, Any]


@dataclass
class OutsideWorld:
    """Everything that stands, and one who runs verbs."""

    project: str
    clock: FakeClock
    buckets: Buckets
    admin: FirestoreAdminServer
    said: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    """The workflow's variables."""
    workflow: Workflows | None = None
    executions: int = 0

    @property
    def outside(self) -> str:
        return f"{self.project}-outside"

    @property
    def scratch(self) -> str:
        return f"{self.project}-scratch"

    @property
    def spoken(self) -> str:
        return "\n".join(self.said)

    def copy(self) -> None:
        """What the scheduler starts every half hour."""
        self.admin.now = self.clock.now()
        hosts = {"firestore.googleapis.com": self.admin.url}
        hosts |= dict.fromkeys(("storage.googleapis.com", "storagetransfer.googleapis.com"), self.buckets.url)
        identity = f"copier@{self.outside}.iam.gserviceaccount.com"
        self.executions += 1
        execution = {"GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID": f"{self.executions:08x}-0000-4000-8000-000000000000"}
        self.workflow = Workflows(WORKFLOW.read_text(), self.environment | execution, hosts, identity, self.clock)
        self.workflow.execute()

    def run(self, verb: str, *arguments: str, admin: FirestoreAdminServer | None = None) -> int:
        """A verb, by somebody who has a login."""
        urls = {
            "FIRESTORE_ADMIN_API_URL": (admin or self.admin).url,
            **dict.fromkeys(("STORAGE_EMULATOR_HOST", "STORAGE_TRANSFER_API_URL"), self.buckets.url),
            "RESOURCE_MANAGER_API_URL": self.buckets.url,
        }
        dry_run = "--dry-run" in arguments
        context = Context(urls, dry_run=dry_run, clock=self.clock, say=self.said.append, ask=self._answer)
        return main([verb, *arguments], context)

    def _answer(self, question: str) -> str:
        self.said.append(question)
        return self.answers.pop(0) if self.answers else ""

    def restore(self, *more: str, database: str = "recovered-1") -> int:
        place = ["--environment=production", f"--project={self.project}", "--region=europe-west1"]
        return self.run("restore-outside", *place, f"--copies={self.outside}", f"--database={database}", *more)

    # --- documents ---------------------------------------------------------------------------------------

    def add_people(self, *user_ids: int, at: datetime = START) -> None:
        """People with their welcome credits."""
        with open_database(self.project) as client:
            for user, transfer in (new_user(user_id, at) for user_id in user_ids):
                client.collection("users").document(str(user.id)).set(encode(user))
                client.collection("transfers").document(transfer.id).set(encode(transfer))

    def lose_everything(self) -> None:
        """Database and bucket are gone, with all that the project kept of them."""
        with open_database(self.project) as client:
            for group in client.collections():
                client.recursive_delete(group)
        self.admin.databases.clear()
        self.admin.backups.clear()
        del self.buckets.buckets[f"{self.project}-media"]

    def export(self, database: str, uri: str) -> None:
        """What Firestore writes: here one file."""
        bucket, _, prefix = uri.removeprefix("gs://").partition("/")
        self.buckets.put(bucket, f"{prefix}/{DATA}", pickle.dumps(read_documents(self.project, database)))

    def fill(self, database: str, uri: str) -> None:
        """What an import brings into a database."""
        bucket, _, prefix = uri.removeprefix("gs://").partition("/")
        project, name = database.split("/")[1], database.rpartition("/")[2]
        with open_database(project, name) as client:
            for path, fields in pickle.loads(self.buckets.buckets[bucket].objects[f"{prefix}/{DATA}"][0]).items():  # noqa: S301
                client.document(path).set(fields)


@contextmanager
def open_database(project: str, database: str = "(default)") -> Iterator[Client]:
    client = Client(project=project, database=database)
    try:
        yield client
    finally:
        client._firestore_api.transport.close()


def read_documents(project: str, database: str = "(default)") -> dict[str, Json]:
    """Path → fields of every document."""
    with open_database(project, database.rpartition("/")[2]) as client:
        return {each.reference.path: each.to_dict() or {} for group in client.collections() for each in group.stream()}


def make_rights(project: str, name_agent: Callable[[str], str]) -> dict[str, dict[str, frozenset[str]]]:
    """As terraform/modules/outside grants them; tests/infra/terraform/test_outside.py takes them from its state."""
    outside = f"{project}-outside"
    copier, agent = f"copier@{outside}.iam.gserviceaccount.com", name_agent(outside)
    readers = {name_agent(each): READS for each in (project, f"{project}-scratch")}
    marks = {copier: frozenset({"storage.objects.create"})}
    return {
        f"{outside}-landing": {agent: READS},
        f"{outside}-database": {agent: WRITES, **marks, **readers},
        f"{outside}-media": {agent: WRITES, **readers},
        f"{project}-media": {agent: READS},
    }


def make_jobs(outside: str, media: str) -> dict[str, Json]:
    """The transfers that Terraform makes."""

    def make(source: str, sink: str, **conditions: list[str]) -> Json:
        spec = {
            "gcsDataSource": {"bucketName": source},
            "gcsDataSink": {"bucketName": sink},
            "transferOptions": {"overwriteWhen": "NEVER"},
            "objectConditions": conditions,
        }
        return {"projectId": outside, "transferSpec": spec}

    return {
        "transferJobs/database": make(f"{outside}-landing", f"{outside}-database"),
        "transferJobs/media": make(media, f"{outside}-media", excludePrefixes=["archives/"]),
    }


def make_environment(project: str) -> dict[str, str]:
    """The workflow's variables."""
    outside = f"{project}-outside"
    return {
        "PROJECT": outside,
        "SOURCE_DATABASE": f"projects/{project}/databases/(default)",
        "LANDING_BUCKET": f"{outside}-landing",
        "DATABASE_BUCKET": f"{outside}-database",
        "DATABASE_JOB": "transferJobs/database",
        "MEDIA_JOB": "transferJobs/media",
    }


@contextmanager
def build_world(project: str, retention_days: Mapping[str, int]) -> Iterator[OutsideWorld]:
    """The product has three people and two pictures; nothing is copied yet."""
    clock, outside = FakeClock(), f"{project}-outside"
    numbers = {project: "101", outside: "202", f"{project}-scratch": "303"}
    with Buckets(clock, numbers) as buckets, FirestoreAdminServer(project, START) as admin:
        world = OutsideWorld(project, clock, buckets, admin, environment=make_environment(project))
        admin.on_export, admin.on_import = world.export, world.fill
        buckets.add(f"{project}-media", project)
        buckets.add(f"{outside}-landing", outside)
        for name, days in retention_days.items():
            buckets.add(f"{outside}-{name}", outside, days)
        buckets.rights = make_rights(project, buckets.name_agent)
        buckets.jobs = make_jobs(outside, f"{project}-media")
        world.add_people(1, 2, 3)
        for name in ("jobs/a/1", "jobs/b/1", "archives/zip"):
            buckets.put(f"{project}-media", name, name.encode())
        yield world
