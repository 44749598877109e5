"""What every test may rely on: plain static files, fast passwords, a throw-away media folder."""

import ipaddress
import os
import sys

import hypothesis
import pytest

# A slow machine is no failure: no example and no making of one is measured by the clock.
hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")


def _stay_here(event: str, arguments: tuple[object, ...]) -> None:
    """Python tells of every connection before it is made, whoever makes it: outside of this machine there is none."""
    if event not in ("socket.connect", "socket.sendto"):
        return
    address = arguments[1]
    if not isinstance(address, tuple) or address[0] in ("localhost", ""):
        return  # a Unix socket
    try:
        is_here = ipaddress.ip_address(str(address[0])).is_loopback
    except ValueError:
        is_here = False
    if not is_here:
        raise PermissionError(f"a test would connect to {address[0]}")


sys.addaudithook(_stay_here)


@pytest.fixture(autouse=True)
def _test_settings(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PRIVATE_ROOT = tmp_path / "private"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CELERY_TASK_ALWAYS_EAGER = True
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")  # workers share one Redis, not their keys
    settings.CACHES = {"default": {**settings.CACHES["default"], "KEY_PREFIX": f"test-{worker}"}}
    settings.AXES_ENABLED = False
    settings.DUMP_RATE = None
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
