/*
 * text_findings.c - the findings of the text report.
 */
#include <inttypes.h>

#include "report/address.h"
#include "report/para.h"
#include "report/text.h"
#include "report/time.h"
#include "report/words.h"

#define HANG          10
#define SAME_SHOWN    4 /* findings of one rule, without -v; notes: 1 */
#define STREAMS_SHOWN 3

static const char *const severity_words[] = {
	[SF_NOTE] = "NOTE",
	[SF_WARNING] = "WARNING",
	[SF_ERROR] = "ERROR",
	[SF_CRITICAL] = "CRITICAL",
};

const struct sf_stream *
sf_text_stream(const struct sf_result *r, uint32_t id)
{
	for (const struct sf_stream *s = r->model->streams; s; s = s->next)
		if (s->id == id)
			return s;
	return NULL;
}

static void
put_stream(struct sf_para *p, const struct sf_stream *s)
{
	const char *kind = sf_kind_name(s->kind);
	char from[SF_ADDRESS_MAX];

	sf_address_text(from, &s->src);
	sf_para_format(p, "%" PRIu32 " (0x%08" PRIx32 "%s%s%s%s)", s->id,
	    s->ssrc, kind == NULL ? "" : " ", kind == NULL ? "" : kind,
	    from[0] == '\0' ? "" : " from ", from);
}

static void
put_streams(
    struct sf_para *p, const struct sf_result *r, const struct sf_finding *fi)
{
	unsigned shown = fi->n_streams;

	if (!p->style->verbose && shown > STREAMS_SHOWN)
		shown = STREAMS_SHOWN;
	if (fi->n_streams > 0)
		sf_para_text(p, fi->n_streams == 1 ? "stream" : "streams");
	for (unsigned i = 0; i < shown; i++) {
		const struct sf_stream *s = sf_text_stream(r, fi->streams[i]);

		if (i > 0)
			sf_para_text(p, ",");
		if (s != NULL)
			put_stream(p, s);
		else
			sf_para_format(p, "%" PRIu32, fi->streams[i]);
	}
	if (shown < fi->n_streams)
		sf_para_format(p, "and %u more", fi->n_streams - shown);
}

/* The name of the capture a place is in, when there are several. */
static void
put_input(struct sf_para *p, const struct sf_result *r, uint32_t input)
{
	if (r->n_inputs < 2 || input >= r->n_inputs)
		return;
	sf_para_text(p, "of");
	sf_para_text(p, sf_text_input(&r->inputs[input]));
}

/* A finding about no packet, such as one on a whole capture, has packet 0. */
static bool
has_place(const struct sf_result *r, const struct sf_finding *fi)
{
	return fi->first.packet != 0 ||
	       (r->n_inputs > 1 && fi->first.input < r->n_inputs);
}

static void
put_places(
    struct sf_para *p, const struct sf_result *r, const struct sf_finding *fi)
{
	const struct sf_place *a = &fi->first;
	const struct sf_place *b = &fi->last;
	char from[SF_TIME_MAX], to[SF_TIME_MAX];

	sf_time_clock(from, a->time_ns);
	sf_time_clock(to, b->time_ns);
	if (a->packet == 0) {
		sf_para_text(p, sf_text_input(&r->inputs[a->input]));
	} else if (a->packet == b->packet && a->input == b->input) {
		sf_para_format(p, "packet %" PRIu64, a->packet);
		put_input(p, r, a->input);
		sf_para_format(p, "at %s", from);
	} else if (a->input == b->input) {
		sf_para_format(
		    p, "packets %" PRIu64 "-%" PRIu64, a->packet, b->packet);
		put_input(p, r, a->input);
		sf_para_format(p, ", %s-%s", from, to);
	} else {
		sf_para_format(p, "packet %" PRIu64, a->packet);
		put_input(p, r, a->input);
		sf_para_format(p, "at %s to packet %" PRIu64, from, b->packet);
		put_input(p, r, b->input);
		sf_para_format(p, "at %s", to);
	}
}

static void
put_where(FILE *f, const struct sf_result *r, const struct sf_finding *fi,
    const struct sf_report_style *style)
{
	struct sf_para p;

	if (fi->n_streams == 0 && !has_place(r, fi))
		return;
	p = sf_para(f, style, HANG, HANG);
	put_streams(&p, r, fi);
	if (has_place(r, fi)) {
		if (fi->n_streams > 0)
			sf_para_text(&p, ",");
		put_places(&p, r, fi);
	}
	if (fi->count > 1 && fi->rule != SFX022) /* octets, in its detail */
		sf_para_format(&p, ", %" PRIu64 " times", fi->count);
	sf_para_end(&p);
}

static void
put_examples(FILE *f, const struct sf_result *r, const struct sf_finding *fi,
    const struct sf_report_style *style)
{
	for (unsigned i = 0; i < fi->n_examples && i < SF_EXAMPLES; i++) {
		const struct sf_example *x = &fi->examples[i];
		struct sf_para p = sf_para(f, style, HANG, HANG + 2);
		char at[SF_TIME_MAX];

		sf_time_clock(at, x->place.time_ns);
		sf_para_format(&p, "e.g. packet %" PRIu64, x->place.packet);
		put_input(&p, r, x->place.input);
		sf_para_format(&p, "at %s", at);
		if (x->has_header)
			sf_para_format(&p, ", KID %" PRIu64 ", CTR %" PRIu64,
			    x->kid, x->ctr);
		if (x->end > x->at)
			sf_para_format(&p, ", octets %" PRIu32 "-%" PRIu32,
			    x->at, x->end - 1);
		sf_para_end(&p);
	}
}

static void
put_finding(FILE *f, const struct sf_result *r, const struct sf_finding *fi,
    bool remedy, const struct sf_report_style *style)
{
	const struct sf_rule *rule = &sf_rules[fi->rule];
	struct sf_para p = sf_para(f, style, 0, HANG);
	char detail[SF_WORDS_MAX];

	sf_para_paint(&p, sf_paint_of_severity(fi->severity),
	    severity_words[fi->severity]);
	sf_para_tab(&p, HANG);
	sf_para_paint(&p, SF_BOLD, rule->slug);
	sf_para_text(&p, ":");
	sf_para_text(&p, rule->text);
	sf_para_end(&p);
	put_where(f, r, fi, style);
	sf_words_detail(detail, r, fi);
	if (detail[0] != '\0') {
		p = sf_para(f, style, HANG, HANG);
		sf_para_text(&p, detail);
		sf_para_end(&p);
	}
	if (style->verbose)
		put_examples(f, r, fi, style);
	if (remedy) {
		p = sf_para(f, style, HANG, HANG + 3);
		sf_para_text(&p, "->");
		sf_para_text(&p, rule->remedy);
		sf_para_end(&p);
	}
}

void
sf_text_findings(
    FILE *f, const struct sf_result *r, const struct sf_report_style *style)
{
	unsigned total[SF_FINDINGS] = { 0 }, seen[SF_FINDINGS] = { 0 };

	if (r->n_findings > 0)
		fputc('\n', f);
	for (unsigned i = 0; i < r->n_findings; i++)
		total[r->findings[i].rule]++;
	for (unsigned i = 0; i < r->n_findings; i++) {
		const struct sf_finding *fi = &r->findings[i];
		unsigned n = seen[fi->rule]++;
		unsigned shown = fi->severity == SF_NOTE ? 1 : SAME_SHOWN;

		if (n < shown || style->verbose)
			put_finding(f, r, fi, n == 0, style);
		if (n + 1 == shown && total[fi->rule] > shown &&
		    !style->verbose)
			fprintf(f,
			    "%*sand %u more of the same (-v shows all)\n", HANG,
			    "", total[fi->rule] - shown);
	}
}
