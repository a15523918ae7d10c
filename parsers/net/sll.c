#include "parsers/net/sll.h"

#define REF_SLL  "LINKTYPE_LINUX_SLL"
#define REF_SLL2 "LINKTYPE_LINUX_SLL2"

#define PROTOCOL_802_2 0x0004 /* an LLC header follows */

/* Interfaces whose protocol field is something other than an EtherType. */
static bool
foreign(uint16_t arphrd)
{
	return (arphrd >= 801 && arphrd <= 803) || /* 802.11, Prism, radiotap */
	       arphrd == 770 ||                    /* Frame Relay */
	       arphrd == 824;                      /* netlink */
}

static enum sf_status
follow(struct sf_ethertype *of, struct sf_cursor *c, uint16_t arphrd,
    uint16_t protocol, struct sf_diag *d)
{
	if (foreign(arphrd))
		return SF_OK;
	if (protocol == PROTOCOL_802_2)
		return sf_ethertype_llc(of, c, d);
	if (protocol < 0x600)
		return SF_OK; /* Novell's frames, CAN, and others of Linux */
	return sf_ethertype_follow(of, c, protocol, d);
}

/* The address, whose length may be more than there is room for. */
static struct sf_bytes
address(struct sf_cursor *c, size_t octets)
{
	struct sf_bytes a = sf_slice(c, 8);

	return sf_bytes(a.p, octets < a.n ? octets : a.n);
}

enum sf_status
sf_sll_parse(struct sf_sll *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_sll s = { 0 };
	enum sf_status st;
	uint16_t octets;

	*d = (struct sf_diag){ 0 };
	s.packet_type = sf_u16(&c);
	s.arphrd = sf_u16(&c);
	octets = sf_u16(&c);
	s.address = address(&c, octets);
	s.protocol = sf_u16(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "cooked header", REF_SLL);
	st = follow(&s.of, &c, s.arphrd, s.protocol, d);
	if (st != SF_OK)
		return st;
	s.payload = sf_rest(&c);
	*out = s;
	return SF_OK;
}

enum sf_status
sf_sll2_parse(struct sf_sll2 *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_sll2 s = { 0 };
	enum sf_status st;
	uint8_t octets;

	*d = (struct sf_diag){ 0 };
	s.protocol = sf_u16(&c);
	(void)sf_u16(&c); /* reserved */
	s.interface = sf_u32(&c);
	s.arphrd = sf_u16(&c);
	s.packet_type = sf_u8(&c);
	octets = sf_u8(&c);
	s.address = address(&c, octets);
	if (!sf_ok(&c))
		return sf_short(d, &c, "cooked header", REF_SLL2);
	st = follow(&s.of, &c, s.arphrd, s.protocol, d);
	if (st != SF_OK)
		return st;
	s.payload = sf_rest(&c);
	*out = s;
	return SF_OK;
}
