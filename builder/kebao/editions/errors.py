"""Why an edition could not be released, read or published."""

from __future__ import annotations

from kebao.problems import Message


class EditionError(Exception):
    """``message`` says what is wrong, ``hint`` what to do next; both are for people."""

    def __init__(self, message: Message, hint: Message | None = None) -> None:
        super().__init__(message.in_english())
        self.message = message
        self.hint = hint
