"""
media.py - media in the clear: the frames of media.xz (see make_media.py) and
those of real calls in corpora/captures, by name.
"""
import json
import lzma
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
sys.path.insert(0, TESTS)
import mkcap  # noqa: E402

CAPTURES = os.path.join(os.path.dirname(TESTS), "corpora", "captures")
VIDEO = ("vp8", "vp9", "av1", "h264", "h265")


class Media:
    """frames: [(octets, is a key frame)...]; no octets: nothing is sent."""

    def __init__(self, name, codec, clock, ticks, frames):
        self.name, self.codec, self.clock, self.ticks = name, codec, clock, ticks
        self.frames, self.video = frames, codec in VIDEO
        self.step = ticks / clock


def packed():
    with lzma.open(os.path.join(HERE, "media.xz")) as f:
        head = json.loads(f.readline())
        body = f.read()
    at = 0
    for s in head:
        frames = []
        for n, key in s["frames"]:
            frames.append((body[at:at + n], key))
            at += n
        yield Media(s["name"], s["codec"], s["clock"], s["ticks"], frames)


def rtp_by_ssrc(name):
    out = {}
    for p in mkcap.read_capture(os.path.join(CAPTURES, name)):
        r = mkcap.rtp_of(p.octets)
        if r is not None and r[5]:
            out.setdefault(r[4], {}).setdefault(r[3], []).append(r)
    return out


def joined(groups, strip):
    """Frames of one SSRC: packets of one timestamp, in order of sequence."""
    frames = []
    for _, packets in sorted(groups.items()):
        parts = [strip(p[5]) for p in sorted(set(packets), key=lambda p: p[2])]
        frames.append(b"".join(parts))
    return frames


# name, codec, capture, SSRC, clock, ticks, descriptor
REAL = (
    ("chrome-opus", "opus", "S01-none.rtp.pcap", 0xb60caf35, 48000, 960, bytes),
    ("chrome-vp8", "vp8", "S01-none.rtp.pcap", 0x4a858b89, 90000, 3000,
     lambda p: mkcap.vp8_parts(p)[1]),
    ("chrome-red", "red", "S02-none-red-dtx.rtp.pcap", 0x92fd5938, 48000, 960,
     bytes),
    ("chrome-vp9", "vp9", "S36-nosrtp-none.plain.pcap", 0xb39b1bd0, 90000, 3000,
     lambda p: mkcap.vp9_parts(p)[1]),
    ("firefox-opus", "opus", "S31-firefox-none.rtp.pcap", 0x3ded0587, 48000,
     960, bytes),
    ("firefox-vp8", "vp8", "S31-firefox-none.rtp.pcap", 0x0704143e, 90000, 3000,
     lambda p: mkcap.vp8_parts(p)[1]),
)


def is_key(codec, frame):
    if codec == "vp8":
        return int(frame[3:6] == b"\x9d\x01\x2a")
    return int(codec == "vp9" and frame[0] >> 2 & 1 == 0 and frame[1:4] ==
               b"\x49\x83\x42")


def real():
    kept = {}
    for name, codec, capture, ssrc, clock, ticks, strip in REAL:
        if capture not in kept:
            kept[capture] = rtp_by_ssrc(capture)
        frames = joined(kept[capture][ssrc], strip)
        yield Media(name, codec, clock, ticks,
                    [(f, is_key(codec, f)) for f in frames])


def load():
    return {m.name: m for m in list(packed()) + list(real())}


if __name__ == "__main__":
    for m in load().values():
        print("%-18s %-5s %4d frames, %d key, %d empty, %s" % (
            m.name, m.codec, len(m.frames), sum(k for _, k in m.frames),
            sum(not f for f, _ in m.frames), m.frames[0][0][:12].hex()))
