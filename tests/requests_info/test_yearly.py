"""The yearly report: its figures are the sums of the register, on page, paper and in the workbook alike."""

import heapq
import io
import random
import re
import uuid
from collections import Counter
from datetime import date, timedelta
from statistics import median

import pypdf
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from cilegon_kip.common.jakarta import local_day
from requests_info import register_files, registers, services, statistics, yearly, yearly_files, yearly_tables
from requests_info.models import InformationRequest
from requests_info.registers import Period
from requests_info.services import ObjectionVerdict
from requests_info.services.deciding import Verdict
from tests.builders import make_document

from .worlds import GRANTED, client_of, letter_of, wib

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 30)
FIRST = wib(2024, 1, 2, 9)


class Years:
    """Requests as chance will have them, each step at its moment: letters of a series go by their dates."""

    def __init__(self, city, seed: int) -> None:
        self.city, self.chance, self.steps = city, random.Random(seed), []
        exempt = make_document(city.dinkes, info_class="exempt", legal_basis="h")
        self.verdicts = [
            GRANTED,
            Verdict("not_held", "Tidak ada."),
            Verdict("refused", "Ditolak.", exempt=exempt),
            Verdict("partial", "Sebagian.", exempt=exempt, redaction="Nama"),
            Verdict("partial", "Sebagian.", redaction="Nama"),
        ]

    def live(self, requests: int) -> None:
        for _each in range(requests):
            self.plan(FIRST + timedelta(days=self.chance.randint(0, 500)), self.ask)
        while self.steps:
            moment, _number, act, given = heapq.heappop(self.steps)
            act(moment, *given)

    def plan(self, moment, act, *given) -> None:
        heapq.heappush(self.steps, (moment, self.chance.random(), act, given))

    def ask(self, moment) -> None:
        case, later = letter_of(self.city, moment), moment + timedelta(hours=1)
        units = self.chance.sample([self.city.dinkes, self.city.pabean], self.chance.randint(0, 2))
        if units:
            self.forward(case, units, later)
        what = self.chance.random()
        if what < 0.1:
            services.withdraw_request(request_id=case.pk, now=later)
        elif what < 0.85:
            self.plan(later + timedelta(days=self.chance.randint(0, 35)), self.decide, case)

    def forward(self, case, units, now) -> None:
        parts = services.forward_request(
            request_id=case.pk, units=units, due_on=case.due_on, actor=self.city.desk, subject="Pokok", now=now
        )
        actors = {self.city.dinkes: self.city.operator, self.city.pabean: self.city.other}
        for part in parts:
            given = {"assignment_id": part.pk, "actor": actors[part.unit], "now": now}
            if self.chance.random() < 0.2:
                services.return_part(reason="Bukan kami", **given)
            else:
                services.answer_part(answer="Kami", **given)

    def decide(self, moment, case) -> None:
        verdict = self.chance.choice(self.verdicts)
        services.decide_request(request_id=case.pk, actor=self.city.desk, verdict=verdict, now=moment)
        if self.chance.random() < 0.5:
            self.plan(moment + timedelta(days=1), self.object, case)

    def object(self, moment, case) -> None:
        objection = services.submit_objection(
            request_id=case.pk, ground="d", text="Bukan itu", form_token=uuid.uuid4(), now=moment
        )
        if self.chance.random() < 0.6:
            self.plan(moment + timedelta(days=self.chance.randint(1, 60)), self.rule, objection)

    def rule(self, moment, objection) -> None:
        ruling = ObjectionVerdict(self.chance.choice(["upheld", "rejected"]), "Begitu.", "Nama", "Sekda")
        services.decide_objection(objection_id=objection.pk, actor=self.city.desk, verdict=ruling, now=moment)


def rows_of(content: bytes) -> list[dict[str, object]]:
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    return [dict(zip(heads, row, strict=True)) for row in sheet.iter_rows(min_row=2, values_only=True)]


def register(**fields) -> list[dict[str, object]]:
    period = Period(**fields)
    return rows_of(register_files.request_workbook(period, registers.requests_of(period), FIRST))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_report_equals_the_sums_of_the_register(city, seed):
    Years(city, seed).live(24)
    assert InformationRequest.objects.count() == 24
    for year in statistics.years():
        check_year(city, year)


def check_year(city, year):
    report, rows = yearly.report_of(year, TODAY, fewest=0), register(year=year)
    labels = Counter(row["12. Keputusan"] for row in rows)
    figures = report.figures
    assert figures.registered == len(rows)
    assert figures.open == labels.pop(None, 0)
    assert {InformationRequest.Outcome(name).label: count for name, count in figures.outcomes.items()} == labels
    answered = [row for row in rows if row["14a. Tanggal pemberitahuan tertulis"]]
    assert figures.answered == len(answered) == figures.within_notice + figures.within_extension + figures.beyond
    reasons = Counter(str(row["13. Alasan penolakan"]).split("\n")[0] for row in rows if row["13. Alasan penolakan"])
    assert sum(figures.grounds.values()) == sum(n for text, n in reasons.items() if text.startswith("Pasal 17"))
    days = list(InformationRequest.objects.filter(year=year, status="answered").values_list("days_used", flat=True))
    assert figures.median_days == (median(days) if days else None)
    months = Counter(row["2. Tanggal diterima"].month for row in rows)
    assert {found.month: found.registered for found in report.months if found.registered} == months
    units = {found.slug: found for found in report.units}
    for unit in (city.dinkes, city.pabean):
        asked = register(year=year, unit=unit)
        assert (units[unit.slug].registered if asked else 0) == len(asked)
        if asked:
            given = [row for row in asked if str(row["12. Keputusan"]).startswith("Dikabulkan")]
            assert units[unit.slug].given == len(given)
    check_objections(report, registers.objections_of(Period(year=year)))


def check_objections(report, objections):
    found = report.objections
    assert found.registered == len(objections) == sum(found.grounds.values())
    assert found.grounds == Counter(row.ground for row in objections)
    decided = [row for row in objections if row.closed_at]
    assert found.decided == len(decided)
    assert found.outcomes == Counter(row.decision.outcome for row in decided)
    assert found.on_time == len([row for row in decided if local_day(row.closed_at) <= row.due_on])


def year_of(city, answered: int):
    for number in range(answered):
        case = letter_of(city, wib(2024, 3, 14 + number % 2, 9))
        services.decide_request(request_id=case.pk, actor=city.desk, verdict=GRANTED, now=wib(2024, 4, 2, 9))
    letter_of(city, wib(2024, 5, 2, 9))


def text_of(content: bytes) -> str:
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages))


def test_page_pdf_and_workbook_say_the_same(city):
    year_of(city, 5)
    client = Client()
    page = client.get("/permohonan/statistik/2024/").content.decode()
    paper = client.get("/permohonan/statistik/2024.pdf")
    book = client.get("/permohonan/statistik/2024.xlsx")
    text = text_of(paper.content)
    assert (paper.status_code, paper["Content-Type"]) == (200, "application/pdf")
    assert book["Content-Type"].endswith("spreadsheetml.sheet")
    sheets = load_workbook(io.BytesIO(book.content))
    report = yearly.report_of(2024, TODAY)
    for table in yearly_tables.tables(report):
        found = list(sheets[table.title].iter_rows(min_row=2, values_only=True))
        wanted = [*table.rows, table.total] if table.total and table.rows else table.rows
        assert found == [tuple(row) for row in wanted]
        for row in yearly_tables.table_in_words(table)["rows"]:
            assert " ".join(row) in text
            assert all(f">{cell}</t" in page for cell in row)
    assert "Dijawab tepat waktu 0" not in page
    assert "31 Maret 2025" in text
    assert "31 Maret 2025" in page


def test_the_pdf_is_archival_tagged_and_names_its_state(city):
    year_of(city, 1)
    reader = pypdf.PdfReader(io.BytesIO(Client().get("/permohonan/statistik/2024.pdf").content))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.metadata.title == "Laporan layanan informasi publik tahun 2024"
    assert b"pdfaid:part" in reader.trailer["/Root"]["/Metadata"].get_data()
    assert "masih ada yang diproses" in text_of(Client().get("/permohonan/statistik/2024.pdf").content)


@pytest.mark.parametrize(
    ("today", "is_open", "words"),
    [
        (date(2024, 12, 31), False, "Sementara: tahun berjalan, angka sampai 31 Desember 2024"),
        (date(2025, 1, 1), True, "Angka per 1 Januari 2025; masih ada yang diproses"),
        (date(2025, 1, 1), False, "Lengkap"),
    ],
)
def test_the_state_says_whether_figures_can_still_change(city, today, is_open, words):
    case = letter_of(city)
    if not is_open:
        services.withdraw_request(request_id=case.pk, now=wib(2024, 3, 20, 9))
    report = yearly.report_of(2024, today)
    assert yearly_tables.state_words(report).startswith(words)
    assert text_of(yearly_files.as_pdf(report)).count(words) == 1


def test_few_answers_hide_share_and_median_in_public_but_not_in_the_city_s_copy(city):
    year_of(city, 4)
    summary = {row[0]: row[1] for row in yearly_tables.summary(yearly.report_of(2024, TODAY)).rows}
    assert summary["Dijawab tepat waktu (persen dari yang dijawab)"] is None
    assert summary["Median waktu sampai dijawab (hari kerja)"] is None
    own = client_of(city.desk).get("/admin/permohonan/laporan/2024.pdf")
    assert "no-store" in own["Cache-Control"]
    assert "Salinan dinas" in text_of(own.content)
    assert "Salinan dinas" not in text_of(Client().get("/permohonan/statistik/2024.pdf").content)
    assert yearly.report_of(2024, TODAY, fewest=0).figures.median_days is not None


@pytest.mark.parametrize("path", ["2024.pdf", "2024.xlsx", "0000.pdf", "2024.csv", "9999.xlsx"])
def test_a_year_without_requests_has_no_report(path):
    assert Client().get(f"/permohonan/statistik/{path}").status_code == 404


def test_files_may_be_read_by_other_sites_and_kept_for_a_minute(city):
    year_of(city, 1)
    response = Client().get("/permohonan/statistik/2024.xlsx")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "public, max-age=60"
    again = Client().get("/permohonan/statistik/2024.xlsx", headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304


def test_queries_do_not_grow_with_the_rows(city):
    counts = []
    for answered in (1, 3):
        year_of(city, answered)
        with CaptureQueriesContext(connection) as queries:
            yearly.report_of(2024, TODAY)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 10


def test_years_with_only_an_objection_are_told_too(city):
    services.submit_periodic_objection(
        objector=services.Objector("Nama", "Jalan"), unit=city.dinkes, text="x", form_token=uuid.uuid4(),
        now=wib(2023, 5, 2, 9),
    )  # fmt: skip
    assert statistics.years() == [2023]
    assert Client().get("/permohonan/statistik/2023.pdf").status_code == 200
