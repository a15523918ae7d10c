/* Unit tests of parsers/rtp/stun.c. */
#include "parsers/rtp/stun.h"
#include "tests/rows.h"

/* clang-format off */
static const struct parser_row rows[] = {
	{ "stun", "binding request", "0001 0000 2112a442 00*12", SF_OK, 0, 0, "" },
	{ "stun", "with an attribute, more behind", "0016 0004 2112a442 00*12 00130000 aa", SF_OK, 0, 0, "aa" },
	{ "stun", "no cookie", "0001 0000 2112a443 00*12", SF_MALFORMED, 4, 0, "" },
	{ "stun", "type of 16 bits", "4001 0000 2112a442 00*12", SF_MALFORMED, 4, 0, "" },
	{ "stun", "length of 3", "0001 0003 2112a442 00*15", SF_MALFORMED, 2, 0, "" },
	{ "stun", "attributes cut", "0001 0008 2112a442 00*12 0013 0004", SF_SHORT, 20, 4, "" },
	{ "stun", "header cut", "0001 0000 2112a442 00*11", SF_SHORT, 8, 1, "" },
	{ "stun_attr", "padded", "0013 0003 aabbcc00 ff", SF_OK, 0, 0, "ff" },
	{ "stun_attr", "padding cut", "0013 0003 aabbcc", SF_OK, 0, 0, "" },
	{ "stun_attr", "value cut", "0013 0004 aabbcc", SF_SHORT, 4, 1, "" },
	{ "channel_data", "padded", "4000 0003 aabbcc 00", SF_OK, 0, 0, "00" },
	{ "channel_data", "empty", "4fff 0000", SF_OK, 0, 0, "" },
	{ "channel_data", "old channel", "7fff 0001 aa", SF_OK, 0, 0, "" },
	{ "channel_data", "no channel", "3fff 0001 aa", SF_MALFORMED, 0, 0, "" },
	{ "channel_data", "above channels", "8000 0001 aa", SF_MALFORMED, 0, 0, "" },
	{ "channel_data", "cut", "4000 0003 aabb", SF_SHORT, 4, 1, "" },
};
/* clang-format on */

ROW_TESTS(rows)

static void
reads_addresses(void **state)
{
	struct sf_bytes id = hex_octets("2112a442 01*12");
	struct sf_bytes four = hex_octets("0001 22fa 2b13a543");
	struct sf_bytes six = hex_octets("0002 22fa 0113a9fa 01*12");
	struct sf_addr a;

	(void)state;
	EXPECT("IPv4", sf_stun_address(&a, four, id), true);
	EXPECT("IPv4", a.family, 4);
	EXPECT("IPv4", a.port, 1000);
	expect_octets("IPv4", sf_bytes(a.ip, 16), "0a010101 00*12");
	EXPECT("IPv6", sf_stun_address(&a, six, id), true);
	EXPECT("IPv6", a.family, 6);
	expect_octets("IPv6", sf_bytes(a.ip, 16), "20010db8 00*12");
	six.n--;
	EXPECT("IPv6, cut", sf_stun_address(&a, six, id), false);
	four.n--;
	EXPECT("IPv4, cut", sf_stun_address(&a, four, id), false);
	hex_free(four);
	hex_free(six);
	hex_free(id);
}

int
main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(reads_or_refuses),
		cmocka_unit_test(survives_noise),
		cmocka_unit_test(reads_addresses),
	};

	return cmocka_run_group_tests_name("stun", all, NULL, NULL);
}
