import csv

import pytest
from django.core.management import CommandError, call_command

from publications.models import Publication
from tests.builders import make_unit
from tests.people import make_operator, make_ppid_utama

pytestmark = pytest.mark.django_db
HEADER = "unit_slug,channel_kind,permalink,published_at,title"
ROW = "dinkes,news,https://k.id/{},2023-01-10,Judul {}"


@pytest.fixture
def unit():
    return make_unit("dinkes", name="Dinas Kesehatan", short_name="Dinkes")


def write(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding) if isinstance(text, str) else text)
    return path


def run(capsys, path, *options):
    call_command("import_publications", path, *options)
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "kosong"),
        ("\n\n", "kosong"),
        (HEADER + "\n", "tidak berisi satu baris data pun"),
        (HEADER + "\n,,,,\n", "tidak berisi satu baris data pun"),
        (HEADER.replace(",title", "") + "\na,b,c,d\n", "tidak mempunyai kolom: title"),
        (HEADER + ",title\n", "dua kali: title"),
        (HEADER.replace(",", ";") + "\n", "titik koma"),
        ((HEADER + "\n" + ROW).encode("utf-16"), "bukan UTF-8"),
        ((HEADER + "\ndinkes,news,https://k.id/1,,Rapat caf").encode() + b"\xe9\n", "bukan UTF-8"),
        (HEADER + "\n" + ROW.format(1, 1) + "\x00\n", "NUL pada baris 2"),
        (HEADER + "\n" + ROW.format(1, 1) + '\n"dinkes,news', "rusak sebagai CSV"),
    ],
)
def test_unusable_file_is_refused_with_a_sentence(unit, tmp_path, content, sentence):
    with pytest.raises(CommandError) as error:
        call_command("import_publications", write(tmp_path / "a.csv", content))
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)
    assert error.value.returncode == 1
    assert Publication.objects.count() == 0


def test_bad_byte_after_many_good_rows_changes_nothing(unit, tmp_path):
    good = "\n".join(ROW.format(n, n) for n in range(1500))
    path = write(tmp_path / "a.csv", f"{HEADER}\n{good}\n".encode() + b"\xff\n")
    report = tmp_path / "report.csv"
    with pytest.raises(CommandError, match="bukan UTF-8"):
        call_command("import_publications", path, "--report", report)
    assert Publication.objects.count() == 0
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.csv"]


def test_missing_file_and_folder_are_refused(tmp_path):
    for path, sentence in [(tmp_path / "tidak-ada.csv", "tidak ada"), (tmp_path, "adalah folder")]:
        with pytest.raises(CommandError, match=sentence):
            call_command("import_publications", path)


@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_mark_line_ends_and_quoted_line_breaks_are_read(unit, tmp_path, capsys, start, end):
    text = end.join(
        [HEADER, f'dinkes,news,https://k.id/1,2023-01-10,"Judul, {end}dua ""baris"""', ROW.format(2, 2), ""]
    )
    assert "2 baris: 2 disimpan" in run(capsys, write(tmp_path / "a.csv", start + text))
    assert Publication.objects.filter(title='Judul, dua "baris"').exists()


def test_columns_in_any_order_and_unknown_ones_are_named(unit, tmp_path, capsys):
    text = "title,warna,note,published_at,permalink,channel_kind,unit_slug\nA,biru,,2023-01-10,https://k.id/1,news,dinkes\n"
    output = run(capsys, write(tmp_path / "a.csv", text))
    assert "Kolom yang tidak dipakai: warna." in output
    assert Publication.objects.get().title == "A"


def test_refused_lines_are_told_and_do_not_stop_the_others(unit, tmp_path, capsys):
    rows = ["=1+1,news,https://k.id/1,2023-01-10,A", "dinkes,news,https://k.id/2,2023-01-10,", ROW.format(3, 3)]
    path, report = write(tmp_path / "a.csv", "\n".join([HEADER, *rows])), tmp_path / "laporan.csv"
    output = run(capsys, path, "--report", str(report))
    assert "Baris 2 ditolak (unit_unknown): Unit" in output
    assert "3 baris: 1 disimpan, 1 ditahan, 1 ditolak, 0 sudah ada." in output
    with report.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [(line["line"], line["state"], line["code"]) for line in lines] == [
        ("2", "refused", "unit_unknown"),
        ("3", "held", "no_title"),
    ]
    assert lines[0]["unit_slug"] == "'=1+1"
    assert "1 sudah ada" not in output
    assert "0 disimpan, 0 ditahan, 1 ditolak, 2 sudah ada" in run(capsys, path)


def test_dry_run_says_so(unit, tmp_path, capsys):
    path = write(tmp_path / "a.csv", f"{HEADER}\n{ROW.format(1, 1)}\n")
    assert "tidak ada yang disimpan" in run(capsys, path, "--dry-run")
    assert Publication.objects.count() == 0


def test_report_that_cannot_be_written_stops_before_anything(unit, tmp_path):
    path = write(tmp_path / "a.csv", f"{HEADER}\n{ROW.format(1, 1)}\n")
    with pytest.raises(CommandError, match="tidak dapat ditulis"):
        call_command("import_publications", path, "--report", tmp_path / "tidak-ada" / "x.csv")
    assert Publication.objects.count() == 0


def test_vouching_needs_a_reviewer(unit, tmp_path, capsys):
    make_operator(unit)
    make_ppid_utama(make_unit())
    path = write(tmp_path / "a.csv", f"{HEADER}\ndinkes,website,https://a.id/1,2023-01-10,Judul\n")
    for options, sentence in [
        (["--accept"], "--by"),
        (["--accept", "--by", "siapa"], "tidak ada"),
        (["--accept", "--by", "operator-dinkes"], "tidak berhak"),
    ]:
        with pytest.raises(CommandError, match=sentence):
            call_command("import_publications", path, *options)
    assert "1 disimpan" in run(capsys, path, "--accept", "--by", "ppid-utama")
    assert Publication.objects.accepted().get().reviewed_by.username == "ppid-utama"
