/* Unit tests of parsers/rtp/rtp.c. */
#include "parsers/rtp/rtp.h"
#include "tests/rows.h"

#define F "80 60 1234 00000a0b 11223344 " /* version 2, PT 96, nothing more */

/* clang-format off */
static const struct {
	const char *what, *hex;
	uint8_t pt, csrcs;
	bool marker, has_ext;
	uint16_t ext_profile;
	const char *csrc, *ext, *payload;
} good[] = {
	{ "header alone",      F,                                          96, 0, false, false, 0,      "", "", "" },
	{ "payload",           F "dead beef",                              96, 0, false, false, 0,      "", "", "deadbeef" },
	{ "marker",            "80 e0 1234 00000a0b 11223344 01",          96, 0, true,  false, 0,      "", "", "01" },
	{ "highest PT",        "80 ff 1234 00000a0b 11223344 01",         127, 0, true,  false, 0,      "", "", "01" },
	{ "one CSRC",          "81 60 1234 00000a0b 11223344 cafebabe 01", 96, 1, false, false, 0,      "cafebabe", "", "01" },
	{ "15 CSRCs",          "8f 60 1234 00000a0b 11223344 77*60 01",    96,15, false, false, 0,      "77*60", "", "01" },
	{ "extension",         "90 60 1234 00000a0b 11223344 bede 0001 10aa0000 01", 96, 0, false, true, 0xbede, "", "10aa0000", "01" },
	{ "empty extension",   "90 60 1234 00000a0b 11223344 1000 0000 01", 96, 0, false, true, 0x1000, "", "", "01" },
	{ "profile zero",      "90 60 1234 00000a0b 11223344 0000 0000",   96, 0, false, true,  0,      "", "", "" },
	{ "cryptex, CSRC",     "91 60 1234 00000a0b 11223344 01020304 c0de 0001 05060708 09", 96, 1, false, true, 0xc0de, "01020304", "05060708", "09" },
};

/* the P bit, and what became of it */
static const struct {
	const char *what, *hex;
	bool has_padding, bad_padding;
	uint8_t padding;
	const char *payload;
} padded[] = {
	{ "no padding",          F "0102",                                   false, false, 0, "0102" },
	{ "one octet",           "a0 60 1234 00000a0b 11223344 aa 01",       true,  false, 1, "aa" },
	{ "four octets",         "a0 60 1234 00000a0b 11223344 aabb 00000004", true, false, 4, "aabb" },
	{ "all padding",         "a0 60 1234 00000a0b 11223344 000003",      true,  false, 3, "" },
	{ "255 of padding",      "a0 60 1234 00000a0b 11223344 00*254 ff",   true,  false, 255, "" },
	{ "count of zero",       "a0 60 1234 00000a0b 11223344 aa00",        true,  true,  0, "aa00" },
	{ "count over by one",   "a0 60 1234 00000a0b 11223344 aa03",        true,  true,  0, "aa03" },
	{ "count far over",      "a0 60 1234 00000a0b 11223344 aaff",        true,  true,  0, "aaff" },
	{ "nothing to count in", "a0 60 1234 00000a0b 11223344",             true,  true,  0, "" },
	{ "not into extension",  "b0 60 1234 00000a0b 11223344 bede 0001 00000004", true, true, 0, "" },
};

static const struct bad_row bad[] = {
	{ "nothing at all",        "",                                     SF_SHORT,      0, 1 },
	{ "eleven octets",         "80 60 1234 00000a0b 112233",           SF_SHORT,      8, 1 },
	{ "version 0",             "00 60 1234 00000a0b 11223344 01",      SF_MALFORMED,  0, 0 },
	{ "version 1",             "40 60 1234 00000a0b 11223344 01",      SF_MALFORMED,  0, 0 },
	{ "version 3",             "c0 60 1234 00000a0b 11223344 01",      SF_MALFORMED,  0, 0 },
	{ "CSRC cut off",          "81 60 1234 00000a0b 11223344 cafeba",  SF_SHORT,     12, 1 },
	{ "15 CSRCs, none there",  "8f 60 1234 00000a0b 11223344",         SF_SHORT,     12, 60 },
	{ "extension head cut",    "90 60 1234 00000a0b 11223344 bede00",  SF_SHORT,     14, 1 },
	{ "extension body cut",    "90 60 1234 00000a0b 11223344 bede0002 00*7", SF_SHORT, 16, 1 },
	{ "extension of 65535 words", "90 60 1234 00000a0b 11223344 bedeffff 00*4", SF_SHORT, 16, 262136 },
};
/* clang-format on */

static void
reads_what_is_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(good); i++) {
		struct sf_bytes in = hex_octets(good[i].hex);
		const char *w = good[i].what;
		struct sf_rtp r;
		struct sf_diag d;

		EXPECT(w, sf_rtp_parse(&r, in, &d), SF_OK);
		EXPECT(w, r.seq, 0x1234);
		EXPECT(w, r.timestamp, 0xa0b);
		EXPECT(w, r.ssrc, 0x11223344);
		EXPECT(w, r.pt, good[i].pt);
		EXPECT(w, r.marker, good[i].marker);
		EXPECT(w, r.csrcs, good[i].csrcs);
		EXPECT(w, r.has_ext, good[i].has_ext);
		EXPECT(w, r.ext_profile, good[i].ext_profile);
		expect_octets(w, r.csrc, good[i].csrc);
		expect_octets(w, r.ext, good[i].ext);
		expect_octets(w, r.payload, good[i].payload);
		expect_prefixes(w, "rtp", in);
		hex_free(in);
	}
}

static void
takes_padding_off(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(padded); i++) {
		struct sf_bytes in = hex_octets(padded[i].hex);
		const char *w = padded[i].what;
		struct sf_rtp r;
		struct sf_diag d;

		EXPECT(w, sf_rtp_parse(&r, in, &d), SF_OK);
		EXPECT(w, r.has_padding, padded[i].has_padding);
		EXPECT(w, r.bad_padding, padded[i].bad_padding);
		EXPECT(w, r.padding, padded[i].padding);
		expect_octets(w, r.payload, padded[i].payload);
		expect_prefixes(w, "rtp", in);
		hex_free(in);
	}
}

static void
stops_where_it_must(void **state)
{
	(void)state;
	expect_refused("rtp", bad, LENGTH(bad));
}

static void
publishes_only_success(void **state)
{
	struct sf_bytes in = hex_octets(F);
	struct sf_rtp r = { .ssrc = 42 };
	struct sf_diag d;

	(void)state;
	EXPECT("cut", sf_rtp_parse(&r, sf_bytes(in.p, 11), &d), SF_SHORT);
	EXPECT("cut", r.ssrc, 42);
	hex_free(in);
}

static void
survives_noise(void **state)
{
	(void)state;
	expect_noise("rtp", 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_is_there),
		cmocka_unit_test(takes_padding_off),
		cmocka_unit_test(stops_where_it_must),
		cmocka_unit_test(publishes_only_success),
		cmocka_unit_test(survives_noise),
	};

	return cmocka_run_group_tests_name("rtp", tests, NULL, NULL);
}
