#include "engine/transport/pieces.h"

#include <string.h>

bool
sf_pieces_init(struct sf_piece_pool *p, struct sf_arena *a, size_t n)
{
	p->slots = sf_arena_take(a, n, sizeof(*p->slots));
	p->octets = sf_arena_take(a, n, SF_PIECE_OCTETS);
	if (p->slots == NULL || p->octets == NULL)
		return false;
	p->n = p->n_free = n;
	for (size_t i = n; i-- > 0;) {
		p->slots[i].next = p->free_list;
		p->free_list = (uint32_t)i + 1;
	}
	return true;
}

size_t
sf_pieces_entries(const struct sf_pieces_plan *plan, size_t share)
{
	size_t n = 64;

	while (n < plan->most && n * 2 * plan->entry <= share / 8)
		n *= 2;
	return n;
}

size_t
sf_pieces_count(const struct sf_pieces_plan *plan, size_t share)
{
	size_t rest = share - share / 8;

	rest = rest > plan->whole ? rest - plan->whole : 0;
	return rest / SF_PIECE_COST > plan->least ? rest / SF_PIECE_COST
						  : plan->least;
}

size_t
sf_pieces_octets(const struct sf_pieces_plan *plan, size_t share)
{
	return sf_pieces_entries(plan, share) * plan->entry +
	       sf_pieces_count(plan, share) * SF_PIECE_COST + plan->whole + 512;
}

static struct sf_piece *
piece(const struct sf_piece_pool *p, uint32_t index)
{
	return &p->slots[index - 1];
}

static uint8_t *
octets(const struct sf_piece_pool *p, uint32_t index)
{
	return p->octets + (size_t)(index - 1) * SF_PIECE_OCTETS;
}

/* A free slot behind prev (0: in front of all); 0 when there is none. */
static uint32_t
insert(struct sf_piece_pool *p, struct sf_pieces *l, uint32_t prev, uint64_t at)
{
	uint32_t index = p->free_list;
	uint32_t *link = prev == 0 ? &l->first : &piece(p, prev)->next;

	if (index == 0)
		return 0;
	p->free_list = piece(p, index)->next;
	p->n_free--;
	*piece(p, index) = (struct sf_piece){ .at = at, .next = *link };
	*link = index;
	if (piece(p, index)->next == 0)
		l->last = index;
	l->n++;
	return index;
}

static bool
has_room(const struct sf_piece_pool *p, uint32_t index, uint64_t at)
{
	const struct sf_piece *x;

	if (index == 0)
		return false;
	x = piece(p, index);
	return x->at + x->n == at && x->n < SF_PIECE_OCTETS;
}

/* Fills a gap with in; *prev becomes the last slot used. */
static size_t
fill(struct sf_piece_pool *p, struct sf_pieces *l, uint32_t *prev, uint64_t at,
    struct sf_bytes in)
{
	size_t done = 0;

	while (done < in.n) {
		struct sf_piece *x;
		size_t n = in.n - done;

		if (!has_room(p, *prev, at + done)) {
			uint32_t index = insert(p, l, *prev, at + done);

			if (index == 0)
				break;
			*prev = index;
		}
		x = piece(p, *prev);
		if (n > SF_PIECE_OCTETS - x->n)
			n = SF_PIECE_OCTETS - x->n;
		memcpy(octets(p, *prev) + x->n, in.p + done, n);
		x->n += (uint32_t)n;
		done += n;
	}
	return done;
}

struct sf_put
sf_pieces_put(struct sf_piece_pool *p, struct sf_pieces *l, uint64_t at,
    struct sf_bytes in)
{
	struct sf_put put = { 0 };
	uint32_t prev = 0, index = l->first;

	if (l->last != 0 && piece(p, l->last)->at <= at) {
		index = l->last; /* most come in order */
		prev = 0;
	}
	while (in.n != 0) {
		const struct sf_piece *x = index == 0 ? NULL : piece(p, index);
		size_t n = in.n, done;

		if (x != NULL && at >= x->at + x->n) {
			prev = index;
			index = x->next;
			continue;
		}
		if (x != NULL && at >= x->at) {
			size_t off = (size_t)(at - x->at);

			if (n > x->n - off)
				n = x->n - off;
			put.differs |=
			    memcmp(octets(p, index) + off, in.p, n) != 0;
			done = n;
			prev = index;
		} else {
			if (x != NULL && n > x->at - at)
				n = (size_t)(x->at - at);
			done = fill(p, l, &prev, at, sf_bytes(in.p, n));
			put.stored += done;
			if (done < n) {
				put.full = true;
				return put;
			}
			index = piece(p, prev)->next;
		}
		at += done;
		in = sf_bytes(in.p + done, in.n - done);
	}
	return put;
}

uint64_t
sf_pieces_first(const struct sf_piece_pool *p, const struct sf_pieces *l)
{
	return piece(p, l->first)->at;
}

size_t
sf_pieces_copy(const struct sf_piece_pool *p, const struct sf_pieces *l,
    uint64_t at, uint8_t *to, size_t room)
{
	size_t done = 0;

	for (uint32_t i = l->first; i != 0 && done < room;
	     i = piece(p, i)->next) {
		const struct sf_piece *x = piece(p, i);
		size_t off, n;

		if (x->at + x->n <= at + done)
			continue;
		if (x->at > at + done)
			break;
		off = (size_t)(at + done - x->at);
		n = x->n - off < room - done ? x->n - off : room - done;
		memcpy(to + done, octets(p, i) + off, n);
		done += n;
	}
	return done;
}

static void
drop_first(struct sf_piece_pool *p, struct sf_pieces *l)
{
	uint32_t index = l->first;

	l->first = piece(p, index)->next;
	if (l->first == 0)
		l->last = 0;
	piece(p, index)->next = p->free_list;
	p->free_list = index;
	p->n_free++;
	l->n--;
}

void
sf_pieces_drop(struct sf_piece_pool *p, struct sf_pieces *l, uint64_t at)
{
	while (l->first != 0 &&
	       piece(p, l->first)->at + piece(p, l->first)->n <= at)
		drop_first(p, l);
	/* what stays of a slot that lies across moves to its front */
	if (l->first != 0 && piece(p, l->first)->at < at) {
		struct sf_piece *x = piece(p, l->first);
		size_t off = (size_t)(at - x->at);

		memmove(
		    octets(p, l->first), octets(p, l->first) + off, x->n - off);
		x->n -= (uint32_t)off;
		x->at = at;
	}
}

void
sf_pieces_clear(struct sf_piece_pool *p, struct sf_pieces *l)
{
	while (l->first != 0)
		drop_first(p, l);
}
