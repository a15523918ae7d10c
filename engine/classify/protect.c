#include "engine/classify/parts.h"

#include "parsers/sframe/header.h"

#define STRAYS 50 /* one frame in so many may fall out of a run */

/* Is it a part of the stream, and no accident in it? */
static bool
is_part(uint64_t part, uint64_t whole)
{
	return part * 2 > whole ||
	       (part >= SF_LEAST_RUN && part * STRAYS >= whole);
}

static uint64_t
outside(const struct sf_classifier *c, enum sf_clear what)
{
	return c->kinds[what];
}

/* Ciphertext of no known format, it seems. */
static uint64_t
unknown_cipher(const struct sf_classifier *c)
{
	return outside(c, SF_CLEAR_UNIFORM) + outside(c, SF_CLEAR_FIELDS);
}

/* The same, and behind first octets that the sender leaves in the clear: of media,
   so many frames show what they are. */
static uint64_t
cipher_beside(const struct sf_classifier *c)
{
	uint64_t heads = outside(c, SF_CLEAR_HEAD);

	return unknown_cipher(c) + (heads >= SF_ENOUGH_HEAD ? heads : 0);
}

static bool
few_strays(const struct sf_classifier *c)
{
	uint64_t strays =
	    c->pub->by_state[SF_STATE_UNKNOWN] - c->pub->evidence.server_frames;

	return strays <= 2 || strays * STRAYS <= c->pub->frames;
}

/* So many that nobody knows what the sender does. */
static bool
many_strays(const struct sf_classifier *c)
{
	uint64_t strays =
	    c->pub->by_state[SF_STATE_UNKNOWN] - c->pub->evidence.server_frames;

	return strays * 4 > c->pub->frames;
}

/* What the runs say of a stream in which they carry the day. */
static void
protect_run(struct sf_classifier *c)
{
	struct sf_stream *s = c->pub;

	s->clear_octets = 0;
	s->dialect = SF_DIALECT_RFC9605;
	s->protection = SF_PROT_CONSISTENT;
	if (c->run_layout[SF_LAYOUT_RFC9605] * 2 < c->run_frames) {
		s->dialect = c->placing.layout == SF_LAYOUT_OMARA
				 ? SF_DIALECT_SFRAME_JS
				 : SF_DIALECT_SFRAME_DRAFT;
		s->protection = SF_PROT_OTHER_DIALECT;
	} else if (c->run_descriptor * 2 > c->run_frames) {
		s->dialect = SF_DIALECT_RTP_SFRAME;
		s->placed = SF_PLACED_DESCRIPTOR;
		return;
	} else if (is_part(c->run_prefixed, c->run_frames)) {
		s->dialect = SF_DIALECT_RFC9605_PREFIXED;
		s->protection = SF_PROT_PARTLY_CLEAR;
	}
	s->clear_octets = c->placing.at > 0 ? c->placing.at : c->prefix;
	if (s->kind == SF_KIND_VIDEO && c->placing.at_key != c->placing.at)
		s->clear_octets_key = c->placing.at_key;
}

/* Of frames that are protected in front, the rest may not be. */
static void
protect_ends(struct sf_stream *s)
{
	if (s->protection == SF_PROT_CONSISTENT &&
	    s->evidence.tails + s->evidence.middles > 0)
		s->protection = SF_PROT_PARTLY_CLEAR;
}

#define FIRST_LOST 8   /* frames in front of the first that was seen */
#define PAST_OCTET 256 /* frames, and the last octet of CTR starts over */

/*
 * Up to its frame 255 a KID k of draft-omara-sframe is, octet for octet, KID 1 of
 * RFC 9605 with CTRs k00 and on. Its sender begins with 00; of senders of the
 * RFC's, few are within some frames of that when they are first seen. Where CTR
 * does not go past kff either, both are told.
 */
static bool
reads_as_omara(const struct sf_classifier *c)
{
	const struct sf_key_use *u = c->pub->keys;
	uint64_t kid;

	if (u == NULL || u->next != NULL || u->kid != 1 || u->no_ctr ||
	    c->pub->dialect == SF_DIALECT_RTP_SFRAME ||
	    sf_dialect_is_other(c->pub->dialect))
		return false;
	kid = u->first_ctr >> 8;
	return kid == u->last_ctr >> 8 && sf_sframe_header_octets(kid) > 0 &&
	       sf_sframe_header_octets(kid) <= SF_OMARA_KID &&
	       (u->first_ctr & 0xff) - 1 < FIRST_LOST &&
	       !(c->unlock != NULL &&
		   sf_keys_has(c->unlock->keys, 1, c->pub->ssrc));
}

static void
undecidable(struct sf_stream *s, enum sf_why why)
{
	uint64_t enough = why == SF_WHY_CLEAR_HEAD   ? SF_ENOUGH_HEAD
			  : why == SF_WHY_FEW_FRAMES ? SF_LEAST_RUN
			  : why == SF_WHY_TWO_HEADERS ? PAST_OCTET
						     : 0;

	s->protection = SF_PROT_UNDECIDABLE;
	s->why = why;
	s->wanted = s->frames < enough ? enough - s->frames : 0;
}

/* A stream without a run and without a frame of proven plaintext. */
static void
protect_none(struct sf_classifier *c)
{
	struct sf_stream *s = c->pub;
	uint64_t even = outside(c, SF_CLEAR_UNIFORM);
	uint64_t unknown = unknown_cipher(c);
	bool few = s->frames < SF_LEAST_RUN &&
		   s->codec_from != SF_FROM_PAYLOAD &&
		   outside(c, SF_CLEAR_HEAD) == 0;

	if (s->frames == 0)
		undecidable(s, s->incomplete_frames > 0 ? SF_WHY_ALL_INCOMPLETE
							: SF_WHY_NOT_MEDIA);
	else if ((s->hop && (even * 2 > s->frames || few)) ||
		 (s->sealed && even * 2 > s->frames))
		s->protection = SF_PROT_SRTP;
	else if (unknown * 2 > s->frames) {
		undecidable(
		    s, even * 2 > unknown ? SF_WHY_UNIFORM : SF_WHY_FIELDS);
		/* a few frames more may show a header that is known */
		if (s->why == SF_WHY_UNIFORM || s->frames >= SF_ENOUGH_HEAD)
			s->dialect = SF_DIALECT_OPAQUE;
	} else if (outside(c, SF_CLEAR_HEAD) * 2 > s->frames)
		undecidable(s, SF_WHY_CLEAR_HEAD);
	else if (s->frames < SF_LEAST_RUN)
		undecidable(s, SF_WHY_FEW_FRAMES);
	else if (s->kind == SF_KIND_VIDEO && s->codec == SF_CODEC_UNKNOWN)
		undecidable(s, SF_WHY_NO_DEPACKETIZER);
	else
		undecidable(s, SF_WHY_CONTRADICTION);
}

/* Some senders of LiveKit's format treat VP9 as VP8: then frames that should be
   ciphertext from the first octet begin as VP9 does, all of them. */
static bool
leaves_vp9_heads(const struct sf_classifier *c)
{
	return c->way_opened == 0 && c->way_frames >= SF_LEAST_RUN &&
	       c->way_marked * 20 >= c->way_frames * 19;
}

/* Most frames are in a format that is told by its own marks, or as many as show
   that the sender speaks it. */
static void
protect_way(struct sf_classifier *c)
{
	struct sf_stream *s = c->pub;
	bool opened =
	    c->way_opened == c->way_frames && few_strays(c) &&
	    s->by_state[SF_STATE_ENCRYPTED] + s->by_state[SF_STATE_FAILED] == 0;
	int clear = c->clear_seen ? c->clear : c->clear_key;

	s->dialect = c->way->dialect;
	s->clear_octets = clear;
	s->clear_octets_key = -1;
	if (leaves_vp9_heads(c)) {
		s->clear_octets = 3;
		s->clear_octets_key = 10;
	}
	if (s->kind == SF_KIND_VIDEO && c->clear_key != clear &&
	    c->clear_key > 0)
		s->clear_octets_key = c->clear_key;
	s->protection = opened ? SF_PROT_VERIFIED : SF_PROT_OTHER_DIALECT;
}

/* What was said of frames by their first octets, seen together with those of all
   others, is not so. */
static void
take_back_clear(struct sf_stream *s)
{
	uint64_t frames = 0;

	for (struct sf_interval *v = s->intervals; v != NULL; v = v->next)
		if (v->state == SF_STATE_PLAINTEXT) {
			v->state = SF_STATE_UNKNOWN;
			frames += v->frames;
		}
	s->by_state[SF_STATE_PLAINTEXT] -= frames;
	s->by_state[SF_STATE_UNKNOWN] += frames;
}

void
sf_classify_protect(struct sf_classifier *c)
{
	struct sf_stream *s = c->pub;
	/* silence that a server put in is no frame of the sender's */
	uint64_t plain = s->by_state[SF_STATE_PLAINTEXT] - s->injected.frames;
	uint64_t opened = s->by_state[SF_STATE_VERIFIED] - c->way_opened;
	uint64_t runs = s->by_state[SF_STATE_ENCRYPTED] +
			s->by_state[SF_STATE_VERIFIED] +
			s->by_state[SF_STATE_FAILED] - c->way_frames;
	uint64_t even = cipher_beside(c);

	s->dialect = SF_DIALECT_NONE;
	if (c->way_frames > 0 && is_part(c->way_frames, c->way_frames + runs)) {
		protect_way(c);
		if (plain > 0)
			s->protection = SF_PROT_MIXED;
		else if (many_strays(c))
			undecidable(s, SF_WHY_CONTRADICTION);
	} else if (plain > 0 && runs == 0 && c->way_frames == 0 &&
		   sf_classify_only_heads(c)) {
		take_back_clear(s);
		undecidable(s, SF_WHY_CLEAR_HEAD);
		s->dialect = SF_DIALECT_OPAQUE;
	} else if (plain > 0 && runs == 0 && even < SF_LEAST_RUN) {
		s->protection = SF_PROT_PLAINTEXT;
		s->dialect = SF_DIALECT_CLEAR;
	} else if (plain > 0) {
		protect_run(c);
		s->protection = SF_PROT_MIXED;
		if (runs == 0)
			s->dialect = SF_DIALECT_OPAQUE;
	} else if (opened > 0 && opened == runs && few_strays(c) &&
		   c->way_opened == c->way_frames) {
		protect_run(c);
		if (s->protection == SF_PROT_CONSISTENT ||
		    s->protection == SF_PROT_OTHER_DIALECT)
			s->protection = SF_PROT_VERIFIED;
	} else if (runs >= SF_LEAST_RUN && few_strays(c)) {
		protect_run(c);
		protect_ends(s);
		if (s->protection == SF_PROT_CONSISTENT && reads_as_omara(c)) {
			undecidable(s, SF_WHY_TWO_HEADERS);
			s->dialect = SF_DIALECT_NONE;
		}
	} else if (runs > 0) {
		protect_run(c);
		undecidable(s, runs < SF_LEAST_RUN ? SF_WHY_FEW_FRAMES
						   : SF_WHY_CONTRADICTION);
	} else {
		protect_none(c);
	}
}
