"""Where in the bucket the pictures are that a person has uploaded in the app."""


def upload_prefix(user_id: int) -> str:
    """The prefix of their names; the id of each upload follows."""
    return f"uploads/{user_id}/"
