#include "parsers/dtls/hello.h"

#include "parsers/base/cursor.h"

#define REF_CLIENT "RFC 6347 4.3.2"
#define REF_SERVER "RFC 5246 7.4.1.3"
#define REF_EXT    "RFC 8446 4.2"
#define REF_SRTP   "RFC 5764 4.1.1"

/* The extensions, which may be left out; nothing may follow them. */
static enum sf_status
take_extensions(struct sf_cursor *c, struct sf_bytes *out, struct sf_diag *d,
    const char *ref)
{
	*out = sf_bytes(NULL, 0);
	if (sf_left(c) == 0)
		return SF_OK;
	*out = sf_slice(c, sf_u16(c));
	if (!sf_ok(c))
		return sf_short(d, c, "extensions", ref);
	if (sf_left(c) != 0)
		return sf_stop(d, SF_MALFORMED, c->at, "extensions", ref);
	return SF_OK;
}

enum sf_status
sf_dtls_client_hello_parse(
    struct sf_dtls_client_hello *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_dtls_client_hello h = { 0 };
	enum sf_status st;

	*d = (struct sf_diag){ 0 };
	h.version = sf_u16(&c);
	h.random = sf_slice(&c, SF_DTLS_RANDOM);
	h.session = sf_slice(&c, sf_u8(&c));
	h.cookie = sf_slice(&c, sf_u8(&c));
	h.suites = sf_slice(&c, sf_u16(&c));
	h.compression = sf_slice(&c, sf_u8(&c));
	if (!sf_ok(&c))
		return sf_short(d, &c, "ClientHello", REF_CLIENT);
	st = take_extensions(&c, &h.payload, d, REF_CLIENT);
	if (st == SF_OK)
		*out = h;
	return st;
}

enum sf_status
sf_dtls_server_hello_parse(
    struct sf_dtls_server_hello *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_dtls_server_hello h = { 0 };
	enum sf_status st;

	*d = (struct sf_diag){ 0 };
	h.version = sf_u16(&c);
	h.random = sf_slice(&c, SF_DTLS_RANDOM);
	h.session = sf_slice(&c, sf_u8(&c));
	h.suite = sf_u16(&c);
	h.compression = sf_u8(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "ServerHello", REF_SERVER);
	st = take_extensions(&c, &h.payload, d, REF_SERVER);
	if (st == SF_OK)
		*out = h;
	return st;
}

enum sf_status
sf_tls_extension_parse(
    struct sf_tls_extension *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_tls_extension e = { 0 };

	*d = (struct sf_diag){ 0 };
	e.type = sf_u16(&c);
	e.data = sf_slice(&c, sf_u16(&c));
	if (!sf_ok(&c))
		return sf_short(d, &c, "extension", REF_EXT);
	e.payload = sf_rest(&c);
	*out = e;
	return SF_OK;
}

enum sf_status
sf_use_srtp_parse(
    struct sf_use_srtp *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_use_srtp u = { 0 };

	*d = (struct sf_diag){ 0 };
	u.profiles = sf_slice(&c, sf_u16(&c));
	if (!sf_ok(&c))
		return sf_short(d, &c, "profiles", REF_SRTP);
	if (u.profiles.n == 0 || u.profiles.n % 2 != 0)
		return sf_stop(d, SF_MALFORMED, 0, "profiles", REF_SRTP);
	u.payload = sf_slice(&c, sf_u8(&c));
	if (!sf_ok(&c))
		return sf_short(d, &c, "MKI", REF_SRTP);
	*out = u;
	return SF_OK;
}
