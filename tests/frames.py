#!/usr/bin/env python3
"""seal, open and --keys through the program: the published vectors, both
ways; statuses; where keys may come from; and that no key is ever printed."""
import json
import os
import subprocess
import tempfile

from harness import TOOL, TOP, check, finish, lines, run, strict

BASE = "000102030405060708090a0b0c0d0e0f"
SCHEMA = "sframe-tool/keys/v1"


def key_text(*keys, **more):
    return json.dumps(dict({"schema": SCHEMA, "keys": list(keys)}, **more))


def key_file(folder, text, mode=0o600):
    path = os.path.join(folder, "keys.json")
    with open(path, "w") as f:
        f.write(text)
    os.chmod(path, mode)
    return path


def vectors():
    for name, group in (("test-vectors.json", "sframe"),
                        ("sframe-aes256-test-vectors.json",
                         "sframe_aes_256_ctr_hmac")):
        with open(os.path.join(TOP, "vectors", "rfc9605", name)) as f:
            yield from json.load(f)[group]


def published(folder):
    for v in vectors():
        what = "vector of suite %d" % v["cipher_suite"]
        path = key_file(folder, key_text(
            {"kid": v["kid"], "base_key": v["base_key"]},
            metadata=v["metadata"]))
        suite = str(v["cipher_suite"])
        r = run("seal", "--keys", path, "--suite", suite, "--kid", str(v["kid"]),
                "--ctr", hex(v["ctr"]), v["pt"])
        check(what + ", sealed", r.text == v["ct"] + "\n" and r.status == 0, r)
        # the suite is left to be found
        r = run("open", "--keys", path, "--json", v["ct"])
        got = strict(r.out) if r.status == 0 else {}
        check(what + ", opened", got.get("pt") == v["pt"] and
              got.get("kid") == "291" and got.get("ctr") == "17767", r)
        check(what + ", no more said", not r.err and BASE not in r.text, r)
        bad = v["ct"][:-1] + ("0" if v["ct"][-1] != "0" else "1")
        r = run("open", "--keys", path, bad)
        check(what + ", tag changed", r.status == 1 and not r.out and
              "tag" in r.errors, r)
        r = run("open", "--keys", path, "--metadata", "", v["ct"])
        check(what + ", no metadata", r.status == 2, r)
        r = run("open", "--keys", path, "--metadata", "00", v["ct"])
        check(what + ", other metadata", r.status == 1 and not r.out, r)


def by_lines(folder):
    path = key_file(folder, key_text({"kid": 1, "base_key": BASE}, suite=4))
    top = str(2**64 - 1)
    asked = [{"pt": "00ff", "kid": 1, "ctr": top},
             {"pt": "", "kid": "0x1", "ctr": 2**53, "ssrc": "0x10"},
             {"pt": "aa", "kid": "2", "ctr": "0"},
             {"pt": "aa", "kid": "1"},
             {"pt": "aa", "kid": "1", "ctr": 0, "nonce": "00"},
             {"pt": "a", "kid": "1", "ctr": 0}]
    text = "".join(json.dumps(a) + "\n" for a in asked)
    text += '\n{"pt":"","kid":1,"ctr":9007199254740993}\n[]\n{"pt":\n'
    r = run("seal", "--keys", path, stdin=text.encode())
    got = lines(r.out)
    check("an answer to each line", len(got) == 9 and r.status == 1, r)
    check("two were sealed", ["ct" in g for g in got] == [True] * 2 + [False] * 7, r)
    for i, part in ((2, "KID 2"), (3, "ctr"), (4, "nonce"), (5, "odd"),
                    (6, "2^53"), (7, "object"), (8, "column")):
        check("line %d says why" % i, part in got[i].get("error", ""), got[i])
    back = run("open", "--keys", path, stdin=b"".join(
        json.dumps(g).encode() + b"\n" for g in got[:2]))
    got = lines(back.out)
    check("and opened", back.status == 0 and [
        (g["pt"], g["kid"], g["ctr"]) for g in got] ==
        [("00ff", "1", top), ("", "1", str(2**53))], back)
    check("ssrc comes back", got[1].get("ssrc") == "0x00000010", got)
    again = run("seal", "--keys", path, stdin=back.out)
    check("answers can be asked again", lines(again.out)[0]["ct"] ==
          lines(r.out)[0]["ct"], again)
    r = run("open", "--keys", path, stdin=b'{"ct":"11"}\n{"ct":""}\n')
    check("short frames", r.status == 1 and
          ["error" in g for g in lines(r.out)] == [True, True], r)
    r = run("open", "--keys", path, stdin=b"{}\n")
    check("nothing but bad lines", r.status == 3, r)
    r = run("open", "--keys", path, stdin=b'{"ct":"' + b"0" * (5 << 20) + b'"}\n')
    check("a line of 5 MiB", r.status == 3 and b"4 MiB" in r.out, r)


def explained(folder):
    """Why a frame does not open: of every seventh frame with a mistake, as a line
    and as an operand. A wrong key is no mistake that has a name."""
    with open(os.path.join(TOP, "vectors", "own", "mistakes.jsonl")) as f:
        rows = [strict(line.encode()) for line in f if line.startswith('{"')]
    rows = [v for v in rows if v.get("frame") and v["mistake"] and not v["at"]]
    check("there are frames with mistakes", len(rows) > 200, len(rows))
    for v in rows[::7]:
        what = "%s, %s" % (v["id"], v["mistake"])
        path = key_file(folder, json.dumps(v["keys"]))
        asked = [{"ct": v[k], "ssrc": v["ssrc"]} for k in ("frame", "other")
                 if v[k]]
        r = run("open", "--keys", path, stdin="".join(
            json.dumps(a) + "\n" for a in asked).encode())
        got = [g.get("diagnosis") or {} for g in lines(r.out)]
        check(what + ", lines", r.status == 1 and
              got[-1].get("slug") == v["mistake"], r)
        if len(asked) == 1:
            r = run("open", "--keys", path, "--ssrc", str(v["ssrc"]), v["frame"])
            check(what + ", operand", r.status == 1 and not r.out and
                  got[0]["text"] in r.errors and got[0]["remedy"] in r.errors, r)
        for k in v["keys"]["keys"]:
            for member in ("base_key", "exporter_secret"):
                k[member] = "5a" * 16 if member in k else None
                if k[member] is None:
                    del k[member]
        path = key_file(folder, json.dumps(v["keys"]))
        r = run("open", "--keys", path, stdin="".join(
            json.dumps(a) + "\n" for a in asked).encode())
        check(what + ", another key", r.status == 1 and all(
            g.get("error") and g["diagnosis"] is None for g in lines(r.out)), r)


def from_descriptor(text, ct):
    r, w = os.pipe()
    os.write(w, text.encode())
    os.close(w)
    try:
        return subprocess.run([TOOL, "open", "--keys", "fd:%d" % r, ct],
                              pass_fds=[r], capture_output=True, check=False)
    finally:
        os.close(r)


def sources(folder):
    text = key_text({"kid": 1, "base_key": BASE}, suite=1)
    path = key_file(folder, text)
    ct = run("seal", "--keys", path, "--kid", "1", "--ctr", "0", "cafe").text.strip()
    r = run("open", "--keys", "-", ct, stdin=text.encode())
    check("keys on standard input", r.text == "cafe\n", r)
    p = from_descriptor(text, ct)
    check("keys on a descriptor", p.stdout == b"cafe\n", p)
    r = run("open", "--keys", "-", stdin=text.encode())
    check("standard input twice", r.status == 2, r)
    for mode in (0o644, 0o640, 0o604):
        key_file(folder, text, mode)
        r = run("open", "--keys", path, ct)
        check("warned of %o" % mode, r.status == 0 and "chmod 600" in r.errors, r)
    for name in ("/nowhere/keys", "fd:77", folder):
        r = run("open", "--keys", name, ct)
        check("no keys in %s" % name, r.status == 3 and r.errors, r)
    for name in (BASE, key_text({"kid": "1", "base_key": BASE})):
        r = run("open", "--keys", name, ct)
        check("a key for a file is not shown", r.status == 3 and
              BASE not in r.errors and "command line" in r.errors, r)
    r = run("open", ct)
    check("no --keys", r.status == 2, r)


def wrong_files(folder):
    for what, text, part in (
            ("syntax", '{\n "schema": }', "line 2, column 12"),
            ("place", key_text({"kid": 1, "base_key": "0g"}), "keys[0].base_key"),
            ("bare number", key_text({"kid": 2**53 + 1, "base_key": BASE}),
             "write it as a string"),
            ("a key as a name", json.dumps({"schema": SCHEMA, "keys": [
                {"kid": "1", BASE: ""}]}), "keys[0]: unknown member"),
            ("control", '{"\\u001b[2J":1}', "unknown member"),
            ("octets", '\x1b[2J', "a value is missing")):
        r = run("open", "--keys", key_file(folder, text), "00")
        check("key file: " + what, r.status == 3 and part in r.errors, r)
        check("key file: %s, no key shown" % what, BASE not in r.errors and
              "\x1b" not in r.errors, r)
    path = key_file(folder, key_text({"kid": 1, "base_key": BASE}))
    r = run("seal", "--keys", path, "--kid", "1", "--ctr", "0", "00")
    check("seal without a suite", r.status == 2 and "suite" in r.errors, r)
    for args in (["--kid-scheme", "mls:4,6"], ["--suite", "9"],
                 ["--metadata", "0"], ["--ssrc", "0x100000000"]):
        r = run("open", "--keys", path, *args, "00")
        check("refused: " + " ".join(args), r.status == 2 and r.errors, r)


def other(folder):
    r = run("list", "suites")
    check("list suites", r.status == 0 and len(r.text.splitlines()) == 9, r)
    r = run("bench", "--seconds", "1", "--json")
    rows = strict(r.out)["rows"] if r.status == 0 else []
    check("bench", len(rows) == 40 and all(
        row[way][figure] > 0 for row in rows for way in ("seal", "open")
        for figure in ("us_per_frame", "frames_per_second",
                       "openssl_us_per_frame")), r)
    r = run("bench", "--seconds", "0")
    check("bench for no time", r.status == 2, r)


def main():
    with tempfile.TemporaryDirectory() as folder:
        for part in (published, by_lines, explained, sources, wrong_files,
                     other):
            part(folder)
    finish()


if __name__ == "__main__":
    main()
