#include "parsers/file/pcap.h"

#include "parsers/base/cursor.h"
#include "parsers/file/order.h"

#define REF_HEADER "draft-ietf-opsawg-pcap 4"
#define REF_RECORD "draft-ietf-opsawg-pcap 5"

/* clang-format off */
static const struct {
	uint32_t magic; /* as a big-endian number */
	bool big, nanoseconds, modified;
} magics[] = {
	{ 0xa1b2c3d4, true,  false, false },
	{ 0xd4c3b2a1, false, false, false },
	{ 0xa1b23c4d, true,  true,  false },
	{ 0x4d3cb2a1, false, true,  false },
	{ 0xa1b2cd34, true,  false, true  },
	{ 0x34cdb2a1, false, false, true  },
};
/* clang-format on */

static bool
find_magic(struct sf_pcap_header *h, uint32_t magic)
{
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
		if (magics[i].magic != magic)
			continue;
		h->big = magics[i].big;
		h->nanoseconds = magics[i].nanoseconds;
		h->modified = magics[i].modified;
		return true;
	}
	return false;
}

enum sf_status
sf_pcap_header_parse(
    struct sf_pcap_header *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_pcap_header h = { 0 };
	uint32_t magic = sf_u32(&c);
	struct sf_bytes rest;
	uint32_t link;

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "magic number", REF_HEADER);
	if (!find_magic(&h, magic))
		return sf_stop(d, SF_MALFORMED, 0, "magic number", REF_HEADER);

	rest = sf_slice(&c, SF_PCAP_HEADER_OCTETS - 4);
	if (!sf_ok(&c))
		return sf_short(d, &c, "file header", REF_HEADER);
	h.major = sf_order_u16(rest.p, h.big);
	h.minor = sf_order_u16(rest.p + 2, h.big);
	/* 543.0 is what some forks of libpcap wrote; the layout is that of 2.x. */
	if (h.major != 2 && !(h.major == 543 && h.minor == 0))
		return sf_stop(d, SF_UNSUPPORTED, 4, "version", REF_HEADER);
	/* The time zone and the accuracy in between are zero in every file. */
	h.snaplen = sf_order_u32(rest.p + 12, h.big);
	link = sf_order_u32(rest.p + 16, h.big);
	h.link_type = (uint16_t)(link & 0xffff);
	if (link & (uint32_t)1 << 26)
		h.fcs_octets = (uint8_t)((link >> 28) * 2);
	h.payload = sf_rest(&c);
	*out = h;
	return SF_OK;
}

static enum sf_status
record(struct sf_pcap_record *out, struct sf_bytes in, struct sf_diag *d,
    bool big, bool modified)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_pcap_record r = { 0 };
	struct sf_bytes head = sf_slice(
	    &c, modified ? SF_PCAP_MODIFIED_OCTETS : SF_PCAP_RECORD_OCTETS);

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "record header", REF_RECORD);
	r.seconds = sf_order_u32(head.p, big);
	r.fraction = sf_order_u32(head.p + 4, big);
	r.captured = sf_order_u32(head.p + 8, big);
	r.original = sf_order_u32(head.p + 12, big);
	/* modified: interface index (4), protocol (2), packet type (1), pad (1) */
	if (modified)
		r.packet_type = head.p[22];
	r.payload = sf_rest(&c);
	*out = r;
	return SF_OK;
}

enum sf_status
sf_pcap_record_le_parse(
    struct sf_pcap_record_le *out, struct sf_bytes in, struct sf_diag *d)
{
	return record(&out->v, in, d, false, false);
}

enum sf_status
sf_pcap_record_be_parse(
    struct sf_pcap_record_be *out, struct sf_bytes in, struct sf_diag *d)
{
	return record(&out->v, in, d, true, false);
}

enum sf_status
sf_pcap_modified_le_parse(
    struct sf_pcap_modified_le *out, struct sf_bytes in, struct sf_diag *d)
{
	return record(&out->v, in, d, false, true);
}

enum sf_status
sf_pcap_modified_be_parse(
    struct sf_pcap_modified_be *out, struct sf_bytes in, struct sf_diag *d)
{
	return record(&out->v, in, d, true, true);
}
