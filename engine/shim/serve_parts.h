/*
 * serve_parts.h - what serve.c and serve_bare.c share: a request, and its
 * answer.
 */
#ifndef SF_SERVE_PARTS_H
#define SF_SERVE_PARTS_H

#include "engine/session/session.h"
#include "engine/shim/line.h"
#include "engine/shim/serve.h"
#include "parsers/text/shim_line.h"

struct context {
	char name[SF_SERVE_NAME + 1];
	struct sf_session *session; /* NULL: free */
};

struct sf_serve {
	const struct sf_crypto *crypto;
	struct context contexts[SF_SERVE_CONTEXTS];
	unsigned next; /* the one to go when all are taken */
	struct sf_line reply;
	size_t room, n_out; /* of the buffers; octets left in out by open */
	uint8_t *in, *more, *out;
	/* of the request that is being answered */
	struct sf_bytes words;
	struct sf_session *session;
};

/* What a verb makes of its request; the words of an ok are in s->reply. */
struct sf_answer {
	const char *status, *why; /* static; why is NULL but for a no */
};

struct sf_answer sf_serve_ok(void);
struct sf_answer sf_serve_bad(void);
struct sf_answer sf_serve_no(const char *why);
struct sf_answer sf_serve_said(enum sf_said what);
/* The n octets of s->out as ct, when it is OK. */
struct sf_answer sf_serve_ct(struct sf_serve *s, enum sf_said what, size_t n);

/* Values of the request; false when there is none such. */
bool sf_serve_number(const struct sf_serve *s, const char *key, uint64_t *v);
/* Octets, into one of the buffers. */
bool sf_serve_octets(const struct sf_serve *s, const char *key, uint8_t *to,
    struct sf_bytes *out);
const struct sf_suite *sf_serve_suite(const struct sf_serve *s); /* or NULL */
bool sf_serve_use(const struct sf_serve *s, enum sf_use *use);

/* A verb that has no context: headers, keys, the AEAD alone, RTP. "unsupported"
   when it is none. */
struct sf_answer sf_serve_bare(struct sf_serve *s, struct sf_bytes verb);

#endif
