"""
unwrap.py - what unwrap writes of calls in tunnels, in fragments, relayed by
TURN, over TCP, cut: check says the same of it as of the input, and Wireshark
reads it without complaint and takes it for RTP by itself.

	unwrap.py [PART-OF-A-NAME...]
"""
import json
import os
import re
import struct
import subprocess
import sys

import mkcap
import srtpcap
import wrapping
from harness import TOP, Schema, check, finish, run, scratch, strict
from wrapping import (FAULTY, QUIET, TUNNELS, VXLAN, Packet, Tcp, Turn, call,
                     difference, ether, fragments4, fragments6, heart_of_it,
                     ice_tcp, ip4, ip6, udp, write)

schema = Schema()
tests = []
# What a report says of the file itself, and of where in its packets octets are.
OF_THE_FILE = {"inputs[].name", "inputs[].sha256", "inputs[].bytes",
               "inputs[].format", "inputs[].compression",
               "inputs[].link_types", "inputs[].packets", "inputs[].first",
               "inputs[].last", "inputs[].unwrapped",
               "findings[].examples[].octets"}


def test(f):
    tests.append(f)
    return f


def report(path, *options):
    ran = run("check", "--json", *options, path)
    return strict(ran.out) if ran.out else None


def past_the_hop(r):
    """Without what only those can tell who took SRTP off: how that went."""
    for s in r["streams"]:
        del s["srtp"]
    for rule in r["rules"]:
        if rule["id"] in ("SFS010", "SFS011"):
            rule.clear()
    return r


def members(value, at=""):
    """Every number, text and nothing of a report, with the way to it."""
    if isinstance(value, dict):
        for k, v in value.items():
            yield from members(v, at + "." + k if at else k)
    elif isinstance(value, list):
        yield at + ".length", len(value)
        for i, v in enumerate(value):
            yield from members(v, "%s[%d]" % (at, i))
    else:
        yield at, value


def differences(before, after, besides=()):
    """Of two whole reports: where they differ and may not."""
    a, b = dict(members(before)), dict(members(after))
    allowed = OF_THE_FILE | set(besides)
    return {k: (a.get(k), b.get(k)) for k in a.keys() | b.keys()
            if a.get(k) != b.get(k) and
            re.sub(r"(\[\d+\]|\.length)$", "", re.sub(
                r"\[\d+\]\.", "[].", k)) not in allowed}


def tshark(path, *args):
    p = subprocess.run(["tshark", "-n", "-r", path, *args], check=False,
                       capture_output=True, env=dict(os.environ, LC_ALL="C"))
    words = [x for x in p.stderr.splitlines() if b"root" not in x]
    return p.stdout.decode("utf-8", "replace").splitlines(), (
        words or p.returncode and [p.returncode])


def unwrapped(what, where, packets, whole=True, ask=True):
    path = write(where, packets)
    out = os.path.join(where, "out.pcapng")
    ran = run("unwrap", path, "-w", out)
    if not check(what + ": unwrap", ran.status == 0 and not ran.err, ran):
        return None
    before, after = report(path), report(out)
    check(what + ": fits the schema", not schema.faults(after),
          schema.faults(after))
    d = differences(before, after)
    check(what + ": check says the same", not d, d)
    check(what + ": something is there", before["streams"] or not whole)
    if not ask:
        return after
    rows, words = tshark(out, "-T", "fields", "-e", "frame.protocols")
    check(what + ": tshark does not complain", not words, words)
    kinds = [x.split(":udp:")[-1].split(":")[0] for x in rows]
    check(what + ": all is RTP, RTCP or announces it",
          len(rows) == after["inputs"][0]["packets"] and
          set(kinds) <= {"rtp", "rtcp", "sap"} and
          (not whole or kinds.count("rtp") >= sum(
              s["packets"] for s in after["streams"])),
          {k: kinds.count(k) for k in kinds})
    return after


@test
def in_tunnels(where):
    packets = call()
    for i, (what, wrap, _) in enumerate(TUNNELS[::2]):
        unwrapped(what, where, [p.made(wrap(p)) for p in packets],
                  ask=i % 5 == 0)
    packets = call(FAULTY[0])
    for what, wrap, _ in TUNNELS[1::9]:
        unwrapped(what, where, [p.made(wrap(p)) for p in packets], ask=False)


@test
def six(where):
    def address(a):
        return bytes.fromhex("20010db8") + bytes(8) + a
    packets = [p.made(ether(ip6(17, p.ip[20:], address(p.src),
                                address(p.dst)), 0x86dd)) for p in call()]
    unwrapped("IPv6", where, packets)


@test
def in_pieces(where):
    for name in (QUIET, FAULTY[1]):
        packets = call(name)
        for what, cut in (("in order", lambda f: f),
                          ("reversed", lambda f: f[::-1]),
                          ("with losses", lambda f: f[:-1] if len(f) > 2
                           else f)):
            unwrapped("%s, fragments %s" % (name[:3], what), where, [
                p.made(x) for i, p in enumerate(packets)
                for x in cut(fragments4(p, i, 264))], ask=name == QUIET)
    unwrapped("IPv6 fragments", where, [
        p.made(x) for i, p in enumerate(packets)
        for x in fragments6(p, i * 7919, 264)])


@test
def over_turn(where):
    packets = call()
    for how in ("channels", "indications"):
        t = Turn(packets)
        made = [p.made(t.udp(*t.message(p, how))) for p in packets]
        binds = [packets[0].made(t.udp(True, b)) for b in t.binds()]
        unwrapped("TURN " + how, where, binds + made)
        unwrapped("TURN %s, not seen bound" % how, where, made, ask=False)
        t, tcp = Turn(packets), Tcp()
        ends = t.client, (wrapping.SERVER, 3478)
        for p in packets:
            up, data = t.message(p, how)
            tcp.segment(p.ns, *(ends if up else ends[::-1]), data)
        unwrapped("TURN over TCP, " + how, where, tcp.out,
                  ask=how == "channels")


@test
def over_tcp(where):
    for name in (QUIET, FAULTY[0]):
        packets = call(name)
        for each in (None, 97, 1400):
            made = ice_tcp(packets, each=each)
            label = "%s, TCP of %s" % (name[:3], each)
            ask = name == QUIET and each != 97
            unwrapped(label, where, made, ask=ask)
            unwrapped(label + ", joined late", where, made[50:], ask=False)
            unwrapped(label + ", with holes", where,
                      [p for i, p in enumerate(made) if i % 40 != 39],
                      ask=ask)


@test
def cut(where):
    packets = call()
    for n in (300, 90, 60):
        unwrapped("cut after %d" % n, where, [
            mkcap.Packet(p.ns, p.octets[:n], len(p.octets)) for p in packets],
                  whole=n > 60, ask=n < 300)
    unwrapped("a mirror that cuts", where, [p.made(ether(ip4(17, udp(
        VXLAN + p.octets[:200], 33333, 4789)))) for p in packets])


@test
def under_srtp(where):
    """DTLS-SRTP, however it came: with the key log check verifies each frame,
    and without it each frame of what unwrap wrote."""
    bench = srtpcap.Bench(where)
    for name, (hand, suite) in zip((QUIET, FAULTY[1]),
                                   srtpcap.HANDSHAKES.items()):
        with open(os.path.join(wrapping.CALLS, name.split(".")[0] +
                               ".manifest.json"), encoding="utf-8") as f:
            keys = srtpcap.secret_file(where, json.dumps({
                "schema": "sframe-tool/keys/v1", "keys": [
                    {"kid": str(k["kid"]), "suite": k["cipher_suite"],
                     "base_key": k["base_key"]}
                    for k in json.load(f)["keys"]]}), "keys.json")
        log = srtpcap.secret_file(where, srtpcap.keylog(hand))
        plain = report(os.path.join(wrapping.CALLS, name), "--keys", keys)
        made = [Packet(p) for p in srtpcap.call_over(
            bench, srtpcap.handshake(hand), suite, srtpcap.exported(hand),
            call(name))]
        relays, tcp = Turn(made), Tcp()
        ends = relays.client, (wrapping.SERVER, 3478)
        said = [(p, *relays.message(p, "channels")) for p in made]
        for p, up, data in said:
            tcp.segment(p.ns, *(ends if up else ends[::-1]), data)
        for what, packets in (
                ("UDP", made), ("ICE-TCP", ice_tcp(made)),
                ("TURN", [p.made(relays.udp(up, data))
                          for p, up, data in said]),
                ("TURN over TCP", tcp.out),
                ("VXLAN", [p.made(wrapping.over(4789, VXLAN)(p))
                           for p in made])):
            label = "%s under SRTP, %s" % (name[:3], what)
            path = write(where, packets)
            out = os.path.join(where, "out.pcapng")
            ran = run("unwrap", path, "--keylog", log, "-w", out)
            check(label + ": unwrap", ran.status == 0 and not ran.err, ran)
            for r in (report(path, "--keylog", log, "--keys", keys),
                      report(out, "--keys", keys)):
                d = difference(verified(r), verified(plain))
                check(label + ": as the plain call", not d, d)
            # how the hop was opened is told where it was
            d = differences(past_the_hop(report(path, "--keylog", log)),
                            past_the_hop(report(out)))
            check(label + ": the whole report", not d, d)
            closed = report(path)
            check(label + ": closed without the log", not any(
                s["frames_by_state"]["encrypted"] for s in closed["streams"]),
                closed["streams"])


def verified(r):
    return r["verdict"], sorted(
        [s["ssrc"], s["protection"], s["frames"], s["frames_by_state"],
         [(k["kid"], k["first_ctr"], k["last_ctr"]) for k in s["keys"]]]
        for s in r["streams"])


@test
def real(where):
    """Every real call in every format: the whole report but for the file."""
    folder = os.path.join(TOP, "corpora", "captures")
    out = os.path.join(where, "out.pcapng")
    for name in sorted(os.listdir(folder)):
        if name.endswith((".json", ".md")):
            continue
        path = os.path.join(folder, name)
        ran = run("unwrap", path, "-w", out)
        check(name + ": unwrap", ran.status == 0, ran)
        before, after = report(path), report(out)
        check(name + ": packets, streams", before["accounting"]["packets"] > 9
              and before["streams"], before["accounting"])
        d = differences(before, after)
        check(name + ": the whole report", not d, d)
        check(name + ": says that unwrap wrote it", after["inputs"][0].get(
            "unwrapped") and "unwrapped" not in before["inputs"][0])
        check(name + ": fits the schema", not schema.faults(after),
              schema.faults(after))
        again = os.path.join(where, "again.pcapng")
        run("unwrap", out, "-w", again)
        d = differences(after, report(again))
        check(name + ": unwrapped again", not d, d)


@test
def written_anew(where):
    """Where the notes are gone, it is a capture like any other; where a file
    ends early, what its end notes is not there, and the rest is."""
    path, out, anew = (os.path.join(where, x) for x in (
        "in.pcap", "out.pcapng", "anew.pcapng"))
    packets = call()
    made = write(where, packets[:300] + [p.made(ether(b"\0" * 28, 0x0806))
                                  for p in packets[:7]] + packets[300:])
    os.replace(made, path)
    run("unwrap", path, "-w", out)
    before, after = report(path), report(out)
    d = differences(before, after)
    check("ARP is counted", not d and after["accounting"]["other"] == 7, d)
    subprocess.run(["editcap", "-F", "pcapng", out, anew], check=True,
                   capture_output=True)
    r = report(anew)
    check("written anew: numbers of its own", "unwrapped" not in r["inputs"][0]
          and r["accounting"]["packets"] == r["inputs"][0]["packets"]
          == len(packets) + 1, r["accounting"])
    check("written anew: streams", heart_of_it(r) == heart_of_it(before))
    with open(out, "rb") as f:
        data = f.read()
    with open(out, "wb") as f:
        f.write(data[:-1700])
    cut = report(out)
    check("cut: numbers are kept", cut["streams"][0]["first_packet"] ==
          before["streams"][0]["first_packet"] and
          cut["inputs"][0]["unwrapped"] and cut["inputs"][0]["damaged"])


@test
def hidden(where):
    """A note that a packet is none of the capture hides nothing in it."""
    out = os.path.join(where, "out.pcapng")
    run("unwrap", os.path.join(wrapping.CALLS, FAULTY[1]), "-w", out)
    honest = report(out)
    with open(out, "rb") as f:
        data = f.read()
    n = data.count(b"sft1") - 1  # the last is of no packet
    for i in range(1, 2000):
        data = data.replace(b"sft1" + i.to_bytes(8, "big"),
                            b"sft1" + bytes(8))
    with open(out, "wb") as f:
        f.write(data)
    r = report(out)
    check("hidden: all is judged", n > 1000 and [
        (s["ssrc"], s["frames"], s["protection"]) for s in r["streams"]] == [
            (s["ssrc"], s["frames"], s["protection"])
            for s in honest["streams"]] and r["verdict"] == "fail", r)


@test
def damaged(where):
    path, out = (os.path.join(where, x) for x in ("in.pcap", "out.pcapng"))
    with open(os.path.join(wrapping.CALLS, QUIET), "rb") as f:
        data = f.read()
    with open(path, "wb") as f:
        f.write(data[:-20])
    ran = run("unwrap", path, "-w", out)
    before, after = report(path), report(out)
    found = [f for f in after["findings"] if f["slug"] == "capture-damaged"]
    check("damaged: said of what was unwrapped", ran.status == 0 and
          len(found) == 1 and "unwrapped from" in found[0]["detail"], found)
    d = differences(before, after, besides={
        "inputs[].damaged", "inputs[].damage", "inputs[].damage.at",
        "inputs[].damage.inside", "inputs[].damage.field", "findings[].detail"})
    check("damaged: the rest", not d, d)


@test
def directions(where):
    """Linux's cooked headers tell which way a packet went."""
    packets = call()
    ways = [2 if i % 3 else 1 for i in range(len(packets))]
    for what, link, wrap in (
            ("cooked", 113, lambda p, way: bytes(
                [0, 4 if way == 2 else 0, 0, 1, 0, 6]) + bytes(8) + b"\x08\0" +
             p.ip),
            ("cooked, second form", 276, lambda p, way: b"\x08\0" + bytes(6) +
             b"\0\1" + bytes([4 if way == 2 else 0, 6]) + bytes(8) + p.ip),
            ("PPP with direction", 204, lambda p, way: bytes([way - 1]) +
             b"\xff\x03\0\x21" + p.ip)):
        path = write(where, [p.made(wrap(p, way))
                             for p, way in zip(packets, ways)], link)
        out = os.path.join(where, "out.pcapng")
        run("unwrap", path, "-w", out)
        rows, _ = tshark(out, "-Y", "rtp || rtcp", "-T", "fields", "-e",
                         "frame.packet_flags_direction", "-e",
                         "frame.time_epoch")
        got = [(int(a or "0", 0), int(b.replace(".", "")))
               for a, b in (x.split("\t") for x in rows)]
        want = [(way, p.ns) for p, way in zip(packets, ways)]
        check(what + ": directions and times are kept", got == want,
              (got[:3], want[:3]))


def block(end, kind, body):
    body += bytes(-len(body) % 4)
    n = struct.pack(end + "I", 12 + len(body))
    return struct.pack(end + "I", kind) + n + body + n


def option(end, code, value):
    return struct.pack(end + "HH", code, len(value)) + value + \
        bytes(-len(value) % 4)


def mixed(packets):
    """pcapng: two sections in both byte orders, each with interfaces of three
    links and resolutions, comments on packets, counts of what was lost."""
    links = ((1, 6, lambda p: p.octets), (113, 9, lambda p: bytes(
        [0, 4, 0, 1, 0, 6]) + bytes(8) + b"\x08\0" + p.ip),
             (101, 6, lambda p: p.ip))
    out = b""
    for end, part in (("<", packets[:200]), (">", packets[200:])):
        out += block(end, 0x0a0d0d0a, struct.pack(
            end + "IHHq", 0x1a2b3c4d, 1, 0, -1))
        for link, digits, _ in links:
            out += block(end, 1, struct.pack(end + "HHI", link, 0, 65535) +
                         option(end, 9, bytes([digits])) + bytes(4))
        for i, p in enumerate(part):
            n, (_, digits, wrap) = i % 3, links[i % 3]
            octets, t = wrap(p), p.ns // 10 ** (9 - digits)
            more = option(end, 1, b"note %d" % i)
            if i % 50 == 7:
                more += option(end, 4, struct.pack(end + "Q", 2))
            out += block(end, 6, struct.pack(
                end + "5I", n, t >> 32, t & 0xffffffff, len(octets),
                len(octets)) + octets + bytes(-len(octets) % 4) + more +
                         bytes(4))
        out += block(end, 5, struct.pack(end + "3I", 1, 0, 0) + option(
            end, 5, struct.pack(end + "Q", 11)) + bytes(4))
    return out


@test
def interfaces(where):
    packets = call()
    path = os.path.join(where, "mixed.pcapng")
    with open(path, "wb") as f:
        f.write(mixed(packets))
    lost = 2 * len(range(7, 200, 50)) + 2 * len(range(7, len(packets) - 200, 50))
    plain, r = report(os.path.join(wrapping.CALLS, QUIET)), report(path)
    d = difference(heart_of_it(r), heart_of_it(plain))
    check("three interfaces, two sections: as one", not d, d)
    check("three interfaces: the links", sorted(r["inputs"][0]["link_types"]) ==
          ["EN10MB", "LINUX_SLL", "RAW"], r["inputs"])
    out = os.path.join(where, "out.pcapng")
    ran = run("unwrap", path, "-w", out)
    check("three interfaces: unwrap", ran.status == 0 and not ran.err, ran)
    after = report(out)
    d = difference(heart_of_it(after), heart_of_it(plain))
    check("three interfaces: unwrapped", not d, d)
    for what, x in (("read", r), ("written", after)):
        # the larger of what packets and what the interface say
        check("three interfaces: losses %s" % what, x["inputs"][0]["dropped"] ==
              r["inputs"][0]["dropped"] >= max(22, lost), x["inputs"][0])
    got = [p.comments[0] for p in mkcap.read_capture(out)][1:]
    want = [b"note %d; mixed.pcapng, packet %d" % (
        i % 200 if i < 200 else i - 200, i + 1) for i in range(len(packets))]
    check("three interfaces: comments", got == want, next(
        (x for x in zip(got, want) if x[0] != x[1]), len(got)))
    rows, words = tshark(out)
    check("three interfaces: tshark does not complain",
          not words and len(rows) == len(packets) + 1, words)


@test
def many(where):
    """Each address is announced once; beyond a limit that is said."""
    packets = call()[:40]
    p = packets[0]

    def crowd(n):
        return [Packet(mkcap.Packet(p.ns + i * 10**6, ether(ip4(17, udp(
            p.data[:2] + (k + 100).to_bytes(2, "big") + p.data[4:8] +
            (7000 + i).to_bytes(4, "big") + p.data[12:], 4000, 5000),
            dst=(0x0a000000 + i).to_bytes(4, "big"))))) for i in range(n)
            for k in range(6)]
    for n, words in ((900, ""), (1500, "more than 1024 addresses")):
        path = write(where, crowd(n))
        out = os.path.join(where, "out.pcapng")
        ran = run("unwrap", path, "-w", out)
        check("%d addresses: %s" % (n, words or "silence"), ran.status == 0 and
              (words in ran.errors if words else not ran.err), ran)
        rows, trouble = tshark(out, "-Y", "sap")
        check("%d addresses: announced" % n, not trouble and
              len(rows) == min(n, 1024), (len(rows), trouble))


def main():
    parts = sys.argv[1:]
    with scratch() as where:
        for t in tests:
            if not parts or any(p in t.__name__ for p in parts):
                t(where)
    finish()


main()
