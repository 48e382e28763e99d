"""All that is kept between two checks, but for the bodies: SQLAlchemy Core, one module per aggregate.

`open_store` gives a Store; its `begin()` and `read()` give the Connection that every function takes.
Values go in and values come out (model.py); rows never leave this package.
"""

from sqlalchemy import Connection

from monitor.store.opening import open_store, sqlite_url
from monitor.store.transactions import Store

__all__ = ["Connection", "Store", "open_store", "sqlite_url"]
