"""Changes of collections, by a press in the chat or by a form in the app. Each may be repeated."""

from dataclasses import replace

from shared.jobs.job import Job
from shared.jobs.open_jobs import StoredJob, change_job
from shared.people.accounts import OpenUser, change_user
from shared.people.shelves import Shelf, add_shelf, find_by_name, put_on, remove_shelf, take_off
from shared.people.users import User
from shared.ports import Ports


async def put_result(ports: Ports, opened: StoredJob, shelf_id: str, *, is_on: bool) -> StoredJob:
    """Put a result on a shelf, or take it away. Raises UnavailableError."""

    def put(job: Job) -> Job | None:
        shelves = put_on(job.shelves, shelf_id) if is_on else take_off(job.shelves, shelf_id)
        return None if shelves == job.shelves else replace(job, shelves=shelves)

    return await change_job(ports, opened, put)


async def create_shelf(ports: Ports, opened: OpenUser, shelf: Shelf) -> tuple[User, Shelf | None]:
    """Make a collection; a name that is taken means the one that has it. Raises UnavailableError.

    Returns the person and the collection; None: there are too many.
    """

    def add(user: User) -> User | None:
        gallery = add_shelf(user.gallery, find_by_name(user.gallery, shelf.name) or shelf)
        return None if gallery is None else replace(user, gallery=gallery)

    user = await change_user(ports, opened, add)
    return user, find_by_name(user.gallery, shelf.name)


async def drop_shelf(ports: Ports, opened: OpenUser, shelf_id: str) -> User:
    """Remove a collection; what stood on it stays in the gallery. Raises UnavailableError."""

    def drop(user: User) -> User | None:
        gallery = remove_shelf(user.gallery, shelf_id)
        return None if gallery == user.gallery else replace(user, gallery=gallery)

    return await change_user(ports, opened, drop)
