/*
 * tunnels.c - tunnels over IP and over UDP.
 *
 * Ports are no proof: RTP may use any of them. A tunnel over UDP is one when
 * its header can be read and what is inside begins as it should; if not, the
 * datagram stays a datagram.
 */
#include "engine/transport/layers.h"
#include "parsers/net/ether.h"
#include "parsers/net/gre.h"
#include "parsers/net/overudp.h"
#include "parsers/net/ppp.h"
#include "parsers/net/vxlan.h"

/* ---- what can be inside --------------------------------------------------- */

static bool
plausible_ip(struct sf_bytes in)
{
	unsigned version = in.p[0] >> 4;

	return version == 6 || (version == 4 && (in.p[0] & 15) >= 5);
}

static bool
plausible_ether(struct sf_bytes in)
{
	struct sf_ether e;
	struct sf_diag d;

	return sf_ether_parse(&e, in, &d) == SF_OK &&
	       (sf_layer_of_type(e.of.type) != SF_LAYER_NONE ||
		   e.of.type == 0x0806 || e.of.llc);
}

static bool
plausible_ppp(struct sf_bytes in)
{
	struct sf_ppp p;
	struct sf_diag d;

	return sf_ppp_parse(&p, in, &d) == SF_OK &&
	       (p.protocol == 0x0021 || p.protocol == 0x0057 ||
		   p.protocol == 0x0281 || p.protocol >= 0x8000);
}

bool
sf_layer_plausible(enum sf_layer layer, struct sf_bytes in, size_t wire_octets)
{
	if (in.n == 0)
		return wire_octets > 0; /* cut, and the next step will say so */
	if (layer == SF_LAYER_IP)
		return plausible_ip(in);
	if (layer == SF_LAYER_IPV4)
		return plausible_ip(in) && in.p[0] >> 4 == 4;
	if (layer == SF_LAYER_IPV6)
		return in.p[0] >> 4 == 6;
	if (layer == SF_LAYER_ETHER)
		return (in.n < 14 && in.n < wire_octets) || plausible_ether(in);
	if (layer == SF_LAYER_PPP)
		return plausible_ppp(in);
	return true;
}

/* ---- over IP -------------------------------------------------------------- */

enum sf_peel_end
sf_peel_gre(struct sf_peel *p, struct sf_diag *d)
{
	struct sf_gre g;
	enum sf_status st = sf_gre_parse(&g, p->in, d);
	enum sf_layer layer;

	if (st != SF_OK)
		return sf_peel_stopped(p, st, d);
	layer = sf_layer_of_type(g.protocol);
	if (layer == SF_LAYER_ERSPAN) {
		/* type I has no header of its own, and no number in GRE */
		if (g.protocol == 0x88be && !g.has_seq) {
			sf_via_add(&p->via, SF_VIA_ERSPAN, 0);
			layer = SF_LAYER_ETHER;
		}
	} else {
		sf_via_add(
		    &p->via, g.version == 1 ? SF_VIA_PPTP : SF_VIA_GRE, g.key);
	}
	sf_peel_into(p, layer, g.payload);
	return SF_PEEL_ON;
}

enum sf_peel_end
sf_peel_erspan(struct sf_peel *p, struct sf_diag *d)
{
	struct sf_erspan e;
	enum sf_status st = sf_erspan_parse(&e, p->in, d);

	if (st != SF_OK)
		return sf_peel_stopped(p, st, d);
	sf_via_add(&p->via, SF_VIA_ERSPAN, e.session);
	sf_peel_into(
	    p, e.frame_type == 2 ? SF_LAYER_IP : SF_LAYER_ETHER, e.payload);
	return SF_PEEL_ON;
}

/* RFC 3378 3: version 3 and twelve zero bits. */
enum sf_peel_end
sf_peel_etherip(struct sf_peel *p, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(p->in);
	uint16_t head = sf_u16(&c);

	if (!sf_ok(&c))
		return sf_peel_stopped(
		    p, sf_short(d, &c, "EtherIP header", "RFC 3378 3"), d);
	if (head >> 12 != 3)
		return SF_PEEL_OTHER;
	sf_via_add(&p->via, SF_VIA_ETHERIP, 0);
	sf_peel_into(p, SF_LAYER_ETHER, sf_rest(&c));
	return SF_PEEL_ON;
}

/* ---- over UDP ------------------------------------------------------------- */

static enum sf_layer
layer_of_next(uint8_t next)
{
	switch (next) {
	case SF_NEXT_NONE:
	case SF_NEXT_ETHERNET:
		return SF_LAYER_ETHER;
	case SF_NEXT_IPV4:
		return SF_LAYER_IPV4;
	case SF_NEXT_IPV6:
		return SF_LAYER_IPV6;
	case SF_NEXT_NSH:
		return SF_LAYER_NSH;
	case SF_NEXT_MPLS:
		return SF_LAYER_MPLS;
	default:
		return SF_LAYER_NONE;
	}
}

enum sf_peel_end
sf_peel_vxlan(struct sf_peel *p, struct sf_diag *d)
{
	struct sf_vxlan v;
	enum sf_status st = sf_vxlan_parse(&v, p->in, d);

	if (st != SF_OK)
		return sf_peel_stopped(p, st, d);
	sf_via_add(&p->via, SF_VIA_VXLAN, v.vni);
	sf_peel_into(p, layer_of_next(v.next), v.payload);
	return SF_PEEL_ON;
}

enum sf_peel_end
sf_peel_geneve(struct sf_peel *p, struct sf_diag *d)
{
	struct sf_geneve g;
	enum sf_status st = sf_geneve_parse(&g, p->in, d);

	if (st != SF_OK)
		return sf_peel_stopped(p, st, d);
	sf_via_add(&p->via, SF_VIA_GENEVE, g.vni);
	sf_peel_into(p, sf_layer_of_type(g.protocol), g.payload);
	return SF_PEEL_ON;
}

enum sf_peel_end
sf_peel_nsh(struct sf_peel *p, struct sf_diag *d)
{
	struct sf_nsh n;
	enum sf_status st = sf_nsh_parse(&n, p->in, d);

	if (st != SF_OK)
		return sf_peel_stopped(p, st, d);
	sf_via_add(&p->via, SF_VIA_NSH, n.path);
	sf_peel_into(p,
	    n.next == SF_NEXT_NONE ? SF_LAYER_NONE : layer_of_next(n.next),
	    n.payload);
	return SF_PEEL_ON;
}

enum sf_peel_end
sf_peel_gtpu(struct sf_peel *p, struct sf_diag *d)
{
	struct sf_gtpu g;
	enum sf_status st = sf_gtpu_parse(&g, p->in, d);

	if (st != SF_OK)
		return sf_peel_stopped(p, st, d);
	if (g.type == 255)
		sf_via_add(&p->via, SF_VIA_GTPU, g.teid);
	sf_peel_into(p, g.type == 255 ? SF_LAYER_IP : SF_LAYER_NONE, g.payload);
	return SF_PEEL_ON;
}

/* Nothing but its octets tells: is that an Ethernet frame with an IP packet, or
   an IPv4 packet with its header's checksum? */
static bool
holds(enum sf_layer layer, struct sf_bytes in)
{
	struct sf_ether e;
	struct sf_diag d;
	uint32_t sum = 0;

	if (layer == SF_LAYER_ETHER) {
		if (sf_ether_parse(&e, in, &d) != SF_OK)
			return false;
		layer = sf_layer_of_type(e.of.type);
		return (layer == SF_LAYER_IPV4 || layer == SF_LAYER_IPV6) &&
		       e.payload.n > 0 &&
		       sf_layer_plausible(layer, e.payload, e.payload.n);
	}
	if (in.n < 20 || !sf_layer_plausible(SF_LAYER_IPV4, in, in.n) ||
	    (in.p[0] & 15) * 4u > in.n)
		return false;
	for (size_t i = 0; i < (in.p[0] & 15) * 4u; i += 2)
		sum += (uint32_t)in.p[i] << 8 | in.p[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	return sum == 0xffff || (in.p[10] | in.p[11]) == 0;
}

/* What a session carries: the first place at which it makes sense behind a
   cookie of 0, 4 or 8 octets and a sublayer of 0 or 4 (RFC 3931 4.1, 4.6). */
enum sf_peel_end
sf_peel_l2tp3(struct sf_peel *p, struct sf_diag *d)
{
	static const enum sf_layer layers[] = { SF_LAYER_ETHER, SF_LAYER_IPV4 };
	struct sf_l2tp3 l;
	enum sf_status st = sf_l2tp3_parse(&l, p->in, d);

	if (st != SF_OK)
		return sf_peel_stopped(p, st, d);
	if (l.session == 0)
		return SF_PEEL_OTHER; /* control */
	for (size_t i = 0; i < sizeof(layers) / sizeof(layers[0]); i++)
		for (size_t at = 0; at <= 12 && at + 20 <= l.payload.n;
		     at += 4) {
			struct sf_bytes in =
			    sf_bytes(l.payload.p + at, l.payload.n - at);

			if (!holds(layers[i], in))
				continue;
			sf_via_add(&p->via, SF_VIA_L2TP3, l.session);
			sf_peel_into(p, layers[i], in);
			return SF_PEEL_ON;
		}
	return sf_peel_opaque(p, SF_OPAQUE_L2TP3);
}

enum sf_peel_end
sf_peel_capwap(struct sf_peel *p, struct sf_diag *d)
{
	struct sf_capwap w;
	enum sf_status st = sf_capwap_parse(&w, p->in, d);
	enum sf_layer layer = SF_LAYER_ETHER;

	if (st != SF_OK)
		return sf_peel_stopped(p, st, d);
	if (w.sealed || w.fragment)
		return sf_peel_opaque(p, SF_OPAQUE_CAPWAP);
	if (w.native)
		layer = w.radio == 1 ? SF_LAYER_WIFI : SF_LAYER_NONE;
	if (w.control)
		layer = SF_LAYER_NONE;
	sf_via_add(&p->via, SF_VIA_CAPWAP, 0);
	sf_peel_into(p, layer, w.payload);
	return SF_PEEL_ON;
}

/* Over UDP version 3 has four octets in front of its session. */
static enum sf_peel_end
l2tp3_over_udp(struct sf_peel *p, struct sf_diag *d)
{
	if ((p->in.p[0] & 0x80) != 0 || p->in.n < 8)
		return SF_PEEL_OTHER;
	sf_peel_into(p, SF_LAYER_L2TP3, sf_bytes(p->in.p + 4, p->in.n - 4));
	return sf_peel_l2tp3(p, d);
}

enum sf_peel_end
sf_peel_l2tp(struct sf_peel *p, struct sf_diag *d)
{
	struct sf_l2tp l;
	enum sf_status st;

	if (p->in.n >= 2 && (p->in.p[1] & 15) == 3)
		return l2tp3_over_udp(p, d);
	st = sf_l2tp_parse(&l, p->in, d);
	if (st != SF_OK)
		return sf_peel_stopped(p, st, d);
	if (!l.control)
		sf_via_add(&p->via, SF_VIA_L2TP, l.session);
	sf_peel_into(p, l.control ? SF_LAYER_NONE : SF_LAYER_PPP, l.payload);
	return SF_PEEL_ON;
}

static enum sf_layer
layer_of_tzsp(const struct sf_tzsp *t)
{
	if (t->type > 1)
		return SF_LAYER_NONE;
	switch (t->protocol) {
	case 1:
		return SF_LAYER_ETHER;
	case 18:
		return SF_LAYER_WIFI;
	case 119:
		return SF_LAYER_PRISM;
	case 127:
		return SF_LAYER_RADIOTAP;
	default:
		return SF_LAYER_NONE;
	}
}

enum sf_peel_end
sf_peel_tzsp(struct sf_peel *p, struct sf_diag *d)
{
	struct sf_tzsp t;
	enum sf_status st = sf_tzsp_parse(&t, p->in, d);

	if (st != SF_OK)
		return sf_peel_stopped(p, st, d);
	sf_via_add(&p->via, SF_VIA_TZSP, 0);
	sf_peel_into(p, layer_of_tzsp(&t), t.payload);
	return SF_PEEL_ON;
}

enum sf_peel_end
sf_peel_gue(struct sf_peel *p, struct sf_diag *d)
{
	struct sf_gue g;
	enum sf_status st = sf_gue_parse(&g, p->in, d);

	if (st != SF_OK)
		return sf_peel_stopped(p, st, d);
	sf_via_add(&p->via, SF_VIA_GUE, 0);
	sf_peel_into(p, SF_LAYER_NONE, g.payload);
	if (g.control)
		return SF_PEEL_ON;
	if (g.protocol != 4 && g.protocol != 41)
		return sf_peel_protocol(p, g.protocol);
	p->layer = g.protocol == 4 ? SF_LAYER_IPV4 : SF_LAYER_IPV6;
	return SF_PEEL_ON;
}

enum sf_peel_end
sf_peel_teredo(struct sf_peel *p, struct sf_diag *d)
{
	struct sf_teredo t;
	enum sf_status st = sf_teredo_parse(&t, p->in, d);

	if (st != SF_OK)
		return sf_peel_stopped(p, st, d);
	sf_via_add(&p->via, SF_VIA_TEREDO, 0);
	sf_peel_into(p, SF_LAYER_IPV6, t.payload);
	return SF_PEEL_ON;
}

/* VXLAN goes to whatever port its operator likes: the plain form is known by
   its header and the Ethernet frame behind it. */
static bool
looks_like_vxlan(struct sf_bytes in)
{
	struct sf_vxlan v;
	struct sf_diag d;

	return in.p[0] == 0x08 && sf_vxlan_parse(&v, in, &d) == SF_OK &&
	       v.plain && holds(SF_LAYER_ETHER, v.payload);
}

enum sf_peel_end
sf_peel_udp_tunnel(struct sf_peel *p, struct sf_bytes payload)
{
	static sf_peel_step *const steps[SF_LAYERS] = {
		[SF_LAYER_L2TP] = sf_peel_l2tp,
		[SF_LAYER_CAPWAP] = sf_peel_capwap,
		[SF_LAYER_GTPU] = sf_peel_gtpu,
		[SF_LAYER_TEREDO] = sf_peel_teredo,
		[SF_LAYER_VXLAN] = sf_peel_vxlan,
		[SF_LAYER_GUE] = sf_peel_gue,
		[SF_LAYER_GENEVE] = sf_peel_geneve,
		[SF_LAYER_MPLS] = sf_peel_mpls,
		[SF_LAYER_TZSP] = sf_peel_tzsp,
	};
	enum sf_layer layer = sf_layer_of_port(p->dst.port);
	enum sf_peel_end end;
	struct sf_peel inside;
	struct sf_diag d;

	if (layer == SF_LAYER_NONE)
		layer = sf_layer_of_port(p->src.port);
	if (layer == SF_LAYER_NONE && looks_like_vxlan(payload))
		layer = SF_LAYER_VXLAN;
	if (layer == SF_LAYER_NONE)
		return SF_PEEL_DATAGRAM;
	inside = *p;
	inside.in = payload;
	end = steps[layer](&inside, &d);
	if (end == SF_PEEL_OPAQUE && payload.p[0] >> 6 != 2)
		return sf_peel_opaque(p, inside.opaque);
	if (end != SF_PEEL_ON || inside.layer == SF_LAYER_NONE ||
	    !sf_layer_plausible(
		(enum sf_layer)inside.layer, inside.in, inside.wire_octets))
		return SF_PEEL_DATAGRAM;
	*p = inside;
	return SF_PEEL_ON;
}
