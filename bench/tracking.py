"""What guessing at /permohonan/lacak/ gets and how long it takes: `python -m bench.tracking`. Nothing depends on it.

Works in a database of its own, which is dropped at the end. Whole requests go through the portal's own stack.
"""

import logging
import os
import random
import re
import statistics
import tempfile
import time
import uuid
from collections import Counter

os.environ.setdefault("KIP_LOCAL", "1")
os.environ.setdefault("KIP_VAR_DIR", tempfile.mkdtemp(prefix="kip-bench-"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cilegon_kip.settings")
os.environ.setdefault("LOG_LEVEL", "CRITICAL")

TRACK = "/permohonan/lacak/"
TRIES = 10_000
TIMED = 1_500
EXISTING = 200


def guess(addresses: int, numbers: list[str]) -> Counter[str]:
    """So many addresses take turns: ask for a code of the next number, then type one. What they were answered."""
    from django.test import Client

    told: Counter[str] = Counter()
    client, ticket, number = Client(), "", ""
    for turn in range(TRIES):
        place = turn % addresses
        extra = {"REMOTE_ADDR": f"10.{place // 65536}.{place // 256 % 256}.{place % 256}"}
        if turn % 2 == 0:
            number = numbers[turn // 2 % len(numbers)]
            answer = client.post(TRACK, {"nomor": number}, **extra)
            if found := re.search(r'name="kunci" value="([^"]+)"', answer.content.decode()):
                ticket = found[1]
        else:
            typed = {"langkah": "kode", "nomor": number, "kunci": ticket, "kode": f"{turn:06d}"}
            answer = client.post(TRACK, typed, **extra)
        told[f"{'asking' if turn % 2 == 0 else 'guessing'} {answer.status_code}"] += 1
    return told


def timed(existing: list[str]) -> dict[str, list[float]]:
    """Milliseconds of asking, in random order, for numbers that exist and that do not; without limits."""
    from django.test import Client

    from requests_info.services import tracking

    for name in ("PER_NUMBER_HOUR", "PER_NUMBER_DAY", "PER_ADDRESS_HOUR", "OVERALL_HOUR"):
        setattr(tracking, name, 10**9)
    kinds = ["exists", "does not"] * TIMED
    random.Random(7).shuffle(kinds)
    client, taken = Client(), {"exists": [], "does not": []}
    for turn, kind in enumerate(kinds):
        number = existing[turn % len(existing)] if kind == "exists" else f"PI-1999-{turn:04d}"
        start = time.perf_counter()
        client.post(TRACK, {"nomor": number})
        taken[kind].append(1000 * (time.perf_counter() - start))
    return taken


def main() -> None:
    import django
    from django.conf import settings
    from django.test.utils import override_settings, setup_databases, setup_test_environment, teardown_databases

    django.setup()
    setup_test_environment()
    logging.disable(logging.CRITICAL)
    created = setup_databases(verbosity=0, interactive=False)
    plain = {**settings.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    try:
        with override_settings(STORAGES=plain):
            run()
    finally:
        teardown_databases(created, verbosity=0)


def run() -> None:
    from requests_info.models import TrackingCode, TrackingGuess
    from requests_info.services import Asked, submit_request

    asked = Asked("Rencana kerja 2026", "Penelitian", "citizen", "Nama", "Alamat", email="warga@contoh.invalid")
    existing = [submit_request(asked=asked, form_token=uuid.uuid4()).number for _each in range(EXISTING)]
    mixed = [number for turn, known in enumerate(existing) for number in (known, f"PI-1999-{turn:04d}")]
    for addresses in (1, TRIES):
        TrackingCode.objects.all().delete()
        TrackingGuess.objects.all().delete()
        start = time.perf_counter()
        told = guess(addresses, mixed)
        seconds = time.perf_counter() - start
        print(f"{TRIES} tries from {addresses} address(es), {seconds:.0f} s: {dict(sorted(told.items()))}")
        print(f"  codes compared: {TrackingGuess.objects.count()}, rows of codes: {TrackingCode.objects.count()}")
    TrackingCode.objects.all().delete()
    for kind, values in timed(existing).items():
        cuts = statistics.quantiles(values, n=20)
        print(f"  number {kind}: median {statistics.median(values):.2f} ms, 5-95 % {cuts[0]:.2f}-{cuts[-1]:.2f} ms")


if __name__ == "__main__":
    from local.servers import VAR, provide_servers

    with provide_servers(VAR / "bench", durable=False):
        main()
