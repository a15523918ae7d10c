/*
 * keys.c - key material by KID.
 *
 * Three tables, all taken at the start: the entries of the key file; chains,
 * which are ratchets on the move; and slots, which are AEAD keys made ready. A
 * frame whose key is ready costs one look into a bucket and no memory. The
 * rest, which a forged KID can cause too, is bounded by the tables: what has
 * never opened a frame makes room first.
 */
#include "engine/keys/parts.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS_LEAST  64
#define SLOTS_MOST   2048
#define CHAINS_LEAST 16
#define CHAINS_MOST  256

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

void
sf_keys_wipe(const struct sf_crypto *c, void *p, size_t n)
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
	sf_keys_wipe(
	    c, k->marks, ((size_t)MARKS * k->n_chains + 1) * sizeof(*k->marks));
	sf_keys_wipe(c, k->slots, k->n_slots * sizeof(*k->slots));
	sf_keys_wipe(c, k->entries, (k->n + 1u) * sizeof(*k->entries));
	free(k->chains);
	free(k->buckets);
	free(k->guesses);
	free(k->order);
	sf_keys_wipe(c, k, sizeof(*k));
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
	return ((e->epoch ^ kid) & sf_keys_low_bits(k->epoch_bits)) == 0;
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
		return sf_keys_steps(k, u);
	return (struct steps){ .n = 1 };
}

static uint32_t
scope_of(const struct sf_keys *k, uint32_t ssrc)
{
	return k->per_ssrc_keys ? ssrc : 0;
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
	unsigned i = *sf_keys_bucket(k, kid, scope_of(k, ssrc));

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

bool
sf_keys_too_far(const struct sf_keys *k, uint64_t kid, uint32_t ssrc)
{
	bool fits = false;

	if (k->scheme != SF_SCHEME_SENDER)
		return false;
	for (unsigned i = 0; i < k->n && !fits; i++)
		fits = entry_fits(k, &k->entries[i], kid, ssrc);
	return fits && ((k->refused && k->refused_kid == kid) ||
			   !sf_keys_has(k, kid, ssrc));
}

/* ---- what a frame that opened teaches ------------------------------------ */

/* The suite is known now: keys for the others have no use. */
static void
drop_others(struct sf_keys *k, const struct use *u)
{
	unsigned i = *sf_keys_bucket(k, u->kid, u->scope);

	while (i != 0) {
		struct slot *s = &k->slots[i - 1];

		i = s->next;
		if (s->use.kid == u->kid && s->use.scope == u->scope &&
		    s->use.entry == u->entry && s->use.suite != u->suite &&
		    !s->proved)
			sf_keys_drop_slot(k, s);
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
		sf_keys_prove_step(k, &s->use);
	k->last = s;
	sf_keys_move_first(k, s);
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
	unsigned i = *sf_keys_bucket(k, j->kid, j->scope);

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
		if (sf_keys_slot(k, u) != NULL)
			continue; /* try_ready() has tried it */
		s = sf_keys_make_slot(k, u);
		if (s == NULL) /* too far is not opened, and no failure */
			note_failure(
			    j, k->too_far ? SF_FORGED : SF_CRYPTO_FAILED);
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
	s = sf_keys_slot(k, &u);
	if (s == NULL)
		s = sf_keys_make_slot(k, &u);
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

/* ---- the negative control ----------------------------------------------- */

/* Does the frame open under that key with one bit changed? */
static bool
changed_opens(struct sf_keys *k, struct job *j, const struct use *u)
{
	struct slot wrong = { .use = *u };
	struct base_key base = { 0 };
	bool opened = false;

	if (sf_keys_base(k, u, &base)) {
		base.octets[0] ^= 1;
		if (sf_keys_ready(k, &wrong, &base))
			opened = try_slot(k, j, &wrong);
	}
	k->c->wipe(&base, sizeof(base));
	k->c->aead_free(wrong.aead);
	k->c->wipe(&wrong, sizeof(wrong));
	return opened;
}

bool
sf_keys_control(struct sf_keys *k, uint64_t kid, uint64_t ctr, uint32_t ssrc,
    struct sf_bytes header, struct sf_bytes ct)
{
	struct job j = {
		.kid = kid, .ctr = ctr, .ssrc = ssrc, .header = header, .ct = ct
	};
	const struct slot *s = open_frame(k, &j);
	bool opened = false;
	struct use u;

	if (s != NULL) {
		u = s->use;
		return changed_opens(k, &j, &u);
	}
	for (unsigned i = 0; i < SF_SUITES && !opened; i++)
		opened = find_use(k, kid, ssrc, suites_in_order[i], &u) &&
			 suite_open(k, u.entry, ssrc, u.suite) &&
			 changed_opens(k, &j, &u);
	return opened;
}
