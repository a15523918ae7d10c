/*
 * line.h - a line that is put together, in memory that grows.
 */
#ifndef SF_SHIM_PUT_H
#define SF_SHIM_PUT_H

#include "parsers/base/bytes.h"

/* All zero is ready to use. */
struct sf_line {
	char *p;
	size_t n, room;
	bool failed; /* there was no memory: what is there is not all */
};

void sf_line_free(struct sf_line *t);
void sf_line_clear(struct sf_line *t); /* keeps its memory */
void sf_line_put(struct sf_line *t, const char *s);
void sf_line_octets(struct sf_line *t, struct sf_bytes b); /* as they are */
void sf_line_number(struct sf_line *t, uint64_t v);
void sf_line_hex(struct sf_line *t, struct sf_bytes b); /* "-" for none */

/* " key=" and a value */
void sf_line_word(struct sf_line *t, const char *key, const char *value);
void sf_line_word_number(struct sf_line *t, const char *key, uint64_t v);
void sf_line_word_hex(struct sf_line *t, const char *key, struct sf_bytes b);

#endif
