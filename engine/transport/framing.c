#include "engine/transport/framing.h"

#include "parsers/rtp/demux.h"
#include "parsers/rtp/framing.h"
#include "parsers/rtp/rtp.h"
#include "parsers/rtp/stun.h"

#define ENOUGH       3    /* of what a chain must prove */
#define CHAIN_PACKET 2048 /* octets of a packet that a chain is found by */
#define CHAIN_MOST   32   /* packets until one is tied to the first */
#define CARRIES_ON   3000 /* sequence numbers between packets of a sender */

typedef struct sf_frame_of_stream frame_of(struct sf_bytes in);

static const struct sf_frame_of_stream none = { .status = SF_MALFORMED };
static const struct sf_frame_of_stream more = { .status = SF_SHORT };

static enum sf_proto
protocol_of(struct sf_bytes packet)
{
	struct sf_demux m;
	struct sf_rtp r;
	struct sf_diag d;

	if (sf_demux_parse(&m, packet, &d) != SF_OK)
		return SF_PROTO_OTHER;
	if (m.proto == SF_PROTO_RTP && sf_rtp_parse(&r, packet, &d) != SF_OK)
		return SF_PROTO_OTHER;
	return m.proto;
}

/* RFC 4571: a length in front. */
static struct sf_frame_of_stream
framed(struct sf_bytes in)
{
	struct sf_framed f;
	struct sf_diag d;

	if (sf_framed_parse(&f, in, &d) != SF_OK)
		return more;
	return (struct sf_frame_of_stream){ .octets = f.packet.n + 2,
		.packet = f.packet,
		.known = f.packet.n == 0 ||
			 protocol_of(f.packet) != SF_PROTO_OTHER };
}

/* TURN: STUN messages and ChannelData, which is filled up to four octets. */
static struct sf_frame_of_stream
relayed(struct sf_bytes in)
{
	struct sf_stun m;
	struct sf_channel_data c;
	struct sf_diag d;
	enum sf_status st;
	size_t octets;

	if (in.n < 4)
		return more;
	if (in.p[0] < 0x40) {
		st = sf_stun_parse(&m, in, &d);
		if (st != SF_OK)
			return st == SF_SHORT ? more : none;
		octets = in.n - m.payload.n;
		return (struct sf_frame_of_stream){ .octets = octets,
			.packet = sf_bytes(in.p, octets),
			.known = true };
	}
	st = sf_channel_data_parse(&c, in, &d);
	if (st == SF_MALFORMED || in.p[0] > 0x4f)
		return none;
	if (st != SF_OK)
		return more;
	octets = (c.data.n + 4 + 3) / 4 * 4;
	if (octets > in.n)
		return more;
	return (struct sf_frame_of_stream){ .octets = octets,
		.packet = sf_bytes(in.p, c.data.n + 4),
		.known = protocol_of(c.data) != SF_PROTO_OTHER };
}

static struct sf_frame_of_stream
interleaved(struct sf_bytes in)
{
	struct sf_interleaved f;
	struct sf_rtsp m;
	struct sf_diag d;
	enum sf_status st = sf_interleaved_parse(&f, in, &d);

	if (st == SF_SHORT)
		return more;
	if (st == SF_OK)
		return (struct sf_frame_of_stream){ .octets = f.packet.n + 4,
			.packet = f.packet,
			.known = protocol_of(f.packet) != SF_PROTO_OTHER };
	st = sf_rtsp_parse(&m, in, &d);
	if (st != SF_OK)
		return st == SF_SHORT ? more : none;
	return (struct sf_frame_of_stream){ .octets = in.n - m.payload.n,
		.packet = sf_bytes(NULL, 0),
		.known = true };
}

static size_t
length_at(struct sf_bytes in, size_t at)
{
	return (size_t)in.p[at] << 8 | in.p[at + 1];
}

struct sf_frame_begun
sf_framing_begun(uint8_t framing, struct sf_bytes in)
{
	struct sf_frame_begun b = { .there = sf_bytes(NULL, 0) };

	if (framing == 0 && in.n >= 2) {
		b.head = 2;
		b.packet = length_at(in, 0);
	} else if (framing == 1 && in.n >= 4) { /* the packet has its head */
		b.packet = length_at(in, 2) + (in.p[0] < 4 ? 20 : 4);
	} else if (framing == 2 && in.n >= 4 && in.p[0] == '$') {
		b.head = 4;
		b.packet = length_at(in, 2);
	} else {
		return b;
	}
	b.octets = b.head + b.packet;
	if (framing == 1)
		b.octets = (b.octets + 3) / 4 * 4;
	b.there = sf_bytes(in.p + b.head, in.n - b.head);
	if (b.there.n > b.packet)
		b.there.n = b.packet;
	return b;
}

static frame_of *const framings[] = { framed, relayed, interleaved };

#define FRAMINGS (sizeof(framings) / sizeof(framings[0]))

struct sf_frame_of_stream
sf_framing_next(uint8_t framing, struct sf_bytes in)
{
	return framings[framing](in);
}

/* ---- finding it ------------------------------------------------------------ */

/* A first octet that no known packet begins with rules most places out. */
static bool
may_begin(uint8_t first)
{
	return first < 4 || (first >= 16 && first < 64) || first >> 6 == 2;
}

/* Can a frame begin so, before all of it is there? */
static bool
begins(uint8_t framing, struct sf_bytes in)
{
	size_t head = framing == 0 ? 2 : 4;
	size_t at = framing == 0 ? 0 : 2;
	size_t octets;

	if (framing == 1 && in.p[0] < 4)
		return in.n < 8 || (in.p[4] == 0x21 && in.p[5] == 0x12 &&
				       in.p[6] == 0xa4 && in.p[7] == 0x42);
	if (framing == 1 && in.p[0] >> 4 != 4)
		return false;
	if (framing == 2 && in.p[0] != '$') {
		struct sf_rtsp m;
		struct sf_diag d;
		enum sf_status st = sf_rtsp_parse(&m, in, &d);

		return st == SF_OK || st == SF_SHORT;
	}
	if (in.n < head)
		return true;
	octets = (size_t)in.p[at] << 8 | in.p[at + 1];
	if (octets < 8 || octets > CHAIN_PACKET)
		return false;
	return in.n == head || may_begin(in.p[head]);
}

/* The packet that is to be looked at in a frame: of ChannelData what is inside. */
static struct sf_bytes
inner_of(uint8_t framing, struct sf_bytes packet)
{
	if (framing == 1 && packet.n >= 4 && packet.p[0] >> 6 == 1)
		return sf_bytes(packet.p + 4, packet.n - 4);
	return packet;
}

/* Who sent RTP or RTCP, of which the beginning is enough; false when it is
   neither. */
static bool
sender_of(struct sf_bytes packet, uint32_t *ssrc, bool *rtcp)
{
	size_t at;

	if (packet.n < 8 || packet.p[0] >> 6 != 2)
		return false;
	*rtcp = packet.p[1] >= 192 && packet.p[1] <= 223;
	at = *rtcp ? 4 : 8;
	if (packet.n < at + 4)
		return false;
	*ssrc = (uint32_t)length_at(packet, at) << 16 |
		(uint32_t)length_at(packet, at + 2);
	return true;
}

void
sf_framing_note(struct sf_senders *s, uint8_t framing, struct sf_bytes packet)
{
	struct sf_bytes in = inner_of(framing, packet);
	uint32_t ssrc;
	bool rtcp;
	uint8_t i = 0;

	if (!sender_of(in, &ssrc, &rtcp) || rtcp)
		return;
	while (i < s->n && s->of[i].ssrc != ssrc)
		i++;
	if (i == s->n && s->n < SF_SENDERS)
		s->n++;
	if (i == SF_SENDERS)
		i--;
	for (; i > 0; i--)
		s->of[i] = s->of[i - 1];
	s->of[0].ssrc = ssrc;
	s->of[0].seq = (uint16_t)length_at(in, 2);
}

/* Does a frame begin here with RTP of a known sender, near its last? That is
   more than 40 bits which chance does not write; all of it need not be there. */
static bool
carries_on(const struct sf_senders *s, uint8_t framing, struct sf_bytes in)
{
	struct sf_frame_begun b = sf_framing_begun(framing, in);
	struct sf_bytes packet = inner_of(framing, b.there);
	uint32_t ssrc;
	bool rtcp;

	if (!sender_of(packet, &ssrc, &rtcp) || rtcp)
		return false;
	for (uint8_t i = 0; i < s->n; i++) {
		uint16_t ahead =
		    (uint16_t)(length_at(packet, 2) - s->of[i].seq);

		if (s->of[i].ssrc == ssrc &&
		    (uint16_t)(ahead + CARRIES_ON) < 2 * CARRIES_ON)
			return true;
	}
	return false;
}

/* What ties the first packet of a chain to others. */
struct tie {
	bool tied, told; /* told: it has an SSRC */
	uint32_t ssrc;
};

static void
tie(struct tie *t, const struct sf_senders *s, struct sf_bytes packet,
    bool first, bool sure)
{
	uint32_t ssrc;
	bool rtcp, told = sender_of(packet, &ssrc, &rtcp);

	if (!first) {
		t->tied = t->tied || (told && t->told && ssrc == t->ssrc);
		return;
	}
	t->tied = t->tied || sure;
	t->told = told;
	t->ssrc = told ? ssrc : 0;
	for (uint8_t i = 0; told && i < s->n; i++)
		t->tied = t->tied || s->of[i].ssrc == ssrc;
}

/* What a packet proves, the one in front of it known. STUN and DTLS have
   numbers that chance does not write; RTP that carries on does so as well. */
static unsigned
proves(struct sf_bytes packet, uint8_t framing, struct sf_rtp *last)
{
	struct sf_rtp r;
	struct sf_diag d;
	bool follows;

	if (packet.n == 0)
		return framing == 2 ? ENOUGH : 0; /* a message of RTSP */
	if (framing == 1) {
		if (packet.p[0] < 4)
			return ENOUGH;
		packet = inner_of(framing, packet);
	}
	switch (protocol_of(packet)) {
	case SF_PROTO_STUN:
	case SF_PROTO_ZRTP:
		return ENOUGH;
	case SF_PROTO_DTLS:
		return packet.p[0] < 32 ? ENOUGH : 1;
	case SF_PROTO_RTP:
		if (sf_rtp_parse(&r, packet, &d) != SF_OK)
			return 0;
		follows =
		    last->ssrc == r.ssrc && (uint16_t)(last->seq + 1) == r.seq;
		*last = r;
		return follows ? 2 : 1;
	case SF_PROTO_RTCP:
		return 1;
	case SF_PROTO_TURN:
	case SF_PROTO_OTHER:
		break;
	}
	return 0;
}

static enum sf_chain
chain(const struct sf_search *s, uint8_t framing, struct sf_bytes in)
{
	unsigned proven = 0, least = s->first ? 1 : 2;
	struct tie t = { .tied = s->start };
	struct sf_rtp before = { 0 };

	if (carries_on(&s->senders, framing, in))
		return SF_CHAIN_YES;
	for (unsigned i = 0; proven < ENOUGH || !t.tied; i++) {
		struct sf_frame_of_stream x;
		unsigned proof;

		if (in.n == 0 && s->last) /* ends where a packet ends */
			return proven >= least && t.tied ? SF_CHAIN_YES
							 : SF_CHAIN_NO;
		if (in.n == 0)
			return SF_CHAIN_MORE;
		if (i == CHAIN_MOST || !begins(framing, in))
			return SF_CHAIN_NO;
		x = sf_framing_next(framing, in);
		if (x.status == SF_SHORT)
			return s->last ? SF_CHAIN_NO : SF_CHAIN_MORE;
		if (x.status != SF_OK || !x.known)
			return SF_CHAIN_NO;
		proof = proves(x.packet, framing, &before);
		tie(&t, &s->senders, inner_of(framing, x.packet), i == 0,
		    proof == ENOUGH);
		proven += proof;
		in = sf_bytes(in.p + x.octets, in.n - x.octets);
	}
	return SF_CHAIN_YES;
}

enum sf_chain
sf_framing_find(const struct sf_search *s, struct sf_bytes in, uint8_t *framing)
{
	enum sf_chain best = SF_CHAIN_NO;

	for (uint8_t i = 0; i < FRAMINGS; i++) {
		enum sf_chain c = chain(s, i, in);

		if (c == SF_CHAIN_YES) {
			*framing = i;
			return c;
		}
		if (c == SF_CHAIN_MORE)
			best = c;
	}
	return best;
}

bool
sf_framing_fits(struct sf_bytes in, size_t octets, uint8_t *framing)
{
	struct sf_demux m;
	struct sf_diag d;

	for (uint8_t i = 0; i < FRAMINGS; i++) {
		struct sf_frame_begun b = sf_framing_begun(i, in);
		size_t head = i == 1 && in.n > 0 && in.p[0] >= 0x40 ? 4 : 0;

		if (b.octets == 0 || b.octets != octets ||
		    b.there.n < 12 + head || !begins(i, in) ||
		    sf_demux_parse(&m,
			sf_bytes(b.there.p + head, b.there.n - head),
			&d) != SF_OK ||
		    m.proto == SF_PROTO_OTHER)
			continue;
		*framing = i;
		return true;
	}
	return false;
}
