/* Unit tests of parsers/file/pcapng.c. */
#include "parsers/file/pcapng.h"
#include "tests/rows.h"

/* clang-format off */
static const struct {
	const char *what, *hex;
	bool big;
	uint32_t octets;
	uint16_t minor;
	uint64_t section_octets;
	size_t rest;
} sections[] = {
	{ "little, length not told", "0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ff*8 1c000000", false, 28, 0, UINT64_MAX, 4 },
	{ "big, length told",        "0a0d0d0a 0000001c 1a2b3c4d 0001 0002 0000000000000100 0000001c", true, 28, 2, 256, 4 },
	{ "cut behind the fields",   "0a0d0d0a 80000000 4d3c2b1a 0100 0000 ff*8", false, 128, 0, UINT64_MAX, 0 },
};

static const struct bad_row bad_sections[] = {
	{ "nothing",            "",                                              SF_SHORT,        0, 24 },
	{ "one octet missing",  "0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ff*7",     SF_SHORT,        0,  1 },
	{ "another block",      "06000000 1c000000 4d3c2b1a 0100 0000 ff*8",     SF_MALFORMED,    0,  0 },
	{ "no byte order",      "0a0d0d0a 1c000000 4d3c2b1b 0100 0000 ff*8",     SF_MALFORMED,    8,  0 },
	{ "length of 24",       "0a0d0d0a 18000000 4d3c2b1a 0100 0000 ff*8",     SF_MALFORMED,    4,  0 },
	{ "length of 29",       "0a0d0d0a 1d000000 4d3c2b1a 0100 0000 ff*8",     SF_MALFORMED,    4,  0 },
	{ "version 2",          "0a0d0d0a 1c000000 4d3c2b1a 0200 0000 ff*8",     SF_UNSUPPORTED, 12,  0 },
};

static const struct bad_row bad_heads_le[] = {
	{ "nothing",         "",                    SF_SHORT,     0, 8 },
	{ "seven octets",    "06000000 200000",     SF_SHORT,     0, 1 },
	{ "length of 8",     "06000000 08000000",   SF_MALFORMED, 4, 0 },
	{ "length of 0",     "06000000 00000000",   SF_MALFORMED, 4, 0 },
	{ "length of 33",    "06000000 21000000",   SF_MALFORMED, 4, 0 },
	{ "length of 34",    "06000000 22000000",   SF_MALFORMED, 4, 0 },
};

static const struct {
	const char *what, *little, *big;
	uint16_t code;
	const char *value;
	uint64_t number;
	const char *rest;
} options[] = {
	{ "end",             "0000 0000",            "0000 0000",            0, "", 0, "" },
	{ "behind the end",  "0000 0000 0100",       "0000 0000 0100",       0, "", 0, "" },
	{ "padded",          "0100 0300 616161 00 05000000", "0001 0003 616161 00 05000000", 1, "616161", 0x616161, "05000000" },
	{ "not padded, last", "0100 0300 616161",    "0001 0003 616161",     1, "616161", 0x616161, "" },
	{ "one octet",       "0900 0100 09 000000",  "0009 0001 09 000000",  9, "09", 9, "" },
	{ "eight octets",    "0500 0800 0201000000000000 aa", "0005 0008 0000000000000102 aa", 5, NULL, 0x102, "aa" },
	{ "nine octets",     "0500 0900 01*9 00*3",  "0005 0009 01*9 00*3",  5, "01*9", 0, "" },
};

static const struct bad_row bad_options[] = {
	{ "nothing",           "",             SF_SHORT, 0, 4 },
	{ "three octets",      "010000",       SF_SHORT, 0, 1 },
	{ "value not there",   "0101 0101",    SF_SHORT, 4, 257 },
	{ "value cut off",     "0101 0101 aa*256", SF_SHORT, 4, 1 },
};

static const struct {
	const char *what, *little, *big;
	uint16_t link_type;
	uint32_t snaplen;
	uint8_t resolution, fcs_octets;
	int64_t offset_s;
	bool bad_options;
} interfaces[] = {
	{ "no options",      "0100 0000 00000400", "0001 0000 00040000", 1, 262144, 6, 0, 0, false },
	{ "nanoseconds",     "1401 0000 00000000 0900 0100 09 000000 0000 0000", "0114 0000 00000000 0009 0001 09 000000 0000 0000", 276, 0, 9, 0, 0, false },
	{ "2^-20, FCS",      "0100 0000 00000000 0900 0100 94 000000 0d00 0100 04 000000", "0001 0000 00000000 0009 0001 94 000000 000d 0001 04 000000", 1, 0, 0x94, 4, 0, false },
	{ "offset of -1 s",  "0100 0000 00000000 0e00 0800 ff*8", "0001 0000 00000000 000e 0008 ff*8", 1, 0, 6, 0, -1, false },
	{ "behind the end",  "0100 0000 00000000 0000 0000 0900 0100 09 000000", "0001 0000 00000000 0000 0000 0009 0001 09 000000", 1, 0, 6, 0, 0, false },
	{ "wrong length",    "0100 0000 00000000 0900 0200 0909 0000", "0001 0000 00000000 0009 0002 0909 0000", 1, 0, 6, 0, 0, false },
	{ "options cut off", "0100 0000 00000000 0900 0100 09 000000 0200 ff00 61", "0001 0000 00000000 0009 0001 09 000000 0002 ff00 61", 1, 0, 9, 0, 0, true },
};

static const struct {
	const char *what, *little, *big;
	uint32_t interface;
	uint64_t time;
	uint32_t captured, original;
	const char *data, *comment;
	enum sf_pcapng_direction direction;
	uint64_t dropped;
	uint8_t fcs_octets;
} packets[] = {
	{ "no options",  "01000000 02000000 03000000 04000000 05000000 aabbccdd",
	                 "00000001 00000002 00000003 00000004 00000005 aabbccdd", 1, 0x200000003, 4, 5, "aabbccdd", "", SF_PCAPNG_NOT_TOLD, 0, 0 },
	{ "empty",       "00*20", "00*20", 0, 0, 0, 0, "", "", SF_PCAPNG_NOT_TOLD, 0, 0 },
	{ "all options", "00*12 01000000 01000000 aa 000000 0100 0200 6869 0000 0200 0400 01000000 0400 0800 0700000000000000 0000 0000",
	                 "00*12 00000001 00000001 aa 000000 0001 0002 6869 0000 0002 0004 00000001 0004 0008 0000000000000007 0000 0000", 0, 0, 1, 1, "aa", "6869", SF_PCAPNG_INBOUND, 7, 0 },
	{ "outbound, FCS", "00*12 01000000 01000000 aa 000000 0200 0400 82000000",
	                   "00*12 00000001 00000001 aa 000000 0002 0004 00000082", 0, 0, 1, 1, "aa", "", SF_PCAPNG_OUTBOUND, 0, 4 },
	{ "two comments", "00*20 0100 0100 61 000000 0100 0100 62 000000",
	                  "00*20 0001 0001 61 000000 0001 0001 62 000000", 0, 0, 0, 0, "", "61", SF_PCAPNG_NOT_TOLD, 0, 0 },
	{ "cut data",    "00*12 08000000 08000000 aabbcc", "00*12 00000008 00000008 aabbcc", 0, 0, 8, 8, "aabbcc", "", SF_PCAPNG_NOT_TOLD, 0, 0 },
	{ "cut padding", "00*12 01000000 01000000 aa 00",  "00*12 00000001 00000001 aa 00",  0, 0, 1, 1, "aa", "", SF_PCAPNG_NOT_TOLD, 0, 0 },
	{ "cut option",  "00*12 01000000 01000000 aa 000000 0200 0400 0100", "00*12 00000001 00000001 aa 000000 0002 0004 0001", 0, 0, 1, 1, "aa", "", SF_PCAPNG_NOT_TOLD, 0, 0 },
	{ "all ones",    "00*12 ffffffff ffffffff aa", "00*12 ffffffff ffffffff aa", 0, 0, UINT32_MAX, UINT32_MAX, "aa", "", SF_PCAPNG_NOT_TOLD, 0, 0 },
};

static const struct bad_row bad_packets[] = {
	{ "nothing",         "",      SF_SHORT, 0, 20 },
	{ "nineteen octets", "00*19", SF_SHORT, 0,  1 },
};
static const struct bad_row bad_interfaces[] = {
	{ "nothing",         "",      SF_SHORT, 0,  8 },
	{ "seven octets",    "00*7",  SF_SHORT, 0,  1 },
};
static const struct bad_row bad_simple[] = {
	{ "nothing",         "",      SF_SHORT, 0,  4 },
	{ "three octets",    "00*3",  SF_SHORT, 0,  1 },
};
static const struct bad_row bad_stats[] = {
	{ "nothing",         "",      SF_SHORT, 0, 12 },
	{ "eleven octets",   "00*11", SF_SHORT, 0,  1 },
};
/* clang-format on */

static void
reads_sections(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(sections); i++) {
		struct sf_bytes in = hex_octets(sections[i].hex);
		const char *w = sections[i].what;
		struct sf_pcapng_section s;
		struct sf_diag d;

		EXPECT(w, sf_pcapng_section_parse(&s, in, &d), SF_OK);
		EXPECT(w, s.big, sections[i].big);
		EXPECT(w, s.octets, sections[i].octets);
		EXPECT(w, s.major, 1);
		EXPECT(w, s.minor, sections[i].minor);
		EXPECT(w, s.section_octets, sections[i].section_octets);
		EXPECT(w, s.payload.n, sections[i].rest);
		expect_prefixes(w, "pcapng_section", in);
		hex_free(in);
	}
	expect_refused("pcapng_section", bad_sections, LENGTH(bad_sections));
}

static void
reads_heads(void **state)
{
	struct sf_bytes in = hex_octets("06000000 20000000 aa");
	struct sf_bytes swapped = hex_octets("00000006 00000020");
	struct sf_pcapng_head_le le;
	struct sf_pcapng_head_be be;
	struct sf_diag d;

	(void)state;
	EXPECT("little", sf_pcapng_head_le_parse(&le, in, &d), SF_OK);
	EXPECT("little", le.v.type, SF_PCAPNG_ENHANCED);
	EXPECT("little", le.v.octets, 32);
	expect_octets("little", le.v.payload, "aa");
	EXPECT("big", sf_pcapng_head_be_parse(&be, swapped, &d), SF_OK);
	EXPECT("big", be.v.type, SF_PCAPNG_ENHANCED);
	EXPECT("big", be.v.octets, 32);
	expect_prefixes("little", "pcapng_head_le", in);
	expect_prefixes("big", "pcapng_head_be", swapped);
	expect_refused("pcapng_head_le", bad_heads_le, LENGTH(bad_heads_le));
	hex_free(in);
	hex_free(swapped);
}

static void
check_option(size_t i, const struct sf_pcapng_option *o)
{
	const char *w = options[i].what;

	EXPECT(w, o->code, options[i].code);
	EXPECT(w, o->number, options[i].number);
	if (options[i].value != NULL)
		expect_octets(w, o->value, options[i].value);
	expect_octets(w, o->payload, options[i].rest);
}

static void
reads_options(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(options); i++) {
		struct sf_bytes little = hex_octets(options[i].little);
		struct sf_bytes big = hex_octets(options[i].big);
		const char *w = options[i].what;
		struct sf_pcapng_option_le le;
		struct sf_pcapng_option_be be;
		struct sf_diag d;

		EXPECT(w, sf_pcapng_option_le_parse(&le, little, &d), SF_OK);
		check_option(i, &le.v);
		EXPECT(w, sf_pcapng_option_be_parse(&be, big, &d), SF_OK);
		check_option(i, &be.v);
		expect_prefixes(w, "pcapng_option_le", little);
		expect_prefixes(w, "pcapng_option_be", big);
		hex_free(little);
		hex_free(big);
	}
	expect_refused("pcapng_option_le", bad_options, LENGTH(bad_options));
	expect_refused("pcapng_option_be", bad_options, LENGTH(bad_options));
}

static void
check_interface(size_t i, const struct sf_pcapng_interface *f)
{
	const char *w = interfaces[i].what;

	EXPECT(w, f->link_type, interfaces[i].link_type);
	EXPECT(w, f->snaplen, interfaces[i].snaplen);
	EXPECT(w, f->resolution, interfaces[i].resolution);
	EXPECT(w, f->fcs_octets, interfaces[i].fcs_octets);
	EXPECT(w, f->offset_s, interfaces[i].offset_s);
	EXPECT(w, f->bad_options, interfaces[i].bad_options);
}

static void
reads_interfaces(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(interfaces); i++) {
		struct sf_bytes little = hex_octets(interfaces[i].little);
		struct sf_bytes big = hex_octets(interfaces[i].big);
		const char *w = interfaces[i].what;
		struct sf_pcapng_interface_le le;
		struct sf_pcapng_interface_be be;
		struct sf_diag d;

		EXPECT(w, sf_pcapng_interface_le_parse(&le, little, &d), SF_OK);
		check_interface(i, &le.v);
		EXPECT(w, sf_pcapng_interface_be_parse(&be, big, &d), SF_OK);
		check_interface(i, &be.v);
		expect_prefixes(w, "pcapng_interface_le", little);
		expect_prefixes(w, "pcapng_interface_be", big);
		hex_free(little);
		hex_free(big);
	}
	expect_refused(
	    "pcapng_interface_le", bad_interfaces, LENGTH(bad_interfaces));
	expect_refused(
	    "pcapng_interface_be", bad_interfaces, LENGTH(bad_interfaces));
}

static void
check_packet(size_t i, const struct sf_pcapng_packet *p)
{
	const char *w = packets[i].what;

	EXPECT(w, p->interface, packets[i].interface);
	EXPECT(w, p->time, packets[i].time);
	EXPECT(w, p->captured, packets[i].captured);
	EXPECT(w, p->original, packets[i].original);
	EXPECT(w, p->direction, packets[i].direction);
	EXPECT(w, p->dropped, packets[i].dropped);
	EXPECT(w, p->fcs_octets, packets[i].fcs_octets);
	expect_octets(w, p->data, packets[i].data);
	expect_octets(w, p->comment, packets[i].comment);
}

static void
reads_enhanced_packets(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(packets); i++) {
		struct sf_bytes little = hex_octets(packets[i].little);
		struct sf_bytes big = hex_octets(packets[i].big);
		const char *w = packets[i].what;
		struct sf_pcapng_enhanced_le le;
		struct sf_pcapng_enhanced_be be;
		struct sf_diag d;

		EXPECT(w, sf_pcapng_enhanced_le_parse(&le, little, &d), SF_OK);
		check_packet(i, &le.v);
		EXPECT(w, sf_pcapng_enhanced_be_parse(&be, big, &d), SF_OK);
		check_packet(i, &be.v);
		expect_prefixes(w, "pcapng_enhanced_le", little);
		expect_prefixes(w, "pcapng_enhanced_be", big);
		hex_free(little);
		hex_free(big);
	}
	expect_refused("pcapng_enhanced_le", bad_packets, LENGTH(bad_packets));
	expect_refused("pcapng_enhanced_be", bad_packets, LENGTH(bad_packets));
}

static void
reads_obsolete_packets(void **state)
{
	struct sf_bytes little =
	    hex_octets("0100 0200 02000000 03000000 01000000 05000000 aa 000000"
		       "0200 0400 02000000");
	struct sf_bytes big = hex_octets(
	    "0001 ffff 00000002 00000003 00000001 00000005 aa 000000");
	struct sf_pcapng_obsolete_le le;
	struct sf_pcapng_obsolete_be be;
	struct sf_diag d;

	(void)state;
	EXPECT("little", sf_pcapng_obsolete_le_parse(&le, little, &d), SF_OK);
	EXPECT("little", le.v.interface, 1);
	EXPECT("little", le.v.dropped, 2);
	EXPECT("little", le.v.time, 0x200000003);
	EXPECT("little", le.v.captured, 1);
	EXPECT("little", le.v.original, 5);
	EXPECT("little", le.v.direction, SF_PCAPNG_OUTBOUND);
	expect_octets("little", le.v.data, "aa");
	EXPECT("big", sf_pcapng_obsolete_be_parse(&be, big, &d), SF_OK);
	EXPECT("big", be.v.interface, 1);
	EXPECT("big, drops not known", be.v.dropped, 0);
	EXPECT("big", be.v.time, 0x200000003);
	EXPECT("big", be.v.captured, 1);
	expect_prefixes("little", "pcapng_obsolete_le", little);
	expect_prefixes("big", "pcapng_obsolete_be", big);
	expect_refused("pcapng_obsolete_le", bad_packets, LENGTH(bad_packets));
	expect_refused("pcapng_obsolete_be", bad_packets, LENGTH(bad_packets));
	hex_free(little);
	hex_free(big);
}

static void
reads_simple_packets(void **state)
{
	struct sf_bytes little = hex_octets("05000000 aabb");
	struct sf_bytes big = hex_octets("00000005 aabb");
	struct sf_pcapng_simple_le le;
	struct sf_pcapng_simple_be be;
	struct sf_diag d;

	(void)state;
	EXPECT("little", sf_pcapng_simple_le_parse(&le, little, &d), SF_OK);
	EXPECT("little", le.v.original, 5);
	expect_octets("little", le.v.payload, "aabb");
	EXPECT("big", sf_pcapng_simple_be_parse(&be, big, &d), SF_OK);
	EXPECT("big", be.v.original, 5);
	expect_octets("big", be.v.payload, "aabb");
	expect_prefixes("little", "pcapng_simple_le", little);
	expect_prefixes("big", "pcapng_simple_be", big);
	expect_refused("pcapng_simple_le", bad_simple, LENGTH(bad_simple));
	expect_refused("pcapng_simple_be", bad_simple, LENGTH(bad_simple));
	hex_free(little);
	hex_free(big);
}

static void
reads_statistics(void **state)
{
	struct sf_bytes little =
	    hex_octets("01000000 00*8 0400 0800 09*8 0500 0800 03 00*7");
	struct sf_bytes big = hex_octets(
	    "00000001 00*8 0004 0008 09*8 0005 0008 0000000000000003 00*4");
	struct sf_bytes none = hex_octets("01000000 00*8 0500 0400 01000000");
	struct sf_pcapng_stats_le le;
	struct sf_pcapng_stats_be be;
	struct sf_diag d;

	(void)state;
	EXPECT("little", sf_pcapng_stats_le_parse(&le, little, &d), SF_OK);
	EXPECT("little", le.v.interface, 1);
	EXPECT("little", le.v.has_dropped, true);
	EXPECT("little", le.v.dropped, 3);
	EXPECT("big", sf_pcapng_stats_be_parse(&be, big, &d), SF_OK);
	EXPECT("big", be.v.interface, 1);
	EXPECT("big", be.v.has_dropped, true);
	EXPECT("big", be.v.dropped, 3);
	EXPECT("no count", sf_pcapng_stats_le_parse(&le, none, &d), SF_OK);
	EXPECT("no count", le.v.interface, 1);
	EXPECT("no count", le.v.has_dropped, false);
	expect_prefixes("little", "pcapng_stats_le", little);
	expect_prefixes("big", "pcapng_stats_be", big);
	expect_refused("pcapng_stats_le", bad_stats, LENGTH(bad_stats));
	expect_refused("pcapng_stats_be", bad_stats, LENGTH(bad_stats));
	hex_free(little);
	hex_free(big);
	hex_free(none);
}

static void
reads_secrets(void **state)
{
	struct sf_bytes little = hex_octets("4b534c54 03000000 414243 00 00*4");
	struct sf_bytes big = hex_octets("544c534b 00000003 414243 00");
	struct sf_bytes cut = hex_octets("544c534b 00000004 414243");
	struct sf_pcapng_secrets_le le;
	struct sf_pcapng_secrets_be be;
	struct sf_diag d;

	(void)state;
	EXPECT("little", sf_pcapng_secrets_le_parse(&le, little, &d), SF_OK);
	EXPECT("little", le.v.type, SF_PCAPNG_TLS_KEY_LOG);
	expect_octets("little", le.v.secrets, "414243");
	expect_octets("little", le.v.payload, "00 00*4");
	EXPECT("big", sf_pcapng_secrets_be_parse(&be, big, &d), SF_OK);
	EXPECT("big", be.v.type, SF_PCAPNG_TLS_KEY_LOG);
	expect_octets("big", be.v.secrets, "414243");
	EXPECT("cut", sf_pcapng_secrets_be_parse(&be, cut, &d), SF_SHORT);
	EXPECT("cut", d.missing, 1);
	expect_prefixes("little", "pcapng_secrets_le", little);
	expect_prefixes("big", "pcapng_secrets_be", big);
	hex_free(cut);
	hex_free(big);
	hex_free(little);
}

static void
withstands_noise(void **state)
{
	static const char *const parsers[] = { "pcapng_section",
		"pcapng_head_le", "pcapng_option_le", "pcapng_option_be",
		"pcapng_interface_le", "pcapng_enhanced_le",
		"pcapng_enhanced_be", "pcapng_obsolete_le", "pcapng_simple_le",
		"pcapng_stats_le", "pcapng_secrets_le" };

	(void)state;
	for (size_t i = 0; i < LENGTH(parsers); i++)
		expect_noise(parsers[i], 80);
}

int
main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(reads_secrets),
		cmocka_unit_test(reads_sections),
		cmocka_unit_test(reads_heads),
		cmocka_unit_test(reads_options),
		cmocka_unit_test(reads_interfaces),
		cmocka_unit_test(reads_enhanced_packets),
		cmocka_unit_test(reads_obsolete_packets),
		cmocka_unit_test(reads_simple_packets),
		cmocka_unit_test(reads_statistics),
		cmocka_unit_test(withstands_noise),
	};

	return cmocka_run_group_tests_name("pcapng_file", all, NULL, NULL);
}
