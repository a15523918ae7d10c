/*
 * clear.h - are frames that carry no SFrame header media in the clear?
 *
 * Entropy cannot tell: Opus and VP8 are as dense as ciphertext. What tells is
 * the codec's own structure together with octets behind it that are not
 * uniform; structure alone is also what a scheme leaves that protects all but
 * the first octets. Octets that a sender counts or repeats are passed over: a
 * private header is as uneven as media.
 */
#ifndef SF_CLEAR_H
#define SF_CLEAR_H

#include "engine/classify/record.h"

enum sf_clear {
	SF_CLEAR_FEW,     /* too few frames to say */
	SF_CLEAR_PLAIN,   /* a codec's structure, and a body that is not uniform */
	SF_CLEAR_HEAD,    /* a codec's first octets; the body may be ciphertext */
	SF_CLEAR_UNIFORM, /* no structure at all */
	SF_CLEAR_FIELDS,  /* uniform, behind octets that stay or count */
	SF_CLEAR_UNSURE   /* neither uniform nor a codec that we rebuild */
};

struct sf_clear_found {
	enum sf_clear what;
	uint64_t asked, passes; /* frames put to the codec's own rules */
	double llr;             /* of their structure: clear against random */
	double p_head, p_nib_head, p_nib_tail, p_tail; /* 1 when not tested */
	uint16_t width, height;
};

/* What is known of the stream. */
struct sf_clear_stream {
	enum sf_codec codec;
	bool baseline; /* H.264 of that profile, whose slices show in every
	                  octet (no CABAC) */
	/* It protects whole frames at other times: a codec's head in the clear
	   can only be plaintext. */
	bool whole;
	bool alone; /* and then CTR goes up by one from packet to packet */
};

/* n records of the stream in sequence; incomplete ones are passed over. */
void sf_clear_judge(struct sf_clear_found *out, const struct sf_record *recs,
    size_t n, struct sf_clear_stream stream);

/* A frame of companded samples, clear or ciphertext: what it says by itself. */
double sf_samples_say(const struct sf_record *r);

#define SF_CLEAR_SURE 1e-9 /* p below which octets are not uniform */

#endif
