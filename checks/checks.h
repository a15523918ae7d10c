/*
 * checks.h - judges what the pipeline says, and makes the result of a run.
 */
#ifndef SF_CHECKS_H
#define SF_CHECKS_H

#include "checks/kid.h"
#include "checks/result.h"
#include "engine/base/limits.h"
#include "engine/config/eventfile.h"
#include "engine/event.h"

struct sf_ledger;

struct sf_checks_options {
	struct sf_limits limits;
	enum sf_severity fail_on;
	enum sf_kid_scheme scheme;
	unsigned ratchet_bits;              /* SENDER: R */
	unsigned epoch_bits, sender_bits;   /* MLS: E and S */
	bool per_ssrc_keys;
	int64_t drift_grace_ns;             /* 0: the default, 2 s */
	int64_t rotate_within_ns;           /* 0: the default, 3 s */
	const struct sf_policy *policy;     /* NULL: the one named default; borrowed */
	const char *policy_sha256;          /* of its text; "" or NULL: not known */
	struct sf_ledger *state;             /* of earlier captures, to be judged by
	                                       and added to; NULL: none */
	const struct sf_events *events;     /* joins and leaves; NULL: infer them */
	const char *only;                   /* letters of the findings that are
	                                       wanted, "KN"; NULL: all */
};

struct sf_checks;

/* NULL when there is not enough memory. */
struct sf_checks *sf_checks_new(const struct sf_checks_options *options);

/* What a key file says of KIDs and keys, where the options left it unsaid. */
void sf_checks_keys(struct sf_checks *k, const struct sf_keyfile *file);

/* An sf_frame_sink; ctx is a struct sf_checks. */
void sf_checks_frame(void *ctx, const struct sf_frame_event *ev);

/*
 * Judges what needs the whole call and returns the result, which stays the
 * checks' and borrows model and inputs.
 */
const struct sf_result *sf_checks_finish(struct sf_checks *k,
    const struct sf_model *model, const struct sf_input *inputs,
    unsigned n_inputs);

void sf_checks_free(struct sf_checks *k); /* NULL is fine */

#endif
