"""Passwords: what a good one is, and what is kept of it (argon2id). The only module that knows argon2."""

import secrets
from functools import cached_property
from threading import BoundedSemaphore
from unicodedata import normalize

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_LEAST, AT_MOST = 12, 1_000  #: characters
_AT_ONCE = 2  #: each takes 64 MiB for a moment


def amiss(password: str, again: str, name: str) -> str:
    """What is wrong with a new password, as the key of a text; "" where it is good."""
    if len(password) < AT_LEAST:
        return "short"
    if len(password) > AT_MOST:
        return "long"
    if password.strip().lower() == name.lower():
        return "name"
    return "" if password == again else "differ"


class Passwords:
    """Hashes and compares. Whether somebody is known cannot be told from how long it takes."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self.hasher = hasher or PasswordHasher()
        self.free = BoundedSemaphore(_AT_ONCE)

    @cached_property
    def nobodys(self) -> str:
        """What no password fits."""
        return self.hasher.hash(secrets.token_hex())

    def hash(self, password: str) -> str:
        """What is kept of it."""
        with self.free:
            return self.hasher.hash(normalize("NFC", password))

    def fits(self, hash: str | None, password: str) -> bool:
        """Whether this was hashed to that; None: nobody's, which takes as long and never fits."""
        with self.free:
            nobodys = self.nobodys
            try:
                self.hasher.verify(hash or nobodys, normalize("NFC", password[: AT_MOST + 1]))
            except (VerificationError, InvalidHashError):
                return False
        return hash is not None
