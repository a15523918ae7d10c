#include "parsers/sframe/trailers.h"

#include <string.h>

#include "parsers/sframe/tail.h"
#include "parsers/sframe/uleb.h"

#define XOR      "webrtc/samples endtoend-encryption worker.js"
#define DAVE     "dave-protocol protocol.md"
#define STREAM   "stream-video-js e2ee SPEC.md"
#define RINGRTC  "ringrtc core/crypto.rs"
#define THREEMA  "threema group-call.struct.yml"
#define WHATSAPP "whatsapp-rust voip/sframe.rs"

enum sf_status
sf_xor_demo_parse(
    struct sf_xor_demo *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor_tail(in, 5);
	struct sf_xor_demo t = { .payload = sf_bytes(in.p, c.at) };
	uint32_t magic;

	*d = (struct sf_diag){ 0 };
	t.kid = sf_u8(&c);
	magic = sf_u32(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "key id and magic", XOR);
	if (magic != 0xdeadbeef)
		return sf_stop(d, SF_MALFORMED, in.n - 4, "magic", XOR);
	*out = t;
	return SF_OK;
}

/* ---- DAVE ----------------------------------------------------------------- */

enum sf_status
sf_dave_range_parse(
    struct sf_dave_range *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	bool bad = false;
	uint64_t offset = sf_uleb(&c, &bad);
	uint64_t octets = sf_uleb(&c, &bad);

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "range", DAVE);
	if (bad || offset > UINT32_MAX || octets > UINT32_MAX)
		return sf_stop(d, SF_MALFORMED, 0, "range", DAVE);
	*out = (struct sf_dave_range){ (uint32_t)offset, (uint32_t)octets,
		sf_rest(&c) };
	return SF_OK;
}

/* All pairs of the list, in order and apart; false when they are not. */
static bool
count_ranges(struct sf_dave *t)
{
	struct sf_bytes rest = t->ranges;
	struct sf_dave_range r;
	struct sf_diag d;

	while (rest.n > 0) {
		if (sf_dave_range_parse(&r, rest, &d) != SF_OK ||
		    (t->n_ranges > 0 && r.offset < t->end))
			return false;
		if (t->n_ranges++ == 0 && r.offset == 0)
			t->first = r.octets;
		t->clear += r.octets;
		t->end = (uint64_t)r.offset + r.octets;
		rest = r.payload;
	}
	return true;
}

enum sf_status
sf_dave_parse(struct sf_dave *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor_tail(in, 3);
	uint8_t octets = sf_u8(&c);
	uint16_t magic = sf_u16(&c);
	struct sf_dave t = { 0 };
	bool bad = false;
	uint64_t nonce;

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "size and magic", DAVE);
	if (magic != 0xfafa || octets < 12)
		return sf_stop(d, SF_MALFORMED, in.n - 3, "magic", DAVE);
	c = sf_cursor_tail(in, octets);
	t.payload = sf_bytes(in.p, c.at);
	t.tag = sf_slice(&c, 8);
	nonce = sf_uleb(&c, &bad);
	if (!sf_ok(&c))
		return sf_short(d, &c, "tag and nonce", DAVE);
	if (bad || nonce > UINT32_MAX || c.at > in.n - 3)
		return sf_stop(d, SF_MALFORMED, in.n - 3, "nonce", DAVE);
	t.nonce = (uint32_t)nonce;
	t.ranges = sf_slice(&c, in.n - 3 - c.at);
	if (!count_ranges(&t))
		return sf_stop(d, SF_MALFORMED, in.n - 3, "ranges", DAVE);
	*out = t;
	return SF_OK;
}

/* ---- the others ----------------------------------------------------------- */

enum sf_status
sf_stream_e2ee_parse(
    struct sf_stream_e2ee *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor_tail(in, 20);
	struct sf_stream_e2ee t = { .payload = sf_bytes(in.p, c.at) };
	uint16_t clear;
	uint64_t magic;

	*d = (struct sf_diag){ 0 };
	t.counter = sf_u32(&c);
	t.prefix = sf_slice(&c, 8);
	t.index = sf_u8(&c);
	clear = sf_u16(&c);
	magic = sf_uint(&c, 5);
	if (!sf_ok(&c))
		return sf_short(d, &c, "trailer", STREAM);
	if (magic != UINT64_C(0x01e2eefeed))
		return sf_stop(
		    d, SF_MALFORMED, in.n - 5, "version and magic", STREAM);
	t.escaped = (clear & 0x8000) != 0;
	t.clear = clear & 0x7fff;
	*out = t;
	return SF_OK;
}

enum sf_status
sf_ringrtc_parse(struct sf_ringrtc *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor_tail(in, 21);
	struct sf_ringrtc t = { .payload = sf_bytes(in.p, c.at) };

	*d = (struct sf_diag){ 0 };
	t.ratchet = sf_u8(&c);
	t.counter = sf_u32(&c);
	t.tag = sf_slice(&c, 16);
	if (!sf_ok(&c))
		return sf_short(d, &c, "footer", RINGRTC);
	*out = t;
	return SF_OK;
}

enum sf_status
sf_threema_parse(struct sf_threema *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor_tail(in, 6);
	struct sf_threema t = { .payload = sf_bytes(in.p, c.at) };

	*d = (struct sf_diag){ 0 };
	t.epoch = sf_u8(&c);
	t.ratchet = sf_u8(&c);
	for (unsigned i = 0; i < 4; i++)
		t.number |= (uint32_t)sf_u8(&c) << (8 * i);
	if (!sf_ok(&c))
		return sf_short(d, &c, "trailer", THREEMA);
	*out = t;
	return SF_OK;
}

enum sf_status
sf_whatsapp_parse(
    struct sf_whatsapp *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor_tail(in, 1);
	struct sf_whatsapp t = { .octets = sf_u8(&c) };
	bool bad = false;

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "trailer length", WHATSAPP);
	if (t.octets < 3 || t.octets > 19)
		return sf_stop(
		    d, SF_MALFORMED, in.n - 1, "trailer length", WHATSAPP);
	c = sf_cursor_tail(in, t.octets);
	t.payload = sf_bytes(in.p, c.at);
	t.counter = sf_uleb(&c, &bad);
	t.kid = sf_uleb(&c, &bad);
	if (!sf_ok(&c))
		return sf_short(d, &c, "trailer", WHATSAPP);
	if (bad || c.at != in.n - 1)
		return sf_stop(
		    d, SF_MALFORMED, in.n - 1, "counter and key id", WHATSAPP);
	*out = t;
	return SF_OK;
}
