"""How much of PostgreSQL's grammar the statements of grammar_table.py use: each is parsed by the automaton that bison makes of a version's own gram.y, and
the rules that it is reduced by are counted.

    grammar_coverage.py --version N SOURCE        SOURCE: an unpacked source of PostgreSQL N. Needs bison. Prints the rules of utility statements not reached.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import grammar_expand  # noqa: E402

TOKEN = re.compile(r"""\s+|--[^\n]*|(?P<s>[eEnN]?'(?:[^']|'')*'|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)|(?P<b>[bBxX]'[^']*')|(?P<q>"(?:[^"]|"")+")|(?P<w>[A-Za-z_][\w$]*)|(?P<p>\$\d+)
    |(?P<f>\d+\.\d*|\.\d+)|(?P<i>\d+)|(?P<t>::|\.\.|:=)|(?P<c>[,()\[\].;:]|[-+*/%^<>=](?![-+*/<>=~!@\#%^&|`?]))|(?P<o>[-+*/<>=~!@\#%^&|`?]+)""", re.X | re.S)
OPERATORS = {"::": "TYPECAST", "..": "DOT_DOT", ":=": "COLON_EQUALS", "=>": "EQUALS_GREATER", "<=": "LESS_EQUALS", ">=": "GREATER_EQUALS", "<>": "NOT_EQUALS", "!=": "NOT_EQUALS"}
AHEAD = {"NOT": "BETWEEN IN_P LIKE ILIKE SIMILAR", "NULLS_P": "FIRST_P LAST_P", "WITH": "TIME ORDINALITY", "WITHOUT": "TIME", "FORMAT": "JSON"}  # base_yylex() in parser.c
SORTS = {"s": "SCONST", "b": "BCONST", "q": "IDENT", "p": "PARAM", "f": "FCONST", "i": "ICONST"}
SHOWN = ("stmt", "alter_table_cmd", "alter_type_cmd", "partition_cmd", "index_partition_cmd")


class Grammar:
    """The automaton of one gram.y."""

    def __init__(self, source):
        self.keywords = {}
        for name, token in re.findall(r'PG_KEYWORD\("(\w+)", (\w+),', open(os.path.join(source, "src/include/parser/kwlist.h"), encoding="utf-8").read()):
            self.keywords[name] = token
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, "gram.xml")
            subprocess.run(["bison", "-Wno-all", "--xml=" + out, "-o", os.path.join(folder, "gram.c"), os.path.join(source, "src/backend/parser/gram.y")], check=True)
            root = xml.parse(out).getroot()
        self.rules = {int(r.get("number")): (r.find("lhs").text, [s.text for s in r.find("rhs").findall("symbol")]) for r in root.find("grammar/rules")}
        self.moves, self.reductions = {}, {}
        for state in root.find("automaton"):
            n, actions = int(state.get("number")), state.find("actions")
            self.moves[n] = {t.get("symbol"): int(t.get("state")) for t in actions.find("transitions")}
            self.reductions[n] = {r.get("symbol"): r.get("rule") for r in actions.find("reductions") if r.get("enabled") == "true"}
        self.terminals = {t.get("name") for t in root.iter("terminal")}

    def tokens(self, sql):
        found = []
        for m in TOKEN.finditer(sql):
            sort, text = m.lastgroup if m.lastgroup != "tag" else "s", m[0]
            if sort == "w":
                found.append(self.keywords.get(text.lower(), "IDENT"))
            elif sort and sort in "toc":
                found.append(OPERATORS.get(text) or ("'" + text + "'" if len(text) == 1 and text in "+-*/%^<>=,()[].;:" else "Op"))
            elif sort:
                found.append(SORTS[sort])
        for i, t in enumerate(found[:-1]):
            ahead = t.removesuffix("_P") + "_LA"
            if ahead in self.terminals and found[i + 1] in AHEAD.get(t, "").split():
                found[i] = ahead
        return found + ["$end"]

    def parse(self, sql):
        """The numbers of the rules that a statement is reduced by; None if the grammar does not have it."""
        stack, used, tokens, i = [0], set(), self.tokens(sql), 0
        while True:
            state, token = stack[-1], tokens[i] if i < len(tokens) else ""
            if token in self.moves[state]:
                stack.append(self.moves[state][token])
                i += 1
                continue
            rule = self.reductions[state].get(token) or self.reductions[state].get("$default")
            if rule is None:
                return None
            if rule == "accept":
                return used
            lhs, rhs = self.rules[int(rule)]
            used.add(int(rule))
            if rhs:
                del stack[-len(rhs):]
            stack.append(self.moves[stack[-1]][lhs])


def statements(major):
    """Every statement that is made for a version, with the names that need a database left out; and what is there before."""
    from server_grammar import schema
    world = grammar_expand.World.__new__(grammar_expand.World)
    world.major, world.has = major, {}
    return schema(major) + [sql for _, sql in grammar_expand.statements(world, 1)]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--version", type=int, required=True)
    p.add_argument("source")
    a = p.parse_args()
    grammar, used, parsed = Grammar(a.source), set(), 0
    made = statements(a.version)
    for sql in made:
        found = grammar.parse(sql)
        used |= found or set()
        parsed += found is not None
    print(f"PostgreSQL {a.version}: {parsed} of {len(made)} statements are of the grammar")
    for what in SHOWN:
        rules = [n for n, r in grammar.rules.items() if r[0] == what]
        print(f"{what}: {len(used & set(rules))} of {len(rules)}")
    utility = [n for n, r in grammar.rules.items() if r[0].endswith("Stmt")]
    print(f"alternatives of every ...Stmt: {len(used & set(utility))} of {len(utility)}")
    for n in utility + [n for n, r in grammar.rules.items() if r[0] in SHOWN]:
        if n not in used:
            print(f"not reached: {grammar.rules[n][0]}: {' '.join(grammar.rules[n][1]) or 'nothing'}")


if __name__ == "__main__":
    main()
