/*
 * entry.h - SRTP master keys as they are given: by a file, by SDES in a session
 * description, or by a DTLS handshake and its secrets.
 */
#ifndef SF_SRTP_ENTRY_H
#define SF_SRTP_ENTRY_H

#include "engine/crypto/srtp.h"
#include "engine/model.h"

#define SF_SRTP_ENTRIES 256
#define SF_SRTP_MKI_MAX 128 /* octets, RFC 4568 6.1 */

/* One master key. It is tried on every flow that its scope lets through; that
   the tag verifies decides whose it is. */
struct sf_srtp_entry {
	const struct sf_srtp_profile *profile; /* NULL: each of these lengths,
	                                          but those without cipher */
	uint8_t n_key, n_salt;
	uint8_t key[SF_SRTP_KEY], salt[SF_SRTP_SALT];
	uint8_t mki;             /* octets of MKI in each packet; 0: none */
	bool rtp_clear;          /* UNENCRYPTED_SRTP */
	bool has_ssrc, has_roc, has_src, has_dst;
	uint32_t ssrc, roc;      /* roc: of the first packet, tried first */
	struct sf_addr src, dst; /* port 0: any; without has_: not more than
	                            where it is expected */
	enum sf_srtp_origin origin;
	uint32_t number;         /* of the entry where it comes from, from 0 */
};

struct sf_srtp_entries {
	size_t n;
	uint64_t passed_over; /* beyond the room here */
	uint64_t unusable;    /* SDES: KDR, UNAUTHENTICATED_SRTP, a profile that
	                         is not known here, a key that does not fit */
	bool elements;        /* a=extmap of RFC 6904: elements of header extensions
	                         are under encryption of their own */
	struct sf_srtp_entry v[SF_SRTP_ENTRIES];
};

/* A place for one more; NULL, and counted, when there is none. */
static inline struct sf_srtp_entry *
sf_srtp_entries_add(struct sf_srtp_entries *e)
{
	if (e->n == SF_SRTP_ENTRIES) {
		e->passed_over++;
		return NULL;
	}
	return &e->v[e->n++];
}

#endif
