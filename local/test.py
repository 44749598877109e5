"""`make test`: the whole suite on real PostgreSQL and Redis; browser tests where a Chromium can be had.

make test                     everything
make test ARGS="tests/opd"    a part
"""

import os
import shlex
import shutil
import subprocess
import sys

from .servers import ROOT

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    return os.environ.get("KIP_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUMS)), None)


def install_chromium() -> None:
    """Try the system's package; without root or apt-get the suite says what it skips."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return
    print("Memasang chromium untuk uji peramban …", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "-qq", "update"], ["apt-get", "-qq", "-y", "install", "chromium"]):
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main() -> int:
    arguments = shlex.split(os.environ.get("ARGS", ""))
    if not find_chromium():
        install_chromium()
    if not find_chromium():
        print("Tanpa Chromium: uji peramban (tests/browser) dilewati. Pasang dengan `apt-get install chromium`.")
    if not any(argument.startswith("-n") for argument in arguments):
        arguments = ["-n", "auto", "--dist", "load", *arguments]
    if os.environ.get("COVERAGE") != "1":
        return run("pytest", *arguments)
    run("coverage", "erase")
    result = run("coverage", "run", "-m", "pytest", *arguments)
    run("coverage", "combine", "--quiet")
    return run("coverage", "report") or result


def run(module: str, *arguments: str) -> int:
    return subprocess.run([sys.executable, "-m", module, *arguments], cwd=ROOT).returncode


if __name__ == "__main__":
    raise SystemExit(main())
