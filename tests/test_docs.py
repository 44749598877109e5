"""What the documents promise of the tree: every setting and package is explained, every decision has its own number."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parent.parent
DECISIONS = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def text(name: str) -> str:
    return (ROOT / name).read_text()


def test_each_decision_has_a_number_of_its_own_and_stands_in_the_list():
    index = text("docs/decisions/README.md")
    numbers = [int(path.name[:4]) for path in DECISIONS]
    assert numbers == list(range(1, len(numbers) + 1))
    for number, path in zip(numbers, DECISIONS, strict=True):
        title = path.read_text().splitlines()[0]
        assert title.startswith(f"# {number}. ")
        assert f"{number}. [{title.split('. ', 1)[1]}]({path.name})" in index


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(path):
    links = [link for link in re.findall(r"\]\(([^)#\s]+)", path.read_text()) if "://" not in link]
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_every_setting_from_the_environment_is_explained():
    names = set(re.findall(r"""(?:env\.\w+|required)\(\s*"([A-Z_]+)\"""", text("cilegon_kip/settings.py")))
    explained = text("docs/production.md")
    assert len(names) > 40
    assert [name for name in sorted(names) if f"`{name}`" not in explained] == []


@pytest.mark.parametrize("name", ["requirements.in", "requirements-dev.in"])
def test_every_package_has_its_reason(name):
    lines = [line for line in text(name).splitlines() if line and line[0] not in "#-"]
    rows = "\n".join(line for line in text("docs/dependencies.md").splitlines() if line.startswith("|")).lower()
    packages = [re.split(r"[\[~<>=]", line)[0].lower() for line in lines]
    assert packages
    assert [package for package in packages if not re.search(rf"\b{re.escape(package)}\b", rows)] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_that_documents_name_exist(path):
    named = set(re.findall(r"manage\.py ([a-z_]+)", path.read_text()))
    assert named - set(get_commands()) == set()


def test_every_command_of_the_portal_is_in_the_readme():
    ours = {path.stem for path in ROOT.glob("*/management/commands/[a-z]*.py")}
    listed = set(re.findall(r"manage\.py ([a-z_]+)", text("README.md")))
    assert ours - listed == set()
