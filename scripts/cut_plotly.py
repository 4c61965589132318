"""Makes dashboard/build/plotly.js: plotly's own script without the kinds of chart that Parallax never draws.

    python scripts/cut_plotly.py

The installed package carries all of plotly in one file, and three quarters of it draw maps, surfaces and the like.
That file is a list of modules, each a declaration that runs when another asks for it. The kinds of chart are taken
off the list that plotly registers, and with them goes every declaration that nothing is left to ask for. What is
kept is kept byte for byte, with its licences. `make install` does this; without it the whole file is served.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

import tree_sitter_javascript
from tree_sitter import Language, Node, Parser

from dashboard.plotly_js import CUT, TRACES, made_of, whole

NAMES = {"identifier", "shorthand_property_identifier"}
FUNCTIONS = {"arrow_function", "function_expression"}
# What only makes something that others can ask for.
INERT = {*FUNCTIONS, "class", "string", "template_string", "number", "array", "object"}
DECLARATIONS = {"variable_declaration", "lexical_declaration"}
REGISTERED = re.compile(rb"(\.register\(\[)([\w$(),]*)(\]\))")
FORWARDS = re.compile(rb"\w+\.exports=([\w$]+)\(\)\}\)$")
TRACE = re.compile(rb'moduleType:"trace",name:"(\w+)"')


@dataclass
class Item:
    """A declaration, or a statement that runs at once: its place among the statements, its text, what it declares,
    the names that stand in it, and whether it runs without being asked for."""

    statement: int
    text: bytes
    names: set[bytes]
    asks: set[bytes]
    runs: bool


def cut(script: bytes, traces: Collection[str]) -> bytes:
    """The script with only these kinds of chart (plotly's names), and those that they and its core ask for.

    ValueError: the script does not register its kinds of chart as plotly's bundles do.
    """
    parse = Parser(Language(tree_sitter_javascript.language())).parse
    body = _modules(parse(script).root_node)
    items = [item for n, node in enumerate(body.named_children) for item in _items(node, n)]
    declares: dict[bytes, list[Item]] = defaultdict(list)
    for item in items:
        for name in item.names:
            declares[name].append(item)
    lists = [item for item in items if REGISTERED.search(item.text)]
    if not lists or not any(TRACE.search(item.text) for item in items):
        raise ValueError("no list of the kinds of chart that are registered: this is no script of plotly's")
    wanted = {trace.encode() for trace in traces}
    for item in lists:
        item.text = REGISTERED.sub(lambda found: _shortened(found, declares, wanted), item.text)
        item.asks = _named(parse(item.text).root_node)
    kept = {id(item) for item in _asked_for(items, declares)}
    texts = [
        _statement(body.named_children[n], [item.text for item in group if id(item) in kept])
        for n, group in groupby(items, key=lambda item: item.statement)
    ]
    return script[: body.start_byte] + b"{" + b"".join(texts) + b"}" + script[body.end_byte :]


def _modules(root: Node) -> Node:
    """The block that holds the modules: of all, the one with most statements."""

    def blocks(node: Node) -> Iterator[Node]:
        for child in node.children:
            if child.type == "statement_block":
                yield child
            yield from blocks(child)

    return max(blocks(root), key=lambda block: block.named_child_count)


def _items(node: Node, statement: int) -> Iterator[Item]:
    if node.type in DECLARATIONS:
        for declared in (child for child in node.named_children if child.type == "variable_declarator"):
            name, value = declared.child_by_field_name("name"), declared.child_by_field_name("value")
            yield Item(statement, declared.text, _named(name), _named(declared), runs=not _inert(value))
    elif node.type in ("function_declaration", "class_declaration"):
        yield Item(statement, node.text, {node.child_by_field_name("name").text}, _named(node), runs=False)
    elif node.type != "comment":
        owner = _filled(node)
        yield Item(statement, node.text, {owner} if owner else set(), _named(node), runs=owner is None)


def _inert(value: Node | None) -> bool:
    """Whether a declaration does nothing by itself: no value, a function or a plain value, or a wrapped function."""
    if value is None or value.type in INERT:
        return True
    arguments = value.child_by_field_name("arguments") if value.type == "call_expression" else None
    return arguments is not None and all(child.type in FUNCTIONS for child in arguments.named_children)


def _filled(node: Node) -> bytes | None:
    """`fill(namespace, {name: () => value, …})`: the namespace, without which the statement is of no use."""
    call = node.named_children[0] if node.type == "expression_statement" else None
    given = call.child_by_field_name("arguments").named_children if call and call.type == "call_expression" else []
    return given[0].text if [child.type for child in given] == ["identifier", "object"] else None


def _named(node: Node) -> set[bytes]:
    """All names in what stands under a node, whatever they mean there: rather one too many."""
    found, open_ = set(), [node]
    while open_:
        node = open_.pop()
        if node.type in NAMES:
            found.add(node.text)
        open_ += node.children
    return found


def _shortened(found: re.Match[bytes], declares: Mapping[bytes, list[Item]], wanted: Collection[bytes]) -> bytes:
    """The list of what is registered, with nothing but the kinds of chart that are wanted."""
    kept = [call for call in found[2].split(b",") if _trace(call.removesuffix(b"()"), declares) in wanted]
    return found[1] + b",".join(kept) + found[3]


def _trace(name: bytes, declares: Mapping[bytes, list[Item]]) -> bytes | None:
    """The kind of chart that a module is, or that the module is which it passes on; None of what is none."""
    for item in declares[name]:
        if kind := TRACE.search(item.text):
            return kind[1]
        if passed := FORWARDS.search(item.text):
            return _trace(passed[1], declares)
    return None


def _asked_for(items: list[Item], declares: Mapping[bytes, list[Item]]) -> Iterator[Item]:
    """What runs by itself, and all that it leads to."""
    seen: set[bytes] = set()
    open_ = [item for item in items if item.runs]
    while open_:
        item = open_.pop()
        yield item
        for name in (item.asks & declares.keys()) - seen:
            seen.add(name)
            open_ += declares[name]


def _statement(node: Node, kept: list[bytes]) -> bytes:
    if node.type not in DECLARATIONS or not kept:
        return b"".join(kept)
    return node.children[0].text + b" " + b",".join(kept) + b";"


def main() -> None:
    """Cuts the installed script; where that can't be done, says why, and the whole one is served."""
    script = whole()
    CUT.unlink(missing_ok=True)
    try:
        made = made_of(script) + cut(script, TRACES)
    except ValueError as error:
        print(f"plotly's script stays whole, and the first chart comes a second later: {error}", file=sys.stderr)
        return
    CUT.parent.mkdir(exist_ok=True)
    CUT.write_bytes(made)
    print(f"{CUT}: {len(made) / 1e6:.1f} MB of {len(script) / 1e6:.1f}")


if __name__ == "__main__":
    main()
