/*
 * compare_match.c - which frame of B is which of A: by all octets first, then
 * by KID and CTR, then by timestamp.
 */
#include <stdlib.h>

#include "checks/compare_parts.h"
#include "engine/base/hash.h"

#define PLAIN_UNIQUE 32 /* octets of a clear frame that come once */

/* ---- a table of notes by some key ------------------------------------------ */

uint64_t
sf_note_by_content(const struct sf_note *n)
{
	return sf_mix(n->content);
}

uint64_t
sf_note_by_counter(const struct sf_note *n)
{
	return sf_mix(n->kid ^ sf_mix(n->ctr + 1));
}

uint64_t
sf_note_by_timestamp(const struct sf_note *n)
{
	return sf_mix((uint64_t)n->stream << 32 | n->timestamp);
}

uint64_t
sf_note_by_a_timestamp(const struct sf_note *b)
{
	struct sf_note there = { .stream = b->from,
		.timestamp = sf_note_a_timestamp(b) };

	return sf_note_by_timestamp(&there);
}

bool
sf_compare_table(struct sf_note_table *t, struct sf_side *s, sf_note_key *key,
    bool (*wanted)(const struct sf_note *))
{
	size_t n = 64;

	while (n < s->n)
		n *= 2;
	*t = (struct sf_note_table){ calloc(n, sizeof(*t->heads)), n - 1,
		s->notes };
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

bool
sf_compare_media(const struct sf_stream *s)
{
	return s != NULL && s->kind != SF_KIND_REPAIR;
}

bool
sf_note_whole(const struct sf_note *n)
{
	return n->complete && !n->spare;
}

bool
sf_note_left(const struct sf_note *n)
{
	return n->complete && !n->spare && n->other == 0 && !n->hop;
}

bool
sf_note_left_with_header(const struct sf_note *n)
{
	return sf_note_left(n) && n->has_header;
}

bool
sf_note_incomplete(const struct sf_note *n)
{
	return !n->complete && !n->spare;
}

bool
sf_note_protected(const struct sf_note *n)
{
	return n->has_header || n->state == SF_STATE_VERIFIED ||
	       n->state == SF_STATE_ENCRYPTED || n->state == SF_STATE_FAILED;
}

/* ---- equal octets ---------------------------------------------------------------- */

/* Frames of one side with these octets; of one stream, or of all (0). */
static unsigned
count_equal(
    const struct sf_note_table *t, const struct sf_note *n, uint32_t stream)
{
	uint32_t at = t->heads[sf_note_by_content(n) & t->mask];
	unsigned found = 0;

	for (unsigned k = 0; at != 0 && k < SF_COMPARE_WALK;
	     at = t->notes[at - 1].next, k++)
		found += t->notes[at - 1].content == n->content &&
			 (stream == 0 || t->notes[at - 1].stream == stream);
	return found;
}

/*
 * Octets that no other frame has by chance: behind a header, with a tag of
 * their own; or in the clear and there once, at B once for each receiver.
 * Silence, test tones and test pictures repeat.
 */
static bool
is_unique(const struct sf_note_table *of_a, const struct sf_note_table *of_b,
    const struct sf_note *a, const struct sf_note *b)
{
	return a->has_header ||
	       (a->octets >= PLAIN_UNIQUE && count_equal(of_a, a, 0) == 1 &&
		   count_equal(of_b, b, b->stream) == 1);
}

static void
vote(
    struct sf_compare_work *w, const struct sf_note *a, const struct sf_note *b)
{
	w->offset[b->stream - 1] = b->timestamp - a->timestamp;
	w->offset_of[b->stream - 1] = a->stream;
	if (w->votes != NULL)
		w->votes[(size_t)(a->stream - 1) * w->b->model->n_streams +
			 b->stream - 1]++;
}

/* A second leg of the same frame within A is no frame of its own. */
static void
fold_copies(struct sf_compare_work *w, struct sf_note_table *t)
{
	for (size_t i = 0; i < w->a->n; i++) {
		struct sf_note *n = &w->a->notes[i];

		if (!sf_note_whole(n) || !n->has_header)
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
find_equal(const struct sf_compare_work *w, const struct sf_note_table *t,
    const struct sf_note *b, struct sf_note **used)
{
	uint32_t at = t->heads[sf_note_by_content(b) & t->mask];

	*used = NULL;
	for (unsigned k = 0; at != 0 && k < SF_COMPARE_WALK;
	     at = t->notes[at - 1].next, k++) {
		struct sf_note *a = &t->notes[at - 1];

		if (a->content != b->content || a->spare ||
		    sf_compare_barred(w, a->stream, b->stream))
			continue;
		if (a->other == 0)
			return a;
		*used = a;
	}
	return NULL;
}

/* It came before: to a second receiver, or once more to the same. */
static void
take_copy(struct sf_compare_work *w, const struct sf_note *a, struct sf_note *b)
{
	b->spare = true;
	if (w->b->notes[a->other - 1].stream == b->stream)
		w->out->repeated++;
	else
		w->out->copies++;
}

static void
pair(struct sf_compare_work *w, struct sf_note *a, struct sf_note *b)
{
	a->other = (uint32_t)(b - w->b->notes) + 1;
	b->other = (uint32_t)(a - w->a->notes) + 1;
}

static void
pair_equal(struct sf_compare_work *w, const struct sf_note_table *of_a,
    const struct sf_note_table *of_b)
{
	for (size_t i = 0; i < w->b->n; i++) {
		struct sf_note *b = &w->b->notes[i];
		struct sf_note *used = NULL;
		struct sf_note *a =
		    sf_note_whole(b) ? find_equal(w, of_a, b, &used) : NULL;

		if (a != NULL && is_unique(of_a, of_b, a, b)) {
			pair(w, a, b);
			vote(w, a, b);
		} else if (a == NULL && used != NULL &&
			   is_unique(of_a, of_b, used, b)) {
			vote(w, used, b);
			take_copy(w, used, b);
		}
	}
}

bool
sf_compare_equal(struct sf_compare_work *w)
{
	struct sf_note_table of_a, of_b;

	if (!sf_compare_table(&of_a, w->a, sf_note_by_content, sf_note_whole))
		return false;
	fold_copies(w, &of_a);
	if (!sf_compare_table(&of_b, w->b, sf_note_by_content, sf_note_whole)) {
		free(of_a.heads);
		return false;
	}
	pair_equal(w, &of_a, &of_b);
	free(of_a.heads);
	free(of_b.heads);
	return true;
}

/* ---- altered frames -------------------------------------------------------- */

static bool
same_counter(const struct sf_note *a, const struct sf_note *b)
{
	return a->stream == b->from && a->kid == b->kid && a->ctr == b->ctr;
}

/* What a server made up is in no other frame's place, unless that is the same. */
static bool
same_timestamp(const struct sf_note *a, const struct sf_note *b)
{
	return a->stream == b->from && a->timestamp == sf_note_a_timestamp(b) &&
	       (!b->blank || b->said || a->content == b->content);
}

/* How a frame of B is looked for among those of A. */
struct way {
	sf_note_key *key, *key_of_b;
	bool (*same)(const struct sf_note *a, const struct sf_note *b);
	bool (*wanted)(const struct sf_note *);
};

static const struct way left_by_counter = { sf_note_by_counter,
	sf_note_by_counter, same_counter, sf_note_left_with_header };
static const struct way left_by_timestamp = { sf_note_by_timestamp,
	sf_note_by_a_timestamp, same_timestamp, sf_note_left };
static const struct way any_by_timestamp = { sf_note_by_timestamp,
	sf_note_by_a_timestamp, same_timestamp, sf_note_whole };

/* The first that has no counterpart yet, or, taken, that has one. */
static struct sf_note *
look(const struct way *way, const struct sf_note_table *t,
    const struct sf_note *b, bool taken)
{
	uint32_t at = b->from == 0 ? 0 : t->heads[way->key_of_b(b) & t->mask];

	for (unsigned k = 0; at != 0 && k < SF_COMPARE_WALK;
	     at = t->notes[at - 1].next, k++) {
		struct sf_note *a = &t->notes[at - 1];

		if ((a->other != 0) == taken && way->same(a, b))
			return a;
	}
	return NULL;
}

static bool
match_left(struct sf_compare_work *w, const struct way *way)
{
	struct sf_note_table t;

	if (!sf_compare_table(&t, w->a, way->key, way->wanted))
		return false;
	for (size_t i = 0; i < w->b->n; i++) {
		struct sf_note *b = &w->b->notes[i];
		struct sf_note *a =
		    way->wanted(b) ? look(way, &t, b, false) : NULL;

		if (a != NULL)
			pair(w, a, b);
	}
	free(t.heads);
	return true;
}

/* Left over at B, and equal to a frame of A that has its counterpart: for a
   second receiver, in the clear. */
static bool
fold_clear_copies(struct sf_compare_work *w)
{
	struct sf_note_table t;

	if (!sf_compare_table(&t, w->a, sf_note_by_timestamp, sf_note_whole))
		return false;
	for (size_t i = 0; i < w->b->n; i++) {
		struct sf_note *b = &w->b->notes[i];
		uint32_t at = t.heads[sf_note_by_a_timestamp(b) & t.mask];

		for (unsigned k = 0;
		     sf_note_left(b) && at != 0 && k < SF_COMPARE_WALK;
		     at = t.notes[at - 1].next, k++) {
			const struct sf_note *a = &t.notes[at - 1];

			if (a->other != 0 && a->content == b->content &&
			    same_timestamp(a, b))
				take_copy(w, a, b);
		}
	}
	free(t.heads);
	return true;
}

/* Among frames that were decrypted, silence is what the sender said. */
static bool
unblank(const struct sf_compare_work *w)
{
	bool *clear = calloc(w->b->model->n_streams + 1u, sizeof(*clear));

	if (clear == NULL)
		return false;
	for (uint32_t i = 0; i < w->b->model->n_streams; i++)
		clear[i] = w->by_time[i] &&
			   w->b_streams[i]->protection == SF_PROT_PLAINTEXT;
	for (size_t i = 0; i < w->b->n; i++) {
		const struct sf_note *b = &w->b->notes[i];

		clear[b->stream - 1] |=
		    b->other != 0 && b->state == SF_STATE_PLAINTEXT &&
		    w->a->notes[b->other - 1].content != b->content;
	}
	for (size_t i = 0; i < w->b->n; i++)
		w->b->notes[i].said = clear[w->b->notes[i].stream - 1];
	free(clear);
	return true;
}

/* Where one stream of B shows several of A in turn, the first frames behind a
   change belong to the one that comes. */
bool
sf_compare_altered(struct sf_compare_work *w)
{
	sf_compare_sources(w, true);
	if (!match_left(w, &left_by_counter))
		return false;
	sf_compare_sources(w, false);
	if (!match_left(w, &left_by_counter))
		return false;
	sf_compare_sources(w, true);
	return match_left(w, &left_by_timestamp) && unblank(w) &&
	       match_left(w, &left_by_timestamp) && fold_clear_copies(w);
}

/* ---- once more, otherwise -------------------------------------------------- */

/* A packet that was sent again with other octets, at B alone: a repair stream
   has frames of those and of nothing else. */
static bool
is_repair(const struct sf_compare_work *w, const struct sf_note *b)
{
	const struct sf_stream *s = w->b_streams[b->stream - 1];

	return b->complete && b->from != 0 && !b->hop &&
	       s->kind == SF_KIND_REPAIR &&
	       !sf_compare_differs_at_a(w, b->from);
}

/* A copy in RED or the frame itself, where the other one came as it was; or one
   for a second receiver, who gets other octets than the first. */
static bool
is_second(const struct sf_compare_work *w, const struct sf_note *a,
    const struct sf_note *b)
{
	if (!sf_note_left(b))
		return false;
	return w->by_time[b->stream - 1] ||
	       (b->has_header && a->has_header && a->kid == b->kid &&
		   a->ctr == b->ctr);
}

bool
sf_compare_again(struct sf_compare_work *w)
{
	struct sf_note_table t;

	if (!sf_compare_table(&t, w->a, sf_note_by_timestamp, sf_note_whole))
		return false;
	for (size_t i = 0; i < w->b->n; i++) {
		struct sf_note *b = &w->b->notes[i];
		const struct sf_note *a = look(&any_by_timestamp, &t, b, true);

		if (a == NULL || a->content == b->content ||
		    !(is_repair(w, b) || is_second(w, a, b)))
			continue;
		b->other = (uint32_t)(a - w->a->notes) + 1;
		b->again = true;
		b->spare = false;
	}
	free(t.heads);
	return true;
}
