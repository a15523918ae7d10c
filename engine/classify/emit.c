#include "engine/classify/parts.h"

#include <string.h>

#include "engine/base/hash.h"
#include "engine/dialect/blank.h"

static void
count_limit(struct sf_model *m, enum sf_limit l, struct sf_place place)
{
	if (m->limits[l]++ == 0)
		m->limit_first[l] = place;
}

static struct sf_shown
shown_of(const struct sf_record *r)
{
	struct sf_shown s = {
		.look = r->look,
		.n = r->head_n < SF_SHOWN ? r->head_n : SF_SHOWN,
		.at = r->packet_at,
		.surprise = r->surprise,
		.place = r->first,
	};

	memcpy(s.octets, r->head, s.n);
	return s;
}

static struct sf_aside *
aside_of(struct sf_stream *s, enum sf_apart apart)
{
	switch (apart) {
	case SF_APART_SILENCE:
		return &s->silence;
	case SF_APART_INJECTED:
		return &s->injected;
	case SF_APART_STRANGER:
		return &s->strangers;
	case SF_APART_STRAY:
	case SF_APART_NOT:
		break;
	}
	return &s->strays;
}

/* Silence and strays are counted beside the intervals, not as ones of their
   own: there may be thousands. */
static void
note_apart(struct sf_classifier *c, const struct sf_record *r)
{
	struct sf_aside *a = aside_of(c->pub, r->apart);

	if (a->frames++ == 0) {
		a->first = r->first;
		a->shown = shown_of(r);
	}
	a->last = r->last;
}

/* Of an interval in the clear, the frame that leaves the least doubt. */
static void
keep_shown(struct sf_interval *v, const struct sf_record *r)
{
	if (r->state == SF_STATE_PLAINTEXT &&
	    (v->shown.n == 0 || r->surprise > v->shown.surprise))
		v->shown = shown_of(r);
}

static void
note_interval(struct sf_classifier *c, struct sf_classify_run *run,
    const struct sf_record *r)
{
	struct sf_interval *v = c->interval;

	if (v != NULL && v->state == r->state) {
		v->frames++;
		v->last = r->last;
		keep_shown(v, r);
		return;
	}
	if (run->intervals_used == run->intervals_cap) {
		count_limit(run->model, SF_LIMIT_INTERVALS, r->last);
		return;
	}
	v = &run->intervals[run->intervals_used++];
	*v = (struct sf_interval){ .state = r->state,
		.frames = 1,
		.first = r->first,
		.last = r->last };
	keep_shown(v, r);
	*(c->interval == NULL ? &c->pub->intervals : &c->interval->next) = v;
	c->interval = v;
}

static int
entry_of(const struct sf_record *r)
{
	return r->tried == SF_TRIED_OPENED ? (int)r->entry : -1;
}

/* Sequence numbers between the last frame under a KID and this one that were in
   no frame. */
static uint32_t
missing_before(const struct sf_classifier *c, const struct sf_record *r)
{
	uint64_t all = r->seq - c->use_seq;
	uint64_t seen = (uint64_t)c->without_packets + r->packets;

	if (c->use == NULL || r->seq <= c->use_seq || all <= seen)
		return 0;
	return all - seen > UINT32_MAX ? UINT32_MAX : (uint32_t)(all - seen);
}

static void
begin_key_use(struct sf_classifier *c, struct sf_classify_run *run,
    const struct sf_record *r, const struct sf_frame_event *ev)
{
	struct sf_key_use *u;

	if (run->key_uses_used == run->key_uses_cap) {
		count_limit(run->model, SF_LIMIT_KEY_USES, r->last);
		return;
	}
	u = &run->key_uses[run->key_uses_used++];
	*u = (struct sf_key_use){
		.kid = ev->kid,
		.no_ctr = !ev->has_ctr,
		.first_ctr = ev->ctr,
		.last_ctr = ev->ctr,
		.frames = 1,
		.first = r->last,
		.last = r->last,
		.entry = ev->entry,
		.fingerprint = r->fingerprint,
		.frames_between = c->use == NULL ? 0 : c->without,
		.missing_between = missing_before(c, r),
	};
	*(c->use == NULL ? &c->pub->keys : &c->use->next) = u;
	c->use = u;
}

static void
note_key_use(struct sf_classifier *c, struct sf_classify_run *run,
    const struct sf_record *r, const struct sf_frame_event *ev)
{
	struct sf_key_use *u = c->use;
	int entry = ev->entry;

	if (u != NULL && u->kid == ev->kid &&
	    (entry < 0 || u->entry < 0 ||
		(u->entry == entry && u->fingerprint == r->fingerprint))) {
		if (entry >= 0) {
			u->entry = entry;
			u->fingerprint = r->fingerprint;
		}
		u->frames++;
		u->last_ctr = ev->ctr;
		u->last = r->last;
		return;
	}
	begin_key_use(c, run, r, ev);
}

/* The form of the header: facts that a check judges (RFC 9605 4.3). */
static void
note_form(struct sf_evidence *e, const struct sf_record *r)
{
	const struct sf_run_header *h = &r->header;
	const uint8_t *kid = r->head + h->at + 1;
	const uint8_t *ctr = kid + h->kid_octets;

	e->kid_not_minimal += h->kid_octets > 1 && kid[0] == 0;
	e->ctr_not_minimal += h->ctr_octets > 1 && ctr[0] == 0;
	e->kid_not_inline += h->kid_octets == 1 && h->kid < 8;
	e->ctr_not_inline += h->ctr_octets == 1 && h->ctr < 8;
}

static void
fill_header(struct sf_frame_event *ev, const struct sf_record *r)
{
	const struct sf_run_header *h = &r->header;

	ev->has_header = ev->has_kid = ev->has_ctr = true;
	ev->has_nonce = ev->rises = true;
	ev->header_at = h->at;
	ev->packet_at =
	    r->packet_at == 0 ? 0 : (uint16_t)(r->packet_at + h->at);
	ev->raw_octets = h->octets;
	memcpy(ev->raw, r->head + h->at, h->octets);
	ev->kid = h->kid;
	ev->ctr = h->ctr;
	ev->kid_octets = h->kid_octets;
	ev->ctr_octets = h->ctr_octets;
	ev->draft = r->layout != SF_LAYOUT_RFC9605;
}

uint64_t
sf_classify_scope(const struct sf_record *r, uint64_t kid)
{
	return r->fingerprint != 0 ? r->fingerprint : kid;
}

/* A copy of another stream's frame: that stream is what this one forwards. */
static void
note_seen(struct sf_classifier *c, const struct sf_frame_event *ev, bool crowded)
{
	if (ev->seen_stream == c->pub->id)
		return;
	c->same += ev->seen == SF_SEEN_SAME;
	c->other += ev->seen == SF_SEEN_DIFFERENT && !crowded;
	if (ev->seen == SF_SEEN_SAME && c->pub->forwards == 0)
		c->pub->forwards = ev->seen_stream;
}

/* Was the nonce used before? nonce is CTR, or what stands for all of it. */
static void
ask_seen(struct sf_classifier *c, struct sf_classify_run *run,
    const struct sf_record *r, uint64_t nonce, struct sf_frame_event *ev)
{
	ev->seen_stream = c->pub->id;
	ev->seen = sf_seen_ask(&run->seen, sf_classify_scope(r, ev->kid), nonce,
	    r->content, &ev->seen_stream);
	if (run->seen.forgotten > run->model->limits[SF_LIMIT_SEEN_FRAMES])
		count_limit(run->model, SF_LIMIT_SEEN_FRAMES, r->last);
	note_seen(c, ev, run->seen.crowded);
}

static void
count_tried(struct sf_evidence *e, const struct sf_record *r)
{
	e->tried += r->tried >= SF_TRIED_FORGED;
	e->no_key += r->tried == SF_TRIED_NO_KEY;
}

/* A header of one octet that may stand elsewhere in this key frame. */
static bool
is_guess(const struct sf_classifier *c, const struct sf_record *r)
{
	return r->key && c->key_unsure && r->tried != SF_TRIED_OPENED &&
	       sf_run_short_form(&r->header);
}

/* Cut in units, and not put together again by a key: what stands for KID and CTR
   may lack bits and octets. */
static bool
is_doubtful(const struct sf_classifier *c, const struct sf_record *r)
{
	return c->cut_in_units && r->codec == SF_CODEC_AV1 &&
	       r->tried != SF_TRIED_OPENED;
}

static void
emit_header(struct sf_classifier *c, struct sf_classify_run *run,
    const struct sf_record *r, struct sf_frame_event *ev)
{
	fill_header(ev, r);
	ev->doubtful = is_doubtful(c, r);
	if (is_guess(c, r) || ev->doubtful)
		ev->has_nonce = ev->rises = false;
	if (r->layout == SF_LAYOUT_RFC9605)
		note_form(&c->pub->evidence, r);
	if (ev->has_nonce)
		ask_seen(c, run, r, ev->ctr, ev);
	note_key_use(c, run, r, ev);
	count_tried(&c->pub->evidence, r);
	if (c->unlock != NULL && r->tried != SF_TRIED_OPENED &&
	    sf_keys_too_far(c->unlock->keys, ev->kid, c->pub->ssrc))
		count_limit(run->model, SF_LIMIT_RATCHET, r->last);
	c->run_frames++;
	c->run_layout[r->layout]++;
	/* what is shorter than the prefix has its header earlier */
	c->run_prefixed += !c->placing.descriptor &&
			   (r->header.at > 0 || (r->tried == SF_TRIED_OPENED &&
						    c->placing.at > 0));
	if (r->header.at > 0 && !r->key && !c->placing.descriptor)
		c->prefix = r->header.at;
	c->run_descriptor += r->descriptor || c->placing.descriptor;
}

#define VP9_MARKER 2 /* first two bits of a frame of VP9 */

static void
emit_sight(struct sf_classifier *c, struct sf_classify_run *run,
    const struct sf_record *r, struct sf_frame_event *ev)
{
	enum sf_dialect d = (enum sf_dialect)r->dialect;
	struct sf_stream *pub = c->pub;
	struct sf_sight sight = { 0 };
	const struct sf_sight *s = &sight;

	(void)sf_ways[r->way].read(&sight, r);
	ev->dialect = d;
	ev->kid = s->kid;
	ev->ctr = s->ctr;
	ev->has_kid = s->has_kid;
	ev->has_ctr = s->has_ctr;
	ev->has_nonce = s->has_nonce;
	ev->rises = s->rises;
	ev->source = s->source;
	ev->modulus = s->modulus;
	if (r->tried == SF_TRIED_OPENED && d != SF_DIALECT_DAVE &&
	    r->header.at != UINT8_MAX)
		sight.clear = r->header.at; /* whatever the format's rule */
	/* a key that opened it says which epoch it is of */
	if (!s->has_nonce && s->has_ctr && r->tried == SF_TRIED_OPENED) {
		sight.nonce = sf_mix(s->ctr + 1) + r->entry;
		ev->has_nonce = true;
	}
	if (ev->has_nonce)
		ask_seen(c, run, r, s->nonce, ev);
	if (s->has_kid)
		note_key_use(c, run, r, ev);
	count_tried(&pub->evidence, r);
	c->way_frames++;
	c->way_marked += r->codec == SF_CODEC_VP9 && s->clear == 0 &&
			 s->behind && r->head[0] >> 6 == VP9_MARKER;
	c->way_opened += r->tried == SF_TRIED_OPENED;
	if (r->key)
		c->clear_key = s->clear;
	else
		c->clear = s->clear;
	c->clear_seen |= !r->key;
}

/* What stands in a misfit where the header should be. */
static void
emit_misfit(const struct sf_classifier *c, const struct sf_record *r,
    struct sf_frame_event *ev)
{
	uint8_t at = r->key ? c->placing.at_key : c->placing.at;

	ev->misfit = true;
	ev->doubtful = is_doubtful(c, r);
	ev->draft = c->placing.layout != SF_LAYOUT_RFC9605;
	ev->header_at = at;
	if (at >= r->head_n)
		return;
	ev->raw_octets = (uint8_t)(r->head_n - at);
	if (ev->raw_octets > sizeof(ev->raw))
		ev->raw_octets = sizeof(ev->raw);
	memcpy(ev->raw, r->head + at, ev->raw_octets);
}

/*
 * Did the codec's packetizer go over ciphertext? Then receivers get other
 * octets than the sender's transform gave, unless the frame opens as it came.
 */
static void
note_rewritten(struct sf_classifier *c, const struct sf_record *r)
{
	struct sf_evidence *e = &c->pub->evidence;
	bool cut = r->has_header && r->last_mark != 0 &&
		   r->last_mark >= r->header.at &&
		   (r->rebuilt || r->tried != SF_TRIED_OPENED);

	if (r->state == SF_STATE_PLAINTEXT || !(r->foreign || cut))
		return;
	if (e->rewritten++ == 0) {
		e->rewritten_first = r->first;
		e->rewritten_codec = (enum sf_codec)r->codec;
	}
	e->rewritten_last = r->last;
}

void
sf_classify_emit(struct sf_classifier *c, struct sf_classify_run *run,
    const struct sf_record *r)
{
	struct sf_frame_event ev = {
		.stream = c->pub,
		.first = r->first,
		.last = r->last,
		.number = ++c->number,
		.seq = r->seq,
		.timestamp = r->timestamp,
		.octets = r->octets,
		.packets = r->packets,
		.complete = r->complete,
		.key = r->key,
		.state = r->state,
		.tried = r->tried,
		.entry = entry_of(r),
		.fingerprint = r->fingerprint,
		.content = r->content,
		.copy = c->copies,
		.hop = c->hop && r->complete && !r->has_header &&
		       r->state == SF_STATE_UNKNOWN,
	};

	if (!r->complete) {
		c->pub->incomplete_frames++;
		c->pub->cut_frames += r->cut;
	} else {
		c->pub->frames++;
		c->pub->by_state[r->state]++;
		if (r->apart != SF_APART_NOT)
			note_apart(c, r);
		if (r->apart != SF_APART_SILENCE &&
		    r->apart != SF_APART_INJECTED)
			note_interval(c, run, r);
		note_rewritten(c, r);
		if (r->has_header)
			emit_header(c, run, r, &ev);
		else if (r->dialect != SF_DIALECT_NONE)
			emit_sight(c, run, r, &ev);
		else if (c->running)
			emit_misfit(c, r, &ev);
		ev.blank = !r->has_header && r->dialect == SF_DIALECT_NONE &&
			   sf_dialect_blank(r);
		if (!r->has_header && r->unfollowed &&
		    r->state == SF_STATE_UNKNOWN)
			count_limit(run->model, SF_LIMIT_RATCHET, r->last);
	}
	if (r->complete)
		c->behind = (struct sf_behind){ r->has_header,
			(enum sf_dialect)r->dialect, r->header.kid,
			r->header.ctr };
	if (ev.has_kid) {
		c->use_seq = r->seq;
		c->without = c->without_packets = 0;
	} else {
		c->without++;
		c->without_packets += r->packets;
	}
	if (run->sink != NULL && (!c->copies || ev.seen == SF_SEEN_DIFFERENT))
		run->sink(run->sink_ctx, &ev);
}
