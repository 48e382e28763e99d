"""Pages that look like policies, in made-up words, served on 127.0.0.1 by a process of their own.

GET /policy/7 gives about 50 KB of HTML, the same at every visit. After POST /nonces/fresh the nonces in the
mark-up differ at every visit, the words never; POST /nonces/same ends that.
"""

import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from urllib.request import Request, urlopen

_SAME = b"0" * 32
_PARTS = (
    ("we", "our affiliates", "your administrator", "the account holder", "each reseller", "our support team"),
    ("may", "will", "can", "must", "do not", "shall normally"),
    ("keep", "review", "share", "delete", "correct", "export", "describe", "encrypt", "archive"),
    (
        "the billing records",
        "a copy of the invoice",
        "delivery addresses",
        "crash reports",
        "account preferences",
        "the messages that you send",
        "payment references",
        "support requests",
    ),
    (
        "while the agreement lasts",
        "for the time that the law asks for",
        "unless you object in writing",
        "after a reasonable notice",
        "in order to improve the service",
        "where a contract requires it",
        "within thirty days of your request",
        "to the extent that it is necessary",
    ),
)
_PLEDGE = "Fenwick Orchard {} will not sell facial recognition technology to police departments."


@contextmanager
def serving(count: int) -> Iterator[str]:
    """Start the server for `count` pages, give its address, and end it again."""
    command = [sys.executable, "-m", "tests.benchmarks.policy_pages", str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def addresses(server: str, count: int) -> list[str]:
    """The URL of every page."""
    return [f"{server}/policy/{number}" for number in range(count)]


def set_nonces(server: str, which: str) -> None:
    """which: fresh or same."""
    urlopen(Request(f"{server}/nonces/{which}", method="POST")).close()


def page(number: int, sentences: list[str]) -> bytes:
    """One page; @nonce@ stands where its nonces go."""
    random = Random(number)
    style = "".join(f".part-{random.randrange(10**6)}{{margin:{i}px}}\n" for i in range(120))
    links = "".join(f'<li><a href="/help/{i}">Help topic {i}</a></li>' for i in range(40))
    sections = [_section(i, random, sentences) for i in range(1, 32)]
    sections.insert(14, f"<h2>Public safety</h2><p>{_PLEDGE.format(number)}</p>")
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Policy {number}</title>'
        f'<meta name="csrf-token" content="@nonce@"><style>{style}</style>'
        f'<script nonce="@nonce@">var build = "@nonce@";</script></head>'
        f"<body><nav><ul>{links}</ul></nav><main><h1>Policy {number}</h1>{''.join(sections)}</main>"
        "<footer><p>Fenwick Orchard, a made-up company.</p></footer></body></html>"
    ).encode()


def _section(number: int, random: Random, sentences: list[str]) -> str:
    paragraphs = "".join(f'<p class="text">{" ".join(random.choices(sentences, k=4))}</p>' for _ in range(3))
    items = "".join(f"<li>{sentence}</li>" for sentence in random.choices(sentences, k=4))
    return f"<section><h2>{number}. Part {number}</h2>{paragraphs}<ul>{items}</ul></section>\n"


def _sentences(random: Random) -> list[str]:
    pool = (" ".join(random.choice(part) for part in _PARTS) for _ in range(3000))
    return [f"{text[0].upper()}{text[1:]}." for text in pool]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    pages: dict[str, bytes]
    fresh = False

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        body = self.pages.get(self.path)
        nonce = secrets.token_hex(16).encode() if self.fresh else _SAME
        self._answer(200 if body else 404, body.replace(b"@nonce@", nonce) if body else b"no such page")

    def do_POST(self) -> None:
        _Handler.fresh = self.path == "/nonces/fresh"
        self._answer(200, b"")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, *_: object) -> None:
        pass  # clients hang up when they have what they want


def main(count: int) -> None:
    """Serve until ended; the first line of output is the address."""
    sentences = _sentences(Random(0))
    _Handler.pages = {f"/policy/{number}": page(number, sentences) for number in range(count)}
    with _Server(("127.0.0.1", 0), _Handler) as server:
        print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
