"""What must not stand in logs: the secret in an address is the only key to a requester's name, address and papers.

Neither may what somebody typed: no body of a form, and no row that the database quotes in an error.
"""

from __future__ import annotations

import logging
import re
from collections.abc import ItemsView
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter
from gunicorn.glogging import Logger

from .common.secret_addresses import hide_secrets

#: Where PostgreSQL quotes the row, the statement or the value that it refuses.
_QUOTED_ROW = re.compile(r"(?m)^(DETAIL|CONTEXT|LINE \d+): .*$")
_QUOTED_VALUE = re.compile(r"(invalid (?:input|byte)[^:\n]*|out of range): .*")


class HideSecretAddresses(logging.Filter):
    """Django names the address of every refused request, also where its secret is a true one."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        if (hidden := hide_secrets(text)) != text:
            record.msg, record.args = hidden, ()
        return True


def quiet(text: str) -> str:
    """The text without secrets and quoted rows; tracebacks keep their lines and the kind of error."""
    return _QUOTED_VALUE.sub(r"\1: […]", _QUOTED_ROW.sub(r"\1: […]", hide_secrets(text)))


class QuietFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return quiet(super().format(record))


class QuietAround(logging.Formatter):
    """What another formatter makes, made quiet."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self.inner = inner

    def format(self, record: logging.LogRecord) -> str:
        return quiet(self.inner.format(record))


def quieten(logger: logging.Logger) -> None:
    """The same for a logger that brings handlers of its own (Celery's, gunicorn's)."""
    for handler in logger.handlers:
        if not isinstance(handler.formatter, QuietFormatter | QuietAround):
            handler.setFormatter(QuietAround(handler.formatter or logging.Formatter()))


class GunicornLogger(Logger):  # type: ignore[misc]
    """gunicorn's own logger, whose lines of access and error name addresses too (`gunicorn.conf.py`)."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        quieten(self.error_log)
        quieten(self.access_log)


class QuietReport(SafeExceptionReporterFilter):
    """A report of an error shows where it happened; what was typed and what the variables held it never shows."""

    def get_safe_request_meta(self, request: HttpRequest) -> dict[str, Any]:
        meta = super().get_safe_request_meta(request)
        return {name: hide_secrets(value) if isinstance(value, str) else value for name, value in meta.items()}

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        return {} if request is None else dict.fromkeys(request.POST, self.cleansed_substitute)

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: Any) -> ItemsView[str, Any]:
        return dict.fromkeys(tb_frame.f_locals, self.cleansed_substitute).items()
