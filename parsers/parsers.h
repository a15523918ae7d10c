/*
 * parsers.h - every parser of parsers.def as a row of one table, for those
 * who run them by name: the fuzz targets, the tests, `list parsers`.
 */
#ifndef SF_PARSERS_H
#define SF_PARSERS_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

struct sf_parser {
	const char *name; /* as in sf_<name>_parse */
	/* Parses in. On SF_OK *payload is what was not read; else untouched. */
	enum sf_status (*run)(struct sf_bytes in, struct sf_bytes *payload,
	    struct sf_diag *d) SF_MUST_USE;
	const char *reads; /* a few words */
	const char *ref;   /* the document and section */
};

/* In the order of parsers.def; a row whose name is NULL ends the table. */
extern const struct sf_parser sf_parsers[];

/* The row of that name, or NULL. */
const struct sf_parser *sf_parsers_find(const char *name);

#endif
