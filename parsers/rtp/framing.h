/*
 * framing.h - packets in a stream of octets: behind a length (RFC 4571 2: ICE
 * over TCP, SIP), or between the lines of RTSP (RFC 7826 14).
 */
#ifndef SF_FRAMING_H
#define SF_FRAMING_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

struct sf_framed {
	struct sf_bytes packet;  /* empty: sent to keep the connection alive */
	struct sf_bytes payload; /* what follows */
};

enum sf_status sf_framed_parse(
    struct sf_framed *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

struct sf_interleaved {
	uint8_t channel;
	struct sf_bytes packet;
	struct sf_bytes payload;
};

/* SF_MALFORMED: it does not begin with a dollar sign. */
enum sf_status sf_interleaved_parse(struct sf_interleaved *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

/* A message of RTSP, head and body. */
struct sf_rtsp {
	size_t head_octets;      /* up to the empty line and with it */
	struct sf_bytes payload; /* what follows the body */
};

/* SF_MALFORMED: no line of a request or an answer. SF_LIMIT: a head above 8
   KiB or a body above 64 KiB. */
enum sf_status sf_rtsp_parse(
    struct sf_rtsp *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

#endif
