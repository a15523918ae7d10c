"""
fecmake.py - FEC packets out of RTP packets, from RFC 5109, RFC 8627 and version
03 of its draft; by no code of the program under test. A packet is its octets.
"""
import struct


def summed(rows):
    """(first two octets, length, timestamp, body): the XOR of packets, bodies
    with zeros behind to the longest (RFC 5109 8.1)."""
    n = max(len(r) for r in rows) - 12
    head, size, ts, body = 0, 0, 0, 0
    for r in rows:
        b, t = struct.unpack_from(">H2xI", r)
        head, size, ts = head ^ b, size ^ len(r) - 12, ts ^ t
        body ^= int.from_bytes(r[12:].ljust(n, b"\0"), "big")
    return head, size, ts, body.to_bytes(n, "big")


def numbers(rows):
    """(the lowest, and how far behind it each is)."""
    base = struct.unpack_from(">H", rows[0], 2)[0]
    return base, [struct.unpack_from(">H", r, 2)[0] - base & 0xffff
                  for r in rows]


def mask_of(offs, width, at=0):
    return sum(1 << width - 1 - (o - at) for o in offs if at <= o < at + width)


def ulpfec(rows):
    """RFC 5109 7.3 and 7.4: one level, 16 or 48 bits of mask."""
    head, size, ts, body = summed(rows)
    base, offs = numbers(rows)
    wide = max(offs) >= 16
    mask = mask_of(offs, 48).to_bytes(6, "big") if wide else \
        mask_of(offs, 16).to_bytes(2, "big")
    return struct.pack(">HHIHH", head & 0x3fff | wide << 14, base, ts, size,
                       len(body)) + mask + body


def masks(offs, more):
    """15, 31 and 63 or 64 bits, each behind a k bit; more is its value where
    another part follows."""
    parts = 1 + (max(offs) >= 15) + (max(offs) >= 46)
    k = [int(more == (i + 1 < parts)) for i in range(3)]
    out = struct.pack(">H", k[0] << 15 | mask_of(offs, 15))
    if parts > 1:
        out += struct.pack(">I", k[1] << 31 | mask_of(offs, 31, 15))
    if parts > 2:
        out += struct.pack(">Q", mask_of(offs, 64, 46) if more else
                           1 << 63 | mask_of(offs, 63, 46))
    return out


def flexfec_03(rows, ssrc):
    head, size, ts, body = summed(rows)
    base, offs = numbers(rows)
    return struct.pack(">HHIIIH", head & 0x3fff, size, ts, 1 << 24, ssrc,
                       base) + masks(offs, 0) + body


def flexfec(rows):
    """RFC 8627 4.2.2.1; the SSRC goes into the CSRC list of its packet."""
    head, size, ts, body = summed(rows)
    base, offs = numbers(rows)
    return struct.pack(">HHIH", head & 0x3fff, size, ts, base) + \
        masks(offs, 1) + body
