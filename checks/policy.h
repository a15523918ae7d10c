/*
 * policy.h - what somebody demands of a call beyond the default: which formats
 * and suites, how long a key may live, what may be in the clear. JSON,
 * sframe-tool/policy/v1, read strictly; a member that is left out is as in the
 * policy named default.
 */
#ifndef SF_POLICY_H
#define SF_POLICY_H

#include "checks/result.h"
#include "engine/config/json.h"

#define SF_POLICY_NAME_MAX  64
#define SF_POLICY_CLEAR_MAX 64 /* rows of allow_clear */

/* What a membership change without a new key is worth. */
enum sf_rotation { SF_ROTATION_OFF, SF_ROTATION_WARN, SF_ROTATION_FAIL };

/* Clear frames that are known and accepted: at most so many in one piece. */
struct sf_allow_clear {
	bool any_ssrc;
	uint32_t ssrc;
	bool start_only;  /* before the first protected frame */
	uint64_t frames;
	char reason[SF_POLICY_NAME_MAX];
};

struct sf_policy {
	char name[SF_POLICY_NAME_MAX];
	bool any_dialect;
	bool dialects[SF_DIALECTS];      /* allowed, unless any */
	bool any_suite;
	bool suites[16];                 /* allowed, by number, unless any */
	unsigned least_tag;              /* octets; 0: the rule's own severity */
	bool clear_said[SF_CODECS];      /* else the rule's own severity */
	uint32_t clear_octets[SF_CODECS]; /* most at the head of a frame */
	int64_t drift_grace_ns;
	enum sf_rotation on_leave, on_join;
	bool inferred_joins;             /* are judged as well */
	int64_t rotate_within_ns;
	int64_t max_age_ns;              /* of one KID; 0: no limit */
	uint64_t max_frames;             /* likewise */
	bool unverified_fails, exposures_fail;
	bool set[SF_FINDINGS];           /* severities says something */
	enum sf_severity severities[SF_FINDINGS];
	unsigned n_clear;
	struct sf_allow_clear clear[SF_POLICY_CLEAR_MAX];
};

/* default, strict, audit-e2ee; NULL behind the last. */
const struct sf_policy *sf_policy_shipped(unsigned i);
/* What a shipped one is for, in a line; static. */
const char *sf_policy_purpose(unsigned i);
const struct sf_policy *sf_policy_named(const char *name); /* or NULL */

struct sf_policy_error {
	char place[64];     /* "rotation.on_leave", "" for the whole */
	const char *cause;  /* static */
	const char *remedy; /* static */
	size_t at;          /* octet in the text */
};

bool sf_policy_read(struct sf_policy *out, struct sf_bytes text,
    struct sf_policy_error *error) SF_MUST_USE;

const char *sf_rotation_name(enum sf_rotation r); /* "warn"; static */

#endif
