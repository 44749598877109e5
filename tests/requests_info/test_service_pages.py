"""The pages about the service: what the law says until Diskominfo writes, then what it wrote, with every revision."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from requests_info import services
from requests_info.blocks import Block, blocks
from requests_info.models import ServicePage, ServicePageRevision
from requests_info.services import RequestError

from .worlds import client_of

pytestmark = pytest.mark.django_db
UNSETTLED = "belum ditetapkan oleh Pemerintah Kota"


def revise(city, page="biaya", read=0, **fields):
    values = {"text": "Salinan gratis.", "note": "Pertama", "is_confirmed": True, "actor": city.desk, **fields}
    return services.revise_page(page=page, read=read, **values)


@pytest.mark.parametrize("page", ServicePage.values)
def test_until_the_city_writes_each_page_says_that_it_has_not(page):
    response = Client().get(f"/layanan/{page}/")
    text = response.content.decode()
    assert response.status_code == 200
    assert UNSETTLED in text
    assert "Rp" not in text  # no fee, telephone or hour is made up
    assert "0254" not in text


def test_the_days_of_the_law_are_those_in_force(settings):
    settings.REQUEST_NOTICE_DAYS = 9
    assert "9 hari kerja" in Client().get("/layanan/prosedur/").content.decode()


def test_what_diskominfo_writes_is_shown_at_once_and_old_texts_stay(city):
    revise(city, text="## Salinan\n\nGratis <b>sampai</b> 20 lembar.\n\n- satu\n- dua")
    text = Client().get("/layanan/biaya/").content.decode()
    assert UNSETTLED not in text
    assert "<h2>Salinan</h2>" in text
    assert "<li>satu</li><li>dua</li>" in text
    assert "Gratis &lt;b&gt;sampai&lt;/b&gt; 20 lembar." in text
    assert "versi 1" in text
    revise(city, read=1, text="Lain.", is_confirmed=False)
    assert UNSETTLED in Client().get("/layanan/biaya/").content.decode()
    assert [row.number for row in ServicePageRevision.objects.filter(page="biaya")] == [2, 1]
    with pytest.raises(IntegrityError), transaction.atomic():
        ServicePageRevision.objects.filter(number=1).update(text="Palsu")
    with pytest.raises(IntegrityError), transaction.atomic():
        ServicePageRevision.objects.all().delete()


def test_the_list_names_all_pages_in_few_queries(city, django_assert_max_num_queries):
    revise(city)
    revise(city, read=1)
    with django_assert_max_num_queries(2):
        text = Client().get("/layanan/").content.decode()
    for page in ServicePage:
        assert f'href="/layanan/{page.value}/"' in text
    assert "menurut UU 14/2008:" not in text, "words that announce a list without the list"
    assert text.count("Salinan gratis.") == 1
    assert 'href="/layanan/"' in Client().get("/permohonan/").content.decode()


@pytest.mark.parametrize(
    "fields",
    [
        {"page": "x"},
        {"text": " "},
        {"text": "\x00"},
        {"text": "x" * 20_001},
        {"note": ""},
        {"note": "x" * 201},
        {"read": 3},
    ],
)
def test_what_cannot_be_written_is_refused(city, fields):
    with pytest.raises(RequestError):
        revise(city, **fields)
    with pytest.raises(RequestError, match="tidak berhak"):
        revise(city, actor=city.operator)
    assert not ServicePageRevision.objects.exists()


def test_of_two_who_write_at_once_the_second_is_told_and_keeps_the_text(city):
    client, here = client_of(city.desk), "/admin/permohonan/halaman/biaya/"
    assert "Masih naskah bawaan" in client.get("/admin/permohonan/halaman/").content.decode()
    given = {"text": "Dari saya", "note": "Biaya", "is_confirmed": "on", "read": "0"}
    assert client.post(here, given).status_code == 302
    late = client.post(here, {**given, "text": "Dari yang lain"}).content.decode()
    assert "baru saja diubah orang lain" in late
    assert "Dari yang lain" in late
    assert ServicePageRevision.objects.get().text == "Dari saya"
    assert "errorlist" in client.post(here, {"read": "x"}).content.decode()
    assert client.get("/admin/permohonan/halaman/lain/").status_code == 404
    assert Client().get("/layanan/lain/").status_code == 404


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("satu\ndua\n\ntiga", [Block("paragraph", ("satu dua",)), Block("paragraph", ("tiga",))]),
        ("## Judul\nisi", [Block("heading", ("Judul",)), Block("paragraph", ("isi",))]),
        ("- a\r\n- b\nc", [Block("list", ("a", "b")), Block("paragraph", ("c",))]),
        ("-bukan daftar", [Block("paragraph", ("-bukan daftar",))]),
    ],
)
def test_plain_text_becomes_headings_lists_and_paragraphs(text, found):
    assert blocks(text) == found
