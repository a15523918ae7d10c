#include "parsers/text/sdp_crypto.h"

#include <string.h>

#include "parsers/base/cursor.h"

#define REF     "RFC 4568 9.1"
#define REF_KEY "RFC 4568 6.1"
#define MKI_MAX 128

/* The octets up to the separator, which is taken; blanks in front are passed
   over when they separate. */
static struct sf_bytes
word(struct sf_cursor *c, uint8_t separator)
{
	size_t n = 0;

	while (separator == ' ' && sf_left(c) > 0 && c->in.p[c->at] == ' ')
		(void)sf_u8(c);
	while (n < sf_left(c) && c->in.p[c->at + n] != separator)
		n++;
	return sf_slice(c, n);
}

static void
skip(struct sf_cursor *c, uint8_t separator)
{
	if (sf_left(c) > 0 && c->in.p[c->at] == separator)
		(void)sf_u8(c);
}

/* All of s as a decimal number of at most nine digits. */
static bool
number(struct sf_bytes s, uint32_t *out)
{
	uint32_t v = 0;

	if (s.n == 0 || s.n > 9)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		v = v * 10 + (uint32_t)(s.p[i] - '0');
	}
	*out = v;
	return true;
}

enum sf_status
sf_sdp_crypto_parse(
    struct sf_sdp_crypto *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_sdp_crypto v = { 0 };
	struct sf_bytes tag = word(&c, ' ');

	*d = (struct sf_diag){ 0 };
	v.suite = word(&c, ' ');
	v.keys = word(&c, ' ');
	if (!number(tag, &v.tag))
		return sf_stop(d, SF_MALFORMED, 0, "tag", REF);
	if (v.suite.n == 0)
		return sf_stop(d, SF_MALFORMED, c.at, "crypto suite", REF);
	if (v.keys.n == 0)
		return sf_stop(d, SF_MALFORMED, c.at, "key parameters", REF);
	skip(&c, ' ');
	v.payload = sf_rest(&c);
	*out = v;
	return SF_OK;
}

/* Lifetime, or MKI and its length: the colon tells. */
static bool
take_field(struct sf_sdp_inline *v, struct sf_bytes field)
{
	const uint8_t *colon = memchr(field.p, ':', field.n);
	size_t n;
	uint32_t octets;

	if (colon == NULL) {
		v->lifetime = field;
		return true;
	}
	n = (size_t)(colon - field.p);
	if (!number(sf_bytes(colon + 1, field.n - n - 1), &octets) ||
	    octets == 0 || octets > MKI_MAX)
		return false;
	v->mki = sf_bytes(field.p, n);
	v->mki_octets = (uint8_t)octets;
	return true;
}

enum sf_status
sf_sdp_inline_parse(
    struct sf_sdp_inline *out, struct sf_bytes in, struct sf_diag *d)
{
	static const char method[] = "inline";
	struct sf_cursor c = sf_cursor(in);
	struct sf_sdp_inline v = { 0 };
	struct sf_bytes one = word(&c, ';');
	struct sf_cursor fields = sf_cursor(one);
	struct sf_bytes name = word(&fields, ':');

	*d = (struct sf_diag){ 0 };
	if (in.n == 0)
		return sf_stop(d, SF_MALFORMED, 0, "key method", REF_KEY);
	if (name.n != sizeof(method) - 1 || memcmp(name.p, method, name.n) != 0)
		return sf_stop(d, SF_UNSUPPORTED, 0, "key method", REF_KEY);
	skip(&fields, ':');
	v.key = word(&fields, '|');
	v.lifetime = v.mki = sf_bytes(NULL, 0);
	/* at most two fields, each with a bar in front */
	for (unsigned i = 0; i < 2 && sf_left(&fields) > 0; i++) {
		size_t at = fields.at;

		skip(&fields, '|');
		if (!take_field(&v, word(&fields, '|')))
			return sf_stop(d, SF_MALFORMED, at, "MKI", REF_KEY);
	}
	if (v.key.n == 0 || sf_left(&fields) > 0)
		return sf_stop(
		    d, SF_MALFORMED, fields.at, "key and salt", REF_KEY);
	skip(&c, ';');
	v.payload = sf_rest(&c);
	*out = v;
	return SF_OK;
}
