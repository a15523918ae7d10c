/*
 * check.h - files of test vectors through this program, and what came of it.
 */
#ifndef SF_VECTORS_CHECK_H
#define SF_VECTORS_CHECK_H

#include <stdio.h>

#include "engine/vectors/vector_run.h"
#include "report/emit.h"

struct sf_vectors_check {
	const struct sf_crypto *crypto;
	FILE *f;
	bool json;
	struct sf_emit e;
	size_t files, unreadable, tests, failed;
};

/* Begins and ends the report. End returns false when the stream failed. */
void sf_vectors_begin(struct sf_vectors_check *c);
bool sf_vectors_end(struct sf_vectors_check *c);

/* All tests of a file. */
void sf_vectors_file(struct sf_vectors_check *c, const char *name,
    const struct sf_vectorfile *file);

/* A file that could not be read: where in it, "" for the whole, and why. */
void sf_vectors_unreadable(struct sf_vectors_check *c, const char *name,
    const char *place, const char *cause);

#endif
