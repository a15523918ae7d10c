/*
 * progress.h - a line on standard error, when that is a terminal and the run
 * takes long.
 */
#ifndef SF_PROGRESS_H
#define SF_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct sf_progress {
	bool wanted;
	bool shown;
	int64_t next_ms; /* when to print again */
};

struct sf_progress sf_progress(bool wanted);
void sf_progress_feed(
    struct sf_progress *p, const char *name, uint64_t packets);

/* Takes the line away. */
void sf_progress_end(struct sf_progress *p);

#endif
