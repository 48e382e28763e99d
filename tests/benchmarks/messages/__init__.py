"""Everything that the demo's world and the real captures tell, through every way out, to real servers here.

__main__   the table and the exit code          places    the receivers, and what arrived at them
worlds     what is watched, by a moving clock   tally     what must have arrived, beside what did
pictures   each distinct mail as people see it
"""
