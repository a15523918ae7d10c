/*
 * session.c - one SFrame context: keys by KID, counters, replay windows. The
 * ways to a key that come out of a KID are in session_keys.c.
 */
#include "engine/session/session_state.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/hash.h"

/* ---- the table ----------------------------------------------------------- */

static size_t
slot_of(const struct sf_session *s, enum sf_use use, uint64_t kid)
{
	return (size_t)sf_mix(kid * 2 + use) & (s->n_slots - 1);
}

struct sf_session_key *
sf_session_find(const struct sf_session *s, enum sf_use use, uint64_t kid)
{
	size_t at = slot_of(s, use, kid);

	while (s->slots[at] != NULL) {
		if (s->slots[at]->kid == kid && s->slots[at]->use == use)
			return s->slots[at];
		at = (at + 1) & (s->n_slots - 1);
	}
	return NULL;
}

static void
put_slot(struct sf_session *s, struct sf_session_key *k)
{
	size_t at = slot_of(s, k->use, k->kid);

	while (s->slots[at] != NULL)
		at = (at + 1) & (s->n_slots - 1);
	s->slots[at] = k;
}

/* Room for one more key, and half of the slots free. */
static bool
grow(struct sf_session *s)
{
	struct sf_session_key **old = s->slots;
	size_t n = s->n_slots;

	if (2 * (s->n_keys + 1) <= n)
		return true;
	s->slots = calloc(2 * n, sizeof(struct sf_session_key *));
	if (s->slots == NULL) {
		s->slots = old;
		return false;
	}
	s->n_slots = 2 * n;
	for (size_t i = 0; i < n; i++)
		if (old[i] != NULL)
			put_slot(s, old[i]);
	free(old);
	return true;
}

static void
free_key(struct sf_session *s, struct sf_session_key *k)
{
	s->crypto->aead_free(k->aead);
	s->crypto->wipe(k, sizeof(*k));
	free(k);
}

/* Takes one out of the table; those behind it move up. */
static void
take_out(struct sf_session *s, struct sf_session_key *k)
{
	size_t at = slot_of(s, k->use, k->kid);

	while (s->slots[at] != k)
		at = (at + 1) & (s->n_slots - 1);
	s->slots[at] = NULL;
	s->n_keys--;
	for (at = (at + 1) & (s->n_slots - 1); s->slots[at] != NULL;
	     at = (at + 1) & (s->n_slots - 1)) {
		struct sf_session_key *moved = s->slots[at];

		s->slots[at] = NULL;
		put_slot(s, moved);
	}
	free_key(s, k);
}

/* ---- keys ---------------------------------------------------------------- */

bool
sf_session_derive(const struct sf_session *s, struct sf_session_key *k,
    struct sf_bytes base_key)
{
	struct sf_schedule schedule;
	bool done =
	    sf_kdf_schedule(&schedule, s->crypto, s->suite, base_key, k->kid);

	if (done) {
		k->aead = s->crypto->aead_new(s->suite, schedule.key);
		memcpy(k->salt, schedule.salt, sizeof(k->salt));
		/* enough of a hash of the base key to know it again */
		memcpy(k->print, schedule.secret, sizeof(k->print));
		done = k->aead != NULL;
	}
	s->crypto->wipe(&schedule, sizeof(schedule));
	return done;
}

static enum sf_said
prepare(
    struct sf_session *s, struct sf_session_key *k, struct sf_bytes base_key)
{
	if (!sf_session_derive(s, k, base_key))
		return SF_SAID_FAILED;
	return k->use == SF_USE_SEND ? sf_session_count(s, k) : SF_SAID_OK;
}

enum sf_said
sf_session_add(struct sf_session *s, enum sf_use use, uint64_t kid,
    struct sf_bytes base_key, struct sf_session_key **out)
{
	struct sf_session_key *k = sf_session_find(s, use, kid);
	enum sf_said said;

	if (k != NULL) {
		*out = k;
		return SF_SAID_USAGE;
	}
	if (s->n_keys == SF_SESSION_KEYS)
		return SF_SAID_LIMIT;
	k = calloc(1, sizeof(*k));
	if (k == NULL || !grow(s)) {
		free(k);
		return SF_SAID_FAILED;
	}
	k->kid = kid;
	k->use = use;
	k->replay.width = s->window;
	said = prepare(s, k, base_key);
	if (said != SF_SAID_OK) {
		free_key(s, k);
		return said;
	}
	s->n_keys++;
	put_slot(s, k);
	*out = k;
	return SF_SAID_OK;
}

void
sf_session_drop(struct sf_session *s, struct sf_session_key *k)
{
	if (k->use == SF_USE_SEND)
		sf_session_uncount(s, k);
	take_out(s, k);
}

enum sf_said
sf_session_key(struct sf_session *s, enum sf_use use, uint64_t kid,
    struct sf_bytes base_key)
{
	enum sf_use other = use == SF_USE_SEND ? SF_USE_RECEIVE : SF_USE_SEND;
	struct sf_session_key *k;

	if (base_key.n == 0)
		return SF_SAID_PARAM;
	/* RFC 9605 4.4.1: for encryption or decryption, never both */
	if (sf_session_find(s, other, kid) != NULL)
		return SF_SAID_USAGE;
	return sf_session_add(s, use, kid, base_key, &k);
}

enum sf_said
sf_session_remove(struct sf_session *s, uint64_t kid)
{
	bool any = false;

	for (int use = SF_USE_SEND; use <= SF_USE_RECEIVE; use++) {
		struct sf_session_key *k =
		    sf_session_find(s, (enum sf_use)use, kid);

		if (k == NULL)
			continue;
		sf_session_drop(s, k);
		any = true;
	}
	return any ? SF_SAID_OK : SF_SAID_KID;
}

enum sf_said
sf_session_counter(struct sf_session *s, uint64_t kid, uint64_t next)
{
	struct sf_session_key *k = sf_session_find(s, SF_USE_SEND, kid);
	struct sf_session_counter *c;

	if (k == NULL)
		return sf_session_find(s, SF_USE_RECEIVE, kid) != NULL
			   ? SF_SAID_USAGE
			   : SF_SAID_KID;
	/* RFC 9605 7.4: never the same key and nonce twice */
	c = &s->counters[k->counter];
	if (c->spent || next < c->next)
		return SF_SAID_EXHAUSTED;
	c->next = next;
	return SF_SAID_OK;
}

/* ---- frames -------------------------------------------------------------- */

enum sf_said
sf_session_seal_with(struct sf_session *s, struct sf_session_key *k,
    struct sf_bytes metadata, struct sf_bytes pt, uint8_t *out, size_t *n)
{
	struct sf_session_counter *c = &s->counters[k->counter];
	uint8_t nonce[SF_NONCE];
	size_t header;

	if (c->spent || (c->reserved != 0 && c->next >= c->reserved))
		return SF_SAID_EXHAUSTED;
	header = sf_sframe_header_write(out, k->kid, c->next);
	sf_kdf_nonce(nonce, k->salt, c->next);
	/* a counter is gone whether or not the library did its work */
	if (c->next == UINT64_MAX)
		c->spent = true;
	else
		c->next++;
	if (!s->crypto->seal(k->aead, nonce, sf_bytes(out, header), metadata,
		pt, out + header))
		return SF_SAID_FAILED;
	*n = header + pt.n + s->suite->tag_octets;
	return SF_SAID_OK;
}

enum sf_said
sf_session_seal(struct sf_session *s, uint64_t kid, struct sf_bytes metadata,
    struct sf_bytes pt, uint8_t *out, size_t *n)
{
	struct sf_session_key *k = sf_session_find(s, SF_USE_SEND, kid);

	if (k == NULL)
		return sf_session_find(s, SF_USE_RECEIVE, kid) != NULL
			   ? SF_SAID_USAGE
			   : SF_SAID_KID;
	return sf_session_seal_with(s, k, metadata, pt, out, n);
}

enum sf_said
sf_session_try(struct sf_session *s, struct sf_session_key *k,
    const struct sf_sframe_header *h, struct sf_bytes metadata, uint8_t *pt)
{
	uint8_t nonce[SF_NONCE];

	if (!sf_replay_fresh(&k->replay, h->ctr))
		return SF_SAID_REPLAY;
	sf_kdf_nonce(nonce, k->salt, h->ctr);
	/* the header as it was sent, not as we would have written it */
	switch (
	    s->crypto->open(k->aead, nonce, h->aad, metadata, h->payload, pt)) {
	case SF_OPENED:
		sf_replay_seen(&k->replay, h->ctr);
		return SF_SAID_OK;
	case SF_FORGED:
		return SF_SAID_AUTH;
	case SF_TOO_SHORT:
		return SF_SAID_SHORT;
	case SF_CRYPTO_FAILED:
		break;
	}
	return SF_SAID_FAILED;
}

enum sf_said
sf_session_open(struct sf_session *s, struct sf_bytes metadata,
    struct sf_bytes ct, uint8_t *pt, struct sf_session_opened *out)
{
	struct sf_sframe_header h;
	struct sf_session_key *k;
	struct sf_diag d;
	enum sf_said said;

	if (sf_sframe_header_parse(&h, ct, &d) != SF_OK)
		return SF_SAID_HEADER;
	if (h.payload.n < s->suite->tag_octets)
		return SF_SAID_SHORT;
	k = sf_session_find(s, SF_USE_RECEIVE, h.kid);
	said = k == NULL ? SF_SAID_KID : sf_session_try(s, k, &h, metadata, pt);
	if (said != SF_SAID_OK) {
		enum sf_said ahead =
		    sf_session_follow(s, &h, k != NULL, metadata, pt);

		if (k == NULL || ahead == SF_SAID_OK)
			said = ahead;
	}
	if (said == SF_SAID_KID &&
	    sf_session_find(s, SF_USE_SEND, h.kid) != NULL)
		said = SF_SAID_USAGE;
	if (said == SF_SAID_OK)
		*out = (struct sf_session_opened){ h.kid, h.ctr,
			h.payload.n - s->suite->tag_octets };
	return said;
}

/* ---- beginning and end --------------------------------------------------- */

struct sf_session *
sf_session_new(
    const struct sf_crypto *c, const struct sf_suite *suite, uint32_t window)
{
	struct sf_session *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->crypto = c;
	s->suite = suite;
	s->window = window < SF_REPLAY_MAX ? window : SF_REPLAY_MAX;
	s->n_slots = 64;
	s->slots = calloc(s->n_slots, sizeof(struct sf_session_key *));
	if (s->slots == NULL) {
		free(s);
		return NULL;
	}
	return s;
}

void
sf_session_free(struct sf_session *s)
{
	const struct sf_crypto *c;

	if (s == NULL)
		return;
	c = s->crypto;
	for (size_t i = 0; i < s->n_slots; i++)
		if (s->slots[i] != NULL)
			free_key(s, s->slots[i]);
	free(s->slots);
	free(s->counters);
	c->wipe(s, sizeof(*s));
	free(s);
}

const struct sf_suite *
sf_session_suite(const struct sf_session *s)
{
	return s->suite;
}
