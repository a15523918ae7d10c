/*
 * parts.h - the steps of judging a block of frames, in the order they are
 * taken; classify.c alone calls them from outside.
 */
#ifndef SF_CLASSIFY_PARTS_H
#define SF_CLASSIFY_PARTS_H

#include "engine/classify/classify.h"
#include "engine/classify/stats.h"

#define SF_LEAST_RUN 20 /* frames before "consistent" is said */

/* Frames with a codec's head in the clear that tell, for every setting of Opus
   that was measured, whether what stands behind it is clear too. */
#define SF_ENOUGH_HEAD 100
#define SF_KEPT_BACK   28 /* frames that may be the start of a run, or a row */

/* ---- dialects.c: formats with marks of their own ---- */

/* Marks every frame of the block that is in one. */
void sf_classify_dialects(struct sf_classifier *c);

/* The frame is in the format of those before it, and marked so. */
bool sf_classify_in_dialect(struct sf_classifier *c, struct sf_record *r);

/* A key of such a format opens the frame, which is then marked. */
bool sf_classify_open_dialect(struct sf_classifier *c,
    struct sf_dialect_keys *k, struct sf_record *r, struct sf_bytes frame);

void sf_classify_mark_dialect(struct sf_classifier *c, struct sf_record *r,
    const struct sf_way *way, const struct sf_sight *s);

/* A run of headers was found beside frames in a format whose marks are weak, and
   goes on through these: then they are the run's. */
void sf_classify_give_back(struct sf_classifier *c);

/* ---- walk.c: headers that run on ---- */

/* Marks every frame of the block that belongs to a run of headers. */
void sf_classify_runs(struct sf_classifier *c);

/* Does the frame carry on the run under way? h is its header, on success. */
bool sf_classify_continues(const struct sf_classifier *c,
    const struct sf_record *r, struct sf_run_header *h);

/* The frame has this header; it moves the run only when marked. */
void sf_classify_claim(struct sf_classifier *c, struct sf_record *r,
    const struct sf_run_header *h, enum sf_layout layout);
void sf_classify_mark(struct sf_classifier *c, struct sf_record *r,
    const struct sf_run_header *h);

/* A run found begins with record start: marks it and what runs on from it up to
   record to. Returns how many frames that is. */
unsigned sf_classify_begin(struct sf_classifier *c, struct sf_placing p,
    double pace, unsigned start, unsigned to);

/* The first stretch at or after *from of frames that nothing was said of. */
bool sf_classify_next_open(
    const struct sf_classifier *c, unsigned *from, unsigned *to);

/* Octets of KID that a sender of draft-omara-sframe has, at most: its number. */
#define SF_OMARA_KID 4

/* ---- round.c: counters that start over again and again ---- */

/* Is this, in a header of two octets or more, one of the CTRs of a sender that
   does? h is the header, on success. */
bool sf_classify_goes_round(const struct sf_classifier *c,
    const struct sf_record *r, struct sf_run_header *h);

/* Marks the records from..to, when all of them are of such a sender. */
void sf_classify_mark_round(
    struct sf_classifier *c, unsigned from, unsigned to);

/* ---- search.c: where in the frame the header is ---- */

/* Looks for a run among records from..to and marks its frames; returns how
   many. */
unsigned sf_classify_search(
    struct sf_classifier *c, unsigned from, unsigned to);

/* ---- bodies.c: is what stands behind the headers uniform? ---- */

/* Returns how many frames of the block need not wait for those behind it. */
unsigned sf_classify_bodies(struct sf_classifier *c);

/* ---- ends.c: does ciphertext stop before the frame does? ---- */

/* One frame; it counts when it is of the run. */
void sf_classify_middle(
    struct sf_classifier *c, const struct sf_record *r, struct sf_bytes frame);
/* The last octets of the frames of a block. */
void sf_classify_tails(struct sf_classifier *c,
    const struct sf_bit_counts *tail, const struct sf_nibble_counts *nibbles);
/* Is there an octet among them that never changes, and is not zero, or may be? */
bool sf_classify_has_mark(const struct sf_bit_counts *tail, bool zero);
/* No more frames. */
void sf_classify_middles(struct sf_classifier *c);

/* ---- heads.c: media, or what is left of it in front of ciphertext? ---- */

/* One frame more that begins as Opus does, and is in the clear. */
void sf_classify_count_head(
    struct sf_classifier *c, const struct sf_record *r);

/* All those frames, enough of them, end as evenly as ciphertext does and no media
   of as many. */
bool sf_classify_only_heads(const struct sf_classifier *c);

/* ---- outside.c: frames that belong to no run ---- */

/* Judges them; returns how many frames of the block are ready to go. */
unsigned sf_classify_open(struct sf_classifier *c);

/* Does the stream protect whole frames at other times? */
bool sf_classify_whole(const struct sf_classifier *c);

/* What is known of the stream, for sf_clear_judge(). */
struct sf_clear_stream sf_classify_known(
    const struct sf_classifier *c, bool whole);

/* ---- amid.c: media amid frames that no format explains ---- */

/* Of the open records from..to, those a..b are media, and the others uniform; f
   is what was found of the former. */
bool sf_classify_amid(const struct sf_classifier *c, unsigned from,
    unsigned to, unsigned *a, unsigned *b, struct sf_clear_found *f);

/* ---- alone.c: a frame or a few amid a run ---- */

/* Does it begin with the KID of the run, in octets of its own, or with what is
   left of them? Then it is the run's frame, cut short. */
bool sf_classify_begins_as_run(
    const struct sf_classifier *c, const struct sf_record *r);

/* Does the run go on, under the same key, behind the open records from..to? */
bool sf_classify_enclosed(
    const struct sf_classifier *c, unsigned from, unsigned to);

/* The records from..to are the stream's first or its last, behind the octets of a
   codec there is a run, and they have no header where that has it. */
bool sf_classify_outermost(
    const struct sf_classifier *c, unsigned from, unsigned to);

/* Such records, few of them, are media beyond what is likely by chance. */
bool sf_classify_alone(struct sf_classifier *c, unsigned from, unsigned to);

/* Its codec's rules are kept; an Opus frame tells its duration, and the next one
   comes then. */
bool sf_classify_looks_clear(
    const struct sf_classifier *c, const struct sf_record *r);

/* The open records from..to have headers that lie between those around them: marks
   them. */
bool sf_classify_bridge(struct sf_classifier *c, unsigned from, unsigned to);

/* Do keys open this stream's frames? */
bool sf_classify_keyed(const struct sf_classifier *c);

/* Amid a run: one that is of nothing known. */
bool sf_classify_stranger(
    const struct sf_classifier *c, const struct sf_record *r);

/* One that looks like media and cannot be proven. */
bool sf_classify_stray(
    const struct sf_classifier *c, const struct sf_record *r, bool enclosed);

/* ---- emit.c: a frame that is judged leaves ---- */

void sf_classify_emit(struct sf_classifier *c, struct sf_classify_run *run,
    const struct sf_record *r);

/* What a CTR is unique in: the key itself where it is known, else the KID. */
uint64_t sf_classify_scope(const struct sf_record *r, uint64_t kid);

/* ---- protect.c: the stream ---- */

void sf_classify_protect(struct sf_classifier *c);

/* The codec of the frames that are judged. */
static inline enum sf_codec
sf_classify_codec(const struct sf_classifier *c)
{
	return c->original != NULL ? c->codec : c->pub->codec;
}

/* Companded samples show in every octet. */
static inline bool
sf_codec_is_samples(enum sf_codec codec)
{
	return codec == SF_CODEC_PCMU || codec == SF_CODEC_PCMA ||
	       codec == SF_CODEC_G722;
}

static inline void
sf_keep_least(double *least, double p)
{
	if (p < *least)
		*least = p;
}

#endif
