/*
 * Why a frame does not open: vectors/own/mistakes.jsonl, made by
 * tests/mistakes.py, has frames with each of the mistakes. Each must be named,
 * and nothing must be named where there is nothing to find.
 */
#include "engine/config/json.h"
#include "engine/crypto/kdf.h"
#include "engine/diagnose/diagnose.h"
#include "parsers/sframe/header.h"
#include "tests/noise.h"
#include "tests/rows.h"

#include <stdio.h>
#include <stdlib.h>

#define VECTORS "vectors/own/mistakes.jsonl"
#define NOISE   2000 /* frames */

struct vector {
	struct sf_json json;
	struct sf_bytes line, frame, other;
	struct sf_keyfile *keys;
	uint32_t ssrcs[8];
	size_t n_ssrcs;
};

/* Under valgrind all is some fifty times slower. */
static unsigned
noise_frames(void)
{
	const char *preload = getenv("LD_PRELOAD");
	bool slow = preload != NULL && strstr(preload, "vgpreload") != NULL;

	return slow ? NOISE / 100 : NOISE;
}

static struct sf_keyfile *
read_keys(const char *row, struct sf_bytes text)
{
	struct sf_keyfile *k = malloc(sizeof(*k));
	struct sf_keyfile_error e;

	assert_non_null(k);
	if (!sf_keyfile_read(k, text, &e))
		fail_msg("row \"%s\": %s: %s", row, e.place, e.cause);
	return k;
}

static void
free_keys(struct sf_keyfile *k)
{
	sf_keyfile_wipe(k, &sf_crypto_ossl);
	free(k);
}

/* ---- a line --------------------------------------------------------------- */

static const char *
string_of(const struct vector *v, const char *name)
{
	const struct cJSON *m = sf_json_member(v->json.root, name);

	return m == NULL ? NULL : sf_json_string(m);
}

/* The member's number, or otherwise. */
static int64_t
number_of(const struct vector *v, const char *name, int64_t otherwise)
{
	const struct cJSON *m = sf_json_member(v->json.root, name);
	char digits[24] = "";
	size_t at;

	if (m == NULL)
		return otherwise;
	at = sf_json_place(&v->json, m);
	if (v->line.p[at] == '"')
		at++;
	for (size_t i = 0; i < sizeof(digits) - 1 && at + i < v->line.n; i++)
		digits[i] = (char)v->line.p[at + i];
	return strtoll(digits, NULL, 10);
}

/* The text of the object at octet at: no string of ours has a brace. */
static struct sf_bytes
object_at(struct sf_bytes line, size_t at)
{
	size_t depth = 0;

	for (size_t i = at; i < line.n; i++) {
		if (line.p[i] == '{')
			depth++;
		if (line.p[i] == '}' && --depth == 0)
			return sf_bytes(line.p + at, i + 1 - at);
	}
	return sf_bytes(NULL, 0);
}

static void
read_ssrcs(struct vector *v)
{
	const struct cJSON *list = sf_json_member(v->json.root, "ssrcs");
	const struct cJSON *m = list == NULL ? NULL : sf_json_first(list);
	const char *cause, *remedy;
	uint64_t n;

	for (v->n_ssrcs = 0; m != NULL; m = sf_json_next(m)) {
		assert_true(v->n_ssrcs < LENGTH(v->ssrcs));
		assert_true(
		    sf_json_u64(&v->json, m, UINT32_MAX, &n, &cause, &remedy));
		v->ssrcs[v->n_ssrcs++] = (uint32_t)n;
	}
}

static void
open_vector(struct vector *v, struct sf_bytes line)
{
	struct sf_json_error e;
	const struct cJSON *keys;

	v->line = line;
	if (!sf_json_read(&v->json, line, &e))
		fail_msg("octet %zu: %s", e.at, e.cause);
	keys = sf_json_member(v->json.root, "keys");
	assert_non_null(keys);
	v->keys = read_keys(
	    string_of(v, "id"), object_at(line, sf_json_place(&v->json, keys)));
	v->frame = hex_octets(string_of(v, "frame"));
	v->other = hex_octets(string_of(v, "other"));
	read_ssrcs(v);
}

static void
close_vector(struct vector *v)
{
	hex_free(v->other);
	hex_free(v->frame);
	free_keys(v->keys);
	sf_json_wipe(&v->json);
}

static bool
diagnose(
    struct sf_diagnosis *d, const struct sf_crypto *c, const struct vector *v)
{
	return sf_diagnose(d, c, v->keys, v->frame,
	    (size_t)number_of(v, "at", 0), (uint32_t)number_of(v, "ssrc", 0),
	    v->other, v->n_ssrcs == 0 ? NULL : v->ssrcs, v->n_ssrcs);
}

/* ---- the file ------------------------------------------------------------- */

static struct sf_bytes
read_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	size_t room = 1 << 22;
	uint8_t *text = malloc(room);
	struct sf_bytes exact;
	size_t n;

	assert_non_null(f);
	assert_non_null(text);
	n = fread(text, 1, room, f);
	assert_true(n < room);
	fclose(f);
	exact = hex_copy(text, n);
	free(text);
	return exact;
}

/* The line at *at, which is moved behind it; empty at the end. */
static struct sf_bytes
next_line(struct sf_bytes all, size_t *at)
{
	size_t from = *at;
	size_t end = from;

	while (end < all.n && all.p[end] != '\n')
		end++;
	*at = end < all.n ? end + 1 : end;
	return sf_bytes(all.p + from, end - from);
}

static void
each_vector(void (*f)(const struct vector *v, void *ctx), void *ctx)
{
	struct sf_bytes all = read_file(VECTORS);
	size_t at = 0;

	for (;;) {
		struct sf_bytes line = next_line(all, &at);
		struct vector v;

		if (line.n == 0)
			break;
		open_vector(&v, line);
		f(&v, ctx);
		close_vector(&v);
	}
	hex_free(all);
}

/* ---- tests ---------------------------------------------------------------- */

static const char *
slug_of(enum sf_mistake m)
{
	const struct sf_mistake_row *row = sf_mistake_row(m);

	return row == NULL ? "nothing" : row->slug;
}

static void
expect_details(
    const char *id, const struct vector *v, const struct sf_diagnosis *d)
{
	int64_t suite = number_of(v, "suite", 0);

	EXPECT(id, d->suite, suite);
	EXPECT(id, d->said_suite, number_of(v, "said_suite", suite));
	EXPECT(id, d->entry, number_of(v, "entry", 0));
	EXPECT(id, d->step, number_of(v, "step", d->step));
	EXPECT(id, d->kid, number_of(v, "kid", (int64_t)d->kid));
	EXPECT(id, d->ssrc, number_of(v, "key_ssrc", number_of(v, "ssrc", 0)));
}

static void
expect_named(const struct vector *v, void *ctx)
{
	unsigned *seen = ctx;
	const char *id = string_of(v, "id");
	const char *want = string_of(v, "mistake");
	struct sf_diagnosis d;
	bool found = diagnose(&d, &sf_crypto_ossl, v);

	EXPECT(id, found, d.mistake != SF_MISTAKE_NONE);
	if (strcmp(slug_of(d.mistake), want == NULL ? "nothing" : want) != 0)
		print_error("row \"%s\" (%s): %s is named, not %s\n", id,
		    string_of(v, "note"), slug_of(d.mistake),
		    want == NULL ? "nothing" : want);
	if (found)
		expect_details(id, v, &d);
	seen[d.mistake]++;
}

static void
names_each_mistake(void **state)
{
	unsigned seen[SF_MISTAKES] = { 0 };

	(void)state;
	each_vector(expect_named, seen);
	for (unsigned m = 1; m < SF_MISTAKES; m++)
		if (seen[m] < 2)
			fail_msg("%s has %u vectors, not two",
			    slug_of((enum sf_mistake)m), seen[m]);
	assert_true(seen[SF_MISTAKE_NONE] >= 50);
}

/* The text of a report is made of these. */
static void
rows_are_complete(void **state)
{
	(void)state;
	assert_null(sf_mistake_row(SF_MISTAKE_NONE));
	assert_null(sf_mistake_row(SF_MISTAKES));
	for (unsigned m = 1; m < SF_MISTAKES; m++) {
		const struct sf_mistake_row *row =
		    sf_mistake_row((enum sf_mistake)m);

		assert_true(row->slug[0] != '\0' && row->text[0] != '\0');
		assert_true(row->remedy[strlen(row->remedy) - 1] == '.');
		for (unsigned k = 1; k < m; k++)
			assert_string_not_equal(
			    row->slug, slug_of((enum sf_mistake)k));
	}
}

/* Noise, and in it a header whose KID has a key at octet at, mostly. */
static struct sf_bytes
noise_frame(uint64_t *seed, size_t at, bool header)
{
	static const uint8_t ours[] = { 0x99, 0x12, 0x34, 0x01, 0x02 };
	uint8_t octets[96];
	size_t n = 24 + noise_next(seed) % 41;

	noise_fill(octets, n, seed);
	if (header)
		memcpy(octets + at, ours, sizeof(ours));
	return hex_copy(octets, n);
}

static void
finds_nothing_in_noise(void **state)
{
	static const char *const files[] = {
		"{\"schema\":\"sframe-tool/keys/v1\",\"suite\":4,\"keys\":[{"
		"\"kid\":\"0x1234\",\"base_key\":\"00112233445566778899\"}]}",
		"{\"schema\":\"sframe-tool/keys/v1\",\"suite\":2,\"keys\":[{"
		"\"kid\":\"0x1234\",\"base_key\":\"00112233445566778899\"}],"
		"\"metadata\":\"4945\"}",
		"{\"schema\":\"sframe-tool/keys/v1\",\"suite\":8,\"keys\":[{"
		"\"kid\":\"0x1230\",\"base_key\":\"00112233445566778899\"}],"
		"\"kid_scheme\":{\"type\":\"sender\",\"r\":4}}",
	};
	uint64_t seed = 0x9605;

	(void)state;
	for (unsigned i = 0; i < noise_frames(); i++) {
		const char *file = files[i % LENGTH(files)];
		struct sf_keyfile *k =
		    read_keys(file, sf_bytes(file, strlen(file)));
		struct sf_bytes frame = noise_frame(&seed, i % 3, i % 4 != 0);
		struct sf_bytes other = noise_frame(&seed, i % 3, i % 4 != 0);
		struct sf_diagnosis d;

		if (sf_diagnose(&d, &sf_crypto_ossl, k, frame, i % 3, 1, other,
			NULL, 0))
			fail_msg("%s is named in noise, frame %u",
			    slug_of(d.mistake), i);
		EXPECT("noise", d.mistake, SF_MISTAKE_NONE);
		hex_free(other);
		hex_free(frame);
		free_keys(k);
	}
}

/* Every length, and a header said to stand anywhere, also behind the end. */
static void
stands_short_frames(void **state)
{
	static const char file[] =
	    "{\"schema\":\"sframe-tool/keys/v1\",\"keys\":[{"
	    "\"kid\":\"0\",\"base_key\":\"00\"}]}";
	struct sf_keyfile *k = read_keys(file, sf_bytes(file, strlen(file)));
	struct sf_bytes none = sf_bytes(NULL, 0);
	struct sf_diagnosis d;

	(void)state;
	for (size_t n = 0; n < 24; n += 1 + n / 4) {
		uint8_t zeros[24] = { 0 };
		struct sf_bytes frame = hex_copy(zeros, n);

		assert_false(sf_diagnose(
		    &d, &sf_crypto_ossl, k, frame, 0, 1, none, NULL, 0));
		assert_false(sf_diagnose(
		    &d, &sf_crypto_ossl, k, frame, n, 1, frame, NULL, 0));
		assert_false(sf_diagnose(
		    &d, &sf_crypto_ossl, k, frame, n + 1, 1, frame, NULL, 0));
		hex_free(frame);
	}
	free_keys(k);
}

/* More work than one search may be, and said so. */
static void
stops_and_says_so(void **state)
{
	static const char file[] =
	    "{\"schema\":\"sframe-tool/keys/v1\",\"suite\":4,\"keys\":["
	    "{\"kid\":\"3\",\"base_key\":\"00\",\"owner\":\"a\"},"
	    "{\"kid\":\"3\",\"base_key\":\"01\",\"owner\":\"b\"}]}";
	struct sf_keyfile *k = read_keys(file, sf_bytes(file, strlen(file)));
	size_t n = 1 << 20;
	uint8_t *octets = malloc(n);
	struct sf_diagnosis d;

	(void)state;
	assert_non_null(octets);
	memset(octets, 0x32, n);
	assert_false(sf_diagnose(&d, &sf_crypto_ossl, k, sf_bytes(octets, n), 0,
	    1, sf_bytes(NULL, 0), NULL, 0));
	assert_true(d.cut_short);
	assert_false(sf_diagnose(&d, &sf_crypto_ossl, k, sf_bytes(octets, 99),
	    0, 1, sf_bytes(NULL, 0), NULL, 0));
	assert_false(d.cut_short);
	free(octets);
	free_keys(k);
}

/* ---- a library that fails, and what is wiped ------------------------------ */

/* Tests may keep a count; the product has no such thing. */
static struct {
	unsigned left; /* calls until the library fails */
	size_t largest_wipe;
} library;

static bool
fails(void)
{
	if (library.left == 0)
		return true;
	library.left--;
	return false;
}

static bool
failing_extract(enum sf_hash_name h, struct sf_bytes salt, struct sf_bytes ikm,
    uint8_t out[SF_HASH_MAX])
{
	return !fails() && sf_crypto_ossl.extract(h, salt, ikm, out);
}

static struct sf_aead *
failing_new(const struct sf_suite *suite, const uint8_t *key)
{
	return fails() ? NULL : sf_crypto_ossl.aead_new(suite, key);
}

static bool
failing_seal(struct sf_aead *a, const uint8_t nonce[SF_NONCE],
    struct sf_bytes aad1, struct sf_bytes aad2, struct sf_bytes pt,
    uint8_t *out)
{
	return !fails() && sf_crypto_ossl.seal(a, nonce, aad1, aad2, pt, out);
}

static void
counting_wipe(void *p, size_t n)
{
	sf_crypto_ossl.wipe(p, n);
	if (n > library.largest_wipe)
		library.largest_wipe = n;
}

static void
survives_failures(const struct vector *v, void *ctx)
{
	struct sf_crypto failing = sf_crypto_ossl;
	struct sf_diagnosis d;
	bool found;

	(void)ctx;
	if (strcmp(string_of(v, "id"), "0040") > 0)
		return;
	failing.extract = failing_extract;
	failing.aead_new = failing_new;
	failing.seal = failing_seal;
	failing.wipe = counting_wipe;
	for (unsigned left = 0; left < 12; left++) {
		library.left = left;
		library.largest_wipe = 0;
		found = diagnose(&d, &failing, v);
		EXPECT("failing", found, d.mistake != SF_MISTAKE_NONE);
		/* The whole of a search, keys and plaintext. */
		assert_true(library.largest_wipe > 5 * v->frame.n);
	}
}

static void
wipes_and_survives(void **state)
{
	(void)state;
	each_vector(survives_failures, NULL);
}

static size_t
by_the_book(uint8_t out[SF_MISTAKEN_MAX], const struct sf_mistaken *m)
{
	const struct sf_crypto *c = m->c;
	const struct sf_key_entry *e = &m->keys->keys[0];
	size_t n = sf_sframe_header_write(out, m->kid, m->ctr);
	struct sf_schedule s;
	struct sf_aead *a;
	uint8_t nonce[SF_NONCE];

	assert_true(sf_kdf_schedule(
	    &s, c, m->suite, sf_bytes(e->octets, e->n), m->kid));
	sf_kdf_nonce(nonce, s.salt, m->ctr);
	a = c->aead_new(m->suite, s.key);
	assert_true(c->seal(a, nonce, sf_bytes(out, n),
	    sf_bytes(m->keys->metadata, m->keys->n_metadata), m->pt, out + n));
	c->aead_free(a);
	return n + m->pt.n + m->suite->tag_octets;
}

/* A frame by a sender with a mistake is not genuine, and a mistake is found in it that
   comes to the same octets. */
static void
makes_what_it_finds(void **state)
{
	static const char keys[] =
	    "{\"schema\":\"sframe-tool/keys/v1\",\"keys\":[{\"kid\":\"291\","
	    "\"base_key\":\"0402fd8356f1a62a6ee915ab1b722aed112233445566778899"
	    "aabbccddeeff01\"}],\"metadata\":\"49455446\"}";
	static const uint8_t pt[32] = { 1, 2, 3 };

	(void)state;
	for (uint16_t id = 1; id <= SF_SUITES; id++) {
		struct sf_keyfile *k = read_keys("mistaken",
		    sf_bytes((const uint8_t *)keys, sizeof(keys) - 1));
		struct sf_mistaken m = { .c = &sf_crypto_ossl, .keys = k,
			.suite = sf_suite_by_id(id), .kid = 291,
			.ctr = UINT64_C(0x123456789a), .pt = sf_bytes(pt, sizeof(pt)) };
		bool seen[SF_MISTAKES] = { false };
		uint8_t right[SF_MISTAKEN_MAX];
		size_t n_right;
		unsigned n = 0;

		k->keys[0].suite = id;
		n_right = by_the_book(right, &m);
		while (sf_mistaken_next(&m)) {
			struct sf_mistaken next = m;
			struct sf_diagnosis d;
			/* some are no mistake with these numbers */
			bool wrong = m.n != n_right ||
				     memcmp(m.frame, right, n_right) != 0;

			next.ctr++;
			assert_true(sf_mistaken_again(&next));
			if (sf_diagnose(&d, &sf_crypto_ossl, k,
				sf_bytes(m.frame, m.n), 0, 0,
				sf_bytes(next.frame, next.n), NULL, 0) !=
			    wrong)
				fail_msg("suite %u: %s, number %d", id,
				    sf_mistake_row(m.mistake)->slug, m.number);
			seen[m.mistake] = true;
			n++;
		}
		assert_true(seen[SF_MISTAKE_LABEL_CASE] &&
			    seen[SF_MISTAKE_NONCE_LITTLE] &&
			    seen[SF_MISTAKE_AAD_ORDER] &&
			    seen[SF_MISTAKE_HEADER_LITTLE] &&
			    seen[SF_MISTAKE_TAG_LENGTH]);
		assert_true(n > 80);
		free_keys(k);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_complete),
		cmocka_unit_test(names_each_mistake),
		cmocka_unit_test(finds_nothing_in_noise),
		cmocka_unit_test(makes_what_it_finds),
		cmocka_unit_test(stands_short_frames),
		cmocka_unit_test(stops_and_says_so),
		cmocka_unit_test(wipes_and_survives),
	};

	return cmocka_run_group_tests_name("diagnose", tests, NULL, NULL);
}
