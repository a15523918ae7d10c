#include "parsers/net/wifi.h"

#include "parsers/base/cursor.h"

#define REF_WIFI     "IEEE 802.11 9.2.4"
#define REF_AMSDU    "IEEE 802.11 9.3.2.2"
#define REF_RADIOTAP "LINKTYPE_IEEE802_11_RADIOTAP"
#define REF_PPI      "LINKTYPE_PPI"
#define REF_PRISM    "LINKTYPE_IEEE802_11_PRISM"

static uint16_t
le16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static uint32_t
le32(const uint8_t *p)
{
	return (uint32_t)le16(p) | (uint32_t)le16(p + 2) << 16;
}

enum sf_status
sf_wifi_parse(struct sf_wifi *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_wifi w = { 0 };
	uint8_t kind = sf_u8(&c);
	uint8_t flags = sf_u8(&c);
	bool qos = kind & 0x80;
	struct sf_bytes control;

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "frame control", REF_WIFI);
	/* type 2 is data; the subtypes with this bit carry none */
	w.data = (kind & 0x0c) == 0x08 && !(kind & 0x40);
	if (w.data) {
		w.protected = flags & 0x40;
		(void)sf_slice(&c, 22);
		if ((flags & 3) == 3)
			(void)sf_slice(&c, 6); /* from one AP to another */
		control = sf_slice(&c, qos ? 2 : 0);
		w.aggregate = control.n != 0 && (control.p[0] & 0x80);
		if (qos && (flags & 0x80))
			(void)sf_slice(&c, 4); /* HT control */
		if (!sf_ok(&c))
			return sf_short(d, &c, "header", REF_WIFI);
	}
	w.header_octets = (uint8_t)c.at;
	w.payload = sf_rest(&c);
	*out = w;
	return SF_OK;
}

enum sf_status
sf_amsdu_parse(struct sf_amsdu *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_amsdu a = { 0 };
	size_t octets, padding;

	*d = (struct sf_diag){ 0 };
	a.dst = sf_slice(&c, 6);
	a.src = sf_slice(&c, 6);
	octets = sf_u16(&c);
	a.data = sf_slice(&c, octets);
	if (!sf_ok(&c))
		return sf_short(d, &c, "subframe", REF_AMSDU);
	padding = (4 - c.at % 4) % 4;
	(void)sf_slice(&c, padding < sf_left(&c) ? padding : sf_left(&c));
	a.payload = sf_rest(&c);
	*out = a;
	return SF_OK;
}

/* Flags come behind the timer, which stands on a multiple of eight. */
static void
radiotap_flags(struct sf_radiotap *r, struct sf_bytes header)
{
	uint32_t present = le32(header.p + 4);
	size_t at = 8;

	/* a word whose last bit is set is followed by another */
	while (le32(header.p + at - 4) & 0x80000000U) {
		if (header.n - at < 4)
			return;
		at += 4;
	}
	if (present & 1)
		at = (at + 7) / 8 * 8 + 8;
	if (!(present & 2) || at >= header.n)
		return;
	r->fcs = header.p[at] & 0x10;
	r->padded = header.p[at] & 0x20;
}

enum sf_status
sf_radiotap_parse(
    struct sf_radiotap *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_radiotap r = { 0 };
	struct sf_bytes head = sf_slice(&c, 8), header;
	size_t octets;

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "header", REF_RADIOTAP);
	octets = le16(head.p + 2);
	if (head.p[0] != 0)
		return sf_stop(d, SF_UNSUPPORTED, 0, "version", REF_RADIOTAP);
	if (octets < 8)
		return sf_stop(d, SF_MALFORMED, 2, "length", REF_RADIOTAP);
	(void)sf_slice(&c, octets - 8);
	if (!sf_ok(&c))
		return sf_short(d, &c, "fields", REF_RADIOTAP);
	header = sf_bytes(in.p, octets);
	radiotap_flags(&r, header);
	r.payload = sf_rest(&c);
	*out = r;
	return SF_OK;
}

enum sf_status
sf_ppi_parse(struct sf_ppi *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_ppi p = { 0 };
	struct sf_bytes head = sf_slice(&c, 8);
	size_t octets;

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "header", REF_PPI);
	octets = le16(head.p + 2);
	if (octets < 8)
		return sf_stop(d, SF_MALFORMED, 2, "length", REF_PPI);
	p.link_type = le32(head.p + 4);
	(void)sf_slice(&c, octets - 8);
	if (!sf_ok(&c))
		return sf_short(d, &c, "fields", REF_PPI);
	p.payload = sf_rest(&c);
	*out = p;
	return SF_OK;
}

enum sf_status
sf_prism_parse(struct sf_prism *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_prism p = { 0 };
	uint32_t magic = sf_u32(&c);
	size_t octets = sf_u32(&c);

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "header", REF_PRISM);
	p.avs = (magic & 0xfffff000U) == 0x80211000U;
	/* Prism's is in the byte order of the machine that captured. */
	if (!p.avs && octets > 0xffff)
		octets = le32(in.p + 4);
	if (octets < 8 || octets > 0xffff)
		return sf_stop(d, SF_MALFORMED, 4, "length", REF_PRISM);
	(void)sf_slice(&c, octets - 8);
	if (!sf_ok(&c))
		return sf_short(d, &c, "fields", REF_PRISM);
	p.payload = sf_rest(&c);
	*out = p;
	return SF_OK;
}
