/* Unit tests of parsers/media/vp9.c. */
#include "parsers/media/vp9.h"
#include "tests/rows.h"

/* clang-format off */
static const struct {
	const char *what, *hex;
	struct sf_vp9 v;
	const char *payload;
} good[] = {
	{ "least",                "00 aa",              { .octets = 1 }, "aa" },
	{ "begin and end",        "0c",                 { .begin = true, .end = true, .octets = 1 }, "" },
	{ "short picture id",     "88 7f aa",           { .begin = true, .has_picture_id = true, .picture_id = 127, .octets = 2 }, "aa" },
	{ "long picture id",      "88 ffff aa",         { .begin = true, .has_picture_id = true, .long_picture_id = true, .picture_id = 32767, .octets = 3 }, "aa" },
	{ "layers, not flexible", "28 4a 07 aa",        { .begin = true, .has_layers = true, .tid = 2, .sid = 5, .tl0 = 7, .octets = 3 }, "aa" },
	{ "layers, flexible",     "38 4a aa",           { .begin = true, .flexible = true, .has_layers = true, .tid = 2, .sid = 5, .octets = 2 }, "aa" },
	{ "inter, not flexible",  "44 aa",              { .inter = true, .end = true, .octets = 1 }, "aa" },
	{ "one reference",        "d0 01 02 aa",        { .inter = true, .flexible = true, .has_picture_id = true, .picture_id = 1, .octets = 3 }, "aa" },
	{ "three references",     "d0 01 030304 aa",    { .inter = true, .flexible = true, .has_picture_id = true, .picture_id = 1, .octets = 5 }, "aa" },
	{ "structure, empty",     "02 00 aa",           { .has_structure = true, .octets = 2 }, "aa" },
	{ "structure, sizes",     "02 30 01400000 02800000 aa", { .has_structure = true, .octets = 10 }, "aa" },
	{ "structure, pictures",  "02 08 02 00 0c010203 aa", { .has_structure = true, .octets = 8 }, "aa" },
	{ "structure, no pictures", "02 08 00 aa",      { .has_structure = true, .octets = 3 }, "aa" },
	{ "Z",                    "01 aa",              { .octets = 1 }, "aa" },
};

static const struct bad_row bad[] = {
	{ "nothing at all",       "",                   SF_SHORT,     0, 1 },
	{ "picture id missing",   "80",                 SF_SHORT,     1, 1 },
	{ "picture id cut",       "80 80",              SF_SHORT,     2, 1 },
	{ "TL0PICIDX missing",    "20 00",              SF_SHORT,     2, 1 },
	{ "reference missing",    "50 03",              SF_SHORT,     2, 1 },
	{ "four references",      "50 03030304 aa",     SF_MALFORMED, 3, 0 },
	{ "sizes cut off",        "02 f0 00*31",        SF_SHORT,     2, 1 },
	{ "pictures cut off",     "02 08 02 00",        SF_SHORT,     4, 1 },
	{ "references cut off",   "02 08 01 0c 0102",   SF_SHORT,     4, 1 },
	{ "structure over 255",   "02 08 ff 00*255 aa", SF_LIMIT,     0, 0 },
};

/* Each was put together bit by bit from the specification; 2a 2a stands for
   the compressed header. */
static const struct {
	const char *what, *hex;
	struct sf_vp9_frame f;
	const char *payload;
} frames[] = {
	{ "show existing frame",    "88",                              { .show_existing = true }, "" },
	{ "the same in profile 3",  "b400",                            { .show_existing = true, .profile = 3 }, "" },
	{ "key",                    "824983424003f003f41007800002 2a2a",   { .key = true, .width = 64, .height = 64, .header_size = 2 }, "2a2a" },
	{ "key, data behind",       "824983424013f00ef41007800002 2a2aff", { .key = true, .width = 320, .height = 240, .header_size = 2 }, "2a2aff" },
	{ "key, two tile bits",     "824983424027f01df4100780000100 2a2a", { .key = true, .width = 640, .height = 480, .header_size = 2 }, "2a2a" },
	{ "key, tiles both ways",   "824983424027f01df4100781c00080 2a2a", { .key = true, .width = 640, .height = 480, .header_size = 2 }, "2a2a" },
	{ "key, 7 columns",           "83498342401bf003f0401e00000c 2a2a2a", { .key = true, .width = 448, .height = 64, .header_size = 3 }, "2a2a2a" },
	{ "key, 8 columns",           "83498342401ff003f0401e040006 2a2a2a", { .key = true, .width = 512, .height = 64, .header_size = 3 }, "2a2a2a" },
	{ "key, 64 columns",          "8349834240fff003f0401e07c00060 2a2a2a", { .key = true, .width = 4096, .height = 64, .header_size = 3 }, "2a2a2a" },
	{ "key, 65 columns",          "8349834241000003f0401e07000180 2a2a2a", { .key = true, .width = 4097, .height = 64, .header_size = 3 }, "2a2a2a" },
	{ "key, widest",            "824983424ffff00004100780000100 2a2a", { .key = true, .width = 65535, .height = 1, .header_size = 2 }, "2a2a" },
	{ "key, error resilient",   "834983424003f003f0401e000008 2a2a",   { .key = true, .width = 64, .height = 64, .header_size = 2 }, "2a2a" },
	{ "key, profile 1",         "a249834240007e007e8200f0000040 2a2a", { .key = true, .profile = 1, .width = 64, .height = 64, .header_size = 2 }, "2a2a" },
	{ "key, profile 2",         "924983422001f801fa0803c0000100 2a2a", { .key = true, .profile = 2, .width = 64, .height = 64, .header_size = 2 }, "2a2a" },
	{ "key, profile 3",         "b124c1a110001f801fa0803c000010 2a2a", { .key = true, .profile = 3, .width = 64, .height = 64, .header_size = 2 }, "2a2a" },
	{ "key, RGB",               "a2498342e003f003f41007800002 2a2a",   { .key = true, .profile = 1, .width = 64, .height = 64, .header_size = 2 }, "2a2a" },
	{ "key, every option",      "834983424003f003f80318031840e161616161614f238e3f91c8e472391c8e46130984d01c1ec0707b01c1ec0707b01c1ec0707b01c1ec0707b00010 2a2a",
	                                                                   { .key = true, .width = 64, .height = 64, .header_size = 2 }, "2a2a" },
	{ "inter",                  "8600400260803c000010 2a2a",           { .header_size = 2 }, "2a2a" },
	{ "inter, two tile bits",   "8600400130401e000006 2a2a2a",         { .header_size = 3 }, "2a2a2a" },
	{ "inter, fits twice",      "8600400130401e000004 2a2a",           { .header_size = 1 }, "2a2a" },
	{ "inter, widest",          "8600400260803c0f000180 2a2a2a",       { .header_size = 3 }, "2a2a2a" },
	{ "inter, own size",        "86004000009f807798200f000004 2a2a",   { .width = 320, .height = 240, .header_size = 2 }, "2a2a" },
	{ "inter, render size",     "86004000c018c018d8200f000004 2a2a",   { .header_size = 2 }, "2a2a" },
	{ "inter, hidden",          "8400200130401e000008 2a2a",           { .header_size = 2 }, "2a2a" },
	{ "inter, error resilient", "870100090803c0000100 2a2a",           { .header_size = 2 }, "2a2a" },
	{ "intra only",             "84893068402027e01de8200f000004 2a2a", { .intra_only = true, .width = 320, .height = 240, .header_size = 2 }, "2a2a" },
	{ "intra only, profile 1",  "a48930684800400fc00fd0401e000008 2a2a", { .intra_only = true, .profile = 1, .width = 64, .height = 64, .header_size = 2 }, "2a2a" },
};

static const struct bad_row bad_frames[] = {
	{ "nothing at all",         "",                                    SF_SHORT,      0, 1 },
	{ "frame marker",           "4249834240",                          SF_MALFORMED,  0, 0 },
	{ "profile 4",              "b8",                                  SF_MALFORMED,  0, 0 },
	{ "show existing, long",    "880000",                              SF_MALFORMED,  1, 0 },
	{ "sync code",              "8249834340 03f003f41007800002 2a2a",  SF_MALFORMED,  4, 0 },
	{ "sync code cut off",      "824983",                              SF_SHORT,      1, 1 },
	{ "RGB in profile 0",       "82498342e007e007e8200f000004 2a2a",   SF_MALFORMED,  4, 0 },
	{ "reserved bit",           "a249834242007e007e8200f0000040 2a2a", SF_MALFORMED,  4, 0 },
	{ "header size zero",       "824983424003f003f41007800000 2a2a",   SF_MALFORMED, 14, 0 },
	{ "header size over",       "824983424003f003f41007800003 2a2a",   SF_MALFORMED, 14, 0 },
	{ "trailing bits",          "824983424027f01df4100780000101 2a2a", SF_MALFORMED, 15, 0 },
	{ "marker bit",             "824983424003f003f41007800002 aa2a",   SF_MALFORMED, 14, 0 },
	{ "cut in header size",     "824983424003f003f410078000",          SF_SHORT,     12, 1 },
};
/* clang-format on */

static void
reads_descriptors(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(good); i++) {
		struct sf_bytes in = hex_octets(good[i].hex);
		const struct sf_vp9 *want = &good[i].v;
		const char *w = good[i].what;
		struct sf_vp9 v;
		struct sf_diag d;

		EXPECT(w, sf_vp9_parse(&v, in, &d), SF_OK);
		EXPECT(w, v.inter, want->inter);
		EXPECT(w, v.flexible, want->flexible);
		EXPECT(w, v.begin, want->begin);
		EXPECT(w, v.end, want->end);
		EXPECT(w, v.has_picture_id, want->has_picture_id);
		EXPECT(w, v.has_layers, want->has_layers);
		EXPECT(w, v.has_structure, want->has_structure);
		EXPECT(w, v.long_picture_id, want->long_picture_id);
		EXPECT(w, v.picture_id, want->picture_id);
		EXPECT(w, v.tid, want->tid);
		EXPECT(w, v.sid, want->sid);
		EXPECT(w, v.tl0, want->tl0);
		EXPECT(w, v.octets, want->octets);
		expect_octets(w, v.payload, good[i].payload);
		expect_prefixes(w, "vp9", in);
		hex_free(in);
	}
}

static void
reads_frames(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(frames); i++) {
		struct sf_bytes in = hex_octets(frames[i].hex);
		const struct sf_vp9_frame *want = &frames[i].f;
		const char *w = frames[i].what;
		struct sf_vp9_frame f;
		struct sf_diag d;

		EXPECT(w, sf_vp9_frame_parse(&f, in, &d), SF_OK);
		EXPECT(w, f.profile, want->profile);
		EXPECT(w, f.show_existing, want->show_existing);
		EXPECT(w, f.key, want->key);
		EXPECT(w, f.intra_only, want->intra_only);
		EXPECT(w, f.width, want->width);
		EXPECT(w, f.height, want->height);
		EXPECT(w, f.header_size, want->header_size);
		expect_octets(w, f.payload, frames[i].payload);
		expect_prefixes(w, "vp9_frame", in);
		hex_free(in);
	}
}

static void
stops_where_it_must(void **state)
{
	(void)state;
	expect_refused("vp9", bad, LENGTH(bad));
	expect_refused("vp9_frame", bad_frames, LENGTH(bad_frames));
	expect_noise("vp9", 40);
	expect_noise("vp9_frame", 200);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_descriptors),
		cmocka_unit_test(reads_frames),
		cmocka_unit_test(stops_where_it_must),
	};

	return cmocka_run_group_tests_name("vp9", tests, NULL, NULL);
}
