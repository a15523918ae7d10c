/* Unit tests of parsers/file/mjr.c and rtpdump.c. */
#include "parsers/file/mjr.h"
#include "parsers/file/rtpdump.h"
#include "tests/rows.h"

/* clang-format off */
static const struct {
	const char *what, *hex;
	uint8_t version;
	const char *info;
	size_t rest;
} mjr_heads[] = {
	{ "version 2",          "4d4a523030303032 0002 7b7d 4d454554", 2, "7b7d", 4 },
	{ "version 1",          "4d4a523030303031 0002 7b7d",          1, "7b7d", 0 },
	{ "no information",     "4d4a523030303032 0000",               2, "",     0 },
	{ "before versions",    "4d4545544543484f 0005 617564696f 4d", 0, "617564696f", 1 },
	{ "the same, video",    "4d4545544543484f 0005 766964656f",    0, "766964656f", 0 },
};

static const struct bad_row mjr_bad_heads[] = {
	{ "nothing at all",      "",                                SF_SHORT,       0, 8 },
	{ "an empty recording",  "4d4a523030303032",                SF_SHORT,       8, 2 },
	{ "information cut off", "4d4a523030303032 0003 7b7d",      SF_SHORT,      10, 1 },
	{ "version 3",           "4d4a523030303033 0002 7b7d",      SF_UNSUPPORTED, 0, 0 },
	{ "no magic",            "4d4a5330303030320002 7b7d",       SF_MALFORMED,   0, 0 },
	{ "no medium",           "4d4545544543484f 0004 61756469",  SF_MALFORMED,   8, 0 },
	{ "another medium",      "4d4545544543484f 0005 6461746121", SF_MALFORMED,  8, 0 },
};

static const struct {
	const char *what, *hex;
	bool timed;
	uint32_t ms;
	uint16_t octets;
	size_t rest;
} mjr_records[] = {
	{ "with a time",    "4d454554 00000102 0003 aabbcc", true,  258,        3, 3 },
	{ "without",        "4d454554 4543484f 0003 aa",     false, 0,          3, 1 },
	{ "the last time",  "4d454554 ffffffff ffff",        true,  0xffffffff, 65535, 0 },
};

static const struct bad_row mjr_bad_records[] = {
	{ "nothing at all", "",                            SF_SHORT,     0, 4 },
	{ "mark cut off",   "4d4545",                      SF_SHORT,     0, 4 - 3 },
	{ "length cut off", "4d454554 00000102 00",        SF_SHORT,     8, 1 },
	{ "another mark",   "4d454553 00000102 0003",      SF_MALFORMED, 0, 0 },
};

#define LINE "2321727470706c6179312e3020" /* #!rtpplay1.0 and a blank */

static const struct {
	const char *what, *hex;
	bool has_to;
	const char *to, *from;
	uint16_t to_port, from_port;
	uint32_t seconds, microseconds;
	size_t rest;
} dump_heads[] = {
	{ "Wireshark", LINE "31302e322e322e322f32303030 0a 01020304 00000005 0a010101 03e8 0000 ff", true, "0a020202", "0a010101", 2000, 1000, 0x01020304, 5, 1 },
	{ "no address", LINE "302e302e302e302f30 0a 00*16",    true,  "00000000", "00000000", 0, 0, 0, 0, 0 },
	{ "IPv6",       LINE "3a3a312f35303034 0a 00*16",      false, NULL,       "00000000", 0, 0, 0, 0, 0 },
	{ "nothing",    LINE "0a 00*16",                       false, NULL,       "00000000", 0, 0, 0, 0, 0 },
	{ "port above", LINE "312e312e312e312f3635353336 0a 00*16", false, NULL,  "00000000", 0, 0, 0, 0, 0 },
	{ "number above", LINE "312e312e312e3235362f35 0a 00*16", false, NULL,    "00000000", 0, 0, 0, 0, 0 },
};

static const struct bad_row dump_bad_heads[] = {
	{ "nothing at all", "",                    SF_SHORT,     0, 13 },
	{ "version 2",      "2321727470706c6179322e3020 0a", SF_MALFORMED, 0, 0 },
	{ "line not ended", LINE "302e30",         SF_SHORT,     16, 1 },
	{ "times cut off",  LINE "0a 00*15",       SF_SHORT,     28, 1 },
	{ "a line too long", LINE "30*80",         SF_MALFORMED, 13, 0 },
};

static const struct {
	const char *what, *hex;
	uint16_t octets, original;
	uint32_t ms;
	size_t rest;
} dump_records[] = {
	{ "whole",    "000b 0003 00000102 aabbcc", 3, 3,  258, 3 },
	{ "cut",      "000b 0064 00000000 aabbcc", 3, 100, 0,  3 },
	{ "RTCP",     "0009 0000 00000000 aa",     1, 0,   0,  1 },
	{ "nothing in it", "0008 0000 00000000",   0, 0,   0,  0 },
};

static const struct bad_row dump_bad_records[] = {
	{ "nothing at all", "",                 SF_SHORT,     0, 2 },
	{ "time cut off",   "000b 0003 000001", SF_SHORT,     4, 1 },
	{ "too short for its head", "0007 0003 00000000", SF_MALFORMED, 0, 0 },
};
/* clang-format on */

static void
reads_janus(void **state)
{
	struct sf_diag d;

	(void)state;
	for (size_t i = 0; i < LENGTH(mjr_heads); i++) {
		const char *w = mjr_heads[i].what;
		struct sf_bytes in = hex_octets(mjr_heads[i].hex);
		struct sf_mjr_head h;

		EXPECT(w, sf_mjr_head_parse(&h, in, &d), SF_OK);
		EXPECT(w, h.version, mjr_heads[i].version);
		expect_octets(w, h.info, mjr_heads[i].info);
		EXPECT(w, h.payload.n, mjr_heads[i].rest);
		expect_prefixes(w, "mjr_head", in);
		hex_free(in);
	}
	for (size_t i = 0; i < LENGTH(mjr_records); i++) {
		const char *w = mjr_records[i].what;
		struct sf_bytes in = hex_octets(mjr_records[i].hex);
		struct sf_mjr_record r;

		EXPECT(w, sf_mjr_record_parse(&r, in, &d), SF_OK);
		EXPECT(w, r.timed, mjr_records[i].timed);
		EXPECT(w, r.ms, mjr_records[i].ms);
		EXPECT(w, r.octets, mjr_records[i].octets);
		EXPECT(w, r.payload.n, mjr_records[i].rest);
		expect_prefixes(w, "mjr_record", in);
		hex_free(in);
	}
}

static void
reads_rtpdump(void **state)
{
	struct sf_diag d;

	(void)state;
	for (size_t i = 0; i < LENGTH(dump_heads); i++) {
		const char *w = dump_heads[i].what;
		struct sf_bytes in = hex_octets(dump_heads[i].hex);
		struct sf_rtpdump_head h;

		EXPECT(w, sf_rtpdump_head_parse(&h, in, &d), SF_OK);
		EXPECT(w, h.has_to, dump_heads[i].has_to);
		if (h.has_to) {
			expect_octets(w, sf_bytes(h.to, 4), dump_heads[i].to);
			EXPECT(w, h.to_port, dump_heads[i].to_port);
		}
		expect_octets(w, sf_bytes(h.from, 4), dump_heads[i].from);
		EXPECT(w, h.from_port, dump_heads[i].from_port);
		EXPECT(w, h.seconds, dump_heads[i].seconds);
		EXPECT(w, h.microseconds, dump_heads[i].microseconds);
		EXPECT(w, h.payload.n, dump_heads[i].rest);
		expect_prefixes(w, "rtpdump_head", in);
		hex_free(in);
	}
	for (size_t i = 0; i < LENGTH(dump_records); i++) {
		const char *w = dump_records[i].what;
		struct sf_bytes in = hex_octets(dump_records[i].hex);
		struct sf_rtpdump_record r;

		EXPECT(w, sf_rtpdump_record_parse(&r, in, &d), SF_OK);
		EXPECT(w, r.octets, dump_records[i].octets);
		EXPECT(w, r.original, dump_records[i].original);
		EXPECT(w, r.ms, dump_records[i].ms);
		EXPECT(w, r.payload.n, dump_records[i].rest);
		expect_prefixes(w, "rtpdump_record", in);
		hex_free(in);
	}
}

static void
refuses_others(void **state)
{
	(void)state;
	expect_refused("mjr_head", mjr_bad_heads, LENGTH(mjr_bad_heads));
	expect_refused("mjr_record", mjr_bad_records, LENGTH(mjr_bad_records));
	expect_refused("rtpdump_head", dump_bad_heads, LENGTH(dump_bad_heads));
	expect_refused(
	    "rtpdump_record", dump_bad_records, LENGTH(dump_bad_records));
	expect_noise("mjr_head", 60);
	expect_noise("mjr_record", 30);
	expect_noise("rtpdump_head", 120);
	expect_noise("rtpdump_record", 30);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_janus),
		cmocka_unit_test(reads_rtpdump),
		cmocka_unit_test(refuses_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
