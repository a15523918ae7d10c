"""
logsdp.py - session descriptions in logs: put among the lines of RTP dumps, in
every form in which programs write them, they say what --sdp says of the log
without them. What only looks like one, is of another call or is cut off, does
not.

	logsdp.py [PART-OF-A-NAME...]
"""
import gzip
import json
import os
import sys

import mkcap
from harness import Schema, check, finish, run, scratch, slugs_by_ssrc, strict

HERE = os.path.dirname(os.path.abspath(__file__))
CAPTURES = os.path.join(os.path.dirname(HERE), "corpora", "captures")
STAMP = "[22514:22555:1122/194144.84%04d:%s:%s] "
schema = Schema()
tests = []


def test(function):
    tests.append(function)
    return function


def put(where, name, text):
    path = os.path.join(where, name)
    with open(path, "wb") as f:
        f.write(text if isinstance(text, bytes) else text.encode())
    return path


# ---- calls --------------------------------------------------------------------

def dump(path, only=None):
    """The RTP of a capture as lines of Chromium's RTP dump."""
    out = []
    for p in mkcap.read_capture(path):
        r = mkcap.rtp_of(p.octets)
        if r is None or (only and r[4] not in only):
            continue
        u = p.octets[14 + (p.octets[14] & 15) * 4 + 8:]
        way = "O" if p.octets[26:30] == b"\x0a\x01\x01\x01" else "I"
        out.append("%s\n\n%s 00:00:%06.3f 0000 %s # RTP_DUMP\n" % (
            STAMP % (len(out) % 9999, "VERBOSE1", "srtp_session.cc:549"), way,
            p.ns / 1e9 % 60, u.hex(" ")))
    return out


def truth(call):
    with open(os.path.join(CAPTURES, call + ".manifest.json"),
              encoding="utf-8") as f:
        return json.load(f)["sdp"]


def real_log(name):
    with gzip.open(os.path.join(CAPTURES, name), "rt", encoding="utf-8",
                   newline="") as f:
        return f.read().splitlines(keepends=True)


# ---- how programs write a description into a log ------------------------------

def fields(sdp):
    return sdp.replace("\r\n", "\n").rstrip("\n").split("\n")


def console(sdp, role):
    return STAMP % (7, "INFO", "CONSOLE:12") + '"' + sdp + \
        '", source: http://localhost/call.js (12)\n'


def console_json(sdp, role):
    return STAMP % (7, "INFO", "CONSOLE:12") + '"' + json.dumps(
        {"type": role, "sdp": sdp}) + '", source: http://localhost/ (3)\n'


def internals(sdp, role):
    """chrome://webrtc-internals: an object written into a string."""
    return '    "value": %s,\n' % json.dumps(
        "type: %s, sdp: %s" % (role, sdp))


def internals_new(sdp, role):
    return '    "value": %s,\n' % json.dumps(
        json.dumps({"type": role, "sdp": sdp}))


def thrice(sdp, role):
    return json.dumps(json.dumps(json.dumps({"jsep": {
        "type": role, "sdp": sdp}}))) + "\n"


def slashes(sdp, role):
    """As PHP and others do, with every slash escaped."""
    return json.dumps({"sdp": sdp}).replace("/", "\\/") + "\n"


def unicode_ends(sdp, role):
    return json.dumps({"sdp": sdp}).replace("\\r", "\\u000d").replace(
        "\\n", "\\u000A") + "\n"


def lf_only(sdp, role):
    return json.dumps({"sdp": sdp.replace("\r", "")}) + "\n"


def python_repr(sdp, role):
    return "DEBUG:signalling:got %r\n" % {"type": role, "sdp": sdp}


def node(sdp, role):
    lines = ["'%s\\r\\n'" % x for x in fields(sdp)]
    return "{\n  type: '%s',\n  sdp: %s\n}\n" % (
        role, " +\n    ".join(lines))


def logcat(sdp, role):
    return "".join("11-22 19:41:44.%03d 22514 22555 V webrtc: %s\n" % (i, x)
                   for i, x in enumerate(fields(sdp)))


def logcat_mixed(sdp, role):
    """The same, and lines of other threads between them."""
    return "".join("11-22 19:41:44.%03d 22514 22555 V webrtc: %s\n"
                   "11-22 19:41:44.%03d 22514  3999 I AudioTrack: v=%d\n" % (
                       i, x, i, (i + 1) % 3) for i, x in enumerate(fields(sdp)))


def firefox(sdp, role):
    return "2026-11-22 19:57:33.754806 UTC - [Child 15576: Main Thread]: " \
        "D/signaling [main|PeerConnectionImpl] SetLocalDescription:\n" + sdp + \
        "\n2026-11-22 19:57:33.754906 UTC - [Child 15576: Main Thread]: " \
        "D/signaling done\n"


def janus(sdp, role):
    return "[Sun Nov 22 19:50:14 2026] [3214] Remote SDP:\n" + \
        sdp.replace("\r", "") + "[Sun Nov 22 19:50:14 2026] [3214] ok\n"


def plain(sdp, role):
    return sdp


def indented(sdp, role):
    return "".join("\t  %s\n" % x for x in fields(sdp)) + "\n"


FORMS = [console, console_json, internals, internals_new, thrice, slashes,
         unicode_ends, lf_only, python_repr, node, logcat, logcat_mixed, firefox,
         janus, plain, indented]


# ---- what is asked --------------------------------------------------------------

def report(name, *args, stdin=None):
    r = run("check", "--json", *args, stdin=stdin)
    if not check("%s: a report" % name, r.out, r):
        return None
    got = strict(r.out)
    fault = schema.faults(got)
    check("%s: fits the schema" % name, not fault, fault)
    return got


def bare(got):
    """Without what tells where it was read from."""
    return {k: v for k, v in got.items() if k not in ("inputs", "sdp")} \
        if got else got


def places(got):
    return [(d["type"], d["line"]) for d in got["sdp"]["descriptions"]] \
        if got and got["sdp"] else None


def log_of(lines, parts, at=0):
    return "".join(lines[:at]) + "".join(parts) + "".join(lines[at:])


def one_call(where, name, lines, sdp):
    """Every form, before the packets and among them."""
    plain_log = put(where, "plain.log", "".join(lines))
    given = []
    for role, text in sdp.items():
        given += ["--sdp", put(where, role + ".sdp", text)]
    want = report(name + " with --sdp", *given, plain_log)
    without = report(name + " without", plain_log)
    check("%s: --sdp makes a difference" % name, bare(want) != bare(without))
    check("%s: and is named" % name,
          want["sdp"]["from"] == "option" and without["sdp"] is None)
    for form in FORMS:
        if form is firefox and name != "S01":
            continue  # its stamps have a date, and the log has none
        what = "%s, %s" % (name, form.__name__)
        parts = [form(text, role) for role, text in sdp.items()]
        text = log_of(lines, ["some line v=0 of no use\n", *parts], 0)
        path = put(where, "with.log", text)
        got = report(what, path)
        check("%s: as --sdp says" % what, bare(got) == bare(want))
        first = 2 + (form in (node, janus, firefox)) + (form is node)
        check("%s: offer and answer, and where" % what, places(got) and
              [r for r, _ in places(got)] == ["offer", "answer"] and
              places(got)[0][1] == first, places(got))
    parts = [console(text, role) for role, text in sdp.items()]
    got = report(name + ", standard input", "-",
                 stdin=log_of(lines, parts).encode())
    check("%s: the same from a pipe" % name, bare(got) == bare(want))
    after = next(i for i, x in enumerate(lines) if "RTP_DUMP" in x) + 1
    parts = [internals(text, role) for role, text in sdp.items()]
    got = report(name + ", compressed", put(where, "with.gz", gzip.compress(
        log_of(lines, parts, after).encode())))
    check("%s: the same compressed, and behind some packets" % name,
          bare(got) == bare(want))
    got = report(name + ", another file", plain_log,
                 put(where, "other.log", log_of(lines[:40], parts)))
    check("%s: the log of the other side tells as well" % name,
          got and [s["codec_from"] for s in got["streams"]][0] == "sdp" and
          got["sdp"]["descriptions"][0]["input"] == 1)
    for form in (internals, internals_new):
        dump_ = '{\n "getUserMedia": [],\n "PeerConnections": {"1-1": {\n' + \
            "".join(form(t, r) for r, t in sdp.items()) + '"x": 1}}}\n'
        for packed in (False, True):
            octets = dump_.encode()
            got = report("%s, --sdp %s" % (name, form.__name__), "--sdp",
                         put(where, "dump.json", gzip.compress(octets)
                             if packed else octets), plain_log)
            check("%s: a dump with --sdp%s" % (name, ", compressed" * packed),
                  bare(got) == bare(want) and got["sdp"]["from"] == "option")


@test
def chromium(where):
    one_call(where, "S01", real_log("S01-none.chrome-rtpdump.log.gz"),
             truth("S01-none"))


@test
def signalled(where):
    call = "S32-sdp-sframe-negotiated"
    lines = dump(os.path.join(CAPTURES, call + ".rtp.pcap"))
    sdp = truth(call)
    one_call(where, "S32", lines, sdp)
    got = report("S32 found", put(where, "with.log", log_of(
        lines, [console(t, r) for r, t in sdp.items()])))
    check("S32: signalled and not encrypted, out of a log",
          "signalled-not-encrypted" in slugs_by_ssrc(got) and
          got["verdict"] == "fail", slugs_by_ssrc(got))


@test
def firefox_log(where):
    """Firefox writes one line a packet; its call, with its own descriptions."""
    lines = real_log("S30-firefox-sframe.moz-rtplogger.log.gz")
    sdp = truth("S30-firefox-sframe")
    given = []
    for role, text in sdp.items():
        given += ["--sdp", put(where, role + ".sdp", text)]
    want = report("S30 with --sdp", *given,
                  put(where, "plain.log", "".join(lines)))
    got = report("S30", put(where, "with.log", log_of(
        lines, [firefox(t, r) for r, t in sdp.items()])))
    check("S30: as --sdp says", bare(got) == bare(want))


# ---- descriptions that are changed, cut, or of other calls ------------------------

def section(kind, pt, name, ssrc, mid, *more):
    return ["m=%s 9 UDP/TLS/RTP/SAVPF %d" % (kind, pt), "c=IN IP4 0.0.0.0",
            "a=mid:%s" % mid, "a=rtpmap:%d %s" % (pt, name), *more] + (
                ["a=ssrc:%d cname:somebody" % ssrc] if ssrc else [])


def describe(role, ssrcs=(None, None), sframe=(), session="4885266420591847515",
             ufrag="q2qa", names=("opus/48000/2", "VP8/90000")):
    lines = ["v=0", "o=- %s 2 IN IP4 127.0.0.1" % session, "s=-", "t=0 0",
             "a=group:BUNDLE 0 1", "a=ice-ufrag:" + ufrag,
             "a=setup:" + {"offer": "actpass", "answer": "active"}[role]]
    for i, (kind, pt) in enumerate((("audio", 111), ("video", 96))):
        lines += section(kind, pt, names[i], ssrcs[i], str(i),
                         *(["a=sframe"] if kind in sframe else []))
    return "".join(x + "\r\n" for x in lines)


A, V = mkcap.CLEAR_OPUS, mkcap.CLEAR_VP8
BOTH = ("audio", "video")
ours = {"ssrcs": (A, V)}
peer = {"session": "7700", "ufrag": "zz11"}


def clear_call():
    """Lines of a call in the clear, one way."""
    return dump(mkcap.CLEAR, (A, V))


rows = []


def row(name, parts, wants=(), never=(), form=console):
    rows.append((name, parts, wants, never, form))


SIGNALLED, OFFERED = "signalled-not-encrypted", "sframe-not-offered"
ANSWERED, VALUE = "sframe-not-answered", "sframe-with-value"
ALL = (SIGNALLED, OFFERED, ANSWERED, VALUE)
row("both ask", [describe("offer", sframe=BOTH, **ours),
                 describe("answer", sframe=BOTH, **peer)], [SIGNALLED])
row("neither asks", [describe("offer", **ours), describe("answer", **peer)])
row("not answered", [describe("offer", sframe=BOTH, **ours),
                     describe("answer", **peer)], [ANSWERED, SIGNALLED])
row("not offered", [describe("offer", **ours),
                    describe("answer", sframe=BOTH, **peer)],
    [OFFERED, SIGNALLED])
row("an offer changed on its way", [
    describe("offer", **ours), describe("offer", sframe=BOTH, **ours),
    describe("answer", sframe=BOTH, **peer)], [SIGNALLED], [OFFERED])
row("an answer changed on its way", [
    describe("offer", sframe=BOTH, **ours), describe("answer", **peer),
    describe("answer", sframe=BOTH, **peer)], [SIGNALLED], [ANSWERED])
row("with a value", [describe("offer", sframe=BOTH, **ours).replace(
    "a=sframe", "a=sframe:1")], [VALUE, SIGNALLED])
row("a call of before that was signalled", [
    describe("offer", sframe=BOTH, session="11", ufrag="old1", ssrcs=(5, 6)),
    describe("answer", sframe=BOTH, session="12", ufrag="old2"),
    describe("offer", **ours), describe("answer", **peer)])
row("a call behind that is signalled", [
    describe("offer", **ours), describe("answer", **peer),
    describe("offer", sframe=BOTH, session="11", ufrag="new1", ssrcs=(5, 6)),
    describe("answer", sframe=BOTH, session="12", ufrag="new2")])
row("two calls, streams not named, one signalled", [
    describe("offer", sframe=BOTH, session="11", ufrag="old1"),
    describe("answer", sframe=BOTH, session="12", ufrag="old2"),
    describe("offer"), describe("answer", **peer)])
row("streams not named, all signalled", [
    describe("offer", sframe=BOTH, session="11", ufrag="old1"),
    describe("answer", sframe=BOTH, session="12", ufrag="old2")], [SIGNALLED])
row("an answer that is cut off", [
    describe("offer", sframe=BOTH, **ours)], [SIGNALLED], [ANSWERED])
row("an answer without o=", [describe("offer", **ours), describe(
    "answer", sframe=BOTH, **peer).replace("o=- 7700 2 IN IP4", "x=")])
row("an answer without media", [describe("offer", **ours), describe(
    "answer", sframe=BOTH, **peer).split("m=")[0]])


@test
def changed(where):
    lines = clear_call()
    for name, parts, wants, never, form in rows:
        if name == "an answer that is cut off":
            cut = console_json(describe("answer", **peer), "answer")[:-150]
            parts = [form(parts[0], "offer"), cut + "\n"]
        else:
            parts = [form(p, "") for p in parts]
        got = report(name, put(where, "x.log", log_of(lines, parts)))
        found = slugs_by_ssrc(got)
        for slug in ALL:
            want = slug in wants
            check("%s: %s%s" % (name, "" if want else "no ", slug),
                  (slug in found) == want, found)
        check("%s: VP8, whoever says so" % name,
              {s["codec"] for s in got["streams"]} == {"opus", "vp8"}, found)


@test
def codecs_that_differ(where):
    """Two calls give one payload type to two codecs: then it says nothing."""
    lines = clear_call()
    other = describe("offer", session="11", ufrag="old1",
                     names=("opus/48000/2", "H264/90000"))
    got = report("two codecs", put(where, "x.log", log_of(
        lines, [console(other, ""), console(describe("offer"), "")])))
    by = {s["ssrc"]: s for s in got["streams"]}
    video = by["0x%08x" % V]
    check("two codecs: that of the payload counts",
          video["codec"] == "vp8" and video["codec_from"] == "payload", video)
    got = report("named", put(where, "x.log", log_of(
        lines, [console(other, ""), console(describe("offer", **ours), "")])))
    video = {s["ssrc"]: s for s in got["streams"]}["0x%08x" % V]
    check("named: that of its own section",
          video["codec"] == "vp8" and video["codec_from"] == "sdp", video)


@test
def overridden(where):
    lines = clear_call()
    log = put(where, "x.log", log_of(lines, [
        console(describe("offer", sframe=BOTH, **ours), "")]))
    got = report("overridden", "--sdp",
                 put(where, "x.sdp", describe("offer", **ours)), log)
    check("--sdp takes the place of what a log holds",
          got["sdp"]["from"] == "option" and
          len(got["sdp"]["descriptions"]) == 1 and
          SIGNALLED not in slugs_by_ssrc(got), got["sdp"])


@test
def told(where):
    lines = clear_call()
    log = put(where, "call.log", log_of(lines, [
        console(describe("offer", **ours), ""),
        "x\n", console(describe("answer", **peer), "")], 2))
    text = run("check", log).text
    check("the text says which and where",
          "SDP found in the log" in text and "offer at line 7," in text,
          text[:600])
    both = run("check", log, put(where, "b.log", "".join(lines))).text
    check("and in which file", " of " + log in " ".join(both.split()),
          both[:900])
    r = run("check", put(where, "no-packets.log",
                         console(describe("offer"), "")))
    check("a log without packets is for --sdp",
          r.status == 3 and "--sdp" in r.errors, r)
    for name in ("decode", "keys"):
        r = run(name, log)
        check("%s reads it too" % name, r.status in (0, 1, 4), r)


@test
def unwrapped(where):
    """What a log holds stays in it: unwrap says so, and how to go on."""
    sdp = truth("S32-sdp-sframe-negotiated")
    log = put(where, "call.log", log_of(dump(os.path.join(
        CAPTURES, "S32-sdp-sframe-negotiated.rtp.pcap")), [
            console(t, r) for r, t in sdp.items()]))
    out = os.path.join(where, "out.pcapng")
    r = run("unwrap", log, "-w", out)
    check("unwrap: tells of the descriptions", r.status == 0 and
          log in r.errors and "--sdp" in r.errors, r)
    a, b = report("the log", log), report("unwrapped", "--sdp", log, out)
    check("unwrap: with them the same is found", slugs_by_ssrc(a) ==
          slugs_by_ssrc(b) and a["verdict"] == b["verdict"] and
          [s["codec_from"] for s in a["streams"]] ==
          [s["codec_from"] for s in b["streams"]], slugs_by_ssrc(b))
    r = run("unwrap", put(where, "plain.log", "".join(clear_call())), "-w", out)
    check("unwrap: and is silent without any", r.status == 0 and not r.errors, r)


@test
def crowded(where):
    """More of them than there is room for: told, and memory stays small."""
    lines = clear_call()
    many = [console(describe("offer", session=str(10**18 + i), **ours), "")
            for i in range(100)]
    log = put(where, "x.log", log_of(lines, many))
    got = report("crowded", log)
    check("crowded: 64 are kept, and the others counted",
          len(got["sdp"]["descriptions"]) == 64 and
          got["sdp"]["unread"] == 36, got["sdp"]["unread"])
    check("crowded: the text tells it",
          "36 more were passed over" in " ".join(run(
              "check", log).text.split()))
    same = [console(describe("offer", **ours), "")] * 300
    got = report("again and again", put(where, "x.log", log_of(lines, same)))
    check("one that is there 300 times is one",
          len(got["sdp"]["descriptions"]) == 1 and got["sdp"]["unread"] == 0)
    huge = describe("offer", **ours) + "a=x:" + "y" * 400000 + "\r\n"
    for form in (console, console_json, plain):
        got = report("huge", put(where, "x.log", log_of(
            lines, [form(huge, "offer"), console(describe(
                "answer", **peer), "")])))
        check("one without end is none, and the next counts (%s)" %
              form.__name__, got["sdp"] and
              places(got)[-1][0] == "answer", got["sdp"])
        for more in ([console(describe("answer", **peer), "")], []):
            got = report("huge", put(where, "x.log", log_of(
                lines, [form(huge, "offer")] + more)))
            told = [f for f in got["findings"] if
                    f["slug"] == "limit-reached" and
                    "session descriptions" in f["detail"]]
            cut = [x for x in got["sdp"]["descriptions"] if not x["complete"]] \
                if got["sdp"] else []
            check("and it is told (%s, %d)" % (form.__name__, len(more)),
                  told or cut, got["sdp"])


@test
def hostile(where):
    lines = clear_call()[:200]
    want = bare(report("hostile, none", put(where, "x.log", "".join(lines))))
    for name, text in (
            ("backslashes", "v=0" + "\\" * 100000 + "n\n"),
            ("line after line", "v=0\n" * 20000),
            ("v=0 after v=0", "v=0\\n" * 50000 + "\n"),
            ("a string that is not closed", '"v=0\\no=- 1 1 IN IP4 x\\n'
             + "a=x\\n" * 20000 + "\n"),
            ("no media", plain(describe("offer").split("m=")[0], "")),
            ("a word", "recv=0\no=- 1 1 IN IP4 x\nm=audio 9 X 111\n"),
            ("NUL", "v=0\0\no=- 1 1 IN IP4 x\nm=audio 9 X 0\n"),
            ("a long prefix", "x" * 3000 + ' "v=0\n')):
        got = report(name, put(where, "x.log", log_of(lines, [text], 50)))
        check("%s: no description, and nothing else changes" % name,
              got and got["sdp"] is None and bare(got) == want,
              got and got["sdp"])


def main():
    with scratch() as where:
        for t in tests:
            if not sys.argv[1:] or any(a in t.__name__ for a in sys.argv[1:]):
                t(where)
    finish()


main()
