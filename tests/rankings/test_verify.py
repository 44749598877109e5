"""The proof: the stored file gives the stored month, and any change of either is found and named."""

import gzip
import hashlib
import io
import json
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cilegon_kip.common.jakarta import JAKARTA
from opd.models import User
from publications.models import CoverageGap, Photo
from rankings.finalising import revise_ranking
from rankings.models import Entry, Evidence, InputFile, Method, Ranking
from rankings.services import compute_month
from tests.builders import make_activity, make_channel, make_counted, make_final, make_publication, make_unit
from tests.people import make_operator

JANUARY = date(2023, 1, 1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def month() -> Ranking:
    """Two categories; limits, a second channel, a link that waits, a gap, an old activity, a photo with alt text."""
    first, second, other = make_unit("dinas-a"), make_unit("dinas-b"), make_unit("air-minum", "bumd")
    for hour in (7, 8, 9, 10):
        make_counted(first, date(2023, 1, 10), hour)
    told = make_counted(second, date(2023, 1, 12), text="Uraian. " * 40, happened_on=date(2023, 1, 11))
    make_publication(told, datetime(2023, 1, 13, tzinfo=JAKARTA), "youtube")
    Photo.objects.create(activity=told, alt="Petugas memeriksa pompa")
    old = make_counted(second, date(2022, 12, 30))
    make_publication(old, datetime(2023, 1, 2, tzinfo=JAKARTA), "website")
    waiting = make_activity(second, datetime(2023, 1, 20, tzinfo=JAKARTA), title="RAHASIA judul")
    person = make_operator(second)
    make_publication(waiting, waiting.published_at, state="pending", submitted_by=person, excerpt="RAHASIA cuplikan")
    CoverageGap.objects.create(channel=make_channel(other), started_on=date(2023, 1, 5), reason="RAHASIA sebab")
    return compute_month(JANUARY, datetime(2023, 2, 1, tzinfo=JAKARTA))


def lines_of(ranking: Ranking) -> list[dict]:
    content = gzip.decompress(bytes(InputFile.objects.get(ranking=ranking).content))
    return [json.loads(line) for line in content.splitlines()]


def verify(*args, **options) -> str:
    out = io.StringIO()
    call_command("verify_ranking", *args, stdout=out, **options)
    return out.getvalue()


def refusal(*args, **options) -> str:
    with pytest.raises(CommandError) as error:
        verify(*args, **options)
    assert error.value.returncode == 1
    return str(error.value)


def test_stored_month_is_computed_again_and_the_same(month):
    printed = verify("2023-01")
    assert "2023-01: 3 entri dan 8 publikasi dihitung ulang, semua sama." in printed
    assert month.input_sha256 in printed
    assert month.input_sha256 == hashlib.sha256(gzip.decompress(bytes(month.input_file.content))).hexdigest()


def test_file_holds_every_publication_with_its_rule_and_no_person(month):
    lines = lines_of(month)
    assert [line["line"] for line in lines] == sorted(
        [line["line"] for line in lines], key=["month", "unit", "channel", "gap", "publication"].index
    )
    rules = [line["rule"] for line in lines if line["line"] == "publication"]
    assert sorted(rules) == sorted(["counted"] * 4 + ["daily_limit", "same_activity", "earlier_month", "pending"])
    text = gzip.decompress(bytes(month.input_file.content)).decode()
    for word in ("RAHASIA", *User.objects.values_list("username", flat=True)):
        assert word not in text
    head = lines[0]
    assert head["method"]["weights"] == {
        "volume": "0.4000", "consistency": "0.3000", "reach": "0.2000", "completeness": "0.1000"
    }  # fmt: skip
    assert head["working_days"] == 21


def test_same_input_gives_the_same_bytes_and_another_fact_another_file(month):
    content = bytes(month.input_file.content)
    again = compute_month(JANUARY, datetime(2023, 2, 3, tzinfo=JAKARTA))
    assert (again.computed_at, bytes(InputFile.objects.get().content)) == (month.computed_at, content)
    assert content[4:8] == b"\0\0\0\0"  # no time in the gzip head
    # A fact that changes no entry and no evidence is still part of the proof.
    make_channel(make_unit("dinas-c"), "website")
    InputFile.objects.get()
    changed = compute_month(JANUARY, datetime(2023, 2, 4, tzinfo=JAKARTA))
    assert changed.input_sha256 != month.input_sha256
    assert changed.computed_at == datetime(2023, 2, 4, tzinfo=JAKARTA)
    assert "semua sama" in verify("2023-01")


def test_running_month_has_no_file(client):
    make_counted(make_unit(), date(2023, 1, 10))
    ranking = compute_month(JANUARY, datetime(2023, 1, 20, tzinfo=JAKARTA))
    assert (ranking.input_sha256, InputFile.objects.count()) == ("", 0)
    assert client.get("/peringkat/2023-01/masukan.jsonl.gz").status_code == 404
    assert "Belum ada rancangan" in refusal("2023-01")


def test_every_single_byte_counts(month):
    """One letter of each line changed, in the stored file, gzipped again properly."""
    packed = InputFile.objects.get()
    content = gzip.decompress(bytes(packed.content))
    places = [content.index(b"\n", start) - 3 for start in range(0, len(content) - 400, 400)]
    assert len(places) > 5
    for place in places:
        changed = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        InputFile.objects.update(content=gzip.compress(changed))
        assert refusal("2023-01").startswith("Tidak sama:\n2023-01: ")


def test_damaged_gzip_is_named(month):
    content = bytes(InputFile.objects.get().content)
    for changed in (content[:-9], content[:200] + bytes([content[200] ^ 255]) + content[201:], b"bukan gzip"):
        InputFile.objects.update(content=changed)
        assert "2023-01: " in refusal("2023-01")


@pytest.mark.parametrize("place", [3, 4, 8, 9])
def test_a_changed_byte_that_gzip_passes_over_is_named(month, place):
    content = bytes(InputFile.objects.get().content)
    InputFile.objects.update(content=content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    assert "kemasan gzip" in refusal("2023-01")


@pytest.mark.parametrize("more", [b"\0", b"\0" * 8, gzip.compress(b"", mtime=0)])
def test_what_is_put_behind_the_packed_file_is_named(month, more):
    InputFile.objects.update(content=bytes(InputFile.objects.get().content) + more)
    assert "kemasan gzip" in refusal("2023-01")


def test_evidence_moved_to_another_unit_day_or_activity_is_named(month):
    row = Evidence.objects.filter(rule="counted").order_by("pk").first()
    other = Evidence.objects.exclude(unit=row.unit).exclude(activity=None).first()
    changes = {"unit_id": other.unit_id, "counted_on": date(2023, 1, 31), "activity_id": other.activity_id}
    for name, value in changes.items():
        Evidence.objects.filter(pk=row.pk).update(**{name: value})
        assert f"publikasi {row.publication_id}: unit, tanggal" in refusal("2023-01")
        Evidence.objects.filter(pk=row.pk).update(**{name: getattr(row, name)})
    assert "semua sama" in verify("2023-01")


def test_changed_rule_in_the_file_is_named_with_the_publication(month):
    content = gzip.decompress(bytes(InputFile.objects.get().content))
    changed = content.replace(b'"rule":"daily_limit"', b'"rule":"counted"').replace(
        b'"state":"pending"', b'"state":"rejected"'
    )
    InputFile.objects.update(content=gzip.compress(changed))
    said = refusal("2023-01")
    assert "SHA-256 berkas" in said
    assert "(dinas-a): dalam berkas counted, menurut aturan daily_limit" in said
    assert "(dinas-b): dalam berkas pending, menurut aturan rejected" in said


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"score": Decimal("50.0001")}, "dinas-b: score tersimpan 50.0001, hasil hitung"),
        ({"rank": 7}, "dinas-b: rank tersimpan 7, hasil hitung"),
        ({"volume": Decimal("0.000001")}, "dinas-b: volume tersimpan 0.000001"),
        ({"points": [9, 0, 0, 0]}, "dinas-b: points tersimpan [9, 0, 0, 0], hasil hitung [0, 0, 0, 1]"),
        ({"has_social_media": True}, "dinas-b: has_social_media tersimpan True, hasil hitung False"),
        ({"left_out": 9}, "dinas-b: left_out tersimpan 9, hasil hitung 2"),
    ],
)
def test_one_changed_entry_is_named(month, changes, named):
    Entry.objects.filter(unit__slug="dinas-b").update(**changes)
    assert named in refusal("2023-01")


def test_missing_entry_and_changed_evidence_are_named(month):
    Entry.objects.filter(unit__slug="air-minum").delete()
    row = Evidence.objects.get(rule="daily_limit")
    Evidence.objects.filter(pk=row.pk).update(rule="rejected")
    said = refusal("2023-01")
    assert "air-minum: ada dalam berkas masukan, entri tersimpan tidak ada" in said
    assert f"publikasi {row.publication_id}: tersimpan rejected, hasil hitung daily_limit" in said


def test_changed_weight_of_the_stored_method_is_named(month):
    with connection.cursor() as cursor:  # as somebody would who owns the tables
        cursor.execute("ALTER TABLE rankings_method DISABLE TRIGGER USER")
        cursor.execute("UPDATE rankings_method SET volume_weight = 0.5, consistency_weight = 0.2")
        cursor.execute("ALTER TABLE rankings_method ENABLE TRIGGER USER")
    assert "method dalam berkas" in refusal("2023-01")
    assert Method.objects.get().volume_weight == Decimal("0.5")


def test_changed_weight_in_the_file_is_named(month):
    content = gzip.decompress(bytes(InputFile.objects.get().content))
    InputFile.objects.update(content=gzip.compress(content.replace(b'"volume":"0.4000"', b'"volume":"0.4001"')))
    said = refusal("2023-01")
    assert "jumlah bobot dalam berkas 1.0001" in said
    assert "dinas-a: score tersimpan" in said


# --- what is downloaded ------------------------------------------------------------------------------------


@pytest.fixture
def files(month, client, tmp_path):
    (tmp_path / "m.jsonl.gz").write_bytes(client.get("/peringkat/2023-01/masukan.jsonl.gz").content)
    (tmp_path / "m.json").write_bytes(client.get("/peringkat/2023-01.json").content)
    return tmp_path


def test_downloaded_file_gives_the_places_without_a_query(files):
    (files / "m.jsonl").write_bytes(gzip.decompress((files / "m.jsonl.gz").read_bytes()))
    for name in ("m.jsonl.gz", "m.jsonl"):
        with CaptureQueriesContext(connection) as queries:
            printed = verify(file=files / name, month_json=files / "m.json")
        assert len(queries) == 0
        assert "3 entri dan 8 publikasi dihitung ulang, semua sama" in printed
        for entry in Entry.objects.filter(rank__isnull=False):
            assert f"{entry.rank:>3}  {entry.score:>8}  {entry.unit.slug}" in printed


def test_downloaded_file_that_was_changed_is_refused(files):
    content = gzip.decompress((files / "m.jsonl.gz").read_bytes())
    (files / "changed.jsonl").write_bytes(content.replace(b'"volume":"0.4000"', b'"volume":"0.4100"'))
    assert "jumlah bobot" in refusal(file=files / "changed.jsonl")
    data = json.loads((files / "m.json").read_text())
    data["categories"][0]["entries"][0]["score"] += 0.0001
    (files / "m2.json").write_text(json.dumps(data))
    assert "score tersimpan" in refusal(file=files / "m.jsonl.gz", month_json=files / "m2.json")
    data["input_sha256"] = "0" * 64
    (files / "m2.json").write_text(json.dumps(data))
    assert "SHA-256 berkas" in refusal(file=files / "m.jsonl.gz", month_json=files / "m2.json")


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{}\n", b"\x1f\x8b kurang", b"\xff\xfe", b"[1]\n", b'{"line":"month"}\n', b'{"line":"lain"}\n',
        b'{"line":"month","format":"kip-peringkat-masukan/1"}\n', b'{"line":"month","format":null}\n\n',
        b'{"line":"month","format":"kip-peringkat-masukan/1","month":"2023-01","is_sample":false,"working_days":1e999}',
    ],
)  # fmt: skip
def test_what_is_not_an_input_file_is_refused_in_words(tmp_path, content):
    (tmp_path / "f").write_bytes(content)
    assert refusal(file=tmp_path / "f")


@pytest.mark.parametrize(
    "options",
    [{}, {"all": True, "months": ["2023-01"]}, {"month_json": "x", "all": True}, {"months": ["2023-13"]}],
)
def test_command_refuses_contradictions(options):
    assert refusal(*options.pop("months", []), **options)


def test_download_may_be_kept_and_names_its_month(client, month):
    answer = client.get("/peringkat/2023-01/masukan.jsonl.gz")
    assert answer["Content-Type"] == "application/gzip"
    assert "masukan-2023-01-revisi-1.jsonl.gz" in answer["Content-Disposition"]
    assert answer["Cache-Control"].startswith("public")
    assert answer["Access-Control-Allow-Origin"] == "*"
    again = client.get("/peringkat/2023-01/masukan.jsonl.gz", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    assert hashlib.sha256(gzip.decompress(answer.content)).hexdigest() == month.input_sha256
    page = client.get("/peringkat/2023-01/").content.decode()
    assert month.input_sha256 in page
    assert 'href="/peringkat/2023-01/masukan.jsonl.gz"' in page
    for revision in ("2", "0", "x", "9" * 30, "%00", "-1", ""):
        assert client.get(f"/peringkat/2023-01/masukan.jsonl.gz?revisi={revision}").status_code == 404


def test_page_and_json_say_since_when_the_month_is_final(client, month):
    assert "Final sejak" not in client.get("/peringkat/2023-01/").content.decode()
    make_final(JANUARY)
    assert "Final sejak 10 Januari 2023" in client.get("/peringkat/2023-01/").content.decode()
    data = client.get("/peringkat/2023-01.json").json()
    assert (data["status"], data["finalised_at"][:10], data["revision_reason"]) == ("final", "2023-01-10", "")


def test_both_revisions_keep_their_file(client, month):
    make_final(JANUARY)
    make_counted(make_unit("dinas-baru"), date(2023, 1, 9))
    revision = revise_ranking(month=JANUARY, reason="Satu unit terlewat")
    assert "semua sama" in verify(all=True)
    assert "3 entri" in verify("2023-01", revision=1)
    assert "4 entri" in verify("2023-01")
    for number, sha256 in ((1, month.input_sha256), (2, revision.input_sha256)):
        answer = client.get(f"/peringkat/2023-01/masukan.jsonl.gz?revisi={number}")
        assert hashlib.sha256(gzip.decompress(answer.content)).hexdigest() == sha256
    page = client.get("/peringkat/2023-01/").content.decode()
    assert "Satu unit terlewat" in page
    assert "masukan.jsonl.gz?revisi=1" in page
