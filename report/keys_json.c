/*
 * keys_json.c - the key-id timeline as JSON (sframe-tool/keys-report/v1) and
 * as CSV. Members stand in the order of docs/keys.schema.json.
 */
#include <inttypes.h>
#include <string.h>

#include "report/address.h"
#include "report/emit.h"
#include "report/json.h"
#include "report/keys.h"
#include "report/time.h"

#define GRACE 2000000000

static void
put_seconds(struct sf_emit *e, const char *key, int64_t ns)
{
	sf_emit_double(e, key, (double)ns / 1e9);
}

/* ---- the form of KIDs -------------------------------------------------------- */

static void
put_form(struct sf_emit *e, const struct sf_timeline *t)
{
	const struct sf_kid_form *f = &t->form;
	bool told = f->scheme != SF_KID_UNSAID;
	bool evident = f->evident_bits > 0 || f->evident_shift > 0;

	sf_emit_open(e, "kid_scheme", '{');
	sf_emit_string(e, "type",
	    f->evident_shift > 0  ? "epoch-in-high-bits"
	    : f->evident_bits > 0 ? "epoch-in-low-bits"
				  : sf_kid_scheme_name(f->scheme));
	sf_emit_string(e, "from",
	    evident ? "evident"
	    : told  ? "told"
		    : "unknown");
	sf_emit_count(e, "ratchet_bits", f->ratchet_bits);
	sf_emit_count(e, "epoch_bits",
	    f->evident_shift > 0  ? 64 - f->evident_shift
	    : f->evident_bits > 0 ? f->evident_bits
				  : f->epoch_bits);
	sf_emit_count(e, "sender_bits",
	    f->evident_shift > 0 ? f->evident_shift : f->sender_bits);
	sf_emit_close(e, '{');
}

/* {"generation","step"}, {"context","index","epoch"}, {"high","epoch"}, null */
static void
put_parts(struct sf_emit *e, const struct sf_timeline *t, uint64_t kid)
{
	struct sf_kid_parts p = sf_kid_parts(&t->form, kid);

	if (p.width == 0) {
		sf_emit_null(e, "parts");
		return;
	}
	sf_emit_open(e, "parts", '{');
	if (t->form.scheme == SF_KID_SENDER) {
		sf_emit_u64(e, "generation", p.high);
		sf_emit_u64(e, "step", p.low);
	} else if (t->form.scheme == SF_KID_MLS) {
		sf_emit_u64(e, "context", p.context);
		sf_emit_u64(e, "index", p.index);
		sf_emit_u64(e, "epoch", p.low);
	} else {
		sf_emit_u64(e, "high", p.high);
		sf_emit_u64(e, "epoch", p.low);
	}
	sf_emit_close(e, '{');
}

/* ---- streams -------------------------------------------------------------------- */

/* Some formats have no counter on the wire. */
static void
put_ctr(struct sf_emit *e, const char *key, const struct sf_key_use *u,
    uint64_t ctr)
{
	if (u->no_ctr)
		sf_emit_null(e, key);
	else
		sf_emit_u64(e, key, ctr);
}

static void
put_use(
    struct sf_emit *e, const struct sf_timeline *t, const struct sf_key_use *u)
{
	sf_emit_open(e, NULL, '{');
	sf_emit_u64(e, "kid", u->kid);
	put_parts(e, t, u->kid);
	put_ctr(e, "first_ctr", u, u->first_ctr);
	put_ctr(e, "last_ctr", u, u->last_ctr);
	sf_emit_count(e, "frames", u->frames);
	sf_json_time(e, "first", u->first.time_ns);
	sf_json_time(e, "last", u->last.time_ns);
	sf_emit_count(e, "first_packet", u->first.packet);
	sf_emit_count(e, "last_packet", u->last.packet);
	put_seconds(e, "age", u->last.time_ns - u->first.time_ns);
	sf_emit_close(e, '{');
}

static void
put_transition(struct sf_emit *e, const struct sf_timeline *t,
    const struct sf_key_use *from)
{
	const struct sf_key_use *to = from->next;

	sf_emit_open(e, NULL, '{');
	sf_emit_u64(e, "from", from->kid);
	sf_emit_u64(e, "to", to->kid);
	sf_emit_string(e, "change",
	    sf_kid_change_name(sf_kid_change(&t->form, from->kid, to->kid)));
	sf_json_time(e, "time", to->first.time_ns);
	sf_emit_count(e, "input", to->first.input);
	sf_emit_count(e, "packet", to->first.packet);
	put_ctr(e, "last_ctr", from, from->last_ctr);
	put_ctr(e, "first_ctr", to, to->first_ctr);
	sf_emit_count(e, "frames_unreadable", to->frames_between);
	sf_emit_count(e, "packets_missing", to->missing_between);
	sf_emit_close(e, '{');
}

static void
put_share(struct sf_emit *e, const struct sf_track_line *l)
{
	if (!l->follows || l->present_ns <= 0) {
		sf_emit_null(e, "on_current_key");
		sf_emit_null(e, "behind");
		sf_emit_null(e, "ahead");
		return;
	}
	sf_emit_double(
	    e, "on_current_key", (double)l->current_ns / (double)l->present_ns);
	put_seconds(e, "behind", l->behind_ns);
	put_seconds(e, "ahead", l->ahead_ns);
}

static void
put_stream(struct sf_emit *e, const struct sf_timeline *t,
    const struct sf_track_line *l)
{
	const struct sf_stream *s = l->stream;
	char ssrc[16];

	snprintf(ssrc, sizeof(ssrc), "0x%08" PRIx32, s->ssrc);
	sf_emit_open(e, NULL, '{');
	sf_emit_u64(e, "id", s->id);
	sf_emit_string(e, "ssrc", ssrc);
	sf_emit_count(e, "sender", l->sender);
	sf_emit_bool(e, "copy", l->copy);
	sf_emit_string(e, "kind", sf_kind_name(s->kind));
	sf_emit_string(e, "dialect", sf_dialect_name(s->dialect));
	put_share(e, l);
	sf_emit_count(e, "frames_on_retired_kids", l->retired_frames);
	sf_emit_open(e, "uses", '[');
	for (const struct sf_key_use *u = s->keys; u != NULL; u = u->next)
		put_use(e, t, u);
	sf_emit_close(e, '[');
	sf_emit_open(e, "transitions", '[');
	for (const struct sf_key_use *u = s->keys; u->next != NULL; u = u->next)
		put_transition(e, t, u);
	sf_emit_close(e, '[');
	sf_emit_close(e, '{');
}

/* Every KID of a sender: how long it was in use by any of its streams, and how
   many frames they sent under it in all. */
static void
put_kids(
    struct sf_emit *e, const struct sf_timeline *t, const struct sf_sender *s)
{
	sf_emit_open(e, "kids", '[');
	for (unsigned i = 0; i < t->n_kids; i++) {
		const struct sf_kid_sum *k = &t->kids[i];

		if (k->sender != s->id)
			continue;
		sf_emit_open(e, NULL, '{');
		sf_emit_u64(e, "kid", k->kid);
		sf_emit_count(e, "frames", k->frames);
		put_seconds(e, "age", k->last_ns - k->first_ns);
		sf_emit_close(e, '{');
	}
	sf_emit_close(e, '[');
}

static void
put_sender(
    struct sf_emit *e, const struct sf_timeline *t, const struct sf_sender *s)
{
	const struct sf_stream *named = t->lines[s->first].stream;
	char from[SF_ADDRESS_MAX];

	sf_address_text(from, &named->src);
	sf_emit_open(e, NULL, '{');
	sf_emit_count(e, "id", s->id);
	sf_emit_string(
	    e, "cname", named->cname[0] == '\0' ? NULL : named->cname);
	sf_emit_string(e, "src", from[0] == '\0' ? NULL : from);
	sf_emit_open(e, "streams", '[');
	for (unsigned i = s->first; i < s->first + s->n; i++)
		sf_emit_u64(e, NULL, t->lines[i].stream->id);
	sf_emit_close(e, '[');
	sf_json_time(e, "first", s->first_ns);
	sf_json_time(e, "last", s->last_ns);
	put_seconds(e, "streams_apart", s->apart_ns);
	sf_emit_bool(e, "never_rotated", s->never_rotated);
	put_kids(e, t, s);
	sf_emit_close(e, '{');
}

/* ---- the group ------------------------------------------------------------------ */

static void
put_epochs(struct sf_emit *e, const struct sf_timeline *t)
{
	sf_emit_open(e, "epochs", '[');
	for (unsigned i = 0; i < t->n_epochs; i++) {
		sf_emit_open(e, NULL, '{');
		sf_emit_u64(e, "epoch", t->epochs[i].value);
		sf_json_time(e, "first", t->epochs[i].started_ns);
		sf_emit_u64(e, "begun_by", t->epochs[i].starter);
		sf_json_time(e, "group_from", t->epochs[i].first_ns);
		sf_emit_u64(e, "group_with", t->epochs[i].leader);
		sf_emit_close(e, '{');
	}
	sf_emit_close(e, '[');
}

static void
put_reaction(struct sf_emit *e, const struct sf_reaction *a)
{
	sf_emit_open(e, NULL, '{');
	sf_emit_count(e, "sender", a->sender);
	sf_emit_string(e, "outcome",
	    a->changed            ? "changed"
	    : a->seen_long_enough ? "kept"
				  : "cannot-tell");
	if (a->changed) {
		sf_emit_u64(e, "stream", a->stream);
		sf_emit_u64(e, "from", a->from);
		sf_emit_u64(e, "to", a->to);
		put_seconds(e, "after", a->after_ns);
	} else {
		sf_emit_null(e, "stream");
		sf_emit_null(e, "from");
		sf_emit_null(e, "to");
		sf_emit_null(e, "after");
	}
	sf_emit_close(e, '{');
}

static void
put_event(struct sf_emit *e, const struct sf_timeline *t, unsigned i)
{
	const struct sf_event *v = &t->events[i];

	sf_emit_open(e, NULL, '{');
	sf_json_time(e, "time", v->time_ns);
	sf_emit_string(e, "what", sf_event_what_name(v->what));
	sf_emit_string(e, "participant",
	    v->participant[0] == '\0' ? NULL : v->participant);
	sf_emit_string(e, "known_by", sf_event_from_name(v->from));
	if (v->sender == 0)
		sf_emit_null(e, "sender");
	else
		sf_emit_count(e, "sender", v->sender);
	sf_emit_open(e, "reactions", '[');
	for (unsigned k = 0; k < t->n_reactions; k++)
		if (t->reactions[k].event == i)
			put_reaction(e, &t->reactions[k]);
	sf_emit_close(e, '[');
	sf_emit_close(e, '{');
}

static void
put_rotation(struct sf_emit *e, const struct sf_timeline *t)
{
	sf_emit_open(e, "rotation", '{');
	sf_emit_string(e, "events_from", t->inferred ? "inferred" : "file");
	sf_emit_open(e, "events", '[');
	for (unsigned i = 0; i < t->n_events; i++)
		put_event(e, t, i);
	sf_emit_close(e, '[');
	sf_emit_count(e, "events_outside", t->outside);
	sf_emit_count(e, "reactions_left_out", t->reactions_left_out);
	if (t->n_delays == 0) {
		sf_emit_null(e, "delay");
	} else {
		sf_emit_open(e, "delay", '{');
		sf_emit_count(e, "n", t->n_delays);
		put_seconds(e, "median", t->median_ns);
		put_seconds(e, "p95", t->p95_ns);
		put_seconds(e, "most", t->most_ns);
		sf_emit_close(e, '{');
	}
	sf_emit_close(e, '{');
}

/* ---- all of it -------------------------------------------------------------------- */

bool
sf_keys_json(FILE *f, const struct sf_result *r, const struct sf_timeline *t,
    const struct sf_tool_info *tool)
{
	struct sf_emit e = sf_emit(f, true);
	char headline[SF_KEYS_HEADLINE];

	sf_keys_headline(headline, t, GRACE);
	sf_emit_open(&e, NULL, '{');
	sf_emit_string(&e, "schema", "sframe-tool/keys-report/v1");
	sf_json_tool(&e, tool);
	sf_json_inputs(&e, r);
	sf_emit_string(&e, "verdict", sf_verdict_name(r->verdict));
	sf_emit_string(&e, "headline", headline);
	put_form(&e, t);
	sf_emit_open(&e, "senders", '[');
	for (unsigned i = 0; i < t->n_senders; i++)
		put_sender(&e, t, &t->senders[i]);
	sf_emit_close(&e, '[');
	sf_emit_open(&e, "streams", '[');
	for (unsigned i = 0; i < t->n_lines; i++)
		put_stream(&e, t, &t->lines[i]);
	sf_emit_close(&e, '[');
	put_epochs(&e, t);
	put_rotation(&e, t);
	sf_json_findings(&e, r);
	sf_emit_close(&e, '{');
	return sf_emit_end(&e);
}

/* One use of a KID, and the one before it. */
static void
put_csv_use(FILE *f, const struct sf_timeline *t, const struct sf_track_line *l,
    const struct sf_key_use *u, const struct sf_key_use *before)
{
	const char *kind = sf_kind_name(l->stream->kind);
	struct sf_kid_parts p = sf_kid_parts(&t->form, u->kid);
	char first[SF_TIME_MAX], last[SF_TIME_MAX];

	sf_time_rfc3339(first, u->first.time_ns);
	sf_time_rfc3339(last, u->last.time_ns);
	fprintf(f, "%" PRIu32 ",%" PRIu32 ",0x%08" PRIx32 ",%s,%" PRIu64 ",",
	    l->sender, l->stream->id, l->stream->ssrc, kind == NULL ? "" : kind,
	    u->kid);
	if (p.width != 0)
		fprintf(f, "%" PRIu64 ",%" PRIu64 ",", p.high, p.low);
	else
		fputs(",,", f);
	if (u->no_ctr)
		fputs(",,", f);
	else
		fprintf(
		    f, "%" PRIu64 ",%" PRIu64 ",", u->first_ctr, u->last_ctr);
	fprintf(f,
	    "%" PRIu64 ",%s,%s,%" PRIu32 ",%" PRIu64 ",%" PRIu64 ",%" PRIu32
	    ",%" PRIu32 ",%s\n",
	    u->frames, first, last, u->first.input, u->first.packet,
	    u->last.packet, u->frames_between, u->missing_between,
	    before == NULL ? ""
			   : sf_kid_change_name(
				 sf_kid_change(&t->form, before->kid, u->kid)));
}

bool
sf_keys_csv(FILE *f, const struct sf_timeline *t)
{
	fputs("sender,stream,ssrc,kind,kid,high,low,first_ctr,last_ctr,frames,"
	      "first,last,input,first_packet,last_packet,frames_unreadable_"
	      "before,"
	      "packets_missing_before,change\n",
	    f);
	for (unsigned i = 0; i < t->n_lines; i++) {
		const struct sf_key_use *before = NULL;

		for (const struct sf_key_use *u = t->lines[i].stream->keys;
		     u != NULL; before = u, u = u->next)
			put_csv_use(f, t, &t->lines[i], u, before);
	}
	return !ferror(f);
}
