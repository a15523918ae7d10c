/*
 * cause_part.c - a mistake that nobody knows: in which part of the work it is. A
 * frame of zeros shows its key stream. When that is right, key and nonce are;
 * when it is right with CTR 0 alone, the key is; and what is left is the tag.
 */
#include <string.h>

#include "cli/conform/trial.h"
#include "engine/crypto/kdf.h"
#include "parsers/sframe/header.h"
#include "parsers/text/shim_line.h"

#define KID    0x123
#define PLAIN  32
#define FRAMES 10

static const struct {
	const char *requirement, *text, *remedy;
} parts[] = {
	[SF_PART_UNKNOWN] = { NULL, "", "" },
	[SF_PART_KEY] = { "KDF-03",
	    "the key or the salt is another, in a way that is not known here",
	    "Compare sframe_secret, sframe_key and sframe_salt with the test "
	    "vectors of RFC 9605 appendix C.3: labels first (4.4.2)." },
	[SF_PART_SECRET] = { "KDF-02",
	    "sframe_secret is another, in a way that is not known here",
	    "Extract with an empty salt and the base key as it is (RFC 9605 "
	    "4.4.2)." },
	[SF_PART_HKDF] = { "KDF-01",
	    "the first block of sframe_key is right and those behind it are "
	    "not",
	    "Give each block of HKDF-Expand the one before and its number, "
	    "from 1 (RFC 5869 2.3)." },
	[SF_PART_NONCE] = { "NON-01",
	    "the key is right and the nonce is not, in a way that is not known "
	    "here",
	    "XOR sframe_salt with CTR as 12 octets, most significant first "
	    "(RFC 9605 4.4.3)." },
	[SF_PART_TAG] = { "AEAD-01",
	    "key and nonce are right and the tag is not: the additional data "
	    "is another, in a way that is not known here",
	    "Authenticate the header as it is sent and then the metadata (RFC "
	    "9605 4.4.3)." },
	[SF_PART_MAC] = { "AEAD-05",
	    "key and nonce are right and the tag is not: the MAC or its input "
	    "is another, in a way that is not known here",
	    "Authenticate three lengths of 8 octets, nonce, additional data "
	    "and ciphertext under the key behind the cipher's (RFC 9605 "
	    "4.5.1)." },
};

const char *
sf_part_requirement(enum sf_cause_part p)
{
	return parts[p].requirement;
}

const char *
sf_part_text(enum sf_cause_part p)
{
	return parts[p].text;
}

const char *
sf_part_remedy(enum sf_cause_part p)
{
	return parts[p].remedy;
}

struct zeros {
	uint8_t base[32], pt[PLAIN];
	struct sf_plain f;
};

/* The next frame of zeros has our key stream; false when there is none. */
static bool
is_enciphered(struct sf_trial *t, struct zeros *z, bool *right)
{
	uint8_t ours[PLAIN + 17 + SF_TAG_MAX];
	struct sf_sframe_header h;
	struct sf_bytes ct;
	struct sf_diag d;
	size_t n;

	if (sf_seal(t, "a", KID, z->f.meta, z->f.pt) != SF_R_OK ||
	    !sf_take_hex(t, "ct", &ct) ||
	    sf_sframe_header_parse(&h, ct, &d) != SF_OK || h.kid != KID ||
	    h.payload.n < PLAIN)
		return false;
	z->f.ctr = h.ctr;
	n = sf_seal_by_us(t, &z->f, ours) - t->suite->tag_octets - PLAIN;
	*right = memcmp(h.payload.p, ours + n, PLAIN) == 0;
	return true;
}

/* The reply's value is not this; nor is it when there is none. */
static bool
is_other(struct sf_trial *t, const char *key, const uint8_t *want, size_t n)
{
	struct sf_bytes got;

	return sf_shim_value(t->words, key, &got) &&
	       sf_take_hex(t, key, &got) &&
	       (got.n < n || memcmp(got.p, want, n) != 0);
}

/* Who shows its key schedule shows more. */
static enum sf_cause_part
of_schedule(struct sf_trial *t, const struct zeros *z, enum sf_cause_part part)
{
	const struct sf_suite *suite = t->suite;
	struct sf_schedule s;

	if ((t->run->info.caps & SF_NEED(KDF)) == 0 ||
	    !sf_kdf_schedule(&s, t->run->crypto, suite, z->f.base, KID))
		return part;
	sf_begin(t, "kdf");
	sf_put_u64(t, "suite", suite->id);
	sf_put_u64(t, "kid", KID);
	sf_put_hex(t, "base", z->f.base);
	if (sf_ask(t) != SF_R_OK)
		return part;
	if (is_other(t, "secret", s.secret, suite->hash_octets))
		part = SF_PART_SECRET;
	else if (is_other(t, "salt", s.salt, SF_NONCE) ||
		 is_other(t, "key", s.key, suite->enc_octets))
		part = SF_PART_KEY;
	else if (is_other(t, "key", s.key, suite->key_octets))
		part = SF_PART_HKDF;
	t->run->crypto->wipe(&s, sizeof(s));
	return part;
}

static void
make(struct sf_trial *t, struct zeros *z)
{
	*z = (struct zeros){ .f = { .kid = KID } };
	sf_fill_key(t, z->base, sizeof(z->base));
	z->f.base = sf_bytes(z->base, sizeof(z->base));
	z->f.pt = sf_bytes(z->pt, sizeof(z->pt));
	z->f.meta = sf_bytes(NULL, 0);
}

enum sf_cause_part
sf_part_schedule(struct sf_trial *t)
{
	struct zeros z;

	make(t, &z);
	return of_schedule(t, &z, SF_PART_UNKNOWN);
}

enum sf_cause_part
sf_part_look(struct sf_trial *t)
{
	struct zeros z;
	bool first = false, others = true, right;

	make(t, &z);
	sf_new(t, "a");
	if (sf_key(t, "a", "send", KID, z.f.base) != SF_R_OK ||
	    !is_enciphered(t, &z, &first))
		return SF_PART_UNKNOWN;
	for (unsigned i = 1; i < FRAMES; i++) {
		if (!is_enciphered(t, &z, &right))
			return SF_PART_UNKNOWN;
		others = others && right;
	}
	if (first && !others)
		return SF_PART_NONCE;
	return of_schedule(t, &z,
	    !first				 ? SF_PART_KEY
	    : t->suite->mode == SF_MODE_CTR ? SF_PART_MAC
					    : SF_PART_TAG);
}
