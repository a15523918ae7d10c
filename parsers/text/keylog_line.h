/*
 * keylog_line.h - one line of a log of TLS secrets, as NSS began it
 * (draft-ietf-tls-keylogfile 2). Call again on payload until that is empty.
 */
#ifndef SF_KEYLOG_LINE_H
#define SF_KEYLOG_LINE_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

/* A comment, an empty line and one that has not three words have no label. */
struct sf_keylog_line {
	struct sf_bytes label;
	struct sf_bytes random;  /* hexadecimal digits, as written */
	struct sf_bytes secret;  /* likewise */
	struct sf_bytes payload; /* the lines that follow */
};

/* SF_SHORT when there is no octet at all. */
enum sf_status sf_keylog_line_parse(struct sf_keylog_line *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

#endif
