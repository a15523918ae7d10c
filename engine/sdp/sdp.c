#include "engine/sdp/sdp.h"

#include <string.h>

#include "engine/base/hash.h"
#include "parsers/text/sdp_attr.h"
#include "parsers/text/sdp_line.h"

#define NO_APT 0xff

/* ---- text ---------------------------------------------------------------- */

static bool
is(struct sf_bytes s, const char *word)
{
	return s.n == strlen(word) && memcmp(s.p, word, s.n) == 0;
}

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 'a' - 'A') : c;
}

/* RFC 8866 6.6: encoding names are compared without regard to case. */
static bool
is_nocase(struct sf_bytes s, const char *word)
{
	if (s.n != strlen(word))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (lower(s.p[i]) != lower((uint8_t)word[i]))
			return false;
	return true;
}

/* The octets up to the first separator, and *s what is behind it. */
static struct sf_bytes
word(struct sf_bytes *s, char separator)
{
	const uint8_t *end = memchr(s->p, separator, s->n);
	size_t n = end == NULL ? s->n : (size_t)(end - s->p);
	struct sf_bytes w = sf_bytes(s->p, n);
	size_t taken = end == NULL ? n : n + 1;

	*s = sf_bytes(s->p + taken, s->n - taken);
	return w;
}

/* The next word between spaces; empty at the end. */
static struct sf_bytes
next_word(struct sf_bytes *s)
{
	struct sf_bytes w;

	do {
		w = word(s, ' ');
	} while (w.n == 0 && s->n != 0);
	return w;
}

/* All of s as a decimal number up to max. */
static bool
number(struct sf_bytes s, uint32_t max, uint32_t *out)
{
	uint64_t v = 0;

	if (s.n == 0 || s.n > 10)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		v = v * 10 + (uint64_t)(s.p[i] - '0');
	}
	if (v > max)
		return false;
	*out = (uint32_t)v;
	return true;
}

static void
copy_text(char out[SF_TEXT_MAX], struct sf_bytes s)
{
	size_t n = s.n < SF_TEXT_MAX ? s.n : SF_TEXT_MAX - 1;

	memcpy(out, s.p, n);
	out[n] = '\0';
}

/* ---- what a description says --------------------------------------------- */

/* clang-format off */
static const struct {
	const char *name;
	enum sf_codec codec;
} codecs[] = {
	{ "opus", SF_CODEC_OPUS }, { "red",  SF_CODEC_RED  },
	{ "PCMU", SF_CODEC_PCMU }, { "PCMA", SF_CODEC_PCMA },
	{ "G722", SF_CODEC_G722 }, { "VP8",  SF_CODEC_VP8  },
	{ "VP9",  SF_CODEC_VP9  }, { "H264", SF_CODEC_H264 },
	{ "H265", SF_CODEC_H265 }, { "AV1",  SF_CODEC_AV1  },
	{ "AV1X", SF_CODEC_AV1  }, { "rtx",  SF_CODEC_RTX  },
	{ "ulpfec", SF_CODEC_ULPFEC }, { "flexfec-03", SF_CODEC_FLEXFEC },
	{ "flexfec", SF_CODEC_FLEXFEC },
};

/* RFC 3551 6: payload types that need no a=rtpmap; G722 counts at 8 kHz. */
static const struct {
	uint8_t pt;
	enum sf_codec codec;
	uint32_t clock;
} fixed[] = {
	{ 0, SF_CODEC_PCMU, 8000 },
	{ 8, SF_CODEC_PCMA, 8000 },
	{ 9, SF_CODEC_G722, 8000 },
};
/* clang-format on */

enum sf_codec
sf_codec_named(struct sf_bytes name)
{
	for (size_t i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++)
		if (is_nocase(name, codecs[i].name))
			return codecs[i].codec;
	return SF_CODEC_OTHER;
}

/* Where a reader stands. section is NULL in front of the first m= line of a
   description, which is what at_session says, and in a section there is no room
   for. */
struct place {
	struct sf_sdp *sdp;
	struct sf_sdp_section *section;
	bool at_session;
	bool has_ufrag; /* of this description */
};

/* NULL for those there is no room for. */
static struct sf_sdp_description *
description(struct place *at)
{
	unsigned i = at->sdp->descriptions - 1;

	return at->sdp->descriptions == 0 || i >= SF_SDP_DESCRIPTIONS
		   ? NULL
		   : &at->sdp->about[i];
}

/* Puts a payload type of an m= line down before a=rtpmap names it. */
static void
list_pt(struct sf_sdp_section *s, uint32_t pt)
{
	s->codecs[pt] = SF_CODEC_OTHER;
	s->listed[pt / 64] |= (uint64_t)1 << pt % 64;
	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
		if (fixed[i].pt != pt)
			continue;
		s->codecs[pt] = fixed[i].codec;
		s->clocks[pt] = fixed[i].clock;
	}
}

/* RFC 8866 5.14: m=<media> <port> <proto> <fmt> ... */
static void
media(struct place *at, struct sf_bytes value)
{
	struct sf_bytes kind = next_word(&value);
	struct sf_sdp_section *s;
	uint32_t pt;

	at->section = NULL;
	at->at_session = false;
	if (at->sdp->n_sections == SF_SDP_SECTIONS) {
		at->sdp->passed_over++;
		return;
	}
	s = at->section = &at->sdp->sections[at->sdp->n_sections++];
	s->description = at->sdp->descriptions - 1;
	memset(s->apt, NO_APT, sizeof(s->apt));
	if (is(kind, "audio"))
		s->kind = SF_KIND_AUDIO;
	else if (is(kind, "video"))
		s->kind = SF_KIND_VIDEO;
	s->refused = is(next_word(&value), "0"); /* port */
	(void)next_word(&value); /* proto; formats of others than RTP are no
	                            numbers below 128 */
	while (value.n != 0)
		if (number(next_word(&value), 127, &pt))
			list_pt(s, pt);
}

/* RFC 8866 6.6: <payload type> <name>/<clock>[/<parameters>] */
static void
rtpmap(struct place *at, struct sf_bytes value)
{
	struct sf_bytes pt_text = next_word(&value);
	struct sf_bytes coding = next_word(&value);
	struct sf_bytes name = word(&coding, '/');
	uint32_t pt, clock;

	if (!number(pt_text, 127, &pt) || name.n == 0)
		return;
	at->section->codecs[pt] = sf_codec_named(name);
	at->section->sframe_pt |= is_nocase(name, "sframe");
	at->section->clocks[pt] = 0;
	if (number(word(&coding, '/'), UINT32_MAX, &clock))
		at->section->clocks[pt] = clock;
}

/* RFC 4588 8.6: a=fmtp:<rtx> apt=<payload type>[;rtx-time=...] */
static void
fmtp(struct place *at, struct sf_bytes value)
{
	struct sf_bytes pt_text = next_word(&value);
	uint32_t pt, apt;

	if (!number(pt_text, 127, &pt))
		return;
	while (value.n != 0) {
		struct sf_bytes parameter = word(&value, ';');
		struct sf_bytes trimmed = next_word(&parameter);
		struct sf_bytes name = word(&trimmed, '=');

		if (is_nocase(name, "apt") && number(trimmed, 127, &apt))
			at->section->apt[pt] = (uint8_t)apt;
		if (is_nocase(name, "sprop-max-don-diff") &&
		    number(trimmed, 32767, &apt))
			at->section->donl |= apt > 0;
	}
}

/* RFC 8285 5: <id>[/<direction>] <URI> [<attributes>] */
static void
extmap(struct place *at, struct sf_bytes value)
{
	struct sf_bytes first = next_word(&value);
	struct sf_bytes uri = next_word(&value);
	uint32_t id;

	if (!number(word(&first, '/'), 255, &id) || id == 0)
		return;
	if (is(uri, "urn:ietf:params:rtp-hdrext:sdes:mid"))
		at->section->ext_mid = (uint8_t)id;
	else if (is(uri, "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"))
		at->section->ext_rid = (uint8_t)id;
	else if (is(uri,
		     "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"))
		at->section->ext_repaired_rid = (uint8_t)id;
	else if (is(uri, "https://aomediacodec.github.io/av1-rtp-spec/"
			 "#dependency-descriptor-rtp-header-extension"))
		at->section->ext_dependency = (uint8_t)id;
	if (id < SF_EXT_IDS)
		at->section->ext_what[id] = (uint8_t)sf_ext_named(uri);
}

/* The row of an SSRC, made when there is none; NULL when there is no room. A
   later description of the same SSRC adds to the first. */
static struct sf_sdp_ssrc *
get_ssrc(struct place *at, uint32_t ssrc)
{
	struct sf_sdp *sdp = at->sdp;
	struct sf_sdp_ssrc *row;

	for (unsigned i = 0; i < sdp->n_ssrcs; i++)
		if (sdp->ssrcs[i].ssrc == ssrc)
			return &sdp->ssrcs[i];
	if (sdp->n_ssrcs == SF_SDP_SSRCS) {
		sdp->passed_over++;
		return NULL;
	}
	row = &sdp->ssrcs[sdp->n_ssrcs++];
	row->ssrc = ssrc;
	row->section = (unsigned)(at->section - sdp->sections);
	return row;
}

/* RFC 5576 4.1: a=ssrc:<ssrc> <attribute>[:<value>] */
static void
ssrc(struct place *at, struct sf_bytes value)
{
	struct sf_bytes id_text = next_word(&value);
	struct sf_bytes name = word(&value, ':');
	struct sf_sdp_ssrc *row;
	uint32_t id;

	if (!number(id_text, UINT32_MAX, &id))
		return;
	row = get_ssrc(at, id);
	if (row != NULL && is(name, "cname"))
		copy_text(row->cname, value);
}

/* a=ssrc-group:SIM <ssrc> <ssrc>..., as browsers write the layers of a source
   that have no RID */
static void
simulcast_group(struct place *at, struct sf_bytes value)
{
	uint32_t first = 0, id;

	while (value.n != 0 && number(next_word(&value), UINT32_MAX, &id)) {
		struct sf_sdp_ssrc *row = get_ssrc(at, id);

		if (first == 0)
			first = id;
		if (row != NULL)
			row->simulcast = first;
	}
}

/* RFC 5576 4.2, RFC 4588 8.4: a=ssrc-group:FID <primary> <repair> */
static void
ssrc_group(struct place *at, struct sf_bytes value)
{
	struct sf_bytes semantics = next_word(&value);
	struct sf_bytes ssrcs = value;
	struct sf_bytes a = next_word(&value);
	struct sf_bytes b = next_word(&value);
	struct sf_sdp_ssrc *row;
	uint32_t primary, repair;

	if (is(semantics, "SIM"))
		simulcast_group(at, ssrcs);
	if ((!is(semantics, "FID") && !is(semantics, "FEC-FR")) ||
	    !number(a, UINT32_MAX, &primary) || !number(b, UINT32_MAX, &repair))
		return;
	(void)get_ssrc(at, primary);
	row = get_ssrc(at, repair);
	if (row != NULL)
		row->repairs = primary;
}

static void
mid(struct place *at, struct sf_bytes value)
{
	copy_text(at->section->mid, value);
}

/* draft-ietf-avtcore-rtp-sframe-02 6: a property attribute, no value */
static void
sframe(struct place *at, struct sf_bytes value)
{
	at->section->sframe = true;
	at->section->sframe_value |= value.n > 0;
}

/* RFC 8842 5.2 */
static void
setup(struct place *at, struct sf_bytes value)
{
	struct sf_sdp_description *about = description(at);

	if (about == NULL || about->role != SF_SDP_UNSAID)
		return;
	if (is(value, "actpass"))
		about->role = SF_SDP_OFFER;
	else if (is(value, "active") || is(value, "passive"))
		about->role = SF_SDP_ANSWER;
}

/* RFC 9143 7: a=group:BUNDLE <mid> ... */
static void
group(struct place *at, struct sf_bytes value)
{
	struct sf_sdp_description *about = description(at);
	struct sf_sdp *sdp = at->sdp;

	if (about == NULL || !is(next_word(&value), "BUNDLE"))
		return;
	about->bundle = true;
	while (value.n != 0 && sdp->n_bundled < SF_SDP_SECTIONS) {
		struct sf_sdp_bundled *b = &sdp->bundled[sdp->n_bundled++];

		b->description = sdp->descriptions - 1;
		copy_text(b->mid, next_word(&value));
	}
}

/* What tells one description from another: its origin, and the name of its ICE
   session, which is random (RFC 8839 5.4). */
static void
add_origin(struct place *at, struct sf_bytes value)
{
	struct sf_sdp_description *about = description(at);

	if (about != NULL)
		about->origin = sf_mix(about->origin ^ sf_hash(value)) | 1;
}

static void
ice_ufrag(struct place *at, struct sf_bytes value)
{
	if (at->has_ufrag)
		return;
	at->has_ufrag = true;
	add_origin(at, value);
}

/* It is for media sections alone. */
static void
session_sframe(struct place *at, struct sf_bytes value)
{
	struct sf_sdp_description *about = description(at);

	(void)value;
	if (about != NULL)
		about->sframe = true;
}

/* clang-format off */
struct attribute {
	const char *name;
	void (*read)(struct place *at, struct sf_bytes value);
};

static const struct attribute attributes[] = {
	{ "rtpmap",     rtpmap     },
	{ "fmtp",       fmtp       },
	{ "extmap",     extmap     },
	{ "mid",        mid        },
	{ "ssrc",       ssrc       },
	{ "ssrc-group", ssrc_group },
	{ "sframe",     sframe     },
	{ "setup",      setup      },
	{ "ice-ufrag",  ice_ufrag  },
};

/* In front of the first m= line. */
static const struct attribute session_attributes[] = {
	{ "group",      group          },
	{ "setup",      setup          },
	{ "sframe",     session_sframe },
	{ "ice-ufrag",  ice_ufrag      },
};
/* clang-format on */

static void
attribute(struct place *at, struct sf_bytes value)
{
	const struct attribute *table = attributes;
	size_t n = sizeof(attributes) / sizeof(attributes[0]);
	struct sf_sdp_attr a;
	struct sf_diag d;

	if (at->at_session) {
		table = session_attributes;
		n = sizeof(session_attributes) / sizeof(session_attributes[0]);
	} else if (at->section == NULL) {
		return;
	}
	if (sf_sdp_attr_parse(&a, value, &d) != SF_OK)
		return;
	for (size_t i = 0; i < n; i++)
		if (is(a.name, table[i].name)) {
			table[i].read(at, a.payload);
			return;
		}
}

/* ---- offer and answer ----------------------------------------------------- */

const struct sf_sdp_section *
sf_sdp_nth(const struct sf_sdp *sdp, unsigned description, unsigned n)
{
	const struct sf_sdp_description *about;

	if (description >= SF_SDP_DESCRIPTIONS)
		return NULL;
	about = &sdp->about[description];
	return n < about->sections ? &sdp->sections[about->first + n] : NULL;
}

static bool
same_sections(const struct sf_sdp *sdp, unsigned a, unsigned b)
{
	for (unsigned n = 0;; n++) {
		const struct sf_sdp_section *x = sf_sdp_nth(sdp, a, n);
		const struct sf_sdp_section *y = sf_sdp_nth(sdp, b, n);

		if (x == NULL || y == NULL)
			return x == y;
		if (x->kind != y->kind || strcmp(x->mid, y->mid) != 0)
			return false;
	}
}

/* Those there are facts about. */
static unsigned
descriptions_of(const struct sf_sdp *sdp)
{
	return sdp->descriptions < SF_SDP_DESCRIPTIONS ? sdp->descriptions
						       : SF_SDP_DESCRIPTIONS;
}

static unsigned
find_offer(const struct sf_sdp *sdp, unsigned answer)
{
	unsigned n = descriptions_of(sdp), best = SF_SDP_DESCRIPTIONS;

	if (sdp->about[answer].role != SF_SDP_ANSWER)
		return best;
	for (unsigned j = 0; j < n; j++)
		if (sdp->about[j].role == SF_SDP_OFFER &&
		    (j < answer || best == SF_SDP_DESCRIPTIONS) &&
		    same_sections(sdp, j, answer))
			best = j;
	return best;
}

/* Sections stand in the order of their descriptions. */
static void
join_up(struct sf_sdp *sdp)
{
	for (unsigned i = sdp->n_sections; i-- > 0;) {
		unsigned d = sdp->sections[i].description;

		if (d >= SF_SDP_DESCRIPTIONS)
			continue;
		sdp->about[d].first = i;
		sdp->about[d].sections++;
	}
	for (unsigned i = 0; i < SF_SDP_DESCRIPTIONS; i++)
		sdp->about[i].offer = i < descriptions_of(sdp)
					  ? find_offer(sdp, i)
					  : SF_SDP_DESCRIPTIONS;
}

bool
sf_sdp_alike(const struct sf_sdp *sdp, unsigned a, unsigned b)
{
	if (a == b)
		return a < sdp->descriptions;
	return a < descriptions_of(sdp) && b < descriptions_of(sdp) &&
	       sdp->about[a].origin != 0 &&
	       sdp->about[a].origin == sdp->about[b].origin &&
	       sdp->about[a].role == sdp->about[b].role &&
	       same_sections(sdp, a, b);
}

/* ---- reading -------------------------------------------------------------- */

enum sf_status
sf_sdp_read(struct sf_sdp *out, struct sf_bytes text, struct sf_diag *d)
{
	struct place at = { .sdp = out };
	struct sf_sdp_line l;

	memset(out, 0, sizeof(*out));
	*d = (struct sf_diag){ 0 };
	/* Every line takes at least one octet. */
	for (struct sf_bytes r = text; r.n != 0; r = l.payload) {
		if (sf_sdp_line_parse(&l, r, d) != SF_OK)
			break;
		if (l.type == 'v') {
			out->descriptions++;
			at.section = NULL;
			at.at_session = true;
			at.has_ufrag = false;
		} else if (l.type == 'o') {
			add_origin(&at, l.value);
		} else if (l.type == 'm' && out->descriptions != 0) {
			media(&at, l.value);
		} else if (l.type == 'a') {
			attribute(&at, l.value);
		}
	}
	if (out->descriptions == 0) {
		*d = (struct sf_diag){ SF_MALFORMED, 0, 0, "v= line",
			"RFC 8866 5.1" };
		return SF_MALFORMED;
	}
	join_up(out);
	return SF_OK;
}
