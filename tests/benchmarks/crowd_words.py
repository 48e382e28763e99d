"""The words of the crowd (crowd.py): made-up organizations, places and promises, a text in four versions."""

from datetime import UTC, datetime, timedelta

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)  #: when all of it has happened
VARIANTS, VERSIONS = 750, 4  #: texts, each in so many versions
PARTS = 8  #: statements of a text
_FIRST = (
    *("Alder", "Brindle", "Copper", "Dapple", "Ember", "Fathom", "Gorse", "Heron", "Ivory", "Jasper"),
    *("Kestrel", "Linden", "Mallow", "Nettle", "Osier", "Pewter", "Quarry", "Rowan", "Sorrel", "Thistle"),
    *("Umber", "Velvet", "Willow", "Yarrow", "Zephyr"),
)
_SECOND = (
    *("Cloud", "Vision", "Retail", "Transit", "Works", "Systems", "Harbour", "Media", "Security", "Freight"),
    *(
        "Telecom",
        "Stores",
        "Airways",
        "Analytics",
        "Housing",
        "Studios",
        "Networks",
        "Mobility",
        "Labs",
        "Group",
    ),
)
_KINDS = ("vendor", "platform", "agency", "retailer")
_ROLES = ("policy", "terms", "pledge", "product", "customers")
_PLACES = (
    "Marrowby",
    "Tillford",
    "Ostenholm",
    "Quayle",
    "Brackwater",
    "Vellmoor",
    "Sundry Cross",
    "Haddlestone",
)
_THINGS = ("billing records", "delivery addresses", "crash reports", "support requests", "payment references")
_WAYS = ("while the agreement lasts", "after a reasonable notice", "where a contract requires it")

_SENTENCES = (
    "We will not sell {a}facial recognition technology to the police of {place} {n}.",
    "Customers may not use our face recognition service to identify people in public in {place} {n}{b}.",
    "We {c} the results of facial recognition in {place} {n} with third parties.",
    "We require a search warrant before we give face templates of {place} {n} to law enforcement.",
    "We do not use biometric identification of shoppers in any store of {place} {n}.",
    "We will not provide facial recognition software to police departments{d}.",
    "We do not collect faceprints of visitors of {place} {n}.",
    "We will never use live facial recognition on the premises of {place} {n}.",
)


def said(variant: int, part: int, version: int) -> str:
    """One statement of a text as it is in this version; "" where it is not in it."""
    if part == 4 and version == 3:
        return ""
    until = NOW.date() + timedelta(days=10 + variant % 170)
    return _SENTENCES[part].format(
        place=_PLACES[variant % len(_PLACES)],
        n=variant,
        a="general-purpose " if version else "",
        b=" without their consent" if version else "",
        c="never share" if version > 1 else "do not share",
        d=f" until {until:%B} {until.day}, {until.year}"
        if variant % 20 == 0
        else f" in {_PLACES[0]} {variant}",
    )


def body(variant: int, version: int) -> bytes:
    """The whole page, some 8 KB of HTML."""
    promises = "".join(f"<p>{words}</p>" for part in range(PARTS) if (words := said(variant, part, version)))
    return (
        f'<!doctype html><html lang="en"><head><title>Rules {variant}</title></head><body><main>'
        f"<h1>Rules</h1><h2>What we promise</h2>{promises}<h2>Everything else</h2>{_filler(variant)}"
        "</main></body></html>"
    ).encode()


def _filler(variant: int) -> str:
    lines = (
        f"<p>Section {number} says how {_THINGS[(variant + number) % 5]} of kind {number} are kept, "
        f"shown and corrected {_WAYS[number % 3]}, and to whom a question about them may be put.</p>"
        for number in range(50)
    )
    return "".join(lines)


def declaration(number: int, pages: int) -> tuple[str, str]:
    """The file and the words that declare this organization."""
    name = f"{_FIRST[number % len(_FIRST)]} {_SECOND[number // len(_FIRST) % len(_SECOND)]}"
    id = name.lower().replace(" ", "-")
    head = f'name = "{name}"\nkind = "{_KINDS[number % len(_KINDS)]}"\nwhy = ["Made up for a benchmark."]\n'
    tables = "".join(
        f'[pages.p{one}]\nurl = "https://{id}.example/p{one}"\nrole = "{_ROLES[one % len(_ROLES)]}"\n'
        for one in range(pages)
    )
    return f"{id}.toml", head + tables


def settings() -> str:
    """The settings of the home."""
    return """\
operator.contact = "crowd@example.org"
desk.url = "http://127.0.0.1:8321"
[channels.file]
kind = "file"
path = "alerts.jsonl"
[[routes]]
name = "file"
channel = "file"
"""
