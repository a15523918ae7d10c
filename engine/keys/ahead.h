/*
 * ahead.h - frames opened by the thread that reads, in front of the one that
 * judges, when that one has more to do.
 *
 * To open a frame is a question to a key whose answer depends on nothing
 * else. So it may be asked early: the thread that judges says for each
 * stream which key opened its last frames and where the header was; the
 * reader asks a twin of that key, and notes in the frame's record that it
 * opened. All else stays with the one that judges: it goes through the same
 * keys in the same order, and only where it comes to that key in that place
 * it need not ask again. What the reader did not open counts for nothing. A
 * run comes out the same.
 *
 * sf_ahead_say() is called by the thread that judges, all else by the reader.
 */
#ifndef SF_AHEAD_H
#define SF_AHEAD_H

#include "engine/classify/runs.h"
#include "engine/keys/keys.h"

struct sf_ahead;
struct sf_opener;

/* What was said of a stream. All zero is ready to use. */
struct sf_ahead_said {
	struct sf_placing placing;
	uint32_t ready; /* number of the key */
	bool prefix;
	unsigned frames; /* that opened like this since it was last said */
};

struct sf_ahead *sf_ahead_new(void); /* NULL without memory */
void sf_ahead_free(
    struct sf_ahead *a); /* when no one says more; NULL is fine */

/* A frame of the stream opened with that key, which is keys' last, and with
   o->placing. It is passed on when that is news, and more than one frame. */
void sf_ahead_say(struct sf_ahead *a, struct sf_opener *o, struct sf_keys *keys,
    uint32_t ready, bool prefix);

/* Takes over what was said since the last time. */
void sf_ahead_hear(struct sf_ahead *a);

/* Asks the key of that stream; r->early says what came of it. */
void sf_ahead_open(struct sf_ahead *a, const struct sf_opener *o,
    struct sf_record *r, struct sf_bytes frame);

#endif
