/*
 * carried.h - what goes with packets through a file that unwrap writes, so that
 * such a file is judged as what it was made of: parsers/file/carried.h has the
 * octets.
 */
#ifndef SF_CAPTURE_CARRIED_H
#define SF_CAPTURE_CARRIED_H

#include "engine/capture/capture.h"

#define SF_CARRIED_MAX (30 + 5 * SF_VIA_MAX) /* octets of a packet's */

/* Writes what is known of a packet; returns how many octets. number 0: it is
   none of the capture, and records are to be 0. */
size_t sf_carried_put(
    uint8_t out[SF_CARRIED_MAX], uint64_t number, const struct sf_carried *c);

/* The same read back. */
struct sf_carried_read {
	uint64_t number;
	struct sf_carried is;
};

/* False when it is not what sf_carried_put() writes. */
bool sf_carried_take(struct sf_carried_read *out, struct sf_bytes value);

/*
 * The counts of a whole run, but for what the written packets will bring about
 * by themselves; for of those that are of one file.
 */
void sf_carried_count(struct sf_carried_totals *out,
    const struct sf_model *whole, const struct sf_model *written);

/* Adds them to the model of a run over the file that they were in. */
void sf_carried_add(
    struct sf_model *m, const struct sf_carried_totals *totals, uint32_t input);

/* What is known of a file as such, for several that become one. */
void sf_carried_note_file(
    struct sf_carried_totals *out, const struct sf_capture_info *info);

/* Octets of the totals, and these; what is not as it should be is passed over. */
#define SF_CARRIED_TOTALS_OCTETS (8 + 8 * SF_CARRIED_TOTALS)
void sf_carried_totals_put(uint8_t out[SF_CARRIED_TOTALS_OCTETS],
    const struct sf_carried_totals *totals);
void sf_carried_totals_take(struct sf_capture_info *info, struct sf_bytes body);

#endif
