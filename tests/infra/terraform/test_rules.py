"""Every rule passes on what Terraform makes, and notices when one thing is broken."""

from collections.abc import Callable

import pytest

from infra.checks.cloud.rules import find_faults
from tests.infra.terraform.states import Draft

RUN = "google_cloud_run_v2_service"
POLICY = "google_binary_authorization_policy"
PROVIDER = "google_iam_workload_identity_pool_provider"
Break = Callable[[Draft], object]


def remove_databases(state: Draft) -> None:
    """People's, and the releases'."""
    state.remove("google_firestore_database")
    state.remove("google_firestore_database")


IDENTITIES: dict[str, tuple[Break, str]] = {
    "a grant that the table lacks": (
        lambda state: state.add(
            "google_project_iam_member",
            role="roles/storage.admin",
            member=f"serviceAccount:webhook-function@{state.deployment['project']}.iam",
        ),
        "webhook-function has roles/storage.admin on project: not in the table",
    ),
    "a row of the table that nobody has": (
        lambda state: state.remove("google_cloud_tasks_queue_iam_member", name="bot"),
        "has roles/cloudtasks.enqueuer on queue bot: in docs/security.md, but not granted",
    ),
    "a right on another thing than the table's": (
        lambda state: state.pick("google_secret_manager_secret_iam_member").update(secret_id="other"),
        "on secret other: not in the table",
    ),
    "a whole policy": (
        lambda state: state.add("google_project_iam_binding", role="roles/run.admin", members=["user:a@example.com"]),
        "user:a@example.com has roles/run.admin on project: not in the table",
    ),
    "a basic role": (
        lambda state: state.pick("google_project_iam_member").update(role="roles/editor"),
        "roles/editor on project: a basic role",
    ),
    "everybody": (
        lambda state: state.pick("google_cloud_run_v2_service_iam_member", name="api").update(member="allUsers"),
        "allUsers has custom serviceDeployer on service api: everybody",
    ),
    "everybody with a Google account": (
        lambda state: state.pick("google_storage_bucket_iam_member").update(member="allAuthenticatedUsers"),
        ": everybody",
    ),
    "an open door that is not declared": (
        lambda state: state.pick(RUN, name="image").update(invoker_iam_disabled=True),
        "service image: the invoker check is off for public functions",
    ),
    "a closed public door": (
        lambda state: state.pick(RUN, name="webhook").update(invoker_iam_disabled=False),
        "service webhook: the invoker check",
    ),
    "a door declared in Terraform only": (
        lambda state: state.function("bot").update(public=True),
        "public are api, bot, payments, releases, webhook, and docs/security.md says api, payments, releases, webhook",
    ),
    "no account of its own": (
        lambda state: state.template("sweep").update(service_account=None),
        "service sweep: runs as the default service account",
    ),
    "a default account": (
        lambda state: state.template("sweep").update(service_account="1-compute@developer.gserviceaccount.com"),
        "names a default service account",
    ),
    "two functions as one": (
        lambda state: state.template("bot").update(service_account=state.template("image")["service_account"]),
        "runs as the account of",
    ),
    "a call in nobody's name": (
        lambda state: state.pick("google_cloud_scheduler_job")["http_target"][0].update(oidc_token=[]),
        "calls in nobody's name",
    ),
    "a pipeline bound to a name": (
        lambda state: state.pick(PROVIDER).update(attribute_condition="assertion.repository == 'a/b' && true"),
        "its condition does not start from the number in repository_id",
    ),
    "a pipeline bound to one number of two": (
        lambda state: state.pick(PROVIDER).update(attribute_condition="assertion.repository_id == '1' && true"),
        "its condition does not start from the number in repository_owner_id",
    ),
    "a pipeline of somebody else": (
        lambda state: state.pick(PROVIDER)["oidc"][0].update(issuer_uri="https://example.com"),
        "believes https://example.com",
    ),
    "the whole pool": (
        lambda state: state.pick("google_service_account_iam_member", role="roles/iam.workloadIdentityUser").update(
            member="principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/github/*"
        ),
        "not bound to an environment, an event or a build",
    ),
}
SECRETS: dict[str, tuple[Break, str]] = {
    "a secret's version": (
        lambda state: state.add("google_secret_manager_secret_version", secret_data="x"),
        "its value would be readable in the state",
    ),
    "a key file": (lambda state: state.add("google_service_account_key"), "its value would be readable in the state"),
    "a plain variable named like a secret": (
        lambda state: state.function("bot")["env"].update(TELEGRAM_BOT_TOKEN="x"),
        "deployment of bot: TELEGRAM_BOT_TOKEN is a plain variable",
    ),
    "likewise in a template": (
        lambda state: state.container("image")["env"].append({"name": "GEMINI_API_KEY", "value": "x"}),
        "service image: GEMINI_API_KEY is a plain variable",
    ),
    "a token in a description": (
        lambda state: state.pick(RUN).update(description="1234567:TEST-not-a-real-token-but-long-enough"),
        "holds a Telegram bot token",
    ),
    "a key in an output": (
        lambda state: state.deployment.update(note="AIza" + "x" * 35),
        "output deployment: holds a Google key",
    ),
}
FUNCTIONS: dict[str, tuple[Break, str]] = {
    "a folder without Terraform": (
        lambda state: state.deployment["functions"].pop("sweep"),
        "functions/sweep: missing in Terraform's functions",
    ),
    "a folder without a service": (
        lambda state: state.remove(RUN, name="sweep"),
        "functions/sweep: missing in Terraform's services",
    ),
    "Terraform without a folder": (
        lambda state: state.add(RUN, name="admin", template=[{}]),
        "admin: in Terraform's services, without a folder",
    ),
    "no place for the rollout's record": (
        lambda state: state.remove(RUN, name="rollout-record"),
        "no service rollout-record: the rollout's record would have no place",
    ),
    "a required variable is missing": (
        lambda state: state.function("image")["env"].pop("MEDIA_BUCKET"),
        "deployment of image: lacks MEDIA_BUCKET, which its settings require",
    ),
    "a required secret is missing": (
        lambda state: state.function("webhook")["secrets"].clear(),
        "deployment of webhook: lacks TELEGRAM_WEBHOOK_SECRET",
    ),
    "a variable that nobody reads": (
        lambda state: state.function("webhook")["env"].update(MEDIA_BUCKET="b"),
        "deployment of webhook: sets MEDIA_BUCKET, which its settings do not read",
    ),
    "an emulator in the cloud": (
        lambda state: state.function("bot")["env"].update(CLOUD_TASKS_EMULATOR_HOST="127.0.0.1:1"),
        "sets CLOUD_TASKS_EMULATOR_HOST",
    ),
    "what the deployer sets": (
        lambda state: state.function("bot")["env"].update(IMAGE_DIGEST="sha256:0"),
        "sets IMAGE_DIGEST",
    ),
    "a value that the settings refuse": (
        lambda state: state.function("sweep")["env"].update(SWEEP_URL="sweep"),
        "its settings refuse SWEEP_URL: not a URL",
    ),
    "plain and secret at once": (
        lambda state: state.function("bot")["env"].update(TELEGRAM_BOT_TOKEN="x"),
        "TELEGRAM_BOT_TOKEN is both plain and secret",
    ),
    "another function's target": (
        lambda state: state.function("bot")["env"].update(FUNCTION_TARGET="image"),
        "FUNCTION_TARGET is image",
    ),
    "another function's source": (
        lambda state: state.function("bot")["env"].update(FUNCTION_SOURCE="functions/image/main.py"),
        "FUNCTION_SOURCE is functions/image/main.py",
    ),
    "a template with another variable": (
        lambda state: state.container("bot")["env"].pop(),
        "service bot: its plain variables are not those of deployment.json",
    ),
    "a template with another limit": (
        lambda state: state.template("bot").update(timeout="300s"),
        "service bot: timeout is 300s, and the deployer makes it",
    ),
    "a template with another probe": (
        lambda state: state.container("bot")["startup_probe"][0]["http_get"][0].update(path="/healthz"),
        "service bot: startup probe is ('/healthz'",
    ),
    "a template with an impatient probe": (
        lambda state: state.container("bot")["liveness_probe"][0].update(timeout_seconds=1),
        "service bot: liveness probe is ('/health', 30, 3, 1), and the deployer makes it ('/health', 30, 3, 5)",
    ),
    "a template with another port": (
        lambda state: state.container("bot").update(ports=[{"container_port": 80}]),
        "service bot: port is 80, and the deployer makes it 8080",
    ),
    "what the deployer cannot read": (
        lambda state: state.function("bot").pop("memory"),
        "deployment.json is not what Terraform writes",
    ),
}
QUEUES: dict[str, tuple[Break, str]] = {
    "a queue is missing": (
        lambda state: state.remove("google_cloud_tasks_queue", name="image"),
        "queue image: used by the code, not made by Terraform",
    ),
    "one of several queues is missing": (
        lambda state: state.remove("google_cloud_tasks_queue", name="bot-7"),
        "queue bot-7: used by the code, not made by Terraform",
    ),
    "a queue that nobody puts tasks into": (
        lambda state: [
            state.function(name)["env"].update(BOT_QUEUES="7")
            for name in ("webhook", "bot", "chat", "sweep", "payments", "api")
        ],
        "queue bot-7: made by Terraform, not used by the code",
    ),
    "a queue too many": (
        lambda state: state.add("google_cloud_tasks_queue", name="payments"),
        "queue payments: made by Terraform, not used by the code",
    ),
    "a queue without its function": (
        lambda state: state.deployment["functions"].pop("image"),
        "queue image: no function of that name",
    ),
    "a function that outlives its task": (
        lambda state: state.function("image").update(timeout_seconds=360),
        "function image: may run 360 s; its task is tried again after 360 s",
    ),
    "a scheduler that does not wait": (
        lambda state: state.pick("google_cloud_scheduler_job").update(attempt_deadline="15s"),
        "waits 15 s for releases, which may run longer",
    ),
    "a scheduler that does not say how long": (
        lambda state: state.pick("google_cloud_scheduler_job").update(attempt_deadline=None),
        "waits 0 s for releases",
    ),
    "a scheduler that calls elsewhere": (
        lambda state: state.pick("google_cloud_scheduler_job")["http_target"][0].update(uri="https://example.com/"),
        "calls https://example.com/, which is no function of ours",
    ),
    "a token for somebody else": (
        lambda state: state.pick("google_cloud_scheduler_job")["http_target"][0]["oidc_token"][0].update(audience="x"),
        "its token is for x",
    ),
}
WATCHED: dict[str, tuple[Break, str]] = {
    "a queue that no alarm names": (
        lambda state: state.add("google_cloud_tasks_queue", name="payments"),
        "queue payments: no alarm",
    ),
    "a queue that the dashboard leaves out": (
        lambda state: state.add("google_cloud_tasks_queue", name="sound"),
        "queue sound: no chart on the dashboard",
    ),
    "a schedule without an alarm": (
        lambda state: state.pick("google_cloud_scheduler_job").update(name="tidy"),
        "function tidy: the scheduler calls it, and no alarm tells when it fails",
    ),
    "a public function that nobody asks": (
        lambda state: state.remove("google_monitoring_uptime_check_config"),
        "function api: public, and nobody asks for its /health",
    ),
}
FIRESTORE: dict[str, tuple[Break, str]] = {
    "an index is missing": (
        lambda state: state.remove("google_firestore_index", collection="transfers"),
        "index transfers (user_id ASCENDING, at DESCENDING) COLLECTION: declared, not made by Terraform",
    ),
    "an index in another order": (
        lambda state: state.pick("google_firestore_index", collection="transfers")["fields"][1].update(
            order="ASCENDING"
        ),
        "index transfers (user_id ASCENDING, at ASCENDING) COLLECTION: made by Terraform, not declared",
    ),
    "a field without its TTL policy": (
        lambda state: state.pick("google_firestore_field", collection="jobs", field="expire_at").update(ttl_config=[]),
        "field jobs.expire_at, TTL, no single-field indexes: declared, not made",
    ),
    "a field that is indexed after all": (
        lambda state: state.pick("google_firestore_field", collection="drafts", field="*").update(index_config=[]),
        "field drafts.* with the default indexes: made by Terraform, not declared",
    ),
    "a field that is missing": (
        lambda state: state.remove("google_firestore_field", collection="drafts", field="*"),
        "field drafts.*, no single-field indexes: declared, not made",
    ),
}
ADMISSION: dict[str, tuple[Break, str]] = {
    "a service that does not ask": (
        lambda state: state.pick(RUN, name="chat").update(binary_authorization=[]),
        "service chat: runs images without asking",
    ),
    "a record that does not ask": (
        lambda state: state.pick(RUN, name="rollout-record")["binary_authorization"][0].update(use_default=False),
        "service rollout-record: runs images without asking",
    ),
    "breakglass for ever": (
        lambda state: state.pick(RUN, name="bot")["binary_authorization"][0].update(breakglass_justification="night"),
        "service bot: its breakglass is in Terraform",
    ),
    "no policy": (lambda state: state.remove(POLICY), "0 policies of Binary Authorization"),
    "a policy that only writes": (
        lambda state: state.pick(POLICY)["default_admission_rule"][0].update(enforcement_mode="DRYRUN_AUDIT_LOG_ONLY"),
        "it does not demand attestations as deployment.json says",
    ),
    "a policy that lets everything in": (
        lambda state: state.pick(POLICY)["default_admission_rule"][0].update(evaluation_mode="ALWAYS_ALLOW"),
        "it does not demand attestations as deployment.json says",
    ),
    "nobody attests": (
        lambda state: state.pick(POLICY)["default_admission_rule"][0].update(require_attestations_by=[]),
        "names no attestor",
    ),
    "an exempt registry": (
        lambda state: state.pick(POLICY)["admission_whitelist_patterns"].append({"name_pattern": "docker.io/*"}),
        "lets images past the attestor: docker.io/*",
    ),
    "another signer": (
        lambda state: state.pick("google_kms_crypto_key_iam_member").update(
            member=f"serviceAccount:builder@{state.deployment['project']}.iam.gserviceaccount.com"
        ),
        "builder has roles/cloudkms.signer on key images: not in the table",
    ),
}
PROTECTION: dict[str, tuple[Break, str]] = {
    "a database that may be deleted": (
        lambda state: state.pick("google_firestore_database").update(delete_protection_state=None),
        "delete_protection_state is None, not DELETE_PROTECTION_ENABLED",
    ),
    "a database that goes with its resource": (
        lambda state: state.pick("google_firestore_database").update(deletion_policy="DELETE"),
        "deletion_policy is DELETE, not ABANDON",
    ),
    "a database without its past": (
        lambda state: state.pick("google_firestore_database").update(point_in_time_recovery_enablement=None),
        "point_in_time_recovery_enablement is None",
    ),
    "no database": (
        remove_databases,
        "production has no google_firestore_",
    ),
    "a service that may be deleted": (
        lambda state: state.pick(RUN, name="bot").update(deletion_protection=None),
        "deletion_protection is None, not True",
    ),
    "a secret that may be deleted": (
        lambda state: state.pick("google_secret_manager_secret").update(deletion_protection=False),
        "deletion_protection is False, not True",
    ),
    "a bucket that goes with its pictures": (
        lambda state: state.pick("google_storage_bucket").update(force_destroy=True),
        "force_destroy is True, not False",
    ),
    "a bucket without versions": (
        lambda state: state.pick("google_storage_bucket").update(versioning=[]),
        "keeps no versions",
    ),
    "a bucket that forgets at once": (
        lambda state: state.pick("google_storage_bucket").update(soft_delete_policy=[]),
        "deleted objects are not kept for a week",
    ),
    "no weekly backup": (
        lambda state: state.remove("google_firestore_backup_schedule", retention="8467200s"),
        "no backup schedule with weekly_recurrence",
    ),
    "a bucket that may be shared": (
        lambda state: state.pick("google_storage_bucket").update(public_access_prevention="inherited"),
        "public_access_prevention is inherited, not enforced",
    ),
    "rights on single objects": (
        lambda state: state.pick("google_storage_bucket").update(uniform_bucket_level_access=None),
        "uniform_bucket_level_access is None, not True",
    ),
}
BROKEN = IDENTITIES | SECRETS | FUNCTIONS | QUEUES | WATCHED | FIRESTORE | ADMISSION | PROTECTION


def test_what_terraform_makes_breaks_no_rule(environment: Draft) -> None:
    """Each environment, applied from nothing, is as the code and docs/security.md say."""
    assert list(find_faults(environment.cloud)) == []


@pytest.mark.parametrize("name", BROKEN)
def test_one_broken_thing_is_noticed(name: str, production: Draft) -> None:
    """Each rule finds the fault that it is for."""
    break_it, finding = BROKEN[name]
    break_it(production)
    assert any(finding in found for found in find_faults(production.cloud)), list(find_faults(production.cloud))


def test_names_are_taken_once() -> None:
    """No two broken things hide each other in the table."""
    tables = (IDENTITIES, SECRETS, FUNCTIONS, QUEUES, WATCHED, FIRESTORE, ADMISSION, PROTECTION)
    assert len(BROKEN) == sum(map(len, tables))


def test_other_environments_may_be_thrown_away(environment: Draft) -> None:
    """Only production is protected against its own destruction."""
    environment.pick("google_firestore_database").update(deletion_policy="DELETE")
    found = [fault for fault in find_faults(environment.cloud) if "deletion_policy" in fault]
    assert bool(found) is (environment.environment == "production")
