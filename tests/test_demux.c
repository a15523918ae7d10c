/* Unit tests of parsers/rtp/demux.c. */
#include "parsers/rtp/demux.h"
#include "tests/rows.h"

/* clang-format off */
static const struct {
	const char *what, *hex;
	enum sf_proto proto;
	uint8_t dtls_type;
} rows[] = {
	{ "nothing at all",            "",                                       SF_PROTO_OTHER, 0 },
	{ "one octet",                 "80",                                     SF_PROTO_OTHER, 0 },

	{ "STUN binding request",      "0001 0000 2112a442 00*12",               SF_PROTO_STUN,  0 },
	{ "STUN with an attribute",    "0101 0004 2112a442 00*12 01020304",      SF_PROTO_STUN,  0 },
	{ "STUN, no cookie",           "0001 0000 2112a443 00*12",               SF_PROTO_OTHER, 0 },
	{ "STUN, length over",         "0001 0004 2112a442 00*12",               SF_PROTO_OTHER, 0 },
	{ "STUN, octets behind",       "0001 0000 2112a442 00*12 00",            SF_PROTO_OTHER, 0 },
	{ "STUN, length not by four",  "0001 0002 2112a442 00*12 0000",          SF_PROTO_OTHER, 0 },
	{ "STUN, cut off",             "0001 0000 2112a442 00*11",               SF_PROTO_OTHER, 0 },
	{ "STUN of octet 4",           "0401 0000 2112a442 00*12",               SF_PROTO_OTHER, 0 },

	{ "ZRTP",                      "1000 0001 5a525450 11223344",            SF_PROTO_ZRTP,  0 },
	{ "ZRTP, no cookie",           "1000 0001 5a525451 11223344",            SF_PROTO_OTHER, 0 },
	{ "ZRTP, cut off",             "1000 0001 5a5254",                       SF_PROTO_OTHER, 0 },

	{ "DTLS handshake",            "16 fefd 0000 000000000000 0001 00",      SF_PROTO_DTLS, 22 },
	{ "DTLS 1.0 alert",            "15 feff 0000 000000000000 0002 0000",    SF_PROTO_DTLS, 21 },
	{ "DTLS, empty record",        "17 fefd 0000 000000000000 0000",         SF_PROTO_DTLS, 23 },
	{ "DTLS connection id",        "19 fefd 0000 000000000000 0001 00",      SF_PROTO_DTLS, 25 },
	{ "TLS",                       "16 0303 0000 000000000000 0001 00",      SF_PROTO_OTHER, 0 },
	{ "DTLS, header cut",          "16 fefd 0000 000000000000 00",           SF_PROTO_OTHER, 0 },
	{ "record type 27",            "1b fefd 0000 000000000000 0001 00",      SF_PROTO_OTHER, 0 },
	{ "DTLS 1.3",                  "2c 0001 0010 00*16",                     SF_PROTO_DTLS,  0 },
	{ "DTLS 1.3, short forms",     "20 01 00*16",                            SF_PROTO_DTLS,  0 },
	{ "DTLS 1.3, too short",       "20 01 00*15",                            SF_PROTO_OTHER, 0 },
	{ "DTLS 1.3, length over",     "2c 0001 0011 00*16",                     SF_PROTO_OTHER, 0 },
	{ "DTLS 1.3, length under 16", "2c 0001 000f 00*16",                     SF_PROTO_OTHER, 0 },
	{ "DTLS 1.3, connection id",   "3c 0001 ffff 00*16",                     SF_PROTO_DTLS,  0 },

	{ "ChannelData",               "4000 0004 01020304",                     SF_PROTO_TURN,  0 },
	{ "ChannelData, no data",      "4fff 0000",                              SF_PROTO_TURN,  0 },
	{ "ChannelData, padded",       "4000 0001 01000000",                     SF_PROTO_TURN,  0 },
	{ "ChannelData, over-padded",  "4000 0001 0100000000",                   SF_PROTO_OTHER, 0 },
	{ "ChannelData, cut off",      "4000 0005 01020304",                     SF_PROTO_OTHER, 0 },
	{ "ChannelData, head cut",     "4000 00",                                SF_PROTO_OTHER, 0 },

	{ "QUIC short header",         "50 00*20",                               SF_PROTO_OTHER, 0 },
	{ "QUIC long header",          "c0 00*20",                               SF_PROTO_OTHER, 0 },

	{ "RTP",                       "8060 1234 00000a0b 11223344",            SF_PROTO_RTP,   0 },
	{ "RTP, marker and PT 63",    "80bf 1234 00000a0b 11223344",            SF_PROTO_RTP,   0 },
	{ "RTP, marker and PT 96",     "80e0 1234 00000a0b 11223344",            SF_PROTO_RTP,   0 },
	{ "RTP, all flags",            "bf60 1234 00000a0b 11223344",            SF_PROTO_RTP,   0 },
	{ "RTP, eleven octets",        "8060 1234 00000a0b 112233",              SF_PROTO_OTHER, 0 },
	{ "RTCP, lowest type",         "80c0 0001 11223344",                     SF_PROTO_RTCP,  0 },
	{ "RTCP, highest type",        "80df 0001 11223344",                     SF_PROTO_RTCP,  0 },
	{ "RTCP, seven octets",        "80c8 0001 112233",                       SF_PROTO_OTHER, 0 },
	{ "version 1",                 "4160 1234 00000a0b 11223344",            SF_PROTO_OTHER, 0 },
};
/* clang-format on */

static void
tells_protocols_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct sf_bytes in = hex_octets(rows[i].hex);
		const char *w = rows[i].what;
		struct sf_demux m;
		struct sf_diag d;

		EXPECT(w, sf_demux_parse(&m, in, &d), SF_OK);
		EXPECT(w, m.proto, rows[i].proto);
		EXPECT(w, m.dtls_type, rows[i].dtls_type);
		EXPECT(w, m.payload.n, in.n);
		EXPECT(w, m.payload.p == in.p, true);
		expect_prefixes(w, "demux", in);
		hex_free(in);
	}
}

static void
survives_noise(void **state)
{
	(void)state;
	expect_noise("demux", 60);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_protocols_apart),
		cmocka_unit_test(survives_noise),
	};

	return cmocka_run_group_tests_name("demux", tests, NULL, NULL);
}
