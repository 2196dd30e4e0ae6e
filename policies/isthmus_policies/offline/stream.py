"""Reads JSON piece by piece, so that memory grows with the largest piece and not with the file.

The standard library's parser takes one value at a time out of a buffer; only the objects and lists
that the caller walks through are taken apart here.
"""

import json
import re
from collections.abc import Iterator
from typing import cast

MAX_PIECE_CHARACTERS = 8 * 1024 * 1024
"""Of one value that is taken in one go: a resource, or something that is skipped. Real ones are a few
kB; lists in lists take up to forty times the memory of their text."""
_SPACE = " \t\n\r"
_NUMBER = re.compile(r"[-+.0-9eE]+")


class BadJson(Exception):
    """The text is not JSON, or not JSON that can be read safely."""

    def __init__(self, what: str, at: int, *, is_cut_off: bool = False) -> None:
        super().__init__(what)
        self.what, self.at, self.is_cut_off = what, at, is_cut_off


class JsonStream:
    """A cursor in a JSON text that arrives in chunks."""

    def __init__(self, chunks: Iterator[str]) -> None:
        self._chunks = chunks
        self._text = ""
        self._here = 0
        self._before = 0
        """Characters that were dropped from the front of the buffer."""
        self._decoder = json.JSONDecoder(parse_constant=_refuse_constant)

    @property
    def at(self) -> int:
        """How many characters were read so far."""
        return self._before + self._here

    def peek(self) -> str:
        """The next character that is not space; nothing at the end of the text."""
        while True:
            while self._here < len(self._text):
                if self._text[self._here] not in _SPACE:
                    return self._text[self._here]
                self._here += 1
            if not self._read_more(1):
                return ""

    def take(self, character: str) -> bool:
        """Steps over a character if it is the next one."""
        if self.peek() != character:
            return False
        self._here += 1
        return True

    def members(self) -> Iterator[str]:
        """The keys of the object that begins here; the caller reads the value after each."""
        self._demand("{")
        if self.take("}"):
            return
        while True:
            key = self.value() if self.peek() == '"' else self._fail("a key in quotes")
            self._demand(":")
            yield cast(str, key)
            if self.take("}"):
                return
            self._demand(",")

    def elements(self) -> Iterator[int]:
        """The indices of the list that begins here; the caller reads the value after each."""
        self._demand("[")
        if self.take("]"):
            return
        index = 0
        while True:
            yield index
            index += 1
            if self.take("]"):
                return
            self._demand(",")

    def value(self) -> object:
        """The whole value that begins here."""
        if not self.peek():
            self._fail("a value")
        self._complete_number()
        while True:
            try:
                found, self._here = self._decoder.raw_decode(self._text, self._here)
            except RecursionError:
                raise BadJson("it is nested too deeply to be real", self.at) from None
            except ValueError as error:
                told = self._explain(error)
                if not self._may_be_incomplete(error):
                    raise told from None
                if not self._read_more(self._left()):
                    told.is_cut_off = True
                    raise told from None
            else:
                return cast(object, found)

    def end(self) -> None:
        """Demands that nothing follows."""
        if self.peek():
            raise BadJson("more text follows where the JSON should end", self.at)

    def _complete_number(self) -> None:
        """A number has no end of its own: what follows must be there before it is read."""
        while True:
            found = _NUMBER.match(self._text, self._here)
            if found is None or found.end() < len(self._text) or not self._read_more(1):
                return

    def _demand(self, character: str) -> None:
        if not self.take(character):
            self._fail(f"'{character}'")

    def _fail(self, wanted: str) -> None:
        found = self.peek()
        if not found:
            raise BadJson(f"it ends where {wanted} should follow", self.at, is_cut_off=True)
        raise BadJson(f"{wanted} should follow, not {found!a}", self.at)

    def _may_be_incomplete(self, error: ValueError) -> bool:
        """Whether more text could mend it; an unclosed string is told at its beginning."""
        if not isinstance(error, json.JSONDecodeError):
            return False
        return error.msg.startswith("Unterminated") or error.pos >= len(self._text) - 16

    def _explain(self, error: ValueError) -> BadJson:
        if not isinstance(error, json.JSONDecodeError):
            return BadJson(
                "it holds a number that is not JSON, or has thousands of digits", self.at
            )
        said = error.msg.removesuffix(" starting at")
        return BadJson(f"{said[0].lower()}{said[1:]}", self._before + error.pos)

    def _left(self) -> int:
        return len(self._text) - self._here

    def _read_more(self, characters: int) -> bool:
        """At least so many more characters, if there are; doubling keeps the whole linear."""
        if self._left() > MAX_PIECE_CHARACTERS:
            raise BadJson(
                f"one value in it is longer than {MAX_PIECE_CHARACTERS} characters", self.at
            )
        characters = min(characters, MAX_PIECE_CHARACTERS + 1 - self._left())
        parts = [self._text[self._here :]]
        size = 0
        while size < characters:
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            parts.append(chunk)
            size += len(chunk)
        self._before += self._here
        self._here = 0
        self._text = "".join(parts)
        return size > 0


def _refuse_constant(name: str) -> None:
    raise ValueError(name)
