"""Make the virtual environment and install into it; standard library only, run by the Makefile.

python3 local/bootstrap.py .venv requirements.txt
"""

import shutil
import subprocess
import sys
from pathlib import Path


def fail(message: str) -> None:
    print(f"\n{message}", file=sys.stderr)
    raise SystemExit(1)


def make_environment(folder: Path) -> Path:
    """The environment's Python; an environment that an interrupted run left half-made is made anew."""
    python = folder / "bin" / "python"
    if _has_pip(python):
        return python
    if folder.exists():
        shutil.rmtree(folder)
    result = subprocess.run([sys.executable, "-m", "venv", str(folder)], capture_output=True, text=True)
    if result.returncode or not _has_pip(python):
        shutil.rmtree(folder, ignore_errors=True)
        fail(
            "Lingkungan virtual Python tidak dapat dibuat. Pada Debian atau Ubuntu pasang modulnya: "
            f"`apt-get install python3-venv`, lalu ulangi.\n{result.stdout}{result.stderr}".rstrip()
        )
    return python


def _has_pip(python: Path) -> bool:
    try:
        return subprocess.run([str(python), "-m", "pip", "--version"], capture_output=True).returncode == 0
    except OSError:  # missing, or not a program
        return False


def install(python: Path, requirements: str) -> None:
    print(f"Memasang paket dari {requirements} …", flush=True)
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements]
    result = subprocess.run(command, stderr=subprocess.PIPE, text=True)
    if result.returncode == 0:
        return
    lines = [line for line in result.stderr.splitlines() if line.strip() and not line.startswith("WARNING")]
    details = "\n".join(lines[-8:])
    fail(f"{_advice(result.stderr)}\nYang sudah terunduh tetap tersimpan. Pesan pip:\n{details}")


def _advice(output: str) -> str:
    text = output.lower()
    if "hash" in text and "do not match" in text:
        return "Sebuah unduhan rusak: isinya tidak cocok dengan sidik jari di berkas requirements. Ulangi perintah ini."
    if any(word in text for word in ("gcc", "cc1", "compiler", "python.h", "failed building wheel")):
        return (
            "Sebuah paket tidak mempunyai versi siap pakai untuk mesin ini dan harus dikompilasi. Pasang kompilatornya "
            "(Debian/Ubuntu: `apt-get install build-essential python3-dev`; macOS: `xcode-select --install`), "
            "lalu ulangi."
        )
    if any(word in text for word in ("connection", "timed out", "resolve", "network", "ssl", "proxy")):
        return "Paket tidak dapat diunduh. Periksa sambungan internet (atau pengaturan proxy pip), lalu ulangi."
    if "no space left" in text:
        return "Cakram penuh. Kosongkan sekitar 1 GB, lalu ulangi."
    return "Paket tidak dapat dipasang. Ulangi perintah ini; bila tetap gagal, baca pesan di bawah."


def main() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036  (this file runs before any requirement holds)
        fail(
            f"Diperlukan Python 3.11 atau lebih baru; `python3` di mesin ini {sys.version.split()[0]}. "
            "Bila ada yang lebih baru: `make run PYTHON=python3.12`."
        )
    folder, requirements = sys.argv[1:]
    install(make_environment(Path(folder)), requirements)


if __name__ == "__main__":
    main()
