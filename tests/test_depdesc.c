/* Unit tests of parsers/rtp/depdesc.c. */
#include "parsers/rtp/depdesc.h"
#include "tests/rows.h"

/* clang-format off */
/* The first four are Chromium's. */
static const struct {
	const char *what, *hex;
	bool start, end, extended, structure, active;
	uint8_t id;
	uint16_t number;
	struct sf_depdesc_structure s;
	const char *payload;
} rows[] = {
	{ "a key frame",        "c000018002044eaaaf2860414d34538a0940404fc02cc0", true, true, true, true, false, 0, 1,
	  { 0, 7, 3, 0, 1, 3, true, 320, 180 }, "" },
	{ "a smaller one",      "c000028002044eaaaf2860414d34538a09404027c01640", true, true, true, true, false, 0, 2,
	  { 0, 7, 3, 0, 1, 3, true, 160, 90 }, "" },
	{ "in the middle",      "400045", false, true, false, false, false, 0, 0x45, { 0 }, "" },
	{ "with differences",   "c500031220", true, true, true, false, false, 5, 3, { 0 }, "20" },
	{ "first of two",       "bfffff", true, false, false, false, false, 63, 65535, { 0 }, "" },
	{ "the smallest structure", "c00001 8000c0", true, true, true, true, false, 0, 1,
	  { 0, 1, 1, 0, 1, 1, false, 0, 0 }, "" },
	{ "active targets",     "c00001 40 ff", true, true, true, false, true, 0, 1, { 0 }, "ff" },
};

static const struct bad_row bad[] = {
	{ "nothing",            "",             SF_SHORT, 0, 1 },
	{ "two octets",         "c000",         SF_SHORT, 1, 1 },
	{ "a structure and no more", "c00001 80", SF_SHORT, 3, 1 },
	{ "sizes cut",          "c000018002044eaaaf2860414d34538a0940404fc0", SF_SHORT, 20, 2 },
	{ "templates without end", "c00001 8000 00*40", SF_LIMIT, 21, 0 },
	{ "differences without end", "c00001 8000cf ff*6", SF_SHORT, 11, 1 },
};
/* clang-format on */

static void
reads_descriptors(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct sf_bytes in = hex_octets(rows[i].hex);
		const struct sf_depdesc_structure *want = &rows[i].s;
		const char *w = rows[i].what;
		struct sf_depdesc v;
		struct sf_diag d;

		EXPECT(w, sf_depdesc_parse(&v, in, &d), SF_OK);
		EXPECT(w, v.start, rows[i].start);
		EXPECT(w, v.end, rows[i].end);
		EXPECT(w, v.extended, rows[i].extended);
		EXPECT(w, v.has_structure, rows[i].structure);
		EXPECT(w, v.has_active, rows[i].active);
		EXPECT(w, v.template_id, rows[i].id);
		EXPECT(w, v.frame_number, rows[i].number);
		EXPECT(w, v.structure.templates, want->templates);
		EXPECT(w, v.structure.targets, want->targets);
		EXPECT(w, v.structure.chains, want->chains);
		EXPECT(w, v.structure.spatial, want->spatial);
		EXPECT(w, v.structure.temporal, want->temporal);
		EXPECT(w, v.structure.has_size, want->has_size);
		EXPECT(w, v.structure.width, want->width);
		EXPECT(w, v.structure.height, want->height);
		expect_octets(w, v.payload, rows[i].payload);
		(void)expect_promises(w, "depdesc", in);
		hex_free(in);
	}
	expect_refused("depdesc", bad, LENGTH(bad));
	expect_noise("depdesc", 60);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
