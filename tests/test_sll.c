/* Unit tests of parsers/net/sll.c and parsers/net/null.c. */
#include "parsers/net/null.h"
#include "parsers/net/sll.h"
#include "tests/rows.h"

/* clang-format off */
static const struct {
	const char *what, *hex;
	uint16_t packet_type, arphrd, protocol, type;
	uint8_t tags;
	const char *address, *payload;
} cooked[] = {
	{ "to us",       "0000 0001 0006 0102030405060000 0800 45",      0, 1, 0x0800, 0x0800, 0, "010203040506", "45" },
	{ "sent by us",  "0004 0304 0006 00*8 86dd 60",                  4, 772, 0x86dd, 0x86dd, 0, "00*6", "60" },
	{ "no address",  "0000 fffe 0000 00*8 0800",                     0, 0xfffe, 0x0800, 0x0800, 0, "", "" },
	{ "long address", "0000 0020 0014 0102030405060708 0800 45",     0, 32, 0x0800, 0x0800, 0, "0102030405060708", "45" },
	{ "tagged",      "0000 0001 0006 00*8 8100 0005 0800 45",        0, 1, 0x8100, 0x0800, 1, "00*6", "45" },
	{ "LLC",         "0000 0001 0006 00*8 0004 424203",              0, 1, 4, 0, 0, "00*6", "424203" },
	{ "SNAP",        "0000 0001 0006 00*8 0004 aaaa03000000 0800 45", 0, 1, 4, 0x0800, 0, "00*6", "45" },
	{ "Novell",      "0000 0001 0006 00*8 0001 ffff",                0, 1, 1, 0, 0, "00*6", "ffff" },
	{ "CAN",         "0001 0118 0000 00*8 000c 01",                  1, 280, 12, 0, 0, "", "01" },
	{ "radiotap",    "0000 0323 0006 00*8 0800 45",                  0, 803, 0x0800, 0, 0, "00*6", "45" },
	{ "netlink",     "0000 0338 0000 00*8 0800 45",                  0, 824, 0x0800, 0, 0, "", "45" },
};

static const struct bad_row bad_cooked[] = {
	{ "nothing at all",  "",                                      SF_SHORT,  0, 2 },
	{ "fifteen octets",  "0000 0001 0006 00*8 08",                SF_SHORT, 14, 1 },
	{ "tag cut off",     "0000 0001 0006 00*8 8100 000508",       SF_SHORT, 18, 1 },
	{ "LLC cut off",     "0000 0001 0006 00*8 0004 aaaa",         SF_SHORT, 16, 1 },
};

static const struct {
	const char *what, *hex;
	uint16_t packet_type, arphrd, protocol, type;
	uint32_t interface;
	uint8_t tags;
	const char *address, *payload;
} cooked2[] = {
	{ "to us",      "0800 0000 00000002 0001 00 06 0102030405060000 45", 0, 1, 0x0800, 0x0800, 2, 0, "010203040506", "45" },
	{ "sent by us", "86dd 0000 0000ffff 0304 04 06 00*8",                4, 772, 0x86dd, 0x86dd, 0xffff, 0, "00*6", "" },
	{ "tagged",     "8100 0000 00000001 0001 00 06 00*8 0005 0800 45",   0, 1, 0x8100, 0x0800, 1, 1, "00*6", "45" },
	{ "two tags",   "88a8 0000 00000001 0001 00 06 00*8 0005 8100 0006 0800 45", 0, 1, 0x88a8, 0x0800, 1, 2, "00*6", "45" },
	{ "address of 255", "0800 0000 00000001 0001 00 ff 0102030405060708 45", 0, 1, 0x0800, 0x0800, 1, 0, "0102030405060708", "45" },
	{ "LLC",        "0004 0000 00000001 0001 00 06 00*8 424203",         0, 1, 4, 0, 1, 0, "00*6", "424203" },
};

static const struct bad_row bad_cooked2[] = {
	{ "nothing at all",   "",                                             SF_SHORT,  0, 2 },
	{ "nineteen octets",  "0800 0000 00000001 0001 00 06 00*7",           SF_SHORT, 12, 1 },
	{ "tag cut off",      "8100 0000 00000001 0001 00 06 00*8 0005 08",   SF_SHORT, 22, 1 },
};

static const struct {
	const char *what, *hex;
	bool big;
	uint32_t family;
	const char *payload;
} loopback[] = {
	{ "IPv4, little", "02000000 45", false, 2, "45" },
	{ "IPv4, big",    "00000002 45", true,  2, "45" },
	{ "Darwin IPv6",  "1e000000 60", false, 30, "60" },
	{ "nothing",      "00000000",    true,  0, "" },
	{ "large",        "0000ffff",    true,  0xffff, "" },
};

static const struct bad_row bad_loopback[] = {
	{ "nothing at all", "",       SF_SHORT, 0, 4 },
	{ "three octets",   "020000", SF_SHORT, 0, 1 },
};
/* clang-format on */

static void
reads_version_1(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(cooked); i++) {
		struct sf_bytes in = hex_octets(cooked[i].hex);
		const char *w = cooked[i].what;
		struct sf_sll s;
		struct sf_diag d;

		EXPECT(w, sf_sll_parse(&s, in, &d), SF_OK);
		EXPECT(w, s.packet_type, cooked[i].packet_type);
		EXPECT(w, s.arphrd, cooked[i].arphrd);
		EXPECT(w, s.protocol, cooked[i].protocol);
		EXPECT(w, s.of.type, cooked[i].type);
		EXPECT(w, s.of.tags, cooked[i].tags);
		expect_octets(w, s.address, cooked[i].address);
		expect_octets(w, s.payload, cooked[i].payload);
		expect_prefixes(w, "sll", in);
		hex_free(in);
	}
	expect_refused("sll", bad_cooked, LENGTH(bad_cooked));
}

static void
reads_version_2(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(cooked2); i++) {
		struct sf_bytes in = hex_octets(cooked2[i].hex);
		const char *w = cooked2[i].what;
		struct sf_sll2 s;
		struct sf_diag d;

		EXPECT(w, sf_sll2_parse(&s, in, &d), SF_OK);
		EXPECT(w, s.packet_type, cooked2[i].packet_type);
		EXPECT(w, s.arphrd, cooked2[i].arphrd);
		EXPECT(w, s.protocol, cooked2[i].protocol);
		EXPECT(w, s.interface, cooked2[i].interface);
		EXPECT(w, s.of.type, cooked2[i].type);
		EXPECT(w, s.of.tags, cooked2[i].tags);
		expect_octets(w, s.address, cooked2[i].address);
		expect_octets(w, s.payload, cooked2[i].payload);
		expect_prefixes(w, "sll2", in);
		hex_free(in);
	}
	expect_refused("sll2", bad_cooked2, LENGTH(bad_cooked2));
}

static void
reads_loopback(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(loopback); i++) {
		struct sf_bytes in = hex_octets(loopback[i].hex);
		const char *w = loopback[i].what;
		struct sf_null n;
		struct sf_loop l;
		struct sf_diag d;

		EXPECT(w, sf_null_parse(&n, in, &d), SF_OK);
		EXPECT(w, n.big, loopback[i].big);
		EXPECT(w, n.family, loopback[i].family);
		expect_octets(w, n.payload, loopback[i].payload);
		EXPECT(w, sf_loop_parse(&l, in, &d), SF_OK);
		if (loopback[i].big)
			EXPECT(w, l.family, loopback[i].family);
		expect_octets(w, l.payload, loopback[i].payload);
		expect_prefixes(w, "null", in);
		expect_prefixes(w, "loop", in);
		hex_free(in);
	}
	expect_refused("null", bad_loopback, LENGTH(bad_loopback));
	expect_refused("loop", bad_loopback, LENGTH(bad_loopback));
}

static void
survives_noise(void **state)
{
	(void)state;
	expect_noise("sll", 48);
	expect_noise("sll2", 48);
	expect_noise("null", 8);
}

int
main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(reads_version_1),
		cmocka_unit_test(reads_version_2),
		cmocka_unit_test(reads_loopback),
		cmocka_unit_test(survives_noise),
	};

	return cmocka_run_group_tests_name("sll", all, NULL, NULL);
}
