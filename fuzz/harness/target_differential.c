/*
 * target_differential.c - an implementation beside libsframe.a: both open, or
 * both refuse, and to the same octets; what one seals the other opens.
 */
#include "engine/session.h"
#include "fuzz/harness/common.h"
#include "parsers/sframe/header.h"

/* A header that is not minimal may be taken or not: RFC 9605 4.3 does not say. */
static int
is_minimal(const uint8_t *p, size_t n)
{
	struct sf_sframe_header h;
	struct sf_diag d;

	return sf_sframe_header_parse(&h, sf_bytes(p, n), &d) == SF_OK &&
	       h.kid_octets == sf_sframe_header_octets(h.kid) &&
	       h.ctr_octets == sf_sframe_header_octets(h.ctr);
}

static void
open_both(void *theirs, struct sf_session *ours, const struct sff_input *i)
{
	uint8_t *ct = sff_exact(i->ct, i->n), *a = sff_exact(i->ct, i->n);
	uint8_t *b = sff_exact(i->ct, i->n);
	struct sf_session_opened o = { .n = 0 };
	long n;
	enum sf_said said;

	(void)sff_key(theirs, 0, sff_kid(i->ct, i->n), sff_base, 16);
	(void)sf_session_key(
	    ours, SF_USE_RECEIVE, sff_kid(i->ct, i->n), sf_bytes(sff_base, 16));
	n = sff_open(theirs, i->meta, i->n_meta, ct, i->n, a);
	said = sf_session_open(
	    ours, sf_bytes(i->meta, i->n_meta), sf_bytes(i->ct, i->n), b, &o);
	if (n >= 0) {
		SFF_CHECK(said == SF_SAID_OK); /* they take, we refuse */
		SFF_CHECK((size_t)n == o.n);
		SFF_CHECK(o.n == 0 || memcmp(a, b, o.n) == 0);
	} else if (is_minimal(i->ct, i->n)) {
		SFF_CHECK(said != SF_SAID_OK); /* they refuse what is genuine */
	}
	free(ct);
	free(a);
	free(b);
}

static void
seal_theirs(void *theirs, struct sf_session *ours, const struct sff_input *i)
{
	uint64_t kid = UINT64_MAX - i->suite;
	uint8_t *frame = (uint8_t *)malloc(i->n + SFF_ROOM);
	uint8_t *pt = (uint8_t *)malloc(i->n + SFF_ROOM);
	struct sf_session_opened o;
	long n;

	SFF_CHECK(frame != NULL && pt != NULL);
	if (sff_key(theirs, 1, kid, sff_base, 16) == 0 &&
	    sf_session_key(ours, SF_USE_RECEIVE, kid, sf_bytes(sff_base, 16)) ==
		SF_SAID_OK) {
		n = sff_seal(
		    theirs, kid, i->meta, i->n_meta, i->ct, i->n, frame);
		if (n >= 0) {
			SFF_CHECK(is_minimal(frame, (size_t)n));
			SFF_CHECK(
			    sf_session_open(ours, sf_bytes(i->meta, i->n_meta),
				sf_bytes(frame, (size_t)n), pt,
				&o) == SF_SAID_OK);
			SFF_CHECK(o.n == i->n &&
				  (i->n == 0 || memcmp(pt, i->ct, i->n) == 0));
		}
	}
	free(frame);
	free(pt);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sff_input i;
	struct sf_session *ours;
	void *theirs;

	if (!sff_take(&i, data, size))
		return 0;
	theirs = sff_new(i.suite);
	if (theirs == NULL)
		return 0;
	ours = sf_session_new(
	    &sf_crypto_ossl, sf_suite_by_id((uint16_t)i.suite), 0);
	SFF_CHECK(ours != NULL);
	open_both(theirs, ours, &i);
	seal_theirs(theirs, ours, &i);
	sf_session_free(ours);
	sff_free(theirs);
	return 0;
}
