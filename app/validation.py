"""pledgewatch validate: does the configuration hold, and with --fetch, what do the pages say today.

Nothing is recorded: a page that is tried out here leaves no trace in the store.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from operator import attrgetter

from app.comparing import slots_told
from app.due import refuse_without_contact
from app.home import Home, program_version
from app.screen import bar, columns, say
from monitor.access import Verdict, count_words, judge
from monitor.compare import statements_in
from monitor.errors import ConfigError, DeliveryError, InputError
from monitor.lexicon import Lexicon
from monitor.model import Document, Fetch, Organization, Page, Statement
from monitor.mutes import Mute
from monitor.reader import Reader
from monitor.reading import Read
from monitor.settings import Network

_FIRST_LINES = 8  #: how much of the text is shown
_LINE_CHARACTERS = 150


@dataclass(frozen=True, slots=True)
class Sight:
    """What one page says today."""

    page: Page
    verdict: Verdict
    document: Document | None
    statements: tuple[Statement, ...]
    lexicon: Lexicon | None


def show_validation(home: Home, organization: str, *, fetch: bool) -> int:
    """Print what is declared, and with `fetch` what the pages say; 1 where one could not be read.

    Raises ConfigError where the configuration cannot be followed, InputError for an unknown organization.
    """
    home.read_all()
    _refuse_bad_addresses(home)
    chosen = _chosen(home, organization)
    lexicons = dict(home.rules.lexicons)  # reads them all
    _show_settings(home)
    _show_watchlist(chosen, lexicons)
    _show_mutes(home.mutes, datetime.now(UTC).date())
    if organization:
        _show_pages(chosen[0])
    if not fetch:
        say("The configuration holds.")
        return 0
    sights = _look_at(home, chosen)
    for sight in sights:
        _show_sight(sight)
    return int(any(not sight.verdict.access.is_reading for sight in sights))


def _refuse_bad_addresses(home: Home) -> None:
    """An address of Apprise that stands in the settings, and that nothing could be sent to."""
    channels = home.settings.channels.items()
    declared = {name: one for name, one in channels if one.kind == "apprise" and not one.url_env}
    if not declared:
        return
    from alerts.channels.apprise import check_address  # takes a second to load

    for name, channel in declared.items():
        try:
            check_address(channel, {})
        except DeliveryError as error:
            file, key = str(home.config / "settings.toml"), f"channels.{name}.url"
            raise ConfigError(file, key, str(error)) from None


def _chosen(home: Home, organization: str) -> tuple[Organization, ...]:
    if organization:
        return (home.watchlist.organization(organization),)
    return home.watchlist.organizations


# --------------------------------------------------------------------------- what is declared


def _show_settings(home: Home) -> None:
    settings = home.settings
    routes = ", ".join(f"{route.name} (by {route.channel})" for route in settings.routes)
    say(f"Settings       {home.config / 'settings.toml'}")
    say(f"Contact        {settings.operator.contact or 'none: only pages on this machine can be read'}")
    say(f"Routes         {routes or 'none: alerts are kept, and nobody is told'}")


def _show_watchlist(organizations: Sequence[Organization], lexicons: Mapping[str, Lexicon]) -> None:
    pages = [page for organization in organizations for page in organization.pages]
    unconfirmed = sum(len(organization.unconfirmed) for organization in organizations)
    spoken = Counter(page.language for page in pages)
    languages = ", ".join(f"{language} ({count})" for language, count in sorted(spoken.items()))
    say(f"Organizations  {len(organizations)}")
    say(f"Pages          {len(pages)}, and {unconfirmed} unconfirmed addresses that are never fetched")
    say(f"Languages      {languages or 'none'}")
    for language in sorted(set(spoken) - set(lexicons)):
        say(f"  {_unsearched(language, [page.id for page in pages if page.language == language])}")


def _unsearched(language: str, page_ids: Sequence[str]) -> str:
    read = f"{page_ids[0]} is read, but nothing can be found in it"
    if len(page_ids) > 1:
        read = f"{', '.join(page_ids)} are read, but nothing can be found in them"
    return f"{read}: there is no lexicon for {language}."


def _show_mutes(mutes: Sequence[Mute], today: date) -> None:
    in_force = [mute for mute in mutes if mute.since <= today <= mute.until]
    say(f"Mutes          {f'{len(in_force)} in force' if in_force else 'none in force'}")
    columns([_mute_row(mute) for mute in sorted(in_force, key=attrgetter("until"))], indent=2)


def _mute_row(mute: Mute) -> tuple[str, ...]:
    narrowed = [", ".join(mute.kinds)] * bool(mute.kinds) + [f"“{mute.words}”"] * bool(mute.words)
    what = " ".join(narrowed) or "all but what no mute hides"
    return mute.page or mute.organization, what, f"until {mute.until}", f"{mute.author}: {mute.reason}"


def _show_pages(organization: Organization) -> None:
    say(f"\n{organization.name} ({organization.kind})")
    columns([(page.id, str(page.role), page.fetch, page.url) for page in organization.pages], indent=2)
    unconfirmed = [
        ("unconfirmed", str(one.role), "never", one.url, one.why) for one in organization.unconfirmed
    ]
    columns(unconfirmed, indent=2)


# --------------------------------------------------------------------------- what the pages say


def _look_at(home: Home, organizations: Sequence[Organization]) -> list[Sight]:
    pages = [page for organization in organizations for page in organization.pages]
    if not pages:
        raise InputError("There is no page to read here: add one with `pledgewatch add URL`.")
    refuse_without_contact(home, pages)
    with bar("Reading pages", len(pages)) as tick:
        came = fetched(home, pages, home.settings.network, tick)
    with Reader() as reader:
        return [
            sight_of(home, organization.products, page, *came[page.id], reader.read)
            for organization in organizations
            for page in organization.pages
        ]


def fetched(
    home: Home, pages: Sequence[Page], network: Network, tick: Callable[[str], object]
) -> dict[str, tuple[Fetch, bytes]]:
    """Page id → what came, kept in memory only. Once a process (see spiders.crawl.run)."""
    from spiders.crawl import Stamp, Target, crawl, run, user_agent

    came: dict[str, tuple[Fetch, bytes]] = {}
    agent = user_agent(home.settings.operator.contact, program_version())
    stamp = Stamp(program_version(), home.config_sha256)
    targets = [Target(page) for page in pages]

    def keep(fetch: Fetch, body: bytes, screenshot: bytes) -> None:
        came[fetch.page_id] = (fetch, body)
        tick(fetch.page_id)

    run(lambda: crawl(targets, network, agent, stamp, keep))
    return came


def sight_of(home: Home, products: Sequence[str], page: Page, fetch: Fetch, body: bytes, read: Read) -> Sight:
    """What a body says as this page declares it. products: by which names facial recognition is called."""
    document = read(body, fetch, page) if body else None
    verdict = judge(fetch, document, page, None, home.rules.access)
    text = document if isinstance(document, Document) else None
    lexicon = home.rules.lexicons.get(page.language.split("-")[0])
    if text is None or lexicon is None:
        return Sight(page, verdict, text, (), lexicon)
    found = statements_in(text, lexicon.with_products(products))
    return Sight(page, verdict, text, found, lexicon)


def _show_sight(sight: Sight) -> None:
    say(f"\n{sight.page.id}  {sight.page.url}")
    say(f"  access      {sight.verdict.access} {' '.join(sight.verdict.evidence)}".rstrip(), hang=14)
    if sight.document is None:
        return
    say(f"  words       {count_words(sight.document)}")
    for number, line in enumerate(sight.document.text.split("\n")[:_FIRST_LINES]):
        say(f"  {'text' if number == 0 else '':<11} {_short(line)}")
    say(f"  statements  {_counted(sight)}")
    for statement in sight.statements:
        say(f"    “{statement.quote}”")
        say(f"      {slots_told(statement)}")


def _counted(sight: Sight) -> str:
    if sight.lexicon is None:
        return f"not looked for: there is no lexicon for {sight.page.language}"
    return str(len(sight.statements) or "none")


def _short(line: str) -> str:
    return line if len(line) <= _LINE_CHARACTERS else f"{line[: _LINE_CHARACTERS - 1]}…"
