"""The production application at a moment that a test sets: the file named by KIP_TEST_CLOCK holds it."""

import os
from datetime import datetime
from pathlib import Path

from django.utils import timezone

FILE = Path(os.environ["KIP_TEST_CLOCK"])
timezone.now = lambda: datetime.fromisoformat(FILE.read_text())

from cilegon_kip.wsgi import application  # noqa: E402, F401  # the models take their defaults from the clock above
