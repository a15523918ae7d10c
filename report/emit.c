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

struct sf_emit
sf_emit_words(FILE *f)
{
	return (struct sf_emit){ .f = f, .words = true, .empty = true };
}

static void
new_line(struct sf_emit *e)
{
	if (e->lines)
		fprintf(e->f, "\n%*s", (int)(2 * e->depth), "");
}

static void
lead_in_words(struct sf_emit *e, const char *key)
{
	if (!e->empty)
		fputs(e->arrays >> e->depth & 1 ? "; " : ", ", e->f);
	e->empty = false;
	if (key == NULL)
		return;
	for (; *key != '\0'; key++)
		fputc(*key == '_' ? ' ' : *key, e->f);
	fputc(' ', e->f);
}

/* What goes in front of a value: a comma, a line, a key. */
static void
lead_in(struct sf_emit *e, const char *key)
{
	if (e->words) {
		lead_in_words(e, key);
		return;
	}
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
	if (!e->words || what == '[')
		fputc(what, e->f);
	e->depth++;
	e->empty = true;
	e->arrays &= ~(1u << e->depth);
	e->arrays |= (uint32_t)(what == '[') << e->depth;
}

void
sf_emit_close(struct sf_emit *e, char what)
{
	bool empty = e->empty;

	e->depth--;
	e->empty = false;
	if (!empty)
		new_line(e);
	if (!e->words || what == '[')
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
	if (e->words)
		return;
	lead_in(e, key);
	fputs("null", e->f);
}

void
sf_emit_bool(struct sf_emit *e, const char *key, bool v)
{
	lead_in(e, key);
	if (e->words)
		fputs(v ? "yes" : "no", e->f);
	else
		fputs(v ? "true" : "false", e->f);
}

void
sf_emit_count(struct sf_emit *e, const char *key, uint64_t v)
{
	lead_in(e, key);
	fprintf(e->f, "%" PRIu64, v);
}

void
sf_emit_signed(struct sf_emit *e, const char *key, int64_t v)
{
	lead_in(e, key);
	fprintf(e->f, "%" PRId64, v);
}

void
sf_emit_u64(struct sf_emit *e, const char *key, uint64_t v)
{
	lead_in(e, key);
	fprintf(e->f, e->words ? "%" PRIu64 : "\"%" PRIu64 "\"", v);
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
	if (!e->words) {
		sf_emit_text(e, key, sf_bytes(v, strlen(v)));
		return;
	}
	lead_in(e, key);
	sf_escape_write(e->f, sf_bytes(v, strlen(v)), SF_ESCAPE_TEXT);
}

void
sf_emit_text(struct sf_emit *e, const char *key, struct sf_bytes v)
{
	lead_in(e, key);
	fputc('"', e->f);
	sf_escape_write(e->f, v, e->words ? SF_ESCAPE_TEXT : SF_ESCAPE_JSON);
	fputc('"', e->f);
}

void
sf_emit_hex(struct sf_emit *e, const char *key, struct sf_bytes v)
{
	lead_in(e, key);
	if (!e->words)
		fputc('"', e->f);
	for (size_t i = 0; i < v.n; i++)
		fprintf(e->f, "%02x", v.p[i]);
	if (!e->words)
		fputc('"', e->f);
}
