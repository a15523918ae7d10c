"""
codecs.py - frames sealed and packetized here, lost and sent again on the way,
against what decode says of each with the keys: the same frames, KIDs, counters
and lengths, every complete one opened, no other there.

	codecs.py [PART-OF-A-NAME...]

The frames are those of mkcap.py, the payloads are written by packets.py and the
ciphertext by mistakes.py: none of it is code of the program.
"""
import json
import os
import sys

import mistakes
import mkcap
import packets
from harness import check, finish, lines, run, scratch, strict

ALICE, SFU = "10.0.0.1:4000", "10.0.0.9:9000"
VIDEO, AUDIO, RTX = 0xa2, 0xa1, 0xa7
BASE = bytes(range(16))
KEYS = {"schema": "sframe-tool/keys/v1", "keys": [
    {"kid": "9", "base_key": BASE.hex()}]}
# Octets in the clear, of key frames and of others: what is left of a codec's
# own headers so that its packetizer finds them.
PREFIX = {"h264": (64, 40), "h265": (40, 20)}
LONGEST = 500  # octets of a frame: its cipher is Python
mkcap.MTU = 200
rows = []


def sealed(stream, n, suite=4, ctr=0, prefix=(0, 0), want=None):
    """n frames; {CTR: octets} is what was sent goes to stream.truth."""
    way = mistakes.Way(suite)
    stream.truth = truth = {}
    box = [ctr]

    def frame(rng, real):
        p = prefix[0] if packets.is_key(stream.codec, real) else prefix[1]
        real = real[:LONGEST]
        clear = real[:p]
        out = way.frame(BASE, 9, box[0], real[p:], metadata=clear, prefix=clear,
                        want=want(box[0]) if want else None)
        truth[box[0]] = out
        box[0] += 1
        return out
    return stream.add(n, frame)


def row(name, **o):
    rows.append((name, o))


for codec in ("vp8", "vp9", "h264", "h265"):
    for suite in (4, 3) if codec == "h264" else (4,):
        row("%s, suite %d" % (codec, suite), codec=codec, suite=suite)
    row(codec + ", loss", codec=codec, lose=.03)
    row(codec + ", loss and RTX", codec=codec, lose=.03, rtx=True)
    row(codec + ", loss, RTX and disorder", codec=codec, lose=.03, rtx=True,
        disorder=True)
for codec in ("vp8", "h264", "av1"):
    row(codec + " behind descriptors, loss", codec=codec, descriptor=True,
        prefix=(0, 0), lose=.03)
    row(codec + " behind descriptors, loss and RTX", codec=codec,
        descriptor=True, prefix=(0, 0), lose=.03, rtx=True)
row("h265 with decoding order numbers", codec="h265",
    pack=lambda f, n, room: packets.h265(f, n, room, donl=True),
    sdp="a=fmtp:96 sprop-max-don-diff=2")
for lose in (0, .03):
    row("h264 in interleaved mode" + ", loss" * bool(lose), codec="h264",
        pack=packets.h264_interleaved, lose=lose,
        sdp="a=fmtp:96 packetization-mode=2")
    row("h265 in PACI packets" + ", loss" * bool(lose), codec="h265",
        pack=packets.h265_paci, lose=lose, sdp="a=fmtp:96 profile-id=1")
row("h264, a start code of three octets in the ciphertext", codec="h264",
    want=lambda ctr: {200: b"\0\0\1\x41"} if ctr % 5 == 0 else None)
row("h264, two of them", codec="h264",
    want=lambda ctr: {150: b"\0\0\1\x41", 260: b"\0\0\1\x65"}
    if ctr % 7 == 0 else None)
row("h264, a start code of four", codec="h264",
    want=lambda ctr: {200: b"\0\0\0\1\x41"} if ctr % 5 == 0 else None)
row("av1, a config octet without size bit", codec="av1", ctr=300)
row("av1, loss", codec="av1", ctr=300, lose=.03)
row("av1, lengths on all elements", codec="av1", ctr=300,
    pack=lambda f, n, room: packets.av1(f, n, room, counted=False))


def build(o):
    c = mkcap.Capture(seed=7)
    codec = o["codec"]
    prefix = o.get("prefix", PREFIX.get(codec, (0, 0)))
    v = c.video(VIDEO, ALICE, SFU, codec=codec, pack=o.get("pack"),
                descriptor=o.get("descriptor", False))
    sealed(v, 40, o.get("suite", 4), o.get("ctr", 0), prefix, o.get("want"))
    return c, v


def spoil(c, v, o):
    """What is lost for good, as sequence numbers."""
    if not o.get("lose"):
        return set()
    row_of = c._of(v)
    lost = [p for p in row_of[20:-1] if c.rng.random() < o["lose"]]
    dead = set(map(id, lost))
    c.packets[:] = [p for p in c.packets if id(p) not in dead]
    if o.get("rtx"):
        c.rtx(lost, RTX)
    if o.get("disorder"):
        c.reorder(.1, 30)
    return set() if o.get("rtx") else {p.seq for p in lost}


def sdp_of(o):
    name = {"h265": "H265", "h264": "H264", "av1": "AV1"}.get(
        o["codec"], o["codec"].upper())
    return "\r\n".join(["v=0", "s=-", "m=video 9 RTP/AVP 96 97", "a=mid:0",
                        "a=rtpmap:96 %s/90000" % name, "a=rtpmap:97 rtx/90000",
                        "a=fmtp:97 apt=96"] + ([o["sdp"]] if o.get("sdp")
                                                else [])) + "\r\n"


def try_row(name, o, where):
    c, v = build(o)
    sent = {}
    for p in c._of(v):
        sent.setdefault(p.timestamp & 0xffffffff, []).append(p.seq)
    at = dict(zip(sent, v.truth)) if len(sent) == len(v.truth) else None
    if not check(name + ": every frame was sent", at is not None):
        return
    lost = spoil(c, v, o)
    path = c.write(os.path.join(where, "call.pcap"))
    with open(os.path.join(where, "call.sdp"), "w", encoding="ascii",
              newline="") as f:
        f.write(sdp_of(o))
    args = ["--keys", os.path.join(where, "keys.json"), path]
    for sdp in (False, True) if not o.get("sdp") else (True,):
        what = name + (", with SDP" if sdp else "")
        more = ["--sdp", os.path.join(where, "call.sdp")] if sdp else []
        ran = run("decode", "--json", *more, *args)
        compare(what, v, at, sent, lost, lines(ran.out))
        report = strict(run("check", "--json", *more, *args).out)
        streams = [s for s in report["streams"] if s["ssrc"] == "0x000000a2"]
        check(what + ": one stream, and it opens", len(streams) == 1 and
              streams[0]["frames_by_state"]["failed"] == 0 and
              streams[0]["frames_by_state"]["unknown"] == 0, streams)


def compare(what, v, at, sent, lost, said):
    said = [f for f in said if f["type"] == "frame" and
            f["ssrc"] == "0x000000a2"]
    got = {int(f["ctr"]): f for f in said if f["complete"] and
           f["state"] == "verified"}
    want = {ctr for t, ctr in at.items()
            if not any(s in lost for s in sent[t])}
    check(what + ": the complete frames open, and no others",
          set(got) == want, "missing %s, more %s" % (
              sorted(want - set(got))[:9], sorted(set(got) - want)[:9]))
    check(what + ": lengths", all(
        f["octets"] == len(v.truth[ctr]) for ctr, f in got.items()
        if ctr in v.truth))
    check(what + ": packets", all(
        f["packets"] == len(sent[t]) for t, ctr in at.items()
        for f in [got.get(ctr)] if f))
    check(what + ": timestamps", all(
        got[ctr]["timestamp"] == t for t, ctr in at.items() if ctr in got))


def each_payload(codec, suite):
    """Every RTP payload a frame of its own, no descriptor in front of it."""
    way, of = mistakes.Way(suite), {}

    def pack(frame, number, room):
        out = []
        for payload in packets.FORMATS[codec](frame, number, room):
            out.append(way.frame(BASE, 9, len(of), payload))
            of[len(of)] = len(out[-1])
        return out
    c = mkcap.Capture(seed=11)
    v = c.video(VIDEO, ALICE, SFU, codec=codec, pack=pack)
    v.add(20, lambda rng, real: real[:LONGEST])
    sent = {p.seq: ctr for ctr, p in enumerate(c._of(v))}
    c.lose(part=.05, stream=v)
    return c, of, {sent[p.seq] for p in c._of(v)}


def try_each(codec, suite, where):
    c, of, there = each_payload(codec, suite)
    path = c.write(os.path.join(where, "call.pcap"))
    with open(os.path.join(where, "call.sdp"), "w", encoding="ascii",
              newline="") as f:
        f.write(sdp_of({"codec": codec}))
    for keys, state in (("keys.json", "verified"), ("other.json", "failed")):
        for sdp in ([], ["--sdp", os.path.join(where, "call.sdp")]):
            what = "%s, each payload a frame, suite %d, %s%s" % (
                codec, suite, state, ", with SDP" if sdp else "")
            args = ["--json", *sdp, "--keys", os.path.join(where, keys), path]
            said = [f for f in lines(run("decode", *args).out)
                    if f["type"] == "frame"]
            check(what + ": a frame for each packet, its CTR and length",
                  sorted((int(f["ctr"]), f["octets"]) for f in said) ==
                  sorted((ctr, of[ctr]) for ctr in there) and
                  {(f["state"], f["packets"], f["complete"])
                   for f in said} == {(state, 1, True)}, said[:3])
            of_each(what, strict(run("check", *args).out), state, len(there))


def of_each(what, report, state, n):
    slugs = {f["slug"] for f in report["findings"]}
    s = report["streams"][0]
    check(what + ": all counted", len(report["streams"]) == 1 and
          s["frames"] == s["frames_by_state"][state] == n, s)
    if state == "verified":
        check(what + ": verified, and no finding on opening it",
              s["protection"] == "verified" and report["verdict"] == "pass" and
              not slugs - {"tag-short"}, (s["protection"], slugs))
    else:
        check(what + ": auth-failed", s["protection"] != "verified" and
              report["verdict"] == "fail" and "auth-failed" in slugs, slugs)


def main():
    parts = sys.argv[1:]
    with scratch() as where:
        path = os.path.join(where, "keys.json")
        with open(path, "w", encoding="ascii") as f:
            json.dump(KEYS, f)
        os.chmod(path, 0o600)
        path = os.path.join(where, "other.json")
        with open(path, "w", encoding="ascii") as f:
            json.dump({"schema": KEYS["schema"], "keys": [
                {"kid": "9", "base_key": BASE[::-1].hex()}]}, f)
        os.chmod(path, 0o600)
        for name, o in rows:
            if not parts or any(p in name for p in parts):
                try_row(name, o, where)
        for codec, suite in (("vp8", 4), ("vp8", 3), ("h264", 4), ("h265", 5)):
            if not parts or any(p in "each " + codec for p in parts):
                try_each(codec, suite, where)
    finish()


main()
