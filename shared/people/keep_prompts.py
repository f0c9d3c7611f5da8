"""Storing, sharing and deleting a person's prompts."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from shared.codec import encode, update
from shared.errors import ConflictError
from shared.people.accounts import OpenUser, change_user, log_gift, open_user, try_until_won
from shared.people.library import PROMPTS_MAX, Prompt, PromptEntry, erase
from shared.people.prompt_documents import decode_prompt, prompt_key
from shared.people.users import User
from shared.ports import Create, Ports, Record, Write


@dataclass(frozen=True, slots=True)
class StoredPrompt:
    """A prompt and the record it was read from."""

    prompt: Prompt
    record: Record


async def open_prompt(ports: Ports, prompt_id: str) -> StoredPrompt | None:
    """Read a prompt, even a deleted one. Raises UnavailableError."""
    [record] = await ports.store.read([prompt_key(prompt_id)])
    return None if record is None else StoredPrompt(decode_prompt(record), record)


async def keep_prompt(ports: Ports, opened: OpenUser, prompt: Prompt) -> User | None:
    """Add a prompt to its owner's list, once; returns None if the list is full. Raises UnavailableError.

    A deleted prompt with the same id is overwritten.
    """
    current, write = opened, _create(prompt)

    async def attempt() -> User | None:
        nonlocal current, write
        user = current.user
        if any(entry.id == prompt.id for entry in user.library):
            return user
        if len(user.library) >= PROMPTS_MAX:
            return None
        changed = replace(user, library=(*user.library, PromptEntry(prompt.id, prompt.title)))
        try:
            await ports.store.commit([write, *current.writes(changed)])
        except ConflictError:
            current, stored = await open_user(ports, user.id), await open_prompt(ports, prompt.id)
            write = _create(prompt) if stored is None else update(stored.record, prompt)
            raise
        log_gift(current)
        return changed

    return await try_until_won(ports, attempt)


def _create(prompt: Prompt) -> Write:
    return Create(prompt_key(prompt.id), encode(prompt))


async def change_prompt(ports: Ports, stored: StoredPrompt, change: Callable[[Prompt], Prompt]) -> Prompt:
    """Commit a change to a prompt; after a conflict read it and decide again. Raises UnavailableError."""
    current = stored

    async def attempt() -> Prompt:
        nonlocal current
        changed = change(current.prompt)
        try:
            await ports.store.commit([update(current.record, changed)])
        except ConflictError:
            current = await open_prompt(ports, stored.prompt.id) or current
            raise
        return changed

    return await try_until_won(ports, attempt)


async def share_prompt(ports: Ports, stored: StoredPrompt) -> Prompt:
    """Create a link to it, if it has none. Raises UnavailableError."""
    token = ports.ids.token()
    return await change_prompt(ports, stored, lambda prompt: replace(prompt, token=prompt.token or token))


async def unshare_prompt(ports: Ports, stored: StoredPrompt) -> Prompt:
    """Invalidate its link. Raises UnavailableError."""
    return await change_prompt(ports, stored, lambda prompt: replace(prompt, token=""))


async def delete_prompt(ports: Ports, opened: OpenUser, stored: StoredPrompt) -> User:
    """Erase its words, and then its entry in the list. Idempotent. Raises UnavailableError."""
    now = ports.clock.now()
    await change_prompt(ports, stored, lambda prompt: erase(prompt, now))
    return await forget_prompt(ports, opened, stored.prompt.id)


async def forget_prompt(ports: Ports, opened: OpenUser, prompt_id: str) -> User:
    """Remove the entry of a missing prompt from the list. Raises UnavailableError."""
    return await change_user(ports, opened, lambda user: _without(user, prompt_id))


def _without(user: User, prompt_id: str) -> User:
    kept = tuple(entry for entry in user.library if entry.id != prompt_id)
    return replace(user, library=kept)
