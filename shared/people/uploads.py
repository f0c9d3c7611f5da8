"""Where in the bucket the pictures are that a person has uploaded in the app."""


def upload_prefix(user_id: int) -> str:
    """The prefix of their names; the id of each upload follows. The bucket keeps them as long as results: 90 days."""
    return f"uploads/{user_id}/"


def brief_upload_prefix(user_id: int) -> str:
    """The prefix where the bucket deletes them after a day: for who is incognito, or has chosen a shorter term."""
    return f"archives/uploads-{user_id}/"


def upload_prefixes(user_id: int) -> tuple[str, str]:
    """Both."""
    return upload_prefix(user_id), brief_upload_prefix(user_id)
