/*
 * vector_run.h - one test vector through this program, both ways where there
 * are two.
 */
#ifndef SF_VECTOR_RUN_H
#define SF_VECTOR_RUN_H

#include "engine/vectors/vectorfile.h"

enum sf_vector_how {
	SF_VECTOR_HOLDS,
	SF_VECTOR_DIFFERS, /* field differs from octet at on */
	SF_VECTOR_LENGTH,  /* field has got octets, not want */
	SF_VECTOR_NUMBER,  /* field is got, not want */
	SF_VECTOR_REFUSED, /* refused for field, and has to be taken */
	SF_VECTOR_TAKEN,   /* taken, and has to be refused */
	SF_VECTOR_BROKEN   /* the cryptographic library failed */
};

struct sf_vector_outcome {
	enum sf_vector_how how;
	enum sf_vector_field field;
	size_t at;
	uint64_t got, want;
	const char *list; /* "steps", "epochs" or "frames", else NULL; static */
	size_t index;     /* in that */
};

struct sf_vector_outcome sf_vector_run(const struct sf_crypto *c,
    const struct sf_vectorfile *file, const struct sf_vector_group *group,
    const struct sf_vector_case *test);

/* What this program chose, in the words of the policy: "accept"; static. */
const char *sf_vector_choice(enum sf_vector_policy p);

/* Whether a test of that policy has to succeed here. */
bool sf_vector_accepts(enum sf_vector_policy p);

#endif
