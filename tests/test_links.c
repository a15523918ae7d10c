/* Unit tests of the parsers of links: ppp, wifi, capturing. */
#include "parsers/net/capturing.h"
#include "parsers/net/wifi.h"
#include "tests/rows.h"

/* clang-format off */
static const struct parser_row rows[] = {
	{ "ppp", "framed", "ff03 0021 45", SF_OK, 0, 0, "45" },
	{ "ppp", "bare", "0057 60", SF_OK, 0, 0, "60" },
	{ "ppp", "protocol of one octet", "ff03 21 45", SF_OK, 0, 0, "45" },
	{ "ppp", "address alone", "ff03", SF_SHORT, 2, 1, "" },
	{ "pppoe", "session", "1100 002a 0003 0021 45 ffff", SF_OK, 0, 0, "002145" },
	{ "pppoe", "cut", "1100 002a 0100 0021 45", SF_OK, 0, 0, "002145" },
	{ "pppoe", "version 2", "2100 002a 0003 0021 45", SF_UNSUPPORTED, 0, 0, "" },
	{ "pppoe", "short", "1100 002a 00", SF_SHORT, 4, 1, "" },
	{ "chdlc", "unicast", "0f00 0800 45", SF_OK, 0, 0, "45" },
	{ "chdlc", "short", "0f00 08", SF_SHORT, 2, 1, "" },
	{ "wifi", "data", "0801 0000 00*20 aaaa03", SF_OK, 0, 0, "aaaa03" },
	{ "wifi", "data with quality", "8801 0000 00*20 0000 aaaa03", SF_OK, 0, 0, "aaaa03" },
	{ "wifi", "from one access point to another", "0803 0000 00*26 aaaa03", SF_OK, 0, 0, "aaaa03" },
	{ "wifi", "HT control", "8881 0000 00*20 0000 00*4 aaaa03", SF_OK, 0, 0, "aaaa03" },
	{ "wifi", "a beacon", "8000 0000 aa", SF_OK, 0, 0, "0000aa" },
	{ "wifi", "header cut", "0801 00*21", SF_SHORT, 2, 1, "" },
	{ "amsdu", "first of two", "010203040506 0708090a0b0c 0003 aaaa03 00*3 ff", SF_OK, 0, 0, "ff" },
	{ "amsdu", "last", "010203040506 0708090a0b0c 0003 aaaa03", SF_OK, 0, 0, "" },
	{ "amsdu", "cut", "010203040506 0708090a0b0c 0003 aaaa", SF_SHORT, 14, 1, "" },
	{ "radiotap", "least", "0000 0800 00000000 08", SF_OK, 0, 0, "08" },
	{ "radiotap", "timer, flags, two words", "0000 1d00 03000080 00000000 00*4 00*8 30 00*4 08", SF_OK, 0, 0, "08" },
	{ "radiotap", "version 1", "0100 0800 00000000", SF_UNSUPPORTED, 0, 0, "" },
	{ "radiotap", "length of 7", "0000 0700 00000000", SF_MALFORMED, 2, 0, "" },
	{ "radiotap", "fields cut", "0000 0c00 00000000", SF_SHORT, 8, 4, "" },
	{ "ppi", "to 802.11", "0000 0800 69000000 08", SF_OK, 0, 0, "08" },
	{ "ppi", "length of 4", "0000 0400 69000000", SF_MALFORMED, 2, 0, "" },
	{ "prism", "AVS", "80211001 00000010 00*8 08", SF_OK, 0, 0, "08" },
	{ "prism", "Prism", "44000000 90000000 00*136 08", SF_OK, 0, 0, "08" },
	{ "prism", "length of 4", "44000000 04000000", SF_MALFORMED, 4, 0, "" },
	{ "prism", "cut", "44000000 90000000 00*135", SF_SHORT, 8, 1, "" },
	{ "nflog", "hook and payload", "0200 0000 0800 0100 08000100 0600 0900 4500", SF_OK, 0, 0, "4500" },
	{ "nflog", "other byte order", "0200 0000 0008 0001 08000100 0006 0009 4500", SF_OK, 0, 0, "4500" },
	{ "nflog", "no payload", "0200 0000 0800 0100 08000100", SF_OK, 0, 0, "" },
	{ "nflog", "payload cut", "0200 0000 2c00 0900 4500", SF_OK, 0, 0, "4500" },
	{ "nflog", "value of no length", "0200 0000 0000 0100", SF_MALFORMED, 4, 0, "" },
	{ "nflog", "version 1", "0201 0000", SF_UNSUPPORTED, 1, 0, "" },
	{ "nflog", "value cut", "0200 0000 0800 0100 0800", SF_SHORT, 8, 2, "" },
	{ "pktap", "to Ethernet", "6c000000 01000000 01000000 00*96 aa", SF_OK, 0, 0, "aa" },
	{ "pktap", "length of 8", "08000000 01000000 01000000", SF_MALFORMED, 0, 0, "" },
	{ "pktap", "cut", "6c000000 01000000 01000000 00*95", SF_SHORT, 12, 1, "" },
	{ "exported", "rtp", "000c 0004 72747000 0014 0004 0a010101 0015 0004 0a020202 0018 0004 00000003 0019 0004 000003e8 001a 0004 000007d0 0000 0000 80", SF_OK, 0, 0, "80" },
	{ "exported", "no name", "0000 0000 80", SF_OK, 0, 0, "80" },
	{ "exported", "no end", "000c 0004 72747000", SF_SHORT, 8, 2, "" },
};
/* clang-format on */

ROW_TESTS(rows)

static void
tells_what_it_is(void **state)
{
	struct sf_bytes in = hex_octets("000c 0004 72747000 0014 0004 0a010101 "
					"0019 0004 000003e8 0000 0000 80");
	struct sf_exported e;
	struct sf_wifi w;
	struct sf_radiotap r;
	struct sf_diag d;

	(void)state;
	EXPECT("exported", sf_exported_parse(&e, in, &d), SF_OK);
	expect_octets("exported", e.name, "727470");
	expect_octets("exported", e.src, "0a010101");
	EXPECT("exported", e.dst.n, 0);
	EXPECT("exported", e.src_port, 1000);
	EXPECT("exported", e.dst_port, 0);
	hex_free(in);
	in = hex_octets("8841 0000 00*20 8000 aaaa03");
	EXPECT("wifi", sf_wifi_parse(&w, in, &d), SF_OK);
	EXPECT("wifi", w.data, true);
	EXPECT("wifi", w.protected, true);
	EXPECT("wifi", w.aggregate, true);
	EXPECT("wifi", w.header_octets, 26);
	hex_free(in);
	in = hex_octets("0000 1900 03000080 00000000 00*4 00*8 30");
	EXPECT("radiotap", sf_radiotap_parse(&r, in, &d), SF_OK);
	EXPECT("radiotap", r.fcs, true);
	EXPECT("radiotap", r.padded, true);
	hex_free(in);
}

int
main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(reads_or_refuses),
		cmocka_unit_test(survives_noise),
		cmocka_unit_test(tells_what_it_is),
	};

	return cmocka_run_group_tests_name("links", all, NULL, NULL);
}
