"""How one organization meets what is asked of it: each ask, part by part, with the words that it rests on."""

from starlette.responses import Response

from app.desk.door import READER, Door
from app.desk.rendering import page
from app.desk.scored import scored
from app.desk.visit import Visit
from monitor.asks import State


def show(visit: Visit) -> Response:
    """Also of an organization that is not watched any more: then all is unknown but what was lost."""
    with visit.store.read() as conn:
        found = scored(conn, visit, visit.path["organization"])
    values = {"found": found, "shelves": found.shelves(), "every_state": tuple(State)}
    return page(visit, "asks.html", values)


DOORS = (Door("/organizations/{organization}/asks", READER, show),)
