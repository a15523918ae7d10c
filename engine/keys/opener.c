#include "engine/keys/opener.h"

#include <string.h>

#include "engine/dialect/way.h"

#define SCANS     200 /* frames on which every placing is tried in vain */
#define LATER_SCANS 32  /* of the frames behind those, one in so many */
#define DEEPEST   80  /* octets of clear prefix tried */
#define CONTROLS  4   /* frames of a stream put to a changed key */
#define DIAGNOSES 3   /* times that a stream's failure is looked into */
#define STRANGERS 16 /* streams of which frames without a key are looked into */
#define LATER                                                                  \
	64 /* frames that failed before the last of them: by then it
                         is known which other streams there are */

struct attempt {
	const struct sf_unlock *unlock;
	struct sf_record *r;
	struct sf_bytes frame;
	uint32_t ssrc;
	bool prefix;    /* the clear prefix was authenticated, too */
	bool empty;     /* nothing was encrypted, so all of it may be clear */
	uint32_t ready; /* number of the key that opened it */
};

bool
sf_laid_out(struct sf_laid *l, const struct sf_record *r, struct sf_bytes frame,
    struct sf_placing p, bool prefix)
{
	size_t at, n;

	if (!sf_run_header(&l->h, r, p))
		return false;
	at = l->h.at;
	n = l->h.octets;
	l->prefix = prefix && at > 0 && !p.descriptor;
	memcpy(l->room, frame.p + at, n);
	if (l->prefix)
		memcpy(l->room + n, frame.p, at);
	l->aad = sf_bytes(l->room, n + (l->prefix ? at : 0));
	l->ct = sf_bytes(frame.p + at + n, frame.n - at - n);
	return true;
}

/* One placing and one reading of the prefix. */
static struct sf_opened
ask(struct attempt *t, const struct sf_laid *l)
{
	const struct sf_early *e = &t->r->early;
	bool same = e->at == l->h.at && e->prefix == l->prefix;

	return sf_keys_open_again(t->unlock->keys, l->h.kid, l->h.ctr, t->ssrc,
	    l->aad, l->ct, same ? e->ready : 0);
}

/* One placing: no header, no key for it, not opened, or opened. */
static enum sf_tried
try_at(struct attempt *t, struct sf_placing p)
{
	struct sf_laid l;
	struct sf_opened got;

	if (!sf_laid_out(&l, t->r, t->frame, p, true))
		return SF_TRIED_NOT;
	got = ask(t, &l);
	if (!got.known)
		return SF_TRIED_NO_KEY;
	if (got.status != SF_OPENED && l.prefix) {
		l.prefix = false;
		l.aad.n = l.h.octets;
		got = ask(t, &l);
	}
	if (got.status != SF_OPENED)
		return SF_TRIED_FORGED;
	t->prefix = l.prefix;
	t->empty = l.ct.n == sf_suite_by_id(got.suite)->tag_octets;
	t->ready = got.ready;
	t->r->header = l.h;
	t->r->suite = got.suite;
	t->r->entry = got.entry;
	t->r->fingerprint = got.fingerprint;
	return SF_TRIED_OPENED;
}

/*
 * A frame shorter than what its sender leaves clear is clear as a whole: its
 * header comes earlier than in others, and behind it is the tag alone.
 */
static enum sf_tried
try_shorter(const struct sf_opener *o, struct attempt *t)
{
	uint8_t usual = t->r->key ? o->placing.at_key : o->placing.at;
	const struct sf_suite *suite = sf_suite_by_id(o->suite);
	struct sf_laid l;

	if (suite == NULL || o->placing.descriptor)
		return SF_TRIED_NOT;
	for (uint8_t at = 0; at < usual; at++) {
		struct sf_placing p = { at, at, SF_LAYOUT_RFC9605, false };

		if (sf_laid_out(&l, t->r, t->frame, p, false) &&
		    l.ct.n == suite->tag_octets &&
		    try_at(t, p) == SF_TRIED_OPENED)
			return SF_TRIED_OPENED;
	}
	return SF_TRIED_NOT;
}

/* The negative control: a key changed in one bit must open nothing. */
static void
control(struct sf_opener *o, struct attempt *t, struct sf_placing p)
{
	struct sf_laid l;

	o->controls++;
	if (sf_laid_out(&l, t->r, t->frame, p, t->prefix))
		o->controls_opened += sf_keys_control(
		    t->unlock->keys, l.h.kid, l.h.ctr, t->ssrc, l.aad, l.ct);
}

static enum sf_tried
opened(struct sf_opener *o, struct attempt *t, struct sf_placing p)
{
	uint8_t at = t->r->header.at;

	o->suite = t->r->suite;
	if (o->controls < CONTROLS)
		control(o, t, p);
	if (t->empty)
		return SF_TRIED_OPENED; /* others may have it elsewhere */
	if (t->r->key) {
		o->placing.at_key = at;
		o->settled_key = true;
	} else {
		o->placing.at = at;
		o->settled = true;
	}
	o->placing.descriptor = p.descriptor;
	if (t->unlock->ahead != NULL)
		sf_ahead_say(t->unlock->ahead, o, t->unlock->keys, t->ready,
		    at == 0 || p.descriptor ? o->said.prefix : t->prefix);
	return SF_TRIED_OPENED;
}

/* Every place where a header may be; the first that opens is kept. */
static enum sf_tried
scan(struct sf_opener *o, struct attempt *t, enum sf_tried so_far)
{
	for (unsigned at = 0; at <= DEEPEST; at++) {
		uint8_t first = t->frame.n > 0 ? t->frame.p[0] : 0;
		struct sf_placing p = { (uint8_t)at, (uint8_t)at,
			SF_LAYOUT_RFC9605, at == 1 && (first & 0x9f) == 0x80 };

		if (try_at(t, p) == SF_TRIED_OPENED)
			return opened(o, t, p);
	}
	return so_far;
}

static enum sf_tried
scan_usual(struct sf_opener *o, struct attempt *t, enum sf_tried so_far)
{
	int16_t at = sf_way_clear(t->r);
	struct sf_placing p = { (uint8_t)at, (uint8_t)at, SF_LAYOUT_RFC9605,
		false };

	if (at <= 0 || at > DEEPEST || try_at(t, p) != SF_TRIED_OPENED)
		return so_far;
	return opened(o, t, p);
}

/*
 * Nothing opened where the last frame did. A sender may have begun in the clear,
 * and for long: the place that is usual is looked at however many frames have
 * been, and every place now and then.
 */
static enum sf_tried
look_elsewhere(struct sf_opener *o, struct attempt *t, enum sf_tried so_far)
{
	bool settled = t->r->key ? o->settled_key : o->settled;
	bool all =
	    o->scans < SCANS || (!settled && o->scans % LATER_SCANS == 0);
	enum sf_tried got = all        ? scan(o, t, so_far)
			    : !settled ? scan_usual(o, t, so_far)
				       : so_far;

	if (all)
		t->r->asked_at = SF_ASKED_ALL;
	o->scans += got != SF_TRIED_OPENED;
	return got;
}

static void
diagnose(struct sf_opener *o, const struct sf_unlock *u, struct sf_bytes other,
    uint32_t ssrc)
{
	struct sf_bytes first = sf_bytes(o->stash, o->stash_n);

	o->diagnosed++;
	(void)sf_diagnose(&o->diagnosis, u->crypto, u->file, first, o->stash_at,
	    ssrc, other, u->ssrcs, u->n_ssrcs);
}

/* Keeps the first frame that does not open; the next one is asked with it. */
static void
look_into(struct sf_opener *o, struct attempt *t, size_t at)
{
	if (t->r->tried == SF_TRIED_FORGED)
		o->failures++;
	if (o->diagnosis.mistake != SF_MISTAKE_NONE || o->stash == NULL ||
	    t->frame.n > SF_STASH ||
	    (o->diagnosed == DIAGNOSES && o->stash_n != 0))
		return;
	if (o->stash_n != 0 && o->diagnosed + 1 == DIAGNOSES &&
	    o->failures < LATER)
		return;
	if (o->stash_n != 0) {
		diagnose(o, t->unlock, t->frame, t->ssrc);
		o->stash_n = 0;
		return;
	}
	memcpy(o->stash, t->frame.p, t->frame.n);
	o->stash_n = t->frame.n;
	o->stash_at = at;
}

/*
 * Nothing has a key, and nothing has opened: the header may be what is wrong.
 * Asked of two frames of a stream, and of few streams.
 */
static bool
is_strange(
    const struct sf_opener *o, const struct sf_unlock *u, enum sf_tried got)
{
	return got != SF_TRIED_OPENED && o->suite == 0 && o->diagnosed == 0 &&
	       u->n_ssrcs <= STRANGERS;
}

static bool
is_unfollowed(
    const struct sf_opener *o, const struct attempt *t, struct sf_placing p)
{
	struct sf_run_header h;

	return o->suite == 0 && sf_run_header(&h, t->r, p) &&
	       sf_keys_too_far(t->unlock->keys, h.kid, t->ssrc);
}

void
sf_opener_try(struct sf_opener *o, const struct sf_unlock *u,
    struct sf_record *r, struct sf_bytes frame, uint32_t ssrc,
    struct sf_placing *placing)
{
	struct attempt t = {
		.unlock = u, .r = r, .frame = frame, .ssrc = ssrc
	};
	enum sf_tried got = try_at(&t, o->placing);

	r->asked_at = r->key ? o->placing.at_key : o->placing.at;
	if (got == SF_TRIED_OPENED) {
		got = opened(o, &t, o->placing);
	} else if (try_shorter(o, &t) == SF_TRIED_OPENED) {
		got = SF_TRIED_OPENED;
	} else {
		got = look_elsewhere(o, &t, got);
	}
	r->tried = got;
	r->unfollowed =
	    got != SF_TRIED_OPENED && is_unfollowed(o, &t, o->placing);
	if (got == SF_TRIED_FORGED && o->controls < CONTROLS)
		control(o, &t, o->placing);
	if (got == SF_TRIED_FORGED || is_strange(o, u, got))
		look_into(o, &t, r->key ? o->placing.at_key : o->placing.at);
	*placing = o->placing;
}

void
sf_opener_finish(struct sf_opener *o, const struct sf_unlock *u, uint32_t ssrc)
{
	struct sf_bytes frame = sf_bytes(o->stash, o->stash_n);

	if (o->stash_n != 0 && o->diagnosis.mistake == SF_MISTAKE_NONE) {
		if (o->diagnosed < DIAGNOSES)
			diagnose(o, u, sf_bytes(NULL, 0), ssrc);
		else /* by now there are more of them */
			(void)sf_diagnose_ssrcs(&o->diagnosis, u->crypto,
			    u->file, frame, o->stash_at, ssrc, u->ssrcs,
			    u->n_ssrcs);
	}
	o->stash_n = 0;
}
