/* Unit tests of report/escape.c. */
#include "report/escape.h"
#include "tests/out.h"

/* clang-format off */
static const struct {
	const char *what, *in;
	size_t n; /* 0: up to the NUL */
	const char *text, *json;
} rows[] = {
	{ "nothing",            "",                 0, "",                    "" },
	{ "plain",              "call.pcap",        0, "call.pcap",           "call.pcap" },
	{ "quote",              "a\"b",             0, "a\"b",                "a\\\"b" },
	{ "backslash",          "a\\b",             0, "a\\\\b",              "a\\\\b" },
	{ "NUL",                "a\0b",             3, "a\\x00b",             "a\\u0000b" },
	{ "line end",           "a\r\n",            0, "a\\x0d\\x0a",         "a\\u000d\\u000a" },
	{ "clear screen",       "\033[2J",          0, "\\x1b[2J",            "\\u001b[2J" },
	{ "DEL",                "\x7f",             0, "\\x7f",               "\\u007f" },
	{ "C1 in UTF-8",        "\xc2\x9b",         0, "\\xc2\\x9b",          "\\u009b" },
	{ "C1 alone",           "\x9b",             0, "\\x9b",               "\xef\xbf\xbd" },
	{ "two octets",         "\xc3\xa9",         0, "\xc3\xa9",            "\xc3\xa9" },
	{ "three octets",       "\xe2\x82\xac",     0, "\xe2\x82\xac",        "\xe2\x82\xac" },
	{ "four octets",        "\xf0\x9f\x98\x80", 0, "\xf0\x9f\x98\x80",    "\xf0\x9f\x98\x80" },
	{ "override",           "\xe2\x80\xae",     0, "\\xe2\\x80\\xae",     "\\u202e" },
	{ "isolate",            "\xe2\x81\xa6",     0, "\\xe2\\x81\\xa6",     "\\u2066" },
	{ "line separator",     "\xe2\x80\xa8",     0, "\\xe2\\x80\\xa8",     "\\u2028" },
	{ "byte order mark",    "\xef\xbb\xbf",     0, "\\xef\\xbb\\xbf",     "\\ufeff" },
	{ "tag",                "\xf3\xa0\x80\x81", 0, "\\xf3\\xa0\\x80\\x81", "\\udb40\\udc01" },
	{ "noncharacter",       "\xef\xbf\xbe",     0, "\\xef\\xbf\\xbe",     "\\ufffe" },
	{ "cut short",          "\xe2\x82",         0, "\\xe2\\x82",          "\xef\xbf\xbd\xef\xbf\xbd" },
	{ "long form",          "\xc0\xaf",         0, "\\xc0\\xaf",          "\xef\xbf\xbd\xef\xbf\xbd" },
	{ "long form of three", "\xe0\x80\xaf",     0, "\\xe0\\x80\\xaf",     "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	{ "surrogate",          "\xed\xa0\x80",     0, "\\xed\\xa0\\x80",     "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	{ "above U+10FFFF",     "\xf4\x90\x80\x80", 0, "\\xf4\\x90\\x80\\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	{ "never in UTF-8",     "\xff" "a",         0, "\\xffa",              "\xef\xbf\xbd" "a" },
};
/* clang-format on */

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static struct sf_bytes
octets_of(size_t i)
{
	return sf_bytes(
	    rows[i].in, rows[i].n != 0 ? rows[i].n : strlen(rows[i].in));
}

static void
escapes_what_it_must(void **state)
{
	char out[200];

	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		struct sf_bytes in = octets_of(i);

		print_message("%s\n", rows[i].what);
		assert_int_equal(
		    sf_escape_copy(out, sizeof(out), in, SF_ESCAPE_TEXT),
		    strlen(rows[i].text));
		assert_string_equal(out, rows[i].text);
		sf_escape_copy(out, sizeof(out), in, SF_ESCAPE_JSON);
		assert_string_equal(out, rows[i].json);
	}
}

static void
writes_what_it_copies(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		struct out o;

		out_open(&o);
		assert_true(sf_escape_write(o.f, octets_of(i), SF_ESCAPE_TEXT));
		assert_string_equal(out_text(&o), rows[i].text);
		out_free(&o);
	}
}

/* A character that does not fit is left out whole. */
static void
cuts_between_characters(void **state)
{
	struct sf_bytes in = sf_bytes("a\xe2\x82\xac\n", 5);
	static const struct {
		size_t size;
		const char *text;
	} cuts[] = { { 1, "" }, { 2, "a" }, { 4, "a" }, { 5, "a\xe2\x82\xac" },
		{ 8, "a\xe2\x82\xac" }, { 9, "a\xe2\x82\xac\\x0a" } };

	(void)state;
	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		char *out =
		    malloc(cuts[i].size); /* a sanitizer sees one more */

		assert_non_null(out);
		sf_escape_copy(out, cuts[i].size, in, SF_ESCAPE_TEXT);
		assert_string_equal(out, cuts[i].text);
		free(out);
	}
}

/* Every pair of octets: all of it is taken, nothing unsafe comes out. */
static void
leaves_nothing_unsafe(void **state)
{
	(void)state;
	for (unsigned v = 0; v < 65536; v++) {
		uint8_t pair[2] = { (uint8_t)(v >> 8), (uint8_t)v };

		for (unsigned how = SF_ESCAPE_TEXT; how <= SF_ESCAPE_JSON;
		     how++) {
			char out[2 * SF_ESCAPE_MAX + 1];
			size_t n = sf_escape_copy(out, sizeof(out),
			    sf_bytes(pair, 2), (enum sf_escape)how);

			assert_true(n >= 1);
			for (size_t i = 0; i < n; i++)
				assert_true(
				    (uint8_t)out[i] >= 0x20 && out[i] != 0x7f);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes_what_it_must),
		cmocka_unit_test(writes_what_it_copies),
		cmocka_unit_test(cuts_between_characters),
		cmocka_unit_test(leaves_nothing_unsafe),
	};

	return cmocka_run_group_tests_name("escape", tests, NULL, NULL);
}
