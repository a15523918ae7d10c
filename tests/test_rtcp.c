/* Unit tests of parsers/rtp/rtcp.c. */
#include "parsers/rtp/rtcp.h"
#include "tests/rows.h"

/* clang-format off */
static const struct {
	const char *what, *hex;
	uint8_t type, count;
	bool has_ssrc;
	uint32_t ssrc;
	const char *body, *payload;
} good[] = {
	{ "receiver report",    "80c90001 11223344",                   201, 0,  true,  0x11223344, "11223344", "" },
	{ "two in a compound",  "80c90001 11223344 81cb0001 55667788", 201, 0,  true,  0x11223344, "11223344", "81cb000155667788" },
	{ "sender report",      "80c80006 11223344 00*20",             200, 0,  true,  0x11223344, "11223344 00*20", "" },
	{ "feedback, FMT 15",   "8fcd0002 11223344 55667788",          205, 15, true,  0x11223344, "1122334455667788", "" },
	{ "BYE of nobody",      "80cb0000",                            203, 0,  false, 0,          "", "" },
	{ "padding goes",       "a0c90002 11223344 00000004",          201, 0,  true,  0x11223344, "11223344", "" },
	{ "nothing but padding", "a0c90002 00000000 00000008",         201, 0,  false, 0,          "", "" },
	{ "padding of 3",       "a0c90002 11223344 00000003",          201, 0,  true,  0x11223344, "1122334400000003", "" },
	{ "padding of 0",       "a0c90001 11223300",                   201, 0,  true,  0x11223300, "11223300", "" },
	{ "too much padding",   "a0c90002 11223344 0000000c",          201, 0,  true,  0x11223344, "112233440000000c", "" },
	{ "padded and empty",   "a0cb0000",                            203, 0,  false, 0,          "", "" },
	{ "count of 31",        "9fca0001 00000000",                   202, 31, true,  0,          "00000000", "" },
	{ "unheard-of type",    "80ff0000 01",                         255, 0,  false, 0,          "", "01" },
};

static const struct bad_row bad[] = {
	{ "nothing at all",     "",                          SF_SHORT,     0, 1 },
	{ "three octets",       "80c900",                    SF_SHORT,     2, 1 },
	{ "version 0",          "00c90001 11223344",         SF_MALFORMED, 0, 0 },
	{ "version 3",          "c0c90001 11223344",         SF_MALFORMED, 0, 0 },
	{ "body cut off",       "80c90001 112233",           SF_SHORT,     4, 1 },
	{ "65535 words",        "80c9ffff 11223344",         SF_SHORT,     4, 262136 },
	{ "SRTCP index behind", "80000001",                  SF_SHORT,     4, 4 },
};

static const struct {
	const char *what, *hex;
	uint32_t ssrc;
	const char *cname, *payload;
} chunks[] = {
	{ "CNAME",               "11223344 0103616263 000000",            0x11223344, "616263", "" },
	{ "end on the boundary", "11223344 01056162636465 00",            0x11223344, "6162636465", "" },
	{ "four nulls",          "11223344 010461626364 0000 ",           0x11223344, "61626364", "" },
	{ "whole word of nulls", "11223344 0102 6162 00000000",           0x11223344, "6162", "" },
	{ "no items",            "11223344 00000000",                     0x11223344, "", "" },
	{ "two chunks",          "11223344 00000000 55667788 00000000",   0x11223344, "", "5566778800000000" },
	{ "CNAME behind a NAME", "11223344 020178 01017a 0000",           0x11223344, "7a", "" },
	{ "the first CNAME",     "11223344 010178 01017a 0000",           0x11223344, "78", "" },
	{ "empty CNAME",         "11223344 0100 0000",                    0x11223344, "", "" },
	{ "escape sequences",    "11223344 01031b5b4a 000000",            0x11223344, "1b5b4a", "" },
};

static const struct bad_row bad_chunks[] = {
	{ "nothing at all",      "",                              SF_SHORT, 0, 4 },
	{ "SSRC cut off",        "112233",                        SF_SHORT, 0, 1 },
	{ "SSRC alone",          "11223344",                      SF_SHORT, 4, 1 },
	{ "item without length", "11223344 01",                   SF_SHORT, 5, 1 },
	{ "item past the end",   "11223344 01ff 6162",            SF_SHORT, 6, 253 },
	{ "no end of items",     "11223344 01026162",             SF_SHORT, 8, 1 },
	{ "boundary cut off",    "11223344 01026162 0000",        SF_SHORT, 9, 2 },
};
/* clang-format on */

static void
reads_packets(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(good); i++) {
		struct sf_bytes in = hex_octets(good[i].hex);
		const char *w = good[i].what;
		struct sf_rtcp r;
		struct sf_diag d;

		EXPECT(w, sf_rtcp_parse(&r, in, &d), SF_OK);
		EXPECT(w, r.type, good[i].type);
		EXPECT(w, r.count, good[i].count);
		EXPECT(w, r.has_ssrc, good[i].has_ssrc);
		EXPECT(w, r.ssrc, good[i].ssrc);
		expect_octets(w, r.body, good[i].body);
		EXPECT(w, r.body.n + r.padding + r.payload.n + 4, in.n);
		expect_octets(w, r.payload, good[i].payload);
		expect_prefixes(w, "rtcp", in);
		hex_free(in);
	}
}

static void
stops_where_it_must(void **state)
{
	(void)state;
	expect_refused("rtcp", bad, LENGTH(bad));
	expect_noise("rtcp", 60);
}

static void
reads_chunks(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(chunks); i++) {
		struct sf_bytes in = hex_octets(chunks[i].hex);
		const char *w = chunks[i].what;
		struct sf_rtcp_sdes s;
		struct sf_diag d;

		EXPECT(w, sf_rtcp_sdes_parse(&s, in, &d), SF_OK);
		EXPECT(w, s.ssrc, chunks[i].ssrc);
		expect_octets(w, s.cname, chunks[i].cname);
		expect_octets(w, s.payload, chunks[i].payload);
		expect_prefixes(w, "rtcp_sdes", in);
		hex_free(in);
	}
}

static void
stops_in_a_chunk(void **state)
{
	(void)state;
	expect_refused("rtcp_sdes", bad_chunks, LENGTH(bad_chunks));
	expect_noise("rtcp_sdes", 60);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_packets),
		cmocka_unit_test(stops_where_it_must),
		cmocka_unit_test(reads_chunks),
		cmocka_unit_test(stops_in_a_chunk),
	};

	return cmocka_run_group_tests_name("rtcp", tests, NULL, NULL);
}
