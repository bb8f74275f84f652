"""The command line: arguments, order of work, exit status. What it says is in the reader's language."""
