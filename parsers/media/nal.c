#include "parsers/media/nal.h"

#include "parsers/base/cursor.h"

#define REF "ITU-T H.264 B.1"

enum sf_status
sf_nal_unit_parse(
    struct sf_nal_unit *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	uint16_t octets = sf_u16(&c);
	struct sf_bytes unit = sf_slice(&c, octets);

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "aggregated unit", "RFC 6184 5.7.1");
	*out = (struct sf_nal_unit){ unit, sf_rest(&c) };
	return SF_OK;
}

static enum sf_status
read_mtap(struct sf_nal_mtap *out, struct sf_bytes in, size_t offset_octets,
    struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_nal_mtap m = { 0 };
	uint16_t octets = sf_u16(&c);

	*d = (struct sf_diag){ 0 };
	m.dond = sf_u8(&c);
	m.offset = (uint32_t)sf_uint(&c, offset_octets);
	m.unit = sf_slice(&c, octets);
	if (!sf_ok(&c))
		return sf_short(d, &c, "aggregated unit", "RFC 6184 5.7.2");
	m.payload = sf_rest(&c);
	*out = m;
	return SF_OK;
}

enum sf_status
sf_nal_mtap16_parse(
    struct sf_nal_mtap16 *out, struct sf_bytes in, struct sf_diag *d)
{
	return read_mtap(&out->v, in, 2, d);
}

enum sf_status
sf_nal_mtap24_parse(
    struct sf_nal_mtap24 *out, struct sf_bytes in, struct sf_diag *d)
{
	return read_mtap(&out->v, in, 3, d);
}

/* Octets of the start code at the front, zeros before it included; 0: none. */
static size_t
code_at(struct sf_bytes in, size_t at)
{
	size_t i = at;

	while (i < in.n && in.p[i] == 0)
		i++;
	return i < in.n && in.p[i] == 1 && i - at >= 2 ? i + 1 - at : 0;
}

static size_t
zeros_at(struct sf_bytes in, size_t at)
{
	size_t i = at;

	while (i < in.n && in.p[i] == 0)
		i++;
	return i - at;
}

/* From at on, where the unit ends: at the end, or at a run of zeros that leads
   to a start code. False when it holds what no unit may hold. */
static bool
end_of_unit(struct sf_bytes in, size_t at, size_t *end)
{
	while (at < in.n) {
		size_t zeros = zeros_at(in, at);
		uint8_t next = at + zeros < in.n ? in.p[at + zeros] : 0;

		if (zeros == 0) {
			at++;
			continue;
		}
		if (at + zeros == in.n || (zeros >= 2 && next == 1)) {
			*end = at;
			return true;
		}
		if (zeros > 2 || (zeros == 2 && next == 2)) {
			*end = at;
			return false;
		}
		at += zeros;
	}
	*end = in.n;
	return true;
}

enum sf_status
sf_nal_stream_parse(
    struct sf_nal_stream *out, struct sf_bytes in, struct sf_diag *d)
{
	size_t code = code_at(in, 0), end = 0;
	struct sf_bytes rest;

	*d = (struct sf_diag){ 0 };
	if (in.n < 4) {
		*d = (struct sf_diag){ SF_SHORT, 0, 4 - in.n, "start code",
			REF };
		return SF_SHORT;
	}
	if (code == 0)
		return sf_stop(d, SF_MALFORMED, 0, "start code", REF);
	if (!end_of_unit(in, code, &end))
		return sf_stop(d, SF_MALFORMED, end, "unit", REF);
	rest = sf_bytes(in.p + end, in.n - end);
	if (code_at(rest, 0) == 0) /* zeros up to the end */
		rest = sf_bytes(in.p + in.n, 0);
	*out = (struct sf_nal_stream){
		.code_octets = (uint8_t)(code < 255 ? code : 255),
		.unit = sf_bytes(in.p + code, end - code),
		.payload = rest,
	};
	return SF_OK;
}
