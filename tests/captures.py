"""
captures.py - real calls: what check and decode say of each capture in
corpora/captures against the truth that was written down when it was made.

	captures.py [PART-OF-A-NAME...]

One line per capture: what was expected, what was found. Expected is
expected.json (verdict, findings, protection per SSRC) and the manifest
(segments: per SSRC one run of one mode and KID; the window of the defect).
"""
import collections
import glob
import json
import os
import sys

import mkcap
from harness import (STATUS, TOP, Schema, check, finish, lines,
                     nanoseconds, run, scratch, seconds, slugs_by_ssrc, strict)

HERE = os.path.join(TOP, "corpora", "captures")
LEAST = 20       # frames of a stream before anything is asked of it
SLACK = 0.030    # seconds between the encoder and the wire

# No packet of this stream is in the capture, by the manifest.
NO_PACKETS = {
    ("S20-sframe-h264", "0xeda682d5"):
        "the browser's H.264 packetizer finds no start code and sends nothing",
    ("S19-sframe-simulcast", "0x1c82cb73"): "this layer was never active",
}
# Encrypted end to end by something else: never clear, never SFrame.
FOREIGN = ("S08", "S09", "S10", "S11", "S37", "SJ5")
# Findings of a right tool beyond expected.json, which has no word for them.
BESIDES = {"S08-naive": {"opaque-payload"},
           "S29-sframe-av1": {"packetizer-rewrote"}}
# The offer in that manifest is the one before a=sframe was put into it.
WITH_SDP = {"S32-sdp-sframe-negotiated": {"signalled-not-encrypted",
                                          "sframe-not-offered"}}
# One publisher's leg: the fault lies between the two.
ONE_LEG = {"SJ7-room-two-publishers-drift.janus-puba.pcap",
           "SJ7-room-two-publishers-drift.janus-pubb.pcap"}

schema, frame_schema = Schema(), Schema("frame.schema.json")
with open(os.path.join(HERE, "expected.json"), encoding="utf-8") as f:
    calls = json.load(f)["calls"]


class Call:
    """One report of check, and what the truth has to say of it."""

    def __init__(self, files, sdp, where):
        self.names = [os.path.basename(f) for f in files]
        self.files = files
        self.id, _, self.rest = self.names[0].partition(".")
        with open(os.path.join(HERE, self.id + ".manifest.json"),
                  encoding="utf-8") as f:
            self.truth = json.load(f)
        self.options = []
        if sdp:
            for name, text in sorted((self.truth["sdp"] or {}).items()):
                path = os.path.join(where, "%s.%s.sdp" % (self.id, name))
                with open(path, "w", encoding="utf-8", newline="") as f:
                    f.write(text)
                self.options += ["--sdp", path]
        self.sdp = sdp
        self.label = "+".join(self.names) + (" with SDP" if sdp else "")
        self.ran = run("check", "--json", *self.options, *files)
        self.report = strict(self.ran.out) if self.ran.out else {
            "verdict": "none", "streams": [], "findings": []}
        self.found = slugs_by_ssrc(self.report)
        self.origin = {s["id"]: s for s in self.report["streams"]}

    def ok(self, what, good, why=""):
        return check("%s: %s" % (self.label, what), good, why)

    # ---- which stream is which ------------------------------------------

    def of(self, ssrc):
        """Streams of an SSRC, an SFU's copies of it left out."""
        return [s for s in self.report["streams"] if s["ssrc"] == ssrc]

    def main(self, ssrc):
        return max(self.of(ssrc), key=lambda s: s["frames"], default=None)

    def segments(self):
        out = collections.OrderedDict()
        for g in self.truth["segments"]:
            out.setdefault("0x%08x" % g["ssrc"], []).append(g)
        return out

    @property
    def wire_srtp(self):
        return "srtp" in self.rest or self.rest == "any-sll2.pcap"

    @property
    def janus(self):
        return "janus" in self.rest

    @property
    def cut(self):
        return self.truth["capture_cut"] is not None

    # ---- the tests --------------------------------------------------------

    def test_all(self):
        self.ok("the report fits the schema", not schema.faults(self.report),
                schema.faults(self.report))
        self.ok("status %s goes with %s" % (self.ran.status,
                self.report["verdict"]),
                STATUS.get(self.report["verdict"]) == self.ran.status,
                self.ran)
        self.ok("nothing on standard error", not self.ran.err, self.ran.errors)
        if self.wire_srtp:
            self.test_srtp()
            expected = ("inconclusive", "srtp-only", "srtp")
        else:
            expected = self.test_call()
        self.test_decode()
        return expected

    def test_srtp(self):
        self.ok("inconclusive", self.report["verdict"] == "inconclusive",
                self.report["verdict"])
        bad = {s["ssrc"]: s["protection"] for s in self.report["streams"]
               if s["protection"] not in ("srtp", "undecidable")}
        self.ok("SRTP is not judged", not bad, bad)
        self.ok("srtp-only and nothing else", set(self.found) == {"srtp-only"},
                set(self.found))

    def test_call(self):
        want = calls[self.id]
        verdicts = list(want["verdict"])
        must = set(want["must_find"]) | BESIDES.get(self.id, set())
        if self.sdp:
            must |= WITH_SDP.get(self.id, set())
        if set(self.names) & ONE_LEG and len(self.names) == 1:
            verdicts, must = ["pass"], set()
        self.ok("verdict", self.report["verdict"] in verdicts,
                "%s, not %s" % (self.report["verdict"], verdicts))
        self.ok("findings", set(self.found) == must,
                "%s, not %s" % (sorted(self.found), sorted(must)))
        protections = self.test_protection(want)
        if "plaintext-gap" in must or "plaintext-start" in must:
            self.test_intervals()
        if "stream-plaintext" in must:
            self.test_wholly_plain()
        if "kid-drift" in must:
            self.test_drift()
        if "ctr-reused" in must:
            self.test_reuse()
        self.test_keys()
        self.test_layers()
        self.test_silent()
        return "/".join(verdicts), ",".join(sorted(must)) or "-", protections

    def test_silent(self):
        """Announced and never sent: in one call alone, and by its SSRC."""
        got = [x for x in self.report["limits"] if "no packet of it" in x]
        want = [ssrc for call, ssrc in NO_PACKETS if call == self.id and
                call != "S19-sframe-simulcast"]
        self.ok("what was announced and not sent", len(got) == len(want) and
                all(ssrc in x for ssrc, x in zip(want, got)), got)

    def test_layers(self):
        """Streams of one sender with RIDs are layers of one source, by their
        SSRCs; no others are."""
        want = {"0x%08x" % s["ssrc"] for s in self.truth["streams"]
                if s["kind"] == "video" and s.get("rid") is not None}
        here = [s for s in self.report["streams"] if s["ssrc"] in want and
                s["kind"] == "video"]
        source = here[0]["id"] if len(here) > 1 else None
        got = {s["id"]: s["simulcast"] and s["simulcast"]["source"]
               for s in self.report["streams"]}
        self.ok("layers of one source", got == {
            i: source if any(s["id"] == i for s in here) else None
            for i in got}, got)

    def test_protection(self, want):
        said = set()
        for ssrc, allowed in sorted(
                want["protection_of_streams_with_20_frames_or_more"].items()):
            s = self.main(ssrc)
            if (self.id, ssrc) in NO_PACKETS:
                self.ok("no packet of %s" % ssrc, s is None or
                        s["frames"] == 0, s)
                continue
            if s is None and (self.janus or len(self.files) < 1):
                continue  # the other leg, or an SFU's own SSRC
            said.update(allowed)
            got = s["protection"] if s else "not there"
            self.ok("protection of %s" % ssrc, got in allowed,
                    "%s, not %s" % (got, allowed))
        for s in self.report["streams"]:
            if s["kind"] == "repair" or s["frames"] < LEAST:
                continue
            if self.id.split("-")[0] in FOREIGN:
                self.ok("%s is neither clear nor SFrame" % s["ssrc"],
                        s["protection"] not in ("plaintext", "consistent",
                                                "verified", "mixed"),
                        s["protection"])
            elif "plaintext" not in str(want["protection_of_streams_with_20_"
                                             "frames_or_more"]):
                # also of the SFU's copies, whose SSRC no manifest knows
                self.ok("%s is not told as clear" % s["ssrc"],
                        s["protection"] != "plaintext")
        return ",".join(sorted(said - {"verified"})) or "-"

    def plain_segment(self, ssrc, n_of_these):
        """The plain segments of a stream, by SSRC or, behind an SFU, by kind."""
        plain = [g for g in self.segments().get(ssrc, ())
                 if g["mode"] == "plain"]
        if plain or ssrc in self.segments():
            return plain
        kind = self.main(ssrc)["kind"]
        return [g for g in self.truth["segments"] if g["mode"] == "plain" and
                g["kind"] == kind]

    def test_intervals(self):
        for s in self.report["streams"]:
            if s["frames"] < LEAST or s["kind"] == "repair":
                continue
            plain = self.plain_segment(s["ssrc"], s)
            got = s["plaintext_intervals"]
            name = "clear frames of %s" % s["ssrc"]
            if not self.ok(name + ": how many times", len(got) == len(plain),
                           "%d, not %d" % (len(got), len(plain))):
                continue
            for g, i in zip(plain, got):
                first, last = g["first_epoch_ms"] / 1e3, g["last_epoch_ms"] / 1e3
                two = 2 * (last - first) / max(1, g["frames"] - 1) + SLACK
                self.ok(name + ": how many", abs(i["frames"] - g["frames"]) <= 2,
                        "%d, not %d" % (i["frames"], g["frames"]))
                self.ok(name + ": first", abs(seconds(i["first"]) - first) <= two,
                        "%s is %+.3f s off" % (i["first"],
                                               seconds(i["first"]) - first))
                self.ok(name + ": last", abs(seconds(i["last"]) - last) <= two,
                        "%s is %+.3f s off" % (i["last"],
                                               seconds(i["last"]) - last))
            self.ok(name + ": state counts agree",
                    s["frames_by_state"]["plaintext"] ==
                    sum(i["frames"] for i in got))

    def test_wholly_plain(self):
        for ssrc in self.found["stream-plaintext"]:
            s = self.main(ssrc)
            n = s["frames_by_state"]["plaintext"]
            self.ok("%s is clear to the last frame" % ssrc,
                    s["frames"] - n <= s["frames"] // 50,
                    "%d of %d" % (n, s["frames"]))
            self.ok("%s: nothing of it counts as encrypted" % ssrc,
                    s["frames_by_state"]["encrypted"] == 0)
        want = calls[self.id]["protection_of_streams_with_20_frames_or_more"]
        clear = {ssrc for ssrc, p in want.items() if p == ["plaintext"]}
        self.ok("every clear stream has the finding",
                self.found["stream-plaintext"] == clear,
                "%s, not %s" % (self.found["stream-plaintext"], clear))

    def test_drift(self):
        window = self.truth["defect_window"]
        late = {"0x%08x" % s["ssrc"] for s in self.truth["streams"]
                if s["client"] == window["lagging_client"]}
        self.ok("the lagging client and nobody else",
                self.found.get("kid-drift") == late,
                "%s, not %s" % (self.found.get("kid-drift"), late))
        for f in self.report["findings"]:
            if f["slug"] != "kid-drift":
                continue
            s = self.origin[f["streams"][0]]
            old = [g for g in self.segments()[s["ssrc"]]][0]
            one = (old["last_epoch_ms"] - old["first_epoch_ms"]) / \
                (old["frames"] - 1) / 1e3
            start = seconds(f["first"]) - window["start_epoch_ms"] / 1e3
            end = seconds(f["last"]) - window["end_epoch_ms"] / 1e3
            # the other client's first new frame may be one of its video
            self.ok("drift of %s begins" % s["ssrc"],
                    abs(start) <= 0.140 + SLACK, "%+.3f s off" % start)
            self.ok("drift of %s ends" % s["ssrc"],
                    abs(end) <= 2 * one + SLACK, "%+.3f s off" % end)

    def test_reuse(self):
        spans = collections.defaultdict(list)
        for ssrc, segs in self.segments().items():
            for g in segs:
                if g["mode"] == "sframe":
                    spans[g["kid"]].append(
                        (int(g["first_ctr"]), int(g["last_ctr"]), ssrc))
        want = {b[2] for all_of in spans.values() for a in all_of for b in all_of
                if a[2] != b[2] and a[0] <= b[1] and b[0] <= a[1]}
        self.ok("reuse on these streams", self.found.get("ctr-reused") == want,
                "%s, not %s" % (self.found.get("ctr-reused"), want))

    def test_keys(self):
        for ssrc, segs in self.segments().items():
            segs = [g for g in segs if g["mode"] == "sframe"]
            streams = [s for s in self.of(ssrc) if s["keys"]]
            if not segs or not streams:
                continue
            self.compare_keys(ssrc, segs, streams)

    def compare_keys(self, ssrc, segs, streams):
        """The KIDs in order; first and last CTR as far as they are there."""
        want, got = [], []
        for g in segs:
            if want and want[-1]["kid"] == g["kid"]:
                want[-1]["last_ctr"] = g["last_ctr"]
            else:
                want.append(dict(g))
        uses = [k for s in streams for k in s["keys"]]
        for k in sorted(uses, key=lambda k: k["first"]):
            if got and got[-1]["kid"] == k["kid"]:
                got[-1]["last_ctr"] = str(max(int(got[-1]["last_ctr"]),
                                              int(k["last_ctr"])))
            else:
                got.append(dict(k))
        name = "keys of %s" % ssrc
        kids = [g["kid"] for g in got]
        if self.cut:
            want = want[:len(kids)]
        if not self.ok(name + ": KIDs", kids == [g["kid"] for g in want],
                       "%s, not %s" % (kids, [g["kid"] for g in want])):
            return
        for i, (g, k) in enumerate(zip(want, got)):
            off = int(k["first_ctr"]) - int(g["first_ctr"])
            self.ok("%s: first CTR of KID %s" % (name, k["kid"]),
                    0 <= off <= self.missing_head(i == 0),
                    "%s, not %s" % (k["first_ctr"], g["first_ctr"]))
            low, high = self.missing_tail(i == len(want) - 1)
            off = int(g["last_ctr"]) - int(k["last_ctr"])
            self.ok("%s: last CTR of KID %s" % (name, k["kid"]),
                    low <= off <= high,
                    "%s, not %s" % (k["last_ctr"], g["last_ctr"]))

    def missing_head(self, start):
        """By how much CTR may begin late: frames that are not in the file."""
        if "loss" in self.id:
            return 8
        if start and self.janus:
            return 24  # the SFU began to write a little later
        if start and self.truth["clear_prefix_bytes"]:
            return 8   # a single key frame with a prefix of its own
        return 0

    def missing_tail(self, end):
        """The same for the last CTR; below 0: frames that are not in the
        truth, which was written out a moment before the call ended."""
        if end and (self.cut or self.janus):
            return 0, 1 << 20
        if end:
            return -8, 8
        return (0, 8) if "loss" in self.id else (0, 0)

    # ---- decode -------------------------------------------------------------

    def test_decode(self):
        ran = run("decode", "--json", *self.options, *self.files)
        self.ok("decode: status 0", ran.status == 0, ran)
        frames = [e for e in lines(ran.out) if e["type"] == "frame"]
        # one line of each form and each stream is enough of these
        forms = {(e["stream"], e["state"], e["key"], e["kid"] is None): e
                 for e in frames}
        bad = [why for why in map(frame_schema.faults, forms.values()) if why]
        self.ok("decode: its lines fit their schema", not bad, bad[:1])
        times = [[p.ns for p in mkcap.read_capture(f)] for f in self.files]
        by_stream = collections.defaultdict(list)
        for e in frames:
            by_stream[e["stream"]].append(e)
        at = [(e["input"], e["packet"]) for e in frames]
        self.ok("decode: in order of packets", at == sorted(at))
        # a browser's log is not always in order of time, so ask the file
        wrong = [e["packet"] for e in frames if nanoseconds(e["time"]) !=
                 times[e["input"]][e["packet"] - 1]]
        self.ok("decode: the time of each frame is its packet's", not wrong,
                "packets %s" % wrong[:5])
        for s in self.report["streams"]:
            self.compare_frames(s, by_stream.pop(s["id"], []))
        self.ok("decode: no stream that check does not know", not by_stream,
                list(by_stream))

    def compare_frames(self, s, frames):
        name = "decode: stream %s %s: " % (s["id"], s["ssrc"])
        whole = [e for e in frames if e["complete"]]
        self.ok(name + "frames", len(whole) == s["frames"] and
                len(frames) - len(whole) == s["incomplete_frames"],
                "%d+%d, not %d+%d" % (len(whole), len(frames) - len(whole),
                                      s["frames"], s["incomplete_frames"]))
        states = collections.Counter(e["state"] for e in whole)
        want = {k: n for k, n in s["frames_by_state"].items() if n}
        self.ok(name + "states", dict(states) == want,
                "%s, not %s" % (dict(states), want))
        kids = collections.Counter(e["kid"] for e in whole if e["kid"])
        uses = collections.Counter()
        for k in s["keys"]:
            uses[k["kid"]] += k["frames"]
        self.ok(name + "frames per KID", kids == uses,
                "%s, not %s" % (dict(kids), dict(uses)))


def short(report):
    parts = collections.Counter(
        s["protection"] for s in report["streams"]
        if s["kind"] != "repair" and s["frames"] >= LEAST)
    return ",".join("%s%s" % (p, "*%d" % n if n > 1 else "")
                    for p, n in sorted(parts.items())) or "-"


def main():
    parts = sys.argv[1:]
    files = sorted(glob.glob(os.path.join(HERE, "*.pcap*")))
    sets = [[f] for f in files]
    legs = [f for f in files if os.path.basename(f) in ONE_LEG]
    check("both legs of SJ7 are there", len(legs) == 2)
    sets.append(legs)
    sets.append(legs[::-1])
    with scratch() as where:
        for files in sets:
            if parts and not any(p in files[0] for p in parts):
                continue
            for sdp in (False, True):
                call = Call(files, sdp, where)
                want = call.test_all()
                found = (call.report["verdict"],
                         ",".join(sorted(call.found)) or "-",
                         short(call.report))
                print("%-46s %-4s expected %s | found %s" % (
                    "+".join(call.names), "SDP" if sdp else "",
                    " ".join(want), " ".join(found)))
    finish()


main()
