/*
 * sdp_line.h - one line of a session description (RFC 8866 5). Call again on
 * payload until that is empty.
 */
#ifndef SF_SDP_LINE_H
#define SF_SDP_LINE_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

struct sf_sdp_line {
	char type;               /* the letter in front of '='; 0: not such a line */
	struct sf_bytes value;   /* behind '='; all of a line that has no type */
	struct sf_bytes payload; /* the lines that follow */
};

/* CRLF, LF, or nothing ends a line. SF_SHORT when there is no octet at all. */
enum sf_status sf_sdp_line_parse(struct sf_sdp_line *out, struct sf_bytes in,
    struct sf_diag *d) SF_MUST_USE;

#endif
