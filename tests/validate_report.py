#!/usr/bin/env python3
"""Validates JSON of sframe-tool against its schemas, by an independent
implementation (Debian: python3-jsonschema).

    validate_report.py [--frames] [SCHEMA] FILE...     - is standard input

A file is one report; with --frames it is lines of `decode --json`. Prints one
line for each file and exits 0 when all are valid, 1 when one is not, 2 when
something could not be read.
"""
import json
import os
import sys

import jsonschema

DOCS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "docs")


def no_twins(pairs):
    """json.load keeps the last of two members of one name; we want neither."""
    names = [name for name, _ in pairs]
    if len(names) != len(set(names)):
        raise ValueError("a member stands there twice: %s" % names)
    return dict(pairs)


def no_constant(word):
    raise ValueError("%s is not JSON" % word)


def read(text):
    return json.loads(text, object_pairs_hook=no_twins, parse_constant=no_constant)


def beyond_schema(report):
    """What a schema cannot say. Yields sentences."""
    if not isinstance(report, dict) or "streams" not in report:
        return
    ids = [s["id"] for s in report["streams"]]
    if len(ids) != len(set(ids)):
        yield "two streams have one id"
    for finding in report["findings"]:
        for stream in finding["streams"]:
            if stream not in ids:
                yield "%s names stream %s, which is not there" % (finding["slug"], stream)
    for s in report["streams"]:
        if sum(s["frames_by_state"].values()) != s["frames"]:
            yield "stream %s: frames_by_state does not sum to frames" % s["id"]
        if not s["input"] < len(report["inputs"]):
            yield "stream %s: there is no input %d" % (s["id"], s["input"])
    a = report["accounting"]
    kinds = ("rtp", "srtp", "rtcp", "stun", "turn", "dtls", "other", "cut", "malformed")
    if sum(a[k] for k in kinds) != a["packets"]:
        yield "accounting does not sum to packets"


def complaints(validator, value):
    for e in sorted(validator.iter_errors(value), key=lambda e: list(map(str, e.path))):
        yield "%s: %s" % ("/".join(map(str, e.path)) or "(all of it)", e.message[:200])
    if validator.is_valid(value):
        yield from beyond_schema(value)


def main(args):
    frames = "--frames" in args
    args = [a for a in args if a != "--frames"]
    if not args:
        print(__doc__, file=sys.stderr)
        return 2
    schema_name = "frame.schema.json" if frames else "report.schema.json"
    schema_path = os.path.join(DOCS, schema_name)
    if len(args) > 1 and args[0].endswith(".schema.json"):
        schema_path = args.pop(0)
    bad = 0
    with open(schema_path, encoding="utf-8") as f:
        schema = json.load(f)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for name in args:
        try:
            if name == "-":
                text = sys.stdin.buffer.read().decode("utf-8")
            else:
                with open(name, "rb") as f:
                    text = f.read().decode("utf-8")
        except (OSError, UnicodeDecodeError) as e:
            print("%s: cannot be read: %s" % (name, e))
            return 2
        try:
            values = [read(t) for t in text.splitlines()] if frames else [read(text)]
            found = [c for v in values for c in complaints(validator, v)]
        except ValueError as e:
            found = ["not JSON: %s" % e]
        if found:
            bad = 1
            print("%s: INVALID: %s (%d in all)" % (name, "; ".join(found[:5]), len(found)))
        else:
            print("%s: valid" % name)
    return bad


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
