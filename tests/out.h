/*
 * out.h - what a writer writes to a stream, as a string.
 */
#ifndef SF_OUT_H
#define SF_OUT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct out {
	FILE *f;
	char *text;
	size_t n;
};

static inline void
out_open(struct out *o)
{
	*o = (struct out){ 0 };
	o->f = open_memstream(&o->text, &o->n);
	assert_non_null(o->f);
}

/* The text, good until out_free(). */
static inline const char *
out_text(struct out *o)
{
	assert_int_equal(fflush(o->f), 0);
	return o->text;
}

static inline void
out_free(struct out *o)
{
	fclose(o->f);
	free(o->text);
}

/* Fails, and shows both, when part is not in text. */
static inline void
out_has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("not there: %s\nin:\n%s", part, text);
}

#endif
