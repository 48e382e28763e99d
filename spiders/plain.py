"""The plain spider: one GET a page."""

from spiders.base import DeclaredPages


class PlainSpider(DeclaredPages):
    """Fetches pages as the server sends them."""

    name = "plain"
