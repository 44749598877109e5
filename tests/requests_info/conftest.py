import pytest

from .worlds import City


@pytest.fixture
def city(db) -> City:
    return City()
