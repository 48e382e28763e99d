"""Where an alert and its evidence are found: addresses of the desk. Pure."""

from dataclasses import replace

from monitor.model import Alert


def linked(alert: Alert, desk_url: str) -> Alert:
    """The alert with its links; the same alert where there is no desk ("")."""
    if not desk_url:
        return alert
    at = f"{desk_url.rstrip('/')}/changes/{alert.id}"
    return replace(alert, links={"desk": at, "evidence": f"{at}/evidence.zip"})
