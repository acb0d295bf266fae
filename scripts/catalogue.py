"""Builds the English catalogue out of its parts, and says which words have no English yet.

    python scripts/catalogue.py              merges locale/en/parts/*.po into locale/en/LC_MESSAGES/django.mo
    python scripts/catalogue.py --missing    lists every Chinese word of code and templates without an entry

Each room keeps its own part, so that two people never edit one file; the merged catalogue is built, not kept.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polib
from django.template.base import Lexer, Token, TokenType
from django.utils.translation import trim_whitespace

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "baozhang"
ENGLISH = SOURCE / "locale" / "en"
CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
PLACES = re.compile(r"%\((\w+)\)[#0\- +]*\d*(?:\.\d+)?[a-z]|%[sdr]|\{(\w*)\}")

# gettext's functions: where the message, the plural and the context stand among the arguments.
CALLS = {
    "gettext": (0, None, None),
    "gettext_lazy": (0, None, None),
    "gettext_noop": (0, None, None),
    "ngettext": (0, 1, None),
    "ngettext_lazy": (0, 1, None),
    "pgettext": (1, None, 0),
    "pgettext_lazy": (1, None, 0),
    "npgettext": (1, 2, 0),
    "npgettext_lazy": (1, 2, 0),
}
QUOTED = r"""(?:"([^"]*)"|'([^']*)')"""
SINGLE = re.compile(rf"^\s*trans(?:late)?\s+{QUOTED}")
CONTEXT = re.compile(rf"\bcontext\s+{QUOTED}")
NAMED = re.compile(r"""lang=["']zh[^>]*>[^<]*<""")  # an element that says which language it is in, such as a switch
LATIN = re.compile(r"[A-Za-z]")
INNER = re.compile(rf"_\({QUOTED}\)")


@dataclass(frozen=True)
class Message:
    """A text to be translated, with its plural and context, and where it stands."""

    text: str
    plural: str = ""
    context: str = ""
    place: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What a catalogue looks it up by."""
        return self.context, self.text


# --- what is said in code


def names_in(tree: ast.AST) -> dict[str, str]:
    """What a module calls gettext's functions: its own name for each."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            found |= {alias.asname or alias.name: alias.name for alias in node.names if alias.name in CALLS}
    return found


def called(node: ast.Call, names: dict[str, str]) -> str | None:
    """The gettext function that a call is to, or None."""
    if isinstance(node.func, ast.Name):
        return names.get(node.func.id)
    if isinstance(node.func, ast.Attribute) and node.func.attr in CALLS:
        owner = node.func.value
        return node.func.attr if isinstance(owner, ast.Name) and owner.id == "translation" else None
    return None


def title_of_rule(node: ast.AST) -> str:
    """The first line of the docstring under `@rule(...)`, which is the rule's title; empty for anything else."""
    if not isinstance(node, ast.FunctionDef):
        return ""
    callers = (one.func for one in node.decorator_list if isinstance(one, ast.Call))
    if not any(isinstance(caller, ast.Name) and caller.id == "rule" for caller in callers):
        return ""
    return (ast.get_docstring(node) or "").strip().partition("\n")[0].strip()


def messages_of_code(path: Path) -> Iterator[Message]:
    """Every literal message of a Python file; an f-string or a sum as message is refused, no catalogue could hold it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = names_in(tree)
    for node in ast.walk(tree):
        if title := title_of_rule(node):
            yield Message(title, place=f"{path}:{node.lineno}")  # type: ignore[attr-defined]
        if not isinstance(node, ast.Call) or (function := called(node, names)) is None:
            continue
        words: list[str] = []
        for position in CALLS[function]:
            argument = node.args[position] if position is not None and position < len(node.args) else None
            if isinstance(argument, (ast.JoinedStr, ast.BinOp)):
                raise ValueError(f"{path}:{node.lineno}: a message must be one literal; put values in with %(name)s")
            literal = isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            words.append(str(argument.value) if literal else "")  # type: ignore[union-attr]
        if words[0]:
            yield Message(*words, place=f"{path}:{node.lineno}")


# --- what is said in templates


def _unquote(match: re.Match[str]) -> str:
    return match.group(1) if match.group(1) is not None else match.group(2)


def tokens_of(path: Path) -> list[Token]:
    """A template cut into text, variables, tags and comments."""
    return Lexer(path.read_text(encoding="utf-8")).tokenize()


def _joined(tokens: Iterable[Token], *, trimmed: bool) -> str:
    pieces = []
    for token in tokens:
        if token.token_type == TokenType.TEXT:
            pieces.append(token.contents.replace("%", "%%"))
        elif token.token_type == TokenType.VAR:
            pieces.append(f"%({token.contents})s")
    text = "".join(pieces)
    return trim_whitespace(text) if trimmed else text


def _block(opening: Token, inside: list[Token], path: Path) -> Message:
    trimmed = "trimmed" in opening.contents.split()
    context = CONTEXT.search(opening.contents)
    cut = next((i for i, token in enumerate(inside) if token.contents.split() == ["plural"]), len(inside))
    return Message(
        _joined(inside[:cut], trimmed=trimmed),
        _joined(inside[cut + 1 :], trimmed=trimmed),
        _unquote(context) if context else "",
        f"{path}:{opening.lineno}",
    )


def messages_of_template(path: Path) -> Iterator[Message]:
    """Every message of a template's translate and blocktranslate tags and of `_("…")` inside tags."""
    opening: Token | None = None
    inside: list[Token] = []
    for token in tokens_of(path):
        word = token.contents.split()[0] if token.token_type == TokenType.BLOCK and token.contents.split() else ""
        if opening is not None:
            if word.startswith("endblocktrans"):
                yield _block(opening, inside, path)
                opening, inside = None, []
            else:
                inside.append(token)
            continue
        if word.startswith("blocktrans"):
            opening = token
        elif token.token_type in (TokenType.BLOCK, TokenType.VAR):
            place = f"{path}:{token.lineno}"
            context = CONTEXT.search(token.contents)
            if single := SINGLE.match(token.contents):
                yield Message(_unquote(single), "", _unquote(context) if context else "", place)
            for match in INNER.finditer(token.contents):
                yield Message(_unquote(match), place=place)


def bare_chinese(path: Path) -> Iterator[tuple[int, str]]:
    """Chinese that a template shows without translating it: line number and the text around."""
    inside = False
    for token in tokens_of(path):
        words = token.contents.split()
        if token.token_type == TokenType.BLOCK and words:
            if words[0].startswith(("blocktrans", "comment")):
                inside = True
            elif words[0].startswith(("endblocktrans", "endcomment")):
                inside = False
            bare = "" if words[0].startswith(("trans", "blocktrans")) else INNER.sub("", token.contents)
        elif token.token_type == TokenType.COMMENT:
            bare = ""
        else:
            bare = NAMED.sub("", INNER.sub("", token.contents))
        if not inside and (found := CHINESE.search(bare)):
            line = token.lineno + bare[: found.start()].count("\n")
            yield line, bare[max(0, found.start() - 10) : found.start() + 20].strip()


# --- both together


def templates() -> list[Path]:
    """The project's own HTML and text templates."""
    return sorted(path for path in SOURCE.glob("**/templates/**/*") if path.suffix in {".html", ".txt", ".xml"})


def messages() -> list[Message]:
    """Every message of the project."""
    found: list[Message] = []
    for path in sorted(SOURCE.glob("**/*.py")):
        found += messages_of_code(path)
    for path in templates():
        found += messages_of_template(path)
    return found


def places_in(text: str) -> list[str]:
    """The places in a text where values are put in, sorted, so that two texts can be compared."""
    return sorted(match.group(0) for match in PLACES.finditer(text.replace("%%", "")))


def read_part(path: Path) -> list[polib.POEntry]:
    """The entries of one part; a file that is no catalogue is refused with its place."""
    try:
        return [entry for entry in polib.pofile(str(path), encoding="utf-8") if not entry.obsolete]
    except OSError as error:
        raise ValueError(f"{path}: {error}") from error


def wrong_with(entry: polib.POEntry) -> str:
    """What is wrong with one entry by itself, or nothing."""
    translated = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    if entry.fuzzy:
        return "is marked fuzzy"
    if not translated or not all(translated):
        return "has no English"
    if any(CHINESE.search(text) and not LATIN.search(text) for text in translated) and "zh-ok" not in entry.comment:
        return "still has Chinese for its English (if that is meant, say `#. zh-ok` above it)"
    for text in translated:
        if entry.msgid_plural:
            if not set(places_in(text)) <= set(places_in(entry.msgid)) | set(places_in(entry.msgid_plural)):
                return f"has places that its Chinese lacks: {text}"
        elif places_in(text) != places_in(entry.msgid):
            return f"must keep the places {places_in(entry.msgid)}: {text}"
    return ""


def merged(parts: Iterable[Path]) -> tuple[polib.POFile, list[str]]:
    """All parts as one catalogue, and everything that is wrong with them."""
    catalogue = polib.POFile(wrapwidth=0)
    catalogue.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": "en",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    seen: dict[tuple[str, str], tuple[polib.POEntry, Path]] = {}
    faults: list[str] = []
    for path in parts:
        for entry in read_part(path):
            if fault := wrong_with(entry):
                faults.append(f"{path.name}:{entry.linenum}: {entry.msgid!r} {fault}")
            key = (entry.msgctxt or "", entry.msgid)
            if key not in seen:
                seen[key] = entry, path
                catalogue.append(entry)
                continue
            first, other = seen[key]
            if (first.msgstr, first.msgstr_plural) != (entry.msgstr, entry.msgstr_plural):
                faults.append(
                    f"{path.name}:{entry.linenum}: {entry.msgid!r} is {entry.msgstr!r} here "
                    f"and {first.msgstr!r} in {other.name}:{first.linenum}"
                )
    return catalogue, faults


def parts() -> list[Path]:
    """The parts of the English catalogue, by name."""
    return sorted((ENGLISH / "parts").glob("*.po"))


def missing() -> list[Message]:
    """Messages of the project that no part has in English; those without a Chinese character need none."""
    catalogue, _ = merged(parts())
    known = {(entry.msgctxt or "", entry.msgid) for entry in catalogue}
    return [message for message in messages() if CHINESE.search(message.text) and message.key not in known]


def unsaid() -> list[str]:
    """Entries of the parts whose Chinese nobody says any longer, each with its place."""
    known = {message.key for message in messages()}
    return [
        f"{path.name}:{entry.linenum}: {entry.msgid}"
        for path in parts()
        for entry in read_part(path)
        if (entry.msgctxt or "", entry.msgid) not in known
    ]


def build() -> list[str]:
    """Writes the compiled catalogue; returns what is wrong, in which case nothing is written."""
    catalogue, faults = merged(parts())
    if not faults:
        target = ENGLISH / "LC_MESSAGES" / "django.mo"
        target.parent.mkdir(parents=True, exist_ok=True)
        catalogue.save_as_mofile(str(target))
    return faults


def main() -> int:
    """The catalogue from the command line; 1 where something is wrong or missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--missing", action="store_true", help="list what has no English instead of building")
    if parser.parse_args().missing:
        left = {message.key: message for message in missing()}
        for message in left.values():
            print(
                f"{Path(message.place).relative_to(ROOT)}  {message.context and message.context + ' | '}{message.text}"
            )
        return 1 if left else 0
    faults = build()
    for fault in faults:
        print(f"catalogue: {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
