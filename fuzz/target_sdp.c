/*
 * target_sdp.c - session descriptions. It is there to reach
 * engine/sdp/sdp.c: what is read stays inside its tables, and does not
 * depend on line ends.
 */
#include "engine/config/sdpjson.h"
#include "engine/sdp/sdp.h"
#include "fuzz/fuzz.h"

#include <string.h>

static void
check_tables(const struct sf_sdp *sdp)
{
	FUZZ_CHECK(sdp->n_sections <= SF_SDP_SECTIONS);
	FUZZ_CHECK(sdp->n_ssrcs <= SF_SDP_SSRCS);
	for (unsigned i = 0; i < sdp->n_sections; i++) {
		const struct sf_sdp_section *s = &sdp->sections[i];

		FUZZ_CHECK(s->description < sdp->descriptions);
		FUZZ_CHECK(memchr(s->mid, '\0', sizeof(s->mid)) != NULL);
		for (unsigned pt = 0; pt < 128; pt++) {
			FUZZ_CHECK(s->codecs[pt] < SF_CODECS);
			FUZZ_CHECK(s->apt[pt] < 128 || s->apt[pt] == 0xff);
		}
	}
	for (unsigned i = 0; i < sdp->n_ssrcs; i++) {
		const struct sf_sdp_ssrc *s = &sdp->ssrcs[i];

		FUZZ_CHECK(s->section < sdp->n_sections);
		FUZZ_CHECK(memchr(s->cname, '\0', sizeof(s->cname)) != NULL);
	}
}

/* A copy of exactly its size, in which CR LF is LF. */
static struct sf_bytes
without_cr(const uint8_t *data, size_t size, uint8_t **owned)
{
	uint8_t *p = *owned = malloc(size + 1);
	size_t n = 0;

	FUZZ_CHECK(p != NULL);
	for (size_t i = 0; i < size; i++) {
		if (data[i] == '\r' && (i + 1 == size || data[i + 1] == '\n'))
			continue;
		p[n++] = data[i];
	}
	return sf_bytes(p, n);
}

/* What is inside JSON is no longer than it, and is SDP. */
static void
check_json(struct sf_sdp *sdp, const uint8_t *data, size_t size)
{
	char *text = malloc(size == 0 ? 1 : size);
	size_t n = size;
	struct sf_json_error e;
	struct sf_diag d;

	FUZZ_CHECK(text != NULL);
	if (size != 0)
		memcpy(text, data, size);
	if (sf_sdpjson_read(text, &n, &e)) {
		FUZZ_CHECK(sf_sdpjson_is(sf_bytes(data, size)));
		FUZZ_CHECK(n <= size);
		FUZZ_CHECK(sf_sdp_read(sdp, sf_bytes(text, n), &d) == SF_OK);
		check_tables(sdp);
	} else {
		FUZZ_CHECK(e.at <= size && e.cause != NULL);
		FUZZ_CHECK(size == 0 || memcmp(text, data, size) == 0);
	}
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sf_sdp *a = malloc(sizeof(*a));
	struct sf_sdp *b = malloc(sizeof(*b));
	uint8_t *exact = malloc(size == 0 ? 1 : size);
	uint8_t *owned;
	struct sf_bytes lf = without_cr(data, size, &owned);
	struct sf_diag d;
	enum sf_status st;

	FUZZ_CHECK(a != NULL && b != NULL && exact != NULL);
	if (size != 0)
		memcpy(exact, data, size);
	st = sf_sdp_read(a, sf_bytes(exact, size), &d);
	FUZZ_CHECK(st == SF_OK || st == SF_MALFORMED);
	FUZZ_CHECK(st == d.status);
	check_tables(a);
	if (memchr(lf.p, '\r', lf.n) == NULL) {
		FUZZ_CHECK(sf_sdp_read(b, lf, &d) == st);
		FUZZ_CHECK(memcmp(a, b, sizeof(*a)) == 0);
	}
	if (sf_sdpjson_is(sf_bytes(data, size)))
		check_json(b, data, size);
	free(owned);
	free(exact);
	free(b);
	free(a);
	return 0;
}
