"""What the proofs of reliability need: crowds, programs to kill, a network that fails, and who checks it all.

Nothing here shares code with the storages that are proved, beyond the interface that every application uses.
"""
