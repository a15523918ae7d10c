/*
 * sdp.h - session descriptions (RFC 8866), read for the names of what is in a
 * capture: payload types, SSRCs, CNAMEs, mids, a=sframe.
 *
 * Text in: one or more descriptions one after another, each beginning with a
 * v= line, CRLF or LF. Unknown lines are passed over.
 */
#ifndef SF_SDP_H
#define SF_SDP_H

#include "engine/model.h"
#include "engine/streams/exposure.h"
#include "parsers/base/diag.h"

#define SF_SDP_SECTIONS 256
#define SF_SDP_SSRCS 1024

struct sf_sdp_section {
	enum sf_kind kind;                /* audio or video, else unknown */
	char mid[SF_TEXT_MAX];
	bool sframe;                      /* a=sframe */
	bool sframe_value;                /* ... and a value behind it */
	bool sframe_pt;                   /* an rtpmap for "sframe" (draft -00) */
	bool refused;                     /* port 0 */
	bool donl;                        /* H265: sprop-max-don-diff above 0 */
	uint64_t listed[2];               /* payload types of the m= line, a bit each */
	enum sf_codec codecs[128];        /* by payload type; UNKNOWN: not listed */
	uint32_t clocks[128];
	uint8_t apt[128];                 /* rtx: payload type repaired; 0xff: none */
	/* extmap ids; 0: none */
	uint8_t ext_mid, ext_rid, ext_repaired_rid, ext_dependency;
	uint8_t ext_what[SF_EXT_IDS];     /* enum sf_ext_what, by extmap id */
	unsigned description;             /* 0: the first in the text */
};

/* What one description is, by a=setup (RFC 8842 5.2): an offer says actpass,
   an answer active or passive. */
enum sf_sdp_role { SF_SDP_UNSAID, SF_SDP_OFFER, SF_SDP_ANSWER };

#define SF_SDP_DESCRIPTIONS 64

struct sf_sdp_description {
	enum sf_sdp_role role;
	bool sframe;                      /* a=sframe before the first m= line */
	bool bundle;                      /* a=group:BUNDLE */
	/* hash of its o= line and the first a=ice-ufrag: a description that was
	   changed on its way keeps both */
	uint64_t origin;
	unsigned first, sections;         /* its own, in order */
	unsigned offer;                   /* sf_sdp_offer_of() */
	/* of one found in a log: where, and whether its end may be missing */
	uint32_t input;
	uint64_t line;
	bool partial;
};

/* A mid of a=group:BUNDLE (RFC 9143). */
struct sf_sdp_bundled {
	unsigned description;
	char mid[SF_TEXT_MAX];
};

struct sf_sdp_ssrc {
	uint32_t ssrc;
	unsigned section;
	uint32_t repairs;                 /* primary of a=ssrc-group:FID or FEC-FR;
	                                     0: none */
	uint32_t simulcast;               /* first of a=ssrc-group:SIM; 0: none */
	char cname[SF_TEXT_MAX];
};

struct sf_sdp {
	unsigned n_sections;
	struct sf_sdp_section sections[SF_SDP_SECTIONS];
	unsigned n_ssrcs;
	struct sf_sdp_ssrc ssrcs[SF_SDP_SSRCS];
	unsigned n_bundled;
	struct sf_sdp_bundled bundled[SF_SDP_SECTIONS];
	/* of the first SF_SDP_DESCRIPTIONS descriptions */
	struct sf_sdp_description about[SF_SDP_DESCRIPTIONS];
	unsigned descriptions;
	uint64_t passed_over;             /* sections or SSRCs beyond the room here */
	/* Out of a log: descriptions of several calls may be among them, and
	   some that were never used. */
	bool found;
	bool given;                       /* with --sdp, log or not */
	uint64_t unread;                  /* found, and beyond the room for them */
};

/* By its encoding name (RFC 8866 6.6), in any case; OTHER when not known. */
enum sf_codec sf_codec_named(struct sf_bytes name);

/* The nth section of a description; NULL behind the last. */
const struct sf_sdp_section *sf_sdp_nth(
    const struct sf_sdp *sdp, unsigned description, unsigned n);

/*
 * The offer that an answer belongs to: of those with the same media sections,
 * the nearest before it, else the first behind it. SF_SDP_DESCRIPTIONS: none,
 * or it is no answer.
 */
static inline unsigned
sf_sdp_offer_of(const struct sf_sdp *sdp, unsigned answer)
{
	return answer < SF_SDP_DESCRIPTIONS ? sdp->about[answer].offer
					    : SF_SDP_DESCRIPTIONS;
}

/* Two texts of one description, or one and itself. */
bool sf_sdp_alike(const struct sf_sdp *sdp, unsigned a, unsigned b);

/* SF_MALFORMED when no v= line is there; *out is then all zero. */
enum sf_status sf_sdp_read(
    struct sf_sdp *out, struct sf_bytes text, struct sf_diag *d) SF_MUST_USE;

#endif
