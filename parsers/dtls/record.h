/*
 * record.h - a DTLS record in the clear form of its header (RFC 6347 4.1), and
 * one handshake fragment inside (RFC 6347 4.2.2). Call either again on payload
 * until that is empty.
 */
#ifndef SF_DTLS_RECORD_H
#define SF_DTLS_RECORD_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

#define SF_DTLS_HANDSHAKE 22 /* record type */

struct sf_dtls_record {
	uint8_t type;
	uint16_t version;        /* 0xfeff: 1.0, 0xfefd: 1.2 and what follows */
	uint16_t epoch;          /* 0: not encrypted */
	uint64_t seq;            /* 48 bits */
	struct sf_bytes body;
	struct sf_bytes payload; /* the records that follow */
};

/* SF_UNSUPPORTED for the unified header of DTLS 1.3: all is encrypted. */
enum sf_status sf_dtls_record_parse(struct sf_dtls_record *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

struct sf_dtls_fragment {
	uint8_t type;            /* 1 ClientHello, 2 ServerHello, ... */
	uint32_t octets;         /* of the whole message */
	uint16_t seq;
	uint32_t at;             /* of this fragment in the message */
	struct sf_bytes body;    /* at + body.n <= octets */
	struct sf_bytes payload; /* what follows in the record */
};

enum sf_status sf_dtls_fragment_parse(struct sf_dtls_fragment *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

#endif
