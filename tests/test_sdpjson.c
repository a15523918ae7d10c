/* Unit tests of engine/config/sdpjson.c. */
#include "engine/config/sdpjson.h"
#include "tests/rows.h"

/* clang-format off */
static const struct {
	const char *what, *text;
	const char *want;  /* NULL: refused, */
	const char *cause; /* for this, */
	size_t at;         /* there */
} rows[] = {
	{ "an offer", "{\"type\":\"offer\",\"sdp\":\"v=0\\r\\ns=-\\r\\n\"}",
	    "v=0\r\ns=-\r\n", NULL, 0 },
	{ "without its type, and more", " {\"id\":[1],\"sdp\":\"v=0\\n\"}\n", "v=0\n", NULL, 0 },
	{ "no line end", "{\"sdp\":\"v=0\\ns=x\"}", "v=0\ns=x\n", NULL, 0 },
	{ "a string", "\"v=0\\r\\ns=-\"", "v=0\r\ns=-\n", NULL, 0 },
	{ "an array", "[{\"sdp\":\"v=0\\ns=1\"},\"v=0\\ns=2\\n\",{\"type\":\"answer\",\"sdp\":\"v=0\\ns=3\"}]",
	    "v=0\ns=1\nv=0\ns=2\nv=0\ns=3\n", NULL, 0 },
	{ "members", "{\"local\":{\"type\":\"pranswer\",\"sdp\":\"v=0\\ns=1\\n\"},\"remote\":null,\"was\":\"v=0\\n\"}",
	    "v=0\ns=1\nv=0\n", NULL, 0 },
	{ "a member of that name", "{\"sdp\":{\"type\":\"offer\",\"sdp\":\"v=0\\ns=1\\n\"}}",
	    "v=0\ns=1\n", NULL, 0 },
	{ "escapes", "\"v=0\\ns=\\u00e9\\ud83d\\ude00\\/\\\\\"",
	    "v=0\ns=\xc3\xa9\xf0\x9f\x98\x80/\\\n", NULL, 0 },
	{ "not JSON", "{\"sdp\":\"v=0\\n\"", NULL, "a comma or } is missing", 14 },
	{ "a line end as it is", "{\"sdp\":\"v=0\ns=-\"}", NULL, "a string holds a control character", 11 },
	{ "a mark in front", "\xef\xbb\xbf\"v=0\\n\"", NULL, "a byte order mark in front", 0 },
	{ "something behind", "\"v=0\\n\" x", NULL, "something behind the end", 8 },
	{ "twice", "{\"sdp\":\"v=0\\n\",\"sdp\":\"v=0\\n\"}", NULL, "a member is there twice", 21 },
	{ "another version", "{\"sdp\":\"v=1\\n\"}", NULL, "no session description", 7 },
	{ "a rollback", "{\"type\":\"rollback\",\"sdp\":\"\"}", NULL, "type is not offer, answer or pranswer", 8 },
	{ "a type that is none", "[{\"type\":1,\"sdp\":\"v=0\\n\"}]", NULL, "type is not offer, answer or pranswer", 9 },
	{ "empty", "{\"sdp\":\"\"}", NULL, "no session description", 7 },
	{ "some other string", "[\"v=0\\n\",\"v=00\"]", NULL, "no session description", 9 },
	{ "a number among them", "{\"a\":\"v=0\\n\",\"b\":7}", NULL, "no session description", 17 },
	{ "one level too deep", "[[\"v=0\\n\"]]", NULL, "no session description", 1 },
	{ "an empty array", "[]", NULL, "no session description in it", 0 },
	{ "nothing but null", "{\"local\":null}", NULL, "no session description in it", 0 },
	{ "sdp is null", "{\"type\":\"offer\",\"sdp\":null}", NULL, "no session description", 8 },
};

static const struct {
	const char *text;
	bool json;
} kinds[] = {
	{ "", false }, { " \r\n\t", false }, { "v=0\r\n", false },
	{ " {", true }, { "\n[", true }, { "\"v=0", true },
	{ "\xef\xbb\xbf{", true }, { "\xef\xbb\xbfv=0", false },
	{ "\xef\xbb", false },
};
/* clang-format on */

static void
reads_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		const char *w = rows[i].what;
		size_t n = strlen(rows[i].text);
		char *text = malloc(n); /* exact: a sanitizer sees the end */
		struct sf_json_error e = { 0 };

		assert_non_null(text);
		memcpy(text, rows[i].text, n);
		EXPECT(w, sf_sdpjson_is(sf_bytes(text, n)), true);
		EXPECT(w, sf_sdpjson_read(text, &n, &e), rows[i].want != NULL);
		if (rows[i].want == NULL) {
			if (strcmp(e.cause, rows[i].cause) != 0)
				fail_msg("%s: \"%s\"", w, e.cause);
			EXPECT(w, e.at, rows[i].at);
			EXPECT(w, memcmp(text, rows[i].text, n), 0);
		} else {
			EXPECT(w, n, strlen(rows[i].want));
			EXPECT(w, memcmp(text, rows[i].want, n), 0);
		}
		free(text);
	}
}

static void
tells_json(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(kinds); i++)
		EXPECT(kinds[i].text,
		    sf_sdpjson_is(
			sf_bytes(kinds[i].text, strlen(kinds[i].text))),
		    kinds[i].json);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_rows),
		cmocka_unit_test(tells_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
