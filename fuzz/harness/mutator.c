/*
 * mutator.c - a mutator for inputs with a frame: half of what it makes has a
 * right tag, so that the code behind the tag is reached. Linked beside a target
 * for libFuzzer; engines that do not know it leave it alone.
 */
#include "engine/crypto/kdf.h"
#include "fuzz/harness/common.h"
#include "parsers/sframe/header.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max)
    __attribute__((weak));
size_t LLVMFuzzerCustomMutator(
    uint8_t *data, size_t size, size_t max, unsigned seed);

/* Seals what stands where the plaintext would be, behind the header as it is. */
static void
reseal(const struct sff_input *i, uint8_t *ct)
{
	const struct sf_crypto *c = &sf_crypto_ossl;
	const struct sf_suite *suite = sf_suite_by_id((uint16_t)i->suite);
	struct sf_sframe_header h;
	struct sf_schedule s;
	struct sf_diag d;
	struct sf_aead *a;
	uint8_t nonce[SF_NONCE], *out;
	size_t n;

	if (sf_sframe_header_parse(&h, sf_bytes(ct, i->n), &d) != SF_OK ||
	    h.payload.n < suite->tag_octets ||
	    !sf_kdf_schedule(&s, c, suite, sf_bytes(sff_base, 16), h.kid))
		return;
	n = h.payload.n - suite->tag_octets;
	a = c->aead_new(suite, s.key);
	out = (uint8_t *)malloc(h.payload.n);
	sf_kdf_nonce(nonce, s.salt, h.ctr);
	if (a != NULL && out != NULL &&
	    c->seal(a, nonce, h.aad, sf_bytes(i->meta, i->n_meta),
		sf_bytes(h.payload.p, n), out))
		memcpy(ct + h.aad.n, out, h.payload.n);
	c->aead_free(a);
	free(out);
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
	struct sff_input i;
	size_t n;

	if (LLVMFuzzerMutate == NULL)
		return size;
	n = LLVMFuzzerMutate(data, size, max);
	if (seed % 2 == 0 && sff_take(&i, data, n))
		reseal(&i, data + (n - i.n));
	return n;
}
