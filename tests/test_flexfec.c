/* Unit tests of parsers/rtp/flexfec.c. */
#include "parsers/rtp/flexfec.h"
#include "tests/rows.h"

static const struct bad_row bad[] = {
	{ "nothing", "", SF_SHORT, 0, 1 },
	{ "cut in the SSRC", "00*8 01000000 1122", SF_SHORT, 12, 2 },
	{ "no base", "00*8 01000000 11223344", SF_SHORT, 16, 2 },
	{ "two streams", "00*8 02000000 11223344 0001", SF_UNSUPPORTED, 8, 0 },
	{ "reserved bits", "00*8 01000001 11223344 0001", SF_UNSUPPORTED, 8,
	    0 },
};

static void
reads_the_stream_protected(void **state)
{
	struct sf_bytes in =
	    hex_octets("c0 e1 0102 03040506 01000000 11223344 abcd 8001 ff");
	struct sf_flexfec f;
	struct sf_diag d;

	(void)state;
	EXPECT("header", sf_flexfec_parse(&f, in, &d), SF_OK);
	EXPECT("header", f.ssrc, 0x11223344);
	EXPECT("header", f.base, 0xabcd);
	EXPECT("header", f.retransmission && f.fixed, true);
	expect_octets("header", f.payload, "8001 ff");
	expect_prefixes("header", "flexfec", in);
	hex_free(in);
}

static void
stops_where_it_must(void **state)
{
	(void)state;
	expect_refused("flexfec", bad, LENGTH(bad));
	expect_noise("flexfec", 60);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_stream_protected),
		cmocka_unit_test(stops_where_it_must),
	};

	return cmocka_run_group_tests_name("flexfec", tests, NULL, NULL);
}
