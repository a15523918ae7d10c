/* Unit tests of parsers/media/opus.c. */
#include "parsers/media/opus.h"
#include "tests/rows.h"

/* clang-format off */
static const struct {
	const char *what, *hex;
	uint8_t config, code;
	bool stereo;
	uint8_t frames;
	uint16_t frame_samples;
	uint32_t samples;
	const char *payload;
} good[] = {
	{ "TOC alone",               "78",                       15, 0, false, 1,  960,  960,  "" },
	{ "one frame",               "78 01020304",              15, 0, false, 1,  960,  960,  "01020304" },
	{ "stereo",                  "fc 0102",                  31, 0, true,  1,  960,  960,  "0102" },
	{ "longest frame",           "78 00*1275",               15, 0, false, 1,  960,  960,  "00*1275" },
	{ "two frames of a length",  "79 0102 0304",             15, 1, false, 2,  960,  1920, "01020304" },
	{ "two frames of none",      "79",                       15, 1, false, 2,  960,  1920, "" },
	{ "two frames, two lengths", "7a 02 0102 030405",        15, 2, false, 2,  960,  1920, "020102030405" },
	{ "the first is empty",      "7a 00 0102",               15, 2, false, 2,  960,  1920, "000102" },
	{ "length in two octets",    "7a fc00 00*252 01",        15, 2, false, 2,  960,  1920, "fc00 00*252 01" },
	{ "longest of these",        "7a ffff 00*1275",          15, 2, false, 2,  960,  1920, "ffff 00*1275" },
	{ "three of a length",       "7b 03 010203",             15, 3, false, 3,  960,  2880, "010203" },
	{ "three listed",            "7b 83 0102 aa bbbb cc",    15, 3, false, 3,  960,  2880, "0102aabbbbcc" },
	{ "48 frames of 2.5 ms",     "80 30 00*48",              16, 0, false, 1,  120,  120,  "30 00*48" },
	{ "48 frames, counted",      "83 30 00*48",              16, 3, false, 48, 120,  5760, "00*48" },
	{ "120 ms of 60 ms frames",  "19 0102",                   3, 1, false, 2,  2880, 5760, "0102" },
	{ "padding",                 "7b 43 02 010203 0000",     15, 3, false, 3,  960,  2880, "020102030000" },
	{ "padding of none",         "7b 41 00 aa",              15, 3, false, 1,  960,  960,  "00aa" },
	{ "254 of padding",          "7b 41 ff 00 aa 00*254",    15, 3, false, 1,  960,  960,  "ff00aa 00*254" },
	{ "padding, then listed",    "7b c2 01 01 aa bb 00",     15, 3, false, 2,  960,  1920, "0101aabb00" },
};

static const struct { uint8_t toc; uint16_t frame_samples; } durations[] = {
	{ 0x00, 480 }, { 0x08, 960 }, { 0x10, 1920 }, { 0x18, 2880 }, /* SILK */
	{ 0x40, 480 }, { 0x58, 2880 },
	{ 0x60, 480 }, { 0x68, 960 }, { 0x70, 480 }, { 0x78, 960 },   /* hybrid */
	{ 0x80, 120 }, { 0x88, 240 }, { 0x90, 480 }, { 0x98, 960 },   /* CELT */
	{ 0xe0, 120 }, { 0xf8, 960 },
};

static const struct bad_row bad[] = {
	{ "R1: nothing at all",         "",                       SF_SHORT,     0, 1 },
	{ "R2: 1276 octets",            "78 00*1276",             SF_MALFORMED, 1, 0 },
	{ "R2: twice 1276",             "79 00*2552",             SF_MALFORMED, 1, 0 },
	{ "R2: the second of two",      "7a 00 00*1276",          SF_MALFORMED, 2, 0 },
	{ "R3: odd",                    "79 010203",              SF_MALFORMED, 1, 0 },
	{ "R4: no length",              "7a",                     SF_SHORT,     1, 1 },
	{ "R4: half a length",          "7a fc",                  SF_SHORT,     2, 1 },
	{ "R4: longer than is there",   "7a 05 0102",             SF_SHORT,     2, 3 },
	{ "R5: no count",               "7b",                     SF_SHORT,     1, 1 },
	{ "R5: no frames",              "7b 00",                  SF_MALFORMED, 1, 0 },
	{ "R5: 140 ms",                 "7b 07 00*7",             SF_MALFORMED, 1, 0 },
	{ "R5: 49 of 2.5 ms",           "83 31 00*49",            SF_MALFORMED, 1, 0 },
	{ "R5: three of 60 ms",         "1b 03 010203",           SF_MALFORMED, 1, 0 },
	{ "R6: uneven",                 "7b 02 010203",           SF_MALFORMED, 2, 0 },
	{ "R6: padding over by one",    "7b 41 02 aa",            SF_SHORT,     3, 1 },
	{ "R6: padding never ends",     "7b 41 ffff",             SF_SHORT,     4, 1 },
	{ "R6: frame of 1276",          "7b 01 00*1276",          SF_MALFORMED, 2, 0 },
	{ "R7: no lengths",             "7b 83",                  SF_SHORT,     2, 1 },
	{ "R7: lengths over",           "7b 83 01 ff00 aa",       SF_SHORT,     5, 255 },
	{ "R7: into the padding",       "7b c2 01 02 aa bb",      SF_SHORT,     4, 1 },
};
/* clang-format on */

static void
reads_packets(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(good); i++) {
		struct sf_bytes in = hex_octets(good[i].hex);
		const char *w = good[i].what;
		struct sf_opus o;
		struct sf_diag d;

		EXPECT(w, sf_opus_parse(&o, in, &d), SF_OK);
		EXPECT(w, o.config, good[i].config);
		EXPECT(w, o.code, good[i].code);
		EXPECT(w, o.stereo, good[i].stereo);
		EXPECT(w, o.frames, good[i].frames);
		EXPECT(w, o.frame_samples, good[i].frame_samples);
		EXPECT(w, o.samples, good[i].samples);
		expect_octets(w, o.payload, good[i].payload);
		expect_prefixes(w, "opus", in);
		hex_free(in);
	}
}

static void
knows_durations(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(durations); i++) {
		struct sf_opus o;
		struct sf_diag d;

		EXPECT("TOC",
		    sf_opus_parse(&o, sf_bytes(&durations[i].toc, 1), &d),
		    SF_OK);
		EXPECT("TOC", o.frame_samples, durations[i].frame_samples);
	}
}

static void
holds_to_the_rules(void **state)
{
	(void)state;
	expect_refused("opus", bad, LENGTH(bad));
	expect_noise("opus", 120);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_packets),
		cmocka_unit_test(knows_durations),
		cmocka_unit_test(holds_to_the_rules),
	};

	return cmocka_run_group_tests_name("opus", tests, NULL, NULL);
}
