"""Telegram's page that offers to send a link to somebody (https://core.telegram.org/widgets/share)."""

from urllib.parse import quote, urlencode


def sharing_url(url: str, text: str) -> str:
    """The address that opens the person's list of chats, and puts link and text into the chosen one's field."""
    return f"https://t.me/share/url?{urlencode({'url': url, 'text': text}, quote_via=quote)}"
