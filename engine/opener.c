#include "engine/opener.h"

#include <string.h>

#define SCANS     200 /* frames on which every placing is tried */
#define DEEPEST   80  /* octets of clear prefix tried */
#define AAD_MAX   (17 + SF_RECORD_HEAD) /* a header and a prefix */
#define CONTROLS  4 /* frames of a stream put to a changed key */
#define DIAGNOSES 3 /* times that a stream's failure is looked into */

struct attempt {
	const struct sf_unlock *unlock;
	struct sf_record *r;
	struct sf_bytes frame;
	uint32_t ssrc;
	bool prefix; /* the clear prefix was authenticated, too */
};

static struct sf_bytes
behind(struct sf_bytes frame, const struct sf_run_header *h)
{
	size_t at = (size_t)h->at + h->octets;

	return sf_bytes(frame.p + at, frame.n - at);
}

/*
 * What is authenticated besides the ciphertext: the header, and behind it the
 * clear prefix, where a sender gives that as metadata (RFC 9605 4.4.3).
 */
static struct sf_bytes
authenticated(uint8_t room[AAD_MAX], struct sf_bytes frame,
    const struct sf_run_header *h, bool prefix)
{
	memcpy(room, frame.p + h->at, h->octets);
	if (prefix)
		memcpy(room + h->octets, frame.p, h->at);
	return sf_bytes(room, h->octets + (prefix ? (size_t)h->at : 0));
}

/* One placing: no header, no key for it, not opened, or opened. */
static enum sf_tried
try_at(struct attempt *t, struct sf_placing p)
{
	struct sf_run_header h;
	struct sf_opened got;
	uint8_t aad[AAD_MAX];
	bool prefix;

	if (!sf_run_header(&h, t->r, p))
		return SF_TRIED_NOT;
	prefix = h.at > 0 && !p.descriptor;
	got = sf_keys_open(t->unlock->keys, h.kid, h.ctr, t->ssrc,
	    authenticated(aad, t->frame, &h, prefix), behind(t->frame, &h),
	    NULL);
	if (!got.known)
		return SF_TRIED_NO_KEY;
	if (got.status != SF_OPENED && prefix) {
		prefix = false;
		got = sf_keys_open(t->unlock->keys, h.kid, h.ctr, t->ssrc,
		    authenticated(aad, t->frame, &h, false),
		    behind(t->frame, &h), NULL);
	}
	if (got.status != SF_OPENED)
		return SF_TRIED_FORGED;
	t->prefix = prefix;
	t->r->header = h;
	t->r->suite = got.suite;
	t->r->entry = got.entry;
	t->r->fingerprint = got.fingerprint;
	return SF_TRIED_OPENED;
}

/* The negative control: a key changed in one bit must open nothing. */
static void
control(struct sf_opener *o, struct attempt *t)
{
	const struct sf_run_header *h = &t->r->header;
	uint8_t aad[AAD_MAX];

	o->controls++;
	o->controls_opened += sf_keys_control(t->unlock->keys, h->kid, h->ctr,
	    t->ssrc, authenticated(aad, t->frame, h, t->prefix),
	    behind(t->frame, h));
}

static enum sf_tried
opened(struct sf_opener *o, struct attempt *t, struct sf_placing p)
{
	uint8_t at = t->r->header.at;

	if (t->r->key) {
		o->placing.at_key = at;
		o->settled_key = true;
	} else {
		o->placing.at = at;
		o->settled = true;
	}
	o->placing.descriptor = p.descriptor;
	o->suite = t->r->suite;
	if (o->controls < CONTROLS)
		control(o, t);
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
	if (o->diagnosis.mistake != SF_MISTAKE_NONE || o->stash == NULL ||
	    o->diagnosed == DIAGNOSES || t->frame.n > SF_STASH)
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

void
sf_opener_try(struct sf_opener *o, const struct sf_unlock *u,
    struct sf_record *r, struct sf_bytes frame, uint32_t ssrc,
    struct sf_placing *placing)
{
	struct attempt t = { u, r, frame, ssrc, false };
	bool known = r->key ? o->settled_key : o->settled;
	enum sf_tried got = try_at(&t, o->placing);

	if (got == SF_TRIED_OPENED)
		got = opened(o, &t, o->placing);
	else if (!known && o->scans < SCANS) {
		o->scans++;
		got = scan(o, &t, got);
	}
	if (got == SF_TRIED_FORGED)
		look_into(o, &t, r->key ? o->placing.at_key : o->placing.at);
	r->tried = got;
	*placing = o->placing;
}

void
sf_opener_finish(struct sf_opener *o, const struct sf_unlock *u, uint32_t ssrc)
{
	if (o->stash_n != 0 && o->diagnosis.mistake == SF_MISTAKE_NONE &&
	    o->diagnosed < DIAGNOSES)
		diagnose(o, u, sf_bytes(NULL, 0), ssrc);
	o->stash_n = 0;
}
