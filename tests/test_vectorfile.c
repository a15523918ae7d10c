/*
 * Unit tests of vector files: what is read, what is refused and where, and
 * what a test comes out as.
 */
#include "engine/vectors/vector_run.h"
#include "tests/out.h"
#include "tests/rows.h"

#include <stdio.h>

/* One test of five types; rows below change a part of it. */
static const char ours[] =
    "{\n"
    "\"algorithm\": \"SFRAME\",\n"
    "\"schema\": \"sframe_open_test_schema_v1.json\",\n"
    "\"source\": {\"name\": \"n\", \"version\": \"1\", \"witness\": []},\n"
    "\"header\": [\"a line\"],\n"
    "\"notes\": {\"Cut\": {\"bugType\": \"X\", \"description\": \"Y\"}},\n"
    "\"numberOfTests\": 6,\n"
    "\"testGroups\": [\n"
    "{\"type\": \"SframeHeaderTest\", \"tests\": [\n"
    "{\"tcId\": 1, \"id\": \"h-1\", \"comment\": \"\", \"rfc\": \"4.3\","
    " \"requirements\": [\"HDR-01\"], \"kid\": \"18446744073709551615\","
    " \"ctr\": \"0\", \"encoded\": \"f0ffffffffffffffff\","
    " \"result\": \"valid\", \"flags\": []},\n"
    "{\"tcId\": 2, \"id\": \"h-2\", \"comment\": \"\", \"rfc\": \"4.3\","
    " \"requirements\": [], \"encoded\": \"f0ff\","
    " \"result\": \"invalid\", \"flags\": [\"Cut\"]},\n"
    "{\"tcId\": 3, \"id\": \"h-3\", \"comment\": \"\", \"rfc\": \"4.3\","
    " \"requirements\": [], \"kid\": 5, \"ctr\": \"0x3\","
    " \"encoded\": \"8305\", \"result\": \"policy\","
    " \"policy\": \"nonminimal-header\", \"flags\": []}]},\n"
    "{\"type\": \"SframeOpenTest\", \"cipherSuite\": 4, \"keys\": [\n"
    "{\"kid\": \"291\", \"baseKey\": \"000102030405060708090a0b0c0d0e0f\"}],"
    " \"tests\": [\n"
    "{\"tcId\": 4, \"id\": \"o-1\", \"comment\": \"\", \"rfc\": \"4.4\","
    " \"requirements\": [], \"metadata\": \"4945544620534672616d65205747\","
    " \"ct\": \"9901234567b7412c2513a1b66dbb48841bbaf17f598751176ad847681a69c6"
    "d0b091c07018ce4adb34eb\","
    " \"pt\": \"64726166742d696574662d736672616d652d656e63\","
    " \"result\": \"valid\", \"flags\": []}]},\n"
    "{\"type\": \"SframeRatchetTest\", \"cipherSuite\": 1, \"tests\": [\n"
    "{\"tcId\": 5, \"id\": \"r-1\", \"comment\": \"\", \"rfc\": \"5.1\","
    " \"requirements\": [], \"ratchetBits\": 4, \"generation\": \"2\","
    " \"steps\": [{\"step\": \"15\", \"kid\": \"47\","
    " \"baseKey\": \"000102030405060708090a0b0c0d0e0f\"},"
    " {\"step\": \"16\", \"kid\": \"32\", \"baseKey\":"
    " \"fb75d8d5782da6c6cbf18ac43eca5da9e47f7e6ac7926a78e486226bd2af0f87\"}],"
    " \"result\": \"valid\", \"flags\": []}]},\n"
    "{\"type\": \"SframeMlsTest\", \"cipherSuite\": 4, \"tests\": [\n"
    "{\"tcId\": 6, \"id\": \"m-1\", \"comment\": \"\", \"rfc\": \"5.2\","
    " \"requirements\": [], \"epochBits\": 4, \"senderBits\": 6,"
    " \"epochs\": [{\"epoch\": \"14\", \"mlsHash\": \"SHA256\","
    " \"exporterSecret\": "
    "\"000102030405060708090a0b0c0d0e0f10111213141516171819"
    "1a1b1c1d1e1f\", \"baseKey\": \"3812be3b9d814b4a4443f7496abecede\"}],"
    " \"frames\": [{\"epoch\": \"14\", \"sender\": \"0\","
    " \"context\": \"0\", \"kid\": \"14\", \"ctr\": \"0\","
    " \"metadata\": \"\", \"ct\": \"80\"}],"
    " \"result\": \"invalid\", \"flags\": [\"Cut\"]}]}\n"
    "]}\n";

static const char published[] =
    "{\"header\": [{\"kid\": 9007199254740993, \"ctr\": 18446744073709551615,"
    " \"encoded\": \"ef20000000000001ffffffffffffffff\"}],"
    " \"sframe_per_ssrc_key_derivation\": [{\"cipher_suite\": 1,"
    " \"base_key\": \"000102030405060708090a0b0c0d0e0f\","
    " \"ssrc_a\": 305419896, \"ssrc_b\": 2557891634, \"stream_key_a\":"
    " \"f309f118aecdacfbc165cc080022b297100bbb55e483b002d762000a0faa684d\","
    " \"stream_key_b\":"
    " \"06e5d1b8c6e01f10b592bd2e13ff4b37182b895ec8330d5cc6ec690704043b5f\""
    "}]}";

/* text with the first `from` in it replaced; exactly as large as it is. */
static struct sf_bytes
replaced(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	size_t head, tail;
	struct sf_bytes out;
	char *whole;

	if (at == NULL)
		fail_msg("not in the text: %s", from);
	head = (size_t)(at - text);
	tail = strlen(at) - strlen(from);
	whole = malloc(head + strlen(to) + tail + 1);
	assert_non_null(whole);
	memcpy(whole, text, head);
	memcpy(whole + head, to, strlen(to));
	memcpy(whole + head + strlen(to), at + strlen(from), tail);
	out = hex_copy(whole, head + strlen(to) + tail);
	free(whole);
	return out;
}

/* clang-format off */
static const struct {
	const char *from, *to;
	const char *place, *cause; /* of cause a part */
} bad_ours[] = {
	{ "{\n",                            "",                                   "",                                "something behind the end" },
	{ "\"SFRAME\"",                     "\"sframe\"",                         "algorithm",                       "known here" },
	{ "_v1.json",                       "_v2.json",                           "schema",                          "known here" },
	{ "\"schema\": \"sframe_open_test_schema_v1.json\",\n", "",               "schema",                          "missing" },
	{ "\"header\": [\"a line\"],",      "\"header\": [1],",                   "header",                          "not a string" },
	{ "\"header\": [\"a line\"],",      "\"header\": [], \"more\": 1,",       "more",                            "no such member" },
	{ "\"header\": [\"a line\"],",      "",                                   "header",                          "missing" },
	{ "\"witness\": []",                "\"witness\": \"\"",                  "source.witness",                  "not an array" },
	{ "\"witness\": []",                "\"witness\": [], \"by\": 1",         "source.by",                       "no such member" },
	{ "\"bugType\": \"X\", ",           "",                                   "notes.Cut.bugType",               "missing" },
	{ "\"bugType\": \"X\", ",           "\"bugType\": \"X\", \"cve\": 1, ",   "notes.Cut.cve",                   "no such member" },
	{ "\"numberOfTests\": 6",           "\"numberOfTests\": 7",               "numberOfTests",                   "not the number" },
	{ "\"numberOfTests\": 6,",          "",                                   "numberOfTests",                   "missing" },
	{ "SframeHeaderTest",               "SframeHeadTest",                     "testGroups[0].type",              "no such type" },
	{ "SframeHeaderTest",               "SframeSequenceTest",                 "testGroups[0].type",              "not run here" },
	{ "SframeHeaderTest\",",            "SframeHeaderTest\", \"cipherSuite\": 4,", "testGroups[0].cipherSuite",  "no such member" },
	{ "SframeHeaderTest\",",            "SframeHeaderTest\", \"keys\": [],",  "testGroups[0].keys",              "not in a group" },
	{ "\"tcId\": 1, ",                  "",                                   "testGroups[0].tests[0].tcId",     "missing" },
	{ "\"tcId\": 2",                    "\"tcId\": 1",                        "testGroups[0].tests[1].tcId",     "not above" },
	{ "\"tcId\": 1",                    "\"tcId\": 0",                        "testGroups[0].tests[0].tcId",     "not above" },
	{ "\"tcId\": 1",                    "\"tcId\": 1.5",                      "testGroups[0].tests[0].tcId",     "whole number" },
	{ "\"id\": \"h-1\"",                "\"id\": \"h 1\"",                    "testGroups[0].tests[0].id",       "letters" },
	{ "\"id\": \"h-2\"",                "\"id\": \"h-1\"",                    "h-1",                             "two tests" },
	{ "\"comment\": \"\"",              "\"comment\": null",                  "testGroups[0].tests[0].comment",  "not a string" },
	{ "\"rfc\": \"4.3\",",              "",                                   "testGroups[0].tests[0].rfc",      "missing" },
	{ "[\"HDR-01\"]",                   "\"HDR-01\"",                         "testGroups[0].tests[0].requirements", "not an array" },
	{ "\"kid\": \"18446744073709551615\"", "\"kid\": 18446744073709551615",   "testGroups[0].tests[0].kid",      "above 2^53" },
	{ "\"18446744073709551615\"",       "\"18446744073709551616\"",           "testGroups[0].tests[0].kid",      "above 2^64" },
	{ "\"18446744073709551615\"",       "-1",                                 "testGroups[0].tests[0].kid",      "whole number" },
	{ "\"18446744073709551615\"",       "\"\"",                               "testGroups[0].tests[0].kid",      "whole number" },
	{ " \"ctr\": \"0\",",               "",                                   "testGroups[0].tests[0].ctr",      "missing" },
	{ " \"ctr\": \"0\",",               " \"ctr\": \"0\", \"ctr\": \"1\",",   "",                                "twice" },
	{ " \"ctr\": \"0\",",               " \"ctr\": \"0\", \"Ctr\": \"1\",",   "testGroups[0].tests[0].Ctr",      "no such member" },
	{ " \"ctr\": \"0\",",               " \"ctr\": \"0\", \"pt\": \"\",",     "testGroups[0].tests[0].pt",       "no such member" },
	{ " \"ctr\": \"0\",",               " \"ctr\": \"0\", \"\\u001b[2J\": 1,", "testGroups[0].tests[0]",         "no such member" },
	{ "f0ffffffffffffffff",             "f0fffffffffffffff",                  "testGroups[0].tests[0].encoded",  "odd number" },
	{ "f0ffffffffffffffff",             "f0fffffffffffffffg",                 "testGroups[0].tests[0].encoded",  "not hexadecimal" },
	{ "\"f0ffffffffffffffff\"",         "240",                                "testGroups[0].tests[0].encoded",  "not a string" },
	{ "\"valid\"",                      "\"acceptable\"",                     "testGroups[0].tests[0].result",   "known here" },
	{ "\"valid\"",                      "\"policy\"",                         "testGroups[0].tests[0].policy",   "missing" },
	{ "\"valid\"",                      "\"valid\", \"policy\": \"replay\"",  "testGroups[0].tests[0].policy",   "only where" },
	{ "nonminimal-header",              "minimal-header",                     "testGroups[0].tests[2].policy",   "known here" },
	{ "[\"Cut\"]",                      "[\"Cut\", \"Long\"]",                "testGroups[0].tests[1].flags",    "without a note" },
	{ "\"encoded\": \"f0ff\"",          "\"encoded\": \"f0ff\", \"kid\": \"1\"", "testGroups[0].tests[1].kid",   "no such member" },
	{ "\"cipherSuite\": 4,",            "",                                   "testGroups[1].cipherSuite",       "missing" },
	{ "\"cipherSuite\": 4,",            "\"cipherSuite\": 0,",                "testGroups[1].cipherSuite",       "not known" },
	{ "\"cipherSuite\": 4,",            "\"cipherSuite\": 9,",                "testGroups[1].cipherSuite",       "not known" },
	{ "\"cipherSuite\": 4,",            "\"cipherSuite\": 65540,",            "testGroups[1].cipherSuite",       "too large" },
	{ "\"cipherSuite\": 4,",            "\"cipherSuite\": \"4\",",            "testGroups[1].cipherSuite",       "not a number" },
	{ "\"keys\": [",                    "\"keys\": [{\"kid\": 291, \"baseKey\": \"\"},", "testGroups[1].keys[1].kid", "a key before" },
	{ "\"kid\": \"291\", ",             "",                                   "testGroups[1].keys[0].kid",       "missing" },
	{ "\"kid\": \"291\", ",             "\"kid\": \"291\", \"suite\": 4, ",   "testGroups[1].keys[0].suite",     "no such member" },
	{ "\"generation\": \"2\",",         "",                                   "testGroups[2].tests[0].generation", "missing" },
	{ "\"ratchetBits\": 4",             "\"ratchetBits\": 64",                "testGroups[2].tests[0].ratchetBits", "too large" },
	{ "\"step\": \"16\", ",             "",                                   "testGroups[2].tests[0].steps[1].step", "missing" },
	{ "\"step\": \"16\", ",             "\"step\": \"16\", \"x\": {}, ",      "testGroups[2].tests[0].steps[1].x", "no such member" },
	{ "\"mlsHash\": \"SHA256\",",       "",                                   "testGroups[3].tests[0].epochs",   "stand together" },
	{ "\"SHA256\"",                     "\"sha256\"",                         "testGroups[3].tests[0].epochs[0].mlsHash", "not a hash" },
	{ "\"ct\": \"80\"",                 "\"ct\": \"80\", \"pt\": \"\"",       "testGroups[3].tests[0].frames[0].pt", "no such member" },
	{ "\"frames\": [{",                 "\"frames\": [1, {",                  "testGroups[3].tests[0].frames[0]", "not an object" },
};

static const struct {
	const char *text, *place, *cause;
} bad_texts[] = {
	{ "",                                        "",                    "nothing there" },
	{ "[]",                                      "",                    "not an object" },
	{ "{}",                                      "",                    "no vectors" },
	{ "{\"testGroups\": {}}",                    "testGroups",          "not an array" },
	{ "{\"testGroups\": []}",                    "algorithm",           "missing" },
	{ "{\"headers\": []}",                       "headers",             "no such group" },
	{ "{\"header\": {}}",                        "header",              "not an array" },
	{ "{\"header\": [[]]}",                      "header[0]",           "not an object" },
	{ "{\"header\": [{\"kid\": 1}]}",            "header[0].ctr",       "missing" },
	{ "{\"header\": [{\"kid\": 1e3}]}",          "header[0].kid",       "whole number" },
	{ "{\"header\": [{\"kid\": 18446744073709551616}]}", "header[0].kid", "too large" },
	{ "{\"header\": [{\"key\": \"\"}]}",         "header[0].key",       "no such member" },
	{ "{\"sframe\": [{\"cipher_suite\": 15}]}",  "sframe[0].cipher_suite", "not known" },
	{ "{\"sframe\": [{\"baseKey\": \"\"}]}",     "sframe[0].baseKey",   "no such member" },
	{ "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",   "",                    "too many levels" },
};
/* clang-format on */

static void
expect_error(
    const char *row, struct sf_bytes text, const char *place, const char *cause)
{
	struct sf_vectorfile_error e;
	struct sf_vectorfile f;

	if (sf_vectorfile_read(&f, text, &e))
		fail_msg("taken: %s", row);
	if (strcmp(e.place, place) != 0)
		fail_msg("row '%s': at '%s' (%s), not at '%s'", row, e.place,
		    e.cause, place);
	if (strstr(e.cause, cause) == NULL)
		fail_msg("row '%s': '%s', not '%s'", row, e.cause, cause);
	EXPECT(row, e.at <= text.n, true);
	assert_null(f.cases);
	assert_null(strchr(e.place, '\033'));
}

static void
refuses_and_says_where(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(bad_ours); i++) {
		struct sf_bytes text =
		    replaced(ours, bad_ours[i].from, bad_ours[i].to);

		expect_error(
		    bad_ours[i].to, text, bad_ours[i].place, bad_ours[i].cause);
		hex_free(text);
	}
	for (size_t i = 0; i < LENGTH(bad_texts); i++) {
		struct sf_bytes text =
		    hex_copy(bad_texts[i].text, strlen(bad_texts[i].text));

		expect_error(bad_texts[i].text, text, bad_texts[i].place,
		    bad_texts[i].cause);
		hex_free(text);
	}
}

static void
refuses_every_beginning(void **state)
{
	struct sf_vectorfile_error e;
	struct sf_vectorfile f;

	(void)state;
	/* without the last brace and its line end */
	for (size_t n = 0; n + 2 < sizeof(ours); n++) {
		struct sf_bytes text = hex_copy(ours, n);

		if (sf_vectorfile_read(&f, text, &e))
			fail_msg("taken: the first %zu octets", n);
		hex_free(text);
	}
}

static void
reads_ours(void **state)
{
	struct sf_bytes text = hex_copy(ours, strlen(ours));
	struct sf_vectorfile_error e;
	struct sf_vectorfile f;

	(void)state;
	if (!sf_vectorfile_read(&f, text, &e))
		fail_msg("%s: %s", e.place, e.cause);
	hex_free(text); /* nothing points into it */
	assert_false(f.published);
	assert_int_equal(f.n_groups, 4);
	assert_string_equal(f.groups[1].name, "SframeOpenTest");
	assert_int_equal(f.groups[1].keys.n, 1);
	assert_true(f.keys[0].kid == 291);
	assert_string_equal(f.cases[2].id, "h-3");
	assert_int_equal(f.cases[2].result, SF_VECTOR_POLICY);
	assert_int_equal(f.cases[2].policy, SF_POLICY_NONMINIMAL_HEADER);
	assert_null(f.cases[2].suite);
	assert_int_equal(f.cases[3].suite->id, 4);
	assert_true(
	    sf_vector_number(&f.cases[0].values, SF_VF_KID) == UINT64_MAX);
	expect_octets("encoded",
	    sf_vector_octets(&f.cases[1].values, SF_VF_ENCODED), "f0ff");
	assert_int_equal(f.cases[4].steps.n, 2);
	assert_int_equal(f.cases[5].epochs.n, 1);
	sf_vectorfile_free(&f);
}

static void
reads_bare_numbers_of_published_files(void **state)
{
	struct sf_bytes text = hex_copy(published, strlen(published));
	struct sf_vectorfile_error e;
	struct sf_vectorfile f;

	(void)state;
	if (!sf_vectorfile_read(&f, text, &e))
		fail_msg("%s: %s", e.place, e.cause);
	assert_true(f.published);
	assert_true(sf_vector_number(&f.cases[0].values, SF_VF_KID) ==
		    (UINT64_C(1) << 53) + 1);
	assert_true(
	    sf_vector_number(&f.cases[0].values, SF_VF_CTR) == UINT64_MAX);
	assert_int_equal(
	    sf_vector_number(&f.cases[1].values, SF_VF_SSRC_B), 0x98765432);
	sf_vectorfile_free(&f);
	hex_free(text);
}

/* ---- what tests come out as ---------------------------------------------- */

static struct sf_vector_outcome
run_one(const char *text, const char *from, const char *to, size_t test)
{
	struct sf_bytes changed = replaced(text, from, to);
	struct sf_vectorfile_error e;
	struct sf_vectorfile f;
	struct sf_vector_outcome o;
	size_t g = 0;

	if (!sf_vectorfile_read(&f, changed, &e))
		fail_msg("row '%s': %s: %s", to, e.place, e.cause);
	while (test >= f.groups[g].cases.first + f.groups[g].cases.n)
		g++;
	o = sf_vector_run(&sf_crypto_ossl, &f, &f.groups[g], &f.cases[test]);
	sf_vectorfile_free(&f);
	hex_free(changed);
	return o;
}

/* clang-format off */
static const struct {
	const char *text, *from, *to;
	size_t test;
	enum sf_vector_how how;
	enum sf_vector_field field;
	size_t at, index;
} outcomes[] = {
	{ ours,      "{",                       "{",                             0, SF_VECTOR_HOLDS,   0,             0, 0 },
	{ ours,      "{",                       "{",                             1, SF_VECTOR_HOLDS,   0,             0, 0 },
	{ ours,      "{",                       "{",                             2, SF_VECTOR_HOLDS,   0,             0, 0 },
	{ ours,      "{",                       "{",                             3, SF_VECTOR_HOLDS,   0,             0, 0 },
	{ ours,      "{",                       "{",                             4, SF_VECTOR_HOLDS,   0,             0, 0 },
	{ ours,      "{",                       "{",                             5, SF_VECTOR_HOLDS,   0,             0, 0 },
	{ published, "{",                       "{",                             0, SF_VECTOR_HOLDS,   0,             0, 0 },
	{ published, "{",                       "{",                             1, SF_VECTOR_HOLDS,   0,             0, 0 },
	{ ours,      "\"ctr\": \"0\", \"enc",   "\"ctr\": \"1\", \"enc",         0, SF_VECTOR_NUMBER,  SF_VF_CTR,     0, 0 },
	{ ours,      "f0ffffffffffffffff",      "f0ffffffffffffffff00",          0, SF_VECTOR_LENGTH,  SF_VF_ENCODED, 9, 0 },
	{ ours,      "f0ffffffffffffffff",      "f0ffffffffffffff",              0, SF_VECTOR_REFUSED, SF_VF_ENCODED, 0, 0 },
	{ ours,      "\"f0ff\"",                "\"80ff\"",                      1, SF_VECTOR_TAKEN,   0,             0, 0 },
	{ ours,      "\"8305\"",                "\"53\"",                        2, SF_VECTOR_HOLDS,   0,             0, 0 },
	{ ours,      "\"kid\": \"291\"",        "\"kid\": \"292\"",              3, SF_VECTOR_REFUSED, SF_VF_KID,     0, 0 },
	{ ours,      "0708090a",                "0708090b",                      3, SF_VECTOR_REFUSED, SF_VF_CT,      0, 0 },
	{ ours,      "4945544620534672616d65205747", "",                         3, SF_VECTOR_REFUSED, SF_VF_CT,      0, 0 },
	{ ours,      "2d656e63",                "2d656e64",                      3, SF_VECTOR_DIFFERS, SF_VF_PT,     20, 0 },
	{ ours,      "2d656e63",                "2d656e",                        3, SF_VECTOR_LENGTH,  SF_VF_PT,     20, 0 },
	{ ours,      "\"kid\": \"32\"",         "\"kid\": \"48\"",               4, SF_VECTOR_NUMBER,  SF_VF_KID,     0, 1 },
	{ ours,      "bd2af0f87",               "bd2af0f88",                     4, SF_VECTOR_DIFFERS, SF_VF_BASE_KEY, 31, 1 },
	{ ours,      "\"step\": \"16\"",        "\"step\": \"32\"",              4, SF_VECTOR_DIFFERS, SF_VF_BASE_KEY, 0, 1 },
	{ ours,      "\"step\": \"16\"",        "\"step\": \"99999999999999968\"", 4, SF_VECTOR_REFUSED, SF_VF_STEP,  0, 1 },
	{ ours,      "\"step\": \"16\"",        "\"step\": \"0\"",               4, SF_VECTOR_REFUSED, SF_VF_STEP,    0, 1 },
	{ ours,      "\"generation\": \"2\"",   "\"generation\": \"1152921504606846976\"", 4, SF_VECTOR_REFUSED, SF_VF_GENERATION, 0, 0 },
	{ published, "9007199254740993",        "9007199254740992",              0, SF_VECTOR_NUMBER,  SF_VF_KID,     0, 0 },
	{ published, "2557891634",              "2557891635",                    1, SF_VECTOR_DIFFERS, SF_VF_STREAM_KEY_B, 0, 0 },
	{ published, "0faa684d",                "0faa684e",                      1, SF_VECTOR_DIFFERS, SF_VF_STREAM_KEY, 31, 0 },
};
/* clang-format on */

static void
says_what_differs(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(outcomes); i++) {
		struct sf_vector_outcome o = run_one(outcomes[i].text,
		    outcomes[i].from, outcomes[i].to, outcomes[i].test);

		EXPECT(outcomes[i].to, o.how, outcomes[i].how);
		EXPECT(outcomes[i].to, o.field, outcomes[i].field);
		EXPECT(outcomes[i].to, o.index, outcomes[i].index);
		if (o.how == SF_VECTOR_DIFFERS)
			EXPECT(outcomes[i].to, o.at, outcomes[i].at);
	}
}

/* A library that says yes to everything: what is to be refused is taken. */
static enum sf_open_status
always_yes(struct sf_aead *a, const uint8_t nonce[SF_NONCE],
    struct sf_bytes aad1, struct sf_bytes aad2, struct sf_bytes ct, uint8_t *pt)
{
	(void)a;
	(void)nonce;
	(void)aad1;
	(void)aad2;
	memset(pt, 0, ct.n);
	return SF_OPENED;
}

static void
sees_a_library_that_takes_all(void **state)
{
	struct sf_crypto yes = sf_crypto_ossl;
	struct sf_bytes text = replaced(ours, "\"ct\": \"80\"",
	    "\"ct\": \"800e000102030405060708090a0b0c0d0e0f\"");
	struct sf_vectorfile_error e;
	struct sf_vectorfile f;

	(void)state;
	yes.open = always_yes;
	if (!sf_vectorfile_read(&f, text, &e))
		fail_msg("%s: %s", e.place, e.cause);
	assert_int_equal(
	    sf_vector_run(&sf_crypto_ossl, &f, &f.groups[3], &f.cases[5]).how,
	    SF_VECTOR_HOLDS);
	assert_int_equal(sf_vector_run(&yes, &f, &f.groups[3], &f.cases[5]).how,
	    SF_VECTOR_TAKEN);
	sf_vectorfile_free(&f);
	hex_free(text);
}

/* A library that fails is not one that refuses. */
static bool
no_expand(enum sf_hash_name h, struct sf_bytes prk, struct sf_bytes info,
    uint8_t *out, size_t n)
{
	(void)h;
	(void)prk;
	(void)info;
	memset(out, 0, n);
	return false;
}

static void
a_failure_is_no_refusal(void **state)
{
	struct sf_crypto none = sf_crypto_ossl;
	struct sf_bytes text = hex_copy(ours, strlen(ours));
	struct sf_vectorfile_error e;
	struct sf_vectorfile f;

	(void)state;
	none.expand = no_expand;
	if (!sf_vectorfile_read(&f, text, &e))
		fail_msg("%s: %s", e.place, e.cause);
	for (size_t i = 1; i < 4; i++) {
		const struct sf_vector_group *g = &f.groups[i];

		assert_int_equal(
		    sf_vector_run(&none, &f, g, &f.cases[g->cases.first]).how,
		    SF_VECTOR_BROKEN);
	}
	sf_vectorfile_free(&f);
	hex_free(text);
}

/* ---- the files that are kept --------------------------------------------- */

static size_t
all_hold(const char *path)
{
	static const size_t room = 1 << 20;
	FILE *file = fopen(path, "rb");
	char *text = malloc(room);
	struct sf_vectorfile_error e;
	struct sf_vectorfile f;
	size_t n, tests = 0;

	assert_non_null(file);
	assert_non_null(text);
	n = fread(text, 1, room, file);
	assert_true(n < room);
	fclose(file);
	if (!sf_vectorfile_read(&f, sf_bytes(text, n), &e))
		fail_msg("%s: %s: %s", path, e.place, e.cause);
	for (size_t g = 0; g < f.n_groups; g++)
		for (size_t i = 0; i < f.groups[g].cases.n; i++, tests++)
			EXPECT(f.cases[tests].id,
			    sf_vector_run(&sf_crypto_ossl, &f, &f.groups[g],
				&f.cases[tests])
				.how,
			    SF_VECTOR_HOLDS);
	sf_vectorfile_free(&f);
	free(text);
	return tests;
}

static void
kept_files_hold(void **state)
{
	(void)state;
	assert_int_equal(all_hold("vectors/rfc9605/test-vectors.json"), 300);
	assert_int_equal(
	    all_hold("vectors/rfc9605/sframe-aes256-test-vectors.json"), 3);
	assert_int_equal(
	    all_hold("vectors/rfc9605/rtp-sframe-per-ssrc-test-vectors.json"),
	    8);
	assert_int_equal(all_hold("vectors/own/header.json"), 414);
	assert_int_equal(all_hold("vectors/own/open-3.json"), 211);
	assert_int_equal(all_hold("vectors/own/open-5.json"), 250);
	assert_int_equal(all_hold("vectors/own/ratchet.json"), 152);
	assert_int_equal(all_hold("vectors/own/mls.json"), 120);
	assert_int_equal(all_hold("vectors/own/per-ssrc.json"), 104);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_and_says_where),
		cmocka_unit_test(refuses_every_beginning),
		cmocka_unit_test(reads_ours),
		cmocka_unit_test(reads_bare_numbers_of_published_files),
		cmocka_unit_test(says_what_differs),
		cmocka_unit_test(sees_a_library_that_takes_all),
		cmocka_unit_test(a_failure_is_no_refusal),
		cmocka_unit_test(kept_files_hold),
	};

	return cmocka_run_group_tests_name("vectorfile", tests, NULL, NULL);
}
