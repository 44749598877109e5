"""The API's page for people, drawn from the OpenAPI schema itself, so that it cannot say anything else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import AnonRateThrottle

from .common.api.views import refuse_strange_parameters
from .common.http import public_page

Schema = dict[str, Any]
TYPES = {
    "string": gettext_lazy("teks"),
    "integer": gettext_lazy("bilangan bulat"),
    "number": gettext_lazy("bilangan"),
    "boolean": gettext_lazy("true/false"),
    "object": gettext_lazy("objek"),
}
FORMATS = {
    "date": gettext_lazy("tanggal"),
    "date-time": gettext_lazy("waktu"),
    "uri": gettext_lazy("alamat"),
    "email": gettext_lazy("surel"),
    "uuid": gettext_lazy("UUID"),
}
LISTS = ("units", "activities", "publications", "documents", "rankings", "rewards", "requests/stats", "working-days")


@dataclass(frozen=True)
class Field:
    """A parameter of an address, or a field of a record."""

    name: str
    kind: str
    text: str
    values: list[str]
    #: The record that the field holds, if it holds one.
    record: str = ""
    is_required: bool = False


@dataclass(frozen=True)
class Address:
    path: str
    summary: str
    text: str
    parameters: list[Field]
    example: str
    record: str
    is_list: bool


@dataclass(frozen=True)
class Record:
    name: str
    text: str
    fields: list[Field]


@extend_schema(exclude=True)
@api_view(["GET", "HEAD"])
def root(request: Request) -> Response:
    """Where everything is."""
    refuse_strange_parameters(request, frozenset())
    base = f"{settings.SITE_URL}/api"
    lists = {name: f"{base}/v1/{name}/" for name in LISTS}
    return Response({**lists, "schema": f"{base}/schema/", "docs": f"{base}/docs/"})


@require_safe
@public_page
def docs(request: HttpRequest) -> HttpResponse:
    rate = str(AnonRateThrottle.THROTTLE_RATES["anon"]).partition("/")[0]
    context = {"addresses": addresses(), "records": records(), "rate": rate, "licence": settings.DATA_LICENCE}
    return render(request, "api/docs.html", context)


@cache
def schema() -> Schema:
    """The same for everybody, and fixed while the process lives."""
    document: Schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return document


def addresses() -> list[Address]:
    found = [_address(path, item["get"]) for path, item in schema()["paths"].items() if path.startswith("/api/v1/")]
    return sorted(found, key=lambda address: (_place_of(address.path), address.path))


def _place_of(path: str) -> int:
    """Which of LISTS an address belongs to."""
    return next(place for place, name in enumerate(LISTS) if path.startswith(f"/api/v1/{name}/"))


def _address(path: str, operation: Schema) -> Address:
    answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
    name = answer["$ref"].rpartition("/")[2]
    results = _component(name)["properties"].get("results") if name.startswith("Paginated") else None
    return Address(
        path=path,
        summary=operation.get("summary", ""),
        text=operation.get("description", ""),
        parameters=[_field(row["name"], row["schema"], row) for row in operation.get("parameters", [])],
        example=f'curl -s "{settings.SITE_URL}{operation.get("x-example", path)}"',
        record=_reference(results["items"]) if results else name,
        is_list=results is not None,
    )


def records() -> list[Record]:
    """The records that the addresses answer with, and those inside them, each once, in order of appearance."""
    names = list(dict.fromkeys(address.record for address in addresses()))
    for name in names:
        names.extend(field.record for field in _fields(name) if field.record and field.record not in names)
    return [Record(name, _component(name).get("description", ""), list(_fields(name))) for name in names]


def _fields(name: str) -> Iterator[Field]:
    component = _component(name)
    required = component.get("required", [])
    for field, described in component["properties"].items():
        yield _field(field, described, {"required": field in required})


def _component(name: str) -> Schema:
    component: Schema = schema()["components"]["schemas"][name]
    return component


def _reference(described: Schema) -> str:
    """The component that a schema names, directly or in its one `allOf` or `oneOf`."""
    wrapped = [*described.get("allOf", []), *described.get("oneOf", [])]
    named = [part["$ref"] for part in (described, *wrapped) if "$ref" in part]
    return str(named[0]).rpartition("/")[2] if named else ""


def _field(name: str, described: Schema, row: Schema) -> Field:
    inner = described.get("items", described)
    component = _reference(inner)
    target = _component(component) if component else inner
    is_record = "properties" in target
    kind = component if is_record else _type(target)
    if "items" in described:
        kind = _("daftar %(kind)s") % {"kind": kind}
    if described.get("nullable"):
        kind = _("%(kind)s atau null") % {"kind": kind}
    text = row.get("description") or described.get("description") or described.get("title") or ""
    return Field(
        name=name,
        kind=kind,
        # The generator adds the values of an enumeration to its text; here they stand in a column of their own.
        text=str(text).partition("* `")[0].strip(),
        values=[str(value) for value in target.get("enum", []) if value not in (None, "")],
        record=component if is_record else "",
        is_required=bool(row.get("required")),
    )


def _type(target: Schema) -> str:
    named = FORMATS.get(target.get("format", "")) or TYPES.get(target.get("type", ""))
    return str(named or _("teks"))
