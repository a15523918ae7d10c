#include "engine/keys/parts.h"

#include <string.h>

/* Steps that may be live at once. */
static uint64_t
window(const struct sf_keys *k)
{
	uint64_t all = sf_keys_low_bits(k->ratchet_bits);

	return all < WINDOW_MOST ? all + 1 : WINDOW_MOST;
}

static struct chain *
find_chain(const struct sf_keys *k, const struct use *u)
{
	for (unsigned i = 0; i < k->n_chains; i++) {
		struct chain *ch = &k->chains[i];

		if (ch->used && ch->entry == u->entry &&
		    ch->scope == u->scope && ch->hash == u->suite->hash)
			return ch;
	}
	return NULL;
}

static struct mark *
marks_of(const struct sf_keys *k, const struct chain *ch)
{
	return &k->marks[(size_t)(ch - k->chains) * MARKS];
}

/* The key that the file gives, for this suite and, with keys per SSRC, this
   stream: the AVTCORE draft derives before anything is ratcheted. */
static bool
first_key(const struct sf_keys *k, const struct use *u, struct base_key *out)
{
	const struct sf_key_entry *e = &k->entries[u->entry];
	struct sf_bytes octets = sf_bytes(e->octets, e->n);
	uint8_t exported[SF_KEY_MAX];
	bool done = true;

	out->n = e->n;
	memcpy(out->octets, e->octets, e->n);
	if (e->exporter) {
		/* RFC 9605 5.2: as long as the key of the suite */
		octets = sf_bytes(exported, u->suite->key_octets);
		done = sf_kdf_mls_export(exported, octets.n, k->c, e->mls_hash,
		    sf_bytes(e->octets, e->n));
		out->n = octets.n;
		memcpy(out->octets, exported, octets.n);
	}
	if (done && k->per_ssrc_keys) {
		out->n = u->suite->hash_octets;
		done = sf_kdf_per_ssrc(
		    out->octets, k->c, u->suite, octets, u->scope);
	}
	if (e->exporter)
		k->c->wipe(exported, sizeof(exported));
	return done;
}

/* Turns a key of hash octets n steps further, in place. */
static bool
ratchet(const struct sf_keys *k, const struct sf_suite *suite,
    uint8_t octets[SF_HASH_MAX], uint64_t n)
{
	return n == 0 || sf_kdf_ratchet_on(octets, k->c, suite, n);
}

/* A chain to give away: a free one, else one that has proved nothing, else
   any; among equals the one not used for longest. */
static struct chain *
victim_chain(const struct sf_keys *k)
{
	struct chain *best = &k->chains[0];

	for (unsigned i = 0; i < k->n_chains; i++) {
		struct chain *ch = &k->chains[i];
		bool worse = (ch->top == 0) > (best->top == 0);
		bool same = (ch->top == 0) == (best->top == 0);

		if (!ch->used)
			return ch;
		if (worse || (same && ch->stamp < best->stamp))
			best = ch;
	}
	return best;
}

static struct chain *
make_chain(struct sf_keys *k, const struct use *u)
{
	struct chain *ch = victim_chain(k);
	struct mark *marks = marks_of(k, ch);
	struct base_key first = { 0 };
	bool done;

	ch->used = false;
	k->c->wipe(marks, MARKS * sizeof(*marks));
	done = first_key(k, u, &first) &&
	       sf_kdf_ratchet(marks[0].octets, k->c, u->suite,
		   sf_bytes(first.octets, first.n));
	k->c->wipe(&first, sizeof(first));
	if (!done)
		return NULL;
	*ch = (struct chain){ .used = true,
		.entry = u->entry,
		.scope = u->scope,
		.hash = u->suite->hash,
		.first = 1,
		.n = 1 };
	return ch;
}

/* NEAR steps in front of u->step: what a chain there would begin with. */
static uint64_t
far_start(const struct use *u)
{
	return u->step > NEAR ? u->step - NEAR : 1;
}

/* The far key of a use, when it is the last that was derived. */
static struct far *
known_far(struct sf_keys *k, const struct use *u)
{
	struct far *f = &k->far[u->suite->hash];

	if (f->used && f->entry == u->entry && f->scope == u->scope &&
	    f->step == far_start(u))
		return f;
	return NULL;
}

/* The same, from the key in the file: as many derivations as there are steps.
   NULL when that was too much, or the library failed. */
static struct far *
find_far(struct sf_keys *k, const struct use *u)
{
	struct far *f = known_far(k, u);
	struct base_key first = { 0 };
	uint64_t steps = far_start(u);

	if (f != NULL)
		return f;
	k->too_far = steps > k->work;
	if (k->too_far) {
		k->refused = true;
		k->refused_kid = u->kid;
		return NULL;
	}
	k->work -= steps;
	f = &k->far[u->suite->hash];
	*f =
	    (struct far){ .entry = u->entry, .scope = u->scope, .step = steps };
	f->used = first_key(k, u, &first) &&
		  sf_kdf_ratchet(f->mark.octets, k->c, u->suite,
		      sf_bytes(first.octets, first.n)) &&
		  ratchet(k, u->suite, f->mark.octets, steps - 1);
	k->c->wipe(&first, sizeof(first));
	return f->used ? f : NULL;
}

/* The base key at u->step, 1 or more, from the one in the file. */
static bool
far_key(struct sf_keys *k, const struct use *u, struct base_key *out)
{
	const struct far *f = find_far(k, u);

	if (f == NULL)
		return false;
	out->n = u->suite->hash_octets;
	memcpy(out->octets, f->mark.octets, out->n);
	return ratchet(k, u->suite, out->octets, u->step - f->step);
}

/* The same; from what its chain has, where it has that. */
static bool
step_key(struct sf_keys *k, const struct use *u, struct base_key *out)
{
	struct chain *ch = find_chain(k, u);
	struct mark *marks;
	uint64_t away;

	if (ch == NULL)
		ch = make_chain(k, u);
	if (ch == NULL)
		return false;
	if (u->step < ch->first ||
	    u->step - ch->first >= (uint64_t)MARKS * STRIDE)
		return far_key(k, u, out);
	ch->stamp = ++k->clock;
	marks = marks_of(k, ch);
	away = u->step - ch->first;
	for (; ch->n <= away / STRIDE; ch->n++) {
		marks[ch->n] = marks[ch->n - 1];
		if (!ratchet(k, u->suite, marks[ch->n].octets, STRIDE))
			return false;
	}
	out->n = u->suite->hash_octets;
	memcpy(out->octets, marks[away / STRIDE].octets, out->n);
	return ratchet(k, u->suite, out->octets, away % STRIDE);
}

/* The chain begins anew near a step beyond all its marks. */
static void
move_chain(struct sf_keys *k, struct chain *ch, const struct use *u)
{
	const struct far *f = known_far(k, u);
	struct mark *marks = marks_of(k, ch);

	if (u->step < ch->first + (uint64_t)MARKS * STRIDE || f == NULL)
		return;
	k->c->wipe(marks, MARKS * sizeof(*marks));
	marks[0] = f->mark;
	ch->first = f->step;
	ch->n = 1;
	k->work = SF_RATCHET_WORK;
}

/* A frame opened at this step: the window moves. */
void
sf_keys_prove_step(struct sf_keys *k, const struct use *u)
{
	struct chain *ch = find_chain(k, u);
	uint64_t near = window(k) < NEAR ? window(k) : NEAR;
	struct mark *marks;

	if (ch == NULL)
		return;
	ch->at = u->step;
	if (ch->at <= ch->top)
		return;
	ch->top = ch->at;
	move_chain(k, ch, u);
	marks = marks_of(k, ch);
	while (ch->n > 1 && ch->top >= ch->first + near + STRIDE) {
		ch->n--;
		memmove(marks, marks + 1, ch->n * sizeof(*marks));
		k->c->wipe(&marks[ch->n], sizeof(*marks));
		ch->first += STRIDE;
	}
}

static void
add_step(struct steps *s, uint64_t step)
{
	for (unsigned i = 0; i < s->n; i++)
		if (s->v[i] == step)
			return;
	s->v[s->n++] = step;
}

/* The steps before and behind a place, the nearer one first. */
static void
add_near(const struct sf_keys *k, struct steps *s, uint64_t at, uint64_t low)
{
	uint64_t mask = sf_keys_low_bits(k->ratchet_bits);
	uint64_t ahead = (low - at) & mask;
	uint64_t behind = mask - ahead + 1;
	bool has_behind = ahead > 0 && at >= behind && behind < NEAR;

	if (has_behind && behind < ahead)
		add_step(s, at - behind);
	if (ahead < window(k))
		add_step(s, at + ahead);
	if (has_behind)
		add_step(s, at - behind);
}

/*
 * The steps that the low bits of u->kid can mean, most likely first: near the
 * one that opened the last frame, near the highest, or where all began, since
 * a call may be seen twice, and one after the other. Each is within reach of
 * something that verified.
 */
struct steps
sf_keys_steps(const struct sf_keys *k, const struct use *u)
{
	const struct sf_key_entry *e = &k->entries[u->entry];
	const struct chain *ch = find_chain(k, u);
	uint64_t low = u->kid - e->kid;
	struct steps s = { 0 };

	if (u->kid >> k->ratchet_bits != e->kid >> k->ratchet_bits)
		return s; /* another generation has another key */
	if (ch != NULL) {
		add_near(k, &s, ch->at, low);
		add_near(k, &s, ch->top, low);
	}
	add_near(k, &s, 0, low);
	return s;
}

bool
sf_keys_base(struct sf_keys *k, const struct use *u, struct base_key *out)
{
	return u->step == 0 ? first_key(k, u, out) : step_key(k, u, out);
}
