"""Lists the interface texts that pages need: those of the sample's zh.yml, which the tests' project has as well."""

from __future__ import annotations

from pathlib import Path
from string import Formatter

import yaml

ROOT = Path(__file__).parent.parent
LOCALE = ROOT / "site_config" / "locales" / "zh.yml"
TESTED = ROOT / "tests" / "golden" / "minimal_project" / "site_config" / "locales" / "zh.yml"
LIST = ROOT / "builder" / "kebao" / "messages" / "interface_texts.txt"
HEAD = """\
# Interface texts that pages need, each with its parameters. Written by scripts/make_interface_texts.py (make docs)
# out of site_config/locales/zh.yml; 'kebao check' compares the locales of a site with it.
"""


def listed(texts: dict[str, str]) -> str:
    """One line a text: its key, then the names of its parameters."""
    lines = []
    for key, text in sorted(texts.items()):
        names = sorted({name for _, name, _, _ in Formatter().parse(text) if name and name.isidentifier()})
        lines.append(" ".join((key, *names)) + "\n")
    return HEAD + "".join(lines)


def main() -> None:
    texts = yaml.safe_load(LOCALE.read_text(encoding="utf-8"))["texts"]
    TESTED.write_bytes(LOCALE.read_bytes())
    LIST.write_text(listed(texts), encoding="utf-8")
    print(f"{LIST.name}: {len(texts)} texts")


if __name__ == "__main__":
    main()
