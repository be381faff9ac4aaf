"""Trial progress: what monitor and trial manager look at, counted from what the clinic knows.

Nothing here can import an arm. Beyond that, nothing is counted by stratum or by envelope, and no supply is
shown: what is left of a list or a shelf could tell something that the participants' pages do not.
"""
