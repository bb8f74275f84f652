"""``python -m kebao.mirror``: what the school's one file runs."""

from kebao.mirror.commands import main

if __name__ == "__main__":
    raise SystemExit(main())
