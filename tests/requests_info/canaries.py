"""Words that nobody else uses, and every place where one may turn up. `kanari07alamat` is a canary."""

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO, StringIO
from pathlib import Path

import pypdf
import redis
from celery.signals import task_prerun
from django.conf import settings
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils.module_loading import import_string

CANARY = re.compile(r"kanari\d\d\w*", re.IGNORECASE)
#: As `bytea` is written; base64 of a known text is looked for where a broker would keep it.
HEX = b"kanari".hex()
HREF = re.compile(r'(?:href|src|action)="(/[^"#]*)"|<loc>[a-z]+://[^/]+(/[^<]*)</loc>')
SECRET_ADDRESS = re.compile(r"/(permohonan|keberatan)/[A-Za-z0-9_-]{32}/")
MOST_PAGES = 400


def found(text: str) -> list[str]:
    return sorted(set(CANARY.findall(text)) | set(SECRET_ADDRESS.findall(text)))


@contextmanager
def logged() -> Iterator[StringIO]:
    """What the loggers say under LOG_LEVEL=DEBUG, as the console's handler of the settings writes it."""
    out, line = StringIO(), settings.LOGGING["formatters"]["line"]
    handler = logging.StreamHandler(out)
    handler.setFormatter(import_string(line["class"])(line["format"]))
    for name in settings.LOGGING["handlers"]["console"]["filters"]:
        handler.addFilter(import_string(settings.LOGGING["filters"][name]["()"])())
    known = [row for row in logging.root.manager.loggerDict.values() if isinstance(row, logging.Logger)]
    loggers, level = [logging.root, *(row for row in known if not row.propagate)], logging.root.level
    for row in loggers:
        row.addHandler(handler)
    logging.root.setLevel(logging.DEBUG)
    try:
        yield out
    finally:
        for row in loggers:
            row.removeHandler(handler)
        logging.root.setLevel(level)


@contextmanager
def payloads() -> Iterator[list[str]]:
    """What tasks are called with: that is what the broker would keep."""
    seen: list[str] = []

    def note(sender=None, args=(), kwargs=None, **_more) -> None:
        seen.append(f"{sender.name} {json.dumps([args, kwargs])}")

    task_prerun.connect(note)
    try:
        yield seen
    finally:
        task_prerun.disconnect(note)


def in_database() -> dict[str, list[str]]:
    """Canaries in clear in any column of any table, and in bytes."""
    result = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f'SELECT row::text FROM "{table}" AS row WHERE row::text ~* %s OR strpos(row::text, %s) > 0',
                [r"kanari\d\d", HEX],
            )
            if rows := [text for (text,) in cursor.fetchall()]:
                result[table] = rows
    return result


def in_redis() -> list[str]:
    """Canaries in keys and values of cache and broker."""
    client, hits = redis.Redis.from_url(settings.REDIS_URL), []
    readers = {
        b"string": client.get,
        b"list": lambda key: client.lrange(key, 0, -1),
        b"hash": client.hgetall,
        b"set": client.smembers,
        b"zset": lambda key: client.zrange(key, 0, -1),
    }
    with client:
        for key in client.scan_iter("*"):
            value = readers.get(client.type(key), lambda _key: b"")(key)
            if CANARY.search(f"{key!r} {value!r}"):
                hits.append(repr(key))
    return hits


def in_files() -> list[str]:
    folders = [Path(settings.MEDIA_ROOT), Path(settings.PRIVATE_ROOT)]
    files = [path for folder in folders if folder.exists() for path in folder.rglob("*") if path.is_file()]
    return [str(path) for path in files if CANARY.search(f"{path} {path.read_bytes().decode(errors='replace')}")]


def in_mails(allowed: set[str]) -> list[str]:
    """Mails with a canary or a secret address to anybody but those who may have it, or with one in the subject."""
    hits = []
    for message in mail.outbox:
        others = set(message.recipients()) - allowed
        papers = [_text_of(content) for _name, content, kind in message.attachments if kind == "application/pdf"]
        body = " ".join([message.body, *(html for html, _kind in message.alternatives), *papers])
        if found(message.subject) or (others and found(body)):
            hits.append(f"{message.subject}: {sorted(others)}")
    return hits


def _text_of(content: bytes) -> str:
    return " ".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages)


def public_pages(starts: list[str]) -> dict[str, str]:
    """Everything a visitor reaches by links from these addresses, with headers."""
    client, waiting, pages = Client(), list(starts), {}
    while waiting and len(pages) < MOST_PAGES:
        address = waiting.pop(0).replace("&amp;", "&")
        if address in pages or address.startswith(("/admin/", "/static/")):
            continue
        answer = client.get(address)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        pages[address] = f"{answer.headers} {content.decode(errors='replace')}"
        waiting += [one or two for one, two in HREF.findall(pages[address])]
    return pages
