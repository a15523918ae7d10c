/*
 * sap.h - a session announcement (RFC 2974 3): a description of a session, sent
 * beside its media. Nothing here is judged.
 */
#ifndef SF_SAP_H
#define SF_SAP_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

#define SF_SAP_PORT 9875

struct sf_sap {
	bool deletion;          /* it ends the session */
	bool sealed;            /* encrypted or compressed: payload is that */
	uint16_t hash;          /* of the message */
	struct sf_bytes origin; /* address of who announces, 4 or 16 octets */
	struct sf_bytes type;   /* of the payload; empty: application/sdp */
	struct sf_bytes payload;
};

/* SF_UNSUPPORTED for a version other than 1. */
enum sf_status sf_sap_parse(
    struct sf_sap *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

#endif
