"""Deciding: by Diskominfo and never by the unit, item by item, once, and the month follows."""

import threading
from datetime import date, datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.db import IntegrityError, connection, transaction

from cilegon_kip.common.jakarta import JAKARTA
from correspondence.models import Mail
from opd.models import Membership, Role, User
from publications.models import Activity, CoverageGap, Publication
from publications.services import review_publication
from rankings.finalising import finalise_ranking
from rankings.models import Entry, Evidence, Ranking, Rebuttal, RebuttalItem
from rankings.rebuttals.deciding import Decision, decide_rebuttal, undecided, waiting
from rankings.rebuttals.making import ClaimedGap, RebuttalError
from rankings.services import compute_month
from rankings.verifying import verify_ranking
from tests.builders import make_activity, make_final, make_method_v1, make_publication
from tests.people import make_superuser

from .world import AFTER, JANUARY, make_world

NOON = datetime(2023, 1, 20, 12, tzinfo=JAKARTA)


@pytest.fixture
def world(db):
    return make_world()


def decide(rebuttal, actor, *accepted, answer="Sesuai bukti", now=AFTER):
    items = list(rebuttal.items.order_by("pk"))
    accepted = accepted or (True,) * len(items)
    reasons = {True: "Tautannya cocok", False: "Bukan kegiatan"}
    decisions = {item.pk: Decision(yes, reasons[yes]) for item, yes in zip(items, accepted, strict=True)}
    return decide_rebuttal(rebuttal_id=rebuttal.pk, actor=actor, decisions=decisions, answer=answer, now=now)


def entry(world, unit=None):
    return Entry.objects.get(ranking=Ranking.objects.current().get(month=JANUARY), unit=unit or world.unit)


def test_accepted_link_counts_and_the_month_is_computed_again(world):
    rebuttal = world.object("https://dinas-uji.example/berita/1")
    ranking = decide(rebuttal, world.ppid_utama)
    rebuttal.refresh_from_db()
    item = rebuttal.items.get()
    publication = item.publication
    assert (rebuttal.status, rebuttal.outcome, rebuttal.decided_by, rebuttal.decided_at, rebuttal.answer) == (
        "decided", "accepted", world.ppid_utama, AFTER, "Sesuai bukti"
    )  # fmt: skip
    assert (item.verdict, item.answer) == ("accepted", "Tautannya cocok")
    assert (publication.state, publication.reviewed_by, publication.reason) == (
        "accepted", world.ppid_utama, "Tautannya cocok"
    )  # fmt: skip
    assert (publication.activity.unit, publication.activity.status) == (world.unit, "published")
    assert publication.activity.published_at == publication.published_at
    assert (entry(world).activities, entry(world).active_days) == (2, 2)
    assert Evidence.objects.get(publication=publication).rule == "counted"
    assert ranking.computed_at == AFTER
    words = list(LogEntry.objects.values_list("change_message", flat=True))
    assert "Diterima atas sanggahan: Tautannya cocok" in words
    assert verify_ranking(ranking).differences == []


def test_rejected_link_stays_out_with_its_reason(world):
    rebuttal = world.object()
    decide(rebuttal, world.ppid_utama, False)
    rebuttal.refresh_from_db()
    publication = rebuttal.items.get().publication
    assert (rebuttal.outcome, publication.state, publication.reason) == ("rejected", "rejected", "Bukan kegiatan")
    assert publication.activity is None
    assert entry(world).activities == 1
    assert Evidence.objects.get(publication=publication).rule == "rejected"


def test_partly(world):
    rebuttal = world.object(*[f"https://dinas-uji.example/berita/{n}" for n in range(3)])
    Publication.objects.filter(state="pending").update(title="")  # three different titles are not the point here
    decide(rebuttal, world.ppid_utama, True, False, False)
    rebuttal.refresh_from_db()
    assert rebuttal.outcome == "partial"
    assert [item.verdict for item in rebuttal.items.all()] == ["accepted", "rejected", "rejected"]
    assert entry(world).activities == 2


def test_a_second_posting_of_an_activity_counts_once_and_widens_its_reach(world):
    title = "Penyuluhan gizi di posyandu Pabean"
    told = make_activity(world.unit, NOON, title=title)
    make_publication(told, NOON)
    compute_month(JANUARY, AFTER)
    rebuttal = world.object("https://dinas-uji.example/berita/1")
    Publication.objects.filter(state="pending").update(title=title)
    before = entry(world)
    decide(rebuttal, world.ppid_utama)
    publication = rebuttal.items.get().publication
    assert publication.activity == told
    assert entry(world).activities == before.activities
    assert "website" in entry(world).kinds_used


def test_a_rejected_publication_comes_back(world):
    refused = make_publication(make_activity(world.unit, NOON), NOON, state="rejected", reason="Tidak dapat dibuka")
    compute_month(JANUARY, AFTER)
    decide(world.object(left_out=[refused]), world.ppid_utama)
    refused.refresh_from_db()
    assert (refused.state, refused.reason, refused.reviewed_by) == ("accepted", "Tautannya cocok", world.ppid_utama)
    assert entry(world).activities == 2


def test_a_held_import_without_activity_and_date_comes_in_on_the_day_the_unit_names(world):
    held = Publication.objects.create(
        unit=world.unit, kind="website", origin="import", title="Kerja bakti",
        permalink="https://dinas-uji.example/lama", permalink_key="dinas-uji.example/lama", flags=["no_date"],
    )  # fmt: skip
    decide(world.object("https://dinas-uji.example/lama"), world.ppid_utama)
    held.refresh_from_db()
    assert (held.state, held.counted_on, held.date_basis) == ("accepted", date(2023, 1, 20), "date_only")
    assert entry(world).activities == 2


def test_withdrawn_activity_stops_the_whole_decision(world):
    refused = make_publication(make_activity(world.unit, NOON), NOON, state="rejected", reason="Tidak dapat dibuka")
    Activity.objects.filter(pk=refused.activity_id).update(
        status="withdrawn", withdrawn_at=NOON, withdrawn_reason="Keliru"
    )
    rebuttal = world.object("https://dinas-uji.example/berita/1", left_out=[refused])
    with pytest.raises(RebuttalError, match="sudah ditarik"):
        decide(rebuttal, world.ppid_utama)
    assert Rebuttal.objects.get().is_open
    assert set(RebuttalItem.objects.values_list("verdict", flat=True)) == {""}
    assert Publication.objects.filter(state="pending").count() == 1


def test_owner_error_moves_the_publication_with_its_activity(world):
    theirs = make_publication(
        make_activity(world.other, NOON), NOON, "website", permalink_key="dinas-uji.example/a",
        permalink="https://dinas-uji.example/a",
    )  # fmt: skip
    compute_month(JANUARY, AFTER)
    assert (entry(world).activities, entry(world, world.other).activities) == (1, 3)
    decide(world.object("https://dinas-uji.example/a"), world.ppid_utama)
    theirs.refresh_from_db()
    assert (theirs.unit, theirs.channel, theirs.activity.unit) == (world.unit, world.website, world.unit)
    assert (entry(world).activities, entry(world, world.other).activities) == (2, 2)


def test_owner_error_leaves_the_activity_where_other_postings_hang_on_it(world):
    activity = make_activity(world.other, NOON)
    kept = make_publication(activity, NOON)
    theirs = make_publication(
        activity, NOON, "website", permalink_key="dinas-uji.example/a", permalink="https://dinas-uji.example/a"
    )
    decide(world.object("https://dinas-uji.example/a"), world.ppid_utama)
    theirs.refresh_from_db()
    kept.refresh_from_db()
    assert (kept.activity.unit, theirs.activity.unit) == (world.other, world.unit)


def test_refused_owner_error_leaves_it_to_the_other_unit(world):
    theirs = make_publication(make_activity(world.other, NOON), NOON, "website", permalink_key="dinas-uji.example/a")
    decide(world.object("https://dinas-uji.example/a"), world.ppid_utama, False)
    theirs.refresh_from_db()
    assert (theirs.unit, theirs.state) == (world.other, "accepted")


def test_accepted_gap_is_recorded_and_the_unit_is_not_punished_for_it(world):
    gap = ClaimedGap(world.instagram, date(2023, 1, 5), date(2023, 1, 9))
    decide(world.object(gaps=[gap]), world.ppid_utama)
    stored = CoverageGap.objects.get()
    assert (stored.channel, stored.started_on, stored.ended_on) == (gap.channel, gap.first, gap.last)
    assert stored.reason == "Diterima atas sanggahan unit: Tautannya cocok"
    decide(world.object(gaps=[gap]), world.ppid_utama)  # once recorded, it is not recorded again
    assert CoverageGap.objects.count() == 1


def test_refused_gap_records_nothing(world):
    gap = ClaimedGap(world.instagram, date(2023, 1, 5), date(2023, 1, 9))
    decide(world.object(gaps=[gap]), world.ppid_utama, False)
    assert not CoverageGap.objects.exists()


def test_the_unit_is_told_once_by_mail_and_what_people_wrote_is_text(
    world, settings, django_capture_on_commit_callbacks
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    world.unit.email = "dinas@contoh.invalid"
    world.unit.save()
    rebuttal = world.object()
    with django_capture_on_commit_callbacks(execute=True):
        decide(rebuttal, world.ppid_utama, answer="<b>Kuat & jelas</b>")
    queued = Mail.objects.get()
    assert (queued.key, queued.status, queued.recipients) == (f"rebuttal:{rebuttal.pk}", "sent", [world.unit.email])
    sent = mail.outbox[0]
    assert sent.subject == "Putusan sanggahan peringkat Januari 2023: diterima"
    assert "<b>Kuat & jelas</b>" in sent.body
    assert "Diterima: Tautannya cocok" in sent.body
    assert "/peringkat/2023-01/opd/dinas-uji/#sanggahan" in sent.body
    assert "&lt;b&gt;Kuat &amp; jelas" in sent.alternatives[0][0]
    assert world.ppid_utama.username not in sent.body


def test_unit_without_an_address_is_decided_all_the_same(world):
    decide(world.object(), world.ppid_utama)
    assert not Mail.objects.exists()


def test_wrong_address_does_not_undo_the_decision(world):
    type(world.unit).objects.filter(pk=world.unit.pk).update(email="bukan alamat")
    decide(world.object(), world.ppid_utama)
    assert (Rebuttal.objects.get().outcome, Mail.objects.exists()) == ("accepted", False)


# --- who decides, and once ------------------------------------------------------------------------------------


def test_the_unit_itself_never_decides(world):
    rebuttal = world.object()
    for actor in (world.operator, world.pelaksana, world.other_operator):
        with pytest.raises(RebuttalError, match="tidak ditemukan"):
            decide(rebuttal, actor)
    Membership.objects.create(user=world.ppid_utama, unit=world.unit, role=Role.OPERATOR)
    insider = User.objects.get(pk=world.ppid_utama.pk)
    assert not undecided(insider).exists()
    with pytest.raises(RebuttalError, match="unit yang menyanggah"):
        decide(rebuttal, insider)
    assert Rebuttal.objects.get().is_open


def test_the_maker_never_decides(world):
    superuser = make_superuser()
    rebuttal = world.object(actor=superuser)
    with pytest.raises(RebuttalError, match="mengajukan sanggahan"):
        decide(rebuttal, superuser)
    with pytest.raises(IntegrityError, match="nobody_decides_own"), transaction.atomic():
        Rebuttal.objects.filter(pk=rebuttal.pk).update(
            status="decided", outcome="accepted", answer="Ya", decided_by=superuser, decided_at=AFTER
        )


def test_the_second_decision_is_refused_and_changes_nothing(world):
    rebuttal = world.object()
    decide(rebuttal, world.ppid_utama)
    before = list(Rebuttal.objects.values()), list(Publication.objects.values("pk", "state", "reason"))
    with pytest.raises(RebuttalError, match="sudah diputuskan"):
        decide(rebuttal, make_superuser(), False)
    assert before == (list(Rebuttal.objects.values()), list(Publication.objects.values("pk", "state", "reason")))


def test_what_is_decided_stays_also_for_sql(world):
    rebuttal = world.object()
    decide(rebuttal, world.ppid_utama)
    for act in (
        lambda: Rebuttal.objects.update(answer="Lain"),
        lambda: RebuttalItem.objects.update(answer="Lain"),
        lambda: RebuttalItem.objects.all().delete(),
        lambda: RebuttalItem.objects.create(rebuttal=rebuttal, kind="gap", channel=world.instagram,
            claimed_on=JANUARY, claimed_until=JANUARY),
    ):  # fmt: skip
        with pytest.raises(IntegrityError, match="sudah diputuskan"), transaction.atomic():
            act()


def test_every_item_needs_a_verdict_with_a_reason(world):
    rebuttal = world.object("https://dinas-uji.example/berita/1", "https://dinas-uji.example/berita/2")
    first, second = rebuttal.items.order_by("pk")
    yes = Decision(True, "Cocok")
    for decisions in ({}, {first.pk: yes}, {first.pk: yes, second.pk: yes, 99: yes}):
        with pytest.raises(RebuttalError, match="setiap pokok"):
            decide_rebuttal(rebuttal_id=rebuttal.pk, actor=world.ppid_utama, decisions=decisions, answer="Ya")
    for answer in ("", " ", "\x00", "x" * 301):
        decisions = {first.pk: yes, second.pk: Decision(False, answer)}
        with pytest.raises(RebuttalError):
            decide_rebuttal(rebuttal_id=rebuttal.pk, actor=world.ppid_utama, decisions=decisions, answer="Ya")
    with pytest.raises(RebuttalError, match="pertimbangan"):
        decide(rebuttal, world.ppid_utama, True, True, answer=" ")
    assert Rebuttal.objects.get().is_open
    assert not Publication.objects.filter(state="rejected").exists()


def test_what_the_desk_decided_meanwhile(world):
    pending = make_publication(make_activity(world.unit, NOON), NOON, state="pending")
    rebuttal = world.object(left_out=[pending])
    values = {"publication_id": pending.pk, "actor": world.ppid_utama, "reason": "Cocok"}
    review_publication(verdict="accepted", **values)
    with pytest.raises(RebuttalError, match="sudah diterima di meja verifikasi"):
        decide(rebuttal, world.ppid_utama, False)
    decide(rebuttal, world.ppid_utama, True)
    assert entry(world).activities == 2


def test_what_a_colleague_holds_on_the_desk_is_left_to_them(world):
    pending = make_publication(make_activity(world.unit, NOON), NOON, state="pending")
    held_until = datetime(2099, 1, 1, tzinfo=JAKARTA)
    Publication.objects.filter(pk=pending.pk).update(held_by=make_superuser(), held_until=held_until)
    with pytest.raises(RebuttalError, match="sedang memeriksa"):
        decide(world.object(left_out=[pending]), world.ppid_utama)


def test_decided_objection_lets_the_month_become_final_and_stays_with_it(world):
    rebuttal = world.object()
    decide(rebuttal, world.ppid_utama)
    ranking = finalise_ranking(month=JANUARY, actor=world.ppid_utama, now=AFTER)
    assert (ranking.status, ranking.rebuttals.get()) == ("final", rebuttal)
    assert verify_ranking(ranking).differences == []


def test_numbers_of_the_desk(world):
    assert (waiting(world.ppid_utama).count, waiting(world.ppid_utama).oldest) == (0, None)
    rebuttal = world.object()
    assert (waiting(world.ppid_utama).count, waiting(world.ppid_utama).oldest) == (1, rebuttal.made_at)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_wins():
    make_method_v1()
    world = make_world()
    rebuttal, errors, done = world.object(), [], []
    start = threading.Barrier(2)

    def work(actor, accepted):
        try:
            start.wait()
            decide(rebuttal, actor, accepted)
            done.append(accepted)
        except RebuttalError as error:
            errors.append(str(error))
        finally:
            connection.close()

    threads = [
        threading.Thread(target=work, args=[world.ppid_utama, True]),
        threading.Thread(target=work, args=[make_superuser(), False]),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert (len(done), errors) == (1, ["Sanggahan ini sudah diputuskan."])
    expected = "accepted" if done[0] else "rejected"
    assert Rebuttal.objects.get().outcome == expected
    assert rebuttal.items.get().publication.state == expected


@pytest.mark.django_db(transaction=True)
def test_of_two_who_object_at_once_one_wins():
    make_method_v1()
    world = make_world()
    errors, start = [], threading.Barrier(2)

    def work(actor):
        try:
            start.wait()
            world.object(actor=actor)
        except RebuttalError as error:
            errors.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[actor]) for actor in (world.operator, world.pelaksana)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert errors == ["Sanggahan unit Anda untuk bulan ini masih menunggu putusan."]
    assert (Rebuttal.objects.count(), Publication.objects.filter(state="pending").count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_who_finalises_waits_for_an_objection_that_is_being_written_and_then_sees_it():
    """Also where nobody asked the services: the triggers meet at the ranking's row."""
    make_method_v1()
    world = make_world()
    refused = []

    def finalise():
        try:
            make_final(JANUARY)
        except IntegrityError as error:
            refused.append(str(error))
        finally:
            connection.close()

    thread = threading.Thread(target=finalise)
    with transaction.atomic():
        Rebuttal.objects.create(ranking=world.ranking, unit=world.unit, reason="Keliru", made_by=world.operator)
        thread.start()
        thread.join(timeout=1)
        assert thread.is_alive()
    thread.join(timeout=30)
    assert "masih mempunyai sanggahan yang belum diputuskan" in refused[0]
    assert Ranking.objects.get().status == "draft"
