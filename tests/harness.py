"""What the scripts of tests/ share: they run the program, count, and sum up."""
import datetime
import json
import os
import re
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOOL = os.path.abspath(os.environ.get(
    "SFRAME_TOOL", os.path.join(TOP, "build", "release", "sframe-tool")))
STATUS = {"pass": 0, "fail": 1, "inconclusive": 4}
LONG = 600  # seconds; a guard against a hang and no measure

passed = failed = 0


def check(name, ok, why=""):
    """One test: counted, and told when it failed. Returns ok."""
    global passed, failed
    if ok:
        passed += 1
    else:
        failed += 1
        print("not ok  %s%s" % (name, ": " + str(why) if why else ""))
    return bool(ok)


def finish():
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(1 if failed else 0)


def too_wide(text, columns=100):
    """The lines that break the width; a path at their end cannot be broken."""
    return [x for x in text.splitlines()
            if len(x) > columns and "/" not in x.split()[-1]]


class Ran:
    """What one run of the program gave: status, out and err (octets)."""

    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err

    @property
    def text(self):
        return self.out.decode("utf-8", "replace")

    @property
    def flat(self):
        """The text without its line breaks, which fall as paths are long."""
        return " ".join(self.text.split())

    @property
    def errors(self):
        return self.err.decode("utf-8", "replace")

    def __str__(self):
        return "status %d, %r" % (self.status, (self.errors or self.text)[-300:])


def run(*args, stdin=None, env=None, cwd=None):
    e = dict(os.environ, LC_ALL="C.UTF-8")
    e.pop("NO_COLOR", None)
    e.update(env or {})
    feed = {"input": stdin} if stdin is not None else {"stdin": subprocess.DEVNULL}
    p = subprocess.run([TOOL] + [os.fspath(a) for a in args], env=e, cwd=cwd,
                       capture_output=True, timeout=LONG, check=False, **feed)
    return Ran(p.returncode, p.stdout, p.stderr)


def strict(octets):
    """JSON as the contract has it: UTF-8, no member twice, no NaN."""
    def pairs(members):
        seen = dict(members)
        if len(seen) != len(members):
            raise ValueError("a member stands twice")
        return seen

    def no(word):
        raise ValueError("%s is no JSON" % word)
    return json.loads(octets.decode("utf-8"), object_pairs_hook=pairs,
                      parse_constant=no)


def lines(octets):
    return [strict(line) for line in octets.splitlines()]


class Schema:
    """A schema of docs/; says why a document does not fit it, or ''. What no
    schema can say (sums, ids) is asked as well."""

    def __init__(self, name="report.schema.json"):
        self.trouble, self.validator = "", None
        self.more = lambda document: ()
        try:
            import jsonschema
            import validate_report
            if name == "report.schema.json":
                self.more = validate_report.beyond_schema
            path = os.path.join(TOP, "docs", name)
            with open(path, encoding="utf-8") as f:
                schema = json.load(f)
            jsonschema.Draft202012Validator.check_schema(schema)
            self.validator = jsonschema.Draft202012Validator(schema)
        except Exception as e:  # whatever it is, nothing was validated
            self.trouble = "no usable docs/%s: %s: %s" % (
                name, type(e).__name__, str(e).split("\n")[0])

    def faults(self, document):
        if self.validator is None:
            return self.trouble
        for e in self.validator.iter_errors(document):
            return "%s at %s" % (e.message[:200],
                                 "/".join(str(p) for p in e.absolute_path))
        return next(iter(self.more(document)), "")


class Memory:
    """Looks for octets in the memory of a program that is about to end."""

    def __init__(self, where):
        self.library = os.path.join(where, "wiped.so")
        self.patterns = os.path.join(where, "patterns")
        self.result = os.path.join(where, "result")
        subprocess.run([os.environ.get("CC", "cc").split()[-1], "-shared", "-fPIC",
                        "-O2", "-o", self.library,
                        os.path.join(TOP, "tests", "wiped.c")], check=True)

    def find(self, patterns, *args, **options):
        """How many of them there are, and where."""
        with open(self.patterns, "w", encoding="ascii") as f:
            f.writelines(bytes(x ^ 0x5a for x in p).hex() + "\n"
                         for p in patterns)
        if os.path.exists(self.result):
            os.remove(self.result)
        run(*args, env={"WIPED_PATTERNS": self.patterns,
                        "WIPED_RESULT": self.result,
                        "LD_PRELOAD": self.library}, **options)
        with open(self.result, encoding="utf-8") as f:
            lines = f.read().splitlines()
        return int(lines[-1].split()[-1]), lines


def slugs_by_ssrc(report):
    """{slug: set of SSRCs as written}; findings on no stream give an empty set.
    What leaks beside the media is left out: nearly every call has some of that,
    and exposure.py asks for it."""
    ssrc = {s["id"]: s["ssrc"] for s in report["streams"]}
    out = {}
    for f in report["findings"]:
        if f["slug"].startswith("exposes-"):
            continue
        out.setdefault(f["slug"], set()).update(ssrc[i] for i in f["streams"])
    return out


def nanoseconds(rfc3339):
    """Since 1970; None when it is not a time of the contract's form."""
    m = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{9})Z", rfc3339)
    if m is None:
        return None
    t = datetime.datetime.fromisoformat(m.group(1) + "+00:00").timestamp()
    return int(t) * 10**9 + int(m.group(2))


def seconds(rfc3339):
    return nanoseconds(rfc3339) / 1e9


def scratch():
    return tempfile.TemporaryDirectory(prefix="sframe-tests-")
