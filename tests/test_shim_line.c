/* Unit tests of parsers/text/shim_line.c. */
#include "parsers/text/shim_line.h"
#include "tests/rows.h"

/* clang-format off */
static const struct {
	const char *what, *text;
	uint64_t id;
	const char *name, *rest;
} lines[] = {
	{ "hello",           "1 hello v=1",     1, "hello",       "v=1" },
	{ "nothing behind",  "7 sync",          7, "sync",        "" },
	{ "zero",            "0 ok",            0, "ok",          "" },
	{ "hyphen",          "3 hdr-enc kid=1", 3, "hdr-enc",     "kid=1" },
	{ "CR",              "4 ok pt=-\r",     4, "ok",          "pt=-" },
	{ "blanks",          "5  no  why=kid ", 5, "no",          "why=kid " },
	{ "the longest id",  "9999999999999999999 ok", UINT64_C(9999999999999999999), "ok", "" },
};

static const struct bad_row bad_lines[] = {
	{ "nothing",         "",                             SF_SHORT,     0, 1 },
	{ "CR alone",        "0d",                           SF_SHORT,     0, 1 },
	{ "id alone",        "31",                           SF_SHORT,     1, 1 },
	{ "id and a blank",  "3120",                         SF_SHORT,     2, 1 },
	{ "no id",           "6f6b",                         SF_MALFORMED, 0, 0 },
	{ "blank in front",  "2031206f6b",                   SF_MALFORMED, 0, 0 },
	{ "sign",            "2b31206f6b",                   SF_MALFORMED, 0, 0 },
	{ "twenty digits",   "3131313131313131313131313131313131313131206f6b", SF_MALFORMED, 0, 0 },
	{ "capital",         "31204f4b",                     SF_MALFORMED, 2, 0 },
	{ "digit in a verb", "31206f6b31",                   SF_MALFORMED, 2, 0 },
};

static const struct {
	const char *what, *text, *key, *value, *rest;
} words[] = {
	{ "one",             "kid=291",         "kid",  "291",   "" },
	{ "two",             "kid=291 ctr=7",   "kid",  "291",   "ctr=7" },
	{ "none",            "meta=- ct=99",    "meta", "-",     "ct=99" },
	{ "equals inside",   "a=b=c",           "a",    "b=c",   "" },
	{ "blanks",          "  max-frame=9  ", "max-frame", "9", "" },
	{ "digit in a key",  "k1=x",            "k1",   "x",     "" },
};

static const struct bad_row bad_words[] = {
	{ "nothing",         "",                 SF_SHORT,     0, 1 },
	{ "blanks alone",    "2020",             SF_SHORT,     2, 1 },
	{ "no equals",       "6b6964",           SF_MALFORMED, 0, 0 },
	{ "no key",          "3d31",             SF_MALFORMED, 0, 0 },
	{ "no value",        "6b3d",             SF_MALFORMED, 0, 0 },
	{ "capital",         "4b3d31",           SF_MALFORMED, 0, 0 },
	{ "not ASCII",       "6b3dc3a9",         SF_MALFORMED, 0, 0 },
	{ "control",         "6b3d01",           SF_MALFORMED, 0, 0 },
};

static const struct {
	const char *text;
	bool good;
	uint64_t v;
} numbers[] = {
	{ "0", true, 0 },
	{ "9007199254740993", true, UINT64_C(9007199254740993) },
	{ "18446744073709551615", true, UINT64_MAX },
	{ "18446744073709551616", false, 0 },
	{ "99999999999999999999", false, 0 },
	{ "", false, 0 }, { "-", false, 0 }, { "0x1", false, 0 }, { "1.0", false, 0 },
};

static const struct {
	const char *text;
	bool good;
	size_t n;
	const char *octets;
} hexes[] = {
	{ "-", true, 0, "" }, { "00", true, 1, "00" }, { "aAfF09", true, 3, "aaff09" },
	{ "0", false, 0, "" }, { "0g", false, 0, "" }, { "", false, 0, "" }, { "--", false, 0, "" },
};
/* clang-format on */

static struct sf_bytes
text(const char *s)
{
	return sf_bytes(s, strlen(s));
}

static bool
same(struct sf_bytes got, const char *want)
{
	return sf_shim_is(got, want);
}

static void
takes_lines_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(lines); i++) {
		struct sf_shim_line l;
		struct sf_diag d;

		EXPECT(lines[i].what,
		    sf_shim_line_parse(&l, text(lines[i].text), &d), SF_OK);
		EXPECT(lines[i].what, l.id, lines[i].id);
		EXPECT(lines[i].what, same(l.name, lines[i].name), true);
		EXPECT(lines[i].what, same(l.payload, lines[i].rest), true);
		expect_prefixes(
		    lines[i].what, "shim_line", text(lines[i].text));
	}
	expect_refused("shim_line", bad_lines, LENGTH(bad_lines));
	expect_noise("shim_line", 40);
}

static void
takes_words_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(words); i++) {
		struct sf_shim_word w;
		struct sf_diag d;

		EXPECT(words[i].what,
		    sf_shim_word_parse(&w, text(words[i].text), &d), SF_OK);
		EXPECT(words[i].what, same(w.key, words[i].key), true);
		EXPECT(words[i].what, same(w.value, words[i].value), true);
		EXPECT(words[i].what, same(w.payload, words[i].rest), true);
		expect_prefixes(
		    words[i].what, "shim_word", text(words[i].text));
	}
	expect_refused("shim_word", bad_words, LENGTH(bad_words));
	expect_noise("shim_word", 40);
}

static void
finds_values(void **state)
{
	struct sf_bytes v;

	(void)state;
	assert_true(sf_shim_value(text("kid=1 ctr=2"), "ctr", &v));
	assert_true(same(v, "2"));
	assert_false(sf_shim_value(text("kid=1 ctr=2"), "ct", &v));
	assert_false(sf_shim_value(text("kid=1 kid=1"), "kid", &v));
}

static void
reads_values(void **state)
{
	uint8_t out[16];
	size_t n;
	uint64_t v;

	(void)state;
	for (size_t i = 0; i < LENGTH(numbers); i++) {
		EXPECT(numbers[i].text,
		    sf_shim_number(text(numbers[i].text), &v), numbers[i].good);
		if (numbers[i].good)
			EXPECT(numbers[i].text, v, numbers[i].v);
	}
	for (size_t i = 0; i < LENGTH(hexes); i++) {
		EXPECT(hexes[i].text,
		    sf_shim_octets(text(hexes[i].text), out, &n),
		    hexes[i].good);
		if (hexes[i].good)
			expect_octets(
			    hexes[i].text, sf_bytes(out, n), hexes[i].octets);
	}
}

int
main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(takes_lines_apart),
		cmocka_unit_test(takes_words_apart),
		cmocka_unit_test(finds_values),
		cmocka_unit_test(reads_values),
	};

	return cmocka_run_group_tests(all, NULL, NULL);
}
