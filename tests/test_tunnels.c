/* Unit tests of the parsers of tunnels: gre, vxlan, mpls, overudp, ipv6. */
#include "parsers/net/gre.h"
#include "parsers/net/overudp.h"
#include "parsers/net/vxlan.h"
#include "tests/rows.h"

/* clang-format off */
static const struct parser_row rows[] = {
	{ "gre", "plain", "0000 0800 aabb", SF_OK, 0, 0, "aabb" },
	{ "gre", "checksum, key, number", "b000 6558 12340000 0000002a 00000007 aa", SF_OK, 0, 0, "aa" },
	{ "gre", "PPTP with number and answer", "3081 880b 0002 0007 00000001 00000002 aabbcc", SF_OK, 0, 0, "aabb" },
	{ "gre", "PPTP, answer alone", "2081 880b 0000 0007 00000002", SF_OK, 0, 0, "" },
	{ "gre", "routing", "4000 0800 00000000", SF_UNSUPPORTED, 0, 0, "" },
	{ "gre", "version 2", "0002 0800", SF_UNSUPPORTED, 0, 0, "" },
	{ "gre", "cut in the key", "2000 0800 0000", SF_SHORT, 4, 2, "" },
	{ "gre", "nothing", "", SF_SHORT, 0, 2, "" },
	{ "erspan", "type II", "1064 000a 00000000 aabb", SF_OK, 0, 0, "aabb" },
	{ "erspan", "type III", "2064 000a 00000001 0000 0000 aabb", SF_OK, 0, 0, "aabb" },
	{ "erspan", "type III of a platform", "2064 000a 00000001 0000 0001 00*8 aabb", SF_OK, 0, 0, "aabb" },
	{ "erspan", "version 0", "0064 000a 00000000", SF_UNSUPPORTED, 0, 0, "" },
	{ "erspan", "platform cut", "2064 000a 00000001 0000 0001 00*7", SF_SHORT, 12, 1, "" },
	{ "vxlan", "plain", "0800 0000 00002a 00 aabb", SF_OK, 0, 0, "aabb" },
	{ "vxlan", "next protocol", "0c00 0001 00002a 00 45", SF_OK, 0, 0, "45" },
	{ "vxlan", "group policy", "8800 0007 00002a 00 aa", SF_OK, 0, 0, "aa" },
	{ "vxlan", "no VNI", "0000 0000 00002a 00", SF_MALFORMED, 0, 0, "" },
	{ "vxlan", "cut", "0800 0000 0000", SF_SHORT, 4, 1, "" },
	{ "geneve", "no options", "0000 6558 00002a 00 aabb", SF_OK, 0, 0, "aabb" },
	{ "geneve", "options", "0200 0800 00002a 00 01080101 00000000 45", SF_OK, 0, 0, "45" },
	{ "geneve", "version 1", "4000 6558 00002a 00", SF_UNSUPPORTED, 0, 0, "" },
	{ "geneve", "options cut", "0200 0800 00002a 00 01080101", SF_SHORT, 8, 4, "" },
	{ "nsh", "fixed metadata", "0fc6 0103 00002a ff 00*16 aabb", SF_OK, 0, 0, "aabb" },
	{ "nsh", "no metadata", "0fc2 0203 00002a ff aa", SF_OK, 0, 0, "aa" },
	{ "nsh", "length of one word", "0fc1 0203 00002a ff", SF_MALFORMED, 1, 0, "" },
	{ "nsh", "version 1", "4fc2 0203 00002a ff", SF_UNSUPPORTED, 0, 0, "" },
	{ "nsh", "metadata cut", "0fc6 0103 00002a ff 00*15", SF_SHORT, 8, 1, "" },
	{ "mpls", "one label", "00010140 45", SF_OK, 0, 0, "45" },
	{ "mpls", "two labels", "00010040 00020140 60", SF_OK, 0, 0, "60" },
	{ "mpls", "seventeen labels", "0001004000010040000100400001004000010040000100400001004000010040000100400001004000010040000100400001004000010040000100400001004000020140", SF_LIMIT, 64, 0, "" },
	{ "mpls", "no bottom", "00010040", SF_SHORT, 4, 4, "" },
	{ "gtpu", "plain", "30ff 0002 0000002a aabb cc", SF_OK, 0, 0, "aabb" },
	{ "gtpu", "sequence", "32ff 0006 0000002a 00010000 aabb", SF_OK, 0, 0, "aabb" },
	{ "gtpu", "extension of a session", "34ff 000a 0000002a 00000085 01100900 aabb", SF_OK, 0, 0, "aabb" },
	{ "gtpu", "an echo", "3201 0004 00000000 00010000", SF_OK, 0, 0, "" },
	{ "gtpu", "extension of no length", "34ff 0008 0000002a 00000085 00100900", SF_MALFORMED, 12, 0, "" },
	{ "gtpu", "version 2", "48ff 0002 0000002a aabb", SF_UNSUPPORTED, 0, 0, "" },
	{ "gtpu", "of charging", "20ff 0002 0000002a aabb", SF_UNSUPPORTED, 0, 0, "" },
	{ "gtpu", "extensions without end", "34ff 0048 0000002a 00000085 01000085 01000085 01000085 01000085 01000085 01000085 01000085 01000085 01000085 01000085 01000085 01000085 01000085 01000085 01000085 01000085 01000085 ", SF_LIMIT, 76, 0, "" },
	{ "gtpu", "extension cut", "34ff 000a 0000002a 00000085 0210", SF_SHORT, 13, 5, "" },
	{ "l2tp", "least", "0002 0001 0002 aabb", SF_OK, 0, 0, "aabb" },
	{ "l2tp", "length, numbers, offset", "4a02 0013 0001 0002 00000000 0002 0000 aabbcc ffff", SF_OK, 0, 0, "aabbcc" },
	{ "l2tp", "control", "c802 000c 0001 0000 0000 0000", SF_OK, 0, 0, "" },
	{ "l2tp", "version 3", "0003 0001", SF_UNSUPPORTED, 1, 0, "" },
	{ "l2tp", "session cut", "0002 0001 00", SF_SHORT, 4, 1, "" },
	{ "l2tp3", "least", "0000002a aabb", SF_OK, 0, 0, "aabb" },
	{ "l2tp3", "control", "00000000 c803", SF_OK, 0, 0, "c803" },
	{ "l2tp3", "cut", "0000 2a", SF_SHORT, 0, 1, "" },
	{ "capwap", "Ethernet", "00 100200 0000 0000 aabb", SF_OK, 0, 0, "aabb" },
	{ "capwap", "with a radio's address", "00 200310 0000 0000 06 000000000001 00 aabb", SF_OK, 0, 0, "aabb" },
	{ "capwap", "under DTLS", "01 000000 17fefd", SF_OK, 0, 0, "17fefd" },
	{ "capwap", "version 1", "10 100200 0000 0000", SF_UNSUPPORTED, 0, 0, "" },
	{ "capwap", "length of one word", "00 080200 0000 0000", SF_MALFORMED, 1, 0, "" },
	{ "capwap", "length that lies", "00 f80200 0000 0000 aabb", SF_SHORT, 6, 114, "" },
	{ "capwap", "cut", "00 1002", SF_SHORT, 1, 1, "" },
	{ "tzsp", "received", "0100 0001 01 aabb", SF_OK, 0, 0, "aabb" },
	{ "tzsp", "tags", "0100 0012 00 0a02 1122 01 aabb", SF_OK, 0, 0, "aabb" },
	{ "tzsp", "version 2", "0200 0001 01", SF_UNSUPPORTED, 0, 0, "" },
	{ "tzsp", "no end of tags", "0100 0001 0a0211", SF_SHORT, 6, 1, "" },
	{ "gue", "IPv4 behind a header", "0004 0000 45", SF_OK, 0, 0, "45" },
	{ "gue", "fields", "0129 0000 00000001 60", SF_OK, 0, 0, "60" },
	{ "gue", "IPv4 itself", "45 00*3", SF_OK, 0, 0, "45000000" },
	{ "gue", "control", "2000 0000 aa", SF_OK, 0, 0, "aa" },
	{ "gue", "version 2", "80 00*3", SF_UNSUPPORTED, 0, 0, "" },
	{ "gue", "fields cut", "0129 0000 0000", SF_SHORT, 4, 2, "" },
	{ "teredo", "bare", "60 00*3", SF_OK, 0, 0, "60000000" },
	{ "teredo", "authentication and origin", "0001 0101 aa bb 00*8 00 0000 1234 7f000001 60", SF_OK, 0, 0, "60" },
	{ "teredo", "IPv4", "45 00*3", SF_MALFORMED, 0, 0, "" },
	{ "teredo", "origin alone", "0000 1234 7f000001", SF_SHORT, 8, 1, "" },
	{ "teredo", "authentication cut", "0001 0101 aa bb 00*8", SF_SHORT, 4, 1, "" },
	{ "ipv6_ext", "eight octets", "1100 00*6 aa", SF_OK, 0, 0, "aa" },
	{ "ipv6_ext", "cut", "1101 00*6", SF_SHORT, 2, 8, "" },
	{ "ah", "usual", "1104 0000 00000001 00000002 00*12 aa", SF_OK, 0, 0, "aa" },
	{ "ah", "cut", "1104 00*21", SF_SHORT, 2, 1, "" },
};
/* clang-format on */

ROW_TESTS(rows)

static void
tells_what_it_is(void **state)
{
	struct sf_bytes in =
	    hex_octets("b000 6558 12340000 0000002a 00000007 aa");
	struct sf_gre g;
	struct sf_erspan e;
	struct sf_vxlan v;
	struct sf_geneve n;
	struct sf_gtpu t;
	struct sf_diag d;

	(void)state;
	EXPECT("gre", sf_gre_parse(&g, in, &d), SF_OK);
	EXPECT("gre", g.protocol, 0x6558);
	EXPECT("gre", g.key, 42);
	EXPECT("gre", g.seq, 7);
	hex_free(in);
	in = hex_octets("2064 000a 00000001 0000 0800 aabb");
	EXPECT("erspan", sf_erspan_parse(&e, in, &d), SF_OK);
	EXPECT("erspan", e.version, 2);
	EXPECT("erspan", e.vlan, 100);
	EXPECT("erspan", e.session, 10);
	EXPECT("erspan", e.frame_type, 2);
	hex_free(in);
	in = hex_octets("0800 0000 00002a 00 aabb");
	EXPECT("vxlan", sf_vxlan_parse(&v, in, &d), SF_OK);
	EXPECT("vxlan", v.plain, true);
	EXPECT("vxlan", v.next, SF_NEXT_NONE);
	EXPECT("vxlan", v.vni, 42);
	hex_free(in);
	in = hex_octets("0200 0800 00002a 00 01080101 00000000 45");
	EXPECT("geneve", sf_geneve_parse(&n, in, &d), SF_OK);
	EXPECT("geneve", n.protocol, 0x0800);
	EXPECT("geneve", n.vni, 42);
	EXPECT("geneve", n.options.n, 8);
	hex_free(in);
	in = hex_octets("30ff 0002 0000002a aabb cc");
	EXPECT("gtpu", sf_gtpu_parse(&t, in, &d), SF_OK);
	EXPECT("gtpu", t.type, 255);
	EXPECT("gtpu", t.teid, 42);
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

	return cmocka_run_group_tests_name("tunnels", all, NULL, NULL);
}
