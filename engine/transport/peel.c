#include "engine/transport/peel.h"

#include <string.h>

#include "engine/transport/layers.h"
#include "parsers/net/ipv4.h"
#include "parsers/net/ipv6.h"
#include "parsers/net/udp.h"

#define STEPS 64 /* headers of any kind in one packet */

enum protocol {
	IPV4 = 4,
	TCP = 6,
	UDP = 17,
	IPV6 = 41,
	GRE = 47,
	ESP = 50,
	AUTHENTICATION = 51,
	ETHERIP = 97,
	L2TP3 = 115,
	UDPLITE = 136,
	MPLS = 137
};

void
sf_via_add(struct sf_via *via, enum sf_via_kind kind, uint32_t id)
{
	if (via->n == SF_VIA_MAX)
		return;
	via->of[via->n].kind = (uint8_t)kind;
	via->of[via->n++].id = id;
}

enum sf_peel_end
sf_peel_stopped(const struct sf_peel *p, enum sf_status st, struct sf_diag *d)
{
	/* in a tunnel it was the mirror that cut: no host sends half a header */
	if (st == SF_SHORT && (p->in.n < p->wire_octets || p->via.n > 0))
		return SF_PEEL_CUT;
	if (st != SF_UNSUPPORTED)
		return SF_PEEL_MALFORMED;
	*d = (struct sf_diag){ 0 };
	return SF_PEEL_OTHER;
}

/* ---- IP ------------------------------------------------------------------- */

static void
set_addr(struct sf_addr *a, struct sf_bytes ip)
{
	*a = (struct sf_addr){ .family = ip.n == 4 ? 4 : 6 };
	memcpy(a->ip, ip.p, ip.n < sizeof(a->ip) ? ip.n : sizeof(a->ip));
}

/* Behind an IP header, which tells how much there was on the wire; told 0: it
   does not. */
static void
behind_ip(struct sf_peel *p, struct sf_bytes payload, size_t header_octets,
    bool is_told, size_t told)
{
	size_t rest =
	    p->wire_octets > header_octets ? p->wire_octets - header_octets : 0;

	p->in = payload;
	p->wire_octets = is_told ? told : rest;
}

static enum sf_peel_end
peel_ipv4(struct sf_peel *p, struct sf_diag *d)
{
	struct sf_ipv4 h;
	enum sf_status st = sf_ipv4_parse(&h, p->in, d);

	if (st != SF_OK)
		return sf_peel_stopped(p, st, d);
	set_addr(&p->src, h.src);
	set_addr(&p->dst, h.dst);
	behind_ip(p, h.payload, h.header_octets, h.total_octets != 0,
	    (size_t)h.total_octets - h.header_octets);
	p->protocol = h.protocol;
	if (!h.fragment)
		return sf_peel_protocol(p, h.protocol);
	p->fragment.id = h.id;
	p->fragment.at = h.fragment_at;
	p->fragment.more = h.more_fragments;
	return SF_PEEL_FRAGMENT;
}

static enum sf_peel_end
peel_ipv6(struct sf_peel *p, struct sf_diag *d)
{
	struct sf_ipv6 h;
	enum sf_status st = sf_ipv6_parse(&h, p->in, d);

	if (st != SF_OK)
		return sf_peel_stopped(p, st, d);
	set_addr(&p->src, h.src);
	set_addr(&p->dst, h.dst);
	behind_ip(p, h.payload, h.header_octets, h.told_octets != 0,
	    (size_t)h.told_octets + 40 - h.header_octets);
	p->protocol = h.next;
	if (!h.fragment)
		return sf_peel_protocol(p, h.next);
	p->fragment.id = h.id;
	p->fragment.at = h.fragment_at;
	p->fragment.more = h.more_fragments;
	return SF_PEEL_FRAGMENT;
}

static enum sf_peel_end
peel_ip(struct sf_peel *p, struct sf_diag *d)
{
	unsigned version = p->in.n == 0 ? 0 : p->in.p[0] >> 4;

	if (version == 4 || p->in.n == 0)
		return peel_ipv4(p, d);
	return version == 6 ? peel_ipv6(p, d) : SF_PEEL_OTHER;
}

static enum sf_peel_end
peel_ext(struct sf_peel *p, struct sf_diag *d)
{
	struct sf_ipv6_ext e;
	enum sf_status st = sf_ipv6_ext_parse(&e, p->in, d);

	if (st != SF_OK)
		return sf_peel_stopped(p, st, d);
	sf_peel_into(p, SF_LAYER_NONE, e.payload);
	return sf_peel_protocol(p, e.next);
}

static enum sf_peel_end
peel_ah(struct sf_peel *p, struct sf_diag *d)
{
	struct sf_ah a;
	enum sf_status st = sf_ah_parse(&a, p->in, d);

	if (st != SF_OK)
		return sf_peel_stopped(p, st, d);
	sf_peel_into(p, SF_LAYER_NONE, a.payload);
	return sf_peel_protocol(p, a.next);
}

enum sf_peel_end
sf_peel_protocol(struct sf_peel *p, uint8_t protocol)
{
	static const struct {
		uint8_t protocol;
		uint8_t layer;
		bool tunnel;
	} rows[] = {
		{ UDP, SF_LAYER_UDP, false },
		{ TCP, SF_LAYER_TCP, false },
		{ IPV4, SF_LAYER_IPV4, true },
		{ IPV6, SF_LAYER_IPV6, true },
		{ GRE, SF_LAYER_GRE, false },
		{ MPLS, SF_LAYER_MPLS, false },
		{ UDPLITE, SF_LAYER_UDPLITE, false },
		{ AUTHENTICATION, SF_LAYER_AH, false },
		{ ESP, SF_LAYER_ESP, false },
		{ ETHERIP, SF_LAYER_ETHERIP, false },
		{ L2TP3, SF_LAYER_L2TP3, false },
	};

	p->protocol = protocol;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].protocol != protocol)
			continue;
		p->layer = rows[i].layer;
		if (rows[i].tunnel)
			sf_via_add(&p->via, SF_VIA_IP, 0);
		return SF_PEEL_ON;
	}
	p->layer = SF_LAYER_EXT;
	return sf_ipv6_is_ext(protocol) ? SF_PEEL_ON : SF_PEEL_OTHER;
}

/* ---- UDP and TCP ---------------------------------------------------------- */

/* Message types and lengths of WireGuard (its paper, 5.4). */
static bool
is_wireguard(struct sf_bytes in)
{
	static const size_t octets[] = { 0, 148, 92, 64 };

	if (in.n < 32 || in.p[1] != 0 || in.p[2] != 0 || in.p[3] != 0)
		return false;
	return in.p[0] == 4
		   ? in.n % 16 == 0
		   : in.p[0] > 0 && in.p[0] < 4 && in.n == octets[in.p[0]];
}

/* RFC 3948 2.1: what is neither IKE, which begins with four zeros, nor a keep-
   alive. RTP may use the port as well, and goes first. */
static bool
is_esp_in_udp(const struct sf_peel *p, struct sf_bytes in)
{
	static const uint8_t ike[4];

	return (p->src.port == 4500 || p->dst.port == 4500) && in.n >= 16 &&
	       in.p[0] >> 6 != 2 && memcmp(in.p, ike, sizeof(ike)) != 0;
}

static enum sf_peel_end
peel_udp(struct sf_peel *p, struct sf_diag *d)
{
	struct sf_udp u;
	enum sf_status st = sf_udp_parse(&u, p->in, d);
	size_t wire = p->wire_octets > 8 ? p->wire_octets - 8 : 0;

	if (st != SF_OK)
		return sf_peel_stopped(p, st, d);
	/* A length field that cannot be right leaves what IP says. */
	if (u.octets >= 8 && u.octets <= p->wire_octets)
		wire = (size_t)u.octets - 8;
	if (u.payload.n == 0 && wire > 0) {
		*d = (struct sf_diag){ SF_SHORT, p->in.n, wire, "UDP payload",
			"RFC 768" };
		return SF_PEEL_CUT;
	}
	p->src.port = u.src_port;
	p->dst.port = u.dst_port;
	p->in = u.payload;
	p->wire_octets = wire;
	if (p->in.n >= 4) {
		enum sf_peel_end end = sf_peel_udp_tunnel(p, p->in);

		if (end != SF_PEEL_DATAGRAM)
			return end;
	}
	if (p->in.n > 0 && p->in.p[0] < 64) {
		if (is_wireguard(p->in))
			return sf_peel_opaque(p, SF_OPAQUE_WIREGUARD);
		if (is_esp_in_udp(p, p->in))
			return sf_peel_opaque(p, SF_OPAQUE_ESP);
	}
	return SF_PEEL_DATAGRAM;
}

/* RFC 3828 3.1: the length field is the part the checksum covers. */
static enum sf_peel_end
peel_udplite(struct sf_peel *p, struct sf_diag *d)
{
	struct sf_udp u;
	enum sf_status st = sf_udp_parse(&u, p->in, d);

	if (st != SF_OK)
		return sf_peel_stopped(p, st, d);
	p->src.port = u.src_port;
	p->dst.port = u.dst_port;
	sf_peel_into(p, SF_LAYER_NONE, sf_bytes(p->in.p + 8, p->in.n - 8));
	return SF_PEEL_DATAGRAM;
}

static enum sf_peel_end
peel_tcp(struct sf_peel *p, struct sf_diag *d)
{
	enum sf_status st = sf_tcp_parse(&p->tcp, p->in, d);

	if (st != SF_OK)
		return sf_peel_stopped(p, st, d);
	p->src.port = p->tcp.src_port;
	p->dst.port = p->tcp.dst_port;
	sf_peel_into(p, SF_LAYER_NONE, p->tcp.payload);
	return SF_PEEL_SEGMENT;
}

static enum sf_peel_end
peel_esp(struct sf_peel *p, struct sf_diag *d)
{
	(void)d;
	return sf_peel_opaque(p, SF_OPAQUE_ESP);
}

static enum sf_peel_end
peel_none(struct sf_peel *p, struct sf_diag *d)
{
	(void)p;
	(void)d;
	return SF_PEEL_OTHER;
}

/* ---- all of it ------------------------------------------------------------ */

static sf_peel_step *const steps[SF_LAYERS] = {
	[SF_LAYER_NONE] = peel_none,
	[SF_LAYER_LINK] = sf_peel_link,
	[SF_LAYER_ETHER] = sf_peel_ether,
	[SF_LAYER_SLL] = sf_peel_sll,
	[SF_LAYER_SLL2] = sf_peel_sll2,
	[SF_LAYER_NULL] = sf_peel_null,
	[SF_LAYER_LOOP] = sf_peel_loop,
	[SF_LAYER_LLC] = sf_peel_llc,
	[SF_LAYER_PPP] = sf_peel_ppp,
	[SF_LAYER_PPP_DIR] = sf_peel_ppp_dir,
	[SF_LAYER_PPPD] = sf_peel_pppd,
	[SF_LAYER_HDLC] = sf_peel_hdlc,
	[SF_LAYER_PPPOE] = sf_peel_pppoe,
	[SF_LAYER_MPLS] = sf_peel_mpls,
	[SF_LAYER_WIFI] = sf_peel_wifi,
	[SF_LAYER_AMSDU] = sf_peel_amsdu,
	[SF_LAYER_RADIOTAP] = sf_peel_radiotap,
	[SF_LAYER_PPI] = sf_peel_ppi,
	[SF_LAYER_PRISM] = sf_peel_prism,
	[SF_LAYER_NFLOG] = sf_peel_nflog,
	[SF_LAYER_PKTAP] = sf_peel_pktap,
	[SF_LAYER_EXPORTED] = sf_peel_exported,
	[SF_LAYER_MACSEC] = sf_peel_macsec,
	[SF_LAYER_IP] = peel_ip,
	[SF_LAYER_IPV4] = peel_ipv4,
	[SF_LAYER_IPV6] = peel_ipv6,
	[SF_LAYER_EXT] = peel_ext,
	[SF_LAYER_AH] = peel_ah,
	[SF_LAYER_UDP] = peel_udp,
	[SF_LAYER_UDPLITE] = peel_udplite,
	[SF_LAYER_TCP] = peel_tcp,
	[SF_LAYER_ESP] = peel_esp,
	[SF_LAYER_GRE] = sf_peel_gre,
	[SF_LAYER_ERSPAN] = sf_peel_erspan,
	[SF_LAYER_ETHERIP] = sf_peel_etherip,
	[SF_LAYER_VXLAN] = sf_peel_vxlan,
	[SF_LAYER_GENEVE] = sf_peel_geneve,
	[SF_LAYER_NSH] = sf_peel_nsh,
	[SF_LAYER_GTPU] = sf_peel_gtpu,
	[SF_LAYER_L2TP] = sf_peel_l2tp,
	[SF_LAYER_L2TP3] = sf_peel_l2tp3,
	[SF_LAYER_CAPWAP] = sf_peel_capwap,
	[SF_LAYER_TZSP] = sf_peel_tzsp,
	[SF_LAYER_GUE] = sf_peel_gue,
	[SF_LAYER_TEREDO] = sf_peel_teredo,
};

static enum sf_peel_end
go_on(struct sf_peel *p, struct sf_diag *d)
{
	enum sf_peel_end end;

	do {
		if (p->steps++ >= STEPS || p->via.n > SF_TUNNELS)
			return SF_PEEL_DEEP;
		end = steps[p->layer](p, d);
	} while (end == SF_PEEL_ON);
	return end;
}

static uint16_t
be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static void
usual_addr(struct sf_addr *a, const uint8_t *ip, const uint8_t *port)
{
	*a = (struct sf_addr){ .family = 4, .port = be16(port) };
	memcpy(a->ip, ip, 4);
}

bool
sf_peel_usual(struct sf_datagram *out, const struct sf_packet *pkt)
{
	enum { ETHER = 14, HEADER = 20, PORTS = 8 };
	const uint8_t *ip = pkt->octets.p + ETHER, *udp = ip + HEADER;
	size_t total, told;

	/* with room for all headers and one octet behind them */
	if (pkt->link_type != 1 || pkt->octets.n <= ETHER + HEADER + PORTS)
		return false;
	total = be16(ip + 2);
	told = be16(udp + 4);
	/* RTP and RTCP begin with the bits 10; what may be something else, or a
	   fragment, or cut, or strange, goes the long way */
	if (be16(ip - 2) != 0x0800 || ip[0] != 0x45 || ip[9] != UDP ||
	    (be16(ip + 6) & 0x3fff) != 0 || total > pkt->octets.n - ETHER ||
	    told <= PORTS || told + HEADER > total || udp[PORTS] >> 6 != 2 ||
	    sf_layer_of_port(be16(udp)) != SF_LAYER_NONE ||
	    sf_layer_of_port(be16(udp + 2)) != SF_LAYER_NONE)
		return false;
	*out = (struct sf_datagram){
		.payload = sf_bytes(udp + PORTS, told - PORTS),
		.wire_octets = told - PORTS,
		.records = 1,
	};
	usual_addr(&out->src, ip + 12, udp);
	usual_addr(&out->dst, ip + 16, udp + 2);
	return true;
}

enum sf_peel_end
sf_peel_packet(
    struct sf_peel *out, const struct sf_packet *pkt, struct sf_diag *d)
{
	size_t wire =
	    pkt->wire_octets > pkt->octets.n ? pkt->wire_octets : pkt->octets.n;
	enum sf_peel_end end;

	*d = (struct sf_diag){ 0 };
	/* the rest of it is set by the step that makes it mean something */
	out->in = pkt->octets;
	out->wire_octets = wire;
	out->layer = SF_LAYER_LINK;
	out->link_type = pkt->link_type;
	out->link_padded = false;
	out->steps = 0;
	out->protocol = 0;
	out->direction = SF_DIR_UNKNOWN;
	out->rest = sf_bytes(NULL, 0);
	out->via.n = 0;
	end = go_on(out, d);
	if (end == SF_PEEL_CUT || end == SF_PEEL_MALFORMED)
		d->at += (size_t)(out->in.p - pkt->octets.p);
	return end;
}

enum sf_peel_end
sf_peel_payload(struct sf_peel *p, struct sf_bytes payload, struct sf_diag *d)
{
	enum sf_peel_end end;

	*d = (struct sf_diag){ 0 };
	p->in = payload;
	p->wire_octets = payload.n;
	end = sf_peel_protocol(p, p->protocol);
	return end == SF_PEEL_ON ? go_on(p, d) : end;
}

enum sf_peel_end
sf_peel_rest(struct sf_peel *p, struct sf_diag *d)
{
	*d = (struct sf_diag){ 0 };
	p->in = p->rest;
	p->wire_octets = p->rest.n;
	p->rest = sf_bytes(NULL, 0);
	p->layer = SF_LAYER_AMSDU;
	p->steps = 0;
	return go_on(p, d);
}

void
sf_peel_datagram(struct sf_datagram *out, const struct sf_peel *p)
{
	*out = (struct sf_datagram){
		.src = p->src,
		.dst = p->dst,
		.payload = p->in,
		.wire_octets = p->wire_octets,
		.cut = p->in.n < p->wire_octets,
		.records = 1,
		.direction = p->direction,
		.via = p->via.n == 0 ? NULL : &p->via,
	};
}
