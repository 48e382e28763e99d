"""The clock of this machine, watched: where it was set, what is planned moves with it."""

from datetime import timedelta

from app.owner import moment
from monitor.clock import Moment, jump
from monitor.store import Store, clocks


def look_at_clock(store: Store, now: Moment) -> timedelta:
    """By how much the clock was set since anybody looked; what is planned in the store was moved with it."""
    with store.read() as conn:
        last = clocks.last(conn)
    if last and last.boot_id == now.boot_id and not jump(last, now):
        return timedelta(0)
    with store.begin() as conn:
        return clocks.look(conn, now)


def doubt_of_clock(store: Store, began: Moment) -> str:
    """Why what was fetched since cannot be believed, one sentence; "" where the clock was not set meanwhile.

    What is planned moves with it here too, unless another process did that already.
    """
    now = moment()
    look_at_clock(store, now)
    by = jump(began, now)
    if not by:
        return ""
    how = f"{'forward' if by > timedelta(0) else 'back'} by {abs(by).total_seconds():,.0f} s"
    return f"The clock was set {how} while pages were fetched: nothing is decided."
