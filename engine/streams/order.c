#include "engine/streams/parts.h"

#define MISORDER  100 /* and MAX_MISORDER */
#define HOLD_MOST 512 /* packets held for one gap */
#define HOLD_NS   2000000000LL

static void
remember(struct sf_lane *l, const struct sf_unit *u)
{
	unsigned at = u->seq % SF_SEEN_WINDOW;

	l->seen[at].seq = (uint32_t)u->seq;
	l->seen[at].hash = u->cut ? 0 : (uint32_t)u->hash; /* 0: not known */
	l->seen[at].timestamp = u->timestamp;
}

/* The next packet in order: false when it has to be held until the format of its
   payload type is known. */
static bool
take(struct sf_streams *s, struct sf_track *t, const struct sf_unit *u)
{
	if ((u->pt != t->main_pt || t->framing == SF_FRAMING_DESCRIPTOR) &&
	    sf_switch_waits(s, t, u))
		return false;
	sf_track_deliver(s, t, u);
	t->next++;
	return true;
}

/* Delivers what is held and in order; ends at a gap, and at a packet whose format
   is not known yet. */
static void
drain(struct sf_streams *s, struct sf_track *t)
{
	while (t->held != 0 && sf_held_at(s, t->held)->unit.seq <= t->next) {
		if (sf_held_at(s, t->held)->unit.seq == t->next &&
		    !take(s, t, &sf_held_at(s, t->held)->unit))
			return;
		sf_held_free(s, t);
	}
}

void
sf_track_skip_gap(struct sf_streams *s, struct sf_track *t)
{
	const struct sf_unit *first = &sf_held_at(s, t->held)->unit;

	if (first->seq == t->next)
		sf_switch_settle(s, t, first->pt);
	t->next = first->seq;
	drain(s, t);
}

/* A stream from here on; false when there is no room for one more. */
bool
sf_track_believe(struct sf_streams *s, struct sf_track *t)
{
	if (s->lanes_used == s->lanes_cap) {
		sf_streams_limit(s, SF_LIMIT_STREAMS, t->pub.last);
		t->refused = true;
		return false;
	}
	t->lane = &s->lanes[s->lanes_used++];
	t->lane->classifier.pub = &t->pub;
	t->lane->depay.slices = &t->slices;
	t->lane->classifier.opener.stash =
	    s->stash + (s->lanes_used - 1) * SF_STASH;
	t->pub.evidence = (struct sf_evidence){ .header_chance = 1,
		.p_head = 1,
		.p_nib_head = 1,
		.p_nib_tail = 1,
		.p_tail = 1,
		.p_middle = 1,
		.conflicts = t->pub.evidence.conflicts,
		.copies = t->pub.evidence.copies };
	t->pub.id = ++s->model->n_streams;
	*(s->last_stream == NULL ? &s->model->streams : &s->last_stream->next) =
	    &t->pub;
	s->last_stream = &t->pub;
	sf_probation_leave(s, t);
	sf_track_name_ssrc(s, t);
	sf_track_find_codec(s, t);
	sf_streams_path(s, &t->pub.src, &t->pub.dst)->media = true;
	s->model->accounting.rtp += t->records;
	for (uint32_t at = t->held; at != 0; at = sf_held_at(s, at)->next)
		remember(t->lane, &sf_held_at(s, at)->unit);
	if (t->held != 0) {
		t->next = sf_held_at(s, t->held)->unit.seq;
		t->first_seq = t->next < t->first_seq ? t->next : t->first_seq;
		if (t->pub.kind != SF_KIND_REPAIR)
			sf_repair_held(s, t);
		drain(s, t);
	} else {
		t->next = t->highest + 1;
	}
	while (t->held != 0 && t->pub.codec == SF_CODEC_RTX)
		sf_track_skip_gap(s, t);
	return true;
}

/* The extended number: 64 bits, the run of 16 that is nearest the highest. */
uint64_t
sf_track_extend(const struct sf_track *t, uint16_t seq)
{
	int16_t off = (int16_t)(seq - (uint16_t)t->highest);

	return t->highest + (uint64_t)(int64_t)off;
}

/*
 * A jump too wide for loss is a new start once the packet after it follows
 * (RFC 3550 A.1); until then the first is kept aside. Returns false while that
 * is not known.
 */
static bool
restarted(struct sf_streams *s, struct sf_track *t, const struct sf_unit *u)
{
	uint16_t seq = (uint16_t)u->seq;
	uint64_t base;

	if (t->jump != (uint64_t)seq + 1) {
		t->jump = (uint64_t)(uint16_t)(seq + 1) + 1;
		sf_held_aside(s, t, u);
		return false;
	}
	while (t->held != 0)
		sf_track_skip_gap(s, t);
	base = (t->highest / 65536 + 2) * 65536 + seq - (t->aside != 0);
	t->first_seq += base - t->highest - 1; /* the jump is no loss */
	t->highest = base - 1;
	t->next = base;
	return true;
}

/* The packet that a restart began with. */
static void
take_aside(struct sf_streams *s, struct sf_track *t)
{
	struct sf_unit *u;

	if (t->aside == 0)
		return;
	u = &sf_held_at(s, t->aside)->unit;
	u->seq = t->next;
	t->pub.late--;
	sf_track_accept(s, t, u);
	sf_held_drop_aside(s, t);
}

static bool
is_jump(const struct sf_track *t, uint64_t seq)
{
	return seq > t->highest ? seq - t->highest > SF_DROPOUT
				: t->highest - seq > MISORDER * 5;
}

static bool
duplicate(struct sf_track *t, const struct sf_unit *u)
{
	unsigned at = u->seq % SF_SEEN_WINDOW;

	if (t->lane->seen[at].seq != (uint32_t)u->seq || u->seq > t->highest)
		return false;
	/* of one that a mirror cut, nothing can be told but its number */
	if (t->lane->seen[at].hash == (uint32_t)u->hash || u->cut ||
	    t->lane->seen[at].hash == 0)
		t->pub.duplicates++;
	else
		t->pub.evidence.conflicts++;
	return true;
}

static bool
waited_enough(struct sf_streams *s, const struct sf_track *t, int64_t now)
{
	return t->n_held > HOLD_MOST ||
	       now - sf_held_at(s, t->held)->unit.place.time_ns > HOLD_NS;
}

/* No room to wait: what is held goes, then this one. */
static void
take_at_once(struct sf_streams *s, struct sf_track *t, const struct sf_unit *u)
{
	while (t->held != 0)
		sf_track_skip_gap(s, t);
	t->next = u->seq;
	if (!take(s, t, u)) {
		sf_switch_settle(s, t, u->pt);
		(void)take(s, t, u);
	}
}

static void
put_in_order(struct sf_streams *s, struct sf_track *t, struct sf_unit *u)
{
	if (u->seq < t->next)
		t->pub.late++;
	else if ((u->seq != t->next || !take(s, t, u)) && !sf_held_add(s, t, u))
		take_at_once(s, t, u);
	if (t->held != 0)
		drain(s, t);
	while (t->held != 0 && waited_enough(s, t, u->place.time_ns))
		sf_track_skip_gap(s, t);
}

void
sf_track_accept(struct sf_streams *s, struct sf_track *t, struct sf_unit *u)
{
	remember(t->lane, u);
	if (t->lane->fec != NULL)
		sf_fec_note(t->lane->fec, u);
	t->unique++;
	t->pub.padding_only += u->payload.n == 0;
	if (u->seq > t->highest)
		t->highest = u->seq;
	/* what a repair stream brings others wait for */
	if (t->pub.codec == SF_CODEC_RTX)
		sf_repair_unit(s, t, u);
	else
		put_in_order(s, t, u);
}

static void
take_new(struct sf_streams *s, struct sf_track *t, struct sf_unit *u)
{
	if (!duplicate(t, u))
		sf_track_accept(s, t, u);
}

static void
forget_jump(struct sf_streams *s, struct sf_track *t)
{
	t->jump = 0;
	sf_held_drop_aside(s, t);
}

static void
take_jump(struct sf_streams *s, struct sf_track *t, struct sf_unit *u)
{
	if (!restarted(s, t, u)) {
		t->pub.late++;
		return;
	}
	take_aside(s, t);
	forget_jump(s, t);
	u->seq = sf_track_extend(t, (uint16_t)u->seq);
	take_new(s, t, u);
}

void
sf_track_feed(struct sf_streams *s, struct sf_track *t, struct sf_unit *u)
{
	u->seq = sf_track_extend(t, (uint16_t)u->seq);
	if (is_jump(t, u->seq)) {
		take_jump(s, t, u);
		return;
	}
	if (t->jump != 0)
		forget_jump(s, t);
	take_new(s, t, u);
}
