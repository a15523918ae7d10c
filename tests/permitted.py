#!/usr/bin/env python3
"""`conform` beside implementations that do what the documents leave open, each
in its own way, none of which may fail; and beside some that misbehave."""
import concurrent.futures
import os
import sys

import harness
from harness import TOP, check, finish, run, strict

PROXY = [sys.executable, os.path.join(TOP, "tests", "conform_proxy.py")]
OURS = os.path.join(os.path.dirname(harness.TOOL), "shims", "sframe-tool")


def conform(variant, *args):
    return run("conform", "--json", *args, "--", *PROXY, variant, OURS)


def results(r):
    return strict(r.out)


def at_once(rows):
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        return list(pool.map(lambda row: conform(*row), rows))


def bad(doc):
    return [(c["id"], c.get("why")) for c in doc["cases"]
            if c["verdict"] in ("fail", "crash", "timeout")]


def test_permitted():
    """Other choices than ours: nothing fails, and all is asked."""
    names = {
        "": "Small OneKey Late Kid32 Ctr48 MetaNone NoEmpty BaseKeys OneContext SealOnly Suite5",
        "metadata": "MetaLimit", "replay": "Strict Jump Window1",
        "header": "Half Minimal Ends", "keys": "Suite1 OpenOnly Uniform NoReason",
        "state": "Ends NoNumbers More Crlf Upper Noise", "frames": "FrameLimit",
        "mls": "EpochBits", "ratchet": "StepBits"}
    rows = [(n, "--quick") + (("--tag", tag) if tag else ())
            for tag, all_of in names.items() for n in all_of.split()]
    for (name, *_), r in zip(rows, at_once(rows)):
        check("permitted: " + name, r.status == 0, bad(results(r)) if r.out else r)


def test_declared_binds():
    """The same restrictions are failures where the opposite is declared."""
    r = conform("Below", "--case", "md-seal-s4-*")
    check("a limit below the one declared", r.status == 1 and
          bad(results(r))[0][0] == "md-seal-s4-06", r)
    r = conform("SealsEmpty", "--case", "fr-pt-open-s4-01")
    check("seals what it refuses to open", r.status == 1 and
          "is sealed" in bad(results(r))[0][1], r)


def test_recorded():
    def why(variant, case):
        return results(conform(variant, "--case", case))["cases"][0]
    c = why("Half", "hdr-nm-consistent-s4-01")
    check("half-way is told", c["verdict"] == "recorded" and
          "half-way" in c["why"], c)
    c = why("Kid32", "hdr-edge-kid-open-s4-20")
    check("a smaller KID is told", c["verdict"] == "recorded" and
          "max-kid=4294967295" in c["why"], c)
    c = why("NoEmpty", "fr-pt-open-s4-01")
    check("no empty plaintext is told", c["verdict"] == "recorded", c)


def test_no_shim():
    """What is no shim at all is told what it does wrong, and nothing is run."""
    for name, word in (("Buffered", "flush"), ("Log", "standard error"),
                       ("Once", "one request after another")):
        r = conform(name, "--case", "ctr-start-*")
        check("no shim: " + name, r.status == 1 and not r.out and
              word in r.errors, r)


def test_misbehaving():
    """Each ends its case and no other, with a verdict, and soon."""
    rows = [  # variant, verdict, a word of why
        ("Hang", "timeout", "no reply"),
        ("Escape", "timeout", "no reply"),
        ("Eat", ("crash", "timeout"), ""),  # as quick as the machine is
        ("Flood", "fail", "more than"),
        ("Nul", "fail", "not a reply"),
        ("Close", "crash", "closed"),
    ]
    args = ("--case", "key-isolation-s4-*", "--case", "ctr-start-s4-*")
    for (name, want, word), r in zip(rows, at_once([(n, *args) for n, _, _ in rows])):
        got = {c["tag"]: c for c in results(r)["cases"]} if r.out else {}
        ok = bool(got) and got["keys"]["verdict"] in want and \
            word in got["keys"]["why"] and got["counters"]["verdict"] == "pass"
        check("misbehaves: " + name, ok and r.status == 1, got or r)
        check("misbehaves, nothing raw: " + name, b"\x1b" not in r.out)


def test_panics():
    """It aborts on short frames: those cases and no others are crashes."""
    r = conform("Abort", "--case", "hdr-prefix-s4-*", "--case", "open-shape-s4-*")
    doc = results(r)
    crashed = {c["id"] for c in doc["cases"] if c["verdict"] == "crash"}
    check("panics", crashed == {"hdr-prefix-s4-%02d" % n for n in
                                (1, 2, 3, 18, 19, 20, 27, 28)}, crashed)
    check("charged to the header", all(
        c["requirements"][0] == "HDR-09" for c in doc["cases"]
        if c["verdict"] == "crash"))


def test_pipeline():
    args = ("--pipeline", "--quick", "--tag", "frames")
    check("without waiting", conform("Variant", *args).status == 0)
    r = conform("Hurry", "--quick", "--tag", "frames")
    check("one at a time it is right", r.status == 0, bad(results(r))[:2])
    r = conform("Hurry", *args)
    check("in another order", r.status == 1 and "not to request" in bad(
        results(r))[0][1], bad(results(r))[:2])


def test_peers():
    node = "node " + os.path.join(TOP, "shims", "node", "shim.mjs")
    r = run("conform", "--peer", node, "--peer", OURS)
    check("peers", r.status == 0 and "136 of 136" in r.text, r.text)
    r = run("conform", "--peer", " ".join(PROXY + ["Upper", OURS]), "--peer", OURS)
    check("peers in capitals", r.status == 0, r.text)
    r = run("conform", "--peer", node + " aad-order", "--peer", node + " aad-order")
    row = r.text.splitlines()[1].split()
    check("right with itself, and not with others", r.status == 1 and
          row[2:] == "136 of 136 136 of 136 72 of 136".split() and
          "14 octets of metadata" in r.text, r.text)
    check("no such peer", run("conform", "--peer", "./none").status == 2)


def test_hangs_are_left_out():
    """Three of a family hang: the rest of it is not waited for, all else is."""
    r = conform("Hang", "--jobs", "1", "--case", "hdr-prefix-s4-*",
                "--case", "ctr-start-*")
    doc = results(r)
    by = [c["verdict"] for c in doc["cases"]]
    check("hangs", by.count("timeout") == 3 and by.count("pass") == 8 and
          any("not run" in e for e in doc["errors"]), (by, doc["errors"]))


def main():
    part = sys.argv[1] if len(sys.argv) > 1 else ""
    for name, test in sorted(globals().items()):
        if name.startswith("test_") and part in name:
            test()
    finish()


main()
