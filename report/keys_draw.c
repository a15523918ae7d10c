/* keys_draw.c - the key ids of each sender, drawn over time. */
#include "report/keys_view.h"

#include <inttypes.h>
#include <string.h>

#include "report/address.h"
#include "report/para.h"
#include "report/text.h"
#include "report/time.h"

#define HANG    6
#define DRAWING 128

static int64_t
time_of_cell(const struct sf_keys_view *v, unsigned cell)
{
	int64_t all = v->t->last_ns - v->t->first_ns;

	return v->t->first_ns +
	       (int64_t)((double)all * (cell + 0.5) / v->cells);
}

static unsigned
cell_of_time(const struct sf_keys_view *v, int64_t ns)
{
	int64_t all = v->t->last_ns - v->t->first_ns;
	double at =
	    all <= 0 ? 0
		     : (double)(ns - v->t->first_ns) * v->cells / (double)all;

	if (at < 0)
		return 0;
	return at >= v->cells ? v->cells - 1 : (unsigned)at;
}

static char
mark_of(const struct sf_keys_view *v, const struct sf_track_line *l,
    const struct sf_key_use *u, int64_t ns)
{
	const struct sf_epoch *e = sf_timeline_epoch(v->t, ns);

	if (!l->follows || e == NULL)
		return '-';
	if (e->value == sf_timeline_value(v->t, u->kid))
		return '=';
	return sf_timeline_is_ahead(v->t, u, ns) ? '+' : '~';
}

/* Where a use begins: a bar, and its KID behind it where there is room. */
static void
label_use(const struct sf_keys_view *v, char *out, const struct sf_key_use *u)
{
	unsigned at = cell_of_time(v, u->first.time_ns);
	unsigned end = u->next == NULL
			   ? cell_of_time(v, u->last.time_ns) + 1
			   : cell_of_time(v, u->next->first.time_ns);
	char text[24];
	size_t n = (size_t)snprintf(text, sizeof(text), "%" PRIu64, u->kid);

	if (out[at] == '|' || out[at] == '#') {
		out[at] = '#'; /* more than one change in this cell */
		return;
	}
	out[at] = '|';
	if (at + 1 + n < end)
		memcpy(out + at + 1, text, n);
}

static void
draw_line(
    const struct sf_keys_view *v, const struct sf_track_line *l, char *out)
{
	const struct sf_stream *s = l->stream;
	const struct sf_key_use *last = NULL;

	for (const struct sf_key_use *u = s->keys; u != NULL; u = u->next)
		last = u;
	for (unsigned i = 0; i < v->cells; i++) {
		int64_t ns = time_of_cell(v, i);
		const struct sf_key_use *u = sf_key_use_at(s, ns);

		out[i] = u == NULL || ns > last->last.time_ns
			     ? '.'
			     : mark_of(v, l, u, ns);
	}
	for (const struct sf_key_use *u = s->keys; u != NULL; u = u->next)
		label_use(v, out, u);
	out[v->cells] = '\0';
}

static void
put_share(const struct sf_keys_view *v, const struct sf_track_line *l)
{
	if (!l->follows || l->present_ns <= 0)
		fprintf(v->f, "%*s", SF_KEYS_SHARE, "-");
	else
		fprintf(v->f, "%6.1f %%",
		    100.0 * (double)l->current_ns / (double)l->present_ns);
}

static void
put_line(const struct sf_keys_view *v, const struct sf_track_line *l)
{
	const char *kind = sf_kind_name(l->stream->kind);
	char drawing[DRAWING + 1];

	draw_line(v, l, drawing);
	fprintf(v->f, " %4" PRIu32 "  0x%08" PRIx32 "  %-5s  %s", l->stream->id,
	    l->stream->ssrc, kind == NULL ? "?" : kind, drawing);
	put_share(v, l);
	fputs(l->copy ? " copy\n" : "\n", v->f);
}

static void
put_sender(const struct sf_keys_view *v, const struct sf_sender *s)
{
	const struct sf_stream *named = v->t->lines[s->first].stream;
	struct sf_para p = sf_para(v->f, v->style, 0, HANG);
	char from[SF_ADDRESS_MAX], span[SF_TIME_MAX];

	sf_address_text(from, &named->src);
	sf_para_format(&p, "Sender %" PRIu32, s->id);
	if (named->cname[0] != '\0') {
		sf_para_text(&p, ", CNAME");
		sf_para_text(&p, named->cname);
	}
	sf_para_text(&p, from[0] == '\0' ? "" : ", from");
	sf_para_text(&p, from);
	if (s->apart_ns > SF_KEYS_GRACE) {
		sf_time_span(span, s->apart_ns);
		sf_para_paint(&p, SF_YELLOW, ", its streams out of step");
		sf_para_format(&p, "by %s", span);
	}
	sf_para_end(&p);
	for (unsigned i = s->first; i < s->first + s->n; i++)
		put_line(v, &v->t->lines[i]);
}

static void
put_marks(const struct sf_keys_view *v)
{
	char row[DRAWING + 1];

	if (v->t->n_events == 0)
		return;
	memset(row, ' ', v->cells);
	row[v->cells] = '\0';
	for (unsigned i = 0; i < v->t->n_events; i++) {
		const struct sf_event *e = &v->t->events[i];

		if (e->time_ns >= v->t->first_ns && e->time_ns <= v->t->last_ns)
			row[cell_of_time(v, e->time_ns)] =
			    e->what == SF_EVENT_JOIN ? 'J' : 'L';
	}
	fprintf(v->f, "%*s%s\n", SF_KEYS_LABEL, "joins and leaves  ", row);
}

void
sf_keys_drawing(const struct sf_keys_view *v)
{
	char first[SF_TIME_MAX], span[SF_TIME_MAX];

	sf_time_clock(first, v->t->first_ns);
	sf_time_span(span, v->t->last_ns - v->t->first_ns);
	fprintf(v->f, "\n%*s%-*s%*s\n", SF_KEYS_LABEL, "", (int)v->cells,
	    "KID over time", SF_KEYS_SHARE, "current");
	for (unsigned i = 0; i < v->t->n_senders; i++)
		put_sender(v, &v->t->senders[i]);
	put_marks(v);
	fprintf(v->f, "%*s%s%*s\n", SF_KEYS_LABEL, "", first,
	    (int)v->cells - (int)strlen(first), span);
	fprintf(v->f,
	    "%*s= current   ~ left by the group   + not yet the group's   - no "
	    "group\n",
	    SF_KEYS_LABEL, "");
}
