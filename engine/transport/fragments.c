#include "engine/transport/fragments.h"

#include <string.h>

#include "engine/base/hash.h"

#define PROBES    8
#define LONGEST   30000000000LL /* RFC 791 and 8200 say 15 s to 60 s */
#define ID_REUSED 2000000000LL  /* a fast sender is round its ids by then */

static const struct sf_pieces_plan plan = { sizeof(struct sf_fragmented), 1024,
	SF_FRAGMENTED_MOST, 40 };

size_t
sf_fragments_octets(size_t share)
{
	return sf_pieces_octets(&plan, share);
}

bool
sf_fragments_init(struct sf_fragments *f, struct sf_arena *a, size_t share,
    struct sf_model *model)
{
	size_t n = sf_pieces_entries(&plan, share);

	f->model = model;
	f->mask = n - 1;
	f->table = sf_arena_take(a, n, sizeof(*f->table));
	f->whole = sf_arena_take(a, 1, SF_FRAGMENTED_MOST);
	return f->table != NULL && f->whole != NULL &&
	       sf_pieces_init(&f->pool, a, sf_pieces_count(&plan, share));
}

/* Gives a packet up that was never completed, and counts its fragments. */
static void
give_up(struct sf_fragments *f, struct sf_fragmented *x)
{
	struct sf_wrappings *w = &f->model->wrappings;

	if (!x->done && !x->spoilt) {
		if (w->fragments_lost.n++ == 0)
			w->fragments_lost.first = x->first;
		w->fragments_lost.last = x->last;
	}
	w->pieces += x->records;
	f->model->accounting.other += x->records;
	sf_pieces_clear(&f->pool, &x->pieces);
	*x = (struct sf_fragmented){ 0 };
}

static void
give_up_early(struct sf_fragments *f, struct sf_fragmented *x,
    const struct sf_place *place)
{
	if (!x->done && !x->spoilt) {
		if (f->model->limits[SF_LIMIT_FRAGMENTS]++ == 0)
			f->model->limit_first[SF_LIMIT_FRAGMENTS] = *place;
	}
	give_up(f, x);
}

static bool
is_old(const struct sf_fragmented *x, const struct sf_place *now, int64_t ns)
{
	int64_t age = now->time_ns - x->first.time_ns;

	return age > ns || age < -ns;
}

static bool
same(const struct sf_fragmented *a, const struct sf_fragmented *b)
{
	return a->id == b->id && a->protocol == b->protocol &&
	       a->input == b->input &&
	       memcmp(&a->src, &b->src, sizeof(a->src)) == 0 &&
	       memcmp(&a->dst, &b->dst, sizeof(a->dst)) == 0;
}

/* The oldest of a neighbourhood makes room, one that is done before others. */
static bool
goes_first(const struct sf_fragmented *a, const struct sf_fragmented *b)
{
	if (a->done != b->done)
		return a->done;
	return a->first.time_ns < b->first.time_ns;
}

static struct sf_fragmented *
find(struct sf_fragments *f, const struct sf_fragmented *key)
{
	uint64_t h = sf_hash(sf_bytes(&key->src, sizeof(key->src))) ^
		     sf_hash(sf_bytes(&key->dst, sizeof(key->dst))) * 3 ^
		     sf_mix((uint64_t)key->id << 8 | key->protocol);
	struct sf_fragmented *room = NULL;

	for (size_t i = 0; i < PROBES; i++) {
		struct sf_fragmented *x = &f->table[(h + i) & f->mask];

		if (x->used && same(x, key)) {
			if (is_old(x, &key->first, LONGEST)) {
				give_up(f, x);
				room = x;
				break;
			}
			return x;
		}
		if (room == NULL || (!x->used && room->used) ||
		    (x->used && room->used && goes_first(x, room)))
			room = x;
	}
	if (room->used && is_old(room, &key->first, LONGEST))
		give_up(f, room);
	if (room->used)
		give_up_early(f, room, &key->first);
	*room = *key;
	room->used = true;
	return room;
}

/* When the pool is full the oldest of all goes: a walk, and a rare one. */
static bool
make_room(struct sf_fragments *f, const struct sf_fragmented *but,
    const struct sf_place *place)
{
	struct sf_fragmented *oldest = NULL;

	for (size_t i = 0; i <= f->mask; i++) {
		struct sf_fragmented *x = &f->table[i];

		if (x != but && x->used && x->pieces.n != 0 &&
		    (oldest == NULL ||
			x->first.time_ns < oldest->first.time_ns))
			oldest = x;
	}
	if (oldest == NULL)
		return false;
	give_up_early(f, oldest, place);
	return true;
}

static enum sf_fragments_answer
contradiction(struct sf_fragments *f, struct sf_fragmented *x,
    const struct sf_place *place)
{
	struct sf_tally *t = &f->model->wrappings.fragments_differ;

	if (is_old(x, place, ID_REUSED)) { /* the id of another packet */
		give_up(f, x);
		return SF_FRAGMENTS_WAIT;
	}
	if (t->n++ == 0)
		t->first = *place;
	t->last = *place;
	x->spoilt = true;
	sf_pieces_clear(&f->pool, &x->pieces);
	return SF_FRAGMENTS_BAD;
}

/* RFC 791 3.2: all but the last are multiples of eight octets; and where the
   last one ends, no other may go beyond. */
static bool
fits(const struct sf_fragmented *x, const struct sf_peel *p)
{
	size_t end = (size_t)p->fragment.at + p->in.n;

	if (end > SF_FRAGMENTED_MOST || p->in.n == 0)
		return false;
	if (p->fragment.more)
		return p->in.n % 8 == 0 && (x->total == 0 || end <= x->total);
	return x->total == 0 || end == x->total;
}

static struct sf_put
put(struct sf_fragments *f, struct sf_fragmented *x, const struct sf_peel *p)
{
	struct sf_put r =
	    sf_pieces_put(&f->pool, &x->pieces, p->fragment.at, p->in);

	while (r.full && make_room(f, x, &x->last)) {
		size_t before = r.stored;

		r = sf_pieces_put(&f->pool, &x->pieces, p->fragment.at, p->in);
		r.stored += before;
	}
	return r;
}

/* Adds a piece to what is there of its packet. */
static enum sf_fragments_answer
add(struct sf_fragments *f, struct sf_fragmented *x,
    const struct sf_packet *pkt, const struct sf_peel *p, unsigned records)
{
	struct sf_put r;

	if (!fits(x, p))
		return contradiction(f, x, &pkt->place);
	r = put(f, x, p);
	if (r.differs)
		return contradiction(f, x, &pkt->place);
	if (r.stored == 0 && p->fragment.more)
		return SF_FRAGMENTS_AGAIN;
	if (r.full) {
		give_up_early(f, x, &pkt->place);
		return SF_FRAGMENTS_AGAIN;
	}
	x->records += records;
	x->octets += r.stored;
	if (!p->fragment.more)
		x->total = (size_t)p->fragment.at + p->in.n;
	if (x->total == 0 || x->octets < x->total)
		return SF_FRAGMENTS_WAIT;
	if (x->octets > x->total) {    /* one goes beyond, and came first */
		x->records -= records; /* counted by who gets the answer */
		return contradiction(f, x, &pkt->place);
	}
	return SF_FRAGMENTS_WHOLE;
}

enum sf_fragments_answer
sf_fragments_feed(struct sf_fragments *f, const struct sf_packet *pkt,
    const struct sf_peel *p, struct sf_bytes *out, unsigned *records)
{
	struct sf_fragmented key = { .src = p->src,
		.dst = p->dst,
		.id = p->fragment.id,
		.input = pkt->place.input,
		.protocol = p->protocol,
		.first = pkt->place };
	struct sf_fragmented *x = find(f, &key);
	enum sf_fragments_answer answer;

	if (x->done && is_old(x, &pkt->place, ID_REUSED)) {
		give_up(f, x);
		*x = key;
		x->used = true;
	}
	if (x->done)
		return SF_FRAGMENTS_AGAIN;
	x->last = pkt->place;
	if (p->in.n < p->wire_octets) {
		x->spoilt = true;
		return SF_FRAGMENTS_CUT;
	}
	if (x->spoilt)
		return SF_FRAGMENTS_BAD;
	answer = add(f, x, pkt, p, *records);
	if (answer == SF_FRAGMENTS_WAIT && !x->used) {
		/* it was of an older packet with this id: once more, alone */
		*x = key;
		x->used = true;
		x->last = pkt->place;
		answer = add(f, x, pkt, p, *records);
	}
	if (answer != SF_FRAGMENTS_WHOLE)
		return answer;
	*out = sf_bytes(f->whole,
	    sf_pieces_copy(&f->pool, &x->pieces, 0, f->whole, x->total));
	*records = x->records;
	x->records = 0;
	x->done = true;
	sf_pieces_clear(&f->pool, &x->pieces);
	return SF_FRAGMENTS_WHOLE;
}

void
sf_fragments_finish(struct sf_fragments *f)
{
	for (size_t i = 0; i <= f->mask; i++)
		if (f->table[i].used)
			give_up(f, &f->table[i]);
}
