#!/usr/bin/env python3
"""
conform.py - `sframe-tool conform`: implementations that conform, that do not,
and shims that are hostile.

	conform.py [PART]         the tests, or those whose name has PART in it
	conform.py score [NAME]   every defect of shims/node against the cases that
	                          name it, and against --quick
	conform.py score_all      the same against all cases: an hour
	conform.py every_defect   every defect against the cases that name it
	conform.py official       writes cli/conform/official.def anew
"""
import concurrent.futures
import html
import html.parser
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree

import harness
from harness import TOP, check, finish, run, scratch, strict

OURS = os.path.join(os.path.dirname(harness.TOOL), "shims", "sframe-tool")
NODE = ["node", os.path.join(TOP, "shims", "node", "shim.mjs")]
PYTHON = [sys.executable, "-B", os.path.join(TOP, "shims", "python", "shim.py")]
CAPS = "header,kdf,aead,seal,open"


def conform(*args, shim=(OURS,), **more):
    return run("conform", *args, "--", *shim, **more)


def results(ran):
    return strict(ran.out)


def failures(doc):
    return [c for c in doc["cases"]
            if c["verdict"] in ("fail", "crash", "timeout") and not c["known"]]


# ---- implementations that conform --------------------------------------------

def test_ours():
    r = conform("--json")
    check("ours conforms", r.status == 0, r)
    doc = results(r)
    n = sum(doc["counts"][v] for v in ("pass", "recorded", "fail"))
    check("ours: about all the cases", n > 5000, n)
    check("ours: all suites", doc["shim"]["suites"] == list(range(1, 9)))
    ids = [c["id"] for c in doc["cases"]]
    check("ids are unique", len(ids) == len(set(ids)))
    asked = {q["id"] for q in doc["requirements"]}
    check("requirements have the form of an id",
          all(re.fullmatch(r"[A-Z]+-\d\d", q) for q in asked), asked)
    for q in ("HDR-05", "CTR-06", "DEC-05", "KEY-08", "MLS-05", "AEAD-09"):
        check("asks for " + q, q in asked)


def test_node():
    r = conform("--jobs", "2", "--json", shim=NODE)
    check("node conforms", r.status == 0,
          [c["id"] for c in failures(results(r))] if r.out else r)


def test_quick_python():
    r = conform("--quick", "--json", shim=PYTHON)
    check("python conforms", r.status == 0,
          [(c["id"], c["why"]) for c in failures(results(r))] if r.out else r)


def test_official():
    """The table that is compiled in is what was published."""
    check("official.def", official() == read(os.path.join(
        TOP, "cli", "conform", "official.def")))


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def official():
    def load(name):
        return json.loads(read(os.path.join(TOP, "vectors", "rfc9605", name)))
    d, more = load("test-vectors.json"), load("sframe-aes256-test-vectors.json")
    out = ["/* clang-format off */", "/*",
           " * official.def - the test vectors of RFC 9605 appendix C (headers C.1, AEAD C.2,",
           " * frames C.3) and of draft-barnes-sframe-iana-256, copied by",
           " * tests/conform.py official from vectors/rfc9605/.", " */"]
    for h in d["header"]:
        out.append('HEADER( UINT64_C(%d), UINT64_C(%d), "%s" )'
                   % (h["kid"], h["ctr"], h["encoded"]))
    for a in d["aes_ctr_hmac"] + d["aes_256_ctr_hmac"]:
        out.append('AEAD( %d, "%s",\n    "%s", "%s",\n    "%s", "%s" )' % (
            a["cipher_suite"], a["key"], a["nonce"], a["aad"], a["pt"], a["ct"]))
    for f in d["sframe"] + more["sframe_aes_256_ctr_hmac"]:
        out.append('FRAME( %d, UINT64_C(%d), UINT64_C(%d), "%s",\n    "%s", "%s",\n'
                   '    "%s",\n    "%s",\n    "%s", "%s" )' % (
                       f["cipher_suite"], f["kid"], f["ctr"], f["base_key"],
                       f["metadata"], f["pt"], f["ct"], f["sframe_secret"],
                       f["sframe_key"], f["sframe_salt"]))
    return "\n".join(out) + "\n/* clang-format on */\n"


# ---- what is told -------------------------------------------------------------

def broken(name):
    return NODE + [name]


def test_report():
    shim = broken("aad-order")
    text = conform("--case", "md-open-s4-0*", shim=shim)
    check("a failure is status 1", text.status == 1, text)
    check("the verdict is first", text.text.startswith("FAILS  node-webcrypto"))
    check("the requirement is named", "AEAD-01" in text.text, text.text)
    line = re.search(r"^ +(printf '(?:.*\\\n)*.*)$", text.text, re.M)
    if check("a line to replay it", line is not None, text.text):
        out = subprocess.run(["sh", "-c", line.group(1)], capture_output=True,
                             check=False, timeout=60).stdout.decode()
        check("it replays", " no why=auth" in out, out)
        check("a request on each line", line.group(1).count("\n") == 4,
              line.group(1))
        for form in ("text", "junit"):
            r = conform("--case", "md-open-s4-09", "--format", form, shim=shim)
            check("what no terminal takes is not printed, " + form,
                  "sframe-tool conform --case md-open-s4-09 --seed 9605 -- node" in
                  r.text and max(map(len, r.text.split("\n"))) < 4096, r.text)
    r = conform("--case", "hdr-empty-*", shim=broken("panic-empty"))
    check("a short one is one line", re.search(
        r"^ +printf '0 hello v=1\\n\d+ hdr-dec hdr=-\\n' \| node ", r.text, re.M), r.text)
    r = conform("--case", "md-open-s4-0*", "--format", "junit", shim=shim)
    tree = xml.etree.ElementTree.fromstring(r.out)
    check("JUnit counts", int(tree.get("failures")) == len(tree.findall(
        "testcase/failure")) > 0)
    line = tree.find("testcase/failure").text.split("\n")[1]
    out = subprocess.run(["sh", "-c", line], capture_output=True,
                         check=False, timeout=60).stdout.decode()
    check("it replays out of JUnit", " no why=auth" in out, (line, out))
    r = conform("--case", "md-open-s4-0*", "--format", "html", shim=shim)
    out = subprocess.run(["sh", "-c", html.unescape(re.search(
        "<code>(.*?)</code>", r.text).group(1))], capture_output=True,
                         check=False, timeout=60).stdout.decode()
    check("it replays out of HTML", " no why=auth" in out, out)
    check("HTML is one page", b"<table>" in r.out and b"http" not in r.out)
    html.parser.HTMLParser().feed(r.text)


def test_matrix():
    with scratch() as d:
        a, b = os.path.join(d, "a.json"), os.path.join(d, "b.json")
        conform("--tag", "metadata", "--json", "-o", a)
        conform("--tag", "metadata", "--json", "-o", b, shim=broken("aad-order"))
        r = run("conform", "--matrix", a, b)
        check("matrix", r.status == 0, r)
        check("both are in it", "sframe-tool 1" in r.text and
              "node-webcrypto 1" in r.text and 'class="fail"' in r.text)
        with open(b, "w", encoding="utf-8") as f:
            f.write('{"schema":"something/else"}')
        r = run("conform", "--matrix", a, b)
        check("not results", r.status == 3 and "b.json" in r.errors, r)
    check("no file", run("conform", "--matrix").status == 2)


SCHEMA = harness.Schema("conform.schema.json")
# What XML 1.0 allows, and no more.
CHARACTERS = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd]")


class Page(html.parser.HTMLParser):
    """Tags that are opened and not closed, and what is fetched from elsewhere."""

    def __init__(self):
        super().__init__()
        self.open, self.wrong = [], []

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "br", "col", "link", "img", "input", "hr"):
            self.open.append(tag)
        self.wrong += [a for a in attrs if a[0] in ("src", "href") and
                       not (a[1] or "").startswith("#")]
        self.wrong += [tag] if tag in ("link", "iframe", "object") else []

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append("/" + tag)


def page(text):
    p = Page()
    p.feed(text)
    return p.wrong + p.open


def test_forms():
    """Every form of a report, of a run with everything in it: passes, failures,
    crashes, what is recorded, unsupported, known, and a hostile name."""
    proxy = [sys.executable, os.path.join(TOP, "tests", "conform_proxy.py")]
    cases = ("--case", "hdr-prefix-s4-*", "--case", "hdr-nm-open-s4-*",
             "--case", "ctr-persist-s4-*")
    for what, shim in (("hostile", proxy + ["Named", OURS]), ("node", broken("aad-order")),
                       ("python", PYTHON)):
        r = conform("--json", *cases, "--case", "md-open-s4-*", shim=shim)
        doc = strict(r.out)
        check("JSON fits its schema: " + what, not SCHEMA.faults(doc), SCHEMA.faults(doc))
        sums = {v: sum(c["verdict"] == v and not c["known"] for c in doc["cases"])
                for v in doc["counts"] if v != "known"}
        check("JSON, sums: " + what, all(doc["counts"][v] == n for v, n in sums.items()),
              (doc["counts"], sums))
        x = conform("--format", "junit", *cases, shim=shim).text
        check("JUnit, characters: " + what, not CHARACTERS.search(x))
        tree = xml.etree.ElementTree.fromstring(x)
        check("JUnit, sums: " + what, [int(tree.get(k)) for k in (
            "tests", "failures", "errors", "skipped")] == [len(tree.findall(p)) for p in (
                "testcase", "testcase/failure", "testcase/error", "testcase/skipped")])
        h = conform("--format", "html", *cases, shim=shim).text
        check("HTML, of one piece: " + what, page(h) == [], page(h))
        check("HTML, nothing raw: " + what, "\x1b" not in h and "<b>" not in h)
        with scratch() as d:
            path = os.path.join(d, "a.json")
            with open(path, "wb") as f:
                f.write(r.out)
            m = run("conform", "--matrix", path, path)
            check("matrix, of one piece: " + what, m.status == 0 and page(m.text) == []
                  and "<b>" not in m.text, page(m.text))
    doc = strict(conform("--json", "--case", "ctr-persist-*", shim=PYTHON).out)
    check("nothing exercised is inconclusive", doc["verdict"] == "inconclusive" and
          not SCHEMA.faults(doc))


def test_causes():
    """A mistake that is in all frames is found before the cases, told first, and
    what it breaks is charged to it and to nothing else."""
    rows = [  # defect, of, requirement, a case that is about another
        ("nonce-little", "frames", "NON-01", "rp-order-s4-01"),
        ("kdf-label-case", "frames", "KDF-03", "key-isolation-s1-01"),
        ("nibbles-swapped", "frames", "HDR-01", "hdr-edge-ctr-open-s4-03"),
        ("mls-per-sender", "mls", "MLS-01", "ml-replaced-s4-01"),
        ("ratchet-label", "ratchet", "SK-05", "rt-wrap-send-s5-01"),
    ]
    for name, of, want, case in rows:
        r = conform("--json", "--case", case, shim=broken(name))
        doc = results(r)
        causes = [c for c in doc["causes"] if c["of"] == of]
        check("cause: " + name, len(causes) == 1 and causes[0]["charged"] == want
              and causes[0]["suites"] == list(range(1, 9)), doc["causes"])
        check("charged: " + name, [c["charged"] for c in doc["cases"]] == [want],
              doc["cases"])
        check("nothing else: " + name, [q["id"] for q in doc["requirements"]
                                        if q["fail"]] == [want], doc["requirements"])
        check("fits the schema: " + name, not SCHEMA.faults(doc), SCHEMA.faults(doc))
    r = conform("--case", "rp-order-s4-01", shim=broken("nonce-little"))
    check("a cause comes first", r.text.splitlines()[2].startswith("cause ") and
          "least significant octet first (NON-01)" in r.text, r.text)
    # nobody knows what it is, and that is said
    for form in ("json", "text", "html"):
        r = conform("--format", form, "--case", "rp-order-s1-01",
                    shim=broken("hkdf-unchained"))
        check("where a mistake is that is not known, " + form, r.status == 1 and
              "the first block of sframe_key is right" in r.text and
              (form != "json" or results(r)["cases"][0]["charged"] == "KDF-01"), r)
    proxy = [sys.executable, os.path.join(TOP, "tests", "conform_proxy.py")]
    r = conform("--json", "--case", "rp-order-s1-01",
                shim=proxy + ["Opener"] + broken("hkdf-unchained"))
    check("nor from its schedule", results(r)["cases"][0]["charged"] == "AEAD-05", r)
    # it seals nothing: a frame with the mistake in it opens
    for name, to, told in (("subkeys-swapped", "AEAD-02", "1 2 3 6 7 8, the MAC's key"),
                           ("kdf-label-version", None, "no plain frame opens")):
        shim = proxy + ["OpenOnly"] + broken(name)
        r = conform("--case", "rp-order-s1-01", shim=shim)
        check("in what it opens: " + name, told in r.text and
              ("as it opens frames in suites" in r.text) == bool(to), r.text)
        c, = results(conform("--json", "--case", "rp-order-s1-01", shim=shim))["causes"]
        check("and in JSON: " + name, c.get("charged") == to and
              c.get("in") == ("opened" if to else None), c)
    # a mistake with metadata is not to blame for frames without
    r = conform("--json", "--case", "md-open-s4-0*", "--case", "st-*-s4-*",
                shim=broken("aad-order"))
    doc = results(r)
    check("only what it breaks", all(c["id"].startswith("md-") for c in failures(doc))
          and len(failures(doc)) == 8, failures(doc))
    for shim in ([OURS], NODE, PYTHON):
        doc = results(conform("--json", "--case", "ctr-start-s4-01", shim=shim))
        check("no cause where there is none", doc["causes"] == [], doc["causes"])


def test_charged():
    """What one mistake breaks is charged to that mistake, whatever the case is
    about; and two are told apart."""
    rows = [
        ("nonce-little", {"NON-01"}),
        ("kdf-label-case", {"KDF-03"}),
        ("mac-bits", {"AEAD-05"}),
        ("aad-order", {"AEAD-01", "DEC-03"}),  # and it takes such frames
        ("ratchet-label", {"SK-05"}),
        ("ratchet-label,ratchet-length", {"SK-05"}),
        ("aad-order,ratchet-no-extract", {"AEAD-01", "DEC-03", "SK-05"}),
        ("mls-per-sender", {"MLS-01"}),
        ("subkeys-swapped", {"AEAD-02"}),
        ("aad-in-place", {"DEC-03"}),
        ("always-eight", {"HDR-05", "HDR-12"}),
        ("ctr-first", {"HDR-06"}),
        ("own-counter", {"NON-02"}),
        ("tag-cut", {"CT-03"}),
        ("tag-ignored", {"DEC-05"}),
        ("passes-failed", {"DEC-05"}),
        ("base-padded", {"KDF-02"}),
        ("plaintext-c-string", {"CT-02"}),
        ("sealed-padded", {"CT-02"}),
        ("metadata-text", {"META-02"}),
        ("metadata-text-panic", {"META-02"}),
        ("metadata-zero-panic", {"META-02"}),
        ("cached-without-suite", {"KDF-05"}),
        ("window-shared", {"REP-03"}),
        ("mls-kid-order", {"MLS-03"}),
        ("nonce-or", {"NON-01"}),
        ("passes-unknown", {"DEC-04", "AEAD-09"}),
        ("cached-by-base", {"KDF-04", "KDF-05"}),  # key and suite of the first
        # with nothing but frames to see
        ("Opener panic-empty", {"HDR-09"}),
        ("Opener kdf-label-version", {"KDF-03"}),
        ("Opener nonce-32", {"NON-01"}),
        ("Opener kid-53", {"HDR-07"}),
        ("Opener hkdf-unchained", {"AEAD-05"}),
        # that seal nothing: what they open of frames with a mistake in them
        ("OpenOnly kdf-label-case", {"KDF-03"}),
        ("OpenOnly nonce-little", {"NON-01"}),
        ("OpenOnly mac-bits", {"AEAD-05"}),
        ("OpenOnly nibbles-swapped", {"HDR-01", "HDR-06"}),
        ("OpenOnly ctr-first", {"HDR-06"}),
        ("OpenOnly tag-size", {"SUITE-02"}),
        ("OpenOnly nonce-long", {"NON-01"}),
        # behind a frame that was refused none has opened: the case's own
        ("OpenOnly nonce-kept", {"NON-01", "DEC-05"}),
        ("OpenOnly nonce-block", {"NON-01", "AEAD-05"}),  # GCM, and the MAC's
        ("OpenOnly metadata-text", {"META-02"}),
        ("OpenOnly metadata-text-panic", {"META-02"}),
        ("OpenOnly metadata-c-string", {"META-02"}),
        ("OpenSchedule kdf-label-version", {"KDF-03"}),
    ]
    proxy = [sys.executable, os.path.join(TOP, "tests", "conform_proxy.py")]

    def ask(name):
        *variant, defect = name.split()
        return conform("--json", "--quick", shim=(proxy + variant if variant else [])
                       + broken(defect))
    for (name, want), ran in zip(rows, at_once(ask, [(n,) for n, _ in rows])):
        got = {}
        for c in failures(results(ran)):
            got.setdefault(c.get("charged", c["requirements"][0]), []).append(c["id"])
        check("charged: " + name, set(got) == want, got)


LIFE = [w for part in ("key", "ctr", "rt", "ml", "rp")
        for w in ("--case", part + "-*-s4-*")]


def test_comes_again():
    """A key, a step or a saved counter that comes again: found by the cases that ask
    for it, and by no other."""
    rows = [("step-forgets", ["rt-again-s4-02"], "CTR-06"),
            ("replaced-restarts", ["key-return-s4-01"], "CTR-06"),
            ("received-moves", ["ctr-received-s4-01"], "CTR-06"),
            ("save-given-only", ["ctr-persist-s4-%02d" % n for n in (4, 5, 6)], "CTR-08")]
    for (name, want, to), ran in zip(rows, at_once(
            lambda n: conform("--json", *LIFE, shim=broken(n)), [(r[0],) for r in rows])):
        bad = failures(results(ran))
        check("comes again: " + name, [c["id"] for c in bad] == want and
              all(c["charged"] == to and "second time" in c["why"] for c in bad), bad)


def test_kept_apart():
    """Keys that come and go, and what they leave alone."""
    rows = [("remove-keeps-sender", ["key-removed-send-s4-01"], "SK-10"),
            ("kid-octet", ["key-alias-s4-%02d" % n for n in (2, 3, 4, 5)], "DEC-02"),
            ("added-clears", ["rp-other-key-s4-01"], "REP-03")]
    cases = ("--case", "key-*-s4-*", "--case", "rp-*-s4-*")
    for (name, want, to), ran in zip(rows, at_once(
            lambda n: conform("--json", *cases, shim=broken(n)), [(r[0],) for r in rows])):
        bad = failures(results(ran))
        check("kept apart: " + name, [c["id"] for c in bad] == want and
              all(c["charged"] == to for c in bad), bad)


def test_policies():
    """What was seen of what the RFC leaves open, declared or not."""
    proxy = [sys.executable, os.path.join(TOP, "tests", "conform_proxy.py")]
    cases = ("--case", "rp-duplicate-*", "--case", "key-replace-*")

    def seen(*shim):
        doc = results(conform("--json", *cases, shim=shim))
        check("fits the schema", not SCHEMA.faults(doc), SCHEMA.faults(doc))
        return {p["name"]: p for p in doc["policies"]}
    p = seen(OURS)
    check("declared and kept", p["replay"] == {
        "name": "replay", "declared": "app", "seen": {"none": 8}, "consistent": True}, p)
    p = seen(*proxy, "Strict", OURS)
    check("a window that was not declared", p["replay"] == {
        "name": "replay", "seen": {"window": 8}, "consistent": True}, p)
    p = seen(*proxy, "StrictFour", OURS)
    check("not always the same", p["replay"] == {
        "name": "replay", "seen": {"none": 7, "window": 1}, "consistent": False}, p)
    text = conform(*cases, shim=proxy + ["StrictFour", OURS]).text
    check("in words", "replay               none in 7, window in 1 cases; not declared; "
          "not always the same\n" in text, text)


def test_choices():
    """What the RFC leaves open is done otherwise, and nothing fails."""
    text = read(os.path.join(TOP, "shims", "node", "defects.mjs"))
    names = re.findall(r'\["([a-z-]+)", "', text)
    check("choices", len(names) >= 4, names)
    for name, ran in zip(names, at_once(
            lambda n: conform("--json", *LIFE, shim=broken(n)), [(n,) for n in names])):
        check("choice: " + name, ran.status == 0, failures(results(ran)))


def test_shim_at_fault():
    """What is against the protocol is charged to that, and to no requirement."""
    proxy = [sys.executable, os.path.join(TOP, "tests", "conform_proxy.py")]
    for name, cases, word in (("Prefixed", "fr-pt-*-s4-*", "not hexadecimal"),
                              ("Keeps", "rp-order-*", "does not make the context anew"),
                              ("OpenSchedule", "kdf-kid-s4-*", "declares kdf")):
        hide = [sys.executable, "-c", "import sys\nfor l in sys.stdin: print(l.split()[0] + "
                "(' ok v=1 suites=4 caps=kdf' if 'hello' in l else ' unsupported'), flush=True)"]
        shim = hide if name == "OpenSchedule" else proxy + [name, OURS]
        bad = failures(results(conform("--json", "--case", cases, shim=shim)))
        check("the shim's fault: " + name, bad and all(
            c["charged"] == "SFS-01" and word in c["why"] for c in bad), bad[:3])


def test_standard_error():
    """A panic is told in lines, of many the first and the last."""
    r = hostile("for n in range(40): sys.stderr.write('line %d\\x1b\\n' % n)\nsys.exit(101)",
                case="st-late-key-s4-01")
    said = results(r)["cases"][0]["stderr"]
    check("all of it in JSON", said.count("line") == 40, said)
    code = "import sys\n" + HELLO + (
        "for l in sys.stdin:\n if 'hello' in l: print(l.split()[0]+' ok v=1 name=x '"
        "'version=1 suites=4 caps=seal,open',flush=True); continue\n for n in range(40): "
        "sys.stderr.write('line %d\\x1b\\n' % n)\n sys.exit(101)\n")
    shim = [sys.executable, "-c", code]
    text = conform("--case", "st-late-key-s4-01", shim=shim).text
    check("the first and the last in text", "      | line 5\\x1b\n      | ...\n"
          "      | line 34\\x1b\n" in text and "line 20" not in text, text)
    x = conform("--case", "st-late-key-s4-01", "--format", "junit", shim=shim).text
    tree = xml.etree.ElementTree.fromstring(x)
    said = tree.find("testcase/system-err").text
    check("and in JUnit", said.count("\n") == 13 and "line 39" in said, said)
    check("JUnit has the line that replays", "printf '" in
          tree.find("testcase/error").text, x)


def test_known():
    def known(text, *args):
        with scratch() as d:
            path = os.path.join(d, "known")
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
            return conform("--known", path, "--case", "md-open-s4-*", *args,
                           shim=broken("aad-order"))
    r = known("# what is known\nmd-open-* fail metadata goes in front\n")
    check("a glob of known failures", r.status == 0, r)
    check("known is told", "9 as known" in r.text, r.text)
    r = known("md-open-s4-02 fail metadata goes in front\n")
    check("the rest still fails", r.status == 1, r)
    r = known("md-open-* fail x\nmd-open-s4-01 fail it has no metadata\n")
    check("an unexpected pass", r.status == 1 and "md-open-s4-01" in r.text, r)
    r = known("md-open-* fail x\nno-such-case-01 fail x\n")
    check("an unknown id", r.status == 1 and "no-such-case" in r.text, r)
    r = known("md-open-* crash x\n")
    check("another verdict", r.status == 1, r)
    r = known("md-open-* fail\n")
    check("no reason", r.status == 3 and "reason" in r.errors, r)


def test_options():
    check("no command", run("conform").status == 2)
    check("no such program", conform(shim=["./no-such-shim"]).status == 2)
    with scratch() as d:
        path = os.path.join(d, "shim")
        with open(path, "w", encoding="ascii") as f:
            f.write("#!/bin/sh\n")
        os.chmod(path, 0o755)
        r = run("conform", "--", "shim", cwd=d)
        check("a program without its ./", r.status == 2 and
              "what stands here is ./shim" in r.errors, r)
    for args, hint in (
            (("--case", "nothing"), "no nothing; --list"),
            (("--case", "hdr-shpe-open-s4-01"), "did you mean hdr-shape-open-s4-01;"),
            (("--case", "hdr-shape"), "did you mean hdr-shape-*;"),
            (("--case", "ctr-*", "--case", "rtr-*"), "there is no rtr-*"),
            (("--case", "hdr-shpe-open"), "did you mean hdr-shape-open-*;"),
            (("--case", "DEC-5"), "there is no DEC-5; did you mean DEC-05;"),
            (("--tag", "heders"), "did you mean header;"),
            (("--tag", "x" * 99), "--list shows"),
            (("--require", "seal,opn"), "did you mean open; they are seal open ctr-set"),
            (("--require", "x" * 99), "there is no xxx"),
            (("--against", OURS), "--against goes with --fuzz"),
            (("--found", "here"), "--found goes with --fuzz"),
            (("--fuzz", "1s", "--against", "./no-such-shim x"), "./no-such-shim")):
        r = conform(*args)
        check("wrong, and what was meant: %s %s" % (args[0], args[-1][:20]),
              r.status == 2 and hint in r.errors and not r.out, r)
    r = run("conform", "--list", "--case", "nothing")
    check("nor is it listed", r.status == 2 and not r.out, r)
    doc = results(conform("--json", "--case", "SK-04"))
    check("cases of a requirement", len(doc["cases"]) > 16 and
          all("SK-04" in c["requirements"] for c in doc["cases"]), doc["cases"][:1])
    check("required, and declared", conform(
        "--case", "ctr-start-*", "--require", "seal,open").status == 0)
    r = conform("--case", "ctr-start-*", "--require", "seal,persist", shim=PYTHON)
    check("required, and not declared",
          r.status == 1 and "persist" in r.text, r)
    r = conform("--case", "ctr-start-*", "--min-cases", "9")
    check("fewer than asked for", r.status == 1, r)
    check("enough", conform("--case", "ctr-start-*", "--min-cases", "8").status == 0)
    r = conform("--case", "ctr-persist-*", shim=PYTHON)
    check("nothing exercised", r.status == 4, r)
    r = conform("--timing", "--tag", "timing", "--json")
    told = [c for c in strict(r.out)["cases"] if c["verdict"] == "recorded" and
            "last octet wrong" in c["why"]]
    check("times are told, and not judged", r.status == 0 and len(told) == 8, r)
    check("and only when asked for",
          "fr-timing" not in conform("--quick", "--json").text)
    r = run("conform", "--list", "--tag", "mls")
    check("the list", r.status == 0 and "ml-replaced-s4-01" in r.text and
          "MLS-05" in r.text and "ctr-" not in r.text)
    a = conform("--json", "--quick", "--seed", "7").out
    check("same seed, same octets", a == conform(
        "--json", "--quick", "--seed", "7").out)
    check("isolated", conform(
        "--isolate", "--case", "ctr-*-s4-*").status == 0)
    b = conform("--json", "--quick", "--seed", "7", "--jobs", "3").out
    check("as many at once as one likes", a == b)


# ---- hostile shims ------------------------------------------------------------

HELLO = ("h=lambda: print('0 ok v=1 name=x version=1 suites=4 caps=seal,open',"
         "flush=True)\n")


def hostile(body, *args, hello=True, case="st-late-key-*"):
    """A shim in Python: body answers every line but hello."""
    code = "import os,sys,time,signal\n" + HELLO
    if hello:
        code += "for l in sys.stdin:\n i=l.split(' ')[0]\n if 'hello' in l: h(); continue\n"
        code += "".join(" %s\n" % b for b in body.split("\n"))
    else:
        code += body
    return conform("--case", case, "--json", *args, shim=[sys.executable, "-c", code])


def verdict(r):
    doc = results(r)
    return doc["cases"][0]["verdict"], doc["cases"][0].get("why", "")


def test_hostile_hello():
    rows = [
        ("exits at once", "sys.exit(3)", 1),
        ("nothing to test", "sys.exit(89)", 4),
        ("garbage", "print('\\x1b[31mhello\\x00\\xff')", 1),
        ("bad hello", "print('0 bad')", 1),
        ("another protocol", "print('0 ok v=2 suites=4 caps=open')", 1),
        ("no suites", "print('0 ok v=1 caps=open')", 1),
        ("closes its output", "os.close(1); time.sleep(60)", 1),
    ]
    for what, body, status in rows:
        r = hostile(body, hello=False)
        check("hello: " + what, r.status == status, (r.status, r.errors))
        check("hello, no control characters: " + what, "\x1b" not in r.errors)


def test_hostile():
    rows = [
        # what it does, its answer, verdict, a word of why
        ("garbage", "print('hello world',flush=True)", "fail", "not a reply"),
        ("not ASCII", "sys.stdout.buffer.write(b'\\xff\\xfe\\x1b[2J\\n');sys.stdout.flush()",
         "fail", "not a reply"),
        ("an empty line", "print(flush=True)", "fail", "not a reply"),
        ("wrong id", "print('999999999 ok',flush=True)", "fail", "and not to"),
        ("two answers", "print(i+' ok\\n'+i+' ok',flush=True)", "fail", "answers nothing"),
        ("no status", "print(i,flush=True)", "fail", "not a reply"),
        ("a strange status", "print(i+' maybe',flush=True)", "fail", "not a status"),
        ("bad", "print(i+' bad',flush=True)", "fail", "did not understand"),
        ("a panic that was caught", "print(i+' crash why=panic',flush=True)", "crash", "panic"),
        ("exits", "sys.exit(1)", "crash", "status 1"),
        ("ends by a signal", "os.kill(os.getpid(),signal.SIGSEGV)", "crash", "signal 11"),
        ("closes its output", "os.close(1); time.sleep(60)", "crash", "closed"),
        ("is long in ending", "os.close(1);os.close(2)\nuntil=time.process_time()+0.6\n"
         "while time.process_time()<until: pass\nos._exit(7)", "crash", "status 7"),
        ("no answer", "time.sleep(60)", "timeout", "no reply"),
        ("half a line", "sys.stdout.write(i+' ok');sys.stdout.flush();time.sleep(60)",
         "timeout", "no reply"),
        ("a word without a value", "print(i+' ok pt=',flush=True)", "fail", "not a reply"),
        ("unsupported, but declared", "print(i+(' unsupported' if 'open' in l else ' ok'),flush=True)",
         "fail", "declares open"),
        ("says yes to everything", "print(i+' ok',flush=True)", "fail", "must be refused"),
        ("a flood on standard error",
         "sys.stderr.write('x'*3000000+'the end');sys.stderr.flush();sys.exit(7)",
         "crash", "status 7"),
    ]
    for (what, _, want, why), r in zip(rows, at_once(
            hostile, [(body,) for _, body, _, _ in rows])):
        check("hostile, status: " + what, r.status == 1, r)
        if r.out:
            got = verdict(r)
            check("hostile: " + what, got[0] == want and why in got[1], got)
            check("hostile, nothing raw: " + what, b"\x1b" not in r.out)


def test_hostile_endless():
    r = hostile("while True: sys.stdout.write('x'*65536)")
    check("a line without an end", r.status == 1 and verdict(r)[0] in
          ("fail", "timeout"), r)
    r = hostile("while True: print(i+' ok')")
    check("lines without an end", r.status == 1 and verdict(r)[0] == "fail", r)
    # it answers rightly, and floods standard error all the while
    r = hostile("sys.stderr.write('y'*200000)\nprint(i+(' no why=kid' if 'open' in l else ' ok'),flush=True)",
                case="st-late-key-*")
    check("standard error is read", r.status == 0 or r.out, r)


def test_crash_isolation():
    """One case crashes it; those before and behind do not notice."""
    r = conform("--case", "hdr-prefix-s4-*", "--json",
                shim=broken("panic-short"))
    doc = results(r)
    by = {}
    for c in doc["cases"]:
        by.setdefault(c["verdict"], []).append(c["id"])
    check("crashes are told apart", len(by.get("crash", [])) > 20 and
          by.get("pass"), by)
    check("signal", all("signal 6" in c["why"] for c in failures(doc)),
          failures(doc)[:1])


def test_memory_limit():
    r = conform("--case", "ctr-start-s4-01", "--shim-memory", "64M", shim=NODE)
    check("too little memory to start", r.status in (1, 2), r)
    r = conform("--case", "ctr-start-s4-01", "--shim-memory", "2G")
    check("enough memory", r.status == 0, r)


# ---- defects ------------------------------------------------------------------

def defects():
    """{name: (requirement, cases)} out of shims/node/defects.mjs."""
    text = read(os.path.join(TOP, "shims", "node", "defects.mjs"))
    return {n: (q, c) for n, q, c in re.findall(
        r'\["([a-z0-9-]+)", \["([A-Z]+-\d\d)", "([^"]+)"', text)}


def charges(name, *args):
    """What a broken shim fails: {first requirement: cases}, and all of them."""
    r = conform("--json", *args, shim=broken(name))
    if r.status != 1 or not r.out:
        return {}, set()
    charged, named = {}, set()
    for c in failures(results(r)):
        charged.setdefault(c["charged"], []).append(c["id"])
        # what is charged is one of what the case is about, or a cause
        about = c["charged"] == c["requirements"][0]
        named |= set(c["requirements"]) if about else {c["charged"]}
    return {q: len(v) for q, v in charged.items()}, named


def caught(name, want, *args):
    """Whether a defect is found and charged to its requirement; and to which."""
    charged, named = charges(name, *args)
    return want in named, charged


def at_once(function, rows):
    """Results of all rows, some of them worked on at the same time."""
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        return list(pool.map(lambda row: function(*row), rows))


def test_defects_are_caught(every=8):
    """Every eighth defect; all of them with `conform.py every_defect`."""
    rows = defects()
    check("enough defects", len(rows) >= 40, len(rows))
    some = list(rows.items())[::every]
    for (name, (want, _)), (ok, got) in zip(some, at_once(
            caught, [(n, q, "--case", c) for n, (q, c) in some])):
        check("defect %s is charged to %s" % (name, want), ok, got)


def score_of(name, want, cases, rest):
    """By the cases that name it, and by how many of the others."""
    ok, by = caught(name, want, "--case", cases)
    others, _ = charges(name, *rest)
    return ok, by, sum(others.values())


def score(part, rest):
    rows = [(n, q, c, rest) for n, (q, c) in defects().items() if part in n]
    good = 0
    for (name, want, cases, _), (ok, by, others) in zip(rows, at_once(score_of, rows)):
        good += ok
        print("%-8s %-22s %-8s %-22s %3d of its cases; %4d %s" % (
            "caught" if ok else "MISSED", name, want, cases, sum(by.values()),
            others, "in all" if not rest else "of the quick ones"), flush=True)
    print("%d of %d defects are caught, each by the case that names it"
          % (good, len(rows)))
    sys.exit(good != len(rows))


def main():
    part = sys.argv[1] if len(sys.argv) > 1 else ""
    if part == "score":
        score(sys.argv[2] if len(sys.argv) > 2 else "", ["--quick"])
    if part == "score_all":
        score("", [])
    if part == "every_defect":
        test_defects_are_caught(every=1)
        finish()
    if part == "official":
        with open(os.path.join(TOP, "cli", "conform", "official.def"), "w",
                  encoding="utf-8") as f:
            f.write(official())
        return
    for name, test in sorted(globals().items()):
        if name.startswith("test_") and part in name:
            test()
    finish()


main()
