#include "parsers/rtp/demux.h"

#include "parsers/base/cursor.h"

#define STUN_HEADER 20
#define STUN_COOKIE 0x2112a442
#define ZRTP_COOKIE 0x5a525450
#define DTLS_HEADER 13
#define RTP_HEADER  12
#define RTCP_LEAST  8

static bool
is_stun(struct sf_bytes in)
{
	struct sf_cursor c = sf_cursor(in);
	uint16_t octets;
	uint32_t cookie;

	(void)sf_u16(&c);
	octets = sf_u16(&c);
	cookie = sf_u32(&c);
	return in.n >= STUN_HEADER && cookie == STUN_COOKIE &&
	       octets % 4 == 0 && octets == in.n - STUN_HEADER;
}

static bool
is_zrtp(struct sf_bytes in)
{
	struct sf_cursor c = sf_cursor(in);

	(void)sf_u32(&c);
	return sf_u32(&c) == ZRTP_COOKIE;
}

/* Up to three octets of padding may follow (RFC 8656 12.4). */
static bool
is_channel_data(struct sf_bytes in)
{
	struct sf_cursor c = sf_cursor(in);
	uint16_t channel = sf_u16(&c);
	uint16_t octets = sf_u16(&c);

	return sf_ok(&c) && channel >= 0x4000 && channel <= 0x4fff &&
	       sf_left(&c) >= octets && sf_left(&c) - octets <= 3;
}

static bool
is_dtls(struct sf_bytes in)
{
	struct sf_cursor c = sf_cursor(in);
	uint8_t type = sf_u8(&c);
	uint16_t version = sf_u16(&c);

	return in.n >= DTLS_HEADER && type >= 20 && type <= 26 &&
	       (version == 0xfeff || version == 0xfefd);
}

/*
 * 001CSLEE, a connection id we do not know the length of when C is set, 16 or
 * 8 bits of sequence number, a length when L is set, 16 octets or more of
 * ciphertext (RFC 9147 4 and 4.2.3).
 */
static bool
is_dtls13(struct sf_bytes in)
{
	struct sf_cursor c = sf_cursor(in);
	uint8_t flags = sf_u8(&c);
	bool has_cid = flags & 0x10;
	bool has_octets = flags & 0x04;
	size_t octets = 16;

	(void)sf_slice(&c, flags & 0x08 ? 2 : 1);
	if (has_octets) {
		uint16_t sent = sf_u16(&c);

		if (!has_cid)
			octets = sent;
	}
	return sf_ok(&c) && (flags & 0xe0) == 0x20 && octets >= 16 &&
	       octets <= sf_left(&c);
}

/* Told apart by what would be a payload type of 64..95 (RFC 5761 4). */
static enum sf_proto
rtp_or_rtcp(struct sf_bytes in)
{
	uint8_t second = in.n > 1 ? in.p[1] : 0;
	bool rtcp = second >= 192 && second <= 223;

	if (rtcp)
		return in.n >= RTCP_LEAST ? SF_PROTO_RTCP : SF_PROTO_OTHER;
	return in.n >= RTP_HEADER ? SF_PROTO_RTP : SF_PROTO_OTHER;
}

enum sf_status
sf_demux_parse(struct sf_demux *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_demux m = { .proto = SF_PROTO_OTHER, .payload = in };
	uint8_t first = in.n > 0 ? in.p[0] : 0xff;

	*d = (struct sf_diag){ 0 };
	if (first >= 128 && first <= 191) {
		m.proto = rtp_or_rtcp(in);
	} else if (first <= 3) {
		if (is_stun(in))
			m.proto = SF_PROTO_STUN;
	} else if (first >= 16 && first <= 19) {
		if (is_zrtp(in))
			m.proto = SF_PROTO_ZRTP;
	} else if (first >= 20 && first <= 63) {
		if (is_dtls(in)) {
			m.proto = SF_PROTO_DTLS;
			m.dtls_type = first;
		} else if (is_dtls13(in)) {
			m.proto = SF_PROTO_DTLS;
		}
	} else if (first >= 64 && first <= 79) {
		if (is_channel_data(in))
			m.proto = SF_PROTO_TURN;
	}
	*out = m;
	return SF_OK;
}
