#include "engine/link.h"

#include <string.h>

#include "parsers/net/ether.h"
#include "parsers/net/ipv4.h"
#include "parsers/net/ipv6.h"
#include "parsers/net/null.h"
#include "parsers/net/sll.h"
#include "parsers/net/udp.h"

#define TYPE_IPV4    0x0800
#define TYPE_IPV6    0x86dd
#define PROTOCOL_UDP 17

/* What a link header leads to, and where it is. */
struct inner {
	uint16_t type; /* EtherType; 0: nothing that is known here */
	bool guess;    /* the type is in the first four bits of the payload */
	struct sf_bytes payload;
};

static enum sf_status
open_ether(struct inner *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_ether e;
	enum sf_status st = sf_ether_parse(&e, in, d);

	if (st == SF_OK)
		*out = (struct inner){ e.of.type, false, e.payload };
	return st;
}

static enum sf_status
open_sll(struct inner *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_sll s;
	enum sf_status st = sf_sll_parse(&s, in, d);

	if (st == SF_OK)
		*out = (struct inner){ s.of.type, false, s.payload };
	return st;
}

static enum sf_status
open_sll2(struct inner *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_sll2 s;
	enum sf_status st = sf_sll2_parse(&s, in, d);

	if (st == SF_OK)
		*out = (struct inner){ s.of.type, false, s.payload };
	return st;
}

static uint16_t
family_type(uint32_t family)
{
	switch (family) {
	case 2:
		return TYPE_IPV4;
	case 10: /* Linux */
	case 24: /* NetBSD, OpenBSD */
	case 28: /* FreeBSD */
	case 30: /* Darwin */
		return TYPE_IPV6;
	default:
		return 0;
	}
}

static enum sf_status
open_null(struct inner *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_null l;
	enum sf_status st = sf_null_parse(&l, in, d);

	if (st == SF_OK)
		*out =
		    (struct inner){ family_type(l.family), false, l.payload };
	return st;
}

static enum sf_status
open_loop(struct inner *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_loop l;
	enum sf_status st = sf_loop_parse(&l, in, d);

	if (st == SF_OK)
		*out =
		    (struct inner){ family_type(l.family), false, l.payload };
	return st;
}

static enum sf_status
open_raw(struct inner *out, struct sf_bytes in, struct sf_diag *d)
{
	*d = (struct sf_diag){ 0 };
	*out = (struct inner){ 0, true, in };
	return SF_OK;
}

/* clang-format off */
static const struct link {
	uint16_t type;   /* LINKTYPE_ */
	uint8_t octets;  /* of the shortest header */
	enum sf_status (*open)(
	    struct inner *out, struct sf_bytes in, struct sf_diag *d);
} links[] = {
	{   1, 14, open_ether }, /* ETHERNET */
	{ 276, 20, open_sll2  }, /* LINUX_SLL2 */
	{ 113, 16, open_sll   }, /* LINUX_SLL */
	{ 101,  0, open_raw   }, /* RAW */
	{ 228,  0, open_raw   }, /* IPV4 */
	{ 229,  0, open_raw   }, /* IPV6 */
	{  12,  0, open_raw   }, /* DLT_RAW of most systems, where it got out */
	{  14,  0, open_raw   }, /* DLT_RAW of OpenBSD */
	{   0,  4, open_null  }, /* NULL */
	{ 108,  4, open_loop  }, /* LOOP */
};
/* clang-format on */

static const struct link *
find(uint16_t link_type)
{
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (links[i].type == link_type)
			return &links[i];
	return NULL;
}

bool
sf_link_known(uint16_t link_type)
{
	return find(link_type) != NULL;
}

size_t
sf_link_header_octets(uint16_t link_type)
{
	const struct link *l = find(link_type);

	return l == NULL ? 0 : l->octets;
}

/* The way inwards: what is there, and what there was on the wire. */
struct way {
	const struct sf_packet *pkt;
	struct sf_bytes in; /* the layer to be read next */
	size_t wire_octets; /* of that layer, as the headers so far tell it */
};

/* Where the layer begins in the packet: also an empty one was cut from it. */
static size_t
way_at(const struct way *w)
{
	return (size_t)(w->in.p - w->pkt->octets.p);
}

/* A layer that could not be read: by whose fault? d->at becomes an offset in
   the packet. */
static enum sf_link_outcome
stopped(const struct way *w, enum sf_status st, struct sf_diag *d)
{
	d->at += way_at(w);
	if (st == SF_SHORT && w->in.n < w->wire_octets)
		return SF_LINK_CUT;
	return SF_LINK_MALFORMED;
}

static void
set_addr(struct sf_addr *a, struct sf_bytes ip, uint16_t port, uint8_t family)
{
	*a = (struct sf_addr){ .port = port, .family = family };
	memcpy(a->ip, ip.p, ip.n < sizeof(a->ip) ? ip.n : sizeof(a->ip));
}

static enum sf_link_outcome
datagram(struct sf_datagram *out, const struct way *w, struct sf_bytes src,
    struct sf_bytes dst, struct sf_diag *d)
{
	uint8_t family = src.n == 4 ? 4 : 6;
	struct sf_datagram g = { 0 };
	struct sf_udp u;
	enum sf_status st = sf_udp_parse(&u, w->in, d);

	if (st != SF_OK)
		return stopped(w, st, d);
	set_addr(&g.src, src, u.src_port, family);
	set_addr(&g.dst, dst, u.dst_port, family);
	g.payload = u.payload;
	/* A length field that cannot be right leaves what IP says. */
	g.wire_octets = w->wire_octets > 8 ? w->wire_octets - 8 : 0;
	if (u.octets >= 8 && u.octets <= w->wire_octets)
		g.wire_octets = (size_t)u.octets - 8;
	g.cut = g.payload.n < g.wire_octets;
	if (g.cut && g.payload.n == 0) {
		*d = (struct sf_diag){ SF_SHORT, w->pkt->octets.n,
			g.wire_octets, "UDP payload", "RFC 768" };
		return SF_LINK_CUT;
	}
	*out = g;
	return SF_LINK_UDP;
}

/* told: octets of the IP payload by the header, when it tells them. */
static struct way
inside(const struct way *w, struct sf_bytes payload, size_t header_octets,
    bool is_told, size_t told)
{
	size_t rest =
	    w->wire_octets > header_octets ? w->wire_octets - header_octets : 0;

	return (struct way){ w->pkt, payload, is_told ? told : rest };
}

static enum sf_link_outcome
through_ipv4(struct sf_datagram *out, const struct way *w, struct sf_diag *d)
{
	struct sf_ipv4 h;
	enum sf_status st = sf_ipv4_parse(&h, w->in, d);
	struct way in;

	if (st != SF_OK)
		return stopped(w, st, d);
	if (h.protocol != PROTOCOL_UDP || h.fragment)
		return SF_LINK_OTHER;
	in = inside(w, h.payload, h.header_octets, h.total_octets != 0,
	    (size_t)h.total_octets - h.header_octets);
	return datagram(out, &in, h.src, h.dst, d);
}

static enum sf_link_outcome
through_ipv6(struct sf_datagram *out, const struct way *w, struct sf_diag *d)
{
	struct sf_ipv6 h;
	enum sf_status st = sf_ipv6_parse(&h, w->in, d);
	struct way in;

	if (st != SF_OK)
		return stopped(w, st, d);
	if (h.next != PROTOCOL_UDP || h.fragment)
		return SF_LINK_OTHER;
	in = inside(w, h.payload, h.header_octets, h.told_octets != 0,
	    (size_t)h.told_octets + 40 - h.header_octets);
	return datagram(out, &in, h.src, h.dst, d);
}

static size_t
wire_octets(const struct sf_packet *pkt)
{
	return pkt->wire_octets > pkt->octets.n ? pkt->wire_octets
						: pkt->octets.n;
}

enum sf_link_outcome
sf_link_datagram(
    struct sf_datagram *out, const struct sf_packet *pkt, struct sf_diag *d)
{
	const struct link *l = find(pkt->link_type);
	struct way w = { pkt, pkt->octets, wire_octets(pkt) };
	struct inner inner;
	enum sf_status st;
	unsigned version;

	*d = (struct sf_diag){ 0 };
	if (l == NULL)
		return SF_LINK_UNSUPPORTED;
	st = l->open(&inner, w.in, d);
	if (st != SF_OK)
		return stopped(&w, st, d);

	w.wire_octets -= pkt->octets.n - inner.payload.n;
	w.in = inner.payload;
	if (!inner.guess && inner.type != TYPE_IPV4 && inner.type != TYPE_IPV6)
		return SF_LINK_OTHER;
	if (w.in.n == 0) {
		*d = (struct sf_diag){ SF_SHORT, 0, 1, "IP header", "RFC 791" };
		return stopped(&w, SF_SHORT, d);
	}
	version = w.in.p[0] >> 4;
	if (inner.guess && version != 4 && version != 6)
		return SF_LINK_OTHER;
	if (inner.type == TYPE_IPV4 || (inner.guess && version == 4))
		return through_ipv4(out, &w, d);
	return through_ipv6(out, &w, d);
}
