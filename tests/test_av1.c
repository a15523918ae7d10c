/* Unit tests of parsers/media/av1.c and parsers/base/leb128.h. */
#include "parsers/base/leb128.h"
#include "parsers/media/av1.h"
#include "tests/rows.h"

/* clang-format off */
static const struct {
	const char *what, *hex;
	bool z, y, n;
	uint8_t w, reserved;
	const char *payload;
} heads[] = {
	{ "one element",     "10 880f",  false, false, false, 1, 0, "880f" },
	{ "first of two",    "50 01",    false, true,  false, 1, 0, "01" },
	{ "last of two",     "90 02",    true,  false, false, 1, 0, "02" },
	{ "lengths, new sequence", "0f", false, false, true,  0, 7, "" },
	{ "three elements",  "f8 00",    true,  true,  true,  3, 0, "00" },
};

static const struct {
	const char *what, *hex;
	uint8_t type;
	bool forbidden, ext, sized;
	uint8_t reserved, tid, sid, octets;
	const char *data, *payload;
} obus[] = {
	{ "delimiter",       "1200 30",      2,  false, false, true,  0, 0, 0, 2, "", "30" },
	{ "no size",         "30 aabb",      6,  false, false, false, 0, 0, 0, 1, "aabb", "" },
	{ "extension",       "36 28 01 55",  6,  false, true,  true,  0, 1, 1, 3, "55", "" },
	{ "reserved bits",   "37 2f 00",     6,  false, true,  true,  15, 1, 1, 3, "", "" },
	{ "forbidden",       "88 0f",        1,  true,  false, false, 0, 0, 0, 1, "0f", "" },
	{ "long size",       "32 8100 aa",   6,  false, false, true,  0, 0, 0, 3, "aa", "" },
};

static const struct {
	const char *what, *hex;
	unsigned obus;
	uint8_t first;
	bool key, sized;
} frames[] = {
	{ "key frame",       "1200 0a0100 320111",  3, 2, true,  true },
	{ "delta frame",     "320111",              1, 6, false, true },
	{ "last without size", "0a0100 3011",       2, 1, true,  false },
	{ "header and tiles", "1a021010 220101",    2, 3, false, true },
	{ "shows a frame",   "1200 1a0188",         2, 2, false, true },
};

static const struct bad_row head_bad[] = {
	{ "nothing",         "",             SF_SHORT, 0, 1 },
};

static const struct bad_row element_bad[] = {
	{ "nothing",         "",             SF_SHORT, 0, 1 },
	{ "over by two",     "03 01",        SF_SHORT, 1, 2 },
	{ "size without end", "ff*9",        SF_MALFORMED, 0, 0 },
	{ "above 32 bits",   "ffffffff1f",   SF_MALFORMED, 0, 0 },
};

static const struct bad_row obu_bad[] = {
	{ "nothing",         "",             SF_SHORT, 0, 1 },
	{ "no extension",    "36",           SF_SHORT, 1, 1 },
	{ "no size",         "32",           SF_SHORT, 1, 1 },
	{ "over by four",    "32 05 01",     SF_SHORT, 2, 4 },
	{ "size of 9 octets", "32 80*9",     SF_MALFORMED, 1, 0 },
};

static const struct bad_row frame_bad[] = {
	{ "forbidden bit",   "88 0f",        SF_MALFORMED, 0, 0 },
	{ "type 0",          "0200",         SF_MALFORMED, 0, 0 },
	{ "type 9",          "320111 4a00",  SF_MALFORMED, 3, 0 },
	{ "sequence header alone", "0a0100", SF_MALFORMED, 3, 0 },
	{ "header without tiles", "1a03101010", SF_MALFORMED, 5, 0 },
};
/* clang-format on */

static void
aggregation_headers(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(heads); i++) {
		struct sf_bytes in = hex_octets(heads[i].hex);
		const char *w = heads[i].what;
		struct sf_av1 a;
		struct sf_diag d;

		EXPECT(w, sf_av1_parse(&a, in, &d), SF_OK);
		EXPECT(w, a.continues, heads[i].z);
		EXPECT(w, a.unfinished, heads[i].y);
		EXPECT(w, a.sequence, heads[i].n);
		EXPECT(w, a.count, heads[i].w);
		EXPECT(w, a.reserved, heads[i].reserved);
		expect_octets(w, a.payload, heads[i].payload);
		expect_prefixes(w, "av1", in);
		expect_prefixes(w, "av1_element", in);
		hex_free(in);
	}
}

static void
obu_headers(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(obus); i++) {
		struct sf_bytes in = hex_octets(obus[i].hex);
		const char *w = obus[i].what;
		struct sf_av1_obu o;
		struct sf_diag d;

		EXPECT(w, sf_av1_obu_parse(&o, in, &d), SF_OK);
		EXPECT(w, o.type, obus[i].type);
		EXPECT(w, o.forbidden, obus[i].forbidden);
		EXPECT(w, o.has_extension, obus[i].ext);
		EXPECT(w, o.has_size, obus[i].sized);
		EXPECT(w, o.reserved, obus[i].reserved);
		EXPECT(w, o.tid, obus[i].tid);
		EXPECT(w, o.sid, obus[i].sid);
		EXPECT(w, o.octets, obus[i].octets);
		expect_octets(w, o.data, obus[i].data);
		expect_octets(w, o.payload, obus[i].payload);
		expect_prefixes(w, "av1_obu", in);
		hex_free(in);
	}
}

static void
temporal_units(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(frames); i++) {
		struct sf_bytes in = hex_octets(frames[i].hex);
		const char *w = frames[i].what;
		struct sf_av1_frame f;
		struct sf_diag d;

		EXPECT(w, sf_av1_frame_parse(&f, in, &d), SF_OK);
		EXPECT(w, f.obus, frames[i].obus);
		EXPECT(w, f.first, frames[i].first);
		EXPECT(w, f.key, frames[i].key);
		EXPECT(w, f.sized, frames[i].sized);
		expect_prefixes(w, "av1_frame", in);
		hex_free(in);
	}
}

static void
numbers_there_and_back(void **state)
{
	static const uint64_t values[] = { 0, 1, 127, 128, 16383, 16384,
		0x1fffff, UINT32_MAX };

	(void)state;
	for (size_t i = 0; i < LENGTH(values); i++) {
		uint8_t room[SF_LEB128_MAX], octets;
		uint8_t n = sf_leb128_put(room, values[i]);
		struct sf_cursor c = sf_cursor(sf_bytes(room, n));
		bool bad;

		EXPECT("octets", n, sf_leb128_octets(values[i]));
		EXPECT("value", sf_leb128(&c, &octets, &bad), values[i]);
		EXPECT("taken", octets, n);
		EXPECT("good", bad, false);
	}
}

static void
stop_where_they_must(void **state)
{
	(void)state;
	expect_refused("av1", head_bad, LENGTH(head_bad));
	expect_refused("av1_element", element_bad, LENGTH(element_bad));
	expect_refused("av1_obu", obu_bad, LENGTH(obu_bad));
	expect_refused("av1_frame", frame_bad, LENGTH(frame_bad));
	expect_noise("av1", 60);
	expect_noise("av1_element", 60);
	expect_noise("av1_obu", 60);
	expect_noise("av1_frame", 60);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(aggregation_headers),
		cmocka_unit_test(obu_headers),
		cmocka_unit_test(temporal_units),
		cmocka_unit_test(numbers_there_and_back),
		cmocka_unit_test(stop_where_they_must),
	};

	return cmocka_run_group_tests_name("av1", tests, NULL, NULL);
}
