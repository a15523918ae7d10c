/*
 * diagnose.h - why does a frame not open? The mistakes that implementations
 * make, tried one after another on a frame whose tag does not match.
 *
 * A mistake is a row of mistakes.def. Trying them all costs some hundred key
 * derivations, so it is done for a few frames of a stream, never for each.
 */
#ifndef SF_DIAGNOSE_H
#define SF_DIAGNOSE_H

#include "engine/config/keyfile.h"

/* SF_MISTAKE_NONE, then one per row of mistakes.def, in its order */
enum sf_mistake {
	SF_MISTAKE_NONE,
#define MISTAKE(name, slug, text, remedy) SF_MISTAKE_##name,
#include "engine/diagnose/mistakes.def"
#undef MISTAKE
	SF_MISTAKES
};

struct sf_mistake_row {
	const char *slug; /* "suite-number" */
	const char *text; /* "the key was derived under another suite number" */
	const char *remedy; /* what to change */
};

const struct sf_mistake_row *sf_mistake_row(
    enum sf_mistake m); /* NULL for NONE */

struct sf_diagnosis {
	enum sf_mistake mistake; /* NONE: nothing that is known explains it */
	uint16_t suite; /* that it opened under, as the sender used it */
	uint16_t
	    said_suite; /* suite number in the labels, where that differs */
	unsigned entry; /* of the key file that opened it */
	uint64_t kid;   /* whose key it was, or that the labels name,
	                            where that differs; an epoch with MLS when
	                            it is another entry's key */
	uint32_t ssrc;  /* whose key of an SSRC, where that differs */
	int64_t step;   /* by how much, for the mistakes that have one:
	                            RATCHET_STEP, NONCE_OFF: steps ahead of the
	                            header; TAG_LENGTH: octets of the tag;
	                            KID_SHORT: octets of the KID; END_LOST,
	                            ZEROS_LOST, TRAILER, FRONT_OCTETS: octets;
	                            FRONT_LOST: the octet; INSERTED: its offset
	                            in the frame */
	bool cut_short; /* NONE, and not everything was tried: too
	                            many keys, or too long a frame */
};

/*
 * frame: the whole frame as captured, header at octet `at`. ssrc is the
 * stream's, ssrcs those of n_ssrcs others (up to 256 are tried; NULL
 * when 0). A mistake counts only when the tag matches under it with at least
 * 8 octets, or for shorter tags when it also explains `other`, a second
 * frame of the stream, header at the same octet (empty when there is none);
 * one that explains both goes before one that explains the first alone. True
 * when one was found; false, too, when there is nothing wrong and the frame
 * opens as it is.
 *
 * The work grows with keys, suites left open and octets of the frame, up to a
 * limit of some seconds: hand in a short frame where there is a choice.
 */
bool sf_diagnose(struct sf_diagnosis *out, const struct sf_crypto *c,
    const struct sf_keyfile *keys, struct sf_bytes frame, size_t at,
    uint32_t ssrc, struct sf_bytes other, const uint32_t *ssrcs,
    size_t n_ssrcs);

/* The same, but for keys of other SSRCs alone. */
bool sf_diagnose_ssrcs(struct sf_diagnosis *out, const struct sf_crypto *c,
    const struct sf_keyfile *keys, struct sf_bytes frame, size_t at,
    uint32_t ssrc, const uint32_t *ssrcs, size_t n_ssrcs);

/*
 * The other way round: frames by senders with one of these mistakes each, for a
 * receiver that may have it as well. keys has one entry, whose key is that of kid;
 * what happens to frames on the way and what is scoped to an SSRC is left out.
 */
#define SF_MISTAKEN_MAX 256 /* octets of a frame */

struct sf_mistaken {
	const struct sf_crypto *c;
	const struct sf_keyfile *keys;
	const struct sf_suite *suite;
	uint64_t kid, ctr;
	struct sf_bytes pt;
	/* where it is: all zeros at first */
	size_t trial;
	int number; /* of that trial, from its first on */
	bool begun;
	/* what it came to */
	enum sf_mistake mistake;
	size_t n;
	uint8_t frame[SF_MISTAKEN_MAX];
};

/* The next of them; false when there is none. */
bool sf_mistaken_next(struct sf_mistaken *m);
/* The same mistake in another frame: kid, ctr or pt were changed. */
bool sf_mistaken_again(struct sf_mistaken *m);

#endif
