/* Unit tests of parsers/media/red.c. */
#include "parsers/media/red.h"
#include "tests/rows.h"

/* clang-format off */
static const struct {
	const char *what, *hex;
	unsigned blocks;
	struct { uint8_t pt; uint16_t offset; const char *data; } first;
	uint8_t pt; /* of the primary */
	const char *payload;
} good[] = {
	{ "primary alone",         "6f 0102",                   1, { 111, 0, "0102" },     111, "0102" },
	{ "one block before it",   "ef 0f0002 6f 0102 0304",    2, { 111, 960, "0102" },   111, "0304" },
	{ "largest fields",        "ff ffffff 00 55*1023 01",   2, { 127, 16383, "55*1023" }, 0, "01" },
	{ "two before it",         "ef 1e0001 ef 0f0001 6f aa bb cc", 3, { 111, 1920, "aa" }, 111, "cc" },
	{ "empty block",           "ef 0f0000 6f aa",           2, { 111, 960, "" },       111, "aa" },
	{ "empty primary",         "ef 0f0001 6f aa",           2, { 111, 960, "aa" },     111, "" },
	{ "nothing behind",        "6f",                        1, { 111, 0, "" },         111, "" },
	{ "eight blocks",          "ef000001 ef000001 ef000001 ef000001 ef000001 ef000001 ef000001 6f 0102030405060708",
	                                                        8, { 111, 0, "01" },       111, "08" },
};

static const struct bad_row bad[] = {
	{ "nothing at all",        "",                          SF_SHORT,     0, 1 },
	{ "header cut off",        "ef 0f00",                   SF_SHORT,     2, 1 },
	{ "primary header gone",   "ef 0f0000",                 SF_SHORT,     4, 1 },
	{ "over by one",           "ef 0f0003 6f 0102",         SF_MALFORMED, 5, 0 },
	{ "the second over",       "ef 000001 ef 000002 6f 01 02", SF_MALFORMED, 10, 0 },
	{ "nine blocks",           "ef000000 ef000000 ef000000 ef000000 ef000000 ef000000 ef000000 ef000000 6f",
	                                                        SF_LIMIT,    32, 0 },
	{ "headers without end",   "ff*100",                    SF_LIMIT,    32, 0 },
};
/* clang-format on */

static void
reads_blocks(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(good); i++) {
		struct sf_bytes in = hex_octets(good[i].hex);
		const char *w = good[i].what;
		const struct sf_red_block *last;
		struct sf_red r;
		struct sf_diag d;

		EXPECT(w, sf_red_parse(&r, in, &d), SF_OK);
		EXPECT(w, r.blocks, good[i].blocks);
		EXPECT(w, r.block[0].pt, good[i].first.pt);
		EXPECT(w, r.block[0].offset, good[i].first.offset);
		expect_octets(w, r.block[0].data, good[i].first.data);
		last = &r.block[r.blocks - 1];
		EXPECT(w, last->pt, good[i].pt);
		EXPECT(w, last->offset, 0);
		expect_octets(w, last->data, good[i].payload);
		expect_octets(w, r.payload, good[i].payload);
		expect_prefixes(w, "red", in);
		hex_free(in);
	}
}

static void
stops_where_it_must(void **state)
{
	(void)state;
	expect_refused("red", bad, LENGTH(bad));
	expect_noise("red", 60);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_blocks),
		cmocka_unit_test(stops_where_it_must),
	};

	return cmocka_run_group_tests_name("red", tests, NULL, NULL);
}
