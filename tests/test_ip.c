/* Unit tests of parsers/net/ipv4.c and parsers/net/ipv6.c. */
#include "parsers/net/ipv4.h"
#include "parsers/net/ipv6.h"
#include "tests/rows.h"

#define V4(total, piece)                                                       \
	"4500" total "1234" piece "4011 0000 0a010101 0a020202 "
#define V6(octets, next) "60000000" octets next "40 20*16 30*16 "

/* clang-format off */
static const struct {
	const char *what, *hex;
	uint8_t header_octets;
	uint16_t total_octets;
	bool fragment, more;
	uint16_t at;
	const char *options, *payload;
} good4[] = {
	{ "whole",             V4("0018", "0000") "aabbccdd",      20, 24, false, false, 0, "", "aabbccdd" },
	{ "do not fragment",   V4("0018", "4000") "aabbccdd",      20, 24, false, false, 0, "", "aabbccdd" },
	{ "padding behind",    V4("0015", "0000") "aa 00*25",      20, 21, false, false, 0, "", "aa" },
	{ "cut by a capture",  V4("05dc", "0000") "aabb",          20, 1500, false, false, 0, "", "aabb" },
	{ "header alone",      V4("0014", "0000") "00*6",          20, 20, false, false, 0, "", "" },
	{ "length not told",   V4("0000", "0000") "aabbcc",        20, 0, false, false, 0, "", "aabbcc" },
	{ "first fragment",    V4("0018", "2000") "aabbccdd",      20, 24, true, true, 0, "", "aabbccdd" },
	{ "last fragment",     V4("0018", "00b9") "aabbccdd",      20, 24, true, false, 1480, "", "aabbccdd" },
	{ "far fragment",      V4("0018", "3fff") "aabbccdd",      20, 24, true, true, 65528, "", "aabbccdd" },
	{ "options",           "4600 0019 1234 0000 4011 0000 0a010101 0a020202 94040000 aa", 24, 25, false, false, 0, "94040000", "aa" },
	{ "longest header",    "4f00 003d 1234 0000 4011 0000 0a010101 0a020202 01*40 aa",    60, 61, false, false, 0, "01*40", "aa" },
	{ "no length, options", "4600 0000 1234 0000 4011 0000 0a010101 0a020202 94040000 aa", 24, 0, false, false, 0, "94040000", "aa" },
};

static const struct bad_row bad4[] = {
	{ "nothing at all",      "",                                 SF_SHORT,      0, 1 },
	{ "nineteen octets",     "4500 0018 1234 0000 4011 0000 0a010101 0a0202", SF_SHORT, 16, 1 },
	{ "version 6",           "65 00*40",                         SF_MALFORMED,  0, 0 },
	{ "version 0",           "05 00*40",                         SF_MALFORMED,  0, 0 },
	{ "header of 16",        "44 00*40",                         SF_MALFORMED,  0, 0 },
	{ "header of 0",         "40 00*40",                         SF_MALFORMED,  0, 0 },
	{ "total below header",  V4("0013", "0000") "aabbccdd",      SF_MALFORMED,  2, 0 },
	{ "total of 1",          V4("0001", "0000") "aabbccdd",      SF_MALFORMED,  2, 0 },
	{ "total inside options", "4600 0017 1234 0000 4011 0000 0a010101 0a020202 94040000 aa", SF_MALFORMED, 2, 0 },
	{ "options cut",         "4600 0019 1234 0000 4011 0000 0a010101 0a020202 940400", SF_SHORT, 20, 1 },
	{ "options not there",   "4f00 0040 1234 0000 4011 0000 0a010101 0a020202", SF_SHORT, 20, 40 },
};

static const struct {
	const char *what, *hex;
	uint8_t next, extensions;
	uint16_t told_octets;
	size_t header_octets;
	bool fragment, more;
	uint16_t at;
	const char *payload;
} good6[] = {
	{ "plain",            V6("0004", "11") "aabbccdd",           17, 0, 4, 40, false, false, 0, "aabbccdd" },
	{ "padding behind",   V6("0001", "11") "aa 00*5",            17, 0, 1, 40, false, false, 0, "aa" },
	{ "cut by a capture", V6("0400", "11") "aabb",               17, 0, 1024, 40, false, false, 0, "aabb" },
	{ "length not told",  V6("0000", "11") "aabbcc",             17, 0, 0, 40, false, false, 0, "aabbcc" },
	{ "nothing behind",   V6("0000", "11"),                      17, 0, 0, 40, false, false, 0, "" },
	{ "hop by hop",       V6("0009", "00") "1100 050200000100 aa", 17, 1, 9, 48, false, false, 0, "aa" },
	{ "long routing",     V6("0011", "2b") "1101 00*14 aa",      17, 1, 17, 56, false, false, 0, "aa" },
	{ "authentication",   V6("0019", "33") "1104 00*22 aa",      17, 1, 25, 64, false, false, 0, "aa" },
	{ "four in a row",    V6("0021", "00") "2b00 00*6 3c00 00*6 8700 00*6 1100 00*6 aa", 17, 4, 33, 72, false, false, 0, "aa" },
	{ "sixteen",          V6("0081", "3c") "3c00 00*6 3c00 00*6 3c00 00*6 3c00 00*6 3c00 00*6 3c00 00*6 3c00 00*6 3c00 00*6 3c00 00*6 3c00 00*6 3c00 00*6 3c00 00*6 3c00 00*6 3c00 00*6 3c00 00*6 1100 00*6 aa", 17, 16, 129, 168, false, false, 0, "aa" },
	{ "atomic fragment",  V6("0009", "2c") "1100 0000 00000001 aa", 17, 1, 9, 48, false, false, 0, "aa" },
	{ "first fragment",   V6("0009", "2c") "1100 0001 00000001 aa", 17, 1, 9, 48, true, true, 0, "aa" },
	{ "last fragment",    V6("0009", "2c") "3c00 05a8 00000001 aa", 60, 1, 9, 48, true, false, 1448, "aa" },
	{ "no next header",   V6("0004", "3b") "aabbccdd",           59, 0, 4, 40, false, false, 0, "aabbccdd" },
	{ "ESP",              V6("0004", "32") "aabbccdd",           50, 0, 4, 40, false, false, 0, "aabbccdd" },
};

static const struct bad_row bad6[] = {
	{ "nothing at all",      "",                                SF_SHORT,      0, 1 },
	{ "thirty-nine octets",  "60000000 0004 1140 20*16 30*15",  SF_SHORT,     24, 1 },
	{ "version 4",           "40 00*50",                        SF_MALFORMED,  0, 0 },
	{ "extension not there", V6("0008", "00"),                  SF_SHORT,     40, 1 },
	{ "extension cut",       V6("0008", "00") "1100 0000",      SF_SHORT,     42, 4 },
	{ "longest extension",   V6("0fff", "3c") "11ff 00*6",      SF_SHORT,     42, 2040 },
	{ "beyond the length",   V6("0004", "00") "1100 00*6 aa",   SF_SHORT,     42, 4 },
	{ "fragment cut",        V6("0008", "2c") "1100 0001 0000", SF_SHORT,     44, 2 },
	{ "seventeen",           V6("0089", "3c") "3c00 00*6 3c00 00*6 3c00 00*6 3c00 00*6 3c00 00*6 3c00 00*6 3c00 00*6 3c00 00*6 3c00 00*6 3c00 00*6 3c00 00*6 3c00 00*6 3c00 00*6 3c00 00*6 3c00 00*6 3c00 00*6 1100 00*6 aa", SF_LIMIT, 168, 0 },
};
/* clang-format on */

static void
reads_version_4(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(good4); i++) {
		struct sf_bytes in = hex_octets(good4[i].hex);
		const char *w = good4[i].what;
		struct sf_ipv4 h;
		struct sf_diag d;

		EXPECT(w, sf_ipv4_parse(&h, in, &d), SF_OK);
		EXPECT(w, h.header_octets, good4[i].header_octets);
		EXPECT(w, h.total_octets, good4[i].total_octets);
		EXPECT(w, h.id, 0x1234);
		EXPECT(w, h.ttl, 64);
		EXPECT(w, h.protocol, 17);
		EXPECT(w, h.fragment, good4[i].fragment);
		EXPECT(w, h.more_fragments, good4[i].more);
		EXPECT(w, h.fragment_at, good4[i].at);
		expect_octets(w, h.src, "0a010101");
		expect_octets(w, h.dst, "0a020202");
		expect_octets(w, h.options, good4[i].options);
		expect_octets(w, h.payload, good4[i].payload);
		expect_prefixes(w, "ipv4", in);
		hex_free(in);
	}
	expect_refused("ipv4", bad4, LENGTH(bad4));
}

static void
reads_version_6(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(good6); i++) {
		struct sf_bytes in = hex_octets(good6[i].hex);
		const char *w = good6[i].what;
		struct sf_ipv6 h;
		struct sf_diag d;

		EXPECT(w, sf_ipv6_parse(&h, in, &d), SF_OK);
		EXPECT(w, h.next, good6[i].next);
		EXPECT(w, h.hops, 64);
		EXPECT(w, h.extensions, good6[i].extensions);
		EXPECT(w, h.told_octets, good6[i].told_octets);
		EXPECT(w, h.header_octets, good6[i].header_octets);
		EXPECT(w, h.fragment, good6[i].fragment);
		EXPECT(w, h.more_fragments, good6[i].more);
		EXPECT(w, h.fragment_at, good6[i].at);
		expect_octets(w, h.src, "20*16");
		expect_octets(w, h.dst, "30*16");
		expect_octets(w, h.payload, good6[i].payload);
		expect_prefixes(w, "ipv6", in);
		hex_free(in);
	}
	expect_refused("ipv6", bad6, LENGTH(bad6));
}

static void
survives_noise(void **state)
{
	(void)state;
	expect_noise("ipv4", 100);
	expect_noise("ipv6", 200);
}

int
main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(reads_version_4),
		cmocka_unit_test(reads_version_6),
		cmocka_unit_test(survives_noise),
	};

	return cmocka_run_group_tests_name("ip", all, NULL, NULL);
}
