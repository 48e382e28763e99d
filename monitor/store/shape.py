"""The shape of the database: the triggers that let fetches and links only grow; columns, references, indexes.

What SQLite keeps of its tables is text in the same file as the rows: one wrong letter in it, and a column may
be NULL, or a reference leads nowhere. It is compared by what SQLite makes of it, not by its letters: another
library may write them otherwise.
"""

from collections.abc import Iterator, Mapping
from functools import cache

from sqlalchemy import Connection, create_engine, text

from monitor.store.tables import metadata

_ONLY_GROW = ("fetches", "links")
_TRIGGERS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": """
        SELECT t.tgname, concat_ws(' ', relation.relname, t.tgtype, t.tgenabled, code.prosrc)
        FROM pg_trigger AS t
        JOIN pg_class AS relation ON relation.oid = t.tgrelid
        JOIN pg_proc AS code ON code.oid = t.tgfoid
        WHERE NOT t.tgisinternal AND relation.relnamespace = current_schema()::regnamespace""",
}
_ROW_BEFORE_CHANGE, _BEFORE_TRUNCATE = 1 + 2 + 8 + 16, 2 + 32  # bits of tgtype
_FACTS = (
    """SELECT 'column ' || m.name || '.' || f.name, upper(f.type), f."notnull", f.dflt_value, f.pk
       FROM sqlite_master AS m, pragma_table_info(m.name) AS f WHERE m.type = 'table'""",
    """SELECT 'reference ' || m.name || '.' || f."from", f."table", f."to", f.on_update, f.on_delete
       FROM sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table'""",
    """SELECT 'index ' || m.name || ' ' || CASE i.origin WHEN 'c' THEN i.name ELSE group_concat(f.name) END,
              i."unique", i.origin, i.partial, group_concat(f.name || ' ' || f."desc" || ' ' || f.coll)
       FROM sqlite_master AS m, pragma_index_list(m.name) AS i, pragma_index_xinfo(i.name) AS f
       WHERE m.type = 'table' AND f.key GROUP BY m.name, i.name""",
)


def amiss(conn: Connection) -> Iterator[tuple[str, str]]:
    """(name, what is wrong with it) for what is not as the migrations make it. PostgreSQL: triggers alone."""
    dialect = conn.dialect.name
    there = {f"trigger {name}": _one_line(what) for name, what in conn.execute(text(_TRIGGERS[dialect]))}
    yield from _differences(_triggers(dialect), there)
    if dialect == "sqlite":
        ours = _declared()
        tables = {_table(name) for name in ours}
        yield from _differences(ours, {n: fact for n, fact in _facts(conn).items() if _table(n) in tables})


def _differences(ours: Mapping[str, str], there: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name in sorted({*ours, *there}):
        if name not in there:
            yield name, "it is missing"
        elif name not in ours:
            yield name, "it was inserted: this program makes none of that name"
        elif there[name] != ours[name]:
            yield name, "it was changed"


@cache
def _triggers(dialect: str) -> Mapping[str, str]:
    make = _sqlite_triggers if dialect == "sqlite" else _postgresql_triggers
    return {f"trigger {name}": what for name, what in make()}


def _sqlite_triggers() -> Iterator[tuple[str, str]]:
    for table in _ONLY_GROW:
        stop = f"BEGIN SELECT RAISE(ABORT, '{table} are append-only'); END"
        exists = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"
        for name, when in (
            (f"{table}_never_change", f"BEFORE UPDATE ON {table}"),
            (f"{table}_never_go", f"BEFORE DELETE ON {table}"),
            (f"{table}_never_replaced", f"BEFORE INSERT ON {table} {exists}"),
        ):
            yield name, f"CREATE TRIGGER {name} {when} {stop}"


def _postgresql_triggers() -> Iterator[tuple[str, str]]:
    for table in _ONLY_GROW:
        code = "'integrity_constraint_violation'"
        stop = f"BEGIN RAISE EXCEPTION '{table} are append-only' USING ERRCODE = {code}; END"
        yield f"{table}_never_change", f"{table} {_ROW_BEFORE_CHANGE} O {stop}"
        yield f"{table}_never_go", f"{table} {_BEFORE_TRUNCATE} O {stop}"


@cache
def _declared() -> Mapping[str, str]:
    """What SQLite makes of the tables as they are declared."""
    engine = create_engine("sqlite://")
    try:
        with engine.begin() as conn:
            metadata.create_all(conn)
            return _facts(conn)
    finally:
        engine.dispose()


def _facts(conn: Connection) -> Mapping[str, str]:
    return {str(name): repr(fact) for query in _FACTS for name, *fact in conn.execute(text(query))}


def _table(name: str) -> str:
    """column pages.id, index pages ix_… → pages"""
    return name.split(" ")[1].partition(".")[0]


def _one_line(what: object) -> str:
    return " ".join(str(what).split())
