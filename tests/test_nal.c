/* Unit tests of parsers/media/nal.c, h264.c and h265.c. */
#include "parsers/media/h264.h"
#include "parsers/media/h265.h"
#include "tests/rows.h"

#define SPS "67 42c015 8c8d"
#define PPS "68 ce3c80"

/* clang-format off */
static const struct {
	const char *what, *hex;
	uint8_t type, unit;
	bool start, end, interleaved;
	uint16_t don;
	const char *payload;
} h264[] = {
	{ "a unit",             "61 e000",           1,  0x61, true,  true,  false, 0, "61 e000" },
	{ "a unit of type 23",  "37",                23, 0x37, true,  true,  false, 0, "37" },
	{ "forbidden bit",      "e1 00",             1,  0xe1, true,  true,  false, 0, "e1 00" },
	{ "STAP-A",             "78 0001 67",        24, 0,    true,  true,  false, 0, "0001 67" },
	{ "STAP-B",             "79 1234 0001 67",   25, 0,    true,  true,  true,  0x1234, "0001 67" },
	{ "MTAP16",             "7a 0001 00",        26, 0,    true,  true,  true,  1, "00" },
	{ "MTAP24",             "7b 0001 00",        27, 0,    true,  true,  true,  1, "00" },
	{ "FU-A, first",        "7c 85 aabb",        28, 0x65, true,  false, false, 0, "aabb" },
	{ "FU-A, middle",       "7c 05 aabb",        28, 0x65, false, false, false, 0, "aabb" },
	{ "FU-A, last",         "5c 41 aabb",        28, 0x41, false, true,  false, 0, "aabb" },
	{ "FU-B",               "7d 81 0007 aa",     29, 0x61, true,  false, true,  7, "aa" },
};

static const struct bad_row h264_bad[] = {
	{ "nothing",            "",                  SF_SHORT,       0, 1 },
	{ "type 0",             "60",                SF_UNSUPPORTED, 0, 0 },
	{ "type 30",            "7e 00",             SF_UNSUPPORTED, 0, 0 },
	{ "FU-A without header", "7c",               SF_SHORT,       1, 1 },
	{ "FU-B without DON",   "7d 81 00",          SF_SHORT,       2, 1 },
	{ "STAP-B without DON", "79",                SF_SHORT,       1, 2 },
};

static const struct {
	const char *what, *hex;
	unsigned units;
	uint8_t first;
	bool key, slices;
	size_t last_at;
} h264_frame[] = {
	{ "a slice",            "00000001 61 e000",  1, 1, false, true,  0 },
	{ "key frame",          "00000001" SPS "00000001" PPS "00000001 65 b800",
	                                             3, 7, true,  true,  18 },
	{ "three-octet codes",  "000001" SPS "000001 61 e0", 2, 7, true, true, 9 },
	{ "parameters alone",   "00000001" PPS,      1, 8, false, false, 0 },
	{ "emulation prevented", "00000001 61 000003 01", 1, 1, false, true, 0 },
	{ "zeros behind",       "00000001 61 e0 000000", 1, 1, false, true, 0 },
	{ "zeros between",      "00000001 61 e0 0000000000000001 41 9a", 2, 1, false, true, 6 },
};

static const struct bad_row h264_frame_bad[] = {
	{ "nothing",            "",                  SF_SHORT,     0, 4 },
	{ "start code alone",   "000001",            SF_SHORT,     0, 1 },
	{ "no start code",      "61 e0 00 40",       SF_MALFORMED, 0, 0 },
	{ "no unit behind it",  "00000001",          SF_MALFORMED, 0, 0 },
	{ "type 0",             "00000001 60",       SF_MALFORMED, 0, 0 },
	{ "type 24",            "00000001 78",       SF_MALFORMED, 0, 0 },
	{ "forbidden bit",      "00000001 61 05 000001 e1", SF_MALFORMED, 6, 0 },
	{ "three zeros inside", "00000001 61 000000 05", SF_MALFORMED, 5, 0 },
	{ "00 00 02 inside",    "00000001 61 000002", SF_MALFORMED, 5, 0 },
};

static const struct {
	const char *what, *hex;
	uint8_t type, layer, tid;
	const char *unit;
	bool start, end;
	const char *payload;
} h265[] = {
	{ "a unit",             "0201 aa",           1,  0, 1, "0201", true,  true,  "aa" },
	{ "layer and tid",      "42fd aa",           33, 31, 5, "42fd", true, true,  "aa" },
	{ "AP",                 "6001 0002 4001",    48, 0, 1, "0000", true,  true,  "0002 4001" },
	{ "FU, first",          "6201 93 aabb",      49, 0, 1, "2601", true,  false, "aabb" },
	{ "FU, last",           "6301 53 aabb",      49, 32, 1, "2701", false, true, "aabb" },
	{ "PACI",               "6401 0200 d0",      1,  0, 1, "0201", true,  true,  "d0" },
	{ "PACI, forbidden, an extension", "64fd 8238 010203 d0", 1, 31, 5, "82fd", true, true, "d0" },
	{ "PACI, FU",           "6501 6200 93 aa",   49, 32, 1, "2701", true,  false, "aa" },
	{ "PACI, AP",           "6401 6000 0002 4001", 48, 0, 1, "0000", true, true,  "0002 4001" },
};

static const struct bad_row h265_bad[] = {
	{ "nothing",            "",                  SF_SHORT,       0, 2 },
	{ "half a header",      "02",                SF_SHORT,       0, 1 },
	{ "type 51",            "6601",              SF_UNSUPPORTED, 0, 0 },
	{ "FU without header",  "6201",              SF_SHORT,       2, 1 },
	{ "PACI without header", "6401 02",          SF_SHORT,       2, 1 },
	{ "PACI, extension cut", "6401 0220 01",     SF_SHORT,       4, 1 },
	{ "PACI in PACI",       "6401 6400 0200",    SF_MALFORMED,   2, 0 },
};

static const struct bad_row h265_frame_bad[] = {
	{ "tid 0",              "00000001 0200 d0",  SF_MALFORMED, 0, 0 },
	{ "type 41",            "00000001 5201 d0",  SF_MALFORMED, 0, 0 },
	{ "one octet",          "00000001 02",       SF_MALFORMED, 0, 0 },
	{ "the second is bad",  "00000001 4201 d0 000001 8201 aa", SF_MALFORMED, 7, 0 },
};

static const struct {
	const char *what, *hex;
	uint8_t dond;
	uint32_t offset;
	const char *unit, *payload;
} mtap[][2] = {
	{ { "MTAP16",    "0002 01 0102 61e0 00",   1, 0x102,   "61e0", "00" },
	  { "all of it", "0001 ff ffff 61",      255, 0xffff,  "61",   "" } },
	{ { "MTAP24",    "0002 01 010203 61e0 00", 1, 0x10203, "61e0", "00" },
	  { "no unit",   "0000 02 000000",         2, 0,       "",     "" } },
};

static const struct bad_row mtap_bad[][2] = {
	{ { "nothing",     "",               SF_SHORT, 0, 2 },
	  { "over by one", "0002 01 0000 61", SF_SHORT, 5, 1 } },
	{ { "offset cut",  "0002 01 0000",   SF_SHORT, 3, 1 },
	  { "over by one", "0002 01 000000 61", SF_SHORT, 6, 1 } },
};

static const struct bad_row unit_bad[] = {
	{ "nothing",            "",                  SF_SHORT, 0, 2 },
	{ "over by one",        "0003 6101",         SF_SHORT, 2, 1 },
};
/* clang-format on */

static void
h264_payloads(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(h264); i++) {
		struct sf_bytes in = hex_octets(h264[i].hex);
		const char *w = h264[i].what;
		struct sf_h264 h;
		struct sf_diag d;

		EXPECT(w, sf_h264_parse(&h, in, &d), SF_OK);
		EXPECT(w, h.type, h264[i].type);
		EXPECT(w, h.unit, h264[i].unit);
		EXPECT(w, h.start, h264[i].start);
		EXPECT(w, h.end, h264[i].end);
		EXPECT(w, h.interleaved, h264[i].interleaved);
		EXPECT(w, h.don, h264[i].don);
		EXPECT(w, h.forbidden, in.p[0] >> 7);
		expect_octets(w, h.payload, h264[i].payload);
		expect_prefixes(w, "h264", in);
		hex_free(in);
	}
}

static void
h264_frames(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(h264_frame); i++) {
		struct sf_bytes in = hex_octets(h264_frame[i].hex);
		const char *w = h264_frame[i].what;
		struct sf_h264_frame f;
		struct sf_diag d;

		EXPECT(w, sf_h264_frame_parse(&f, in, &d), SF_OK);
		EXPECT(w, f.units, h264_frame[i].units);
		EXPECT(w, f.first, h264_frame[i].first);
		EXPECT(w, f.key, h264_frame[i].key);
		EXPECT(w, f.slices, h264_frame[i].slices);
		EXPECT(w, f.last_at, h264_frame[i].last_at);
		expect_prefixes(w, "h264_frame", in);
		expect_prefixes(w, "nal_stream", in);
		hex_free(in);
	}
}

static void
h265_payloads(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(h265); i++) {
		struct sf_bytes in = hex_octets(h265[i].hex);
		const char *w = h265[i].what;
		struct sf_h265 h;
		struct sf_diag d;

		EXPECT(w, sf_h265_parse(&h, in, &d), SF_OK);
		EXPECT(w, h.type, h265[i].type);
		EXPECT(w, h.layer, h265[i].layer);
		EXPECT(w, h.tid, h265[i].tid);
		EXPECT(w, h.start, h265[i].start);
		EXPECT(w, h.end, h265[i].end);
		expect_octets(w, sf_bytes(h.unit, 2), h265[i].unit);
		expect_octets(w, h.payload, h265[i].payload);
		expect_prefixes(w, "h265", in);
		hex_free(in);
	}
}

static void
h265_frames(void **state)
{
	struct sf_bytes in = hex_octets("00000001 40010c01 00000001 42010101 "
					"00000001 4401c1 00000001 2601af12");
	struct sf_h265_frame f;
	struct sf_diag d;

	(void)state;
	EXPECT("key", sf_h265_frame_parse(&f, in, &d), SF_OK);
	EXPECT("key", f.units, 4);
	EXPECT("key", f.first, SF_H265_VPS);
	EXPECT("key", f.key && f.slices, true);
	EXPECT("key", f.last_at, 23);
	expect_octets("key", f.payload, "2601af12");
	expect_prefixes("key", "h265_frame", in);
	hex_free(in);
	in = hex_octets("00000001 0201d0aa");
	EXPECT("delta", sf_h265_frame_parse(&f, in, &d), SF_OK);
	EXPECT("delta", f.key, false);
	hex_free(in);
}

static void
stop_where_they_must(void **state)
{
	(void)state;
	expect_refused("h264", h264_bad, LENGTH(h264_bad));
	expect_refused("h264_frame", h264_frame_bad, LENGTH(h264_frame_bad));
	expect_refused("h265", h265_bad, LENGTH(h265_bad));
	expect_refused("h265_frame", h265_frame_bad, LENGTH(h265_frame_bad));
	expect_refused("nal_unit", unit_bad, LENGTH(unit_bad));
	expect_noise("h264", 60);
	expect_noise("h264_frame", 60);
	expect_noise("h265", 60);
	expect_noise("h265_frame", 60);
	expect_noise("nal_unit", 60);
	expect_noise("nal_stream", 60);
}

static void
multi_time_units(void **state)
{
	static const char *const names[] = { "nal_mtap16", "nal_mtap24" };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		const char *w = mtap[i / 2][i % 2].what;
		struct sf_bytes in = hex_octets(mtap[i / 2][i % 2].hex);
		struct sf_nal_mtap16 a;
		struct sf_nal_mtap24 b;
		struct sf_nal_mtap m;
		struct sf_diag d;

		(void)expect_promises(w, names[i / 2], in);
		EXPECT(w,
		    i < 2 ? sf_nal_mtap16_parse(&a, in, &d)
			  : sf_nal_mtap24_parse(&b, in, &d),
		    SF_OK);
		m = i < 2 ? a.v : b.v;
		EXPECT(w, m.dond, mtap[i / 2][i % 2].dond);
		EXPECT(w, m.offset, mtap[i / 2][i % 2].offset);
		expect_octets(w, m.unit, mtap[i / 2][i % 2].unit);
		expect_octets(w, m.payload, mtap[i / 2][i % 2].payload);
		hex_free(in);
	}
	for (size_t i = 0; i < 2; i++)
		expect_refused(names[i], mtap_bad[i], 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(h264_payloads),
		cmocka_unit_test(multi_time_units),
		cmocka_unit_test(h264_frames),
		cmocka_unit_test(h265_payloads),
		cmocka_unit_test(h265_frames),
		cmocka_unit_test(stop_where_they_must),
	};

	return cmocka_run_group_tests_name("nal", tests, NULL, NULL);
}
