/*
 * keys.c - key material by KID.
 *
 * Three tables, all taken at the start: the entries of the key file; chains,
 * which are ratchets on the move; and slots, which are AEAD keys made ready. A
 * frame whose key is ready costs one look into a bucket and no memory. The
 * rest, which a forged KID can cause too, is bounded by the tables: what has
 * never opened a frame makes room first.
 */
#include "engine/keys.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS_LEAST  64
#define SLOTS_MOST   2048
#define BUCKETS      2048u /* a power of two */
#define CHAINS_LEAST 16
#define CHAINS_MOST  256
#define SETTLED      8 /* SSRCs of one entry whose suite is remembered */

/* A chain keeps every 32nd key, so that any step near the last, behind and
   ahead, is at most 31 away from one that is kept. */
#define WINDOW_MOST (SF_RATCHET_AHEAD + 1)
#define NEAR        512
#define STRIDE      32
#define MARKS       (2 * NEAR / STRIDE + 1)
#define HASHES      3

struct base_key {
	size_t n;
	uint8_t octets[SF_BASE_MAX];
};

/* The ratchet of one entry, one hash and, with keys per SSRC, one stream. */
struct chain {
	bool used;
	unsigned entry;
	uint32_t scope;
	enum sf_hash_name hash;
	uint64_t stamp;
	uint64_t at;    /* step that opened the last frame; 0 at first */
	uint64_t top;   /* highest that opened one */
	uint64_t first; /* step of mark 0, at least 1 */
	unsigned n;     /* marks that are there */
};

struct mark {
	uint8_t octets[SF_HASH_MAX];
};

/* The last key that was derived beyond the marks of a chain. */
struct far {
	bool used;
	unsigned entry;
	uint32_t scope;
	uint64_t step;
	struct mark mark;
};

/* What a key is for. Two uses with equal members have one key. */
struct use {
	uint64_t kid;
	uint64_t step; /* from the entry's own; 0 but for SENDER */
	uint32_t scope;
	unsigned entry;
	const struct sf_suite *suite;
};

struct slot {
	struct use use;
	bool proved; /* it opened a frame */
	uint64_t stamp;
	uint32_t number;      /* of all that were ever made, from 1 */
	struct sf_aead *aead; /* NULL: the slot is free */
	uint8_t salt[SF_NONCE];
	uint64_t fingerprint;
	unsigned next; /* in its bucket: index and one, 0 at the end */
};

/* The suite of an entry that names none, as seen on one SSRC. */
struct settled {
	uint32_t ssrc;
	uint16_t suite;
	uint16_t frames; /* that opened with it */
};

struct guess {
	struct settled of[SETTLED];
	unsigned n, next;
};

struct sf_keys {
	const struct sf_crypto *c;
	enum sf_key_scheme scheme;
	unsigned ratchet_bits, epoch_bits;
	bool per_ssrc_keys;
	size_t n_metadata;
	uint8_t metadata[SF_METADATA_MAX];
	uint64_t clock;          /* counts what was made or opened */
	uint32_t made;           /* slots, so far */
	const struct slot *last; /* that opened a frame */
	unsigned n;
	struct sf_key_entry *entries;
	unsigned *order; /* of trying them: newest epoch first */
	struct guess *guesses;
	unsigned n_slots;
	struct slot *slots;
	unsigned *buckets; /* index and one of the first slot */
	unsigned n_chains;
	struct chain *chains;
	struct mark *marks; /* MARKS of each chain */
	struct far far[HASHES];
	uint64_t work; /* steps that far keys may still cost */
};

/* One frame on its way. */
struct job {
	uint64_t kid, ctr;
	uint32_t ssrc, scope;
	struct sf_bytes header, ct;
	uint8_t *pt;
	uint32_t ready; /* the slot of that number has opened it already */
	struct sf_opened result;
};

/* Longest tags first: a forgery that fits by chance is then least likely. */
static const uint8_t suites_in_order[SF_SUITES] = { 4, 5, 1, 6, 2, 7, 3, 8 };

/* ---- making and ending --------------------------------------------------- */

static size_t
clamp(size_t v, size_t least, size_t most)
{
	return v < least ? least : v > most ? most : v;
}

/* Newest epoch first, else as in the file. Insertion: 1,024 at most, once. */
static void
sort_entries(struct sf_keys *k)
{
	for (unsigned i = 0; i < k->n; i++) {
		unsigned at = i;

		while (at > 0 && k->entries[k->order[at - 1]].epoch <
				     k->entries[i].epoch) {
			k->order[at] = k->order[at - 1];
			at--;
		}
		k->order[at] = i;
	}
}

static bool
take_tables(struct sf_keys *k)
{
	k->n_slots =
	    (unsigned)clamp((size_t)SF_SUITES * k->n, SLOTS_LEAST, SLOTS_MOST);
	if (k->scheme == SF_SCHEME_SENDER)
		k->n_chains = (unsigned)clamp(
		    (size_t)8 * k->n, CHAINS_LEAST, CHAINS_MOST);
	k->entries = calloc(k->n + 1u, sizeof(*k->entries));
	k->order = calloc(k->n + 1u, sizeof(*k->order));
	k->guesses = calloc(k->n + 1u, sizeof(*k->guesses));
	k->slots = calloc(k->n_slots, sizeof(*k->slots));
	k->buckets = calloc(BUCKETS, sizeof(*k->buckets));
	k->chains = calloc(k->n_chains + 1u, sizeof(*k->chains));
	k->marks = calloc((size_t)MARKS * k->n_chains + 1, sizeof(*k->marks));
	return k->entries != NULL && k->order != NULL && k->guesses != NULL &&
	       k->slots != NULL && k->buckets != NULL && k->chains != NULL &&
	       k->marks != NULL;
}

struct sf_keys *
sf_keys_new(const struct sf_crypto *c, const struct sf_keyfile *file)
{
	struct sf_keys *k = calloc(1, sizeof(*k));

	if (k == NULL)
		return NULL;
	k->c = c;
	k->scheme = file->scheme;
	k->ratchet_bits = file->ratchet_bits;
	k->epoch_bits = file->epoch_bits;
	k->per_ssrc_keys = file->per_ssrc_keys;
	k->n = (unsigned)file->n;
	k->work = SF_RATCHET_WORK;
	if (!take_tables(k)) {
		sf_keys_free(k);
		return NULL;
	}
	k->n_metadata = file->n_metadata;
	memcpy(k->metadata, file->metadata, file->n_metadata);
	for (unsigned i = 0; i < k->n; i++)
		k->entries[i] = file->keys[i];
	sort_entries(k);
	return k;
}

static void
wipe_and_free(const struct sf_crypto *c, void *p, size_t n)
{
	if (p != NULL)
		c->wipe(p, n);
	free(p);
}

void
sf_keys_free(struct sf_keys *k)
{
	const struct sf_crypto *c;

	if (k == NULL)
		return;
	c = k->c;
	for (unsigned i = 0; k->slots != NULL && i < k->n_slots; i++)
		c->aead_free(k->slots[i].aead);
	wipe_and_free(
	    c, k->marks, ((size_t)MARKS * k->n_chains + 1) * sizeof(*k->marks));
	wipe_and_free(c, k->slots, k->n_slots * sizeof(*k->slots));
	wipe_and_free(c, k->entries, (k->n + 1u) * sizeof(*k->entries));
	free(k->chains);
	free(k->buckets);
	free(k->guesses);
	free(k->order);
	wipe_and_free(c, k, sizeof(*k));
}

/* ---- ratchets ------------------------------------------------------------ */

static uint64_t
low_bits(unsigned bits)
{
	return bits >= 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
}

/* Steps that may be live at once. */
static uint64_t
window(const struct sf_keys *k)
{
	uint64_t all = low_bits(k->ratchet_bits);

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
	uint8_t next[SF_HASH_MAX];
	bool done = true;

	for (; done && n > 0; n--) {
		done = sf_kdf_ratchet(
		    next, k->c, suite, sf_bytes(octets, suite->hash_octets));
		if (done)
			memcpy(octets, next, suite->hash_octets);
	}
	k->c->wipe(next, sizeof(next));
	return done;
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
	if (steps > k->work)
		return NULL;
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
static void
prove_step(struct sf_keys *k, const struct use *u)
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

struct steps {
	unsigned n;
	uint64_t v[5];
};

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
	uint64_t mask = low_bits(k->ratchet_bits);
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
static struct steps
steps_of(const struct sf_keys *k, const struct use *u)
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

/* ---- which keys a KID can mean ------------------------------------------- */

/* The entry may be meant, as far as it says itself. */
static bool
entry_fits(const struct sf_keys *k, const struct sf_key_entry *e, uint64_t kid,
    uint32_t ssrc)
{
	if (e->dialect != SF_DIALECT_NONE || (e->has_ssrc && e->ssrc != ssrc))
		return false;
	switch (k->scheme) {
	case SF_SCHEME_RAW:
		return e->kid == kid;
	case SF_SCHEME_SENDER:
		return e->kid >> k->ratchet_bits == kid >> k->ratchet_bits;
	case SF_SCHEME_MLS:
		break;
	}
	return ((e->epoch ^ kid) & low_bits(k->epoch_bits)) == 0;
}

/* A tag of 4 octets fits by chance once in 2^32; two of them do not. */
static bool
is_settled(const struct settled *s)
{
	const struct sf_suite *suite = sf_suite_by_id(s->suite);

	return suite != NULL && s->frames >= (suite->tag_octets <= 4 ? 2 : 1);
}

static struct settled *
find_settled(const struct sf_keys *k, unsigned entry, uint32_t ssrc)
{
	struct guess *g = &k->guesses[entry];

	for (unsigned i = 0; i < g->n; i++)
		if (g->of[i].ssrc == ssrc)
			return &g->of[i];
	return NULL;
}

static bool
suite_open(const struct sf_keys *k, unsigned entry, uint32_t ssrc,
    const struct sf_suite *suite)
{
	const struct sf_key_entry *e = &k->entries[entry];
	const struct settled *s;

	if (e->suite != 0)
		return e->suite == suite->id;
	s = find_settled(k, entry, ssrc);
	return s == NULL || !is_settled(s) || s->suite == suite->id;
}

static struct steps
steps_or_one(const struct sf_keys *k, const struct use *u)
{
	if (k->scheme == SF_SCHEME_SENDER)
		return steps_of(k, u);
	return (struct steps){ .n = 1 };
}

static uint32_t
scope_of(const struct sf_keys *k, uint32_t ssrc)
{
	return k->per_ssrc_keys ? ssrc : 0;
}

/* ---- keys made ready ----------------------------------------------------- */

static unsigned *
bucket_of(const struct sf_keys *k, uint64_t kid, uint32_t scope)
{
	uint64_t h = (kid ^ (uint64_t)scope << 32 ^ scope) *
		     UINT64_C(0x9e3779b97f4a7c15);

	return &k->buckets[(h >> 40) & (BUCKETS - 1)];
}

static bool
same_use(const struct use *a, const struct use *b)
{
	return a->kid == b->kid && a->scope == b->scope &&
	       a->entry == b->entry && a->step == b->step &&
	       a->suite == b->suite;
}

static struct slot *
find_slot(const struct sf_keys *k, const struct use *u)
{
	unsigned i = *bucket_of(k, u->kid, u->scope);

	while (i != 0 && !same_use(&k->slots[i - 1].use, u))
		i = k->slots[i - 1].next;
	return i == 0 ? NULL : &k->slots[i - 1];
}

static void
unlink_slot(struct sf_keys *k, struct slot *s)
{
	unsigned *p = bucket_of(k, s->use.kid, s->use.scope);
	unsigned self = (unsigned)(s - k->slots) + 1;

	while (*p != self)
		p = &k->slots[*p - 1].next;
	*p = s->next;
	s->next = 0;
}

static void
drop_slot(struct sf_keys *k, struct slot *s)
{
	if (k->last == s)
		k->last = NULL;
	unlink_slot(k, s);
	k->c->aead_free(s->aead);
	k->c->wipe(s, sizeof(*s));
}

/* As victim_chain(). */
static struct slot *
victim_slot(const struct sf_keys *k)
{
	struct slot *best = &k->slots[0];

	for (unsigned i = 0; i < k->n_slots; i++) {
		struct slot *s = &k->slots[i];

		if (s->aead == NULL)
			return s;
		if (s->proved < best->proved ||
		    (s->proved == best->proved && s->stamp < best->stamp))
			best = s;
	}
	return best;
}

/* At the end: what is tried in an order stays in that order. */
static void
link_last(struct sf_keys *k, struct slot *s)
{
	unsigned *p = bucket_of(k, s->use.kid, s->use.scope);

	while (*p != 0)
		p = &k->slots[*p - 1].next;
	*p = (unsigned)(s - k->slots) + 1;
	s->next = 0;
}

static void
move_first(struct sf_keys *k, struct slot *s)
{
	unsigned *p = bucket_of(k, s->use.kid, s->use.scope);
	unsigned self = (unsigned)(s - k->slots) + 1;

	if (*p == self)
		return;
	unlink_slot(k, s);
	s->next = *p;
	*p = self;
}

static bool
base_key_of(struct sf_keys *k, const struct use *u, struct base_key *out)
{
	return u->step == 0 ? first_key(k, u, out) : step_key(k, u, out);
}

/* Of key and salt together, behind a label, so that it is the digest of
   nothing else. 0 when the library failed. */
static uint64_t
fingerprint_of(const struct sf_crypto *c, const struct sf_suite *suite,
    const struct sf_schedule *sched)
{
	static const char label[] = "sframe-tool key fingerprint";
	uint8_t in[sizeof(label) + SF_KEY_MAX + SF_NONCE] = { 0 };
	uint8_t out[SF_HASH_MAX] = { 0 };
	uint64_t v = 0;

	memcpy(in, label, sizeof(label));
	memcpy(in + sizeof(label), sched->key, suite->key_octets);
	memcpy(in + sizeof(label) + suite->key_octets, sched->salt, SF_NONCE);
	if (c->digest(SF_SHA256,
		sf_bytes(in, sizeof(label) + suite->key_octets + SF_NONCE),
		out)) {
		for (unsigned i = 0; i < 8; i++)
			v = v << 8 | out[i];
		v |= v == 0;
	}
	c->wipe(in, sizeof(in));
	c->wipe(out, sizeof(out));
	return v;
}

/* Makes the AEAD key of a base key, its salt and fingerprint. False when the
   library failed. */
static bool
ready(struct sf_keys *k, struct slot *s, const struct base_key *base)
{
	const struct use *u = &s->use;
	struct sf_schedule sched;

	s->aead = NULL;
	if (sf_kdf_schedule(&sched, k->c, u->suite,
		sf_bytes(base->octets, base->n), u->kid)) {
		memcpy(s->salt, sched.salt, SF_NONCE);
		s->fingerprint = fingerprint_of(k->c, u->suite, &sched);
		s->aead = k->c->aead_new(u->suite, sched.key);
	}
	k->c->wipe(&sched, sizeof(sched));
	return s->aead != NULL;
}

/* NULL when the library failed, or the step is too far behind. */
static struct slot *
make_slot(struct sf_keys *k, const struct use *u)
{
	struct base_key base = { 0 };
	struct slot made = { .use = *u };
	struct slot *s;
	bool done = base_key_of(k, u, &base) && ready(k, &made, &base);

	k->c->wipe(&base, sizeof(base));
	if (!done)
		return NULL;
	made.stamp = ++k->clock;
	made.number = ++k->made;
	s = victim_slot(k);
	if (s->aead != NULL)
		drop_slot(k, s);
	*s = made;
	k->c->wipe(&made, sizeof(made));
	link_last(k, s);
	return s;
}

/* ---- what there is ------------------------------------------------------- */

/* A ready key may be tried for this SSRC. */
static bool
slot_fits(
    const struct sf_keys *k, const struct slot *s, uint64_t kid, uint32_t ssrc)
{
	return s->use.kid == kid && s->use.scope == scope_of(k, ssrc) &&
	       entry_fits(k, &k->entries[s->use.entry], kid, ssrc) &&
	       suite_open(k, s->use.entry, ssrc, s->use.suite);
}

static bool
has_slot(const struct sf_keys *k, uint64_t kid, uint32_t ssrc)
{
	unsigned i = *bucket_of(k, kid, scope_of(k, ssrc));

	while (i != 0 && !slot_fits(k, &k->slots[i - 1], kid, ssrc))
		i = k->slots[i - 1].next;
	return i != 0;
}

/* A key that could be made ready. */
static bool
has_entry(const struct sf_keys *k, uint64_t kid, uint32_t ssrc)
{
	struct use u = { .kid = kid, .scope = scope_of(k, ssrc) };

	for (u.entry = 0; u.entry < k->n; u.entry++) {
		if (!entry_fits(k, &k->entries[u.entry], kid, ssrc))
			continue;
		for (unsigned i = 0; i < SF_SUITES; i++) {
			u.suite = sf_suite_by_id(suites_in_order[i]);
			if (suite_open(k, u.entry, ssrc, u.suite) &&
			    steps_or_one(k, &u).n > 0)
				return true;
		}
	}
	return false;
}

bool
sf_keys_has(const struct sf_keys *k, uint64_t kid, uint32_t ssrc)
{
	return has_slot(k, kid, ssrc) || has_entry(k, kid, ssrc);
}

/* ---- what a frame that opened teaches ------------------------------------ */

/* The suite is known now: keys for the others have no use. */
static void
drop_others(struct sf_keys *k, const struct use *u)
{
	unsigned i = *bucket_of(k, u->kid, u->scope);

	while (i != 0) {
		struct slot *s = &k->slots[i - 1];

		i = s->next;
		if (s->use.kid == u->kid && s->use.scope == u->scope &&
		    s->use.entry == u->entry && s->use.suite != u->suite &&
		    !s->proved)
			drop_slot(k, s);
	}
}

static void
note_suite(struct sf_keys *k, const struct use *u, uint32_t ssrc)
{
	struct guess *g = &k->guesses[u->entry];
	struct settled *s = find_settled(k, u->entry, ssrc);

	if (s == NULL) {
		s = &g->of[g->next];
		g->next = (g->next + 1) % SETTLED;
		g->n += g->n < SETTLED;
		*s = (struct settled){ .ssrc = ssrc };
	}
	if (s->suite != u->suite->id) {
		s->suite = u->suite->id;
		s->frames = 0;
	}
	if (s->frames >= 2)
		return;
	s->frames++;
	if (is_settled(s))
		drop_others(k, u);
}

static void
note_opened(struct sf_keys *k, struct slot *s, uint32_t ssrc)
{
	s->stamp = ++k->clock;
	s->proved = true;
	if (k->scheme == SF_SCHEME_SENDER && s != k->last)
		prove_step(k, &s->use);
	k->last = s;
	move_first(k, s);
	if (k->entries[s->use.entry].suite == 0)
		note_suite(k, &s->use, ssrc);
}

/* ---- opening ------------------------------------------------------------- */

/* What is worth more to know: that a tag was wrong, than that there was none. */
static void
note_failure(struct job *j, enum sf_open_status st)
{
	enum sf_open_status *was = &j->result.status;

	if (!j->result.known || *was == SF_TOO_SHORT ||
	    (*was == SF_CRYPTO_FAILED && st == SF_FORGED))
		*was = st;
	j->result.known = true;
}

static enum sf_open_status
ask_cipher(const struct sf_keys *k, const struct job *j, const struct slot *s)
{
	uint8_t nonce[SF_NONCE];

	sf_kdf_nonce(nonce, s->salt, j->ctr);
	return k->c->open(s->aead, nonce, j->header,
	    sf_bytes(k->metadata, k->n_metadata), j->ct, j->pt);
}

static bool
try_slot(struct sf_keys *k, struct job *j, const struct slot *s)
{
	bool again = j->ready != 0 && j->ready == s->number;
	enum sf_open_status st = again ? SF_OPENED : ask_cipher(k, j, s);

	if (st != SF_OPENED) {
		note_failure(j, st);
		return false;
	}
	j->result = (struct sf_opened){ SF_OPENED, true, s->use.suite->id,
		s->use.entry, s->fingerprint, s->number };
	return true;
}

/* The keys that are ready, the one that opened last before the others. */
static struct slot *
try_ready(struct sf_keys *k, struct job *j)
{
	unsigned i = *bucket_of(k, j->kid, j->scope);

	for (; i != 0; i = k->slots[i - 1].next) {
		struct slot *s = &k->slots[i - 1];

		if (slot_fits(k, s, j->kid, j->ssrc) && try_slot(k, j, s))
			return s;
	}
	return NULL;
}

/* One entry in one suite, where that is not ready yet. */
static struct slot *
try_suite(struct sf_keys *k, struct job *j, struct use *u)
{
	struct steps steps = steps_or_one(k, u);

	for (unsigned i = 0; i < steps.n; i++) {
		struct slot *s;

		u->step = steps.v[i];
		if (find_slot(k, u) != NULL)
			continue; /* try_ready() has tried it */
		s = make_slot(k, u);
		if (s == NULL)
			note_failure(j, SF_CRYPTO_FAILED);
		else if (try_slot(k, j, s))
			return s;
	}
	return NULL;
}

static struct slot *
try_new(struct sf_keys *k, struct job *j)
{
	struct use u = { .kid = j->kid, .scope = j->scope };

	for (unsigned i = 0; i < k->n; i++) {
		u.entry = k->order[i];
		if (!entry_fits(k, &k->entries[u.entry], j->kid, j->ssrc))
			continue;
		for (unsigned n = 0; n < SF_SUITES; n++) {
			struct slot *s;

			u.suite = sf_suite_by_id(suites_in_order[n]);
			if (!suite_open(k, u.entry, j->ssrc, u.suite))
				continue;
			s = try_suite(k, j, &u);
			if (s != NULL)
				return s;
		}
	}
	return NULL;
}

/* The key that opened the frame, or NULL. */
static struct slot *
open_frame(struct sf_keys *k, struct job *j)
{
	struct slot *s;

	j->scope = scope_of(k, j->ssrc);
	j->result = (struct sf_opened){ .status = SF_FORGED };
	s = try_ready(k, j);
	if (s == NULL)
		s = try_new(k, j);
	if (s != NULL)
		note_opened(k, s, j->ssrc);
	return s;
}

struct sf_opened
sf_keys_open(struct sf_keys *k, uint64_t kid, uint64_t ctr, uint32_t ssrc,
    struct sf_bytes header, struct sf_bytes ct, uint8_t *pt)
{
	struct job j = { .kid = kid,
		.ctr = ctr,
		.ssrc = ssrc,
		.header = header,
		.ct = ct,
		.pt = pt };

	(void)open_frame(k, &j);
	return j.result;
}

struct sf_opened
sf_keys_open_again(struct sf_keys *k, uint64_t kid, uint64_t ctr, uint32_t ssrc,
    struct sf_bytes header, struct sf_bytes ct, uint32_t ready)
{
	struct job j = { .kid = kid,
		.ctr = ctr,
		.ssrc = ssrc,
		.header = header,
		.ct = ct,
		.ready = ready };

	(void)open_frame(k, &j);
	return j.result;
}

bool
sf_keys_control(struct sf_keys *k, uint64_t kid, uint64_t ctr, uint32_t ssrc,
    struct sf_bytes header, struct sf_bytes ct)
{
	struct job j = {
		.kid = kid, .ctr = ctr, .ssrc = ssrc, .header = header, .ct = ct
	};
	const struct slot *s = open_frame(k, &j);
	struct slot wrong;
	struct base_key base = { 0 };
	bool opened = false;

	if (s == NULL)
		return false;
	wrong = (struct slot){ .use = s->use };
	if (base_key_of(k, &s->use, &base)) {
		base.octets[0] ^= 1;
		if (ready(k, &wrong, &base))
			opened = try_slot(k, &j, &wrong);
	}
	k->c->wipe(&base, sizeof(base));
	k->c->aead_free(wrong.aead);
	k->c->wipe(&wrong, sizeof(wrong));
	return opened;
}

/* ---- for another thread --------------------------------------------------- */

struct sf_twin {
	const struct sf_crypto *c;
	struct sf_bytes metadata; /* of the sf_keys */
	struct slot slot;
};

struct sf_twin *
sf_keys_twin(struct sf_keys *k)
{
	struct sf_twin *t;
	struct base_key base = { 0 };

	if (k->last == NULL)
		return NULL;
	t = calloc(1, sizeof(*t));
	if (t == NULL)
		return NULL;
	t->c = k->c;
	t->metadata = sf_bytes(k->metadata, k->n_metadata);
	t->slot.use = k->last->use;
	t->slot.number = k->last->number;
	if (!base_key_of(k, &t->slot.use, &base) ||
	    !ready(k, &t->slot, &base)) {
		sf_twin_free(t);
		t = NULL;
	}
	k->c->wipe(&base, sizeof(base));
	return t;
}

uint32_t
sf_twin_ready(const struct sf_twin *t)
{
	return t->slot.number;
}

bool
sf_twin_opens(const struct sf_twin *t, uint64_t kid, uint64_t ctr,
    struct sf_bytes header, struct sf_bytes ct)
{
	uint8_t nonce[SF_NONCE];

	sf_kdf_nonce(nonce, t->slot.salt, ctr);
	return t->slot.use.kid == kid &&
	       t->c->open(t->slot.aead, nonce, header, t->metadata, ct, NULL) ==
		   SF_OPENED;
}

void
sf_twin_free(struct sf_twin *t)
{
	const struct sf_crypto *c;

	if (t == NULL)
		return;
	c = t->c;
	c->aead_free(t->slot.aead);
	wipe_and_free(c, t, sizeof(*t));
}

/* ---- sealing ------------------------------------------------------------- */

/* The first use that fits; its suite is NULL when nobody names it. */
static bool
find_use(const struct sf_keys *k, uint64_t kid, uint32_t ssrc, uint16_t suite,
    struct use *u)
{
	struct steps steps;

	*u = (struct use){ .kid = kid, .scope = scope_of(k, ssrc) };
	for (unsigned i = 0; i < k->n; i++) {
		const struct sf_key_entry *e = &k->entries[k->order[i]];

		u->entry = k->order[i];
		if (!entry_fits(k, e, kid, ssrc))
			continue;
		if (suite != 0 && e->suite != 0 && e->suite != suite)
			continue;
		u->suite = sf_suite_by_id(e->suite != 0 ? e->suite : suite);
		if (u->suite == NULL)
			return true;
		steps = steps_or_one(k, u);
		if (steps.n > 0) {
			u->step = steps.v[0];
			return true;
		}
	}
	return false;
}

enum sf_sealed
sf_keys_seal(struct sf_keys *k, uint64_t kid, uint64_t ctr, uint32_t ssrc,
    struct sf_bytes header, struct sf_bytes pt, uint8_t *out, uint16_t *suite)
{
	uint8_t nonce[SF_NONCE];
	struct slot *s;
	struct use u;

	if (!find_use(k, kid, ssrc, *suite, &u))
		return SF_SEAL_NO_KEY;
	if (u.suite == NULL)
		return SF_SEAL_NO_SUITE;
	s = find_slot(k, &u);
	if (s == NULL)
		s = make_slot(k, &u);
	if (s == NULL)
		return SF_SEAL_FAILED;
	s->stamp = ++k->clock;
	sf_kdf_nonce(nonce, s->salt, ctr);
	if (!k->c->seal(s->aead, nonce, header,
		sf_bytes(k->metadata, k->n_metadata), pt, out))
		return SF_SEAL_FAILED;
	*suite = u.suite->id;
	return SF_SEALED;
}
