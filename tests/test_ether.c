/* Unit tests of parsers/net/ether.c. */
#include "parsers/net/ether.h"
#include "tests/rows.h"

#define A "010203040506 0708090a0b0c " /* the two addresses */

/* clang-format off */
static const struct {
	const char *what, *hex;
	uint16_t type;
	uint8_t tags;
	uint16_t outer, inner;
	bool llc;
	const char *payload;
} good[] = {
	{ "IPv4",             A "0800 4500",                         0x0800, 0, 0, 0, false, "4500" },
	{ "nothing behind",   A "86dd",                              0x86dd, 0, 0, 0, false, "" },
	{ "lowest EtherType", A "0600 aa",                           0x0600, 0, 0, 0, false, "aa" },
	{ "802.1Q",           A "8100 6005 0800 45",                 0x0800, 1, 0x6005, 0x6005, false, "45" },
	{ "802.1ad",          A "88a8 0064 8100 0005 86dd 60",       0x86dd, 2, 0x64, 5, false, "60" },
	{ "the other way",    A "8100 0001 88a8 0002 0800 45",       0x0800, 2, 1, 2, false, "45" },
	{ "old QinQ",         A "9100 0001 9200 0002 8100 0003 0800 45", 0x0800, 3, 1, 3, false, "45" },
	{ "eight tags",       A "8100 0001 8100 0002 8100 0003 8100 0004 8100 0005 8100 0006 8100 0007 8100 0008 0800 45", 0x0800, 8, 1, 8, false, "45" },
	{ "SNAP",             A "000a aaaa03000000 0800 4500",       0x0800, 0, 0, 0, true,  "4500" },
	{ "SNAP, padding",    A "000a aaaa03000000 0800 4500 00*36", 0x0800, 0, 0, 0, true,  "4500" },
	{ "SNAP, cut",        A "0100 aaaa03000000 0800 4500",       0x0800, 0, 0, 0, true,  "4500" },
	{ "bridged SNAP",     A "0009 aaaa030000f8 86dd 60",         0x86dd, 0, 0, 0, true,  "60" },
	{ "another SNAP",     A "000a aaaa0300000c 2000 0102",       0,      0, 0, 0, true,  "aaaa0300000c20000102" },
	{ "spanning tree",    A "0005 4242030000 00*39",             0,      0, 0, 0, true,  "4242030000" },
	{ "SNAP in a tag",    A "8100 0007 000a aaaa03000000 0800 4500", 0x0800, 1, 7, 7, true, "4500" },
	{ "highest length",   A "05ff aaaa03000000 0800 45",         0x0800, 0, 0, 0, true,  "45" },
};

static const struct bad_row bad[] = {
	{ "nothing at all",    "",                            SF_SHORT,  0, 6 },
	{ "half an address",   "010203",                      SF_SHORT,  0, 3 },
	{ "no type",           A,                             SF_SHORT, 12, 2 },
	{ "half a type",       A "08",                        SF_SHORT, 12, 1 },
	{ "tag cut off",       A "8100",                      SF_SHORT, 14, 2 },
	{ "tag without type",  A "8100 0001",                 SF_SHORT, 16, 2 },
	{ "second tag cut",    A "8100 0001 88a8 00",         SF_SHORT, 18, 1 },
	{ "nine tags",         A "8100 0001 8100 0002 8100 0003 8100 0004 8100 0005 8100 0006 8100 0007 8100 0008 8100 0009 0800 45", SF_LIMIT, 46, 0 },
	{ "length, no LLC",    A "0010",                      SF_SHORT, 14, 3 },
	{ "LLC cut off",       A "0010 aaaa",                 SF_SHORT, 14, 1 },
	{ "SNAP cut off",      A "0010 aaaa03 000000 08",     SF_SHORT, 14, 1 },
	{ "length of one",     A "0001 aaaa03000000 0800",    SF_SHORT, 14, 2 },
	{ "length inside SNAP", A "0007 aaaa03000000 0800",   SF_SHORT, 14, 1 },
};
/* clang-format on */

static void
reads_what_is_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(good); i++) {
		struct sf_bytes in = hex_octets(good[i].hex);
		const char *w = good[i].what;
		struct sf_ether e;
		struct sf_diag d;

		EXPECT(w, sf_ether_parse(&e, in, &d), SF_OK);
		expect_octets(w, e.dst, "010203040506");
		expect_octets(w, e.src, "0708090a0b0c");
		EXPECT(w, e.of.type, good[i].type);
		EXPECT(w, e.of.llc, good[i].llc);
		EXPECT(w, e.of.tags, good[i].tags);
		if (e.of.tags != 0) {
			EXPECT(w, e.of.tci[0], good[i].outer);
			EXPECT(w, e.of.tci[e.of.tags - 1], good[i].inner);
		}
		expect_octets(w, e.payload, good[i].payload);
		expect_prefixes(w, "ether", in);
		hex_free(in);
	}
}

static void
stops_where_it_must(void **state)
{
	(void)state;
	expect_refused("ether", bad, LENGTH(bad));
}

static void
survives_noise(void **state)
{
	(void)state;
	expect_noise("ether", 64);
}

int
main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(reads_what_is_there),
		cmocka_unit_test(stops_where_it_must),
		cmocka_unit_test(survives_noise),
	};

	return cmocka_run_group_tests_name("ether", all, NULL, NULL);
}
