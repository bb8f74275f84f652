"""Files probed in processes of their own, so that a file which hangs or crashes its reader costs itself only.

The pools of the standard library cannot say which file a process died of, nor end one process: here each process has
a thread that gives it one file at a time, and one that ends it when the file's time is over. They are started as
programmes of their own, the same on every platform, whatever threads run here.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue

from kebao.loading.facts_cache import facts_from_json
from kebao.loading.probe_version import PROBE_VERSION
from kebao.model.material import FileFacts, Hazard, HazardKind

#: Wall clock, for what waits and does not work. Where the process has a limit of work (``probe_worker``), a busy
#: computer must not make a file harmful; elsewhere this is the only one: the slowest whole file takes a thirtieth.
MOST_SECONDS = 60.0 if sys.platform != "win32" else 15.0
_SECONDS_TO_START = 30.0
#: How often it is looked whether a file's time is over.
_TICK_SECONDS = 0.1
#: -P: not the folder that it is started in, which may be somebody's submission.
WORKER = (sys.executable, "-P", "-m", "kebao.loading.probe_worker")


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestedFile:
    """A file and its SHA-256."""

    path: Path
    digest: str


def probe_in_processes(
    files: Sequence[DigestedFile],
    *,
    processes: int,
    worker: Sequence[str] = WORKER,
    seconds: float = MOST_SECONDS,
) -> Iterator[tuple[DigestedFile, FileFacts]]:
    """Each file and its facts, as they come; no order. Ends the processes when it is left, however that is."""
    probers = [Prober(worker, seconds) for _ in range(min(processes, len(files)))]
    waiting = SimpleQueue[DigestedFile]()
    for file in files:
        waiting.put(file)
    answers = SimpleQueue[_Answer]()
    threads = [threading.Thread(target=_probe_all, args=(one, waiting, answers), daemon=True) for one in probers]
    for thread in threads:
        thread.start()
    try:
        for _ in files:
            file, facts = answers.get()
            if isinstance(facts, BaseException):
                raise facts
            yield file, facts
    finally:
        _empty(waiting)
        for one in probers:
            one.close()
        for thread in threads:
            thread.join()


_Answer = tuple[DigestedFile, FileFacts | BaseException]


def _probe_all(prober: Prober, waiting: SimpleQueue[DigestedFile], answers: SimpleQueue[_Answer]) -> None:
    with contextlib.suppress(Empty):
        while True:
            file = waiting.get_nowait()
            try:
                answers.put((file, prober.probe(file)))
            except BaseException as error:
                # Raised where the facts are waited for.
                answers.put((file, error))


def _empty(waiting: SimpleQueue[DigestedFile]) -> None:
    with contextlib.suppress(Empty):
        while True:
            waiting.get_nowait()


_NOT_READ = b"null\n"
#: No library for pdf files may be used by two threads at once.
_HERE = threading.Lock()


class Prober:
    """A process that is started when it is needed, and again when a file has ended it."""

    def __init__(self, command: Sequence[str] = WORKER, seconds: float = MOST_SECONDS) -> None:
        self._command = command
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._clock: _Clock | None = None
        self._lock = threading.Lock()
        self._is_closed = False
        self._is_usable = True

    def probe(self, file: DigestedFile) -> FileFacts:
        """The facts of a file; ``EXHAUSTING`` and no more when it hangs, crashes, or takes all memory."""
        reply = _NOT_READ
        if self._is_usable and (self._is_running() or self._start()):
            question = json.dumps([str(file.path), file.digest]).encode() + b"\n"
            reply = self._answer(question, self._seconds)
        if reply == _NOT_READ:
            # No process can be started, or the file is not there any more: then the error is raised here.
            from kebao.loading.probing import probe

            with _HERE:
                return probe(file.path, file.digest)
        try:
            return facts_from_json(reply.decode("utf-8"))
        except (ValueError, KeyError, TypeError):
            return _exhausting(file)

    def close(self) -> None:
        """Ends the process, whatever it is doing; to be called from any thread."""
        with self._lock:
            self._is_closed = True
            self._end()

    def _is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _start(self) -> bool:
        """Whether a process with the same probes answers."""
        with self._lock:
            self._end()
            if self._is_closed:
                raise CancelledError
            # It has to find what was found here, and nothing else.
            environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
            try:
                self._process = subprocess.Popen(
                    self._command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env=environment,
                )
            except OSError:
                self._is_usable = False
                return False
            self._clock = _Clock(self._process)
        self._is_usable = self._answer(b"", _SECONDS_TO_START) == f"{PROBE_VERSION}\n".encode()
        return self._is_usable

    def _answer(self, question: bytes, seconds: float) -> bytes:
        """The next line of the process; empty when it died or its time was over, and then there is no process."""
        process, clock = self._process, self._clock
        if process is None or clock is None or process.stdin is None or process.stdout is None:
            return b""
        clock.start(seconds)
        try:
            process.stdin.write(question)
            process.stdin.flush()
            line = process.stdout.readline()
        except (OSError, ValueError):
            line = b""
        finally:
            is_over = clock.stop()
        if is_over or not line.endswith(b"\n"):
            # Ended, so that the next file is not given to a process that is about to die.
            with self._lock:
                self._end()
        return line if line.endswith(b"\n") else b""

    def _end(self) -> None:
        if self._clock is not None:
            self._clock.close()
            self._clock = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
            self._process = None


class _Clock:
    """Ends a process that takes too long to answer. One thread for all answers: one each costs as much as a file."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._lock = threading.Lock()
        self._until: float | None = None
        self._is_over = False
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def start(self, seconds: float) -> None:
        with self._lock:
            self._until = time.monotonic() + seconds

    def stop(self) -> bool:
        """Whether the time was over, and the process was ended."""
        with self._lock:
            self._until = None
            return self._is_over

    def close(self) -> None:
        self._closed.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._closed.wait(_TICK_SECONDS):
            with self._lock:
                if self._until is not None and time.monotonic() >= self._until:
                    self._is_over = True
                    self._process.kill()
                    return


def _exhausting(file: DigestedFile) -> FileFacts:
    hazard = Hazard(kind=HazardKind.EXHAUSTING)
    return FileFacts(sha256=file.digest, size_bytes=file.path.stat().st_size, hazards=(hazard,))
