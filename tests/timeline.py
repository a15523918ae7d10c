"""
timeline.py - the key ids of a call over time: keys, --events, drift.

	timeline.py [PART-OF-A-NAME...]

What is expected is worked out here: from the segments of the manifests (one
row per SSRC, mode and KID with its first and last frame), and from the calls
that mkcap makes.
"""
import csv
import io
import json
import os
import sys

import mkcap
from harness import (TOP, Schema, check, finish, nanoseconds, run, scratch,
                     seconds, strict, too_wide)

CAPTURES = os.path.join(TOP, "corpora", "captures")
ALICE, BOB, CAROL = "10.0.0.1:4000", "10.0.0.2:4000", "10.0.0.3:4000"
SFU = "10.0.0.9:9000"
GRACE = 2.0
SLACK = 0.030  # seconds between the encoder and the wire
schema = Schema("keys.schema.json")
tests = []


def test(f):
    tests.append(f)
    return f


def keys(*args, name="", status=None):
    ran = run("keys", "--json", *args)
    if not check(name + ": JSON", ran.out, ran):
        return {"streams": [], "senders": [], "findings": [], "epochs": [],
                "rotation": {"events": []}, "kid_scheme": {}}
    report = strict(ran.out)
    check(name + ": fits its schema", not schema.faults(report),
          schema.faults(report))
    check(name + ": nothing on standard error", not ran.err, ran.errors)
    if status is not None:
        check(name + ": status", ran.status == status, ran)
    return report


def made(where, make, *args, name=None, **more):
    c = mkcap.Capture()
    make(c)
    path = c.write(os.path.join(where, make.__name__ + ".pcap"))
    return keys(*args, path, name=name or make.__name__, **more)


def slugs(report):
    return sorted(f["slug"] for f in report["findings"])


def streams(report):
    return {s["ssrc"]: s for s in report["streams"]}


# ---- real calls ------------------------------------------------------------

REAL = ("S12-d-never-rotated.rtp.pcap", "S13-rotate-ok.rtp.pcap",
        "S14-d-drift.rtp.pcap", "S35-nosrtp-drift.plain.pcap",
        "S34-d-one-side-plain.rtp.pcap")


def truth_of(name):
    path = os.path.join(CAPTURES, name.split(".")[0] + ".manifest.json")
    with open(path, encoding="utf-8") as f:
        m = json.load(f)
    out = {}
    for g in m["segments"]:
        if g["mode"] == "sframe":
            out.setdefault("0x%08x" % g["ssrc"], []).append(g)
    return m, {k: sorted(v, key=lambda g: g["first_epoch_ms"])
               for k, v in out.items()}


def group_epochs(segments):
    """Low four bits of the KID and when the first sender came to them."""
    first = {}
    for rows in segments.values():
        for g in rows:
            e = int(g["kid"]) & 15
            t = g["first_epoch_ms"] / 1e3
            first[e] = min(t, first.get(e, t))
    return sorted(first.items(), key=lambda x: x[1])


def share_on_current(rows, epochs):
    on = 0
    for i, g in enumerate(rows):
        end = rows[i + 1]["first_epoch_ms"] / 1e3 if i + 1 < len(rows) else \
            g["last_epoch_ms"] / 1e3
        e = int(g["kid"]) & 15
        later = [t for x, t in epochs if t > dict(epochs)[e]]
        left = min(later) if later else end
        on += max(0, min(end, left) - g["first_epoch_ms"] / 1e3)
    return on / (rows[-1]["last_epoch_ms"] - rows[0]["first_epoch_ms"]) * 1e3


@test
def real_calls(where):
    for name in REAL:
        m, segments = truth_of(name)
        report = keys(os.path.join(CAPTURES, name), name=name)
        got = streams(report)
        check(name + ": the streams with a KID", set(got) == set(segments),
              "%s, not %s" % (sorted(got), sorted(segments)))
        several = len({s["client"] for s in m["segments"]
                       if s["mode"] == "sframe"}) > 1
        for ssrc in set(got) & set(segments):
            compare_stream(name, got[ssrc], segments[ssrc],
                           "next" if several else "changed")
        owner = {"0x%08x" % s["ssrc"]: s["client"] for s in m["streams"]}
        told = {}
        for s in report["streams"]:
            told.setdefault(owner[s["ssrc"]], set()).add(s["sender"])
        check(name + ": one sender for each client",
              all(len(x) == 1 for x in told.values()) and
              len(set.union(*told.values())) == len(told), told)
        epochs = group_epochs(segments)
        if len(epochs) < 2 or len(told) < 2:
            continue
        check(name + ": epochs", [e["epoch"] for e in report["epochs"]] ==
              [str(e) for e, _ in epochs], report["epochs"])
        for ssrc, rows in segments.items():
            want = share_on_current(rows, epochs)
            check(name + ": %s on the current key" % ssrc,
                  abs(got[ssrc]["on_current_key"] - want) < 0.01,
                  "%s, not %s" % (got[ssrc]["on_current_key"], want))


def compare_stream(name, s, rows, change):
    name = "%s %s: " % (name, s["ssrc"])
    steps = s["transitions"]
    check(name + "transitions", [(t["from"], t["to"]) for t in steps] ==
          [(a["kid"], b["kid"]) for a, b in zip(rows, rows[1:])], steps)
    for t, a, b in zip(steps, rows, rows[1:]):
        check(name + "counters", (t["last_ctr"], t["first_ctr"]) ==
              (a["last_ctr"], b["first_ctr"]), t)
        off = seconds(t["time"]) - b["first_epoch_ms"] / 1e3
        check(name + "time", abs(off) < SLACK, "%+.3f s off" % off)
        check(name + "nothing lost", t["frames_unreadable"] == 0 and
              t["packets_missing"] == 0, t)
        check(name + "what changed", t["change"] == change, t)


@test
def both_legs_of_an_sfu(where):
    """SJ7: the laggard is a; b begins epoch 2."""
    name = "SJ7-room-two-publishers-drift"
    m, segments = truth_of(name)
    report = keys(*[os.path.join(CAPTURES, "%s.janus-pub%s.pcap" % (name, x))
                    for x in "ab"], name=name, status=1)
    late = {"0x%08x" % s["ssrc"] for s in m["streams"] if s["client"] == "a"}
    got = {s["ssrc"] for s in report["streams"] if not s["copy"] and
           s["behind"] and s["behind"] > GRACE}
    check(name + ": who is behind", got == late, "%s, not %s" % (got, late))


# ---- made calls -------------------------------------------------------------

def two(c, alice, bob, **o):
    """Rows of (frames, kid) for each of two senders of audio."""
    for ssrc, src, name, rows in ((0xa1, ALICE, "alice", alice),
                                  (0xb1, BOB, "bob", bob)):
        s = c.audio(ssrc, src, SFU, cname=name, **o)
        for n, kid in rows:
            s.sframe(n, kid=kid, ctr=0)


@test
def each_on_its_own(where):
    """RFC 9605 5.1 without a word of the scheme: the low bits agree at first,
    by chance, and nobody is late."""
    def now_one_ahead_now_the_other(c):
        two(c, [(200, 0x21), (600, 0x22), (200, 0x23)],
            [(350, 0x31), (150, 0x32), (500, 0x33)])

    def one_never_catches_up(c):
        two(c, [(100, 0x21 + i) for i in range(8)],
            [(400, 0x31), (400, 0x32)])

    def one_never_moves(c):
        two(c, [(300, 0x21), (400, 0x22)], [(700, 0x31)])
    for make in (now_one_ahead_now_the_other, one_never_catches_up,
                 one_never_moves):
        r = made(where, make, name="own " + make.__name__, status=0)
        check("own %s: no drift" % make.__name__, "kid-drift" not in slugs(r),
              slugs(r))
    r = made(where, one_never_moves, "--kid-scheme", "mls:4,4", status=1,
             name="the same under MLS")
    check("the same under MLS is drift", "kid-drift" in slugs(r), slugs(r))


def group(c, **rows):
    """Audio senders by name: rows of (frames, KID)."""
    for i, (name, uses) in enumerate(rows.items()):
        s = c.audio(0xa1 + 16 * i, "10.0.0.%d:4000" % (i + 1), SFU, cname=name)
        for n, kid in uses:
            s.sframe(n, kid=kid, ctr=0)


@test
def who_never_follows(where):
    """Two senders, one moves, the other never does: nothing but a scheme tells
    whether it should have."""
    def stays(c):
        group(c, alice=[(300, 0x21), (600, 0x22)], bob=[(900, 0x31)])

    def stays_of_three(c):
        group(c, alice=[(300, 0x21), (600, 0x22)], bob=[(900, 0x31)],
              carol=[(305, 0x41), (595, 0x42)])
    r = made(where, stays, status=0)
    check("stays: a note", slugs(r) == ["kid-not-followed"] and
          r["findings"][0]["severity"] == "note" and
          r["findings"][0]["streams"] == ["2"], r["findings"])
    ran = run("check", "--json", os.path.join(where, "stays.pcap"))
    rules = {x["id"]: x["outcome"] for x in strict(ran.out)["rules"]}
    check("stays: drift cannot be told", rules["SFK001"] == "cannot-tell",
          rules["SFK001"])
    r = made(where, stays, "--kid-scheme", "mls:4,4", status=1)
    check("stays, MLS: drift", slugs(r) == ["kid-drift"], slugs(r))
    r = made(where, stays, "--kid-scheme", "sender:4", status=0)
    check("stays, each on its own: nothing", slugs(r) == [], slugs(r))
    r = made(where, stays_of_three, status=1)
    check("one of three stays: drift", slugs(r) == ["kid-drift"] and
          r["findings"][0]["streams"] == ["2"], r["findings"])


@test
def who_runs_ahead(where):
    def ahead(c):
        group(c, alice=[(300, 0x21), (600, 0x22)],
              bob=[(50, 0x31), (850, 0x32)],
              carol=[(305, 0x41), (595, 0x42)])

    def with_the_others(c):
        group(c, alice=[(300, 0x21), (600, 0x22)],
              bob=[(250, 0x31), (650, 0x32)],
              carol=[(305, 0x41), (595, 0x42)])

    def alone(c):
        group(c, alice=[(200, 0x21), (400, 0x22)], bob=[(600, 0x31)],
              carol=[(600, 0x41)])
    r = made(where, ahead, status=0)
    check("ahead: told of who was", slugs(r) == ["kid-ahead"] and
          r["findings"][0]["streams"] == ["2"] and
          r["findings"][0]["severity"] == "warning", r["findings"])
    got = {k: (s["ahead"], s["behind"]) for k, s in streams(r).items()}
    check("ahead: by five seconds, and nobody behind",
          abs(got["0x000000b1"][0] - 5) < 0.05 and
          all(b < 0.2 for _, b in got.values()) and
          all(a < 0.2 for k, (a, _) in got.items() if k != "0x000000b1"), got)
    check("ahead: its share of time", abs(streams(r)["0x000000b1"][
        "on_current_key"] - 13 / 18) < 0.01, streams(r)["0x000000b1"])
    text_ = run("keys", os.path.join(where, "ahead.pcap")).flat
    check("ahead: in the text", "ran ahead of the group" in text_ and
          "s before the" in text_ and "50+++" in text_, text_[:400])
    r = made(where, with_the_others, status=0)
    check("within the grace time", slugs(r) == [], slugs(r))
    r = made(where, alone, "--kid-scheme", "mls:4,4", status=0)
    check("alone, MLS: ahead", slugs(r) == ["kid-ahead"], slugs(r))
    r = made(where, alone, status=0)
    check("alone, no scheme: nothing", slugs(r) == [], slugs(r))


@test
def who_returns(where):
    rows = [("to the one before", [1, 2, 3, 2], True),
            ("to the first", [1, 2, 3, 1], True),
            ("there and back", [9, 10, 9], True),
            ("all the way round", [0, 1, 2, 3, 0], False),
            ("on and on", [5, 6, 7, 8], False),
            ("an SFU that switches", [0x21, 0x31, 0x21, 0x31], False)]
    for name, kids, want in rows:
        def call_(c, kids=kids):
            s = c.audio(0xa1, ALICE, SFU, cname="alice")
            for i, kid in enumerate(kids):
                s.sframe(60, kid=kid, ctr=1000 * i)
        r = made(where, call_, name="returns " + name)
        check("returns %s" % name, ("kid-went-back" in slugs(r)) == want,
              slugs(r))


@test
def kids_of_a_sender(where):
    def two_streams(c):
        c.audio(0xa1, ALICE, SFU, cname="alice").sframe(300, kid=9).sframe(
            200, kid=10, ctr=0)
        c.video(0xa2, ALICE, SFU, cname="alice").sframe(
            100, kid=9, ctr=9000).sframe(50, kid=10, ctr=9000)
    r = made(where, two_streams)
    got = [(k["kid"], k["frames"], round(k["age"], 1))
           for k in r["senders"][0]["kids"]]
    check("KIDs of a sender: frames of both streams", got == [
        ("9", 400, 6.6), ("10", 250, 4.0)] or got == [
        ("9", 400, 6.6), ("10", 250, 3.9)], got)


@test
def the_end_of_a_call(where):
    """Everybody hangs up, one some seconds before the other: no leave. With a
    BYE, or when the call goes on, it is one."""
    def ends(c, seconds, bye=False):
        c.audio(0xa1, ALICE, SFU, cname="alice").sframe(
            500 + round(50 * seconds), kid=0x21)
        c.audio(0xb1, BOB, SFU, cname="bob", bye=bye).sframe(500, kid=0x31)
    for seconds, bye, want in ((4, False, []), (4, True, ["not-rotated"]),
                               (2, True, []), (9, False, ["not-rotated"])):
        def one_leaves(c, seconds=seconds, bye=bye):
            ends(c, seconds, bye)
        r = made(where, one_leaves)
        check("the other %d s longer, BYE %s" % (seconds, bye),
              slugs(r) == want, slugs(r))


@test
def round_a_ring(where):
    """LiveKit has sixteen key indices, and goes round: an index that comes back
    is a new epoch, and who is late for it is late."""
    from dialects import LiveKit, speak

    def call_(c, late):
        for ssrc, src, name, behind in ((0xa1, ALICE, "alice", 0),
                                        (0xb1, BOB, "bob", late),
                                        (0xc1, CAROL, "carol", 5)):
            s = c.audio(ssrc, src, SFU, cname=name)
            w = LiveKit()
            for i in range(20):
                n = 100 + (behind if i == 17 else -behind if i == 18 else 0)
                speak(s, n + (5 if i == 0 else 0), w, i % 16)
    for late, want in ((0, []), (250, ["kid-drift"])):
        def ring(c, late=late):
            call_(c, late)
        r = made(where, ring, name="ring, late by %d frames" % late)
        got = [x for x in slugs(r) if x != "not-rfc9605"]
        check("ring, late by %d frames: findings" % late, got == want, got)
        check("ring: twenty epochs", len(r["epochs"]) == 20, len(r["epochs"]))


@test
def who_counts_again(where):
    """A page is loaded anew in a lossy network: reuse is from there on, however
    long frames from before it waited to be judged."""
    def reload(c):
        # the first frames of the video show no run of their own
        old, new = mkcap.Counter(), mkcap.Counter()
        a = c.audio(0xa1, ALICE, SFU, cname="alice")
        v = c.video(0xa2, ALICE, SFU, cname="alice")
        a.sframe(450, kid=0x61, counter=old)
        v.sframe(135, kid=0x61, counter=old)
        a2 = c.audio(0xa3, ALICE, SFU, cname="alice", start=9.0)
        v2 = c.video(0xa4, ALICE, SFU, cname="alice", start=9.0)
        a2.sframe(450, kid=0x61, counter=new)
        v2.sframe(135, kid=0x61, counter=new)
        c.lose(part=0.1)
    for seed in range(6):
        c = mkcap.Capture(seed)
        reload(c)
        path = c.write(os.path.join(where, "reload.pcap"))
        r = strict(run("check", "--json", path).out)
        found = [f for f in r["findings"] if f["slug"] == "ctr-reused"]
        first = min((nanoseconds(f["first"]) for f in found), default=0)
        check("counts again, %d: since the reload" % seed, found and
              first >= mkcap.EPOCH + 9 * 10**9, first - mkcap.EPOCH)


@test
def late_twice(where):
    def always_three_seconds_late(c):
        two(c, [(300, 0x21), (400, 0x22), (400, 0x23)],
            [(450, 0x31), (400, 0x32), (250, 0x33)])
    r = made(where, always_three_seconds_late, status=1)
    check("late twice: drift", "kid-drift" in slugs(r), slugs(r))
    behind = streams(r)["0x000000b1"]["behind"]
    check("late twice: by three seconds", abs(behind - 3) < 0.05, behind)


@test
def parts_of_a_kid(where):
    def mls(c):
        two(c, [(150, 5 << 8 | 3 << 4 | 14), (150, 5 << 8 | 3 << 4 | 15),
                (150, 5 << 8 | 3 << 4 | 0)],
            [(150, 2 << 4 | 14), (150, 2 << 4 | 15), (150, 2 << 4)])
    r = made(where, mls, "--kid-scheme", "mls:4,4", status=0)
    uses = streams(r)["0x000000a1"]["uses"]
    check("mls: parts", [u["parts"] for u in uses] ==
          [{"context": "5", "index": "3", "epoch": e}
           for e in ("14", "15", "0")], uses)
    check("mls: wraps", [t["change"] for t in
          streams(r)["0x000000a1"]["transitions"]] == ["next", "wrapped"])
    check("mls: epochs", [e["epoch"] for e in r["epochs"]] ==
          ["14", "15", "0"], r["epochs"])
    check("mls: all on time", all(s["on_current_key"] > 0.99
          for s in r["streams"]), r["streams"])

    def sender(c):
        two(c, [(150, 0x2f), (150, 0x20), (150, 0x30), (150, 0x32),
                (150, 0x25)], [(700, 0x99)])
    r = made(where, sender, "--kid-scheme", "sender:4")
    s = streams(r)["0x000000a1"]
    check("sender: changes", [t["change"] for t in s["transitions"]] ==
          ["wrapped", "new-generation", "skipped", "back"], s["transitions"])
    check("sender: parts", s["uses"][3]["parts"] ==
          {"generation": "3", "step": "2"}, s["uses"])
    check("sender: no group", s["on_current_key"] is None)


@test
def large_numbers(where):
    big, most = 2**53 + 1, 2**64 - 1

    def large(c):
        c.audio(0xa1, ALICE, SFU, cname="alice").sframe(100, kid=big) \
            .sframe(100, kid=most, ctr=most - 99)
    r = made(where, large)
    uses = streams(r)["0x000000a1"]["uses"]
    check("large: exact", [(u["kid"], u["last_ctr"]) for u in uses] ==
          [(str(big), "99"), (str(most), str(most))], uses)
    path = os.path.join(where, "large.pcap")
    rows = list(csv.DictReader(io.StringIO(
        run("keys", "--format", "csv", path).text)))
    check("large: CSV", [(x["kid"], x["last_ctr"]) for x in rows] ==
          [(str(big), "99"), (str(most), str(most))], rows)
    check("large: CSV gives the change", rows[1]["change"] == "changed", rows)
    check("large: text", str(most) in run("keys", path).text)


@test
def what_is_lost_around_a_change(where):
    def lossy(c):
        a = c.audio(0xa1, ALICE, SFU, cname="alice").sframe(200, kid=9)
        a.plain(20).sframe(200, kid=10, ctr=0)
        row = c._of(a)
        for p in row[200:205]:
            c.packets.remove(p)
    r = made(where, lossy)
    t = streams(r)["0x000000a1"]["transitions"][0]
    check("around a change: frames", t["frames_unreadable"] == 15, t)
    check("around a change: packets", t["packets_missing"] == 5, t)


@test
def audio_and_video_out_of_step(where):
    def apart(c):
        a = c.audio(0xa1, ALICE, SFU, cname="alice").sframe(300, kid=9)
        a.sframe(400, kid=10, ctr=0)
        c.video(0xa2, ALICE, SFU, cname="alice").sframe(150, kid=9, ctr=9000) \
            .sframe(60, kid=10, ctr=9000)
    r = made(where, apart, status=1)
    check("apart: one sender", len(r["senders"]) == 1, r["senders"])
    check("apart: four seconds", abs(r["senders"][0]["streams_apart"] - 4) <
          0.1, r["senders"])


# ---- joins and leaves ---------------------------------------------------------

EVENTS = "time,participant,event\n"


def at(offset):
    s = mkcap.EPOCH + round(offset * 10**9)
    return "%d.%09d" % (s // 10**9, s % 10**9)


@test
def who_begins_an_epoch(where):
    """Five senders come one after the other. The first begins the epoch; the
    third makes it the group's."""
    late = [(0.5, "a"), (0.1, "b"), (1.4, "c"), (0.9, "d"), (0.2, "e")]

    def five(c):
        for i, (s, name) in enumerate(late):
            n = round(s * 50)
            c.audio(0xa1 + i, "10.0.1.%d:4000" % (i + 1), SFU, cname=name) \
                .sframe(250 + n, kid=16 * (i + 1) + 1) \
                .sframe(400 - n, kid=16 * (i + 1) + 2)
    r = made(where, five, status=0)
    ids = {s["ssrc"]: s["id"] for s in r["streams"]}
    e = r["epochs"][1]
    check("five: begun by b", (e["epoch"], e["begun_by"], e["first"][17:23]) ==
          ("2", ids["0x000000a2"], "25.100"), e)
    check("five: the group's with a", (e["group_with"], e["group_from"][17:23])
          == (ids["0x000000a1"], "25.500"), e)
    text = run("keys", os.path.join(where, "five.pcap")).text
    check("five: said", "22:13:25.100 epoch 2, begun by stream %s; the group's "
          "0.400 s later, with stream" % ids["0x000000a2"] in " ".join(
              text.split()), text)


@test
def joins_and_leaves(where):
    def rotates(c):
        two(c, [(300, 0x21), (220, 0x22), (180, 0x23)],
            [(310, 0x31), (200, 0x32), (190, 0x33)])

    def keeps(c):
        two(c, [(700, 0x21)], [(700, 0x31)])
    path = os.path.join(where, "events.csv")
    with open(path, "w", encoding="utf-8") as f:
        f.write(EVENTS + "%s,carol,join\r\n%s,\"carol\",leave\n" %
                (at(5.5), at(10.0)))
    r = made(where, rotates, "--events", path, status=0, name="told, rotates")
    rot = r["rotation"]
    check("told: from the file", rot["events_from"] == "file")
    got = sorted((e["what"], x["sender"], x["outcome"], round(x["after"], 2))
                 for e in rot["events"] for x in e["reactions"])
    check("told: delays", got == [
        ("join", 1, "changed", 0.5), ("join", 2, "changed", 0.7),
        ("leave", 1, "changed", 0.4), ("leave", 2, "changed", 0.2)], got)
    d = rot["delay"]
    check("told: median, 95 % and most", d and d["n"] == 4 and
          abs(d["median"] - 0.45) < 0.01 and abs(d["p95"] - 0.7) < 0.01 and
          abs(d["most"] - 0.7) < 0.01, d)
    quoted = os.path.join(where, "quoted.csv")
    for name, field in (("carol, of the board", "\"carol, of the board\""),
                        ("\"c\" arol", "\"\"\"c\"\" arol\""),
                        ("two\nlines", "\"two\nlines\"")):
        with open(quoted, "w", encoding="utf-8", newline="") as f:
            f.write("\"time\",participant,event\r\n%s,%s,join\r\n\r\n%s,%s,"
                    "\"leave\"" % (at(5.5), field, at(10.0), field))
        again = made(where, rotates, "--events", quoted, name="told in quotes")
        got = [(e["what"], e["participant"], len(e["reactions"]))
               for e in again["rotation"]["events"]]
        check("told in quotes: %r" % name, got == [
            ("join", name, 2), ("leave", name, 2)], got)
    r = made(where, keeps, "--events", path, name="told, kept")
    check("told: kept", slugs(r) == ["not-rotated", "not-rotated"], slugs(r))
    check("told: kept by both", all(x["outcome"] == "kept"
          for e in r["rotation"]["events"] for x in e["reactions"]))
    r = made(where, keeps, name="not told, kept", status=0)
    check("not told: nothing happened", slugs(r) == [], slugs(r))
    check("not told: inferred", r["rotation"]["events_from"] == "inferred")
    as_json = os.path.join(where, "events.json")
    with open(as_json, "w", encoding="utf-8") as f:
        json.dump({"schema": "sframe-tool/events/v1", "events": [
            {"time": "2023-11-14T22:13:25.5Z", "participant": "carol",
             "event": "join"},
            {"time": "2023-11-14T23:13:30+01:00", "participant": "carol",
             "event": "leave"}]}, f)
    again = made(where, rotates, "--events", as_json, name="told in JSON")
    check("told in JSON: the same", again["rotation"] == rot,
          again["rotation"])


@test
def events_of_another_time(where):
    """A log in another time zone: nothing was judged, and that is said."""
    def keeps(c):
        two(c, [(700, 0x21)], [(700, 0x31)])
    cap = os.path.join(where, "keeps.pcap")
    path = os.path.join(where, "events.csv")
    for rows, outside, said in (
            ([3600, 3605], 2, "do their clocks and time zones agree?"),
            ([-30, 5.5, 900], 2, "say nothing."),
            ([5.5], 0, None)):
        with open(path, "w", encoding="utf-8") as f:
            f.write(EVENTS + "".join("%s,carol,join\n" % at(x) for x in rows))
        r = made(where, keeps, "--events", path, name="at %s" % rows)
        check("at %s: so many outside" % rows,
              r["rotation"]["events_outside"] == outside, r["rotation"])
        ran = run("keys", "--events", path, cap)
        text = " ".join(ran.text.split())
        check("at %s: said" % rows, (said or "outside of the time") in text
              if said else "outside of the time" not in text, ran.text)
        j = strict(run("check", "--json", "--events", path, cap).out)
        limits = [x for x in j["limits"] if "--events" in x]
        check("at %s: among what is not shown" % rows,
              len(limits) == (outside > 0), j["limits"])
        rule = [x for x in j["rules"] if x["id"] == "SFK004"][0]
        check("at %s: the rule" % rows, rule["outcome"] == (
            "cannot-tell" if outside == len(rows) else "failed"), rule)


@test
def inferred(where):
    def comes_and_goes(c):
        c.audio(0xa1, ALICE, SFU, cname="alice").sframe(1000, kid=0x21)
        c.audio(0xb1, BOB, SFU, cname="bob", start=4, bye=True) \
            .sframe(300, kid=0x31)
    r = made(where, comes_and_goes)
    got = [(e["what"], e["known_by"], e["participant"])
           for e in r["rotation"]["events"]]
    check("inferred: join by a stream, leave by a BYE", got ==
          [("join", "new-stream", "bob"), ("leave", "bye", "bob")], got)
    check("inferred: only the leave is a finding", slugs(r) == ["not-rotated"],
          slugs(r))


@test
def wrong_files_of_events(where):
    cap = os.path.join(where, "wrong.pcap")
    c = mkcap.Capture()
    c.audio(0xa1, ALICE, SFU).sframe(100, kid=9)
    c.write(cap)
    rows = {
        "": "no events", "\n \n": "no events",
        EVENTS + "yesterday,bob,join\n": "not a time",
        EVENTS + "1700000000,bob,joined\n": "neither join nor leave",
        EVENTS + "1700000000,bob\n": "three columns",
        EVENTS + "1700000000,bob,join,x\n": "three columns",
        EVENTS + "1700000000,,join\n": "name",
        EVENTS + "1700000000,\"bob,join\n": "quote",
        EVENTS + "1700000000,\"bob\"x,join\n": "three columns",
        EVENTS + "1700000000,\"" + "x" * 64 + "\",join\n": "name",
        EVENTS + "2023-02-29T00:00:00Z,bob,join\n": "not a time",
        EVENTS + "1700000000.0000000001,bob,join\n": "not a time",
        "{}": "schema", "{\"schema\":\"sframe-tool/events/v1\"}": "events",
        "{\"schema\":\"sframe-tool/events/v1\",\"events\":[{}]}": "missing",
        "{\"schema\":\"sframe-tool/events/v1\",\"events\":[],\"x\":1}":
            "unknown member",
        "{\"schema\":\"sframe-tool/events/v1\",\"events\":[1]}": "object",
        "{\"schema\":\"sframe-tool/events/v1\",\"events\":[]} x": "",
    }
    path = os.path.join(where, "wrong.csv")
    for text, word in rows.items():
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        ran = run("keys", "--events", path, cap)
        check("events %r: status 3" % text[-40:], ran.status == 3, ran)
        check("events %r: says why" % text[-40:], word in ran.errors and
              "line " in ran.errors, ran.errors)
        check("events %r: one line" % text[-40:], ran.errors.count("\n") == 1)
    ran = run("keys", "--events", os.path.join(where, "none"), cap)
    check("events: no such file", ran.status == 3, ran)


# ---- as the user sees it --------------------------------------------------------

@test
def text(where):
    for name in REAL:
        ran = run("keys", os.path.join(CAPTURES, name))
        wide = too_wide(ran.text)
        check("text of %s: 100 columns" % name, not wide, wide[:1])
        check("text of %s: first line" % name,
              ran.text.startswith("KEYS  ") and "change" in
              " ".join(ran.text.splitlines()[:2]), ran.text[:200])
    plain = os.path.join(CAPTURES, "S01-none.rtp.pcap")
    ran = run("keys", plain)
    check("no KID at all: inconclusive", ran.status == 4 and
          "no stream with key ids" in ran.flat, ran)
    check("no KID: --allow-inconclusive",
          run("keys", "--allow-inconclusive", plain).status == 0)
    ran = run("keys", "--format", "jsonl", plain)
    check("a format it does not write", ran.status == 2 and
          "jsonl" in ran.errors, ran)
    ran = run("check", "--format", "csv", plain)
    check("a format that check does not write", ran.status == 2, ran)

    def hostile(c):
        c.audio(0xa1, ALICE, SFU, cname=b"\x1b[31m\xff\"\\").sframe(
            200, kid=9)
    made(where, hostile)
    ran = run("keys", os.path.join(where, "hostile.pcap"))
    check("a hostile CNAME", b"\x1b" not in ran.out and b"\xff" not in ran.out,
          ran)


@test
def senders_of_files_with_one_stream_each(where):
    """Addresses that a converter made up say nothing of who sent."""
    def of(kind, ssrc, ctr, first, then):
        def make(c):
            stream = getattr(c, kind)(ssrc, "10.1.1.1:1000", "10.2.2.2:2000")
            fps = 50 if kind == "audio" else 15
            stream.sframe(first * fps, kid=17, ctr=ctr)
            stream.sframe(then * fps, kid=18, ctr=ctr)
        return make

    alice = of("audio", 0xa1, 0, 5, 10)
    for name, other, senders in (
            ("video in step", of("video", 0xa2, 5000, 5, 10), 1),
            ("video much later", of("video", 0xa2, 5000, 12, 3), 2),
            ("another audio", of("audio", 0xb1, 5000, 5, 10), 2)):
        paths = []
        for i, make in enumerate((alice, other)):
            c = mkcap.Capture()
            make(c)
            paths.append(c.write(os.path.join(where, "%d.pcap" % i)))
        report = keys(*paths, name=name)
        check("a file each, %s: senders" % name,
              len(report["senders"]) == senders, report["senders"])


def main():
    with scratch() as where:
        for t in tests:
            if not sys.argv[1:] or any(p in t.__name__ for p in sys.argv[1:]):
                t(where)
    finish()


main()
