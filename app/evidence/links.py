"""chain.tsv as it comes from anywhere: read strictly, and each link computed once more. Pure."""

import re
from hashlib import sha256
from itertools import pairwise

from app.evidence.contents import CHAIN, HEAD, head_line
from app.evidence.source import BrokenError, Linked, Source, record_name
from monitor.store.chain import ORIGIN, Link, following

_SHA256 = r"[0-9a-f]{64}"
_LINE = re.compile(
    rf"([1-9][0-9]{{0,17}})\t({_SHA256})\t([a-z_]+)\t([^\t\n\r]+)\t({_SHA256}|-)\t({_SHA256})\t([^\t\n\r]+)"
)


def read_chain(body: bytes) -> tuple[Linked, ...]:
    """Its links, oldest first. Raises BrokenError at the first that does not follow."""
    text = body.decode("utf-8", "surrogateescape")
    lines = text.split("\n")
    if lines.pop() != "":
        raise BrokenError(CHAIN, "its last line has no end: it was cut off")
    chain = tuple(_linked(number, line) for number, line in enumerate(lines, 1))
    if not chain:
        raise BrokenError(CHAIN, "it holds no link")
    _refuse_gaps(chain)
    return chain


def _linked(number: int, line: str) -> Linked:
    found = _LINE.fullmatch(line)
    if not found:
        raise BrokenError(CHAIN, f"line {number} is no link as a pack writes it")
    id, before, kind, key, content, sha256, file = found.groups()
    link = Link(int(id), kind, key, "" if content == "-" else content, sha256)
    if following(before, kind, key, link.content_sha256) != sha256:
        raise BrokenError(CHAIN, f"line {number}: link {id} is not the SHA-256 of what it says")
    if link.id == 1 and before != ORIGIN:
        raise BrokenError(CHAIN, f"line {number}: before the first link stand zeros")
    if file not in ("-", record_name(kind, key)):
        raise BrokenError(CHAIN, f"line {number}: link {id} names a record that is not its own")
    return Linked(link, before, file)


def _refuse_gaps(chain: tuple[Linked, ...]) -> None:
    """Each link follows on the one before it: a single gap, and nothing would tie the two ends together."""
    for one, after in pairwise(chain):
        first, last = one.link.id + 1, after.link.id
        if last < first:
            raise BrokenError(CHAIN, f"link {last} stands behind link {first - 1}")
        if last > first:
            raise BrokenError(CHAIN, f"link {first} is missing")
        if after.before != one.link.sha256:
            raise BrokenError(CHAIN, f"link {last} does not follow on link {one.link.id}")


def check_head(source: Source, head: bytes, readme: bytes) -> None:
    """head.txt is the newest link. The README says it too, which shows which of both was changed."""
    if head == head_line(source):
        return
    said = [one.strip() for one in (head, head_line(source))]
    if len(said[0]) == len(said[1]) and said[0] in readme and said[1] not in readme:
        raise BrokenError(CHAIN, "it does not end with the head that head.txt and README.txt tell")
    raise BrokenError(HEAD, "it is not the newest link of chain.tsv")


def check_records(source: Source) -> None:
    """Each record holds what the newest link of its row says, and each that a link names is here."""
    if not source.records:
        raise BrokenError("records/*", "there is none: a pack without a record proves nothing")
    named = {one.file: one.link for one in source.chain if one.file != "-"}
    newest = _newest(source)
    for name, link in sorted(named.items()):
        if newest[name] != link:
            raise BrokenError(CHAIN, f"link {link.id} names {name}, of which link {newest[name].id} is newer")
        if name not in source.records:
            raise BrokenError(name, f"it is missing; link {link.id} names it")
    for name, body in sorted(source.records.items()):
        if name in newest and name not in named:
            raise BrokenError(CHAIN, f"link {newest[name].id} does not name {name}, which is its record")
        if name not in named:
            raise BrokenError(name, "no link names it")
        if sha256(body).hexdigest() != named[name].content_sha256:
            raise BrokenError(name, f"it is not what was recorded: link {named[name].id} holds another sum")
        read = name.replace("/fetches-", "/readings-")
        if read not in source.records and read in newest and newest[read].content_sha256:
            raise BrokenError(read, f"it is missing; link {newest[read].id} holds its sum")


def left_out(source: Source) -> int:
    """How many alerts the chain names, not taken out since, of which no record is in here."""
    held = (name for name, link in _newest(source).items() if link.kind == "alerts" and link.content_sha256)
    return sum(name not in source.records for name in held)


def _newest(source: Source) -> dict[str, Link]:
    """The newest link of each row, by the name that its record has or would have."""
    return {record_name(one.link.kind, one.link.key): one.link for one in source.chain}
