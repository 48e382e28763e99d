"""The commands: each reads its arguments, opens the home, and hands over to its own module."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Watches what companies promise about facial recognition, and says when the promise changes.",
)
alerts_app = typer.Typer(no_args_is_help=True, help="List, show, review, release, send and test alerts.")
feeds_app = typer.Typer(no_args_is_help=True, help="Atom and JSON feeds of the alerts.")
calendar_app = typer.Typer(
    no_args_is_help=True, help="The days on which commitments end, and others that matter."
)
accounts_app = typer.Typer(no_args_is_help=True, help="Who may sign in at the desk, and who did what there.")
app.add_typer(alerts_app, name="alerts")
app.add_typer(feeds_app, name="feeds")
app.add_typer(calendar_app, name="calendar")
app.add_typer(accounts_app, name="accounts")

Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
Language = Annotated[str, typer.Option(metavar="CODE", help="Language of the text (default: recognised).")]


@app.callback()
def _common(
    context: typer.Context,
    home: Annotated[
        str | None,
        typer.Option(metavar="DIR", help="Where state lives (default: $PLEDGEWATCH_HOME or ./var)."),
    ] = None,
    config: Annotated[
        str | None,
        typer.Option(metavar="DIR", help="Another config folder (default: the home's, or ./config)."),
    ] = None,
) -> None:
    context.obj = (home, config)


def _home(context: typer.Context) -> Any:
    from app.home import find_home

    root, config = context.find_root().obj
    return find_home(root, config, os.environ)


@app.command()
def check(
    context: typer.Context,
    organization: Annotated[str, typer.Option(metavar="ID", help="Only this organization.")] = "",
    page: Annotated[str, typer.Option(metavar="ID", help="Only this page.")] = "",
    all: Annotated[bool, typer.Option("--all", help="Everything, due or not.")] = False,
    json: Json = False,
) -> None:
    """One pass over what is due: fetch, read, decide, send."""
    from app.checking import run_check

    raise typer.Exit(
        run_check(_home(context), organization, page, everything=all, as_json=json, environ=os.environ)
    )


@app.command()
def run(context: typer.Context) -> None:
    """The daemon: checks what is due. It stops at SIGTERM or Ctrl-C."""
    from app.daemon import run_daemon

    raise typer.Exit(run_daemon(context.find_root().obj, os.environ))


@app.command()
def status(context: typer.Context, json: Json = False) -> None:
    """What was done, what comes next, what waits or failed."""
    from app.reporting import show_status

    raise typer.Exit(show_status(_home(context), as_json=json))


@app.command()
def metrics(context: typer.Context) -> None:
    """Figures on the watch itself, for Prometheus."""
    from app.metrics import show_metrics

    raise typer.Exit(show_metrics(_home(context), datetime.now(UTC)))


@app.command()
def compare(
    context: typer.Context,
    before: Annotated[
        Path | None, typer.Argument(metavar="BEFORE", help="The earlier text: .html, .md, .txt or .pdf.")
    ] = None,
    after: Annotated[Path | None, typer.Argument(metavar="AFTER", help="The later text.")] = None,
    json: Json = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Read JSON lines, write one line each.")] = False,
    language: Language = "",
) -> None:
    """What changed in the statements of two files. Needs no store."""
    from app.comparing import compare_files, compare_lines
    from monitor.errors import InputError

    if jsonl:
        raise typer.Exit(compare_lines(_home(context), sys.stdin.buffer, sys.stdout, language))
    if before is None or after is None:
        raise InputError(
            "compare needs two files, BEFORE and AFTER (or --jsonl with lines on standard input)"
        )
    raise typer.Exit(compare_files(_home(context), before, after, language, as_json=json))


@app.command()
def statements(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A text: .html, .md, .txt or .pdf.")],
    json: Json = False,
    language: Language = "",
) -> None:
    """The statements found in one file, with their slots."""
    from app.comparing import show_statements

    raise typer.Exit(show_statements(_home(context), file, language, as_json=json))


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The new home.")],
    contact: Annotated[
        str, typer.Option(metavar="ADDRESS", help="URL or e-mail at which page owners reach you.")
    ] = "",
    allow_host: Annotated[
        list[str] | None, typer.Option(metavar="HOST", help="A host of your own that may be private.")
    ] = None,
    webhook: Annotated[str, typer.Option(metavar="URL", help="Post alerts to this URL.")] = "",
    email: Annotated[str, typer.Option(metavar="ADDRESS", help="Mail alerts to this address.")] = "",
    confirm: Annotated[
        str, typer.Option(metavar="none|default", help="Whether a change needs further readings.")
    ] = "default",
    with_watchlist: Annotated[bool, typer.Option("--with-watchlist", help="Copy our watchlist too.")] = False,
    canary: Annotated[
        bool, typer.Option("--canary", help="Also watch a page of our own that changes each day.")
    ] = False,
) -> None:
    """A new home with its own config and store."""
    from app.setup import Wishes, make_home

    wishes = Wishes(contact, tuple(allow_host or ()), webhook, email, confirm, with_watchlist, canary)
    raise typer.Exit(make_home(folder, wishes))


@app.command()
def add(
    context: typer.Context,
    urls: Annotated[list[str] | None, typer.Argument(metavar="URL", help="The addresses to watch.")] = None,
    from_file: Annotated[
        Path | None, typer.Option("--from", metavar="FILE", help="A file with one URL a line.")
    ] = None,
    organization: Annotated[
        str, typer.Option(metavar="ID", help="The organization (default: from the host).")
    ] = "",
    role: Annotated[
        str, typer.Option(metavar="ROLE", help="pledge, policy, terms, product, customers …")
    ] = "policy",
) -> None:
    """Put pages on the watchlist."""
    from app.adding import add_pages

    raise typer.Exit(add_pages(_home(context), tuple(urls or ()), from_file, organization, role))


@app.command()
def validate(
    context: typer.Context,
    organization: Annotated[str, typer.Argument(metavar="ORGANIZATION", help="Only this one.")] = "",
    fetch: Annotated[bool, typer.Option("--fetch", help="Also read the pages; nothing is recorded.")] = False,
) -> None:
    """Check the configuration; --fetch also reads the pages."""
    from app.validation import show_validation

    raise typer.Exit(show_validation(_home(context), organization, fetch=fetch))


@app.command("import-snapshots")
def import_snapshots(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Captures with a manifest.json.")],
    json: Json = False,
) -> None:
    """Assess dated captures of others, oldest first."""
    from app.importing import run_import

    raise typer.Exit(run_import(_home(context), folder, as_json=json))


@app.command()
def doctor(context: typer.Context) -> None:
    """Is this installation healthy."""
    from app.doctor import examine

    raise typer.Exit(examine(_home(context), os.environ))


@app.command()
def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file.")],
) -> None:
    """All that was recorded in one file, also while a check runs. No settings, no secrets."""
    from app.backup import back_up

    raise typer.Exit(back_up(_home(context), file))


@app.command()
def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")],
) -> None:
    """Bring a backup into a new home."""
    from app.backup import bring_back

    raise typer.Exit(bring_back(_home(context), file))


@app.command("verify-store")
def verify_store(
    context: typer.Context,
    head: Annotated[
        str | None,
        typer.Option(metavar="SHA256", help="A head that was printed before: it must be in the chain."),
    ] = None,
    json: Json = False,
) -> None:
    """Is every row, link and body what was recorded. Nothing is changed."""
    from app.verifying import verify_store

    raise typer.Exit(verify_store(_home(context), head, as_json=json))


@app.command()
def desk(
    context: typer.Context,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="PORT", help="0: any free one.", min=0, max=65535)] = 8321,
) -> None:
    """The web desk, until it is stopped."""
    from app.desk.serve import run_desk

    raise typer.Exit(run_desk(context.find_root().obj, os.environ, host, port))


@app.command()
def demo(
    no_open: Annotated[bool, typer.Option("--no-open", help="Open no browser.")] = False,
    serve: Annotated[bool, typer.Option("--serve", help="Keep the desk open on it afterwards.")] = False,
    port: Annotated[int, typer.Option(metavar="PORT", help="Of the desk; 0: any free one.")] = 8321,
) -> None:
    """Six editions of made-up sites: what is told, and why."""
    from app.demo import run_demo

    raise typer.Exit(run_demo(serve=serve, opens=not no_open, port=port))


@alerts_app.command("list")
def alerts_list(context: typer.Context, json: Json = False) -> None:
    """Every alert, newest first."""
    from app.alerting import list_alerts

    raise typer.Exit(list_alerts(_home(context), as_json=json))


@alerts_app.command("show")
def alerts_show(
    context: typer.Context,
    alert: Annotated[str, typer.Argument(metavar="ALERT", help="Its id, or how its id begins.")],
    json: Json = False,
) -> None:
    """One alert with its evidence."""
    from app.alerting import show_alert

    raise typer.Exit(show_alert(_home(context), alert, as_json=json))


@alerts_app.command("release")
def alerts_release(
    context: typer.Context,
    alert: Annotated[str, typer.Argument(metavar="ID", help="How its id begins.")] = "",
    all: Annotated[bool, typer.Option("--all", help="Everything that is held.")] = False,
) -> None:
    """Let an alert go out that was held for a person, because much changed at once."""
    from app.alerting import release_alerts

    raise typer.Exit(release_alerts(_home(context), alert, everything=all))


@alerts_app.command("send")
def alerts_send(
    context: typer.Context,
    parked: Annotated[bool, typer.Option("--parked", help="First put back what was given up.")] = False,
) -> None:
    """Send what is waiting and due."""
    from app.sending import send_alerts

    raise typer.Exit(send_alerts(_home(context), os.environ, parked=parked))


@alerts_app.command("test")
def alerts_test(
    context: typer.Context,
    route: Annotated[str, typer.Argument(metavar="ROUTE", help="A route of settings.toml.")],
) -> None:
    """Send a sample by one route and say what the other side answered."""
    from app.sending import test_route

    raise typer.Exit(test_route(_home(context), route, os.environ))


@alerts_app.command("review")
def alerts_review(
    context: typer.Context,
    alert: Annotated[str, typer.Argument(metavar="ID", help="How its id begins.")],
    verdict: Annotated[
        str,
        typer.Argument(
            metavar="VERDICT",
            help="right, wrong-direction, reworded-only, not-about-this, page-noise or duplicate.",
        ),
    ],
    note: Annotated[str, typer.Option(metavar="TEXT", help="Why, for those who got the alert.")] = "",
    author: Annotated[str, typer.Option(metavar="NAME", help="Who judges (default: the user's name).")] = "",
) -> None:
    """Say what a person makes of an alert. Whoever got it hears where it was wrong."""
    from app.reviewing import review_alert

    raise typer.Exit(review_alert(_home(context), alert, verdict, note, author))


@alerts_app.command("reviews")
def alerts_reviews(
    context: typer.Context,
    export: Annotated[
        Path | None,
        typer.Option("--export", metavar="FILE", help="Write labelled pairs, one JSON line each."),
    ] = None,
    json: Json = False,
) -> None:
    """What was judged, and the mutes that could be made of it."""
    from app.reviewing import show_reviews

    raise typer.Exit(show_reviews(_home(context), export, as_json=json))


@feeds_app.command("write")
def feeds_write(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the feeds go.")],
) -> None:
    """Write the feeds: whole, by organization, by ask."""
    from app.publishing import write_feeds

    raise typer.Exit(write_feeds(_home(context), folder))


@calendar_app.command("write")
def calendar_write(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The calendar, such as pledges.ics.")],
) -> None:
    """Write the calendar of expiries, reviews, annual meetings and filing dates."""
    from app.calendaring import write_calendar

    raise typer.Exit(write_calendar(_home(context), file))


@accounts_app.command("invite")
def accounts_invite(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="By which they will sign in.")],
    role: Annotated[str, typer.Option(metavar="reader|reviewer|admin", help="What they may do.")] = "reader",
) -> None:
    """A one-time link by which somebody sets a password, for a new account or one that is there."""
    from app.accounting import invite_account, this_user

    raise typer.Exit(invite_account(_home(context), name, role, this_user()))


@accounts_app.command("list")
def accounts_list(context: typer.Context) -> None:
    """Every account, and the links that are open."""
    from app.accounting import list_accounts

    raise typer.Exit(list_accounts(_home(context)))


@accounts_app.command("close")
def accounts_close(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who may not sign in any more.")],
) -> None:
    """Close an account: its sessions and tokens end at once."""
    from app.accounting import close_account, this_user

    raise typer.Exit(close_account(_home(context), name, this_user()))


@accounts_app.command("audit")
def accounts_audit(context: typer.Context, json: Json = False) -> None:
    """Who did what at the desk, newest first."""
    from app.accounting import show_audits

    raise typer.Exit(show_audits(_home(context), as_json=json))
