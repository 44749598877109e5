"""What is final stays: through SQL of another program, the ORM and the admin."""

import threading
from datetime import date

import psycopg2
import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.urls import reverse

from publications.merging import merge_activities
from publications.models import Activity, Photo, Publication
from publications.services import withdraw_activity
from rankings.models import Entry, Evidence, InputFile, Ranking
from rankings.services import compute_month
from rankings.verifying import verify_ranking
from tests.builders import make_counted, make_entry, make_final, make_method_v1, make_publication, make_unit
from tests.people import make_ppid_utama, make_superuser

JANUARY, FEBRUARY = date(2023, 1, 1), date(2023, 2, 1)
MESSAGE = "Peringkat 2023-01 revisi 1 sudah final dan tidak dapat diubah"


def final_month() -> Ranking:
    unit = make_unit(slug="dinas-uji")
    for day in (10, 11):
        make_counted(unit, date(2023, 1, day))
    ranking = compute_month(JANUARY)
    make_final(JANUARY)
    return ranking


@pytest.fixture
def final(db) -> Ranking:
    return final_month()


def rows() -> list:
    return [list(table.objects.order_by("pk").values()) for table in (Ranking, Entry, Evidence, InputFile)]


STATEMENTS = [
    "UPDATE rankings_ranking SET working_days = 1",
    "UPDATE rankings_ranking SET status = 'draft', finalised_at = NULL",
    "UPDATE rankings_ranking SET id = id + 1000",
    "DELETE FROM rankings_ranking",
    "UPDATE rankings_entry SET score = 99",
    "DELETE FROM rankings_entry",
    "UPDATE rankings_evidence SET ranking_id = (SELECT id FROM rankings_ranking WHERE month = '2023-02-01')",
    "UPDATE rankings_entry SET ranking_id = (SELECT id FROM rankings_ranking WHERE month = '2023-01-01')"
    " WHERE unit_id = (SELECT id FROM opd_unit WHERE slug = 'lain')",
    "INSERT INTO rankings_entry (ranking_id, unit_id, category, state, score, volume, consistency, reach, completeness,"
    " activities, max_activities, active_days, points, with_media, with_text, with_date, kinds_used,"
    " kinds_not_measured, has_social_media, publications, left_out) SELECT ranking_id, u.id, 'opd', 'silent', 0, 0, 0,"
    " 0, 0, 0, 0, 0, points, 0, 0, 0, kinds_used, kinds_used, false, 0, 0 FROM rankings_entry e, opd_unit u"
    " WHERE u.slug = 'lain' AND e.ranking_id = (SELECT id FROM rankings_ranking WHERE month = '2023-01-01')",
    "UPDATE rankings_evidence SET rule = 'rejected'",
    "DELETE FROM rankings_evidence",
    "DELETE FROM rankings_evidence WHERE id = (SELECT min(id) FROM rankings_evidence)",
    "UPDATE rankings_inputfile SET content = ''",
    "DELETE FROM rankings_inputfile",
]


@pytest.mark.django_db(transaction=True)
def test_sql_of_another_program_is_refused_with_a_clear_message():
    make_method_v1()
    final_month()
    make_unit(slug="lain")
    compute_month(FEBRUARY)
    before = rows()
    other = psycopg2.connect(**connection.get_connection_params() | {"cursor_factory": None})
    try:
        for statement in STATEMENTS:
            with pytest.raises(psycopg2.errors.RestrictViolation, match=MESSAGE) as refusal, other.cursor() as cursor:
                cursor.execute(statement)
            assert "revisi baru" in refusal.value.diag.message_hint
            other.rollback()
        # Foreign keys keep what the evidence names; they speak at the end of the transaction.
        for table in ("publications_publication", "publications_activity", "opd_unit"):
            with pytest.raises(psycopg2.errors.ForeignKeyViolation), other.cursor() as cursor:
                cursor.execute(f"DELETE FROM {table}; SET CONSTRAINTS ALL IMMEDIATE")
            other.rollback()
    finally:
        other.close()
    assert rows() == before


def orm_changes(ranking: Ranking) -> list:
    entry, evidence = ranking.entries.get(), ranking.evidence.first()
    return [
        lambda: Ranking.objects.filter(pk=ranking.pk).update(computed_at=None),
        lambda: Ranking.objects.get(pk=ranking.pk).save(),
        ranking.delete,
        lambda: Entry.objects.update(rank=2),
        entry.save,
        entry.delete,
        lambda: Entry.objects.bulk_update([entry], ["score"]),
        lambda: make_entry(ranking, make_unit()),
        lambda: Evidence.objects.update(points=3),
        evidence.delete,
        lambda: Evidence.objects.all()._raw_delete("default"),
        lambda: InputFile.objects.update(content=b""),
        lambda: InputFile.objects.all().delete(),
    ]


def test_orm_is_refused(final):
    before = rows()
    for change in orm_changes(final):
        with pytest.raises(IntegrityError, match=MESSAGE), transaction.atomic():
            change()
    assert rows() == before


def test_what_a_final_month_rests_on_cannot_be_deleted(final):
    before, activity = rows(), Activity.objects.first()
    for row in (activity, activity.publications.get(), final.entries.get().unit):
        with pytest.raises(ProtectedError):
            row.delete()
    with pytest.raises(ProtectedError):
        Publication.objects.all().delete()
    assert rows() == before
    assert Publication.objects.count() == 2


def test_superuser_is_refused_in_the_admin_with_a_page_not_an_error(client, db):
    """A draft with a link that waits: the only activity that the admin would let somebody delete."""
    unit = make_unit()
    activity = make_counted(unit, date(2023, 1, 10))
    draft = Activity.objects.create(unit=unit, title="Belum terbit")
    make_publication(draft, activity.published_at, state="pending")
    compute_month(JANUARY)
    make_final(JANUARY)
    client.force_login(make_superuser(), "opd.permissions.MembershipBackend")
    answer = client.post(reverse("admin:publications_activity_delete", args=[draft.pk]), {"post": "yes"})
    assert answer.status_code == 200
    assert "Tidak dapat menghapus kegiatan" in answer.content.decode()
    assert Activity.objects.filter(pk=draft.pk).exists()
    assert Evidence.objects.filter(activity=draft).exists()


def test_draft_stays_free_to_change_beside_a_final_month(final):
    unit = Activity.objects.first().unit
    gone = make_counted(unit, date(2023, 2, 10))
    february = compute_month(FEBRUARY)
    gone.delete()
    assert compute_month(FEBRUARY).pk == february.pk
    assert february.evidence.count() == 0


def test_withdrawing_and_merging_still_work_and_leave_the_final_month_as_it_is(final):
    before = rows()
    first, second = Activity.objects.order_by("pk")
    actor = make_ppid_utama(first.unit)
    third = make_counted(first.unit, date(2023, 2, 10))
    withdraw_activity(activity_id=first.pk, actor=actor, reason="Keliru")
    merge_activities(keep_id=second.pk, other_ids=[third.pk], actor=actor)
    Photo.objects.create(activity=second, alt="Rapat")
    compute_month(JANUARY)
    assert rows() == before
    assert verify_ranking(final).differences == []
    first.refresh_from_db()
    assert first.status == "withdrawn"
    assert second.publications.count() == 2


def test_renamed_unit_leaves_the_proof_whole(final):
    unit = final.entries.get().unit
    type(unit).objects.filter(pk=unit.pk).update(slug="dinas-baru", name="Dinas Baru")
    assert verify_ranking(final).differences == []


@pytest.mark.django_db(transaction=True)
def test_row_cannot_slip_in_while_the_month_becomes_final():
    """A statement that starts before and commits after is held up by the other, whichever comes first."""
    make_method_v1()
    unit, other = make_unit(), make_unit()
    make_counted(unit, date(2023, 1, 10))
    ranking = compute_month(JANUARY)
    Entry.objects.filter(unit=other).delete()
    outcome = []

    def slip_in():
        try:
            make_entry(Ranking.objects.get(pk=ranking.pk), other, None)
        except IntegrityError as error:
            outcome.append(str(error))
        finally:
            connection.close()

    with transaction.atomic():
        make_final(JANUARY)  # not committed yet: the other still sees a draft
        thread = threading.Thread(target=slip_in)
        thread.start()
        thread.join(timeout=1)
        assert thread.is_alive()
    thread.join(timeout=20)
    assert MESSAGE in outcome[0]
    assert Entry.objects.count() == 1
