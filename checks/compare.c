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
#include <string.h>

#include "engine/hash.h"

#define PLAIN_UNIQUE 32 /* octets of a clear frame that come once */
#define PAIRS_MOST   ((size_t)4 << 20) /* of streams */
#define SECOND       ((int64_t)1000000000)
#define VOTERS       48  /* frames that vote on a timestamp offset */
#define WALK         256 /* notes of one chain that are looked at */

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
		.number = ev->number,
		.time_ns = ev->first.time_ns,
		.stream = ev->stream->id,
		.timestamp = ev->timestamp,
		.octets = ev->octets,
		.header_at = ev->header_at,
		.state = (uint8_t)ev->state,
		.has_header = ev->has_header,
		.complete = ev->complete,
	};
}

/* ---- a table of notes by some key ------------------------------------------- */

typedef uint64_t key_of(const struct sf_note *n);

struct table {
	uint32_t *heads; /* index + 1 */
	size_t mask;
	struct sf_note *notes;
};

static uint64_t
by_content(const struct sf_note *n)
{
	return sf_mix(n->content);
}

static uint64_t
by_counter(const struct sf_note *n)
{
	return sf_mix(n->kid ^ sf_mix(n->ctr + 1));
}

static uint64_t
by_timestamp(const struct sf_note *n)
{
	return sf_mix((uint64_t)n->stream << 32 | n->timestamp);
}

/* Chains are in the order of the notes. Those without wanted are left out. */
static bool
fill_table(struct table *t, struct sf_side *s, key_of *key,
    bool (*wanted)(const struct sf_note *))
{
	size_t n = 64;

	while (n < s->n)
		n *= 2;
	*t = (struct table){ calloc(n, sizeof(*t->heads)), n - 1, s->notes };
	if (t->heads == NULL)
		return false;
	for (size_t i = s->n; i-- > 0;) {
		uint32_t *head = &t->heads[key(&s->notes[i]) & t->mask];

		if (!wanted(&s->notes[i]))
			continue;
		s->notes[i].next = *head;
		*head = (uint32_t)i + 1;
	}
	return true;
}

/* ---- the work ------------------------------------------------------------------ */

struct work {
	struct sf_side *a, *b;
	struct sf_comparison *out;
	const struct sf_stream **a_streams, **b_streams; /* by id - 1 */
	uint32_t *row_of_a, *row_of_b; /* row + 1 of a stream; by id - 1 */
	uint32_t *votes;     /* [a][b]: frames of a seen in b; NULL: too many */
	uint32_t *map;       /* of a stream of B: id of the one of A, 0: none */
	uint32_t *offset;    /* its timestamp less that of A */
	uint32_t *offset_of; /* id of the stream of A that it was told for */
};

static bool
is_media(const struct sf_stream *s)
{
	return s != NULL && s->kind != SF_KIND_REPAIR;
}

static bool
is_whole(const struct sf_note *n)
{
	return n->complete && !n->spare;
}

static bool
is_left(const struct sf_note *n)
{
	return n->complete && !n->spare && n->other == 0;
}

static bool
is_left_with_header(const struct sf_note *n)
{
	return is_left(n) && n->has_header;
}

static bool
is_incomplete(const struct sf_note *n)
{
	return !n->complete && !n->spare;
}

static bool
is_protected(const struct sf_note *n)
{
	return n->has_header || n->state == SF_STATE_VERIFIED ||
	       n->state == SF_STATE_ENCRYPTED || n->state == SF_STATE_FAILED;
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
leave_out_repair(struct sf_side *s, const struct sf_stream **streams)
{
	for (size_t i = 0; i < s->n; i++)
		s->notes[i].spare = !is_media(streams[s->notes[i].stream - 1]);
}

/* ---- equal octets ---------------------------------------------------------------- */

/*
 * Octets that no other frame has by chance: behind a header, with a tag of
 * their own; or in the clear and there once. Silence and test pictures repeat.
 */
static bool
is_unique(const struct table *t, const struct sf_note *a)
{
	uint32_t at = t->heads[by_content(a) & t->mask];
	unsigned n = 0;

	if (a->has_header)
		return true;
	for (unsigned k = 0; at != 0 && k < WALK;
	     at = t->notes[at - 1].next, k++)
		n += t->notes[at - 1].content == a->content;
	return n == 1 && a->octets >= PLAIN_UNIQUE;
}

static void
vote(struct work *w, const struct sf_note *a, const struct sf_note *b)
{
	w->offset[b->stream - 1] = b->timestamp - a->timestamp;
	w->offset_of[b->stream - 1] = a->stream;
	if (w->votes != NULL)
		w->votes[(size_t)(a->stream - 1) * w->b->model->n_streams +
			 b->stream - 1]++;
}

/* A second leg of the same frame within A is no frame of its own. */
static void
fold_copies(struct work *w, struct table *t)
{
	for (size_t i = 0; i < w->a->n; i++) {
		struct sf_note *n = &w->a->notes[i];

		if (!is_whole(n) || !n->has_header)
			continue;
		for (uint32_t at = n->next; at != 0; at = t->notes[at - 1].next)
			if (t->notes[at - 1].content == n->content) {
				t->notes[at - 1].spare = true;
				w->out->copies++;
			}
	}
}

/* The note of A with these octets that nobody has taken; else NULL, and *used
   is one that was. */
static struct sf_note *
find_equal(
    const struct table *t, const struct sf_note *b, struct sf_note **used)
{
	uint32_t at = t->heads[by_content(b) & t->mask];

	*used = NULL;
	for (unsigned k = 0; at != 0 && k < WALK;
	     at = t->notes[at - 1].next, k++) {
		struct sf_note *a = &t->notes[at - 1];

		if (a->content != b->content || a->spare)
			continue;
		if (a->other == 0)
			return a;
		*used = a;
	}
	return NULL;
}

/* It came before: to a second receiver, or once more to the same. */
static void
take_copy(struct work *w, const struct sf_note *a, struct sf_note *b)
{
	b->spare = true;
	if (w->b->notes[a->other - 1].stream == b->stream)
		w->out->repeated++;
	else
		w->out->copies++;
}

static void
pair(struct work *w, struct sf_note *a, struct sf_note *b)
{
	a->other = (uint32_t)(b - w->b->notes) + 1;
	b->other = (uint32_t)(a - w->a->notes) + 1;
}

static bool
match_equal(struct work *w)
{
	struct table t;

	if (!fill_table(&t, w->a, by_content, is_whole))
		return false;
	fold_copies(w, &t);
	for (size_t i = 0; i < w->b->n; i++) {
		struct sf_note *b = &w->b->notes[i];
		struct sf_note *used = NULL;
		struct sf_note *a =
		    is_whole(b) ? find_equal(&t, b, &used) : NULL;

		if (a != NULL && is_unique(&t, a)) {
			pair(w, a, b);
			vote(w, a, b);
		} else if (a == NULL && used != NULL && is_unique(&t, used)) {
			vote(w, used, b);
			take_copy(w, used, b);
		}
	}
	free(t.heads);
	return true;
}

/* ---- the clocks ---------------------------------------------------------------------------- */

static int
by_value(const void *left, const void *right)
{
	const int64_t *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

static bool
measure_delays(struct work *w)
{
	struct sf_comparison *out = w->out;
	int64_t *d = calloc(w->b->n + 1, sizeof(*d));
	size_t n = 0;

	if (d == NULL)
		return false;
	for (size_t i = 0; i < w->b->n; i++) {
		const struct sf_note *b = &w->b->notes[i];

		if (b->other != 0)
			d[n++] = b->time_ns - w->a->notes[b->other - 1].time_ns;
	}
	if (n > 0) {
		qsort(d, n, sizeof(*d), by_value);
		out->has_offset = true;
		out->offset_ns = d[(n - 1) / 2];
		out->delay_p95_ns = d[(n * 95 + 99) / 100 - 1] - out->offset_ns;
		out->delay_most_ns = d[n - 1] - out->offset_ns;
	}
	free(d);
	return true;
}

/* ---- which stream is which --------------------------------------------------------- */

static uint32_t
offset_of_matches(const struct work *w, uint32_t a_id, uint32_t b_id)
{
	for (size_t i = 0; i < w->b->n; i++) {
		const struct sf_note *b = &w->b->notes[i];
		const struct sf_note *a =
		    b->other == 0 ? NULL : &w->a->notes[b->other - 1];

		if (a != NULL && b->stream == b_id && a->stream == a_id)
			return b->timestamp - a->timestamp;
	}
	return 0;
}

static void
map_by_votes(struct work *w)
{
	size_t na = w->a->model->n_streams, nb = w->b->model->n_streams;

	for (uint32_t b = 0; w->votes != NULL && b < nb; b++) {
		uint32_t most = 0;

		for (uint32_t a = 0; a < na; a++)
			if (w->votes[a * nb + b] > most) {
				most = w->votes[a * nb + b];
				w->map[b] = a + 1;
			}
		if (w->map[b] != 0 && w->map[b] != w->offset_of[b])
			w->offset[b] = offset_of_matches(w, w->map[b], b + 1);
	}
}

/* The first frames of a stream that nothing was found for. */
static size_t
first_left(const struct sf_side *s, uint32_t stream, const struct sf_note **out)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n && n < VOTERS; i++)
		if (s->notes[i].stream == stream && is_left(&s->notes[i]))
			out[n++] = &s->notes[i];
	return n;
}

/* Pairs at one distance of timestamps whose lengths differ by the same, about:
   encryption adds as much to every frame. */
static unsigned
score_offset(const struct sf_note **a, size_t na, const struct sf_note **b,
    size_t nb, uint32_t off)
{
	int64_t differ[VOTERS];
	unsigned n = 0, most = 0;

	for (size_t x = 0, y = 0; x < na && y < nb;) {
		int32_t d = (int32_t)(b[y]->timestamp - off - a[x]->timestamp);

		if (d == 0)
			differ[n++] =
			    (int64_t)b[y]->octets - (int64_t)a[x]->octets;
		x += d >= 0;
		y += d <= 0;
	}
	for (unsigned i = 0; i < n; i++) {
		unsigned same = 0;

		for (unsigned j = 0; j < n; j++)
			same += differ[j] - differ[i] <= 2 &&
				differ[i] - differ[j] <= 2;
		most = same > most ? same : most;
	}
	return most;
}

/* No frame of the two is equal: the distance at which most fit. */
static unsigned
best_offset(const struct sf_note **a, size_t na, const struct sf_note **b,
    size_t nb, uint32_t *offset)
{
	unsigned most = 0;

	for (size_t i = 0; i < na; i++)
		for (size_t j = 0; j < nb && j < 4; j++) {
			uint32_t off = b[j]->timestamp - a[i]->timestamp;
			unsigned n = score_offset(a, na, b, nb, off);

			if (n > most || (n == most && off == 0)) {
				most = n;
				*offset = off;
			}
		}
	return most;
}

/* Could the two be one stream, by their names and by the clock? */
static bool
may_be_one(
    const struct work *w, const struct sf_stream *a, const struct sf_stream *b)
{
	int64_t apart = b->first.time_ns - a->first.time_ns;
	int64_t shift = w->out->has_offset ? w->out->offset_ns : 0;
	int64_t most = w->out->has_offset ? 2 * SECOND : 60 * SECOND;

	if (a->kind != b->kind && a->kind != SF_KIND_UNKNOWN &&
	    b->kind != SF_KIND_UNKNOWN)
		return false;
	/* one of the two captures may have begun later */
	return a->ssrc == b->ssrc ||
	       (apart - shift < most && shift - apart < most) ||
	       (w->out->has_offset &&
		   a->first.time_ns + shift < b->last.time_ns &&
		   b->first.time_ns < a->last.time_ns + shift);
}

static bool
is_mapped(const struct work *w, uint32_t a_id)
{
	for (uint32_t b = 0; b < w->b->model->n_streams; b++)
		if (w->map[b] == a_id)
			return true;
	return false;
}

static void
map_by_time(struct work *w, uint32_t b_id)
{
	const struct sf_note *a[VOTERS], *b[VOTERS];
	const struct sf_stream *to = w->b_streams[b_id - 1];
	size_t nb = first_left(w->b, b_id, b);
	unsigned most = 0;

	for (const struct sf_stream *s = w->a->model->streams;
	     nb >= 8 && s != NULL; s = s->next) {
		uint32_t off = 0;
		size_t na;
		unsigned n;

		if (!is_media(s) || is_mapped(w, s->id) ||
		    !may_be_one(w, s, to))
			continue;
		na = first_left(w->a, s->id, a);
		n = best_offset(a, na, b, nb, &off);
		if (n * 10 > nb * 6 && n > most) {
			most = n;
			w->map[b_id - 1] = s->id;
			w->offset[b_id - 1] = off;
		}
	}
}

static void
map_streams(struct work *w)
{
	map_by_votes(w);
	for (const struct sf_stream *s = w->b->model->streams; s != NULL;
	     s = s->next)
		if (is_media(s) && w->map[s->id - 1] == 0)
			map_by_time(w, s->id);
}

/* ---- altered frames -------------------------------------------------------------------- */

static struct sf_note *
find_by_counter(
    const struct work *w, const struct table *t, const struct sf_note *b)
{
	uint32_t from = w->map[b->stream - 1];

	uint32_t at = t->heads[by_counter(b) & t->mask];

	for (unsigned k = 0; at != 0 && k < WALK;
	     at = t->notes[at - 1].next, k++) {
		struct sf_note *a = &t->notes[at - 1];

		if (a->other == 0 && a->kid == b->kid && a->ctr == b->ctr &&
		    a->stream == from)
			return a;
	}
	return NULL;
}

static struct sf_note *
find_by_timestamp(
    const struct work *w, const struct table *t, const struct sf_note *b)
{
	struct sf_note want = { .stream = w->map[b->stream - 1],
		.timestamp = b->timestamp - w->offset[b->stream - 1] };
	uint32_t at;

	if (want.stream == 0)
		return NULL;
	at = t->heads[by_timestamp(&want) & t->mask];
	for (unsigned k = 0; at != 0 && k < WALK;
	     at = t->notes[at - 1].next, k++) {
		struct sf_note *a = &t->notes[at - 1];

		if (a->other == 0 && a->stream == want.stream &&
		    a->timestamp == want.timestamp)
			return a;
	}
	return NULL;
}

typedef struct sf_note *finder(
    const struct work *w, const struct table *t, const struct sf_note *b);

static bool
match_left(struct work *w, key_of *key, bool (*wanted)(const struct sf_note *),
    finder *find)
{
	struct table t;

	if (!fill_table(&t, w->a, key, wanted))
		return false;
	for (size_t i = 0; i < w->b->n; i++) {
		struct sf_note *b = &w->b->notes[i];
		struct sf_note *a = wanted(b) ? find(w, &t, b) : NULL;

		if (a != NULL)
			pair(w, a, b);
	}
	free(t.heads);
	return true;
}

/* Left over at B, and equal to a frame of A that has its counterpart: for a
   second receiver, in the clear. */
static bool
fold_clear_copies(struct work *w)
{
	struct table t;

	if (!fill_table(&t, w->a, by_timestamp, is_whole))
		return false;
	for (size_t i = 0; i < w->b->n; i++) {
		struct sf_note *b = &w->b->notes[i];
		struct sf_note want = { .stream = w->map[b->stream - 1],
			.timestamp = b->timestamp - w->offset[b->stream - 1] };
		uint32_t at = t.heads[by_timestamp(&want) & t.mask];

		for (unsigned k = 0; is_left(b) && at != 0 && k < WALK;
		     at = t.notes[at - 1].next, k++) {
			const struct sf_note *a = &t.notes[at - 1];

			if (a->other != 0 && a->content == b->content &&
			    a->stream == want.stream &&
			    a->timestamp == want.timestamp)
				take_copy(w, a, b);
		}
	}
	free(t.heads);
	return true;
}

/* ---- the rows --------------------------------------------------------------------------- */

static struct sf_compared *
add_row(struct work *w, const struct sf_stream *a, const struct sf_stream *b)
{
	struct sf_compared *r = &w->out->rows[w->out->n_rows++];

	r->a = a;
	r->b = b;
	r->copy = a != NULL && w->row_of_a[a->id - 1] != 0;
	if (a != NULL && w->row_of_a[a->id - 1] == 0)
		w->row_of_a[a->id - 1] = w->out->n_rows;
	if (b != NULL)
		w->row_of_b[b->id - 1] = w->out->n_rows;
	return r;
}

static void
make_rows(struct work *w)
{
	for (const struct sf_stream *s = w->b->model->streams; s != NULL;
	     s = s->next)
		if (is_media(s) && w->map[s->id - 1] != 0)
			add_row(w, w->a_streams[w->map[s->id - 1] - 1], s);
	for (const struct sf_stream *s = w->a->model->streams; s != NULL;
	     s = s->next)
		if (is_media(s) && w->row_of_a[s->id - 1] == 0)
			add_row(w, s, NULL);
	for (const struct sf_stream *s = w->b->model->streams; s != NULL;
	     s = s->next)
		if (is_media(s) && w->row_of_b[s->id - 1] == 0)
			add_row(w, NULL, s);
}

/* ---- counting -------------------------------------------------------------------------------- */

struct span {
	int64_t first, last;
};

/* When a side was seen at all, in the clock of the other. */
static struct span
seen(const struct sf_side *s, int64_t shift_ns)
{
	struct span x = { INT64_MAX, INT64_MIN };

	for (size_t i = 0; i < s->n; i++) {
		int64_t t = s->notes[i].time_ns + shift_ns;

		x.first = t < x.first ? t : x.first;
		x.last = t > x.last ? t : x.last;
	}
	return x;
}

static void
show_altered(struct work *w, struct sf_compared *r, const struct sf_note *a,
    const struct sf_note *b)
{
	struct sf_comparison *out = w->out;

	if (r->altered == 1)
		r->first_altered = (struct sf_place){ .packet = b->packet,
			.time_ns = b->time_ns };
	/* a few of each stream, so that a long row of one hides no other */
	if (out->n_shown < SF_ALTERED_SHOWN && r->altered <= 4)
		out->shown[out->n_shown++] = (struct sf_altered_frame){
			.row = (uint32_t)(r - out->rows), .a = *a, .b = *b
		};
}

static void
count_pair(struct work *w, const struct sf_note *a, const struct sf_note *b)
{
	struct sf_compared *r = &w->out->rows[w->row_of_b[b->stream - 1] - 1];

	if (a->content == b->content) {
		r->same++;
		r->clear += !is_protected(a);
		return;
	}
	r->altered++;
	r->plaintext += is_protected(a) && b->state == SF_STATE_PLAINTEXT;
	r->encrypted += a->state == SF_STATE_PLAINTEXT && is_protected(b);
	show_altered(w, r, a, b);
}

/* Did B have it, incomplete? */
static bool
is_damaged(const struct work *w, const struct table *t, const struct sf_note *a)
{
	for (uint32_t b = 0; b < w->b->model->n_streams; b++) {
		struct sf_note want = { .stream = b + 1,
			.timestamp = a->timestamp + w->offset[b] };
		uint32_t at = w->map[b] == a->stream
				  ? t->heads[by_timestamp(&want) & t->mask]
				  : 0;

		for (unsigned k = 0; at != 0 && k < WALK;
		     at = t->notes[at - 1].next, k++)
			if (t->notes[at - 1].stream == want.stream &&
			    t->notes[at - 1].timestamp == want.timestamp)
				return true;
	}
	return false;
}

static bool
count_a(struct work *w)
{
	struct span b = seen(w->b, -w->out->offset_ns);
	struct table t;

	if (!fill_table(&t, w->b, by_timestamp, is_incomplete))
		return false;
	for (size_t i = 0; i < w->a->n; i++) {
		const struct sf_note *a = &w->a->notes[i];
		struct sf_compared *r =
		    is_whole(a) ? &w->out->rows[w->row_of_a[a->stream - 1] - 1]
				: NULL;

		if (r == NULL)
			continue;
		r->frames++;
		if (a->other != 0)
			count_pair(w, a, &w->b->notes[a->other - 1]);
		else if (a->time_ns < b.first || a->time_ns > b.last)
			r->outside++;
		else if (is_damaged(w, &t, a))
			r->damaged++;
		else
			r->dropped += r->b != NULL;
	}
	free(t.heads);
	return true;
}

static void
count_b(struct work *w)
{
	struct span a = seen(w->a, w->out->offset_ns);

	for (size_t i = 0; i < w->b->n; i++) {
		const struct sf_note *b = &w->b->notes[i];
		struct sf_compared *r =
		    is_whole(b) ? &w->out->rows[w->row_of_b[b->stream - 1] - 1]
				: NULL;

		if (r == NULL || b->other != 0)
			continue;
		r->frames += r->a == NULL;
		if (b->time_ns < a.first || b->time_ns > a.last)
			r->outside++;
		else
			r->injected++;
	}
}

/* Frames of a stream of B that stand behind a later one of A. */
static bool
count_reordered(struct work *w)
{
	uint64_t *high = calloc(w->b->model->n_streams + 1u, sizeof(*high));

	if (high == NULL)
		return false;
	for (size_t i = 0; i < w->b->n; i++) {
		const struct sf_note *b = &w->b->notes[i];
		const struct sf_note *a =
		    b->other == 0 ? NULL : &w->a->notes[b->other - 1];

		if (a == NULL || a->stream != w->map[b->stream - 1])
			continue;
		if (a->number < high[b->stream - 1])
			w->out->rows[w->row_of_b[b->stream - 1] - 1]
			    .reordered++;
		else
			high[b->stream - 1] = a->number;
	}
	free(high);
	return true;
}

static void
sum_up(struct sf_comparison *out)
{
	for (unsigned i = 0; i < out->n_rows; i++) {
		const struct sf_compared *r = &out->rows[i];

		out->same += r->same;
		out->altered += r->altered;
		out->plaintext += r->plaintext;
		out->encrypted += r->encrypted;
		out->dropped += r->dropped;
		out->damaged += r->damaged;
		out->outside += r->outside;
		out->injected += r->injected;
		out->reordered += r->reordered;
		out->clear += r->clear;
		out->not_forwarded +=
		    r->a != NULL && r->b == NULL && r->frames > r->outside;
	}
	out->matched = out->same + out->altered;
	out->verdict = out->matched == 0  ? SF_NO_COMMON
		       : out->altered > 0 ? SF_TOUCHED
					  : SF_UNTOUCHED;
}

/* ---- findings ----------------------------------------------------------------------------------- */

static void
find(struct sf_comparison *out, enum sf_finding_id rule, uint64_t count,
    size_t member)
{
	struct sf_compare_finding *f = &out->findings[out->n_findings];

	if (count == 0)
		return;
	*f = (struct sf_compare_finding){ rule, sf_rules[rule].severity, count,
		0 };
	for (unsigned i = 0; i < out->n_rows; i++) {
		uint64_t n;

		memcpy(&n, (const char *)&out->rows[i] + member, sizeof(n));
		if (n > 0) {
			f->row = i;
			break;
		}
	}
	out->n_findings++;
}

static void
find_all(struct sf_comparison *out)
{
	find(out, SFC002, out->plaintext,
	    offsetof(struct sf_compared, plaintext));
	find(out, SFC001, out->altered, offsetof(struct sf_compared, altered));
	find(out, SFC003, out->encrypted,
	    offsetof(struct sf_compared, encrypted));
	if (out->matched == 0)
		return;
	find(
	    out, SFC004, out->injected, offsetof(struct sf_compared, injected));
	find(out, SFC005, out->dropped, offsetof(struct sf_compared, dropped));
	find(out, SFC006, out->reordered,
	    offsetof(struct sf_compared, reordered));
	find(
	    out, SFC007, out->repeated, offsetof(struct sf_compared, repeated));
}

/* ---- all of it ------------------------------------------------------------------------------------ */

static bool
take_memory(struct work *w)
{
	size_t na = w->a->model->n_streams, nb = w->b->model->n_streams;

	if (na > 0 && nb > 0 && na * nb <= PAIRS_MOST)
		w->votes = calloc(na * nb, sizeof(*w->votes));
	w->map = calloc(nb + 1, sizeof(*w->map));
	w->offset = calloc(nb + 1, sizeof(*w->offset));
	w->offset_of = calloc(nb + 1, sizeof(*w->offset_of));
	w->row_of_a = calloc(na + 1, sizeof(*w->row_of_a));
	w->row_of_b = calloc(nb + 1, sizeof(*w->row_of_b));
	w->out->rows = calloc(na + nb + 1, sizeof(*w->out->rows));
	return w->map != NULL && w->offset != NULL && w->offset_of != NULL &&
	       w->row_of_a != NULL && w->row_of_b != NULL &&
	       w->out->rows != NULL &&
	       streams_by_id(&w->a_streams, w->a->model) &&
	       streams_by_id(&w->b_streams, w->b->model);
}

static bool
do_work(struct work *w)
{
	if (!take_memory(w))
		return false;
	leave_out_repair(w->a, w->a_streams);
	leave_out_repair(w->b, w->b_streams);
	if (!match_equal(w) || !measure_delays(w))
		return false;
	map_streams(w);
	if (!match_left(w, by_counter, is_left_with_header, find_by_counter) ||
	    !match_left(w, by_timestamp, is_left, find_by_timestamp) ||
	    !fold_clear_copies(w))
		return false;
	make_rows(w);
	if (!measure_delays(w) || !count_a(w) || !count_reordered(w))
		return false;
	count_b(w);
	sum_up(w->out);
	find_all(w->out);
	return true;
}

bool
sf_compare(struct sf_comparison *out, struct sf_side *a, struct sf_side *b)
{
	struct work w = { .a = a, .b = b, .out = out };
	bool good;

	*out =
	    (struct sf_comparison){ .partial = a->left_out + b->left_out > 0 };
	good = do_work(&w);
	free(w.votes);
	free(w.map);
	free(w.offset);
	free(w.offset_of);
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
