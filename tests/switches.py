"""
switches.py - a sender that goes over to another codec under way: one SSRC, one
row of sequence numbers, another payload type, and no SDP that names it. Every
frame opens with the key, and those in the clear are told.

	switches.py [PART-OF-A-NAME...]

The frames are those of mkcap.py, the payloads are written by packets.py and the
ciphertext by mistakes.py: none of it is code of the program.
"""
import json
import math
import os
import re
import sys

import fecmake
import mistakes
import mkcap
import packets
from harness import check, finish, lines, run, scratch, strict

ALICE, SFU = "10.0.0.1:4000", "10.0.0.9:9000"
SSRC = 0xa2
BASE = bytes(range(16))
KEYS = {"schema": "sframe-tool/keys/v1", "keys": [
    {"kid": "9", "base_key": BASE.hex()}]}
PREFIX = {"h264": (64, 40), "h265": (40, 20)}
CLOCK = {"pcmu": 8000, "pcma": 8000, "g722": 8000}
AUDIO = ("opus",) + tuple(CLOCK)
PT = {"opus": 111, "pcmu": 0, "pcma": 8, "g722": 9, "vp8": 96, "vp9": 98,
      "h264": 102, "h265": 116, "av1": 45}
LONGEST = 500
mkcap.MTU = 200


VP9 = (os.path.join(os.path.dirname(mkcap.CLEAR), "S16-d-plain-2s.rtp.pcap"),
       0x192cd78f, 470, 655)  # where that stream is in the clear


def clear_vp9():
    """Real frames of VP9."""
    path, ssrc, first, last = VP9
    frames = []
    for p in mkcap.read_capture(path)[first - 1:last]:
        r = mkcap.rtp_of(p.octets)
        if r and r[4] == ssrc and r[5]:
            start, octets = mkcap.vp9_parts(r[5])
            if start:
                frames.append(b"")
            frames[-1] += octets
    return frames


def clear_pcmu():
    """Speech-like: a tone that swells, as G.711 has it (ITU-T G.711, mu-law)."""
    def mulaw(x):
        sign, x = (0x80, -x) if x < 0 else (0, x)
        x = min(x, 32635) + 132
        e = x.bit_length() - 8
        return ~(sign | e << 4 | x >> e + 3 & 15) & 0xff
    return [bytes(mulaw(round(9000 * math.sin(n / 70) * math.sin(n / 5 + f)))
                  for n in range(f * 160, f * 160 + 160)) for f in range(40)]


def red(frame, number, room):
    """Opus in RED without older blocks, as its first packets have it."""
    return [bytes([PT["opus"]]) + frame]


def video_red(frame, number, room):
    """VP8 in RED, one block a packet, with some FEC of nothing in between."""
    out = [bytes([PT["vp8"]]) + p for p in packets.vp8(frame, number, room - 1)]
    return out[:-1] + [b"\x7d" + bytes(30)] + out[-1:]


def part(c, codec, n, ctr, start, **o):
    """n frames of one codec, from that counter and second on."""
    prefix = PREFIX.get(codec, (0, 0))
    add = c.audio if codec in AUDIO else c.video
    s = add(SSRC, ALICE, SFU, codec="opus" if codec in CLOCK else codec,
            pt=o.get("pt", PT[codec]), start=start, timestamp=1 << 20,
            pack=o.get("pack"))
    s.clock = CLOCK.get(codec, s.clock)
    way, truth, box = mistakes.Way(4), {}, [ctr]

    def frame(rng, real):
        p = prefix[0] if packets.is_key(codec, real) else prefix[1]
        real = real[:LONGEST]
        out = way.frame(BASE, 9, box[0], real[p:], metadata=real[:p],
                        prefix=real[:p])
        truth[box[0]] = len(out)
        box[0] += 1
        return out
    if o.get("clear"):
        s.octets(*(o["clear"][i % len(o["clear"])] for i in range(n)))
    else:
        s.add(n, frame)
    s.truth, s.until = truth, start + n * s.step
    return s


def call(*parts):
    """Parts one behind the other: (codec, frames) and what else there is."""
    c, streams, at, ctr = mkcap.Capture(seed=5), [], 0.0, 0
    for codec, n, *more in parts:
        s = part(c, codec, n, ctr, at, **(more[0] if more else {}))
        streams.append(s)
        clear = more and more[0].get("clear")
        at, ctr = s.until, ctr + (0 if clear else n)
    seq = 65500
    for s in streams:
        for p in c._of(s):
            p.seq, seq = seq, seq + 1
    truth = {k: v for s in streams for k, v in s.truth.items()}
    return c, streams, truth


ROWS = {
    "vp8 to vp9": [("vp8", 40), ("vp9", 40)],
    "vp9 to vp8": [("vp9", 40), ("vp8", 40)],
    "vp8 to h264": [("vp8", 40), ("h264", 40)],
    "h264 to vp8": [("h264", 40), ("vp8", 40)],
    "vp8 to h265": [("vp8", 40), ("h265", 40)],
    "vp9 to av1": [("vp9", 40, ), ("av1", 40, {"pt": 45})],
    "opus to pcmu": [("opus", 60), ("pcmu", 60)],
    "pcma to opus": [("pcma", 60), ("opus", 60)],
    "opus to opus in red": [("opus", 60),
                            ("opus", 60, {"pt": 120, "pack": red})],
    "vp8 to vp8 in red": [("vp8", 40),
                          ("vp8", 40, {"pt": 120, "pack": video_red})],
    "vp8 to a private format": [("vp8", 40), ("vp8", 40, {
        "pt": 100, "pack": packets.raw})],
    "vp8 to vp9 and back": [("vp8", 30), ("vp9", 30), ("vp8", 30)],
    "vp8, vp9, h264": [("vp8", 30), ("vp9", 30), ("h264", 30)],
    "five pictures of vp9 last": [("vp8", 40), ("vp9", 5)],
    "five pictures of vp8 first": [("vp8", 4), ("vp9", 60)],
}


def opened(name, where, c, truth, codecs=None, lost=()):
    path = c.write(os.path.join(where, "call.pcap"))
    keys = os.path.join(where, "keys.json")
    said = [f for f in lines(run("decode", "--json", "--keys", keys, path).out)
            if f["type"] == "frame"]
    got = {int(f["ctr"]): f["octets"] for f in said
           if f["complete"] and f["state"] == "verified"}
    want = {k: v for k, v in truth.items() if k not in lost}
    check(name + ": every frame opens, and no other is there",
          set(got) == set(want),
          (sorted(set(want) - set(got))[:12], sorted(set(got) - set(want))[:5]))
    report = strict(run("check", "--json", "--keys", keys, path).out)
    streams = report["streams"]
    slugs = {f["slug"] for f in report["findings"]
             if f["severity"] in ("critical", "error")}
    if "av1" in name:  # its packetizer looks for OBUs, and finds one each
        details = [f["detail"] for f in report["findings"]
                   if f["slug"] == "packetizer-rewrote"]
        check(name + ": packetizer-rewrote, of AV1", len(details) == 1 and
              "sent as av1" in details[0], details)
        slugs -= {"packetizer-rewrote"}
    says = "partly-clear" if any(c in name for c in PREFIX) else "verified"
    check(name + ": one stream, verified", len(streams) == 1 and
          streams[0]["protection"] == says and not slugs,
          (slugs, [s["protection"] for s in streams]))
    if codecs is not None:
        check(name + ": its codecs, the first one first",
              streams[0]["codecs"] == codecs, streams[0]["codecs"])
        text = run("check", "--keys", keys, path).out.decode()
        check(name + ": the text has them too", set(codecs[1:]) == set(
            re.findall(r"also\s+(\w+\d|red|opus|pcmu)", text)), text)


def codecs_of(row):
    """As a report has them: what nobody names and is none is no codec."""
    packs = {packets.raw: None, red: "red", video_red: "red"}
    said = [packs.get(more[0]["pack"]) if more and "pack" in more[0] else codec
            for codec, _, *more in row]
    rest = {x for x in said[1:] if x and x != said[0]}
    return said[:1] + sorted(rest, key=lambda x: (x[0] != "v", x))


def with_fec(where):
    """ULPFEC among the media, by its own type alone (RFC 5109 14.2 has it in
    RED): it is no part of any frame."""
    c, streams, truth = call(("vp8", 60))
    out, rows, seq = [], [], 65500
    for p in c.packets:
        p.seq, seq = seq & 0xffff, seq + 1
        out.append(p)
        rows.append(p.octets())
        if len(rows) == 4:
            out.append(p.copy(pt=125, marker=0, seq=seq & 0xffff,
                              payload=fecmake.ulpfec(rows)))
            rows, seq = [], seq + 1
    c.packets[:] = out
    opened("ulpfec among vp8", where, c, truth)


def in_the_clear(where):
    """The second codec is not encrypted: its frames are told as what they are."""
    for first, second, n, frames in (
            ("vp8", "vp9", 60, clear_vp9()), ("vp9", "vp8", 60, None),
            ("vp8", "h264", 60, None), ("opus", "pcmu", 200, clear_pcmu())):
        name = "%s, then %s in the clear" % (first, second)
        c, streams, truth = call((first, n), (second, n, {
            "clear": frames or mkcap.clear(second)}))
        path = c.write(os.path.join(where, "call.pcap"))
        report = strict(run("check", "--json", path).out)
        check(name + ": plaintext-gap", "plaintext-gap" in
              {f["slug"] for f in report["findings"]} and
              report["streams"][0]["frames_by_state"]["plaintext"] == n,
              report["streams"][0]["frames_by_state"])


def main():
    parts = sys.argv[1:]
    with scratch() as where:
        with open(os.path.join(where, "keys.json"), "w",
                  encoding="ascii") as f:
            json.dump(KEYS, f)
        os.chmod(os.path.join(where, "keys.json"), 0o600)
        for name, row in ROWS.items():
            if parts and not any(p in name for p in parts):
                continue
            c, streams, truth = call(*row)
            opened(name, where, c, truth, codecs_of(row))
            if "last" in name:
                continue
            c, streams, truth = call(*row)
            c.reorder(.1, 30)
            c.duplicate(7)
            opened(name + ", in disorder and doubled", where, c, truth)
        if not parts or "fec" in parts:
            with_fec(where)
        if not parts or "clear" in parts:
            in_the_clear(where)
    finish()


main()
