"""Where the state lives, and what was decided there: one folder, its settings, its watchlist, its store."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from alerts.message import secret
from app.vocabulary import known, refuse_unknown, refuse_unwatched
from monitor.access import primary
from monitor.asks import Ask, load_asks
from monitor.blobs import Blobs
from monitor.check import Rules
from monitor.confirm import Need, Policy
from monitor.documented import FOLDER as DOCUMENTED
from monitor.documented import Documented, load_documented
from monitor.errors import DeliveryError, InputError
from monitor.lexicon import Lexicons
from monitor.marks import load_access_rules
from monitor.mutes import FILE as MUTES
from monitor.mutes import Mute, load_mutes
from monitor.overrules import load_overrules
from monitor.reader import Reader
from monitor.replies import load_replies, refuse_strangers
from monitor.scorecard.cautions import FILE as CAUTIONS
from monitor.scorecard.cautions import Cautions, load_cautions
from monitor.settings import Confirm, Settings, load_settings
from monitor.store import Store, open_store, sqlite_url
from monitor.watchlist import Watchlist, config_sha256, load_watchlist

SHIPPED_CONFIG = Path(__file__).resolve().parent.parent / "config"
DEFAULT_HOME = Path("var")
_STORE_URL = "PLEDGEWATCH_STORE_URL"


@dataclass(frozen=True)
class Home:
    """A folder with state. config holds settings and the watchlist, and may hold words of its own."""

    root: Path
    config: Path
    store_url: str = ""  #: goes before the one of the settings; it may hold a password

    @cached_property
    def settings(self) -> Settings:
        """config/settings.toml. Raises ConfigError."""
        return load_settings(self.config)

    @cached_property
    def watchlist(self) -> Watchlist:
        """config/watchlist/*.toml, with all that the routes ask for. Raises ConfigError."""
        watchlist = load_watchlist(self.config)
        words = known(watchlist, self.asks, (SHIPPED_CONFIG, self.config))
        refuse_unknown(self.settings.routes, words, str(self.config / "settings.toml"))
        return watchlist

    @cached_property
    def rules(self) -> Rules:
        """The words and the proof that a change needs. Raises ConfigError."""
        return Rules(
            Lexicons(SHIPPED_CONFIG, self.config),
            load_access_rules(self._with("access.toml")),
            policy_of(self.settings.confirm),
            self.asks,
            Reader().read,
            program_version(),
        )

    @cached_property
    def asks(self) -> tuple[Ask, ...]:
        """config/asks.toml: what is asked of those whom we watch. Raises ConfigError."""
        return load_asks(self._with("asks.toml"))

    @cached_property
    def cautions(self) -> Mapping[str, Cautions]:
        """config/cautions.toml: words that make the scorecard wary. Raises ConfigError."""
        return load_cautions(self._with(CAUTIONS))

    @cached_property
    def documented(self) -> tuple[Documented, ...]:
        """config/documented/*.toml: commitments that others documented. Raises ConfigError."""
        return load_documented(self._with(DOCUMENTED))

    @cached_property
    def mutes(self) -> tuple[Mute, ...]:
        """config/mutes.toml of this home: what was judged not to be worth telling. Raises ConfigError."""
        return load_mutes(self.config)

    def read_all(self) -> None:
        """Read all of the configuration now, before anything is begun. Raises ConfigError."""
        watched = [one.id for one in self.watchlist.organizations]
        refuse_unwatched(self.mutes, self.watchlist, str(self.config / MUTES))
        load_overrules(self.config, self.asks, watched)
        refuse_strangers(load_replies(self.config), watched, [one.id for one in self.asks], self.config)
        _ = self.cautions
        self.read_words()

    def read_words(self) -> None:
        """Read the words of every watched language now, before anything is fetched. Raises ConfigError."""
        spoken = {primary(page.language) for page in self.watchlist.pages}
        for language in sorted(spoken & set(self.rules.lexicons)):
            self.rules.lexicons[language]

    @property
    def config_sha256(self) -> str:
        """The SHA-256 of the configuration in force, as each fetch records it: ours, and this home's."""
        both = config_sha256(SHIPPED_CONFIG) + config_sha256(self.config)
        return sha256(both.encode()).hexdigest()

    def open_store(self) -> Store:
        """The store of this home, made where there is none. Raises StoreError."""
        url = self.store_url or self.settings.store.url or sqlite_url(self.root / "pledgewatch.db")
        return open_store(url, self.blobs)

    def existing_store(self) -> Store:
        """The same for those who only read: none is made. Raises InputError where none is, StoreError."""
        file = self.root / "pledgewatch.db"
        if not (self.store_url or self.settings.store.url or file.exists()):
            raise InputError(
                f"there is no store in {self.root}: name another home with --home, "
                f"or make one with `pledgewatch init {self.root}`"
            )
        return self.open_store()

    @property
    def blobs(self) -> Blobs:
        """The bodies of this home."""
        return Blobs(self.root / "blobs")

    def environ(self, environ: Mapping[str, str]) -> Mapping[str, str]:
        """The environment in which channels find this home (relative paths start there)."""
        return {**environ, "PLEDGEWATCH_HOME": str(self.root)}

    def _with(self, name: str) -> Path:
        return self.config if (self.config / name).exists() else SHIPPED_CONFIG


def find_home(root: str | None, config: str | None, environ: Mapping[str, str]) -> Home:
    """The home that --home, PLEDGEWATCH_HOME or ./var names, with its own config where it has one.

    The address of its store may stand in PLEDGEWATCH_STORE_URL, or in the file that
    PLEDGEWATCH_STORE_URL_FILE names. Raises InputError where that file, or the folder of --config, cannot be
    used.
    """
    folder = Path(root or environ.get("PLEDGEWATCH_HOME") or DEFAULT_HOME)
    store_url = _store_url(environ)
    if config is not None:
        if not Path(config).is_dir():
            raise InputError(
                f"{config} is not a folder: name the folder that holds settings.toml after --config."
            )
        return Home(folder, Path(config), store_url)
    own = folder / "config"
    found = next((path for path in (own, Path("config")) if path.is_dir()), SHIPPED_CONFIG)
    return Home(folder, found, store_url)


def _store_url(environ: Mapping[str, str]) -> str:
    if not (environ.get(_STORE_URL) or environ.get(f"{_STORE_URL}_FILE")):
        return ""
    try:
        return secret(environ, _STORE_URL)
    except DeliveryError as error:
        raise InputError(str(error)) from error


def policy_of(confirm: Confirm) -> Policy:
    """The proof that settings ask for."""
    return Policy(
        Need(confirm.changed_readings, timedelta(hours=confirm.changed_hours)),
        Need(confirm.withdrawn_readings, timedelta(hours=confirm.withdrawn_hours)),
        Need(confirm.unusual_readings, timedelta(hours=confirm.unusual_hours)),
    )


def program_version() -> str:
    """Which pledgewatch this is."""
    return version("pledgewatch")
