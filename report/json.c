/*
 * json.c - the report as JSON: one document, or a line for each fact.
 *
 * Both are made from the same functions, one per kind of object. Members stand
 * in the order of docs/report.schema.json. Nothing here is locale or clock.
 */
#include "checks/policy.h"
#include "engine/capture/wrap.h"
#include "report/address.h"
#include "report/json.h"
#include "report/time.h"
#include "report/version.h"
#include "report/words.h"

void
sf_json_time(struct sf_emit *e, const char *key, int64_t ns)
{
	char text[SF_TIME_MAX];

	sf_time_rfc3339(text, ns);
	sf_emit_string(e, key, text);
}

void
sf_json_times(struct sf_emit *e, const struct sf_place *first,
    const struct sf_place *last)
{
	sf_json_time(e, "first", first->time_ns);
	sf_json_time(e, "last", last->time_ns);
}

void
sf_json_packets(struct sf_emit *e, const struct sf_place *first,
    const struct sf_place *last)
{
	sf_emit_count(e, "first_packet", first->packet);
	sf_emit_count(e, "last_packet", last->packet);
}

void
sf_json_text(struct sf_emit *e, const char *key, const char *s)
{
	sf_emit_string(e, key, s[0] == '\0' ? NULL : s);
}

static void
put_tool(struct sf_emit *e, const struct sf_tool_info *tool)
{
	sf_emit_string(e, "name", SF_NAME);
	sf_emit_string(e, "version", SF_VERSION);
	sf_emit_string(e, "commit", sf_commit);
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
	sf_emit_bool(e, "inside", info->damaged_inside);
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
	sf_emit_string(e, "compression",
	    info->packing[0] == '\0' ? NULL : info->packing);
	put_links(e, info);
	sf_emit_count(e, "packets", info->packets);
	if (info->packets > 0) {
		sf_json_time(e, "first", info->first_ns);
		sf_json_time(e, "last", info->last_ns);
	} else {
		sf_emit_null(e, "first");
		sf_emit_null(e, "last");
	}
	if (info->carried)
		sf_emit_bool(e, "unwrapped", true);
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
		sf_json_stream(&e, s);
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
		sf_json_stream(&e, s);
		line_end(&e);
	}
	for (unsigned i = 0; i < r->n_findings; i++) {
		line_begin(&e, "finding");
		sf_json_finding(&e, r, &r->findings[i]);
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
