/* Unit tests of engine/transport/peel.c and the steps under it. */
#include "engine/transport/link.h"
#include "engine/transport/peel.h"
#include "tests/rows.h"

#define ETH(type)        "010203040506 0708090a0b0c" type
#define V4(total)        "4500" total "0000 0000 4011 0000 0a010101 0a020202 "
#define UDP(len)         "03e8 07d0" len "0000 "
#define V6(octets, next) "60000000" octets next "40 20*16 30*16 "
#define OUTER(proto)     "4500 0000 0000 0000 40" proto "0000 c0000201 c0000202 "
#define OUDP(port)       OUTER("11") "c000" port "0000 0000 "
#define WHOLE            V4("0020") UDP("000c") "aabbccdd"

/* clang-format off */
static const struct {
	const char *what;
	uint16_t link_type;
	const char *hex;
	size_t behind; /* octets on the wire that the capture left out */
	uint8_t family;
	const char *payload;
	size_t wire_octets;
	bool cut;
} good[] = {
	{ "Ethernet",           1,   ETH("0800") WHOLE,                          0, 4, "aabbccdd", 4, false },
	{ "padding and FCS",    1,   ETH("0800") V4("001d") UDP("0009") "aa 00*17 01020304", 0, 4, "aa", 1, false },
	{ "two tags",           1,   ETH("88a8") "0001 8100 0002 0800" WHOLE,    0, 4, "aabbccdd", 4, false },
	{ "SNAP",               1,   ETH("0028") "aaaa03000000 0800" WHOLE "00*9", 0, 4, "aabbccdd", 4, false },
	{ "IPv6",               1,   ETH("86dd") V6("000c", "11") UDP("000c") "aabbccdd", 0, 6, "aabbccdd", 4, false },
	{ "IPv6, extensions",   1,   ETH("86dd") V6("0014", "3c") "1100 00*6 " UDP("000c") "aabbccdd", 0, 6, "aabbccdd", 4, false },
	{ "IPv6, not told",     1,   ETH("86dd") V6("0000", "3c") "1100 00*6 " UDP("000c") "aabbccdd", 0, 6, "aabbccdd", 4, false },
	{ "atomic fragment",    1,   ETH("86dd") V6("0014", "2c") "1100 0000 00000001" UDP("000c") "aabbccdd", 0, 6, "aabbccdd", 4, false },
	{ "cooked",             113, "0004 0001 0006 00*8 0800" WHOLE,           0, 4, "aabbccdd", 4, false },
	{ "cooked 2",           276, "0800 0000 00000001 0001 00 06 00*8 " WHOLE, 0, 4, "aabbccdd", 4, false },
	{ "raw, IPv4",          101, WHOLE,                                      0, 4, "aabbccdd", 4, false },
	{ "raw, IPv6",          101, V6("000c", "11") UDP("000c") "aabbccdd",    0, 6, "aabbccdd", 4, false },
	{ "raw of BSD",         12,  WHOLE,                                      0, 4, "aabbccdd", 4, false },
	{ "raw of OpenBSD",     14,  WHOLE,                                      0, 4, "aabbccdd", 4, false },
	{ "IPv4",               228, WHOLE,                                      0, 4, "aabbccdd", 4, false },
	{ "IPv6 link",          229, V6("000c", "11") UDP("000c") "aabbccdd",    0, 6, "aabbccdd", 4, false },
	{ "null, little",       0,   "02000000" WHOLE,                           0, 4, "aabbccdd", 4, false },
	{ "null, big",          0,   "00000002" WHOLE,                           0, 4, "aabbccdd", 4, false },
	{ "null, IPv6 of Darwin", 0, "1e000000" V6("000c", "11") UDP("000c") "aabbccdd", 0, 6, "aabbccdd", 4, false },
	{ "null, IPv6 of Linux", 0,  "0a000000" V6("000c", "11") UDP("000c") "aabbccdd", 0, 6, "aabbccdd", 4, false },
	{ "loop",               108, "00000002" WHOLE,                           0, 4, "aabbccdd", 4, false },
	{ "loop, IPv6",         108, "00000018" V6("000c", "11") UDP("000c") "aabbccdd", 0, 6, "aabbccdd", 4, false },
	{ "empty datagram",     101, V4("001c") UDP("0008"),                     0, 4, "", 0, false },
	{ "total length 0",     101, V4("0000") UDP("000c") "aabbccdd",          0, 4, "aabbccdd", 4, false },
	{ "total 0, cut",       101, V4("0000") UDP("0408") "aabb",           1022, 4, "aabb", 1024, true },
	{ "cut by snap length", 101, V4("041c") UDP("0408") "aabb",           1022, 4, "aabb", 1024, true },
	{ "padding cut off",    1,   ETH("0800") V4("001d") UDP("0009") "aa",   17, 4, "aa", 1, false },
	{ "cut before mirroring", 101, V4("041c") UDP("0408") "aabb",            0, 4, "aabb", 1024, true },
	{ "UDP length 0",       101, V4("0020") UDP("0000") "aabbccdd",          0, 4, "aabbccdd", 4, false },
	{ "UDP length 7",       101, V4("0020") UDP("0007") "aabbccdd",          0, 4, "aabbccdd", 4, false },
	{ "UDP length over IP", 101, V4("0020") UDP("000d") "aabbccdd",          0, 4, "aabbccdd", 4, false },
	{ "UDP length over, cut", 101, V4("0020") UDP("ffff") "aabb",            2, 4, "aabb", 4, true },
	{ "octets behind UDP",  101, V4("0020") UDP("000a") "aabbccdd",          0, 4, "aabb", 2, false },
	{ "VXLAN",              101, OUDP("12b5") "0800 0000 00002a 00" ETH("0800") WHOLE, 0, 4, "aabbccdd", 4, false },
	{ "VXLAN, any port",    101, OUDP("9999") "0800 0000 00002a 00" ETH("0800") WHOLE, 0, 4, "aabbccdd", 4, false },
	{ "VXLAN, inner cut",   101, OUDP("12b5") "0800 0000 00002a 00" ETH("0800") V4("041c") UDP("0408") "aabb", 0, 4, "aabb", 1024, true },
	{ "GPE",                101, OUDP("12b6") "0c00 0001 00002a 00" WHOLE,   0, 4, "aabbccdd", 4, false },
	{ "GPE, NSH",           101, OUDP("12b6") "0c00 0004 00002a 00 0fc2 0201 00002a ff" WHOLE, 0, 4, "aabbccdd", 4, false },
	{ "GENEVE",             101, OUDP("17c1") "0200 6558 00002a 00 00*8 " ETH("0800") WHOLE, 0, 4, "aabbccdd", 4, false },
	{ "GRE",                101, OUTER("2f") "0000 0800" WHOLE,              0, 4, "aabbccdd", 4, false },
	{ "GRE, PPTP",          101, OUTER("2f") "3001 880b 0024 002a 00000001 ff03 0021" WHOLE, 0, 4, "aabbccdd", 4, false },
	{ "ERSPAN I",           101, OUTER("2f") "0000 88be" ETH("0800") WHOLE,  0, 4, "aabbccdd", 4, false },
	{ "ERSPAN II",          101, OUTER("2f") "1000 88be 00000001 1064 000a 00000000" ETH("0800") WHOLE, 0, 4, "aabbccdd", 4, false },
	{ "ERSPAN III",         101, OUTER("2f") "1000 22eb 00000001 2064 000a 00000000 0000 0001 00*8 " ETH("0800") WHOLE, 0, 4, "aabbccdd", 4, false },
	{ "IP in IP",           101, OUTER("04") WHOLE,                          0, 4, "aabbccdd", 4, false },
	{ "6in4",               101, OUTER("29") V6("000c", "11") UDP("000c") "aabbccdd", 0, 6, "aabbccdd", 4, false },
	{ "EtherIP",            101, OUTER("61") "3000" ETH("0800") WHOLE,       0, 4, "aabbccdd", 4, false },
	{ "authentication",     101, OUTER("33") "0404 0000 00*20 " WHOLE,        0, 4, "aabbccdd", 4, false },
	{ "UDP-Lite",           101, "4500 0020 0000 0000 4088 0000 0a010101 0a020202" UDP("0008") "aabbccdd", 0, 4, "aabbccdd", 4, false },
	{ "GTP-U",              101, OUDP("0868") "34ff 0028 0000002a 00000085 01100900" WHOLE, 0, 4, "aabbccdd", 4, false },
	{ "L2TP",               101, OUDP("06a5") "0002 0001 0002 ff03 0021" WHOLE, 0, 4, "aabbccdd", 4, false },
	{ "TZSP",               101, OUDP("9090") "0100 0001 01" ETH("0800") WHOLE, 0, 4, "aabbccdd", 4, false },
	{ "GUE",                101, OUDP("17c0") "0004 0000" WHOLE,             0, 4, "aabbccdd", 4, false },
	{ "Teredo",             101, OUDP("0dd8") "0000 1234 7f000001" V6("000c", "11") UDP("000c") "aabbccdd", 0, 6, "aabbccdd", 4, false },
	{ "MPLS in UDP",        101, OUDP("19eb") "0002a140" WHOLE,              0, 4, "aabbccdd", 4, false },
	{ "MPLS",               1,   ETH("8847") "0002a040 0002b140" WHOLE,      0, 4, "aabbccdd", 4, false },
	{ "pseudo-wire",        1,   ETH("8847") "0002a140 00000000" ETH("0800") WHOLE, 0, 4, "aabbccdd", 4, false },
	{ "PPPoE",              1,   ETH("8864") "1100 002a 0022 0021" WHOLE "00*6", 0, 4, "aabbccdd", 4, false },
	{ "PPP",                9,   "ff03 0021" WHOLE,                          0, 4, "aabbccdd", 4, false },
	{ "PPP with direction", 204, "01 ff03 0021" WHOLE,                       0, 4, "aabbccdd", 4, false },
	{ "PPP of pppd",        166, "0103 0021" WHOLE,                          0, 4, "aabbccdd", 4, false },
	{ "Cisco HDLC",         104, "0f00 0800" WHOLE,                          0, 4, "aabbccdd", 4, false },
	{ "radiotap",           127, "0000 0800 00000000 8801 0000 00*20 0000 aaaa03000000 0800" WHOLE "01020304", 0, 4, "aabbccdd", 4, false },
	{ "radiotap, filled",   127, "0000 0900 02000000 20 8801 0000 00*20 0000 0000 aaaa03000000 0800" WHOLE, 0, 4, "aabbccdd", 4, false },
	{ "A-MSDU",             105, "8801 0000 00*20 8000 00*12 0028 aaaa03000000 0800" WHOLE, 0, 4, "aabbccdd", 4, false },
	{ "PPI",                192, "0000 0800 01000000" ETH("0800") WHOLE,     0, 4, "aabbccdd", 4, false },
	{ "netfilter log",      239, "0200 0000 0800 0100 08000100 2400 0900" WHOLE, 0, 4, "aabbccdd", 4, false },
	{ "packet tap",         258, "0c000000 01000000 00000000 02000000" WHOLE, 0, 4, "aabbccdd", 4, false },
	{ "exported RTP",       252, "000c 0004 72747000 0014 0004 0a010101 0015 0004 0a020202 0019 0004 000003e8 001a 0004 000007d0 0000 0000 aabbccdd", 0, 4, "aabbccdd", 4, false },
	{ "behind UDP, cut",    101, V4("0020") UDP("000a") "aabb",              2, 4, "aabb", 2, false },
};

static const struct {
	const char *what;
	uint16_t link_type;
	const char *hex;
	size_t behind;
	enum sf_peel_end outcome;
	enum sf_status status;
	size_t at;
} others[] = {
	{ "ARP",              1,   ETH("0806") "0001",                   0, SF_PEEL_OTHER,       SF_OK, 0 },
	{ "spanning tree",    1,   ETH("0003") "424203",                 0, SF_PEEL_OTHER,       SF_OK, 0 },
	{ "TCP",              101, "4500 0028 0000 0000 4006 0000 0a010101 0a020202 00*12 5010 00*6", 0, SF_PEEL_SEGMENT, SF_OK, 0 },
	{ "ICMPv6",           101, V6("0004", "3a") "aabbccdd",          0, SF_PEEL_OTHER,       SF_OK, 0 },
	{ "first fragment",   101, "4500 0020 0000 2000 4011 0000 0a010101 0a020202 03e807d0000c0000 aabbccdd", 0, SF_PEEL_FRAGMENT, SF_OK, 0 },
	{ "last fragment",    101, "4500 0020 0000 0001 4011 0000 0a010101 0a020202 00*12", 0, SF_PEEL_FRAGMENT, SF_OK, 0 },
	{ "IPv6 fragment",    101, V6("0010", "2c") "1100 0001 00000001 00*8", 0, SF_PEEL_FRAGMENT, SF_OK, 0 },
	{ "ESP",              101, OUTER("32") "00*40",                  0, SF_PEEL_OPAQUE,      SF_OK, 0 },
	{ "MACsec",           1,   ETH("88e5") "00*40",                  0, SF_PEEL_OPAQUE,      SF_OK, 0 },
	{ "WireGuard",        101, OUDP("ca6c") "04000000 00*28",        0, SF_PEEL_OPAQUE,      SF_OK, 0 },
	{ "802.11, protected", 105, "0841 0000 00*60",                   0, SF_PEEL_OPAQUE,      SF_OK, 0 },
	{ "a beacon",         105, "8000 0000 00*60",                    0, SF_PEEL_OTHER,       SF_OK, 0 },
	{ "nine in each other", 101, OUTER("04") OUTER("04") OUTER("04") OUTER("04") OUTER("04") OUTER("04") OUTER("04") OUTER("04") OUTER("04") WHOLE, 0, SF_PEEL_DEEP, SF_OK, 0 },
	{ "GRE with routing", 101, OUTER("2f") "4000 0800 00*8",         0, SF_PEEL_OTHER,       SF_OK, 0 },
	{ "raw, version 5",   101, "50*40",                              0, SF_PEEL_OTHER,       SF_OK, 0 },
	{ "null, AppleTalk",  0,   "10000000 45",                        0, SF_PEEL_OTHER,       SF_OK, 0 },
	{ "an unknown link",  147, "00*60",                              0, SF_PEEL_UNSUPPORTED, SF_OK, 0 },
	{ "Bluetooth",        187, "00*60",                              0, SF_PEEL_UNSUPPORTED, SF_OK, 0 },
	{ "cut in Ethernet",  1,   "010203040506 0708",                 40, SF_PEEL_CUT,         SF_SHORT, 6 },
	{ "cut before IP",    1,   ETH("0800"),                         40, SF_PEEL_CUT,         SF_SHORT, 14 },
	{ "cut in IP",        1,   ETH("0800") "4500 0020",             40, SF_PEEL_CUT,         SF_SHORT, 18 },
	{ "cut in options",   1,   ETH("0800") "4600 0024 0000 0000 4011 0000 0a010101 0a020202 01", 40, SF_PEEL_CUT, SF_SHORT, 34 },
	{ "cut in extension", 1,   ETH("86dd") V6("0014", "3c") "1100",  18, SF_PEEL_CUT,        SF_SHORT, 56 },
	{ "cut before UDP",   1,   ETH("0800") V4("0020"),              12, SF_PEEL_CUT,         SF_SHORT, 34 },
	{ "cut in UDP",       1,   ETH("0800") V4("0020") "03e807",      9, SF_PEEL_CUT,         SF_SHORT, 36 },
	{ "cut behind UDP",   1,   ETH("0800") V4("0020") UDP("000c"),   4, SF_PEEL_CUT,         SF_SHORT, 42 },
	{ "nothing, cut",     1,   "",                                  60, SF_PEEL_CUT,         SF_SHORT, 0 },
	{ "no octets",        1,   "",                                   0, SF_PEEL_MALFORMED,   SF_SHORT, 0 },
	{ "no octets, raw",   101, "",                                   0, SF_PEEL_MALFORMED,   SF_SHORT, 0 },
	{ "short Ethernet",   1,   "010203040506 0708",                  0, SF_PEEL_MALFORMED,   SF_SHORT, 6 },
	{ "short cooked",     113, "0000",                               0, SF_PEEL_MALFORMED,   SF_SHORT, 2 },
	{ "nine tags",        1,   ETH("8100") "0001 8100 0001 8100 0001 8100 0001 8100 0001 8100 0001 8100 0001 8100 0001 8100 0001 0800", 0, SF_PEEL_MALFORMED, SF_LIMIT, 46 },
	{ "not version 4",    1,   ETH("0800") "65 00*40",               0, SF_PEEL_MALFORMED,   SF_MALFORMED, 14 },
	{ "not version 6",    1,   ETH("86dd") "45 00*60",               0, SF_PEEL_MALFORMED,   SF_MALFORMED, 14 },
	{ "header of 16",     101, "44 00*40",                           0, SF_PEEL_MALFORMED,   SF_MALFORMED, 0 },
	{ "total below header", 101, "4500 0013 00*16 00*8",             0, SF_PEEL_MALFORMED,   SF_MALFORMED, 2 },
	{ "IP ends in UDP",   101, V4("001b") UDP("000c") "aabbccdd",    0, SF_PEEL_MALFORMED,   SF_SHORT, 26 },
	{ "IP without UDP",   101, V4("0014") UDP("000c") "aabbccdd",    0, SF_PEEL_MALFORMED,   SF_SHORT, 20 },
	{ "endless chain",    101, V6("0004", "3c") "3c00 0000",         0, SF_PEEL_MALFORMED,   SF_SHORT, 42 },
};
/* clang-format on */

static struct sf_packet
packet_of(uint16_t link_type, struct sf_bytes in, size_t behind)
{
	return (struct sf_packet){
		.link_type = link_type,
		.octets = in,
		.wire_octets = in.n + behind,
	};
}

static enum sf_peel_end
datagram_of(
    struct sf_datagram *g, const struct sf_packet *pkt, struct sf_diag *d)
{
	struct sf_peel p;
	enum sf_peel_end end = sf_peel_packet(&p, pkt, d);

	if (end == SF_PEEL_DATAGRAM)
		sf_peel_datagram(g, &p);
	return end;
}

static void
check_addr(const char *w, const struct sf_addr *a, uint8_t family,
    const char *four, const char *six, uint16_t port)
{
	static const uint8_t zero[12];

	EXPECT(w, a->family, family);
	EXPECT(w, a->port, port);
	EXPECT(w, a->pad, 0);
	expect_octets(
	    w, sf_bytes(a->ip, family == 4 ? 4 : 16), family == 4 ? four : six);
	if (family == 4)
		EXPECT(w, memcmp(a->ip + 4, zero, 12), 0);
}

static void
finds_datagrams(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(good); i++) {
		struct sf_bytes in = hex_octets(good[i].hex);
		const char *w = good[i].what;
		struct sf_packet pkt =
		    packet_of(good[i].link_type, in, good[i].behind);
		struct sf_datagram g;
		struct sf_diag d;

		EXPECT(w, datagram_of(&g, &pkt, &d), SF_PEEL_DATAGRAM);
		EXPECT(w, d.status, SF_OK);
		check_addr(
		    w, &g.src, good[i].family, "0a010101", "20*16", 1000);
		check_addr(
		    w, &g.dst, good[i].family, "0a020202", "30*16", 2000);
		expect_octets(w, g.payload, good[i].payload);
		EXPECT(w, sf_bytes_inside(g.payload, in), true);
		EXPECT(w, g.wire_octets, good[i].wire_octets);
		EXPECT(w, g.cut, good[i].cut);
		hex_free(in);
	}
}

static void
tells_why_not(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(others); i++) {
		struct sf_bytes in = hex_octets(others[i].hex);
		const char *w = others[i].what;
		struct sf_packet pkt =
		    packet_of(others[i].link_type, in, others[i].behind);
		struct sf_datagram g;
		struct sf_diag d;

		EXPECT(w, datagram_of(&g, &pkt, &d), others[i].outcome);
		EXPECT(w, d.status, others[i].status);
		EXPECT(w, d.at, others[i].at);
		hex_free(in);
	}
}

/* Whatever a snap length leaves of a sound packet, the sender did no wrong. */
static void
never_blames_the_sender(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(good); i++) {
		struct sf_bytes whole = hex_octets(good[i].hex);
		size_t wire = whole.n + good[i].behind;

		for (size_t n = 0; n < whole.n; n++) {
			struct sf_bytes in = hex_copy(whole.p, n);
			struct sf_packet pkt =
			    packet_of(good[i].link_type, in, wire - n);
			struct sf_datagram g;
			struct sf_diag d;
			enum sf_peel_end o = datagram_of(&g, &pkt, &d);

			if (o != SF_PEEL_DATAGRAM)
				EXPECT(good[i].what, o, SF_PEEL_CUT);
			else
				EXPECT(good[i].what,
				    g.cut || g.payload.n == g.wire_octets,
				    true);
			hex_free(in);
		}
		hex_free(whole);
	}
}

static void
survives_noise(void **state)
{
	uint64_t x = 0x9605;

	(void)state;
	for (unsigned turn = 0; turn < 100000; turn++) {
		struct sf_bytes whole =
		    hex_octets(good[turn % LENGTH(good)].hex);
		union {
			const uint8_t *in;
			uint8_t *out;
		} p = { whole.p };
		struct sf_packet pkt = packet_of(
		    good[turn % LENGTH(good)].link_type, whole, turn % 3);
		struct sf_datagram g;
		struct sf_diag d;

		x = x * 6364136223846793005U + 1442695040888963407U;
		if (whole.n != 0)
			p.out[(x >> 40) % whole.n] ^= (uint8_t)(x >> 32);
		if (datagram_of(&g, &pkt, &d) == SF_PEEL_DATAGRAM)
			EXPECT(
			    "noise", sf_bytes_inside(g.payload, whole), true);
		hex_free(whole);
	}
}

/* The quick way tells nothing that the long way would not. */
static void
agrees_with_itself(void **state)
{
	struct sf_bytes usual =
	    hex_octets(ETH("0800") V4("0022") UDP("000e") "806faabbccdd 00*9");
	uint64_t x = 0x9605;
	unsigned taken = 0;

	(void)state;
	for (unsigned turn = 0; turn < 200000; turn++) {
		size_t n = usual.n - turn % 17;
		struct sf_bytes in = hex_copy(usual.p, n);
		union {
			const uint8_t *in;
			uint8_t *out;
		} p = { in.p };
		struct sf_packet pkt = packet_of(1, in, turn % 3);
		struct sf_datagram quick, slow;
		struct sf_diag d;

		x = x * 6364136223846793005U + 1442695040888963407U;
		if (turn % 5 != 0)
			p.out[(x >> 40) % n] ^= (uint8_t)(x >> 32);
		if (sf_peel_usual(&quick, &pkt)) {
			taken++;
			EXPECT("quick", datagram_of(&slow, &pkt, &d),
			    SF_PEEL_DATAGRAM);
			EXPECT(
			    "quick", quick.payload.p == slow.payload.p, true);
			EXPECT("quick", quick.payload.n, slow.payload.n);
			EXPECT("quick", quick.wire_octets, slow.wire_octets);
			EXPECT("quick", quick.cut, slow.cut);
			EXPECT("quick", quick.via == slow.via, true);
			EXPECT("quick",
			    memcmp(&quick.src, &slow.src, sizeof(slow.src)) |
				memcmp(&quick.dst, &slow.dst, sizeof(slow.dst)),
			    0);
		}
		hex_free(in);
	}
	EXPECT("quick", taken > 20000, true);
	hex_free(usual);
}

static void
knows_its_links(void **state)
{
	(void)state;
	EXPECT("Ethernet", sf_link_known(1), true);
	EXPECT("Ethernet", sf_link_header_octets(1), 14);
	EXPECT("cooked 2", sf_link_header_octets(276), 20);
	EXPECT("raw", sf_link_known(101), true);
	EXPECT("raw", sf_link_header_octets(101), 0);
	EXPECT("user 0", sf_link_known(147), false);
	EXPECT("user 0", sf_link_header_octets(147), 0);
}

int
main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(finds_datagrams),
		cmocka_unit_test(tells_why_not),
		cmocka_unit_test(never_blames_the_sender),
		cmocka_unit_test(survives_noise),
		cmocka_unit_test(agrees_with_itself),
		cmocka_unit_test(knows_its_links),
	};

	return cmocka_run_group_tests_name("peel", all, NULL, NULL);
}
