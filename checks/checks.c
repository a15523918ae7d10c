#include "checks/checks.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checks/check.h"
#include "checks/policy.h"
#include "checks/timeline.h"

#define FINDINGS   1024
#define DECIDED_AT 20 /* frames from which an undecidable stream counts */

void
sf_cannot_tell(struct sf_checks *k, enum sf_finding_id rule)
{
	k->result.rules[rule].outcome = SF_CANNOT_TELL;
}

static uint64_t
print_of(const struct sf_checks *k, const struct sf_finding *f)
{
	uint64_t h = 0xcbf29ce484222325ULL ^ (uint64_t)f->rule;

	for (unsigned i = 0; i < f->n_streams; i++) {
		const struct sf_stream *s =
		    k->by_id == NULL ? NULL : k->by_id[f->streams[i] - 1];

		h = (h ^ (s == NULL ? 0 : s->ssrc)) * 0x100000001b3ULL;
	}
	return h;
}

/* The finding of this rule on this stream, made if there is none. When there
   is no room left the last one takes the count, and that is said. */
static struct sf_finding *
finding_for(struct sf_checks *k, enum sf_finding_id rule, uint32_t stream)
{
	struct sf_finding *f;

	for (unsigned i = 0; i < k->n_findings; i++) {
		f = &k->findings[i];
		if (f->rule == rule &&
		    (stream == 0 ? f->n_streams == 0 : f->streams[0] == stream))
			return f;
	}
	if (k->n_findings == k->cap_findings) {
		k->lost_findings++;
		return &k->findings[k->n_findings - 1];
	}
	f = &k->findings[k->n_findings++];
	*f = (struct sf_finding){ .rule = rule,
		.severity = sf_rules[rule].severity,
		.clear_octets = -1 };
	if (stream != 0)
		f->streams[f->n_streams++] = stream;
	return f;
}

static bool
earlier(struct sf_place a, struct sf_place b)
{
	return a.input != b.input ? a.input < b.input : a.packet < b.packet;
}

struct sf_finding *
sf_failed(struct sf_checks *k, enum sf_finding_id rule, uint32_t stream,
    uint64_t times, struct sf_place first, struct sf_place last)
{
	struct sf_finding *f = finding_for(k, rule, stream);

	k->result.rules[rule].asked += times;
	k->result.rules[rule].failed += times;
	if (f->count == 0 || earlier(first, f->first))
		f->first = first;
	if (f->count == 0 || earlier(f->last, last))
		f->last = last;
	f->count += times;
	return f;
}

struct sf_example
sf_example_of(const struct sf_frame_event *ev)
{
	struct sf_example e = { .place = ev->first,
		.has_header = ev->has_kid,
		.kid = ev->kid,
		.ctr = ev->ctr };

	if (ev->packet_at != 0 && ev->raw_octets != 0) {
		e.at = ev->packet_at;
		e.end = (uint32_t)ev->packet_at + ev->raw_octets;
	}
	return e;
}

void
sf_add_example(struct sf_finding *f, struct sf_example e)
{
	if (f->n_examples < SF_EXAMPLES)
		f->examples[f->n_examples++] = e;
}

void
sf_failed_frame(struct sf_checks *k, enum sf_finding_id rule,
    const struct sf_frame_event *ev)
{
	sf_add_example(
	    sf_failed(k, rule, ev->stream->id, 1, ev->first, ev->last),
	    sf_example_of(ev));
}

/* ---- a run ---------------------------------------------------------------- */

struct sf_checks *
sf_checks_new(const struct sf_checks_options *options)
{
	struct sf_checks *k = calloc(1, sizeof(*k));

	if (k == NULL)
		return NULL;
	k->options = *options;
	if (k->options.policy == NULL)
		k->options.policy = sf_policy_shipped(0);
	if (k->options.drift_grace_ns == 0)
		k->options.drift_grace_ns = k->options.policy->drift_grace_ns;
	if (k->options.rotate_within_ns == 0)
		k->options.rotate_within_ns =
		    k->options.policy->rotate_within_ns;
	k->cap_findings = FINDINGS;
	k->cap_streams = options->limits.streams;
	k->findings = calloc(FINDINGS, sizeof(*k->findings));
	k->conflicts = calloc(SF_PAIRS, sizeof(*k->conflicts));
	k->streams = calloc(k->cap_streams, sizeof(*k->streams));
	k->by_id = calloc(k->cap_streams, sizeof(*k->by_id));
	for (unsigned i = 0; i < SF_FINDINGS; i++)
		k->result.rules[i].outcome = SF_NOT_EXERCISED;
	if (options->state != NULL)
		k->run_state = calloc(1, sizeof(*k->run_state));
	if ((options->state != NULL && k->run_state == NULL) ||
	    k->findings == NULL || k->conflicts == NULL || k->streams == NULL ||
	    k->by_id == NULL) {
		sf_checks_free(k);
		return NULL;
	}
	return k;
}

void
sf_checks_keys(struct sf_checks *k, const struct sf_keyfile *file)
{
	static const enum sf_kid_scheme schemes[] = {
		[SF_SCHEME_RAW] = SF_KID_RAW,
		[SF_SCHEME_SENDER] = SF_KID_SENDER,
		[SF_SCHEME_MLS] = SF_KID_MLS,
	};
	struct sf_checks_options *o = &k->options;

	o->per_ssrc_keys |= file->per_ssrc_keys;
	if (o->scheme != SF_KID_UNSAID || !file->scheme_given)
		return;
	o->scheme = schemes[file->scheme];
	o->ratchet_bits = file->ratchet_bits;
	o->epoch_bits = file->epoch_bits;
	o->sender_bits = file->sender_bits;
}

void
sf_checks_free(struct sf_checks *k)
{
	if (k == NULL)
		return;
	free(k->findings);
	free(k->conflicts);
	free(k->streams);
	free(k->by_id);
	sf_timeline_free(k->timeline);
	free(k->run_state);
	free(k);
}

void
sf_checks_frame(void *ctx, const struct sf_frame_event *ev)
{
	struct sf_checks *k = ctx;

	if (!ev->complete || ev->stream->id > k->cap_streams)
		return;
	sf_check_header(k, ev);
	sf_check_nonce(k, ev);
	/* formats with more in their nonces than a counter start it anywhere */
	if (k->run_state != NULL && ev->has_nonce && ev->has_ctr &&
	    (ev->rises || ev->fingerprint != 0) && ev->source == 0 &&
	    ev->modulus == 0)
		sf_state_note(k->run_state, ev->stream->id, ev->fingerprint,
		    ev->kid, ev->ctr, ev->content, ev->last.time_ns);
	sf_check_aead(k, ev);
}

static int
worst_first(const void *left, const void *right)
{
	const struct sf_finding *a = left, *b = right;

	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	if (earlier(a->first, b->first))
		return -1;
	if (earlier(b->first, a->first))
		return 1;
	if (a->rule != b->rule)
		return a->rule < b->rule ? -1 : 1;
	return a->streams[0] < b->streams[0] ? -1 : 1;
}

static void
settle_rules(struct sf_result *r)
{
	for (unsigned i = 0; i < SF_FINDINGS; i++) {
		struct sf_rule_state *s = &r->rules[i];

		if (s->failed > 0)
			s->outcome = SF_FAILED;
		else if (s->asked > 0 && s->outcome != SF_CANNOT_TELL)
			s->outcome = SF_PASSED;
	}
}

/* Repair streams carry no frames of their own; nor does bare padding. */
static bool
is_media(const struct sf_stream *s)
{
	return s->kind != SF_KIND_REPAIR && s->why != SF_WHY_NOT_MEDIA;
}

/* Frames that a stream had, as far as can be told: where every one was cut, those
   in the packets between are known by their numbers alone. */
static uint64_t
frames_of(const struct sf_stream *s)
{
	uint64_t n = s->frames + s->incomplete_frames;

	return s->why == SF_WHY_ALL_INCOMPLETE ? n + s->lost : n;
}

static void
count_streams(struct sf_result *r)
{
	for (const struct sf_stream *s = r->model->streams; s != NULL;
	     s = s->next) {
		bool dark = s->protection == SF_PROT_SRTP ||
			    s->protection == SF_PROT_UNDECIDABLE ||
			    s->incomplete_frames > s->frames ||
			    s->srtp.failed > s->srtp.removed;

		if (!is_media(s))
			continue;
		r->media++;
		r->in_clear += s->by_state[SF_STATE_PLAINTEXT] > 0;
		r->decided += !dark;
		r->undecided += dark && frames_of(s) >= DECIDED_AT;
	}
}

/* Of a report on key ids alone: are there any? */
static bool
has_key_ids(const struct sf_result *r)
{
	return r->timeline != NULL && r->timeline->n_lines > 0;
}

static enum sf_verdict
verdict_of(const struct sf_checks *k)
{
	const struct sf_result *r = &k->result;

	for (unsigned i = 0; i < r->n_findings; i++)
		if (r->findings[i].severity >= r->fail_on)
			return SF_FAIL;
	if (k->options.only != NULL)
		return has_key_ids(r) ? SF_PASS : SF_INCONCLUSIVE;
	return r->decided > 0 && r->undecided == 0 ? SF_PASS : SF_INCONCLUSIVE;
}

static void
say(struct sf_checks *k, const char *words)
{
	if (k->result.n_limits < sizeof(k->limits) / sizeof(k->limits[0]))
		k->limits[k->result.n_limits++] = words;
}

/* A stream of a recording that no player can make sense of. */
static bool
holds_ciphertext(const struct sf_stream *s)
{
	return s->recorded && (s->protection == SF_PROT_VERIFIED ||
				  s->protection == SF_PROT_CONSISTENT ||
				  s->protection == SF_PROT_PARTLY_CLEAR ||
				  s->protection == SF_PROT_MIXED ||
				  s->protection == SF_PROT_OTHER_DIALECT ||
				  s->dialect == SF_DIALECT_OPAQUE);
}

/* The same of what the kinds of files do not tell. */
static void
say_of_files(struct sf_checks *k, const struct sf_model *m)
{
	bool local = false, undated = false, data = false, sealed = false;
	bool crowded = false;

	for (unsigned i = 0; i < k->result.n_inputs; i++) {
		const struct sf_capture_info *c = k->result.inputs[i].info;

		local |= c->clock == SF_CLOCK_LOCAL;
		undated |= c->clock == SF_CLOCK_NO_DATE;
		data |= c->data_packets > 0;
		crowded |= c->processes_lost > 0;
	}
	for (const struct sf_stream *s = m->streams; s != NULL; s = s->next)
		sealed |= holds_ciphertext(s);
	if (sealed)
		say(k, "A recording holds ciphertext: it cannot be replayed "
		       "without a key.");
	if (data)
		say(k, "Of packets of data channels it was only looked whether "
		       "they hold text.");
	if (crowded)
		say(k, "A log is of more than 200 processes: from the 200th "
		       "on they are not told apart.");
	if (local)
		say(k, "A log gives local times and no time zone: they are "
		       "shown as if they were UTC.");
	if (undated)
		say(k, "A file gives no full date: its times count from 1970, "
		       "and cannot be compared with those of other files.");
}

static const char *const opaque_words[SF_OPAQUES] = {
	[SF_OPAQUE_ESP] = "Packets under IPsec (ESP) were counted, not opened.",
	[SF_OPAQUE_WIREGUARD] =
	    "Packets of a WireGuard tunnel were counted, not opened.",
	[SF_OPAQUE_MACSEC] = "Frames under MACsec were counted, not opened.",
	[SF_OPAQUE_WIFI] =
	    "Wi-Fi frames that are encrypted were counted, not opened.",
	[SF_OPAQUE_L2TP3] =
	    "Packets of L2TPv3 in which neither Ethernet nor IP "
	    "was found were counted, not opened.",
	[SF_OPAQUE_CAPWAP] =
	    "Packets of CAPWAP under DTLS or in fragments were "
	    "counted, not opened.",
};

static uint64_t
opaque(const struct sf_model *m)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < SF_OPAQUES; i++)
		n += m->wrappings.opaque[i].n;
	return n;
}

/* A packetizer that looks for NAL units finds none in a whole-frame ciphertext,
   and sends nothing. */
static void
say_silent(struct sf_checks *k, const struct sf_model *m)
{
	char more[40] = "";

	if (m->silent.n == 0)
		return;
	if (m->silent.n > 1)
		snprintf(more, sizeof(more), " (and %u more)", m->silent.n - 1);
	snprintf(k->silent_words, sizeof(k->silent_words),
	    "SSRC 0x%08" PRIx32 "%s is announced in %s beside encrypted audio, "
	    "and no packet of it was seen: it was not sent, or not captured.",
	    m->silent.ssrc, more, m->silent.video ? "SDP as video" : "RTCP");
	say(k, k->silent_words);
}

/* Joins and leaves of another time say nothing: a clock or its zone may be
   another. */
static void
say_events(struct sf_checks *k)
{
	const struct sf_timeline *t = k->timeline;

	if (t == NULL || t->inferred || t->outside == 0)
		return;
	if (t->outside == t->n_events)
		snprintf(k->events_words, sizeof(k->events_words),
		    "No join or leave of --events (%u) lies in the time that "
		    "the capture covers: no rotation was judged by them. Do "
		    "their clocks and time zones agree?",
		    t->n_events);
	else
		snprintf(k->events_words, sizeof(k->events_words),
		    "Of %u joins and leaves of --events %u lie outside of the "
		    "time that the capture covers, and were not judged.",
		    t->n_events, t->outside);
	say(k, k->events_words);
}

/* The first recording that names another codec than it holds. */
static void
say_misnamed(struct sf_checks *k, const struct sf_model *m)
{
	const struct sf_stream *s = m->streams;

	while (s != NULL && s->head_codec == SF_CODEC_UNKNOWN)
		s = s->next;
	if (s == NULL)
		return;
	snprintf(k->misnamed_words, sizeof(k->misnamed_words),
	    "A recording's head says %s, and its packets are not: SSRC "
	    "0x%08" PRIx32 " was judged by what they hold.",
	    sf_codec_name(s->head_codec), s->ssrc);
	say(k, k->misnamed_words);
}

/* What a reader could take this report for and must not. */
static void
say_limits(struct sf_checks *k, const struct sf_model *m)
{
	const struct sf_result *r = &k->result;
	const struct sf_accounting *a = &m->accounting;

	if (!m->keys_given)
		say(k, "No key was given: headers and counters were judged, no "
		       "tag "
		       "was checked. Only a key can prove that a frame is "
		       "authentic.");
	say(k, "Whether a key is strong, secret or known to a server cannot be "
	       "seen in a capture.");
	if (m->srtp_elements)
		say(k, "Elements of header extensions that SDP encrypts (RFC "
		       "6904) were left as they are.");
	if (r->undecided > 0)
		say(k,
		    "Some media streams could not be judged; the verdict does "
		    "not cover them.");
	if (a->turn > 0)
		say(k, "Some TURN channel data was counted and not opened.");
	if (a->other > m->wrappings.pieces + opaque(m) + a->announcements)
		say(k, "Packets counted as other (TCP without media, unknown "
		       "protocols) were not looked into.");
	for (unsigned i = 0; i < SF_OPAQUES; i++)
		if (m->wrappings.opaque[i].n > 0)
			say(k, opaque_words[i]);
	if (m->unsupported_links > 0)
		say(k, "Packets of a link type that is not decoded were passed "
		       "over.");
	if (m->possible > m->possible_tried)
		say(k, m->keys_given
			   ? "Some packets look like RTP but are too few to "
			     "make a stream; they count as other, and no key "
			     "was tried on them."
			   : "Some packets look like RTP but are too few to "
			     "make a stream; they count as other.");
	if (m->possible_tried > 0)
		say(k, "Some packets look like RTP but are too few to make a "
		       "stream, and no key opened one; they count as other.");
	say_silent(k, m);
	say_misnamed(k, m);
	say_events(k);
	say_of_files(k, m);
	if (k->lost_findings > 0)
		say(k,
		    "More findings than there is room for: the last one counts "
		    "for the rest.");
	k->result.limits = k->limits;
}

static void
index_streams(struct sf_checks *k, const struct sf_model *m)
{
	for (const struct sf_stream *s = m->streams; s != NULL; s = s->next)
		if (s->id <= k->cap_streams)
			k->by_id[s->id - 1] = s;
}

/* Leaves out the findings that are not wanted. */
static void
keep_wanted(struct sf_checks *k)
{
	const char *only = k->options.only;
	unsigned n = 0;

	for (unsigned i = 0; i < k->n_findings; i++)
		if (only == NULL ||
		    strchr(only, sf_rules[k->findings[i].rule].id[2]) != NULL)
			k->findings[n++] = k->findings[i];
	k->n_findings = n;
}

const struct sf_result *
sf_checks_finish(struct sf_checks *k, const struct sf_model *model,
    const struct sf_input *inputs, unsigned n_inputs)
{
	struct sf_result *r = &k->result;

	r->inputs = inputs;
	r->n_inputs = n_inputs;
	r->model = model;
	r->fail_on = k->options.fail_on;
	r->policy = k->options.policy;
	r->policy_sha256 = k->options.policy_sha256;
	index_streams(k, model);
	k->timeline = sf_timeline_new(k, model, k->options.events);
	r->timeline = k->timeline;
	sf_judge_nonce(k, model);
	sf_judge_keys(k, model);
	sf_judge_aead(k, model);
	sf_judge_clear(k, model);
	sf_judge_dialect(k, model);
	sf_judge_payload(k, model);
	sf_judge_sdp(k, model);
	sf_judge_srtp(k, model);
	sf_judge_capture(k, model);
	sf_judge_exposure(k, model);
	sf_judge_state(k);
	sf_judge_demands(k, model);
	sf_apply_severities(k);
	keep_wanted(k);
	for (unsigned i = 0; i < k->n_findings; i++)
		k->findings[i].fingerprint = print_of(k, &k->findings[i]);
	qsort(k->findings, k->n_findings, sizeof(*k->findings), worst_first);
	r->findings = k->findings;
	r->n_findings = k->n_findings;
	settle_rules(r);
	count_streams(r);
	r->verdict = verdict_of(k);
	say_limits(k, model);
	return r;
}
