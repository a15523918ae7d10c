"""
decode.py - what decode says of frames that it cannot see into: those under SRTP
are called so, and no others.

	decode.py [PART-OF-A-NAME...]
"""
import glob
import os
import sys

import mkcap
from harness import TOP, Schema, check, finish, lines, run, scratch

ALICE, SFU = "10.0.0.1:4000", "10.0.0.9:9000"
A, V = 0xa1, 0xa2
HELLO = b"\x16\xfe\xfd" + bytes(10) + b"\x01" + bytes(30)
schema = Schema("frame.schema.json")
tests = []


def test(function):
    tests.append(function)
    return function


def decoded(name, where, c, *options):
    """Lines of JSON, and the run that gave text."""
    path = c.write(os.path.join(where, "x.pcap"))
    r = run("decode", "--json", *options, path)
    got = lines(r.out)
    fault = next(filter(None, map(schema.faults, got)), "")
    check(name + ": fits the schema", not fault, fault)
    return got, run("decode", *options, path)


def noise(dtls):
    c = mkcap.Capture(seed=2)
    if dtls:
        c.datagram(0, ALICE, SFU, HELLO)
    c.audio(A, ALICE, SFU, start=.1).noise(200)
    c.video(V, ALICE, SFU, start=.1, pack=lambda f, n, r: [f]).noise(60)
    return c


@test
def under_srtp(where):
    got, text = decoded("srtp", where, noise(True))
    check("srtp: each frame is called so", len(got) >= 250 and all(
        f["srtp"] and f["state"] == "unknown" for f in got), got[:2])
    body = text.text.splitlines()[1:]
    check("srtp: and in text", len(body) == len(got) and
          all(x.endswith(" srtp") for x in body), body[:2])
    check("srtp: what to do", text.status == 0 and
          "frames are still under SRTP" in text.errors and
          "--srtp-keys" in text.errors, text.errors)


@test
def not_under_srtp(where):
    """The same octets with no handshake beside them: nobody can say."""
    got, text = decoded("noise", where, noise(False))
    check("noise: no frame is called so", len(got) >= 250 and not any(
        f["srtp"] for f in got) and " srtp" not in text.text, got[:2])
    check("noise: status", text.status == 0 and not text.errors, text)


@test
def sframe_beside_a_handshake(where):
    """SFrame in plain RTP on a path that had DTLS, and a stream in the clear."""
    c = mkcap.Capture(seed=2)
    c.datagram(0, ALICE, SFU, HELLO)
    c.audio(A, ALICE, SFU, start=.1).sframe(200, kid=9, ctr=300)
    c.video(V, ALICE, SFU, start=.1).plain(60)
    got, text = decoded("sframe", where, c)
    check("sframe: no frame is called so", {f["state"] for f in got} ==
          {"encrypted", "plaintext"} and not any(f["srtp"] for f in got) and
          text.status == 0 and not text.errors, text)


@test
def real_calls(where):
    for path in glob.glob(os.path.join(TOP, "corpora", "captures",
                                       "*.srtp.pcap")):
        name = os.path.basename(path)
        got = lines(run("decode", "--json", path).out)
        whole = [f for f in got if f["complete"]]
        check(name + ": nearly all are called so", len(whole) > 50 and
              sum(f["srtp"] for f in whole) >= .9 * len(whole),
              (sum(f["srtp"] for f in whole), len(whole)))
        check(name + ": none is called encrypted", not any(
            f["state"] in ("encrypted", "verified") for f in whole))


def main():
    with scratch() as where:
        for t in tests:
            if not sys.argv[1:] or any(a in t.__name__ for a in sys.argv[1:]):
                t(where)
    finish()


main()
