/*
 * log_sdp.h - a session description (RFC 8866) that begins in a line of a log:
 * all of it with its line ends escaped, or its first line.
 *
 *	{"type":"offer","sdp":"v=0\r\no=- 46 2 IN IP4 127.0.0.1\r\n..."}
 *	"value": "{\"type\":\"offer\",\"sdp\":\"v=0\\r\\no=- 46 2 IN ..."
 *	  sdp: 'v=0\r\n' +
 *	[22514:22555:1122/194144.840695:INFO:CONSOLE:12] "v=0
 *
 * Call again on payload: another may follow in the same line.
 */
#ifndef SF_LOG_SDP_H
#define SF_LOG_SDP_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

enum sf_log_sdp_form {
	SF_LOG_SDP_ESCAPED, /* the line holds all of it */
	SF_LOG_SDP_LINES    /* it goes on in the lines that follow */
};

struct sf_log_sdp {
	enum sf_log_sdp_form form;
	struct sf_bytes before; /* what stands in front of it in the line */
	struct sf_bytes text;   /* from v=0 on, escapes and all */
	bool whole; /* ESCAPED: it ends where its string ends, or in a line end;
	                   else the line was cut */
	struct sf_bytes payload; /* the rest of the line */
};

/* in is one line. SF_MALFORMED when no description begins in it. */
enum sf_status sf_log_sdp_parse(
    struct sf_log_sdp *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

/* Length of an escaped line end (\r\n, \n, the same with more backslashes, or
 * written 000d and 000a behind \u) that stands at that place; 0: none. */
size_t sf_log_sdp_line_end(struct sf_bytes in, size_t at);

/* text without its escapes, a line feed behind each line; to has room for
 * text.n octets. Returns how many it wrote. */
size_t sf_log_sdp_decode(struct sf_bytes text, uint8_t *to);

#endif
