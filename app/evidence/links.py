"""chain.tsv as it comes from anywhere: read strictly, and each link computed once more. Pure."""

import re
from hashlib import sha256
from itertools import pairwise

from app.evidence.contents import CHAIN, HEAD, head_line
from app.evidence.source import SEGMENT_AT_MOST, BrokenError, Linked, Source, record_name
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
    """Each link follows on the one before; only where a segment is too long may some be left out."""
    may_have_gaps = chain[-1].link.id - chain[0].link.id >= SEGMENT_AT_MOST
    for one, after in pairwise(chain):
        first, last = one.link.id + 1, after.link.id
        if last < first:
            raise BrokenError(CHAIN, f"link {last} stands behind link {first - 1}")
        if last > first and not may_have_gaps:
            raise BrokenError(CHAIN, f"link {first} is missing")
        if last == first and after.before != one.link.sha256:
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
    named = {one.file: one.link for one in source.chain if one.file != "-"}
    newest = {record_name(one.link.kind, one.link.key): one.link for one in source.chain}
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
