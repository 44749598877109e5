"""Loaded by pytest before Django: a PostgreSQL and a Redis of the tests' own, unless given by the environment."""

import atexit
import os
import shutil
import tempfile

os.environ.setdefault("KIP_LOCAL", "1")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright keeps an event loop in the main thread
if "KIP_VAR_DIR" not in os.environ:
    os.environ["KIP_VAR_DIR"] = tempfile.mkdtemp(prefix="kip-test-")
    atexit.register(shutil.rmtree, os.environ["KIP_VAR_DIR"], ignore_errors=True)

from local.servers import VAR, provide_servers

_servers = provide_servers(VAR / "test", durable=False)
_servers.__enter__()
atexit.register(_servers.__exit__, None, None, None)
