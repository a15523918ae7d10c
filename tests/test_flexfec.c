/* Unit tests of parsers/rtp/flexfec.c, flexfec_rfc.c and ulpfec.c. */
#include <stdio.h>

#include "parsers/rtp/flexfec.h"
#include "parsers/rtp/flexfec_rfc.h"
#include "parsers/rtp/ulpfec.h"
#include "tests/rows.h"

static const struct bad_row bad[] = {
	{ "nothing", "", SF_SHORT, 0, 1 },
	{ "cut in the SSRC", "00*8 01000000 1122", SF_SHORT, 12, 2 },
	{ "no base", "00*8 01000000 11223344", SF_SHORT, 16, 2 },
	{ "two streams", "00*8 02000000 11223344 0001", SF_UNSUPPORTED, 8, 0 },
	{ "reserved bits", "00*8 01000001 11223344 0001", SF_UNSUPPORTED, 8,
	    0 },
	{ "no mask", "00*8 01000000 11223344 0001 80", SF_SHORT, 18, 1 },
	{ "no second part", "00*8 01000000 11223344 0001 4000 80", SF_SHORT, 20,
	    3 },
	{ "no third part", "00*8 01000000 11223344 0001 4000 00000001",
	    SF_SHORT, 24, 8 },
};

static const struct bad_row bad_rfc[] = {
	{ "nothing", "", SF_SHORT, 0, 1 },
	{ "no base", "00*8 ab", SF_SHORT, 8, 1 },
	{ "retransmission", "80 00*9 0001", SF_UNSUPPORTED, 0, 0 },
	{ "rows", "40 00*9 0501", SF_UNSUPPORTED, 0, 0 },
	{ "no second part", "00*8 abcd 8001 00", SF_SHORT, 12, 3 },
	{ "no third part", "00*8 abcd 8001 80000000", SF_SHORT, 16, 8 },
};

static const struct bad_row bad_ulp[] = {
	{ "nothing", "", SF_SHORT, 0, 1 },
	{ "no level", "00*10 00", SF_SHORT, 10, 1 },
	{ "no long mask", "40 00*11 8000", SF_SHORT, 12, 4 },
	{ "extended", "80 00*13", SF_UNSUPPORTED, 0, 0 },
};

/* Packets of the mask, as bits of the numbers given. */
static void
expect_mask(
    const char *row, struct sf_fec_mask m, unsigned n, const unsigned *numbers)
{
	EXPECT(row, sf_fec_mask_count(&m), n);
	for (unsigned i = 0; i < n; i++)
		EXPECT(row, sf_fec_mask_has(&m, numbers[i]), true);
	EXPECT(row, sf_fec_mask_has(&m, 128), false);
}

static void
reads_masks_of_the_draft(void **state)
{
	static const struct {
		const char *what, *mask;
		unsigned n, numbers[4];
	} rows[] = {
		{ "one", "c000", 1, { 0 } },
		{ "ends of the first part", "c001", 2, { 0, 14 } },
		{ "second part", "4000 80000001", 2, { 0, 45 } },
		{ "third part", "0001 40000000 8000000000000001", 3,
		    { 14, 15, 108 } },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		char hex[128];
		struct sf_flexfec f;
		struct sf_diag d;
		struct sf_bytes in;

		snprintf(hex, sizeof(hex),
		    "00e1 0006 00*4 01000000 11223344 abcd %s 5a5b",
		    rows[i].mask);
		in = hex_octets(hex);
		EXPECT(rows[i].what, sf_flexfec_parse(&f, in, &d), SF_OK);
		EXPECT(rows[i].what, f.length, 6);
		expect_mask(rows[i].what, f.mask, rows[i].n, rows[i].numbers);
		expect_octets(rows[i].what, f.payload, "5a5b");
		expect_prefixes(rows[i].what, "flexfec", in);
		hex_free(in);
	}
}

static void
reads_masks_of_the_rfc(void **state)
{
	static const struct {
		const char *what, *mask;
		unsigned n, numbers[4];
	} rows[] = {
		{ "one", "4000", 1, { 0 } },
		{ "second part", "c000 00000001", 2, { 0, 45 } },
		{ "third part", "8001 c0000000 8000000000000001", 4,
		    { 14, 15, 46, 109 } },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		char hex[128];
		struct sf_flexfec_rfc f;
		struct sf_diag d;
		struct sf_bytes in;

		snprintf(hex, sizeof(hex), "00e1 0006 00*4 abcd %s 5a5b",
		    rows[i].mask);
		in = hex_octets(hex);
		EXPECT(rows[i].what, sf_flexfec_rfc_parse(&f, in, &d), SF_OK);
		EXPECT(rows[i].what, f.base, 0xabcd);
		expect_mask(rows[i].what, f.mask, rows[i].n, rows[i].numbers);
		expect_octets(rows[i].what, f.payload, "5a5b");
		expect_prefixes(rows[i].what, "flexfec_rfc", in);
		hex_free(in);
	}
}

static void
reads_ulpfec(void **state)
{
	static const unsigned ends[] = { 0, 15 }, far[] = { 1, 47 };
	struct sf_bytes in = hex_octets("00e1 1234 00*4 006e 0004 8001 5a5b");
	struct sf_bytes wide =
	    hex_octets("40e1 1234 00*4 006e 0004 400000000001 5a5b");
	struct sf_ulpfec f;
	struct sf_diag d;

	(void)state;
	EXPECT("16 bits", sf_ulpfec_parse(&f, in, &d), SF_OK);
	EXPECT("16 bits", f.base, 0x1234);
	EXPECT("16 bits", f.length, 0x6e);
	EXPECT("16 bits", f.protected, 4);
	expect_mask("16 bits", f.mask, 2, ends);
	expect_octets("16 bits", f.payload, "5a5b");
	EXPECT("48 bits", sf_ulpfec_parse(&f, wide, &d), SF_OK);
	expect_mask("48 bits", f.mask, 2, far);
	expect_prefixes("16 bits", "ulpfec", in);
	expect_prefixes("48 bits", "ulpfec", wide);
	hex_free(in);
	hex_free(wide);
}

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
	expect_refused("flexfec_rfc", bad_rfc, LENGTH(bad_rfc));
	expect_refused("ulpfec", bad_ulp, LENGTH(bad_ulp));
	expect_noise("flexfec", 60);
	expect_noise("flexfec_rfc", 60);
	expect_noise("ulpfec", 60);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_stream_protected),
		cmocka_unit_test(reads_masks_of_the_draft),
		cmocka_unit_test(reads_masks_of_the_rfc),
		cmocka_unit_test(reads_ulpfec),
		cmocka_unit_test(stops_where_it_must),
	};

	return cmocka_run_group_tests_name("flexfec", tests, NULL, NULL);
}
