"""
policies.py - how soon a group rotates, and what a policy makes of it.

	policies.py [PART-OF-A-NAME...]
"""
import hashlib
import json
import math
import os
import random
import sys

import mkcap
from harness import Schema, check, finish, run, scratch, strict

ALICE, BOB, SFU = "10.0.0.1:4000", "10.0.0.2:4000", "10.0.0.9:9000"
tests = []


def test(f):
    tests.append(f)
    return f


def two(c, alice, bob, **o):
    """Rows of (frames, kid) for each of two senders of audio."""
    for ssrc, src, name, rows in ((0xa1, ALICE, "alice", alice),
                                  (0xb1, BOB, "bob", bob)):
        s = c.audio(ssrc, src, SFU, cname=name, **o)
        for n, kid in rows:
            s.sframe(n, kid=kid, ctr=0)


# ---- how soon ------------------------------------------------------------------

def middle(row):
    half = len(row) // 2
    return row[half] if len(row) % 2 else (row[half - 1] + row[half]) / 2


def rotating(rng, senders):
    """A call in which each event makes everybody change the key, each after a
    time of its own: the capture, the times of events, and all delays."""
    c, delays = mkcap.Capture(), []
    events = [4 + 6.5 * i + rng.uniform(0, 1) for i in range(rng.randrange(1, 5))]
    for i in range(senders):
        s = c.audio(0x100 + i, "10.0.0.%d:4000" % (i + 1), cname="p%d" % i)
        for epoch, at in enumerate(events):
            until = at + rng.uniform(0.05, 1.5)
            s.sframe(math.ceil((until - s.at) / s.step), kid=i << 4 | epoch)
            delays.append(s.at - at)
        s.sframe(200, kid=i << 4 | len(events))
    return c, events, sorted(delays)


@test
def how_soon(where):
    """Median, 95 of 100 (nearest rank) and most, against those worked out here,
    for groups of 2 to 10."""
    for senders in range(2, 11):
        rng = random.Random(senders)
        c, events, delays = rotating(rng, senders)
        cap = c.write(os.path.join(where, "soon.pcap"))
        path = os.path.join(where, "soon.csv")
        with open(path, "w", encoding="utf-8") as f:
            f.write("time,participant,event\n")
            for i, at in enumerate(events):
                ns = mkcap.EPOCH + round(at * 10**9)
                f.write("%d.%09d,x%d,%s\n" % (ns // 10**9, ns % 10**9, i,
                                              rng.choice(("join", "leave"))))
        ran = run("keys", "--json", "--events", path, cap)
        d = strict(ran.out)["rotation"]["delay"]
        n = len(delays)
        want = (middle(delays), delays[math.ceil(n * 0.95) - 1], delays[-1])
        check("%d senders: how soon" % senders, d["n"] == n and all(
            abs(got - x) < 0.001 for got, x in zip(
                (d["median"], d["p95"], d["most"]), want)), (d, n, want))


# ---- policies ---------------------------------------------------------------------

policy_schema = Schema("policy.schema.json")


def check_call(*args):
    ran = run("check", "--json", *args)
    return ran, strict(ran.out) if ran.out else {"findings": []}


def severities(report):
    return sorted({(f["slug"], f["severity"]) for f in report["findings"]
                   if not f["slug"].startswith("exposes-")})


def call(where, name, make):
    c = mkcap.Capture()
    make(c)
    return c.write(os.path.join(where, name + ".pcap"))


@test
def shipped_policies(where):
    names = [x.split()[0] for x in run("policy", "list").text.splitlines()]
    check("policy list", names == ["default", "strict", "audit-e2ee"], names)
    for name in names:
        ran = run("policy", "show", name)
        fault = policy_schema.faults(strict(ran.out))
        check("policy show %s: fits its schema" % name, not fault, fault)
        path = os.path.join(where, "p.json")
        with open(path, "wb") as f:
            f.write(ran.out)
        check("policy show %s: reads what it wrote" % name,
              run("policy", "show", path).out == ran.out)
        cap = call(where, "p", lambda c: c.audio(0xa1, ALICE).sframe(99, kid=9))
        _, r = check_call("--policy", name, cap)
        check("policy %s: in the report" % name, r["policy"] == {
            "name": name, "sha256": hashlib.sha256(ran.out).hexdigest()},
            r["policy"])
    r = run("check", "--policy", "strict", cap)
    check("policy strict: in the text", "policy strict (SHA-256" in r.text, r)
    check("policy: a name that is none", run("check", "--policy", "harsh",
          cap).status == 3)


def leave(c):
    c.audio(0xa1, ALICE, SFU, cname="alice").sframe(800, kid=0x21)
    c.audio(0xb1, BOB, SFU, cname="bob", bye=True).sframe(400, kid=0x31)


def join(c):
    c.audio(0xa1, ALICE, SFU, cname="alice").sframe(800, kid=0x21)
    c.audio(0xb1, BOB, SFU, cname="bob", start=5).sframe(550, kid=0x31)


# policy (a name, or members), call, findings with their severities
POLICIES = [
    ("default", leave, [("not-rotated", "warning")]),
    ("strict", leave, [("not-rotated", "error")]),
    ({"rotation": {"on_leave": "off"}}, leave, []),
    ({"rotation": {"within_ms": 9000}}, leave, []),
    ("default", join, []),
    ({"rotation": {"on_join": "fail", "inferred_joins": True}}, join,
     [("not-rotated", "error")]),
    ({"rotation": {"on_join": "fail"}}, join, []),
    ({"key": {"max_age_s": 5}}, lambda c: c.audio(0xa1).sframe(300, kid=9),
     [("key-too-old", "error")]),
    ({"key": {"max_age_s": 7}}, lambda c: c.audio(0xa1).sframe(300, kid=9),
     []),
    ({"key": {"max_age_s": 5}}, lambda c: c.audio(0xa1).sframe(
        200, kid=9).sframe(200, kid=10, ctr=0), []),
    ({"key": {"max_frames": 250}}, lambda c: c.audio(0xa1).sframe(
        300, kid=9), [("key-overused", "error")]),
    ({"key": {"max_frames": "300"}}, lambda c: c.audio(0xa1).sframe(
        300, kid=9), []),
    ({"unverified": "fail"}, lambda c: c.audio(0xa1).sframe(300, kid=9),
     [("not-verified", "error")]),
    ({"dialects": ["rfc9605"]}, lambda c: c.audio(0xa1).livekit(300),
     [("not-rfc9605", "error")]),
    ({"dialects": ["livekit", "livekit-go"]},
     lambda c: c.audio(0xa1).livekit(300), [("not-rfc9605", "note")]),
    ({"dialects": ["livekit"]}, lambda c: c.audio(0xa1).sframe(300, kid=9),
     [("dialect-not-allowed", "error")]),
    ({"dialects": ["rfc9605"]}, lambda c: c.audio(0xa1).sframe(300, kid=9),
     []),
    ({"clear_octets": {"opus": 1}}, lambda c: c.audio(0xa1).sframe(
        300, kid=9, prefix=1), [("partly-clear", "note")]),
    ({"clear_octets": {"opus": 0}}, lambda c: c.audio(0xa1).sframe(
        300, kid=9, prefix=1), [("partly-clear", "error")]),
    ({"clear_octets": {"vp8": 0}}, lambda c: c.audio(0xa1).sframe(
        300, kid=9, prefix=1), [("partly-clear", "warning")]),
    ({"severities": {"ctr-went-back": "error"}}, lambda c: c.audio(
        0xa1).sframe(200, kid=9, ctr=5000).sframe(200, kid=9, ctr=1000),
     [("ctr-went-back", "error")]),
    ({"allow_clear": [{"ssrc": "0xa1", "where": "start", "frames": 60,
                       "reason": "known fault 12"}]},
     lambda c: c.audio(0xa1).plain(50).sframe(300, kid=9),
     [("plaintext-start", "note")]),
    ({"allow_clear": [{"ssrc": "any", "where": "start", "frames": 40,
                       "reason": "too few"}]},
     lambda c: c.audio(0xa1).plain(50).sframe(300, kid=9),
     [("plaintext-start", "critical")]),
    ({"allow_clear": [{"ssrc": "any", "where": "start", "frames": 60,
                       "reason": "not at the start"}]},
     lambda c: c.audio(0xa1).sframe(300, kid=9).plain(50).sframe(
         200, kid=9, ctr=300), [("plaintext-gap", "critical")]),
    ({"drift_grace_ms": 4500}, lambda c: two(
        c, [(300, 0x21), (400, 0x22)], [(500, 0x31), (200, 0x32)]), []),
    ({"drift_grace_ms": 3500}, lambda c: two(
        c, [(300, 0x21), (400, 0x22)], [(500, 0x31), (200, 0x32)]),
     [("kid-drift", "error")]),
]


def policy_file(where, members):
    path = os.path.join(where, "policy.json")
    with open(path, "w", encoding="utf-8") as f:
        json.dump(dict({"schema": "sframe-tool/policy/v1", "name": "ours"},
                       **members), f)
    return path


@test
def policies(where):
    for i, (policy, make, want) in enumerate(POLICIES):
        name = "policy row %d, %s" % (i, policy)
        if isinstance(policy, dict):
            policy = policy_file(where, policy)
        ran, r = check_call("--policy", policy, call(where, "row", make))
        check(name, severities(r) == sorted(want), "%s, not %s" %
              (severities(r), want))
        fails = any(s in ("error", "critical") for _, s in want)
        check(name + ": status", ran.status == (1 if fails else 0), ran)


@test
def policies_and_suites(where):
    base = bytes(range(16))
    keyfile = os.path.join(where, "k.json")
    with open(keyfile, "w", encoding="utf-8") as f:
        json.dump({"schema": "sframe-tool/keys/v1", "keys": [
            {"kid": "9", "base_key": base.hex()}]}, f)
    os.chmod(keyfile, 0o600)
    rows = [({"suites": ["AES_128_GCM_SHA256_128"]}, 4, []),
            ({"suites": ["AES_256_GCM_SHA512_128"]}, 4,
             [("suite-not-allowed", "error")]),
            ({"min_tag_octets": 8}, 2, []),
            ({"min_tag_octets": 10}, 2, [("tag-short", "error")]),
            ({"min_tag_octets": 8}, 3, [("tag-short", "error")]),
            ({}, 3, [("tag-short", "note")]),
            ({"unverified": "fail"}, 4, [])]
    for policy, suite, want in rows:
        cap = call(where, "suite", lambda c: c.audio(0xa1).sealed(
            200, 9, base, suite=suite))
        _, r = check_call("--keys", keyfile, "--policy",
                          policy_file(where, policy), cap)
        check("policy %s, suite %d" % (policy, suite),
              severities(r) == want, "%s, not %s" % (severities(r), want))


@test
def wrong_policies(where):
    cap = call(where, "w", lambda c: c.audio(0xa1).sframe(99, kid=9))
    rows = {
        "": "", "[]": "object", "{}": "not a policy",
        '{"schema":"sframe-tool/keys/v1"}': "not a policy",
        '{"schema":"sframe-tool/policy/v1","x":1}': "unknown member",
        '{"schema":"sframe-tool/policy/v1","name":1}': "name",
        '{"schema":"sframe-tool/policy/v1","dialects":["x"]}': "dialect",
        '{"schema":"sframe-tool/policy/v1","suites":["x"]}': "suite",
        '{"schema":"sframe-tool/policy/v1","suites":4}': "any",
        '{"schema":"sframe-tool/policy/v1","min_tag_octets":17}': "large",
        '{"schema":"sframe-tool/policy/v1","rotation":{"on_leave":"x"}}':
            "rotation.on_leave",
        '{"schema":"sframe-tool/policy/v1","rotation":{"y":1}}': "rotation.y",
        '{"schema":"sframe-tool/policy/v1","key":{"max_age_s":-1}}': "key.max",
        '{"schema":"sframe-tool/policy/v1","severities":{"x":"note"}}':
            "no such finding",
        '{"schema":"sframe-tool/policy/v1","severities":{"kid-drift":"x"}}':
            "none of",
        '{"schema":"sframe-tool/policy/v1","allow_clear":[{"ssrc":"any"}]}':
            "incomplete",
        '{"schema":"sframe-tool/policy/v1","drift_grace_ms":0}': "1 or more",
        '{"schema":"sframe-tool/policy/v1"} 1': "",
    }
    path = os.path.join(where, "wrong.json")
    for text, word in rows.items():
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        ran = run("check", "--policy", path, cap)
        check("policy %r: status 3, and why" % text[-50:], ran.status == 3 and
              word in ran.errors and "line 1, column" in ran.errors, ran)


def main():
    with scratch() as where:
        for t in tests:
            if not sys.argv[1:] or any(p in t.__name__ for p in sys.argv[1:]):
                t(where)
    finish()


if __name__ == "__main__":
    main()
