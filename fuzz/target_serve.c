/*
 * target_serve.c - SFS/1 on our side: lines to requests, each answered by one
 * line that is a reply to it. What is there: every verb, with keys, ratchets,
 * epochs, states that are loaded and RTP packets that are joined.
 */
#include "engine/shim/serve.h"
#include "fuzz/fuzz.h"
#include "parsers/text/shim_line.h"

#include <string.h>

#define LINES 64

/* Threads make a run that cannot be repeated, and many keys one that is slow. */
static bool
is_asked(struct sf_bytes line)
{
	struct sf_shim_line l;
	struct sf_diag d;

	return sf_shim_line_parse(&l, line, &d) != SF_OK ||
	       !sf_shim_is(l.name, "pseal");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sf_serve *s = sf_serve_new(&sf_crypto_ossl);
	struct sf_bytes rest = sf_bytes(data, size);
	bool bye = false;

	FUZZ_CHECK(s != NULL);
	for (unsigned n = 0; n < LINES && rest.n > 0 && !bye; n++) {
		const uint8_t *end = memchr(rest.p, '\n', rest.n);
		size_t octets = end == NULL ? rest.n : (size_t)(end - rest.p);
		struct sf_bytes line = sf_bytes(rest.p, octets), reply;
		struct sf_shim_line asked = { .id = 0 }, l;
		struct sf_diag d;

		rest = sf_bytes(rest.p + octets + (end != NULL),
		    rest.n - octets - (end != NULL));
		if (!is_asked(line))
			continue;
		if (sf_shim_line_parse(&asked, line, &d) != SF_OK)
			asked.id = 0;
		reply = sf_serve_answer(s, line, &bye);
		FUZZ_CHECK(sf_shim_line_parse(&l, reply, &d) == SF_OK);
		FUZZ_CHECK(l.id == asked.id);
		FUZZ_CHECK(memchr(reply.p, '\n', reply.n) == NULL);
	}
	sf_serve_free(s);
	return 0;
}
