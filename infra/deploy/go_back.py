"""Back to the last good release: traffic only, in seconds, with nothing but Cloud Run."""

from infra.deploy.arrange import Arranger
from infra.deploy.context import Context
from infra.deploy.desk import Desk
from infra.deploy.record import Record, roll_back
from infra.deploy.telegram_notice import Notice, send_notice

ROUNDS = 2
"""A deployer that was interrupted may still have a call under way: the second look undoes it."""
PAUSE_SECONDS = 3.0


def go_back(desk: Desk, arranger: Arranger, context: Context, environment: str, reason: str) -> Record:
    """The record afterwards. Whoever holds the lock loses it. Raises DeployError, RefusedError."""
    started = context.clock.now()
    roll_back(desk.read(), started)  # nobody loses the lock where there is nothing to go back to
    before = desk.take(by_force=True)
    bad = before.candidate or before.stable
    record = desk.write("roll back", lambda found: roll_back(found, context.clock.now()))
    assert record.stable is not None
    for number in range(ROUNDS):
        arranger.route(record)
        if number + 1 < ROUNDS:
            context.clock.sleep(PAUSE_SECONDS)
    desk.release()
    seconds = (context.clock.now() - started).total_seconds()
    words = f"{environment}: back from {bad.version if bad else '?'} to {record.stable.version}"
    context.say(f"{words}, {seconds:.0f} s")
    who = context.environment.get("GITHUB_ACTOR", "")
    send_notice(context, Notice(words, result="rolled back", who=who, seconds=seconds, details=(reason,)))
    return record
