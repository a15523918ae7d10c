"""
state.py - counters across captures: check --state.

	state.py [PART-OF-A-NAME...]
"""
import json
import os
import subprocess
import sys

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


def main():
    for t in tests:
        if not sys.argv[1:] or any(p in t.__name__ for p in sys.argv[1:]):
            with scratch() as where:
                t(where)
    finish()


main()
