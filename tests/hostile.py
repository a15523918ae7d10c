"""
hostile.py - bad input and odd use of the command line: each with the words it
must be answered with and the exit status of the contract; never a crash, a
hang, or an octet of the wire that a terminal would obey.

	hostile.py [PART-OF-A-NAME...]
"""
import gzip
import json
import os
import random
import signal
import struct
import subprocess
import sys

import mkcap
from harness import (LONG, TOOL, TOP, Schema, check, finish, lines, run,
                     scratch, strict, too_wide)

CALLS = os.path.join(TOP, "corpora", "captures")
GOOD = os.path.join(CALLS, "S03-sframe-gcm128.rtp.pcap")
CLEAR = os.path.join(CALLS, "S01-none.rtp.pcap")
LONGER = os.path.join(CALLS, "S13-rotate-ok.rtp.pcap")
VECTORS = os.path.join(TOP, "vectors", "rfc9605", "test-vectors.json")
schema = Schema()
tests = []


def test(f):
    tests.append(f)
    return f


def octets_of(path):
    with open(path, "rb") as f:
        return f.read()


def put(where, name, data):
    path = os.path.join(where, name)
    with open(path, "wb") as f:
        f.write(data)
    return path


def expect(name, ran, status, words="", silent=False):
    """The status, words on standard error, nothing there when silent."""
    check("%s: status %s" % (name, status), ran.status == status, ran)
    if words:
        check("%s: says '%s'" % (name, words), words in ran.errors, ran.errors)
    if silent:
        check("%s: nothing on standard error" % name, not ran.err, ran.errors)
    check("%s: no control characters on standard error" % name,
          not controls(ran.err), ran.err)


def controls(octets):
    return [o for o in octets if o < 32 and o != 10 or o == 127]


def slugs(ran):
    return {f["slug"] for f in strict(ran.out)["findings"]}


def judged(name, ran):
    """A report that fits the schema."""
    if not check("%s: a report" % name, ran.out, ran):
        return None
    r = strict(ran.out)
    check("%s: fits the schema" % name, not schema.faults(r), schema.faults(r))
    return r


# ---- files that are no captures, or damaged ones ----------------------------

def five_times(octets):
    for _ in range(5):
        octets = gzip.compress(octets)
    return octets


@test
def no_captures(where):
    for name, data, words in (
            ("empty", b"", "empty"),
            ("one-octet", b"x", "too short"),
            ("text", b"hello world, this is no capture\n" * 9, "not a capture"),
            ("zeros", bytes(4096), "not a capture"),
            ("noise", random.Random(1).randbytes(4096), "not a capture"),
            ("gzip five times", five_times(octets_of(GOOD)), "gunzip")):
        path = put(where, name, data)
        for command in ("check", "decode"):
            ran = run(command, path)
            expect("%s %s" % (command, name), ran, 3, words)
            expect("%s %s" % (command, name), ran, 3, path)
            check("%s %s: no data" % (command, name), not ran.out, ran.out)
    expect("a directory", run("check", where), 3, "directory")
    expect("a missing file", run("check", where + "/none"), 3, "No such file")
    expect("no SDP", run("check", "--sdp", GOOD, GOOD), 3, "session description")
    expect("a missing SDP", run("check", "--sdp", where + "/none", GOOD), 3,
           "No such file")


@test
def cut_in_a_packet(where):
    whole = octets_of(GOOD)
    for n in (20000, 40001, 60002, len(whole) - 1):
        path = put(where, "cut-%d" % n, whole[:n])
        name = "cut after %d octets" % n
        ran = run("check", "--json", path)
        expect(name, ran, 0, "damaged")
        r = judged(name, ran)
        check(name + ": capture-damaged", "capture-damaged" in slugs(ran))
        check(name + ": and said of the input", r["inputs"][0]["damaged"])
        expect(name + ", decode", run("decode", path), 0, "damaged")
    path = put(where, "cut-clear", octets_of(CLEAR)[:-3])
    expect("a cut capture keeps its fault", run("check", path), 1, "damaged")
    path = put(where, "cut-head", whole[:24 + 10])
    expect("cut in the first record", run("check", path), 3, "damaged")
    path = put(where, "cut-magic", whole[:20])
    expect("cut in the file header", run("check", path), 3)


def block(kind, body):
    body += bytes(-len(body) % 4)
    n = len(body) + 12
    return struct.pack("<II", kind, n) + body + struct.pack("<I", n)


def pcapng(packets, kind=1):
    out = [block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1)),
           block(1, struct.pack("<HHI", kind, 0, 0))]
    for p in packets:
        us = p.ns // 1000
        out.append(block(6, struct.pack("<5I", 0, us >> 32, us & 0xffffffff,
                                        len(p.octets), p.length) + p.octets))
    return out


@test
def damaged_pcapng(where):
    blocks = pcapng(mkcap.read_capture(GOOD))
    path = put(where, "good.pcapng", b"".join(blocks))
    r = judged("pcapng", run("check", "--json", path))
    check("pcapng: the same verdict as of pcap", r["verdict"] == "pass" and
          len(r["streams"]) == 3 and r["inputs"][0]["format"] == "pcapng")
    for what, at, new in (("0 octets", 200, 0), ("7 octets", 200, 7),
                          ("4 GiB", 200, 0xfffffffc), ("odd", 250, 33)):
        bad = list(blocks)
        bad[at] = bad[at][:4] + struct.pack("<I", new) + bad[at][8:]
        path = put(where, "bad.pcapng", b"".join(bad))
        name = "a block of %s" % what
        ran = run("check", "--json", path)
        expect(name, ran, 0, "damaged")
        r = judged(name, ran)
        check(name + ": judged up to there", r["inputs"][0]["damaged"] and
              r["accounting"]["packets"] == at - 2,
              r["accounting"]["packets"])
        check(name + ": capture-damaged", "capture-damaged" in slugs(ran))
    bad = blocks[0][:4] + struct.pack("<I", 3) + blocks[0][8:]
    path = put(where, "bad-head.pcapng", bad + b"".join(blocks[1:]))
    expect("a section header of 3 octets", run("check", path), 3)


@test
def odd_packets(where):
    good = mkcap.read_capture(GOOD)
    zero = [mkcap.Packet(p.ns, b"", len(p.octets)) for p in good]
    none = [mkcap.Packet(p.ns, b"") for p in good]
    rng = random.Random(2)
    head = struct.pack(">BBHII", 0x80, 111, 1, 0, 7)
    huge = [mkcap.Packet(p.ns, mkcap.ethernet(
        "10.0.0.1:1", "10.0.0.2:2", head[:2] + struct.pack(">H", i) +
        struct.pack(">I", i * 960) + head[8:] + rng.randbytes(65507 - 12)))
        for i, p in enumerate(good[:60])]
    short = [mkcap.Packet(p.ns, p.octets[:rng.randrange(70)]) for p in good]
    for name, data, status in (
            ("no packet at all", mkcap.pcap([]), 4),
            ("nothing of each packet kept", mkcap.pcap(zero), 4),
            ("packets of no octets", mkcap.pcap(none), 4),
            ("snap length 40", mkcap.pcap(good, 40), 4),
            ("snap length 1", mkcap.pcap(good, 1), 4),
            ("packets of 0 to 69 octets", mkcap.pcap(short), 4),
            ("datagrams of 65,507 octets", mkcap.pcap(huge), None)):
        ran = run("check", "--json", put(where, "odd.pcap", data))
        if status is None:
            check(name + ": a status of the contract", ran.status in (0, 4, 5),
                  ran)
        else:
            expect(name, ran, status)
        r = judged(name, ran)
        check(name + ": all are counted", r["accounting"]["packets"] ==
              r["inputs"][0]["packets"])
        if "snap" in name:
            check(name + ": cut packets are counted",
                  r["accounting"]["cut"] == len(good), r["accounting"])
            check(name + ": and told", "capture-cut" in slugs(ran))
    mixed = good[:]
    for i in range(0, len(huge), 3):
        mixed.insert(i * 2, huge[i])
    ran = run("check", "--json", put(where, "mixed.pcap", mkcap.pcap(mixed)))
    r = judged("a good call among huge datagrams", ran)
    check("a good call among huge datagrams: is judged",
          {s["protection"] for s in r["streams"]
           if s["ssrc"] in ("0x5a431013", "0x6a88c8b0")} == {"consistent"})
    ran = run("check", "--json", put(where, "s96.pcap", mkcap.pcap(
        mkcap.read_capture(CLEAR), 96)))
    judged("a clear call at snap length 96", ran)
    check("a clear call at snap length 96: never a pass", ran.status in (1, 4),
          ran)


@test
def same_call_other_bytes(where):
    """Byte orders, units and link types change nothing of the verdict."""
    good = mkcap.read_capture(LONGER)
    want = None
    for name, end, magic, unit in (("little", "<", 0xa1b2c3d4, 1000),
                                   ("big", ">", 0xa1b2c3d4, 1000),
                                   ("little, ns", "<", 0xa1b23c4d, 1),
                                   ("big, ns", ">", 0xa1b23c4d, 1)):
        data = struct.pack(end + "IHHiIII", magic, 2, 4, 0, 0, 262144, 1)
        for p in good:
            data += struct.pack(end + "IIII", p.ns // 10**9,
                                p.ns % 10**9 // unit, len(p.octets),
                                p.length) + p.octets
        ran = run("check", "--json", put(where, "o.pcap", data))
        got = strict(ran.out)
        got = [got[k] for k in ("verdict", "accounting", "streams", "findings")]
        want = want or got
        check("pcap, %s" % name, got == want and ran.status == 0, ran)
    data = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 147)
    data += mkcap.pcap(good[:50])[24:]
    ran = run("check", "--json", put(where, "link.pcap", data))
    expect("a link type that is not known", ran, 4)
    r = judged("a link type that is not known", ran)
    check("a link type that is not known: counted",
          r["accounting"]["unsupported_links"] == 50, r["accounting"])


@test
def flipped_octets(where):
    """Damage at random: any verdict, but no crash and no hang."""
    rng = random.Random(3)
    files = [octets_of(GOOD), b"".join(pcapng(mkcap.read_capture(CLEAR))),
             octets_of(os.path.join(CALLS, "S11-medooze.rtp.pcap"))]
    for i in range(150):
        data = bytearray(files[i % len(files)])
        for _ in range(rng.choice((1, 10, 300))):
            data[rng.randrange(len(data))] = rng.randrange(256)
        path = put(where, "flip", data)
        ran = run("check" if i % 2 else "decode", "--json", path)
        check("flipped octets, seed 3, file %d" % i,
              ran.status in (0, 1, 3, 4, 5), ran)


# ---- a million senders ------------------------------------------------------

def flood(path, count, each):
    """count SSRCs of each packets; written as it goes, to stay small."""
    head = mkcap.ethernet("10.0.0.1:4000", "10.0.0.9:9000", bytes(12 + 24))
    body = bytes(random.Random(4).randbytes(24))
    with open(path, "wb") as f:
        f.write(mkcap.pcap([]))
        for i in range(count * each):
            ssrc, seq = i // each, i % each
            f.write(struct.pack("<IIII", 1700000000 + i // 20000,
                                i % 20000 * 50, len(head), len(head)))
            f.write(head[:42])
            f.write(struct.pack(">BBHII", 0x80, 111, seq, seq * 960,
                                ssrc * 2654435761 & 0xffffffff))
            f.write(body)
    return path


def peak(*args):
    """(status, peak resident octets, standard output)"""
    with open(os.devnull, "rb") as none, subprocess.Popen(
            [TOOL, *args], stdin=none, stdout=subprocess.PIPE) as p:
        out = p.stdout.read()
        _, status, used = os.wait4(p.pid, 0)
        p.returncode = os.waitstatus_to_exitcode(status)
    return p.returncode, used.ru_maxrss * 1024, out


@test
def a_million_ssrcs(where):
    for count, each in ((1000000, 1), (60000, 8)):
        path = flood(os.path.join(where, "flood"), count, each)
        name = "%d SSRCs of %d" % (count, each)
        status, octets, out = peak("check", "--json", "--max-memory", "16M",
                                   path)
        check(name + ": a status of the contract", status in (4, 5), status)
        check(name + ": %d MiB at the most" % (octets >> 20),
              octets < 96 << 20)
        r = strict(out)
        check(name + ": fits the schema", not schema.faults(r),
              schema.faults(r))
        check(name + ": every packet counted",
              r["accounting"]["packets"] == count * each)
        if each > 1:
            check(name + ": limit-reached", any(
                f["slug"] == "limit-reached" for f in r["findings"]))
        os.unlink(path)


# ---- the command line -------------------------------------------------------

@test
def wrong_use(where):
    for args, words in (
            (["check", "--nope", GOOD], "--nope"),
            (["check"], "CAPTURE"),
            (["decode"], "CAPTURE"),
            (["nope"], "nope"),
            ([], "usage"),
            (["check", "--max-memory", "1", GOOD], "--max-memory"),
            (["check", "--max-memory", "abc", GOOD], "--max-memory"),
            (["check", "--max-memory", "", GOOD], "--max-memory"),
            (["check", "--max-memory", "-64M", GOOD], "--max-memory"),
            (["check", "--max-memory", "99999999999999999999", GOOD],
             "--max-memory"),
            (["check", "--max-memory"], "--max-memory"),
            (["check", "--format", "xml", GOOD], "--format"),
            (["check", "--fail-on", "x", GOOD], "--fail-on"),
            (["check", "--color", "x", GOOD], "--color"),
            (["check", "--kid-scheme", "sender:99", GOOD], "--kid-scheme"),
            (["check", "--kid-scheme", "mls:9", GOOD], "--kid-scheme"),
            (["check", "-f", "foo bar", GOOD], "filter"),
            (["check", "-f", "udp and (", GOOD], "filter"),
            (["header"], "HEX"), (["header", "9"], "odd"),
            (["header", "zz"], "HEX"),
            (["list", "nope"], "TABLE"), (["explain", "nope"], "nope"),
            (["completion", "nope"], "SHELL")):
        ran = run(*args)
        expect(" ".join(args).replace(CALLS + os.sep, ""), ran, 2, words)
        check("%s: no data" % args, not ran.out, ran.out)
    for args in (["--help"], ["check", "--help"], ["version"],
                 ["version", "--json"], ["list", "findings"],
                 ["list", "dialects"], ["list", "parsers"],
                 ["list", "formats"], ["explain", "ctr-reused"],
                 ["explain", "SFN001"], ["completion", "bash"],
                 ["completion", "zsh"], ["completion", "fish"]):
        ran = run(*args)
        expect(" ".join(args), ran, 0, silent=True)
        check("%s: has something to say" % args, ran.out)


@test
def made_by(where):
    """A report names the commit of the program, where there is one."""
    said = subprocess.run(["git", "-C", TOP, "rev-parse", "--short=12", "HEAD"],
                          capture_output=True, text=True, check=False)
    commit = strict(run("version", "--json").out)["commit"]
    if said.returncode != 0:
        with open(os.path.join(TOP, "COMMIT"), encoding="ascii") as f:
            commit_is = f.read().strip()[:12]
        said.stdout = "unknown" if "Format" in commit_is else commit_is
    check("version names the commit it was built from",
          commit.rstrip("+") == said.stdout.strip(), commit)
    check("so does a report", strict(run("check", "--json", GOOD).out)
          ["tool"]["commit"] == commit)


@test
def inputs_and_outputs(where):
    expect("a filter that lets nothing through",
           run("check", "-f", "udp port 4", GOOD), 4)
    r = judged("a filter", run("check", "--json", "-f", "udp", GOOD))
    check("a filter that lets all through", r["verdict"] == "pass")
    ran = run("check", "--json", where + "/none", GOOD)
    expect("one of two captures missing", ran, 3, "No such file")
    r = judged("one of two captures missing", ran)
    check("one of two captures missing: the other is judged",
          r["verdict"] in ("pass", "inconclusive") and
          any(s["protection"] == "consistent" for s in r["streams"]))
    expect("a finding outranks it", run("check", where + "/none", CLEAR), 1)
    a = run("check", "--json", "-", stdin=octets_of(GOOD))
    b = run("check", "--json", GOOD)
    a, b = judged("standard input", a), judged("a file", b)
    for r in (a, b):
        r["inputs"][0].pop("name")
        r.pop("headline")
    check("standard input is judged as the file", a == b)
    check("-r is a capture as well", strict(run(
        "check", "--json", "-r", GOOD).out)["verdict"] == "pass")
    expect("nothing on standard input", run("check", "-", stdin=b""), 3,
           "empty")
    expect("output into no folder",
           run("check", "-o", where + "/none/x", GOOD), 5, "cannot be written")
    expect("output into a folder", run("check", "-o", where, GOOD), 5,
           "cannot be written")
    out = os.path.join(where, "report.json")
    ran = run("check", "--json", "-o", out, GOOD)
    expect("output into a file", ran, 0, silent=True)
    check("output into a file is what else is written",
          octets_of(out) == run("check", "--json", GOOD).out and not ran.out)
    if os.path.exists("/dev/full"):
        for command in ("check", "decode"):
            with open("/dev/full", "wb") as full:
                p = subprocess.run([TOOL, command, GOOD], stdout=full,
                                   stderr=subprocess.PIPE, timeout=LONG,
                                   check=False)
            check("%s onto a full disk: status 5 and a word" % command,
                  p.returncode == 5 and p.stderr, p)


@test
def closed_pipe(where):
    """The reader goes away: the end, without a word."""
    for args in (["check", GOOD], ["check", "--json", GOOD], ["decode", LONGER],
                 ["decode", "--json", LONGER], ["list", "findings"],
                 ["--help"]):
        r, w = os.pipe()
        os.close(r)
        p = subprocess.run([TOOL, *args], stdout=w, stderr=subprocess.PIPE,
                           stdin=subprocess.DEVNULL, timeout=LONG, check=False)
        os.close(w)
        name = "closed pipe: " + " ".join(args[:2])
        check(name, not p.stderr and p.returncode in
              (0, 1, 4, 5, -signal.SIGPIPE, 128 + signal.SIGPIPE), p)
    with subprocess.Popen([TOOL, "decode", LONGER], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as p:
        line = p.stdout.readline()
        p.stdout.close()
        errors = p.stderr.read()
    check("decode | head -1", line and not errors, errors)


@test
def colours(where):
    esc = b"\x1b["
    check("colours where they are asked for",
          esc in run("check", "--color", "always", CLEAR).out)
    for name, ran in (
            ("never", run("check", "--color", "never", CLEAR)),
            ("into a pipe", run("check", CLEAR)),
            ("NO_COLOR", run("check", CLEAR, env={"NO_COLOR": "1"})),
            ("in JSON", run("check", "--json", "--color", "always", CLEAR)),
            ("decode, never", run("decode", "--color", "never", CLEAR))):
        check("no colours: " + name, b"\x1b" not in ran.out)
    plain = run("check", CLEAR).text
    for p in ("always",):
        text = run("check", "--color", p, CLEAR).text
        bare = "".join(part.split("m", 1)[1] if i else part
                       for i, part in enumerate(text.split("\x1b[")))
        check("colours change no word", bare == plain)


@test
def a_hundred_columns(where):
    for name in sorted(os.listdir(CALLS)):
        if ".pcap" not in name:
            continue
        for args in (["check"], ["check", "-v"]):
            ran = run(*args, os.path.join(CALLS, name))
            wide = too_wide(ran.text)
            check("%s %s: a hundred columns" % (" ".join(args), name),
                  not wide, wide[:1])
    for command in ("", "check", "decode", "header", "list"):
        wide = too_wide(run(*command.split(), "--help").text)
        check("%s --help: a hundred columns" % command, not wide, wide[:1])


@test
def the_same_bytes_again(where):
    for name in ("S03-sframe-gcm128.rtp.pcap", "S16-d-plain-2s.rtp.pcap",
                 "S14-d-drift.rtp.pcap", "S23-sframe-loss.rtp.pcap"):
        path = os.path.join(CALLS, name)
        for args in (["check", "--json"], ["check", "--format", "jsonl"],
                     ["check"], ["decode", "--json"], ["decode"]):
            a, b = run(*args, path), run(*args, path)
            check("%s %s: twice the same" % (" ".join(args), name),
                  a.out == b.out and a.status == b.status)
    check("jsonl: each line is JSON", lines(run(
        "check", "--format", "jsonl", GOOD).out))


# ---- what comes from the wire is not obeyed ---------------------------------

EVIL = b"\x1b]0;owned\x07\x1b[2J\r\n\x00\x7f\xc2\x9b31m\xff\xfe\"\\<b>"
MID_URN = "urn:ietf:params:rtp-hdrext:sdes:mid"


@test
def strings_from_the_wire(where):
    c = mkcap.Capture()
    c.audio(0xa1, cname=EVIL, mid=b"\x1b[31mA\n\x07").plain(300)
    c.video(0xa2, cname=EVIL[::-1], mid=b"\xff\x9b\x00").sframe(90, kid=9)
    path = c.write(os.path.join(where, "evil.pcap"))
    sdp = "\r\n".join([
        "v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=\x1b[31m", "t=0 0",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=mid:\x1b[2J",
        "a=rtpmap:111 opus/48000/2", "a=extmap:4 " + MID_URN,
        "a=ssrc:161 cname:\x1b[31mx", "m=video 9 UDP/TLS/RTP/SAVPF 96",
        "a=rtpmap:96 VP8/90000", "a=extmap:4 " + MID_URN]) + "\r\n"
    sdp = put(where, "evil.sdp", sdp.encode())
    for options in ([], ["--sdp", sdp]):
        for args in (["check"], ["check", "-v"], ["check", "--json"],
                     ["check", "--format", "jsonl"], ["decode"],
                     ["decode", "--json"]):
            name = "strings from the wire: " + " ".join(args + options[:1])
            ran = run(*args, *options, path)
            check(name + ": no control characters",
                  not controls(ran.out + ran.err) and
                  b"\xc2\x9b" not in ran.out,
                  controls(ran.out + ran.err))
            try:
                text = ran.out.decode("utf-8")
                check(name + ": UTF-8", True)
                check(name + ": nothing of C1 or bidi", not any(
                    "\x80" <= x <= "\x9f" or "\u202a" <= x <= "\u202e"
                    for x in text))
            except UnicodeDecodeError as e:
                check(name + ": UTF-8", False, e)
        r = judged("strings from the wire", run("check", "--json", *options,
                                                path))
        check("strings from the wire: CNAME is there",
              all(s["cname"] for s in r["streams"]))


@test
def names_of_files(where):
    for name in ("new\nline", "esc\x1b[31m", "\x9b31m", "quo\"te\\",
                 "\u202eevil", b"\xff\xfe.pcap", "-dash", "100% %s %n"):
        path = os.path.join(os.fsencode(where), os.fsencode(name))
        for there in (False, True):
            if there:
                with open(path, "wb") as f:
                    f.write(octets_of(GOOD))
            for args in (["check"], ["check", "--json"], ["decode"]):
                ran = run(*args, path)
                what = "file %r, %s" % (name, " ".join(args))
                check("%s: status" % what, ran.status == (0 if there else 3),
                      ran)
                check("%s: no control characters" % what,
                      not controls(ran.out + ran.err),
                      controls(ran.out + ran.err))
                if args[-1] == "--json" and there:
                    judged(what, ran)
    ran = run("check", "-dash", cwd=where)
    expect("-dash is an option", ran, 2)
    expect("-- ends options", run("check", "--", "-dash", cwd=where), 0)
    expect("an option with an escape", run("check", "--\x1b[31m", GOOD), 2)
    expect("a command with an escape", run("\x1b[31m"), 2)
    expect("a filter with an escape", run("check", "-f", "\x1b[2J", GOOD), 2)


# ---- the published header vectors, through the command line -------------------

@test
def header_vectors(where):
    with open(VECTORS, encoding="utf-8") as f:
        rows = json.load(f)["header"]  # Python keeps all 64 bits
    check("289 header vectors", len(rows) == 289, len(rows))
    for row in rows:
        name = "header " + row["encoded"]
        ran = run("header", row["encoded"])
        expect(name, ran, 0, silent=True)
        check(name + ": KID and CTR in text",
              ran.text.split().count(str(row["kid"])) >= 1 and
              ran.text.split().count(str(row["ctr"])) >= 1, ran.text)
        ran = run("header", "--json", row["encoded"])
        h = strict(ran.out)
        check(name + ": KID and CTR in JSON",
              h["kid"]["value"] == str(row["kid"]) and
              h["ctr"]["value"] == str(row["ctr"]) and
              h["minimal_form"] == row["encoded"] and h["complete"], h)
    for hexed, what in (("", 2), ("99", 1), ("990123", 1), ("99012345", 1),
                        ("9900070001", 1), ("8007", 1), ("0807", 1)):
        ran = run("header", hexed)
        expect("header '%s'" % hexed, ran, what)


def main():
    parts = sys.argv[1:]
    for t in tests:
        if parts and not any(p in t.__name__ for p in parts):
            continue
        with scratch() as where:
            t(where)
    finish()


main()
