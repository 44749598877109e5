"""What may already say what somebody is about to ask, found by the words of a whole sentence.

`search` wants every word to be there; a request of three sentences would never find anything. Here two of its telling
words are enough, best first. Pure reading: nothing of the text is kept.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import combinations
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import connection
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Concat, Lower

from opd.models import Unit

from .models import Activity, Document
from .search_forms import clean_query

#: Words of every request, that tell nothing of what is asked; by their stems in PostgreSQL's `indonesian`.
COMMON = """
ada adalah agar akan anda antara apa apakah atas atau badan bagaimana bagi bahwa baik banyak beberapa belum berapa
berikut berkas bersama bisa boleh buat bukan cilegon copy daftar dalam dan dapat dari data dengan detail di dinas
dokumen file hal hanya harap hari hingga informasi ingin ini isi itu jadi jelas juga jumlah kami kantor kapan karena
kasih ke kecamatan kelurahan kepada kota lagi lain lama lengkap mana maupun melalui mengenai menjadi minta moh mohon
nama namun oleh orang pada para pemerintah per perihal perlu publik rinci saat saja salinan sampai satu saya sebagai
sebagaimana sebuah secara sejak sejumlah seluruh semua sepanjang seperti serta sesuai setiap siapa soal sudah supaya
surat tahun tanggal tentang terhadap terima terkait tersebut tiap tidak tolong unit untuk wilayah yaitu yakni yang
""".split()  # noqa: SIM905
#: More words make more pairs than a question of a moment should cost.
MOST_WORDS = 10


def telling_words(text: str) -> list[str]:
    """The stems of a text that say what it is about, the longest first, without years and single letters."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT word FROM unnest(tsvector_to_array(to_tsvector('indonesian', %s))) AS word
            WHERE word <> ALL (tsvector_to_array(to_tsvector('indonesian', %s)))
            """,
            [text[:5000], " ".join(COMMON)],
        )
        found = [row[0] for row in cursor.fetchall()]
    words = [word for word in found if word.isascii() and word.isalnum() and len(word) > 2 and not word.isdigit()]
    return sorted(words, key=lambda word: (-len(word), word))[:MOST_WORDS]


def question_of(text: object) -> SearchQuery | None:
    """Any two of the telling words; the one, where there is only one. None: the text says nothing to look for."""
    words = telling_words(clean_words(text))
    pairs = [f"({first} & {second})" for first, second in combinations(words, 2)] or words
    return SearchQuery(" | ".join(pairs), config="simple", search_type="raw") if pairs else None


def clean_words(text: object) -> str:
    """All of a long text, without what is no text."""
    return " ".join(clean_query(line) for line in str(text or "")[:5000].splitlines())


def units_named(text: str) -> list[int]:
    """Ids of the units whose full or short name stands in the text."""
    padded = Lower(Concat(Value(" "), Value(re.sub(r"\W+", " ", text)), Value(" ")))
    spelt = Q(padded__contains=Concat(Value(" "), Lower("name"), Value(" ")))
    short = Q(padded__contains=Concat(Value(" "), Lower("short_name"), Value(" ")))
    return list(Unit.objects.annotate(padded=padded).filter(spelt | short).values_list("pk", flat=True))


def best(rows: QuerySet[Any], question: SearchQuery, most: int, units: Collection[int] = ()) -> list[Any]:
    """The rows (with a `search` column) that fit, best first: pairs in a title weigh most.

    Where some are of `units`, only those: who names a unit does not look for its neighbour's papers.
    """
    fitting = rows.filter(search=question).annotate(fit=SearchRank(F("search"), question, normalization=1))
    is_named = Case(When(unit_id__in=units, then=Value(1)), default=Value(0), output_field=IntegerField())
    found = list(fitting.annotate(is_named=is_named).order_by("-is_named", "-fit", "-pk")[:most])
    return [row for row in found if row.is_named == found[0].is_named]


def related_documents(question: SearchQuery, most: int, units: Collection[int] = ()) -> list[Document]:
    """Published entries of the DIP; also exempt ones, whose page says why they are closed."""
    return best(Document.objects.published().select_related("unit").defer("search"), question, most, units)


def related_activities(question: SearchQuery, most: int, units: Collection[int] = ()) -> list[Activity]:
    return best(Activity.objects.published().select_related("unit").defer("search", "text"), question, most, units)
