#!/usr/bin/env python3
"""Validates vector files against docs/vectors.schema.json, by an independent
implementation (Debian: python3-jsonschema), and asks that the schema is closed:
a member put into any object makes the file invalid.

    schema.py FILE...         the last line is: N valid, N not
"""
import copy
import json
import os
import sys

import jsonschema

SCHEMA = os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "vectors.schema.json"
)


def objects(value):
    """Every object in it."""
    if isinstance(value, dict):
        yield value
    for v in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(v)


def small(document):
    """Its first group, with one test of each result."""
    groups = copy.deepcopy(document["testGroups"][:1])
    for group in groups:
        group["tests"] = list({t["result"]: t for t in reversed(group["tests"])}.values())
    return {**copy.deepcopy(document), "testGroups": groups}


def is_closed(validator, document):
    document = small(document)
    for o in objects(document):
        if o is document["notes"]:
            continue
        o["unknownMember"] = 1
        if validator.is_valid(document):
            return False
        del o["unknownMember"]
    return validator.is_valid(document)


def main():
    with open(SCHEMA, encoding="utf-8") as f:
        schema = json.load(f)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    bad = 0
    for name in sys.argv[1:]:
        with open(name, encoding="utf-8") as f:
            document = json.load(f)
        error = jsonschema.exceptions.best_match(validator.iter_errors(document))
        if error is not None:
            print("%s: %s: %s" % (name, error.json_path, error.message[:200]))
        elif is_closed(validator, document):
            continue
        else:
            print("%s: the schema lets an unknown member through" % name)
        bad += 1
    print("%d valid, %d not" % (len(sys.argv) - 1 - bad, bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
