"""Signing keys: ed25519 in an encrypted PEM file, and its public half in a file beside it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from securesystemslib.signer import CryptoSigner, Key, SSlibKey

from kebao.mirror.errors import RefusedError
from kebao.mirror.publisher.files import write_atomically

PUBLIC_SUFFIX = ".pub"

AskPassword = Callable[[Path], "bytes | None"]
"""Asks for the password of a key file; None when it has none."""


def make_key(path: Path, password: bytes | None) -> Key:
    """Writes ``path`` (private, PKCS #8, encrypted with the password) and ``path.pub``; gives the public key."""
    public_path = path.with_name(path.name + PUBLIC_SUFFIX)
    for taken in (path, public_path):
        if taken.exists():
            raise RefusedError("key-exists", path=taken)
    crypto = _serialization()
    encryption = crypto.BestAvailableEncryption(password) if password else crypto.NoEncryption()
    signer = CryptoSigner.generate_ed25519()
    private = signer._private_key.private_bytes(crypto.Encoding.PEM, crypto.PrivateFormat.PKCS8, encryption)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(private)
        stream.flush()
        os.fsync(stream.fileno())
    public = {"keyid": signer.public_key.keyid, **signer.public_key.to_dict()}
    write_atomically(public_path, (json.dumps(public, indent=1, sort_keys=True) + "\n").encode())
    return signer.public_key


def read_public_key(path: Path) -> Key:
    """The public key of a ``.pub`` file; the name of the private file beside it will do."""
    if path.suffix != PUBLIC_SUFFIX:
        path = path.with_name(path.name + PUBLIC_SUFFIX)
    try:
        data = json.loads(path.read_bytes())
        return Key.from_dict(data.pop("keyid"), data)
    except FileNotFoundError as error:
        raise RefusedError("key-missing", path=path) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RefusedError("key-unreadable", path=path, reason=error) from error


def read_signer(path: Path, ask_password: AskPassword) -> CryptoSigner:
    """What signs with a private key file."""
    crypto = _serialization()
    try:
        pem = path.read_bytes()
    except FileNotFoundError as error:
        raise RefusedError("key-missing", path=path) from error
    password = ask_password(path) if b"ENCRYPTED" in pem else None
    try:
        private = crypto.load_pem_private_key(pem, password)
        public = SSlibKey.from_crypto(private.public_key())
    except (ValueError, TypeError) as error:
        raise RefusedError("key-unreadable", path=path, reason=error) from error
    # A key made elsewhere may have an id of its own; the file beside it says so.
    beside = path.with_name(path.name + PUBLIC_SUFFIX)
    named = read_public_key(beside) if beside.is_file() else public
    if getattr(named, "keyval", None) != public.keyval:
        raise RefusedError("key-pair-differs", path=path)
    return CryptoSigner(private, named)  # type: ignore[arg-type]


def _serialization() -> ModuleType:
    # An optional library, loaded where it is needed.
    try:
        from cryptography.hazmat.primitives import serialization
    except ImportError as error:
        raise RefusedError("missing-library", library="'kebao[mirror-publish]'") from error
    return serialization
