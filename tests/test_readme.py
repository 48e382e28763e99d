"""The README cannot rot: its commands parse, its TOML loads, its recipes are executed as they stand there."""

import json
import os
import re
import shlex
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from typer.main import get_command

import alerts.channels
from alerts.message import Message, sender
from app import cli
from app.home import SHIPPED_CONFIG, Home
from app.listening import listening
from app.pings import pings_of
from app.setup import Wishes, make_home
from monitor import settings as settings_module
from monitor.access import judge_text
from monitor.alive import SILENT_AT_MOST
from monitor.asks import About, load_asks
from monitor.errors import DeliveryError
from monitor.lexicon import LISTS, Lexicon, load_lexicon, spell
from monitor.marks import Mark, load_access_rules
from monitor.model import (
    Access,
    Direction,
    Document,
    Identifiers,
    Role,
    Segment,
    Stance,
    Tier,
    UnconfirmedPage,
)
from monitor.mutes import load_mutes
from monitor.settings import (
    CHANNEL_NEEDS,
    Channel,
    Confirm,
    MassChange,
    Network,
    Operator,
    Outage,
    Route,
    Settings,
    StoreSettings,
    load_settings,
)
from monitor.watchlist import Declaration, DeclaredPage, load_watchlist
from tests.loopback import Answer, Loopback
from tests.sample_alerts import alert
from tests.test_cli_setup import ROOT, Screen, program

README = (ROOT / "README.md").read_text(encoding="utf-8")
PROGRAM: Any = get_command(cli.app)
MADE_UP_URL = "https://brindlewick.example/face-search"
_SETTINGS = (Operator, Network, StoreSettings, Confirm, Outage, MassChange, Channel, Route)
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block: its language, its text, and the paragraph above it."""

    language: str
    text: str
    above: str


def blocks() -> tuple[Block, ...]:
    return tuple(
        Block(fence[1], fence[2], README[: fence.start()].rstrip().rpartition("\n\n")[2])
        for fence in _FENCE.finditer(README)
    )


def recipe(name: str) -> str:
    """The block under the paragraph that begins with this name in bold."""
    (found,) = [block.text for block in blocks() if block.above.startswith(f"**{name}**")]
    return found


def section(title: str) -> str:
    return README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def prose() -> str:
    return _FENCE.sub("", README)


def code_words() -> list[str]:
    """Everything that stands between single backticks."""
    return re.findall(r"`([^`\n]+)`", prose())


def one_line(text: str) -> str:
    return " ".join(text.split())


# --------------------------------------------------------------------------- commands


def shell_commands() -> list[list[str]]:
    """Every command line of the sh blocks, as words."""
    lines = [line for block in blocks() if block.language == "sh" for line in block.text.splitlines()]
    return [words for line in lines if (words := shlex.split(line, comments=True))]


def commands_shown() -> list[tuple[str, ...]]:
    """The words behind `pledgewatch`, wherever the README shows a command."""
    in_shell = [words[1:] for words in shell_commands() if words[0].endswith("pledgewatch")]
    in_text = [shlex.split(code)[1:] for code in code_words() if code.startswith("pledgewatch ")]
    return sorted({tuple(words) for words in (*in_shell, *in_text)})


def parsed(words: tuple[str, ...]) -> Any:
    """The context of the innermost command: raises where a command or an option does not exist."""
    command: Any = PROGRAM
    context = command.make_context("pledgewatch", list(words))
    while hasattr(command, "commands"):
        name, command, rest = command.resolve_command(context, [*context._protected_args, *context.args])
        context = command.make_context(name, rest, parent=context)
    return context


def leaves(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command that does something, with the words that lead to it."""
    if not hasattr(command, "commands"):
        yield path, command
        return
    for name, inner in command.commands.items():
        yield from leaves(inner, (*path, name))


COMMANDS = dict(leaves(PROGRAM))


def options(command: Any) -> set[str]:
    return {name for parameter in command.params for name in parameter.opts if name.startswith("--")}


@pytest.mark.parametrize("words", commands_shown(), ids=" ".join)
def test_a_command_that_is_shown_exists_with_these_options(words: tuple[str, ...]) -> None:
    assert parsed(words).command in COMMANDS.values()


@pytest.mark.parametrize(
    "words", [("chek",), ("check", "--sometimes"), ("alerts", "burn"), ("alerts", "show")]
)
def test_a_command_that_does_not_exist_would_be_noticed(words: tuple[str, ...]) -> None:
    with pytest.raises(Exception, match=r"No such|Missing"):
        parsed(words)


def rows_of_commands() -> dict[str, set[tuple[str, ...]]]:
    """A row of the table of commands → the commands that it describes."""
    rows = [line for line in section("Commands").splitlines() if line.startswith("| `pledgewatch ")]
    shown = {row: re.findall(r"`pledgewatch ([^`]+)`", row) for row in rows}
    return {
        row: {path for each in texts for path in COMMANDS if tuple(each.split())[: len(path)] == path}
        for row, texts in shown.items()
    }


def test_every_command_is_described_with_all_its_options() -> None:
    described: dict[tuple[str, ...], set[str]] = {}
    for row, paths in rows_of_commands().items():
        for path in paths:
            described.setdefault(path, set()).update(re.findall(r"--[a-z-]+", row))
    missing = {path: options(command) - described.get(path, set()) for path, command in COMMANDS.items()}
    assert described.keys() == COMMANDS.keys()
    assert {path: names for path, names in missing.items() if names} == {}


def test_a_row_names_no_option_that_its_commands_lack() -> None:
    for row, paths in rows_of_commands().items():
        known = set[str]().union(*(options(COMMANDS[path]) for path in paths))
        assert set(re.findall(r"--[a-z-]+", row)) <= known, row


def test_make_targets_are_those_of_the_makefile() -> None:
    declared = re.search(r"^\.PHONY:(.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    shown = {code.split()[1] for code in code_words() if code.startswith("make ")}
    shown |= {words[1] for words in shell_commands() if words[0] == "make"}
    assert declared is not None
    assert shown == set(declared[1].split())


# --------------------------------------------------------------------------- tables and links


def test_every_access_state_has_its_line() -> None:
    rows = [line for line in section("How a check works").splitlines() if line.startswith("| `")]
    told = [name for row in rows for name in re.findall(r"\| `(\w+)` \| \S", row)]
    assert sorted(told) == sorted(Access)


def test_every_exit_code_has_its_line() -> None:
    told = {int(code) for code in re.findall(r"^\| (\d+) \| \S", section("Commands"), re.MULTILINE)}
    assert told == {cli.DONE, cli.RECORDED_TROUBLE, cli.BAD_INPUT, cli.BAD_STORE, cli.INTERRUPTED}


def test_links_lead_to_files_that_are_here() -> None:
    links = re.findall(r"\]\(([^)]+)\)", README)
    assert links
    assert [
        link for link in links if "://" not in link and not (ROOT / link.partition("#")[0]).is_file()
    ] == []


def test_the_proof_that_a_change_needs_is_told_as_it_is() -> None:
    words, need = one_line(section("How a check works")), Confirm()
    counts = {2: "two", 3: "three"}
    assert f"{counts[need.changed_readings]} over at least {need.changed_hours:g} hours" in words
    assert f"{counts[need.withdrawn_readings]} over at least {need.withdrawn_hours:g}" in words


def test_no_organization_that_is_watched_is_named() -> None:
    watched = load_watchlist(SHIPPED_CONFIG).organizations
    names = {name for one in watched for name in (one.name, *one.products) if len(name) > 3}
    assert [name for name in sorted(names) if re.search(rf"\b{re.escape(name)}\b", README)] == []


# --------------------------------------------------------------------------- what it prints


def test_the_excerpt_of_the_demo_is_what_the_demo_prints() -> None:
    (excerpt,) = [block.text for block in blocks() if "From `make demo`" in block.above]
    command = [sys.executable, "-m", "app", "demo", "--no-open"]
    environ = {**os.environ, "PYTHONUTF8": "1"}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", env=environ, check=True)
    for part in excerpt.split("\n…\n"):
        assert one_line(part) in one_line(done.stdout)


def test_the_comparison_is_what_compare_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Screen
) -> None:
    monkeypatch.chdir(tmp_path)
    for words in shell_commands():
        if words[0] == "echo":
            text, file = words[1], words[3]
            (tmp_path / file).write_text(text + "\n", encoding="utf-8")
    (command,) = [words for words in commands_shown() if words[0] == "compare" and "before.txt" in words]
    (shown,) = [block.text for block in blocks() if block.language == "json"]
    assert program(*command) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(shown)


# --------------------------------------------------------------------------- settings


def settings_blocks() -> tuple[str, str]:
    first, second = [fence[2] for fence in _FENCE.finditer(section("Settings")) if fence[1] == "toml"]
    return first, second


def loaded(folder: Path, text: str) -> Settings:
    (folder / "settings.toml").write_text(text, encoding="utf-8")
    return load_settings(folder)


def test_the_settings_shown_are_the_defaults(tmp_path: Path) -> None:
    assert loaded(tmp_path, settings_blocks()[0]) == Settings()


def test_the_channels_and_routes_shown_load(tmp_path: Path) -> None:
    settings = loaded(tmp_path, "".join(settings_blocks()))
    assert {channel.kind for channel in settings.channels.values()} | {"console"} == set(CHANNEL_NEEDS)
    assert [route.channel for route in settings.routes] == ["mail"]


@pytest.mark.parametrize(
    ("place", "form"),
    [
        *[("Settings", form) for form in _SETTINGS],
        *[("Recipes", form) for form in (Declaration, Identifiers, UnconfirmedPage, DeclaredPage, Mark)],
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_every_key_is_named(place: str, form: type) -> None:
    text = section(place)
    optional = {"id"} if form is Declaration else {"header"} if form is Mark else set()
    known = {field.name for field in fields(form)} - optional
    assert {name for name in known if not re.search(rf"(^|[`\[.]){name}\b", text, re.MULTILINE)} == set()


@pytest.mark.parametrize("vocabulary", [Role, Direction, Tier, Stance], ids=lambda value: value.__name__)
def test_every_choice_is_named(vocabulary: type[Role | Direction | Tier | Stance]) -> None:
    assert [word for word in vocabulary if not re.search(rf"\b{word}\b", README)] == []


# --------------------------------------------------------------------------- unattended


def test_the_daemon_that_is_shown_answers_and_pings(tmp_path: Path, site: Loopback) -> None:
    (shown,) = [fence[2] for fence in _FENCE.finditer(section("Unattended"))]
    make_home(tmp_path / "home", Wishes())
    config = tmp_path / "home" / "config"
    settings = loaded(config, shown.replace(":8322", ":0") + '[network]\nallow_hosts = ["127.0.0.1"]\n')
    now = datetime.now(UTC)
    with listening(Home(tmp_path / "home", config), lambda: now, lambda: now) as where:
        with urlopen(f"http://{where}/healthz") as answer:
            assert answer.status == 200
        with urlopen(f"http://{where}/metrics") as answer:
            assert b"pledgewatch_build_info" in answer.read()
    site.default = Answer(200)
    assert pings_of(settings, {"WATCH_PING_URL": site.url("/uuid")}).start("one") == ""
    assert [one.path for one in site.asked] == ["/uuid/start?rid=one"]
    assert settings.daemon.alive_days == Settings().daemon.alive_days


def test_the_canary_that_is_described_is_the_one_that_is_missed() -> None:
    hours = SILENT_AT_MOST.total_seconds() / 3600
    assert f"none was delivered for {hours:g} hours" in one_line(section("Unattended"))


# --------------------------------------------------------------------------- the five-minute start


def pledgewatch(*words: str, home: Path) -> subprocess.CompletedProcess[str]:
    """The program in a process of its own, because the reactor starts once a process."""
    environ = {**os.environ, "PLEDGEWATCH_HOME": str(home), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "app", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", env=environ, check=False)


def allow_loopback(home: Path) -> None:
    """What only a test needs: its page lies on this machine."""
    file = home / "config" / "settings.toml"
    text = file.read_text(encoding="utf-8")
    assert "allow_hosts = []" in text
    file.write_text(text.replace("allow_hosts = []", 'allow_hosts = ["127.0.0.1"]'), encoding="utf-8")


@pytest.fixture
def site() -> Iterator[Loopback]:
    page = b"<h1>Face search</h1><p>We will not sell Brindlewick Scout to police departments.</p>"
    with Loopback({"/face-search": Answer(body=page)}) as server:
        yield server


def test_the_five_minute_start_works_line_by_line(tmp_path: Path, site: Loopback) -> None:
    home = tmp_path / "watch"
    (lines,) = [block.text for block in blocks() if ".venv/bin/pledgewatch init" in block.text]
    ran = []
    for words in (shlex.split(line, comments=True) for line in lines.splitlines()):
        if not words or not words[0].endswith("pledgewatch") or words[1] in ("run", "demo"):
            continue  # make runs this very test; the daemon and the desk never end by themselves
        given = [
            word.replace("~/watch", str(home)).replace(MADE_UP_URL, site.url("/face-search"))
            for word in words
        ]
        done = pledgewatch(*given[1:], home=home)
        assert (done.returncode, done.stderr) == (0, ""), given
        ran.append((words[1], done.stdout))
        if words[1] == "init":
            allow_loopback(home)
    assert [name for name, _ in ran] == ["init", "add", "validate", "check"]
    assert "1 read" in ran[-1][1]


# --------------------------------------------------------------------------- recipes


@pytest.fixture
def home(tmp_path: Path, capsys: Screen) -> Path:
    """A fresh home that believes the first reading, so that one check tells."""
    folder = tmp_path / "home"
    assert program("init", folder, "--confirm", "none", "--allow-host", "127.0.0.1") == 0
    capsys.readouterr()
    return folder


def test_an_organization_is_one_file(home: Path, site: Loopback) -> None:
    text = recipe("An organization")
    assert MADE_UP_URL in text
    file = home / "config" / "watchlist" / "brindlewick.toml"
    assert file.name in README
    file.write_text(text.replace(MADE_UP_URL, site.url("/face-search")), encoding="utf-8")

    valid = pledgewatch("validate", "brindlewick", home=home)
    assert (valid.returncode, valid.stderr) == (0, "")
    assert "brindlewick/pledge" in valid.stdout

    first = pledgewatch("check", "--json", home=home)
    assert first.returncode == 0, first.stderr
    assert [(each["page"], each["access"]) for each in json.loads(first.stdout)["readings"]] == [
        ("brindlewick/pledge", "ok")
    ]

    page = site.routes["/face-search"].body.replace(b"will not", b"do not currently")
    site.routes["/face-search"] = Answer(body=page)
    told = pledgewatch("check", "--all", home=home)
    assert told.returncode == 0, told.stderr
    assert "ALERT  WEAKER  Brindlewick Cameras" in told.stdout


def test_a_page_is_one_more_table(home: Path) -> None:
    file = home / "config" / "watchlist" / "brindlewick.toml"
    file.write_text(recipe("An organization") + recipe("A page"), encoding="utf-8")
    (organization,) = load_watchlist(home / "config").organizations
    assert [page.id for page in organization.pages] == ["brindlewick/pledge", "brindlewick/customers"]
    assert program("--home", home, "validate", "brindlewick") == 0


def with_ours(folder: Path, name: str, more: str = "") -> Path:
    """A config folder with a copy of our file of this name, and more after it."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text((SHIPPED_CONFIG / name).read_text(encoding="utf-8") + more, encoding="utf-8")
    return folder


def shown(lexicon: Lexicon, text: str) -> set[tuple[str, str]]:
    return {(tag.list, tag.entry.id) for tag in lexicon.tags(spell(text))}


def run_examples(lexicon: Lexicon) -> int:
    """How many examples were run."""
    count = 0
    for name in LISTS:
        for entry in getattr(lexicon.file, name):
            if name != "pseudo":
                assert entry.examples, entry.id
            for text in entry.examples if name != "pseudo" else ():
                assert (name, entry.id) in shown(lexicon, text), text
                count += 1
            for text in entry.not_examples:
                assert (name, entry.id) not in shown(lexicon, text), text
                count += 1
    return count


def test_a_language_is_one_file_that_runs_its_own_examples(
    tmp_path: Path, home: Path, capsys: Screen
) -> None:
    config = with_ours(with_ours(home / "config", "lexicon/en.toml"), "access.toml")
    (config / "lexicon" / "it.toml").write_text(recipe("A language"), encoding="utf-8")
    italian, english = load_lexicon(config, "it"), load_lexicon(config, "en")
    assert run_examples(italian) >= 5
    for name in LISTS:
        ours = {entry.id for entry in getattr(english.file, name)}
        assert {entry.id for entry in getattr(italian.file, name)} <= ours, name

    texts = {
        "before": "Non venderemo riconoscimento facciale.",
        "after": "Non vendiamo riconoscimento facciale.",
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    files = [tmp_path / "before.txt", tmp_path / "after.txt"]
    assert program("--home", home, "compare", *files, "--json") == 0
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert (finding["kind"], finding["direction"]) == ("force", "weaker")


def test_a_phrase_is_one_entry(tmp_path: Path) -> None:
    lexicon = load_lexicon(with_ours(tmp_path, "lexicon/en.toml", recipe("A phrase")), "en")
    ours = load_lexicon(SHIPPED_CONFIG, "en")
    assert run_examples(lexicon) > run_examples(ours)
    (new,) = set(lexicon.file.technologies) - set(ours.file.technologies)
    assert all(shown(ours, text) < shown(lexicon, text) for text in new.examples)


def test_an_ask_is_one_entry(tmp_path: Path) -> None:
    (ask,) = load_asks(_config(tmp_path, "asks.toml", recipe("An ask")))
    assert (ask.organizations, ask.known_only, len(ask.examples)) == ({"retailer"}, True, 1)
    assert {field.name for field in fields(About)} <= set(re.findall(r"\w+", section("Recipes")))


def test_a_mute_is_one_entry(tmp_path: Path) -> None:
    (mute,) = load_mutes(_config(tmp_path, "mutes.toml", recipe("Mutes")))
    assert {field.name for field in fields(mute)} <= set(re.findall(r"\w+", section("What people get")))


def _config(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_mark_is_one_entry(tmp_path: Path) -> None:
    rules = load_access_rules(with_ours(tmp_path, "access.toml", "\n" + recipe("A bot-wall mark")))
    mark = rules.marks[-1]
    page = Document((Segment(mark.example),))
    assert judge_text(page, None, load_access_rules(SHIPPED_CONFIG)).access is Access.OK
    assert judge_text(page, None, rules).access is mark.state is Access.WALL


@pytest.fixture
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The channel of the recipe: its file on the path of alerts.channels, its line in CHANNEL_NEEDS."""
    folder = tmp_path / "channels"
    folder.mkdir()
    (folder / "spool.py").write_text(recipe("A channel"), encoding="utf-8")
    monkeypatch.setattr(alerts.channels, "__path__", [*alerts.channels.__path__, str(folder)])
    monkeypatch.setattr(alerts.channels, "spool", None, raising=False)
    monkeypatch.delitem(sys.modules, "alerts.channels.spool", raising=False)
    (kind, needs) = re.findall(r'`"(\w+)": \("(\w+)",\),`', section("Recipes"))[0]
    monkeypatch.setitem(settings_module.CHANNEL_NEEDS, kind, (needs,))  # type: ignore[arg-type]
    yield kind
    sys.modules.pop("alerts.channels.spool", None)


def test_a_channel_is_one_file_and_one_line(home: Path, spool: str, capsys: Screen) -> None:
    file = home / "config" / "settings.toml"
    more = f"""
        [channels.printer]
        kind = "{spool}"
        path = "to-print"
        [[routes]]
        name = "printer"
        channel = "printer"
        """
    file.write_text(file.read_text(encoding="utf-8") + textwrap.dedent(more), encoding="utf-8")
    assert program("--home", home, "alerts", "test", "printer") == 0
    assert "printer (by spool): the sample was taken: written to " in capsys.readouterr().out
    (printed,) = (home / "to-print").iterdir()
    assert "Sample Organization" in printed.read_text(encoding="utf-8")


def test_the_channel_writes_one_file_for_one_alert_and_says_when_it_cannot(
    tmp_path: Path, spool: str
) -> None:
    message = Message(alert(), "key", "printer")
    environ, now = {"PLEDGEWATCH_HOME": str(tmp_path)}, datetime(2026, 1, 2, tzinfo=UTC)
    for _ in range(2):
        sender(spool).send(message, Channel(spool, path="out"), environ, now)
    assert [file.stem for file in (tmp_path / "out").iterdir()] == [message.content.id]
    (tmp_path / "taken").write_text("a file, no folder")
    with pytest.raises(DeliveryError, match="cannot be written"):
        sender(spool).send(message, Channel(spool, path="taken"), environ, now)


# --------------------------------------------------------------------------- the files beside it


def test_the_changelog_has_a_section_for_this_version() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    version = re.search(r'^version = "([^"]+)"$', project, re.MULTILINE)
    assert version is not None
    assert f"\n## [{version[1]}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_licence_is_the_whole_apache_licence() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License\n                           Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
