"""What must not stand in logs: the secret in an address is the only key to a requester's name, address and papers."""

from __future__ import annotations

import logging

from .common.secret_addresses import hide_secrets


class HideSecretAddresses(logging.Filter):
    """Django names the address of every refused request, also where its secret is a true one."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        if (hidden := hide_secrets(text)) != text:
            record.msg, record.args = hidden, ()
        return True
