"""Links sent by staff: one, from the share sheet, or a file of them; each refusal has its reason."""

import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from publications.models import Activity, Publication
from publications.services import review_publication
from publications.submitting.judging import iso_day
from tests.builders import make_activity, make_channel, make_publication, make_unit
from tests.people import PASSWORD, make_operator, make_person, make_ppid_utama

pytestmark = pytest.mark.django_db
SITE = "https://pabean.example.id"
SEND, FILE = "/admin/tautan/", "/admin/tautan/berkas/"


@pytest.fixture
def city():
    class City:
        pabean = make_unit("pabean", "kelurahan", name="Kelurahan Pabean")
        gerem = make_unit("gerem", "kelurahan", name="Kelurahan Gerem")
        diskominfo = make_unit("diskominfo")

    City.site = make_channel(City.pabean, "website", key="pabean.example.id", url=SITE)
    City.instagram = make_channel(
        City.pabean, "instagram", key="pabean.clg", url="https://www.instagram.com/pabean.clg/"
    )
    make_channel(City.pabean, "facebook", key="pabean", url="https://www.facebook.com/pabean", status="unverified",
                 verified_at=None)  # fmt: skip
    make_channel(City.gerem, "website", key="gerem.example.id", url="https://gerem.example.id")
    City.operator, City.ppid_utama = make_operator(City.pabean), make_ppid_utama(City.diskominfo)
    return City


def enter(client, user):
    client.force_login(user, "opd.permissions.MembershipBackend")
    return client


def upload(client, text: str | bytes, name="tautan.csv"):
    content = text if isinstance(text, bytes) else text.encode()
    return client.post(FILE, {"berkas": SimpleUploadedFile(name, content, "text/csv")})


def test_one_field_is_enough_and_the_link_waits_for_a_reviewer(city, client):
    page = enter(client, city.operator).post(SEND, {"tautan": f"{SITE}/berita/12?utm_source=wa"}, follow=True)
    assert "menunggu verifikasi" in page.content.decode()
    sent = Publication.objects.get()
    assert (sent.unit, sent.channel, sent.kind, sent.origin) == (city.pabean, city.site, "website", "link")
    assert (sent.state, sent.submitted_by, sent.activity, sent.date_basis) == ("pending", city.operator, None, "none")
    assert (sent.permalink_key, sent.flags) == ("pabean.example.id/berita/12", ["no_claimed_date"])


def test_they_may_say_when_it_was_posted_and_its_headline(city, client):
    form = {"tautan": f"{SITE}/a", "tanggal": "2026-01-05", "jam": "06:30", "judul": "Senam  pagi"}
    enter(client, city.operator).post(SEND, form)
    sent = Publication.objects.get()
    assert (sent.published_at, sent.date_basis) == (datetime(2026, 1, 4, 23, 30, tzinfo=UTC), "channel_zone")
    assert (sent.title, sent.flags) == ("Senam pagi", ["late"])


def test_an_accepted_link_gets_its_activity(city, client):
    enter(client, city.operator).post(SEND, {"tautan": f"{SITE}/a", "judul": "Senam pagi"})
    sent = Publication.objects.get()
    review_publication(
        publication_id=sent.pk, actor=city.ppid_utama, verdict="accepted", reason="Terlihat di situsnya."
    )
    assert Activity.objects.get().title == "Senam pagi"


@pytest.mark.parametrize(
    ("form", "field", "told"),
    [
        ({"tautan": ""}, "tautan", "harus diisi"),
        ({"tautan": "bukan alamat"}, "tautan", "spasi"),
        ({"tautan": "https://gerem.example.id/a"}, "tautan", "bukan dari kanal terverifikasi unit Anda"),
        ({"tautan": "https://www.facebook.com/pabean/posts/1"}, "tautan", "belum diverifikasi"),
        ({"tautan": SITE}, "tautan", "alamat kanalnya"),
        ({"tautan": "https://s.id/abc"}, "tautan", "tautan pendek"),
        ({"tautan": "https://x.com/pabean/status/12"}, "tautan", "Daftarkan dahulu kanalnya"),
        ({"tautan": f"{SITE}/a", "tanggal": "2999-01-01"}, "tanggal", "belum tiba"),
        ({"tautan": f"{SITE}/a", "tanggal": "1999-01-01"}, "tanggal", "sebelum tahun"),
        ({"tautan": f"{SITE}/a", "jam": "08:00"}, "tanggal", "Isi juga tanggalnya"),
        ({"tautan": f"{SITE}/a", "tanggal": "kemarin"}, "tanggal", "tanggal"),
    ],
)
def test_a_refusal_stands_at_its_field_and_keeps_what_was_typed(city, client, form, field, told):
    page = enter(client, city.operator).post(SEND, form)
    assert page.status_code == 200
    assert told in str(page.context["form"].errors[field])
    assert page.context["form"]["tautan"].value() == form["tautan"]
    assert not Publication.objects.exists()


def test_a_known_link_is_not_recorded_twice_and_another_units_is_no_more_than_taken(city, client):
    enter(client, city.operator).post(SEND, {"tautan": f"{SITE}/a"})
    again = client.post(SEND, {"tautan": "http://www.pabean.example.id/a/?fbclid=1"})
    assert "Sudah ada" in str(again.context["form"].errors["tautan"])
    make_publication(make_activity(city.gerem, title="Rahasia Gerem"), permalink_key="instagram.com/p/ABC")
    taken = client.post(SEND, {"tautan": "https://www.instagram.com/p/ABC/"})
    assert "unit lain" in str(taken.context["form"].errors["tautan"])
    assert "Gerem" not in taken.content.decode()


def test_an_address_that_names_no_account_is_for_the_reviewer_or_asks_for_the_unit(city, client):
    enter(client, city.operator).post(SEND, {"tautan": "https://www.instagram.com/reel/XYZ/"})
    assert Publication.objects.get().flags == ["owner_unknown", "no_claimed_date"]
    make_channel(city.gerem, "instagram", key="gerem.clg", url="https://www.instagram.com/gerem.clg/")
    both = make_person("dua-unit", city.pabean)
    both.memberships.create(unit=city.gerem, role="operator")
    form = {"tautan": "https://www.instagram.com/p/QQQ/"}
    page = enter(client, both).post(SEND, form)
    assert "pilih unitnya" in str(page.context["form"].errors["tautan"])
    client.post(SEND, {**form, "unit": city.gerem.pk})
    assert Publication.objects.get(permalink_key="instagram.com/p/QQQ").unit == city.gerem
    assert "unit" in client.post(SEND, {**form, "unit": city.diskominfo.pk}).context["form"].errors


def test_the_longest_site_owns_the_link(city, client):
    part = make_channel(city.gerem, "website", key="pabean.example.id/gerem", url=f"{SITE}/gerem")
    enter(client, city.ppid_utama).post(SEND, {"tautan": f"{SITE}/gerem/berita-1"})
    assert Publication.objects.get().channel == part


# --- CSV ----------------------------------------------------------------------------------------------------------


def test_a_file_is_judged_row_by_row(city, client, django_assert_max_num_queries):
    make_publication(make_activity(city.pabean), permalink_key="pabean.example.id/lama")
    rows = [
        "tautan;tanggal;judul;catatan",
        f"{SITE}/1;24/01/2026;Satu;x",
        f"{SITE}/2;24-01-2026 08.15;Dua;",
        f"{SITE}/lama;;Lama;",
        f"{SITE}/2;;Dua lagi;",
        "https://gerem.example.id/3;;Tiga;",
        f"{SITE}/4;31/02/2026;Empat;",
        f"{SITE}/5;;{'x' * 301};",
        f"{SITE}/6;;kurang",
    ]
    report = upload(enter(client, city.operator), "\n".join(rows)).context["report"]
    assert (report.sent, len(report.known), report.ignored_columns) == (2, 2, ["catatan"])
    assert [(row.line, row.code) for row in report.refused] == [
        (6, "link"),
        (7, "date"),
        (8, "title_long"),
        (9, "columns"),
    ]
    second = Publication.objects.get(permalink_key="pabean.example.id/2")
    assert (second.published_at, second.state) == (datetime(2026, 1, 24, 1, 15, tzinfo=UTC), "pending")
    with django_assert_max_num_queries(25):
        many = "tautan,tanggal\n" + "".join(f"{SITE}/banyak/{n},{1 + n % 28}/1/2026\n" for n in range(180))
        assert upload(client, many).context["report"].sent == 180
    again = upload(client, "\n".join(rows)).context["report"]
    assert (again.sent, len(again.known)) == (0, 4)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "kosong"),
        ("judul\nSatu\n", "tidak mempunyai kolom: permalink"),
        ("tautan\n", "tidak berisi satu baris data pun"),
        ("tautan\nhttps://x.id/é\n".encode("utf-16"), "bukan UTF-8"),
        (b"tautan\n\x00\n", "NUL"),
        ('tautan\n"tanpa akhir\n', "tanda kutip"),
        ("tautan\n" + f"{SITE}/a\n" * 1001, "lebih dari 1000 baris"),
        ("tautan\n" + "x" * (1024 * 1024), "lebih besar dari 1 MB"),
    ],
)
def test_an_unusable_file_changes_nothing_and_says_why(city, client, content, told):
    page = upload(enter(client, city.operator), content)
    assert page.status_code == 200
    assert told in str(page.context["form"].errors["berkas"])
    assert not Publication.objects.exists()


def test_the_example_file_is_read(city, client):
    example = enter(client, city.operator).get("/admin/tautan/contoh.csv").content
    assert upload(client, example).context["report"].sent == 1


@pytest.mark.parametrize(
    ("text", "iso"),
    [("24/11/2026", "2026-11-24"), ("4-1-2026 8.05", "2026-01-04T08:05"), ("2026-11-24", "2026-11-24"), ("?", "?")],
)
def test_days_as_spreadsheets_here_write_them(text, iso):
    assert iso_day(text) == iso


# --- the share sheet ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "link", "title"),
    [
        ({"url": f"{SITE}/a", "title": "Senam"}, f"{SITE}/a", "Senam"),
        ({"text": f"Lihat ini: {SITE}/a. Bagus", "title": "Senam"}, f"{SITE}/a", "Senam"),
        ({"title": f"Senam {SITE}/a"}, f"{SITE}/a", "Senam"),
        ({"text": "tanpa alamat"}, "", ""),
        ({"url": "javascript:alert(1)"}, "", ""),
    ],
)
def test_what_a_phone_shares_opens_the_form_with_it(city, client, query, link, title):
    answer = enter(client, city.operator).get("/admin/tautan/bagikan/", query)
    given = parse_qs(urlsplit(answer["Location"]).query, keep_blank_values=True)
    assert given == {"tautan": [link], "judul": [title]}
    form = client.get(answer["Location"]).context["form"]
    assert (form["tautan"].value(), form["judul"].value()) == (link, title)
    assert not Publication.objects.exists()


def test_sharing_survives_the_log_in(city, client):
    target = "/admin/tautan/bagikan/?url=https%3A%2F%2Fpabean.example.id%2Fa"
    login = client.get(target)
    assert login.status_code == 302
    kept = parse_qs(urlsplit(login["Location"]).query)["next"][0]
    form = {"username": city.operator.username, "password": PASSWORD, "next": kept}
    answer = client.post(login["Location"], form)
    assert answer["Location"] == target


def test_the_manifest_offers_the_form_to_the_share_sheet(client):
    answer = client.get("/manifest.webmanifest")
    told = json.loads(answer.content)
    assert answer["Content-Type"] == "application/manifest+json"
    assert told["share_target"]["action"].startswith(told["scope"])
    assert {icon["sizes"] for icon in told["icons"]} == {"192x192", "512x512"}
    assert '<link rel="manifest" href="/manifest.webmanifest">' in client.get("/admin/login/").content.decode()


def test_the_list_shows_own_links_with_what_became_of_them(city, client):
    for unit, title in ((city.pabean, "Milik Pabean"), (city.gerem, "Rahasia Gerem")):
        make_publication(
            make_activity(unit, title=title), origin="link", state="rejected", reason="Bukan akun unit.",
            first_seen_at=timezone.now(),
        )  # fmt: skip
    words = enter(client, city.operator).get(SEND).content.decode()
    assert "Bukan akun unit." in words
    assert "Milik Pabean" in words
    assert "Rahasia Gerem" not in words
