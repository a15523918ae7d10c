/*
 * fuzz_parts.h - what fuzz.c, fuzz_make.c and fuzz_play.c share.
 */
#ifndef SF_CONFORM_FUZZ_PARTS_H
#define SF_CONFORM_FUZZ_PARTS_H

#include "cli/conform/conform.h"
#include "engine/shim/serve.h"
#include "parsers/text/shim_line.h"

#define STEPS 24
#define STEP  5200 /* octets of a request */

struct sf_fuzz_step {
	char text[STEP];
	bool open_choice; /* the documents let it be taken or refused */
	bool may_refuse;  /* a size that nobody has to take; a forgery is one */
};

struct sf_fuzz_script {
	unsigned n;
	struct sf_fuzz_step steps[STEPS];
};

/* One side: our library, or a program. */
struct sf_fuzz_side {
	const char *name;
	struct sf_serve *ours;
	struct sf_child *child;
	char *const *argv;
	bool greeted;
};

enum sf_fuzz_kind {
	SF_FUZZ_SAME,
	SF_FUZZ_CRASH,
	SF_FUZZ_HANG,
	SF_FUZZ_NOT_A_REPLY,
	SF_FUZZ_CAUGHT,
	SF_FUZZ_TOOK,    /* what the other refuses */
	SF_FUZZ_REFUSED, /* what the other takes */
	SF_FUZZ_OTHER,   /* octets or numbers */
	SF_FUZZ_GREW     /* memory, script after script */
};

/* "took"; static. */
const char *sf_fuzz_kind_name(enum sf_fuzz_kind k);

struct sf_fuzz_found {
	enum sf_fuzz_kind kind;
	bool by_other; /* it is the other side that did this */
	char verb[24], detail[160];
};

struct sf_fuzz_answer {
	enum sf_fuzz_kind end; /* SF_FUZZ_SAME: there is a reply */
	struct sf_shim_line l; /* good until this side is asked again */
	char detail[120];
};

struct sf_fuzz {
	const struct sf_conform *run;
	struct sf_trial *t;       /* numbers, and frames of ours */
	struct sf_fuzz_side a, b; /* the one under test; and beside it */
	uint64_t scripts, steps, id;
	struct sf_line line;
	unsigned patience; /* milliseconds for a reply */
	bool removes;      /* both declare rmkey */
	unsigned n_keys;   /* that a context of both takes */
	unsigned bases;    /* bit i: base keys of 16 * (i + 1) octets */
};

/* One request, without its id. */
struct sf_fuzz_answer sf_fuzz_ask(
    struct sf_fuzz *f, struct sf_fuzz_side *s, const char *text);
/* There is a reply, with this status. */
bool sf_fuzz_is(const struct sf_fuzz_answer *a, const char *status);
/* The same octets, in letters of any case. */
bool sf_fuzz_same(struct sf_bytes x, struct sf_bytes y);
/* "ok", or "no (auth)", or "crash" */
void sf_fuzz_say(const struct sf_fuzz_answer *a, char *out, size_t room);

/* Finds out what keys both take, where no document says it. */
void sf_fuzz_bounds(struct sf_fuzz *f, struct sf_fuzz_script *s);
/* A script of frames, most of them genuine, and of other requests. */
void sf_fuzz_make(struct sf_fuzz *f, struct sf_fuzz_script *s);

/* Both sides, step by step, up to the first difference; at is how many steps
   that took. */
struct sf_fuzz_found sf_fuzz_play(
    struct sf_fuzz *f, const struct sf_fuzz_script *s, unsigned *at);

/* Ends both, so that the next request goes to new processes. */
void sf_fuzz_stop(struct sf_fuzz *f);

/* Makes a script smaller while it shows the same. */
void sf_fuzz_shrink(
    struct sf_fuzz *f, struct sf_fuzz_script *s, const struct sf_fuzz_found *w);

/* Octets of memory that a script leaves behind each time, in a process of its
   own; 0 when that is none to speak of. */
uint64_t sf_fuzz_leak(struct sf_fuzz *f, const struct sf_fuzz_script *s);

#endif
