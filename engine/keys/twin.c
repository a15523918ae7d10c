/* A ready key for another thread. */
#include "engine/keys/parts.h"

#include <stdlib.h>

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
	if (!sf_keys_base(k, &t->slot.use, &base) ||
	    !sf_keys_ready(k, &t->slot, &base)) {
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
	sf_keys_wipe(c, t, sizeof(*t));
}
