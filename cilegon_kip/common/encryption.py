"""Personal data at rest: fields that are encrypted in the database and in clear only in the running portal.

Fernet (AES-128-CBC with HMAC-SHA256) under PERSONAL_DATA_KEYS: the first key encrypts, all of them decrypt. How keys
are changed: `key_rotation`. Lookups by content are impossible by design.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

__all__ = [
    "EncryptedBinaryField",
    "EncryptedTextField",
    "UnreadableError",
    "decrypt",
    "decrypt_bytes",
    "encrypt",
    "encrypt_bytes",
    "is_current",
]


class UnreadableError(Exception):
    """No key of ours opens what is stored: a key was dropped too early, or the row was tampered with."""


@cache
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def _keys() -> tuple[str, ...]:
    return tuple(settings.PERSONAL_DATA_KEYS)


def encrypt(text: str) -> str:
    return encrypt_bytes(text.encode()).decode()


def decrypt(stored: str) -> str:
    return decrypt_bytes(stored.encode()).decode()


def encrypt_bytes(content: bytes) -> bytes:
    return _box(_keys()).encrypt(content)


def decrypt_bytes(stored: bytes) -> bytes:
    try:
        return _box(_keys()).decrypt(stored)
    except InvalidToken as error:
        raise UnreadableError("stored personal data cannot be read with PERSONAL_DATA_KEYS") from error


def is_current(stored: str | bytes) -> bool:
    """Whether it is encrypted with the first key."""
    try:
        Fernet(_keys()[0]).decrypt(stored)
    except InvalidToken:
        return False
    return True


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text, encrypted in its column; the empty text stays empty. It can be read and written, never filtered by."""

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return encrypt(text) if text else text

    def from_db_value(self, value: str | None, *args: Any) -> str | None:
        return decrypt(value) if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name in ("isnull", "exact"):  # exact: only the empty text compares
            return super().get_lookup(lookup_name)
        raise TypeError(f"{self.name} is encrypted: it cannot be filtered by {lookup_name}")


class EncryptedBinaryField(models.BinaryField):  # type: ignore[type-arg]
    """A file, encrypted in its column, a third larger than in clear; it is read as bytes, and never filtered by."""

    def get_prep_value(self, value: Any) -> Any:
        return encrypt_bytes(bytes(value)) if value else value

    def from_db_value(self, value: bytes | memoryview | None, *args: Any) -> bytes | None:
        return decrypt_bytes(bytes(value)) if value else value  # type: ignore[return-value]

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise TypeError(f"{self.name} is encrypted: it cannot be filtered by {lookup_name}")
