/*
 * header.h - the SFrame header (RFC 9605 4.3), and the layout of the drafts
 * before it (draft-ietf-sframe-enc-00 to -03).
 */
#ifndef SF_SFRAME_HEADER_H
#define SF_SFRAME_HEADER_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

#define SF_SFRAME_HEADER_MAX 17 /* config octet, 8 of KID, 8 of CTR */

/* A header as sent: nothing here is judged. */
struct sf_sframe_header {
	uint64_t kid;
	uint64_t ctr;
	uint8_t kid_octets;      /* 0 when in the config octet, else 1..8 */
	uint8_t ctr_octets;      /* likewise */
	struct sf_bytes aad;     /* the header itself, 1..17 octets */
	struct sf_bytes payload; /* ciphertext and tag */
};

/* SF_SHORT when the input ends inside the header; no other failure. */
enum sf_status sf_sframe_header_parse(struct sf_sframe_header *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

/*
 * Writes the one minimal header for kid and ctr, and returns its octets,
 * 1..17. It cannot fail.
 */
size_t sf_sframe_header_write(
    uint8_t out[SF_SFRAME_HEADER_MAX], uint64_t kid, uint64_t ctr);

/* Octets that RFC 9605 4.3 gives a value: 0 below 8, else the fewest, 1..8. */
unsigned sf_sframe_header_octets(uint64_t value);

/*
 * A header of the drafts: bit 7 zero (a signature bit in some), 3 bits of CTR
 * length minus one, X, K; then KID if X, then CTR, which is never inline.
 * SF_MALFORMED when bit 7 is set.
 */
struct sf_draft_header {
	uint64_t kid;
	uint64_t ctr;
	uint8_t kid_octets; /* 0 when in the config octet, else 1..8 */
	uint8_t ctr_octets; /* 1..8 */
	struct sf_bytes aad;
	struct sf_bytes payload;
};

enum sf_status sf_draft_header_parse(struct sf_draft_header *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

/*
 * A header of the drafts before those (draft-omara-sframe-00 to -02): the same
 * layout, but lengths are counts of octets, 1 to 7, and bit 7 says that a
 * signature follows. SF_MALFORMED for a length of zero.
 */
struct sf_omara_header {
	uint64_t kid;
	uint64_t ctr;
	uint8_t kid_octets; /* 0 when in the config octet, else 1..7 */
	uint8_t ctr_octets; /* 1..7 */
	bool signature;
	struct sf_bytes aad;
	struct sf_bytes payload;
};

enum sf_status sf_omara_header_parse(struct sf_omara_header *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

#endif
