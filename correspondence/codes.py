"""The code under which a letter is checked: printed on it, in its QR code, and nowhere else to be guessed.

16 characters of 32 that cannot be taken for one another: 80 bits.
"""

from __future__ import annotations

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V", "-": None, " ": None})


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def grouped(code: str) -> str:
    """As it is printed: `K7QM-3XZP-9T4D-AB2C`."""
    return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))


def read_code(typed: str) -> str:
    """What somebody typed or scanned, as it is stored; empty if it can be no code."""
    code = typed[:60].upper().translate(_READ_AS)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""
