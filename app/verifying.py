"""pledgewatch verify-store: whether the store holds what was recorded, to the bit, and what does not."""

import json
import re
from collections.abc import Sequence
from typing import Any

from app.home import Home
from app.screen import columns, say
from monitor.errors import InputError, StoreError
from monitor.store.chain import ORIGIN
from monitor.store.verify import Damage, Verification

SCHEMA = "pledgewatch.verify/1"
INTACT, NOT_INTACT = 0, 1
_SHA256 = re.compile(r"[0-9a-f]{64}")


def verify_store(home: Home, head: str | None, *, as_json: bool) -> int:
    """Print what was verified, the head, and every damage: 0 intact, 1 not.

    head: one that was printed before. Raises InputError for a malformed one, StoreError where there is no
    store, or where it cannot be opened.
    """
    known_head = (head or "").strip().lower()
    if head is not None and not _SHA256.fullmatch(known_head):
        raise InputError(f"{head!r} is no head: after --head write the 64 hexadecimal digits of its SHA-256")
    _refuse_missing(home)
    with home.open_store() as store:
        verification = Verification(store, known_head)
        damages = list(verification.damages())
    if as_json:
        print(json.dumps(_json(verification, damages), ensure_ascii=False, indent=1))
    else:
        _show(verification, damages)
    return NOT_INTACT if damages else INTACT


def _refuse_missing(home: Home) -> None:
    """An empty store that we had just made would be intact."""
    file = home.root / "pledgewatch.db"
    if not (home.store_url or home.settings.store.url) and not file.exists():
        raise StoreError(f"{file} is not there, so nothing can be verified: the first check makes it")


def _json(verified: Verification, damages: Sequence[Damage]) -> dict[str, Any]:
    number, sha256 = _head(verified)
    known = verified.known_link
    return {
        "schema": SCHEMA,
        "intact": not damages,
        "verified": {"links": verified.links, "rows": verified.rows, "blobs": verified.blobs},
        "head": {"link": number, "sha256": sha256},
        "known_head": None if known is None else {"link": known, "later": number - known},
        "unnamed_blobs": verified.unnamed_blobs,
        "damages": [{"where": one.where, "what": one.what} for one in damages],
    }


def _show(verified: Verification, damages: Sequence[Damage]) -> None:
    number, sha256 = _head(verified)
    rows = [
        ("Verified", f"{verified.links:,} links, {verified.rows:,} rows, {verified.blobs:,} blobs"),
        ("Head", f"{sha256}, link {number:,}"),
    ]
    if verified.known_link is not None:
        later = number - verified.known_link
        rows.append(("Known head", f"it is link {verified.known_link:,}; {later:,} came after it"))
    if verified.unnamed_blobs:
        remark = f"{verified.unnamed_blobs:,} blobs are named by no fetch: a crash may leave them"
        rows.append(("Remark", remark))
    columns(rows)
    for damage in damages:
        say(str(damage))
    say(f"Not intact: {len(damages):,} found." if damages else "Intact.")


def _head(verified: Verification) -> tuple[int, str]:
    """Number and SHA-256 of the newest link; 0 and zeros where there is none yet."""
    return (verified.head.id, verified.head.sha256) if verified.head else (0, ORIGIN)
