"""Plain functions that make rows, with fixed dates."""

from datetime import date, datetime
from decimal import Decimal
from importlib import import_module
from itertools import count

from django.apps import apps
from django.utils import timezone

from cilegon_kip.common.jakarta import JAKARTA
from correspondence.services import issue_letter
from opd.models import Category, Channel, Unit, User
from publications.documents.media import Checked
from publications.documents.services import store_version
from publications.models import Activity, ConsequenceTest, Document, DocumentFile, Publication
from rankings.models import Entry, Method, Proposal, Ranking, RewardRule

_numbers = count(1)
NOON = datetime(2023, 1, 10, 12, 0, tzinfo=JAKARTA)


def make_unit(slug: str = "", category: str = Category.OPD, **fields) -> Unit:
    slug = slug or f"unit-{next(_numbers)}"
    if category == Category.KELURAHAN and "parent" not in fields:
        fields["parent"] = Unit.objects.filter(category=Category.KECAMATAN).first() or make_unit(
            category=Category.KECAMATAN
        )
    fields = {"name": slug.replace("-", " ").title(), "short_name": slug, **fields}
    return Unit.objects.create(slug=slug, category=category, **fields)


def make_channel(unit: Unit, kind: str = "instagram", **fields) -> Channel:
    key = fields.pop("key", f"{unit.slug}-{next(_numbers)}")
    fields = {
        "url": f"https://{kind}.contoh.invalid/{key}",
        "handle": key,
        "status": Channel.Status.VERIFIED,
        "verified_at": NOON,
        **fields,
    }
    return Channel.objects.create(unit=unit, kind=kind, key=key, **fields)


def make_activity(unit: Unit, published_at: datetime | None = NOON, **fields) -> Activity:
    fields = {
        "title": f"Kegiatan {next(_numbers)}",
        "status": Activity.Status.PUBLISHED if published_at else Activity.Status.DRAFT,
        "published_at": published_at,
        **fields,
    }
    return Activity.objects.create(unit=unit, **fields)


def make_publication(
    activity: Activity, published_at: datetime = NOON, kind: str = "instagram", **fields
) -> Publication:
    """An accepted posting of the activity."""
    key = fields.pop("permalink_key", f"https://{kind}.contoh.invalid/p/{next(_numbers)}")
    fields = {
        "permalink": key if key.startswith("http") else "",
        "title": activity.title,
        "origin": "portal" if kind == "portal" else "harvest",
        "date_basis": "server" if kind == "portal" else "offset",
        "state": Publication.State.ACCEPTED,
        "is_sample": activity.is_sample,
        "first_seen_at": published_at,
        **fields,
    }
    return Publication.objects.create(
        unit=activity.unit, activity=activity, kind=kind, permalink_key=key, published_at=published_at, **fields
    )


def make_document(unit: Unit, published_at: datetime | None = NOON, **fields) -> Document:
    """An entry of the DIP that is whole, also where it is exempt (with its consequence test) or immediate."""
    test = fields.pop("test", {})
    number = next(_numbers)
    fields = {
        "title": f"Dokumen {number}",
        "info_class": "on_demand",
        "year": 2023,
        "producer": "Sekretariat",
        "made_on": date(2023, 1, 9),
        "made_at_place": "Cilegon",
        "retention": "5 tahun",
        **fields,
    }
    kind = fields["info_class"]
    if kind == "exempt":
        fields = {"legal_basis": "a", "exempt_until": date(2028, 1, 10), **fields}
    else:
        fields = {"summary": f"Ringkasan {number}", **fields}
    if kind == "immediate":
        fields = {"active_from": date(2023, 1, 10), "active_until": date(2023, 1, 12), **fields}
    if kind == "periodic":
        fields = {"renewal_months": 6, **fields}
    status = fields.pop("status", "published" if published_at else "draft")
    ended = {"withdrawn_at": NOON, "withdrawn_reason": "Keliru"} if status == "withdrawn" else {}
    renewed_on = fields.pop("renewed_on", published_at and published_at.date() if "renewal_months" in fields else None)
    document = Document.objects.create(unit=unit, **fields)
    if kind == "exempt":
        words = {"explanation": "Isi", "if_opened": "Akibat", "if_closed": "Manfaat", "decided_by": "PPID Utama"}
        approval = {"written_by": _writer("penulis-uji"), "approved_by": _writer("penyetuju-uji"), "approved_at": NOON}
        ConsequenceTest.objects.create(
            document=document, **{**words, "decided_on": date(2023, 1, 5), **approval, **test}
        )
    if status != "draft":
        published = {"status": "published", "published_at": published_at, "renewed_on": renewed_on}
        Document.objects.filter(pk=document.pk).update(**published)
        if ended:
            Document.objects.filter(pk=document.pk).update(status="withdrawn", **ended)
        document.refresh_from_db()
    return document


def _writer(username: str) -> User:
    return User.objects.get_or_create(username=username)[0]


def make_document_file(document: Document, content: bytes = b"nama,nilai\nA,1\n", kind: str = "csv") -> DocumentFile:
    """The next version of a document that may have one (open, or made exempt afterwards)."""
    return store_version(document, Checked(kind, content), uploaded_by=None)


def make_counted(unit: Unit, day: date, hour: int = 12, kind: str = "instagram", **activity_fields) -> Activity:
    """An activity with one accepted posting on that day in Jakarta."""
    moment = datetime(day.year, day.month, day.day, hour, tzinfo=JAKARTA)
    activity = make_activity(unit, moment, **activity_fields)
    make_publication(activity, moment, kind)
    return activity


def make_method_v1() -> Method:
    """The method of the data migration, for tests that empty the tables (`transaction=True`, live servers)."""
    defaults = {"effective_from": date(2000, 1, 1), "activated_at": NOON}
    return Method.objects.get_or_create(version=1, defaults=defaults)[0]


def make_method(version: int = 2, effective_from: date = date(2023, 2, 1), activated: bool = True, **fields) -> Method:
    """A later version, as version 1 unless told otherwise."""
    moment = NOON if activated else None
    fields = {"note": "Uji", "activated_at": moment, **fields}
    return Method.objects.create(version=version, effective_from=effective_from, **fields)


def now() -> datetime:
    return timezone.now()


def make_ranking(month: date = date(2023, 1, 1), **fields) -> Ranking:
    fields = {
        "method": Method.objects.get(version=1),
        "status": Ranking.Status.DRAFT,
        "working_days": 21,
        "days_off": {"2023-01-23": "Cuti Bersama Tahun Baru Imlek"},
        "computed_at": NOON,
        **fields,
    }
    if fields["status"] == Ranking.Status.FINAL:
        fields.setdefault("finalised_at", NOON)
    before = fields.get("revision", 1) - 1
    if before:
        old = Ranking.objects.filter(month=month, revision=before).first() or make_ranking(month, revision=before)
        fields = {"supersedes": old, "revision_reason": "Satu publikasi keliru dihitung", **fields}
    return Ranking.objects.create(month=month, **fields)


def make_final(month: date = date(2023, 1, 1), **fields) -> None:
    """Let the month's newest ranking be final, without asking for the objection window."""
    newest = Ranking.objects.filter(month=month).order_by("revision").last()
    Ranking.objects.filter(pk=newest.pk).update(status=Ranking.Status.FINAL, finalised_at=NOON, **fields)


def make_entry(ranking: Ranking, unit: Unit, rank: int | None = 1, **fields) -> Entry:
    """A ranked entry, or a silent one (`rank=None`), with figures of its own unless given."""
    figures = {"score": Decimal("0"), "volume": 0, "consistency": 0, "reach": 0, "completeness": 0}
    counts = {"activities": int(rank is not None), "max_activities": 1, "active_days": 0, "points": [0, 0, 0, 0]}
    state = Entry.State.SILENT if rank is None else Entry.State.RANKED
    fields = {"category": unit.category, "state": state, **figures, **counts, **fields}
    return Entry.objects.create(ranking=ranking, unit=unit, rank=rank, **fields)


def make_letter_kinds() -> None:
    """The kinds of the data migration, for tests that empty the tables (`transaction=True`, live servers)."""
    import_module("correspondence.migrations.0002_kinds_of_the_ranking").add(apps, None)
    import_module("requests_info.migrations.0003_kinds_of_letters").add(apps, None)
    import_module("requests_info.migrations.0007_kind_of_objection_letter").add(apps, None)


def make_reward_rules() -> None:
    """As `make_letter_kinds`, and the default rules of rewards and warnings."""
    import_module("rankings.migrations.0010_default_reward_rules").add(apps, None)


def make_reward(unit: Unit, ranking: Ranking, actor: User, slug: str = "piagam", **fields) -> Proposal:
    """An issued letter of the register, without the service: its ranking need not be final."""
    rule = RewardRule.objects.select_related("letter_kind").get(slug=slug)
    place = {"units": 3, "rank": 1, "score": "87.4500", "activities": 9, "active_days": 8}
    facts = {"category": unit.category, **(place if rule.is_reward else {"months": [ranking.month_text]})}
    letter = issue_letter(
        kind=rule.letter_kind.slug,
        unit=unit,
        subject=rule.name,
        template="letters/plain.typ",
        data={"paragraphs": ["Isi."]},
        actor=actor,
        on=date(2023, 2, 15),
    )
    fields = {"status": "issued", "decided_by": actor, "decided_at": NOON, "letter": letter, "facts": facts, **fields}
    return Proposal.objects.create(
        unit=unit, month=ranking.month, ranking=ranking, rule=rule, proposed_at=NOON, **fields
    )
