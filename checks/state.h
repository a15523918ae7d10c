/*
 * state.h - which keys were used up to which counter in the captures of before,
 * so that a counter that starts again tomorrow is found. No key is kept: a use
 * is known by the fingerprint of its key, or without keys by its KID and a hash
 * of its endpoint. Which counters it had is kept as ranges, and some of them (a
 * thousand, spread by a hash; of a short use all) with a hash of their frame:
 * equal hashes are the same frames seen again, and no reuse.
 *
 * As text: "sframe-tool/state/v1", then a line for each fact:
 *   trimmed N
 *   use FINGERPRINT KID ENDPOINT LOW HIGH TIME
 *   since TIME                of its first frame
 *   range LOW HIGH N          of the use above: N of these counters
 *   at CTR HASH               likewise: the frame of this counter
 *   end USES
 * since and range are not there in files of before.
 */
#ifndef SF_STATE_H
#define SF_STATE_H

#include "checks/counters.h"
#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

#define SF_STATE_USES   4096
#define SF_STATE_MARKS  65536
#define SF_STATE_OCTETS ((size_t)8 << 20) /* of a file, at most */

struct sf_state_use {
	uint64_t fingerprint; /* of the key; 0: not known */
	uint64_t kid;
	uint64_t endpoint;    /* hash; 0: not known */
	uint64_t low, high;   /* CTR */
	int64_t first_ns, last_ns; /* first: 0, not known */
	uint32_t stream;      /* id of the first, in the run under way; else 0 */
	uint32_t marks;       /* it has, in the run under way */
	uint8_t thinned;      /* bits of a hashed CTR that are 0 in its marks */
	struct sf_counters counters; /* none: not known */
};

struct sf_state_mark {
	uint32_t use; /* index */
	uint64_t ctr, content;
};

struct sf_ledger {
	uint64_t trimmed; /* uses left out for want of room, ever */
	uint32_t n_uses, n_marks;
	struct sf_state_use uses[SF_STATE_USES];
	struct sf_state_mark marks[SF_STATE_MARKS];
};

/* False with the line, from 1, that is wrong. Empty text is an empty state. */
bool sf_state_read(
    struct sf_ledger *out, struct sf_bytes text, unsigned *line) SF_MUST_USE;

/* One frame of the run under way. */
void sf_state_note(struct sf_ledger *s, uint32_t stream, uint64_t fingerprint,
    uint64_t kid, uint64_t ctr, uint64_t content, int64_t time_ns);

/* Adds the uses of a run to those of before; the oldest make room. */
void sf_state_add(struct sf_ledger *to, const struct sf_ledger *run);

#endif
