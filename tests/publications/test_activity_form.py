"""Titles and places that hide or turn what a reader sees."""

import pytest

from publications.forms import ActivityForm
from tests.builders import make_unit

pytestmark = pytest.mark.django_db


def form_with(**fields) -> ActivityForm:
    return ActivityForm({"unit": make_unit("pabean").pk, "title": "Posyandu", **fields})


@pytest.mark.parametrize("title", ["\u200b\u200b", "\u202e", "\ufeff \u2060", "---", "\a"])
def test_a_title_nobody_can_read_is_refused_on_the_field(title):
    form = form_with(title=title)
    assert not form.is_valid()
    assert "title" in form.errors


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("Posyandu \u202egnay\u202c Mawar", "Posyandu gnay Mawar"),
        ("Pos\u200byandu\nMawar\a", "Posyandu Mawar"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("Vaksinasi 100% 😀 – RT 03", "Vaksinasi 100% 😀 – RT 03"),
    ],
)
def test_a_title_is_kept_as_it_is_seen(title, kept):
    form = form_with(title=title, place=title)
    assert form.is_valid(), form.errors
    assert (form.cleaned_data["title"], form.cleaned_data["place"]) == (kept, kept)
