/*
 * handoff.h - frames from the thread that reads packets to one that judges
 * them. Opening a frame costs more than all else that is done for it, so with
 * keys the two go on side by side.
 *
 * Frames are judged one after the other, in the order in which they were
 * given: a run comes out the same with the thread and without it. What belongs
 * to whom: everything behind sf_classify_frame() (classifiers, events, checks)
 * is the judging thread's until sf_handoff_end(); everything in front of it
 * stays with the reader.
 */
#ifndef SF_HANDOFF_H
#define SF_HANDOFF_H

#include "engine/base/arena.h"
#include "engine/classify/classify.h"

struct sf_handoff;

/* Of the arena, for frames of up to frame_octets. */
size_t sf_handoff_octets(size_t frame_octets);

/*
 * Starts the thread. NULL when the arena is too small or the system has no
 * thread to give: frames are then to be judged where they are made.
 */
struct sf_handoff *sf_handoff_start(
    struct sf_arena *a, size_t frame_octets, struct sf_classify_run *run);

/* Copies the frame, waiting for room where there is none. */
void sf_handoff_give(struct sf_handoff *h, struct sf_classifier *to,
    const struct sf_frame *frame);

/* Returns when all that was given has been judged, and nothing is for now. */
void sf_handoff_wait(struct sf_handoff *h);

/* Returns when all that was given has been judged; the thread is gone then. A
   second call, and one with NULL, does nothing. */
void sf_handoff_end(struct sf_handoff *h);

#endif
