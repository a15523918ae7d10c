#include "engine/streams/parts.h"

#define BELIEVE        5   /* packets before a stream is believed */
#define LONGEST_GAP    100 /* sequence numbers between neighbours on probation */
#define SECOND_CHANCES 64

void
sf_probation_leave(struct sf_streams *s, struct sf_track *t)
{
	*(t->older == NULL ? &s->oldest : &t->older->newer) = t->newer;
	*(t->newer == NULL ? &s->newest : &t->newer->older) = t->older;
	t->older = t->newer = NULL;
}

/* A track on probation may have been met under several addresses: few, since
   it has few packets. All its names go, the one by SSRC with them. */
static void
drop_names_of(struct sf_streams *s, struct sf_track *t)
{
	struct sf_track_key any = sf_track_key_of(t->pub.ssrc);

	if (sf_track_find(s, &any) == t)
		sf_track_drop_name(s, &any);
	for (unsigned i = 0; i < t->n_names; i++)
		sf_track_drop_name(s, &t->name_keys[i]);
}

/* Gives a track on probation up: its packets were not RTP after all. */
void
sf_probation_dismiss(struct sf_streams *s, struct sf_track *t)
{
	s->model->possible++;
	s->model->possible_packets += t->pub.packets;
	s->model->accounting.other += t->records;
	while (t->held != 0)
		sf_held_free(s, t);
	drop_names_of(s, t);
	sf_probation_leave(s, t);
	*t = (struct sf_track){ .next_free = s->free_tracks };
	s->free_tracks = t;
}

static void
enter_probation(struct sf_streams *s, struct sf_track *t)
{
	t->older = s->newest;
	*(s->newest == NULL ? &s->oldest : &s->newest->newer) = t;
	s->newest = t;
}

/*
 * Makes room: the oldest on probation goes, but one that has come back since
 * gets another turn, so that a flood of single packets does not push out a
 * stream that is on its way to be believed.
 */
static void
evict(struct sf_streams *s)
{
	for (unsigned i = 0; i < SECOND_CHANCES; i++) {
		struct sf_track *t = s->oldest;

		if (t == NULL || t->n_held <= t->spared)
			break;
		t->spared = t->n_held;
		sf_probation_leave(s, t);
		enter_probation(s, t);
	}
	if (s->oldest == NULL)
		return;
	sf_streams_limit(s, SF_LIMIT_STREAMS, s->oldest->pub.last);
	sf_probation_dismiss(s, s->oldest);
}

static struct sf_track *
new_track(struct sf_streams *s)
{
	struct sf_track *t;

	if (s->free_tracks == NULL && s->n_tracks == s->cap)
		evict(s);
	if (s->free_tracks == NULL)
		return s->n_tracks < s->cap ? &s->tracks[s->n_tracks++] : NULL;
	t = s->free_tracks;
	s->free_tracks = t->next_free;
	t->next_free = NULL;
	return t;
}

struct sf_track *
sf_probation_begin(
    struct sf_streams *s, const struct sf_track_key *k, struct sf_place place)
{
	struct sf_track *t = new_track(s);
	struct sf_track_key any;

	if (t == NULL || !sf_track_add_name(s, k, t))
		return NULL;
	t->n_names = 1;
	t->name_keys[0] = *k;
	t->pub = (struct sf_stream){ .ssrc = k->ssrc,
		.input = k->input & ~SF_TRACK_SEALED,
		.sealed = sf_track_is_sealed(k),
		.src = k->src,
		.dst = k->dst,
		.first = place,
		.clear_octets = -1,
		.clear_octets_key = -1 };
	t->spared = 1;
	enter_probation(s, t);
	any = sf_track_key_of(k->ssrc);
	if (sf_track_find(s, &any) == NULL)
		sf_track_name_ssrc(s, t);
	return t;
}

static bool
plausible(struct sf_streams *s, const struct sf_track *t)
{
	uint64_t last = 0;
	unsigned near = 0, n = 0;

	if (t->pub.packets < BELIEVE)
		return false;
	for (uint32_t at = t->held; at != 0; at = sf_held_at(s, at)->next) {
		uint64_t seq = sf_held_at(s, at)->unit.seq;

		near += n++ > 0 && seq - last <= LONGEST_GAP;
		last = seq;
	}
	return n == 0 ? t->pub.packets >= BELIEVE : near * 10 >= (n - 1) * 8;
}

/* Few packets, but between addresses that are known to carry media. */
static bool
in_company(struct sf_streams *s, const struct sf_track *t)
{
	const struct sf_path *p = sf_streams_path(s, &t->pub.src, &t->pub.dst);

	return p->media || p->dtls || p->stun;
}

static bool
held_already(struct sf_streams *s, struct sf_track *t, uint64_t seq)
{
	for (uint32_t at = t->held; at != 0; at = sf_held_at(s, at)->next)
		if (sf_held_at(s, at)->unit.seq == seq)
			return true;
	return false;
}

/* Padding is not held: among the last 64 numbers it is known all the same. */
static bool
was_recent(struct sf_track *t, uint64_t seq)
{
	uint64_t bit;

	if (seq > t->highest) {
		uint64_t n = seq - t->highest;

		t->recent = n < 64 ? t->recent << n | 1 : 1;
		return false;
	}
	if (t->highest - seq >= 64)
		return false;
	bit = (uint64_t)1 << (t->highest - seq);
	if (t->recent & bit)
		return true;
	t->recent |= bit;
	return false;
}

/* What it repairs goes first. */
static void
believe(struct sf_streams *s, struct sf_track *t)
{
	struct sf_track *of = sf_repair_waiting(s, t);

	if (of != NULL && of->n_held >= SF_SETTLED && plausible(s, of))
		(void)sf_track_believe(s, of);
	(void)sf_track_believe(s, t);
}

void
sf_probation_feed(struct sf_streams *s, struct sf_track *t, struct sf_unit *u)
{
	uint16_t seq = (uint16_t)u->seq;
	bool again;

	if (!t->started) {
		t->highest = 2 * 65536 + (uint64_t)seq;
		t->first_seq = t->highest;
		t->started = true;
	}
	u->seq = sf_track_extend(t, seq);
	again = was_recent(t, u->seq);
	if (u->seq > t->highest)
		t->highest = u->seq;
	if (u->seq < t->first_seq)
		t->first_seq = u->seq;
	if (again && (u->payload.n == 0 || u->cut)) {
		t->pub.duplicates++;
		return;
	}
	if (u->payload.n > 2)
		sf_repair_early(s, t, u);
	if (u->payload.n == 0) {
		t->unique++;
		t->pub.padding_only++;
	} else if (held_already(s, t, u->seq)) {
		t->pub.duplicates++;
		return;
	} else {
		t->unique++;
		(void)sf_held_add(s, t, u);
	}
	if (t->n_held >= SF_SETTLED && plausible(s, t))
		believe(s, t);
	else if (t->n_held >= 2 * SF_SETTLED &&
		 (!sf_proof_find(s, t, false) || !sf_track_believe(s, t)))
		sf_probation_dismiss(s, t);
}

void
sf_probation_settle(struct sf_streams *s)
{
	struct sf_track *t, *newer;

	for (t = s->oldest; t != NULL; t = newer) {
		bool fits = plausible(s, t) || in_company(s, t);

		newer = t->newer;
		if (!t->refused)
			fits |= sf_proof_find(s, t, fits);
		if (t->refused || !fits || !sf_track_believe(s, t))
			sf_probation_dismiss(s, t);
	}
}
