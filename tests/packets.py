"""
packets.py - frames to RTP payloads, from the documents and from what senders
are known to do, by no code of the program under test.

Each packetizer takes the octets that a sender's transform gave, the number of
the frame and the room in a packet, and returns a row of payloads.
"""
import struct


# ---- VP8, RFC 7741 4.2 -----------------------------------------------------

def even(octets, room):
    """As many parts as needed, of about one size."""
    n = max(1, -(-len(octets) // room))
    each = -(-len(octets) // n)
    return [octets[i * each:(i + 1) * each] for i in range(n)]


def vp8(frame, number, room):
    """X, S; I; M and 15 bits of picture id."""
    return [struct.pack(">BBH", 0x80 | (i == 0) << 4, 0x80,
                        0x8000 | number & 0x7fff) + part
            for i, part in enumerate(even(frame, room))]


def vp9(frame, number, room):
    """RFC 9628 4.2: I, P, B, E, Z; M and 15 bits of picture id."""
    parts = even(frame, room)
    return [struct.pack(">BH", 0x80 | (number % 30 != 0) << 6 | (i == 0) << 3 |
                        (i == len(parts) - 1) << 2 | 1, 0x8000 | number & 0x7fff)
            + part for i, part in enumerate(parts)]


# ---- H.264, RFC 6184 -------------------------------------------------------

def units(frame):
    """The NAL units between start codes, as libwebrtc finds them: 00 00 01,
    and one zero in front of it belongs to it."""
    at, starts = 0, []
    while (at := frame.find(b"\0\0\1", at)) >= 0:
        starts.append((at - (at > 0 and frame[at - 1] == 0), at + 3))
        at += 3
    ends = [s for s, _ in starts[1:]] + [len(frame)]
    return [frame[b:e] for (_, b), e in zip(starts, ends) if e > b]


def h264(frame, number, room):
    out, small = [], []

    def flush():
        if len(small) == 1:
            out.append(small[0])
        elif small:
            out.append(bytes([max(u[0] & 0x60 for u in small) | 24]) + b"".join(
                struct.pack(">H", len(u)) + u for u in small))
        del small[:]

    for u in units(frame):
        if len(u) > room:
            flush()
            parts = even(u[1:], room - 2)
            out += [bytes([u[0] & 0xe0 | 28, (i == 0) << 7 |
                           (i == len(parts) - 1) << 6 | u[0] & 31]) + part
                    for i, part in enumerate(parts)]
        else:
            if sum(map(len, small)) + len(u) + 2 * len(small) + 3 > room:
                flush()
            small.append(u)
    flush()
    return out


def h264_interleaved(frame, number, room, first={}):
    """Packetization mode 2: STAP-B, FU-B and FU-A, MTAPs of one unit, the units
    of a frame in another order than that of their numbers."""
    parts = units(frame)
    if number == 0:
        first.clear()
        first["next"] = 65530
    don = first["next"]
    first["next"] += len(parts)
    out = []
    for i in sorted(range(len(parts)), key=lambda i: i ^ (number > 0)):
        u, n = parts[i], don + i & 0xffff
        if len(u) > room:
            cut = even(u[1:], room - 4)
            for k, part in enumerate(cut):
                out.append(bytes([u[0] & 0xe0 | (29 if k == 0 else 28),
                                  (k == 0) << 7 | (k == len(cut) - 1) << 6 |
                                  u[0] & 31]) +
                           (struct.pack(">H", n) if k == 0 else b"") + part)
        elif number % 3 == 0:
            out.append(struct.pack(">BHH", u[0] & 0x60 | 25, n, len(u)) + u)
        elif number % 3 == 1:
            out.append(struct.pack(">BHHBH", u[0] & 0x60 | 26, n - 3 & 0xffff,
                                   len(u), 3, 0) + u)
        else:
            out.append(struct.pack(">BHHB3x", u[0] & 0x60 | 27, n, len(u), 0)
                       + u)
    return out


# ---- H.265, RFC 7798 -------------------------------------------------------

def h265(frame, number, room, donl=False):
    """donl: decoding order numbers, as sprop-max-don-diff asks for."""
    out, small, don = [], [], number * 8 & 0xffff

    def flush():
        if len(small) == 1:
            u = small[0]
            out.append(u[:2] + (struct.pack(">H", don) if donl else b"") + u[2:])
        elif small:
            ap = bytes([48 << 1, 1])
            for i, u in enumerate(small):
                if donl:
                    ap += b"\0" if i else struct.pack(">H", don)
                ap += struct.pack(">H", len(u)) + u
            out.append(ap)
        del small[:]

    for u in units(frame):
        if len(u) > room:
            flush()
            parts = even(u[2:], room - 5)
            for i, part in enumerate(parts):
                head = bytes([u[0] & 0x81 | 49 << 1, u[1], (i == 0) << 7 |
                              (i == len(parts) - 1) << 6 | u[0] >> 1 & 63])
                if donl and i == 0:
                    head += struct.pack(">H", don)
                out.append(head + part)
        else:
            if sum(map(len, small)) + len(u) + 3 * len(small) + 6 > room:
                flush()
            small.append(u)
    flush()
    return out


def h265_paci(frame, number, room):
    """RFC 7798 4.4.4: every payload in a PACI packet, some with an extension."""
    out = []
    for i, p in enumerate(h265(frame, number, room - 6)):
        phes = b"\x01\x02\x03" if i % 2 else b""
        kind = p[0] >> 1 & 63
        out.append(bytes([p[0] & 1 | 50 << 1, p[1]]) + struct.pack(
            ">H", (p[0] >> 7) << 15 | kind << 9 | len(phes) << 4 |
            (8 if phes else 0)) + phes + p[2:])
    return out


# ---- AV1: RTP payload format v1.0.0 ----------------------------------------

def leb128(n):
    out = b""
    while True:
        out += bytes([n & 0x7f | (n > 0x7f) << 7])
        n >>= 7
        if not n:
            return out


def read_leb128(octets, at):
    value = shift = 0
    while True:
        value |= (octets[at] & 0x7f) << shift
        shift += 7
        at += 1
        if not octets[at - 1] & 0x80:
            return value, at


def obus(frame):
    """What libwebrtc's packetizer takes for OBUs: sizes and has_size taken off,
    delimiters, tile lists and padding dropped. None: it gives up."""
    at, out = 0, []
    try:
        while at < len(frame):
            head = frame[at:at + (2 if frame[at] & 4 else 1)]
            at += len(head)
            end = len(frame)
            if head[0] & 2:
                size, at = read_leb128(frame, at)
                end = at + size
            if end > len(frame):
                return None
            if head[0] >> 3 & 15 not in (2, 8, 15):
                out.append(bytes([head[0] & ~2]) + head[1:] + frame[at:end])
            at = end
    except IndexError:
        return None
    return out


def av1(frame, number, room, counted=True):
    """counted: W tells how many elements, and the last has no length."""
    out, body, n = [], b"", 0
    todo = obus(frame)
    if not todo:
        return []
    cont, first = False, True
    elements = []

    def flush(more):
        nonlocal cont, first, elements
        w = len(elements) if counted and len(elements) <= 3 else 0
        head = cont << 7 | more << 6 | w << 4 | (first and number == 0) << 3
        payload = bytes([head])
        for i, e in enumerate(elements):
            payload += (b"" if w and i == w - 1 else leb128(len(e))) + e
        out.append(payload)
        cont, first, elements = more, False, []

    left = room - 1
    for i, u in enumerate(todo):
        while u:
            if left < 8:
                flush(False)
                left = room - 1
            part = u[:left - 3]
            u = u[len(part):]
            elements.append(part)
            left -= len(part) + 3
            if u:
                flush(True)
                left = room - 1
    if elements:
        flush(False)
    return out


# ---- draft-ietf-avtcore-rtp-sframe-02 4 ------------------------------------

def descriptor(frame, number, room):
    """S and E, T = 0: one ciphertext in as many packets as it takes."""
    parts = even(frame, room)
    return [bytes([(i == 0) << 7 | (i == len(parts) - 1) << 6]) + part
            for i, part in enumerate(parts)]


def raw(frame, number, room):
    """Slices of the frame and nothing in front."""
    return even(frame, room)


FORMATS = {f.__name__: f for f in
           (vp8, vp9, h264, h265, av1, descriptor, raw)}


# ---- media that is made up -------------------------------------------------

def is_key(codec, frame):
    if codec == "h264":
        return frame[4] & 31 in (5, 7, 8)
    if codec == "h265":
        return (frame[4] >> 1 & 63) >= 16
    if codec == "av1":
        return frame[2] >> 3 & 15 == 1
    return not frame[0] & 1


def as_h265(frame, number):
    """An H.265 frame of the length of another: parameter sets, a slice."""
    body = frame.replace(b"\0\0", b"\1\1")
    code = b"\0\0\0\1"
    if number % 30 == 0:
        return code + b"\x40\x01\x0c\x01" + code + b"\x42\x01\x01\x01" + code + \
            b"\x44\x01\xc1\x72" + code + b"\x26\x01\xaf" + body
    return code + b"\x02\x01\xd0" + body


def as_av1(frame, number):
    """A temporal unit of the length of another: delimiter, sequence header when
    it is a key frame, a frame."""
    out = b"\x12\x00"
    if number % 30 == 0:
        out += b"\x0a\x0b\x00\x00\x00\x24\xcf\xbf\x3d\x90\x31\xaa\x80"
    return out + b"\x32" + leb128(len(frame)) + frame


def depacketize_h264(payloads):
    """RFC 6184, modes 0 and 1, back to Annex B."""
    out = b""
    for p in payloads:
        if p[0] & 31 == 24:
            at = 1
            while at < len(p):
                n, = struct.unpack_from(">H", p, at)
                out += b"\0\0\0\1" + p[at + 2:at + 2 + n]
                at += 2 + n
        elif p[0] & 31 == 28:
            if p[1] & 0x80:
                out += b"\0\0\0\1" + bytes([p[0] & 0xe0 | p[1] & 31])
            out += p[2:]
        else:
            out += b"\0\0\0\1" + p
    return out
