/*
 * compare_parts.h - what the steps of a comparison share: tables of notes, and
 * the work under way.
 */
#ifndef SF_COMPARE_PARTS_H
#define SF_COMPARE_PARTS_H

#include "checks/compare.h"

#define SF_COMPARE_WALK 256 /* notes of one chain that are looked at */

typedef uint64_t sf_note_key(const struct sf_note *n);

struct sf_note_table {
	uint32_t *heads; /* index + 1 */
	size_t mask;
	struct sf_note *notes;
};

sf_note_key sf_note_by_content, sf_note_by_counter, sf_note_by_timestamp;
/* Of a frame of B: as the stream of A that it came from would have it. */
sf_note_key sf_note_by_a_timestamp;

/* Chains are in the order of the notes. Those without wanted are left out. */
bool sf_compare_table(struct sf_note_table *t, struct sf_side *s,
    sf_note_key *key, bool (*wanted)(const struct sf_note *));

/* A stream of A, and how far a stream of B that shows it is ahead in time. */
struct sf_source {
	uint32_t stream; /* id, 0: none */
	uint32_t shift;
};

struct sf_compare_work {
	struct sf_side *a, *b;
	struct sf_comparison *out;
	const struct sf_stream **a_streams, **b_streams; /* by id - 1 */
	uint32_t *row_of_a, *row_of_b; /* row + 1 of a stream; by id - 1 */
	uint32_t *votes;     /* [a][b]: frames of a seen in b; NULL: too many */
	uint32_t *map;       /* of a stream of B: id of the one of A, 0: none */
	uint32_t *offset;    /* its timestamp less that of A */
	uint32_t *offset_of; /* id of the stream of A that it was told for */
	bool *by_time;       /* by no frame that is equal */
	int64_t *delay;      /* then: the time of B less that of A, the median */
	bool *barred;        /* [a][b]: not the same stream, whatever is equal;
	                        NULL: too many */
	bool apart;          /* two calls, as far as anyone can tell */
	struct sf_source *now; /* of a stream of B, while notes are walked */
};

/* Where a frame of B would stand in the stream of A that it came from. */
static inline uint32_t
sf_note_a_timestamp(const struct sf_note *b)
{
	return b->timestamp - b->shift;
}

/* The clock of B less that of A, with the way between them, at a time of A. */
int64_t sf_compare_offset_at(const struct sf_comparison *c, int64_t a_ns);

/* A stream of media, no repair. */
bool sf_compare_media(const struct sf_stream *s);
/* Is there a stream of this kind, of some frames, at each side? */
bool sf_compare_in_both(const struct sf_compare_work *w, enum sf_kind kind);

/* Of a note: it counts; of these, nothing was found for it; likewise, with a
   header; it counts and is incomplete; it is no media in the clear. */
bool sf_note_whole(const struct sf_note *n);
bool sf_note_left(const struct sf_note *n);
bool sf_note_left_with_header(const struct sf_note *n);
bool sf_note_incomplete(const struct sf_note *n);
bool sf_note_protected(const struct sf_note *n);

/* Were the two streams found not to be the same? By their ids. */
static inline bool
sf_compare_barred(
    const struct sf_compare_work *w, uint32_t a_id, uint32_t b_id)
{
	size_t nb = w->b->model->n_streams;

	return w->apart ||
	       (w->barred != NULL && w->barred[(a_id - 1) * nb + b_id - 1]);
}

/* ---- compare_fit.c: lengths ---- */

#define SF_FIT_FRAMES  48
#define SF_FIT_SOURCES 256

/* The first frames of a stream of B that nothing was found for, and those of A
   that they may be. */
struct sf_fit_frames {
	const struct sf_note *a[SF_FIT_SOURCES], *b[SF_FIT_FRAMES];
	size_t na, nb;
};

/* How frames fit at one distance of timestamps. */
struct sf_fit {
	unsigned alike;     /* lengths differ by the same, about: encryption adds
	                       as much to every frame */
	unsigned exactly;   /* likewise, but for one octet */
	unsigned counters;  /* KID and CTR are the same */
	unsigned decrypted; /* protected, then clear and shorter by as much as
	                       protection adds */
};

/* How much later than at A a frame is to be at B, if that is known. */
struct sf_fit_when {
	bool known;
	int64_t ns, within;
};

int sf_compare_by_value(const void *left, const void *right); /* int64_t */

/* The most of these that are as large, give or take. Sorts them. */
unsigned sf_fit_alike(int64_t *v, unsigned n, int64_t slack);

struct sf_fit sf_fit_at(const struct sf_fit_frames *l, uint32_t off);

/* By how much later those of B are, the median. */
int64_t sf_fit_delay(const struct sf_fit_frames *l, uint32_t off);

/* No frame of the two is equal: the distance at which most fit, and how many. */
unsigned sf_fit_best(const struct sf_fit_frames *l,
    const struct sf_fit_when *when, uint32_t *offset);

/* Do they fit at other distances about as well? */
bool sf_fit_comes_round(const struct sf_fit_frames *l, uint32_t off);

/* Is each early or late when that of A is, or of its leg that is known? */
enum sf_fit_along {
	SF_FIT_APART,
	SF_FIT_EVEN, /* all come as by the clock: nothing can be told */
	SF_FIT_ALONG
};

/* Of A where notes_of_b is NULL. */
enum sf_fit_along sf_fit_along(const struct sf_fit_frames *l, uint32_t off,
    const struct sf_note *notes_of_b);

/* Do so many fit that it is no chance? */
bool sf_fit_is_no_chance(const struct sf_fit_frames *l, unsigned fit);

/* The steps, in this order. False without memory. */
bool sf_compare_equal(struct sf_compare_work *w);
bool sf_compare_delays(struct sf_compare_work *w);
void sf_compare_streams(struct sf_compare_work *w);
bool sf_compare_altered(struct sf_compare_work *w);
/* What was taken for one stream and is not is barred, and *more is true: then
   all of the above is to be done once more. */
bool sf_compare_doubt(struct sf_compare_work *w, bool *more);
bool sf_compare_again(struct sf_compare_work *w);
bool sf_compare_rows(struct sf_compare_work *w);
bool sf_compare_count(struct sf_compare_work *w);

/* Of which stream of A each frame of B is, by what is known of the frames before
   it in its stream, or of those behind. */
void sf_compare_sources(struct sf_compare_work *w, bool forward);

/* Does A retransmit packets of this stream with other octets, by itself? */
bool sf_compare_differs_at_a(const struct sf_compare_work *w, uint32_t a_id);

/* Is the stream of A seen in the one of B? By their ids. */
bool sf_compare_carries(
    const struct sf_compare_work *w, uint32_t a_id, uint32_t b_id);

/* Frames that came through, by stream of B and time at A. */
struct sf_turn {
	uint32_t b_id, a_id;
	int64_t a_ns;
};

struct sf_turns {
	struct sf_turn *frames;
	size_t n;
};

bool sf_turns_init(struct sf_turns *s, const struct sf_compare_work *w);

/* When this frame of A was sent, did that stream of B show another stream, before
   or behind it? */
bool sf_turns_other(
    const struct sf_turns *s, const struct sf_note *a, uint32_t b_id);

void sf_turns_wipe(struct sf_turns *s);

#endif
