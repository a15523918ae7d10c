/*
 * search.h - in which of the formats of ways.c, if any, are these frames?
 */
#ifndef SF_DIALECT_SEARCH_H
#define SF_DIALECT_SEARCH_H

#include "engine/dialect/way.h"

struct sf_way_found {
	const struct sf_way *way;
	size_t start; /* index of the first record of it */
	double
	    bits; /* by which other octets are ruled out, and what was needed */
};

#define SF_WAY_SURE                                                            \
	64 /* bits: the chance that other octets do it, 2^-64, holds
                          for the frames and formats of a whole capture */

/* The complete and undecided among n records in sequence. False: none. */
bool sf_way_search(
    struct sf_way_found *out, const struct sf_record *recs, size_t n);

#endif
