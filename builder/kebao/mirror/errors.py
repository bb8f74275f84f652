"""What goes wrong while mirroring: an id of a text, its parameters, and the exit code (research/02_offline.md §4.4)."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the process says to the scheduler that started it; 0 only when complete and verified."""

    COMPLETE = 0
    REFUSED = 1
    """Wrong input: arguments, a site that fails the check, a missing key."""
    NOTHING_NEW = 2
    STALE = 3
    """Intact, but older than the policy allows."""
    NOT_VERIFIED = 4
    DISK = 5
    NETWORK = 6
    BUSY = 7
    """Another run holds the lock."""


class MirrorError(Exception):
    """Something that the person at the computer must know; ``message`` is an id of ``kebao.mirror.messages``.

    Attributes:
        message: the id of the text.
        parameters: what the text names; values are put in with ``str``.
        exit_code: what the process ends with.
    """

    default_exit_code = ExitCode.REFUSED

    def __init__(self, message: str, *, exit_code: ExitCode | None = None, **parameters: object) -> None:
        super().__init__(message)
        self.message = message
        self.parameters = parameters
        self.exit_code = self.default_exit_code if exit_code is None else exit_code

    def __str__(self) -> str:
        named = ", ".join(f"{name}={value}" for name, value in sorted(self.parameters.items()))
        return f"{self.message}({named})"


class RefusedError(MirrorError):
    """The input is not what it must be; nothing was changed."""


class VerificationError(MirrorError):
    """Bytes are not those that were signed, or the signature is not one that is trusted."""

    default_exit_code = ExitCode.NOT_VERIFIED


class DiskError(MirrorError):
    """The disk is full, read-only or failing."""

    default_exit_code = ExitCode.DISK


class NetworkError(MirrorError):
    """A source does not answer, or not with what was asked for."""

    default_exit_code = ExitCode.NETWORK


class StaleError(MirrorError):
    """What was found is intact but too old."""

    default_exit_code = ExitCode.STALE


class BusyError(MirrorError):
    """Another run is at work."""

    default_exit_code = ExitCode.BUSY
