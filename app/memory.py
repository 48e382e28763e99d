"""What crawls remember of hosts, kept in the store: the port spiders.memory.Memory, fulfilled."""

from monitor.model import Host
from monitor.store import Store, hosts


class StoredMemory:
    """Every robots.txt that decided something is a blob, so each decision names its evidence."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def host(self, origin: str) -> Host:
        """See Memory. Raises StoreError."""
        with self._store.read() as conn:
            return hosts.get(conn, origin)

    def robots_body(self, sha256: str) -> bytes:
        """See Memory. Raises StoreError where the blob is missing or damaged."""
        return self._store.blobs.get(sha256)

    def remember(self, host: Host, robots_body: bytes = b"") -> None:
        """See Memory. Raises StoreError."""
        if robots_body:
            self._store.blobs.put(robots_body)
        with self._store.begin() as conn:
            hosts.save(conn, host)
