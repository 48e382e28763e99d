"""What a pack says in words: README, method, draft of a certificate. Pure; what outsiders wrote is a line."""

from collections.abc import Iterator

from alerts.marking import visible
from app.evidence import imported
from app.evidence.source import ANEW, FORMAT, SIDES, Change, Facts, Source, without_text
from app.evidence.steps import steps
from monitor.wire import utc_text

AT_MOST = 500  #: fetches of one page in a pack
_README = """\
{title}

{what}
{imported}Form of this pack: {form}

What is in here
  alert.json, findings.json
                    the change as it was told: findings, quotes, reasons, times
  before/, after/   body.*: {bytes}
                    text.txt: the text that we read in them (derived, for reading);
                    capture.warc: the same capture as WARC 1.1, for replay tools
{folders}  snapshots.json    every fetch that is in here, and what was made of it{bounded}
  records/          rows of the store, in the very letters that were hashed when they were recorded
  chain.tsv         every link from the first of these records to the head: none is left out
                    One a line, by tabs: number (as this pack gives it: no sum covers it), SHA-256 of the
                    link before, table, key, SHA-256 of the content ("-": the row was taken out), SHA-256 of
                    the link, its record in here ("-": none)
  head.txt          the SHA-256 of the newest link: it stands for everything recorded up to then:
                    {head}
{stamp}  METHOD.txt        what the program did, step by step, and its limits
  CERTIFICATE-DRAFT.txt
                    for the person who certifies; a draft, not legal advice
  SHA256SUMS        the sum of every file

{anew}A captured HTML page is named body.html.txt, so that no browser opens it by accident: it would run the
scripts of that page, and ask its server for pictures. Rename a copy if you must, without a network.

{steps}
pledgewatch evidence verify does all of this and more, on a machine that has never seen the store: it derives
each other file from the records once more, and compares. alert.json, findings.json, snapshots.json, the WARC
files, METHOD.txt, CERTIFICATE-DRAFT.txt{scope} and this text are proved by it only, not by the steps above.

What this does not prove
Who made this pack, and that the chain is the one that grew day by day: whoever is ready to write records,
links and sums anew can make a pack in which all of them agree. Two things stop that: a head that was kept
elsewhere, by somebody else, before there was a reason to change anything (pledgewatch evidence verify PACK
--head SHA256), and a time stamp by an authority. A pack shows what was recorded; that nothing else was
recorded, only the store can show: whoever makes a pack chooses its records, and pledgewatch evidence verify
says of how many alerts in the chain there is none in here.{maker}

Quotation marks hold exact words of the page; everything else is a description of what was seen and when.
"""
_HAS_STAMP = "  head.tsr          a time stamp of head.txt by an authority (RFC 3161)\n"
_ANEW = """\
A text named text-read-anew.txt was read when this pack was made: the page had not been read when it was
fetched. No record holds its sum.

"""
_NO_TEXT = """\
{name} is not in here: this version of the program reads other words in the body.
The sum of the text that was read then is in its record.

"""
_MAKER = """ The organization and
the days in period.json are what its maker says: no link holds them."""
_FOLDERS = """\
                    of each change in a folder of its own: changes/<first digits of its id>/
  period.json       which organization, and which days (UTC)
"""
_METHOD = """\
Method

{made}: {versions}
Configurations in force then (SHA-256): {configurations}
It called itself: {agents}
Clock: that of the machine on which the program ran, in UTC. Each fetch records when it began and ended.

Step by step
 1. Fetch. One GET request for the page's address, or where the page is declared so, a browser that loads it
    and gives what it then holds; robots.txt is asked first and followed. Redirects, addresses, times, status,
    headers, IP address, SHA-256 of the TLS certificate, User-Agent, version and configuration are kept with
    the fetch (records/fetches-*.json).
 2. Decode. Content codings (gzip and the like) are undone. A body that is cut short or too large is not kept.
 3. Hash. The decoded body is kept whole under its SHA-256.
 4. Link. Row and SHA-256 go into the store with a link: its SHA-256 is over the link before it and over the
    content of the row.
 5. Extract. The text is read from the body; its SHA-256 is recorded (records/readings-*.json). Error pages,
    walls, sign-in pages and pages that came only in part are told apart, and no change is drawn from them.
 6. Compare. The statements of the text are compared with those believed before (records/findings-*.json).
 7. Confirm. A change is believed when further readings, hours apart, agree. How many, the configuration says.
    alert.json says when it was confirmed; null means that it was not.
 8. Tell. The alert is recorded (records/alerts-*.json).

Limits
 - A page can differ by place, time and visitor: this is what was sent to that address at that time.
 - The request itself was not recorded beyond its address and User-Agent. Pictures, scripts and style sheets
   of a page were not kept.
 - Whether the machine's clock was right is not recorded here; a Date header, where there is one, is the
   server's own.
{limit} - Findings are made by rules, and a person may judge otherwise. The bodies are the evidence.
"""
_CERTIFICATE = """\
DRAFT. Not legal advice. Have it reviewed by counsel before anybody signs: every blank must be filled, and
every sentence must be true of your own knowledge. Strike what is not.

CERTIFICATION OF RECORDS GENERATED BY AN ELECTRONIC PROCESS AND OF DATA COPIED FROM AN ELECTRONIC DEVICE
(Federal Rules of Evidence 902(13), 902(14) and 902(11); 28 U.S.C. 1746)

I, ______________________________, declare:

1. I am ______________________________ (position) at ______________________________ (organization). I am
   qualified to make this certification because ____________________________________________________________.

{clauses}
4. The captures{period} are:
{captures}
5. The files of this pack are copies of data in the electronic store of ______________________________. They
   are identified by a process of digital identification: each file's SHA-256 stands in SHA256SUMS. The
   SHA-256 of the file SHA256SUMS itself is ________________________________________________________________
   (sha256sum SHA256SUMS). On ____________________ I checked that each value agrees.

6. The newest link of the hash chain of that store was, when this pack was made,
   {head}

I declare under penalty of perjury that the foregoing is true and correct.
(If executed outside the United States: I declare under penalty of perjury under the laws of the United States
of America that the foregoing is true and correct.)

Executed on ____________________ (date) at ______________________________ (place).

Signature: ______________________________

Before the trial or hearing, reasonable written notice has to be given, and the record and this certification
be made available for inspection (Rule 902(11)).
"""


def readme(source: Source, facts: Facts) -> str:
    """README.txt."""
    titles = [f"Evidence of the change {one.alert.id}" for one in facts.changes]
    period = source.period
    if period:
        titles = [f"Evidence on {period.organization_id} from {period.first} to {period.last}"]
    is_any_imported = imported.any_imported(facts.seen)
    return _README.format(
        title=titles[0],
        imported=imported.README if is_any_imported else "",
        bytes=imported.BYTES if is_any_imported else imported.OWN_BYTES,
        what="\n".join(line for change in facts.changes for line in _told(change))
        or "No change was told in this time.\n",
        form=FORMAT,
        folders=_FOLDERS if period else "",
        bounded=_bounded(facts),
        head=source.head.sha256 if source.head else "none",
        stamp=_HAS_STAMP if source.stamp else "",
        anew=_texts(source, facts),
        steps=steps(FORMAT, has_period=bool(period), has_stamp=bool(source.stamp)),
        maker=_MAKER if period else "",
        scope=", period.json" if period else "",
    )


def tells_of_no_text(name: str) -> str:
    """What README.txt says of a text that is not in here."""
    return _NO_TEXT.format(name=name)


def _texts(source: Source, facts: Facts) -> str:
    """What is to be known of texts that are not those that were read then."""
    lacking = (name for change in facts.changes for name in without_text(change, source.files))
    anew = _ANEW if any(name.endswith(ANEW) for name in source.files) else ""
    return anew + "".join(map(tells_of_no_text, lacking))


def method(source: Source, facts: Facts) -> str:
    """METHOD.txt."""
    fetches = [one.fetch for one in facts.seen]
    is_any_imported = imported.any_imported(facts.seen)
    return _METHOD.format(
        made=imported.VERSIONS if is_any_imported else imported.OWN_VERSIONS,
        limit=imported.LIMIT if is_any_imported else imported.OWN_LIMIT,
        versions=_listed({one.program_version for one in fetches}),
        configurations=_listed({one.config_sha256 for one in fetches}),
        agents=_listed({one.user_agent for one in fetches}),
    )


def certificate(source: Source, facts: Facts) -> str:
    """CERTIFICATE-DRAFT.txt."""
    period = source.period
    return _CERTIFICATE.format(
        period=f", on {period.organization_id} from {period.first} to {period.last}," if period else "",
        clauses=imported.clauses(facts, _listed({one.fetch.program_version for one in facts.seen})),
        captures="".join(f"   {line}\n" for line in _captures(facts)) or "   none: no change was told\n",
        head=source.head.sha256 if source.head else "none",
    )


def _told(change: Change) -> Iterator[str]:
    alert = change.alert
    before = f"{utc_text(alert.before.fetched_at)} (the capture in here)"
    if alert.before.last_seen_at:
        before += f", last {utc_text(alert.before.last_seen_at)}"
    after = utc_text(alert.after.fetched_at)
    if alert.after.confirmed_at:
        after += f", confirmed {utc_text(alert.after.confirmed_at)}"
    if change.folder:
        yield f"Change {alert.id}"
    yield _line(alert.headline)
    yield f"Page: {_line(alert.page['url'])}"
    yield f"Seen before: {before}"
    yield f"Seen after:  {after}"
    for side in SIDES:
        yield from map(_line, imported.told(change, side))
    yield ""


def _captures(facts: Facts) -> Iterator[str]:
    for change in facts.changes:
        for side in SIDES:
            fetch = change.sides[side].fetch
            yield f"{change.folder}{side}/: {_line(fetch.final_url or fetch.requested_url)}"
            mark = ", imported" if imported.is_imported(fetch) else ""
            yield f"  at {utc_text(fetch.started_at)}, SHA-256 {fetch.body_sha256}{mark}"


def _bounded(facts: Facts) -> str:
    """A sentence where a page has so many fetches that older ones may have been left out."""
    counts: dict[str, int] = {}
    for one in facts.seen:
        counts[one.fetch.page_id] = counts.get(one.fetch.page_id, 0) + 1
    full = any(count >= AT_MOST for count in counts.values())
    return f" (the newest {AT_MOST} of a page;\n                    more are in the store)" if full else ""


def _listed(said: set[str]) -> str:
    return ", ".join(sorted(_line(one) for one in said if one)) or "not recorded"


def _line(said: str) -> str:
    """What others wrote, as one line that no terminal and no reader takes for something else."""
    return visible(" ".join(said.split()))
