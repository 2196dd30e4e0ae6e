"""Reads the house's documents: their links, headings, code, and the commands they tell a reader to type."""

import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.contracts.house import REPOSITORY, files, is_ignored, told

FENCE = re.compile(r"^\s*(```|~~~)")
LINK = re.compile(r"\]\(\s*<?([^)\s>]+)>?[^)]*\)|^\s*\[[^\]]+\]:\s*<?(\S+?)>?\s*$")
SPAN = re.compile(r"(`+)(.+?)\1")
PREFIX = r"\s*(?:\$ +)?(?:[A-Z_]+=\S* +)*(?:[\w.-]+/)*"
"""What may stand before a program's name: a prompt, variables, its folder."""
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$")


class Line(NamedTuple):
    """One line of a document; `is_code` within a fenced block."""

    file: Path
    number: int
    text: str
    is_code: bool

    @property
    def place(self) -> str:
        return told(self.file, self.number)


class Words(NamedTuple):
    """A command line as a reader would type it, from the program's name on."""

    line: Line
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.line.place}: {' '.join(self.words)}"


def documents() -> list[Path]:
    return [file for file in files() if file.suffix == ".md"]


@cache
def lines(file: Path) -> tuple[Line, ...]:
    found: list[Line] = []
    is_code = False
    for number, text in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        is_fence = bool(FENCE.match(text))
        if not is_fence:
            found.append(Line(file, number, text, is_code))
        is_code ^= is_fence
    return tuple(found)


def links(file: Path) -> Iterator[tuple[Line, str]]:
    """Every link's target, outside of code."""
    for line in lines(file):
        if not line.is_code:
            for match in LINK.finditer(SPAN.sub("", line.text)):
                yield line, match[1] or match[2]


def anchors(file: Path) -> set[str]:
    """What `#...` may name in a document: its headings, in the spelling of GitHub's pages."""
    headings = [HEADING.match(line.text) for line in lines(file) if not line.is_code]
    return {slug(match[1]) for match in headings if match}


def slug(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def code_spans(file: Path) -> Iterator[tuple[Line, str]]:
    """Code in running text, and the lines of fenced blocks."""
    for line in lines(file):
        if line.is_code:
            yield line, line.text
        else:
            yield from ((line, match[2].strip()) for match in SPAN.finditer(line.text))


def commands(program: str) -> list[Words]:
    """Every call of a program that a document shows."""
    start = re.compile(rf"(?:^|&&|[;|]){PREFIX}{program}(?=\s|$)(.*)")
    return [
        Words(line, (program, *_words(match[1])))
        for file in documents()
        for line, code in code_spans(file)
        if (match := start.search(code)) and not _is_a_tree(line, code)
    ]


def _is_a_tree(line: Line, code: str) -> bool:
    """Whether it is a drawing, such as the map of the rooms, and not something to type."""
    return line.is_code and bool(re.search(r"[│├└─►▼]|^\S+/\s{2}", code))


def _words(text: str) -> list[str]:
    """The words up to a comment or the next command."""
    command = re.split(r"\s#|[;&|)]|\s{3,}", text)[0]
    try:
        return shlex.split(command)
    except ValueError:
        return command.split()


def paths(file: Path) -> Iterator[tuple[Line, str]]:
    """What a document's running text names as a file or folder of the house."""
    for line, code in code_spans(file):
        is_path = re.fullmatch(r"[\w.<>*-]+(/[\w.<>*-]+)*/?", code)
        if is_path and not line.is_code and _is_ours(code) and not is_ignored(Path(code)):
            yield line, code


def _is_ours(name: str) -> bool:
    """A name in a folder of ours, or one that only a file of ours would have."""
    first, *rest = name.split("/")
    is_folder = bool(rest) and ((REPOSITORY / first).is_dir() or name.endswith("/"))
    return is_folder or bool(re.search(r"\.(py|csv|toml)$|/.+\.(md|ya?ml|json|txt|go)$", name))


def exists(name: str) -> bool:
    """Whether a path of the house ends in `name`; `<...>` and `*` stand for any part of a name."""
    pattern = re.sub(r"<[^>]+>|\\\*", "[^/]+", re.escape(name.strip("/")))
    wanted = re.compile(rf"(.*/)?{pattern}(/.*)?")
    return any(wanted.fullmatch(str(file.relative_to(REPOSITORY))) for file in files())
