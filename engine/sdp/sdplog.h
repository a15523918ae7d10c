/*
 * sdplog.h - session descriptions found in the lines of a log: in one line with
 * their line ends escaped, as JSON and consoles have them, or line by line, with
 * or without what the log puts in front of each. Other lines may stand between
 * the latter.
 *
 * What is found has a v= and an o= line and at least one m= line.
 */
#ifndef SF_SDPLOG_H
#define SF_SDPLOG_H

#include "parsers/base/bytes.h"

#define SF_SDPLOG_OCTETS ((size_t)256 << 10) /* of one description */
#define SF_SDPLOG_PREFIX 512 /* octets that a log may put in front of a line */

struct sf_sdplog_found {
	struct sf_bytes text; /* lines that end in LF; borrowed for the call */
	uint64_t line;        /* in which it begins, from 1 */
	bool whole;           /* no doubt that its end was seen */
	bool too_large;       /* there is no room for it: text is empty */
};

typedef void sf_sdplog_sink(void *ctx, const struct sf_sdplog_found *f);

/* All zero but for sink and ctx is ready for use. */
struct sf_sdplog {
	sf_sdplog_sink *sink;
	void *ctx;
	uint64_t line;      /* lines so far */
	uint64_t began;     /* the line of the v= */
	bool open, settled; /* settled: at tells where lines begin */
	bool prefixed;
	bool media;
	unsigned strangers; /* lines of others since the last of its own */
	size_t prefix_n, n;
	uint8_t prefix[SF_SDPLOG_PREFIX];
	uint8_t text[SF_SDPLOG_OCTETS];
};

/* The next line, with or without its end. */
void sf_sdplog_line(struct sf_sdplog *l, struct sf_bytes line);

/* No more lines. */
void sf_sdplog_end(struct sf_sdplog *l);

#endif
