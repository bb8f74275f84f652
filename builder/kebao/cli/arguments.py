"""The arguments of all commands, with help in the reader's language."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any, NoReturn

from kebao import __version__
from kebao.cli.edition_arguments import add_edition_commands, add_store
from kebao.cli.part_arguments import add_part_arguments
from kebao.cli.upstream_arguments import add_upstream_commands
from kebao.reports.format_names import FORMATS, TEXT
from kebao.words import LANGUAGES, Words

COMMANDS = (
    "release",
    "publish",
    "edition",
    "new",
    "check",
    "build",
    "serve",
    "bundle",
    "audit",
    "schema",
    "explain",
    "i18n",
)


class UsageError(Exception):
    """The command line cannot be understood."""


#: What argparse says of itself.
_STOCK_TEXTS = (
    "usage: ",
    "positional arguments",
    "options",
    "show this help message and exit",
    "show program's version number and exit",
)


class _Parser(argparse.ArgumentParser):
    """A parser that speaks the reader's language and leaves the exit to the caller."""

    def __init__(self, *, words: Words, **options: Any) -> None:
        super().__init__(**options)
        self._words = words

    def format_help(self) -> str:
        text = super().format_help()
        for stock in _STOCK_TEXTS:
            text = text.replace(stock, self._words(stock), 1)
        return text

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{self.format_usage()}{self.prog}: {message}")


def build_parser(words: Words) -> argparse.ArgumentParser:
    """The parser of ``kebao``; ``words`` says its help texts."""
    common = _common(words)
    parser = _Parser(
        words=words,
        prog="kebao",
        description=words("Turns curated teacher-training content into resource package sites."),
        parents=[common],
        epilog=words("Exit status: 0 all is well, 1 problems were found, 2 the command could not run."),
    )
    parser.add_argument("--version", action="version", version=f"kebao {__version__}")
    commands = parser.add_subparsers(dest="command", metavar=words("COMMAND"))

    def add(name: str, help_text: str) -> _Parser:
        return commands.add_parser(name, words=words, help=help_text, description=help_text, parents=[common])

    new = add("new", words("write the skeleton of a new resource"))
    new.add_argument("kind", metavar=words("KIND"), help=words("courses, lesson-cases … or the Chinese name"))
    new.add_argument("id", metavar="ID", help=words("small letters a-z, digits and hyphens"))
    new.add_argument("--package", metavar="P", help=words("the package; the site's default otherwise"))

    check = add("check", words("find all problems in the content"))
    check.add_argument(
        "paths", nargs="*", metavar=words("PATH"), help=words("show only problems in these files or folders")
    )
    formats = words("how to say them: {formats}", formats=", ".join(FORMATS))
    check.add_argument("--format", choices=FORMATS, default=TEXT, metavar=words("FORMAT"), help=formats)
    check.add_argument(
        "--output", type=Path, metavar=words("FILE"), help=words("write them into this file instead of showing them")
    )

    since = words("show only problems that what was changed since this branch or commit can have to do with")
    check.add_argument("--since", metavar=words("REF"), help=since)
    check.add_argument("--fix", action="store_true", help=words("mend what is safe first, and show what was changed"))
    check.add_argument("--dry-run", action="store_true", help=words("with --fix: only show what would be changed"))
    check.add_argument("--no-cache", action="store_true", help=words("read and check everything anew"))

    build = add("build", words("check, then build the whole site"))
    build.add_argument("--package", metavar="P", help=words("build only this package"))
    build.add_argument("--locale", metavar="L", help=words("build only this language"))
    build.add_argument("--out", type=Path, default=Path("site"), metavar=words("FOLDER"), help=words("where to (site)"))
    jobs = os.cpu_count() or 1
    build.add_argument(
        "--jobs",
        type=int,
        default=jobs,
        metavar="N",
        help=words("how many parts at the same time ({jobs})", jobs=jobs),
    )
    build.add_argument("--no-cache", action="store_true", help=words("make everything anew"))
    build.add_argument("--no-splice", action="store_true", help=words("render every page whole, as MkDocs does"))
    build.add_argument("--no-search", action="store_true", help=words("leave the search index out"))
    verify = words("build a second time without cache and splicing, and compare every byte")
    build.add_argument("--verify", action="store_true", help=verify)
    add_part_arguments(build, words)
    add_store(build, words)

    serve = add("serve", words("show the site in the browser while you write"))
    serve.add_argument("--package", metavar="P", help=words("the package; the site's default otherwise"))
    serve.add_argument("--locale", metavar="L", help=words("the language; the site's default otherwise"))
    serve.add_argument("--address", default="127.0.0.1:8000", metavar="IP:PORT", help=words("where to listen"))
    serve.add_argument("--no-open", action="store_true", help=words("do not open the browser"))
    add_store(serve, words)

    cache = add("cache", words("what is kept to build faster: show it, or remove it"))
    cache.add_argument("cache_command", choices=("info", "clear"), metavar="info|clear")

    bundle = add("bundle", words("make only the download bundles"))
    bundle.add_argument("--package", metavar="P", help=words("only this package"))
    bundle.add_argument(
        "--out", type=Path, default=Path("bundles"), metavar=words("FOLDER"), help=words("where to (bundles)")
    )

    audit = add("audit", words("examine a finished site: dead links, outside requests, missing pages, sizes"))
    audit.add_argument("folder", type=Path, metavar=words("FOLDER"), help=words("the site's folder"))

    explain = add("explain", words("say what a problem code means and how to mend it"))
    explain.add_argument(
        "codes", nargs="*", metavar=words("CODE"), help=words("such as KB203; without one, a list of all codes")
    )

    schema = add("schema", words("write the schemas with which editors complete and check what you type"))
    schema.add_argument(
        "--out", type=Path, default=Path("schemas"), metavar=words("FOLDER"), help=words("where to (schemas)")
    )
    _add_i18n(add("i18n", words("see how far the translations are, and accept what was compared")), words, common)
    add_upstream_commands(add, words, common)
    # For the list of commands only: main hands over to kebao.mirror before anything is parsed.
    add("mirror", words("publish signed releases to schools, and mirror them"))
    add_edition_commands(add, words, common)
    return parser


def _add_i18n(i18n: _Parser, words: Words, common: _Parser) -> None:
    commands = i18n.add_subparsers(dest="i18n_command", metavar=words("COMMAND"), required=True)

    def add(name: str, help_text: str) -> _Parser:
        return commands.add_parser(name, words=words, help=help_text, description=help_text, parents=[common])

    status = add("status", words("say what is translated, out of date and missing, field by field"))
    status.add_argument("--package", metavar="P", help=words("only this package"))
    status.add_argument("--locale", metavar="L", help=words("only this language"))
    status.add_argument(
        "--format", choices=("table", "json", "csv"), default="table", metavar=words("FORMAT"), help="table, json, csv"
    )
    status.add_argument(
        "--output", type=Path, metavar=words("FILE"), help=words("write it into this file instead of showing it")
    )

    accept = add("accept", words("note in translations that they were compared with the source as it is now"))
    accept.add_argument("paths", nargs="*", metavar=words("PATH"), help=words("translations, or folders of them"))
    accept.add_argument("--package", metavar="P", help=words("all translations of this package"))
    accept.add_argument("--locale", metavar="L", help=words("all translations into this language"))
    accept.add_argument("--by", metavar="ID", help=words("who compared them, an id of content/people.yml"))
    states = words("reviewed when a person has read them, machine when none has")
    accept.add_argument("--state", choices=("reviewed", "machine"), metavar=words("STATE"), help=states)
    accept.add_argument("--dry-run", action="store_true", help=words("only show what would be changed"))

    new = add("new", words("write the skeleton of a translation"))
    new.add_argument("path", metavar=words("PATH"), help=words("the folder of a resource, or the file of a topic"))
    new.add_argument("locale", metavar="L", help=words("the language to translate into"))


def _common(words: Words) -> _Parser:
    """Options that every command takes, before or after its name."""
    common = _Parser(words=words, add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("-C", dest="root", type=Path, metavar=words("FOLDER"), help=words("the project's folder (.)"))
    common.add_argument("--lang", choices=LANGUAGES, help=words("language of the messages"))
    common.add_argument("-q", "--quiet", action="store_true", help=words("say only what is wrong"))
    common.add_argument("-v", "--verbose", action="store_true", help=words("say more"))
    return common


def language_argument(arguments: list[str]) -> str | None:
    """The value of ``--lang``, needed before the parser that says its help in that language."""
    for index, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            return argument.partition("=")[2]
        if argument == "--lang" and index + 1 < len(arguments):
            return arguments[index + 1]
    return None
