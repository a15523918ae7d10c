/*
 * result.h - the outcome of a run: everything a report prints.
 */
#ifndef SF_RESULT_H
#define SF_RESULT_H

#include "engine/capture/capture.h"
#include "engine/model.h"

enum sf_severity { SF_NOTE, SF_WARNING, SF_ERROR, SF_CRITICAL };
enum sf_level { SF_MUST, SF_SHOULD, SF_MAY, SF_OURS };
enum sf_outcome { SF_PASSED, SF_FAILED, SF_NOT_EXERCISED, SF_CANNOT_TELL };
enum sf_verdict { SF_PASS, SF_FAIL, SF_INCONCLUSIVE };

/* SFH001, ...: one per row of findings.def, in its order */
enum sf_finding_id {
#define FINDING(id, severity, level, source, slug, text, remedy) id,
#include "checks/findings.def"
#undef FINDING
	SF_FINDINGS
};

/* One row of the catalogue. All strings static. */
struct sf_rule {
	const char *id;      /* "SFH001" */
	enum sf_severity severity;
	enum sf_level level;
	const char *source;  /* "RFC 9605 4.3", "" when ours alone */
	const char *slug;
	const char *text;
	const char *remedy;
};

extern const struct sf_rule sf_rules[SF_FINDINGS];

/* What brings a finding about and what follows from it; reasons.def. */
struct sf_reason {
	const char *cause;       /* plain sentences; static */
	const char *consequence;
};

extern const struct sf_reason sf_reasons[SF_FINDINGS];

/* By id or slug, any case; NULL when there is none. */
const struct sf_rule *sf_rule_find(const char *name);

const char *sf_severity_name(enum sf_severity s); /* "critical" */
const char *sf_level_name(enum sf_level l);       /* "MUST", "OURS" */
const char *sf_outcome_name(enum sf_outcome o);   /* "not-exercised" */
const char *sf_verdict_name(enum sf_verdict v);   /* "pass" */

#define SF_EXAMPLES 4
#define SF_FINDING_STREAMS 16

struct sf_example {
	struct sf_place place;
	bool has_header;         /* kid and ctr are set */
	uint64_t kid, ctr;
	uint32_t at, end;        /* octets in the packet, both 0 when not known */
	struct sf_shown shown;   /* what proves it; n is 0 when nothing does */
};

/* One finding on one stream, or on a set of them. */
struct sf_finding {
	enum sf_finding_id rule;
	enum sf_severity severity; /* the rule's, unless a policy says otherwise */
	uint32_t streams[SF_FINDING_STREAMS]; /* ids */
	unsigned n_streams;
	uint64_t count;            /* times it happened, 1 at least */
	struct sf_place first, last;
	struct sf_example examples[SF_EXAMPLES];
	unsigned n_examples;
	/* The particulars; report/words.h makes the sentence of them. */
	uint64_t kid, new_kid;     /* of the fault; what the others moved to */
	uint64_t frames;           /* concerned */
	int64_t lag_ns;            /* how long it went on */
	int64_t earlier_ns;        /* the other use was in an earlier capture, and
	                              ended then; 0: no */
	uint32_t other_stream;     /* id of the stream it is measured against */
	int clear_octets;          /* partly-clear; -1: not known */
	uint64_t fingerprint;      /* equal for the same fault on the same SSRCs */
};

struct sf_rule_state {
	enum sf_outcome outcome;
	uint64_t asked;            /* times the rule was put to something */
	uint64_t failed;
};

struct sf_input {
	const char *name;          /* as given on the command line */
	const struct sf_capture_info *info;
};

struct sf_timeline;
struct sf_policy;

struct sf_result {
	const struct sf_input *inputs;
	unsigned n_inputs;
	const struct sf_model *model;
	enum sf_verdict verdict;
	enum sf_severity fail_on;
	bool partial;              /* a limit or a failure: what is here is not all */
	const struct sf_finding *findings; /* worst first, then by time */
	unsigned n_findings;
	struct sf_rule_state rules[SF_FINDINGS];
	/* what this report does not show, as plain sentences; static strings */
	const char *const *limits;
	unsigned n_limits;
	unsigned media, in_clear, decided, undecided; /* streams, repair left out */
	const struct sf_policy *policy;     /* that was asked; checks/policy.h */
	const char *policy_sha256;          /* in hex; NULL: not known */
	const struct sf_timeline *timeline; /* of key ids; checks/timeline.h */
};

#endif
