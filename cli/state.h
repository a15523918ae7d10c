/*
 * state.h - the file of --state: what earlier captures used, kept between runs.
 * One run at a time has it (FILE.lock); it is replaced as a whole or not at
 * all.
 */
#ifndef SF_CLI_STATE_H
#define SF_CLI_STATE_H

#include "checks/state.h"
#include "cli/exit.h"

struct sf_state_file {
	struct sf_ledger *state; /* NULL without --state */
	const char *name;        /* as it was given */
	char *path;              /* of the file itself, behind any links */
	int lock;               /* descriptor; -1: none */
};

/* Waits for the lock and reads. A symbolic link stays one: the file behind it
   is the state, and has the lock beside it. A file that is not there yet is empty. On any
   outcome but SF_EXIT_OK it has told why. To be closed in either case. */
enum sf_exit sf_state_open(
    struct sf_state_file *f, const char *name) SF_MUST_USE;

/* Writes beside the file, and puts that in its place. False: told why. */
bool sf_state_save(const struct sf_state_file *f) SF_MUST_USE;

void sf_state_close(struct sf_state_file *f);

#endif
