#include "cli/announce.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/hash.h"
#include "parsers/rtp/sap.h"
#include "report/address.h"

#define SAP_MOST (SF_ANNOUNCEMENT - SF_WRAP_MAX)

/* The slot of an address, or the free one where it belongs; NULL: full. */
static struct sf_addr *
slot_of(struct sf_announced *a, const struct sf_addr *of)
{
	size_t at = (size_t)sf_hash(sf_bytes(of, sizeof(*of)));

	for (size_t i = 0; i < SF_ANNOUNCED; i++) {
		struct sf_addr *s = &a->of[(at + i) % SF_ANNOUNCED];

		if (memcmp(s, of, sizeof(*of)) == 0)
			return s;
		if (s->family == 0)
			return a->n < SF_ANNOUNCED / 2 ? s : NULL;
	}
	return NULL;
}

static bool
is_known(struct sf_announced *a, const struct sf_addr *of)
{
	const struct sf_addr *s = slot_of(a, of);

	return s != NULL && s->family != 0;
}

/* RTP of any payload type, RTCP on the same port (RFC 8866, RFC 5761). */
static size_t
put_sdp(char *out, size_t room, const struct sf_addr *dst, unsigned number)
{
	struct sf_addr bare = *dst;
	char ip[SF_ADDRESS_MAX];
	const char *family = dst->family == 6 ? "IP6" : "IP4";
	int n;

	bare.port = 0;
	sf_address_text(ip, &bare);
	n = snprintf(out, room,
	    "v=0\r\no=- %u 1 IN %s %s\r\ns=RTP of this file\r\nc=IN %s %s\r\n"
	    "t=0 0\r\nm=audio %u RTP/AVP 0\r\na=rtcp-mux\r\n",
	    number, family, ip, family, ip, (unsigned)dst->port);
	return n < 0 || (size_t)n >= room ? 0 : (size_t)n;
}

/* RFC 2974 6: the header, who announces, the type, the description. */
static size_t
put_sap(uint8_t out[SAP_MOST], const struct sf_addr *src,
    const struct sf_addr *dst, unsigned number)
{
	static const char type[] = "application/sdp"; /* with its NUL */
	size_t ip = src->family == 6 ? 16 : 4;
	size_t at = 4, n;

	memset(out, 0, at);
	out[0] = src->family == 6 ? 0x30 : 0x20;
	out[2] = (uint8_t)(number >> 8);
	out[3] = (uint8_t)number;
	memcpy(out + at, src->ip, ip);
	at += ip;
	memcpy(out + at, type, sizeof(type));
	at += sizeof(type);
	n = put_sdp((char *)out + at, SAP_MOST - at, dst, number);
	return n == 0 ? 0 : at + n;
}

size_t
sf_announce(struct sf_announced *a, const struct sf_addr *src,
    const struct sf_addr *dst, uint8_t out[SF_ANNOUNCEMENT])
{
	/* 224.2.127.254 and ff0e::2:7ffe, RFC 2974 3 */
	static const struct sf_addr groups[2] = {
		{ { 224, 2, 127, 254 }, SF_SAP_PORT, 4, 0 },
		{ { [0] = 0xff, 0x0e, [13] = 2, 0x7f, 0xfe }, SF_SAP_PORT, 6,
		    0 },
	};
	struct sf_wrapped w = { .src = *src,
		.dst = groups[dst->family == 6],
		.protocol = SF_WRAP_UDP };
	struct sf_addr *slot;
	uint8_t sap[SAP_MOST];
	size_t head;

	/* what is known of one end is good for both ways */
	if (is_known(a, dst) || is_known(a, src))
		return 0;
	slot = slot_of(a, dst);
	a->full |= slot == NULL;
	if (slot == NULL)
		return 0;
	*slot = *dst;
	w.src.port = SF_SAP_PORT;
	w.octets = put_sap(sap, src, dst, ++a->n);
	w.payload = sf_bytes(sap, w.octets);
	if (w.octets == 0)
		return 0;
	head = sf_wrap(out, &w);
	memcpy(out + head, sap, w.octets);
	return head + w.octets;
}
