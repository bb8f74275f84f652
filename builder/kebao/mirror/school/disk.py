"""Everything that a school's mirror changes on its disk goes through here, so that tests can break any of it.

The rule of all of it: content first under a temporary name, synced, then renamed; so a power cut leaves old or new,
never half.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
from pathlib import Path
from typing import BinaryIO, Protocol

from kebao.mirror import whole_disk

_READ_ONLY = 0o444


class Disk(Protocol):
    """What may change on the disk."""

    def make_folder(self, path: Path) -> None: ...

    def append_to(self, path: Path) -> BinaryIO:
        """The file opened for writing at its end, unbuffered; made when missing."""
        ...

    def sync(self, file: BinaryIO) -> None: ...

    def sync_folder(self, path: Path) -> None: ...

    def syncs_at_once(self, folder: Path) -> bool:
        """Whether `sync_all` is there for the file system of `folder`."""
        ...

    def sync_all(self, folder: Path) -> None:
        """Every file and name that was written to the file system of `folder` so far is on the disk for certain."""
        ...

    def replace(self, source: Path, target: Path) -> None: ...

    def link(self, source: Path, target: Path) -> bool:
        """Makes `target` a second name of `source`; False where the file system cannot."""
        ...

    def copy(self, source: Path, target: Path) -> None: ...

    def symlink(self, target: str, link: Path) -> None: ...

    def remove(self, path: Path) -> None:
        """Removes the file if it is there."""
        ...

    def remove_tree(self, path: Path) -> None: ...

    def protect(self, path: Path) -> None:
        """Makes the file read-only, where that exists."""
        ...

    def free_bytes(self, path: Path) -> int: ...


class RealDisk:
    """The disk of this PC."""

    def make_folder(self, path: Path) -> None:
        path.mkdir(parents=True, exist_ok=True)

    def append_to(self, path: Path) -> BinaryIO:
        return path.open("ab", buffering=0)

    def sync(self, file: BinaryIO) -> None:
        file.flush()
        os.fsync(file.fileno())

    def sync_folder(self, path: Path) -> None:
        if os.name == "nt":  # Windows cannot sync a folder, and its renames need none
            return
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
        try:
            os.fsync(descriptor)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):  # file systems without it
                raise
        finally:
            os.close(descriptor)

    def syncs_at_once(self, folder: Path) -> bool:
        return whole_disk.syncs_at_once(folder)

    def sync_all(self, folder: Path) -> None:
        whole_disk.sync_all(folder)

    def replace(self, source: Path, target: Path) -> None:
        os.replace(source, target)

    def link(self, source: Path, target: Path) -> bool:
        try:
            os.link(source, target, follow_symlinks=False)
        except NotImplementedError:
            return False
        except OSError as error:
            # FAT says EPERM, others ENOTSUP; EMLINK: an empty file that a site has 65,000 times; EXDEV: a network
            # folder.
            if error.errno in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EXDEV, errno.EACCES):
                return False
            if getattr(error, "winerror", None) in (1, 50, 1142):
                return False
            raise
        return True

    def copy(self, source: Path, target: Path) -> None:
        with source.open("rb") as read, target.open("xb") as write:
            shutil.copyfileobj(read, write, 1 << 20)
            write.flush()
            os.fsync(write.fileno())

    def symlink(self, target: str, link: Path) -> None:
        os.symlink(target, link, target_is_directory=True)

    def remove(self, path: Path) -> None:
        try:
            path.unlink()
        except FileNotFoundError:
            return
        except PermissionError:
            if os.name != "nt":
                raise
            path.chmod(stat.S_IWRITE)  # Windows does not remove read-only files
            path.unlink()

    def remove_tree(self, path: Path) -> None:
        if os.name == "nt":
            for folder, _, files in os.walk(path):
                for name in files:
                    with contextlib.suppress(OSError):
                        os.chmod(os.path.join(folder, name), stat.S_IWRITE)
        shutil.rmtree(path)

    def protect(self, path: Path) -> None:
        with contextlib.suppress(OSError, NotImplementedError):
            path.chmod(_READ_ONLY)

    def free_bytes(self, path: Path) -> int:
        return shutil.disk_usage(path).free


def write_whole(disk: Disk, path: Path, data: bytes) -> None:
    """The file at `path` becomes `data`, or stays what it was."""
    temporary = path.with_name(f".{path.name}.new")
    disk.remove(temporary)
    with disk.append_to(temporary) as file:
        write_all(file, data)
        disk.sync(file)
    disk.replace(temporary, path)
    disk.sync_folder(path.parent)


def write_all(file: BinaryIO, data: bytes) -> None:
    """Unbuffered files may take a part only."""
    view = memoryview(data)
    while view:
        written = file.write(view)
        view = view[written:]
