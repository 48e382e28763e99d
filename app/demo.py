"""pledgewatch demo: six editions of a made-up world, watched with the real spider, store and alerter.

Only the clock is moved: each edition is read several times over some days, as a daemon would, so that
confirmation happens as it does in life. Nothing leaves this machine.
"""

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from os import environ
from pathlib import Path

from rich.console import Console
from rich.text import Text

from alerts.render import text as alert_text
from app import watch
from app.demo_site import PLACEHOLDER, DemoServer, Edition, Site, bodies, load_site, serving
from app.due import due_pages
from app.home import SHIPPED_CONFIG, Home
from app.screen import Tick, bar
from monitor.align import word_marks
from monitor.model import Access, Alert, Direction, Reading
from spiders.crawl import run

_SETTINGS = """\
[operator]
contact = "demo@pledgewatch.invalid"

[network]
allow_hosts = ["127.0.0.1"]

[channels.alerts-file]
kind = "file"
path = "{path}"

[[routes]]
name = "everything"
channel = "alerts-file"
"""
_STYLES = {Direction.WEAKER: "bold red", Direction.STRONGER: "bold green"}


@dataclass
class MovingClock:
    """The demo's time (UTC): it stands still until it is moved."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True, slots=True)
class Held:
    """A page that changed or could not be read, and of which nothing was told."""

    page_id: str
    noise: str
    access: Access
    why: str


@dataclass(frozen=True, slots=True)
class Told:
    """One edition as it was watched."""

    edition: Edition
    alerts: tuple[Alert, ...] = ()
    held: tuple[Held, ...] = ()


def run_demo(*, serve: bool = False, opens: bool = False, port: int = 0) -> int:
    """Watch the six editions and print what was told and what was held back.

    serve: then show them at the desk until it is stopped; opens: in a browser of this machine, too.
    """
    console = Console(highlight=False, soft_wrap=True)
    with tempfile.TemporaryDirectory(prefix="pledgewatch-demo-") as folder, serving() as server:
        _show(console, _watched(Path(folder), server))
        return _at_the_desk(console, Path(folder), server, port, opens) if serve else 0


def watch_editions(folder: Path) -> tuple[Told, ...]:
    """The whole time-lapse in this folder, which becomes a home."""
    with serving() as server:
        return _watched(folder, server)


def _watched(folder: Path, server: DemoServer) -> tuple[Told, ...]:
    source = SHIPPED_CONFIG / "demo"
    site = load_site(source)
    steps = len(site.editions) * len(site.reading_hours)
    with bar("Watching six editions", steps) as tick:
        home = _make_home(folder, source, server)
        return run(lambda: _watch(home, source, site, server, tick))


def _at_the_desk(console: Console, folder: Path, server: DemoServer, port: int, opens: bool) -> int:
    """The desk on what was watched, by the demo's clock, which goes on from its last look."""
    from app.desk.serve import serve_desk

    site = load_site(SHIPPED_CONFIG / "demo")
    began, last = datetime.now(UTC), site.editions[-1].date + timedelta(hours=site.reading_hours[-1])
    console.print(Text(f"To try it out, add this page at the desk: {server.base}/{site.to_add}\n"))

    def now() -> datetime:
        return last + (datetime.now(UTC) - began)

    return serve_desk((str(folder), None), environ, port=port, opens=opens, now=now)


def _make_home(folder: Path, source: Path, server: DemoServer) -> Home:
    watchlist = folder / "config" / "watchlist"
    watchlist.mkdir(parents=True)
    for declaration in sorted((source / "watchlist").glob("*.toml")):
        text = declaration.read_text(encoding="utf-8").replace(PLACEHOLDER, server.base)
        (watchlist / declaration.name).write_text(text, encoding="utf-8")
    settings = _SETTINGS.format(path=(folder / "alerts.jsonl").as_posix())
    (folder / "config" / "settings.toml").write_text(settings, encoding="utf-8")
    return Home(folder, folder / "config")


async def _watch(home: Home, source: Path, site: Site, server: DemoServer, tick: Tick) -> tuple[Told, ...]:
    clock = MovingClock(site.editions[0].date)
    told = []
    with home.open_store() as store:
        for number, edition in enumerate(site.editions):
            server.pages = bodies(source, site, number)
            checks = []
            for hours in site.reading_hours:
                clock.now = edition.date + timedelta(hours=hours)
                asked = due_pages(home, store, clock(), everything=True)
                checks.append(await watch.check(home, store, asked, clock, {}))
                tick(f"{clock.now:%d %b %Y}")
            told.append(_told(site, number, checks))
    return tuple(told)


def _told(site: Site, number: int, checks: Sequence[watch.Check]) -> Told:
    alerts = tuple(alert for check in checks for alert in check.alerts)
    alerted = {alert.page["id"] for alert in alerts}
    last = {reading.page_id: reading for check in checks for reading in check.readings}
    held = [
        Held(silent.page, silent.noise, _access(last[silent.page]), _why(last[silent.page]))
        for silent in site.expected.silent
        if silent.edition == number + 1 and silent.page not in alerted
    ]
    return Told(site.editions[number], alerts, tuple(held))


def _access(reading: Reading) -> Access:
    return Access.OK if reading.access.is_reading else reading.access


def _why(reading: Reading) -> str:
    """What we can say of a page of which nothing is told."""
    if reading.access is Access.GONE:
        return "still gone: told once, not again"
    if not reading.access.is_reading:
        evidence = _without_port(" ".join(reading.evidence))
        return f"not read ({reading.access}): {evidence}"
    return "read in full; every statement stands as before"


# --------------------------------------------------------------------------- for people


def _show(console: Console, told: Sequence[Told]) -> None:
    console.print("Six editions of three made-up organizations, each read three times over four days.\n")
    for each in told:
        _show_edition(console, each)
    alerts = [alert for each in told for alert in each.alerts]
    held = sum(len(each.held) for each in told)
    if alerts:
        console.print(Text("One alert in full, as it goes out:", style="bold"))
        console.print(Text(_without_port(alert_text(alerts[min(1, len(alerts) - 1)]))))
    console.print(
        Text(f"{len(alerts)} alerts; {held} other changes and obstacles held back, each for its reason.")
    )


def _show_edition(console: Console, told: Told) -> None:
    console.print(Text(f"{told.edition.date.astimezone(UTC):%d %b %Y}  {told.edition.what}", style="bold"))
    for alert in told.alerts:
        _show_alert(console, alert)
    for held in told.held:
        console.print(Text(f"  held back  {held.page_id}: {held.noise}. {held.why}", style="dim"))
    console.print()


def _show_alert(console: Console, alert: Alert) -> None:
    confirmed = alert.after.confirmed_at or alert.raised_at
    line = Text("  ALERT      ")
    line.append(alert.direction.upper(), style=_STYLES.get(alert.direction, "bold yellow"))
    line.append(f"  {alert.headline}. Seen {alert.after.fetched_at:%d %b}, confirmed {confirmed:%d %b %Y}.")
    console.print(line)
    for finding in alert.findings:
        console.print(Text(f"             {finding.kind}: {finding.reasons[0]}"))
        console.print(_marked(finding.before_quote, finding.after_quote))


def _marked(before: str, after: str) -> Text:
    """The words before and after; [-gone-] and {+new+} are marked in letters, and in colour on top."""
    line = Text("             ")
    for mark in word_marks(before, after):
        if mark.kind == "removed":
            line.append(f"[-{mark.text}-]", style="red")
        elif mark.kind == "added":
            line.append(f"{{+{mark.text}+}}", style="green")
        else:
            line.append(mark.text)
    return line


def _without_port(text: str) -> str:
    """The demo's addresses as they are declared: the port is another one each time."""
    return re.sub(r"http://127\.0\.0\.1:\d+", PLACEHOLDER, text)
