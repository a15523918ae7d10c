/*
 * The parsers of parsers/dtls, of a=crypto, of key logs and of what double
 * encryption leaves.
 */
#include "parsers/dtls/hello.h"
#include "parsers/dtls/record.h"
#include "parsers/text/keylog_line.h"
#include "parsers/text/sdp_crypto.h"
#include "tests/rows.h"

#define R32 "00*32"

/* clang-format off */
static const struct {
	const char *what, *parser, *hex;
	enum sf_status status;
	const char *payload;
} rows[] = {
	{ "nothing changed",       "ohb", "aabb 00", SF_OK, "aabb" },
	{ "type and number",       "ohb", "aabb 60 1234 03", SF_OK, "aabb" },
	{ "the marker alone",      "ohb", "0c", SF_OK, "" },
	{ "a bit that is zero",    "ohb", "aabb 10", SF_MALFORMED, "" },
	{ "no room for a number",  "ohb", "34 01", SF_SHORT, "" },
	{ "no octet",              "ohb", "", SF_SHORT, "" },
	{ "a record",              "dtls_record", "16 feff 0000 000000000007 0002 aabb cc", SF_OK, "cc" },
	{ "a record of 1.3",       "dtls_record", "2f 0001 0004 00000000", SF_UNSUPPORTED, "" },
	{ "a record of TLS",       "dtls_record", "16 0303 0000 000000000000 0000", SF_MALFORMED, "" },
	{ "record header cut",     "dtls_record", "16 fefd 0000 00000000", SF_SHORT, "" },
	{ "record body cut",       "dtls_record", "16 fefd 0000 000000000000 0003 aabb", SF_SHORT, "" },
	{ "a whole message",       "dtls_fragment", "01 000002 0001 000000 000002 aabb 02", SF_OK, "02" },
	{ "a part of one",         "dtls_fragment", "01 000010 0001 00000e 000002 aabb", SF_OK, "" },
	{ "an empty part",         "dtls_fragment", "0e 000000 0001 000000 000000", SF_OK, "" },
	{ "a part beyond its end", "dtls_fragment", "01 000010 0001 00000f 000002 aabb", SF_MALFORMED, "" },
	{ "a part cut",            "dtls_fragment", "01 000010 0001 000000 000004 aabb", SF_SHORT, "" },
	{ "ClientHello",           "dtls_client_hello", "fefd " R32 " 00 01aa 0002c02b 0100 0004 000e0000", SF_OK, "000e0000" },
	{ "without extensions",    "dtls_client_hello", "fefd " R32 " 00 00 0002c02b 0100", SF_OK, "" },
	{ "and one octet more",    "dtls_client_hello", "fefd " R32 " 00 00 0002c02b 0100 0000 00", SF_MALFORMED, "" },
	{ "extensions cut",        "dtls_client_hello", "fefd " R32 " 00 00 0002c02b 0100 0004 000e", SF_SHORT, "" },
	{ "suites cut",            "dtls_client_hello", "fefd " R32 " 00 00 0004c02b", SF_SHORT, "" },
	{ "ServerHello",           "dtls_server_hello", "fefd " R32 " 00 c02b 00 0004 000e0000", SF_OK, "000e0000" },
	{ "ServerHello, short",    "dtls_server_hello", "fefd " R32 " 00 c02b", SF_SHORT, "" },
	{ "ServerHello and more",  "dtls_server_hello", "fefd " R32 " 00 c02b 00 0000 01", SF_MALFORMED, "" },
	{ "an extension",          "tls_extension", "000e 0001 aa bb", SF_OK, "bb" },
	{ "an extension cut",      "tls_extension", "000e 0002 aa", SF_SHORT, "" },
	{ "use_srtp",              "use_srtp", "0004 00010007 02 aabb", SF_OK, "aabb" },
	{ "use_srtp, odd",         "use_srtp", "0003 000100 00", SF_MALFORMED, "" },
	{ "use_srtp, none",        "use_srtp", "0000 00", SF_MALFORMED, "" },
	{ "use_srtp, no MKI",      "use_srtp", "0002 0001", SF_SHORT, "" },
};

static const struct {
	const char *text, *label, *secret;
} lines[] = {
	{ "CLIENT_RANDOM aa bb\nnext", "CLIENT_RANDOM", "bb" },
	{ "CLIENT_RANDOM aa bb\r\n",   "CLIENT_RANDOM", "bb" },
	{ "X aa bb",                   "X", "bb" },
	{ "# CLIENT_RANDOM aa\n",      "", "" },
	{ "#a b c\n",                  "", "" },
	{ "\n",                        "", "" },
	{ "CLIENT_RANDOM aa\n",        "", "" },
	{ "CLIENT_RANDOM aa bb cc\n",  "", "" },
};

static const struct {
	const char *text;
	enum sf_status status;
	const char *suite, *key, *lifetime, *mki;
	unsigned octets;
} cryptos[] = {
	{ "1 S inline:K",                SF_OK, "S", "K", "", "", 0 },
	{ "1  S  inline:K|2^20 WSH=64",  SF_OK, "S", "K", "2^20", "", 0 },
	{ "1 S inline:K|1:4",            SF_OK, "S", "K", "", "1", 4 },
	{ "1 S inline:K|2^20|1:128",     SF_OK, "S", "K", "2^20", "1", 128 },
	{ "1 S inline:K;inline:L",       SF_OK, "S", "K", "", "", 0 },
	{ "1 S inline:K|2^20|1:129",     SF_MALFORMED, NULL, NULL, NULL, NULL, 0 },
	{ "1 S inline:K|1:0",            SF_MALFORMED, NULL, NULL, NULL, NULL, 0 },
	{ "1 S inline:K|a|b|c",          SF_MALFORMED, NULL, NULL, NULL, NULL, 0 },
	{ "1 S inline:",                 SF_MALFORMED, NULL, NULL, NULL, NULL, 0 },
	{ "1 S uri:K",                   SF_UNSUPPORTED, NULL, NULL, NULL, NULL, 0 },
	{ "1 S",                         SF_MALFORMED, NULL, NULL, NULL, NULL, 0 },
	{ "x S inline:K",                SF_MALFORMED, NULL, NULL, NULL, NULL, 0 },
	{ "1234567890 S inline:K",       SF_MALFORMED, NULL, NULL, NULL, NULL, 0 },
	{ "",                            SF_MALFORMED, NULL, NULL, NULL, NULL, 0 },
};
/* clang-format on */

static struct sf_bytes
text_of(const char *s)
{
	return hex_copy(s, strlen(s));
}

static void
expect_text(const char *row, struct sf_bytes got, const char *want)
{
	EXPECT(row, got.n, strlen(want));
	EXPECT(row, memcmp(got.p, want, got.n), 0);
}

/* And every prefix of a good row keeps the promises of a parser. */
static void
records_and_hellos(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct sf_bytes in = hex_octets(rows[i].hex);
		struct sf_bytes payload = sf_bytes(NULL, 0);
		struct sf_diag d;

		EXPECT(rows[i].what,
		    expect_promises(rows[i].what, rows[i].parser, in),
		    rows[i].status);
		if (rows[i].status == SF_OK) {
			EXPECT(rows[i].what,
			    sf_parsers_find(rows[i].parser)
				->run(in, &payload, &d),
			    SF_OK);
			expect_octets(rows[i].what, payload, rows[i].payload);
		}
		expect_prefixes(rows[i].what, rows[i].parser, in);
		hex_free(in);
	}
}

static void
key_logs(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(lines); i++) {
		struct sf_bytes in = text_of(lines[i].text);
		struct sf_keylog_line l;
		struct sf_diag d;

		EXPECT(lines[i].text, sf_keylog_line_parse(&l, in, &d), SF_OK);
		expect_text(lines[i].text, l.label, lines[i].label);
		expect_text(lines[i].text, l.secret, lines[i].secret);
		(void)expect_promises(lines[i].text, "keylog_line", in);
		hex_free(in);
	}
}

static void
crypto_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(cryptos); i++) {
		const char *row = cryptos[i].text;
		struct sf_bytes in = text_of(row);
		struct sf_sdp_crypto c;
		struct sf_sdp_inline k;
		struct sf_diag d;
		enum sf_status st = expect_promises(row, "sdp_crypto", in);

		if (st == SF_OK) {
			EXPECT(row, sf_sdp_crypto_parse(&c, in, &d), SF_OK);
			st = expect_promises(row, "sdp_inline", c.keys);
		}
		EXPECT(row, st, cryptos[i].status);
		if (st == SF_OK) {
			EXPECT(row, sf_sdp_inline_parse(&k, c.keys, &d), SF_OK);
			expect_text(row, c.suite, cryptos[i].suite);
			expect_text(row, k.key, cryptos[i].key);
			expect_text(row, k.lifetime, cryptos[i].lifetime);
			expect_text(row, k.mki, cryptos[i].mki);
			EXPECT(row, k.mki_octets, cryptos[i].octets);
		}
		hex_free(in);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_and_hellos),
		cmocka_unit_test(key_logs),
		cmocka_unit_test(crypto_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
