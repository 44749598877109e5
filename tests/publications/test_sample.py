"""The sample months: the same everywhere, told by the real job, apart from everything real."""

import hashlib
import random
import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count
from django.test import override_settings

from cilegon_kip.common.jakarta import JAKARTA, local_day
from opd.models import Channel, Unit
from publications.documents.checklists import load_checklists
from publications.models import Activity, CoverageGap, Document, Photo, Publication
from publications.permalinks import canonical_key
from publications.sample import loading
from publications.sample.documents import load_documents
from publications.sample.schedule import slots
from publications.sample.tables import profiles, story
from rankings.models import Entry, Evidence
from rankings.services import compute_month
from tests.builders import make_counted

#: Also the mark by which pytest runs these before the browser tests, whose event loop hides the connection.
pytestmark = pytest.mark.django_db

JANUARY = date(2023, 1, 1)
NOW = datetime(2026, 11, 24, 12, tzinfo=JAKARTA)
WITHOUT_SOCIAL_MEDIA = {
    "kelurahan-dringo",
    "kelurahan-warnasari",
    "kelurahan-randakari",
    "kelurahan-kedaleman",
    "kelurahan-karang-asem",
    "kelurahan-bagendung",
    "kelurahan-kebonsari",
}
INACTIVE_OPD = {"dinsos", "satpol-pp", "dpupr", "disdukcapil", "bkpsdm"}


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker, tmp_path_factory):
    """Register, sample and the two months of the story, once for this file; removed afterwards."""
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")):
        frame = transaction.atomic()
        frame.__enter__()
        call_command("load_register")
        loading.load_sample(NOW)
        yield compute_month(JANUARY, NOW)
        transaction.set_rollback(True)
        frame.__exit__(None, None, None)


@pytest.fixture
def db_again(loaded, db):
    """One test's own changes over the loaded rows."""
    return loaded


def top(ranking, category, count):
    entries = ranking.entries.filter(category=category, rank__lte=count).order_by("rank")
    return [(entry.rank, entry.unit.slug) for entry in entries.select_related("unit")]


def digest():
    """All that is fixed about the sample rows: everything but ids."""
    rows = Publication.objects.filter(is_sample=True).order_by(
        "unit__slug", "activity__published_at", "published_at", "kind", "state"
    )
    facts = rows.values_list(
        "unit__slug", "published_at", "kind", "state", "title", "excerpt", "text_length", "has_media", "happened_on",
        "first_seen_at", "origin", "reason", "reviewed_at", "activity__title", "activity__text", "activity__place",
        "activity__theme", "activity__status", "activity__withdrawn_at", "channel__key",
    )  # fmt: skip
    return hashlib.sha256(repr(list(facts)).encode()).hexdigest()


# --- the story -------------------------------------------------------------------------------------------


def test_the_first_four_opd_of_january_2023(db_again):
    assert top(db_again, "opd", 4) == [(1, "dinkes"), (2, "bpbd"), (3, "dindikbud"), (4, "rsud")]


def test_the_first_three_kelurahan_of_january_2023(db_again):
    assert top(db_again, "kelurahan", 3) == [
        (1, "kelurahan-pabean"),
        (2, "kelurahan-gerem"),
        (3, "kelurahan-kotasari"),
    ]


def test_the_leaders_are_apart_but_not_absurdly(db_again):
    for category, count in (("opd", 5), ("kelurahan", 4)):
        scores = [entry.score for entry in db_again.entries.filter(category=category).order_by("-score")[:count]]
        assert all(1 < higher - lower < 15 for higher, lower in pairwise(scores)), scores


def test_exactly_the_seven_kelurahan_have_no_social_media(db_again):
    without = db_again.entries.filter(category="kelurahan", has_social_media=False)
    assert set(without.values_list("unit__slug", flat=True)) == WITHOUT_SOCIAL_MEDIA
    assert without.filter(state=Entry.State.SILENT).count() == 3
    assert without.filter(state=Entry.State.RANKED, kinds_used=["website"]).count() == 4


def test_the_five_inactive_opd_are_silent(db_again):
    silent = db_again.entries.filter(category="opd", state=Entry.State.SILENT)
    assert set(silent.values_list("unit__slug", flat=True)) == INACTIVE_OPD


def printed_rows(html):
    """Address, rank, index, activities and active days of each row of a printed board."""
    row = re.compile(
        r'<td class="num rank">(\d+)</td><th scope="row" class="unit"><a href="([^"]+)">.*?'
        r'<td class="num"><b>([\d,]+)</b>.*?'
        r'<td class="num wide-only">([\d.]+)</td><td class="num wide-only">(\d+)</td>',
        re.DOTALL,
    )
    return [(address, int(rank), index, int(n), int(days)) for rank, address, index, n, days in row.findall(html)]


def as_printed(entry):
    index = Decimal(str(entry["score"])).quantize(Decimal("0.1"), ROUND_HALF_UP)
    address = urlsplit(entry["url"]).path
    return (address, entry["rank"], f"{index}".replace(".", ","), entry["activities"], entry["active_days"])


def test_pages_file_and_api_give_the_same_figures(db_again, client):
    categories = client.get("/peringkat/2023-01.json").json()["categories"]
    from_api = client.get("/api/v1/rankings/2023-01/entries/", {"page_size": 100}).json()["results"]
    assert len(from_api) == 82
    for category in categories:
        entries = category["entries"]
        assert [one for one in from_api if one["category"] == category["category"]] == entries
        board = client.get(f"/peringkat/2023-01/{category['category']}/").content.decode()
        assert printed_rows(board) == [as_printed(one) for one in entries if one["state"] == "ranked"]
        for silent in (one for one in entries if one["state"] == "silent"):
            assert f'href="{urlsplit(silent["url"]).path}"' in board
    month = re.sub(r"<[^>]+>|\s+", " ", client.get("/peringkat/2023-01/").content.decode())
    counted = sum(one["activities"] for one in from_api)
    assert re.search(rf"Kegiatan dihitung\s+{counted}\s", month)


def test_other_months_have_other_leaders_ties_and_silent_and_unmeasured_units(db_again):
    rankings = [
        compute_month(month, NOW) for month in (date(2022, 8, 1), date(2022, 9, 1), date(2022, 11, 1), date(2026, 8, 1))
    ]
    assert len({top(ranking, "opd", 1)[0][1] for ranking in rankings}) > 1
    ties = Entry.objects.filter(ranking__in=rankings, rank__isnull=False).values("ranking", "category", "rank")
    assert ties.annotate(units=Count("pk")).filter(units__gt=1).exists()
    unmeasured = Entry.objects.filter(ranking__in=rankings, state=Entry.State.NOT_MEASURED)
    assert {"kelurahan-cikerai", "kecamatan-pulomerak"} == set(unmeasured.values_list("unit__slug", flat=True))


def test_some_of_the_seven_have_social_media_today(db_again):
    ranking = compute_month(date(2026, 10, 1), NOW)
    now_reachable = ranking.entries.filter(unit__slug__in=WITHOUT_SOCIAL_MEDIA, has_social_media=True)
    assert 0 < now_reachable.count() < 7


# --- the same everywhere, and once --------------------------------------------------------------------------


def test_a_second_load_changes_nothing(db_again):
    before = (Activity.objects.count(), Publication.objects.count(), Photo.objects.count(), digest())
    report = loading.load_sample(NOW)
    assert report == loading.Report()
    assert (Activity.objects.count(), Publication.objects.count(), Photo.objects.count(), digest()) == before


def test_loading_in_another_order_and_in_steps_gives_the_same_rows(db_again):
    before = digest()
    _clear()
    shuffled = list(profiles())
    random.Random(7).shuffle(shuffled)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "profiles", lambda: tuple(shuffled))
        loading.load_sample(datetime(2026, 11, 7, 9, 30, tzinfo=JAKARTA))
        assert not Publication.objects.filter(first_seen_at__gt=datetime(2026, 11, 7, 9, 30, tzinfo=JAKARTA)).exists()
        loading.load_sample(NOW)
    assert digest() == before


def test_a_month_begun_long_ago_is_completed(db_again):
    _clear()
    loading.load_sample(datetime(2024, 3, 10, tzinfo=JAKARTA))
    loading.load_sample(NOW)
    march = Activity.objects.filter(unit__slug="dinkes", published_at__year=2024, published_at__month=3)
    dinkes = next(profile for profile in profiles() if profile.slug == "dinkes")
    assert march.count() == len(slots(dinkes, "opd", date(2024, 3, 1)))


def test_nothing_lies_in_the_future(db_again):
    sample = Publication.objects.filter(is_sample=True)
    assert not sample.filter(published_at__gt=NOW).exists()
    assert not sample.filter(first_seen_at__gt=NOW).exists()
    assert not sample.filter(reviewed_at__gt=NOW).exists()
    assert not Activity.objects.filter(withdrawn_at__gt=NOW).exists()


# --- apart from everything real --------------------------------------------------------------------------------


def test_everything_is_flagged_and_every_address_is_reserved(db_again):
    assert not Publication.objects.filter(is_sample=False).exists()
    assert not Activity.objects.filter(is_sample=False).exists()
    links = Publication.objects.exclude(kind="portal").values_list("permalink", "permalink_key")
    assert all(urlsplit(link).hostname.endswith(".invalid") for link, _key in links)
    assert all(canonical_key(link) == key for link, key in links[:500])
    channels = Channel.objects.filter(is_sample=True)
    assert channels.count() > 150
    assert all(urlsplit(channel.url).hostname.endswith(".invalid") for channel in channels)
    assert not Activity.objects.exclude(text__endswith="Data contoh.").exists()


def test_a_posting_belongs_to_a_channel_that_was_open(db_again):
    for posting in Publication.objects.filter(channel__isnull=False).select_related("channel")[::7]:
        assert posting.channel.opened_on <= local_day(posting.published_at)
    assert not Publication.objects.exclude(kind="portal").filter(channel=None).filter(state="accepted").exists()


def test_a_real_posting_in_a_sample_month_changes_no_entry(db_again):
    entries = list(db_again.entries.order_by("pk").values())
    posting = make_counted(Unit.objects.get(slug="dinsos"), date(2023, 1, 11)).publications.get()
    again = compute_month(JANUARY, NOW)
    left_out = [entry for entry in again.entries.order_by("pk").values() if entry not in entries]
    assert [entry["left_out"] for entry in left_out] == [1]
    assert {**left_out[0], "left_out": 0} in entries
    assert again.evidence.get(publication=posting).rule == "not_sample"


def test_there_are_pending_rejected_and_withdrawn_ones_each_with_its_facts(db_again):
    assert Publication.objects.filter(state="pending", flags=["late"]).count() > 3
    assert Publication.objects.filter(state="rejected").exclude(reason="").exclude(reviewed_at=None).count() > 50
    assert Activity.objects.filter(status="withdrawn").exclude(withdrawn_reason="").count() > 3
    assert CoverageGap.objects.filter(channel__is_sample=True).count() >= 7


def test_recent_photos_have_alternative_text(db_again):
    photos = Photo.objects.all()
    assert 6 <= photos.count() <= 10
    assert all(photo.alt.startswith("Foto contoh") and photo.activity.is_sample for photo in photos)


# --- the door -------------------------------------------------------------------------------------------------


def test_refused_outside_a_local_set_up(db_again, settings):
    settings.LOCAL = False
    with pytest.raises(CommandError, match="--yes-sample"):
        call_command("load_sample")


@pytest.mark.parametrize("text", ["kemarin", "2026-02-30", "2026-11-24\0", "99999-01-01"])
def test_a_wrong_date_is_refused_in_words(text):
    with pytest.raises(CommandError, match="Bukan tanggal"):
        call_command("load_sample", today=text)


def test_the_story_names_only_known_units():
    known = {profile.slug for profile in profiles()}
    assert {slug for _month, slug in story()} <= known
    assert len(known) == 82


def _clear():
    for model in (Evidence, Entry, Photo, Publication, Activity, CoverageGap):
        model.objects.all().delete()


def test_sample_documents_are_marked_come_once_and_keep_what_is_exempt_apart():
    call_command("load_register", verbosity=0)
    load_checklists()
    units = list(Unit.objects.filter(slug__in=[profile.slug for profile in profiles()]))
    before = Document.objects.count()  # the file's own fixture may stand, which knows no checklist
    made = load_documents(units, NOW)
    assert made > 200
    assert load_documents(units, NOW) == 0
    documents = Document.objects.all()
    assert documents.count() - before == made
    assert documents.count() == documents.filter(is_sample=True, status="published").count()
    assert documents.filter(info_class="exempt").count() == 3
    assert not documents.filter(info_class="exempt", files__isnull=False).exists()
    assert documents.exclude(files=None).count() > 50
    assert documents.overdue_on(local_day(NOW)).exists()
