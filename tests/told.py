"""What the tests of the ways out send: one alert, and whatever they make of it."""

from dataclasses import replace
from typing import Any

from alerts.message import Message
from monitor.model import Alert, Notice
from tests.sample_alerts import alert

TOLD = alert()


def message(recipient: str = "", **changes: Any) -> Message:
    """The alert on its way to this recipient."""
    return replace(about(TOLD, recipient), **changes)


def about(content: Alert | Notice, recipient: str = "") -> Message:
    """This content on its way by the route "staff"."""
    return Message(content, f"{content.id}/staff/{recipient}", "staff", recipient)
