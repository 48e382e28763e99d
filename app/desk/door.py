"""A door of the desk: an address, the role that it needs, and the function that answers there."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import Response

from app.desk.visit import Visit
from monitor.model import AccountRole

READER, REVIEWER, ADMIN = AccountRole.READER, AccountRole.REVIEWER, AccountRole.ADMIN
PUBLIC = None  #: nobody has to be signed in


@dataclass(frozen=True, slots=True)
class Door:
    """One address and method. GET shows and never changes anything; POST does, and needs the form's token."""

    path: str  #: as Starlette writes it: "/changes/{alert}"
    needs: AccountRole | None
    answer: Callable[[Visit], Response]
    method: str = "GET"
