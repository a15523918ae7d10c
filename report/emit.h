/*
 * emit.h - writes JSON (RFC 8259) to a stream, a value at a time.
 *
 * Why not a library's tree: a report can be large, and a tree of it would cost
 * memory that no limit of the run covers; and the same input must give the
 * same bytes, with 64-bit numbers exact. This keeps a depth and a flag.
 *
 * The same calls can write words for a person, on one line: members with commas
 * between, elements of arrays with semicolons, and what is null not at all.
 *
 * In an object every value has a key, in an array the key is NULL. Keys are
 * ours and go out as they are; values are escaped. Indented output has the
 * shape of `jq .`.
 */
#ifndef SF_EMIT_H
#define SF_EMIT_H

#include <stdio.h>

#include "parsers/base/bytes.h"

struct sf_emit {
	FILE *f;
	bool lines;      /* an indented document, else all on one line */
	bool words;      /* no JSON: words */
	uint32_t arrays; /* words: bit n, depth n is an array */
	unsigned depth;
	bool empty; /* nothing yet at this depth */
};

struct sf_emit sf_emit(FILE *f, bool lines);
struct sf_emit sf_emit_words(FILE *f);

/* what is '{' or '['; every open has its close, of the same kind. */
void sf_emit_open(struct sf_emit *e, const char *key, char what);
void sf_emit_close(struct sf_emit *e, char what);

/* Ends the document or line. Returns false when the stream took an error. */
bool sf_emit_end(struct sf_emit *e);

void sf_emit_null(struct sf_emit *e, const char *key);
void sf_emit_bool(struct sf_emit *e, const char *key, bool v);
void sf_emit_count(struct sf_emit *e, const char *key, uint64_t v);

void sf_emit_signed(struct sf_emit *e, const char *key, int64_t v);

/* A decimal string, for what may be above 2^53. */
void sf_emit_u64(struct sf_emit *e, const char *key, uint64_t v);

/* Six digits. Not a number becomes 0, infinity the largest double. */
void sf_emit_double(struct sf_emit *e, const char *key, double v);

/* NULL becomes null. */
void sf_emit_string(struct sf_emit *e, const char *key, const char *v);
/* Octets of a capture, which may hold anything. */
void sf_emit_text(struct sf_emit *e, const char *key, struct sf_bytes v);
void sf_emit_hex(struct sf_emit *e, const char *key, struct sf_bytes v);

#endif
