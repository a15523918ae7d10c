/*
 * The key file: what it may say, and for each thing that is wrong with one,
 * where it is and that nothing is kept.
 */
#include "engine/config/json.h"
#include "engine/config/keyfile.h"
#include "tests/rows.h"

#include <stdio.h>
#include <string.h>

#define HEAD "{\"schema\":\"sframe-tool/keys/v1\","
#define KEY  "\"base_key\":\"0402fd\""
#define ONE  "\"keys\":[{\"kid\":\"9\"," KEY "}]}"

/* Nothing of it is on the stack: it is large. */
static struct sf_keyfile *
new_keyfile(void)
{
	struct sf_keyfile *k = malloc(sizeof(*k));

	assert_non_null(k);
	memset(k, 0x5a, sizeof(*k));
	return k;
}

static bool
read_text(
    struct sf_keyfile *k, const char *text, struct sf_keyfile_error *error)
{
	struct sf_bytes exact = hex_copy(text, strlen(text));
	bool done = sf_keyfile_read(k, exact, error);

	hex_free(exact);
	return done;
}

static void
expect_zeros(const char *row, const struct sf_keyfile *k)
{
	const uint8_t *p = (const uint8_t *)k;

	for (size_t i = 0; i < sizeof(*k); i++)
		if (p[i] != 0)
			fail_msg("row \"%s\": octet %zu is left", row, i);
}

/* ---- what must be read --------------------------------------------------- */

static void
reads_the_documented_example(void **state)
{
	static const char text[] =
	    "{\n"
	    "  \"schema\": \"sframe-tool/keys/v1\",\n"
	    "  \"suite\": \"AES_128_GCM_SHA256_128\",\n"
	    "  \"kid_scheme\": { \"type\": \"raw\" },\n"
	    "  \"keys\": [\n"
	    "    { \"kid\": \"9\", \"base_key\": "
	    "\"0402fd8356f1a62a6ee915ab1b722aed\", \"owner\": \"alice\" }\n"
	    "  ]\n"
	    "}\n";
	struct sf_keyfile *k = new_keyfile();
	struct sf_keyfile_error e;

	(void)state;
	assert_true(read_text(k, text, &e));
	assert_int_equal(k->scheme, SF_SCHEME_RAW);
	assert_true(k->scheme_given && !k->per_ssrc_keys);
	assert_int_equal(k->n, 1);
	assert_int_equal(k->keys[0].kid, 9);
	assert_int_equal(k->keys[0].suite, 4);
	assert_string_equal(k->keys[0].owner, "alice");
	expect_octets("base key", sf_bytes(k->keys[0].octets, k->keys[0].n),
	    "0402fd8356f1a62a6ee915ab1b722aed");
	sf_keyfile_wipe(k, &sf_crypto_ossl);
	expect_zeros("wiped", k);
	free(k);
}

static void
reads_everything_else(void **state)
{
	static const char text[] = HEAD
	    "\"keys\":["
	    "{\"epoch\":14,\"exporter_secret\":\"00ff\",\"mls_hash\":"
	    "\"SHA384\","
	    "\"suite\":\"0x0001\"},"
	    "{\"epoch\":\"0x1e\",\"base_key\":\"AbCd\",\"ssrc\":\"0x12345678\","
	    "\"suite\":\"aes_256_ctr_hmac_sha512_32\"},"
	    "{\"epoch\":\"46\",\"base_key\":\"01\",\"ssrc\":4294967295,"
	    "\"owner\":\"b\\u00e9b\\u00e9\"}],"
	    "\"kid_scheme\":{\"type\":\"mls\",\"epoch_bits\":4,"
	    "\"sender_bits\":\"6\"},"
	    "\"per_ssrc_keys\":true,\"suite\":5,\"metadata\":\"49455446\"}";
	struct sf_keyfile *k = new_keyfile();
	struct sf_keyfile_error e;

	(void)state;
	assert_true(read_text(k, text, &e));
	assert_int_equal(k->scheme, SF_SCHEME_MLS);
	assert_true(k->epoch_bits == 4 && k->sender_bits == 6);
	assert_true(k->per_ssrc_keys);
	expect_octets(
	    "metadata", sf_bytes(k->metadata, k->n_metadata), "49455446");
	assert_int_equal(k->n, 3);
	assert_true(k->keys[0].exporter && !k->keys[1].exporter);
	assert_int_equal(k->keys[0].mls_hash, SF_SHA384);
	assert_int_equal(k->keys[0].epoch, 14);
	assert_int_equal(k->keys[1].epoch, 30);
	assert_int_equal(k->keys[2].epoch, 46);
	assert_int_equal(k->keys[0].suite, 1);
	assert_int_equal(k->keys[1].suite, 8);
	assert_int_equal(k->keys[2].suite, 5);
	assert_false(k->keys[0].has_ssrc);
	assert_true(k->keys[1].ssrc == 0x12345678 && k->keys[1].has_ssrc);
	assert_true(k->keys[2].ssrc == UINT32_MAX);
	assert_string_equal(k->keys[2].owner, "b\xc3\xa9"
					      "b\xc3\xa9");
	free(k);
}

static void
numbers_stay_exact(void **state)
{
	static const struct {
		const char *what, *kid;
		uint64_t value;
	} rows[] = {
		/* clang-format off */
		{ "zero",            "0",                        0 },
		{ "bare",            "9007199254740992",         UINT64_C(1) << 53 },
		{ "2^53 + 1",        "\"9007199254740993\"",     (UINT64_C(1) << 53) + 1 },
		{ "2^64 - 1",        "\"18446744073709551615\"", UINT64_MAX },
		{ "the same, 0x",    "\"0xffffffffffffffff\"",   UINT64_MAX },
		{ "0X and capitals", "\"0XABCDEF\"",             0xabcdef },
		{ "zeros in front",  "\"0009\"",                 9 },
		{ "escaped digits",  "\"\\u0031\\u0032\"",       12 },
		/* clang-format on */
	};
	struct sf_keyfile *k = new_keyfile();
	struct sf_keyfile_error e;

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		char text[256];

		snprintf(text, sizeof(text),
		    HEAD "\"keys\":[{\"kid\":%s," KEY "}]}", rows[i].kid);
		EXPECT(rows[i].what, read_text(k, text, &e), true);
		EXPECT(rows[i].what, k->keys[0].kid, rows[i].value);
	}
	free(k);
}

static void
one_kid_may_have_several_keys(void **state)
{
	static const char text[] =
	    HEAD "\"kid_scheme\":{\"type\":\"sender\",\"r\":4},\"keys\":["
		 "{\"kid\":1," KEY ",\"owner\":\"a\"},{\"kid\":1," KEY
		 ",\"owner\":\"b\"},{\"kid\":1," KEY ",\"ssrc\":1},"
		 "{\"kid\":1," KEY ",\"ssrc\":0},{\"kid\":1," KEY "}]}";
	struct sf_keyfile *k = new_keyfile();
	struct sf_keyfile_error e;

	(void)state;
	assert_true(read_text(k, text, &e));
	assert_int_equal(k->n, 5);
	assert_int_equal(k->scheme, SF_SCHEME_SENDER);
	assert_int_equal(k->ratchet_bits, 4);
	free(k);
}

static void
room_is_for_1024_keys(void **state)
{
	struct sf_keyfile *k = new_keyfile();
	struct sf_keyfile_error e;
	size_t room = (size_t)64 * 1200;
	char *text = malloc(room);
	size_t n;

	(void)state;
	assert_non_null(text);
	for (unsigned keys = SF_KEYS_MAX; keys <= SF_KEYS_MAX + 1; keys++) {
		n = (size_t)snprintf(text, room, HEAD "\"keys\":[");
		for (unsigned i = 0; i < keys; i++)
			n += (size_t)snprintf(text + n, room - n,
			    "%s{\"kid\":%u," KEY "}", i == 0 ? "" : ",", i);
		snprintf(text + n, room - n, "]}");
		EXPECT("keys", read_text(k, text, &e), keys == SF_KEYS_MAX);
	}
	assert_string_equal(e.cause, "more than 1024 keys");
	free(text);
	free(k);
}

/* ---- what must be refused ------------------------------------------------ */

/* clang-format off */
static const struct {
	const char *what, *text, *place, *cause; /* cause: a part of it */
} bad[] = {
	/* JSON */
	{ "nothing",            "",                                        "", "nothing there" },
	{ "blanks",             " \n\t",                                   "", "nothing there" },
	{ "byte order mark",    "\xef\xbb\xbf" HEAD ONE,                   "", "byte order mark" },
	{ "something behind",   HEAD ONE " x",                             "", "behind the end" },
	{ "two documents",      HEAD ONE HEAD ONE,                         "", "behind the end" },
	{ "cut off",            HEAD "\"keys\":[",                         "", "missing" },
	{ "cut in a string",    HEAD "\"keys",                             "", "inside a string" },
	{ "comma too many",     HEAD "\"keys\":[],}",                      "", "quotation mark" },
	{ "comment",            HEAD "/* no */" ONE,                       "", "quotation mark" },
	{ "single quotes",      "{'schema':1}",                            "", "quotation mark" },
	{ "no colon",           "{\"schema\" 1}",                          "", "colon" },
	{ "NaN",                HEAD "\"suite\":NaN," ONE,                 "", "a value is missing" },
	{ "True",               HEAD "\"per_ssrc_keys\":True," ONE,        "", "a value is missing" },
	{ "plus",               HEAD "\"suite\":+4," ONE,                  "", "a value is missing" },
	{ "zero in front",      HEAD "\"suite\":04," ONE,                  "", "zeros" },
	{ "hexadecimal, bare",  HEAD "\"suite\":0x4," ONE,                 "", "comma" },
	{ "no fraction",        HEAD "\"suite\":4.," ONE,                  "", "digit" },
	{ "no exponent",        HEAD "\"suite\":4e," ONE,                  "", "digit" },
	{ "a minus alone",      HEAD "\"suite\":-," ONE,                   "", "digit" },
	{ "a very long number", HEAD "\"suite\":"
	  "11111111111111111111111111111111111111111111111," ONE,          "", "too long" },
	{ "control character",  "{\"a\nb\":1}",                            "", "control character" },
	{ "NUL",                "{\"a\\u0000\":1}",                        "", "NUL" },
	{ "no such escape",     "{\"a\\x41\":1}",                          "", "escape" },
	{ "short escape",       "{\"a\\u12\":1}",                          "", "four" },
	{ "half a pair",        "{\"a\\ud800\":1}",                        "", "surrogate" },
	{ "other half",         "{\"a\\udc00\":1}",                        "", "surrogate" },
	{ "two first halves",   "{\"a\\ud800\\ud800\":1}",                 "", "surrogate" },
	{ "Latin-1",            "{\"\xe9t\xe9\":1}",                       "", "UTF-8" },
	{ "long form",          "{\"\xc0\xaf\":1}",                        "", "UTF-8" },
	{ "UTF-8 surrogate",    "{\"\xed\xa0\x80\":1}",                    "", "UTF-8" },
	{ "above U+10FFFF",     "{\"\xf4\x90\x80\x80\":1}",                "", "UTF-8" },
	{ "UTF-8 cut off",      "{\"\xe2\x82",                             "", "UTF-8" },
	{ "twice",              HEAD "\"suite\":4,\"suite\":4," ONE,       "", "twice" },
	{ "twice, escaped",     HEAD "\"suite\":4,\"s\\u0075ite\":4," ONE, "", "twice" },
	{ "twice, in a key",    HEAD "\"keys\":[{\"kid\":1,\"kid\":1," KEY "}]}", "", "twice" },
	/* members */
	{ "an array",           "[]",                                      "", "not an object" },
	{ "no schema",          "{" ONE,                                   "schema", "missing" },
	{ "schema of tomorrow", "{\"schema\":\"sframe-tool/keys/v2\"," ONE, "schema", "version" },
	{ "unknown member",     HEAD "\"colour\":1," ONE,                  "colour", "unknown" },
	{ "capital letter",     HEAD "\"Suite\":4," ONE,                   "Suite", "unknown" },
	{ "strange member",     HEAD "\"\\u001b[2J\":4," ONE,              "", "unknown" },
	{ "no keys",            HEAD "\"suite\":4}",                       "keys", "missing" },
	{ "empty keys",         HEAD "\"keys\":[]}",                       "keys", "empty" },
	{ "keys an object",     HEAD "\"keys\":{}}",                       "keys", "array" },
	{ "suite 0",            HEAD "\"suite\":0," ONE,                   "suite", "cipher suite" },
	{ "suite 9",            HEAD "\"suite\":9," ONE,                   "suite", "cipher suite" },
	{ "suite 65540",        HEAD "\"suite\":65540," ONE,               "suite", "cipher suite" },
	{ "suite misspelt",     HEAD "\"suite\":\"AES_128_GCM\"," ONE,     "suite", "cipher suite" },
	{ "suite -4",           HEAD "\"suite\":-4," ONE,                  "suite", "whole number" },
	{ "suite 4.0",          HEAD "\"suite\":4.0," ONE,                 "suite", "whole number" },
	{ "suite null",         HEAD "\"suite\":null," ONE,                "suite", "not a number" },
	{ "per_ssrc_keys 1",    HEAD "\"per_ssrc_keys\":1," ONE,           "per_ssrc_keys", "true" },
	{ "odd metadata",       HEAD "\"metadata\":\"123\"," ONE,          "metadata", "odd" },
	{ "metadata a number",  HEAD "\"metadata\":12," ONE,               "metadata", "string" },
	/* the scheme */
	{ "scheme a string",    HEAD "\"kid_scheme\":\"raw\"," ONE,        "kid_scheme.type", "missing" },
	{ "scheme unknown",     HEAD "\"kid_scheme\":{\"type\":\"x\"}," ONE, "kid_scheme.type", "scheme" },
	{ "raw with r",         HEAD "\"kid_scheme\":{\"type\":\"raw\",\"r\":4}," ONE, "kid_scheme.r", "unknown" },
	{ "sender without r",   HEAD "\"kid_scheme\":{\"type\":\"sender\"}," ONE, "kid_scheme.r", "missing" },
	{ "r of 64",            HEAD "\"kid_scheme\":{\"type\":\"sender\",\"r\":64}," ONE, "kid_scheme.r", "0 to 63" },
	{ "no epoch bits",      HEAD "\"kid_scheme\":{\"type\":\"mls\",\"epoch_bits\":0,\"sender_bits\":6}," ONE, "kid_scheme.epoch_bits", "1 to 63" },
	{ "too many bits",      HEAD "\"kid_scheme\":{\"type\":\"mls\",\"epoch_bits\":60,\"sender_bits\":6}," ONE, "kid_scheme", "64 bits" },
	/* keys */
	{ "key a string",       HEAD "\"keys\":[\"00\"]}",                 "keys[0]", "object" },
	{ "no kid",             HEAD "\"keys\":[{" KEY "}]}",              "keys[0].kid", "missing" },
	{ "2^53 + 1, bare",     HEAD "\"keys\":[{\"kid\":9007199254740993," KEY "}]}", "keys[0].kid", "above 2^53" },
	{ "2^64 - 1, bare",     HEAD "\"keys\":[{\"kid\":18446744073709551615," KEY "}]}", "keys[0].kid", "above 2^53" },
	{ "2^64, bare",         HEAD "\"keys\":[{\"kid\":18446744073709551616," KEY "}]}", "keys[0].kid", "above 2^53" },
	{ "2^64",               HEAD "\"keys\":[{\"kid\":\"18446744073709551616\"," KEY "}]}", "keys[0].kid", "above 2^64" },
	{ "0x of 17 digits",    HEAD "\"keys\":[{\"kid\":\"0x10000000000000000\"," KEY "}]}", "keys[0].kid", "above 2^64" },
	{ "1e3",                HEAD "\"keys\":[{\"kid\":1e3," KEY "}]}",  "keys[0].kid", "whole number" },
	{ "kid empty",          HEAD "\"keys\":[{\"kid\":\"\"," KEY "}]}", "keys[0].kid", "whole number" },
	{ "kid 0x",             HEAD "\"keys\":[{\"kid\":\"0x\"," KEY "}]}", "keys[0].kid", "whole number" },
	{ "kid -1",             HEAD "\"keys\":[{\"kid\":\"-1\"," KEY "}]}", "keys[0].kid", "whole number" },
	{ "kid with blank",     HEAD "\"keys\":[{\"kid\":\" 9\"," KEY "}]}", "keys[0].kid", "whole number" },
	{ "kid an array",       HEAD "\"keys\":[{\"kid\":[9]," KEY "}]}",  "keys[0].kid", "not a number" },
	{ "no base key",        HEAD "\"keys\":[{\"kid\":9}]}",            "keys[0].base_key", "missing" },
	{ "base key empty",     HEAD "\"keys\":[{\"kid\":9,\"base_key\":\"\"}]}", "keys[0].base_key", "empty" },
	{ "base key odd",       HEAD "\"keys\":[{\"kid\":9,\"base_key\":\"0\"}]}", "keys[0].base_key", "odd" },
	{ "base key not hex",   HEAD "\"keys\":[{\"kid\":9,\"base_key\":\"0g\"}]}", "keys[0].base_key", "hexadecimal" },
	{ "the third is wrong", HEAD "\"keys\":[{\"kid\":1," KEY "},{\"kid\":2," KEY "},{\"kid\":true," KEY "}]}", "keys[2].kid", "not a number" },
	{ "epoch with raw",     HEAD "\"keys\":[{\"epoch\":9," KEY "}]}",  "keys[0].epoch", "mls" },
	{ "exporter with raw",  HEAD "\"keys\":[{\"kid\":9,\"exporter_secret\":\"00\",\"mls_hash\":\"SHA256\"}]}", "keys[0].exporter_secret", "mls" },
	{ "ssrc above 32 bits", HEAD "\"keys\":[{\"kid\":9,\"ssrc\":4294967296," KEY "}]}", "keys[0].ssrc", "too large" },
	{ "owner a number",     HEAD "\"keys\":[{\"kid\":9,\"owner\":1," KEY "}]}", "keys[0].owner", "string" },
	{ "unknown in a key",   HEAD "\"keys\":[{\"kid\":9,\"nmae\":1," KEY "}]}", "keys[0].nmae", "unknown" },
	{ "same key id",        HEAD "\"keys\":[{\"kid\":9," KEY "},{\"kid\":\"0x9\"," KEY "}]}", "keys[1]", "same key id" },
	{ "same owner",         HEAD "\"keys\":[{\"kid\":9,\"owner\":\"a\"," KEY "},{\"kid\":9,\"owner\":\"a\"," KEY "}]}", "keys[1]", "same key id" },
#define MLS HEAD "\"kid_scheme\":{\"type\":\"mls\",\"epoch_bits\":4,\"sender_bits\":6},"
	{ "kid with mls",       MLS ONE,                                   "keys[0].kid", "epoch names" },
	{ "mls without epoch",  MLS "\"keys\":[{" KEY "}]}",               "keys[0].epoch", "missing" },
	{ "both secrets",       MLS "\"keys\":[{\"epoch\":1," KEY ",\"exporter_secret\":\"00\",\"mls_hash\":\"SHA256\"}]}", "keys[0].base_key", "beside" },
	{ "exporter, no hash",  MLS "\"keys\":[{\"epoch\":1,\"exporter_secret\":\"00\"}]}", "keys[0].mls_hash", "missing" },
	{ "hash, no exporter",  MLS "\"keys\":[{\"epoch\":1," KEY ",\"mls_hash\":\"SHA256\"}]}", "keys[0].mls_hash", "only beside" },
	{ "hash unknown",       MLS "\"keys\":[{\"epoch\":1,\"exporter_secret\":\"00\",\"mls_hash\":\"sha256\"}]}", "keys[0].mls_hash", "hash" },
	{ "exporter empty",     MLS "\"keys\":[{\"epoch\":1,\"exporter_secret\":\"\",\"mls_hash\":\"SHA256\"}]}", "keys[0].exporter_secret", "empty" },
	{ "same epoch",         MLS "\"keys\":[{\"epoch\":1," KEY "},{\"epoch\":1," KEY "}]}", "keys[1]", "same key id" },
};
/* clang-format on */

static void
refuses_what_is_wrong(void **state)
{
	struct sf_keyfile *k = new_keyfile();
	struct sf_keyfile_error e;

	(void)state;
	for (size_t i = 0; i < LENGTH(bad); i++) {
		memset(k, 0x5a, sizeof(*k));
		EXPECT(bad[i].what, read_text(k, bad[i].text, &e), false);
		if (strcmp(e.place, bad[i].place) != 0)
			fail_msg("row \"%s\": place is \"%s\"", bad[i].what,
			    e.place);
		if (strstr(e.cause, bad[i].cause) == NULL)
			fail_msg("row \"%s\": cause is \"%s\"", bad[i].what,
			    e.cause);
		assert_non_null(e.remedy);
		EXPECT(bad[i].what, e.at <= strlen(bad[i].text), true);
		expect_zeros(bad[i].what, k);
	}
	free(k);
}

static void
says_where(void **state)
{
	static const char text[] =
	    HEAD "\"keys\":[{\"kid\":9007199254740993," KEY "}]}";
	struct sf_keyfile *k = new_keyfile();
	struct sf_keyfile_error e;

	(void)state;
	assert_false(read_text(k, text, &e));
	assert_int_equal(e.at, (size_t)(strstr(text, "9007") - text));
	assert_string_equal(e.remedy, "write it as a string");
	free(k);
}

/* Every prefix is refused, and none of them reads too far. */
static void
prefixes_are_refused(void **state)
{
	static const char text[] = HEAD
	    "\"suite\":4,\"kid_scheme\":{\"type\":\"sender\",\"r\":4},"
	    "\"keys\":[{\"kid\":\"0x9\",\"owner\":\"\\ud83d\\ude00\xc3\xa9\","
	    "\"ssrc\":1," KEY "}],\"metadata\":\"\"}";
	struct sf_keyfile *k = new_keyfile();
	struct sf_keyfile_error e;
	char part[sizeof(text)];

	(void)state;
	for (size_t n = 0; n < sizeof(text) - 1; n++) {
		memcpy(part, text, n);
		part[n] = '\0';
		EXPECT(part, read_text(k, part, &e), false);
	}
	assert_true(read_text(k, text, &e));
	free(k);
}

static void
depth_is_bounded(void **state)
{
	struct sf_keyfile *k = new_keyfile();
	struct sf_keyfile_error e;
	struct sf_json_error je;
	struct sf_json j;
	char text[100001];

	(void)state;
	memset(text, '[', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_false(read_text(k, text, &e));
	assert_string_equal(e.cause, "too many levels inside each other");
	assert_int_equal(e.at, SF_JSON_DEPTH);
	memset(text + SF_JSON_DEPTH, ']', SF_JSON_DEPTH);
	assert_true(
	    sf_json_read(&j, sf_bytes(text, (size_t)2 * SF_JSON_DEPTH), &je));
	sf_json_wipe(&j);
	free(k);
}

static void
members_are_bounded(void **state)
{
	struct sf_json_error e;
	struct sf_json j;
	char text[8192];

	(void)state;
	for (unsigned most = SF_JSON_MEMBERS; most <= SF_JSON_MEMBERS + 1;
	     most++) {
		size_t n = 0;

		for (unsigned i = 0; i < most; i++)
			n += (size_t)snprintf(text + n, sizeof(text) - n,
			    "%c\"%u\":[{}]", i == 0 ? '{' : ',', i);
		text[n++] = '}';
		EXPECT("members", sf_json_read(&j, sf_bytes(text, n), &e),
		    most == SF_JSON_MEMBERS);
		if (most == SF_JSON_MEMBERS)
			sf_json_wipe(&j);
	}
	assert_string_equal(e.cause, "an object has too many members");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_documented_example),
		cmocka_unit_test(reads_everything_else),
		cmocka_unit_test(numbers_stay_exact),
		cmocka_unit_test(one_kid_may_have_several_keys),
		cmocka_unit_test(room_is_for_1024_keys),
		cmocka_unit_test(refuses_what_is_wrong),
		cmocka_unit_test(says_where),
		cmocka_unit_test(prefixes_are_refused),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(members_are_bounded),
	};

	return cmocka_run_group_tests_name("keyfile", tests, NULL, NULL);
}
