from datetime import datetime

import pytest

from .worlds import City


@pytest.fixture
def city(db) -> City:
    return City()


@pytest.fixture
def clock(monkeypatch):
    """The moment at which the portal believes to be."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    return set_to
