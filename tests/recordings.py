"""
recordings.py - recordings of an SFU: what they say of their media, what that
is, damage; beside the captures of the same calls.

	recordings.py [PART-OF-A-NAME...]
"""
import json
import random
import resource
import struct
import sys

import mkcap
from harness import check, finish, run, scratch
from writers import (mjr, packets_of, put, report, sample, slugs,
                     stream_facts)

tests = []


def test(function):
    tests.append(function)
    return function


@test
def recordings(where):
    for call in ("S03-sframe-gcm128", "S16-d-plain-2s", "S10-livekit-rotate",
                 "S31-firefox-none", "S15-d-ctr-reset"):
        path = sample(call + ".rtp.pcap")
        packets = [p for p in packets_of(path) if not p.rtcp]
        _, whole = report(path)
        for s in whole["streams"]:
            if s["kind"] == "repair":
                continue
            mine = [p for p in packets if "0x%08x" % p.ssrc == s["ssrc"]]
            info = {"t": s["kind"][0], "c": s["codec"]}
            for version in (2, 1, 0):
                if version == 0 and s["codec"] not in ("opus", "vp8"):
                    continue
                label = "%s %s as mjr, version %d" % (call, s["ssrc"], version)
                ran, r = report(put(where, "x.mjr", mjr(mine, info, version)))
                if not check(label, r and len(r["streams"]) == 1, ran):
                    continue
                got = stream_facts(r["streams"][0])
                want = stream_facts(s)
                got[7] = want[7]  # padding may have come by another way
                check(label + ": the same", got == want, "%s, not %s" % (
                    got, want))
                check(label + ": the codec is from its head",
                      r["streams"][0]["codec_from"] == "recording")
                check(label + ": its time", r["inputs"][0]["first"][:4] ==
                      ("1970" if version == 0 else "2026"), r["inputs"])


@test
def recordings_of_data(where):
    """Messages of a data channel are no media, whatever they look like."""
    text = json.dumps({"t": "d", "s": 1795376952440000,
                       "u": 1795376952455000}).encode()
    packets = packets_of(sample("S03-sframe-gcm128.rtp.pcap"))
    for what, messages in (("text", [b'{"chat": "hello"}'] * 200),
                           ("what looks like RTP", [
                               p.octets for p in packets if not p.rtcp])):
        for version, mark in ((1, b"MEETECHO"), (2, b"MEET" + bytes(4))):
            data = b"MJR0000%d" % version + struct.pack(
                ">H", len(text)) + text + b"".join(
                    mark + struct.pack(">H", 8 + len(m)) + bytes(8) + m
                    for m in messages)
            label = "data channel, version %d, %s" % (version, what)
            ran, r = report(put(where, "d.mjr", data))
            check(label + ": no stream", ran.status == 4 and not r["streams"]
                  and r["accounting"]["other"] == len(messages), ran)
            check(label + ": said", any("data channels" in x
                                        for x in r["limits"]), r["limits"])


@test
def recordings_damaged(where):
    """Cut anywhere, noise between records, heads of no known version."""
    with open(sample("SJ1-echo-sframe.audio.mjr"), "rb") as f:
        whole = f.read()
    head = 10 + struct.unpack_from(">H", whole, 8)[0]
    for n in (head + 1, head + 9):
        ran = run("check", put(where, "cut.mjr", whole[:n]))
        check("recording cut at %d: nothing to judge" % n, ran.status == 3 and
              "octet" in ran.errors, ran)
    for n in (20000, 20011, len(whole) - 1):
        ran, r = report(put(where, "cut.mjr", whole[:n]))
        check("recording cut at %d: judged up to there" % n,
              r and r["inputs"][0]["damaged"] and "octet" in ran.errors and
              "capture-damaged" in slugs(r), ran)
    noise = random.Random(4).randbytes(500)
    ran, r = report(put(where, "n.mjr", whole[:20000] + noise + whole[20000:]))
    check("recording with noise between: judged up to there",
          r["streams"][0]["frames"] > 200 and "capture-damaged" in slugs(r),
          ran)
    for data, words in ((b"MJR00009" + whole[8:], "version that is not known"),
                        (whole[:8], "it is empty"),
                        (whole[:head - 5], "ends inside its head"),
                        (b"MJR0000", "not a capture")):
        ran = run("check", put(where, "bad.mjr", data))
        check("recording: " + words, ran.status == 3 and words in ran.errors
              and "bad.mjr" in ran.errors, ran)
    # JSON that is none: the packets are no worse for it
    ran, r = report(put(where, "j.mjr", whole[:8] + struct.pack(">H", 5) +
                        b"{bad}" + whole[head:]))
    check("recording with a head of no JSON: judged", r["streams"][0][
        "protection"] == "consistent" and any("1970" in x
                                              for x in r["limits"]), r["limits"])
    mixed = [p for p in packets_of(sample("S16-d-plain-2s.rtp.pcap"))
             if not p.rtcp]
    mine = [p for p in mixed if p.ssrc == mixed[0].ssrc]
    _, r = report(put(where, "m.mjr", mjr(mine, {"t": "a", "c": "opus"})))
    check("a recording that is partly ciphertext says so", any(
        "replayed" in x for x in r["limits"]), r["limits"])


@test
def misnamed(where):
    """A head that names another codec: judged by the packets, and said."""
    names = [("a", "opus"), ("a", "pcmu"), ("a", "g722"), ("v", "vp8"),
             ("v", "vp9"), ("v", "h264"), ("v", "av1"), ("v", "h265")]
    for call, least in (("S01-none", 60), ("S03-sframe-gcm128", 60),
                        ("S04-sframe-gcm256", 60), ("S02-none-red-dtx", 60),
                        ("S29-sframe-av1", 60), ("S09-livekit", 60)):
        packets = [p for p in packets_of(sample(call + ".rtp.pcap"))
                   if not p.rtcp]
        with open(sample(call + ".manifest.json"), encoding="utf-8") as f:
            truth = {"0x%08x" % x["ssrc"]: x["codec"].lower()
                     for x in json.load(f)["streams"]}
        for ssrc in sorted({p.ssrc for p in packets}):
            mine = [p for p in packets if p.ssrc == ssrc]
            if len(mine) < least or "0x%08x" % ssrc not in truth:
                continue
            codec = truth["0x%08x" % ssrc].split("/")[-1]
            _, bare = report(put(where, "n.mjr", mjr(mine, {"t": "v"})))
            for t, c in names:
                _, r = report(put(where, "n.mjr", mjr(mine, {"t": t, "c": c})))
                said = [x for x in r["limits"] if "head says " + c in x]
                what = "%s, %s named %s" % (call, codec, c)
                check(what + ": said", bool(said) == (c != codec), r["limits"])
                d = [(s["protection"], s["frames"], s["kind"], s["keys"])
                     for x in (r, bare) for s in x["streams"]]
                check(what + ": judged by the packets", d[0] == d[1] and
                      r["verdict"] == bare["verdict"] and
                      slugs(r) == slugs(bare), d)


@test
def samples_named(where):
    """G.711 of 20 and of 30 ms, clear and with a header and a tag: named right
    it is what it is said to be; named Opus, its static payload type tells."""
    for ms, more in ((20, 0), (30, 0), (20, 18), (30, 18)):
        for pt in (0, 96):
            n = 8 * ms + more
            packets = [mkcap.Packet(mkcap.EPOCH + i * ms * mkcap.MS,
                                    struct.pack(">BBHII", 0x80, pt, i,
                                                i * 8 * ms, 77) +
                                    random.Random(i).randbytes(n))
                       for i in range(200)]
            for p in packets:
                p.rtcp = False
            for c in ("pcmu", "opus"):
                _, r = report(put(where, "g.mjr", mjr(
                    packets, {"t": "a", "c": c})))
                want = "pcmu" if c == "pcmu" or (pt == 0 and ms == 20) else c
                check("G.711, %d ms and %d octets, type %d, named %s" % (
                    ms, more, pt, c), r["streams"][0]["codec"] == want and
                      any("head says" in x for x in r["limits"]) ==
                      (want != c), (r["streams"][0]["codec"], r["limits"]))


@test
def declared(where):
    for call, all_of in (("S31-firefox-none", {"declared-not-encrypted",
                                              "stream-plaintext"}),
                        ("S03-sframe-gcm128", set())):
        packets = [p for p in packets_of(sample(call + ".rtp.pcap"))
                   if not p.rtcp]
        ssrc = max({p.ssrc for p in packets},
                   key=lambda s: sum(p.ssrc == s for p in packets))
        mine = [p for p in packets if p.ssrc == ssrc]
        for e in (True, False):
            info = {"t": "a", "c": "opus"}
            if e:
                info["e"] = True
            _, r = report(put(where, "e.mjr", mjr(mine, info)))
            want = all_of if e else all_of - {"declared-not-encrypted"}
            found = slugs(r)
            check("%s declared %s: %s" % (call, e, sorted(want)),
                  found == want, found)
            check("%s: a recording of ciphertext says so" % call,
                  any("replayed" in x for x in r["limits"]) == (not all_of),
                  r["limits"])


@test
def recordings_apart(where):
    """Audio and video of one sender under one KID; two senders are no less."""
    names = [sample("SJ1-echo-sframe.%s.mjr" % m) for m in ("audio", "video")]
    _, r = report(*names)
    check("two recordings: nothing found", not slugs(r), slugs(r))
    outcome = {x["id"]: x["outcome"] for x in r["rules"]}["SFK003"]
    check("kid-shared cannot be told", outcome == "cannot-tell", outcome)


@test
def real_recordings(where):
    for call, legs, pcaps in (
            ("SJ1-echo-sframe", [""], ["janus-pub"]),
            ("SJ7-room-two-publishers-drift", ["a.", "b."],
             ["janus-puba", "janus-pubb"])):
        names = [sample("%s.%s%s.mjr" % (call, leg, m)) for leg in legs
                 for m in ("audio", "video")]
        _, r = report(*names)
        _, whole = report(*[sample("%s.%s.pcap" % (call, p)) for p in pcaps])
        check(call + ": the verdict", r["verdict"] == whole["verdict"])
        check(call + ": the findings", slugs(r) == slugs(whole),
              "%s, not %s" % (slugs(r), slugs(whole)))
        theirs = {s["ssrc"]: stream_facts(s) for s in whole["streams"]}
        for s in r["streams"]:
            got, want = stream_facts(s), theirs.get(s["ssrc"])
            check("%s %s: the same" % (call, s["ssrc"]), want and
                  got[2:5] == want[2:5] and got[-1] == want[-1],
                  "%s, not %s" % (got, want))


def main():
    parts = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for function in tests:
        if parts and not any(p in function.__name__ for p in parts):
            continue
        with scratch() as where:
            function(where)
    finish()


if __name__ == "__main__":
    main()
