#include "engine/keys/handoff.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>

#define PARCELS 8
#define REFILL  4   /* a reader that waits goes on when so many are left */
#define ENOUGH  5   /* parcels on their way: the reader opens frames itself */
#define FRAMES  256 /* of one parcel: so many waits the fewer */
#define ALIGN   ((size_t)16)

/* A frame in a parcel; its record follows, when the reader has made it, and its
   octets. */
struct item {
	struct sf_classifier *to;
	struct sf_frame frame;
	bool recorded;
};

#define ITEM   rounded(sizeof(struct item))
#define RECORD rounded(sizeof(struct sf_record))

struct parcel {
	uint8_t *octets;
	unsigned n; /* items, once it was sent */
};

struct sf_handoff {
	struct sf_classify_run *run;
	struct parcel parcels[PARCELS];
	size_t cap; /* octets of a parcel */
	bool open;  /* the reader is filling parcels[sent % PARCELS]: */
	size_t used;
	unsigned n;
	bool busy; /* and the other has enough to do: opens its frames */
	struct sf_ahead *ahead; /* NULL: there is no memory for it */
	bool ended;
	pthread_t thread;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t ready, room;
	size_t sent, judged; /* parcels */
	size_t wanted;       /* the reader waits for so few on their way */
	bool waiting;
	bool closing;
};

static size_t
rounded(size_t n)
{
	return (n + ALIGN - 1) / ALIGN * ALIGN;
}

static size_t
parcel_octets(size_t frame_octets)
{
	return ITEM + RECORD + rounded(frame_octets);
}

size_t
sf_handoff_octets(size_t frame_octets)
{
	return sizeof(struct sf_handoff) +
	       PARCELS * (parcel_octets(frame_octets) + 64) + 64;
}

/* Parcels are aligned as the arena is, items as ALIGN says. */
static struct item *
item_at(uint8_t *p)
{
	return (void *)p;
}

static struct sf_record *
record_at(uint8_t *p)
{
	return (void *)p;
}

/* ---- the thread that judges ----------------------------------------------- */

static void
judge(struct sf_classify_run *run, const struct parcel *p)
{
	uint8_t *at = p->octets;

	for (unsigned i = 0; i < p->n; i++) {
		struct item *item = item_at(at);
		const struct sf_record *record = record_at(at + ITEM);
		size_t octets = item->frame.octets.n;

		at += ITEM + (item->recorded ? RECORD : 0);
		item->frame.octets = sf_bytes(at, octets);
		at += rounded(octets);
		if (item->recorded)
			sf_classify_record(item->to, run, &item->frame, record);
		else
			sf_classify_frame(item->to, run, &item->frame);
	}
}

static void *
work(void *ctx)
{
	struct sf_handoff *h = ctx;

	(void)pthread_mutex_lock(&h->lock);
	for (;;) {
		while (h->sent == h->judged && !h->closing)
			(void)pthread_cond_wait(&h->ready, &h->lock);
		if (h->sent == h->judged)
			break;
		(void)pthread_mutex_unlock(&h->lock);
		judge(h->run, &h->parcels[h->judged % PARCELS]);
		(void)pthread_mutex_lock(&h->lock);
		h->judged++;
		if (h->waiting && h->sent - h->judged <= h->wanted)
			(void)pthread_cond_signal(&h->room);
	}
	(void)pthread_mutex_unlock(&h->lock);
	return NULL;
}

/* Signals are for the thread that the program began with. */
static bool
start_thread(struct sf_handoff *h)
{
	sigset_t all, before;
	bool done;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	done = pthread_create(&h->thread, NULL, work, h) == 0;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return done;
}

/* ---- the thread that reads ------------------------------------------------ */

struct sf_handoff *
sf_handoff_start(
    struct sf_arena *a, size_t frame_octets, struct sf_classify_run *run)
{
	struct sf_handoff *h = sf_arena_take(a, 1, sizeof(*h));

	if (h == NULL)
		return NULL;
	h->run = run;
	h->cap = parcel_octets(frame_octets);
	for (unsigned i = 0; i < PARCELS; i++) {
		h->parcels[i].octets = sf_arena_take(a, 1, h->cap);
		if (h->parcels[i].octets == NULL)
			return NULL;
	}
	if (pthread_mutex_init(&h->lock, NULL) != 0)
		return NULL;
	(void)pthread_cond_init(&h->ready, NULL);
	(void)pthread_cond_init(&h->room, NULL);
	h->ahead = sf_ahead_new();
	run->unlock.ahead = h->ahead;
	if (start_thread(h))
		return h;
	sf_ahead_free(h->ahead);
	run->unlock.ahead = NULL;
	(void)pthread_cond_destroy(&h->room);
	(void)pthread_cond_destroy(&h->ready);
	(void)pthread_mutex_destroy(&h->lock);
	return NULL;
}

static void
send_parcel(struct sf_handoff *h)
{
	if (!h->open)
		return;
	h->open = false;
	h->parcels[h->sent % PARCELS].n = h->n;
	(void)pthread_mutex_lock(&h->lock);
	h->sent++;
	(void)pthread_cond_signal(&h->ready);
	(void)pthread_mutex_unlock(&h->lock);
}

/* When more than most parcels are on their way, waits until only few are: to
   wake a thread for each of them costs more than to judge it. */
static void
wait_for(struct sf_handoff *h, size_t most, size_t few)
{
	(void)pthread_mutex_lock(&h->lock);
	h->wanted = few;
	h->waiting = h->sent - h->judged > most;
	while (h->waiting && h->sent - h->judged > few)
		(void)pthread_cond_wait(&h->room, &h->lock);
	h->waiting = false;
	h->busy = h->sent - h->judged >= ENOUGH;
	(void)pthread_mutex_unlock(&h->lock);
}

static void
open_parcel(struct sf_handoff *h)
{
	if (h->open)
		return;
	wait_for(h, PARCELS - 1, REFILL);
	if (h->busy && h->ahead != NULL)
		sf_ahead_hear(h->ahead);
	h->used = 0;
	h->n = 0;
	h->open = true;
}

/*
 * The reader has time to open it. Of other frames the record is made where it
 * is needed: on its way from one processor to the other it costs more than that.
 */
static void
open_early(struct sf_handoff *h, struct sf_classifier *to, struct item *item,
    struct sf_record *record)
{
	sf_record_of(record, &item->frame);
	sf_ahead_open(h->ahead, &to->opener, record, item->frame.octets);
	item->recorded = true;
}

void
sf_handoff_give(struct sf_handoff *h, struct sf_classifier *to,
    const struct sf_frame *frame)
{
	size_t octets = frame->octets.n;
	size_t need = parcel_octets(octets);
	struct item *item;
	uint8_t *p;

	if (h->open && (h->n == FRAMES || need > h->cap - h->used))
		send_parcel(h);
	if (need > h->cap) { /* by itself, when all before it are through */
		wait_for(h, 0, 0);
		sf_classify_frame(to, h->run, frame);
		return;
	}
	open_parcel(h);
	p = h->parcels[h->sent % PARCELS].octets + h->used;
	item = item_at(p);
	*item = (struct item){ .to = to, .frame = *frame };
	if (h->busy && h->ahead != NULL)
		open_early(h, to, item, record_at(p + ITEM));
	need = ITEM + (item->recorded ? RECORD : 0);
	if (octets != 0) /* an incomplete frame has none, and no place */
		memcpy(p + need, frame->octets.p, octets);
	h->used += need + rounded(octets);
	h->n++;
}

void
sf_handoff_wait(struct sf_handoff *h)
{
	send_parcel(h);
	wait_for(h, 0, 0);
}

void
sf_handoff_end(struct sf_handoff *h)
{
	if (h == NULL || h->ended)
		return;
	send_parcel(h);
	(void)pthread_mutex_lock(&h->lock);
	h->closing = true;
	(void)pthread_cond_signal(&h->ready);
	(void)pthread_mutex_unlock(&h->lock);
	(void)pthread_join(h->thread, NULL);
	h->run->unlock.ahead = NULL;
	sf_ahead_free(h->ahead);
	(void)pthread_cond_destroy(&h->room);
	(void)pthread_cond_destroy(&h->ready);
	(void)pthread_mutex_destroy(&h->lock);
	h->ended = true;
}
