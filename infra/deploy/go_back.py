"""Rolling back to the last good release: it changes only traffic, takes seconds, and needs only Cloud Run.

While a Terraform runs that could undo it, it stays and arranges the traffic anew.
"""

from datetime import datetime

from infra.deploy.arrange import Arranger
from infra.deploy.context import Context
from infra.deploy.desk import TICK_SECONDS, Desk
from infra.deploy.environments import find_repository_id
from infra.deploy.errors import RefusedError
from infra.deploy.record import Record, Release, find_version, leave
from infra.deploy.telegram_notice import Notice, send_notice

ROUNDS = 2
"""An interrupted deployer may still have a running call, which the second round undoes."""
PAUSE_SECONDS = 3.0


def go_back(
    desk: Desk,
    arranger: Arranger,
    context: Context,
    environment: str,
    reason: str,
    bad: Release | None = None,
    to: str = "",
) -> Record:
    """Roll back, taking the lock by force; returns the new record. Raises DeployError, RefusedError.

    `bad` is the release to leave, by default the candidate or else the stable release. An unfinished earlier rollback
    is completed instead, so a second call after an interruption does not go back twice. `to` is the version to go back
    to; empty: the last good one. If another one serves in the end, that is a RefusedError.
    """
    started = context.clock.now()
    found = desk.read()
    if found.stable is None:
        raise RefusedError("there is no good release to go back to yet")
    if bad is None and not _is_half_way(found, arranger):
        bad = found.candidate or found.stable
    bad_id = bad.id if bad else ""
    wanted = leave(found, bad_id, started, to).stable  # raises if there is none, before anybody loses the lock
    assert wanted is not None
    if wanted.id != found.stable.id:  # what serves already is only kept
        _refuse_other_database(wanted, found.stable, arranger, environment)
        if found.proven_since is not None:
            _refuse_unproven(wanted, found.proven_since, arranger, context, environment)
    desk.take(by_force=True)
    record = desk.write("roll back", lambda current: leave(current, bad_id, context.clock.now(), to))
    assert record.stable is not None
    for number in range(ROUNDS):
        arranger.route(record)
        if number + 1 < ROUNDS:
            context.clock.sleep(PAUSE_SECONDS)
    seconds = (context.clock.now() - started).total_seconds()
    words = f"{environment}: back {f'from {bad.version} ' if bad else ''}to {record.stable.version}"
    context.say(f"{words}, {seconds:.0f} s")
    who = context.environment.get("GITHUB_ACTOR", "")
    send_notice(context, Notice(words, result="rolled back", who=who, seconds=seconds, details=(reason,)))
    _outlast_terraform(desk, arranger, context, record)
    desk.release()
    _refuse_elsewhere(record, to, environment)
    return record


def leave_version(
    desk: Desk, arranger: Arranger, context: Context, environment: str, reason: str, version: str, to: str
) -> None:
    """Roll back from a version, if it still serves or is under way: who asks twice goes back once.

    Raises RefusedError for an unknown version, and as `go_back` does.
    """
    found = desk.read()
    bad = find_version(found, version)
    if bad is None:
        raise RefusedError(f"{version} neither serves nor is under way")
    if bad in found.given_up and not _is_half_way(found, arranger):
        context.say(f"{environment}: {version} was left before")
        _refuse_elsewhere(found, to, environment)
        return
    go_back(desk, arranger, context, environment, reason, bad, to)


def _refuse_elsewhere(record: Record, to: str, environment: str) -> None:
    """Raise RefusedError if another version than the wanted one serves: somebody else went back before us."""
    assert record.stable is not None
    if to not in {"", record.stable.version}:
        raise RefusedError(f"{environment} serves {record.stable.version} now, not {to}: look, then repeat if need be")


def _refuse_other_database(wanted: Release, stable: Release, arranger: Arranger, environment: str) -> None:
    """Raise RefusedError if people would come back to a database that was left: what they did since is not in it."""
    there, here = arranger.read_database(wanted), arranger.read_database(stable)
    if there != here and there is not None and here is not None:
        cure = f"if that is meant: make switch-over ENV={environment} DATABASE='{there}'"
        raise RefusedError(f"{wanted.version} uses the database {there}, and people use {here} since a restore; {cure}")


def _refuse_unproven(
    wanted: Release, proven_since: datetime, arranger: Arranger, context: Context, environment: str
) -> None:
    """Raise RefusedError unless the build has signed the image, or the release is older than this demand.

    The signature is the one that the release's own revision keeps: the registry and GitHub may be down.
    """
    from infra.deploy.origin import prove_kept

    found = arranger.read_bundle(wanted)
    if found is None:
        raise RefusedError(f"{wanted.version}: its revisions are gone")
    bundle, made = found
    if bundle:
        prove_kept(bundle, wanted.digest, find_repository_id(environment), context)
    elif made >= proven_since:
        raise RefusedError(f"{wanted.version}: nobody signed {wanted.digest}, so nothing proves what built it")
    else:
        context.say(f"{wanted.version} is from before images were signed")


def _outlast_terraform(desk: Desk, arranger: Arranger, context: Context, record: Record) -> None:
    """Arrange the traffic anew until no Terraform can write any more: it sends whole services as it read them."""
    if not record.is_applying(context.clock.now()):
        return
    context.say(f"{record.applier} still runs Terraform, which may undo this: staying here until it has ended")
    while not context.dry_run and record.is_applying(context.clock.now()):
        context.clock.sleep(TICK_SECONDS)
        record = desk.renew()
        arranger.route(record)


def _is_half_way(record: Record, arranger: Arranger) -> bool:
    """Whether another rollback is running or was killed, or services lag behind the record."""
    if record.candidate is not None or record.stable is None or not record.given_up:
        return False
    is_locked = bool(record.holder) and record.holder != record.applier
    is_under_way = is_locked and record.given_up[0].since == record.stable.since
    return is_under_way or arranger.is_left_half_way(record)
