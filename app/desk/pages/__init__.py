"""One module a view: a Visit in, a Response out. Each says in DOORS where it answers."""
