#include "engine/srtp/sdes.h"

#include <string.h>

#include "engine/srtp/base64.h"
#include "parsers/text/sdp_attr.h"
#include "parsers/text/sdp_crypto.h"
#include "parsers/text/sdp_line.h"

#define LONGEST (2 * (SF_SRTP_KEY + SF_SRTP_SALT)) /* of a double profile */

static bool
is(struct sf_bytes s, const char *word)
{
	return s.n == strlen(word) && memcmp(s.p, word, s.n) == 0;
}

bool
sf_srtp_entry_set(struct sf_srtp_entry *e, const struct sf_srtp_profile *p,
    const uint8_t *key, size_t n_key, const uint8_t *salt, size_t n_salt)
{
	size_t times = p->doubled ? 2 : 1;

	if (n_key != times * p->key || n_salt != times * p->salt)
		return false;
	e->profile = p;
	e->n_key = p->key;
	e->n_salt = p->salt;
	memcpy(e->key, key + n_key - p->key, p->key);
	memcpy(e->salt, salt + n_salt - p->salt, p->salt);
	return true;
}

/* Parameters that change what a packet looks like (RFC 4568 6.3). FEC_ORDER,
   FEC_KEY and WSH do not. */
static bool
take_parameters(struct sf_bytes s, bool *rtp_clear)
{
	*rtp_clear = false;
	while (s.n > 0) {
		const uint8_t *blank = memchr(s.p, ' ', s.n);
		size_t n = blank == NULL ? s.n : (size_t)(blank - s.p);
		struct sf_bytes word = sf_bytes(s.p, n);

		n += blank != NULL;
		s = sf_bytes(s.p + n, s.n - n);
		if (is(word, "UNENCRYPTED_SRTP"))
			*rtp_clear = true;
		if (is(word, "UNAUTHENTICATED_SRTP") ||
		    (word.n > 4 && memcmp(word.p, "KDR=", 4) == 0))
			return false;
	}
	return true;
}

static bool
add_inline(struct sf_srtp_entries *e, const struct sf_srtp_profile *p,
    const struct sf_sdp_inline *k, bool rtp_clear)
{
	uint8_t octets[LONGEST];
	size_t times = p->doubled ? 2 : 1, n;
	struct sf_srtp_entry entry = { .origin = SF_SRTP_FROM_SDES,
		.mki = k->mki_octets,
		.rtp_clear = rtp_clear };
	struct sf_srtp_entry *to;
	bool good;

	good = sf_base64_read(k->key, octets, sizeof(octets), &n) &&
	       n == times * ((size_t)p->key + p->salt) &&
	       sf_srtp_entry_set(&entry, p, octets, times * p->key,
		   octets + times * p->key, n - times * p->key);
	if (good && (to = sf_srtp_entries_add(e)) != NULL)
		*to = entry;
	sf_crypto_ossl.wipe(octets, sizeof(octets));
	sf_crypto_ossl.wipe(&entry, sizeof(entry));
	return good;
}

bool
sf_sdes_add(struct sf_srtp_entries *e, struct sf_bytes value)
{
	const struct sf_srtp_profile *p = NULL;
	struct sf_sdp_crypto c;
	struct sf_sdp_inline k;
	struct sf_diag d;
	bool good = sf_sdp_crypto_parse(&c, value, &d) == SF_OK;
	bool rtp_clear;

	if (good)
		p = sf_srtp_profile_by_name(c.suite);
	good = p != NULL && take_parameters(c.payload, &rtp_clear);
	/* Each round takes octets of the keys. */
	while (good && c.keys.n > 0) {
		good = sf_sdp_inline_parse(&k, c.keys, &d) == SF_OK &&
		       add_inline(e, p, &k, rtp_clear);
		if (good)
			c.keys = k.payload;
	}
	e->unusable += !good;
	return good;
}

/* RFC 6904 4: a=extmap:<id> urn:ietf:params:rtp-hdrext:encrypt <uri> */
static bool
is_encrypted_element(const struct sf_sdp_attr *a)
{
	static const char uri[] = " urn:ietf:params:rtp-hdrext:encrypt ";
	size_t n = sizeof(uri) - 1;

	for (size_t at = 0; is(a->name, "extmap") && at + n <= a->payload.n;
	     at++)
		if (memcmp(a->payload.p + at, uri, n) == 0)
			return true;
	return false;
}

void
sf_sdes_read(struct sf_srtp_entries *e, struct sf_bytes text)
{
	struct sf_sdp_attr a;
	struct sf_sdp_line l;
	struct sf_diag d;
	uint32_t number = 0;

	/* Every line takes at least one octet. */
	for (struct sf_bytes r = text; r.n != 0; r = l.payload) {
		size_t before = e->n;

		if (sf_sdp_line_parse(&l, r, &d) != SF_OK)
			break;
		if (l.type != 'a' ||
		    sf_sdp_attr_parse(&a, l.value, &d) != SF_OK)
			continue;
		e->elements = e->elements || is_encrypted_element(&a);
		if (!is(a.name, "crypto"))
			continue;
		(void)sf_sdes_add(e, a.payload);
		for (size_t i = before; i < e->n; i++)
			e->v[i].number = number;
		number++;
	}
}
