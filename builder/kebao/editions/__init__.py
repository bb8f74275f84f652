"""The edition store and what is published from it: editions are frozen once and never rebuilt (DESIGN §1.11)."""
