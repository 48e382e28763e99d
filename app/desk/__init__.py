"""The desk: the web pages on which staff look, compare and decide, and a read-only API.

doors.py       every address, who may use it, and which function answers
wall.py        before any page: names, signing in, origins; after it: headers. Closed unless a door is public
gate.py        each door: the role, the form; asker.py: who it is; origins.py: names and addresses, pure
visit.py       what a page function gets; rendering.py: templates and texts
pages/         one module a view: a Visit in, a Response out
serve.py       pledgewatch desk
"""
