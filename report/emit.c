/*
 * emit.c - writes JSON to a stream, a value at a time.
 *
 * Errors of the stream stick to it and are asked for once, at the end.
 */
#include "report/emit.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "report/escape.h"

struct sf_emit
sf_emit(FILE *f, bool lines)
{
	return (struct sf_emit){ .f = f, .lines = lines, .empty = true };
}

static void
new_line(struct sf_emit *e)
{
	if (e->lines)
		fprintf(e->f, "\n%*s", (int)(2 * e->depth), "");
}

/* What goes in front of a value: a comma, a line, a key. */
static void
lead_in(struct sf_emit *e, const char *key)
{
	if (!e->empty)
		fputs(e->lines ? "," : ", ", e->f);
	if (e->depth > 0)
		new_line(e);
	e->empty = false;
	if (key != NULL)
		fprintf(e->f, "\"%s\": ", key);
}

void
sf_emit_open(struct sf_emit *e, const char *key, char what)
{
	lead_in(e, key);
	fputc(what, e->f);
	e->depth++;
	e->empty = true;
}

void
sf_emit_close(struct sf_emit *e, char what)
{
	bool empty = e->empty;

	e->depth--;
	e->empty = false;
	if (!empty)
		new_line(e);
	fputc(what == '{' ? '}' : ']', e->f);
}

bool
sf_emit_end(struct sf_emit *e)
{
	e->empty = true;
	fputc('\n', e->f);
	return !ferror(e->f);
}

void
sf_emit_null(struct sf_emit *e, const char *key)
{
	lead_in(e, key);
	fputs("null", e->f);
}

void
sf_emit_bool(struct sf_emit *e, const char *key, bool v)
{
	lead_in(e, key);
	fputs(v ? "true" : "false", e->f);
}

void
sf_emit_count(struct sf_emit *e, const char *key, uint64_t v)
{
	lead_in(e, key);
	fprintf(e->f, "%" PRIu64, v);
}

void
sf_emit_u64(struct sf_emit *e, const char *key, uint64_t v)
{
	lead_in(e, key);
	fprintf(e->f, "\"%" PRIu64 "\"", v);
}

void
sf_emit_double(struct sf_emit *e, const char *key, double v)
{
	if (isnan(v) || v == 0)
		v = 0;
	else if (isinf(v))
		v = v > 0 ? DBL_MAX : -DBL_MAX;
	lead_in(e, key);
	/* %.6g would round the largest double up to one that does not exist */
	fprintf(e->f, fabs(v) == DBL_MAX ? "%.17g" : "%.6g", v);
}

void
sf_emit_string(struct sf_emit *e, const char *key, const char *v)
{
	if (v == NULL) {
		sf_emit_null(e, key);
		return;
	}
	lead_in(e, key);
	fputc('"', e->f);
	sf_escape_write(e->f, sf_bytes(v, strlen(v)), SF_ESCAPE_JSON);
	fputc('"', e->f);
}

void
sf_emit_hex(struct sf_emit *e, const char *key, struct sf_bytes v)
{
	lead_in(e, key);
	fputc('"', e->f);
	for (size_t i = 0; i < v.n; i++)
		fprintf(e->f, "%02x", v.p[i]);
	fputc('"', e->f);
}
