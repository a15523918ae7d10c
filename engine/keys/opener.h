/*
 * opener.h - tries a stream's frames with keys, wherever in a frame the header
 * may be: in front, behind a clear prefix, behind an SFrame payload descriptor.
 */
#ifndef SF_OPENER_H
#define SF_OPENER_H

#include "engine/classify/runs.h"
#include "engine/diagnose/diagnose.h"
#include "engine/dialect/keys.h"
#include "engine/keys/ahead.h"
#include "engine/keys/keys.h"

#define SF_STASH                                                               \
	1024 /* octets of a frame kept to find out why it does not open */
#define SF_OTHERS 256 /* SSRCs of others, whose key it may have been */

/* The keys of a run, borrowed. keys is NULL when none were given. */
struct sf_unlock {
	struct sf_keys *keys;
	struct sf_dialect_keys *dialects; /* NULL when there are none */
	const struct sf_keyfile *file;    /* for the diagnosis */
	const struct sf_crypto *crypto;
	struct sf_ahead *ahead; /* opens frames in front; NULL: nobody does */
	uint32_t ssrcs[SF_OTHERS]; /* of streams, as they come; by the end of
	                              all that are known of */
	unsigned n_ssrcs;
};

/* What a key is asked about a frame: a header, and behind it ciphertext and
   tag. */
#define SF_AAD_MAX (17 + SF_RECORD_HEAD) /* a header and a prefix */
struct sf_laid {
	struct sf_run_header h;
	struct sf_bytes aad, ct;
	bool prefix; /* is in aad, behind the header */
	uint8_t room[SF_AAD_MAX];
};

/*
 * Lays a frame out with its header in one place; prefix: clear octets in front,
 * where there are any, are metadata (RFC 9605 4.4.3). False when there is no
 * header.
 */
bool sf_laid_out(struct sf_laid *out, const struct sf_record *r,
    struct sf_bytes frame, struct sf_placing p, bool prefix);

/* What is known of one stream. All zero is ready to use. */
struct sf_opener {
	struct sf_placing placing;
	bool settled, settled_key; /* at, at_key of placing opened a frame */
	unsigned scans; /* frames that every placing was tried on in vain */
	uint16_t suite; /* that opened the last frame; 0: none yet */
	struct sf_ahead_said said; /* of it, to whoever opens ahead */
	uint64_t controls, controls_opened;
	unsigned diagnosed; /* times that a diagnosis was tried */
	uint64_t failures;  /* frames that did not open, a key was there */
	struct sf_diagnosis diagnosis;
	size_t stash_n, stash_at; /* a frame that did not open; 0: none kept */
	uint8_t *stash;           /* SF_STASH octets; NULL: nothing is kept */
};

/*
 * Puts the record's frame to the keys. Sets r->tried and, when it opened,
 * r->header, r->suite and r->entry; *placing is then where the header was.
 */
void sf_opener_try(struct sf_opener *o, const struct sf_unlock *u,
    struct sf_record *r, struct sf_bytes frame, uint32_t ssrc,
    struct sf_placing *placing);

/* No more frames: a single frame that did not open is asked why. */
void sf_opener_finish(
    struct sf_opener *o, const struct sf_unlock *u, uint32_t ssrc);

#endif
