#include "engine/keys/ahead.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/hash.h"
#include "engine/keys/opener.h"

#define WAYS   256 /* streams; a power of two */
#define MAIL   32  /* news on its way */
#define FRAMES 16  /* in a row before it is news: a twin costs as many */

/* How a stream's frames open. */
struct way {
	const struct sf_opener *of; /* never looked into; NULL: free */
	struct sf_placing placing;
	bool prefix;
	struct sf_twin *twin;
};

struct sf_ahead {
	struct way ways[WAYS]; /* the reader's */
	pthread_mutex_t lock;  /* of what follows */
	unsigned n;
	struct way mail[MAIL];
};

struct sf_ahead *
sf_ahead_new(void)
{
	struct sf_ahead *a = calloc(1, sizeof(*a));

	if (a != NULL && pthread_mutex_init(&a->lock, NULL) != 0) {
		free(a);
		a = NULL;
	}
	return a;
}

void
sf_ahead_free(struct sf_ahead *a)
{
	if (a == NULL)
		return;
	for (unsigned i = 0; i < WAYS; i++)
		sf_twin_free(a->ways[i].twin);
	for (unsigned i = 0; i < a->n; i++)
		sf_twin_free(a->mail[i].twin);
	(void)pthread_mutex_destroy(&a->lock);
	free(a);
}

/* ---- the thread that judges ----------------------------------------------- */

static bool
same_placing(const struct sf_placing *a, const struct sf_placing *b)
{
	return a->at == b->at && a->at_key == b->at_key &&
	       a->layout == b->layout && a->descriptor == b->descriptor;
}

/* False when the reader has not heard the last news yet. */
static bool
post(struct sf_ahead *a, struct way w)
{
	bool room;

	(void)pthread_mutex_lock(&a->lock);
	room = a->n < MAIL;
	if (room)
		a->mail[a->n++] = w;
	(void)pthread_mutex_unlock(&a->lock);
	return room;
}

void
sf_ahead_say(struct sf_ahead *a, struct sf_opener *o, struct sf_keys *keys,
    uint32_t ready, bool prefix)
{
	struct sf_ahead_said *s = &o->said;
	struct way w = { .of = o, .placing = o->placing, .prefix = prefix };

	if (s->ready != ready || s->prefix != prefix ||
	    !same_placing(&s->placing, &o->placing))
		*s = (struct sf_ahead_said){ o->placing, ready, prefix, 0 };
	if (s->frames >= FRAMES || ++s->frames < FRAMES)
		return;
	w.twin = sf_keys_twin(keys);
	if (w.twin == NULL || !post(a, w)) {
		sf_twin_free(w.twin);
		s->frames = 0; /* another time */
	}
}

/* ---- the reader ------------------------------------------------------------ */

static struct way *
way_of(struct sf_ahead *a, const struct sf_opener *o)
{
	return &a->ways[sf_mix((uintptr_t)o) & (WAYS - 1)];
}

void
sf_ahead_hear(struct sf_ahead *a)
{
	(void)pthread_mutex_lock(&a->lock);
	for (unsigned i = 0; i < a->n; i++) {
		struct way *w = way_of(a, a->mail[i].of);

		sf_twin_free(w->twin);
		*w = a->mail[i];
	}
	a->n = 0;
	(void)pthread_mutex_unlock(&a->lock);
}

void
sf_ahead_open(struct sf_ahead *a, const struct sf_opener *o,
    struct sf_record *r, struct sf_bytes frame)
{
	const struct way *w = way_of(a, o);
	struct sf_laid l;

	if (w->of != o || !sf_laid_out(&l, r, frame, w->placing, w->prefix) ||
	    !sf_twin_opens(w->twin, l.h.kid, l.h.ctr, l.aad, l.ct))
		return;
	r->early =
	    (struct sf_early){ sf_twin_ready(w->twin), l.h.at, l.prefix };
}
