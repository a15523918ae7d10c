#include "engine/srtp/master.h"

#include <string.h>

#include "parsers/rtp/rtp.h"

#define FIXED     12 /* octets of the fixed RTP header */
#define EXT_WORD  4  /* "defined by profile" and length */
#define RTCP_HEAD 8
#define GCM_TAG   16
#define GCM_IV    12
#define E_BIT     0x80000000u

/* ---- the key ------------------------------------------------------------- */

static struct sf_srtp_key *
session(struct sf_srtp_master *m, const struct sf_srtp_kdf *kdf,
    enum sf_srtp_label first, uint8_t *salt)
{
	uint8_t enc[SF_SRTP_KEY], auth[SF_SRTP_AUTH];
	struct sf_srtp_key *k = NULL;

	if (sf_srtp_derive(m->crypto, kdf, first, enc, m->profile->key) &&
	    sf_srtp_derive(m->crypto, kdf, first + 1, auth, sizeof(auth)) &&
	    sf_srtp_derive(m->crypto, kdf, first + 2, salt, m->profile->salt))
		k = m->crypto->key_new(m->profile, enc, auth);
	sf_crypto_ossl.wipe(enc, sizeof(enc));
	sf_crypto_ossl.wipe(auth, sizeof(auth));
	return k;
}

bool
sf_srtp_master_init(struct sf_srtp_master *m, const struct sf_srtp_crypto *c,
    const struct sf_srtp_profile *p, const struct sf_srtp_kdf *kdf)
{
	*m = (struct sf_srtp_master){ .crypto = c, .profile = p };
	m->rtp = session(m, kdf, SF_SRTP_RTP_KEY, m->rtp_salt);
	m->rtcp = session(m, kdf, SF_SRTP_RTCP_KEY, m->rtcp_salt);
	if (m->rtp != NULL && m->rtcp != NULL)
		return true;
	sf_srtp_master_wipe(m);
	return false;
}

void
sf_srtp_master_wipe(struct sf_srtp_master *m)
{
	if (m->crypto != NULL) {
		m->crypto->key_free(m->rtp);
		m->crypto->key_free(m->rtcp);
	}
	sf_crypto_ossl.wipe(m, sizeof(*m));
}

/* ---- both ---------------------------------------------------------------- */

static void
put32(uint8_t *p, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (24 - 8 * i));
}

static uint32_t
get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

/* RFC 3711 4.1.1: (salt << 16) ^ (SSRC << 64) ^ (index << 16) */
static void
cm_iv(uint8_t iv[16], const uint8_t *salt, uint32_t ssrc, uint64_t index)
{
	memset(iv, 0, 16);
	memcpy(iv, salt, SF_SRTP_SALT);
	for (unsigned i = 0; i < 4; i++)
		iv[4 + i] ^= (uint8_t)(ssrc >> (24 - 8 * i));
	for (unsigned i = 0; i < 6; i++)
		iv[8 + i] ^= (uint8_t)(index >> (40 - 8 * i));
}

/* RFC 7714 8.1 and 9.1: (00 00 || SSRC || index of 48 bits) ^ salt */
static void
gcm_iv(uint8_t iv[GCM_IV], const uint8_t *salt, uint32_t ssrc, uint64_t index)
{
	memcpy(iv, salt, GCM_IV);
	for (unsigned i = 0; i < 4; i++)
		iv[2 + i] ^= (uint8_t)(ssrc >> (24 - 8 * i));
	for (unsigned i = 0; i < 6; i++)
		iv[6 + i] ^= (uint8_t)(index >> (40 - 8 * i));
}

static void
copy_parts(uint8_t *out, const struct sf_bytes *parts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		memcpy(out, parts[i].p, parts[i].n);
		out += parts[i].n;
	}
}

/* ---- RTP ----------------------------------------------------------------- */

enum sf_status
sf_srtp_shape_of(struct sf_srtp_shape *out, struct sf_bytes in)
{
	struct sf_rtp rtp;
	struct sf_diag d;
	enum sf_status st = sf_rtp_parse(&rtp, in, &d);

	if (st != SF_OK)
		return st;
	*out = (struct sf_srtp_shape){ .whole = in,
		.csrc = rtp.csrc.n,
		.head = (size_t)(rtp.payload.p - in.p),
		.ssrc = rtp.ssrc,
		.seq = rtp.seq,
		.cryptex =
		    rtp.ext_profile == 0xc0de || rtp.ext_profile == 0xc2de };
	return SF_OK;
}

/*
 * A packet cut into what stays as it is and what is enciphered, in the order
 * of the cipher. Under Cryptex (RFC 9335 6) the word that begins the header
 * extension changes places with the CSRCs, which are enciphered with the rest.
 */
struct parts {
	struct sf_bytes clear[2];
	struct sf_bytes closed[2];
	size_t clear_octets;
};

static struct parts
cut(const struct sf_srtp_shape *s, size_t end)
{
	const uint8_t *p = s->whole.p;
	size_t word = FIXED + s->csrc;
	struct parts c = { .clear_octets = s->head };

	if (!s->cryptex) {
		c.clear[0] = sf_bytes(p, s->head);
		c.clear[1] = sf_bytes(NULL, 0);
		c.closed[0] = sf_bytes(p + s->head, end - s->head);
		c.closed[1] = sf_bytes(NULL, 0);
		return c;
	}
	c.clear[0] = sf_bytes(p, FIXED);
	c.clear[1] = sf_bytes(p + word, EXT_WORD);
	c.closed[0] = sf_bytes(p + FIXED, s->csrc);
	c.closed[1] = sf_bytes(p + word + EXT_WORD, end - word - EXT_WORD);
	c.clear_octets = FIXED + EXT_WORD;
	return c;
}

/* Puts the word back behind the CSRCs, with the profile it stands for. */
static void
uncryptex(const struct sf_srtp_shape *s, uint8_t *out)
{
	const uint8_t *word = s->whole.p + FIXED + s->csrc;
	bool two = word[0] == 0xc2;

	memmove(out + FIXED, out + FIXED + EXT_WORD, s->csrc);
	out += FIXED + s->csrc;
	out[0] = two ? 0x10 : 0xbe;
	out[1] = two ? 0x00 : 0xde;
	out[2] = word[2];
	out[3] = word[3];
}

/* Header and plaintext, one behind the other, at out. */
static enum sf_open_status
finish_rtp(const struct sf_srtp_shape *s, const struct parts *c, uint8_t *out)
{
	copy_parts(out, c->clear, 2);
	if (s->cryptex)
		uncryptex(s, out);
	return SF_OPENED;
}

static enum sf_open_status
gcm_rtp(struct sf_srtp_master *m, const struct sf_srtp_shape *s, uint32_t roc,
    uint8_t *out, size_t end)
{
	struct parts c = cut(s, end);
	uint8_t iv[GCM_IV];
	enum sf_open_status st;

	gcm_iv(iv, m->rtp_salt, s->ssrc, (uint64_t)roc << 16 | s->seq);
	st = m->crypto->gcm(m->rtp, iv, c.clear, 2, c.closed, 2,
	    s->whole.p + end, out + c.clear_octets);
	return st == SF_OPENED ? finish_rtp(s, &c, out) : st;
}

/* RFC 3711 4.2: the tag is over the packet and the ROC, without the MKI. */
static enum sf_open_status
cm_rtp(struct sf_srtp_master *m, const struct sf_srtp_shape *s, uint32_t roc,
    uint8_t *out, size_t end)
{
	struct parts c = cut(s, end);
	uint8_t iv[16], roc_octets[4];
	struct sf_bytes signed_parts[2] = { sf_bytes(s->whole.p, end),
		sf_bytes(roc_octets, sizeof(roc_octets)) };

	put32(roc_octets, roc);
	if (!m->crypto->mac_is(m->rtp, signed_parts, 2,
		s->whole.p + end + m->mki, m->profile->tag))
		return SF_FORGED;
	if (m->profile->cipher == SF_SRTP_NULL || m->rtp_clear) {
		copy_parts(out + c.clear_octets, c.closed, 2);
		return finish_rtp(s, &c, out);
	}
	cm_iv(iv, m->rtp_salt, s->ssrc, (uint64_t)roc << 16 | s->seq);
	if (!m->crypto->ctr(m->rtp, iv, c.closed, 2, out + c.clear_octets))
		return SF_CRYPTO_FAILED;
	return finish_rtp(s, &c, out);
}

enum sf_open_status
sf_srtp_master_rtp(struct sf_srtp_master *m, const struct sf_srtp_shape *s,
    uint32_t roc, uint8_t *out, size_t *n)
{
	size_t behind = (size_t)m->profile->tag + m->mki;

	if (s->whole.n > SF_SRTP_PACKET_MAX || s->whole.n < s->head + behind)
		return SF_TOO_SHORT;
	*n = s->whole.n - behind;
	return m->profile->cipher == SF_SRTP_GCM ? gcm_rtp(m, s, roc, out, *n)
						 : cm_rtp(m, s, roc, out, *n);
}

/* ---- RTCP ---------------------------------------------------------------- */

/* RFC 3711 3.4: header, body, E and index, MKI, tag. */
static enum sf_open_status
cm_rtcp(struct sf_srtp_master *m, struct sf_bytes in, uint8_t *out, size_t end)
{
	uint32_t word = get32(in.p + end);
	struct sf_bytes all = sf_bytes(in.p, end + 4);
	struct sf_bytes body = sf_bytes(in.p + RTCP_HEAD, end - RTCP_HEAD);
	uint8_t iv[16];

	if (!m->crypto->mac_is(m->rtcp, &all, 1, in.p + end + 4 + m->mki,
		m->profile->rtcp_tag))
		return SF_FORGED;
	memcpy(out, in.p, RTCP_HEAD);
	if (m->profile->cipher == SF_SRTP_NULL || (word & E_BIT) == 0) {
		memcpy(out + RTCP_HEAD, body.p, body.n);
		return SF_OPENED;
	}
	cm_iv(iv, m->rtcp_salt, get32(in.p + 4), word & ~E_BIT);
	return m->crypto->ctr(m->rtcp, iv, &body, 1, out + RTCP_HEAD)
		   ? SF_OPENED
		   : SF_CRYPTO_FAILED;
}

/* RFC 7714 9: header, ciphertext, tag, E and index, MKI. Without E all of the
   packet is associated data. */
static enum sf_open_status
gcm_rtcp(struct sf_srtp_master *m, struct sf_bytes in, uint8_t *out, size_t end)
{
	const uint8_t *at = in.p + end + GCM_TAG;
	uint32_t word = get32(at);
	bool closed = (word & E_BIT) != 0;
	struct sf_bytes aad[2] = { sf_bytes(in.p, closed ? RTCP_HEAD : end),
		sf_bytes(at, 4) };
	struct sf_bytes body =
	    sf_bytes(in.p + aad[0].n, closed ? end - RTCP_HEAD : 0);
	uint8_t iv[GCM_IV];
	enum sf_open_status st;

	gcm_iv(iv, m->rtcp_salt, get32(in.p + 4), word & ~E_BIT);
	st = m->crypto->gcm(
	    m->rtcp, iv, aad, 2, &body, 1, in.p + end, out + aad[0].n);
	if (st == SF_OPENED)
		memcpy(out, in.p, aad[0].n);
	return st;
}

enum sf_open_status
sf_srtp_master_rtcp(
    struct sf_srtp_master *m, struct sf_bytes in, uint8_t *out, size_t *n)
{
	size_t behind = (size_t)m->profile->rtcp_tag + 4 + m->mki;

	if (in.n > SF_SRTP_PACKET_MAX || in.n < RTCP_HEAD + behind)
		return SF_TOO_SHORT;
	*n = in.n - behind;
	return m->profile->cipher == SF_SRTP_GCM ? gcm_rtcp(m, in, out, *n)
						 : cm_rtcp(m, in, out, *n);
}
