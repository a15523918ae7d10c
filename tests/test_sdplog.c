/* Unit tests of parsers/text/log_sdp.c and engine/sdp/sdplog.c. */
#include "engine/sdp/sdplog.h"
#include "parsers/text/log_sdp.h"
#include "tests/rows.h"

/* ---- one line --------------------------------------------------------------- */

/* clang-format off */
static const struct {
	const char *what, *line;
	enum sf_log_sdp_form form;
	const char *before, *text, *rest, *lines;
	bool whole;
} rows[] = {
	{ "alone",           "v=0",            SF_LOG_SDP_LINES, "", "v=0", "", "v=0", false },
	{ "behind a prefix", "x: v=0 \r",      SF_LOG_SDP_LINES, "x: ", "v=0", " \r", "v=0", false },
	{ "in a string",     "y \"v=0",        SF_LOG_SDP_LINES, "y \"", "v=0", "", "v=0", false },
	{ "Node",            "'v=0\\r\\n' +",  SF_LOG_SDP_LINES, "'", "v=0", "\\r\\n' +", "v=0", false },
	{ "written out",     "v=0\\r\\n",      SF_LOG_SDP_LINES, "", "v=0", "\\r\\n", "v=0", false },
	{ "JSON",            "{\"v=0\\r\\no=a\\r\\n\"}", SF_LOG_SDP_ESCAPED,
	  "{\"", "v=0\\r\\no=a\\r\\n", "\"}", "v=0\no=a\n", true },
	{ "LF",              "\"v=0\\no=a\\n\"", SF_LOG_SDP_ESCAPED,
	  "\"", "v=0\\no=a\\n", "\"", "v=0\no=a\n", true },
	{ "JSON in JSON",    "\\\"v=0\\\\r\\\\no=a\\\\r\\\\n\\\"", SF_LOG_SDP_ESCAPED,
	  "\\\"", "v=0\\\\r\\\\no=a\\\\r\\\\n", "\\\"", "v=0\no=a\n", true },
	{ "no line end last", "\"v=0\\no=a\\ns=x\"", SF_LOG_SDP_ESCAPED,
	  "\"", "v=0\\no=a\\ns=x", "\"", "v=0\no=a\ns=x", true },
	{ "a mark inside",   "\"v=0\\no=a\\ns=\\\"x\\\"\\n\" ", SF_LOG_SDP_ESCAPED,
	  "\"", "v=0\\no=a\\ns=\\\"x\\\"\\n", "\" ", "v=0\no=a\ns=\"x\"\n", true },
	{ "a slash",         "\"v=0\\no=a\\/b\\n\"", SF_LOG_SDP_ESCAPED,
	  "\"", "v=0\\no=a\\/b\\n", "\"", "v=0\no=a/b\n", true },
	{ "by number",       "\"v=0\\u000d\\u000Ao=a\\u0041\\u000a\"", SF_LOG_SDP_ESCAPED,
	  "\"", "v=0\\u000d\\u000Ao=a\\u0041\\u000a", "\"", "v=0\no=aA\n", true },
	{ "another mark",    "'v=0\\no=\"a\"\\n'", SF_LOG_SDP_ESCAPED,
	  "'", "v=0\\no=\"a\"\\n", "'", "v=0\no=\"a\"\n", true },
	{ "other words behind", "sdp: v=0\\r\\no=a\\r\\n, type: offer", SF_LOG_SDP_ESCAPED,
	  "sdp: ", "v=0\\r\\no=a\\r\\n", ", type: offer", "v=0\no=a\n", true },
	{ "cut off",         "\"v=0\\r\\no=a\\r\\na=mi", SF_LOG_SDP_ESCAPED,
	  "\"", "v=0\\r\\no=a\\r\\na=mi", "", "v=0\no=a\na=mi", false },
	{ "cut in a line end", "\"v=0\\no=a\\", SF_LOG_SDP_ESCAPED,
	  "\"", "v=0\\no=a\\", "", "v=0\no=a", false },
	{ "the second one",  "recv=0 v=0", SF_LOG_SDP_LINES, "recv=0 ", "v=0", "", "v=0", false },
};

static const struct bad_row bad[] = {
	{ "nothing at all",  "",                     SF_MALFORMED, 0, 0 },
	{ "v alone",         "763d",                 SF_MALFORMED, 0, 0 },
	{ "end of a word",   "72656376763d30",       SF_MALFORMED, 0, 0 }, /* recvv=0 */
	{ "another version", "763d31",               SF_MALFORMED, 0, 0 },
	{ "more behind it",  "763d30 2c20",          SF_MALFORMED, 0, 0 }, /* v=0, */
	{ "v=0 in a number", "763d3030",             SF_MALFORMED, 0, 0 },
	{ "no o= behind",    "763d30 5c6e 733d 22",  SF_MALFORMED, 0, 0 }, /* v=0\ns=" */
};
/* clang-format on */

static void
expect_text(const char *row, struct sf_bytes got, const char *want)
{
	if (got.n != strlen(want) || memcmp(got.p, want, got.n) != 0)
		fail_msg("row \"%s\": \"%.*s\", not \"%s\"", row, (int)got.n,
		    (const char *)got.p, want);
}

static void
reads_a_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		const char *what = rows[i].what;
		struct sf_bytes in =
		    hex_copy(rows[i].line, strlen(rows[i].line));
		struct sf_log_sdp s;
		struct sf_diag d;
		uint8_t lines[256];

		(void)expect_promises(what, "log_sdp", in);
		EXPECT(what, sf_log_sdp_parse(&s, in, &d), SF_OK);
		EXPECT(what, s.form, rows[i].form);
		EXPECT(what, s.whole, rows[i].whole);
		expect_text(what, s.before, rows[i].before);
		expect_text(what, s.text, rows[i].text);
		expect_text(what, s.payload, rows[i].rest);
		expect_text(what,
		    sf_bytes(lines, sf_log_sdp_decode(s.text, lines)),
		    rows[i].lines);
		hex_free(in);
	}
	expect_refused("log_sdp", bad, LENGTH(bad));
}

/* ---- a log ------------------------------------------------------------------ */

#define O "o=- 1 2 IN IP4 127.0.0.1"
#define M "m=audio 9 UDP/TLS/RTP/SAVPF 111"

/* clang-format off */
static const struct {
	const char *what, *log;
	unsigned n;
	uint64_t line;      /* of the last one */
	bool whole;
	const char *text;   /* of the last one; NULL: none */
} logs[] = {
	{ "as it is",     "v=0\n" O "\n" M "\n\"\n", 1, 1, true, "v=0\n" O "\n" M "\n" },
	{ "to the end of the log", "v=0\n" O "\n" M "\n", 1, 1, false, "v=0\n" O "\n" M "\n" },
	{ "two",          "v=0\n" O "\n" M "\nv=0\r\n" O "\r\n" M "\r\n\"", 2, 4, true, "v=0\n" O "\n" M "\n" },
	{ "numbers in the prefix change", "a 1: v=0\na 22: " O "\na 333: " M "\nb 1: x=1\n",
	  1, 1, false, "v=0\n" O "\n" M "\n" },
	{ "strangers in between", "a 1: v=0\nother\na 22: " O "\nb v=0\nc a=x\na 333: " M "\n",
	  1, 1, false, "v=0\n" O "\n" M "\n" },
	{ "o= is not next", "v=0\ns=-\n" M "\n", 0, 0, false, NULL },
	{ "o= of something else", "v=0\no=1\n" M "\n", 0, 0, false, NULL },
	{ "no media",     "v=0\n" O "\ns=-\n\"\n", 0, 0, false, NULL },
	{ "two in a line", "\"v=0\\n" O "\\n" M "\\n\", \"v=0\\n" O "\\n" M "\\na=mid:1\\n\"", 2, 1, true,
	  "v=0\n" O "\n" M "\na=mid:1\n" },
	{ "escaped, then as it is", "\"v=0\\n" O "\\n" M "\\n\"\nx \"v=0\n" O "\n" M "\n\"", 2, 2, true,
	  "v=0\n" O "\n" M "\n" },
};
/* clang-format on */

struct seen {
	unsigned n, too_large;
	uint64_t line;
	bool whole;
	char text[512];
};

static void
take(void *ctx, const struct sf_sdplog_found *f)
{
	struct seen *s = ctx;

	if (f->too_large) {
		s->too_large++;
		return;
	}
	s->n++;
	s->line = f->line;
	s->whole = f->whole;
	assert_true(f->text.n < sizeof(s->text));
	memcpy(s->text, f->text.p, f->text.n);
	s->text[f->text.n] = '\0';
}

static void
feed(struct sf_sdplog *l, const char *log)
{
	while (*log != '\0') {
		size_t n = strcspn(log, "\n");
		struct sf_bytes line = hex_copy(log, n + (log[n] != '\0'));

		sf_sdplog_line(l, line);
		log += line.n;
		hex_free(line);
	}
}

static void
reads_a_log(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(logs); i++) {
		struct seen s = { 0 };
		struct sf_sdplog *l = calloc(1, sizeof(*l));

		assert_non_null(l);
		l->sink = take;
		l->ctx = &s;
		feed(l, logs[i].log);
		sf_sdplog_end(l);
		EXPECT(logs[i].what, s.n, logs[i].n);
		EXPECT(logs[i].what, s.line, logs[i].line);
		EXPECT(logs[i].what, s.whole, logs[i].whole);
		if (logs[i].text != NULL)
			expect_text(logs[i].what,
			    sf_bytes(s.text, strlen(s.text)), logs[i].text);
		free(l);
	}
}

/* Room for one that is as large as may be, and none for a line more. */
static void
ends_at_its_limit(void **state)
{
	struct seen s = { 0 };
	struct sf_sdplog *l = calloc(1, sizeof(*l));

	(void)state;
	assert_non_null(l);
	l->sink = take;
	l->ctx = &s;
	feed(l, "v=0\n" O "\n" M "\n");
	for (size_t i = 0; i < SF_SDPLOG_OCTETS / 16; i++)
		feed(l, "a=x:0123456789a\n");
	EXPECT("too large", s.too_large, 1);
	EXPECT("and no other", s.n, 0);
	feed(l, "v=0\n" O "\n" M "\n\"\n");
	EXPECT("the next one", s.n, 1);
	free(l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_line),
		cmocka_unit_test(reads_a_log),
		cmocka_unit_test(ends_at_its_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
