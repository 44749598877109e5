"""The register from CSV: row by row, in one piece, any number of times."""

import csv
import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from opd.models import Boundary, Channel, Unit
from opd.register import load_units
from opd.register_rows import COLUMNS
from tests.builders import make_unit

DATA = Path(__file__).resolve().parents[2] / "opd" / "data"
pytestmark = pytest.mark.django_db

KECAMATAN = {"slug": "kecamatan-a", "name": "Kecamatan A", "short_name": "A", "category": "kecamatan"}
KELURAHAN = {
    "slug": "kelurahan-b",
    "name": "Kelurahan B",
    "short_name": "B",
    "category": "kelurahan",
    "parent_slug": "kecamatan-a",
}
DINAS = {"slug": "dinas-c", "name": "Dinas C", "short_name": "C", "category": "opd"}


def write(path, *rows, columns=COLUMNS, encoding="utf-8", separator=","):
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, delimiter=separator, restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def run(*args, **options):
    out = io.StringIO()
    call_command("load_register", *map(str, args), stdout=out, **options)
    return out.getvalue()


def snapshot():
    return (
        list(Unit.objects.order_by("pk").values()),
        list(Channel.objects.order_by("pk").values()),
        list(Boundary.objects.order_by("pk").values()),
    )


def shipped(tmp_path, change):
    """The shipped register with its rows changed, as a new file."""
    with (DATA / "units.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return write(tmp_path / "units.csv", *change(rows))


def test_shipped_register_has_28_3_8_43_units_in_their_places():
    run()
    counts = {name: Unit.objects.filter(category=name).count() for name in ("opd", "bumd", "kecamatan", "kelurahan")}
    assert counts == {"opd": 28, "bumd": 3, "kecamatan": 8, "kelurahan": 43}
    parents = dict(Unit.objects.filter(category="kelurahan").values_list("kemendagri_code", "parent__kemendagri_code"))
    assert all(code.startswith(f"{parent}.") for code, parent in parents.items())
    assert Unit.objects.get(slug="kelurahan-pabean").parent.slug == "kecamatan-purwakarta"
    assert Unit.objects.get(slug="kelurahan-gerem").aliases == ["Kel. Gerem", "Grem"]
    assert Boundary.objects.count() == 51


def test_second_load_changes_nothing():
    run()
    before = snapshot()
    text = run()
    assert snapshot() == before
    assert "Unit: 0 dibuat, 0 diubah, 82 tetap, 0 ditolak." in text
    assert "Batas wilayah: 0 dibuat, 0 diubah, 51 tetap." in text


def test_load_verifies_no_channel():
    run()
    assert not Channel.objects.filter(status="verified").exists()
    assert not Channel.objects.exclude(verified_at=None).exists()


def test_changed_row_is_told_with_old_and_new_value(tmp_path):
    write(tmp_path / "a.csv", KECAMATAN, KELURAHAN, DINAS)
    run(tmp_path / "a.csv")
    write(tmp_path / "a.csv", KECAMATAN, KELURAHAN, {**DINAS, "name": "Dinas Baru", "aliases": "DC|D.C."})
    text = run(tmp_path / "a.csv")
    assert "0 dibuat, 1 diubah, 2 tetap, 0 ditolak" in text
    assert "baris 4, dinas-c: diubah – nama: “Dinas C” menjadi “Dinas Baru”" in text
    assert "nama lain: “(kosong)” menjadi “DC | D.C.”" in text
    assert Unit.objects.get(slug="dinas-c").name == "Dinas Baru"


def test_unit_missing_from_the_file_stays_and_is_told(tmp_path):
    make_unit("dinas-lama")
    text = run(write(tmp_path / "a.csv", DINAS))
    assert "Tidak ada di berkas, dibiarkan apa adanya: dinas-lama" in text
    assert Unit.objects.filter(slug="dinas-lama").exists()


def test_dry_run_reports_and_stores_nothing():
    text = run("--dry-run")
    assert "Unit: 82 dibuat" in text
    assert "tidak ada yang disimpan" in text
    assert snapshot() == ([], [], [])


BAD_ROWS = [
    ({"slug": ""}, "kolom slug kosong"),
    ({"slug": "Dinas C"}, "slug hanya boleh huruf kecil"),
    ({"slug": "kecamatan-a"}, "slug sudah dipakai di baris 2"),
    ({"slug": "d" * 81}, "kolom slug lebih panjang dari 80"),
    ({"name": ""}, "kolom name kosong"),
    ({"name": "x" * 201}, "kolom name lebih panjang dari 200"),
    ({"name": "Dinas\x00C"}, "karakter NUL pada kolom name"),
    ({"short_name": " "}, "kolom short_name kosong"),
    ({"category": "desa"}, "kategori “desa” tidak dikenal"),
    ({"parent_slug": "kecamatan-a"}, "parent_slug hanya untuk kelurahan"),
    ({"kemendagri_code": "36.72.01"}, "kemendagri_code hanya untuk kecamatan dan kelurahan"),
    ({"category": "kecamatan", "kemendagri_code": "36.72.1"}, "kemendagri_code “36.72.1” salah bentuk"),
    ({"category": "kecamatan", "kemendagri_code": "36.72.0١"}, "salah bentuk"),
    ({"category": "kecamatan", "bps_code": "367201"}, "bps_code “367201” salah bentuk"),
    ({"latitude": "-6.01"}, "latitude dan longitude harus diisi keduanya"),
    ({"latitude": "106.04", "longitude": "-6.01"}, "latitude “106.04” bukan derajat"),
    ({"latitude": "-6,01", "longitude": "106,04"}, "latitude “-6,01” bukan derajat"),
    ({"latitude": "NaN", "longitude": "106"}, "latitude “NaN” bukan derajat"),
    ({"latitude": "1e999999", "longitude": "106"}, "latitude “1e999999” bukan derajat"),
    ({"aliases": "x" * 201}, "sebuah alias lebih panjang"),
    ({"website": "https://instagram.com/dinas"}, "website: Alamat ini alamat Instagram, bukan situs web"),
    ({"website": "javascript:alert(1)"}, "website: Alamat harus dimulai dengan http"),
]


@pytest.mark.parametrize(("change", "reason"), BAD_ROWS)
def test_bad_row_is_refused_with_its_line_and_the_others_are_stored(tmp_path, change, reason):
    path = write(tmp_path / "a.csv", KECAMATAN, KELURAHAN, {**DINAS, **change}, {**DINAS, "slug": "dinas-d"})
    report = load_units(path)
    assert [refusal.line for refusal in report.refused] == [4]
    assert reason in report.refused[0].reason
    assert report.created == ["kecamatan-a", "kelurahan-b", "dinas-d"]


def test_line_numbers_count_lines_inside_quotes(tmp_path):
    path = write(tmp_path / "a.csv", {**DINAS, "source": "satu\ndua\ntiga"}, {**DINAS, "slug": "x", "category": "?"})
    assert [refusal.line for refusal in load_units(path).refused] == [5]


def test_row_with_too_few_cells_is_refused(tmp_path):
    path = write(tmp_path / "a.csv", DINAS)
    path.write_text(path.read_text() + "dinas-x,Dinas X,X\n")
    report = load_units(path)
    assert (report.refused[0].line, report.created) == (3, ["dinas-c"])
    assert "berisi 3 kolom, seharusnya 13" in report.refused[0].reason


BAD_FILES = [
    ({"columns": COLUMNS[:-2]}, "kolom yang kurang: source, confidence"),
    ({"columns": (*COLUMNS, "warna")}, "kolom yang tidak dikenal: warna"),
    ({"encoding": "utf-16"}, "bukan UTF-8"),
    ({"encoding": "latin-1"}, r"bukan UTF-8 \(baris 2\)"),
]


@pytest.mark.parametrize(("how", "reason"), BAD_FILES)
def test_unreadable_file_is_refused_as_a_whole(tmp_path, how, reason):
    path = write(tmp_path / "a.csv", {**DINAS, "name": "Café"}, **how)
    with pytest.raises(CommandError, match=reason):
        run(path)
    assert not Unit.objects.exists()


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "kolom yang kurang"), (b"\x00\x01", "kolom yang kurang"), (b'slug,"name\nx,y', "rusak sebagai CSV")],
)
def test_file_that_is_no_csv_is_refused(tmp_path, content, reason):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=reason):
        run(path)


def test_missing_file_is_refused(tmp_path):
    with pytest.raises(CommandError, match="tidak dapat dibaca"):
        run(tmp_path / "tidak-ada.csv")


def test_byte_order_mark_and_semicolons_of_a_spreadsheet_are_fine(tmp_path):
    path = write(tmp_path / "a.csv", DINAS, encoding="utf-8-sig", separator=";")
    assert load_units(path).created == ["dinas-c"]


def without(slug):
    return lambda rows: [row for row in rows if row["slug"] != slug]


def with_cell(slug, **cells):
    return lambda rows: [{**row, **cells} if row["slug"] == slug else row for row in rows]


ORPHANS = [
    (without("kecamatan-purwakarta"), "kelurahan-pabean"),
    (with_cell("kecamatan-purwakarta", category="opd", kemendagri_code="", bps_code=""), "kelurahan-pabean"),
    (with_cell("kelurahan-pabean", parent_slug="kecamatan-tidak-ada"), "kelurahan-pabean"),
    (with_cell("kelurahan-pabean", parent_slug="dinkes"), "kelurahan-pabean"),
    (with_cell("kelurahan-pabean", parent_slug=""), "kelurahan-pabean"),
]


@pytest.mark.parametrize(("change", "orphan"), ORPHANS)
@pytest.mark.parametrize("loaded", [False, True])
def test_file_that_would_orphan_kelurahan_changes_nothing(tmp_path, change, orphan, loaded):
    if loaded:
        run()
    before = snapshot()
    path = shipped(tmp_path, change)
    with pytest.raises(CommandError, match=orphan):
        run(path)
    assert snapshot() == before


def test_kelurahan_of_the_database_are_not_orphaned_either(tmp_path):
    write(tmp_path / "a.csv", KECAMATAN, KELURAHAN)
    run(tmp_path / "a.csv")
    before = snapshot()
    with pytest.raises(CommandError, match="kelurahan-b, sudah tercatat, kehilangan kecamatan kecamatan-a"):
        run(write(tmp_path / "b.csv", DINAS))
    assert snapshot() == before


def test_kecamatan_may_go_when_its_kelurahan_move(tmp_path):
    run(write(tmp_path / "a.csv", KECAMATAN, KELURAHAN))
    new = {**KECAMATAN, "slug": "kecamatan-z", "name": "Kecamatan Z"}
    text = run(write(tmp_path / "b.csv", new, {**KELURAHAN, "parent_slug": "kecamatan-z"}))
    assert "kecamatan induk: “kecamatan-a” menjadi “kecamatan-z”" in text
    assert Unit.objects.get(slug="kelurahan-b").parent.slug == "kecamatan-z"


def test_refused_kecamatan_that_is_new_takes_the_file_with_it(tmp_path):
    with pytest.raises(CommandError, match="latitude"):
        run(write(tmp_path / "a.csv", {**KECAMATAN, "latitude": "x"}, KELURAHAN))
    assert not Unit.objects.exists()


def test_refused_kecamatan_that_is_known_keeps_its_kelurahan(tmp_path):
    run(write(tmp_path / "a.csv", KECAMATAN, KELURAHAN))
    report = load_units(write(tmp_path / "b.csv", {**KECAMATAN, "name": ""}, {**KELURAHAN, "name": "Kelurahan Baru"}))
    assert len(report.refused) == len(report.changed) == 1
    assert Unit.objects.get(slug="kecamatan-a").name == "Kecamatan A"


def test_two_units_may_swap_their_codes(tmp_path):
    second = {**KECAMATAN, "slug": "kecamatan-b", "kemendagri_code": "36.72.02"}
    load_units(write(tmp_path / "a.csv", {**KECAMATAN, "kemendagri_code": "36.72.01"}, second))
    swapped = [{**KECAMATAN, "kemendagri_code": "36.72.02"}, {**second, "kemendagri_code": "36.72.01"}]
    assert len(load_units(write(tmp_path / "b.csv", *swapped)).changed) == 2
    assert Unit.objects.get(slug="kecamatan-b").kemendagri_code == "36.72.01"


def test_code_of_another_unit_is_refused(tmp_path):
    make_unit("kecamatan-lama", "kecamatan", kemendagri_code="36.72.01")
    twice = {**KECAMATAN, "slug": "kecamatan-b", "kemendagri_code": "36.72.02"}
    path = write(
        tmp_path / "a.csv", {**KECAMATAN, "kemendagri_code": "36.72.01"}, twice, {**twice, "slug": "kecamatan-c"}
    )
    report = load_units(path)
    assert {refusal.line: refusal.name for refusal in report.refused} == {2: "kecamatan-a", 4: "kecamatan-c"}
    assert report.created == ["kecamatan-b"]


def test_website_becomes_an_unverified_channel_once(tmp_path):
    path = write(tmp_path / "a.csv", {**DINAS, "website": "http://WWW.dinas.go.id/index.php"})
    run(path)
    run(path)
    channel = Channel.objects.get()
    assert (channel.unit.slug, channel.kind, channel.key, channel.status) == (
        "dinas-c",
        "website",
        "dinas.go.id",
        "unverified",
    )


def test_website_of_another_unit_is_refused_but_the_unit_stays(tmp_path):
    rows = [{**DINAS, "website": "dinas.go.id"}, {**DINAS, "slug": "dinas-d", "website": "https://dinas.go.id/"}]
    text = run(write(tmp_path / "a.csv", *rows))
    assert "baris 3, dinas-d https://dinas.go.id: ditolak – alamat ini sudah tercatat untuk dinas-c" in text
    assert Unit.objects.count() == 2
