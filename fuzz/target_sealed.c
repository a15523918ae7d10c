/*
 * target_sealed.c - frames whose tag is right, whatever the fuzzer did to them:
 * a mutator of our own seals what it made, so that the code behind the tag is
 * reached. What is there: opening in every placing, the negative control, the
 * scan of clear prefixes, and that sealing again gives the same octets.
 *
 * Input: an octet of suite, an octet of clear prefix, then prefix, header,
 * ciphertext and tag. The key is the same for all.
 */
#include "engine/keys/opener.h"
#include "fuzz/fuzz.h"
#include "parsers/sframe/header.h"

#include <string.h>

#define PREFIX 65 /* octets of clear prefix at most */

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max)
    __attribute__((weak));
size_t LLVMFuzzerCustomMutator(
    uint8_t *data, size_t size, size_t max, unsigned seed);

static const uint8_t base[16] = "sframe fuzz key";

/* The parts of an input; false when it is too short to have them. */
struct parts {
	const struct sf_suite *suite;
	size_t at; /* of the header in frame */
	struct sf_bytes frame;
	struct sf_sframe_header h;
};

static bool
take_apart(struct parts *p, const uint8_t *data, size_t size)
{
	struct sf_diag d;

	if (size < 3)
		return false;
	p->suite = sf_suite_by_id((uint16_t)(1 + data[0] % SF_SUITES));
	p->at = data[1] % PREFIX;
	p->frame = sf_bytes(data + 2, size - 2);
	return p->at < p->frame.n &&
	       sf_sframe_header_parse(&p->h,
		   sf_bytes(p->frame.p + p->at, p->frame.n - p->at),
		   &d) == SF_OK &&
	       p->h.payload.n >= p->suite->tag_octets;
}

/* Seals pt behind the header of p, as it stands there, into out. */
static void
seal(const struct parts *p, struct sf_bytes pt, uint8_t *out)
{
	const struct sf_crypto *c = &sf_crypto_ossl;
	struct sf_schedule s;
	struct sf_aead *a;
	uint8_t nonce[SF_NONCE];

	FUZZ_CHECK(
	    sf_kdf_schedule(&s, c, p->suite, sf_bytes(base, 16), p->h.kid));
	a = c->aead_new(p->suite, s.key);
	FUZZ_CHECK(a != NULL);
	sf_kdf_nonce(nonce, s.salt, p->h.ctr);
	FUZZ_CHECK(c->seal(a, nonce, p->h.aad, sf_bytes(NULL, 0), pt, out));
	c->aead_free(a);
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
	struct parts p;
	uint8_t *sealed;
	size_t n, at;

	(void)seed;
	if (LLVMFuzzerMutate == NULL)
		return size;
	n = LLVMFuzzerMutate(data, size, max);
	if (!take_apart(&p, data, n))
		return n;
	sealed = malloc(p.h.payload.n);
	FUZZ_CHECK(sealed != NULL);
	seal(&p,
	    sf_bytes(p.h.payload.p, p.h.payload.n - p.suite->tag_octets),
	    sealed);
	at = (size_t)(p.h.payload.p - data);
	memcpy(data + at, sealed, p.h.payload.n);
	free(sealed);
	return n;
}

static struct sf_keys *
keys_for(const struct parts *p, bool say_suite)
{
	struct sf_keyfile *file = calloc(1, sizeof(*file));
	struct sf_keys *k;

	FUZZ_CHECK(file != NULL);
	file->n = 1;
	file->keys[0].kid = p->h.kid;
	file->keys[0].suite = say_suite ? p->suite->id : 0;
	file->keys[0].n = sizeof(base);
	memcpy(file->keys[0].octets, base, sizeof(base));
	k = sf_keys_new(&sf_crypto_ossl, file);
	FUZZ_CHECK(k != NULL);
	sf_keyfile_wipe(file, &sf_crypto_ossl);
	free(file);
	return k;
}

/* What opens is sealed again to the same octets, and nowhere else opens. */
static bool
opens(const struct parts *p, struct sf_keys *k)
{
	uint8_t *pt = calloc(1, p->h.payload.n + 1);
	uint8_t *again = malloc(p->h.payload.n + 1);
	size_t n = p->h.payload.n - p->suite->tag_octets;
	struct sf_opened o;

	FUZZ_CHECK(pt != NULL && again != NULL);
	o = sf_keys_open(k, p->h.kid, p->h.ctr, 1, p->h.aad, p->h.payload, pt);
	if (o.status == SF_OPENED && o.suite == p->suite->id) {
		seal(p, sf_bytes(pt, n), again);
		FUZZ_CHECK(memcmp(again, p->h.payload.p, p->h.payload.n) == 0);
		FUZZ_CHECK(!sf_keys_control(k, p->h.kid, p->h.ctr, 1, p->h.aad,
		    p->h.payload));
	}
	free(pt);
	free(again);
	return o.status == SF_OPENED;
}

/* The same frame as a stream's: found wherever the header is. */
static void
find(const struct parts *p, struct sf_keys *k)
{
	struct sf_unlock u = { .keys = k, .crypto = &sf_crypto_ossl };
	struct sf_opener o = { .settled = false };
	struct sf_frame f = { .packets = 1,
		.complete = true,
		.octets = p->frame };
	struct sf_placing placing;
	struct sf_record r;

	sf_record_of(&r, &f);
	sf_opener_try(&o, &u, &r, f.octets, 1, &placing);
	FUZZ_CHECK(r.tried == SF_TRIED_OPENED);
	FUZZ_CHECK(o.controls == 1 && o.controls_opened == 0);
	sf_opener_try(&o, &u, &r, f.octets, 1, &placing);
	FUZZ_CHECK(r.tried == SF_TRIED_OPENED);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct parts p;
	struct sf_keys *k;

	if (!take_apart(&p, data, size))
		return 0;
	k = keys_for(&p, true);
	if (opens(&p, k))
		find(&p, k);
	sf_keys_free(k);
	k = keys_for(&p, false);
	(void)opens(&p, k);
	sf_keys_free(k);
	return 0;
}
