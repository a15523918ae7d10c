#include "engine/srtp/parts.h"

#define FEW 64 /* keys that are all searched in full */

bool
sf_srtp_try(
    struct sf_srtp *s, struct sf_srtp_job *j, uint32_t key, uint32_t roc)
{
	return sf_srtp_master_rtp(&s->keys[key].m, &j->shape, roc,
		   s->out + j->front, &j->n) == SF_OPENED;
}

uint32_t
sf_srtp_guess(const struct sf_srtp_flow *f, uint16_t seq)
{
	if (f->top < 0x8000)
		return seq > f->top && seq - f->top > 0x8000 ? f->roc - 1
							     : f->roc;
	return f->top - 0x8000 > seq ? f->roc + 1 : f->roc;
}

bool
sf_srtp_spend(struct sf_srtp *s)
{
	if (s->tries >= s->tries_most) {
		s->searches_cut++;
		return false;
	}
	s->tries++;
	return true;
}

/* The counters that are likely: told, known, none, around the known one. */
static bool
likely(struct sf_srtp *s, struct sf_srtp_flow *f, struct sf_srtp_job *j,
    uint32_t key, struct sf_srtp_found *out)
{
	const struct sf_srtp_ready *k = &s->keys[key];
	uint32_t about = f->key != 0 ? sf_srtp_guess(f, j->shape.seq) : 0;
	uint32_t rocs[] = { k->has_roc ? k->roc : about, about, 0, about + 1,
		about - 1, k->roc + 1 };

	for (size_t i = 0; i < sizeof(rocs) / sizeof(rocs[0]); i++) {
		bool again = false;

		for (size_t o = 0; o < i; o++)
			again = again || rocs[o] == rocs[i];
		if (again || rocs[i] == UINT32_MAX)
			continue;
		if (!sf_srtp_spend(s))
			return false;
		if (sf_srtp_try(s, j, key, rocs[i])) {
			*out = (struct sf_srtp_found){ key, rocs[i] };
			return true;
		}
	}
	return false;
}

static bool
every(struct sf_srtp *s, struct sf_srtp_job *j, uint32_t key,
    struct sf_srtp_found *out)
{
	for (uint32_t roc = 1; roc <= SF_SRTP_ROCS; roc++) {
		if (!sf_srtp_spend(s))
			return false;
		if (sf_srtp_try(s, j, key, roc)) {
			*out = (struct sf_srtp_found){ key, roc };
			return true;
		}
	}
	return false;
}

bool
sf_srtp_search(struct sf_srtp *s, struct sf_srtp_flow *f, struct sf_srtp_job *j,
    bool full, struct sf_srtp_found *out)
{
	uint32_t keys = 0;

	for (size_t i = s->n_keys; i-- > 0;) {
		if (!sf_srtp_in_scope(&s->keys[i], f))
			continue;
		keys++;
		if (likely(s, f, j, (uint32_t)i, out))
			return true;
	}
	f->facts.keys = keys;
	if (f->facts.rocs == 0)
		f->facts.rocs = 1;
	if (!full)
		return false;
	if (keys <= FEW)
		f->facts.rocs = SF_SRTP_ROCS + 1;
	for (unsigned pass = 0; pass < 2; pass++)
		for (size_t i = s->n_keys; i-- > 0;)
			if (sf_srtp_in_scope(&s->keys[i], f) &&
			    sf_srtp_is_near(&s->keys[i], f) == (pass == 0) &&
			    (pass == 0 || keys <= FEW) &&
			    every(s, j, (uint32_t)i, out))
				return true;
	return false;
}
