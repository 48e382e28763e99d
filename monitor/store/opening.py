"""Opening a store: bring it forward to this program's version, or refuse it with one sentence.

Alembic is imported only where there is something to migrate: opening a store that is up to date is one query.
"""

from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, inspect, make_url, text
from sqlalchemy.exc import ArgumentError

from monitor.errors import StoreError
from monitor.store import chain
from monitor.store.codec import dumps
from monitor.store.transactions import PATIENCE, Bodies, Store, prepare, trouble_at

HEAD = "0006"  # the newest revision in migrations/versions
MIGRATIONS = Path(__file__).parent / "migrations"
_ANSWERS_SECONDS = 10  # in which a server must answer, or it is not there
_VERSION_TABLE = "alembic_version"


def sqlite_url(file: Path) -> str:
    """The URL of an SQLite store in this file."""
    return URL.create("sqlite", database=str(file)).render_as_string()


def open_store(url: str, blobs: Bodies) -> Store:
    """Open the store at this SQLAlchemy URL (sqlite or postgresql), new or migrated forward where need be.

    Raises StoreError, with nothing changed, where it cannot be opened, is damaged, newer, or not ours.
    """
    return _open(url, blobs, HEAD)


def open_older(url: str, blobs: Bodies, version: str) -> Store:
    """The same for a store as an older program made it, new or of exactly this version (see `versions`).

    It takes rows of that version (dump.fill) until `open_store` brings it forward. Raises StoreError.
    """
    return _open(url, blobs, version)


def versions() -> list[str]:
    """Every version of a store that this program knows, oldest first."""
    return sorted(file.stem[1:5] for file in (MIGRATIONS / "versions").glob("v[0-9]*.py"))


def quick_check(store: Store) -> str:
    """Whether the file of the store is sound: "" or one sentence. "" also on PostgreSQL, which sees to it."""
    if store.engine.dialect.name != "sqlite":
        return ""
    try:
        with store.read() as conn:
            said = conn.execute(text("PRAGMA quick_check(1)")).scalar()
    except StoreError as error:
        return str(error)
    if said == "ok":
        return ""
    return f"{store.place}: the store is damaged: restore it from a backup ({' '.join(str(said).split())})"


def _open(url: str, blobs: Bodies, version: str) -> Store:
    where = _parsed(url)
    store = Store(_engine(where), blobs, _place(where), PATIENCE)
    try:
        _bring_forward(store, version)
        if where.get_backend_name() == "sqlite":
            _use_write_ahead_log(store)
    except BaseException:
        store.close()
        raise
    return store


def _parsed(url: str) -> URL:
    try:
        where = make_url(url)
    except (ArgumentError, ValueError):  # which may repeat a password
        raise StoreError("store.url is no database URL: write sqlite:///… or postgresql://…") from None
    if where.get_backend_name() not in ("sqlite", "postgresql"):
        raise StoreError(f"store.url names {where.get_backend_name()!r}: write sqlite:///… or postgresql://…")
    if "@" in (where.host or ""):
        raise StoreError("store.url has an @ in its user name or its password: write %40 there")
    return where


def _place(where: URL) -> str:
    is_file = where.get_backend_name() == "sqlite" and where.database
    if is_file:
        return str(where.database)
    harmless = {name: value for name, value in where.query.items() if name in ("host", "port")}
    return where.set(query=harmless).render_as_string(hide_password=True)


def _engine(where: URL) -> Engine:
    if where.get_backend_name() == "sqlite":
        _make_folder(where.database or "")
        engine = create_engine(where, json_serializer=dumps, connect_args={"timeout": PATIENCE})
    else:
        engine = _postgresql(where)
    prepare(engine)
    return engine


def _postgresql(where: URL) -> Engine:
    options = {"options": f"-c TimeZone=UTC -c lock_timeout={PATIENCE}s", "connect_timeout": _ANSWERS_SECONDS}
    try:
        return create_engine(where, json_serializer=dumps, pool_pre_ping=True, connect_args=options)
    except ImportError as error:
        raise StoreError("a PostgreSQL store needs psycopg: install pledgewatch[postgresql]") from error


def _make_folder(database: str) -> None:
    if database in ("", ":memory:"):
        return
    folder = Path(database).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{folder}: the store's folder cannot be made ({error.strerror})") from error


def _bring_forward(store: Store, version: str) -> None:
    with store.read() as conn:
        if _version(conn, store.place) == version:
            return
    with store.begin() as conn:
        if _version(conn, store.place) != version:  # another process may have been faster
            _migrate(conn, version)
            if version == HEAD:
                chain.seal_unlinked(conn)


def _version(conn: Connection, place: str) -> str:
    """The store's revision, "" for a new one. Raises StoreError where it is unknown or not ours."""
    tables = inspect(conn).get_table_names()
    if _VERSION_TABLE not in tables:
        if tables:
            raise StoreError(f"{place}: this database holds other tables: give pledgewatch one of its own")
        return ""
    version = conn.execute(text(f"SELECT version_num FROM {_VERSION_TABLE}")).scalar() or ""
    if version not in ("", HEAD) and version not in versions():
        raise StoreError(
            f"{place}: the store has version {version!r}, this program knows up to {HEAD!r}: "
            "use the newer pledgewatch that wrote it"
        )
    return str(version)


def _migrate(conn: Connection, version: str) -> None:
    """All migrations that are missing, in the caller's transaction: a crash leaves the store as it was."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = conn
    command.upgrade(config, version)


def _use_write_ahead_log(store: Store) -> None:
    """Readers never wait for the writer. Said after the version check: it changes the file."""
    with trouble_at(store.place):
        raw = store.engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA journal_mode=WAL")
        finally:
            raw.close()
