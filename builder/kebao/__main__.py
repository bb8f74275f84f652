"""``python -m kebao``."""

from kebao.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
