"""Generate hostile YAML for any place of a topology: texts that somebody could write as a value or a key."""

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests import strategies
from tests.check.changed_topologies import Path, with_values

_MARK = "zzplaceholderzz"
_LONG = 100_000
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_TOKENS = ("String Map Token Value", "Any Map Token Value", "-8.109562212591379e+298", "-1.8881545897087968e+289")
_ADDITIONS = (
    *("\0", "\x1b[2J", "\r", "\n", "\t", " ", "\x7f", "\x85", "\u00a0", "\u200b", "\u2028", "\u202e", "\ufeff"),
    *("\u0301", "\u0130", "\u212a", "\U0001f600", "\\", '"', "'", "`", "|", "<", "$", "%", "*", "?", "/..", "//", ":"),
    *("@", "${x}", "%{y}", "#{z}", "${TfToken[TOKEN.0]}", "#{TfToken[0]}"),
)
_TYPES = (
    *("~", "yes", "true", "0", "-1", "1e3", "3.0", "0x1F", "0o17", "010", "1_000", "1:30:00", ".inf", ".nan", "1e400"),
    *("9" * 400, "-" + "9" * 400, "2001-01-01", "[]", "{}", "[[]]", "[{}]", "{a: b}", "{~: ~}", "{[1]: 2}"),
    *("!!binary aGVsbG8=", "!!python/object/apply:os.system [ls]", "!!set {a}", "!!null ''", "!x y", "="),
    *("&a [*a]", "*undefined", "&a {b: *a}", "{<<: {a: 1}}", "{<<: *undefined}", "{<<: [1]}", "'<<'"),
    *("[" * 300 + "]" * 300, "[" * 3000 + "]" * 3000, "{a: " * 3000 + "1" + "}" * 3000),
)
_TEXTS = (
    *(filler * (_LONG // len(filler)) for filler in ("a", "1", ".", "a.", "-", " ", "#", "1:", "${")),
    *("../../etc/passwd", "; rm -rf /", "$(touch x)", "<img src=x>", "```", "<!-- hvn-reviewed:2 -->", "__proto__"),
    *("255.255.255.255/32", "::/0", "fe80::1%eth0", "*", "", *_TOKENS),
)


def values(original: Any) -> Iterator[str]:
    """Yield hostile texts for a value of a topology: values of other types, and variants of the original value."""
    yield from _TYPES
    yield from _TOKENS
    yield from map(json.dumps, _TEXTS)
    if isinstance(original, Mapping | list):
        return
    text = str(original).lower() if isinstance(original, bool) else str(original)
    for addition in _ADDITIONS:
        yield json.dumps(text + addition)
        yield json.dumps(addition + text)
    for other in (text.translate(_FULL_WIDTH), text.translate(_ARABIC), text.upper(), text * 2, text[:-1]):
        yield json.dumps(other)
    yield f'"{json.dumps(text)[1:-1]}\\ud800"'
    yield json.dumps(text + "0" * _LONG)
    yield from (f"[{json.dumps(text)}]", f"{{a: {json.dumps(text)}}}", f"&a {json.dumps(text)}", f"!!binary {text!r}")
    yield f"[{', '.join([json.dumps(text)] * 3000)}]"


def keys() -> Iterator[str]:
    """Yield hostile texts for a key."""
    yield from ("~", "1", "1.5", "true", "[1]", "{a: 1}", "<<", "&k a", "*k", ".nan", "2001-01-01", '"\\ud800"')
    yield from map(json.dumps, (*_TEXTS, *_ADDITIONS, "hub", "A", "é", "１", "a.b", "a/b", "a\nb"))


def places(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield the path and the value of each key and each item of a list."""
    if path:
        yield path, value
    items = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from places(inner, (*path, key))


def with_text(base: Any, path: Path, text: str) -> str:
    """Return a topology as YAML with this text as the value at a path."""
    return _replaced(strategies.dump(with_values(base, {path: _MARK})), text)


def with_key(base: Any, path: Path, text: str) -> str:
    """Return a topology as YAML with this text instead of the last key of a path."""
    changed = copy.deepcopy(base)
    inner = changed
    for part in path[:-1]:
        inner = inner[part]
    inner[_MARK] = inner.pop(path[-1])
    return _replaced(strategies.dump(changed), text)


def _replaced(yaml: str, text: str) -> str:
    assert yaml.count(f'"{_MARK}"') == 1
    return yaml.replace(f'"{_MARK}"', text)
