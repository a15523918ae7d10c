/*
 * session_keys.c - keys that come out of a KID: ratchets (RFC 9605 5.1) and
 * MLS epochs (5.2). A KID is not authenticated: what it asks for is worked out
 * in the side, and kept when the tag has verified.
 */
#include "engine/session/session_state.h"

#include <string.h>

static uint64_t
low_bits(uint64_t v, unsigned bits)
{
	return bits >= 64 ? v : v & ((UINT64_C(1) << bits) - 1);
}

static uint64_t
high_bits(uint64_t v, unsigned bits)
{
	return bits >= 64 ? 0 : v >> bits;
}

/* ---- ratchets ------------------------------------------------------------ */

static uint64_t
chain_kid(const struct sf_session_chain *c)
{
	return (c->r == 0 ? c->generation : c->generation << c->r) |
	       low_bits(c->step, c->r);
}

static bool
chain_step(const struct sf_session *s, struct sf_session_chain *c)
{
	uint8_t next[SF_HASH_MAX];

	if (!sf_kdf_ratchet(next, s->crypto, s->suite, sf_bytes(c->key, c->n)))
		return false;
	c->n = s->suite->hash_octets;
	memcpy(c->key, next, c->n);
	s->crypto->wipe(next, sizeof(next));
	c->step++;
	return true;
}

/* A chain that would have the KID, less its step. */
static struct sf_session_chain *
find_chain(struct sf_session *s, uint64_t kid)
{
	for (unsigned i = 0; i < SF_SESSION_CHAINS; i++) {
		struct sf_session_chain *c = &s->chains[i];

		if (c->there && high_bits(kid, c->r) == c->generation)
			return c;
	}
	return NULL;
}

/* Tries a key that is in no table; it goes there when the frame opens. */
static enum sf_said
try_new(struct sf_session *s, const struct sf_sframe_header *h,
    struct sf_bytes base_key, struct sf_bytes metadata, uint8_t *pt,
    uint64_t mark)
{
	struct sf_session_key trial = { .kid = h->kid, .use = SF_USE_RECEIVE };
	struct sf_session_key *k;
	enum sf_said said;

	if (!sf_session_derive(s, &trial, base_key))
		return SF_SAID_FAILED;
	said = sf_session_try(s, &trial, h, metadata, pt);
	s->crypto->aead_free(trial.aead);
	s->crypto->wipe(&trial, sizeof(trial));
	if (said != SF_SAID_OK)
		return said;
	k = sf_session_find(s, SF_USE_RECEIVE, h->kid);
	if (k != NULL) /* of the last time that the step field was here */
		sf_session_drop(s, k);
	/* without room it opened all the same, and is worked out again */
	if (sf_session_add(s, SF_USE_RECEIVE, h->kid, base_key, &k) ==
	    SF_SAID_OK) {
		k->epoch_mark = mark;
		sf_replay_seen(&k->replay, h->ctr);
	}
	return SF_SAID_OK;
}

/* The key of the step before the last has had its time. */
static void
forget_steps(struct sf_session *s, const struct sf_session_chain *from,
    const struct sf_session_chain *to)
{
	/* the step before the last may be kept for reordering */
	for (uint64_t step = from->step == 0 ? 0 : from->step - 1;
	     step + 1 < to->step; step++) {
		struct sf_session_chain c = {
			.r = to->r, .generation = to->generation, .step = step
		};
		struct sf_session_key *k =
		    sf_session_find(s, SF_USE_RECEIVE, chain_kid(&c));

		if (k != NULL && chain_kid(&c) != chain_kid(to))
			sf_session_drop(s, k);
	}
}

static enum sf_said
follow_chain(struct sf_session *s, struct sf_session_chain *c,
    const struct sf_sframe_header *h, struct sf_bytes metadata, uint8_t *pt)
{
	struct sf_session_chain ahead = *c;
	uint64_t steps = low_bits(h->kid - chain_kid(c), c->r);
	enum sf_said said;

	if (steps > SF_SESSION_AHEAD)
		return SF_SAID_KID;
	while (steps-- > 0)
		if (!chain_step(s, &ahead))
			return SF_SAID_FAILED;
	said = try_new(s, h, sf_bytes(ahead.key, ahead.n), metadata, pt, 0);
	if (said == SF_SAID_OK) {
		forget_steps(s, c, &ahead);
		*c = ahead;
	}
	s->crypto->wipe(&ahead, sizeof(ahead));
	return said;
}

static enum sf_said
put_sender(struct sf_session *s, struct sf_session_chain *c, uint64_t *kid)
{
	struct sf_session_key *k;
	enum sf_said said;

	*kid = chain_kid(c);
	said = sf_session_add(s, SF_USE_SEND, *kid, sf_bytes(c->key, c->n), &k);
	if (said == SF_SAID_OK)
		s->sender = *c;
	return said;
}

/* The key that the sender's ratchet has left. */
static void
drop_sender(struct sf_session *s)
{
	struct sf_session_key *k;

	if (!s->sender.there)
		return;
	k = sf_session_find(s, SF_USE_SEND, chain_kid(&s->sender));
	if (k != NULL)
		sf_session_drop(s, k);
}

/* The receiver's chain of this generation, or the oldest. */
static struct sf_session_chain *
chain_place(struct sf_session *s)
{
	return &s->chains[s->next_chain++ % SF_SESSION_CHAINS];
}

enum sf_said
sf_session_chain(struct sf_session *s, enum sf_use use, unsigned r,
    uint64_t generation, struct sf_bytes base_key, uint64_t *kid)
{
	struct sf_session_chain c = { .there = true,
		.use = use,
		.r = r,
		.generation = generation,
		.n = base_key.n };

	if (r > 63 || base_key.n == 0 || base_key.n > sizeof(c.key) ||
	    (r > 0 && generation >> (64 - r) != 0))
		return SF_SAID_PARAM;
	memcpy(c.key, base_key.p, base_key.n);
	*kid = chain_kid(&c);
	if (use == SF_USE_SEND) {
		drop_sender(s);
		return put_sender(s, &c, kid);
	}
	if (find_chain(s, *kid) != NULL)
		return SF_SAID_USAGE;
	*chain_place(s) = c;
	s->crypto->wipe(&c, sizeof(c));
	return SF_SAID_OK;
}

enum sf_said
sf_session_step(struct sf_session *s, uint64_t *kid)
{
	struct sf_session_chain next = s->sender;

	if (!s->sender.there)
		return SF_SAID_KID;
	if (!chain_step(s, &next))
		return SF_SAID_FAILED;
	drop_sender(s);
	return put_sender(s, &next, kid);
}

/* ---- MLS ----------------------------------------------------------------- */

static struct sf_session_epoch *
find_epoch(struct sf_session *s, uint64_t epoch)
{
	for (unsigned i = 0; i < SF_SESSION_EPOCHS; i++)
		if (s->epochs[i].mark != 0 &&
		    low_bits(s->epochs[i].epoch, s->epoch_bits) ==
			low_bits(epoch, s->epoch_bits))
			return &s->epochs[i];
	return NULL;
}

/* An epoch goes, and with it every key that came out of it. */
static void
end_epoch(struct sf_session *s, struct sf_session_epoch *e)
{
	for (size_t i = 0; i < s->n_slots;) {
		struct sf_session_key *k = s->slots[i];

		if (k == NULL || k->epoch_mark != e->mark)
			i++;
		else /* and look at the place again: another may be there */
			sf_session_drop(s, k);
	}
	s->crypto->wipe(e, sizeof(*e));
}

static struct sf_session_epoch *
epoch_place(struct sf_session *s)
{
	struct sf_session_epoch *oldest = &s->epochs[0];

	for (unsigned i = 0; i < SF_SESSION_EPOCHS; i++) {
		if (s->epochs[i].mark == 0)
			return &s->epochs[i];
		if (s->epochs[i].mark < oldest->mark)
			oldest = &s->epochs[i];
	}
	end_epoch(s, oldest);
	return oldest;
}

enum sf_said
sf_session_epoch(struct sf_session *s, uint64_t epoch, struct sf_bytes base_key,
    unsigned epoch_bits, unsigned sender_bits)
{
	struct sf_session_epoch *e;

	if (base_key.n == 0 || base_key.n > SF_BASE_MAX || epoch_bits == 0 ||
	    epoch_bits > 64 || sender_bits > 64 - epoch_bits)
		return SF_SAID_PARAM;
	/* epochs of other widths cannot be told from these by their KIDs */
	if (s->epoch_bits != epoch_bits || s->sender_bits != sender_bits)
		for (unsigned i = 0; i < SF_SESSION_EPOCHS; i++)
			if (s->epochs[i].mark != 0)
				end_epoch(s, &s->epochs[i]);
	s->epoch_bits = epoch_bits;
	s->sender_bits = sender_bits;
	e = find_epoch(s, epoch);
	if (e != NULL && e->epoch == epoch)
		return SF_SAID_USAGE;
	/* RFC 9605 5.2: the old one MUST be removed */
	if (e != NULL)
		end_epoch(s, e);
	e = epoch_place(s);
	e->mark = ++s->marks;
	e->epoch = epoch;
	e->n = base_key.n;
	memcpy(e->key, base_key.p, base_key.n);
	return SF_SAID_OK;
}

enum sf_said
sf_session_epoch_remove(struct sf_session *s, uint64_t epoch)
{
	struct sf_session_epoch *e = find_epoch(s, epoch);

	if (e == NULL || e->epoch != epoch)
		return SF_SAID_KID;
	end_epoch(s, e);
	return SF_SAID_OK;
}

static bool
kid_of_sender(const struct sf_session *s, uint64_t epoch, uint64_t sender,
    uint64_t context, uint64_t *kid)
{
	unsigned both = s->epoch_bits + s->sender_bits;

	if (high_bits(sender, s->sender_bits) != 0 ||
	    (both == 64 ? context != 0 : high_bits(context, 64 - both) != 0))
		return false;
	*kid = low_bits(epoch, s->epoch_bits);
	if (s->epoch_bits < 64)
		*kid |= sender << s->epoch_bits;
	if (both < 64)
		*kid |= context << both;
	return true;
}

enum sf_said
sf_session_seal_mls(struct sf_session *s, uint64_t epoch, uint64_t sender,
    uint64_t context, struct sf_bytes metadata, struct sf_bytes pt,
    uint8_t *out, size_t *n)
{
	struct sf_session_epoch *e = find_epoch(s, epoch);
	struct sf_session_key *k;
	enum sf_said said;
	uint64_t kid;

	if (e == NULL || e->epoch != epoch)
		return SF_SAID_KID;
	if (!kid_of_sender(s, epoch, sender, context, &kid))
		return SF_SAID_PARAM;
	said = sf_session_add(s, SF_USE_SEND, kid, sf_bytes(e->key, e->n), &k);
	if (said != SF_SAID_OK &&
	    (said != SF_SAID_USAGE || k->epoch_mark != e->mark))
		return said;
	k->epoch_mark = e->mark;
	return sf_session_seal_with(s, k, metadata, pt, out, n);
}

/* ---- both ---------------------------------------------------------------- */

enum sf_said
sf_session_follow(struct sf_session *s, const struct sf_sframe_header *h,
    bool known, struct sf_bytes metadata, uint8_t *pt)
{
	struct sf_session_chain *c = find_chain(s, h->kid);
	struct sf_session_epoch *e = find_epoch(s, h->kid);

	if (c != NULL && (!known || h->kid != chain_kid(c)))
		return follow_chain(s, c, h, metadata, pt);
	if (e != NULL && !known)
		return try_new(
		    s, h, sf_bytes(e->key, e->n), metadata, pt, e->mark);
	return SF_SAID_KID;
}
