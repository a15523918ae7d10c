/*
 * tail.h - formats that put what they have to say behind the ciphertext are
 * read from there: a cursor that stands n octets before the end.
 */
#ifndef SF_SFRAME_TAIL_H
#define SF_SFRAME_TAIL_H

#include "parsers/base/cursor.h"

/* Comes up short, at the end, when there are fewer than n. */
static inline struct sf_cursor
sf_cursor_tail(struct sf_bytes in, size_t n)
{
	struct sf_cursor c = sf_cursor(in);

	c.at = in.n < n ? in.n : in.n - n;
	c.missing = in.n < n ? n - in.n : 0;
	return c;
}

#endif
