/*
 * sctp.h - SCTP (RFC 9260 3): the common header, and chunk by chunk; what a
 * data channel carries is in chunks of data (RFC 8831).
 */
#ifndef SF_SCTP_H
#define SF_SCTP_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

struct sf_sctp {
	uint16_t src_port, dst_port;
	uint32_t tag, checksum;
	struct sf_bytes payload; /* the chunks */
};

enum sf_status sf_sctp_parse(
    struct sf_sctp *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

enum sf_sctp_ppid { /* RFC 8831 8 */
	SF_SCTP_CONTROL = 50,
	SF_SCTP_TEXT = 51,
	SF_SCTP_BINARY = 53,
	SF_SCTP_TEXT_EMPTY = 56,
	SF_SCTP_BINARY_EMPTY = 57
};

/* One chunk. SF_MALFORMED when its length cannot be. */
struct sf_sctp_chunk {
	uint8_t type, flags;
	struct sf_bytes value;
	bool is_data;       /* DATA or I-DATA (RFC 8260): what follows */
	bool first, last;   /* fragments of a message */
	uint32_t tsn, ppid; /* ppid: of a first fragment of I-DATA, or DATA */
	uint16_t stream;
	struct sf_bytes user;    /* of the message */
	struct sf_bytes payload; /* the chunks behind it */
};

enum sf_status sf_sctp_chunk_parse(struct sf_sctp_chunk *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

#endif
