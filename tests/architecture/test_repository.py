"""What is committed: ours alone, without addresses of registries or of one machine, and of a sane size."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.architecture.tree import ROOT, kept_files, listing, place

LARGEST = 1024 * 1024
LOCKS = ("requirements.lock", "requirements-run.lock", "package-lock.json")
# Put together here, since this file is searched like any other.
MACHINE = re.compile("|".join(["/" + "work/", "/" + "tmp/", r"\." + "library", "/" + "root/", r"\.\./" + "shared"]))
REGISTRIES = re.compile(
    "|".join(
        [r"pypi\." + "org", "pythonhosted" + r"\.", "registry" + r"\.npmjs", r"deb\." + "debian", "npmmirror" + r"\."]
    )
)
FOREIGN = re.compile(
    r"(\.min\.(js|css)$)|(^|/)(vendor|node_modules|third_party)/|\.(whl|egg|jar|ttf|otf|ttc|woff2?|so|dll|exe)$"
)
LONG_LINE = 5_000  # no person writes one; a minifier does


def words(path: Path) -> str:
    """The text of a file, empty where it is not text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_names_no_host(name):
    lock = ROOT / name
    assert lock.exists(), f"{name} is missing: every install must be pinned"
    hosts = [line for line in words(lock).splitlines() if re.search(r"https?://", line) and "funding" not in line]
    hosts = [
        line for line in hosts if '"url"' not in line
    ]  # where npm's packages ask for donations; nothing is fetched
    assert not hosts, listing(hosts[:5], "Made behind a mirror, it would break everywhere else:")


def locked(name: str) -> dict[str, Version]:
    """What a Python lock file pins, by normalised name."""
    pins = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)", words(ROOT / name), re.M)
    return {canonicalize_name(package): Version(version) for package, version in pins}


@pytest.mark.parametrize(("name", "extras"), [("requirements-run.lock", ()), ("requirements.lock", ("dev",))])
def test_a_lock_file_pins_what_the_project_asks_for(name, extras):
    project = tomllib.loads(words(ROOT / "pyproject.toml"))["project"]
    asked = [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]
    pins = locked(name)
    faults = []
    for requirement in map(Requirement, asked):
        pin = pins.get(canonicalize_name(requirement.name))
        if pin is None or pin not in requirement.specifier:
            faults.append(f"{requirement}: {name} has {pin}")
    assert faults == [], listing(faults, "Compile the lock files again after changing pyproject.toml:")


def test_every_pin_has_its_hash():
    for name in ("requirements-run.lock", "requirements.lock"):
        bare = [
            block.splitlines()[0]
            for block in re.split(r"\n(?=\S)", words(ROOT / name))
            if "==" in block.splitlines()[0]
        ]
        hashed = [block for block in re.split(r"\n(?=\S)", words(ROOT / name)) if "--hash=sha256:" in block]
        assert len(bare) == len(hashed) > 20


def found(pattern: re.Pattern[str]) -> list[str]:
    """Each kept file's first line that a pattern matches."""
    faults = []
    for path in kept_files():
        for number, line in enumerate(words(path).splitlines(), 1):
            if match := pattern.search(line):
                faults.append(f"{place(path, number)}  …{line[max(0, match.start() - 20) : match.end() + 30]}")
                break
    return faults


def test_no_path_of_one_machine_is_kept():
    assert not (faults := found(MACHINE)), listing(faults, "Use a relative path, a setting or tempfile:")


def test_no_registry_is_named():
    assert not (faults := found(REGISTRIES)), listing(faults, "Packages are named, never the host they come from:")


def test_nothing_foreign_is_kept():
    names = [str(path.relative_to(ROOT)) for path in kept_files()]
    faults = [name for name in names if FOREIGN.search(name)]
    faults += [
        place(path)
        for path in kept_files()
        if path.suffix in {".js", ".css"} and any(len(line) > LONG_LINE for line in words(path).splitlines())
    ]
    assert faults == [], listing(faults, "Third-party and minified files come from a package at set-up:")


def test_no_file_is_huge():
    faults = [f"{place(path)} {path.stat().st_size:,} bytes" for path in kept_files() if path.stat().st_size > LARGEST]
    assert faults == [], listing(faults, "Generate it, or keep it outside the repository:")


def test_what_is_built_is_not_kept():
    built = {".mo", ".pyc", ".sqlite3", ".log"}
    faults = [place(path) for path in kept_files() if path.suffix in built]
    assert faults == [], listing(faults, "Built files are ignored by git:")
