"""How a store came to be as it is: one file per step in versions/, run by env.py."""
