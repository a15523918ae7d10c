"""
names.py - MID, RID and repaired RID that no SDP lists: told by how the words of
several streams lie to each other, and never where they lie otherwise.

	names.py [PART-OF-A-NAME...]

Each case says which header extensions each stream has, and what is to come out.
"""
import os
import random
import struct
import sys

import mkcap
from harness import TOP, Schema, check, finish, run, scratch, strict

ALICE, SFU = "10.0.0.1:4000", "10.0.0.9:9000"
A, V, W, Y, RV, RW = 0xa1, 0xa2, 0xb2, 0xc2, 0xa7, 0xb7
schema = Schema()
cases = []


def case(**want):
    def add(build):
        cases.append((build, want))
        return build
    return add


def element(i, d, two=False):
    return bytes([i, len(d)] if two else [i << 4 | len(d) - 1]) + d


def bear(c, ssrc, words, first=None, two=False):
    """Gives packets of an SSRC header extensions: {id: octets, or a function of
    the number of the packet}."""
    for i, p in enumerate(p for p in c.packets if getattr(p, "ssrc", 0) == ssrc):
        if first is None or i < first:
            p.ext = (0x1000 if two else 0xbede, b"".join(
                element(k, v(i) if callable(v) else v, two)
                for k, v in words.items()))


def pair(c, audio=True, second=True, even=True, third=False):
    """Audio and video of a sender; frames tick evenly, so that timestamps tell
    nothing, or as one."""
    if audio:
        c.audio(A, ALICE, SFU).sframe(600, kid=9, ctr=1 << 20)
    for ssrc in (V, W)[:1 + second] + (Y,) * third:
        v = c.video(ssrc, ALICE, SFU).sframe(180, kid=9, ctr=ssrc << 12)
        rng = random.Random(5)
        if not even:
            v.frames = [(f[0] + rng.randrange(15) / 1000, *f[1:])
                        for f in v.frames]


def rtx(c, of, ssrc, n=30, after_ms=60, late=0):
    """Repeats packets; after a long while only their names tell of what."""
    row = [p for p in c.packets if getattr(p, "ssrc", 0) == of]
    c.rtx(row[10:10 + n], ssrc, after_ms=late or after_ms)


TWCC = {3: lambda i: struct.pack(">H", 0x3030 + i % 10 + (i // 10 % 10 << 8))}
LAYERS = {V: "h", W: "q"}


# ---- names --------------------------------------------------------------------

@case(rid=LAYERS, mid={A: "0", V: "1", W: "1"}, source=V, ids=(4, 10, None))
def layers_told_by_audio_of_another_mid(c):
    pair(c)
    bear(c, A, {4: b"0"}, first=60)
    bear(c, V, {4: b"1", 10: b"h", **TWCC}, first=20)
    bear(c, W, {4: b"1", 10: b"q", **TWCC}, first=20)


@case(rid=LAYERS, mid={A: "0", V: "1", W: "1"}, source=V, ids=(4, 10, None))
def the_same_in_two_octets(c):
    pair(c)
    bear(c, A, {4: b"0"}, two=True)
    bear(c, V, {4: b"1", 10: b"h"}, two=True)
    bear(c, W, {4: b"1", 10: b"q"}, two=True)


@case(rid={**LAYERS, RV: "h", RW: "q"}, mid={V: "1", W: "1", RV: "1"},
      repairs={RV: V, RW: W}, source=V, ids=(4, 10, 11))
def layers_told_by_what_repairs_them(c):
    """The RTX of each repeats what was sent long ago: names alone tie it."""
    pair(c, audio=False)
    for of, ssrc in ((V, RV), (W, RW)):
        rtx(c, of, ssrc, late=16000)
        bear(c, of, {4: b"1", 10: LAYERS[of].encode()}, first=9)
        bear(c, ssrc, {4: b"1", 11: LAYERS[of].encode()})


@case(rid={V: "h", RV: "h"}, mid={V: "1"}, repairs={RV: V}, source=None,
      ids=(4, 10, 11))
def one_layer_and_its_rtx(c):
    pair(c, audio=False, second=False)
    rtx(c, V, RV, late=16000)
    bear(c, V, {4: b"1", 10: b"h"})
    bear(c, RV, {4: b"1", 11: b"h"})


@case(rid=LAYERS, mid={V: "v", W: "v"}, source=V, ids=(2, 5, None))
def layers_told_by_their_clock(c):
    pair(c, audio=False, even=False)
    bear(c, V, {2: b"v", 5: b"h"})
    bear(c, W, {2: b"v", 5: b"q"})


@case(mid={A: "audio", V: "video"}, rid={V: None}, source=None,
      ids=(4, None, None))
def mids_of_audio_and_video(c):
    pair(c, second=False)
    bear(c, A, {1: lambda i: bytes([i % 90]), 4: b"audio"})
    bear(c, V, {4: b"video", **TWCC}, first=4)


@case(rid={V: "h", RV: "h"}, mid={V: "1", W: "1", RV: "1"}, source=V,
      repairs={RV: V}, ids=(4, 10, 11))
def rtx_of_padding_alone(c):
    """As browsers probe for bandwidth: nothing but padding, and the name."""
    pair(c)
    bear(c, A, {4: b"0"})
    bear(c, V, {4: b"1", 10: b"h"})
    bear(c, W, {4: b"1", 10: b"q"})
    row = [p for p in c.packets if getattr(p, "ssrc", 0) == V]
    c.packets.extend(p.copy(ssrc=RV, pt=97, seq=700 + i, payload=b"", pad=200,
                            ns=p.ns + mkcap.MS, ext=None)
                     for i, p in enumerate(row[::9]))
    c.packets.sort(key=lambda p: p.ns)
    bear(c, RV, {4: b"1", 11: b"h"})


# ---- twins: none of these is a name -------------------------------------------

NO = {"ids": None, "source": None, "rid": {V: None, W: None},
      "mid": {A: None, V: None, W: None}}


@case(**dict(NO, mid={A: "0", V: "1", W: "2"}, ids=(4, None, None)))
def quiet_two_cameras_with_mids(c):
    pair(c)
    for ssrc, mid in ((A, b"0"), (V, b"1"), (W, b"2")):
        bear(c, ssrc, {4: mid, **TWCC})


@case(**dict(NO, mid={A: "0", V: "1", W: "2"}, ids=(4, None, None)))
def quiet_two_cameras_that_share_a_constant(c):
    """A word that all video has and audio has not, beside MIDs that differ."""
    pair(c)
    bear(c, A, {4: b"0"})
    bear(c, V, {4: b"1", 6: b"0"})
    bear(c, W, {4: b"2", 6: b"0"})


@case(**dict(NO, mid={A: None, V: None, W: None}))
def quiet_two_cameras_and_a_constant_of_the_kind(c):
    """Which of the two tells sections apart cannot be seen; RIDs they are not:
    audio has them both."""
    pair(c)
    bear(c, A, {4: b"0", 6: b"x"})
    bear(c, V, {4: b"1", 6: b"y"})
    bear(c, W, {4: b"2", 6: b"y"})


@case(**dict(NO, rid={V: None, W: None, RV: None}, mid={V: None, RV: None},
             repairs={RV: V}))
def quiet_two_cameras_and_rtx(c):
    """RTX has the MID of what it repairs, under the same id."""
    pair(c, audio=False)
    rtx(c, V, RV)
    bear(c, V, {4: b"1", 6: b"0"})
    bear(c, W, {4: b"2", 6: b"0"})
    bear(c, RV, {4: b"1", 6: b"0"})


@case(**NO)
def quiet_audio_level_that_stands_still(c):
    """48 below full scale reads as "0", and 49 as "1"."""
    pair(c)
    bear(c, A, {1: b"0"})
    bear(c, V, {2: lambda i: bytes([0x30, i // 99, i % 99])})
    bear(c, W, {2: lambda i: bytes([0x31, i // 99, i % 99])})


@case(**NO)
def quiet_numbers_and_times_that_read_as_words(c):
    pair(c)
    for ssrc in (A, V, W):
        bear(c, ssrc, {3: lambda i: b"%c%c" % (48 + i // 10 % 10, 48 + i % 10),
                       2: lambda i: b"%03d" % i})


@case(**NO)
def quiet_orientation_and_playout_delay(c):
    pair(c)
    bear(c, A, {1: lambda i: bytes([i % 90])})
    bear(c, V, {13: b"\x00", 5: b"\x00\x00\x00"})
    bear(c, W, {13: b"\x01", 5: b"\x00\x00\x00"})


@case(**NO)
def quiet_playout_delay_that_reads_as_a_word(c):
    """Three octets that are letters, the same in both, and an orientation that
    could be a word if it were one."""
    pair(c)
    bear(c, V, {13: b"1", 5: b"aaa"})
    bear(c, W, {13: b"2", 5: b"aaa"})


@case(**NO)
def quiet_a_word_that_changes_at_last(c):
    pair(c)
    bear(c, A, {4: b"0"})
    bear(c, V, {4: lambda i: b"12"[i > 60:][:1], 10: b"h"})
    bear(c, W, {4: lambda i: b"12"[i > 60:][:1], 10: b"q"})


@case(**dict(NO, rid={V: None, W: None, RV: None}, repairs={RV: V}))
def quiet_rtx_whose_octets_say_otherwise(c):
    """It names W, and repeats V."""
    pair(c, audio=False)
    rtx(c, V, RV)
    bear(c, V, {4: b"1", 10: b"h"})
    bear(c, W, {4: b"1", 10: b"q"})
    bear(c, RV, {4: b"2", 11: b"q"})


@case(**dict(NO, repairs={Y: None}))
def quiet_media_that_bears_another_s_word(c):
    """As repair streams do, but its octets ask for nothing that was sent."""
    pair(c, audio=False, third=True)
    bear(c, V, {4: b"1", 10: b"h"})
    bear(c, Y, {4: b"1", 11: b"h"})
    for p in c._of(c.streams[2]):
        p.pt = 98


def ask(name, want, where, build):
    c = mkcap.Capture(seed=3)
    build(c)
    r = run("check", "--json", c.write(os.path.join(where, "x.pcap")))
    if not check(name + ": a report", r.out, r):
        return
    got = strict(r.out)
    fault = schema.faults(got)
    check(name + ": fits the schema", not fault, fault)
    by = {int(s["ssrc"], 16): s for s in got["streams"]}
    for field in ("rid", "mid"):
        for ssrc, word in want[field].items():
            if ssrc in by:
                check("%s: %s of 0x%x" % (name, field, ssrc),
                      by[ssrc][field] == word, by[ssrc][field])
    for ssrc, of in want.get("repairs", {}).items():
        s = by[ssrc]
        check("%s: 0x%x repairs" % (name, ssrc), s["repairs"] == (
            of and by[of]["id"]) and (s["kind"] == "repair") == bool(of),
            (s["kind"], s["repairs"]))
        check("%s: and is what it repairs" % name, of is None or
              s["protection"] in (by[of]["protection"], "undecidable"),
              s["protection"])
    for ssrc in (V, W):
        if ssrc in by:
            source = want["source"] and by[want["source"]]["id"]
            grouped = by[ssrc]["simulcast"]
            check("%s: 0x%x is %s" % (name, ssrc, "a layer" if source else
                                      "by itself"),
                  (grouped and grouped["source"]) == source, grouped)
    ids = want["ids"]
    if ids:
        ids = dict(zip(("mid", "rid", "repaired_rid"), ids), inferred=True)
    check(name + ": which extensions", by[V]["name_extensions"] == ids,
          by[V]["name_extensions"])


def real_call(where):
    """Chromium's layers, of which one sent no repair but a packet of padding."""
    r = run("check", "--json", os.path.join(
        TOP, "corpora", "captures", "S19-sframe-simulcast.rtp.pcap"))
    by = {s["ssrc"]: s for s in strict(r.out)["streams"]}
    want = {"0x899c85a7": ("0", None), "0x5809a676": ("1", "h"),
            "0x1b7a6aa6": ("1", "q"), "0x00e1af5b": ("1", "q"),
            "0x5b7bf748": ("1", "h")}
    for ssrc, names in want.items():
        s = by[ssrc]
        check("S19: names of " + ssrc, (s["mid"], s["rid"]) == names,
              (s["mid"], s["rid"]))
        check("S19: which extensions " + ssrc, s["name_extensions"] == {
            "mid": 4, "rid": 10, "repaired_rid": 11, "inferred": True},
            s["name_extensions"])
    check("S19: padding is tied by its name", by["0x5b7bf748"]["repairs"] ==
          by["0x5809a676"]["id"], by["0x5b7bf748"])


def main():
    with scratch() as where:
        for build, want in cases:
            name = build.__name__
            if not sys.argv[1:] or any(a in name for a in sys.argv[1:]):
                ask(name, want, where, build)
        if not sys.argv[1:]:
            real_call(where)
    finish()


main()
