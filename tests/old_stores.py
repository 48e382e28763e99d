"""Stores as older programs left them, and what must hold of any store."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, inspect, select, text

from monitor.blobs import Blobs
from monitor.store import chain, opening
from monitor.store.tables import links

#: <version>.sql: the rows of a store, as the program of that version wrote them.
FOLDER = Path(__file__).parent / "stores"
RELEASED = opening.versions()[:-1]
#: Version → the tables which it brought whose rows the database numbers.
_COUNTED = {
    "0001": ("fetches", "findings", "deliveries", "checks"),
    "0004": ("reviews",),
    "0005": ("statements", "accounts", "tokens", "audits"),
}
_WORDS_SINCE = "0005"  # which SQLite keeps in tables of its own, out of what others hold
_FIND_WORDS = "INSERT INTO statements_words (statements_words) VALUES ('rebuild');"
NO_SALE = "We will not sell facial recognition to the police until 1 September 2027."
MORATORIUM = "We are putting in place a one-year moratorium on police use of our facial recognition."
CONSENT = "We require the consent of everybody whose face is recognised in our customers' shops."
#: The bodies of the pledge in 0005.sql, the older one first: with them its statements can be found anew.
PLEDGES_OF_0005 = tuple(
    ("# Our pledge: «mot»\n\n" + "".join(f"- {one}\n" for one in said)).encode()
    for said in ((NO_SALE, MORATORIUM, CONSENT), (MORATORIUM, CONSENT))
)


def populated(url: str, version: str) -> None:
    """Make a store of this version at this URL, with all of its rows."""
    script = (FOLDER / f"{version}.sql").read_text(encoding="utf-8")
    with opening.open_older(url, Blobs(Path()), version) as store:
        raw = store.engine.raw_connection()
        cursor: Any = raw.cursor()
        if store.engine.dialect.name == "sqlite":
            words = _FIND_WORDS if version >= _WORDS_SINCE else ""
            cursor.executescript(f"BEGIN; {script} {words} COMMIT;")
        else:
            cursor.execute(script)
            counted = [name for since, names in _COUNTED.items() if since <= version for name in names]
            for table in counted:  # what inserting them one by one does
                number = f"pg_get_serial_sequence('{table}', 'id')"
                cursor.execute(f"SELECT setval({number}, (SELECT max(id) FROM {table}))")
            raw.commit()
        raw.close()


Contents = dict[str, tuple[list[str], list[str]]]


def contents(url: str, only: Contents | None = None) -> Contents:
    """Table → (its columns, its rows), or only the columns of these: read past our own code."""
    engine = create_engine(url)
    try:
        with engine.connect() as conn:
            asked = {name: columns for name, (columns, _) in (only or {}).items()}
            return {
                name: _content(conn, name, columns) for name, columns in (asked or _columns(conn)).items()
            }
    finally:
        engine.dispose()


def _columns(conn: Connection) -> dict[str, list[str]]:
    seen = inspect(conn)
    return {
        name: [column["name"] for column in seen.get_columns(name)] for name in sorted(seen.get_table_names())
    }


def _content(conn: Connection, table: str, columns: list[str]) -> tuple[list[str], list[str]]:
    rows = conn.execute(text(f"SELECT {', '.join(columns)} FROM {table}"))
    return columns, sorted(map(repr, rows.all()))


def chain_flaws(conn: Connection) -> list[str]:
    """Each link hangs on the one before, and the last link of every row is over what the row holds."""
    before, flaws = chain.ORIGIN, []
    last: dict[str, dict[str, str]] = {kind: {} for kind in chain.CHAINED}
    for number, link in enumerate(conn.execute(select(links).order_by(links.c.id)), 1):
        if (link.id, link.sha256) != (
            number,
            chain.following(before, link.kind, link.key, link.content_sha256),
        ):
            flaws.append(f"link {link.id}")
        before = link.sha256
        last[link.kind][link.key] = link.content_sha256
    for kind, table in chain.CHAINED.items():
        keys = [str(key) for key in conn.scalars(select(*table.primary_key.columns))]
        if chain.contents(conn, kind, keys) != {key: held for key, held in last[kind].items() if held}:
            flaws.append(kind)
    return flaws
