"""Stores that fsspec has a driver for, opened by what people write: ``s3://bucket/folder``, ``webdavs://user@host/folder``.

Keys and addresses of S3 come from where its tools look for them (``AWS_ACCESS_KEY_ID``, ``AWS_ENDPOINT_URL``, …).
"""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import unquote, urlsplit

from kebao.mirror.errors import RefusedError

PASSWORD = "KEBAO_STORE_PASSWORD"
"""The environment variable with the password for WebDAV and SFTP: what stands in a command, others can read."""
_WEBDAV = {"webdav": "http", "webdavs": "https"}


def open_store(url: str) -> tuple[Any, str]:
    """fsspec's file system, and the path of the folder in it.

    Raises: RefusedError when nothing here knows such a store; what the driver raises when it does not answer.
    """
    try:
        import fsspec
    except ImportError as error:
        raise RefusedError("missing-library", library="'kebao[mirror-publish]'") from error
    parts = urlsplit(url)
    try:
        if parts.scheme in _WEBDAV:
            login = (unquote(parts.username), _password()) if parts.username else None
            address = f"{_WEBDAV[parts.scheme]}://{parts.netloc.rpartition('@')[2]}"
            store = fsspec.filesystem("webdav", base_url=address, auth=login, skip_instance_cache=True)
            return store, unquote(parts.path).strip("/")
        if parts.scheme == "sftp":
            return _sftp(parts.hostname or "", parts.port or 22, parts.username), unquote(parts.path)
        store, root = fsspec.core.url_to_fs(url, skip_instance_cache=True)
    except ImportError as error:
        raise RefusedError("missing-library", library="'kebao[mirror-stores]'") from error
    except ValueError as error:
        raise RefusedError("destination-unknown", name=url, reason=error) from error
    return store, root


def _password() -> str:
    return os.environ.get(PASSWORD, "")


def _sftp(host: str, port: int, user: str | None) -> Any:
    """fsspec's driver takes any server for the right one; this one must be in ``known_hosts``, as for ssh itself."""
    import paramiko
    from fsspec.implementations.sftp import SFTPFileSystem

    class CheckedSFTP(SFTPFileSystem):  # type: ignore[misc]
        cachable = False

        def _connect(self) -> None:
            self.client = paramiko.SSHClient()
            self.client.load_system_host_keys()
            self.client.connect(self.host, **self.ssh_kwargs)
            self.ftp = self.client.open_sftp()

    login = {"username": user and unquote(user), "password": _password() or None}
    return CheckedSFTP(host, port=port, timeout=30, **{name: value for name, value in login.items() if value})
