"""What is exempt, a draft or withdrawn does not get out: every door, every person, by one table."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.test import Client

from opd.models import Role
from publications.models import ConsequenceTest, Document
from tests.builders import make_document, make_document_file, make_unit
from tests.people import make_operator, make_person, make_ppid_utama

pytestmark = pytest.mark.django_db

#: Stand in the summary, the link, the test and the file; found anywhere, they are a leak.
SECRET = "KANARIRAHASIA"
#: Stands beside the secret, to search for it without writing the secret into the page oneself.
HOOK = "KANARIKAIL"
TITLE = "Kanarijudul"
#: Title and basis of an exempt document are public; of a draft and a withdrawn one nothing is.
STATES = ("exempt", "exempt draft", "draft", "withdrawn")
#: person → who may have the file and see the document in the workspace
HOLDERS = {"visitor": False, "other_operator": False, "operator": True, "atasan": True, "ppid_utama": True}
FILE = f"nama,nilai\n{SECRET},1\n".encode()
DOORS = (
    "/",
    "/informasi/",
    "/informasi/?kelas=exempt",
    f"/informasi/?q={HOOK}",
    f"/informasi/?q={TITLE}",
    "/informasi/?unit=pabean&tahun=2023&kategori=kelurahan",
    "/informasi/atom.xml",
    f"/informasi/atom.xml?q={TITLE}",
    "/informasi/dip.csv",
    f"/informasi/dip.csv?q={HOOK}",
    "/informasi/kelengkapan/",
    "/informasi/kelengkapan.csv",
    "/unit/pabean/",
    "/unit/pabean/atom.xml",
    "/kegiatan/",
    f"/cari/?q={HOOK}",
    f"/cari/?q={TITLE}",
    f"/cari/?q={TITLE}&jenis=informasi",
    "/api/v1/documents/",
    "/api/v1/documents/?unit=pabean&info_class=exempt",
    "/api/v1/documents/?since=2020-01-01&year=2023",
    "/sitemap.xml",
    "/sitemap-informasi.xml",
)


@pytest.fixture
def city():
    class City:
        pabean = make_unit("pabean", "kelurahan", name="Pabean")
        gerem = make_unit("gerem", "kelurahan", name="Gerem")

    City.people = {
        "operator": make_operator(City.pabean),
        "other_operator": make_operator(City.gerem),
        "atasan": make_person("atasan", City.pabean, Role.ATASAN_PPID),
        "ppid_utama": make_ppid_utama(make_unit("diskominfo")),
    }
    return City


def hidden_document(city, state: str) -> Document:
    """Written while it was open, with a file; then closed, or withdrawn, or never published."""
    document = make_document(
        city.pabean, None, title=TITLE, summary=f"{HOOK} {SECRET}", link=f"https://pabean.contoh.invalid/{SECRET}"
    )
    make_document_file(document, FILE)
    if "exempt" in state:
        document.info_class, document.summary, document.link = "exempt", "", ""
        document.legal_basis, document.exempt_until = "b", date(2030, 1, 1)
        document.save()
        words = dict.fromkeys(("explanation", "if_opened", "if_closed"), f"{HOOK} {SECRET}")
        people = [make_person(f"{role}-uji") for role in ("penulis", "penyetuju")]
        approval = {"written_by": people[0], "approved_by": people[1], "approved_at": datetime(2023, 1, 2, tzinfo=UTC)}
        decided = {"decided_by": "PPID Utama", "decided_on": date(2023, 1, 1)}
        ConsequenceTest.objects.create(document=document, **words, **decided, **approval)
    if state in ("exempt", "withdrawn"):
        document.status, document.published_at = "published", datetime(2023, 1, 10, tzinfo=UTC)
        document.save()
    if state == "withdrawn":
        document.status, document.withdrawn_at = "withdrawn", datetime(2023, 1, 11, tzinfo=UTC)
        document.withdrawn_reason = "Keliru unggah"
        document.save()
    document.refresh_from_db()
    return document


def client_of(city, person: str) -> Client:
    client = Client()
    if person != "visitor":
        client.force_login(city.people[person], "opd.permissions.MembershipBackend")
    return client


def body_of(response) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode(errors="replace")


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("person", HOLDERS)
def test_no_public_door_lets_out_what_is_closed(city, state, person):
    """Not even to those who hold the right: they read it in the workspace, not on pages that are kept and sent on."""
    document = hidden_document(city, state)
    make_document(city.pabean, title="Terbuka")
    client = client_of(city, person)
    doors = [*DOORS, document.get_absolute_url(), f"/api/v1/documents/{document.pk}/"]
    leaks = []
    for door in doors:
        response = client.get(door, follow=True)
        assert response.status_code < 500
        body = body_of(response)
        if SECRET in body:
            leaks.append((door, "secret"))
        asked_by_name = TITLE in door
        if state != "exempt" and not asked_by_name and TITLE.lower() in body.lower():
            leaks.append((door, "title"))
        if f"/informasi/{document.pk}/berkas/" in body:
            leaks.append((door, "file address"))
    assert leaks == []


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("person", HOLDERS)
def test_only_those_with_the_right_get_the_file(city, state, person):
    document = hidden_document(city, state)
    for version in (0, 1, 2):
        response = client_of(city, person).get(f"/informasi/{document.pk}/berkas/{version}/")
        expected = 200 if HOLDERS[person] and version == 1 else 404
        assert response.status_code == expected
        if expected == 200:
            assert body_of(response).encode() == FILE
            assert response["Cache-Control"] == "private, no-store"
        else:
            assert SECRET not in body_of(response)


def test_the_public_sees_title_basis_and_period_of_an_exempt_document(client, city):
    document = hidden_document(city, "exempt")
    for door in (document.get_absolute_url(), "/informasi/", "/informasi/atom.xml"):
        body = body_of(client.get(door))
        assert TITLE in body
        assert "Pasal 17 huruf b" in body
        assert "1 Januari 2030" in body
    row = client.get(f"/api/v1/documents/{document.pk}/").json()
    assert (row["title"], row["legal_basis"], row["exempt_until"]) == (TITLE, "b", "2030-01-01")
    assert (row["summary"], row["link"], row["files"]) == ("", "", [])


def test_a_draft_is_not_found_and_a_withdrawn_one_says_why(client, city):
    assert client.get(hidden_document(city, "draft").get_absolute_url()).status_code == 404
    assert client.get(hidden_document(city, "exempt draft").get_absolute_url()).status_code == 404
    response = client.get(hidden_document(city, "withdrawn").get_absolute_url())
    assert response.status_code == 410
    assert "Keliru unggah" in body_of(response)


def test_the_file_of_a_published_document_is_for_everyone_until_it_is_withdrawn(client, city):
    document = make_document(city.pabean, title="Laporan kinerja")
    make_document_file(document, FILE)
    address = f"/informasi/{document.pk}/berkas/1/"
    response = client.get(address)
    assert body_of(response).encode() == FILE
    assert response["Content-Disposition"] == 'attachment; filename="laporan-kinerja-v1.csv"'
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "public, no-cache"
    assert client.get(address, headers={"If-None-Match": response["ETag"]}).status_code == 304
    Document.objects.filter(pk=document.pk).update(
        status="withdrawn", withdrawn_at=datetime(2023, 2, 1, tzinfo=UTC), withdrawn_reason="Keliru"
    )
    assert client.get(address).status_code == 404
    assert client.get(address, headers={"If-None-Match": response["ETag"]}).status_code == 404


def test_the_file_lies_under_a_random_name_and_outside_the_media_folder(settings, city):
    file = make_document_file(make_document(city.pabean, title="Nama orang"))
    path = file.file.path
    assert path.startswith(str(settings.PRIVATE_ROOT))
    assert "nama" not in path.lower().removeprefix(str(settings.PRIVATE_ROOT).lower())
    assert oct(Path(path).stat().st_mode)[-3:] == "600"
    with pytest.raises(ValueError, match="no address"):
        file.file.url  # noqa: B018
