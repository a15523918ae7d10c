/* example.c - the functions filled in for libsframe.a, in C. */
#include "engine/session/session.h"
#include "fuzz/harness/sframe_fuzz.h"
#include "parsers/sframe/header.h"

void *
sff_new(unsigned suite)
{
	const struct sf_suite *s = sf_suite_by_id((uint16_t)suite);

	return s == NULL ? NULL : sf_session_new(&sf_crypto_ossl, s, 64);
}

void
sff_free(void *context)
{
	sf_session_free(context);
}

long
sff_key(void *context, int sending, uint64_t kid, const uint8_t *base, size_t n)
{
	return sf_session_key(context, sending ? SF_USE_SEND : SF_USE_RECEIVE,
		   kid, sf_bytes(base, n)) == SF_SAID_OK
		   ? 0
		   : SFF_REFUSED;
}

long
sff_seal(void *context, uint64_t kid, const uint8_t *meta, size_t n_meta,
    const uint8_t *pt, size_t n, uint8_t *out)
{
	size_t octets;

	return sf_session_seal(context, kid, sf_bytes(meta, n_meta),
		   sf_bytes(pt, n), out, &octets) == SF_SAID_OK
		   ? (long)octets
		   : SFF_REFUSED;
}

long
sff_open(void *context, const uint8_t *meta, size_t n_meta, const uint8_t *ct,
    size_t n, uint8_t *out)
{
	struct sf_session_opened o;

	return sf_session_open(context, sf_bytes(meta, n_meta), sf_bytes(ct, n),
		   out, &o) == SF_SAID_OK
		   ? (long)o.n
		   : SFF_REFUSED;
}

long
sff_header(const uint8_t *in, size_t n, uint64_t *kid, uint64_t *ctr)
{
	struct sf_sframe_header h;
	struct sf_diag d;

	if (sf_sframe_header_parse(&h, sf_bytes(in, n), &d) != SF_OK)
		return SFF_REFUSED;
	*kid = h.kid;
	*ctr = h.ctr;
	return (long)h.aad.n;
}
