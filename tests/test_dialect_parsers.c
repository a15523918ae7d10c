/* Unit tests of parsers/sframe/livekit.c, trailers.c and fronts.c. */
#include "parsers/sframe/fronts.h"
#include "parsers/sframe/livekit.h"
#include "parsers/sframe/trailers.h"
#include "tests/rows.h"

/* clang-format off */

/* What each parser reads, in the terms that all have in common. */
static const struct {
	const char *parser, *what, *hex;
	uint64_t kid, ctr, extra;
	const char *payload;
} good[] = {
	{ "livekit",     "one frame",           "aabb 11223344 01020304 010202fd 0c 05",             5,  0x010202fd, 0x11223344, "aabb" },
	{ "livekit",     "trailer alone",       "00000001 00000002 00000003 0c ff",                  255, 3,         1,          "" },
	{ "jitsi_v0",    "one frame",           "aa 11223344 01020304 00000008 02",                  2,  8,          0x11223344, "aa" },
	{ "jitsi_ctr",   "CTR 300",             "78eb 012c 12",                                      2,  300,        0,          "78eb" },
	{ "jitsi_ctr",   "the longest counter", "01 ffffffffffffffff 7f",                            15, UINT64_MAX, 0,          "01" },
	{ "jitsi_ctr",   "2^53 + 1",            "20000000000001 60",                                 0,  (UINT64_C(1) << 53) + 1, 0, "" },
	{ "jitsi_ctr",   "signed",              "aa 05 bb*132 81",                                   1,  5,          132,        "aa" },
	{ "lkts",        "two values",          "0c00 f1f2 f8 4c4b5453",                             0,  0,          2,          "0c00" },
	{ "xor_demo",    "one frame",           "310402 01 deadbeef",                                1,  0,          0,          "310402" },
	{ "dave",        "no clear octets",     "0bce e0f1abb545767980 01 0c fafa",                  0,  1,          0,          "0bce" },
	{ "dave",        "one range",           "312c b638b911dbe46b00 ac02 0001 0f fafa",           1,  300,        1,          "312c" },
	{ "dave",        "highest nonce",       "aa*8 ffffffff0f 10 fafa",                           0,  UINT32_MAX, 0,          "" },
	{ "dave_range",  "two octets each",     "8001 8002 33",                                      128, 256,       0,          "33" },
	{ "stream_e2ee", "one frame",           "78 00000001 11*8 07 0001 01 e2eefeed",              7,  1,          1,          "78" },
	{ "stream_e2ee", "escaped",             "00000001 11*8 00 802a 01 e2eefeed",                 0,  1,          42 | 1 << 16, "" },
	{ "ringrtc",     "one frame",           "142a 03 00000102 aa*16",                            3,  258,        0,          "142a" },
	{ "threema",     "one frame",           "96 01 02 07000000",                                 0x0102, 7,      0,          "96" },
	{ "whatsapp",    "one octet each",      "aa 05 00 03",                                       0,  5,          3,          "aa" },
	{ "whatsapp",    "long counter",        "ac02 04 04",                                        4,  300,        4,          "" },
	{ "wire",        "KID and SSRC",        "10 33 01020304 31 11223344 aa",                     3,  0x01020304, 0x11223344, "aa" },
	{ "wire",        "no extension",        "00 18 09 012c aa",                                  9,  300,        0,          "aa" },
	{ "sora",        "KID 1, CTR 300",      "29 01 012c 4142434445464748494a4b4c4d4e4f505152535455565758595a aa", 1, 300, 26,  "aa" },
	{ "mls_private", "epoch 7",             "00010002 02 abcd 0000000000000007 01 aa",           7,  0,          2,          "aa" },
	{ "mls_private", "long group id",       "00010002 4041 ab*65 ffffffffffffffff 03",           UINT64_MAX, 0,  65,         "" },
	{ "telegram",    "two epochs",          "02000000 ab*32 cdef",                               2,  0,          32,         "cdef" },
};

static const struct named_bad {
	const char *parser;
	struct bad_row row;
} bad[] = {
	{ "livekit",     { "nothing at all",        "",                                  SF_SHORT,     0,  14 } },
	{ "livekit",     { "one octet short",       "01*13",                             SF_SHORT,     13, 1 } },
	{ "livekit",     { "IV of 13",              "01*12 0d 00",                       SF_MALFORMED, 12, 0 } },
	{ "jitsi_v0",    { "one octet short",       "01*12",                             SF_SHORT,     12, 1 } },
	{ "jitsi_ctr",   { "nothing at all",        "",                                  SF_SHORT,     0,  1 } },
	{ "jitsi_ctr",   { "counter cut",           "01 71",                             SF_SHORT,     2,  7 } },
	{ "jitsi_ctr",   { "signature cut",         "01*132 81",                         SF_SHORT,     133, 1 } },
	{ "lkts",        { "one letter off",        "fa 4c4b5454",                       SF_MALFORMED, 0,  0 } },
	{ "lkts",        { "length of 4",           "fb 4c4b5453",                       SF_MALFORMED, 0,  0 } },
	{ "lkts",        { "values cut",            "01 f8 4c4b5453",                    SF_SHORT,     6,  1 } },
	{ "xor_demo",    { "one bit off",           "01 deadbeee",                       SF_MALFORMED, 1,  0 } },
	{ "xor_demo",    { "no key id",             "deadbeef",                          SF_SHORT,     4,  1 } },
	{ "dave",        { "one bit off",           "aa*8 01 0c fafb",                   SF_MALFORMED, 9,  0 } },
	{ "dave",        { "size of 11",            "aa*8 0b fafa",                      SF_MALFORMED, 8,  0 } },
	{ "dave",        { "longer than the frame", "aa*8 01 0d fafa",                   SF_SHORT,     12, 1 } },
	{ "dave",        { "nonce of 33 bits",      "aa*8 ffffffff1f 10 fafa",           SF_MALFORMED, 13, 0 } },
	{ "dave",        { "nonce runs on",         "aa*8 81 0c fafa",                   SF_MALFORMED, 9,  0 } },
	{ "dave",        { "half a range",          "aa*8 01 05 0d fafa",                SF_MALFORMED, 10, 0 } },
	{ "dave",        { "ranges overlap",        "aa*8 01 0005 0203 10 fafa",         SF_MALFORMED, 13, 0 } },
	{ "dave_range",  { "does not end",          "80",                                SF_SHORT,     1,  1 } },
	{ "dave_range",  { "33 bits",               "ffffffff1f 01",                     SF_MALFORMED, 0,  0 } },
	{ "stream_e2ee", { "version 2",             "01*15 02 e2eefeed",                 SF_MALFORMED, 15, 0 } },
	{ "stream_e2ee", { "one octet short",       "01*19",                             SF_SHORT,     19, 1 } },
	{ "ringrtc",     { "one octet short",       "01*20",                             SF_SHORT,     20, 1 } },
	{ "threema",     { "one octet short",       "01*5",                              SF_SHORT,     5,  1 } },
	{ "whatsapp",    { "length of 2",           "00 02",                             SF_MALFORMED, 1,  0 } },
	{ "whatsapp",    { "length of 20",          "00 14",                             SF_MALFORMED, 1,  0 } },
	{ "whatsapp",    { "three numbers",         "05 00 00 04",                       SF_MALFORMED, 3,  0 } },
	{ "whatsapp",    { "longer than the frame", "00 04",                             SF_SHORT,     2,  2 } },
	{ "wire",        { "version 1",             "30 33 01020304 31 11223344",         SF_MALFORMED, 0,  0 } },
	{ "wire",        { "reserved bit",          "11 33 01020304 31 11223344",         SF_MALFORMED, 0,  0 } },
	{ "wire",        { "other extension",       "10 33 01020304 32 11223344",         SF_MALFORMED, 6,  0 } },
	{ "wire",        { "SSRC cut",              "10 33 01020304 31 112233",           SF_SHORT,     7,  1 } },
	{ "sora",        { "KID in the config octet", "21",                               SF_MALFORMED, 0,  0 } },
	{ "sora",        { "a blank in the id",     "19 00 05 41*25 20",                  SF_MALFORMED, 3,  0 } },
	{ "sora",        { "id cut",                "19 00 05 41*25",                     SF_SHORT,     3,  1 } },
	{ "mls_private", { "public message",        "00010001 00",                        SF_MALFORMED, 0,  0 } },
	{ "mls_private", { "content type 4",        "00010002 00 00*8 04",                SF_MALFORMED, 13, 0 } },
	{ "telegram",    { "no epoch",              "00000000 ab*32",                     SF_MALFORMED, 0,  0 } },
	{ "telegram",    { "version 1",             "01010000 ab*32",                     SF_MALFORMED, 0,  0 } },
	{ "telegram",    { "hash cut",              "01000000 ab*31",                     SF_SHORT,     4,  1 } },
};
/* clang-format on */

struct facts {
	uint64_t kid, ctr, extra;
	struct sf_bytes payload;
};

#define FACTS(name, of_kid, of_ctr, of_extra)                                  \
	static enum sf_status facts_##name(                                    \
	    struct facts *f, struct sf_bytes in)                               \
	{                                                                      \
		struct sf_##name t;                                            \
		struct sf_diag d;                                              \
		enum sf_status st = sf_##name##_parse(&t, in, &d);             \
                                                                               \
		if (st == SF_OK)                                               \
			*f = (struct facts){ of_kid, of_ctr, of_extra,         \
				t.payload };                                   \
		return st;                                                     \
	}
FACTS(livekit, t.index, t.count, t.ssrc)
FACTS(jitsi_v0, t.index, t.count, t.ssrc)
FACTS(jitsi_ctr, t.kid, t.ctr, t.signature.n)
FACTS(lkts, 0, 0, t.values.n)
FACTS(xor_demo, t.kid, 0, 0)
FACTS(dave, t.n_ranges, t.nonce, t.clear)
FACTS(dave_range, t.offset, t.octets, 0)
FACTS(stream_e2ee, t.index, t.counter, t.clear | (uint64_t)t.escaped << 16)
FACTS(ringrtc, t.ratchet, t.counter, 0)
FACTS(threema, (uint64_t)t.epoch << 8 | t.ratchet, t.number, 0)
FACTS(whatsapp, t.kid, t.counter, t.octets)
FACTS(wire, t.kid, t.frame, t.ssrc)
FACTS(sora, t.kid, t.ctr, t.connection.n)
FACTS(mls_private, t.epoch, 0, t.group.n)
FACTS(telegram, t.epochs, 0, t.hash.n)

#define ROW(name)                                                              \
	{                                                                      \
#name, facts_##name                                            \
	}
static const struct {
	const char *name;
	enum sf_status (*read)(struct facts *f, struct sf_bytes in);
} parsers[] = {
	ROW(livekit),
	ROW(jitsi_v0),
	ROW(jitsi_ctr),
	ROW(lkts),
	ROW(xor_demo),
	ROW(dave),
	ROW(dave_range),
	ROW(stream_e2ee),
	ROW(ringrtc),
	ROW(threema),
	ROW(whatsapp),
	ROW(wire),
	ROW(sora),
	ROW(mls_private),
	ROW(telegram),
};

static enum sf_status
read_as(const char *name, struct facts *f, struct sf_bytes in)
{
	for (size_t i = 0; i < LENGTH(parsers); i++)
		if (strcmp(parsers[i].name, name) == 0)
			return parsers[i].read(f, in);
	fail_msg("no parser %s", name);
	return SF_LIMIT;
}

static void
reads_what_is_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(good); i++) {
		struct sf_bytes in = hex_octets(good[i].hex);
		const char *w = good[i].what;
		struct facts f = { 0 };

		EXPECT(w, read_as(good[i].parser, &f, in), SF_OK);
		EXPECT(w, f.kid, good[i].kid);
		EXPECT(w, f.ctr, good[i].ctr);
		EXPECT(w, f.extra, good[i].extra);
		expect_octets(w, f.payload, good[i].payload);
		expect_prefixes(w, good[i].parser, in);
		hex_free(in);
	}
}

static void
stops_where_it_must(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(bad); i++)
		expect_refused(bad[i].parser, &bad[i].row, 1);
	for (size_t i = 0; i < LENGTH(parsers); i++)
		expect_noise(parsers[i].name, 200);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_is_there),
		cmocka_unit_test(stops_where_it_must),
	};

	return cmocka_run_group_tests_name(
	    "dialect_parsers", tests, NULL, NULL);
}
