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

/* Chains are in the order of the notes. Those without wanted are left out. */
bool sf_compare_table(struct sf_note_table *t, struct sf_side *s,
    sf_note_key *key, bool (*wanted)(const struct sf_note *));

struct sf_compare_work {
	struct sf_side *a, *b;
	struct sf_comparison *out;
	const struct sf_stream **a_streams, **b_streams; /* by id - 1 */
	uint32_t *row_of_a, *row_of_b; /* row + 1 of a stream; by id - 1 */
	uint32_t *votes;     /* [a][b]: frames of a seen in b; NULL: too many */
	uint32_t *map;       /* of a stream of B: id of the one of A, 0: none */
	uint32_t *offset;    /* its timestamp less that of A */
	uint32_t *offset_of; /* id of the stream of A that it was told for */
};

/* A stream of media, no repair. */
bool sf_compare_media(const struct sf_stream *s);

/* Of a note: it counts; of these, nothing was found for it; likewise, with a
   header; it counts and is incomplete; it is no media in the clear. */
bool sf_note_whole(const struct sf_note *n);
bool sf_note_left(const struct sf_note *n);
bool sf_note_left_with_header(const struct sf_note *n);
bool sf_note_incomplete(const struct sf_note *n);
bool sf_note_protected(const struct sf_note *n);

/* The steps, in this order. False without memory. */
bool sf_compare_equal(struct sf_compare_work *w);
bool sf_compare_delays(struct sf_compare_work *w);
void sf_compare_streams(struct sf_compare_work *w);
bool sf_compare_altered(struct sf_compare_work *w);
void sf_compare_rows(struct sf_compare_work *w);
bool sf_compare_count(struct sf_compare_work *w);

#endif
