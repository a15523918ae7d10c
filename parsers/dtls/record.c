#include "parsers/dtls/record.h"

#include "parsers/base/cursor.h"

#define REF_RECORD   "RFC 6347 4.1"
#define REF_FRAGMENT "RFC 6347 4.2.2"

enum sf_status
sf_dtls_record_parse(
    struct sf_dtls_record *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_dtls_record r = { 0 };
	uint16_t octets;

	*d = (struct sf_diag){ 0 };
	r.type = sf_u8(&c);
	if (sf_ok(&c) && (r.type & 0xe0) == 0x20)
		return sf_stop(
		    d, SF_UNSUPPORTED, 0, "unified header", "RFC 9147 4");
	r.version = sf_u16(&c);
	r.epoch = sf_u16(&c);
	r.seq = sf_uint(&c, 6);
	octets = sf_u16(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "record header", REF_RECORD);
	if (r.version >> 8 != 0xfe)
		return sf_stop(d, SF_MALFORMED, 1, "version", REF_RECORD);
	r.body = sf_slice(&c, octets);
	if (!sf_ok(&c))
		return sf_short(d, &c, "record body", REF_RECORD);
	r.payload = sf_rest(&c);
	*out = r;
	return SF_OK;
}

enum sf_status
sf_dtls_fragment_parse(
    struct sf_dtls_fragment *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_dtls_fragment f = { 0 };
	size_t octets;

	*d = (struct sf_diag){ 0 };
	f.type = sf_u8(&c);
	f.octets = (uint32_t)sf_uint(&c, 3);
	f.seq = sf_u16(&c);
	f.at = (uint32_t)sf_uint(&c, 3);
	octets = sf_uint(&c, 3);
	if (!sf_ok(&c))
		return sf_short(d, &c, "handshake header", REF_FRAGMENT);
	if (f.at > f.octets || octets > f.octets - f.at)
		return sf_stop(
		    d, SF_MALFORMED, 6, "fragment offset", REF_FRAGMENT);
	f.body = sf_slice(&c, octets);
	if (!sf_ok(&c))
		return sf_short(d, &c, "fragment", REF_FRAGMENT);
	f.payload = sf_rest(&c);
	*out = f;
	return SF_OK;
}
