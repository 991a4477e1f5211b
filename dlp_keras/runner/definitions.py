"""What the statements of a program define, and what they use."""

import ast
import symtable


def defined_names(source: str) -> set[str]:
    """Return the names of the functions, classes and values that a script defines, whoever runs it."""
    kinds = (ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)
    return {
        name for node in ast.parse(source).body if isinstance(node, kinds) for name in assigned_names(node)
    }


def find_closure(source: str, name: str) -> list[ast.stmt]:
    """Return the statements of a script that define a name, with all that it needs, in order.

    What the script does when it is run as one is left out.

    Raises
    ------
    KeyError
        If the script does not define the name.
    """
    statements = [node for node in ast.parse(source).body if not _is_main(node)]
    needed, chosen = {name}, set[int]()
    while more := [n for n, s in enumerate(statements) if n not in chosen and assigned_names(s) & needed]:
        chosen.update(more)
        for number in more:
            needed |= read_names(statements[number])
    if not chosen:
        raise KeyError(name)
    return [statements[number] for number in sorted(chosen)]


def _is_main(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)


def assigned_names(node: ast.stmt) -> set[str]:
    """Return the names that a statement gives a value to, or a part of their value: ``ANSWERS["a"] = 1``."""
    table = symtable.symtable(ast.unparse(node), "cell", "exec")
    names = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()}
    for part in ast.walk(node):
        if isinstance(part, (ast.Subscript, ast.Attribute)) and isinstance(part.ctx, ast.Store):
            names.add(_root(part))
    return names


def _root(node: ast.expr) -> str:
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def read_names(node: ast.stmt | SyntaxError) -> set[str]:
    """Return the names of the notebook that a statement uses, without a function's own variables."""
    if isinstance(node, SyntaxError):
        return set()
    top = symtable.symtable(ast.unparse(node), "cell", "exec")
    names = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_referenced()}
    tables = list(top.get_children())
    while tables:
        tables += (table := tables.pop()).get_children()
        names |= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global()}
    return names
