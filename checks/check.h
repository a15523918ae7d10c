/*
 * check.h - what the subjects of checks/ share: rules are asked, answers are
 * counted, faults become findings.
 */
#ifndef SF_CHECK_H
#define SF_CHECK_H

#include "checks/checks.h"
#include "checks/state.h"

#define SF_PAIRS 512 /* pairs of streams in conflict over a KID */

/* Two streams (or one twice) that used one KID and CTR for different octets. */
struct sf_conflict {
	uint32_t a, b; /* ids; a is the earlier user */
	uint64_t kid;
	uint64_t count;
	struct sf_place first, last;
	uint64_t restarted; /* of count: after CTR fell in one use of the KID */
	struct sf_place restarted_at;
	struct sf_example examples[SF_EXAMPLES];
	unsigned n_examples;
	bool by_key; /* one key opened both */
};

/* What is remembered of one stream while frames come. */
struct sf_stream_memory {
	uint64_t kid, ctr, fingerprint;
	uint32_t source;
	struct sf_place first, last;
	bool any;
	bool restarted; /* CTR fell in this use of the KID */
};

struct sf_checks {
	struct sf_checks_options options;
	struct sf_result result;
	struct sf_finding *findings;
	unsigned n_findings, cap_findings;
	struct sf_conflict *conflicts;
	unsigned n_conflicts;
	struct sf_stream_memory *streams; /* by id - 1 */
	size_t cap_streams;
	const struct sf_stream **by_id; /* by id - 1; filled at the end */
	struct sf_timeline *timeline;   /* made at the end */
	struct sf_ledger *run_state;    /* uses of keys in this run; or NULL */
	const char *limits[24];
	char silent_words[240]; /* one of them */
	char events_words[240]; /* likewise */
	char misnamed_words[160];
	uint64_t lost_findings; /* beyond the room for them */
};

/* The rule was put to something and holds. */
static inline void
sf_passed(struct sf_checks *k, enum sf_finding_id rule, uint64_t times)
{
	k->result.rules[rule].asked += times;
}

/*
 * The rule was put to something and does not hold. Returns the finding of that
 * rule on that stream (0: on none), for its particulars; it may be filled
 * already, and its count has gone up by times. Never NULL.
 */
struct sf_finding *sf_failed(struct sf_checks *k, enum sf_finding_id rule,
    uint32_t stream, uint64_t times, struct sf_place first,
    struct sf_place last);

/* The rule could not be put to a thing that it speaks of. */
void sf_cannot_tell(struct sf_checks *k, enum sf_finding_id rule);

/* sf_failed, once, with the frame as an example. */
void sf_failed_frame(struct sf_checks *k, enum sf_finding_id rule,
    const struct sf_frame_event *ev);

/* One or the other; nearly always the first. */
static inline void
sf_expect(struct sf_checks *k, enum sf_finding_id rule, bool ok,
    const struct sf_frame_event *ev)
{
	if (ok)
		sf_passed(k, rule, 1);
	else
		sf_failed_frame(k, rule, ev);
}

struct sf_example sf_example_of(const struct sf_frame_event *ev);
struct sf_example sf_example_shown(const struct sf_shown *s);
void sf_add_example(struct sf_finding *f, struct sf_example e);

/* scope.c: which streams come from one sender. */

/* The stream that an SFU's copy was made from, or the stream itself. */
const struct sf_stream *sf_origin_of(
    const struct sf_checks *k, const struct sf_stream *s);
/* An address that a converter made up, the same in every file. */
bool sf_made_up(const struct sf_addr *a);
/* One endpoint: the same CNAME, or the same address (contract: key scope). */
bool sf_same_endpoint(const struct sf_checks *k, const struct sf_stream *a,
    const struct sf_stream *b);
/* False for two recordings, and for streams without a CNAME whose addresses were
   made up: nothing tells whether both came from one endpoint. */
bool sf_known_apart(const struct sf_stream *a, const struct sf_stream *b);
/* One sender: one endpoint, and a KID in common. */
bool sf_same_sender(const struct sf_checks *k, const struct sf_stream *a,
    const struct sf_stream *b);

/* Each subject: frames as they come, and the whole at the end. */
void sf_check_header(struct sf_checks *k, const struct sf_frame_event *ev);
void sf_check_nonce(struct sf_checks *k, const struct sf_frame_event *ev);
void sf_judge_nonce(struct sf_checks *k, const struct sf_model *m);
void sf_check_aead(struct sf_checks *k, const struct sf_frame_event *ev);
void sf_judge_aead(struct sf_checks *k, const struct sf_model *m);
void sf_judge_drift(struct sf_checks *k, const struct sf_timeline *t);
void sf_judge_ahead(struct sf_checks *k, const struct sf_timeline *t);
void sf_judge_keys(struct sf_checks *k, const struct sf_model *m);
void sf_judge_clear(struct sf_checks *k, const struct sf_model *m);
void sf_judge_sdp(struct sf_checks *k, const struct sf_model *m);
void sf_judge_payload(struct sf_checks *k, const struct sf_model *m);
/* SFR001: what else its frames lack is the packetizer's doing. */
bool sf_packetizer_rewrote(const struct sf_stream *s);
void sf_judge_dialect(struct sf_checks *k, const struct sf_model *m);
/* demands.c: what the policy wants, then what it makes of severities. */
void sf_judge_demands(struct sf_checks *k, const struct sf_model *m);
void sf_apply_severities(struct sf_checks *k);
void sf_judge_srtp(struct sf_checks *k, const struct sf_model *m);
/* state.c: against earlier captures; then this one is among them. */
void sf_judge_state(struct sf_checks *k);
void sf_judge_exposure(struct sf_checks *k, const struct sf_model *m);
void sf_judge_capture(struct sf_checks *k, const struct sf_model *m);

#endif
