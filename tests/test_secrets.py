"""No secret is anywhere but where it was put: not in what is printed, said to the supervisor or written.

Everything that the program does is done once with marked secrets, each of them really used, by channels that
fail. Then every output and every file of the home, unpacked, is searched for each mark, encoded ones included.
"""

import base64
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from urllib.parse import quote

import pytest
import zstandard

from app.home import SHIPPED_CONFIG, find_home
from monitor.errors import InputError, StoreError
from tests.homes import ROOT
from tests.loopback import Answer, Loopback
from tests.sockets import deaf_port

#: What is searched for stands inside of each secret, with signs around it that have to be escaped somewhere.
MARKS = {
    "mail password in a variable": "kestrelpasswordone",
    "mail password in a file": "kestrelpasswordtwo",
    "signing secret": "kestrelsigningkeys",
    "webhook token": "kestrelhooktoken",
    "webhook query": "kestrelhookquery",
    "chat token": "kestrelchattoken",
    "ping token": "kestrelpingtoken",
    "store password": "kestrelstorepassword",
}
ROUTES = ("hook", "chat", "mail", "mail_by_file", "deaf")
_ODD = 'ä "{}"/+%\\'
_PROMISE = "<h1>Face search</h1><p>We will not sell facial recognition to police departments.</p>"
_LOOSER = _PROMISE.replace("will not", "do not currently")
_SETTINGS = """
[operator]
contact = "watch@example.org"
[network]
allow_hosts = ["127.0.0.1"]
delay_seconds = 0.0
[confirm]
changed_readings = 1
changed_hours = 0.0
[daemon]
ping_url_env = "PING_URL"
[channels.hook]
kind = "webhook"
url_env = "HOOK_URL"
secret_env = "HOOK_SECRET"
[channels.chat]
kind = "apprise"
url_env = "CHAT_URL"
[channels.mail]
kind = "email"
host = "127.0.0.1"
port = {smtp}
security = "none"
sender = "watch@example.org"
username = "watch"
password_env = "MAIL_PASSWORD"
[channels.mail_by_file]
kind = "email"
host = "127.0.0.1"
port = {smtp}
security = "none"
sender = "watch@example.org"
username = "watch"
password_env = "OTHER_PASSWORD"
[channels.deaf]
kind = "email"
host = "127.0.0.1"
port = {deaf}
security = "none"
sender = "watch@example.org"
username = "watch"
password_env = "MAIL_PASSWORD"
[[routes]]
name = "hook"
channel = "hook"
operations = true
[[routes]]
name = "chat"
channel = "chat"
[[routes]]
name = "mail"
channel = "mail"
recipients = ["team@example.org"]
[[routes]]
name = "mail_by_file"
channel = "mail_by_file"
recipients = ["team@example.org"]
[[routes]]
name = "deaf"
channel = "deaf"
recipients = ["team@example.org"]
"""
_WATCHLIST = """
name = "Acme"
kind = "vendor"
[pages.pledge]
url = "{url}"
role = "pledge"
"""

# --------------------------------------------------------------------------- how a mark is found


def forms(mark: str) -> list[bytes]:
    """A mark as it is, and the part of it that is the same wherever it stands in what base64 or hex encodes."""
    raw = mark.encode()
    encoded = [base64.b64encode(b"." * skipped + raw).decode() for skipped in range(3)]
    inner = [text[4:].rstrip("=")[:-1].encode() for text in encoded]
    return [raw, *inner, raw.hex().encode()]


def is_in(mark: str, data: bytes) -> bool:
    """Whether it stands there, in any form."""
    low = data.lower()
    return any(form.lower() in low for form in forms(mark))


def unpacked(data: bytes) -> Iterator[bytes]:
    """What it is, and what is packed in it, at any depth."""
    yield data
    if data.startswith(b"\x28\xb5\x2f\xfd"):
        yield from unpacked(zstandard.ZstdDecompressor().decompressobj().decompress(data))
    elif data[257:262] == b"ustar":
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            for member in tar:
                yield member.name.encode()
                if inner := tar.extractfile(member):
                    yield from unpacked(inner.read())


@pytest.mark.parametrize(
    "held",
    [
        "{}",
        "https://x.example/{}?a=b",
        "xKESTRELz{}",
        json.dumps(_ODD) + "{}",
        quote(_ODD) + "{}" + quote(_ODD),
    ],
)
def test_a_mark_would_be_found(held: str) -> None:
    for mark in MARKS.values():
        text = held.replace("{}", mark).encode()
        assert is_in(mark, text)
        for encoded in (base64.b64encode(text), base64.urlsafe_b64encode(text), text.hex().encode()):
            assert is_in(mark, encoded)
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as tar:
            body = zstandard.compress(text)
            member = tarfile.TarInfo("rows")
            member.size = len(body)
            tar.addfile(member, io.BytesIO(body))
        assert any(is_in(mark, part) for part in unpacked(packed.getvalue()))


# --------------------------------------------------------------------------- a mail server that refuses


class _Mail(StreamRequestHandler):
    """Takes no login, and repeats what it did not like, as some servers do."""

    server: "MailServer"

    def handle(self) -> None:
        self._say("220 ready")
        for line in self.rfile:
            word = line.strip().decode("latin-1")
            self.server.heard.append(word)
            if word.upper().startswith("EHLO"):
                self._say("250-here\r\n250 AUTH PLAIN")
            elif word.upper().startswith("QUIT"):
                return self._say("221 bye")
            else:
                self._say(f"535 5.7.8 not accepted: {word}")
        return None

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode("latin-1"))


class MailServer(ThreadingTCPServer):
    """The server; what it heard is in `heard`."""

    daemon_threads = True

    def __init__(self) -> None:
        self.heard: list[str] = []
        super().__init__(("127.0.0.1", 0), _Mail)


# --------------------------------------------------------------------------- everything, once


@dataclass
class World:
    """What was done, and what came of it."""

    folder: Path
    environ: Mapping[str, str]
    said: dict[str, bytes] = field(default_factory=dict)  #: command → all that it printed
    codes: dict[str, int] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def does(self, *words: str, **more: str) -> None:
        """One command in a process of its own."""
        self._note(" ".join(words), [sys.executable, "-m", "app", *words], more)

    def does_all(self, commands: Sequence[Sequence[str]], **more: str) -> None:
        """Commands that need no reactor, one after the other in one process."""
        self._note(
            "; ".join(map(" ".join, commands)), [sys.executable, "-c", _ALL, json.dumps(commands)], more
        )

    def _note(self, name: str, command: Sequence[str], more: Mapping[str, str]) -> None:
        environ = {**self.environ, **more}
        done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, check=False, timeout=120)
        name = " ".join([name, *more])
        self.said[name], self.codes[name] = done.stdout + done.stderr, done.returncode

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Every file that was written, unpacked."""
        for path in sorted(self.folder.rglob("*")):
            if path.is_file() and path.parent.name != "secrets":
                yield from ((str(path), part) for part in unpacked(path.read_bytes()))


_ALL = """
import json, sys
from app.cli import main
for words in json.loads(sys.argv[1]):
    sys.argv = ["pledgewatch", *words]
    try:
        main()
    except SystemExit as end:
        print(f"[{end.code}]")
"""


def secrets(folder: Path, site: Loopback) -> dict[str, str]:
    """The variables that hold them, or name their files."""
    file = folder / "secrets" / "other-password"
    file.parent.mkdir()
    file.write_text(f"{MARKS['mail password in a file']}-file\n", "utf-8")
    file.chmod(0o600)
    key = base64.b64encode(MARKS["signing secret"].encode()).decode()
    return {
        "MAIL_PASSWORD": f'x/+"{MARKS["mail password in a variable"]}"%7e',
        "OTHER_PASSWORD_FILE": str(file),
        "HOOK_SECRET": f"whsec_{key}",
        "HOOK_URL": site.url(f"/T0001/{MARKS['webhook token']}?key={MARKS['webhook query']}"),
        "CHAT_URL": site.url(f"/{MARKS['chat token']}0123456789").replace("http://", "mmost://"),
        "PING_URL": site.url(f"/ping/{MARKS['ping token']}"),
    }


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Everything, done once; the servers have ended."""
    folder = tmp_path_factory.mktemp("secrets")
    with (
        Loopback({"/robots.txt": Answer(404), "/pledge": Answer(body=_PROMISE.encode())}) as site,
        MailServer() as mail,
        deaf_port() as deaf,
    ):
        site.default = Answer(500, b"no")
        Thread(target=mail.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        found = World(folder, os.environ | {"PLEDGEWATCH_HOME": str(folder / "home")} | secrets(folder, site))
        _declare(found.home, site, mail.server_address[1], deaf)
        _watch(found)
        site.routes["/pledge"] = Answer(body=_LOOSER.encode())
        found.does("check", "--all")
        _all_that_reads(found)
        _trouble(found, deaf)
        site.routes["/pledge"] = Answer(body=_PROMISE.encode())
        _bug(found)
        found.said["the web site"] = b"\n".join(asked.path.encode() for asked in site.asked)
        found.said["the mail server"] = "\n".join(mail.heard).encode()
        mail.shutdown()
    yield found


def _declare(home: Path, site: Loopback, smtp: int, deaf: int) -> None:
    (home / "config" / "watchlist").mkdir(parents=True)
    settings = _SETTINGS.replace("{smtp}", str(smtp)).replace("{deaf}", str(deaf))
    (home / "config" / "settings.toml").write_text(settings, "utf-8")
    watchlist = _WATCHLIST.replace("{url}", site.url("/pledge"))
    (home / "config" / "watchlist" / "acme.toml").write_text(watchlist, "utf-8")


def _watch(world: World) -> None:
    """`run`, until its first check has ended."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind(str(world.folder / "notify"))
        supervisor.settimeout(0.1)
        environ = {**world.environ, "NOTIFY_SOCKET": str(world.folder / "notify")}
        command = [sys.executable, "-m", "app", "run"]
        run = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert run.stderr is not None
        heard = b"".join(_until(run.stderr, rb"checked|check ended"))
        run.send_signal(signal.SIGTERM)
        out, err = run.communicate(timeout=60)
        world.said["run"], world.codes["run"] = heard + out + err, run.returncode
        world.said["the supervisor"] = b"\n".join(_received(supervisor))


def _until(lines: io.BufferedIOBase, pattern: bytes) -> Iterator[bytes]:
    for line in lines:
        yield line
        if re.search(pattern, line):
            return


def _received(supervisor: socket.socket) -> Iterator[bytes]:
    while True:
        try:
            yield supervisor.recv(65_536)
        except TimeoutError:
            return


def _all_that_reads(world: World) -> None:
    backup, again, alert = str(world.folder / "backup.tar"), str(world.folder / "again"), _newest_alert(world)
    world.does_all(
        [
            ["status"], ["status", "--json"], ["doctor"], ["metrics"],
            ["alerts", "list"], ["alerts", "list", "--json"], ["alerts", "show", alert], ["alerts", "show", alert, "--json"],
            ["alerts", "send", "--parked"], *(["alerts", "test", one] for one in ROUTES),
            ["backup", backup], ["verify-store"], ["init", again], ["--home", again, "restore", backup],
        ]
    )  # fmt: skip


def _newest_alert(world: World) -> str:
    return re.findall(r"\[([0-9a-f]{12})\]", world.said["check --all"].decode())[0]


def _trouble(world: World, deaf: int) -> None:
    """A store that cannot be used."""
    url = f"postgresql://watch:{MARKS['store password']}@127.0.0.1:{deaf}/watch"
    file = world.folder / "secrets" / "store-url"
    file.write_text(url + "\n", "utf-8")
    world.does_all([["status"], ["metrics"]], PLEDGEWATCH_STORE_URL_FILE=str(file))
    world.does("run", PLEDGEWATCH_STORE_URL=url)


def _bug(world: World) -> None:
    """A mistake of ours, while it sends."""
    bugs = world.folder / "bugs"
    bugs.mkdir()
    (bugs / "sitecustomize.py").write_text(_BUG, "utf-8")
    world.does("check", "--all", PYTHONPATH=str(bugs))
    world.does("alerts", "test", "mail", PYTHONPATH=str(bugs))


_BUG = """
import smtplib

def login(self, user, password):
    raise KeyError(user, "a bug")

smtplib.SMTP.login = login
"""


def test_the_secrets_were_used_and_everything_was_done(world: World) -> None:
    assert {name: code for name, code in world.codes.items() if ";" not in name} == {
        "run": 0,
        "check --all": 1,
        "run PLEDGEWATCH_STORE_URL": 3,
        "check --all PYTHONPATH": 1,
        "alerts test mail PYTHONPATH": 1,
    }
    for name in ("webhook token", "webhook query", "chat token", "ping token"):
        assert is_in(MARKS[name], world.said["the web site"])
    for name in ("mail password in a variable", "mail password in a file"):
        assert is_in(MARKS[name], world.said["the mail server"])
    (read,) = [said for name, said in world.said.items() if name.startswith("status; status --json")]
    codes = [int(code) for code in re.findall(rb"^\[(\d+)\]$", read, re.MULTILINE)]
    assert codes == [0] * 8 + [0] + [1] * len(ROUTES) + [0] * 4, read.decode()
    for name in ("check --all PYTHONPATH", "alerts test mail PYTHONPATH"):
        assert b"a bug" in world.said[name]


@pytest.mark.parametrize("name", MARKS)
def test_no_secret_is_printed(world: World, name: str) -> None:
    servers = ("the web site", "the mail server")
    told = [what for what, said in world.said.items() if what not in servers and is_in(MARKS[name], said)]
    assert told == []


@pytest.mark.parametrize("name", MARKS)
def test_no_secret_is_written(world: World, name: str) -> None:
    written = {file for file, data in world.files() if is_in(MARKS[name], data)}
    assert written == set()


#: Addresses of a store that cannot be used, as people get them wrong.
STORES = [
    "postgresql://watch:{}@127.0.0.1:1/watch",
    "postgresql://watch@127.0.0.1:1/watch?password={}",
    "postgresql://watch@127.0.0.1:1/watch?sslpassword={}",
    "postgresql://watch:p@{}@127.0.0.1:1/watch",
    "postgresql://watch:p/{}@127.0.0.1:1/watch",
    "postgresql://watch:{}@127.0.0.1:port/watch",
    "postgresql://watch:{}",
    "postgresql:/watch:{}@127.0.0.1/watch",
    "watch:{}@127.0.0.1/watch",
    "mysql://watch:{}@127.0.0.1/watch",
    "{}",
]


@pytest.mark.parametrize("form", STORES)
def test_a_store_that_cannot_be_used_is_named_without_its_password(tmp_path: Path, form: str) -> None:
    url = form.replace("{}", MARKS["store password"])
    file = tmp_path / "url"
    file.write_text(url + "\n", "utf-8")
    home = find_home(str(tmp_path), str(SHIPPED_CONFIG), {"PLEDGEWATCH_STORE_URL_FILE": str(file)})
    assert home.store_url == url
    with pytest.raises(StoreError) as refused:
        home.open_store()
    assert not is_in(MARKS["store password"], str(refused.value).encode())


def test_a_file_that_is_not_there_is_bad_input_and_not_another_store(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="which PLEDGEWATCH_STORE_URL_FILE names, cannot be read"):
        find_home(str(tmp_path), None, {"PLEDGEWATCH_STORE_URL_FILE": str(tmp_path / "none")})
