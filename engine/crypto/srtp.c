#include "engine/crypto/srtp.h"

#include <string.h>

const struct sf_srtp_profile sf_srtp_profiles[SF_SRTP_PROFILES] = {
#define PROFILE(id, name, cipher, key, salt, tag, rtcp_tag, doubled)           \
	{ id, name, SF_SRTP_##cipher, key, salt, tag, rtcp_tag, doubled },
#include "engine/crypto/srtp_profiles.def"
#undef PROFILE
};

/* Other names, as use_srtp and OpenSSL have them, SRTP_ left out. */
static const struct {
	const char *name, *is;
} aliases[] = {
	{ "AES128_CM_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_80" },
	{ "AES128_CM_HMAC_SHA1_32", "AES_CM_128_HMAC_SHA1_32" },
	{ "AES128_CM_SHA1_80", "AES_CM_128_HMAC_SHA1_80" },
	{ "AES128_CM_SHA1_32", "AES_CM_128_HMAC_SHA1_32" },
	{ "AES_128_CM_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_80" },
	{ "AES_128_CM_HMAC_SHA1_32", "AES_CM_128_HMAC_SHA1_32" },
	{ "AES_CM_192_HMAC_SHA1_80", "AES_192_CM_HMAC_SHA1_80" },
	{ "AES_CM_192_HMAC_SHA1_32", "AES_192_CM_HMAC_SHA1_32" },
	{ "AES_CM_256_HMAC_SHA1_80", "AES_256_CM_HMAC_SHA1_80" },
	{ "AES_CM_256_HMAC_SHA1_32", "AES_256_CM_HMAC_SHA1_32" },
	{ "AES192_CM_HMAC_SHA1_80", "AES_192_CM_HMAC_SHA1_80" },
	{ "AES192_CM_HMAC_SHA1_32", "AES_192_CM_HMAC_SHA1_32" },
	{ "AES256_CM_HMAC_SHA1_80", "AES_256_CM_HMAC_SHA1_80" },
	{ "AES256_CM_HMAC_SHA1_32", "AES_256_CM_HMAC_SHA1_32" },
	{ "NULL_SHA1_80", "NULL_HMAC_SHA1_80" },
	{ "NULL_SHA1_32", "NULL_HMAC_SHA1_32" },
	{ "AES_128_GCM", "AEAD_AES_128_GCM" },
	{ "AES_256_GCM", "AEAD_AES_256_GCM" },
};

static char
upper(uint8_t c)
{
	if (c >= 'a' && c <= 'z')
		return (char)(c - 'a' + 'A');
	return c == '-' ? '_' : (char)c;
}

static bool
same(struct sf_bytes s, const char *name)
{
	if (s.n != strlen(name))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (upper(s.p[i]) != name[i])
			return false;
	return true;
}

static const struct sf_srtp_profile *
by_word(struct sf_bytes name)
{
	for (size_t i = 0; i < SF_SRTP_PROFILES; i++)
		if (same(name, sf_srtp_profiles[i].name))
			return &sf_srtp_profiles[i];
	return NULL;
}

/* 7, 0x7, 0x0007 */
static const struct sf_srtp_profile *
by_number(struct sf_bytes s)
{
	unsigned base =
	    s.n > 2 && s.p[0] == '0' && upper(s.p[1]) == 'X' ? 16 : 10;
	unsigned v = 0;

	for (size_t i = base == 16 ? 2 : 0; i < s.n; i++) {
		char c = upper(s.p[i]);
		unsigned digit = c >= '0' && c <= '9' ? (unsigned)(c - '0')
				 : c >= 'A' && c <= 'F'
				     ? (unsigned)(c - 'A') + 10
				     : 16;

		if (digit >= base || v > 0xffff)
			return NULL;
		v = v * base + digit;
	}
	return v <= 0xffff ? sf_srtp_profile_by_id((uint16_t)v) : NULL;
}

const struct sf_srtp_profile *
sf_srtp_profile_by_name(struct sf_bytes name)
{
	const struct sf_srtp_profile *p = by_word(name);

	if (p == NULL && name.n > 5 && same(sf_bytes(name.p, 5), "SRTP_")) {
		name = sf_bytes(name.p + 5, name.n - 5);
		p = by_word(name);
	}
	for (size_t i = 0; p == NULL && i < sizeof(aliases) / sizeof(*aliases);
	     i++)
		if (same(name, aliases[i].name))
			p = by_word(
			    sf_bytes(aliases[i].is, strlen(aliases[i].is)));
	return p == NULL && name.n > 0 ? by_number(name) : p;
}

const struct sf_srtp_profile *
sf_srtp_profile_by_id(uint16_t id)
{
	for (size_t i = 0; id != 0 && i < SF_SRTP_PROFILES; i++)
		if (sf_srtp_profiles[i].id == id)
			return &sf_srtp_profiles[i];
	return NULL;
}

struct sf_srtp_kdf
sf_srtp_kdf(
    const struct sf_srtp_profile *p, const uint8_t *key, const uint8_t *salt)
{
	struct sf_srtp_kdf k = { .key_octets = p->key };

	memcpy(k.key, key, p->key);
	memcpy(k.salt, salt, p->salt);
	return k;
}

struct sf_srtp_kdf
sf_srtp_kdf_filled(
    const struct sf_srtp_profile *p, const uint8_t *key, const uint8_t *salt)
{
	uint8_t run[SF_SRTP_KEY + SF_SRTP_SALT] = { 0 };
	struct sf_srtp_kdf k = { .key_octets = SF_SRTP_KEY };

	memcpy(run, key, p->key);
	memcpy(run + p->key, salt, p->salt);
	memcpy(k.key, run, SF_SRTP_KEY);
	memcpy(k.salt, run + SF_SRTP_KEY, SF_SRTP_SALT);
	sf_crypto_ossl.wipe(run, sizeof(run));
	return k;
}

/* RFC 3711 4.3.1 and 4.3.3; a salt of 12 octets gets two of zero behind it
   (RFC 7714 11). */
bool
sf_srtp_derive(const struct sf_srtp_crypto *c, const struct sf_srtp_kdf *k,
    enum sf_srtp_label label, uint8_t *out, size_t n)
{
	uint8_t iv[16] = { 0 };

	memcpy(iv, k->salt, SF_SRTP_SALT);
	iv[7] ^= (uint8_t)label; /* x = label, 48 bits of index, all zero */
	return c->keystream(k->key, k->key_octets, iv, out, n);
}
