"""`/data/katalog.jsonld`: the portal's data in DCAT 3, for catalogues that collect from others.

The context stands in the file itself: whoever reads it asks nobody else.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from . import datasets
from .datasets import GZIP, Dataset, File
from .report_datasets import reports

Node = dict[str, Any]
KEPT = 3600

_LINKS = (
    *("dcat:accessURL", "dcat:downloadURL", "dcat:mediaType", "dcat:compressFormat", "dcat:landingPage"),
    *("dcat:endpointURL", "dcat:endpointDescription", "dcat:servesDataset", "dcat:inSeries", "dcat:accessService"),
    *("dcterms:license", "dcterms:language", "dcterms:accrualPeriodicity", "foaf:homepage", "vcard:hasEmail"),
    "spdx:algorithm",
)
CONTEXT: Node = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "spdx": "http://spdx.org/rdf/terms#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    **{name: {"@id": name, "@type": "@id"} for name in _LINKS},
    **{name: {"@id": name, "@type": "xsd:dateTime"} for name in ("dcterms:issued", "dcterms:modified")},
    **{name: {"@id": name, "@type": "xsd:date"} for name in ("dcat:startDate", "dcat:endDate")},
    "dcat:byteSize": {"@id": "dcat:byteSize", "@type": "xsd:nonNegativeInteger"},
    "spdx:checksumValue": {"@id": "spdx:checksumValue", "@type": "xsd:hexBinary"},
    **{name: {"@id": name, "@language": "id"} for name in ("dcterms:title", "dcterms:description", "dcat:keyword")},
}
MEDIA_TYPE = "https://www.iana.org/assignments/media-types/"
LANGUAGE = "http://publications.europa.eu/resource/authority/language/IND"
MONTHLY = "http://purl.org/cld/freq/monthly"


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    content = json.dumps(as_dict(), ensure_ascii=False, indent=1).encode() + b"\n"
    response = HttpResponse(content, content_type="application/ld+json")
    response["ETag"] = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    patch_cache_control(response, public=True, max_age=KEPT)
    return response


def as_dict() -> Node:
    found = [*datasets.everything(), *reports()]
    return {
        "@context": CONTEXT,
        "@id": iri("katalog"),
        "@type": "dcat:Catalog",
        "dcterms:title": _("Data terbuka %(portal)s") % {"portal": settings.PORTAL_NAME},
        "dcterms:description": _("Keaktifan dan informasi publik unit-unit %(city)s.") % {"city": settings.CITY_NAME},
        "foaf:homepage": settings.SITE_URL + reverse("data"),
        **common(),
        "dcterms:publisher": publisher(),
        "dcat:dataset": [_series(), *map(dataset, found)],
        "dcat:service": _service(found),
    }


def iri(key: str) -> str:
    """The name of a thing: a place on the page that tells of it."""
    return f"{settings.SITE_URL}{reverse('data')}#{key}"


def common() -> Node:
    """What holds for all of it: licence, language, place, and whom to ask where somebody is named."""
    found: Node = {
        **licence(),
        "dcterms:language": LANGUAGE,
        "dcterms:spatial": {"@type": "dcterms:Location", "skos:prefLabel": settings.CITY_NAME},
    }
    if settings.CONTACT_EMAIL:
        found["dcat:contactPoint"] = {
            "@type": "vcard:Organization",
            "vcard:fn": settings.PORTAL_NAME,
            "vcard:hasEmail": f"mailto:{settings.CONTACT_EMAIL}",
        }
    return found


def licence() -> Node:
    """The address in the setting names the licence; Creative Commons' own name for it is that of the legal text."""
    found = re.search(r"https?://[^\s()<>\"]+", settings.DATA_LICENCE)
    if not found:
        return {"dcterms:rights": {"@type": "dcterms:RightsStatement", "skos:prefLabel": settings.DATA_LICENCE}}
    return {"dcterms:license": re.sub(r"/deed(\.[a-z-]+)?$", "/", found[0])}


def publisher() -> Node:
    return {
        "@id": iri("penerbit"),
        "@type": "foaf:Organization",
        "foaf:name": _("Pemerintah %(city)s") % {"city": settings.CITY_NAME},
        "foaf:homepage": settings.SITE_URL + reverse("home"),
    }


def _series() -> Node:
    return {
        "@id": iri("peringkat"),
        "@type": "dcat:DatasetSeries",
        "dcterms:title": _("Peringkat keaktifan per bulan"),
        "dcterms:description": _("Indeks Keaktifan tiap unit, dihitung setiap bulan; metodenya terbuka."),
        "dcterms:publisher": {"@id": iri("penerbit")},
        "dcterms:accrualPeriodicity": MONTHLY,
        "dcat:landingPage": settings.SITE_URL + reverse("rankings:latest"),
        **common(),
    }


def dataset(found: Dataset) -> Node:
    node: Node = {
        "@id": iri(found.key),
        "@type": "dcat:Dataset",
        "dcterms:identifier": found.key,
        "dcterms:title": found.title,
        "dcterms:description": found.description,
        "dcterms:publisher": {"@id": iri("penerbit")},
        "dcat:landingPage": settings.SITE_URL + found.page,
        "dcat:keyword": [*found.keywords, *([_("data contoh")] if found.is_sample else [])],
        "dcterms:modified": found.modified.isoformat() if found.modified else None,
        "dcat:version": found.version,
        "dcat:inSeries": iri("peringkat") if found.in_series else None,
        "dcterms:temporal": _period(found),
        "dcat:distribution": [distribution(found, file) for file in found.files] or [_by_api(found)],
        **common(),
    }
    return {name: value for name, value in node.items() if value not in (None, "", [])}


def _period(found: Dataset) -> Node | None:
    if found.first is None or found.last is None:
        return None
    return {
        "@type": "dcterms:PeriodOfTime",
        "dcat:startDate": found.first.isoformat(),
        "dcat:endDate": found.last.isoformat(),
    }


def distribution(found: Dataset, file: File) -> Node:
    node: Node = {
        "@type": "dcat:Distribution",
        "dcterms:title": f"{found.title}: {file.label}",
        "dcat:accessURL": settings.SITE_URL + found.page,
        "dcat:downloadURL": file.url,
        "dcat:mediaType": MEDIA_TYPE + file.media_type,
        "dcat:compressFormat": MEDIA_TYPE + GZIP if file.is_gzipped else None,
        "dcat:byteSize": str(file.size) if file.size is not None and not file.is_estimate else None,
        "spdx:checksum": _checksum(file),
        **licence(),
    }
    return {name: value for name, value in node.items() if value is not None}


def _checksum(file: File) -> Node | None:
    if not file.sha256:
        return None
    return {
        "@type": "spdx:Checksum",
        "spdx:algorithm": "spdx:checksumAlgorithm_sha256",
        "spdx:checksumValue": file.sha256,
    }


def _by_api(found: Dataset) -> Node:
    """What has no file of its own is read through the API."""
    return {
        "@type": "dcat:Distribution",
        "dcterms:title": f"{found.title}: API",
        "dcat:accessURL": settings.SITE_URL + found.page,
        "dcat:accessService": iri("api"),
        **licence(),
    }


def _service(found: list[Dataset]) -> Node:
    return {
        "@id": iri("api"),
        "@type": "dcat:DataService",
        "dcterms:title": "API",
        "dcterms:description": _("Semua data publik portal, hanya baca, tanpa akun."),
        "dcat:endpointURL": settings.SITE_URL + "/api/v1/",
        "dcat:endpointDescription": settings.SITE_URL + "/api/schema/",
        "dcat:landingPage": settings.SITE_URL + "/api/docs/",
        "dcat:servesDataset": [iri(one.key) for one in found],
        **licence(),
    }
