/*
 * inferred.c - MID, RID and repaired RID (RFC 8852, RFC 9143 15) where SDP does
 * not say which header extensions they are.
 *
 * Each is a short word that never changes within an SSRC, which few extensions
 * are; but an audio level may stand still, and a constant may be a word by
 * chance. So no word is believed by itself. What tells is how those of several
 * streams between the same addresses lie to each other: a repair stream bears
 * under an id of its own what its media stream bears under another; layers of
 * one source share one word and differ in a second; audio and video of one
 * bundle differ in the one that layers share.
 */
#include "engine/streams/elements.h"
#include "engine/streams/parts.h"

#define LOOK  128 /* first packets whose words are read */
#define GROUP 64  /* streams of one pair of addresses that are looked at */
#define EARLY 512 /* numbers before the first one seen that RTX may ask for */
#define TICKS 16  /* pairs of a group whose clocks are compared */
#define LEAST 8   /* packets with a MID, when nothing else speaks for it */

/* ---- words as they come ------------------------------------------------------ */

/* RFC 8851 10 allows letters, digits, "-" and "_" in a RID, RFC 8852 3 sixteen
   octets; a MID is a token, and those in use are of the same kind. */
static bool
is_word(struct sf_bytes b)
{
	if (b.n == 0 || b.n > SF_WORD_MAX)
		return false;
	for (size_t i = 0; i < b.n; i++) {
		uint8_t c = b.p[i], low = c | 0x20;

		if (!(low >= 'a' && low <= 'z') && !(c >= '0' && c <= '9') &&
		    c != '-' && c != '_')
			return false;
	}
	return true;
}

static bool
was_spoilt(const struct sf_words *w, uint8_t id)
{
	return (w->spoilt[id / 64] >> id % 64 & 1) != 0;
}

/* The row of an id; the number of rows when there is none. */
static unsigned
index_of(const struct sf_words *w, uint8_t id)
{
	unsigned i = 0;

	while (i < w->n && w->rows[i].id != id)
		i++;
	return i;
}

static const struct sf_word *
word(const struct sf_track *t, uint8_t id)
{
	unsigned i = index_of(&t->words, id);

	return i < t->words.n ? &t->words.rows[i] : NULL;
}

/* Whatever comes under this id, it is no name. */
static void
spoil(struct sf_words *w, struct sf_word *row, uint8_t id)
{
	w->spoilt[id / 64] |= (uint64_t)1 << id % 64;
	if (row != NULL)
		*row = w->rows[--w->n];
}

static void
note_word(struct sf_words *w, const struct sf_element *e)
{
	unsigned i = index_of(w, e->id);
	struct sf_word *row = i < w->n ? &w->rows[i] : NULL;

	if (e->id == 0 || was_spoilt(w, e->id))
		return;
	if (!is_word(e->data) ||
	    (row != NULL &&
		(row->octets != e->data.n ||
		    memcmp(row->text, e->data.p, e->data.n) != 0))) {
		spoil(w, row, e->id);
		return;
	}
	if (row == NULL) {
		if (w->n == SF_WORDS)
			return;
		row = &w->rows[w->n++];
		*row = (struct sf_word){ .id = e->id,
			.octets = (uint8_t)e->data.n };
		memcpy(row->text, e->data.p, e->data.n);
	}
	row->packets++;
}

void
sf_words_note(struct sf_track *t, const struct sf_rtp *rtp)
{
	struct sf_bytes rest = rtp->ext;
	struct sf_element e;

	if (t->pub.packets > LOOK)
		return;
	while (sf_element_next(&e, &rest, rtp))
		note_word(&t->words, &e);
}

/* ---- how two streams lie to each other ---------------------------------------- */

static bool
equal(const struct sf_word *a, const struct sf_word *b)
{
	return a != NULL && b != NULL && a->octets == b->octets &&
	       memcmp(a->text, b->text, a->octets) == 0;
}

static bool
differ(const struct sf_word *a, const struct sf_word *b)
{
	return a != NULL && b != NULL && !equal(a, b);
}

static bool
has_words(const struct sf_streams *s, const struct sf_track *t)
{
	return t->words.n > 0 &&
	       !sf_track_sdp_lists(s->sdp, t->pub.ssrc, t->pub.pts[0]);
}

static bool
same_path(const struct sf_stream *a, const struct sf_stream *b)
{
	return a->input == b->input &&
	       memcmp(&a->src, &b->src, sizeof(a->src)) == 0 &&
	       memcmp(&a->dst, &b->dst, sizeof(a->dst)) == 0;
}

static bool
is_media(const struct sf_track *t)
{
	return t->lane != NULL && t->pub.kind != SF_KIND_REPAIR;
}

/*
 * Under which ids does x call itself a repair of a? One word they share (MID);
 * the other a has under an id that x does not use (RID), and x the same under
 * one that a does not use (repaired RID).
 */
static bool
names_repaired(
    struct sf_name_ids *ids, const struct sf_track *x, const struct sf_track *a)
{
	const struct sf_words *w = &x->words, *v = &a->words;
	unsigned shared = 0, crossed = 0;

	*ids = (struct sf_name_ids){ .inferred = true };
	for (unsigned i = 0; i < w->n; i++) {
		const struct sf_word *other = word(a, w->rows[i].id);

		if (other != NULL && !equal(&w->rows[i], other))
			return false;
		shared += other != NULL;
		if (other != NULL)
			ids->mid = other->id;
		for (unsigned k = 0; other == NULL && k < v->n; k++)
			if (word(x, v->rows[k].id) == NULL &&
			    equal(&w->rows[i], &v->rows[k])) {
				crossed++;
				ids->repaired_rid = w->rows[i].id;
				ids->rid = v->rows[k].id;
			}
	}
	return shared == 1 && crossed == 1;
}

/* Are the numbers that the packets held begin with (RFC 4588 4) such as a has
   sent? Random octets are so in a packet of many. */
static bool
asks_for_sent(
    struct sf_streams *s, const struct sf_track *x, const struct sf_track *a)
{
	unsigned n = 0, fit = 0;

	for (uint32_t at = x->held; at != 0; at = sf_held_at(s, at)->next) {
		struct sf_bytes p = sf_held_at(s, at)->unit.payload;
		uint64_t seq;

		if (p.n < 2)
			continue;
		seq = sf_track_extend(a, (uint16_t)(p.p[0] << 8 | p.p[1]));
		n++;
		fit += seq + EARLY >= a->first_seq && seq <= a->highest;
	}
	return fit * 10 >= n * 9;
}

struct sf_track *
sf_inferred_repaired(struct sf_streams *s, const struct sf_track *x)
{
	struct sf_track *found = NULL;
	struct sf_name_ids ids;

	if (!has_words(s, x))
		return NULL;
	for (size_t i = 0; i < s->n_tracks; i++) {
		struct sf_track *a = &s->tracks[i];

		if (a == x || !is_media(a) || a->pub.kind != SF_KIND_VIDEO ||
		    !has_words(s, a) || a->pub.pts[0] == x->pub.pts[0] ||
		    !same_path(&a->pub, &x->pub) ||
		    !names_repaired(&ids, x, a) || !asks_for_sent(s, x, a))
			continue;
		if (found != NULL)
			return NULL;
		found = a;
	}
	return found;
}

/* ---- which ids are the names' ------------------------------------------------- */

/* The streams between two addresses. */
struct group {
	struct sf_track *of[GROUP];
	size_t n;
	unsigned ticks; /* pairs compared */
};

static void
gather(struct group *g, struct sf_streams *s, const struct sf_track *first)
{
	g->n = g->ticks = 0;
	for (size_t i = 0; i < s->n_tracks && g->n < GROUP; i++) {
		struct sf_track *t = &s->tracks[i];

		if (t->lane != NULL && has_words(s, t) &&
		    same_path(&t->pub, &first->pub))
			g->of[g->n++] = t;
	}
}

/* Do two streams of one codec, video both, share a MID and differ in the RID? */
static bool
are_layers(const struct sf_track *a, const struct sf_track *b,
    const struct sf_name_ids *ids)
{
	return a->pub.kind == SF_KIND_VIDEO && b->pub.kind == SF_KIND_VIDEO &&
	       a->pub.pts[0] == b->pub.pts[0] && a->pub.codec == b->pub.codec &&
	       equal(word(a, ids->mid), word(b, ids->mid)) &&
	       differ(word(a, ids->rid), word(b, ids->rid));
}

/* Audio of the bundle has a MID of its own. */
static bool
audio_differs(const struct group *g, const struct sf_track *a, uint8_t mid)
{
	bool any = false;

	for (size_t i = 0; i < g->n; i++) {
		const struct sf_track *t = g->of[i];

		if (t->pub.kind != SF_KIND_AUDIO || word(t, mid) == NULL)
			continue;
		if (!differ(word(t, mid), word(a, mid)))
			return false;
		any = true;
	}
	return any;
}

/* Nothing may speak against it: RIDs are borne by video that has a MID as well;
   and what is known by its octets to repair a stream has that stream's MID. */
static bool
contradicts(const struct sf_track *t, const struct sf_name_ids *ids)
{
	const struct sf_word *m = word(t, ids->mid), *r = word(t, ids->rid);

	if (r != NULL && (m == NULL || t->pub.kind != SF_KIND_VIDEO))
		return true;
	return t->pub.kind == SF_KIND_REPAIR && t->repaired != NULL &&
	       differ(m, word(t->repaired, ids->mid));
}

/* Fills repaired_rid where a repair stream is what shows it. */
static bool
is_shown(struct group *g, struct sf_name_ids *ids)
{
	struct sf_name_ids by;
	bool shown = false;

	for (size_t i = 0; i < g->n; i++) {
		const struct sf_track *t = g->of[i];

		if (contradicts(t, ids))
			return false;
		if (t->repaired != NULL &&
		    names_repaired(&by, t, t->repaired) && by.mid == ids->mid &&
		    by.rid == ids->rid) {
			ids->repaired_rid = by.repaired_rid;
			shown = true;
		}
		for (size_t k = 0; k < i && !shown; k++)
			shown = are_layers(t, g->of[k], ids) &&
				(audio_differs(g, t, ids->mid) ||
				    (g->ticks++ < TICKS &&
					sf_simulcast_tick_as_one(t, g->of[k])));
	}
	return shown;
}

/* Tries each id of a stream; two that may be the one are none. */
static bool
find_rid(struct group *g, struct sf_name_ids *out)
{
	bool found = false;

	for (size_t i = 0; i < g->n; i++) {
		const struct sf_words *w = &g->of[i]->words;

		for (unsigned m = 0; m < w->n; m++)
			for (unsigned r = 0; r < w->n; r++) {
				struct sf_name_ids ids = { .mid = w->rows[m].id,
					.rid = w->rows[r].id,
					.inferred = true };

				if (m == r || !is_shown(g, &ids))
					continue;
				if (found && (out->mid != ids.mid ||
						 out->rid != ids.rid))
					return false;
				found = true;
				*out = ids;
			}
	}
	return found;
}

/* MID alone: one word for audio and another for video, and what repairs a stream
   has that stream's. */
static bool
is_mid(const struct group *g, uint8_t id)
{
	struct sf_name_ids ids = { .mid = id };
	const struct sf_track *video = NULL;
	unsigned packets = 0;

	for (size_t i = 0; i < g->n; i++) {
		const struct sf_track *t = g->of[i];
		const struct sf_word *w = word(t, id);

		if (was_spoilt(&t->words, id) || contradicts(t, &ids))
			return false;
		if (t->pub.kind == SF_KIND_VIDEO && w != NULL) {
			if (!audio_differs(g, t, id))
				return false;
			video = t;
		}
		packets += w == NULL ? 0 : w->packets;
	}
	return video != NULL && packets >= LEAST;
}

static bool
find_mid(const struct group *g, struct sf_name_ids *out)
{
	*out = (struct sf_name_ids){ .inferred = true };
	for (size_t i = 0; i < g->n; i++) {
		const struct sf_words *w = &g->of[i]->words;

		for (unsigned m = 0; m < w->n; m++) {
			uint8_t id = w->rows[m].id;

			if (id == out->mid || !is_mid(g, id))
				continue;
			if (out->mid != 0)
				return false;
			out->mid = id;
		}
	}
	return out->mid != 0;
}

static void
copy_word(char out[SF_TEXT_MAX], const struct sf_word *w)
{
	if (w == NULL || out[0] != '\0')
		return;
	memcpy(out, w->text, w->octets);
	out[w->octets] = '\0';
}

/* A repair stream has the RID of what it repairs. */
static void
name(struct sf_track *t, const struct sf_name_ids *ids)
{
	bool repair = t->pub.kind == SF_KIND_REPAIR;

	copy_word(t->pub.mid, word(t, ids->mid));
	copy_word(t->pub.rid, word(t, repair ? ids->repaired_rid : ids->rid));
	t->pub.name_ids = *ids;
}

/* What sent nothing but padding has been judged by nobody. */
static void
tie_padding(struct sf_streams *s, struct sf_track *t)
{
	if (t->lane == NULL || t->pub.codec != SF_CODEC_UNKNOWN ||
	    t->pub.padding_only != t->unique)
		return;
	t->repaired = sf_inferred_repaired(s, t);
	if (t->repaired == NULL)
		return;
	t->pub.codec = SF_CODEC_RTX;
	t->pub.codec_from = SF_FROM_PAYLOAD;
	t->pub.kind = SF_KIND_REPAIR;
}

void
sf_inferred_finish(struct sf_streams *s)
{
	struct sf_name_ids ids;
	struct group g;

	for (size_t i = 0; i < s->n_tracks; i++)
		tie_padding(s, &s->tracks[i]);
	for (size_t i = 0; i < s->n_tracks; i++) {
		struct sf_track *t = &s->tracks[i];

		if (t->lane == NULL || t->words.grouped || !has_words(s, t))
			continue;
		gather(&g, s, t);
		if (!find_rid(&g, &ids) && !find_mid(&g, &ids))
			ids = (struct sf_name_ids){ 0 };
		for (size_t k = 0; k < g.n; k++) {
			g.of[k]->words.grouped = true;
			if (ids.mid != 0)
				name(g.of[k], &ids);
		}
	}
}
