"""Who may see a field, and how secret fields are kept: encrypted, matched by a keyed digest."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from binascii import b2a_base64
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from itertools import repeat
from operator import add
from pathlib import Path
from threading import get_ident
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from surveys.words import Words, words


class Privacy(IntEnum):
    """How far a value may travel; a higher class is more private."""

    PUBLIC = 0
    NETWORK = 1
    HOUSEHOLD = 2
    SENSITIVE = 3
    SECRET = 4

    @property
    def words(self) -> Words:
        """Return what the class is called."""
        return _WORDS[self]


_WORDS = {
    Privacy.PUBLIC: words("เปิดเผยได้", "public"),
    Privacy.NETWORK: words("ในเครือข่าย", "network"),
    Privacy.HOUSEHOLD: words("เฉพาะผู้มีสิทธิ", "household, by right"),
    Privacy.SENSITIVE: words("ข้อมูลอ่อนไหว", "sensitive"),
    Privacy.SECRET: words("ลับ (เข้ารหัส)", "secret (encrypted)"),
}

_NONCE_BYTES = 12
_KEY_BYTES = 32


def _make_key(path: Path) -> None:
    """Write a new key whole before it has its name, so that nobody reads half of one; the first one wins."""
    half = path.with_name(f"{path.name}.{os.getpid()}-{get_ident()}.part")
    with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(AESGCM.generate_key(8 * _KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(half, path)
    half.unlink()


SEALED = "enc:1:"
# What the key is mixed with in the two halves of an HMAC.
_INNER, _OUTER = 0x36, 0x5C


@dataclass(frozen=True)
class Vault:
    """The key of one store: seals secret texts and makes digests to match them by."""

    key: bytes = field(repr=False)

    @classmethod
    def at(cls, path: Path) -> Vault:
        """Open the key file beside the store; make it (mode 0600) when there is none.

        Raises
        ------
        ValueError
            If the file is no key.
        """
        if not path.exists():
            _make_key(path)
        key = path.read_bytes()
        if len(key) != _KEY_BYTES:
            raise ValueError(f"{path.name} is no key")
        return cls(key)

    @property
    def mark(self) -> str:
        """A digest by which a store knows its key again; it tells nothing of it."""
        return self.digest("mankong key")

    def seal(self, text: str) -> str:
        """Encrypt a text (AES-GCM, fresh nonce); the result is ASCII and starts with ``enc:1:``."""
        return str(self.seal_all([text])[0])

    def seal_all(self, texts: Sequence[str | None]) -> list[str | None]:
        """Encrypt a column of texts; one draw of randomness serves them all."""
        plain = [text.encode() for text in texts if text is not None]
        noise = os.urandom(_NONCE_BYTES * len(plain))
        nonces = [noise[at : at + _NONCE_BYTES] for at in range(0, len(noise), _NONCE_BYTES)]
        raw = map(add, nonces, map(self._aes.encrypt, nonces, plain, repeat(None)))
        sealed = iter([SEALED + b2a_base64(one, newline=False).decode() for one in raw])
        return [None if text is None else next(sealed) for text in texts]

    def open(self, sealed: str) -> str:
        """Decrypt what :meth:`seal` made.

        Raises
        ------
        cryptography.exceptions.InvalidTag
            If the text was sealed under another key or altered.
        """
        raw = base64.b64decode(sealed.removeprefix(SEALED))
        return self._aes.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], None).decode()

    def digest(self, text: str) -> str:
        """Return a keyed digest: equal texts have equal digests, and nothing else is told."""
        return str(self.digest_all([text])[0])

    def digest_all(self, texts: Sequence[str | None]) -> list[str | None]:
        """Return the digest of every text of a column: HMAC-SHA-256, its two halves begun once (RFC 2104)."""
        inner, outer = (self._begun(pad) for pad in (_INNER, _OUTER))
        inner.update(b"match:")

        def digest(text: str) -> str:
            first, second = inner.copy(), outer.copy()
            first.update(text.encode())
            second.update(first.digest())
            return str(second.hexdigest()[:32])

        return [None if text is None else digest(text) for text in texts]

    def _begun(self, pad: int) -> Any:
        return hashlib.sha256(bytes(byte ^ pad for byte in self.key.ljust(64, b"\0")))

    @cached_property
    def _aes(self) -> AESGCM:
        return AESGCM(self.key)


# Thirteen digits, with or without the blanks and hyphens of an identity card.
_PERSON_ID = re.compile(r"(?<!\d)\d(?:[ -]?\d){12}(?!\d)")


def without_ids(text: str) -> str:
    """Mask what may be national ids, wherever they stand in a text: a whole row may be shown for its fault."""
    return _PERSON_ID.sub(lambda found: masked(found[0]), text)


def masked(text: str) -> str:
    """Mask a secret text for messages: the last four characters stay."""
    return "•" * max(len(text) - 4, 0) + text[-4:] if len(text) > 4 else "•" * len(text)
