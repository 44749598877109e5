"""What must not stand in logs: the secret in an address is the only key to a requester's name, address and papers."""

from __future__ import annotations

import logging
import re

SECRET_ADDRESS = re.compile(r"(/permohonan/)[A-Za-z0-9_-]{32}(?![A-Za-z0-9_-])")


class HideSecretAddresses(logging.Filter):
    """Django names the address of every refused request, also where its secret is a true one."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        if SECRET_ADDRESS.search(text):
            record.msg, record.args = SECRET_ADDRESS.sub(r"\1[rahasia]", text), ()
        return True
