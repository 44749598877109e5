"""How long one month takes: `python -m bench.compute`. Prints seconds and ratios; nothing depends on them.

Works in a database of its own, which is dropped at the end.
"""

import logging
import os
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime

os.environ.setdefault("KIP_LOCAL", "1")
os.environ.setdefault("KIP_VAR_DIR", tempfile.mkdtemp(prefix="kip-bench-"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cilegon_kip.settings")
os.environ.setdefault("LOG_LEVEL", "ERROR")

MONTH = date(2023, 1, 1)
#: (units, publications in the month)
SIZES = [(82, 2_000), (82, 100_000), (5_000, 100_000)]

FILL = """
INSERT INTO opd_unit (slug, name, short_name, aliases, category, kemendagri_code, bps_code, address, phone, email,
                      source, confidence)
SELECT 'unit-' || u, 'Unit ' || u, 'U' || u, '{{}}', (ARRAY['opd', 'bumd', 'kecamatan'])[1 + u %% 3],
       '', '', '', '', '', '', ''
FROM generate_series(1, {units}) u;

INSERT INTO opd_channel (unit_id, kind, url, handle, key, status, verified_at, verified_via, verified_how,
                         rejected_reason, source, remark,
                         is_sample, created_at)
SELECT id, 'instagram', '', '', slug, 'verified', now(), '', '', '', '', '', false, now() FROM opd_unit;

INSERT INTO publications_activity (unit_id, title, text, happened_on, place, theme, status, created_at, published_at,
                                   withdrawn_reason, is_sample)
SELECT (SELECT min(id) FROM opd_unit) + a %% {units}, 'Kegiatan ' || a, repeat('uraian kegiatan ', a %% 40),
       CASE WHEN a %% 3 > 0 THEN DATE '2023-01-01' END, '', '', 'published', now(), now(), '', false
FROM generate_series(1, {activities}) a;

INSERT INTO publications_publication (unit_id, activity_id, kind, permalink, permalink_key, title, excerpt, publisher,
                                      has_media, text_length, published_at, claimed_raw, date_basis, first_seen_at,
                                      origin, state, flags, reason, is_sample)
SELECT a.unit_id, a.id, (ARRAY['website', 'instagram', 'facebook'])[1 + p %% 3], '', 'bench:' || p, '', '', '',
       p %% 2 = 0, p %% 400, timestamptz '2023-01-01 00:00+07' + interval '31 days' * ((p * 0.6180339887) %% 1), '',
       'offset', now(), 'import', (ARRAY['accepted', 'accepted', 'accepted', 'pending'])[1 + (p / 7)::int %% 4],
       '{{}}', '', false
FROM generate_series(1, {publications}) p
JOIN publications_activity a ON a.id = (SELECT min(id) FROM publications_activity) + p %% {activities};
"""


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measure(units: int, publications: int) -> float:
    """Fill, compute twice (nothing there; nothing to change), print a line; the seconds of the first run."""
    from django.db import connection, transaction

    from cilegon_kip.common.jakarta import JAKARTA
    from rankings.services import compute_month

    later = datetime(2023, 3, 1, tzinfo=JAKARTA)
    with transaction.atomic():
        with connection.cursor() as cursor:
            filled = FILL.format(units=units, publications=publications, activities=publications * 3 // 4)
            fill = seconds(lambda: cursor.execute(filled.replace("%%", "%")))
            if not os.environ.get("BENCH_NO_ANALYZE"):
                cursor.execute("ANALYZE")
        first = seconds(lambda: compute_month(MONTH, later))
        again = seconds(lambda: compute_month(MONTH, later))
        print(f"{units:>7} {publications:>13} {fill:>8.1f} s {first:>10.2f} s {again:>10.2f} s", flush=True)
        transaction.set_rollback(True)
    return first


def main() -> None:
    import django
    from django.test.utils import setup_databases, teardown_databases

    django.setup()
    logging.disable(logging.INFO)
    created = setup_databases(verbosity=0, interactive=False)
    try:
        print("  units  publications    filled        first       again")
        times = [measure(*size) for size in SIZES]
    finally:
        teardown_databases(created, verbosity=0)
    print(f"50 times the publications for the same units: {times[1] / times[0]:.1f} times the seconds")
    print(f"61 times the units for the same publications: {times[2] / times[1]:.1f} times the seconds")


if __name__ == "__main__":
    from local.servers import VAR, provide_servers

    with provide_servers(VAR / "bench", durable=False):
        main()
