#!/usr/bin/env python3
"""Between conform and a shim: conform_proxy.py VARIANT COMMAND...

Passes requests on and replies back, and changes what its variant says: other
ways to be right, none of which conform may fail, and shims that misbehave. It
knows SFS/1 and the header of RFC 9605, and shares no code with the program.
"""
import os
import signal
import subprocess
import sys
import time


def words_of(line):
    number, verb, *words = line.split()
    return number, verb, dict(w.split("=", 1) for w in words)


def octets(value):
    return b"" if value in ("-", None) else bytes.fromhex(value)


def header(frame):
    """KID, CTR, length; None when it is cut short."""
    if not frame:
        return None
    at, out = 1, []
    for code in (frame[0] >> 4, frame[0] & 15):
        if code & 8 == 0:
            out.append(code)
            continue
        n = (code & 7) + 1
        if len(frame) < at + n:
            return None
        out.append(int.from_bytes(frame[at:at + n], "big"))
        at += n
    return out[0], out[1], at


def is_minimal(frame):
    h = header(frame)
    octets_of = lambda v: 0 if v < 8 else (v.bit_length() + 7) // 8
    return h is None or h[2] == 1 + octets_of(h[0]) + octets_of(h[1])


TAGS = {1: 10, 2: 8, 3: 4, 4: 16, 5: 16, 6: 10, 7: 8, 8: 4}


class Variant:
    """Passes all on. Hello's words are added, or taken away when None."""
    hello = {}

    def __init__(self):
        self.suites = {}

    def refuse(self, verb, q):
        """A reason, and then the shim is not asked."""
        return None

    def after(self, verb, q, reply):
        return reply

    def lines(self):
        return sys.stdin

    def passes(self, line):
        return line


class Ranges(Variant):
    def kids(self, verb, q):
        out = [int(q[k]) for k in ("kid", "gen", "context") if k in q]
        frame = header(octets(q.get("ct" if verb == "open" else "hdr")))
        return out + ([frame[0]] if frame else [])

    def ctrs(self, verb, q):
        out = [int(q[k]) for k in ("ctr", "next") if k in q]
        frame = header(octets(q.get("ct" if verb == "open" else "hdr")))
        return out + ([frame[1]] if frame else [])


class Kid32(Ranges):
    hello = {"max-kid": "4294967295"}

    def refuse(self, verb, q):
        return "limit" if any(k >= 1 << 32 for k in self.kids(verb, q)) else None

    def after(self, verb, q, reply):
        kid = reply.split("kid=")
        return (reply.split()[0] + " no why=limit" if verb in ("rkey", "step") and
                len(kid) > 1 and int(kid[1].split()[0]) >= 1 << 32 else reply)


class Ctr48(Ranges):
    hello = {"max-ctr": str((1 << 48) - 1)}

    def refuse(self, verb, q):
        return "limit" if any(c >= 1 << 48 for c in self.ctrs(verb, q)) else None


class MetaLimit(Variant):
    hello = {"max-meta": None}

    def refuse(self, verb, q):
        return "param" if len(octets(q.get("meta"))) > 300 else None


class Below(MetaLimit):
    """Declares more than it takes."""
    hello = {}


class SealsEmpty(Variant):
    """Seals a frame of nothing, and does not open one."""

    def refuse(self, verb, q):
        h = header(octets(q["ct"])) if verb == "open" else None
        return "short" if h and len(octets(q["ct"])) == h[2] + 16 else None


class MetaNone(Variant):
    hello = {"max-meta": "0"}

    def refuse(self, verb, q):
        return "other" if octets(q.get("meta")) else None


class FrameLimit(Variant):
    hello = {"max-frame": None}

    def refuse(self, verb, q):
        return "other" if verb in ("seal", "open") and len(
            octets(q.get("pt", q.get("ct")))) > 1500 else None


class NoEmpty(Variant):
    def refuse(self, verb, q):
        if verb == "new":
            self.suites[q["ctx"]] = int(q["suite"])
        if verb in ("seal", "mseal", "aead-seal") and not octets(q["pt"]):
            return "param"
        if verb == "aead-open" and len(octets(q["ct"])) == TAGS[int(q["suite"])]:
            return "auth"
        h = header(octets(q["ct"])) if verb == "open" else None
        return "auth" if h and len(octets(q["ct"])) == h[2] + TAGS.get(
            self.suites.get(q["ctx"]), 16) else None


class BaseKeys(Variant):
    def refuse(self, verb, q):
        return "param" if "base" in q and not 16 <= len(octets(q["base"])) <= 96 else None


class Strict(Variant):
    """A receiver that wants every counter above the last, and says nothing."""
    hello = {"policies": None}

    def __init__(self):
        super().__init__()
        self.top, self.chain = {}, False

    def refuse(self, verb, q):
        if verb == "new":
            self.top = {k: v for k, v in self.top.items() if k[0] != q["ctx"]}
        if verb in ("rkey", "epoch"):
            self.top = {}
        if verb in ("key", "rmkey"):
            self.top.pop((q["ctx"], int(q["kid"])), None)
        if verb in ("new", "rkey"):
            self.chain = verb == "rkey"  # a KID comes again with another key
        h = header(octets(q["ct"])) if verb == "open" and not self.chain else None
        if h and h[1] <= self.top.get((q["ctx"], h[0]), -1):
            return "replay"
        return None

    def after(self, verb, q, reply):
        if verb == "open" and " ok" in reply:
            h = header(octets(q["ct"]))
            self.top[q["ctx"], h[0]] = h[1]
        return reply


class StrictFour(Strict):
    """In suite 4 alone."""

    def refuse(self, verb, q):
        if verb == "new":
            self.suites[q["ctx"]] = q["suite"]
        why = super().refuse(verb, q)
        return why if self.suites.get(q.get("ctx")) == "4" else None


class Jump(Strict):
    def refuse(self, verb, q):
        h = header(octets(q["ct"])) if verb == "open" else None
        top = self.top.get((q["ctx"], h[0])) if h else None
        return "replay" if top is not None and h[1] > top + 65536 else super().refuse(verb, q)


class Window1(Strict):
    hello = {"policies": "replay:window:1"}


class Half(Variant):
    hello = {"policies": None}

    def refuse(self, verb, q):
        frame = octets(q.get("ct" if verb == "open" else "hdr"))
        return "header" if verb in ("open", "hdr-dec") and len(frame) > 1 and \
            frame[0] & 0x80 and frame[1] == 0 else None


class Minimal(Variant):
    hello = {"policies": "nonminimal-header:reject"}

    def refuse(self, verb, q):
        frame = octets(q.get("ct" if verb == "open" else "hdr"))
        return None if verb not in ("open", "hdr-dec") or is_minimal(frame) else "header"


class EpochBits(Variant):
    """As libraries that are compiled for one width: 8 bits of epoch, and the
    index gets all the rest."""

    def refuse(self, verb, q):
        return "param" if verb == "epoch" and int(q["ebits"]) != 8 else None


class StepBits(Variant):
    """R is 8, and no other."""

    def refuse(self, verb, q):
        return "param" if verb == "rkey" and int(q["r"]) != 8 else None


class Buffered(Variant):
    """Says nothing until its input has ended."""

    def lines(self):
        return list(sys.stdin)


class Log(Variant):
    """A library that logs to standard output."""

    def after(self, verb, q, reply):
        return "2026/11/28 23:51:07 sframe: %s\n%s" % (verb, reply)


class Once(Variant):
    """Answers one request, and ends."""

    def lines(self):
        return [sys.stdin.readline()]


class Uniform(Variant):
    def after(self, verb, q, reply):
        return reply.split(" why=")[0] + " why=auth" if " no " in reply else reply


class NoReason(Variant):
    def after(self, verb, q, reply):
        return reply.split(" why=")[0]


class NoNumbers(Variant):
    def after(self, verb, q, reply):
        return reply.split(" kid=")[0] if verb == "open" else reply


class Prefixed(Variant):
    def after(self, verb, q, reply):
        return reply.replace("ct=", "ct=0x").replace("pt=", "pt=0x").replace("hdr=", "hdr=0x")


class Keeps(Variant):
    """A name that is known is not made anew."""

    def refuse(self, verb, q):
        self.known = verb == "new" and q["ctx"] in self.suites
        if verb == "new":
            self.suites.setdefault(q["ctx"], 0)
        return None

    def passes(self, line):
        number, verb, q = words_of(line)
        return line if not self.known else "%s sync\n" % number


class More(Variant):
    def after(self, verb, q, reply):
        return reply + " elapsed=12us x-note=a=b" if " ok" in reply else reply


class Crlf(Variant):
    def after(self, verb, q, reply):
        return reply + "\r"


class Upper(Variant):
    def after(self, verb, q, reply):
        return " ".join(w.split("=")[0] + "=" + w.split("=")[1].upper() if "=" in w
                        and verb != "hello" else w for w in reply.split(" "))


class Small(Strict):
    """On a device: three keys in all, counters that rise, seal and open and no
    more; digits are capitals, and reasons are words of its own."""
    hello = {"caps": "seal,open", "policies": None, "max-keys": None}
    keys = {}

    def refuse(self, verb, q):
        if verb == "new":
            self.keys[q["ctx"]] = 0
        if verb == "key" and self.keys[q["ctx"]] >= 3:
            return "TABLE_FULL"
        return super().refuse(verb, q)

    def after(self, verb, q, reply):
        reply = super().after(verb, q, reply)
        if verb == "key" and " ok" in reply:
            self.keys[q["ctx"]] += 1
        return Upper.after(self, verb, q, reply).replace("WHY=", "why=")


class OneKey(Small):
    """One key, and it says so; base keys of one length."""
    hello = {"caps": "seal,open", "policies": None, "max-keys": "1"}

    def refuse(self, verb, q):
        if verb == "key" and (self.keys[q["ctx"]] >= 1 or
                              len(octets(q["base"])) not in (16, 32)):
            return "param"
        return super().refuse(verb, q)


class Ends(Variant):
    """A program that ends with an error, after it has said so."""

    def after(self, verb, q, reply):
        if " no " not in reply:
            return reply
        os.write(1, (reply + "\n").encode())
        os._exit(1)


class Late(Variant):
    """Seconds to start, and a line for every request on standard error."""

    def __init__(self):
        super().__init__()
        time.sleep(2)

    def after(self, verb, q, reply):
        sys.stderr.write("INFO sframe: %s %s\n" % (verb, reply[:200]))
        return reply


class Noise(Variant):
    def after(self, verb, q, reply):
        sys.stderr.write("\x1b[31mdebug\x00 %s\n" % verb * 3)
        return reply


class Slow(Variant):
    def after(self, verb, q, reply):
        time.sleep(0.3)
        return reply


class OneContext(Variant):
    """One name at a time, and it has to be let go of first."""

    def __init__(self):
        super().__init__()
        self.name = None

    def refuse(self, verb, q):
        if verb == "free":
            self.name = None
        if verb == "new" and self.name is not None:
            return "limit"
        if verb == "new":
            self.name = q["ctx"]
        return None


class Opener(Variant):
    hello = {"caps": "seal,open"}


class OpenOnly(Variant):
    hello = {"caps": "open", "policies": None}


class OpenSchedule(Variant):
    hello = {"caps": "open,kdf", "policies": None}


class SealOnly(Variant):
    hello = {"caps": "seal", "policies": None}


class Suite1(Variant):
    hello = {"suites": "1"}


class Suite5(Variant):
    hello = {"suites": "5"}


# ---- not conformant: what they do on the first frame to open -----------------

class OnOpen(Variant):
    def refuse(self, verb, q):
        if verb == "open":
            self.act()
        return None

    def act(self):
        raise NotImplementedError


class Abort(OnOpen):
    def refuse(self, verb, q):
        if verb == "open" and len(octets(q["ct"])) < 3:
            os.abort()
        return None


class Named(Abort):
    """A name and last words that are no good in XML, HTML or on a terminal."""
    hello = {"name": "<b>&\"']]>", "version": "1\"<script>"}

    def refuse(self, verb, q):
        if verb == "open":
            sys.stderr.write("\x1b[31m<b>\x00\ufffe]]>")
            sys.stderr.flush()
        return super().refuse(verb, q)


class Hang(OnOpen):
    def act(self):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(600)


class Escape(OnOpen):
    """A grandchild of another group keeps the output open."""

    def act(self):
        if os.fork() == 0:
            os.setsid()
            time.sleep(30)
            os._exit(0)
        os._exit(3)


class Eat(OnOpen):
    def act(self):
        kept = []
        while True:
            kept.append(bytearray(b"x" * (64 << 20)))


class HangShort(OnOpen):
    def refuse(self, verb, q):
        if verb == "open" and len(octets(q["ct"])) < 6:
            time.sleep(600)
        return None


class FloodShort(OnOpen):
    def refuse(self, verb, q):
        if verb == "open" and len(octets(q["ct"])) < 6:
            os.write(1, b"\x1b[31mnot a reply\n")
        return None


class Forgery(Variant):
    """Takes frames whose tag is wrong."""

    def after(self, verb, q, reply):
        return reply.split()[0] + " ok pt=00" if "why=auth" in reply else reply


class Octets(Variant):
    """Opens long frames to other octets."""

    def after(self, verb, q, reply):
        if verb == "open" and " ok pt=" in reply and len(reply) > 400:
            at = reply.index("pt=") + 3
            return reply[:at] + "%x" % (int(reply[at], 16) ^ 1) + reply[at + 1:]
        return reply


class Leak(Variant):
    kept = []

    def after(self, verb, q, reply):
        if verb == "open" and "why=kid" in reply:
            self.kept.append(bytearray(b"z" * (1 << 20)))
        return reply


class Hurry(Variant):
    """Answers what has come together from the last to the first."""

    def lines(self):
        rest = b""
        while chunk := os.read(0, 1 << 20):
            *whole, rest = (rest + chunk).split(b"\n")
            yield from [line.decode() + "\n" for line in reversed(whole)]


class Flood(OnOpen):
    def act(self):
        while True:
            os.write(1, b"y" * 65536)


class Nul(OnOpen):
    def act(self):
        os.write(1, b"\x00\x1b]0;title\x07\x9b31m\n")


class Close(OnOpen):
    def act(self):
        os.close(1)
        time.sleep(600)


def main():
    variant = {c.__name__: c for c in globals().values()
               if isinstance(c, type) and issubclass(c, Variant)}[sys.argv[1]]()
    shim = subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE)
    for line in variant.lines():
        number, verb, q = words_of(line)
        why = variant.refuse(verb, q)
        if why is not None:
            reply = "%s no why=%s" % (number, why)
        else:
            shim.stdin.write(variant.passes(line).encode())
            shim.stdin.flush()
            reply = shim.stdout.readline().decode().rstrip("\n")
        if verb == "hello":
            words = [w for w in reply.split() if w.split("=")[0] not in variant.hello]
            reply = " ".join(words + ["%s=%s" % w for w in variant.hello.items() if w[1]])
        sys.stdout.write(variant.after(verb, q, reply) + "\n")
        sys.stdout.flush()


main()
