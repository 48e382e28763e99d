"""A receiver of alerts in a process of its own, by HTTP and by SMTP: it writes down what came before it answers.

    python -m tests.receiver FILE DROP     prints its two ports as JSON, ends with its standard input

FILE gets a line of JSON for every message: by which way, its key, and what it tells (the places of made-up
promises, or the id of a notice). Of DROP messages one is taken and not answered, and one neither; 0: none.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

PLACE = re.compile(r"Kell(\d+)g(\d+)p(\d+)r")  #: which world, which page, which round
WEBHOOK, MAIL = "webhook", "mail"


@dataclass(frozen=True, slots=True)
class Receipt:
    """One message as it came. told: (world, page, round) of what it says is new, or a notice's id."""

    way: str
    key: str
    told: tuple[int, ...] | str


@dataclass(frozen=True, slots=True)
class Receiver:
    """A running one."""

    http: int
    smtp: int
    file: Path

    def receipts(self, start: int = 0) -> list[Receipt]:
        """Everything that came, from this line of the file on."""
        lines = self.file.read_text(encoding="utf-8").splitlines()[start:]
        return [
            Receipt(way, key, tuple(told) if isinstance(told, list) else told)
            for way, key, told in map(json.loads, lines)
        ]


@contextmanager
def receiving(file: Path, drop: int = 0) -> Iterator[Receiver]:
    """A receiver, for as long as the block lasts."""
    file.touch()
    command = [sys.executable, "-m", "tests.receiver", str(file), str(drop)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield Receiver(*json.loads(process.stdout.readline()), file)
    finally:
        process.communicate()


def newest(text: str) -> tuple[int, ...]:
    """The newest promise that a text speaks of."""
    return max(tuple(int(number) for number in found) for found in PLACE.findall(text))


class _Book:
    def __init__(self, file: str, drop: int) -> None:
        self.handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self.drop, self.came = drop, 0

    def refuses(self) -> bool:
        self.came += 1
        return bool(self.drop) and self.came % self.drop == self.drop // 2

    def note(self, way: str, key: str, told: Sequence[int] | str) -> bool:
        """Write it down; False where it is not to be answered."""
        os.write(self.handle, (json.dumps([way, key, told]) + "\n").encode())
        return not self.drop or self.came % self.drop != 0

    async def http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            names = (line.partition(": ") for line in head[1:])
            headers = {name.lower(): value for name, _, value in names}
            body = json.loads(await reader.readexactly(int(headers["content-length"])))
            if not self.refuses() and self.note(WEBHOOK, headers["webhook-id"], _told(body)):
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
                await writer.drain()
        with suppress(OSError):
            writer.close()
            await writer.wait_closed()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  aiosmtpd's name
        if self.refuses():
            return "451 later"
        mail = message_from_bytes(envelope.content, policy=default)
        is_alert = not mail["Subject"].startswith("[pledgewatch]")
        told = newest(mail.get_body(("plain",)).get_content()) if is_alert else mail["Subject"]
        if not self.note(MAIL, mail["Message-ID"], told):
            server.transport.abort()
        return "250 kept"


def _told(body: Any) -> Sequence[int] | str:
    if "findings" not in body:
        return str(body["id"])
    return newest(" ".join(finding["after_quote"] for finding in body["findings"]))


async def _serve(file: str, drop: int) -> None:
    from aiosmtpd.smtp import SMTP

    loop, book = asyncio.get_running_loop(), _Book(file, drop)
    http = await asyncio.start_server(book.http, "127.0.0.1", 0, backlog=512)
    smtp = await loop.create_server(lambda: SMTP(book, loop=loop), "127.0.0.1", 0)
    print(json.dumps([one.sockets[0].getsockname()[1] for one in (http, smtp)]), flush=True)  # noqa: T201
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], int(sys.argv[2])))
