/*
 * layers.h - the steps of engine/transport/peel.c: one function for each
 * kind of header. Internal to it.
 *
 * A step reads p->in. It either makes p->in what is inside and names its
 * layer, or ends the peeling, p->in being what it could not read.
 */
#ifndef SF_LAYERS_H
#define SF_LAYERS_H

#include "engine/transport/peel.h"

enum sf_layer {
	SF_LAYER_NONE, /* nothing that is looked into */
	/* links.c */
	SF_LAYER_LINK, /* by p->link_type */
	SF_LAYER_ETHER,
	SF_LAYER_SLL,
	SF_LAYER_SLL2,
	SF_LAYER_NULL,
	SF_LAYER_LOOP,
	SF_LAYER_LLC,
	SF_LAYER_PPP,
	SF_LAYER_PPP_DIR,
	SF_LAYER_PPPD,
	SF_LAYER_HDLC, /* PPP or Cisco's */
	SF_LAYER_PPPOE,
	SF_LAYER_MPLS,
	SF_LAYER_WIFI,
	SF_LAYER_AMSDU,
	SF_LAYER_RADIOTAP,
	SF_LAYER_PPI,
	SF_LAYER_PRISM,
	SF_LAYER_NFLOG,
	SF_LAYER_PKTAP,
	SF_LAYER_EXPORTED,
	SF_LAYER_MACSEC,
	/* peel.c */
	SF_LAYER_IP, /* the first four bits tell which */
	SF_LAYER_IPV4,
	SF_LAYER_IPV6,
	SF_LAYER_EXT,
	SF_LAYER_AH,
	SF_LAYER_UDP,
	SF_LAYER_UDPLITE,
	SF_LAYER_TCP,
	SF_LAYER_ESP,
	/* tunnels.c */
	SF_LAYER_GRE,
	SF_LAYER_ERSPAN,
	SF_LAYER_ETHERIP,
	SF_LAYER_VXLAN,
	SF_LAYER_GENEVE,
	SF_LAYER_NSH,
	SF_LAYER_GTPU,
	SF_LAYER_L2TP,
	SF_LAYER_L2TP3,
	SF_LAYER_CAPWAP,
	SF_LAYER_TZSP,
	SF_LAYER_GUE,
	SF_LAYER_TEREDO,
	SF_LAYERS
};

typedef enum sf_peel_end sf_peel_step(struct sf_peel *p, struct sf_diag *d);

/* Goes inwards: payload is a part of p->in. */
static inline void
sf_peel_into(struct sf_peel *p, enum sf_layer layer, struct sf_bytes payload)
{
	p->wire_octets -= p->in.n - payload.n;
	p->in = payload;
	p->layer = (uint16_t)layer;
}

/* The end at a parser's failure: by whose fault? */
enum sf_peel_end sf_peel_stopped(
    const struct sf_peel *p, enum sf_status st, struct sf_diag *d);

/* What an EtherType leads to. */
enum sf_layer sf_layer_of_type(uint16_t type);

/* The layer of a link type; NONE for one that is not decoded. */
enum sf_layer sf_layer_of_link(uint16_t link_type);

/* Goes on with a payload of that IP protocol number. */
enum sf_peel_end sf_peel_protocol(struct sf_peel *p, uint8_t protocol);

/* True when the octets can be the beginning of such a layer. */
bool sf_layer_plausible(
    enum sf_layer layer, struct sf_bytes in, size_t wire_octets);

/* What a datagram to or from that port may carry; NONE: no tunnel. */
static inline enum sf_layer
sf_layer_of_port(uint16_t port)
{
	switch (port) {
	case 1701:
		return SF_LAYER_L2TP;
	case 2152:
		return SF_LAYER_GTPU;
	case 3544:
		return SF_LAYER_TEREDO;
	case 4789:
	case 4790:
	case 8472:
		return SF_LAYER_VXLAN;
	case 5247:
		return SF_LAYER_CAPWAP;
	case 6080:
		return SF_LAYER_GUE;
	case 6081:
		return SF_LAYER_GENEVE;
	case 6635:
		return SF_LAYER_MPLS;
	case 37008:
		return SF_LAYER_TZSP;
	default:
		return SF_LAYER_NONE;
	}
}

/* A tunnel that begins in the payload of a datagram with these ports: ON when
   there is one, *p is then inside; OPAQUE; or DATAGRAM when there is none. */
enum sf_peel_end sf_peel_udp_tunnel(struct sf_peel *p, struct sf_bytes payload);

/* Encrypted on the way. */
static inline enum sf_peel_end
sf_peel_opaque(struct sf_peel *p, enum sf_opaque by)
{
	p->opaque = by;
	return SF_PEEL_OPAQUE;
}

sf_peel_step sf_peel_link, sf_peel_ether, sf_peel_sll, sf_peel_sll2,
    sf_peel_null, sf_peel_loop, sf_peel_llc, sf_peel_ppp, sf_peel_ppp_dir,
    sf_peel_pppd, sf_peel_hdlc, sf_peel_pppoe, sf_peel_mpls, sf_peel_wifi,
    sf_peel_amsdu, sf_peel_radiotap, sf_peel_ppi, sf_peel_prism, sf_peel_nflog,
    sf_peel_pktap, sf_peel_exported, sf_peel_macsec;

sf_peel_step sf_peel_gre, sf_peel_erspan, sf_peel_etherip, sf_peel_vxlan,
    sf_peel_geneve, sf_peel_nsh, sf_peel_gtpu, sf_peel_l2tp, sf_peel_l2tp3,
    sf_peel_capwap, sf_peel_tzsp, sf_peel_gue, sf_peel_teredo;

#endif
