/*
 * json.c - the report as JSON: one document, or a line for each fact.
 *
 * Both are made from the same functions, one per kind of object. Members stand
 * in the order of docs/report.schema.json. Nothing here is locale or clock.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "checks/policy.h"
#include "engine/wrap.h"
#include "report/address.h"
#include "report/json.h"
#include "report/time.h"
#include "report/version.h"
#include "report/via.h"
#include "report/words.h"

void
sf_json_time(struct sf_emit *e, const char *key, int64_t ns)
{
	char text[SF_TIME_MAX];

	sf_time_rfc3339(text, ns);
	sf_emit_string(e, key, text);
}

static void
put_times(struct sf_emit *e, const struct sf_place *first,
    const struct sf_place *last)
{
	sf_json_time(e, "first", first->time_ns);
	sf_json_time(e, "last", last->time_ns);
}

static void
put_packets(struct sf_emit *e, const struct sf_place *first,
    const struct sf_place *last)
{
	sf_emit_count(e, "first_packet", first->packet);
	sf_emit_count(e, "last_packet", last->packet);
}

static void
put_address(struct sf_emit *e, const char *key, const struct sf_addr *a)
{
	char text[SF_ADDRESS_MAX];

	sf_address_text(text, a);
	sf_emit_string(e, key, text[0] == '\0' ? NULL : text);
}

static void
put_hex32(struct sf_emit *e, const char *key, uint32_t v)
{
	char text[16];

	snprintf(text, sizeof(text), "0x%08" PRIx32, v);
	sf_emit_string(e, key, text);
}

/* The id of a stream, null for 0. */
static void
put_stream_id(struct sf_emit *e, const char *key, uint32_t id)
{
	if (id == 0)
		sf_emit_null(e, key);
	else
		sf_emit_u64(e, key, id);
}

/* A string, null when it is empty. */
static void
put_text(struct sf_emit *e, const char *key, const char *s)
{
	sf_emit_string(e, key, s[0] == '\0' ? NULL : s);
}

static void
put_octets_or_null(struct sf_emit *e, const char *key, int octets)
{
	if (octets < 0)
		sf_emit_null(e, key);
	else
		sf_emit_count(e, key, (uint64_t)octets);
}

static void
put_tool(struct sf_emit *e, const struct sf_tool_info *tool)
{
	sf_emit_string(e, "name", SF_NAME);
	sf_emit_string(e, "version", SF_VERSION);
	sf_emit_string(e, "commit", SF_COMMIT);
	sf_emit_string(e, "openssl", tool->openssl);
	sf_emit_string(e, "libpcap", tool->libpcap);
}

static void
put_links(struct sf_emit *e, const struct sf_capture_info *info)
{
	sf_emit_open(e, "link_types", '[');
	for (unsigned i = 0; i < info->n_links && i < SF_CAPTURE_LINKS; i++) {
		const char *name = sf_capture_link_name(info->links[i]);
		char number[24];

		snprintf(number, sizeof(number), "LINKTYPE_%u", info->links[i]);
		sf_emit_string(e, NULL, name != NULL ? name : number);
	}
	sf_emit_close(e, '[');
}

static void
put_damage(struct sf_emit *e, const struct sf_capture_info *info)
{
	sf_emit_bool(e, "damaged", info->damaged);
	if (!info->damaged) {
		sf_emit_null(e, "damage");
		return;
	}
	sf_emit_open(e, "damage", '{');
	sf_emit_count(e, "at", info->damaged_at);
	sf_emit_string(e, "field", info->diag.field);
	sf_emit_close(e, '{');
}

/* Processes whose packets are in a log, and what stands for each. */
static void
put_processes(struct sf_emit *e, const struct sf_capture_info *info)
{
	char text[SF_ADDRESS_MAX];

	if (info->processes < 2)
		return;
	sf_emit_open(e, "processes", '[');
	for (unsigned i = 0; i < info->processes; i++) {
		struct sf_addr near = sf_wrap_near_of(i);

		sf_emit_open(e, NULL, '{');
		sf_emit_count(e, "pid", info->process_ids[i]);
		sf_address_text(text, &near);
		sf_emit_string(e, "address", text);
		sf_emit_close(e, '{');
	}
	sf_emit_close(e, '[');
}

static void
put_input(struct sf_emit *e, const struct sf_input *in)
{
	const struct sf_capture_info *info = in->info;

	sf_emit_string(e, "name", in->name);
	if (info->has_sha256)
		sf_emit_hex(e, "sha256", sf_bytes(info->sha256, 32));
	else
		sf_emit_null(e, "sha256");
	sf_emit_count(e, "bytes", info->octets);
	sf_emit_string(e, "format", info->format);
	sf_emit_string(e, "compression", info->packing);
	put_links(e, info);
	sf_emit_count(e, "packets", info->packets);
	if (info->packets > 0) {
		sf_json_time(e, "first", info->first_ns);
		sf_json_time(e, "last", info->last_ns);
	} else {
		sf_emit_null(e, "first");
		sf_emit_null(e, "last");
	}
	put_damage(e, info);
	sf_emit_count(e, "filtered", info->filtered);
	sf_emit_count(e, "dropped", info->dropped);
	put_processes(e, info);
}

/* Datagrams by what they came in, those that came in anything. */
static void
put_peeled(struct sf_emit *e, const struct sf_wrappings *w)
{
	sf_emit_open(e, "peeled", '{');
	for (unsigned i = 0; i < SF_VIA_KINDS; i++)
		if (w->peeled[i] > 0)
			sf_emit_count(
			    e, sf_via_name((enum sf_via_kind)i), w->peeled[i]);
	sf_emit_close(e, '{');
}

static void
put_accounting(struct sf_emit *e, const struct sf_model *m)
{
	const struct sf_accounting *a = &m->accounting;

	sf_emit_count(e, "packets", a->packets);
	sf_emit_count(e, "rtp", a->rtp);
	sf_emit_count(e, "srtp", a->srtp);
	sf_emit_count(e, "rtcp", a->rtcp);
	sf_emit_count(e, "stun", a->stun);
	sf_emit_count(e, "turn", a->turn);
	sf_emit_count(e, "dtls", a->dtls);
	sf_emit_count(e, "other", a->other);
	sf_emit_count(e, "cut", a->cut);
	sf_emit_count(e, "malformed", a->malformed);
	sf_emit_count(e, "unsupported_links", m->unsupported_links);
	sf_emit_count(e, "possible_streams", m->possible);
	sf_emit_count(e, "possible_packets", m->possible_packets);
	put_peeled(e, &m->wrappings);
	sf_json_rtcp(e, &m->rtcp);
}

static void
put_simulcast(struct sf_emit *e, const struct sf_stream *s)
{
	if (s->simulcast == 0) {
		sf_emit_null(e, "simulcast");
		return;
	}
	sf_emit_open(e, "simulcast", '{');
	put_stream_id(e, "source", s->simulcast);
	put_text(e, "rid", s->rid);
	sf_emit_close(e, '{');
}

static void
put_names(struct sf_emit *e, const struct sf_stream *s)
{
	sf_emit_string(e, "kind", sf_kind_name(s->kind));
	sf_emit_string(e, "codec", sf_codec_name(s->codec));
	sf_emit_string(e, "codec_from", sf_origin_name(s->codec_from));
	sf_emit_open(e, "payload_types", '[');
	for (unsigned i = 0; i < s->n_pts && i < SF_STREAM_PTS; i++)
		sf_emit_count(e, NULL, s->pts[i]);
	sf_emit_close(e, '[');
	put_text(e, "mid", s->mid);
	put_text(e, "rid", s->rid);
	put_text(e, "cname", s->cname);
	put_stream_id(e, "repairs", s->repairs);
	put_stream_id(e, "forwards", s->forwards);
	put_simulcast(e, s);
	sf_emit_bool(e, "signalled", s->signalled);
	sf_emit_bool(e, "said_bye", s->said_bye);
	sf_json_feedback(e, s->feedback);
	sf_json_boundaries(e, s);
}

static void
put_counts(struct sf_emit *e, const struct sf_stream *s)
{
	sf_emit_count(e, "packets", s->packets);
	sf_emit_count(e, "lost", s->lost);
	sf_emit_count(e, "restored", s->restored);
	sf_emit_count(e, "duplicates", s->duplicates);
	sf_emit_count(e, "late", s->late);
	sf_emit_count(e, "padding_only", s->padding_only);
	sf_emit_count(e, "frames", s->frames);
	sf_emit_count(e, "incomplete_frames", s->incomplete_frames);
	sf_emit_count(e, "cut_frames", s->cut_frames);
	put_times(e, &s->first, &s->last);
	put_packets(e, &s->first, &s->last);
}

static void
put_suite(struct sf_emit *e, uint16_t suite)
{
	const struct sf_suite *s = sf_suite_by_id(suite);

	sf_emit_string(e, "suite", s == NULL ? NULL : s->name);
}

static void
put_intervals(struct sf_emit *e, const struct sf_stream *s)
{
	sf_emit_open(e, "plaintext_intervals", '[');
	for (const struct sf_interval *i = s->intervals; i; i = i->next) {
		if (i->state != SF_STATE_PLAINTEXT)
			continue;
		sf_emit_open(e, NULL, '{');
		put_times(e, &i->first, &i->last);
		put_packets(e, &i->first, &i->last);
		sf_emit_count(e, "frames", i->frames);
		sf_emit_close(e, '{');
	}
	sf_emit_close(e, '[');
}

/* Null in a format that has no counter on the wire. */
static void
put_ctr(struct sf_emit *e, const char *name, bool has, uint64_t ctr)
{
	if (has)
		sf_emit_u64(e, name, ctr);
	else
		sf_emit_null(e, name);
}

static void
put_keys(struct sf_emit *e, const struct sf_stream *s)
{
	sf_emit_open(e, "keys", '[');
	for (const struct sf_key_use *k = s->keys; k; k = k->next) {
		sf_emit_open(e, NULL, '{');
		sf_emit_u64(e, "kid", k->kid);
		put_ctr(e, "first_ctr", !k->no_ctr, k->first_ctr);
		put_ctr(e, "last_ctr", !k->no_ctr, k->last_ctr);
		sf_emit_count(e, "frames", k->frames);
		put_times(e, &k->first, &k->last);
		put_packets(e, &k->first, &k->last);
		sf_emit_close(e, '{');
	}
	sf_emit_close(e, '[');
}

static void
put_evidence(struct sf_emit *e, const struct sf_evidence *v)
{
	sf_emit_open(e, "evidence", '{');
	sf_emit_double(e, "sprt_llr", v->sprt_llr);
	sf_emit_double(e, "header_chance", v->header_chance);
	sf_emit_count(e, "run_frames", v->run_frames);
	sf_emit_count(e, "breaks", v->breaks);
	sf_emit_count(e, "windows", v->windows);
	sf_emit_double(e, "p_head", v->p_head);
	sf_emit_double(e, "p_nib_head", v->p_nib_head);
	sf_emit_double(e, "p_nib_tail", v->p_nib_tail);
	sf_emit_double(e, "p_tail", v->p_tail);
	sf_emit_count(e, "codec_passes", v->codec_passes);
	sf_emit_count(e, "codec_asked", v->codec_asked);
	sf_emit_double(e, "codec_llr", v->codec_llr);
	sf_emit_count(e, "width", v->width);
	sf_emit_count(e, "height", v->height);
	sf_emit_count(e, "copies", v->copies);
	sf_emit_count(e, "copies_differ", v->copies_differ);
	sf_emit_count(e, "copies_clear", v->copies_clear);
	sf_emit_count(e, "conflicts", v->conflicts);
	sf_emit_bool(e, "dtls", v->dtls);
	sf_emit_bool(e, "srtcp", v->srtcp);
	sf_emit_count(e, "kid_not_minimal", v->kid_not_minimal);
	sf_emit_count(e, "ctr_not_minimal", v->ctr_not_minimal);
	sf_emit_count(e, "kid_not_inline", v->kid_not_inline);
	sf_emit_count(e, "ctr_not_inline", v->ctr_not_inline);
	sf_emit_count(e, "rewritten", v->rewritten);
	sf_emit_count(e, "tried", v->tried);
	sf_emit_count(e, "no_key", v->no_key);
	sf_emit_count(e, "controls", v->controls);
	sf_emit_count(e, "controls_opened", v->controls_opened);
	sf_emit_close(e, '{');
}

/* Why frames with a key did not open, when a known mistake explains it. */
static void
put_diagnosis(struct sf_emit *e, const struct sf_diagnosis *d)
{
	const struct sf_mistake_row *row = sf_mistake_row(d->mistake);

	if (row == NULL) {
		sf_emit_null(e, "diagnosis");
		return;
	}
	sf_emit_open(e, "diagnosis", '{');
	sf_emit_string(e, "slug", row->slug);
	sf_emit_string(e, "text", row->text);
	sf_emit_string(e, "remedy", row->remedy);
	put_suite(e, d->suite);
	sf_emit_close(e, '{');
}

static void
put_via(struct sf_emit *e, const struct sf_via *via)
{
	sf_emit_open(e, "via", '[');
	for (unsigned i = 0; i < via->n; i++) {
		char text[SF_VIA_TEXT_MAX];

		sf_via_text(text, via, i);
		sf_emit_string(e, NULL, text);
	}
	sf_emit_close(e, '[');
}

static void
put_stream(struct sf_emit *e, const struct sf_stream *s)
{
	sf_emit_u64(e, "id", s->id);
	put_hex32(e, "ssrc", s->ssrc);
	put_address(e, "src", &s->src);
	put_address(e, "dst", &s->dst);
	put_via(e, &s->via);
	sf_emit_count(e, "address_changes", s->moves);
	sf_emit_count(e, "input", s->input);
	put_names(e, s);
	put_counts(e, s);
	sf_emit_string(e, "protection", sf_protection_name(s->protection));
	sf_emit_string(
	    e, "why", s->why == SF_WHY_NOTHING ? NULL : sf_why_text(s->why));
	sf_emit_count(e, "frames_wanted", s->wanted);
	sf_emit_string(e, "dialect", sf_dialect_name(s->dialect));
	put_suite(e, s->suite);
	put_octets_or_null(e, "clear_octets", s->clear_octets);
	put_octets_or_null(e, "clear_octets_key", s->clear_octets_key);
	sf_emit_open(e, "frames_by_state", '{');
	for (unsigned i = 0; i < SF_STATES; i++)
		sf_emit_count(
		    e, sf_state_name((enum sf_state)i), s->by_state[i]);
	sf_emit_close(e, '{');
	put_intervals(e, s);
	put_keys(e, s);
	put_diagnosis(e, &s->diagnosis);
	sf_json_srtp(e, &s->srtp);
	put_evidence(e, &s->evidence);
}

/* What the octets of a frame in the clear show. */
static void
put_shown(struct sf_emit *e, const struct sf_shown *s)
{
	char hex[2 * SF_SHOWN + 1];

	if (s->n == 0)
		return;
	for (unsigned i = 0; i < s->n; i++)
		snprintf(hex + 2 * i, 3, "%02x", s->octets[i]);
	sf_emit_string(e, "begins", hex);
	sf_emit_string(e, "looks_like", sf_look_text(s->look));
	sf_emit_double(e, "chance", exp(-(double)s->surprise));
}

static void
put_example(struct sf_emit *e, const struct sf_example *x)
{
	sf_emit_open(e, NULL, '{');
	sf_emit_count(e, "input", x->place.input);
	sf_emit_count(e, "packet", x->place.packet);
	sf_json_time(e, "time", x->place.time_ns);
	if (x->has_header) {
		sf_emit_u64(e, "kid", x->kid);
		sf_emit_u64(e, "ctr", x->ctr);
	} else {
		sf_emit_null(e, "kid");
		sf_emit_null(e, "ctr");
	}
	if (x->end > x->at) {
		sf_emit_open(e, "octets", '[');
		sf_emit_count(e, NULL, x->at);
		sf_emit_count(e, NULL, x->end);
		sf_emit_close(e, '[');
	} else {
		sf_emit_null(e, "octets");
	}
	put_shown(e, &x->shown);
	sf_emit_close(e, '{');
}

static void
put_finding(
    struct sf_emit *e, const struct sf_result *r, const struct sf_finding *f)
{
	const struct sf_rule *rule = &sf_rules[f->rule];
	char detail[SF_WORDS_MAX], fingerprint[20];

	sf_emit_string(e, "id", rule->id);
	sf_emit_string(e, "slug", rule->slug);
	sf_emit_string(e, "severity", sf_severity_name(f->severity));
	sf_emit_string(e, "level", sf_level_name(rule->level));
	sf_emit_string(e, "source", rule->source);
	sf_emit_open(e, "streams", '[');
	for (unsigned i = 0; i < f->n_streams && i < SF_FINDING_STREAMS; i++)
		sf_emit_u64(e, NULL, f->streams[i]);
	sf_emit_close(e, '[');
	sf_emit_count(e, "count", f->count);
	put_times(e, &f->first, &f->last);
	put_packets(e, &f->first, &f->last);
	sf_emit_string(e, "text", rule->text);
	sf_words_detail(detail, r, f);
	put_text(e, "detail", detail);
	sf_emit_string(e, "remedy", rule->remedy);
	sf_emit_open(e, "examples", '[');
	for (unsigned i = 0; i < f->n_examples && i < SF_EXAMPLES; i++)
		put_example(e, &f->examples[i]);
	sf_emit_close(e, '[');
	snprintf(
	    fingerprint, sizeof(fingerprint), "%016" PRIx64, f->fingerprint);
	sf_emit_string(e, "fingerprint", fingerprint);
}

static void
put_rule(struct sf_emit *e, unsigned i, const struct sf_rule_state *state)
{
	sf_emit_string(e, "id", sf_rules[i].id);
	sf_emit_string(e, "outcome", sf_outcome_name(state->outcome));
	sf_emit_count(e, "asked", state->asked);
	sf_emit_count(e, "failed", state->failed);
}

static void
put_verdict(struct sf_emit *e, const struct sf_result *r)
{
	char headline[SF_WORDS_MAX];

	sf_emit_string(e, "verdict", sf_verdict_name(r->verdict));
	sf_words_headline(headline, r);
	sf_emit_string(e, "headline", headline);
	sf_emit_string(e, "fail_on", sf_severity_name(r->fail_on));
	sf_emit_bool(e, "partial", r->partial);
}

static void
put_policy(struct sf_emit *e, const struct sf_result *r)
{
	if (r->policy == NULL) {
		sf_emit_null(e, "policy");
		return;
	}
	sf_emit_open(e, "policy", '{');
	sf_emit_string(e, "name", r->policy->name);
	sf_emit_string(e, "sha256", r->policy_sha256);
	sf_emit_close(e, '{');
}

static void
put_limits(struct sf_emit *e, const struct sf_result *r)
{
	sf_emit_open(e, "limits", '[');
	for (unsigned i = 0; i < r->n_limits; i++)
		sf_emit_string(e, NULL, r->limits[i]);
	sf_emit_close(e, '[');
}

void
sf_json_tool(struct sf_emit *e, const struct sf_tool_info *tool)
{
	sf_emit_open(e, "tool", '{');
	put_tool(e, tool);
	sf_emit_close(e, '{');
}

void
sf_json_inputs(struct sf_emit *e, const struct sf_result *r)
{
	sf_emit_open(e, "inputs", '[');
	for (unsigned i = 0; i < r->n_inputs; i++) {
		sf_emit_open(e, NULL, '{');
		put_input(e, &r->inputs[i]);
		sf_emit_close(e, '{');
	}
	sf_emit_close(e, '[');
}

void
sf_json_findings(struct sf_emit *e, const struct sf_result *r)
{
	sf_emit_open(e, "findings", '[');
	for (unsigned i = 0; i < r->n_findings; i++) {
		sf_emit_open(e, NULL, '{');
		put_finding(e, r, &r->findings[i]);
		sf_emit_close(e, '{');
	}
	sf_emit_close(e, '[');
}

bool
sf_report_json(
    FILE *f, const struct sf_result *r, const struct sf_tool_info *tool)
{
	struct sf_emit e = sf_emit(f, true);

	sf_emit_open(&e, NULL, '{');
	sf_emit_string(&e, "schema", "sframe-tool/report/v1");
	sf_json_tool(&e, tool);
	sf_json_inputs(&e, r);
	sf_emit_open(&e, "accounting", '{');
	put_accounting(&e, r->model);
	sf_emit_close(&e, '{');
	sf_json_dtls(&e, &r->model->dtls);
	sf_json_sdp(&e, r->model->sdp);
	put_verdict(&e, r);
	put_policy(&e, r);
	sf_emit_open(&e, "streams", '[');
	for (const struct sf_stream *s = r->model->streams; s; s = s->next) {
		sf_emit_open(&e, NULL, '{');
		put_stream(&e, s);
		sf_emit_close(&e, '{');
	}
	sf_emit_close(&e, '[');
	sf_json_findings(&e, r);
	sf_emit_open(&e, "rules", '[');
	for (unsigned i = 0; i < SF_FINDINGS; i++) {
		sf_emit_open(&e, NULL, '{');
		put_rule(&e, i, &r->rules[i]);
		sf_emit_close(&e, '{');
	}
	sf_emit_close(&e, '[');
	put_limits(&e, r);
	sf_emit_close(&e, '{');
	return sf_emit_end(&e);
}

static void
line_begin(struct sf_emit *e, const char *type)
{
	sf_emit_open(e, NULL, '{');
	sf_emit_string(e, "type", type);
}

static bool
line_end(struct sf_emit *e)
{
	sf_emit_close(e, '{');
	return sf_emit_end(e);
}

bool
sf_report_jsonl(
    FILE *f, const struct sf_result *r, const struct sf_tool_info *tool)
{
	struct sf_emit e = sf_emit(f, false);

	line_begin(&e, "tool");
	sf_emit_string(&e, "schema", "sframe-tool/report-line/v1");
	put_tool(&e, tool);
	line_end(&e);
	for (unsigned i = 0; i < r->n_inputs; i++) {
		line_begin(&e, "input");
		put_input(&e, &r->inputs[i]);
		line_end(&e);
	}
	line_begin(&e, "accounting");
	put_accounting(&e, r->model);
	line_end(&e);
	for (const struct sf_stream *s = r->model->streams; s; s = s->next) {
		line_begin(&e, "stream");
		put_stream(&e, s);
		line_end(&e);
	}
	for (unsigned i = 0; i < r->n_findings; i++) {
		line_begin(&e, "finding");
		put_finding(&e, r, &r->findings[i]);
		line_end(&e);
	}
	for (unsigned i = 0; i < SF_FINDINGS; i++) {
		line_begin(&e, "rule");
		put_rule(&e, i, &r->rules[i]);
		line_end(&e);
	}
	line_begin(&e, "verdict");
	put_verdict(&e, r);
	put_policy(&e, r);
	put_limits(&e, r);
	return line_end(&e);
}
