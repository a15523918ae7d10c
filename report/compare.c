/*
 * compare.c - a comparison for a person, and for a program.
 */
#include "report/compare.h"

#include <inttypes.h>
#include <string.h>

#include "report/json.h"
#include "report/para.h"
#include "report/text.h"
#include "report/time.h"

#define HANG 12

static const char *const verdict_words[] = { "UNTOUCHED", "ALTERED",
	"INCONCLUSIVE" };
static const enum sf_paint verdict_paints[] = { SF_BOLD_GREEN, SF_BOLD_RED,
	SF_BOLD_YELLOW };

/* What came as it was, and once more in another way. */
static void
headline_again(char out[SF_COMPARE_HEADLINE], const struct sf_comparison *c)
{
	if (c->again_clear > 0)
		snprintf(out, SF_COMPARE_HEADLINE,
		    "all %" PRIu64 " frames that came through are the same, "
		    "and %" PRIu64 " came once more in the clear (RTX, RED, "
		    "FEC or a second receiver): what is between the two points "
		    "has the key",
		    c->matched, c->again_clear);
	else if (c->again > 0)
		snprintf(out, SF_COMPARE_HEADLINE,
		    "all %" PRIu64 " frames that came through are the same, "
		    "and %" PRIu64 " came once more with other octets (RTX, "
		    "RED, FEC or a second receiver): what is between the two "
		    "points does not "
		    "forward the frame untouched",
		    c->matched, c->again);
	else
		snprintf(out, SF_COMPARE_HEADLINE,
		    "all %" PRIu64 " frames that came through are the same, "
		    "and %" PRIu64 " packets were retransmitted with other "
		    "octets: see what is between the two points",
		    c->matched, c->rtx_differs);
}

void
sf_compare_headline(
    char out[SF_COMPARE_HEADLINE], const struct sf_comparison *c)
{
	char more[64] = "";
	const char *how = c->hop == c->same && c->hop > 0
			      ? ", all of them still under SRTP"
			  : c->hop > 0    ? ", some of them still under SRTP"
			  : c->clear == 0 ? ""
			  : c->clear == c->same ? ", all of them in the clear"
						: ", some of them in the clear";

	if (c->injected > 0)
		snprintf(more, sizeof(more),
		    "; %" PRIu64 " frame%s of B %s never seen at A",
		    c->injected, c->injected == 1 ? "" : "s",
		    c->injected == 1 ? "was" : "were");
	if (c->matched == 0 && c->srtp[0] + c->srtp[1] > 0)
		snprintf(out, SF_COMPARE_HEADLINE,
		    "no frame was seen at both points: %" PRIu64 " streams of "
		    "A and %" PRIu64 " of B are still under SRTP, where frames "
		    "cannot be seen; give its keys (--srtp-keys, --keylog)",
		    c->srtp[0], c->srtp[1]);
	else if (c->matched == 0 && c->doubted > 0)
		snprintf(out, SF_COMPARE_HEADLINE,
		    "these seem to be two calls: %" PRIu64 " frames are equal, "
		    "as test tones and silence are in any two, and nothing "
		    "else says that it is one; nothing can be said about what "
		    "is between the two points",
		    c->doubted);
	else if (c->matched == 0)
		snprintf(out, SF_COMPARE_HEADLINE,
		    "no frame was seen at both points; nothing can be said "
		    "about what is between them");
	else if (c->verdict == SF_UNTOUCHED)
		snprintf(out, SF_COMPARE_HEADLINE,
		    "all %" PRIu64 " frames that came through are the same, "
		    "octet for octet%s: what is between the two points "
		    "forwards the frame untouched%s",
		    c->matched, how, more);
	else if (c->altered == 0)
		headline_again(out, c);
	else if (c->plaintext > 0)
		snprintf(out, SF_COMPARE_HEADLINE,
		    "%" PRIu64 " of %" PRIu64 " frames that came through were "
		    "decrypted on the way: what is between the two points "
		    "has the key",
		    c->plaintext, c->matched);
	else
		snprintf(out, SF_COMPARE_HEADLINE,
		    "%" PRIu64 " of %" PRIu64 " frames that came through were "
		    "altered: what is between the two points does not forward "
		    "the frame untouched",
		    c->altered, c->matched);
}

/* ---- text ------------------------------------------------------------------ */

static void
put_side(FILE *f, const struct sf_compare_view *v, unsigned i,
    const struct sf_report_style *style)
{
	struct sf_para p = sf_para(f, style, 2, HANG);

	sf_para_format(&p, "%c  ", "AB"[i]);
	sf_para_text(&p, sf_text_input(&v->inputs[i]));
	sf_para_format(&p, ": %" PRIu64 " frames", v->frames[i]);
	if (v->incomplete[i] > 0)
		sf_para_format(
		    &p, ", %" PRIu64 " of them incomplete", v->incomplete[i]);
	if (v->inputs[i].info->damaged)
		sf_para_paint(&p, SF_YELLOW, ", damaged");
	if (v->c->srtp[i] > 0) {
		sf_para_paint(&p, SF_YELLOW, ",");
		sf_para_format(&p,
		    "%" PRIu64 " stream%s still under SRTP: not judged unless "
		    "equal",
		    v->c->srtp[i], v->c->srtp[i] == 1 ? "" : "s");
	}
	sf_para_end(&p);
}

static void
stream_cell(char out[40], const struct sf_stream *s)
{
	const char *kind = s == NULL ? NULL : sf_kind_name(s->kind);

	if (s == NULL)
		snprintf(out, 40, "-");
	else
		snprintf(out, 40, "#%" PRIu32 " 0x%08" PRIx32 " %s", s->id,
		    s->ssrc, kind == NULL ? "?" : kind);
}

/* A stream of one side of which no frame was seen: padding, probes. */
static bool
is_empty(const struct sf_compared *r)
{
	return (r->a == NULL && r->b->frames == 0) ||
	       (r->b == NULL && r->a->frames == 0);
}

/* What a further receiver gets. */
static void
put_copy(FILE *f, const char *a, const char *b, const struct sf_compared *r)
{
	fprintf(f, "  %-21s %-21s    copy", a, b);
	if (r->again_clear > 0)
		fprintf(f, ", %" PRIu64 " frames in the clear", r->again_clear);
	if (r->again > r->again_clear)
		fprintf(f, ", %" PRIu64 " altered", r->again - r->again_clear);
	fputc('\n', f);
}

static void
put_rows(FILE *f, const struct sf_comparison *c)
{
	fprintf(f, "\n  %-21s %-21s %7s %7s %7s %7s %8s %7s\n", "A", "B",
	    "frames", "same", "altered", "dropped", "injected", "outside");
	for (unsigned i = 0; i < c->n_rows; i++) {
		const struct sf_compared *r = &c->rows[i];
		char a[40], b[40];

		if (is_empty(r))
			continue;
		stream_cell(a, r->a);
		stream_cell(b, r->b);
		if (r->copy) {
			put_copy(f, a, b, r);
			continue;
		}
		fprintf(f,
		    "  %-21s %-21s %7" PRIu64 " %7" PRIu64 " %7" PRIu64
		    " %7" PRIu64 " %8" PRIu64 " %7" PRIu64 "\n",
		    a, b, r->frames, r->same, r->altered,
		    r->dropped + r->damaged, r->injected, r->outside);
	}
}

static void
put_missing(
    FILE *f, const struct sf_comparison *c, const struct sf_report_style *style)
{
	struct sf_para p;

	if (c->missing == 0)
		return;
	p = sf_para(f, style, 2, 4);
	sf_para_format(&p,
	    "%" PRIu64 " frame%s of B stand%s where A lacks packets: lost "
	    "before its capture or by it, and not called injected.",
	    c->missing, c->missing == 1 ? "" : "s",
	    c->missing == 1 ? "s" : "");
	sf_para_end(&p);
}

static void
put_unselected(
    FILE *f, const struct sf_comparison *c, const struct sf_report_style *style)
{
	struct sf_para p;

	if (c->unselected == 0)
		return;
	p = sf_para(f, style, 2, 4);
	sf_para_format(&p,
	    "%" PRIu64 " frame%s of A: B's stream showed another of A's just "
	    "then, as an SFU does that changes layers or speakers; not called "
	    "dropped.",
	    c->unselected, c->unselected == 1 ? "" : "s");
	sf_para_end(&p);
}

static void
put_made_up(
    FILE *f, const struct sf_comparison *c, const struct sf_report_style *style)
{
	struct sf_para p;

	if (c->made_up == 0)
		return;
	p = sf_para(f, style, 2, 4);
	sf_para_format(&p,
	    "%" PRIu64 " blank frame%s of B, silence or black in the clear: "
	    "what an SFU makes up for a muted track; not called injected.",
	    c->made_up, c->made_up == 1 ? "" : "s");
	sf_para_end(&p);
}

static void
put_again(
    FILE *f, const struct sf_comparison *c, const struct sf_report_style *style)
{
	struct sf_para p;

	if (c->again == 0)
		return;
	p = sf_para(f, style, 2, 4);
	sf_para_format(&p,
	    "%" PRIu64
	    " frame%s of B came as at A, and once more, by RTX, RED, "
	    "FEC or for a second receiver, with other octets%s.",
	    c->again, c->again == 1 ? "" : "s",
	    c->again_clear == 0          ? ""
	    : c->again_clear == c->again ? ": in the clear"
					 : ": some in the clear");
	sf_para_end(&p);
}

static void
put_clock(
    FILE *f, const struct sf_comparison *c, const struct sf_report_style *style)
{
	struct sf_para p;
	char offset[SF_TIME_MAX], p95[SF_TIME_MAX], most[SF_TIME_MAX];
	int64_t ns = c->offset_ns;

	if (!c->has_offset)
		return;
	sf_time_span(offset, ns < 0 ? -ns : ns);
	sf_time_span(p95, c->delay_p95_ns);
	sf_time_span(most, c->delay_most_ns);
	p = sf_para(f, style, 2, 4);
	sf_para_format(&p,
	    "Clock of B less that of A, with the way between them: %s%s "
	    "(median)",
	    ns <= -500000 ? "-" : "", offset); /* of -0.000 s, none */
	if (c->drift > 0 || c->drift < 0)
		sf_para_format(&p,
		    ", and it %s by %.1f ms a minute: clocks that drift, or a "
		    "delay that %s",
		    c->drift > 0 ? "grows" : "shrinks",
		    (c->drift > 0 ? c->drift : -c->drift) * 60e3,
		    c->drift > 0 ? "grows" : "shrinks");
	sf_para_format(&p,
	    ". 95 %% of the frames came within %s of that, the last %s later.",
	    p95, most);
	sf_para_end(&p);
}

static void
put_example(FILE *f, const struct sf_altered_frame *x,
    const struct sf_report_style *style)
{
	struct sf_para p = sf_para(f, style, 4, 8);

	sf_para_format(&p, "packet %" PRIu64 " of A, packet %" PRIu64 " of B",
	    x->a.packet, x->b.packet);
	if (x->a.has_header)
		sf_para_format(
		    &p, ", KID %" PRIu64 ", CTR %" PRIu64, x->a.kid, x->a.ctr);
	sf_para_format(&p, ", %" PRIu32 " -> %" PRIu32 " octets", x->a.octets,
	    x->b.octets);
	if (x->b.state == SF_STATE_PLAINTEXT && x->a.has_header)
		sf_para_paint(&p, SF_RED, ", in the clear at B");
	if (x->known) {
		sf_para_format(
		    &p, ": first difference at octet %zu;", x->how.at);
		sf_para_text(&p, sf_alteration_text(x->how.what));
		sf_para_format(
		    &p, "(%zu octet%s).", x->how.n, x->how.n == 1 ? "" : "s");
	}
	sf_para_end(&p);
}

static void
put_rtx_example(FILE *f, const struct sf_rtx_example *x,
    const struct sf_report_style *style)
{
	struct sf_para p = sf_para(f, style, 4, 8);

	sf_para_format(&p,
	    "packet %" PRIu64 " of B (RTX) repeats packet %" PRIu64
	    " of B, sequence number %u, %" PRIu32 " -> %" PRIu32
	    " octets of payload: first difference at octet %zu;",
	    x->packet, x->original, (unsigned)x->seq, x->octets[0],
	    x->octets[1], x->how.at);
	sf_para_text(&p, sf_alteration_text(x->how.what));
	sf_para_format(
	    &p, "(%zu octet%s).", x->how.n, x->how.n == 1 ? "" : "s");
	sf_para_end(&p);
}

static void
put_rtx_examples(
    FILE *f, const struct sf_comparison *c, const struct sf_report_style *style)
{
	for (unsigned i = 0; i < c->n_rtx_shown; i++) {
		const struct sf_rtx_example *x = &c->rtx_shown[i];
		bool new = true;

		for (unsigned j = 0; j < i && !style->verbose; j++)
			new &= c->rtx_shown[j].row != x->row ||
			       c->rtx_shown[j].how.what != x->how.what;
		if (i == 0 && c->n_shown == 0)
			fputs("\n  For example\n", f);
		if (new)
			put_rtx_example(f, x, style);
	}
}

/* The first of each stream, and of each way it was altered. */
static void
put_examples(
    FILE *f, const struct sf_comparison *c, const struct sf_report_style *style)
{
	for (unsigned i = 0; i < c->n_shown; i++) {
		const struct sf_altered_frame *x = &c->shown[i];
		bool new = true;

		for (unsigned j = 0; j < i && !style->verbose; j++)
			new &= c->shown[j].row != x->row ||
			       c->shown[j].how.what != x->how.what;
		if (i == 0)
			fputs("\n  For example\n", f);
		if (new)
			put_example(f, x, style);
	}
}

static char
point_of(const struct sf_compare_finding *x)
{
	return x->kind == SF_EXTENT_DROPPED ? 'A' : 'B';
}

static void
put_extent(struct sf_para *p, const struct sf_compare_finding *x)
{
	const struct sf_place *a = &x->at.first, *b = &x->at.last;
	char first[SF_TIME_MAX], last[SF_TIME_MAX];

	if (a->packet == 0)
		return;
	sf_time_clock(first, a->time_ns);
	sf_time_clock(last, b->time_ns);
	if (a->packet == b->packet)
		sf_para_format(p, ", packet %" PRIu64 " of %c, %s", a->packet,
		    point_of(x), first);
	else
		sf_para_format(p,
		    ", packets %" PRIu64 "-%" PRIu64 " of %c, %s-%s", a->packet,
		    b->packet, point_of(x), first, last);
}

/* Whole streams are as a rule those of other senders. */
static void
put_unknown(struct sf_para *p, const struct sf_comparison *c)
{
	char all[32] = "all";

	if (c->in_unknown < c->injected)
		snprintf(all, sizeof(all), "%" PRIu64, c->in_unknown);
	sf_para_format(p,
	    " (%s of them in %" PRIu64 " stream%s that A has nothing of: "
	    "another sender's, or of a kind that A lacks)",
	    all, c->unknown, c->unknown == 1 ? "" : "s");
}

static void
put_finding(FILE *f, const struct sf_comparison *c,
    const struct sf_compare_finding *x, const struct sf_report_style *style)
{
	static const char *const words[] = { "NOTE", "WARNING", "ERROR",
		"CRITICAL" };
	const struct sf_rule *rule = &sf_rules[x->rule];
	const struct sf_compared *r = &c->rows[x->row];
	struct sf_para p = sf_para(f, style, 0, 10);
	char a[40];
	bool of_a;

	sf_para_paint(
	    &p, sf_paint_of_severity(x->severity), words[x->severity]);
	sf_para_tab(&p, 10);
	sf_para_paint(&p, SF_BOLD, rule->slug);
	sf_para_text(&p, ":");
	sf_para_text(&p, rule->text);
	sf_para_format(&p, ": %" PRIu64 " %s%s", x->count,
	    x->packets ? "packet" : "frame",
	    x->count == 1 ? "" : "s");
	if (x->rule == SFC004 && c->unknown > 0)
		put_unknown(&p, c);
	if (x->count > 0) {
		of_a = r->b == NULL || point_of(x) == 'A';
		stream_cell(a, of_a ? r->a : r->b);
		sf_para_format(
		    &p, ", first in stream %s of %c", a, of_a ? 'A' : 'B');
	}
	put_extent(&p, x);
	sf_para_end(&p);
	p = sf_para(f, style, 10, 13);
	sf_para_text(&p, "->");
	sf_para_text(&p, rule->remedy);
	sf_para_end(&p);
}

bool
sf_compare_text(FILE *f, const struct sf_compare_view *v,
    const struct sf_report_style *style)
{
	const struct sf_comparison *c = v->c;
	struct sf_para p = sf_para(f, style, 0, HANG);
	char headline[SF_COMPARE_HEADLINE];

	sf_para_paint(
	    &p, verdict_paints[c->verdict], verdict_words[c->verdict]);
	sf_para_tab(&p, HANG);
	sf_compare_headline(headline, c);
	sf_para_text(&p, headline);
	sf_para_end(&p);
	if (c->partial)
		fputs(
		    "  PARTIAL: more frames than there is room for; run again "
		    "with a larger --max-memory\n",
		    f);
	if (!style->quiet) {
		put_side(f, v, 0, style);
		put_side(f, v, 1, style);
		put_rows(f, c);
		put_missing(f, c, style);
		put_unselected(f, c, style);
		put_made_up(f, c, style);
		put_again(f, c, style);
		put_clock(f, c, style);
	}
	put_examples(f, c, style);
	put_rtx_examples(f, c, style);
	if (c->n_findings > 0)
		fputc('\n', f);
	for (unsigned i = 0; i < c->n_findings; i++)
		put_finding(f, c, &c->findings[i], style);
	return !ferror(f);
}

/* ---- JSON ------------------------------------------------------------------- */

static void
put_stream(struct sf_emit *e, const char *key, const struct sf_stream *s)
{
	char ssrc[16];

	if (s == NULL) {
		sf_emit_null(e, key);
		return;
	}
	snprintf(ssrc, sizeof(ssrc), "0x%08" PRIx32, s->ssrc);
	sf_emit_open(e, key, '{');
	sf_emit_u64(e, "id", s->id);
	sf_emit_string(e, "ssrc", ssrc);
	sf_emit_string(e, "kind", sf_kind_name(s->kind));
	sf_emit_string(e, "protection", sf_protection_name(s->protection));
	sf_emit_close(e, '{');
}

static void
put_json_row(struct sf_emit *e, const struct sf_compared *r)
{
	sf_emit_open(e, NULL, '{');
	put_stream(e, "a", r->a);
	put_stream(e, "b", r->b);
	sf_emit_bool(e, "copy", r->copy);
	sf_emit_count(e, "frames", r->frames);
	sf_emit_count(e, "same", r->same);
	sf_emit_count(e, "same_in_clear", r->clear);
	sf_emit_count(e, "altered", r->altered);
	sf_emit_count(e, "decrypted", r->plaintext);
	sf_emit_count(e, "encrypted", r->encrypted);
	sf_emit_count(e, "altered_again", r->again);
	sf_emit_count(e, "decrypted_again", r->again_clear);
	sf_emit_count(e, "rtx_packets_differ", r->rtx_differs);
	sf_emit_count(e, "dropped", r->dropped);
	sf_emit_count(e, "not_selected", r->unselected);
	sf_emit_count(e, "incomplete_at_b", r->damaged);
	sf_emit_count(e, "outside", r->outside);
	sf_emit_count(e, "injected", r->injected);
	sf_emit_count(e, "server_made", r->made_up);
	sf_emit_count(e, "missing_at_a", r->missing);
	sf_emit_count(e, "reordered", r->reordered);
	sf_emit_close(e, '{');
}

static void
put_json_side(struct sf_emit *e, const char *key, const struct sf_note *n)
{
	sf_emit_open(e, key, '{');
	sf_emit_count(e, "packet", n->packet);
	sf_json_time(e, "time", n->time_ns);
	sf_emit_count(e, "octets", n->octets);
	sf_emit_string(e, "state", sf_state_name((enum sf_state)n->state));
	if (n->has_header) {
		sf_emit_u64(e, "kid", n->kid);
		sf_emit_u64(e, "ctr", n->ctr);
	} else {
		sf_emit_null(e, "kid");
		sf_emit_null(e, "ctr");
	}
	sf_emit_close(e, '{');
}

static void
put_json_example(struct sf_emit *e, const struct sf_altered_frame *x)
{
	sf_emit_open(e, NULL, '{');
	sf_emit_count(e, "row", x->row);
	put_json_side(e, "a", &x->a);
	put_json_side(e, "b", &x->b);
	if (x->known) {
		sf_emit_string(e, "cause", sf_alteration_name(x->how.what));
		sf_emit_count(e, "first_difference", x->how.at);
		sf_emit_count(e, "octets", x->how.n);
	} else {
		sf_emit_null(e, "cause");
		sf_emit_null(e, "first_difference");
		sf_emit_null(e, "octets");
	}
	sf_emit_close(e, '{');
}

static void
put_json_rtx(struct sf_emit *e, const struct sf_rtx_example *x)
{
	sf_emit_open(e, NULL, '{');
	sf_emit_count(e, "row", x->row);
	sf_emit_count(e, "repeated_packet", x->original);
	sf_emit_count(e, "packet", x->packet);
	sf_json_time(e, "time", x->time_ns);
	sf_emit_count(e, "sequence_number", x->seq);
	sf_emit_count(e, "repeated_octets", x->octets[0]);
	sf_emit_count(e, "rtx_octets", x->octets[1]);
	sf_emit_string(e, "cause", sf_alteration_name(x->how.what));
	sf_emit_count(e, "first_difference", x->how.at);
	sf_emit_count(e, "octets", x->how.n);
	sf_emit_close(e, '{');
}

static void
put_json_extent(struct sf_emit *e, const struct sf_compare_finding *x)
{
	const char point[] = { point_of(x), '\0' };

	if (x->at.first.packet == 0) {
		sf_emit_null(e, "where");
		return;
	}
	sf_emit_open(e, "where", '{');
	sf_emit_string(e, "point", point);
	sf_emit_count(e, "first_packet", x->at.first.packet);
	sf_emit_count(e, "last_packet", x->at.last.packet);
	sf_json_time(e, "first", x->at.first.time_ns);
	sf_json_time(e, "last", x->at.last.time_ns);
	sf_emit_close(e, '{');
}

static void
put_json_finding(struct sf_emit *e, const struct sf_compare_finding *x)
{
	const struct sf_rule *rule = &sf_rules[x->rule];

	sf_emit_open(e, NULL, '{');
	sf_emit_string(e, "id", rule->id);
	sf_emit_string(e, "slug", rule->slug);
	sf_emit_string(e, "severity", sf_severity_name(x->severity));
	sf_emit_string(e, "level", sf_level_name(rule->level));
	sf_emit_string(e, "source", rule->source);
	sf_emit_count(e, "count", x->count);
	sf_emit_string(e, "counted", x->packets ? "packets" : "frames");
	sf_emit_count(e, "row", x->row);
	put_json_extent(e, x);
	sf_emit_string(e, "text", rule->text);
	sf_emit_string(e, "remedy", rule->remedy);
	sf_emit_close(e, '{');
}

static void
put_json_sums(struct sf_emit *e, const struct sf_compare_view *v)
{
	const struct sf_comparison *c = v->c;

	sf_emit_open(e, "frames", '{');
	sf_emit_count(e, "a", v->frames[0]);
	sf_emit_count(e, "b", v->frames[1]);
	sf_emit_count(e, "matched", c->matched);
	sf_emit_count(e, "same", c->same);
	sf_emit_count(e, "same_in_clear", c->clear);
	sf_emit_count(e, "altered", c->altered);
	sf_emit_count(e, "decrypted", c->plaintext);
	sf_emit_count(e, "encrypted", c->encrypted);
	sf_emit_count(e, "altered_again", c->again);
	sf_emit_count(e, "decrypted_again", c->again_clear);
	sf_emit_count(e, "rtx_packets_differ", c->rtx_differs);
	sf_emit_count(e, "dropped", c->dropped);
	sf_emit_count(e, "not_selected", c->unselected);
	sf_emit_count(e, "incomplete_at_b", c->damaged);
	sf_emit_count(e, "outside", c->outside);
	sf_emit_count(e, "injected", c->injected);
	sf_emit_count(e, "injected_in_new_streams", c->in_unknown);
	sf_emit_count(e, "server_made", c->made_up);
	sf_emit_count(e, "missing_at_a", c->missing);
	sf_emit_count(e, "repeated", c->repeated);
	sf_emit_count(e, "doubled_packets", c->doubled);
	sf_emit_count(e, "copies", c->copies);
	sf_emit_count(e, "equal_by_chance", c->doubted);
	sf_emit_count(e, "same_under_srtp", c->hop);
	sf_emit_count(e, "srtp_streams_a", c->srtp[0]);
	sf_emit_count(e, "srtp_streams_b", c->srtp[1]);
	sf_emit_count(e, "reordered", c->reordered);
	sf_emit_close(e, '{');
	if (!c->has_offset) {
		sf_emit_null(e, "clock");
		return;
	}
	sf_emit_open(e, "clock", '{');
	sf_emit_double(e, "offset", (double)c->offset_ns / 1e9);
	sf_emit_double(e, "drift_ppm", c->drift * 1e6);
	sf_emit_double(e, "delay_p95", (double)c->delay_p95_ns / 1e9);
	sf_emit_double(e, "delay_most", (double)c->delay_most_ns / 1e9);
	sf_emit_close(e, '{');
}

bool
sf_compare_json(
    FILE *f, const struct sf_compare_view *v, const struct sf_tool_info *tool)
{
	const struct sf_comparison *c = v->c;
	const struct sf_result inputs = { .inputs = v->inputs, .n_inputs = 2 };
	struct sf_emit e = sf_emit(f, true);
	char headline[SF_COMPARE_HEADLINE];

	sf_compare_headline(headline, c);
	sf_emit_open(&e, NULL, '{');
	sf_emit_string(&e, "schema", "sframe-tool/compare/v1");
	sf_json_tool(&e, tool);
	sf_json_inputs(&e, &inputs);
	sf_emit_string(&e, "verdict", sf_verdict_name(v->verdict));
	sf_emit_string(&e, "forwarding", sf_compare_verdict_name(c->verdict));
	sf_emit_string(&e, "headline", headline);
	sf_emit_bool(&e, "partial", c->partial);
	put_json_sums(&e, v);
	sf_emit_open(&e, "streams", '[');
	for (unsigned i = 0; i < c->n_rows; i++)
		put_json_row(&e, &c->rows[i]);
	sf_emit_close(&e, '[');
	sf_emit_open(&e, "examples", '[');
	for (unsigned i = 0; i < c->n_shown; i++)
		put_json_example(&e, &c->shown[i]);
	sf_emit_close(&e, '[');
	sf_emit_open(&e, "rtx_examples", '[');
	for (unsigned i = 0; i < c->n_rtx_shown; i++)
		put_json_rtx(&e, &c->rtx_shown[i]);
	sf_emit_close(&e, '[');
	sf_emit_open(&e, "findings", '[');
	for (unsigned i = 0; i < c->n_findings; i++)
		put_json_finding(&e, &c->findings[i]);
	sf_emit_close(&e, '[');
	sf_emit_close(&e, '{');
	return sf_emit_end(&e);
}
