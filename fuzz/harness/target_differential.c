/*
 * target_differential.c - an implementation beside libsframe.a: both open, or
 * both refuse, and to the same octets; what one seals the other opens.
 */
#include "engine/session/session.h"
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

/* What the two did differently, and how to see it with a shim. */
static void
tell(
    const struct sff_input *i, const char *what, const uint8_t *frame, size_t n)
{
	fprintf(stderr,
	    "differential: suite %u, %zu octets of metadata: %s\n  base key ",
	    i->suite, i->n_meta, what);
	for (size_t k = 0; k < sizeof(sff_base); k++)
		fprintf(stderr, "%02x", sff_base[k]);
	fputs("\n  metadata ", stderr);
	for (size_t k = 0; k < i->n_meta; k++)
		fprintf(stderr, "%02x", i->meta[k]);
	fputs("\n  frame    ", stderr);
	for (size_t k = 0; k < n; k++)
		fprintf(stderr, "%02x", frame[k]);
	fputc('\n', stderr);
	abort();
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
		if (said != SF_SAID_OK)
			tell(i, "yours opens it, and it is not genuine", i->ct,
			    i->n);
		if ((size_t)n != o.n || (o.n != 0 && memcmp(a, b, o.n) != 0))
			tell(i, "yours opens it to other octets", i->ct, i->n);
	} else if (said == SF_SAID_OK && is_minimal(i->ct, i->n)) {
		tell(i, "yours refuses it, and it is genuine", i->ct, i->n);
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
			if (!is_minimal(frame, (size_t)n))
				tell(i, "yours sealed it, not minimal", frame,
				    (size_t)n);
			if (sf_session_open(ours, sf_bytes(i->meta, i->n_meta),
				sf_bytes(frame, (size_t)n), pt,
				&o) != SF_SAID_OK)
				tell(i, "yours sealed it, and it does not open",
				    frame, (size_t)n);
			if (o.n != i->n ||
			    (i->n != 0 && memcmp(pt, i->ct, i->n) != 0))
				tell(i, "yours sealed it, of other octets",
				    frame, (size_t)n);
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
