"""
state.py - counters across captures: check --state.

	state.py [PART-OF-A-NAME...]
"""
import json
import os
import subprocess
import sys
import time

import mkcap
from harness import TOOL, check, finish, run, scratch, strict

ALICE, SFU = "10.0.0.1:4000", "10.0.0.9:9000"
BASE, OTHER = bytes(range(16)), bytes(range(16, 32))
tests = []


def test(f):
    tests.append(f)
    return f


def call(where, name, base=BASE, ctr=0, n=300, kid=9, seed=1, cname="alice",
         src=ALICE):
    c = mkcap.Capture(seed=seed)
    c.audio(0xa1, src, SFU, cname=cname, seq=seed * 1000).sealed(
        n, kid, base, ctr=ctr)
    c.streams[0].at = 0
    return c.write(os.path.join(where, name + ".pcap"))


def later(where, name, *args, hours=24, **more):
    """The same made a day later: every packet's time is moved."""
    path = call(where, name, *args, **more)
    packets = mkcap.read_capture(path)
    for p in packets:
        p.ns += hours * 3600 * 10**9
    with open(path, "wb") as f:
        f.write(mkcap.pcap(packets))
    return path


def other_media(where, name, **o):
    """Other frames under the same counters: what a second call has."""
    c = mkcap.Capture(seed=7)
    s = c.audio(0xb7, o.get("src", ALICE), SFU, cname=o.get("cname", "alice"))
    s.number = 40
    s.sealed(o.get("n", 300), 9, o.get("base", BASE), ctr=o.get("ctr", 0))
    path = c.write(os.path.join(where, name + ".pcap"))
    packets = mkcap.read_capture(path)
    for p in packets:
        p.ns += 24 * 3600 * 10**9
    with open(path, "wb") as f:
        f.write(mkcap.pcap(packets))
    return path


def keyfile(where, base=BASE):
    path = os.path.join(where, "keys.json")
    with open(path, "w", encoding="ascii") as f:
        json.dump({"schema": "sframe-tool/keys/v1", "keys": [
            {"kid": "9", "base_key": base.hex()}]}, f)
    os.chmod(path, 0o600)
    return path


def judged(state, cap, *options):
    ran = run("check", "--json", "--state", state, *options, cap)
    r = strict(ran.out) if ran.out else {"findings": []}
    return ran, {f["slug"]: f for f in r["findings"]
                 if not f["slug"].startswith("exposes-")}


@test
def with_keys(where):
    state, keys = os.path.join(where, "s"), ["--keys", keyfile(where)]
    first = call(where, "first")
    ran, found = judged(state, first, *keys)
    check("the first capture", ran.status == 0 and not found, ran)
    ran, found = judged(state, first, *keys)
    check("the same capture again is no reuse", ran.status == 0 and not found,
          ran)
    ran, found = judged(state, other_media(where, "again"), *keys)
    check("tomorrow from zero: reuse", ran.status == 1 and
          set(found) == {"ctr-reused"}, ran)
    check("it says where", "in an earlier capture" in
          found["ctr-reused"]["detail"], found)
    text = open(state, encoding="ascii").read()
    check("no key is kept", BASE.hex() not in text and
          BASE.hex()[:12] not in text)


@test
def with_keys_and_no_reuse(where):
    state, keys = os.path.join(where, "s"), ["--keys", keyfile(where)]
    judged(state, call(where, "first"), *keys)
    ran, found = judged(state, other_media(where, "on", ctr=300), *keys)
    check("the counter goes on", ran.status == 0 and not found, ran)
    keys = ["--keys", keyfile(where, OTHER)]
    ran, found = judged(state, other_media(where, "new", base=OTHER), *keys)
    check("a new key under the same KID", ran.status == 0 and not found, ran)


@test
def without_keys(where):
    state = os.path.join(where, "s")
    first = call(where, "first")
    judged(state, first)
    ran, found = judged(state, first)
    check("no keys: the same capture again", ran.status == 0 and not found,
          ran)
    ran, found = judged(state, other_media(where, "a"))
    check("no keys, one endpoint: a warning", ran.status == 0 and
          set(found) == {"ctr-went-back"} and "in an earlier capture" in
          found["ctr-went-back"]["detail"], ran)
    ran, found = judged(state, other_media(where, "b", cname="bob",
                                           src="10.0.0.7:4000"))
    check("no keys, another endpoint", ran.status == 0 and not found, ran)


@test
def files(where):
    cap = call(where, "c")
    state = os.path.join(where, "s")
    for text in ("x\n", "sframe-tool/state/v1\n", "sframe-tool/state/v2\nend 0\n",
                 "sframe-tool/state/v1\nuse 1 2\nend 1\n",
                 "sframe-tool/state/v1\nat 1 2\nend 0\n",
                 "sframe-tool/state/v1\nuse 1 2 3 9 4 5\nend 1\n",
                 "sframe-tool/state/v1\nend 1\n",
                 "sframe-tool/state/v1\nsince 1\nend 0\n",
                 "sframe-tool/state/v1\nrange 1 2 2\nend 0\n",
                 "sframe-tool/state/v1\nuse 1 2 3 4 9 5\nrange 4 10 7\n"
                 "end 1\n",
                 "sframe-tool/state/v1\nuse 1 2 3 4 9 5\nrange 4 5 3\n"
                 "end 1\n",
                 "sframe-tool/state/v1\nuse 1 2 3 4 9 5\nrange 6 7 2\n"
                 "range 4 5 2\nend 1\n",
                 "sframe-tool/state/v1\nuse 1 2 3 4 9 5\nsince 6\nend 1\n",
                 "sframe-tool/state/v1\nend 0\nend 0\n"):
        with open(state, "w", encoding="ascii") as f:
            f.write(text)
        ran = run("check", "--state", state, cap)
        check("state %r: status 3 and the line" % text, ran.status == 3 and
              "line " in ran.errors, ran)
        check("state %r: left as it was" % text,
              open(state, encoding="ascii").read() == text)
    os.unlink(state)
    run("check", "--state", state, os.path.join(where, "none"))
    check("a run that failed leaves no state", not os.path.exists(state))
    ran = run("check", "--state", os.path.join(where, "no", "s"), cap)
    check("a folder that is not there", ran.status == 5, ran)
    pipe = os.path.join(where, "pipe")
    os.mkfifo(pipe)
    for name in (pipe, where, "/dev/full", "/dev/null"):
        ran = run("check", "--state", name, cap)
        check("%s: no file for a state" % name, ran.status == 3 and
              "is no file" in ran.errors and
              not os.path.exists(name + ".lock"), ran)


@test
def many_at_once(where):
    """Eight runs on eight captures at one time: all are in it."""
    state = os.path.join(where, "s")
    caps = [later(where, "c%d" % i, hours=i, kid=9 + i, cname="p%d" % i)
            for i in range(8)]
    runs = [subprocess.Popen([TOOL, "check", "--state", state, c],
                             stdout=subprocess.DEVNULL) for c in caps]
    check("all ran", all(r.wait() == 0 for r in runs))
    rows = [x.split() for x in open(state, encoding="ascii")]
    check("all are in it", sorted(int(r[2]) for r in rows if r[0] == "use") ==
          list(range(9, 17)), rows)
    check("nothing is left beside it", sorted(
        x for x in os.listdir(where) if x.startswith("s")) == ["s", "s.lock"])


def noise(where, name, *rows, hours=0, seed=1, step=1, cname="alice",
          counter=None):
    """Frames that nobody opens: rows of (frames, KID, first CTR)."""
    c = mkcap.Capture(seed=seed)
    a = c.audio(0xa0 + seed, ALICE, SFU, cname=cname, seq=seed * 1000)
    v = c.video(0xb0 + seed, ALICE, SFU, cname=cname) if counter else None
    for n, kid, ctr in rows:
        if counter:
            a.sframe(n, kid=kid, counter=counter)
            v.sframe(n // 3, kid=kid, counter=counter)
        else:
            a.sframe(n, kid=kid, counter=mkcap.Counter(ctr, step))
    path = c.write(os.path.join(where, name + ".pcap"))
    packets = mkcap.read_capture(path)
    for p in packets:
        p.ns += round(hours * 3600 * 10**9)
    with open(path, "wb") as f:
        f.write(mkcap.pcap(packets))
    return path


@test
def any_part_of_a_long_call(where):
    """Yesterday 4000 frames, today a few under counters of theirs: found
    wherever they lie, for ranges are exact."""
    old = noise(where, "old", (4000, 9, 0))
    for at in (0, 1, 777, 3980):
        state = os.path.join(where, "s%d" % at)
        judged(state, old)
        ran, found = judged(state, noise(where, "new", (20, 9, at), hours=24,
                                         seed=2))
        check("20 frames at %d" % at, set(found) == {"ctr-went-back"} and
              found["ctr-went-back"]["count"] == 20, ran)
        ran, found = judged(state, noise(where, "on", (20, 9, 4000), hours=25,
                                         seed=3))
        check("20 frames behind all", not found, ran)


@test
def counters_with_steps_and_holes(where):
    state = os.path.join(where, "s")
    judged(state, noise(where, "old", (500, 9, 0), step=3))
    ran, found = judged(state, noise(where, "new", (60, 9, 0), step=3, hours=24,
                                     seed=2))
    check("every third counter, again", set(found) == {"ctr-went-back"}, ran)
    state = os.path.join(where, "t")
    judged(state, noise(where, "late", (300, 9, 1000)))
    ran, found = judged(state, noise(where, "early", (300, 9, 0), hours=24,
                                     seed=2))
    check("below what was captured: it fell", set(found) == {"ctr-went-back"},
          ran)
    state = os.path.join(where, "u")
    judged(state, noise(where, "both", (900, 9, 0), counter=mkcap.Counter(0)))
    text = open(state, encoding="ascii").read().splitlines()
    check("audio and video on one counter: one range", [
        x for x in text if x.startswith("range")] == ["range 0 1199 1200"],
        [x for x in text if not x.startswith("at")])


@test
def many_keys(where):
    """A key a second: every one is kept, and found again."""
    state = os.path.join(where, "s")
    rows = [(40, 100 + i, 0) for i in range(200)]
    judged(state, noise(where, "old", *rows))
    ran, found = judged(state, noise(where, "new", *rows, hours=24, seed=2))
    check("200 KIDs again", found.get("ctr-went-back", {}).get(
        "count", 0) >= 200 * 40, ran)
    text = open(state, encoding="ascii").read().splitlines()
    check("none left out", text[1] == "trimmed 0" and
          sum(x.startswith("use") for x in text) == 400, text[:2])


@test
def large_numbers(where):
    """KID and counters of 64 bits stay exact."""
    state, kid, ctr = os.path.join(where, "s"), 2**64 - 1, 2**53 + 1
    judged(state, noise(where, "old", (60, kid, ctr)))
    text = open(state, encoding="ascii").read()
    check("large: in the file", " %d " % kid in text and
          "range %d %d 60" % (ctr, ctr + 59) in text, text[:200])
    ran, found = judged(state, noise(where, "on", (60, kid, ctr + 60),
                                     hours=24, seed=2))
    check("large: it goes on", not found, ran)
    ran, found = judged(state, noise(where, "again", (1, 5, 0), (30, kid,
                                     ctr + 59), hours=48, seed=3))
    check("large: again from the last", set(found) == {"ctr-went-back"}, ran)


@test
def the_same_frames(where):
    """Another leg of one call, its clock ten seconds off, is no reuse; nor is
    its first half."""
    state = os.path.join(where, "s")
    whole = noise(where, "whole", (600, 9, 0))
    judged(state, whole)
    ran, found = judged(state, noise(where, "leg", (600, 9, 0), hours=1 / 360))
    check("another leg", not found, ran)
    packets = mkcap.read_capture(whole)
    half = os.path.join(where, "half.pcap")
    with open(half, "wb") as f:
        f.write(mkcap.pcap(packets[:len(packets) // 2]))
    ran, found = judged(state, half)
    check("its first half", not found, ran)


@test
def formats_with_more_than_a_counter(where):
    """LiveKit's IV has SSRC and timestamp in it: its count may begin again."""
    from dialects import LiveKit, SFU as sfu, speak
    state = os.path.join(where, "s")
    for day in range(2):
        c = mkcap.Capture(seed=day)
        s = c.audio(0x51 + day, ALICE, sfu, cname="alice", start=day * 86400)
        speak(s, 300, LiveKit(0, start=5))
        ran, found = judged(state, c.write(os.path.join(where, "l.pcap")))
        check("livekit, day %d" % day, set(found) == {"not-rfc9605"}, ran)


@test
def killed(where):
    """kill -9 at any time: what was there is there, whole, and the next run
    goes on."""
    state, kept = os.path.join(where, "s"), 0
    cap = [noise(where, "k%d" % i, (200, 50 + i, 0), seed=1 + i)
           for i in range(4)]
    torn = 0
    for i in range(30):
        p = subprocess.Popen([TOOL, "check", "--state", state, cap[i % 4]],
                             stdout=subprocess.DEVNULL)
        time.sleep(0.001 * i)
        p.kill()
        p.wait()
        if not os.path.exists(state):
            continue
        text = open(state, encoding="ascii").read()
        uses = text.count("\nuse ")
        torn += not text.endswith("end %d\n" % uses) or uses < kept
        kept = uses
    check("never torn, never less", torn == 0)
    for c in cap:
        check("the next run goes on", run("check", "--state", state,
                                          c).status == 0)
    check("all are in it, once each",
          open(state, encoding="ascii").read().count("\nuse ") == 4)
    check("what a killed run left does not pile up", len(
        [x for x in os.listdir(where) if x.startswith("s")]) <= 3,
        os.listdir(where))


@test
def files_of_before(where):
    """Without since and range: counters are known to the ends only."""
    state = os.path.join(where, "s")
    judged(state, noise(where, "old", (300, 9, 0)))
    text = open(state, encoding="ascii").read().splitlines()
    with open(state, "w", encoding="ascii") as f:
        f.writelines(x + "\n" for x in text
                     if x.split()[0] not in ("since", "range"))
    ran, found = judged(state, noise(where, "new", (300, 9, 0), hours=24,
                                     seed=2))
    check("a file of before", set(found) == {"ctr-went-back"}, ran)


@test
def links(where):
    """A symbolic link stays, and the file behind it is the state."""
    cap, there = call(where, "c"), os.path.join(where, "there")
    os.mkdir(there)
    real, absolute, chain = (os.path.join(where, n) for n in (
        "there/s", "absolute", "chain"))
    os.symlink(real, absolute)
    os.symlink("there/../absolute", chain)
    for name, uses in (chain, 1), (absolute, 1), (real, 1):
        ran = run("check", "--state", name, cap)
        check("%s: written" % os.path.basename(name), ran.status == 0 and open(
            real, encoding="ascii").read().count("\nuse ") == uses, ran)
    judged(chain, later(where, "d", kid=10))
    check("one state, by any of its names", open(
        real, encoding="ascii").read().count("\nuse ") == 2)
    check("the links are links", os.path.islink(chain) and
          os.path.islink(absolute) and not os.path.islink(real))
    check("the lock is beside the file", sorted(os.listdir(there)) == [
        "s", "s.lock"] and not os.path.exists(chain + ".lock"))
    os.symlink("round", os.path.join(where, "round"))
    ran = run("check", "--state", os.path.join(where, "round"), cap)
    check("links in a circle: no state", ran.status == 3 and
          "round: " in ran.errors, ran)


def main():
    for t in tests:
        if not sys.argv[1:] or any(p in t.__name__ for p in sys.argv[1:]):
            with scratch() as where:
                t(where)
    finish()


main()
