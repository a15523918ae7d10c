"""
tunnels.py - one call, however it is wrapped: every report on it must be the
same. Real calls are wrapped packet by packet, by a writer that shares no code
with the program: links, tunnels, fragments, TURN, TCP with its mishaps; and
hostile forms of each, which must neither hang, nor grow, nor go unsaid.

	tunnels.py [PART-OF-A-NAME...]
"""
import struct
import sys

from harness import check, finish, run, scratch
from wrapping import (FAULTY, TUNNELS, VXLAN, all_of_it, call, difference,
                      ether, gre, heart_of_it, ip4, ip6, over, report, same,
                      snap, tlv, udp, wifi, write)

tests = []


def test(f):
    tests.append(f)
    return f


def radiotap(payload):  # with a timer, flags, and a checksum behind
    return b"\0\0" + struct.pack("<HI", 17, 3) + bytes(8) + b"\x10" + \
        payload + b"\x12\x34\x56\x78"


def msdu(payload):
    one = bytes(12) + struct.pack(">H", len(payload) + 8) + snap() + payload
    return one + bytes(-len(one) % 4)


@test
def links(where):
    packets = call()
    for what, link, wrap in (
            ("raw", 101, lambda p: p.ip),
            ("PPP", 9, lambda p: b"\xff\x03\0\x21" + p.ip),
            ("PPP, short", 9, lambda p: b"\x21" + p.ip),
            ("PPP in HDLC", 50, lambda p: b"\xff\x03\0\x21" + p.ip),
            ("PPP of pppd", 166, lambda p: b"\1\x03\0\x21" + p.ip),
            ("PPP with direction", 204, lambda p: b"\1\xff\x03\0\x21" + p.ip),
            ("Cisco HDLC", 104, lambda p: b"\x0f\0\x08\0" + p.ip),
            ("802.11", 105, lambda p: wifi(p.ip)),
            ("802.11, no quality", 105, lambda p: wifi(p.ip, 2, False)),
            ("radiotap", 127, lambda p: radiotap(wifi(p.ip))),
            ("Prism", 119, lambda p: struct.pack("<II", 0x44, 144) +
             bytes(136) + wifi(p.ip)),
            ("AVS", 163, lambda p: struct.pack(">II", 0x80211001, 64) +
             bytes(56) + wifi(p.ip)),
            ("PPI", 192, lambda p: struct.pack("<BBHI", 0, 0, 8, 105) +
             wifi(p.ip)),
            ("netfilter log", 239, lambda p: b"\2\0\0\0" +
             struct.pack("<HH", 8, 1) + bytes(4) +
             struct.pack("<HH", 4 + len(p.ip), 9) + p.ip),
            ("packet tap", 258, lambda p: struct.pack("<III", 108, 1, 1) +
             bytes(96) + p.octets),
            ("exported RTP", 252, lambda p: tlv(12, b"rtp\0") +
             tlv(20, p.src) + tlv(21, p.dst) + tlv(24, b"\0\0\0\3") +
             tlv(25, struct.pack(">I", p.sport)) +
             tlv(26, struct.pack(">I", p.dport)) + tlv(0, b"") + p.data),
            ("802.1ad and 802.1Q", 1, lambda p: ether(
                p.ip, tags=b"\x88\xa8\0\1\x81\0\0\2")),
            ("802.1Q twice, padding", 1, lambda p: ether(
                p.ip + bytes(46), tags=b"\x81\0\0\1\x81\0\0\2")),
            ("802.3 and SNAP", 1, lambda p: ether(
                snap() + p.ip, 8 + len(p.ip)))):
        same(what, where, [p.made(wrap(p)) for p in packets], link=link, via=[])


@test
def aggregates(where):
    packets = call()
    out = []
    for i in range(0, len(packets), 3):
        part = packets[i:i + 3]
        out.append(part[0].made(b"\x88\x01" + bytes(22) + b"\x80\0" +
                                b"".join(msdu(p.ip) for p in part)))
    same("A-MSDU of three", where, out, link=105, part=heart_of_it)


@test
def unknown_link(where):
    r = report(write(where, call(), 147))
    check("an unknown link: nothing guessed", not r["streams"] and
          r["accounting"]["unsupported_links"] ==
          r["accounting"]["packets"], r["accounting"])


@test
def tunnels(where):
    packets = call()
    for what, wrap, via in TUNNELS:
        same(what, where, [p.made(wrap(p)) for p in packets], via=via)
    for name in FAULTY:
        packets = call(name)
        for what, wrap, via in TUNNELS[::7]:
            same("%s, %s" % (name[:3], what), where,
                 [p.made(wrap(p)) for p in packets], name, via=via)


@test
def sixes(where):
    """IPv6 calls: the same call with the addresses of another family."""
    def six(a):
        return bytes.fromhex("20010db8") + bytes(8) + a

    def packet(p):
        return ip6(17, p.ip[20:], six(p.src), six(p.dst))
    packets = call()
    base = report(write(where, [p.made(ether(packet(p), 0x86dd))
                                for p in packets]))
    for what, wrap in (
            ("6in4", lambda p: ether(ip4(41, packet(p)))),
            ("6in4 in 6in4", lambda p: ether(ip4(41, ip6(4, ip4(
                41, packet(p)))))),
            ("Teredo", over(3544, b"\0\0\x12\x34\x7f\0\0\1", packet)),
            ("Teredo, authenticated", over(
                3544, b"\0\1\0\0" + bytes(9) + b"\0\0" + bytes(6), packet)),
            ("GRE, IPv6", gre(b"\0\0\x86\xdd", packet)),
            ("a jumbogram's option", lambda p: ether(
                b"\x60\0\0\0\0\0\0\x40" + six(p.src) + six(p.dst) +
                b"\x11\0\xc2\x04" + struct.pack(">I", len(p.ip) - 12) +
                p.ip[20:], 0x86dd)),
            ("PPP, IPv6", lambda p: ether(struct.pack(
                ">BBHHH", 0x11, 0, 42, len(packet(p)) + 2, 0x57) + packet(p),
                0x8864))):
        r = report(write(where, [p.made(wrap(p)) for p in packets]))
        d = difference(all_of_it(r), all_of_it(base))
        check(what + ": as without it", not d, d)
    check("IPv6: the call is there", len(base["streams"]) == 3)


@test
def nested(where):
    packets = call()

    def nest(octets, n):
        for i in range(n):
            octets = ether(ip4(17, udp(VXLAN + octets, 33333, 4789)))
        return octets
    same("eight VXLAN", where, [p.made(nest(p.octets, 8)) for p in packets],
         via=["vxlan 42"] * 8)
    for n in (9, 100):
        r = report(write(where, [p.made(nest(p.octets, n)) for p in packets]))
        check("%d VXLAN: a limit" % n, not r["streams"] and "limit-reached" in
              [f["slug"] for f in r["findings"]], r["findings"])
        check("%d VXLAN: counted" % n, r["accounting"]["other"] ==
              len(packets), r["accounting"])
    r = report(write(where, [p.made(ether(ip6(60, b"\x3c\0" + bytes(6)) * 1,
                                          0x86dd)) for p in packets]))
    check("an endless chain: counted", r["accounting"]["malformed"] ==
          len(packets), r["accounting"])
    r = report(write(where, [p.made(ether(
        ip4(51, (b"\x33\4\0\0" + bytes(20)) * 300))) for p in packets]))
    check("300 authentication headers: a limit", "limit-reached" in
          [f["slug"] for f in r["findings"]], r["accounting"])


@test
def ports_are_no_proof(where):
    """RTP on the ports of tunnels stays RTP."""
    packets = call()
    for port in (1701, 2152, 3544, 4500, 4789, 6080, 6081, 6635, 37008):
        made = []
        for p in packets:
            ports = struct.pack(">HH", p.sport, port)
            made.append(p.made(p.octets[:34] + ports + p.octets[38:]))
        r = report(write(where, made))
        check("RTP to port %d" % port, len(r["streams"]) == 3 and
              not any(s["via"] for s in r["streams"]),
              [s["via"] for s in r["streams"]])
        check("RTP to port %d: no tunnel told" % port, "tunnel-opaque" not in
              [f["slug"] for f in r["findings"]])


@test
def mirrors_that_cut(where):
    """The inner packet is cut, the outer one is whole: nobody's fault."""
    packets = call()
    made = []
    for p in packets:
        inner = p.octets[:110]
        made.append(p.made(ether(ip4(17, udp(VXLAN + inner, 33333, 4789)))))
    r = report(write(where, made))
    slugs = {f["slug"]: f["severity"] for f in r["findings"]}
    check("a mirror that cuts: told as that", "capture-cut" in slugs, slugs)
    check("a mirror that cuts: no fault of a sender",
          set(slugs.values()) <= {"note"}, slugs)
    made = [p.made(ether(ip4(17, udp(VXLAN + p.octets[:30], 33333, 4789))))
            for p in packets]
    r = report(write(where, made))
    check("a mirror that cuts early: all cut",
          r["accounting"]["cut"] == len(packets), r["accounting"])


@test
def opaque(where):
    packets = call()
    for what, wrap, words in (
            ("ESP", lambda p: ether(ip4(50, p.octets)), "ESP"),
            ("ESP in UDP", over(4500, b"\0\0\1\2"), "ESP"),
            ("MACsec", lambda p: ether(p.octets, 0x88e5), "MACsec"),
            ("WireGuard", lambda p: ether(ip4(17, udp(
                b"\4\0\0\0" + bytes(12) + p.octets +
                bytes(-len(p.octets) % 16)))), "WireGuard"),
            ("L2TPv3 of something", lambda p: ether(ip4(
                115, b"\0\0\0\x2a" + p.data)), "L2TPv3"),
            ("CAPWAP under DTLS", over(5247, b"\1\0\0\0" + b"\x17\xfe\xfd"),
             "CAPWAP"),
            ("CAPWAP in fragments", over(5247, b"\0\x10\2\x80" + bytes(4)),
             "CAPWAP"),
            ("802.11, protected", None, "Wi-Fi")):
        link = 1
        if wrap is None:
            link, wrap = 105, lambda p: wifi(p.ip, 0x41)
        path = write(where, [p.made(wrap(p)) for p in packets], link)
        r = report(path)
        check(what + ": nothing seen", not r["streams"] and
              r["verdict"] == "inconclusive", r["verdict"])
        check(what + ": named", any(words in x for x in r["limits"]),
              r["limits"])
        check(what + ": a finding", "tunnel-opaque" in
              [f["slug"] for f in r["findings"]])
        check(what + ": in the text as well",
              words in run("check", path).text)


def main():
    parts = sys.argv[1:]
    with scratch() as where:
        for t in tests:
            if not parts or any(p in t.__name__ for p in parts):
                t(where)
    finish()


if __name__ == "__main__":
    main()
