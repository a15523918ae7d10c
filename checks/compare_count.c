/*
 * compare_count.c - what became of the frames of each stream, and what is to be
 * said of it.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "checks/compare_parts.h"

#define ADDED 16 /* octets that a hop puts into a frame, at most */

/* ---- counting -------------------------------------------------------------------------------- */

struct span {
	int64_t first, last;
};

/* When a side was seen at all, by its own clock. */
static struct span
seen(const struct sf_side *s)
{
	struct span x = { INT64_MAX, INT64_MIN };

	for (size_t i = 0; i < s->n; i++) {
		int64_t t = s->notes[i].time_ns;

		x.first = t < x.first ? t : x.first;
		x.last = t > x.last ? t : x.last;
	}
	return x;
}

/* The same by the other clock. */
static struct span
seen_by_a(const struct sf_compare_work *w)
{
	struct span x = seen(w->b);
	int64_t off = w->out->offset_ns;

	if (x.first > x.last)
		return x;
	x.first -= sf_compare_offset_at(w->out, x.first - off);
	x.last -= sf_compare_offset_at(w->out, x.last - off);
	return x;
}

static struct span
seen_by_b(const struct sf_compare_work *w)
{
	struct span x = seen(w->a);

	if (x.first > x.last)
		return x;
	x.first += sf_compare_offset_at(w->out, x.first);
	x.last += sf_compare_offset_at(w->out, x.last);
	return x;
}

static bool
comes_before(const struct sf_place *x, const struct sf_place *y)
{
	return x->time_ns != y->time_ns ? x->time_ns < y->time_ns
					: x->packet < y->packet;
}

static void
add_extent(struct sf_extent *to, const struct sf_extent *x)
{
	if (x->first.packet == 0)
		return;
	if (to->first.packet == 0 || comes_before(&x->first, &to->first))
		to->first = x->first;
	if (to->last.packet == 0 || comes_before(&to->last, &x->last))
		to->last = x->last;
}

static void
note_place(
    struct sf_compared *r, enum sf_compare_kind kind, const struct sf_note *n)
{
	struct sf_place at = { .packet = n->packet, .time_ns = n->time_ns };

	add_extent(&r->at[kind], &(struct sf_extent){ at, at });
}

static void
show_altered(struct sf_compare_work *w, struct sf_compared *r,
    const struct sf_note *a, const struct sf_note *b)
{
	struct sf_comparison *out = w->out;

	note_place(r, SF_EXTENT_ALTERED, b);
	/* a few of each stream, so that a long row of one hides no other */
	if (out->n_shown < SF_ALTERED_SHOWN && r->altered + r->again <= 4)
		out->shown[out->n_shown++] = (struct sf_altered_frame){
			.row = (uint32_t)(r - out->rows), .a = *a, .b = *b
		};
}

/* What is decrypted loses its header and its tag. A frame that grew by a few
   octets, or kept its length, was not: what was put behind it may look clear. */
static bool
is_decrypted(const struct sf_note *a, const struct sf_note *b)
{
	return sf_note_protected(a) && b->state == SF_STATE_PLAINTEXT &&
	       (b->octets < a->octets || b->octets > a->octets + ADDED);
}

static void
count_pair(
    struct sf_compare_work *w, const struct sf_note *a, const struct sf_note *b)
{
	struct sf_compared *r = &w->out->rows[w->row_of_a[a->stream - 1] - 1];

	if (a->content == b->content) {
		r->same++;
		r->clear += !a->hop && !sf_note_protected(a);
		r->hop += a->hop;
		return;
	}
	r->altered++;
	if (is_decrypted(a, b)) {
		r->plaintext++;
		note_place(r, SF_EXTENT_DECRYPTED, b);
	} else if (a->state == SF_STATE_PLAINTEXT && sf_note_protected(b)) {
		r->encrypted++;
		note_place(r, SF_EXTENT_ENCRYPTED, b);
	}
	show_altered(w, r, a, b);
}

/* Did B have it, incomplete? */
static bool
is_damaged(const struct sf_note_table *t, const struct sf_note *a)
{
	uint32_t at = t->heads[sf_note_by_timestamp(a) & t->mask];

	for (unsigned k = 0; at != 0 && k < SF_COMPARE_WALK;
	     at = t->notes[at - 1].next, k++)
		if (t->notes[at - 1].from == a->stream &&
		    sf_note_a_timestamp(&t->notes[at - 1]) == a->timestamp)
			return true;
	return false;
}

static bool
count_a(struct sf_compare_work *w, const struct sf_turns *turns)
{
	struct span b = seen_by_a(w);
	struct sf_note_table t;

	if (!sf_compare_table(
		&t, w->b, sf_note_by_a_timestamp, sf_note_incomplete))
		return false;
	for (size_t i = 0; i < w->a->n; i++) {
		const struct sf_note *a = &w->a->notes[i];
		struct sf_compared *r =
		    sf_note_whole(a)
			? &w->out->rows[w->row_of_a[a->stream - 1] - 1]
			: NULL;

		if (r == NULL)
			continue;
		r->frames++;
		if (a->other != 0)
			count_pair(w, a, &w->b->notes[a->other - 1]);
		else if (!w->out->has_offset || a->hop)
			continue; /* two calls, as far as anyone can tell */
		else if (a->time_ns < b.first || a->time_ns > b.last)
			r->outside++;
		else if (is_damaged(&t, a))
			r->damaged++;
		else if (r->b != NULL && sf_turns_other(turns, a, r->b->id))
			r->unselected++;
		else if (r->b != NULL) {
			r->dropped++;
			note_place(r, SF_EXTENT_DROPPED, a);
		}
	}
	free(t.heads);
	return true;
}

/* Frames of A by stream and number, and how many packets are missing in front
   of each. */
struct holes {
	const struct sf_note **notes;
	uint64_t *packets;
	size_t n;
};

static int
by_number(const void *left, const void *right)
{
	const struct sf_note *const *a = left, *const *b = right;

	if ((*a)->stream != (*b)->stream)
		return (*a)->stream < (*b)->stream ? -1 : 1;
	return (*a)->number < (*b)->number ? -1 : (*a)->number > (*b)->number;
}

static void
wipe_holes(struct holes *h)
{
	free(h->notes);
	free(h->packets);
}

static bool
find_holes(struct holes *h, const struct sf_side *a)
{
	*h = (struct holes){ calloc(a->n + 1, sizeof(*h->notes)),
		calloc(a->n + 1, sizeof(*h->packets)), a->n };
	if (h->notes == NULL || h->packets == NULL) {
		wipe_holes(h);
		return false;
	}
	for (size_t i = 0; i < a->n; i++)
		h->notes[i] = &a->notes[i];
	qsort(h->notes, h->n, sizeof(*h->notes), by_number);
	for (size_t i = 1; i < h->n; i++) {
		const struct sf_note *before = h->notes[i - 1];
		const struct sf_note *n = h->notes[i];
		uint64_t first = n->seq + 1 - n->packets;

		if (before->stream == n->stream && first > before->seq + 1)
			h->packets[i] = first - before->seq - 1;
	}
	return true;
}

/* The first frame of A's stream at or behind a timestamp; n: none. */
static size_t
at_or_behind(const struct holes *h, uint32_t stream, uint32_t timestamp)
{
	size_t low = 0, high = h->n;

	while (low < high) {
		size_t at = low + (high - low) / 2;
		const struct sf_note *n = h->notes[at];

		if (n->stream < stream ||
		    (n->stream == stream &&
			(int32_t)(n->timestamp - timestamp) < 0))
			low = at + 1;
		else
			high = at;
	}
	return low < h->n && h->notes[low]->stream == stream ? low : h->n;
}

/* Was there something at A in the place of this frame of B that its capture has
   in part or not at all? Each packet that is missing counts once. */
static bool
is_missing(struct holes *h, const struct sf_note *b)
{
	uint32_t stream = b->from;
	uint32_t timestamp = sf_note_a_timestamp(b);
	size_t at = stream == 0 ? h->n : at_or_behind(h, stream, timestamp);

	if (at == h->n)
		return false;
	if (!h->notes[at]->complete && h->notes[at]->timestamp == timestamp)
		return true;
	if (h->packets[at] == 0)
		return false;
	h->packets[at] -=
	    b->packets < h->packets[at] ? b->packets : h->packets[at];
	return true;
}

/* Beside one that came as it was: in a row of its own, where that is a stream for
   another receiver. */
static struct sf_compared *
row_of_again(
    struct sf_compare_work *w, const struct sf_note *a, const struct sf_note *b)
{
	uint32_t leg = w->row_of_b[b->stream - 1];

	if (leg != 0 && w->out->rows[leg - 1].copy)
		return &w->out->rows[leg - 1];
	return &w->out->rows[w->row_of_a[a->stream - 1] - 1];
}

static void
count_again(struct sf_compare_work *w, const struct sf_note *b)
{
	const struct sf_note *a = &w->a->notes[b->other - 1];
	struct sf_compared *r = row_of_again(w, a, b);
	const struct sf_stream *of = w->b_streams[b->stream - 1];

	r->again++;
	if (is_decrypted(a, b) ||
	    (sf_note_protected(a) && of->kind == SF_KIND_REPAIR &&
		of->protection == SF_PROT_PLAINTEXT)) {
		r->again_clear++;
		note_place(r, SF_EXTENT_DECRYPTED, b);
	}
	show_altered(w, r, a, b);
}

static bool
count_b(struct sf_compare_work *w)
{
	struct span a = seen_by_b(w);
	struct holes h;

	if (!find_holes(&h, w->a))
		return false;
	for (size_t i = 0; i < w->b->n; i++) {
		const struct sf_note *b = &w->b->notes[i];
		struct sf_compared *r;

		if (b->again)
			count_again(w, b);
		if (!sf_note_whole(b) || b->other != 0)
			continue;
		r = &w->out->rows[w->row_of_b[b->stream - 1] - 1];
		r->frames += r->a == NULL;
		if (!w->out->has_offset || b->hop)
			continue;
		if (b->time_ns < a.first || b->time_ns > a.last)
			r->outside++;
		else if (b->blank && !b->said)
			r->made_up++;
		else if (is_missing(&h, b))
			r->missing++;
		else {
			r->injected++;
			note_place(r, SF_EXTENT_INJECTED, b);
		}
	}
	wipe_holes(&h);
	return true;
}

/* A frame that came through: its stream, and when it was at either point. */
struct passage {
	uint32_t stream; /* of B, id */
	int64_t a_ns, b_ns;
};

static int
by_arrival(const void *left, const void *right)
{
	const struct passage *x = left, *y = right;

	if (x->stream != y->stream)
		return x->stream < y->stream ? -1 : 1;
	if (x->b_ns != y->b_ns)
		return x->b_ns < y->b_ns ? -1 : 1;
	return x->a_ns < y->a_ns ? -1 : x->a_ns > y->a_ns;
}

/* Frames of a stream that came to B behind one that A had after them: whatever
   their numbers are, which put them in order again. */
static bool
count_reordered(struct sf_compare_work *w)
{
	struct passage *all = calloc(w->b->n + 1, sizeof(*all));
	size_t n = 0;
	int64_t high = 0;

	if (all == NULL)
		return false;
	for (size_t i = 0; i < w->b->n; i++) {
		const struct sf_note *b = &w->b->notes[i];
		const struct sf_note *a = b->other == 0 || b->again
					      ? NULL
					      : &w->a->notes[b->other - 1];

		if (a != NULL && a->stream == w->map[b->stream - 1])
			all[n++] = (struct passage){ b->stream, a->time_ns,
				b->time_ns };
	}
	qsort(all, n, sizeof(*all), by_arrival);
	for (size_t i = 0; i < n; i++) {
		bool first = i == 0 || all[i - 1].stream != all[i].stream;

		if (!first && all[i].a_ns < high)
			w->out->rows[w->row_of_b[all[i].stream - 1] - 1]
			    .reordered++;
		else
			high = all[i].a_ns;
	}
	free(all);
	return true;
}

/* Packets that came again under their number, beyond those that did at A. */
static uint64_t
doubled(const struct sf_compared *r)
{
	if (r->a == NULL || r->b == NULL || r->second ||
	    r->b->duplicates <= r->a->duplicates)
		return 0;
	return r->b->duplicates - r->a->duplicates;
}

/* Copies in the clear of frames that are protected, which A does not send. */
static uint64_t
copies_in_clear(const struct sf_compared *r)
{
	return r->a == NULL || r->b == NULL || r->second ||
		       r->a->copies.frames > 0 ||
		       r->a->protection == SF_PROT_PLAINTEXT
		   ? 0
		   : r->b->copies.frames;
}

/* Packets that B sends again with other octets, and A does not. */
static uint64_t
rtx_differs(const struct sf_compare_work *w, const struct sf_compared *r)
{
	uint64_t n = 0;

	if (r->a == NULL || r->b == NULL || r->second ||
	    sf_compare_differs_at_a(w, r->a->id))
		return 0;
	for (const struct sf_stream *s = w->b->model->streams; s != NULL;
	     s = s->next)
		if (s->kind == SF_KIND_REPAIR && s->repairs == r->b->id)
			n += s->evidence.conflicts;
	return n;
}

static void
sum_up(struct sf_compare_work *w)
{
	struct sf_comparison *out = w->out;

	for (unsigned i = 0; i < out->n_rows; i++) {
		struct sf_compared *r = &out->rows[i];
		uint64_t copies = copies_in_clear(r);

		r->doubled = doubled(r);
		r->again += copies;
		r->again_clear += copies;
		r->rtx_differs = rtx_differs(w, r);
		r->all_altered = r->altered + r->again;
		r->all_clear = r->plaintext + r->again_clear;
		out->again += r->again;
		out->again_clear += r->again_clear;
		out->rtx_differs += r->rtx_differs;
		out->unselected += r->unselected;
		out->doubled += r->doubled;
		out->same += r->same;
		out->altered += r->altered;
		out->plaintext += r->plaintext;
		out->encrypted += r->encrypted;
		out->dropped += r->dropped;
		out->damaged += r->damaged;
		out->outside += r->outside;
		out->injected += r->injected;
		out->missing += r->missing;
		out->made_up += r->made_up;
		out->reordered += r->reordered;
		out->clear += r->clear;
		out->hop += r->hop;
		if (r->a == NULL && r->injected > 0) {
			out->unknown++;
			out->in_unknown += r->injected;
		}
		out->not_forwarded +=
		    r->a != NULL && r->b == NULL && r->frames > r->outside;
	}
	out->matched = out->same + out->altered;
	out->verdict = out->matched == 0 ? SF_NO_COMMON
		       : out->altered + out->again + out->rtx_differs > 0
			   ? SF_TOUCHED
			   : SF_UNTOUCHED;
}

/* ---- findings ----------------------------------------------------------------------------------- */

#define OF(m) offsetof(struct sf_compared, m)

static void
find(struct sf_comparison *out, enum sf_finding_id rule, uint64_t count,
    size_t member, enum sf_compare_kind kind)
{
	struct sf_compare_finding *f = &out->findings[out->n_findings];

	if (count == 0)
		return;
	*f = (struct sf_compare_finding){ .rule = rule,
		.severity = sf_rules[rule].severity,
		.count = count,
		.packets = member == OF(doubled) || member == OF(rtx_differs),
		.kind = kind,
		.row = out->n_rows };
	for (unsigned i = 0; i < out->n_rows; i++) {
		uint64_t n;

		memcpy(&n, (const char *)&out->rows[i] + member, sizeof(n));
		if (n > 0 && f->row == out->n_rows)
			f->row = i;
		if (n > 0 && kind != SF_EXTENTS)
			add_extent(&f->at, &out->rows[i].at[kind]);
	}
	if (f->row == out->n_rows)
		f->row = 0;
	out->n_findings++;
}

/* Of frames; by packets where only repairs differ, of which no frame came. */
static void
find_altered(struct sf_comparison *out)
{
	if (out->altered + out->again > 0)
		find(out, SFC001, out->altered + out->again, OF(all_altered),
		    SF_EXTENT_ALTERED);
	else
		find(out, SFC001, out->rtx_differs, OF(rtx_differs),
		    SF_EXTENT_RTX);
}

static void
find_all(struct sf_comparison *out)
{
	find(out, SFC002, out->plaintext + out->again_clear, OF(all_clear),
	    SF_EXTENT_DECRYPTED);
	find_altered(out);
	find(out, SFC003, out->encrypted, OF(encrypted), SF_EXTENT_ENCRYPTED);
	if (out->matched == 0)
		return;
	find(out, SFC004, out->injected, OF(injected), SF_EXTENT_INJECTED);
	find(out, SFC005, out->dropped, OF(dropped), SF_EXTENT_DROPPED);
	find(out, SFC006, out->reordered, OF(reordered), SF_EXTENTS);
	find(out, SFC007, out->repeated, OF(repeated), SF_EXTENTS);
	find(out, SFC008, out->doubled, OF(doubled), SF_EXTENTS);
	find(out, SFR003, out->rtx_differs, OF(rtx_differs), SF_EXTENT_RTX);
}

#undef OF

bool
sf_compare_count(struct sf_compare_work *w)
{
	struct sf_turns turns;
	bool good;

	if (!sf_turns_init(&turns, w))
		return false;
	good = count_a(w, &turns) && count_reordered(w) && count_b(w);
	sf_turns_wipe(&turns);
	if (!good)
		return false;
	sum_up(w);
	find_all(w->out);
	return true;
}
