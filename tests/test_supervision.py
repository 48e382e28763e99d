"""Supervised: what is told to systemd, what the unit and the container file ask for, and that it is enough."""

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app import cli, supervisor
from app.daemon import TICK_SECONDS
from app.doctor import State, user_row
from app.supervisor import status, tell
from monitor.store.transactions import PATIENCE
from tests import caged
from tests.homes import ROOT, Screen, program
from tests.loopback import Answer, Loopback

FOLDER = ROOT / "config" / "supervision"
UNIT = caged.unit()
EXPOSURE = 1.5  #: at most, of 10, as systemd-analyze counts it


@pytest.fixture
def heard() -> Iterator[socket.socket]:
    """A supervisor that listens on an abstract socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(f"\0pledgewatch-{os.getpid()}")
        listening.settimeout(60)
        yield listening


def name_of(listening: socket.socket) -> str:
    """As NOTIFY_SOCKET names it."""
    name = listening.getsockname()
    return "@" + name[1:].decode() if isinstance(name, bytes) else name


# --------------------------------------------------------------------------- what is told


def test_a_state_reaches_an_abstract_socket(heard: socket.socket) -> None:
    tell("READY=1", {"NOTIFY_SOCKET": name_of(heard)})
    tell("WATCHDOG=1\nSTATUS=Häher", {"NOTIFY_SOCKET": name_of(heard)})
    assert [heard.recv(100), heard.recv(100)] == [b"READY=1", "WATCHDOG=1\nSTATUS=Häher".encode()]


def test_a_state_reaches_a_socket_with_a_path(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        tell("STOPPING=1", {"NOTIFY_SOCKET": str(tmp_path / "notify")})
        assert listening.recv(100) == b"STOPPING=1"


@pytest.mark.parametrize(
    "named", ["", "/nowhere/notify", "@nobody-listens-here", "/" + "x" * 200, "vsock:2:1234"]
)
def test_a_supervisor_that_is_not_there_changes_nothing(named: str) -> None:
    tell("READY=1", {"NOTIFY_SOCKET": named})
    tell("READY=1", {})


def test_a_supervisor_that_does_not_read_is_not_waited_for(
    heard: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "_PATIENCE_SECONDS", 0.001)
    for _ in range(600):  # more than a socket holds
        tell("WATCHDOG=1", {"NOTIFY_SOCKET": name_of(heard)})
    assert heard.recv(100) == b"WATCHDOG=1"


def test_a_status_is_one_line() -> None:
    assert status("one\nREADY=1\r\n two") == "STATUS=one READY=1 two"


@pytest.mark.parametrize(("user", "state"), [(0, State.WARN), (1, State.OK), (65534, State.OK)])
def test_whoever_runs_as_root_is_warned(user: int, state: State) -> None:
    assert user_row(user).state is state


# --------------------------------------------------------------------------- the unit


def needs(name: str) -> str:
    if not (found := shutil.which(name)):
        pytest.skip(f"{name} is not on this machine")
    return found


@pytest.fixture
def unit_here(tmp_path: Path) -> Path:
    """The unit, with the program that is here in place of the one that it names."""
    text = (FOLDER / "pledgewatch.service").read_text("utf-8")
    copy = tmp_path / "pledgewatch.service"
    copy.write_text(
        text.replace("/opt/pledgewatch/.venv/bin/pledgewatch run", f"{sys.executable} -m app run")
    )
    return copy


def test_systemd_can_follow_the_unit(unit_here: Path) -> None:
    asked = [needs("systemd-analyze"), "verify", "--man=no", str(unit_here)]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    unit_here.write_text(unit_here.read_text("utf-8").replace("RestartSec=30", "RestartSec=soon"))
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert "Failed to parse" in done.stderr


def test_what_is_left_open_is_little(unit_here: Path) -> None:
    asked = [needs("systemd-analyze"), "security", "--offline=true", "--no-pager", str(unit_here)]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    found = re.search(r"Overall exposure level.*: ([\d.]+)", done.stdout)
    if found is None:
        pytest.skip(f"this systemd cannot tell without being at work: {done.stderr.strip()}")
    assert float(found[1]) <= EXPOSURE


def seconds(directive: str) -> int:
    return int(UNIT[directive][0].removesuffix("s"))


def test_the_unit_knows_the_program() -> None:
    assert UNIT["ExecStart"] == ["/opt/pledgewatch/.venv/bin/pledgewatch run"]
    assert (UNIT["Type"], UNIT["NotifyAccess"], UNIT["KillMode"]) == (["notify"], ["main"], ["mixed"])
    assert (UNIT["Restart"], UNIT["RestartPreventExitStatus"]) == (["on-failure"], [str(cli.BAD_INPUT)])
    assert seconds("WatchdogSec") > 3 * PATIENCE + TICK_SECONDS
    assert seconds("TimeoutStopSec") > 2 * PATIENCE
    assert (UNIT["User"], UNIT["StateDirectory"], UNIT["UMask"]) == (
        ["pledgewatch"],
        ["pledgewatch"],
        ["0077"],
    )
    assert "PLEDGEWATCH_HOME=/var/lib/pledgewatch" in UNIT["Environment"][0]


def test_others_that_are_at_work_are_not_hidden() -> None:
    """By /proc we know whether whoever holds a lease still lives, and by the boot id that a clock was set."""
    assert UNIT.keys() & {"ProtectProc", "ProcSubset", "PrivatePIDs"} == set()


# --------------------------------------------------------------------------- as the unit runs it


@pytest.fixture
def nobodys_home(tmp_path: Path, capsys: Screen) -> Path:
    """A home with one page, on a site that answers, that belongs to nobody."""
    if why := caged.why_not():
        pytest.skip(why)
    home = tmp_path / "home"
    assert program("init", home, "--allow-host", "127.0.0.1") == 0
    return home


def given_away(home: Path) -> Path:
    for path in (home, *home.rglob("*")):
        os.chown(path, caged.NOBODY, caged.NOBODY)
    return home


def mounts(pid: int) -> str:
    return Path(f"/proc/{pid}/mountinfo").read_text("utf-8")


def rights(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def test_it_watches_with_the_least_rights(nobodys_home: Path, heard: socket.socket) -> None:
    page = b"<h1>Face search</h1><p>We will not sell facial recognition to police departments.</p>"
    with Loopback({"/robots.txt": Answer(404), "/pledge": Answer(body=page)}) as site:
        added = ("add", site.url("/pledge"), "--organization", "acme", "--role", "pledge")
        assert program("--home", nobodys_home, *added) == 0
        environ = caged.environ(given_away(nobodys_home), NOTIFY_SOCKET=name_of(heard))
        with subprocess.Popen(caged.command("run"), env=environ, stderr=subprocess.PIPE, text=True) as run:
            assert run.stderr is not None
            said = list(until(run.stderr, r"\bchecked\b"))
            code, has, reads_only = run.poll(), rights(run.pid), " / / ro," in mounts(run.pid)
            run.send_signal(signal.SIGTERM)
            said.append(run.stderr.read())
    assert (code, run.returncode, reads_only) == (None, 0, True), "".join(said)
    assert '"read": 1' in "".join(said)
    assert [has[name] for name in ("Uid", "Groups", "NoNewPrivs", "Seccomp", "Umask")] == [
        "\t".join(["65534"] * 4), "", "1", "2", "0077",
    ]  # fmt: skip
    assert {has[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16}
    heard.settimeout(0)
    states = list(received(heard))
    assert [states[0], states[-1]] == ["READY=1", "STOPPING=1"]
    assert {state.partition("\n")[0] for state in states[1:-1]} == {"WATCHDOG=1"}
    new = list((nobodys_home / "blobs").rglob("*"))
    assert new and all(path.stat().st_mode & 0o077 == 0 for path in new)


def until(lines: Any, pattern: str) -> Iterator[str]:
    for line in lines:
        yield line
        if re.search(pattern, line):
            return


def received(listening: socket.socket) -> Iterator[str]:
    while True:
        try:
            yield listening.recv(65_536).decode()
        except BlockingIOError:
            return


# --------------------------------------------------------------------------- the container


def instructions() -> list[tuple[str, str]]:
    """(instruction, what follows) of the container file, in order."""
    text = (FOLDER / "Containerfile").read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines]


def last(instruction: str) -> str:
    return [rest for name, rest in instructions() if name == instruction][-1]


def test_the_container_is_nobody_in_particular_and_has_no_shell_between() -> None:
    user, group = last("USER").split(":")
    assert int(user) > 0 and int(group) > 0
    for name in ("ENTRYPOINT", "CMD"):
        assert all(isinstance(word, str) for word in json.loads(last(name)))
    assert json.loads(last("HEALTHCHECK").partition("CMD ")[2])[1:] == ["status"]
    assert [*json.loads(last("ENTRYPOINT")), *json.loads(last("CMD"))] == shlex.split(UNIT["ExecStart"][0])
    assert last("STOPSIGNAL") == "SIGTERM"
    assert all(rest.startswith("[") for name, rest in instructions() if name == "RUN")


def test_the_container_takes_what_is_here_and_nothing_from_elsewhere() -> None:
    names = {name for name, _ in instructions()}
    assert "ADD" not in names
    copied = [rest.split() for name, rest in instructions() if name == "COPY" and "--from=" not in rest]
    missing = [source for *sources, _ in copied for source in sources if not (ROOT / source).exists()]
    assert missing == []
    packages = {"app", "alerts", "monitor", "spiders", "config", "pyproject.toml", "requirements.lock"}
    assert packages <= {source for *sources, _ in copied for source in sources}
    assert [
        rest for name, rest in instructions() if name == "FROM" and not rest.startswith("${PYTHON}")
    ] == []
    base = dict(rest.split("=", 1) for name, rest in instructions() if name == "ARG")["PYTHON"]
    assert "/" not in base and re.fullmatch(r"[a-z]+:3\.\d+[a-z0-9.-]*", base)


def test_the_container_installs_what_the_lock_file_says() -> None:
    runs = [json.loads(rest) for name, rest in instructions() if name == "RUN"]
    pips = [words for words in runs if words[1:3] == ["-m", "pip"]]
    fetching, *installing = pips
    assert fetching[3] == "download" and "--require-hashes" in fetching and "requirements.lock" in fetching
    assert installing and all("--no-index" in words for words in installing)


def test_no_secret_is_in_the_container_file() -> None:
    for name, rest in instructions():
        if name in ("ENV", "ARG"):
            assert not re.search(r"(?i)password|secret|token|key", rest), rest
