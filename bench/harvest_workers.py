"""Two real harvest workers on 200 channels over 20 hosts, one of them killed: `python -m bench.harvest_workers`.

The pause between requests to a host is the one in use (5 s). The first worker is killed (SIGKILL, with its processes)
when a third is done; the schedule asks each second instead of each five minutes; a lease lasts 20 s instead of ten
minutes. Ends with code 1 if a host was asked too early, or something was lost, doubled or left open.
"""

import logging
import os
import tempfile
import time
from pathlib import Path

os.environ.setdefault("KIP_LOCAL", "1")
os.environ.setdefault("KIP_VAR_DIR", tempfile.mkdtemp(prefix="kip-bench-"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cilegon_kip.settings")
os.environ.setdefault("LOG_LEVEL", "ERROR")

HOSTS, CHANNELS, ENTRIES = 20, 200, 5
PAUSE = float(os.environ.get("BENCH_PAUSE", "5"))


def measure(folder: Path) -> bool:
    from django.utils import timezone

    from opd.models import Channel, Unit
    from publications.harvest.planning import close_dead_runs
    from publications.harvest.records import ChannelHarvest, HarvestRun
    from publications.models import Activity, Publication
    from tests.publications.harvest import test_workers as workers
    from tests.publications.harvest.site_server import sites

    workers.GAP, workers.LEASE_SECONDS, workers.HOLD_SECONDS, workers.PATIENCE = PAUSE, 20, 20, 1500
    queue, logs = f"bench-{os.getpid()}", [folder / "one.log", folder / "two.log"]
    unit = Unit.objects.create(slug="bench", name="Bench", short_name="Bench", category="opd")
    with sites(ENTRIES) as server:
        for number in range(CHANNELS):
            url = server.address(number % HOSTS, number)
            channel = Channel.objects.create(
                unit=unit, kind="website", url=url, key=str(number), status="verified", verified_at=timezone.now()
            )
            ChannelHarvest.objects.create(channel=channel, connector="feed", endpoint=f"{url}/feed")
        start = time.perf_counter()
        with (
            workers.worker(queue, server.port, logs[0]) as first,
            workers.worker(queue, server.port, logs[1]) as second,
        ):
            workers.keep_asking_until(lambda: workers.visited() >= CHANNELS // 3, queue, logs, first, second)
            killed_at, done = time.perf_counter() - start, workers.visited()
            workers.kill(first)
            open_then = HarvestRun.objects.open().count()
            workers.keep_asking_until(lambda: workers.visited() == CHANNELS, queue, logs, second)
        seconds, shortest = time.perf_counter() - start, server.shortest_pause()
        requests = sum(len(spans) for spans in server.asked.values())
    closed = close_dead_runs(timezone.now())
    stored, activities = Publication.objects.count(), Activity.objects.count()
    still_open = HarvestRun.objects.open().count()
    print(f"{CHANNELS} channels on {HOSTS} hosts, {PAUSE:g} s between requests to one")
    print(
        f"killed after {killed_at:.0f} s with {done} done and {open_then} visits open; all done after {seconds:.0f} s"
    )
    print(f"requests {requests}, publications {stored} of {CHANNELS * ENTRIES}, activities {activities}, "
          f"dead visits closed {closed}, still open {still_open}")  # fmt: skip
    print(f"shortest pause between two requests to a host: {shortest:.2f} s")
    print(f"least possible with one request at a host at a time: {CHANNELS / HOSTS * PAUSE:.0f} s; "
          f"needed {seconds / (CHANNELS / HOSTS * PAUSE):.1f} times as long")  # fmt: skip
    return shortest >= PAUSE and stored == activities == CHANNELS * ENTRIES and not still_open


def main() -> None:
    import django
    from django.db import connections
    from django.test.utils import setup_databases, teardown_databases

    django.setup()
    logging.disable(logging.INFO)
    created = setup_databases(verbosity=0, interactive=False)
    try:
        with tempfile.TemporaryDirectory(prefix="kip-bench-log-") as folder:
            is_good = measure(Path(folder))
    finally:
        connections.close_all()
        teardown_databases(created, verbosity=0)
    if not is_good:
        raise SystemExit("The promise was not kept.")


if __name__ == "__main__":
    from local.servers import VAR, provide_servers

    with provide_servers(VAR / "bench", durable=False):
        main()
