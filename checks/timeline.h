/*
 * timeline.h - the key ids of a call over time: who used which, who changed
 * when, who was on the key of the group, and how long a join or a leave waited
 * for a new key. Facts, made from a model after its end; keys.c judges them.
 */
#ifndef SF_TIMELINE_H
#define SF_TIMELINE_H

#include "checks/kid.h"
#include "checks/result.h"
#include "engine/config/eventfile.h"

struct sf_checks;

/* One stream on the timeline. */
struct sf_track_line {
	const struct sf_stream *stream;
	uint32_t sender;    /* from 1 */
	bool copy;          /* an SFU's copy: it speaks for nobody */
	int64_t present_ns; /* first to last frame under a KID */
	int64_t current_ns; /* of these, on the group's current epoch */
	int64_t behind_ns;  /* longest time on an epoch that was left */
	int64_t ahead_ns;   /* longest time on one before it was the
	                              group's, in this use of a KID; or NULL */
	const struct sf_key_use *ahead;
	bool ahead_alone;        /* it never was the group's */
	uint64_t retired_frames; /* sent on an epoch that the group had left,
	                              later than the grace time; about */
	bool follows;            /* there is a group epoch to compare with */
};

/* Lines of one sender are next to each other. */
struct sf_sender {
	uint32_t id;       /* from 1 */
	unsigned first, n; /* its lines */
	int64_t first_ns, last_ns;
	int64_t apart_ns;   /* most that two of its streams were out of
	                              step over one KID */
	bool never_rotated; /* one KID from first to last */
};

/* A key epoch of the group, from when half of its senders were on it. */
struct sf_epoch {
	uint64_t value; /* low field; or the KID itself */
	int64_t first_ns;
	uint32_t leader;  /* id of the stream that made it half */
	uint32_t starter; /* of the one that came first */
	int64_t started_ns;
};

/* A stream that stayed on what its group had left, for longer than the grace
   time. */
struct sf_lag {
	unsigned line;                       /* index */
	const struct sf_key_use *use, *lead; /* its own; of who moved */
	uint32_t leader;                     /* stream id */
	int64_t ns; /* from the move to its last frame */
};

/* Do the senders move through one epoch together? */
enum sf_group {
	SF_GROUP_NONE,   /* nothing shows it, or each moves on its own */
	SF_GROUP_UNSURE, /* or each on its own: both fit */
	SF_GROUP_EVIDENT /* the capture or the user says so */
};

/* One KID of one sender, over all its streams but copies. */
struct sf_kid_sum {
	uint32_t sender; /* id */
	uint64_t kid, frames;
	int64_t first_ns, last_ns;
};

/* What a sender did after a join or a leave. */
struct sf_reaction {
	uint32_t event;  /* index */
	uint32_t sender; /* id */
	uint32_t stream; /* id of its first stream to change */
	bool changed;
	bool seen_long_enough; /* it went on longer than the limit */
	uint64_t from, to;     /* KIDs */
	int64_t after_ns;      /* from the event to the first new frame */
};

struct sf_timeline {
	struct sf_kid_form form;
	struct sf_track_line *lines;
	unsigned n_lines;
	struct sf_sender *senders;
	unsigned n_senders;
	enum sf_group group;
	struct sf_epoch *epochs; /* in order of time; empty: no group epoch */
	unsigned n_epochs;
	struct sf_lag *lags; /* EVIDENT: they are; UNSURE: they may be */
	unsigned n_lags;
	struct sf_kid_sum *kids; /* by sender, then by first frame */
	unsigned n_kids;
	struct sf_event *events; /* joins and leaves, in order of time */
	unsigned n_events;
	bool inferred; /* events come from the capture itself */
	unsigned outside; /* else: of them, not while a sender was seen */
	struct sf_reaction *reactions;
	unsigned n_reactions;
	uint64_t reactions_left_out; /* there was no room for */
	int64_t first_ns, last_ns;   /* of all senders */
	uint64_t changes;            /* of KIDs, over all lines but copies */
	/* delays from an event to a new KID, over n_delays reactions */
	unsigned n_delays;
	int64_t median_ns, p95_ns, most_ns;
};

/*
 * Made of the model of a finished run. Everything in it lives until
 * sf_timeline_free(). NULL when there is not enough memory. given may be NULL:
 * joins and leaves are then inferred.
 */
struct sf_timeline *sf_timeline_new(const struct sf_checks *k,
    const struct sf_model *m, const struct sf_events *given);

void sf_timeline_free(struct sf_timeline *t); /* NULL is fine */

/* The epoch of the group at a time; NULL before the first. */
const struct sf_epoch *sf_timeline_epoch(
    const struct sf_timeline *t, int64_t ns);

/* Was the KID of this use not yet one of the group's by then? */
bool sf_timeline_is_ahead(
    const struct sf_timeline *t, const struct sf_key_use *u, int64_t ns);

/* The value that a KID has as an epoch of the group. */
uint64_t sf_timeline_value(const struct sf_timeline *t, uint64_t kid);

/*
 * group.c: what the senders have in common, by what they do; sets group, the
 * reading of KIDs, and the epochs under it. False: no memory.
 */
bool sf_timeline_find_group(struct sf_timeline *t, int64_t grace_ns);

/* epochs.c: the epochs under the reading of KIDs that is set. */
bool sf_timeline_make_epochs(struct sf_timeline *t);
bool sf_timeline_has_epoch(const struct sf_timeline *t, uint64_t value);
/* Was the value the group's at the time, give or take the grace time? */
bool sf_timeline_current(
    const struct sf_timeline *t, uint64_t value, int64_t ns, int64_t grace_ns);

/* epochs.c: fills in the epochs, and the lines' times on them. */
bool sf_timeline_find_epochs(struct sf_timeline *t, const struct sf_checks *k);

/* False: every line of the sender is an SFU's copy; it is nobody that joins. */
bool sf_sender_speaks(const struct sf_timeline *t, const struct sf_sender *s);

/* The use of a KID that a stream is in at a time; NULL before the first. */
const struct sf_key_use *sf_key_use_at(const struct sf_stream *s, int64_t ns);

#endif
