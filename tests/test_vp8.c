/* Unit tests of parsers/media/vp8.c. */
#include "parsers/media/vp8.h"
#include "tests/rows.h"

/* clang-format off */
static const struct {
	const char *what, *hex;
	struct sf_vp8 v;
	const char *payload;
} good[] = {
	{ "least",                "10 aa",             { .start = true, .octets = 1 }, "aa" },
	{ "nothing behind",       "00",                { .octets = 1 }, "" },
	{ "partition 7",          "07 aa",             { .partition = 7, .octets = 1 }, "aa" },
	{ "no optional field",    "90 00 aa",          { .start = true, .extended = true, .octets = 2 }, "aa" },
	{ "short picture id",     "90 80 7f aa",       { .start = true, .extended = true, .has_picture_id = true, .picture_id = 127, .octets = 3 }, "aa" },
	{ "long picture id",      "90 80 ffff aa",     { .start = true, .extended = true, .has_picture_id = true, .long_picture_id = true, .picture_id = 32767, .octets = 4 }, "aa" },
	{ "TL0PICIDX",            "80 40 05 aa",       { .extended = true, .has_tl0 = true, .tl0 = 5, .octets = 3 }, "aa" },
	{ "TID alone",            "80 20 df aa",       { .extended = true, .has_tid = true, .tid = 3, .octets = 3 }, "aa" },
	{ "KEYIDX alone",         "80 10 df aa",       { .extended = true, .has_keyidx = true, .keyidx = 31, .octets = 3 }, "aa" },
	{ "all of them",          "90 f0 8123 05 61 aa", { .start = true, .extended = true, .has_picture_id = true, .long_picture_id = true, .picture_id = 0x123,
	                                                 .has_tl0 = true, .tl0 = 5, .has_tid = true, .tid = 1, .has_keyidx = true, .keyidx = 1, .octets = 6 }, "aa" },
	{ "reserved, high",       "40 aa",             { .reserved = true, .octets = 1 }, "aa" },
	{ "reserved, low",        "08 aa",             { .reserved = true, .octets = 1 }, "aa" },
	{ "reserved, extension",  "80 01 aa",          { .extended = true, .reserved = true, .octets = 2 }, "aa" },
	{ "non-reference",        "20 aa",             { .octets = 1 }, "aa" },
};

static const struct bad_row bad[] = {
	{ "nothing at all",       "",                  SF_SHORT, 0, 1 },
	{ "extension missing",    "80",                SF_SHORT, 1, 1 },
	{ "picture id missing",   "80 80",             SF_SHORT, 2, 1 },
	{ "picture id cut",       "80 80 80",          SF_SHORT, 3, 1 },
	{ "TL0PICIDX missing",    "80 c0 00",          SF_SHORT, 3, 1 },
	{ "TID missing",          "80 20",             SF_SHORT, 2, 1 },
};

static const struct {
	const char *what, *hex;
	struct sf_vp8_frame f;
	const char *payload;
} frames[] = {
	{ "delta",                "310000 aa",                    { .show = true, .first_partition = 1 }, "aa" },
	{ "delta, not shown",     "210000 aabb",                  { .first_partition = 1 }, "aabb" },
	{ "version 3",            "370000 aa",                    { .show = true, .version = 3, .first_partition = 1 }, "aa" },
	{ "long partition",       "112000 00*256",                { .show = true, .first_partition = 256 }, "00*256" },
	{ "key",                  "300000 9d012a 4001 f000 aa",   { .key = true, .show = true, .first_partition = 1, .width = 320, .height = 240 }, "aa" },
	{ "scaling taken off",    "300000 9d012a 0140 01c0 aa",   { .key = true, .show = true, .first_partition = 1, .width = 1, .height = 1 }, "aa" },
	{ "largest",              "300000 9d012a ff3f ff3f aa",   { .key = true, .show = true, .first_partition = 1, .width = 16383, .height = 16383 }, "aa" },
};

static const struct bad_row bad_frames[] = {
	{ "nothing at all",       "",                             SF_SHORT,     0, 2 },
	{ "tag cut off",          "3100",                         SF_SHORT,     2, 1 },
	{ "version 4",            "390000 aa",                    SF_MALFORMED, 0, 0 },
	{ "empty partition",      "110000 aa",                    SF_MALFORMED, 0, 0 },
	{ "partition over",       "510000 aa",                    SF_SHORT,     3, 1 },
	{ "largest partition",    "f1ffff aa",                    SF_SHORT,     3, 524286 },
	{ "start code",           "300000 9d012b 4001 f000 aa",   SF_MALFORMED, 3, 0 },
	{ "start code cut off",   "300000 9d01",                  SF_SHORT,     3, 1 },
	{ "no height there",      "300000 9d012a 4001 f0",        SF_SHORT,     8, 1 },
	{ "width zero",           "300000 9d012a 0040 f000 aa",   SF_MALFORMED, 6, 0 },
	{ "height zero",          "300000 9d012a 4001 0000 aa",   SF_MALFORMED, 6, 0 },
	{ "key, partition over",  "300000 9d012a 4001 f000",      SF_SHORT,    10, 1 },
};
/* clang-format on */

static void
reads_descriptors(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(good); i++) {
		struct sf_bytes in = hex_octets(good[i].hex);
		const struct sf_vp8 *want = &good[i].v;
		const char *w = good[i].what;
		struct sf_vp8 v;
		struct sf_diag d;

		EXPECT(w, sf_vp8_parse(&v, in, &d), SF_OK);
		EXPECT(w, v.start, want->start);
		EXPECT(w, v.partition, want->partition);
		EXPECT(w, v.extended, want->extended);
		EXPECT(w, v.reserved, want->reserved);
		EXPECT(w, v.has_picture_id, want->has_picture_id);
		EXPECT(w, v.long_picture_id, want->long_picture_id);
		EXPECT(w, v.picture_id, want->picture_id);
		EXPECT(w, v.has_tl0, want->has_tl0);
		EXPECT(w, v.tl0, want->tl0);
		EXPECT(w, v.has_tid, want->has_tid);
		EXPECT(w, v.tid, want->tid);
		EXPECT(w, v.has_keyidx, want->has_keyidx);
		EXPECT(w, v.keyidx, want->keyidx);
		EXPECT(w, v.octets, want->octets);
		expect_octets(w, v.payload, good[i].payload);
		expect_prefixes(w, "vp8", in);
		hex_free(in);
	}
}

static void
reads_frames(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(frames); i++) {
		struct sf_bytes in = hex_octets(frames[i].hex);
		const struct sf_vp8_frame *want = &frames[i].f;
		const char *w = frames[i].what;
		struct sf_vp8_frame f;
		struct sf_diag d;

		EXPECT(w, sf_vp8_frame_parse(&f, in, &d), SF_OK);
		EXPECT(w, f.key, want->key);
		EXPECT(w, f.show, want->show);
		EXPECT(w, f.version, want->version);
		EXPECT(w, f.first_partition, want->first_partition);
		EXPECT(w, f.width, want->width);
		EXPECT(w, f.height, want->height);
		expect_octets(w, f.payload, frames[i].payload);
		expect_prefixes(w, "vp8_frame", in);
		hex_free(in);
	}
}

static void
stops_where_it_must(void **state)
{
	(void)state;
	expect_refused("vp8", bad, LENGTH(bad));
	expect_refused("vp8_frame", bad_frames, LENGTH(bad_frames));
	expect_noise("vp8", 12);
	expect_noise("vp8_frame", 200);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_descriptors),
		cmocka_unit_test(reads_frames),
		cmocka_unit_test(stops_where_it_must),
	};

	return cmocka_run_group_tests_name("vp8", tests, NULL, NULL);
}
