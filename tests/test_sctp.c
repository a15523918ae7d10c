/* Unit tests of parsers/net/sctp.c. */
#include "parsers/net/sctp.h"
#include "tests/rows.h"

/* clang-format off */
static const struct {
	const char *what, *hex;
	uint8_t type;
	bool is_data, first, last;
	uint32_t ppid;
	const char *user, *payload;
} good[] = {
	{ "text",           "0003 0015 00000001 0002 0000 00000033 68656c6c6f 000000 0b00",
	  0,  true,  true,  true,  51, "68656c6c6f", "0b00" },
	{ "first fragment", "0002 0011 00000001 0002 0000 00000035 aa 000000",
	  0,  true,  true,  false, 53, "aa", "" },
	{ "I-DATA",         "4001 0016 00000001 0002 0000 00000009 00000035 aabb 0000",
	  64, true,  false, true,  53, "aabb", "" },
	{ "no padding",     "0003 0011 00000001 0002 0000 00000033 61",
	  0,  true,  true,  true,  51, "61", "" },
	{ "not data",       "0b00 0004 0000",     11, false, false, false, 0, "", "0000" },
	{ "too short for data", "0003 000f 0000000100020000000000 00",
	  0,  false, false, false, 0, "", "" },
};

static const struct bad_row bad[] = {
	{ "nothing at all", "",                 SF_SHORT,     0, 1 },
	{ "three octets",   "0003 00",          SF_SHORT,     2, 1 },
	{ "length of 3",    "0003 0003",        SF_MALFORMED, 2, 0 },
	{ "length of 0",    "0003 0000 aabb",   SF_MALFORMED, 2, 0 },
	{ "one over",       "0003 0007 aabb",   SF_SHORT,     4, 1 },
};

static const struct bad_row bad_heads[] = {
	{ "nothing at all", "",                         SF_SHORT, 0,  2 },
	{ "eleven octets",  "1388 1388 00000001 000000", SF_SHORT, 8, 1 },
};
/* clang-format on */

static void
reads_chunks(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(good); i++) {
		struct sf_bytes in = hex_octets(good[i].hex);
		const char *w = good[i].what;
		struct sf_sctp_chunk c;
		struct sf_diag d;

		EXPECT(w, sf_sctp_chunk_parse(&c, in, &d), SF_OK);
		EXPECT(w, c.type, good[i].type);
		EXPECT(w, c.is_data, good[i].is_data);
		EXPECT(w, c.first, good[i].first);
		EXPECT(w, c.last, good[i].last);
		expect_octets(w, c.user, good[i].user);
		expect_octets(w, c.payload, good[i].payload);
		if (good[i].is_data) {
			EXPECT(w, c.ppid, good[i].ppid);
			EXPECT(w, c.stream, 2);
			EXPECT(w, c.tsn, 1);
		}
		expect_prefixes(w, "sctp_chunk", in);
		hex_free(in);
	}
}

static void
reads_the_head(void **state)
{
	struct sf_bytes in = hex_octets("1388 1389 00000001 00000002 0b000004");
	struct sf_sctp s;
	struct sf_diag d;

	(void)state;
	EXPECT("head", sf_sctp_parse(&s, in, &d), SF_OK);
	EXPECT("head", s.src_port, 5000);
	EXPECT("head", s.dst_port, 5001);
	EXPECT("head", s.tag, 1);
	EXPECT("head", s.checksum, 2);
	expect_octets("head", s.payload, "0b000004");
	expect_prefixes("head", "sctp", in);
	hex_free(in);
}

static void
stops_where_it_must(void **state)
{
	(void)state;
	expect_refused("sctp_chunk", bad, LENGTH(bad));
	expect_refused("sctp", bad_heads, LENGTH(bad_heads));
}

static void
survives_noise(void **state)
{
	(void)state;
	expect_noise("sctp", 16);
	expect_noise("sctp_chunk", 24);
}

int
main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(reads_chunks),
		cmocka_unit_test(reads_the_head),
		cmocka_unit_test(stops_where_it_must),
		cmocka_unit_test(survives_noise),
	};

	return cmocka_run_group_tests_name("sctp", all, NULL, NULL);
}
