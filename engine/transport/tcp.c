#include "engine/transport/tcp.h"

#include <string.h>

#include "engine/base/hash.h"

#define PROBES      8
#define ORIGIN      ((uint64_t)1 << 32) /* so that positions never fall below 0 */
#define FAR         ((int32_t)4 << 20) /* a segment this far off is elsewhere */
#define LOOK_MOST   ((uint64_t)16 << 10) /* octets without a known packet */
#define LOOK_AGAIN  ((uint64_t)1 << 20)  /* likewise, where there were some */
#define WAIT_NS     3000000000LL         /* for what may be sent again */
#define WAIT_HAD_NS 200000000LL /* for what the receiver has: a late capture */
#define STRANGE     3

static const struct sf_pieces_plan plan = { sizeof(struct sf_tcp_flow), 8192,
	SF_TCP_RUN, 48 };

size_t
sf_tcp_octets(size_t share)
{
	return sf_pieces_octets(&plan, share);
}

bool
sf_tcp_init(struct sf_tcp_streams *s, struct sf_arena *a, size_t share,
    struct sf_model *model)
{
	size_t n = sf_pieces_entries(&plan, share);

	s->model = model;
	s->mask = n - 1;
	s->flows = sf_arena_take(a, n, sizeof(*s->flows));
	s->run = sf_arena_take(a, 1, SF_TCP_RUN);
	return s->flows != NULL && s->run != NULL &&
	       sf_pieces_init(&s->pool, a, sf_pieces_count(&plan, share));
}

/* ---- flows ---------------------------------------------------------------- */

/* Its segments gave no packet that they could be counted with. */
static void
count_other(struct sf_tcp_streams *s, struct sf_tcp_flow *f)
{
	s->model->accounting.other += f->records;
	f->records = 0;
}

static void
forget(struct sf_tcp_streams *s, struct sf_tcp_flow *f)
{
	count_other(s, f);
	sf_pieces_clear(&s->pool, &f->held);
	*f = (struct sf_tcp_flow){ 0 };
}

static bool
same(const struct sf_tcp_flow *f, const struct sf_addr *src,
    const struct sf_addr *dst, uint32_t input)
{
	return f->input == input && memcmp(&f->src, src, sizeof(*src)) == 0 &&
	       memcmp(&f->dst, dst, sizeof(*dst)) == 0;
}

/* What is no media goes before what is, the longest silent first. */
static bool
goes_first(const struct sf_tcp_flow *a, const struct sf_tcp_flow *b)
{
	if (a->was_found != b->was_found)
		return b->was_found;
	return a->last.time_ns < b->last.time_ns;
}

/* The flow between two addresses; *room is where it would be put. */
static struct sf_tcp_flow *
find(struct sf_tcp_streams *s, const struct sf_addr *src,
    const struct sf_addr *dst, uint32_t input, struct sf_tcp_flow **room)
{
	struct sf_addr two[2] = { *src, *dst };
	uint64_t h = sf_hash(sf_bytes(two, sizeof(two))) ^ sf_mix(input);

	*room = NULL;
	for (size_t i = 0; i < PROBES; i++) {
		struct sf_tcp_flow *f = &s->flows[(h + i) & s->mask];

		if (f->used && same(f, src, dst, input))
			return f;
		if (*room == NULL || (!f->used && (*room)->used) ||
		    (f->used && (*room)->used && goes_first(f, *room)))
			*room = f;
	}
	return NULL;
}

static struct sf_tcp_flow *
begin(struct sf_tcp_streams *s, struct sf_tcp_flow *room,
    const struct sf_packet *pkt, const struct sf_peel *p)
{
	if (room->used && room->was_found &&
	    s->model->limits[SF_LIMIT_TCP]++ == 0)
		s->model->limit_first[SF_LIMIT_TCP] = pkt->place;
	if (room->used)
		forget(s, room);
	*room = (struct sf_tcp_flow){ .src = p->src,
		.dst = p->dst,
		.input = pkt->place.input,
		.used = true,
		.begun = p->tcp.syn,
		.next = ORIGIN + p->tcp.seq };
	return room;
}

static uint64_t
position(const struct sf_tcp_flow *f, uint32_t seq)
{
	int32_t off = (int32_t)(seq - (uint32_t)f->next);

	return f->next + (uint64_t)(int64_t)off;
}

/* ---- packets out of octets in order --------------------------------------- */

/* octets: of the packet as it was sent. */
static void
hand_out(struct sf_tcp_streams *s, struct sf_tcp_flow *f,
    const struct sf_packet *pkt, struct sf_bytes packet, size_t octets)
{
	struct sf_via via = f->via;
	struct sf_datagram dg = {
		.src = f->src,
		.dst = f->dst,
		.payload = packet,
		.wire_octets = octets,
		.cut = packet.n < octets,
		.records = f->records,
		.direction = f->direction,
		.via = &via,
	};

	sf_via_add(&via, SF_VIA_TCP, 0);
	f->records = 0;
	s->sink(s->ctx, pkt, &dg);
}

static void
add_hole(struct sf_tally *t, uint64_t octets, const struct sf_place *first,
    const struct sf_place *last)
{
	if (octets == 0)
		return;
	if (t->n == 0)
		t->first = *first;
	t->n += octets;
	t->last = *last;
}

/* Octets that are not there. Of a connection that may be anything they count
   when packets are found in it. */
static void
tally_hole(struct sf_tcp_streams *s, struct sf_tcp_flow *f, uint64_t octets,
    const struct sf_place *place)
{
	add_hole(f->was_found ? &s->model->wrappings.tcp_holes : &f->holes,
	    octets, place, place);
}

/* Packets are found. What was looked through behind a hole is lost as well. */
static void
found(struct sf_tcp_streams *s, struct sf_tcp_flow *f,
    const struct sf_packet *pkt)
{
	struct sf_tally *t = &s->model->wrappings.tcp_holes;

	if (f->was_found || f->holes.n != 0)
		add_hole(t, f->looked, &pkt->place, &pkt->place);
	add_hole(t, f->holes.n, &f->holes.first, &f->holes.last);
	f->holes.n = 0;
	f->state = SF_TCP_FOUND;
	f->was_found = true;
	f->strange = 0;
	f->looked = 0;
	f->begun = false;
}

/* Looks for the framing from the front of run on. Returns the octets that are
   done with: all those at which no packet begins. */
static size_t
look(struct sf_tcp_streams *s, struct sf_tcp_flow *f,
    const struct sf_packet *pkt, struct sf_bytes run, bool last)
{
	struct sf_search search = { .senders = f->senders, .last = last };

	for (size_t at = 0; at < run.n; at++) {
		enum sf_chain c;

		search.start = f->begun;
		search.first = f->looked == 0;
		c = sf_framing_find(
		    &search, sf_bytes(run.p + at, run.n - at), &f->framing);
		if (c == SF_CHAIN_MORE)
			return at;
		if (c == SF_CHAIN_YES) {
			found(s, f, pkt);
			return at;
		}
		f->looked++;
		f->begun = false;
	}
	return run.n;
}

/* Hands out what run holds of whole packets; returns the octets done with. */
static size_t
read_packets(struct sf_tcp_streams *s, struct sf_tcp_flow *f,
    const struct sf_packet *pkt, struct sf_bytes run)
{
	size_t at = 0;

	while (at < run.n) {
		struct sf_frame_of_stream x = sf_framing_next(
		    f->framing, sf_bytes(run.p + at, run.n - at));

		if (x.status == SF_SHORT)
			break;
		f->strange = x.known ? 0 : (uint8_t)(f->strange + 1);
		if (x.status != SF_OK || f->strange >= STRANGE) {
			f->state = SF_TCP_LOOKING; /* lost it */
			break;
		}
		at += x.octets;
		if (x.known)
			sf_framing_note(&f->senders, f->framing, x.packet);
		if (x.packet.n != 0)
			hand_out(s, f, pkt, x.packet, x.packet.n);
	}
	return at;
}

static size_t
read_run(struct sf_tcp_streams *s, struct sf_tcp_flow *f,
    const struct sf_packet *pkt, struct sf_bytes run, bool last)
{
	size_t at = 0;

	for (;;) {
		if (f->state == SF_TCP_LOOKING)
			at += look(
			    s, f, pkt, sf_bytes(run.p + at, run.n - at), last);
		if (f->state == SF_TCP_LOOKING)
			break;
		at += read_packets(s, f, pkt, sf_bytes(run.p + at, run.n - at));
		if (f->state == SF_TCP_FOUND)
			break;
		at++; /* what stands here is no packet */
		f->looked++;
	}
	if (f->state == SF_TCP_LOOKING &&
	    f->looked > (f->was_found ? LOOK_AGAIN : LOOK_MOST))
		f->state = SF_TCP_OTHER;
	return at;
}

/* ---- order ---------------------------------------------------------------- */

static void
drop_held(struct sf_tcp_streams *s, struct sf_tcp_flow *f)
{
	sf_pieces_clear(&s->pool, &f->held);
	f->waits = false;
}

/* Reads what is held and in order. */
static void
drain(struct sf_tcp_streams *s, struct sf_tcp_flow *f,
    const struct sf_packet *pkt, bool last)
{
	size_t n, done;

	do {
		n = sf_pieces_copy(
		    &s->pool, &f->held, f->next, s->run, SF_TCP_RUN);
		if (n == 0)
			break;
		done = read_run(s, f, pkt, sf_bytes(s->run, n), last);
		f->next += done;
		sf_pieces_drop(&s->pool, &f->held, f->next);
		if (f->state == SF_TCP_OTHER) {
			count_other(s, f);
			drop_held(s, f);
		}
	} while (done != 0 && f->held.n != 0);
}

/*
 * Goes on at position to, behind a hole that begins where what is held in order
 * ends. What of that is no whole frame goes with the hole; but when it tells
 * that its frame ends behind the hole, the next one begins there. cut: by the
 * snap length, and what is there of the packet is handed out.
 */
static void
go_on_at(struct sf_tcp_streams *s, struct sf_tcp_flow *f,
    const struct sf_packet *pkt, uint64_t to, bool cut)
{
	size_t n =
	    sf_pieces_copy(&s->pool, &f->held, f->next, s->run, SF_TCP_RUN);
	struct sf_frame_begun b = { 0 };

	if (f->state == SF_TCP_FOUND)
		b = sf_framing_begun(f->framing, sf_bytes(s->run, n));
	if (cut && b.octets > n && b.there.n > 0)
		hand_out(s, f, pkt, b.there, b.packet);
	if (b.octets > n && f->next + b.octets >= to) {
		if (!cut)
			tally_hole(s, f, to - f->next - n, &pkt->place);
		to = f->next + b.octets;
	} else {
		tally_hole(s, f, to - f->next - n, &pkt->place);
		if (f->state == SF_TCP_FOUND)
			f->state = SF_TCP_LOOKING;
	}
	f->next = to;
	f->begun = false;
	sf_pieces_drop(&s->pool, &f->held, f->next);
	f->waits = false;
	drain(s, f, pkt, false);
}

/* Where what is held in order ends. */
static uint64_t
end_of_run(const struct sf_tcp_streams *s, const struct sf_tcp_flow *f)
{
	uint64_t at = f->next;

	for (uint32_t i = f->held.first; i != 0;) {
		const struct sf_piece *x = &s->pool.slots[i - 1];

		if (x->at > at)
			break;
		at = x->at + x->n;
		i = x->next;
	}
	return at;
}

/* Position of what is held behind the first gap; 0: nothing is. */
static uint64_t
behind_gap(const struct sf_tcp_streams *s, const struct sf_tcp_flow *f)
{
	uint64_t at = f->next;

	for (uint32_t i = f->held.first; i != 0;) {
		const struct sf_piece *x = &s->pool.slots[i - 1];

		if (x->at > at)
			return x->at;
		at = x->at + x->n;
		i = x->next;
	}
	return 0;
}

/* Goes on behind the hole. */
static void
skip_hole(struct sf_tcp_streams *s, struct sf_tcp_flow *f,
    const struct sf_packet *pkt)
{
	uint64_t to;

	drain(s, f, pkt, true);
	to = behind_gap(s, f);
	f->waits = false;
	if (to != 0)
		go_on_at(s, f, pkt, to, false);
	else if (f->held.n != 0)
		drop_held(s, f);
}

static bool
waited_enough(const struct sf_tcp_flow *f, int64_t now)
{
	int64_t ns = now - f->waits_ns;

	return ns < -WAIT_NS || ns > WAIT_NS ||
	       (ns > WAIT_HAD_NS && (f->lossy || f->acked > f->next));
}

static void
wait_or_skip(struct sf_tcp_streams *s, struct sf_tcp_flow *f,
    const struct sf_packet *pkt)
{
	while (behind_gap(s, f) != 0) {
		if (!f->waits) {
			f->waits = true;
			f->waits_ns = pkt->place.time_ns;
		}
		if (!waited_enough(f, pkt->place.time_ns) &&
		    f->held.n < s->pool.n / 2)
			return;
		/* not again a second for each: they would add up */
		f->lossy = true;
		skip_hole(s, f, pkt);
	}
	f->waits = false;
}

/* When the pool is full: who holds most gives it up. A walk, and a rare one. */
static void
make_room(struct sf_tcp_streams *s, const struct sf_packet *pkt)
{
	struct sf_tcp_flow *most = NULL;

	for (size_t i = 0; i <= s->mask; i++) {
		struct sf_tcp_flow *f = &s->flows[i];

		if (f->held.n != 0 &&
		    (most == NULL || f->held.n > most->held.n))
			most = f;
	}
	if (most == NULL)
		return;
	if (s->model->limits[SF_LIMIT_TCP]++ == 0)
		s->model->limit_first[SF_LIMIT_TCP] = pkt->place;
	drop_held(s, most);
	if (most->state == SF_TCP_FOUND)
		most->state = SF_TCP_LOOKING;
}

static void
hold(struct sf_tcp_streams *s, struct sf_tcp_flow *f,
    const struct sf_packet *pkt, uint64_t at, struct sf_bytes octets)
{
	if (s->pool.n_free * SF_PIECE_OCTETS < octets.n + 2 * SF_PIECE_OCTETS)
		make_room(s, pkt);
	(void)sf_pieces_put(&s->pool, &f->held, at, octets);
}

/* Octets at position at, which is not far from next. */
static void
take(struct sf_tcp_streams *s, struct sf_tcp_flow *f,
    const struct sf_packet *pkt, uint64_t at, struct sf_bytes octets)
{
	if (at < f->next) {
		uint64_t old = f->next - at;

		if (old >= octets.n)
			return; /* again, all of it */
		octets = sf_bytes(octets.p + old, octets.n - (size_t)old);
		at = f->next;
	}
	if (at == f->next && f->held.n == 0) {
		size_t n = read_run(s, f, pkt, octets, false);

		f->next += n;
		if (f->state == SF_TCP_OTHER) {
			count_other(s, f);
			f->next += octets.n - n;
			return;
		}
		if (n < octets.n)
			hold(s, f, pkt, f->next,
			    sf_bytes(octets.p + n, octets.n - n));
		return;
	}
	hold(s, f, pkt, at, octets);
	drain(s, f, pkt, false);
	wait_or_skip(s, f, pkt);
}

/*
 * A segment that the snap length cut. While frames are looked for, one that is
 * a frame by itself shows where they begin: at once where some were found
 * before, else when two follow each other.
 */
static void
take_cut(struct sf_tcp_streams *s, struct sf_tcp_flow *f,
    const struct sf_packet *pkt, uint64_t at, const struct sf_peel *p)
{
	uint64_t from = at + p->in.n, to = at + p->wire_octets;
	uint8_t framing;

	if (f->state == SF_TCP_LOOKING && at >= f->next &&
	    sf_framing_fits(p->in, p->wire_octets, &framing)) {
		if (f->was_found || f->fits == at) {
			drop_held(s, f);
			f->next = at;
			f->framing = framing;
			found(s, f, pkt);
		}
		f->fits = to;
	}
	take(s, f, pkt, at, p->in);
	if (f->state == SF_TCP_LOOKING && f->held.n != 0)
		drain(s, f, pkt, true);
	if (f->state != SF_TCP_OTHER && end_of_run(s, f) == from)
		go_on_at(s, f, pkt, to, true);
}

/* A segment far off is one of a connection that we lost, once another follows
   it; one alone is a stray. */
static bool
stray(struct sf_tcp_streams *s, struct sf_tcp_flow *f,
    const struct sf_packet *pkt, const struct sf_peel *p)
{
	int32_t off = (int32_t)(p->tcp.seq - (uint32_t)f->next);

	if (off < FAR && off > -FAR) {
		f->jumped = false;
		return false;
	}
	if (!f->jumped || f->jump_seq != p->tcp.seq) {
		f->jumped = true;
		f->jump_seq = p->tcp.seq + (uint32_t)p->wire_octets;
		return true;
	}
	f->jumped = false;
	tally_hole(s, f, 1, &pkt->place);
	drop_held(s, f);
	f->next = ORIGIN + p->tcp.seq;
	f->acked = 0;
	if (f->state == SF_TCP_FOUND)
		f->state = SF_TCP_LOOKING;
	return false;
}

/* The other direction has all up to this. */
static void
acknowledge(struct sf_tcp_streams *s, const struct sf_packet *pkt,
    const struct sf_peel *p)
{
	struct sf_tcp_flow *room,
	    *f = find(s, &p->dst, &p->src, pkt->place.input, &room);
	uint64_t at;

	if (f == NULL || !f->waits)
		return;
	at = position(f, p->tcp.ack);
	if (at > f->acked && at < f->next + (uint64_t)FAR)
		f->acked = at;
}

void
sf_tcp_feed(struct sf_tcp_streams *s, const struct sf_packet *pkt,
    const struct sf_peel *p, unsigned records)
{
	struct sf_accounting *a = &s->model->accounting;
	struct sf_tcp_flow *room;
	struct sf_tcp_flow *f =
	    find(s, &p->src, &p->dst, pkt->place.input, &room);
	uint32_t seq = p->tcp.seq + p->tcp.syn;
	unsigned had;
	bool cut;

	if (p->tcp.has_ack)
		acknowledge(s, pkt, p);
	if (p->wire_octets == 0 && !p->tcp.syn) {
		a->other += records; /* an acknowledgement, an end */
		return;
	}
	if (f == NULL)
		f = begin(s, room, pkt, p);
	if (p->tcp.syn && (uint32_t)f->next != seq) {
		forget(s, f);
		f = begin(s, f, pkt, p);
		f->next = ORIGIN + seq;
	}
	f->last = pkt->place;
	f->via = p->via;
	f->direction = p->direction;
	cut = p->in.n < p->wire_octets;
	if (f->state == SF_TCP_OTHER || p->in.n == 0) {
		*(cut ? &a->cut : &a->other) += records;
		return;
	}
	had = f->records;
	f->records += records;
	if (!stray(s, f, pkt, p)) {
		if (cut)
			take_cut(s, f, pkt, position(f, seq), p);
		else
			take(s, f, pkt, position(f, seq), p->in);
	}
	if (cut && f->records == had + records) { /* no packet came of it */
		f->records = had;
		a->cut += records;
	}
}

void
sf_tcp_finish(struct sf_tcp_streams *s)
{
	for (size_t i = 0; i <= s->mask; i++) {
		struct sf_tcp_flow *f = &s->flows[i];
		struct sf_packet pkt = { .place = f->last,
			.octets = sf_bytes(NULL, 0) };

		while (f->held.n != 0) {
			drain(s, f, &pkt, true);
			if (f->held.n != 0)
				skip_hole(s, f, &pkt);
		}
		if (f->used)
			forget(s, f);
	}
}
