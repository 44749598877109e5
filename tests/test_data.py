"""The page of all data, and the catalogue as another program reads it."""

import gzip
import hashlib
import json
from datetime import date, datetime
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, FOAF, RDF, XSD

from cilegon_kip.common.jakarta import JAKARTA
from cilegon_kip.datasets import File
from opd.models import Category
from rankings.models import Ranking, RankingFile
from rankings.services import compute_month
from tests.builders import make_channel, make_counted, make_final, make_unit

pytestmark = pytest.mark.django_db
DCAT = Namespace("http://www.w3.org/ns/dcat#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
SITE = "http://127.0.0.1:8000"
CATALOGUE, PAGE = "/data/katalog.jsonld", "/data/"
HOSTILE = 'Dinas <script>alert(1)</script> ]]> & "kutip" </textarea>'


@pytest.fixture
def city():
    """Two months, one of them final, with activities in both."""
    unit = make_unit("pabean", Category.KELURAHAN, name="Kelurahan Pabean")
    make_channel(unit)
    make_counted(unit, date(2022, 12, 10), title="Lomba")
    make_counted(unit, date(2023, 1, 10), title="Kerja bakti")
    compute_month(date(2022, 12, 1), now=datetime(2023, 1, 2, tzinfo=JAKARTA))
    make_final(date(2022, 12, 1))
    compute_month(date(2023, 1, 1), now=datetime(2023, 2, 2, tzinfo=JAKARTA))
    return unit


def graph_of(client) -> Graph:
    response = client.get(CATALOGUE)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/ld+json"
    return Graph().parse(data=response.content, format="json-ld")


def dataset(key: str) -> URIRef:
    return URIRef(f"{SITE}/data/#{key}")


def body_of(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_catalogue_asks_nobody_for_its_context(client):
    content = json.loads(client.get(CATALOGUE).content)
    assert isinstance(content["@context"], dict)
    assert not [value for value in content["@context"].values() if isinstance(value, list)]


def test_catalogue_is_a_dcat_catalogue(client, city, settings):
    settings.CONTACT_EMAIL = "ppid@cilegon.invalid"
    graph = graph_of(client)
    [catalogue] = graph.subjects(RDF.type, DCAT.Catalog)
    assert set(graph.objects(catalogue, DCAT.dataset)) == {
        *graph.subjects(RDF.type, DCAT.Dataset),
        *graph.subjects(RDF.type, DCAT.DatasetSeries),
    }
    publisher = graph.value(catalogue, DCTERMS.publisher)
    assert (publisher, RDF.type, FOAF.Organization) in graph
    assert graph.value(publisher, FOAF.name) == Literal("Pemerintah Kota Cilegon")
    assert graph.value(catalogue, DCTERMS.license) == URIRef("https://creativecommons.org/licenses/by/4.0/")
    contact = graph.value(catalogue, DCAT.contactPoint)
    assert graph.value(contact, VCARD.hasEmail) == URIRef("mailto:ppid@cilegon.invalid")
    [service] = graph.subjects(RDF.type, DCAT.DataService)
    assert graph.value(service, DCAT.endpointURL) == URIRef(f"{SITE}/api/v1/")
    for address in (graph.value(service, DCAT.endpointDescription), graph.value(service, DCAT.landingPage)):
        assert client.get(urlsplit(address).path).status_code == 200


def test_there_is_a_dataset_for_each_thing(client, city):
    graph = graph_of(client)
    found = {str(node).partition("#")[2] for node in graph.subjects(RDF.type, DCAT.Dataset)}
    assert found == {
        *("peringkat-2022-12", "peringkat-2023-01", "unit"),
        *("kegiatan-2022", "kegiatan-2023", "publikasi-2022", "publikasi-2023"),
    }
    january = dataset("peringkat-2023-01")
    assert graph.value(january, DCAT.inSeries) == dataset("peringkat")
    period = graph.value(january, DCTERMS.temporal)
    assert graph.value(period, DCAT.startDate) == Literal("2023-01-01", datatype=XSD.date)
    assert graph.value(period, DCAT.endDate) == Literal("2023-01-31", datatype=XSD.date)
    assert graph.value(january, DCTERMS.modified).toPython() == datetime(2023, 2, 2, tzinfo=JAKARTA)
    for node in graph.subjects(RDF.type, DCAT.Dataset):
        for needed in (DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCTERMS.license, DCTERMS.spatial):
            assert graph.value(node, needed) is not None, (node, needed)
        assert list(graph.objects(node, DCAT.distribution))


def test_every_distribution_downloads_and_is_what_it_says(client, city):
    graph = graph_of(client)
    distributions = set(graph.subjects(RDF.type, DCAT.Distribution))
    assert len(distributions) >= 2 * 3 + 2 + 1 + 4 * 2
    for node in distributions:
        address = urlsplit(graph.value(node, DCAT.downloadURL))
        assert f"{address.scheme}://{address.netloc}" == SITE
        response = client.get(address.path)
        content = body_of(response)
        assert response.status_code == 200, address
        media = str(graph.value(node, DCAT.compressFormat) or graph.value(node, DCAT.mediaType))
        assert response["Content-Type"].partition(";")[0] == media.partition("/media-types/")[2]
        if graph.value(node, DCAT.compressFormat):
            assert gzip.decompress(content)
        if size := graph.value(node, DCAT.byteSize):
            assert len(content) == size.toPython(), address
        if checksum := graph.value(node, SPDX.checksum):
            assert graph.value(checksum, SPDX.algorithm) == SPDX.checksumAlgorithm_sha256
            assert str(graph.value(checksum, SPDX.checksumValue)) == hashlib.sha256(content).hexdigest()


def test_only_what_is_final_has_a_checksum(client, city):
    for kind in ("csv", "json"):
        for month in ("2022-12", "2023-01"):
            assert client.get(f"/peringkat/{month}.{kind}").status_code == 200  # made and kept from now on
    graph = graph_of(client)
    sure = {
        str(graph.value(node, DCAT.downloadURL)).removeprefix(f"{SITE}/peringkat/")
        for node in graph.subjects(SPDX.checksum, None)
    }
    assert sure == {"2022-12.csv", "2022-12.json", "2022-12/masukan.jsonl.gz"}
    sized = {str(graph.value(node, DCAT.downloadURL)) for node in graph.subjects(DCAT.byteSize, None)}
    assert {f"{SITE}/peringkat/2023-01.csv", f"{SITE}/peringkat/2023-01/masukan.jsonl.gz"} <= sized


def test_a_file_of_an_older_state_has_no_size(client, city):
    client.get("/peringkat/2023-01.csv")
    Ranking.objects.filter(month=date(2023, 1, 1)).update(computed_at=datetime(2023, 2, 3, tzinfo=JAKARTA))
    assert RankingFile.objects.filter(ranking__month=date(2023, 1, 1)).exists()
    graph = graph_of(client)
    sized = {str(graph.value(node, DCAT.downloadURL)) for node in graph.subjects(DCAT.byteSize, None)}
    assert f"{SITE}/peringkat/2023-01.csv" not in sized


def test_licence_in_words_alone_is_a_statement_of_rights(client, settings):
    settings.DATA_LICENCE = "Domain publik"
    graph = graph_of(client)
    [catalogue] = graph.subjects(RDF.type, DCAT.Catalog)
    assert graph.value(catalogue, DCTERMS.license) is None
    assert graph.value(catalogue, DCTERMS.rights) is not None
    assert "Domain publik" in client.get(PAGE).content.decode()


def test_no_contact_is_made_up(client, settings):
    settings.CONTACT_EMAIL = ""
    assert not list(graph_of(client).objects(None, DCAT.contactPoint))


def test_empty_portal_has_a_catalogue_and_a_page(client):
    graph = graph_of(client)
    assert list(graph.subjects(RDF.type, DCAT.Dataset)) == [dataset("unit")]
    text = client.get(PAGE).content.decode()
    assert "Belum ada bulan yang selesai dihitung." in text
    assert "/data/unit.csv" in text


def test_sample_months_are_labelled(client):
    unit = make_unit("pabean")
    make_counted(unit, date(2023, 1, 10), is_sample=True)
    compute_month(date(2023, 1, 1), now=datetime(2023, 2, 2, tzinfo=JAKARTA))
    assert "(data contoh)" in str(graph_of(client).value(dataset("peringkat-2023-01"), DCTERMS.title))
    assert ">Januari 2023 (data contoh)</a>" in client.get(PAGE).content.decode()


def test_unchanged_catalogue_is_not_sent_again(client, city):
    first = client.get(CATALOGUE)
    assert client.get(CATALOGUE, headers={"if-none-match": first["ETag"]}).status_code == 304
    assert client.head(CATALOGUE)["ETag"] == first["ETag"]
    assert first["Access-Control-Allow-Origin"] == "*"


def test_page_leads_to_every_file_and_channel(client, city):
    text = client.get(PAGE).content.decode()
    for address in (
        "/peringkat/2022-12.csv",
        "/peringkat/2023-01/masukan.jsonl.gz",
        "/data/unit.csv",
        "/data/kegiatan-2023.csv.gz",
        "/data/publikasi-2022.jsonl.gz",
        "/api/docs/",
        CATALOGUE,
        "/peringkat/atom.xml",
        "/peringkat/kalender.ics",
    ):
        assert f'href="{address}"' in text
        assert client.get(address).status_code == 200
    for category in Category.values:
        assert f"/sematan/{category}/" in text
    assert 'href="https://creativecommons.org/licenses/by/4.0/deed.id" rel="license"' in text


@pytest.mark.parametrize(
    ("size", "is_estimate", "words"),
    [
        (None, False, ""),
        (43_930, False, "42,9\u00a0KB"),
        (474_123, True, "sekitar 480 kB"),
        (1_010, True, "sekitar 10 kB"),
        (12_340_000, True, "sekitar 12,4 MB"),
    ],
)
def test_an_estimated_size_is_round(size, is_estimate, words):
    assert File("/x", "CSV", "text/csv", size=size, is_estimate=is_estimate).size_words == words


def test_footer_of_every_page_leads_to_the_data(client):
    assert '<a href="/data/">Data</a>' in client.get("/").content.decode()


def test_hostile_settings_and_names_are_text(client, city, settings):
    settings.PORTAL_NAME = settings.CITY_NAME = HOSTILE
    assert "<script>alert" not in client.get(PAGE).content.decode()
    assert json.loads(client.get(CATALOGUE).content)["dcterms:spatial"]["skos:prefLabel"] == HOSTILE


@pytest.mark.parametrize("address", [PAGE, CATALOGUE])
def test_queries_do_not_grow_with_months(client, city, address):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    few = queries()
    for number in range(1, 12):
        make_counted(city, date(2021, number, 10))
        compute_month(date(2021, number, 1), now=datetime(2023, 2, 2, tzinfo=JAKARTA))
    assert queries() == few <= 8
