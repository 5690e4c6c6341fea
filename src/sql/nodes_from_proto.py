#!/usr/bin/env python3
"""Write nodes.def and enums.def from the pg_query.proto of several libpg_query packages.

  nodes_from_proto.py OUTDIR 15/pg_query.proto 17/pg_query.proto 18/pg_query.proto

Fields and enumerators are the union over the grammars given, oldest first, so that one build of lockcast knows the
trees of all of them. Only what the raw parser can produce is kept. Run it again when libpg_query gets a new major version.
"""
import re
import sys

# Trees after parse analysis and planning: the raw parser never makes them.
ANALYSED = """Var Param Const Aggref WindowFunc SubscriptingRef FuncExpr OpExpr DistinctExpr NullIfExpr ScalarArrayOpExpr SubPlan
AlternativeSubPlan FieldSelect FieldStore RelabelType CoerceViaIO ArrayCoerceExpr ConvertRowtypeExpr CollateExpr ArrayExpr
CoerceToDomain CoerceToDomainValue NextValueExpr InferenceElem TargetEntry RangeTblRef FromExpr OnConflictExpr Query
RangeTblEntry RTEPermissionInfo RangeTblFunction TableSampleClause WithCheckOption SortGroupClause GroupingSet WindowClause RowMarkClause
CTESearchClause CTECycleClause InlineCodeBlock CallContext IntList OidList JsonConstructorExpr JsonIsPredicate JsonExpr
JsonTablePath JsonTablePathScan JsonTableSiblingJoin MergeSupportFunc WindowFuncRunCondition SinglePartitionSpec TableFunc
CaseTestExpr RowCompareExpr JsonTablePlan ReturningExpr TidRangeScan MergeAction Node ParseResult ScanResult ScanToken
SummaryResult A_Const""".split()
KEEP = {"JsonIsPredicate", "GroupingSet", "SinglePartitionSpec", "CTESearchClause", "CTECycleClause", "MergeSupportFunc"}
DROP = set(ANALYSED) - KEEP
SCALAR = {"string": "F_STR", "bool": "F_BOOL", "int32": "F_INT", "uint32": "F_INT", "int64": "F_INT", "uint64": "F_INT", "double": "F_INT"}


def read(path, messages, enums):
    text = re.sub(r"//[^\n]*", "", open(path).read())
    for kind, name, body in re.findall(r"^(message|enum)\s+(\w+)\s*\{((?:[^{}]|\{[^{}]*\})*)\}", text, re.M):
        if kind == "enum":
            values = enums.setdefault(name, [])
            for v in re.findall(r"(\w+)\s*=\s*\d+\s*;", body):
                if v not in values:
                    values.append(v)
        elif name not in DROP:
            fields = messages.setdefault(name, {})
            for rep, typ, num, js in re.findall(r"(repeated\s+)?(\w+)\s+(\w+)\s*=\s*\d+\s*(?:\[json_name=\"(?:\w+)\"\])?;()", body):
                fields.setdefault(num, (bool(rep), typ))
            for rep, typ, num, js in re.findall(r"(repeated\s+)?(\w+)\s+(\w+)\s*=\s*\d+\s*\[json_name=\"(\w+)\"\]\s*;", body):
                if js != num:
                    fields.pop(num, None)
                fields[js] = (bool(rep), typ)


def entry(node, name, rep, typ, messages, enums):
    if rep:
        return f"F_LIST({node}, {name})"
    if typ == "Node":
        return f"F_NODE({node}, {name})"
    if typ in SCALAR:
        return f"{SCALAR[typ]}({node}, {name})"
    if typ in enums:
        return f"F_ENUM({node}, {typ}, {name})"
    return f"F_PTR({node}, {typ}, {name})" if typ in messages else None


def wrap(items, out):
    line = ""
    for i in items:
        if len(line) + len(i) > 105:
            out.append(line)
            line = ""
        line += (" " if line else "") + i
    out.append(line)


def main():
    outdir, protos = sys.argv[1], sys.argv[2:]
    messages, enums = {}, {}
    for p in protos:
        read(p, messages, enums)
    head = "// Made by nodes_from_proto.py from libpg_query's pg_query.proto: do not edit.\n"
    out = []
    for name, fields in sorted(messages.items()):
        items = [f"NODE({name})"]
        items += [e for e in (entry(name, f, r, t, messages, enums) for f, (r, t) in fields.items()) if e]
        wrap(items + [f"END_NODE({name})"], out)
    open(f"{outdir}/nodes.def", "w").write(head + "\n".join(out) + "\n")
    out, used = [], set(re.findall(r"F_ENUM\(\w+, (\w+),", open(f"{outdir}/nodes.def").read()))
    for name, values in sorted(enums.items()):
        if name in used:
            wrap([f"ENUM({name})"] + [f"VALUE({name}, {v})" for v in values] + [f"END_ENUM({name})"], out)
    open(f"{outdir}/enums.def", "w").write(head + "\n".join(out) + "\n")


main()
