#include "engine/keys/parts.h"

#include <string.h>

unsigned *
sf_keys_bucket(const struct sf_keys *k, uint64_t kid, uint32_t scope)
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

struct slot *
sf_keys_slot(const struct sf_keys *k, const struct use *u)
{
	unsigned i = *sf_keys_bucket(k, u->kid, u->scope);

	while (i != 0 && !same_use(&k->slots[i - 1].use, u))
		i = k->slots[i - 1].next;
	return i == 0 ? NULL : &k->slots[i - 1];
}

static void
unlink_slot(struct sf_keys *k, struct slot *s)
{
	unsigned *p = sf_keys_bucket(k, s->use.kid, s->use.scope);
	unsigned self = (unsigned)(s - k->slots) + 1;

	while (*p != self)
		p = &k->slots[*p - 1].next;
	*p = s->next;
	s->next = 0;
}

void
sf_keys_drop_slot(struct sf_keys *k, struct slot *s)
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
	unsigned *p = sf_keys_bucket(k, s->use.kid, s->use.scope);

	while (*p != 0)
		p = &k->slots[*p - 1].next;
	*p = (unsigned)(s - k->slots) + 1;
	s->next = 0;
}

void
sf_keys_move_first(struct sf_keys *k, struct slot *s)
{
	unsigned *p = sf_keys_bucket(k, s->use.kid, s->use.scope);
	unsigned self = (unsigned)(s - k->slots) + 1;

	if (*p == self)
		return;
	unlink_slot(k, s);
	s->next = *p;
	*p = self;
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
bool
sf_keys_ready(struct sf_keys *k, struct slot *s, const struct base_key *base)
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

/* NULL when the library failed, or the step is too far: k->too_far. */
struct slot *
sf_keys_make_slot(struct sf_keys *k, const struct use *u)
{
	struct base_key base = { 0 };
	struct slot made = { .use = *u };
	struct slot *s;
	bool done;

	k->too_far = false;
	done = sf_keys_base(k, u, &base) && sf_keys_ready(k, &made, &base);
	k->c->wipe(&base, sizeof(base));
	if (!done)
		return NULL;
	made.stamp = ++k->clock;
	made.number = ++k->made;
	s = victim_slot(k);
	if (s->aead != NULL)
		sf_keys_drop_slot(k, s);
	*s = made;
	k->c->wipe(&made, sizeof(made));
	link_last(k, s);
	return s;
}
