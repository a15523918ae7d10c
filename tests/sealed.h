/*
 * sealed.h - frames sealed for a test, and the key file that opens them.
 */
#ifndef SF_TEST_SEALED_H
#define SF_TEST_SEALED_H

#include "engine/classify/record.h"
#include "engine/keys/keys.h"
#include "parsers/sframe/header.h"
#include "tests/noise.h"
#include "tests/rows.h"

#define SEALED_KID   9
#define SEALED_KEY   7 /* the first octet of its base key; the others are 0 */
#define SEALED_PLAIN 40

/* One entry of suite 4; to be freed. */
static inline struct sf_keyfile *
sealed_key(uint64_t kid, uint8_t first)
{
	struct sf_keyfile *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->n = 1;
	f->keys[0].kid = kid;
	f->keys[0].suite = 4;
	f->keys[0].n = 16;
	f->keys[0].octets[0] = first;
	return f;
}

/* A frame of CTR i and n octets of plaintext, `at` octets of prefix in front,
   which are metadata or not; returns its octets. */
static inline size_t
sealed_frame_of(
    uint8_t *out, unsigned i, size_t at, bool prefix_too, size_t n)
{
	const struct sf_crypto *c = &sf_crypto_ossl;
	const struct sf_suite *suite = sf_suite_by_id(4);
	struct sf_schedule s;
	struct sf_aead *a;
	uint8_t key[16] = { SEALED_KEY }, nonce[SF_NONCE], plain[SEALED_PLAIN];
	uint64_t seed = i;
	size_t h;

	assert_true(n <= sizeof(plain));
	noise_fill(plain, sizeof(plain), &seed);
	noise_fill(out, at, &seed);
	assert_true(
	    sf_kdf_schedule(&s, c, suite, sf_bytes(key, 16), SEALED_KID));
	a = c->aead_new(suite, s.key);
	assert_non_null(a);
	sf_kdf_nonce(nonce, s.salt, i);
	h = sf_sframe_header_write(out + at, SEALED_KID, i);
	assert_true(c->seal(a, nonce, sf_bytes(out + at, h),
	    prefix_too ? sf_bytes(out, at) : sf_bytes(NULL, 0),
	    sf_bytes(plain, n), out + at + h));
	c->aead_free(a);
	return at + h + n + suite->tag_octets;
}

static inline size_t
sealed_frame(uint8_t *out, unsigned i, size_t at, bool prefix_too)
{
	return sealed_frame_of(out, i, at, prefix_too, SEALED_PLAIN);
}

static inline void
sealed_record(struct sf_record *r, const uint8_t *p, size_t n)
{
	struct sf_frame f = {
		.packets = 1, .complete = true, .octets = sf_bytes(p, n)
	};

	sf_record_of(r, &f);
}

#endif
