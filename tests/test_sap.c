/* Unit tests of parsers/rtp/sap.c. */
#include "parsers/rtp/sap.h"
#include "tests/rows.h"

/* clang-format off */
static const struct parser_row rows[] = {
	{ "sap", "type and text",  "20 00 1234 0a020202 612f6200 763d30", SF_OK, 0, 0, "763d30" },
	{ "sap", "text alone",     "20 00 1234 0a020202 763d30", SF_OK, 0, 0, "763d30" },
	{ "sap", "IPv6",           "30 00 1234 20*16 612f6200 763d30", SF_OK, 0, 0, "763d30" },
	{ "sap", "authentication", "20 02 1234 0a020202 00*8 763d30", SF_OK, 0, 0, "763d30" },
	{ "sap", "encrypted",      "22 00 1234 0a020202 aabb", SF_OK, 0, 0, "aabb" },
	{ "sap", "compressed",     "21 00 1234 0a020202 aabb", SF_OK, 0, 0, "aabb" },
	{ "sap", "deletion",       "24 00 1234 0a020202 6f3d", SF_OK, 0, 0, "6f3d" },
	{ "sap", "type empty",     "20 00 1234 0a020202 00 763d30", SF_OK, 0, 0, "763d30" },
	{ "sap", "type without end", "20 00 1234 0a020202 6170", SF_MALFORMED, 8, 0, "" },
	{ "sap", "no payload",     "20 00 1234 0a020202", SF_MALFORMED, 8, 0, "" },
	{ "sap", "version 0",      "00 00 1234 0a020202 763d30", SF_UNSUPPORTED, 0, 0, "" },
	{ "sap", "version 2",      "40 00 1234 0a020202 763d30", SF_UNSUPPORTED, 0, 0, "" },
	{ "sap", "nothing",        "", SF_SHORT, 0, 1, "" },
	{ "sap", "cut",            "20 00 12", SF_SHORT, 2, 1, "" },
	{ "sap", "authentication that lies", "20 ff 1234 0a020202 763d30", SF_SHORT, 8, 1017, "" },
	{ "sap", "IPv6 cut",       "30 00 1234 20*15", SF_SHORT, 4, 1, "" },
};
/* clang-format on */

static void
reads_or_refuses(void **state)
{
	(void)state;
	expect_rows(rows, LENGTH(rows));
}

static void
tells_what_it_is(void **state)
{
	struct sf_bytes in = hex_octets("20 00 1234 0a020202 612f6200 763d30");
	struct sf_sap s;
	struct sf_diag d;

	(void)state;
	EXPECT("sap", sf_sap_parse(&s, in, &d), SF_OK);
	EXPECT("sap", s.hash, 0x1234);
	EXPECT("sap", s.deletion, false);
	EXPECT("sap", s.sealed, false);
	expect_octets("origin", s.origin, "0a020202");
	expect_octets("type", s.type, "612f62");
	hex_free(in);
	in = hex_octets("35 00 0001 20*16 aa");
	EXPECT("sealed", sf_sap_parse(&s, in, &d), SF_OK);
	EXPECT("sealed", s.deletion, true);
	EXPECT("sealed", s.sealed, true);
	EXPECT("sealed", s.origin.n, 16);
	hex_free(in);
}

static void
survives_noise(void **state)
{
	(void)state;
	expect_noise("sap", 120);
}

int
main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(reads_or_refuses),
		cmocka_unit_test(tells_what_it_is),
		cmocka_unit_test(survives_noise),
	};

	return cmocka_run_group_tests_name("sap", all, NULL, NULL);
}
