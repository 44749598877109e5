"""Posting, publishing and deciding through the workspace's own forms."""

import re
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cilegon_kip.common.jakarta import local_day
from publications.models import Activity, Photo, Publication
from publications.photos import SIZES, photo_file
from tests.builders import make_activity, make_channel, make_publication, make_unit
from tests.people import make_operator, make_ppid_utama

from . import pictures
from .pictures import upload

pytestmark = pytest.mark.django_db
ADD = "/admin/publications/activity/add/"
LIST = "/admin/publications/activity/"
POSTINGS = "/admin/publications/publication/"


@pytest.fixture
def city():
    class City:
        pabean = make_unit("pabean", "kelurahan", name="Pabean")
        diskominfo = make_unit("diskominfo")

    City.operator, City.ppid_utama = make_operator(City.pabean), make_ppid_utama(City.diskominfo)
    return City


def client_of(user) -> Client:
    client = Client()
    client.force_login(user, "opd.permissions.MembershipBackend")
    return client


def form(photos=(), button="_save", **fields) -> dict:
    data = {
        "title": "Posyandu balita di RW 02", "text": "Uraian yang sudah diketik panjang.", "happened_on": "2026-01-05",
        "photos-TOTAL_FORMS": str(len(photos)), "photos-INITIAL_FORMS": "0", "photos-MIN_NUM_FORMS": "0",
        "photos-MAX_NUM_FORMS": "12", button: "1", **fields,
    }  # fmt: skip
    for number, (file, alt) in enumerate(photos):
        data[f"photos-{number}-alt"] = alt
        if file is not None:
            data[f"photos-{number}-file"] = file
    return data


def test_an_operator_publishes_with_photo_and_link_in_one_step(city):
    make_channel(city.pabean, "website", key="pabean.cilegon.go.id", url="https://pabean.cilegon.go.id")
    photos = [(upload(pictures.with_gps()), "Kader menimbang balita"), (None, "")]
    data = form(photos, "_publish", link_1="https://pabean.cilegon.go.id/posyandu")
    response = client_of(city.operator).post(ADD, data, follow=True)
    activity = Activity.objects.get()
    body = response.content.decode()
    assert (activity.unit, activity.status, activity.created_by) == (city.pabean, "published", city.operator)
    assert activity.get_absolute_url() in body
    assert "Menunggu verifikasi" in body
    assert "Tambah lagi" in body
    portal, link = activity.publications.order_by("pk").filter(kind="portal"), activity.publications.get(origin="link")
    assert portal.get().has_media
    assert link.state == "pending"


def test_the_kept_photo_is_three_files_without_gps_and_the_upload_is_not_kept(city):
    client_of(city.operator).post(ADD, form([(upload(pictures.with_gps()), "Kader")]))
    photo = Photo.objects.get()
    folder = f"photos/{photo.key}"
    assert sorted(default_storage.listdir(folder)[1]) == ["large.webp", "medium.webp", "small.webp"]
    for size in SIZES:
        content = getattr(photo, size.name).read()
        assert content[8:12] == b"WEBP"
        assert b"anary" not in content
        assert b"EXIF" not in content


def test_the_files_of_a_photo_whose_row_was_rolled_back_are_removed(city, monkeypatch, settings):
    """A failure after the photo was written leaves neither row nor file."""

    def broken(activity):
        assert len(list(settings.MEDIA_ROOT.rglob("*.webp"))) == 3
        raise RuntimeError("the database went away")

    monkeypatch.setattr("publications.activity_admin.refresh_portal_publication", broken)
    with pytest.raises(RuntimeError):
        client_of(city.operator).post(ADD, form([(upload(pictures.plain()), "Kader")]))
    assert not Photo.objects.exists()
    assert not list(settings.MEDIA_ROOT.rglob("*.webp"))


def test_a_twelve_megapixel_photo_is_at_most_150_kilobytes_on_the_page(city):
    client_of(city.operator).post(ADD, form([(upload(pictures.twelve_megapixels()), "Lapangan")]))
    photo = Photo.objects.get()
    assert photo.large.size <= 150_000
    assert photo.medium.size <= 45_000
    assert photo.small.size <= 5_000


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (pictures.png_bomb, "bom.png", "900 juta piksel, paling banyak 60 juta"),
        (lambda: pictures.SVG, "gambar.svg", "bukan foto"),
        (lambda: pictures.HTML, "foto.jpg", "bukan foto"),
        (lambda: pictures.twelve_megapixels()[:500_000], "foto.jpg", "rusak atau tidak lengkap"),
        (lambda: pictures.plain() + bytes(40 * 1024 * 1024), "foto.jpg", "40,0 MB, paling besar 15,0 MB"),
    ],
    ids=["bomb", "svg", "html", "truncated", "40MB"],
)
def test_a_bad_upload_is_refused_on_its_field_and_the_typed_text_is_kept(city, content, name, why):
    data = form([(upload(content(), name), "Keterangan foto yang diketik")])
    response = client_of(city.operator).post(ADD, data)
    body = response.content.decode()
    assert response.status_code == 200
    assert why in response.context["inline_admin_formsets"][0].formset.forms[0].errors["file"][0]
    assert why in body
    for typed in ("Posyandu balita di RW 02", "Uraian yang sudah diketik panjang.", "Keterangan foto yang diketik"):
        assert typed in body
    assert not Activity.objects.exists()
    assert not Photo.objects.exists()


def test_a_request_of_300_megabytes_is_refused_before_its_body_is_read(city):
    class Body:
        def read(self, *args):
            raise AssertionError("the body was read")

        readline = read

    client = client_of(city.operator)
    response = client.generic("POST", ADD, CONTENT_LENGTH=str(300 * 1024 * 1024), **{"wsgi.input": Body()})
    assert response.status_code == 413
    assert "100 MB" in response.content.decode()


def test_words_without_a_photo_and_wrong_fields_are_told_on_the_field(city):
    client = client_of(city.operator)
    response = client.post(ADD, form([(None, "Hanya keterangan")]))
    assert "Pilih fotonya." in response.content.decode()
    for field, value in [
        ("happened_on", "2999-01-01"), ("happened_on", "1900-01-01"), ("happened_on", "31-31-31"), ("title", ""),
        ("title", "x" * 201), ("title", "a\x00b"), ("theme", "lain"), ("link_1", "https://tidak.dikenal.id/x"),
        ("link_1", "javascript:alert(1)"), ("link_2", "a b"),
    ]:  # fmt: skip
        response = client.post(ADD, form(**{field: value}))
        assert response.status_code == 200, (field, value)
        assert field in response.context["adminform"].form.errors
    assert not Activity.objects.exists()


def test_editing_a_published_activity_keeps_its_time_and_updates_its_evidence(city):
    client = client_of(city.operator)
    client.post(ADD, form([(upload(pictures.plain()), "")], "_publish"))
    activity = Activity.objects.get()
    photo, published_at = activity.photos.get(), activity.published_at
    assert not activity.publications.get().has_media
    data = form(**{
        "text": "z" * 250, "photos-TOTAL_FORMS": "1", "photos-INITIAL_FORMS": "1", "photos-0-id": photo.pk,
        "photos-0-activity": activity.pk, "photos-0-alt": "Warga senam",
    })  # fmt: skip
    assert client.post(f"{LIST}{activity.pk}/change/", data).status_code == 302
    activity.refresh_from_db()
    posting = activity.publications.get()
    assert (posting.has_media, posting.text_length, activity.published_at) == (True, 250, published_at)
    data["photos-0-DELETE"] = "on"
    client.post(f"{LIST}{activity.pk}/change/", data)
    assert not activity.photos.exists()
    assert not activity.publications.get().has_media


def test_the_files_of_a_deleted_photo_go_too(city, django_capture_on_commit_callbacks):
    client_of(city.operator).post(ADD, form([(upload(pictures.plain()), "Foto")]))
    photo = Photo.objects.get()
    name = photo.large.name
    assert default_storage.exists(name)
    with django_capture_on_commit_callbacks(execute=True):
        photo.delete()
    assert not default_storage.exists(name)


def test_a_second_click_on_publish_tells_that_it_is_published(city):
    client = client_of(city.operator)
    client.post(ADD, form(button="_publish"))
    activity = Activity.objects.get()
    response = client.post(f"{LIST}{activity.pk}/change/", form(button="_publish"), follow=True)
    assert "sudah terbit" in response.content.decode()
    assert Publication.objects.count() == 1


def test_only_staff_of_the_unit_see_photos_of_a_draft(city):
    client_of(city.operator).post(ADD, form([(upload(pictures.plain()), "Foto")]))
    photo = Photo.objects.get()
    other = make_operator(make_unit("gerem", "kelurahan"))
    assert photo_file(photo.key, "small", city.operator)
    assert photo_file(photo.key, "small", other) is None
    assert photo_file(photo.key, "huge", city.operator) is None
    Activity.objects.filter(pk=photo.activity_id).update(status="published", published_at=photo.created_at)
    assert photo_file(photo.key, "small", other)


# --- lists and actions ---


def act(client, path, action, rows, **fields):
    data = {"action": action, "_selected_action": [row.pk for row in rows], "index": "0", **fields}
    return client.post(path, data, follow=True)


def test_bulk_publish_tells_each_refusal_and_does_the_rest(city):
    drafts = [make_activity(city.pabean, None, title=f"Draf {n}") for n in range(3)]
    done = make_activity(city.pabean, title="Sudah ada")
    body = act(client_of(city.operator), LIST, "publish_selected", [*drafts, done]).content.decode()
    assert "3 kegiatan terbit." in body
    assert "Sudah ada: Kegiatan ini sudah terbit" in body
    assert Activity.objects.filter(status="published").count() == 4


def test_withdrawing_asks_the_reason_on_a_page_of_its_own(city):
    activity, client = make_activity(city.pabean), client_of(city.operator)
    page = act(client, LIST, "withdraw_selected", [activity])
    assert "Alasan" in page.content.decode()
    act(client, LIST, "withdraw_selected", [activity], apply="1", reason=" ")
    activity.refresh_from_db()
    assert activity.status == "published"
    told = act(client, LIST, "withdraw_selected", [activity], apply="1", reason="Foto salah").content.decode()
    assert "1 kegiatan ditarik dan tidak lagi dihitung." in told
    activity.refresh_from_db()
    assert (activity.status, activity.withdrawn_reason) == ("withdrawn", "Foto salah")
    assert client.get(f"{LIST}{activity.pk}/change/").status_code == 200
    assert client.post(f"{LIST}{activity.pk}/change/", form(title="Diubah")).status_code == 404


def test_a_published_activity_offers_to_be_withdrawn_and_a_draft_does_not(city):
    published, draft = make_activity(city.pabean), make_activity(city.pabean, status="draft", published_at=None)
    client = client_of(city.operator)
    page = client.get(f"{LIST}{published.pk}/change/").content.decode()
    button = dict(re.findall(r'name="(action|index|_selected_action)" value="(\w+)"', page))
    assert button == {"action": "withdraw_selected", "index": "0", "_selected_action": str(published.pk)}
    assert "Alasan:" in client.post(LIST, button).content.decode()
    assert "withdraw_selected" not in client.get(f"{LIST}{draft.pk}/change/").content.decode()


@pytest.mark.parametrize(("action", "state"), [("accept_selected", "accepted"), ("reject_selected", "rejected")])
def test_diskominfo_decides_with_a_reason_and_refusals_are_told_row_by_row(city, action, state):
    whole = make_publication(make_activity(city.pabean), state="pending", title="Tautan utuh")
    own = make_publication(make_activity(city.diskominfo), state="pending", title="Unit sendiri")
    client = client_of(city.ppid_utama)
    act(client, POSTINGS, action, [whole, own])
    whole.refresh_from_db()
    assert whole.state == "pending"
    body = act(client, POSTINGS, action, [whole, own], apply="1", reason="Sesuai").content.decode()
    whole.refresh_from_db()
    own.refresh_from_db()
    assert (whole.state, whole.reason, own.state) == (state, "Sesuai", "pending")
    assert "Unit sendiri: Pemeriksa tidak boleh berasal dari unit yang diperiksa" in body


def test_diskominfo_joins_two_activities(city):
    first, second = make_activity(city.pabean), make_activity(city.pabean)
    make_publication(first)
    make_publication(second)
    client = client_of(city.ppid_utama)
    body = act(client, LIST, "merge_selected", [first, second]).content.decode()
    second.refresh_from_db()
    assert second.status == "published"  # the page asks first, and shows both
    assert "Penggabungan dapat dibatalkan" in body
    assert f'value="{second.pk}"' in body
    act(client, LIST, "merge_selected", [first, second], apply="1", keep=second.pk)
    first.refresh_from_db()
    assert (first.status, first.merged_into) == ("withdrawn", second)
    assert second.publications.count() == 2


def test_joining_keeps_only_one_of_those_chosen(city):
    first, second, other = (make_activity(city.pabean) for _each in range(3))
    body = act(
        client_of(city.ppid_utama), LIST, "merge_selected", [first, second], apply="1", keep=other.pk
    ).content.decode()
    assert "errorlist" in body
    assert not Activity.objects.filter(status="withdrawn").exists()


def test_a_link_counts_on_the_day_that_the_unit_names(city):
    make_channel(city.pabean, "website", key="pabean.cilegon.go.id", url="https://pabean.cilegon.go.id")
    activity = make_activity(city.pabean)
    day = local_day(timezone.now()) - timedelta(days=1)
    client = client_of(city.operator)
    path = f"{LIST}{activity.pk}/change/"
    link = {"link_1": "https://pabean.cilegon.go.id/kerja-bakti"}
    refused = client.post(
        path, form(**link, title=activity.title, link_posted_on=day + timedelta(days=2))
    ).content.decode()
    assert "Tanggal unggah masih di masa depan" in refused
    client.post(path, form(**link, title=activity.title, link_posted_on=day))
    posting = activity.publications.get(origin="link")
    assert (posting.counted_on, posting.date_basis, posting.claimed_raw) == (day, "date_only", day.isoformat())
    assert "no_claimed_date" not in posting.flags


def test_a_waiting_posting_leads_reviewers_to_the_desk(city):
    posting = make_publication(make_activity(make_unit()), state="pending", origin="link")
    path, desk = f"{POSTINGS}{posting.pk}/change/", f"/admin/verifikasi/{posting.pk}/"
    assert desk in client_of(city.ppid_utama).get(path).content.decode()
    own = make_publication(make_activity(city.pabean), state="pending", origin="link")
    seen = client_of(city.operator).get(f"{POSTINGS}{own.pk}/change/")
    assert seen.status_code == 200
    assert "/admin/verifikasi/" not in seen.content.decode()


@pytest.mark.parametrize("path", [LIST, POSTINGS])
def test_lists_run_the_same_number_of_queries_for_one_row_and_for_many(city, path):
    client = client_of(city.ppid_utama)
    make_publication(make_activity(city.pabean))
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        counts.append(len(queries))
        for _ in range(30):
            make_publication(make_activity(make_unit()))
    assert counts[0] == counts[1]
    assert counts[0] <= 14


# --- the home page ---


def test_home_shows_tasks_and_no_list_of_models_to_an_operator(city):
    make_publication(make_activity(city.pabean), state="rejected", reason="Tautan mati")
    body = client_of(city.operator).get("/admin/").content.decode()
    assert "Ruang kerja KIP" in body
    assert "Posting kegiatan" in body
    assert "Perlu diperbaiki (1)" in body
    assert "app-publications" not in body
    make_publication(make_activity(city.pabean), state="pending")
    body = client_of(city.ppid_utama).get("/admin/").content.decode()
    assert "Verifikasi (1)" in body
    assert "Paling lama menunggu sejak" in body
    assert "app-publications" in body


def test_pages_of_the_workspace_hold_no_inline_style_or_script(city):
    activity = make_activity(city.pabean, None)
    client = client_of(city.operator)
    for path in ("/admin/", LIST, ADD, f"{LIST}{activity.pk}/change/", POSTINGS):
        body = client.get(path).content.decode()
        assert "style=" not in body, path
        assert "<style" not in body, path
        assert " onclick" not in body, path
    fields = client.get(ADD).context["adminform"].form.fields
    assert len(fields) <= 8
    assert "unit" not in fields
    form_page = client.get(ADD).content.decode()
    assert form_page.count("data-photo") == 2
    assert "__prefix__" not in form_page
