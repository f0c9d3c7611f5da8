"""What Cloud Monitoring would have recorded of our environment, minute by minute: as usual, or with something broken.

Nobody has recorded a real one yet. The series are written after Google's list of metrics
(https://cloud.google.com/monitoring/api/metrics_gcp) and what its documents say of each outage.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from infra.functions import FUNCTIONS, QUEUE_NAMES, QUEUES
from tests.cloud.promql import Recording

DAY_MINUTES = 24 * 60
OWN = "logging_googleapis_com:user_nanobanana_"
ATTEMPTS = "cloudtasks_googleapis_com:queue_task_attempt_count"
DEPTH = "cloudtasks_googleapis_com:queue_depth"
PASSED = "monitoring_googleapis_com:uptime_check_check_passed"
Key = tuple[str, tuple[tuple[str, str], ...]]
Break = Callable[["Minute"], None]


@dataclass
class Minute:
    """What is measured in one minute."""

    number: int
    """Since midnight of the first day."""
    waiting: Counter[str] = field(default_factory=Counter)
    """Queue → tasks that failed or were not handed out so far; each is tried about once a minute."""
    values: Counter[Key] = field(default_factory=Counter)

    def count(self, name: str, number: float = 1, **labels: str) -> None:
        """So many more of this."""
        self.values[name, tuple(sorted(labels.items()))] += number  # type: ignore[assignment]

    def take(self, name: str, **labels: str) -> float:
        """Remove what was counted with these labels; how much it was."""
        wanted = set(labels.items())
        keys = [key for key in self.values if key[0] == name and wanted <= set(key[1])]
        return sum(self.values.pop(key) for key in keys)

    def handle(self, function: str, number: int, status: int = 200) -> None:
        """Calls that our code answered."""
        if number:
            self.count(OWN + "requests", number, function=function, status=str(status))
            self.count(OWN + "calls", number, service_name=function, status=str(status))

    def attempt(self, queue: str, number: int, code: str = "OK") -> None:
        """Tasks that were handed out."""
        if number:
            self.count(ATTEMPTS, number, queue_id=queue, response_code=code)

    def silence(self, function: str) -> None:
        """Remove what is counted where a function answers and its jobs end."""
        self.take(OWN + "requests", function=function)
        self.take(OWN + "calls", service_name=function)
        self.take(OWN + "jobs", medium=function)

    def look(self, trouble: str = "none") -> None:
        """Bot asked Telegram about the webhook."""
        self.count(OWN + "webhook_looks", trouble=trouble)


def people(number: int) -> int:
    """Messages in a minute: a small bot, with nearly nobody at night."""
    hour = number // 60 % 24
    return int(number % 20 == 0) if hour < 7 else 1 + number % 3


def measure(number: int, waiting: Counter[str]) -> Minute:
    """A minute in which nothing is wrong."""
    minute, messages = Minute(number, waiting), people(number)
    minute.handle("webhook", messages)
    minute.handle("bot", messages + 1)
    minute.handle("sweep", 1)
    minute.handle("releases", 1)
    minute.look()
    minute.count(OWN + "release_webhook_looks", trouble="none")
    minute.attempt("bot", 1)
    minute.attempt(QUEUE_NAMES["bot"][number % len(QUEUE_NAMES["bot"])], messages)
    jobs = {"image": messages, "chat": messages // 2, "video": int(messages > 2)}
    for function, count in jobs.items():
        minute.handle(function, count)
        minute.attempt(function, count)
        if count:
            minute.count(OWN + "jobs", count, medium=function, outcome="delivered")
    for queue in (name for names in QUEUE_NAMES.values() for name in names):
        minute.count(DEPTH, 0, queue_id=queue)
    for place in ("eur-belgium", "usa-iowa", "apac-singapore"):
        for name in (name for name, each in FUNCTIONS.items() if each.public):
            minute.count(PASSED, 1, check_id=name, checker_location=place)
    return minute


def record(numbers: Iterable[int], broken: Break | None = None, since: int = 0) -> Recording:
    """These minutes, broken from one of them on."""
    recording, waiting = Recording(), Counter[str]()
    for number in numbers:
        minute = measure(number, waiting)
        if broken is not None and number >= since:
            broken(minute)
        for (name, labels), value in minute.values.items():
            recording.add(name, number * 60, value, **dict(labels))
    return recording


# --- what breaks ----------------------------------------------------------------------------------------------


def refuse_tasks(minute: Minute, function: str, status: int, code: str) -> int:
    """Whoever calls the function is answered by Cloud Run alone: no line of ours, and Cloud Tasks tries again."""
    minute.silence(function)
    if function == "bot":
        minute.take(OWN + "webhook_looks")
    tries = 0
    for queue in QUEUE_NAMES[function]:
        minute.waiting[queue] += int(minute.take(ATTEMPTS, queue_id=queue))
        minute.attempt(queue, minute.waiting[queue], code)
        tries += minute.waiting[queue]
    if tries:
        minute.count(OWN + "calls", tries, service_name=function, status=str(status))
    return tries


def lose_right(minute: Minute) -> None:
    """Nobody may call `bot` any more."""
    refuse_tasks(minute, "bot", 403, "PERMISSION_DENIED")


def disable_secret(minute: Minute) -> None:
    """The version of a secret that `image` reads is disabled: no instance starts."""
    refuse_tasks(minute, "image", 503, "UNAVAILABLE")


def run_out_of_memory(minute: Minute) -> None:
    """Each instance of `chat` dies with its first call."""
    tries = refuse_tasks(minute, "chat", 503, "UNAVAILABLE")
    if tries:
        minute.count(OWN + "instance_faults", tries, service_name="chat")


def lack_instances(minute: Minute) -> None:
    """`image` has no instance to spare."""
    tries = refuse_tasks(minute, "image", 429, "RESOURCE_EXHAUSTED")
    if tries:
        minute.count(OWN + "instance_faults", tries, service_name="image")


def lose_quota(minute: Minute) -> None:
    """The project's CPUs in the region are used up: `video` gets no instance."""
    tries = refuse_tasks(minute, "video", 503, "UNAVAILABLE")
    if tries:
        minute.count(OWN + "instance_faults", tries, service_name="video")


def move_address(minute: Minute) -> None:
    """The tasks of `video` go to an address that is nobody's."""
    minute.silence("video")
    minute.waiting["video"] += int(minute.take(ATTEMPTS, queue_id="video"))
    minute.attempt("video", minute.waiting["video"], "NOT_FOUND")


def pause_queue(minute: Minute) -> None:
    """Somebody paused the queue of the pictures."""
    lost = int(minute.take(ATTEMPTS, queue_id="image"))
    minute.silence("image")
    minute.waiting["image"] += lost
    minute.count(DEPTH, minute.waiting["image"], queue_id="image")


def lose_people(minute: Minute) -> int:
    """No update comes any more; how many would have come."""
    minute.take(OWN + "calls", service_name="webhook")
    lost = int(minute.take(OWN + "requests", function="webhook"))
    for function in (each for each in QUEUES if each != "releases"):
        minute.silence(function)
        for queue in QUEUE_NAMES[function]:
            minute.take(ATTEMPTS, queue_id=queue)
    minute.attempt("bot", 1)
    minute.handle("bot", 1)
    minute.take(OWN + "webhook_looks")
    return lost


def break_webhook(minute: Minute) -> None:
    """Cloud Run answers 503 for `webhook`: Telegram repeats what it could not bring."""
    minute.waiting["telegram"] += lose_people(minute)
    if minute.waiting["telegram"]:
        minute.count(OWN + "calls", minute.waiting["telegram"], service_name="webhook", status="503")
    minute.take(PASSED, check_id="webhook")
    for place in ("eur-belgium", "usa-iowa", "apac-singapore"):
        minute.count(PASSED, 0, check_id="webhook", checker_location=place)
    minute.look("failing")


def remove_webhook(minute: Minute) -> None:
    """Somebody called deleteWebhook."""
    lose_people(minute)
    minute.look("gone")


def move_webhook(minute: Minute) -> None:
    """Somebody took the bot to another environment."""
    lose_people(minute)
    minute.look("elsewhere")


def change_secret(minute: Minute) -> None:
    """Telegram sends another secret than the one that `webhook` knows."""
    minute.waiting["telegram"] += lose_people(minute)
    minute.handle("webhook", minute.waiting["telegram"], 401)
    minute.look("failing")


def stop_sweep(minute: Minute) -> None:
    """Nobody calls `sweep`, so nobody has `bot` look either."""
    minute.silence("sweep")
    minute.take(OWN + "webhook_looks")


def stop_releases(minute: Minute) -> None:
    """Nobody calls `releases`."""
    minute.silence("releases")
    minute.take(OWN + "release_webhook_looks")


def break_releases(minute: Minute) -> None:
    """The version of a secret that `releases` reads is disabled: whoever calls it is answered 503."""
    stop_releases(minute)
    minute.count(OWN + "calls", service_name="releases", status="503")
    minute.waiting["releases"] += int(minute.take(ATTEMPTS, queue_id="releases"))
    minute.attempt("releases", minute.waiting["releases"], "UNAVAILABLE")


def move_release_webhook(minute: Minute) -> None:
    """Somebody took the release bot elsewhere."""
    minute.take(OWN + "release_webhook_looks")
    minute.count(OWN + "release_webhook_looks", trouble="elsewhere")


def break_glass(minute: Minute) -> None:
    """Somebody has images run that the build has not attested, again and again."""
    minute.count(OWN + "breakglass", service_name="bot")


# --- what is usual --------------------------------------------------------------------------------------------


def go_wrong_a_little(minute: Minute) -> None:
    """What each day brings: a release, strangers at the doors, one instance that dies, a queue that is busy."""
    at = minute.number % DAY_MINUTES
    if at in {600, 601}:  # a release: an instance stops with a call in its hands
        minute.count(OWN + "calls", 2, service_name="bot", status="503")
        minute.attempt("bot-1", 2, "UNAVAILABLE")
    if 200 <= at < 208:  # somebody looks for holes at night, when nobody else calls
        minute.handle("webhook", 1, 401)
        minute.count(OWN + "calls", 3, service_name="bot", status="403")
    if at == 900:
        minute.count(OWN + "instance_faults", service_name="image")
        minute.count(OWN + "calls", service_name="image", status="503")
        minute.attempt("image", 1, "UNAVAILABLE")
    if at in {1000, 1001}:  # Telegram could not reach us once
        minute.take(OWN + "release_webhook_looks")
        minute.count(OWN + "release_webhook_looks", trouble="failing")
        minute.take(OWN + "webhook_looks")
        minute.look("failing")
    if 1100 <= at < 1130:  # videos are being made: their tasks come again and again
        minute.count(DEPTH, 3, queue_id="video")
        minute.attempt("video", 3)
    if 240 <= at < 252:  # an order for later waits alone at night
        minute.count(DEPTH, 1, queue_id="bot-5")
