/*
 * timeline.c - the key ids of a call over time.
 */
#include "checks/timeline.h"

#include <stdlib.h>
#include <string.h>

#include "checks/check.h"

#define AT_START_NS 2000000000 /* senders of the first seconds did not join */
#define NEWS_NS     1000000000 /* a key may change on the news of an event */
#define REACTIONS   65536

const struct sf_key_use *
sf_key_use_at(const struct sf_stream *s, int64_t ns)
{
	const struct sf_key_use *now = NULL;

	for (const struct sf_key_use *u = s->keys; u != NULL; u = u->next)
		if (u->first.time_ns <= ns)
			now = u;
	return now;
}

/* ---- who there is ---------------------------------------------------------- */

static bool
is_on_it(const struct sf_stream *s)
{
	return s->keys != NULL && s->kind != SF_KIND_REPAIR;
}

static const struct sf_key_use *
last_use(const struct sf_stream *s)
{
	const struct sf_key_use *u = s->keys;

	while (u->next != NULL)
		u = u->next;
	return u;
}

/* The same KIDs, each from about the same time on. */
static bool
in_step(const struct sf_stream *a, const struct sf_stream *b, int64_t grace_ns)
{
	const struct sf_key_use *x = a->keys, *y = b->keys;

	for (; x != NULL && y != NULL; x = x->next, y = y->next) {
		int64_t apart = x->first.time_ns - y->first.time_ns;

		if (x->kid != y->kid || apart > grace_ns || apart < -grace_ns)
			return false;
	}
	return x == NULL && y == NULL;
}

static bool
has_kind(const struct sf_timeline *t, uint32_t sender, enum sf_kind kind)
{
	for (unsigned i = 0; i < t->n_lines; i++)
		if (t->lines[i].sender == sender &&
		    t->lines[i].stream->kind == kind)
			return true;
	return false;
}

/* Recordings hold a stream each and say not whose, nor does what is made of them:
   audio and video that keep step are one sender's. */
static uint32_t
recorded_with(const struct sf_checks *k, const struct sf_timeline *t,
    const struct sf_stream *s)
{
	for (unsigned i = 0; i < t->n_lines; i++) {
		const struct sf_track_line *l = &t->lines[i];

		if (!sf_known_apart(l->stream, s) &&
		    in_step(l->stream, s, k->options.drift_grace_ns) &&
		    !has_kind(t, l->sender, s->kind))
			return l->sender;
	}
	return 0;
}

static uint32_t
sender_of(const struct sf_checks *k, const struct sf_timeline *t,
    const struct sf_stream *s)
{
	uint32_t sender;

	for (unsigned i = 0; i < t->n_lines; i++)
		if (sf_same_sender(k, t->lines[i].stream, s))
			return t->lines[i].sender;
	sender = recorded_with(k, t, s);
	return sender != 0 ? sender : t->n_senders + 1;
}

static void
add_line(
    struct sf_timeline *t, const struct sf_checks *k, const struct sf_stream *s)
{
	struct sf_track_line *l = &t->lines[t->n_lines];

	*l = (struct sf_track_line){ .stream = s,
		.sender = sender_of(k, t, s),
		.copy = sf_origin_of(k, s) != s };
	l->present_ns = last_use(s)->last.time_ns - s->keys->first.time_ns;
	if (l->sender > t->n_senders)
		t->n_senders = l->sender;
	t->n_lines++;
}

static int
by_sender(const void *left, const void *right)
{
	const struct sf_track_line *a = left, *b = right;

	if (a->sender != b->sender)
		return a->sender < b->sender ? -1 : 1;
	return a->stream->id < b->stream->id ? -1 : 1;
}

/* How long after one stream of a sender another came to the same KID. */
static int64_t
apart(const struct sf_timeline *t, const struct sf_sender *s)
{
	int64_t most = 0;

	for (unsigned i = s->first; i < s->first + s->n; i++)
		for (const struct sf_key_use *u =
			 t->lines[i].stream->keys->next;
		     u != NULL && !t->lines[i].copy; u = u->next)
			for (unsigned j = s->first; j < s->first + s->n; j++) {
				const struct sf_key_use *v = sf_key_use_at(
				    t->lines[j].stream, u->first.time_ns);
				int64_t late;

				if (t->lines[j].copy || v == NULL ||
				    v->kid == u->kid || v->next == NULL ||
				    v->next->kid != u->kid)
					continue;
				late = v->last.time_ns - u->first.time_ns;
				most = late > most ? late : most;
			}
	return most;
}

/* First and last packet of a sender, its streams without a KID among them. */
static void
widen(const struct sf_checks *k, struct sf_sender *s, const struct sf_stream *a)
{
	for (const struct sf_stream *o = k->result.model->streams; o != NULL;
	     o = o->next) {
		if (!sf_same_sender(k, a, o))
			continue;
		if (o->first.time_ns < s->first_ns)
			s->first_ns = o->first.time_ns;
		if (o->last.time_ns > s->last_ns)
			s->last_ns = o->last.time_ns;
	}
}

static void
gather_senders(struct sf_timeline *t, const struct sf_checks *k)
{
	qsort(t->lines, t->n_lines, sizeof(*t->lines), by_sender);
	for (unsigned i = 0; i < t->n_lines; i++) {
		const struct sf_track_line *l = &t->lines[i];
		struct sf_sender *s = &t->senders[l->sender - 1];

		if (s->n++ == 0)
			*s = (struct sf_sender){ l->sender, i, 1,
				l->stream->first.time_ns,
				l->stream->last.time_ns, 0, true };
		widen(k, s, l->stream);
		s->never_rotated &= l->stream->keys->next == NULL;
		if (i == 0 || s->first_ns < t->first_ns)
			t->first_ns = s->first_ns;
		if (i == 0 || s->last_ns > t->last_ns)
			t->last_ns = s->last_ns;
		for (const struct sf_key_use *u = l->stream->keys->next;
		     u != NULL && !l->copy; u = u->next)
			t->changes++;
	}
	for (unsigned i = 0; i < t->n_senders; i++)
		t->senders[i].apart_ns = apart(t, &t->senders[i]);
}

/* ---- joins and leaves -------------------------------------------------------- */

static bool
said_bye(const struct sf_timeline *t, const struct sf_sender *s)
{
	for (unsigned i = s->first; i < s->first + s->n; i++)
		if (t->lines[i].stream->said_bye)
			return true;
	return false;
}

static void
add_event(struct sf_timeline *t, const struct sf_sender *s, int64_t ns,
    enum sf_event_what what, enum sf_event_from from)
{
	struct sf_event *e = &t->events[t->n_events++];
	const struct sf_stream *named = t->lines[s->first].stream;

	*e = (struct sf_event){
		.time_ns = ns, .what = what, .from = from, .sender = s->id
	};
	memcpy(e->participant, named->cname, SF_PARTICIPANT_MAX);
	e->participant[SF_PARTICIPANT_MAX - 1] = '\0';
}

/* Who stops to send has left. At the end of a call everybody does so, one after
   the other, and whoever is last sends on for some seconds to nobody: without a
   BYE it takes twice the time that a new key may take. */
static bool
has_left(
    const struct sf_timeline *t, const struct sf_sender *s, int64_t within_ns)
{
	return s->last_ns + (said_bye(t, s) ? within_ns : 2 * within_ns) <
	       t->last_ns;
}

static void
infer_events(struct sf_timeline *t, int64_t within_ns)
{
	t->inferred = true;
	for (unsigned i = 0; i < t->n_senders; i++) {
		const struct sf_sender *s = &t->senders[i];

		if (!sf_sender_speaks(t, s))
			continue;
		if (s->first_ns > t->first_ns + AT_START_NS)
			add_event(t, s, s->first_ns, SF_EVENT_JOIN,
			    SF_EVENT_NEW_STREAM);
		if (has_left(t, s, within_ns))
			add_event(t, s, s->last_ns, SF_EVENT_LEAVE,
			    said_bye(t, s) ? SF_EVENT_BYE
					   : SF_EVENT_STREAM_END);
	}
}

static bool
is_hex32(const char *text, uint32_t ssrc)
{
	char *end;
	unsigned long v;

	if (strncmp(text, "0x", 2) != 0)
		return false;
	v = strtoul(text, &end, 16);
	return *end == '\0' && v == ssrc;
}

/* The sender that a participant's name means: a CNAME, or one of its SSRCs. */
static uint32_t
sender_named(const struct sf_timeline *t, const char *name)
{
	for (unsigned i = 0; i < t->n_lines; i++) {
		const struct sf_stream *s = t->lines[i].stream;

		if ((s->cname[0] != '\0' && strcmp(s->cname, name) == 0) ||
		    is_hex32(name, s->ssrc))
			return t->lines[i].sender;
	}
	return 0;
}

static int
by_event_time(const void *left, const void *right)
{
	const struct sf_event *a = left, *b = right;

	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns ? -1 : 1;
	if (a->what != b->what)
		return a->what < b->what ? -1 : 1;
	return a->sender < b->sender ? -1 : a->sender > b->sender;
}

static bool
find_events(
    struct sf_timeline *t, const struct sf_events *given, int64_t within_ns)
{
	size_t room = given == NULL ? 2 * (size_t)t->n_senders : given->n;

	t->events = calloc(room + 1, sizeof(*t->events));
	if (t->events == NULL)
		return false;
	if (given == NULL) {
		infer_events(t, within_ns);
	} else {
		t->n_events = given->n;
		memcpy(t->events, given->v, given->n * sizeof(*t->events));
		for (unsigned i = 0; i < t->n_events; i++) {
			t->events[i].sender =
			    sender_named(t, t->events[i].participant);
			t->outside += t->events[i].time_ns < t->first_ns ||
				      t->events[i].time_ns > t->last_ns;
		}
	}
	qsort(t->events, t->n_events, sizeof(*t->events), by_event_time);
	return true;
}

/* ---- what followed them ------------------------------------------------------- */

/* The first change of KID that a line made after a time. */
static const struct sf_key_use *
change_after(const struct sf_track_line *l, int64_t ns)
{
	const struct sf_key_use *u = l->stream->keys;

	while (u->next != NULL && u->next->first.time_ns < ns)
		u = u->next;
	return u->next == NULL ? NULL : u;
}

static bool
react(const struct sf_timeline *t, const struct sf_sender *s,
    const struct sf_event *e, int64_t within_ns, struct sf_reaction *out)
{
	if (e->sender == s->id || s->first_ns >= e->time_ns - NEWS_NS ||
	    s->last_ns <= e->time_ns || !sf_sender_speaks(t, s))
		return false;
	*out = (struct sf_reaction){ .event = (uint32_t)(e - t->events),
		.sender = s->id,
		.seen_long_enough = s->last_ns > e->time_ns + within_ns };
	for (unsigned i = s->first; i < s->first + s->n; i++) {
		const struct sf_key_use *u =
		    change_after(&t->lines[i], e->time_ns - NEWS_NS);
		int64_t after;

		if (u == NULL || t->lines[i].copy)
			continue;
		after = u->next->first.time_ns - e->time_ns;
		after = after < 0 ? 0 : after;
		if (out->changed && after >= out->after_ns)
			continue;
		out->changed = true;
		out->stream = t->lines[i].stream->id;
		out->from = u->kid;
		out->to = u->next->kid;
		out->after_ns = after;
	}
	return true;
}

static int
by_length(const void *left, const void *right)
{
	const int64_t *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

static void
sum_up(struct sf_timeline *t, int64_t *delays)
{
	for (unsigned i = 0; i < t->n_reactions; i++)
		if (t->reactions[i].changed)
			delays[t->n_delays++] = t->reactions[i].after_ns;
	if (t->n_delays == 0)
		return;
	qsort(delays, t->n_delays, sizeof(*delays), by_length);
	t->median_ns =
	    (delays[(t->n_delays - 1) / 2] + delays[t->n_delays / 2]) / 2;
	t->p95_ns = delays[(t->n_delays * 95 + 99) / 100 - 1];
	t->most_ns = delays[t->n_delays - 1];
}

static bool
find_reactions(struct sf_timeline *t, int64_t within_ns)
{
	size_t want = (size_t)t->n_events * t->n_senders + 1;
	size_t room = want < REACTIONS ? want : REACTIONS;
	int64_t *delays;

	t->reactions = calloc(room, sizeof(*t->reactions));
	delays = calloc(room, sizeof(*delays));
	if (t->reactions == NULL || delays == NULL) {
		free(delays);
		return false;
	}
	for (unsigned i = 0; i < t->n_events; i++)
		for (unsigned j = 0; j < t->n_senders; j++) {
			struct sf_reaction r;

			if (!react(t, &t->senders[j], &t->events[i], within_ns,
				&r))
				continue;
			if (t->n_reactions + 1u < room)
				t->reactions[t->n_reactions++] = r;
			else
				t->reactions_left_out++;
		}
	sum_up(t, delays);
	free(delays);
	return true;
}

/* ---- KIDs of a sender ------------------------------------------------------------ */

static int
by_kid(const void *left, const void *right)
{
	const struct sf_kid_sum *a = left, *b = right;

	if (a->sender != b->sender)
		return a->sender < b->sender ? -1 : 1;
	return a->kid < b->kid ? -1 : a->kid > b->kid;
}

static int
by_first_frame(const void *left, const void *right)
{
	const struct sf_kid_sum *a = left, *b = right;

	if (a->sender != b->sender)
		return a->sender < b->sender ? -1 : 1;
	if (a->first_ns != b->first_ns)
		return a->first_ns < b->first_ns ? -1 : 1;
	return a->kid < b->kid ? -1 : a->kid > b->kid;
}

static void
merge(struct sf_kid_sum *to, const struct sf_kid_sum *from)
{
	to->frames += from->frames;
	if (from->first_ns < to->first_ns)
		to->first_ns = from->first_ns;
	if (from->last_ns > to->last_ns)
		to->last_ns = from->last_ns;
}

static bool
sum_kids(struct sf_timeline *t)
{
	size_t n = 0;

	t->kids = calloc(t->n_lines + t->changes + 1, sizeof(*t->kids));
	if (t->kids == NULL)
		return false;
	for (unsigned i = 0; i < t->n_lines; i++)
		for (const struct sf_key_use *u = t->lines[i].stream->keys;
		     u != NULL && !t->lines[i].copy; u = u->next)
			t->kids[n++] = (struct sf_kid_sum){ t->lines[i].sender,
				u->kid, u->frames, u->first.time_ns,
				u->last.time_ns };
	qsort(t->kids, n, sizeof(*t->kids), by_kid);
	for (size_t i = 0; i < n; i++) {
		if (t->n_kids > 0 &&
		    by_kid(&t->kids[t->n_kids - 1], &t->kids[i]) == 0)
			merge(&t->kids[t->n_kids - 1], &t->kids[i]);
		else
			t->kids[t->n_kids++] = t->kids[i];
	}
	qsort(t->kids, t->n_kids, sizeof(*t->kids), by_first_frame);
	return true;
}

/* ---- all of it ------------------------------------------------------------------ */

static bool
fill(struct sf_timeline *t, const struct sf_checks *k, const struct sf_model *m,
    const struct sf_events *given)
{
	const struct sf_checks_options *o = &k->options;
	size_t n = 0;

	for (const struct sf_stream *s = m->streams; s != NULL; s = s->next)
		n += is_on_it(s);
	t->lines = calloc(n + 1, sizeof(*t->lines));
	t->senders = calloc(n + 1, sizeof(*t->senders));
	if (t->lines == NULL || t->senders == NULL)
		return false;
	for (const struct sf_stream *s = m->streams; s != NULL; s = s->next)
		if (is_on_it(s))
			add_line(t, k, s);
	gather_senders(t, k);
	if (!sf_timeline_find_epochs(t, k) || !sum_kids(t))
		return false;
	return find_events(t, given, o->rotate_within_ns) &&
	       find_reactions(t, o->rotate_within_ns);
}

struct sf_timeline *
sf_timeline_new(const struct sf_checks *k, const struct sf_model *m,
    const struct sf_events *given)
{
	struct sf_timeline *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->form = (struct sf_kid_form){ .scheme = k->options.scheme,
		.ratchet_bits = k->options.ratchet_bits,
		.epoch_bits = k->options.epoch_bits,
		.sender_bits = k->options.sender_bits };
	if (!fill(t, k, m, given)) {
		sf_timeline_free(t);
		return NULL;
	}
	return t;
}

void
sf_timeline_free(struct sf_timeline *t)
{
	if (t == NULL)
		return;
	free(t->lines);
	free(t->senders);
	free(t->epochs);
	free(t->lags);
	free(t->kids);
	free(t->events);
	free(t->reactions);
	free(t);
}
