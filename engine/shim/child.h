/*
 * child.h - somebody's program that answers lines with lines, and is not
 * trusted: it may say anything, nothing, too much, or die.
 *
 * No shell. A process group of its own. Its three streams are served from one
 * poll loop, so that neither side can wait for the other for ever.
 */
#ifndef SF_CHILD_H
#define SF_CHILD_H

#include <sys/types.h>

#include "parsers/base/bytes.h"

#define SF_CHILD_LINE  ((size_t)64 << 20) /* octets of a reply at most */
#define SF_CHILD_ERROR 4096               /* octets of standard error kept */

/* Octets of memory in use at which it is ended, whatever its own limit: the
   machine is ours. */
#define SF_CHILD_MEMORY 2147483648u

/* What became of a request. */
enum sf_child_end {
	SF_CHILD_OK,
	SF_CHILD_EXITED, /* code is its exit status */
	SF_CHILD_KILLED, /* code is the signal */
	SF_CHILD_CLOSED, /* it closed its output and lives on */
	SF_CHILD_TIMEOUT,
	SF_CHILD_TOO_BIG,  /* it took SF_CHILD_MEMORY */
	SF_CHILD_TOO_LONG, /* a line beyond SF_CHILD_LINE */
	SF_CHILD_UNASKED,  /* it spoke before it was asked */
	SF_CHILD_NO_START, /* code is the errno of exec, or of ours */
	SF_CHILD_OURS      /* no memory, or a system call failed */
};

/* All zero is one that does not run. */
struct sf_child {
	pid_t pid; /* 0: none */
	int in, out, err;
	char *line; /* what it said and was not used yet */
	size_t n, room, used;
	char error[SF_CHILD_ERROR]; /* the end of its standard error */
	size_t n_error;
	uint64_t error_octets; /* that there were in all */
	int code;
};

/* memory is a limit on its address space in octets, 0 for none. */
enum sf_child_end sf_child_start(
    struct sf_child *c, char *const argv[], uint64_t memory);

/*
 * Sends a line, which has its end, and waits for one. The reply, without its
 * end, stays good until the next call. On any other outcome than OK the
 * program has ended, or is ended here.
 */
enum sf_child_end sf_child_ask(struct sf_child *c, struct sf_bytes line,
    unsigned milliseconds, struct sf_bytes *reply);

/* The same of n lines that are sent without waiting: the reply is n lines. */
enum sf_child_end sf_child_ask_many(struct sf_child *c, struct sf_bytes lines,
    size_t n, unsigned milliseconds, struct sf_bytes *reply);

/* Ends it, and all that it has started; nothing to do when none runs. What it
   said on standard error stays. */
void sf_child_stop(struct sf_child *c);

void sf_child_free(struct sf_child *c);

/* Milliseconds of a clock that only goes forward. */
int64_t sf_child_now(void);

/* Octets of memory that it has now, and 0 when nobody knows. */
uint64_t sf_child_memory(const struct sf_child *c);

#endif
