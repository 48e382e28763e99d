"""What must hold of a store after each test: whoever wrote a row of a chained table has noted it."""

from monitor.store import Store
from monitor.store.verify import Verification


def must_hold(store: Store) -> None:
    """Each link follows on the one before, and each row is what its newest link says."""
    damages = [str(damage) for damage in Verification(store).of_chain()]
    assert not damages, f"the chain does not hold: {'; '.join(damages)}"
