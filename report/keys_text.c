/*
 * keys_text.c - the key-id timeline for a person: who, drawn over time; every
 * change of KID; the epochs of the group; what joins and leaves led to.
 */
#include "report/keys.h"

#include <inttypes.h>
#include <string.h>

#include "report/address.h"
#include "report/keys_view.h"
#include "report/para.h"
#include "report/text.h"
#include "report/time.h"

#define HANG  6
#define SHOWN 24 /* changes, epochs, events of each kind without -v */

/* ---- the changes -------------------------------------------------------------- */

static void
put_kid(struct sf_para *p, const struct sf_keys_view *v, uint64_t kid)
{
	struct sf_kid_parts k = sf_kid_parts(&v->t->form, kid);

	if (k.width == 0)
		sf_para_format(p, "%" PRIu64, kid);
	else if (v->t->form.scheme == SF_KID_MLS)
		sf_para_format(p,
		    "%" PRIu64 " (%" PRIu64 ":%" PRIu64 ":%" PRIu64 ")", kid,
		    k.context, k.index, k.low);
	else
		sf_para_format(p, "%" PRIu64 " (%" PRIu64 ":%" PRIu64 ")", kid,
		    k.high, k.low);
}

/* How long after the group this stream made the change; below 0: before it. */
static int64_t
late_by(const struct sf_keys_view *v, const struct sf_track_line *l,
    const struct sf_key_use *to)
{
	uint64_t value = sf_timeline_value(v->t, to->kid);
	int64_t began = to->first.time_ns;

	for (unsigned i = 0; i < v->t->n_epochs; i++)
		if (v->t->epochs[i].value == value &&
		    v->t->epochs[i].first_ns <= to->first.time_ns)
			began = v->t->epochs[i].first_ns;
	if (to == l->ahead)
		return -l->ahead_ns;
	return to->first.time_ns - began;
}

static void
put_gap(struct sf_para *p, const struct sf_key_use *to)
{
	if (to->frames_between > 0)
		sf_para_format(p, ", %" PRIu32 " frame%s unreadable",
		    to->frames_between, to->frames_between == 1 ? "" : "s");
	if (to->missing_between > 0)
		sf_para_format(p, ", %" PRIu32 " packet%s missing",
		    to->missing_between, to->missing_between == 1 ? "" : "s");
}

static void
put_change(const struct sf_keys_view *v, const struct sf_track_line *l,
    const struct sf_key_use *from)
{
	const struct sf_key_use *to = from->next;
	enum sf_kid_change what =
	    sf_kid_change(&v->t->form, from->kid, to->kid);
	struct sf_para p = sf_para(v->f, v->style, 2, HANG + 10);
	char at[SF_TIME_MAX], span[SF_TIME_MAX];
	int64_t late = late_by(v, l, to);

	sf_time_clock(at, to->first.time_ns);
	sf_para_format(&p, "%s  stream %" PRIu32 ", KID", at, l->stream->id);
	put_kid(&p, v, from->kid);
	sf_para_text(&p, "->");
	put_kid(&p, v, to->kid);
	if (what != SF_CHANGE_PLAIN)
		sf_para_format(&p, ", %s", sf_kid_change_name(what));
	sf_para_format(&p, "; packet %" PRIu64, to->first.packet);
	if (!from->no_ctr && !to->no_ctr)
		sf_para_format(&p, ", CTR %" PRIu64 " -> %" PRIu64,
		    from->last_ctr, to->first_ctr);
	put_gap(&p, to);
	if (l->follows && (late > SF_KEYS_GRACE || late < -SF_KEYS_GRACE)) {
		sf_time_span(span, late < 0 ? -late : late);
		sf_para_paint(&p, SF_YELLOW, ";");
		sf_para_format(&p, "%s %s", span,
		    late > 0         ? "after the group"
		    : l->ahead_alone ? "alone: the group never came"
				     : "before the group");
	}
	sf_para_end(&p);
}

static void
put_more(const struct sf_keys_view *v, uint64_t n, uint64_t shown)
{
	if (n > shown)
		fprintf(
		    v->f, "  and %" PRIu64 " more (-v shows all)\n", n - shown);
}

static void
put_changes(const struct sf_keys_view *v)
{
	uint64_t shown = 0, most = v->style->verbose ? UINT64_MAX : SHOWN;

	if (v->t->changes == 0)
		return;
	fputs("\nChanges of KID\n", v->f);
	for (unsigned i = 0; i < v->t->n_lines; i++)
		for (const struct sf_key_use *u = v->t->lines[i].stream->keys;
		     u->next != NULL && !v->t->lines[i].copy; u = u->next)
			if (shown++ < most)
				put_change(v, &v->t->lines[i], u);
	put_more(v, shown, most);
}

/* ---- the epochs of the group ----------------------------------------------------- */

/* The first use of an epoch by a line, NULL when it never came there. */
static const struct sf_key_use *
arrival(const struct sf_keys_view *v, const struct sf_track_line *l,
    const struct sf_epoch *e)
{
	for (const struct sf_key_use *u = l->stream->keys; u != NULL;
	     u = u->next)
		if (u->last.time_ns >= e->first_ns &&
		    sf_timeline_value(v->t, u->kid) == e->value)
			return u;
	return NULL;
}

static void
put_epoch(const struct sf_keys_view *v, const struct sf_epoch *e)
{
	struct sf_para p = sf_para(v->f, v->style, 2, HANG + 10);
	char at[SF_TIME_MAX], span[SF_TIME_MAX];
	unsigned there = 0;
	int64_t most = 0;

	sf_time_clock(at, e->started_ns);
	sf_para_format(&p, "%s  epoch %" PRIu64 ", begun by stream %" PRIu32,
	    at, e->value, e->starter);
	if (e->first_ns > e->started_ns) {
		sf_time_span(span, e->first_ns - e->started_ns);
		sf_para_format(&p,
		    "; the group's %s later, with stream %" PRIu32, span,
		    e->leader);
	}
	for (unsigned i = 0; i < v->t->n_lines; i++) {
		const struct sf_track_line *l = &v->t->lines[i];
		const struct sf_key_use *u = l->copy ? NULL : arrival(v, l, e);
		int64_t late = u == NULL ? 0 : u->first.time_ns - e->first_ns;

		if (u == NULL || l->stream->id == e->leader ||
		    l->stream->id == e->starter)
			continue;
		if (late <= SF_KEYS_GRACE && late >= -SF_KEYS_GRACE) {
			there++;
			most = late > most ? late : most;
			continue;
		}
		sf_time_span(span, late < 0 ? -late : late);
		sf_para_format(&p, "; stream %" PRIu32, l->stream->id);
		sf_para_paint(&p, SF_YELLOW, span);
		sf_para_text(&p, late < 0 ? "earlier" : "later");
	}
	if (there > 0) {
		sf_time_span(span, most);
		sf_para_format(&p, "; %u other%s within %s", there,
		    there == 1 ? "" : "s", span);
	}
	sf_para_end(&p);
}

static void
put_epochs(const struct sf_keys_view *v)
{
	unsigned most = v->style->verbose ? v->t->n_epochs : SHOWN;

	if (v->t->n_epochs == 0 || v->t->n_senders < 2)
		return;
	fputs("\nEpochs of the group\n", v->f);
	for (unsigned i = 0; i < v->t->n_epochs && i < most; i++)
		put_epoch(v, &v->t->epochs[i]);
	put_more(v, v->t->n_epochs, most);
}

/* ---- joins and leaves ---------------------------------------------------------------- */

static void
put_reaction(struct sf_para *p, const struct sf_keys_view *v,
    const struct sf_reaction *a)
{
	char span[SF_TIME_MAX];

	sf_para_format(p, "; sender %" PRIu32, a->sender);
	if (!a->changed) {
		sf_para_paint(p, a->seen_long_enough ? SF_YELLOW : SF_PLAIN,
		    a->seen_long_enough ? "kept its KID to the end"
					: "seen too short a time after it");
		return;
	}
	sf_time_span(span, a->after_ns);
	sf_para_text(p, "KID");
	put_kid(p, v, a->from);
	sf_para_text(p, "->");
	put_kid(p, v, a->to);
	sf_para_format(p, "after %s", span);
}

static void
put_event(const struct sf_keys_view *v, unsigned i)
{
	const struct sf_event *e = &v->t->events[i];
	struct sf_para p = sf_para(v->f, v->style, 2, HANG + 10);
	char at[SF_TIME_MAX];

	sf_time_clock(at, e->time_ns);
	sf_para_format(&p, "%s  %s", at, sf_event_what_name(e->what));
	sf_para_text(&p, e->participant[0] == '\0' ? "" : "of");
	sf_para_text(&p, e->participant);
	if (e->sender != 0)
		sf_para_format(&p, "(sender %" PRIu32 ")", e->sender);
	if (e->from != SF_EVENT_TOLD)
		sf_para_format(&p, "[%s]", sf_event_from_name(e->from));
	for (unsigned k = 0; k < v->t->n_reactions; k++)
		if (v->t->reactions[k].event == i)
			put_reaction(&p, v, &v->t->reactions[k]);
	sf_para_end(&p);
}

static void
put_delays(const struct sf_keys_view *v)
{
	const struct sf_timeline *t = v->t;
	char median[SF_TIME_MAX], p95[SF_TIME_MAX], most[SF_TIME_MAX];

	if (t->reactions_left_out > 0)
		fprintf(v->f,
		    "  %" PRIu64 " pairs of event and sender were left out: "
		    "there was no room\n",
		    t->reactions_left_out);
	if (t->n_delays == 0)
		return;
	sf_time_span(median, t->median_ns);
	sf_time_span(p95, t->p95_ns);
	sf_time_span(most, t->most_ns);
	fprintf(v->f,
	    "  To the first frame on a new KID, %u time%s: median %s, 95th "
	    "percentile %s, most %s\n",
	    t->n_delays, t->n_delays == 1 ? "" : "s", median, p95, most);
}

static void
put_outside(const struct sf_keys_view *v)
{
	struct sf_para p = sf_para(v->f, v->style, 2, 4);

	if (v->t->outside == 0)
		return;
	sf_para_format(&p,
	    "%u of these %s outside of the time that the "
	    "capture covers, and say nothing",
	    v->t->outside, v->t->outside == 1 ? "lies" : "lie");
	sf_para_text(&p, v->t->outside == v->t->n_events
			     ? "; do their clocks and time zones agree?"
			     : ".");
	sf_para_end(&p);
}

static void
put_events(const struct sf_keys_view *v)
{
	unsigned most = v->style->verbose ? v->t->n_events : SHOWN;

	if (v->t->n_events == 0)
		return;
	fputs(v->t->inferred ? "\nJoins and leaves, inferred from the streams "
			       "(--events says "
			       "them)\n"
			     : "\nJoins and leaves, as --events says\n",
	    v->f);
	for (unsigned i = 0; i < v->t->n_events && i < most; i++)
		put_event(v, i);
	put_more(v, v->t->n_events, most);
	put_outside(v);
	put_delays(v);
}

/* ---- ages ------------------------------------------------------------------------------ */

static void
put_age(const struct sf_keys_view *v, const struct sf_sender *s)
{
	const struct sf_stream *of = NULL;
	const struct sf_key_use *oldest = NULL;
	struct sf_para p;
	char span[SF_TIME_MAX];
	int64_t most = -1;

	for (unsigned i = s->first; i < s->first + s->n; i++)
		for (const struct sf_key_use *u = v->t->lines[i].stream->keys;
		     u != NULL; u = u->next)
			if (u->last.time_ns - u->first.time_ns > most) {
				most = u->last.time_ns - u->first.time_ns;
				oldest = u;
				of = v->t->lines[i].stream;
			}
	if (oldest == NULL)
		return;
	sf_time_span(span, most);
	p = sf_para(v->f, v->style, 2, HANG);
	sf_para_format(&p, "sender %" PRIu32 ": KID", s->id);
	put_kid(&p, v, oldest->kid);
	sf_para_format(&p, "for %s, %" PRIu64 " frames (stream %" PRIu32 ")",
	    span, oldest->frames, of->id);
	if (s->never_rotated)
		sf_para_text(&p, "; never rotated");
	sf_para_end(&p);
}

static void
put_ages(const struct sf_keys_view *v)
{
	unsigned most = v->style->verbose ? v->t->n_senders : SHOWN;

	if (v->t->n_senders == 0)
		return;
	fputs("\nLongest use of one KID\n", v->f);
	for (unsigned i = 0; i < v->t->n_senders && i < most; i++)
		put_age(v, &v->t->senders[i]);
	put_more(v, v->t->n_senders, most);
}

/* ---- all of it --------------------------------------------------------------------------- */

static void
put_head(const struct sf_keys_view *v)
{
	struct sf_para p = sf_para(v->f, v->style, 0, HANG);
	char headline[SF_KEYS_HEADLINE], form[120];

	sf_para_paint(&p, SF_BOLD, "KEYS");
	sf_para_tab(&p, HANG);
	if (v->r->n_inputs > 0)
		sf_para_text(&p, sf_text_input(&v->r->inputs[0]));
	if (v->r->n_inputs > 1)
		sf_para_format(&p, "and %u more", v->r->n_inputs - 1);
	sf_para_text(&p, ":");
	sf_keys_headline(headline, v->t, SF_KEYS_GRACE);
	sf_para_text(&p, headline);
	sf_para_end(&p);
	if (v->t->n_lines == 0)
		return;
	sf_keys_form(form, v->t);
	p = sf_para(v->f, v->style, HANG, HANG);
	sf_para_text(&p, "KIDs:");
	sf_para_text(&p, form);
	sf_para_end(&p);
}

bool
sf_keys_text(FILE *f, const struct sf_result *r, const struct sf_timeline *t,
    const struct sf_report_style *style)
{
	struct sf_keys_view v = { f, r, t, style,
		sf_para_columns(style) - SF_KEYS_LABEL - SF_KEYS_SHARE };

	put_head(&v);
	if (t->n_lines > 0 && !style->quiet) {
		sf_keys_drawing(&v);
		put_changes(&v);
		put_epochs(&v);
		put_events(&v);
		put_ages(&v);
	}
	sf_text_findings(f, r, style);
	return !ferror(f);
}
