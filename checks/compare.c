/*
 * compare.c - one call seen at two points.
 *
 * Frames are matched by all their octets first. That says which stream of B
 * carries which of A, and how far apart their RTP timestamps are (an SFU
 * gives new ones). What is left is matched by KID and CTR, then by timestamp:
 * those are the frames that were altered.
 */
#include "checks/compare.h"

#include <stdlib.h>

#include "checks/compare_parts.h"

#define PAIRS_MOST ((size_t)4 << 20) /* of streams */
#define DOUBTS     8 /* times that what was barred is left out, and all is done anew */

void
sf_side_frame(void *ctx, const struct sf_frame_event *ev)
{
	struct sf_side *s = ctx;

	s->incomplete += !ev->complete;
	if (s->n == s->room) {
		s->left_out++;
		return;
	}
	s->notes[s->n++] = (struct sf_note){
		.content = ev->content,
		.kid = ev->kid,
		.ctr = ev->ctr,
		.packet = ev->first.packet,
		.number = (uint32_t)ev->number,
		.seq = ev->seq,
		.packets = ev->packets,
		.time_ns = ev->first.time_ns,
		.stream = ev->stream->id,
		.timestamp = ev->timestamp,
		.octets = ev->octets,
		.header_at = ev->header_at,
		.state = (uint8_t)ev->state,
		.has_header = ev->has_header,
		.complete = ev->complete,
		.blank = ev->blank,
		.hop = ev->hop,
	};
}

static bool
streams_by_id(const struct sf_stream ***out, const struct sf_model *m)
{
	*out = calloc(m->n_streams + 1u, sizeof(**out));
	if (*out == NULL)
		return false;
	for (const struct sf_stream *s = m->streams; s != NULL; s = s->next)
		(*out)[s->id - 1] = s;
	return true;
}

static void
sort_out(struct sf_side *s, const struct sf_stream **streams)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct sf_stream *of = streams[s->notes[i].stream - 1];

		s->notes[i].spare = !sf_compare_media(of);
		s->notes[i].hop |= of->protection == SF_PROT_SRTP;
		s->notes[i].other = 0;
		s->notes[i].said = false;
	}
}

static uint64_t
under_srtp(const struct sf_model *m)
{
	uint64_t n = 0;

	for (const struct sf_stream *s = m->streams; s != NULL; s = s->next)
		n += s->protection == SF_PROT_SRTP;
	return n;
}

/* ---- all of it ------------------------------------------------------------------------------------ */

static bool
take_memory(struct sf_compare_work *w)
{
	size_t na = w->a->model->n_streams, nb = w->b->model->n_streams;

	if (na > 0 && nb > 0 && na * nb <= PAIRS_MOST) {
		w->votes = calloc(na * nb, sizeof(*w->votes));
		w->barred = calloc(na * nb, sizeof(*w->barred));
	}
	w->map = calloc(nb + 1, sizeof(*w->map));
	w->offset = calloc(nb + 1, sizeof(*w->offset));
	w->offset_of = calloc(nb + 1, sizeof(*w->offset_of));
	w->by_time = calloc(nb + 1, sizeof(*w->by_time));
	w->delay = calloc(nb + 1, sizeof(*w->delay));
	w->now = calloc(nb + 1, sizeof(*w->now));
	w->row_of_a = calloc(na + 1, sizeof(*w->row_of_a));
	w->row_of_b = calloc(nb + 1, sizeof(*w->row_of_b));
	return w->map != NULL && w->offset != NULL && w->offset_of != NULL &&
	       w->by_time != NULL && w->delay != NULL && w->now != NULL &&
	       w->row_of_a != NULL && w->row_of_b != NULL &&
	       streams_by_id(&w->a_streams, w->a->model) &&
	       streams_by_id(&w->b_streams, w->b->model);
}

/* As before anything was found. */
static void
begin_anew(struct sf_compare_work *w)
{
	size_t na = w->a->model->n_streams, nb = w->b->model->n_streams;

	sort_out(w->a, w->a_streams);
	sort_out(w->b, w->b_streams);
	w->out->copies = w->out->repeated = 0;
	w->out->has_offset = false;
	for (size_t i = 0; i < nb; i++) {
		w->map[i] = w->offset[i] = w->offset_of[i] = 0;
		w->by_time[i] = false;
	}
	for (size_t i = 0; w->votes != NULL && i < na * nb; i++)
		w->votes[i] = 0;
}

static bool
match(struct sf_compare_work *w)
{
	begin_anew(w);
	if (!sf_compare_equal(w) || !sf_compare_delays(w))
		return false;
	sf_compare_streams(w);
	return sf_compare_altered(w) && sf_compare_delays(w);
}

/* Each turn leaves out what the one before found not to be one stream. */
static bool
match_what_is_one(struct sf_compare_work *w)
{
	bool more = true;

	for (unsigned i = 0; i < DOUBTS && more; i++)
		if (!match(w) || !sf_compare_doubt(w, &more))
			return false;
	w->apart |= more;
	return !more || match(w);
}

static bool
do_work(struct sf_compare_work *w)
{
	if (!take_memory(w))
		return false;
	w->out->srtp[0] = under_srtp(w->a->model);
	w->out->srtp[1] = under_srtp(w->b->model);
	return match_what_is_one(w) && sf_compare_again(w) &&
	       sf_compare_rows(w) && sf_compare_count(w);
}

bool
sf_compare(struct sf_comparison *out, struct sf_side *a, struct sf_side *b)
{
	struct sf_compare_work w = { .a = a, .b = b, .out = out };
	bool good;

	*out =
	    (struct sf_comparison){ .partial = a->left_out + b->left_out > 0 };
	good = do_work(&w);
	free(w.votes);
	free(w.barred);
	free(w.map);
	free(w.offset);
	free(w.offset_of);
	free(w.by_time);
	free(w.delay);
	free(w.now);
	free(w.row_of_a);
	free(w.row_of_b);
	free(w.a_streams);
	free(w.b_streams);
	return good;
}

void
sf_comparison_free(struct sf_comparison *c)
{
	free(c->rows);
	c->rows = NULL;
}

const char *
sf_compare_verdict_name(enum sf_compare_verdict v)
{
	static const char *const names[] = { "untouched", "altered",
		"inconclusive" };

	return names[v];
}
