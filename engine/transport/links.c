/*
 * links.c - link layers, and what carries EtherTypes like one.
 */
#include <string.h>

#include "engine/transport/layers.h"
#include "engine/transport/link.h"
#include "parsers/net/capturing.h"
#include "parsers/net/ether.h"
#include "parsers/net/mpls.h"
#include "parsers/net/null.h"
#include "parsers/net/ppp.h"
#include "parsers/net/sll.h"
#include "parsers/net/wifi.h"

/* clang-format off */
static const struct link {
	uint16_t type;   /* LINKTYPE_ */
	uint8_t octets;  /* of the shortest header */
	uint8_t layer;
} links[] = {
	{   1, 14, SF_LAYER_ETHER    }, /* ETHERNET */
	{ 276, 20, SF_LAYER_SLL2     }, /* LINUX_SLL2 */
	{ 113, 16, SF_LAYER_SLL      }, /* LINUX_SLL */
	{ 101,  0, SF_LAYER_IP       }, /* RAW */
	{ 228,  0, SF_LAYER_IP       }, /* IPV4 */
	{ 229,  0, SF_LAYER_IP       }, /* IPV6 */
	{  12,  0, SF_LAYER_IP       }, /* DLT_RAW of most systems, where it got out */
	{  14,  0, SF_LAYER_IP       }, /* DLT_RAW of OpenBSD */
	{   0,  4, SF_LAYER_NULL     }, /* NULL */
	{ 108,  4, SF_LAYER_LOOP     }, /* LOOP */
	{   9,  1, SF_LAYER_PPP      }, /* PPP */
	{  50,  1, SF_LAYER_HDLC     }, /* PPP_HDLC */
	{  51,  6, SF_LAYER_PPPOE    }, /* PPP_ETHER */
	{ 166,  4, SF_LAYER_PPPD     }, /* PPP_PPPD */
	{ 204,  2, SF_LAYER_PPP_DIR  }, /* PPP_WITH_DIR */
	{ 104,  4, SF_LAYER_HDLC     }, /* C_HDLC */
	{ 219,  4, SF_LAYER_MPLS     }, /* MPLS */
	{ 105,  2, SF_LAYER_WIFI     }, /* IEEE802_11 */
	{ 127,  8, SF_LAYER_RADIOTAP }, /* IEEE802_11_RADIOTAP */
	{ 119,  8, SF_LAYER_PRISM    }, /* IEEE802_11_PRISM */
	{ 163,  8, SF_LAYER_PRISM    }, /* IEEE802_11_AVS */
	{ 192,  8, SF_LAYER_PPI      }, /* PPI */
	{ 239,  4, SF_LAYER_NFLOG    }, /* NFLOG */
	{ 258, 12, SF_LAYER_PKTAP    }, /* PKTAP */
	{ 149, 12, SF_LAYER_PKTAP    }, /* USER2, which macOS took for it */
	{ 252,  4, SF_LAYER_EXPORTED }, /* WIRESHARK_UPPER_PDU */
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

enum sf_peel_end
sf_peel_link(struct sf_peel *p, struct sf_diag *d)
{
	const struct link *l = find(p->link_type);

	(void)d;
	if (l == NULL)
		return SF_PEEL_UNSUPPORTED;
	p->layer = l->layer;
	return SF_PEEL_ON;
}

/* A header inside names the link that follows it. */
static enum sf_peel_end
another_link(struct sf_peel *p, uint32_t link_type, struct sf_bytes payload)
{
	if (link_type > UINT16_MAX)
		return SF_PEEL_UNSUPPORTED;
	sf_peel_into(p, SF_LAYER_LINK, payload);
	p->link_type = (uint16_t)link_type;
	return SF_PEEL_ON;
}

/* ---- what carries EtherTypes ---------------------------------------------- */

enum sf_layer
sf_layer_of_type(uint16_t type)
{
	switch (type) {
	case 0x0800:
		return SF_LAYER_IPV4;
	case 0x86dd:
		return SF_LAYER_IPV6;
	case 0x6558: /* in tunnels */
		return SF_LAYER_ETHER;
	case 0x8847:
	case 0x8848:
		return SF_LAYER_MPLS;
	case 0x8864:
		return SF_LAYER_PPPOE;
	case 0x88be:
	case 0x22eb:
		return SF_LAYER_ERSPAN;
	case 0x880b:
		return SF_LAYER_PPP;
	case 0x88e5:
		return SF_LAYER_MACSEC;
	case 0x894f:
		return SF_LAYER_NSH;
	default:
		return SF_LAYER_NONE;
	}
}

static enum sf_peel_end
by_type(struct sf_peel *p, uint16_t type, struct sf_bytes payload)
{
	enum sf_layer layer = sf_layer_of_type(type);

	/* these stand behind GRE and nowhere else */
	if (layer == SF_LAYER_ERSPAN || layer == SF_LAYER_PPP)
		layer = SF_LAYER_NONE;
	sf_peel_into(p, layer, payload);
	return SF_PEEL_ON;
}

enum sf_peel_end
sf_peel_ether(struct sf_peel *p, struct sf_diag *d)
{
	struct sf_ether e;
	enum sf_status st = sf_ether_parse(&e, p->in, d);

	if (st != SF_OK)
		return sf_peel_stopped(p, st, d);
	return by_type(p, e.of.type, e.payload);
}

/* To us, to all, sent by us; what passes by has no direction. */
static uint8_t
cooked_way(uint16_t packet_type)
{
	static const uint8_t ways[] = { SF_DIR_IN, SF_DIR_IN, SF_DIR_IN,
		SF_DIR_UNKNOWN, SF_DIR_OUT };

	return packet_type < sizeof(ways) ? ways[packet_type] : SF_DIR_UNKNOWN;
}

enum sf_peel_end
sf_peel_sll(struct sf_peel *p, struct sf_diag *d)
{
	struct sf_sll s;
	enum sf_status st = sf_sll_parse(&s, p->in, d);

	if (st != SF_OK)
		return sf_peel_stopped(p, st, d);
	p->direction = cooked_way(s.packet_type);
	return by_type(p, s.of.type, s.payload);
}

enum sf_peel_end
sf_peel_sll2(struct sf_peel *p, struct sf_diag *d)
{
	struct sf_sll2 s;
	enum sf_status st = sf_sll2_parse(&s, p->in, d);

	if (st != SF_OK)
		return sf_peel_stopped(p, st, d);
	p->direction = cooked_way(s.packet_type);
	return by_type(p, s.of.type, s.payload);
}

enum sf_peel_end
sf_peel_llc(struct sf_peel *p, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(p->in);
	struct sf_ethertype of = { 0 };
	enum sf_status st = sf_ethertype_llc(&of, &c, d);

	if (st != SF_OK)
		return sf_peel_stopped(p, st, d);
	return by_type(p, of.type, sf_rest(&c));
}

enum sf_peel_end
sf_peel_macsec(struct sf_peel *p, struct sf_diag *d)
{
	(void)d;
	p->opaque = SF_OPAQUE_MACSEC;
	return SF_PEEL_OPAQUE;
}

/* ---- address families ----------------------------------------------------- */

static enum sf_layer
layer_of_family(uint32_t family)
{
	switch (family) {
	case 2:
		return SF_LAYER_IPV4;
	case 10: /* Linux */
	case 24: /* NetBSD, OpenBSD */
	case 28: /* FreeBSD */
	case 30: /* Darwin */
		return SF_LAYER_IPV6;
	default:
		return SF_LAYER_NONE;
	}
}

enum sf_peel_end
sf_peel_null(struct sf_peel *p, struct sf_diag *d)
{
	struct sf_null l;
	enum sf_status st = sf_null_parse(&l, p->in, d);

	if (st != SF_OK)
		return sf_peel_stopped(p, st, d);
	sf_peel_into(p, layer_of_family(l.family), l.payload);
	return SF_PEEL_ON;
}

enum sf_peel_end
sf_peel_loop(struct sf_peel *p, struct sf_diag *d)
{
	struct sf_loop l;
	enum sf_status st = sf_loop_parse(&l, p->in, d);

	if (st != SF_OK)
		return sf_peel_stopped(p, st, d);
	sf_peel_into(p, layer_of_family(l.family), l.payload);
	return SF_PEEL_ON;
}

enum sf_peel_end
sf_peel_nflog(struct sf_peel *p, struct sf_diag *d)
{
	struct sf_nflog n;
	enum sf_status st = sf_nflog_parse(&n, p->in, d);
	enum sf_layer layer;

	if (st != SF_OK)
		return sf_peel_stopped(p, st, d);
	layer = layer_of_family(n.family);
	/* a bridge logs IP packets as its own family */
	if (layer == SF_LAYER_NONE && n.family == 7)
		layer = SF_LAYER_IP;
	sf_peel_into(p, layer, n.payload);
	return SF_PEEL_ON;
}

/* ---- PPP ------------------------------------------------------------------ */

static enum sf_layer
layer_of_ppp(uint16_t protocol)
{
	switch (protocol) {
	case 0x0021:
		return SF_LAYER_IPV4;
	case 0x0057:
		return SF_LAYER_IPV6;
	case 0x0281:
	case 0x0283:
		return SF_LAYER_MPLS;
	default:
		return SF_LAYER_NONE;
	}
}

enum sf_peel_end
sf_peel_ppp(struct sf_peel *p, struct sf_diag *d)
{
	struct sf_ppp h;
	enum sf_status st = sf_ppp_parse(&h, p->in, d);

	if (st != SF_OK)
		return sf_peel_stopped(p, st, d);
	sf_peel_into(p, layer_of_ppp(h.protocol), h.payload);
	return SF_PEEL_ON;
}

/* Passes octets in front that PPP follows. */
static enum sf_peel_end
ppp_behind(struct sf_peel *p, size_t n, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(p->in);

	if (n > 0 && p->in.n > 0)
		p->direction = p->in.p[0] == 0 ? SF_DIR_IN : SF_DIR_OUT;
	(void)sf_slice(&c, n);
	if (!sf_ok(&c))
		return sf_peel_stopped(
		    p, sf_short(d, &c, "direction", "LINKTYPE_PPP"), d);
	sf_peel_into(p, SF_LAYER_PPP, sf_rest(&c));
	return SF_PEEL_ON;
}

enum sf_peel_end
sf_peel_ppp_dir(struct sf_peel *p, struct sf_diag *d)
{
	return ppp_behind(p, 1, d);
}

/* The direction stands in the place of the address octet. */
enum sf_peel_end
sf_peel_pppd(struct sf_peel *p, struct sf_diag *d)
{
	bool framed = p->in.n < 2 || (p->in.p[0] < 2 && p->in.p[1] == 0x03);

	return ppp_behind(p, framed ? 2 : 0, d);
}

/* Cisco's addresses are no beginning of a PPP packet. */
enum sf_peel_end
sf_peel_hdlc(struct sf_peel *p, struct sf_diag *d)
{
	struct sf_chdlc h;
	enum sf_status st;

	if (p->in.n > 0 && (p->in.p[0] & 0x7f) != 0x0f)
		return sf_peel_ppp(p, d);
	st = sf_chdlc_parse(&h, p->in, d);
	if (st != SF_OK)
		return sf_peel_stopped(p, st, d);
	return by_type(p, h.type, h.payload);
}

enum sf_peel_end
sf_peel_pppoe(struct sf_peel *p, struct sf_diag *d)
{
	struct sf_pppoe h;
	enum sf_status st = sf_pppoe_parse(&h, p->in, d);

	if (st != SF_OK)
		return sf_peel_stopped(p, st, d);
	sf_via_add(&p->via, SF_VIA_PPPOE, h.session);
	sf_peel_into(p, h.code == 0 ? SF_LAYER_PPP : SF_LAYER_NONE, h.payload);
	return SF_PEEL_ON;
}

/* ---- MPLS ----------------------------------------------------------------- */

/* No field tells what follows the labels: an IP packet shows by its version,
   a control word (RFC 4385 3) by zeros in the same place. */
enum sf_peel_end
sf_peel_mpls(struct sf_peel *p, struct sf_diag *d)
{
	struct sf_mpls m;
	enum sf_status st = sf_mpls_parse(&m, p->in, d);
	enum sf_layer layer = SF_LAYER_NONE;
	size_t skip = 0;

	if (st != SF_OK)
		return sf_peel_stopped(p, st, d);
	sf_via_add(&p->via, SF_VIA_MPLS, m.bottom);
	sf_peel_into(p, SF_LAYER_NONE, m.payload);
	if (sf_layer_plausible(SF_LAYER_IP, p->in, p->wire_octets)) {
		layer = SF_LAYER_IP;
	} else if (p->in.n > 4 && p->in.p[0] >> 4 == 0 &&
		   sf_layer_plausible(SF_LAYER_ETHER,
		       sf_bytes(p->in.p + 4, p->in.n - 4),
		       p->wire_octets - 4)) {
		layer = SF_LAYER_ETHER;
		skip = 4;
	} else if (sf_layer_plausible(SF_LAYER_ETHER, p->in, p->wire_octets)) {
		layer = SF_LAYER_ETHER;
	}
	sf_peel_into(p, layer, sf_bytes(p->in.p + skip, p->in.n - skip));
	return SF_PEEL_ON;
}

/* ---- 802.11 --------------------------------------------------------------- */

enum sf_peel_end
sf_peel_wifi(struct sf_peel *p, struct sf_diag *d)
{
	struct sf_wifi w;
	enum sf_status st = sf_wifi_parse(&w, p->in, d);
	enum sf_layer layer = SF_LAYER_NONE;

	if (st != SF_OK)
		return sf_peel_stopped(p, st, d);
	if (w.data && w.protected) {
		p->opaque = SF_OPAQUE_WIFI;
		return SF_PEEL_OPAQUE;
	}
	if (w.data)
		layer = w.aggregate ? SF_LAYER_AMSDU : SF_LAYER_LLC;
	/* radiotap says when the header is filled up to a multiple of four */
	if (p->link_padded) {
		size_t fill = (4 - (size_t)w.header_octets % 4) % 4;

		fill = fill < w.payload.n ? fill : w.payload.n;
		w.payload = sf_bytes(w.payload.p + fill, w.payload.n - fill);
	}
	sf_peel_into(p, layer, w.payload);
	return SF_PEEL_ON;
}

enum sf_peel_end
sf_peel_amsdu(struct sf_peel *p, struct sf_diag *d)
{
	struct sf_amsdu a;
	enum sf_status st = sf_amsdu_parse(&a, p->in, d);

	if (st != SF_OK)
		return sf_peel_stopped(p, st, d);
	p->rest = a.payload;
	sf_peel_into(p, SF_LAYER_LLC, a.data);
	return SF_PEEL_ON;
}

enum sf_peel_end
sf_peel_radiotap(struct sf_peel *p, struct sf_diag *d)
{
	struct sf_radiotap r;
	enum sf_status st = sf_radiotap_parse(&r, p->in, d);

	if (st != SF_OK)
		return sf_peel_stopped(p, st, d);
	/* a checksum at the end is behind what IP says there is */
	p->link_padded = r.padded;
	sf_peel_into(p, SF_LAYER_WIFI, r.payload);
	return SF_PEEL_ON;
}

enum sf_peel_end
sf_peel_prism(struct sf_peel *p, struct sf_diag *d)
{
	struct sf_prism r;
	enum sf_status st = sf_prism_parse(&r, p->in, d);

	if (st != SF_OK)
		return sf_peel_stopped(p, st, d);
	sf_peel_into(p, SF_LAYER_WIFI, r.payload);
	return SF_PEEL_ON;
}

enum sf_peel_end
sf_peel_ppi(struct sf_peel *p, struct sf_diag *d)
{
	struct sf_ppi h;
	enum sf_status st = sf_ppi_parse(&h, p->in, d);

	if (st != SF_OK)
		return sf_peel_stopped(p, st, d);
	return another_link(p, h.link_type, h.payload);
}

/* ---- of capturing programs ------------------------------------------------ */

enum sf_peel_end
sf_peel_pktap(struct sf_peel *p, struct sf_diag *d)
{
	struct sf_pktap h;
	enum sf_status st = sf_pktap_parse(&h, p->in, d);

	if (st != SF_OK)
		return sf_peel_stopped(p, st, d);
	return another_link(p, h.link_type, h.payload);
}

static void
export_address(struct sf_addr *a, struct sf_bytes ip, uint16_t port)
{
	*a = (struct sf_addr){ .port = port };
	if (ip.n == 0)
		return;
	a->family = ip.n == 4 ? 4 : 6;
	memcpy(a->ip, ip.p, ip.n);
}

/* By the name of the dissector it was exported for. */
static int
exported_layer(struct sf_bytes name)
{
	static const struct {
		const char *name;
		int layer; /* -1: a datagram */
	} rows[] = {
		{ "rtp", -1 },
		{ "srtp", -1 },
		{ "rtcp", -1 },
		{ "srtcp", -1 },
		{ "rtp.rfc4571", SF_LAYER_NONE },
		{ "stun-udp", -1 },
		{ "stun", -1 },
		{ "dtls", -1 },
		{ "udp", SF_LAYER_UDP },
		{ "tcp", SF_LAYER_TCP },
		{ "ip", SF_LAYER_IP },
		{ "ipv4", SF_LAYER_IP },
		{ "ipv6", SF_LAYER_IP },
		{ "eth", SF_LAYER_ETHER },
		{ "eth_withoutfcs", SF_LAYER_ETHER },
		{ "eth_maybefcs", SF_LAYER_ETHER },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strlen(rows[i].name) == name.n &&
		    memcmp(rows[i].name, name.p, name.n) == 0)
			return rows[i].layer;
	return SF_LAYER_NONE;
}

enum sf_peel_end
sf_peel_exported(struct sf_peel *p, struct sf_diag *d)
{
	struct sf_exported e;
	enum sf_status st = sf_exported_parse(&e, p->in, d);
	int layer;

	if (st != SF_OK)
		return sf_peel_stopped(p, st, d);
	export_address(&p->src, e.src, e.src_port);
	export_address(&p->dst, e.dst, e.dst_port);
	layer = exported_layer(e.name);
	sf_peel_into(
	    p, layer < 0 ? SF_LAYER_NONE : (enum sf_layer)layer, e.payload);
	return layer < 0 ? SF_PEEL_DATAGRAM : SF_PEEL_ON;
}
