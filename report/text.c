/*
 * text.c - the report for a person: verdict first, then who, then what is
 * wrong with it, and last what was not seen.
 */
#include "report/text.h"

#include <inttypes.h>
#include <string.h>

#include "checks/policy.h"
#include "engine/capture/wrap.h"
#include "report/address.h"
#include "report/para.h"
#include "report/time.h"
#include "report/words.h"

static const char *const verdict_words[] = {
	[SF_PASS] = "PASS",
	[SF_FAIL] = "FAIL",
	[SF_INCONCLUSIVE] = "INCONCLUSIVE",
};

#define HANG      6
#define PROCESSES 8 /* of a log, shown without -v */

const char *
sf_text_input(const struct sf_input *in)
{
	return strcmp(in->name, "-") == 0 ? "standard input" : in->name;
}

static void
put_verdict(
    FILE *f, const struct sf_result *r, const struct sf_report_style *style)
{
	struct sf_para p = sf_para(f, style, 0, HANG);
	const char *word = verdict_words[r->verdict];
	unsigned wide = (unsigned)strlen(word);
	char headline[SF_WORDS_MAX];

	sf_para_paint(&p, sf_paint_of_verdict(r->verdict), word);
	sf_para_tab(&p, wide < HANG ? HANG : wide + 2);
	if (r->n_inputs > 0)
		sf_para_text(&p, sf_text_input(&r->inputs[0]));
	if (r->n_inputs > 1)
		sf_para_format(&p, "and %u more", r->n_inputs - 1);
	if (r->n_inputs > 0)
		sf_para_text(&p, ":");
	sf_words_headline(headline, r);
	sf_para_text(&p, headline);
	sf_para_end(&p);
	if (r->partial) {
		p = sf_para(f, style, HANG, HANG);
		sf_para_text(&p,
		    "PARTIAL: a limit of this run was reached, what is below "
		    "is not all.");
		sf_para_end(&p);
	}
}

/* A policy that was asked for, so that the report says what it measured. */
static void
put_policy(
    FILE *f, const struct sf_result *r, const struct sf_report_style *style)
{
	struct sf_para p;

	if (r->policy == NULL || strcmp(r->policy->name, "default") == 0)
		return;
	p = sf_para(f, style, HANG, HANG);
	sf_para_text(&p, "policy");
	sf_para_text(&p, r->policy->name);
	if (r->policy_sha256 != NULL)
		sf_para_format(&p, "(SHA-256 %.16s...)", r->policy_sha256);
	sf_para_end(&p);
}

static const char *const clocks[] = { [SF_CLOCK_UTC] = "UTC",
	[SF_CLOCK_LOCAL] = "local time",
	[SF_CLOCK_NO_DATE] = "counted from 1970" };

/* Who is who in a log of several processes. */
static void
put_processes(FILE *f, const struct sf_capture_info *info,
    const struct sf_report_style *style)
{
	struct sf_para p = sf_para(f, style, HANG, HANG);
	unsigned shown = info->processes;
	char text[SF_ADDRESS_MAX];

	if (!style->verbose && shown > PROCESSES)
		shown = PROCESSES;
	sf_para_format(&p, "%u processes:", info->processes);
	for (unsigned i = 0; i < shown; i++) {
		struct sf_addr near = sf_wrap_near_of(i);

		sf_address_text(text, &near);
		sf_para_format(&p, "%" PRIu32 " is %s%s", info->process_ids[i],
		    text, i + 1 < info->processes ? "," : "");
	}
	if (shown < info->processes)
		sf_para_format(
		    &p, "and %u more (-v lists them)", info->processes - shown);
	sf_para_end(&p);
}

static void
put_input(FILE *f, const struct sf_input *in, bool named,
    const struct sf_report_style *style)
{
	const struct sf_capture_info *info = in->info;
	struct sf_para p = sf_para(f, style, HANG, HANG);
	char first[SF_TIME_MAX], last[SF_TIME_MAX], span[SF_TIME_MAX];

	if (named) {
		sf_para_text(&p, sf_text_input(in));
		sf_para_text(&p, ":");
	}
	if (info->format == NULL) {
		sf_para_paint(&p, SF_YELLOW, "could not be read");
		sf_para_end(&p);
		return;
	}
	sf_para_format(&p, "%s%s%s, %" PRIu64 " packet%s", info->format,
	    info->packing[0] == '\0' ? "" : " in ", info->packing,
	    info->packets, info->packets == 1 ? "" : "s");
	if (info->carried)
		sf_para_text(&p, "by unwrap (counts and packet numbers are of "
				 "what it was made from)");
	if (info->packets > 0) {
		sf_time_date_clock(first, info->first_ns);
		sf_time_clock(last, info->last_ns);
		sf_time_span(span, (int64_t)((uint64_t)info->last_ns -
					     (uint64_t)info->first_ns));
		sf_para_format(&p, ", %s to %s %s (%s)", first, last,
		    clocks[info->clock], span);
	}
	if (info->filtered > 0)
		sf_para_format(
		    &p, ", %" PRIu64 " left out by the filter", info->filtered);
	if (info->dropped > 0)
		sf_para_format(&p, ", %" PRIu64 " lost by the capturing side",
		    info->dropped);
	if (info->damaged) {
		sf_para_text(&p, ",");
		sf_para_paint(&p, SF_YELLOW, "damaged");
		sf_para_format(&p, "at octet %" PRIu64 "%s", info->damaged_at,
		    sf_words_inside(info));
	}
	sf_para_end(&p);
	if (info->processes > 1)
		put_processes(f, info, style);
}

static void
put_inputs(
    FILE *f, const struct sf_result *r, const struct sf_report_style *style)
{
	unsigned shown = style->verbose || r->n_inputs <= 8 ? r->n_inputs : 6;

	for (unsigned i = 0; i < shown; i++)
		put_input(f, &r->inputs[i], r->n_inputs > 1, style);
	if (shown < r->n_inputs)
		fprintf(f, "%*sand %u more captures (-v lists them)\n", HANG,
		    "", r->n_inputs - shown);
}

static void
put_accounting(
    FILE *f, const struct sf_model *m, const struct sf_report_style *style)
{
	const struct sf_accounting *a = &m->accounting;
	const struct {
		const char *what;
		uint64_t n;
	} rows[] = {
		{ "RTP", a->rtp },
		{ "SRTP", a->srtp },
		{ "RTCP", a->rtcp },
		{ "STUN", a->stun },
		{ "TURN", a->turn },
		{ "DTLS", a->dtls },
		{ "cut", a->cut },
		{ "malformed", a->malformed },
		{ "other", a->other },
	};
	struct sf_para p = sf_para(f, style, 0, HANG);
	const char *comma = ":";

	sf_para_format(&p, "Of %" PRIu64 " packet%s", a->packets,
	    a->packets == 1 ? "" : "s");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].n == 0)
			continue;
		sf_para_format(
		    &p, "%s %" PRIu64 " %s", comma, rows[i].n, rows[i].what);
		comma = ",";
	}
	sf_para_text(&p, ".");
	if (m->possible > 0)
		sf_para_format(&p,
		    "%" PRIu64 " SSRC%s with too few packets to call a stream "
		    "(%" PRIu64 " packet%s)%s.",
		    m->possible, m->possible == 1 ? "" : "s",
		    m->possible_packets, m->possible_packets == 1 ? "" : "s",
		    m->possible_tried == m->possible ? ", which no key opened"
						     : "");
	if (m->unsupported_links > 0)
		sf_para_format(&p,
		    "%" PRIu64 " of a link type that is not decoded.",
		    m->unsupported_links);
	sf_para_end(&p);
}

/* A check of the check: what a changed key opened. */
static void
put_control(
    FILE *f, const struct sf_result *r, const struct sf_report_style *style)
{
	uint64_t asked = 0, opened = 0;
	struct sf_para p;

	if (!r->model->keys_given)
		return;
	for (const struct sf_stream *s = r->model->streams; s != NULL;
	     s = s->next) {
		asked += s->evidence.controls;
		opened += s->evidence.controls_opened;
	}
	p = sf_para(f, style, 0, HANG);
	if (asked == 0)
		sf_para_text(&p, "Negative control: no frame had a key.");
	else
		sf_para_format(&p,
		    "Negative control: %" PRIu64
		    " frame%s put to a changed key, %" PRIu64 " opened.",
		    asked, asked == 1 ? "" : "s", opened);
	sf_para_end(&p);
}

static void
put_rules(
    FILE *f, const struct sf_result *r, const struct sf_report_style *style)
{
	unsigned n[4] = { 0 };
	struct sf_para p = sf_para(f, style, 0, HANG);

	for (unsigned i = 0; i < SF_FINDINGS; i++)
		n[r->rules[i].outcome]++;
	sf_para_format(&p,
	    "%u rules: %u passed, %u failed, %u not exercised, %u cannot tell.",
	    (unsigned)SF_FINDINGS, n[SF_PASSED], n[SF_FAILED],
	    n[SF_NOT_EXERCISED], n[SF_CANNOT_TELL]);
	sf_para_end(&p);
	for (unsigned i = 0; style->verbose && i < SF_FINDINGS; i++) {
		const struct sf_rule_state *s = &r->rules[i];

		fprintf(f, "  %s  %-24s  %-13s  asked %" PRIu64 " time%s",
		    sf_rules[i].id, sf_rules[i].slug,
		    sf_outcome_name(s->outcome), s->asked,
		    s->asked == 1 ? "" : "s");
		if (s->failed > 0)
			fprintf(f, ", failed %" PRIu64, s->failed);
		fputc('\n', f);
	}
}

static void
put_limits(
    FILE *f, const struct sf_result *r, const struct sf_report_style *style)
{
	const struct sf_model *m = r->model;
	struct sf_para p;

	for (unsigned i = 0; i < SF_LIMITS; i++) {
		if (m->limits[i] == 0)
			continue;
		p = sf_para(f, style, 0, HANG);
		sf_para_paint(&p, SF_YELLOW, "Limit reached");
		sf_para_format(&p,
		    ": %" PRIu64 " %s, first at packet %" PRIu64 ".",
		    m->limits[i], sf_limit_text((enum sf_limit)i),
		    m->limit_first[i].packet);
		sf_para_end(&p);
	}
	if (r->n_limits == 0)
		return;
	fputs("Not shown by this report:\n", f);
	for (unsigned i = 0; i < r->n_limits; i++) {
		p = sf_para(f, style, 2, 4);
		sf_para_text(&p, "-");
		sf_para_text(&p, r->limits[i]);
		sf_para_end(&p);
	}
}

bool
sf_report_text(
    FILE *f, const struct sf_result *r, const struct sf_report_style *style)
{
	put_verdict(f, r, style);
	put_policy(f, r, style);
	if (!style->quiet) {
		put_inputs(f, r, style);
		sf_text_sdp(f, r, style);
		sf_text_streams(f, r, style);
		sf_text_srtp(f, r, style);
	}
	sf_text_findings(f, r, style);
	if (!style->quiet) {
		fputc('\n', f);
		put_accounting(f, r->model, style);
		if (style->verbose && r->model->accounting.rtcp > 0)
			sf_text_rtcp(f, &r->model->rtcp, style);
		put_control(f, r, style);
		put_rules(f, r, style);
		put_limits(f, r, style);
	}
	return !ferror(f);
}
