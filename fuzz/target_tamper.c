/*
 * target_tamper.c - seals a frame and opens it: untouched it opens and gives
 * the plaintext back, with any one bit changed it does not open and leaves
 * no plaintext. Through the AEADs of the product and the whole of
 * engine/keys/keys.c.
 *
 * Input: suite, which bit (2 octets), KID and CTR (8 octets each), then the
 * plaintext.
 */
#include "engine/keys/keys.h"
#include "fuzz/fuzz.h"
#include "parsers/sframe/header.h"

#include <string.h>

#define HEAD 19
#define MOST 512 /* octets of plaintext */

struct tamper {
	struct sf_keys *keys;
	const struct sf_suite *suite;
	uint64_t kid, ctr;
	struct sf_bytes pt;
	uint8_t frame[SF_SFRAME_HEADER_MAX + MOST + SF_TAG_MAX];
	size_t header, n; /* octets */
};

static uint64_t
u64(const uint8_t *p)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < 8; i++)
		v = v << 8 | p[i];
	return v;
}

static struct sf_keys *
make_keys(const struct tamper *t)
{
	struct sf_keyfile *file = calloc(1, sizeof(*file));
	struct sf_keys *keys;

	FUZZ_CHECK(file != NULL);
	file->n = 1;
	file->keys[0].kid = t->kid;
	file->keys[0].suite = t->suite->id;
	file->keys[0].n = 16;
	memset(file->keys[0].octets, 0x5e, 16);
	file->n_metadata = 4;
	keys = sf_keys_new(&sf_crypto_ossl, file);
	FUZZ_CHECK(keys != NULL);
	free(file);
	return keys;
}

static void
seal(struct tamper *t)
{
	uint16_t suite = 0;

	t->header = sf_sframe_header_write(t->frame, t->kid, t->ctr);
	FUZZ_CHECK(sf_keys_seal(t->keys, t->kid, t->ctr, 0,
		       sf_bytes(t->frame, t->header), t->pt,
		       t->frame + t->header, &suite) == SF_SEALED);
	FUZZ_CHECK(suite == t->suite->id);
	t->n = t->header + t->pt.n + t->suite->tag_octets;
}

/* As a receiver would: KID and CTR are what the header says, touched or not;
   the key is the same in any case, so that the tag has to tell. */
static void
open_frame(struct tamper *t, bool touched)
{
	struct sf_sframe_header h;
	struct sf_diag d;
	struct sf_opened o;
	uint8_t pt[sizeof(t->frame)];

	if (sf_sframe_header_parse(&h, sf_bytes(t->frame, t->n), &d) != SF_OK) {
		FUZZ_CHECK(touched);
		return;
	}
	memset(pt, 0, sizeof(pt));
	o = sf_keys_open(t->keys, t->kid, h.ctr, 0, h.aad, h.payload, pt);
	FUZZ_CHECK(o.known);
	if (touched) {
		FUZZ_CHECK(o.status == SF_FORGED || o.status == SF_TOO_SHORT);
		for (size_t i = 0; i < sizeof(pt); i++)
			FUZZ_CHECK(pt[i] == 0);
		return;
	}
	FUZZ_CHECK(h.kid == t->kid && h.ctr == t->ctr);
	FUZZ_CHECK(o.status == SF_OPENED && o.suite == t->suite->id);
	FUZZ_CHECK(h.payload.n == t->pt.n + t->suite->tag_octets);
	FUZZ_CHECK(memcmp(pt, t->pt.p, t->pt.n) == 0);
	FUZZ_CHECK(
	    !sf_keys_control(t->keys, h.kid, h.ctr, 0, h.aad, h.payload));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tamper t = { 0 };
	size_t bit;

	if (size < HEAD || size - HEAD > MOST)
		return 0;
	t.suite = sf_suite_by_id((uint16_t)(1 + data[0] % SF_SUITES));
	bit = (size_t)data[1] << 8 | data[2];
	t.kid = u64(data + 3);
	t.ctr = u64(data + 11);
	t.pt = sf_bytes(data + HEAD, size - HEAD);
	t.keys = make_keys(&t);
	seal(&t);
	open_frame(&t, false);
	bit %= 8 * t.n;
	t.frame[bit / 8] ^= (uint8_t)(1 << bit % 8);
	open_frame(&t, true);
	t.frame[bit / 8] ^= (uint8_t)(1 << bit % 8);
	open_frame(&t, false);
	sf_keys_free(t.keys);
	return 0;
}
