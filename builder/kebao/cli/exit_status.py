"""What the commands' exit status means (DESIGN §3)."""

ALL_WELL = 0
PROBLEMS = 1
COULD_NOT_RUN = 2
