"""Back to the last good release: traffic only, in seconds, with nothing but Cloud Run."""

from infra.deploy.arrange import Arranger
from infra.deploy.context import Context
from infra.deploy.desk import Desk
from infra.deploy.errors import RefusedError
from infra.deploy.record import Record, Release, leave
from infra.deploy.telegram_notice import Notice, send_notice

ROUNDS = 2
"""A deployer that was interrupted may still have a call under way: the second look undoes it."""
PAUSE_SECONDS = 3.0


def go_back(
    desk: Desk, arranger: Arranger, context: Context, environment: str, reason: str, bad: Release | None = None
) -> Record:
    """The record afterwards. Whoever holds the lock loses it. Raises DeployError, RefusedError.

    `bad` is what is left, by itself the candidate or else the stable release. Where an earlier way back was left half
    way it is finished instead: who calls again because the first call broke off does not go back twice.
    """
    started = context.clock.now()
    found = desk.read()
    if found.stable is None:
        raise RefusedError("there is no good release to go back to yet")
    if bad is None and not _is_half_way(found, arranger):
        bad = found.candidate or found.stable
    bad_id = bad.id if bad else ""
    leave(found, bad_id, started)  # refused where there is nothing to go back to: nobody loses the lock for that
    desk.take(by_force=True)
    record = desk.write("roll back", lambda current: leave(current, bad_id, context.clock.now()))
    assert record.stable is not None
    for number in range(ROUNDS):
        arranger.route(record)
        if number + 1 < ROUNDS:
            context.clock.sleep(PAUSE_SECONDS)
    desk.release()
    seconds = (context.clock.now() - started).total_seconds()
    words = f"{environment}: back {f'from {bad.version} ' if bad else ''}to {record.stable.version}"
    context.say(f"{words}, {seconds:.0f} s")
    who = context.environment.get("GITHUB_ACTOR", "")
    send_notice(context, Notice(words, result="rolled back", who=who, seconds=seconds, details=(reason,)))
    return record


def _is_half_way(record: Record, arranger: Arranger) -> bool:
    """Whether somebody is still going back (another person's call, or one that was killed), or services lag behind."""
    if record.candidate is not None or record.stable is None or not record.given_up:
        return False
    is_under_way = bool(record.holder) and record.given_up[0].since == record.stable.since
    return is_under_way or arranger.is_left_half_way(record)
