"""
samplecases.py - cases of findings.py about codecs of samples: G.711 (mu and A)
and G.722, whose octets may stay the same through a silence, and may read as the
payload descriptor of draft-ietf-avtcore-rtp-sframe.
"""
import mistakes
from harness import check
from mkcap import draft_header
from rtpcases import ALICE, CLEAR, PARTLY, SFU, UP

A = 0xa1
BASE = bytes(range(16))
CODECS = {"pcmu": (0, b"\xff\x7f\xfe\x7e\xfd\xf0\x70"),
          "pcma": (8, b"\xd5\x55\xd4\x54\xd7\x45\xc5"),
          "g722": (9, b"\xfa\xfb\x7a\xdb\x5f\x9c\xbe")}
KEYS = {"schema": "sframe-tool/keys/v1", "keys": [
    {"kid": str(kid), "suite": 4, "base_key": BASE.hex()}
    for kid in (0, 12, 300)]}


def samples(rng, octets, quiet):
    """20 ms: silence, or what is not."""
    if quiet:
        return bytes([octets[0]]) * 160
    return bytes(rng.choice(octets) ^ (rng.randrange(8) << 1) for _ in range(160))


def verified(n, clear):
    def ask(name, report, text):
        s = report["streams"][0]
        check("%s: %d frames verified, %d octets clear" % (name, n, clear),
              s["frames_by_state"]["verified"] == n and
              (s["clear_octets"] or 0) == clear, s)
    return ask


def add(case):

    def one(codec, kid, clear, keyed, silence):
        pt, octets = CODECS[codec]
        way = mistakes.Way(4)
        if clear == "none":
            finds, is_ = {"stream-plaintext": [A]}, CLEAR
        elif clear:
            finds, is_ = {"partly-clear": [A]}, PARTLY
        else:
            finds, is_ = {}, UP

        def made(c):
            s = c.audio(A, ALICE, SFU, pt=pt)
            s.clock = 8000
            box = [0]

            def frame(rng, real):
                real = samples(rng, octets, silence(box[0]))
                box[0] += 1
                if clear == "none":
                    return real
                return way.frame(BASE, kid, box[0], real[clear:],
                                 metadata=real[:clear], prefix=real[:clear])
            s.add(400, frame)
        made.__name__ = "%s_%s_%s_kid_%d_%s" % (
            codec, "plain" if clear == "none" else "whole" if not clear else
            "but_an_octet", silence.__name__, kid, "keyed" * keyed or "unkeyed")
        case(finds, verdict="fail" if clear == "none" else "pass",
             near=("fragments-broken", "descriptor-missing", "reserved-set"),
             is_={A: ("verified",) if keyed and not clear else is_},
             keys=KEYS if keyed else None,
             also=verified(400, clear) if keyed else None)(made)

    def loud(i):
        return False

    def silent(i):
        return True

    def begins_silent(i):
        return i < 60

    for codec in CODECS:
        for silence in loud, silent, begins_silent:
            for kid in 0, 12, 300:
                for clear in 0, 1:
                    for keyed in False, True:
                        one(codec, kid, clear, keyed, silence)
            one(codec, 0, "none", False, silence)

    def ends_clear(codec):
        """The last frames are in the clear, of a call too short to judge before
        they come."""
        pt, octets = CODECS[codec]

        def made(c):
            s = c.audio(A, ALICE, SFU, pt=pt)
            s.clock = 8000
            way, box = mistakes.Way(4), [0]

            def frame(rng, real):
                real = samples(rng, octets, False)
                box[0] += 1
                return real if box[0] > 100 else way.frame(
                    BASE, 70, box[0], real[1:], metadata=real[:1],
                    prefix=real[:1])
            s.add(112, frame)
        made.__name__ = codec + "_but_an_octet_and_clear_at_the_end"
        case({"plaintext-gap": [A]}, verdict="fail",
             near="stream-plaintext", is_={A: ("mixed",)}, tell={A: 12})(made)

    for codec in CODECS:
        ends_clear(codec)

    def amid(codec, n, kind, finds, front, behind=100):
        """n frames in the clear, of noise, or of a draft with a counter."""
        pt, octets = CODECS[codec]

        def made(c):
            s = c.audio(A, ALICE, SFU, pt=pt)
            s.clock = 8000
            box = [-1]

            def frame(rng, real):
                box[0] += 1
                if 70 <= box[0] < 70 + n:
                    return samples(rng, octets, False)
                return front(box[0]) + rng.randbytes(188)
            s.add(70 + n + behind, frame)
        made.__name__ = "%s_%d_clear_amid_%s%s" % (
            codec, n, kind, "" if behind else "_last")
        case(finds, verdict="fail", near=("plaintext-start",
                                          "stream-plaintext"),
             is_={A: ("mixed",)}, tell={A: n})(made)

    for codec in CODECS:
        for n in 1, 2, 10, 50:
            amid(codec, n, "noise", {"plaintext-gap": [A],
                                     "opaque-payload": [A]}, lambda i: b"")
        for n, behind in ((75, 0), (10, 70)):
            amid(codec, n, "a_draft", {"plaintext-gap": [A],
                                       "not-rfc9605": [A]},
                 lambda i: draft_header(5, i), behind)
