"""The school's side: join, pull, verify, serve."""
