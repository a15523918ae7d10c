#!/usr/bin/env python3
"""`conform --fuzz`: every kind of difference is found, made small, kept, and
shown again by the line that is printed; what the documents leave open is none."""
import concurrent.futures
import os
import re
import subprocess
import sys

import harness
from harness import TOP, check, finish, run, scratch

PROXY = [sys.executable, os.path.join(TOP, "tests", "conform_proxy.py")]
OURS = os.path.join(os.path.dirname(harness.TOOL), "shims", "sframe-tool")
PYTHON = [sys.executable, "-B", os.path.join(TOP, "shims", "python", "shim.py")]


def fuzz(seconds, *shim, args=()):
    return run("conform", "--fuzz", "%ds" % seconds, *args, "--", *shim)


def until(good, *shim, args=(), seconds=3):
    """Longer and longer, since a busy machine gets through fewer scripts."""
    for longer in (1, 4, 16):
        r = fuzz(seconds * longer, *shim, args=args)
        if good(r):
            break
    return r


def at_once(function, rows):
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        return list(pool.map(lambda row: function(*row), rows))


def shell(line):
    """A line that was printed, as a person would run it; None: no end."""
    try:
        return subprocess.run(["sh", "-c", line], capture_output=True, check=False,
                              timeout=5).stdout.decode("utf-8", "replace")
    except subprocess.TimeoutExpired:
        return None


def first(text, kind):
    """Detail, steps, and the line to see it again, of the first of a kind."""
    m = re.search(r"^%s +(.*)\n(?:      not in.*\n)?      ((?:for|printf) (?:.*\\\n)*.*)$" % kind,
                  text, re.M)
    if not m:
        return None
    steps = re.findall(r"(?:'|\\n)[1-9][0-9]* [a-z]", m.group(2))
    return m.group(1), len(steps), m.group(2)


def found(variant, kind):
    with scratch() as d:
        r = until(lambda r: first(r.text, kind), *PROXY, variant, OURS,
                  args=("--found", d))
        got = first(r.text, kind)
        files = [f for f in os.listdir(d) if f.startswith(kind)]
        kept = got and files and open(os.path.join(d, files[0]),
                                      encoding="ascii").read()
        # one of a leak is enough: nobody waits for a thousand
        line = got and got[2].replace("seq 1000", "seq 1")
        return r, got, kept, shell(line) if got else ""


def test_kinds():
    rows = [  # variant, kind, most steps, what the line shows again
        ("Abort", "crash", 2, lambda out: not re.search(r"^2 ", out, re.M)),
        ("HangShort", "hang", 2, lambda out: out is None),
        ("FloodShort", "not-a-reply", 2, lambda out: "not a reply" in out),
        ("Forgery", "took", 3, lambda out: out.rstrip().endswith("ok pt=00")),
        ("Octets", "other-value", 3, lambda out: re.search(r"^3 ok pt=", out, re.M)),
        ("Leak", "memory", 3, lambda out: "why=kid" in out),
    ]
    for (variant, kind, most, again), (r, got, kept, out) in zip(rows, at_once(
            found, [(v, k) for v, k, _, _ in rows])):
        if not check("found: " + variant, r.status == 1 and got is not None, r.text[-400:]):
            continue
        check("made small: " + variant, got[1] <= most, got)
        check("kept: " + variant, bool(kept) and kept.startswith("1 new ctx=a"), kept)
        check("shown again: " + variant, again(out), (got[2][:300], out))
        check("nothing raw: " + variant, "\x1b" not in r.text)


def test_defects():
    """Of the Node shim: a header that was encoded anew, a key that stays, octets
    of the frame before."""
    rows = [("header-anew", "took"), ("remove-keeps", "took"), ("stale-tail", "other-value"),
            ("metadata-512", "refused"), ("aad-128", "other-value")]
    for (name, kind), r in zip(rows, at_once(
            lambda n: until(lambda r: r.status == 1, "node", os.path.join(
                TOP, "shims", "node", "shim.mjs"), n), [(n,) for n, _ in rows])):
        check("found: " + name, r.status == 1 and re.search(
            "^%s +(open|seal)" % kind, r.text, re.M), r.text[-400:])


def test_no_difference():
    names = "Kid32 Ctr48 MetaNone MetaLimit NoEmpty Strict OneContext Upper Small".split()
    for name, r in zip(names, at_once(fuzz, [(1, *PROXY, n, OURS) for n in names])):
        check("no difference: " + name, r.status == 0, r.text[-300:])


def test_against():
    r = fuzz(2, OURS, args=("--against", " ".join(PYTHON)))
    check("two shims agree", r.status == 0, r.text[-300:])
    r = until(lambda r: r.status == 1, OURS,
              args=("--against", " ".join(PROXY + ["Abort", OURS])))
    check("the other one's crash is told", r.status == 1 and ", by " in r.text, r)
    check("no such command", fuzz(
        1, OURS, args=("--against", "./no-such-shim")).status == 2)


def test_seed():
    def sums(seed):
        text = until(lambda r: "printf" in r.text, *PROXY, "Abort", OURS,
                     args=("--seed", seed)).text
        return text.split("printf", 1)[1][:200]
    check("the same seed, the same first finding", sums("7") == sums("7") != sums("8"))


def main():
    part = sys.argv[1] if len(sys.argv) > 1 else ""
    for name, test in sorted(globals().items()):
        if name.startswith("test_") and part in name:
            test()
    finish()


main()
