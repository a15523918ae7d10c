/*
 * json_findings.c - a finding in the JSON report, with the frames that show it.
 */
#include <inttypes.h>
#include <math.h>

#include "report/json.h"
#include "report/words.h"

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

void
sf_json_finding(
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
	sf_json_times(e, &f->first, &f->last);
	sf_json_packets(e, &f->first, &f->last);
	sf_emit_string(e, "text", rule->text);
	sf_words_detail(detail, r, f);
	sf_json_text(e, "detail", detail);
	sf_emit_string(e, "remedy", rule->remedy);
	sf_emit_open(e, "examples", '[');
	for (unsigned i = 0; i < f->n_examples && i < SF_EXAMPLES; i++)
		put_example(e, &f->examples[i]);
	sf_emit_close(e, '[');
	snprintf(
	    fingerprint, sizeof(fingerprint), "%016" PRIx64, f->fingerprint);
	sf_emit_string(e, "fingerprint", fingerprint);
}

void
sf_json_findings(struct sf_emit *e, const struct sf_result *r)
{
	sf_emit_open(e, "findings", '[');
	for (unsigned i = 0; i < r->n_findings; i++) {
		sf_emit_open(e, NULL, '{');
		sf_json_finding(e, r, &r->findings[i]);
		sf_emit_close(e, '{');
	}
	sf_emit_close(e, '[');
}
