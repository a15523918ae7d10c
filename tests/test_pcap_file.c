/* Unit tests of parsers/file/pcap.c. */
#include "parsers/file/pcap.h"
#include "tests/rows.h"

/* clang-format off */
static const struct {
	const char *what, *hex;
	bool big, nanoseconds, modified;
	uint16_t major, minor, link_type;
	uint32_t snaplen;
	uint8_t fcs_octets;
	size_t rest;
} good[] = {
	{ "microseconds, little", "d4c3b2a1 0200 0400 00*4 00*4 00000400 01000000", false, false, false, 2, 4, 1, 262144, 0, 0 },
	{ "microseconds, big",    "a1b2c3d4 0002 0004 00*4 00*4 0000ffff 00000071", true, false, false, 2, 4, 113, 65535, 0, 0 },
	{ "nanoseconds, little",  "4d3cb2a1 0200 0400 00*4 00*4 00000400 14010000", false, true, false, 2, 4, 276, 262144, 0, 0 },
	{ "nanoseconds, big",     "a1b23c4d 0002 0004 00*4 00*4 00040000 00000114 aa", true, true, false, 2, 4, 276, 262144, 0, 1 },
	{ "modified, little",     "34cdb2a1 0200 0400 00*4 00*4 dc050000 01000000", false, false, true, 2, 4, 1, 1500, 0, 0 },
	{ "modified, big",        "a1b2cd34 0002 0004 00*4 00*4 000005dc 00000001", true, false, true, 2, 4, 1, 1500, 0, 0 },
	{ "no snap length",       "d4c3b2a1 0200 0400 00*4 00*4 00000000 01000000 00*16", false, false, false, 2, 4, 1, 0, 0, 16 },
	{ "FCS of four octets",   "a1b2c3d4 0002 0004 00*4 00*4 0000ffff 24000001", true, false, false, 2, 4, 1, 65535, 4, 0 },
	{ "FCS length not told",  "a1b2c3d4 0002 0004 00*4 00*4 0000ffff 20000001", true, false, false, 2, 4, 1, 65535, 0, 0 },
	{ "longest FCS",          "a1b2c3d4 0002 0004 00*4 00*4 0000ffff f4000001", true, false, false, 2, 4, 1, 65535, 30, 0 },
	{ "old version",          "a1b2c3d4 0002 0002 00*4 00*4 00000044 00000001", true, false, false, 2, 2, 1, 68, 0, 0 },
	{ "version 543.0",        "a1b2c3d4 021f 0000 00*4 00*4 00000044 00000001", true, false, false, 543, 0, 1, 68, 0, 0 },
};

static const struct bad_row bad[] = {
	{ "nothing at all",     "",                                    SF_SHORT,       0,  4 },
	{ "three octets",       "d4c3b2",                              SF_SHORT,       0,  1 },
	{ "no magic",           "d4c3b2a2 00*20",                      SF_MALFORMED,   0,  0 },
	{ "section of pcapng",  "0a0d0d0a 00*20",                      SF_MALFORMED,   0,  0 },
	{ "magic alone",        "d4c3b2a1",                            SF_SHORT,       4, 20 },
	{ "last octet missing", "d4c3b2a1 0200 0400 00*15",            SF_SHORT,       4,  1 },
	{ "version 1",          "d4c3b2a1 0100 0400 00*12 01000000",   SF_UNSUPPORTED, 4,  0 },
	{ "version 3",          "a1b2c3d4 0003 0000 00*12 00000001",   SF_UNSUPPORTED, 4,  0 },
};

static const struct {
	const char *what, *parser, *hex;
	uint32_t seconds, fraction, captured, original;
	uint8_t packet_type;
	size_t rest;
} records[] = {
	{ "little",          "pcap_record_le",   "01020304 05060000 03000000 07000000 aabbcc", 0x04030201, 0x605, 3, 7, 0, 3 },
	{ "big",             "pcap_record_be",   "01020304 00000605 00000003 00000007 aabbcc", 0x01020304, 0x605, 3, 7, 0, 3 },
	{ "nothing behind",  "pcap_record_le",   "00*8 ffffffff ffffffff",                     0, 0, 0xffffffff, 0xffffffff, 0, 0 },
	{ "2106",            "pcap_record_be",   "ffffffff 000f423f 00000000 00000000",        0xffffffff, 999999, 0, 0, 0, 0 },
	{ "modified, little", "pcap_modified_le", "01000000 02000000 03000000 04000000 05000000 0800 04 00 aa", 1, 2, 3, 4, 4, 1 },
	{ "modified, big",   "pcap_modified_be", "00000001 00000002 00000003 00000004 00000005 0800 00 00",    1, 2, 3, 4, 0, 0 },
};
/* clang-format on */

static void
reads_file_headers(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(good); i++) {
		struct sf_bytes in = hex_octets(good[i].hex);
		const char *w = good[i].what;
		struct sf_pcap_header h;
		struct sf_diag d;

		EXPECT(w, sf_pcap_header_parse(&h, in, &d), SF_OK);
		EXPECT(w, h.big, good[i].big);
		EXPECT(w, h.nanoseconds, good[i].nanoseconds);
		EXPECT(w, h.modified, good[i].modified);
		EXPECT(w, h.major, good[i].major);
		EXPECT(w, h.minor, good[i].minor);
		EXPECT(w, h.link_type, good[i].link_type);
		EXPECT(w, h.snaplen, good[i].snaplen);
		EXPECT(w, h.fcs_octets, good[i].fcs_octets);
		EXPECT(w, h.payload.n, good[i].rest);
		expect_prefixes(w, "pcap_header", in);
		hex_free(in);
	}
}

static void
refuses_other_headers(void **state)
{
	(void)state;
	expect_refused("pcap_header", bad, LENGTH(bad));
}

/* The four parsers fill one struct; this picks the one a row names. */
static enum sf_status
read_record(struct sf_pcap_record *out, const char *parser, struct sf_bytes in,
    struct sf_diag *d)
{
	struct sf_pcap_record_le le;
	struct sf_pcap_record_be be;
	struct sf_pcap_modified_le mle;
	struct sf_pcap_modified_be mbe;
	enum sf_status st;

	if (strcmp(parser, "pcap_record_le") == 0) {
		st = sf_pcap_record_le_parse(&le, in, d);
		*out = le.v;
	} else if (strcmp(parser, "pcap_record_be") == 0) {
		st = sf_pcap_record_be_parse(&be, in, d);
		*out = be.v;
	} else if (strcmp(parser, "pcap_modified_le") == 0) {
		st = sf_pcap_modified_le_parse(&mle, in, d);
		*out = mle.v;
	} else {
		st = sf_pcap_modified_be_parse(&mbe, in, d);
		*out = mbe.v;
	}
	return st;
}

static void
reads_record_headers(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(records); i++) {
		struct sf_bytes in = hex_octets(records[i].hex);
		const char *w = records[i].what;
		struct sf_pcap_record r;
		struct sf_diag d;

		EXPECT(w, read_record(&r, records[i].parser, in, &d), SF_OK);
		EXPECT(w, r.seconds, records[i].seconds);
		EXPECT(w, r.fraction, records[i].fraction);
		EXPECT(w, r.captured, records[i].captured);
		EXPECT(w, r.original, records[i].original);
		EXPECT(w, r.packet_type, records[i].packet_type);
		EXPECT(w, r.payload.n, records[i].rest);
		expect_prefixes(w, records[i].parser, in);
		hex_free(in);
	}
}

static void
stops_in_short_records(void **state)
{
	/* clang-format off */
	static const struct bad_row plain[] = {
		{ "nothing",        "",      SF_SHORT, 0, 16 },
		{ "fifteen octets", "00*15", SF_SHORT, 0,  1 },
	};
	static const struct bad_row modified[] = {
		{ "nothing",                "",      SF_SHORT, 0, 24 },
		{ "a header of the plain",  "00*16", SF_SHORT, 0,  8 },
		{ "twenty-three octets",    "00*23", SF_SHORT, 0,  1 },
	};
	/* clang-format on */

	(void)state;
	expect_refused("pcap_record_le", plain, LENGTH(plain));
	expect_refused("pcap_record_be", plain, LENGTH(plain));
	expect_refused("pcap_modified_le", modified, LENGTH(modified));
	expect_refused("pcap_modified_be", modified, LENGTH(modified));
}

static void
withstands_noise(void **state)
{
	(void)state;
	expect_noise("pcap_header", 40);
	expect_noise("pcap_record_le", 40);
	expect_noise("pcap_modified_be", 40);
}

int
main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(reads_file_headers),
		cmocka_unit_test(refuses_other_headers),
		cmocka_unit_test(reads_record_headers),
		cmocka_unit_test(stops_in_short_records),
		cmocka_unit_test(withstands_noise),
	};

	return cmocka_run_group_tests_name("pcap_file", all, NULL, NULL);
}
