"""
real.py - labelled real captures: a folder with expected.json, manifests and
captures beside it. Streams of the calls go into the same table as made ones.
"""
import glob
import json
import os
import tempfile

import harness

LOUD = ("critical", "error", "warning")


class Result:
    kind, steps = "real", ()

    def __init__(self, name):
        self.name, self.cells, self.wrong, self.found = name, [], [], set()


def truth_of(right):
    """The row of the table that a stream belongs to."""
    if right == {"plaintext"}:
        return "clear"
    if right <= {"consistent", "verified"}:
        return "sound"
    return "leaky" if right == {"mixed"} else "foreign"


def judge(path, want, sdp, name):
    r = Result(name)
    with tempfile.TemporaryDirectory() as d:
        options = []
        for who, text in sorted((sdp or {}).items()):
            f = os.path.join(d, who + ".sdp")
            with open(f, "w", newline="") as out:
                out.write(text)
            options += ["--sdp", f]
        report = harness.strict(harness.run(
            "check", "--json", *options, path).out)
    r.found = {f["slug"] for f in report["findings"] if f["severity"] in LOUD}
    by = {}
    for s in report["streams"]:
        if s["frames"] > by.get(s["ssrc"], s)["frames"] or s["ssrc"] not in by:
            by[s["ssrc"]] = s
    for ssrc, right in want[
            "protection_of_streams_with_20_frames_or_more"].items():
        s = by.get(ssrc)
        if s is None or s["frames"] < 20:
            continue
        r.cells.append((truth_of(set(right)), s["protection"]))
        if s["protection"] not in right:
            r.wrong.append("%s is %s, not %s" % (ssrc, s["protection"],
                                                 " or ".join(right)))
    if report["verdict"] not in want["verdict"]:
        r.wrong.append("verdict " + report["verdict"])
    loud = {f["slug"] for f in report["findings"]
            if f["severity"] in LOUD[:2]}
    if want["no_finding_above_warning"] and loud:
        r.wrong.append("finds " + ", ".join(sorted(loud)))
    found = {f["slug"] for f in report["findings"]}
    for slug in want["must_find"]:
        if slug not in found:
            r.wrong.append("does not find " + slug)
    return r


def judge_all(folder, only=""):
    """Every ID.rtp.* and ID.plain.* of the folder, with SDP and without."""
    with open(os.path.join(folder, "expected.json"), encoding="utf-8") as f:
        calls = json.load(f)["calls"]
    out = []
    for path in sorted(glob.glob(os.path.join(folder, "*.pcap*"))):
        base = os.path.basename(path)
        ident, _, rest = base.partition(".")
        if ident not in calls or rest.split(".")[0] not in ("rtp", "plain") or \
                only not in "real " + base:
            continue
        with open(os.path.join(folder, ident + ".manifest.json"),
                  encoding="utf-8") as f:
            sdp = json.load(f)["sdp"]
        for how, text in (("with SDP", sdp), ("without SDP", None)):
            out.append(judge(path, calls[ident], text,
                             "real %s %s" % (base, how)))
    return out
