/*
 * exit.h - the exit statuses. Scripts depend on them; they are never changed.
 */
#ifndef SF_EXIT_H
#define SF_EXIT_H

enum sf_exit {
	SF_EXIT_OK = 0,       /* looked at, nothing at or above --fail-on */
	SF_EXIT_FINDINGS = 1, /* findings, or something that does not conform */
	SF_EXIT_USAGE = 2,    /* wrong use */
	SF_EXIT_INPUT = 3,    /* an input could not be read */
	SF_EXIT_INCONCLUSIVE = 4, /* nothing that could be decided */
	SF_EXIT_INTERNAL = 5      /* a limit, or a failure of ours */
};

#endif
