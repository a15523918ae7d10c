/*
 * exposure.c - what packets tell beside the media.
 */
#include "engine/streams/exposure.h"

#include <math.h>
#include <string.h>

#include "engine/streams/elements.h"
#include "parsers/base/cursor.h"
#include "parsers/media/vp8.h"
#include "parsers/media/vp9.h"

#define LOOK_ALL  512 /* first packets, each of which is read in full */
#define LOOK_SOME 8   /* and then one in so many */
#define QUIET     50 /* -dBov: less than this is loud (RFC 6464: 0 is loudest) */
#define SHAPED    32 /* packets that show a shape */

/* Capture times: few packets have one, and no other eight octets go on as they
   do. */
#define TIMES      4
#define CLOCK_STEP 60          /* seconds */
#define CENTURY    3155673600U /* 2000, in seconds since 1900 */

enum sf_ext_what
sf_ext_named(struct sf_bytes uri)
{
	static const struct {
		const char *part; /* of the URI: versions follow some */
		enum sf_ext_what what;
	} rows[] = {
		{ "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
		    SF_EXT_AUDIO_LEVEL },
		{ "urn:ietf:params:rtp-hdrext:csrc-audio-level",
		    SF_EXT_MIXER_LEVEL },
		{ "http://www.webrtc.org/experiments/rtp-hdrext/"
		  "corruption-detection",
		    SF_EXT_PICTURE },
		{ "https://aomediacodec.github.io/av1-rtp-spec/"
		  "#dependency-descriptor",
		    SF_EXT_LAYERS },
		{ "http://www.webrtc.org/experiments/rtp-hdrext/"
		  "video-layers-allocation",
		    SF_EXT_LAYERS },
		{ "http://www.webrtc.org/experiments/rtp-hdrext/"
		  "generic-frame-descriptor",
		    SF_EXT_LAYERS },
		{ "http://www.webrtc.org/experiments/rtp-hdrext/"
		  "abs-capture-time",
		    SF_EXT_CAPTURE_TIME },
		{ "urn:3gpp:video-orientation", SF_EXT_DEVICE },
		{ "http://www.webrtc.org/experiments/rtp-hdrext/"
		  "video-content-type",
		    SF_EXT_DEVICE },
		{ "http://www.webrtc.org/experiments/rtp-hdrext/color-space",
		    SF_EXT_DEVICE },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t n = strlen(rows[i].part);

		if (uri.n >= n && memcmp(uri.p, rows[i].part, n) == 0)
			return rows[i].what;
	}
	return SF_EXT_UNKNOWN;
}

/* ---- header extensions ------------------------------------------------------ */

/* Seconds since 1900 and a fraction: of this century, and not long behind the
   one before. */
static void
note_time(struct sf_ext_seen *e, struct sf_bytes data)
{
	struct sf_cursor c = sf_cursor(data);
	uint64_t t = sf_uint(&c, 8);
	bool fits =
	    t >> 32 >= CENTURY &&
	    (e->packets == 1 ||
		(t >= e->values && t - e->values < (uint64_t)CLOCK_STEP << 32));

	if (!fits && e->no_time < UINT16_MAX)
		e->no_time++;
	e->values = t;
}

static void
note_element(struct sf_exposure *x, unsigned id, struct sf_bytes data)
{
	struct sf_ext_seen *e;
	uint8_t n = data.n > UINT8_MAX ? UINT8_MAX : (uint8_t)data.n;

	if (id == 0 || id >= SF_EXT_IDS)
		return;
	e = &x->ext[id];
	if (e->packets++ == 0)
		e->least = n;
	if (n < e->least)
		e->least = n;
	if (n > e->most)
		e->most = n;
	if (data.n == 1)
		e->values |= (uint64_t)1 << (data.p[0] >> 2 & 63);
	if (data.n == 8 || data.n == 16)
		note_time(e, data);
}

static void
read_elements(struct sf_exposure *x, const struct sf_rtp *rtp)
{
	struct sf_bytes rest = rtp->ext;
	struct sf_element e;

	while (sf_element_next(&e, &rest, rtp))
		note_element(x, e.id, e.data);
}

static unsigned
distinct(uint64_t values)
{
	unsigned n = 0;

	for (; values != 0; values &= values - 1)
		n++;
	return n;
}

/*
 * An octet that is encrypted by itself (RFC 6904) has every value. Of a level the
 * first bit tells that there is a voice: senders that make use of it hear none
 * where there is next to no sound.
 */
static bool
is_noise(uint64_t values)
{
	uint64_t quiet_voice = values >> 56 & 0x7f; /* 96 to 123 dB below */

	return distinct(quiet_voice) >= 2 && distinct(values & UINT32_MAX) >= 8;
}

/* Values of levels: many, or a few with that of silence (127, with or without
   the bit for voice) among them. */
static bool
like_levels(uint64_t values)
{
	uint64_t silence = (uint64_t)1 << 31 | (uint64_t)1 << 63;

	if (is_noise(values))
		return false;
	return distinct(values) >= 4 ||
	       (distinct(values) >= 2 && (values & silence) != 0);
}

unsigned
sf_exposure_level_id(const struct sf_exposure *x)
{
	for (unsigned i = 1; i < SF_EXT_IDS; i++)
		if (x->what[i] == SF_EXT_AUDIO_LEVEL && x->ext[i].packets > 0)
			return i;
	if (x->told)
		return 0;
	for (unsigned i = 1; i < SF_EXT_IDS; i++) {
		const struct sf_ext_seen *e = &x->ext[i];

		if (e->packets >= SHAPED &&
		    e->packets * 10ULL >= x->looked * 9ULL && e->least == 1 &&
		    e->most == 1 && like_levels(e->values))
			return i;
	}
	return 0;
}

static bool
looks_like_time(const struct sf_exposure *x, unsigned id)
{
	const struct sf_ext_seen *e = &x->ext[id];

	return !x->told && e->least >= 8 && (e->most == 8 || e->most == 16) &&
	       e->packets > TIMES && e->no_time * 10ULL <= e->packets;
}

bool
sf_exposure_has(
    const struct sf_exposure *x, enum sf_ext_what what, unsigned least)
{
	for (unsigned i = 1; i < SF_EXT_IDS; i++)
		if (x->ext[i].packets > 0 && x->ext[i].most >= least &&
		    (x->what[i] == what ||
			(what == SF_EXT_CAPTURE_TIME && looks_like_time(x, i))))
			return true;
	return false;
}

bool
sf_exposure_unknown(const struct sf_exposure *x)
{
	unsigned level = sf_exposure_level_id(x);

	for (unsigned i = 1; !x->told && i < SF_EXT_IDS; i++)
		if (x->ext[i].packets > 0 && i != level &&
		    !looks_like_time(x, i))
			return true;
	return false;
}

/* ---- payload descriptors ------------------------------------------------------ */

void
sf_exposure_descriptor(struct sf_exposure *x, bool vp9, struct sf_bytes payload)
{
	struct sf_vp8 a;
	struct sf_vp9 b;
	struct sf_diag d;

	if (vp9 && sf_vp9_parse(&b, payload, &d) == SF_OK) {
		x->structures += b.has_structure;
		if (!b.has_layers)
			return;
		x->spatial |= (uint8_t)(1u << (b.sid & 7));
		x->temporal |= (uint8_t)(1u << (b.tid & 7));
	} else if (!vp9 && sf_vp8_parse(&a, payload, &d) == SF_OK &&
		   a.has_tid) {
		x->temporal |= (uint8_t)(1u << (a.tid & 7));
	}
}

/* ---- sizes and pauses --------------------------------------------------------- */

/* The audio level of a packet; -1: it has none. */
static int
level_of(const struct sf_exposure *x, const struct sf_rtp *rtp)
{
	struct sf_bytes rest = rtp->ext;
	struct sf_element e;

	if (x->level_id == 0)
		return -1;
	while (sf_element_next(&e, &rest, rtp))
		if (e.id == x->level_id && e.data.n == 1)
			return e.data.p[0] & 127;
	return -1;
}

static void
note_size(struct sf_exposure *x, const struct sf_rtp *rtp, bool look)
{
	size_t n = rtp->payload.n;
	unsigned at = n < SF_LENGTHS ? (unsigned)n : SF_LENGTHS - 1;
	int level = look ? level_of(x, rtp) : -1;

	x->changes += x->sized > 0 && at != x->last_length;
	x->last_length = (uint16_t)at;
	x->sized++;
	x->lengths[at]++;
	if (level < 0)
		return;
	x->sized_levels++;
	x->levelled[at]++;
	x->loud[at] += level < QUIET;
}

static void
note_pause(struct sf_exposure *x, const struct sf_rtp *rtp, uint32_t clock)
{
	uint32_t step = rtp->timestamp - x->last_timestamp;
	uint32_t least = (clock == 0 ? 48000 : clock) / 10;

	if (x->packets > 1 && rtp->seq == (uint16_t)(x->last_seq + 1) &&
	    step > least && step < least * 600) {
		x->pauses++;
		if (step > x->longest)
			x->longest = step;
	}
	x->last_seq = rtp->seq;
	x->last_timestamp = rtp->timestamp;
}

void
sf_exposure_packet(
    struct sf_exposure *x, const struct sf_rtp *rtp, bool audio, uint32_t clock)
{
	bool look = x->packets < LOOK_ALL || x->packets % LOOK_SOME == 0;

	x->packets++;
	if (look && rtp->has_ext)
		read_elements(x, rtp);
	x->looked += look;
	if (!audio || rtp->payload.n == 0)
		return;
	if (x->level_id == 0 && x->packets % SHAPED == 0 &&
	    x->packets <= LOOK_ALL)
		x->level_id = (uint8_t)sf_exposure_level_id(x);
	note_size(x, rtp, look);
	note_pause(x, rtp, clock);
}

/* ---- how much is told ------------------------------------------------------------ */

static double
of_share(uint32_t n, uint32_t all)
{
	double p = all == 0 ? 0 : (double)n / all;

	return p <= 0 ? 0 : -p * log2(p);
}

double
sf_exposure_entropy(const struct sf_exposure *x)
{
	double h = 0;

	for (unsigned i = 0; i < SF_LENGTHS; i++)
		h += of_share(x->lengths[i], x->sized);
	return h;
}

/*
 * H(loud) - H(loud | length), less what so few packets show by chance alone
 * (Miller and Madow: a bit of (cells - 1) / (2 n ln 2)).
 */
double
sf_exposure_told(const struct sf_exposure *x)
{
	double told, n = x->sized_levels;
	uint32_t loud = 0, used = 0;

	if (x->sized_levels < LOOK_ALL / 4)
		return -1;
	for (unsigned i = 0; i < SF_LENGTHS; i++)
		loud += x->loud[i];
	told = of_share(loud, x->sized_levels) +
	       of_share(x->sized_levels - loud, x->sized_levels);
	for (unsigned i = 0; i < SF_LENGTHS; i++) {
		uint32_t all = x->levelled[i];

		if (all == 0)
			continue;
		used++;
		told -= all / n *
			(of_share(x->loud[i], all) +
			    of_share(all - x->loud[i], all));
	}
	told -= (used - 1) / (2 * n * log(2));
	return told < 0 ? 0 : told;
}
