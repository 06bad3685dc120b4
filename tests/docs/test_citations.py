"""Nothing cites a file that is not in the repository, or a place in it that does not exist."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import stabkit

TOP = Path(__file__).parents[2]
FOLDERS = ("benchmarks", "docs", "proofs", "scripts", "stabkit", "tests")
WRITTEN = (".cff", ".cfg", ".md", ".py", ".toml", ".yaml")
REFERENCE = TOP / "docs" / "model.md"
THEORY = TOP / "docs" / "theory" / "README.md"

_CAPITALS = re.compile(r"\b[A-Z]{3,}\.md\b")
_PATH = re.compile(
    rf"(?<![\w/.-])(?:{'|'.join(FOLDERS)})/[\w./-]*\w\.(?:md|py|json|tex|html|csv|png|gif|toml)\b"
)
_QUOTED = re.compile(r"(?<!`)`((?:\w[\w.-]*/)+[\w-]+\.(?:md|py|json))`")
_DOTTED = re.compile(r"(?<!`)`(stabkit(?:\.\w+)+)`")
_LABEL = r"(?:R\d+[ab]?['′]?|[A-Z][a-z]+(?: [a-z]+)?)"
_CITED = re.compile(rf"docs/model\.md,\s(?:and\s)?({_LABEL}(?:(?:,\s|\sor\s|\sto\s){_LABEL})*)")
_BETWEEN = re.compile(r",\s|\sor\s|\sto\s")
_BEFORE = re.compile(r"(R\d+[ab]?['′]?)\sin\sdocs/model\.md")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def repository() -> list[Path]:
    """All files of the tree, as a clone has them; a copy without .git will do."""
    inside = (path for folder in FOLDERS for path in (TOP / folder).rglob("*"))
    return [path for path in (*TOP.iterdir(), *inside) if path.is_file()]


GROUPS = {"stabkit.lessons"}  # of entry points, which are no modules
FILES = repository()
TEXTS = [path for path in FILES if path.suffix in WRITTEN and path != Path(__file__)]


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def anchors(page: Path) -> list[str]:
    text = re.sub(r"```.*?```", "", read(page), flags=re.DOTALL)
    named = re.findall(r'<a id="([^"]+)"></a>', text)
    return named + [slug(line) for line in _HEADING.findall(text) if slug(line) not in named]


def anchor_of(label: str) -> str:
    return re.sub("['′]", "prime", label).lower().replace(" ", "-")


def wrong_citations(text: str, known: set[str]) -> Iterator[str]:
    """Labels that a text cites and the reference does not have, with the word behind, if any."""
    plain = re.sub(r"\s*\n\s*#?\s*", " ", text)
    cited = [label for several in _CITED.findall(plain) for label in _BETWEEN.split(several)]
    for label in (*cited, *_BEFORE.findall(plain)):
        if not known & {anchor_of(label), anchor_of(label.split()[0])}:
            yield label


def files_cited(text: str) -> set[str]:
    """What a text names as a file of this repository."""
    return {name for kind in (_CAPITALS, _PATH, _QUOTED) for name in kind.findall(text)}


def test_every_cited_file_is_in_the_repository() -> None:
    paths = [path.relative_to(TOP).parts for path in FILES]
    known = {"/".join(parts[k:]) for parts in paths for k in range(len(parts))}
    for path in TEXTS:
        assert files_cited(read(path)) <= known, path


def test_a_cited_file_is_found() -> None:
    said = "OLD.md, see docs/old.md; `vectors/old.json`, not `mine.csv` or data/other.py"
    assert files_cited(said) == {"OLD.md", "docs/old.md", "vectors/old.json"}


def test_every_citation_of_the_reference_leads_somewhere() -> None:
    known = set(anchors(REFERENCE))
    assert {"model", "kernel", "r1", "r3b", "r6prime", "r12", "variance-law", "pooling"} <= known
    wrong = {
        (str(path.relative_to(TOP)), label)
        for path in TEXTS
        for label in wrong_citations(read(path), known)
    }
    assert not wrong


def test_a_wrong_citation_is_found() -> None:
    known = set(anchors(REFERENCE))
    said = "docs/model.md, R8,\nR99. See docs/model.md, Kernal; R6' and R98 in docs/model.md"
    assert list(wrong_citations(said, known)) == ["R99", "Kernal", "R98"]


def exists(name: str) -> bool:
    """Whether a dotted name leads to a module, or to something in one."""
    try:
        pkgutil.resolve_name(name)
    except (ImportError, AttributeError):
        return False
    return True


def test_every_cited_name_of_the_package_exists() -> None:
    today = [path for path in TEXTS if path.name != "CHANGELOG.md"]  # that tells of the past, too
    named = {name for path in today for name in _DOTTED.findall(read(path))}
    assert "stabkit.analyze" in named
    assert not {name for name in named - GROUPS if not exists(name)}


def test_anchors_are_unique_and_links_to_them_exist() -> None:
    named = anchors(REFERENCE)
    assert len(named) == len(set(named))
    for path in TEXTS:
        if path.suffix == ".md":
            for page, anchor in re.findall(r"\]\(([\w./-]*)#([^)]+)\)", read(path)):
                target = path.parent / page if page else path
                assert anchor in anchors(target), (path.name, page, anchor)


def test_the_reference_tells_the_status_of_every_record() -> None:
    rows = re.findall(r"^\| \[[^\]]+\]\((\S+)\) \|.*\| ([^|]+) \|$", read(THEORY), re.MULTILINE)
    assert len(rows) == len(stabkit.theorems())
    told = re.findall(r"[Ss]tatus:\s+\[([^\]]+)\]\(theory/([^)]+)\)", read(REFERENCE))
    assert sorted(told) == sorted((status, link) for link, status in rows)


def test_the_reference_names_public_names_only() -> None:
    named = set(re.findall(r"`stabkit\.(\w+)`", read(REFERENCE)))
    assert named
    assert named <= set(stabkit.__all__)
