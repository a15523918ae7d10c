/*
 * make_plain.c - key schedules, the AEAD alone, frames to seal.
 */
#include <string.h>

#include "cli/vectors/make.h"

#define BASE_KEY 16 /* octets, where the length is not the point */

/* ---- key schedules: RFC 9605 4.4.2 --------------------------------------- */

static void
put_octets(struct sf_make *m, const char *name, const uint8_t *p, size_t n)
{
	sf_emit_hex(&m->e, name, sf_bytes(p, n));
}

static void
put_labels(struct sf_make *m, uint64_t kid)
{
	uint8_t label[40];
	size_t n = sf_kdf_label(label, false, kid, m->suite->id);

	put_octets(m, "keyLabel", label, n);
	n = sf_kdf_label(label, true, kid, m->suite->id);
	put_octets(m, "saltLabel", label, n);
}

static void
put_schedule(struct sf_make *m, const struct sf_schedule *s)
{
	put_octets(m, "secret", s->secret, m->suite->hash_octets);
	put_octets(m, "key", s->key, m->suite->key_octets);
	put_octets(m, "salt", s->salt, SF_NONCE);
}

static void
put_kdf(struct sf_make *m, const struct sf_make_test *t, uint64_t kid,
    size_t n_base)
{
	uint8_t base[SF_BASE_MAX];
	struct sf_bytes base_key = sf_bytes(base, n_base);
	struct sf_schedule s;

	sf_make_random(m, base, n_base);
	if (!sf_kdf_schedule(&s, m->crypto, m->suite, base_key, kid))
		m->broken = true;
	sf_make_test_open(m, t);
	sf_emit_u64(&m->e, "kid", kid);
	sf_emit_hex(&m->e, "baseKey", base_key);
	put_schedule(m, &s);
	put_labels(m, kid);
	sf_make_test_close(m, t);
}

static void
put_kdf_mistake(struct sf_make *m, unsigned i)
{
	const struct sf_make_test t = { .family = "kdf-mistake",
		.comment = sf_make_kdf_mistake(i),
		.rfc = "4.4.2",
		.requirements = "KDF-01 KDF-02 KDF-03 KDF-04 KDF-05",
		.result = SF_VECTOR_INVALID,
		.flag = SF_FLAG_WRONG_KDF };
	uint8_t base[BASE_KEY];
	struct sf_schedule s;

	sf_make_random(m, base, sizeof(base));
	sf_make_mistaken_keys(
	    m, m->suite, sf_bytes(base, sizeof(base)), 0x123, i, &s);
	sf_make_test_open(m, &t);
	sf_emit_u64(&m->e, "kid", 0x123);
	put_octets(m, "baseKey", base, sizeof(base));
	put_octets(m, "key", s.key, m->suite->key_octets);
	put_octets(m, "salt", s.salt, SF_NONCE);
	sf_make_test_close(m, &t);
}

static void
kdf_group(struct sf_make *m)
{
	static const uint64_t kids[] = { 0, 7, 8, 0x123, UINT64_C(1) << 32,
		(UINT64_C(1) << 53) + 1, UINT64_C(1) << 63, UINT64_MAX };
	/* around the blocks of both hashes, and the outputs */
	static const uint8_t lengths[] = { 1, 15, 17, 31, 32, 33, 63, 64, 65,
		127, 128, 129, 200, 255 };
	static const struct sf_make_test of_kid = { .family = "kdf-kid",
		.comment = "The KID in the labels has eight octets",
		.rfc = "4.4.2",
		.requirements = "KDF-01 KDF-02 KDF-03 KDF-04 KDF-05 KDF-06" };
	static const struct sf_make_test of_base = { .family = "kdf-base",
		.comment = "A base key may have any length",
		.rfc = "4.4.2",
		.requirements = "KDF-01 KDF-02" };
	static const struct sf_make_test empty = { .family = "kdf-empty",
		.comment = "A base key without octets",
		.rfc = "4.4.2",
		.requirements = "KDF-02",
		.result = SF_VECTOR_POLICY,
		.policy = SF_POLICY_EMPTY_BASE_KEY,
		.flag = SF_FLAG_EMPTY_BASE_KEY };

	sf_make_group_open(m, SF_VECTOR_KDF, NULL, 0);
	for (size_t i = 0; i < sizeof(kids) / sizeof(kids[0]); i++)
		put_kdf(m, &of_kid, kids[i], BASE_KEY);
	for (size_t i = 0; i < sizeof(lengths); i++)
		put_kdf(m, &of_base, 0x123, lengths[i]);
	put_kdf(m, &empty, 0x123, 0);
	for (unsigned i = 0; i < SF_MAKE_KDF_MISTAKES; i++)
		put_kdf_mistake(m, i);
	sf_make_group_close(m);
}

void
sf_make_kdf(struct sf_make *m)
{
	sf_make_each_suite(m, SF_VECTOR_KDF, kdf_group);
}

/* ---- the AEAD alone: RFC 9605 4.5 ---------------------------------------- */

struct aead_row {
	uint8_t key[SF_KEY_MAX], nonce[SF_NONCE];
	uint8_t aad[1024], ct[2048 + SF_TAG_MAX], pt[2048];
	size_t n_aad, n_pt, n_ct;
};

static void
seal_row(struct sf_make *m, struct aead_row *r, size_t n_aad, size_t n_pt)
{
	struct sf_aead *a;

	r->n_aad = n_aad;
	r->n_pt = n_pt;
	r->n_ct = n_pt + m->suite->tag_octets;
	sf_make_random(m, r->key, m->suite->key_octets);
	sf_make_random(m, r->nonce, SF_NONCE);
	sf_make_random(m, r->aad, n_aad);
	sf_make_random(m, r->pt, n_pt);
	a = m->crypto->aead_new(m->suite, r->key);
	if (a == NULL || !m->crypto->seal(a, r->nonce, sf_bytes(r->aad, n_aad),
			     sf_bytes(NULL, 0), sf_bytes(r->pt, n_pt), r->ct))
		m->broken = true;
	m->crypto->aead_free(a);
}

static void
put_row(
    struct sf_make *m, const struct sf_make_test *t, const struct aead_row *r)
{
	sf_make_test_open(m, t);
	put_octets(m, "key", r->key, m->suite->key_octets);
	put_octets(m, "nonce", r->nonce, SF_NONCE);
	put_octets(m, "aad", r->aad, r->n_aad);
	if (t->result != SF_VECTOR_INVALID)
		put_octets(m, "pt", r->pt, r->n_pt);
	put_octets(m, "ct", r->ct, r->n_ct);
	sf_make_test_close(m, t);
}

static void
good_rows(struct sf_make *m)
{
	static const uint16_t aads[] = { 0, 1, 15, 16, 17, 64, 1000 };
	static const uint16_t pts[] = { 0, 1, 15, 16, 17, 31, 32, 33, 255, 1200,
		2048 };
	static const struct sf_make_test of_aad = { .family = "aead-aad",
		.comment = "Additional data of a length that matters to a MAC",
		.rfc = "4.5",
		.requirements = "AEAD-02 AEAD-03 AEAD-04 AEAD-05 AEAD-06" };
	static const struct sf_make_test of_pt = { .family = "aead-pt",
		.comment = "A plaintext of a length that matters to a cipher",
		.rfc = "4.5",
		.requirements = "AEAD-02 AEAD-03 AEAD-04 AEAD-05 AEAD-06" };
	struct aead_row r;

	for (size_t i = 0; i < sizeof(aads) / sizeof(aads[0]); i++) {
		seal_row(m, &r, aads[i], 21);
		put_row(m, &of_aad, &r);
	}
	for (size_t i = 0; i < sizeof(pts) / sizeof(pts[0]); i++) {
		seal_row(m, &r, 14, pts[i]);
		put_row(m, &of_pt, &r);
	}
}

/* One bit at p + at differs. */
static void
tampered_row(struct sf_make *m, const struct sf_make_test *t,
    struct aead_row *r, uint8_t *p, size_t at)
{
	seal_row(m, r, 14, 21);
	p[at] ^= (uint8_t)(1u << at % 8);
	put_row(m, t, r);
}

static void
bad_rows(struct sf_make *m)
{
	static const struct sf_make_test input = { "aead-input",
		"A bit of key, nonce or additional data differs", "4.5",
		"AEAD-05 DEC-05", SF_VECTOR_INVALID, 0, SF_FLAG_TAMPERED_INPUT,
		0 };
	static const struct sf_make_test body = { "aead-ct",
		"A bit of the ciphertext differs", "4.5", "DEC-05",
		SF_VECTOR_INVALID, 0, SF_FLAG_TAMPERED_CT, 0 };
	static const struct sf_make_test tag = { "aead-tag",
		"A bit of the tag differs", "4.5", "AEAD-07 DEC-05",
		SF_VECTOR_INVALID, 0, SF_FLAG_TAMPERED_TAG, 0 };
	static const struct sf_make_test cut = { "aead-cut",
		"The input is shorter than the tag", "4.5", "AEAD-09",
		SF_VECTOR_INVALID, 0, SF_FLAG_SHORT_BODY, 0 };
	struct aead_row r;

	/* Of a key in two parts no tag covers the first. */
	tampered_row(m, &input, &r, r.key,
	    m->suite->mode == SF_MODE_CTR ? m->suite->enc_octets : 0u);
	tampered_row(m, &input, &r, r.key, m->suite->key_octets - 1u);
	tampered_row(m, &input, &r, r.nonce, 0);
	tampered_row(m, &input, &r, r.nonce, SF_NONCE - 1);
	tampered_row(m, &input, &r, r.aad, 0);
	tampered_row(m, &input, &r, r.aad, 13);
	tampered_row(m, &body, &r, r.ct, 0);
	tampered_row(m, &body, &r, r.ct, 20);
	tampered_row(m, &tag, &r, r.ct, 21);
	tampered_row(m, &tag, &r, r.ct, 20u + m->suite->tag_octets);
	seal_row(m, &r, 14, 21);
	for (r.n_ct = 0; r.n_ct < m->suite->tag_octets; r.n_ct++)
		put_row(m, &cut, &r);
}

static void
aead_group(struct sf_make *m)
{
	sf_make_group_open(m, SF_VECTOR_AEAD, NULL, 0);
	good_rows(m);
	bad_rows(m);
	sf_make_group_close(m);
}

void
sf_make_aead(struct sf_make *m)
{
	sf_make_each_suite(m, SF_VECTOR_AEAD, aead_group);
}

/* ---- frames to seal: RFC 9605 4.4.3 -------------------------------------- */

static const struct {
	const char *family, *comment;
	uint64_t kid, ctr;
	uint16_t metadata, pt; /* octets */
} seals[] = {
	{ "seal-shape", "KID and CTR in the config octet", 5, 7, 14, 21 },
	{ "seal-shape", "One octet each", 8, 8, 14, 21 },
	{ "seal-shape", "Two octets each", 0x123, 0x4567, 14, 21 },
	{ "seal-shape", "A KID of three octets", 0x123456, 3, 14, 21 },
	{ "seal-shape", "A CTR of three octets", 3, 0x123456, 14, 21 },
	{ "seal-shape", "Four octets each", 0x80000000, 0x7fffffff, 14, 21 },
	{ "seal-shape", "Five octets each", 0x100000000, 0xffffffffff, 14, 21 },
	{ "seal-shape", "Six octets each", 0xffffffffffff, 0x10000000000, 14,
	    21 },
	{ "seal-shape", "Beyond 2^53", (UINT64_C(1) << 53) + 1,
	    (UINT64_C(1) << 53) + 3, 14, 21 },
	{ "seal-shape", "The top bit is set", UINT64_C(1) << 63,
	    (UINT64_C(1) << 63) + 1, 14, 21 },
	{ "seal-shape", "The greatest KID", UINT64_MAX, 0, 14, 21 },
	{ "seal-metadata", "No metadata", 9, 0, 0, 21 },
	{ "seal-metadata", "One octet of metadata", 9, 1, 1, 21 },
	{ "seal-metadata", "Metadata of one block", 9, 2, 16, 21 },
	{ "seal-metadata", "255 octets of metadata", 9, 3, 255, 21 },
	{ "seal-metadata", "256 octets of metadata", 9, 4, 256, 21 },
	{ "seal-metadata", "512 octets of metadata", 9, 5, 512, 21 },
	{ "seal-metadata", "513 octets of metadata", 9, 6, 513, 21 },
	{ "seal-metadata", "Long metadata", 9, 7, 4096, 21 },
	{ "seal-pt", "No plaintext", 9, 8, 14, 0 },
	{ "seal-pt", "Nothing but a header and a tag", 0, 0, 0, 0 },
	{ "seal-pt", "One octet of plaintext", 9, 9, 14, 1 },
	{ "seal-pt", "One octet less than a block", 9, 10, 14, 15 },
	{ "seal-pt", "One block of plaintext", 9, 11, 14, 16 },
	{ "seal-pt", "One octet more than a block", 9, 12, 14, 17 },
	{ "seal-pt", "A small audio frame", 9, 255, 14, 80 },
	{ "seal-pt", "255 octets of plaintext", 9, 256, 14, 255 },
	{ "seal-pt", "A packet of video", 9, 65535, 14, 1200 },
	{ "seal-pt", "A long plaintext", 9, 65536, 14, 4096 },
};

/* What stands between the key and the frame, for those whose frame differs. */
static void
put_between(struct sf_make *m, const struct sf_make_frame *f)
{
	put_labels(m, f->kid);
	put_schedule(m, &f->s);
	put_octets(m, "nonce", f->nonce, SF_NONCE);
	put_octets(m, "aad", f->aad, f->n_aad);
}

static void
put_seal(
    struct sf_make *m, const struct sf_make_test *t, struct sf_make_frame *f)
{
	sf_make_frame_seal(m, f, NULL, 0);
	sf_make_test_open(m, t);
	sf_make_put_frame(m, f, true);
	if (f->n_aad < 64)
		put_between(m, f);
	sf_make_test_close(m, t);
}

/* Each KID of the rows once, all for one base key. */
static size_t
seal_keys(struct sf_vector_key *keys, struct sf_bytes base_key)
{
	size_t n = 0, k;

	for (size_t i = 0; i < sizeof(seals) / sizeof(seals[0]); i++) {
		for (k = 0; k < n && keys[k].kid != seals[i].kid; k++)
			continue;
		if (k == n)
			keys[n++] =
			    (struct sf_vector_key){ seals[i].kid, base_key };
	}
	return n;
}

static void
seal_group(struct sf_make *m)
{
	static const struct sf_make_test last = { "seal-last",
		"The last CTR there is", "4.3", "CTR-07", SF_VECTOR_POLICY,
		SF_POLICY_COUNTER_LAST, SF_FLAG_LAST_COUNTER, 0 };
	struct sf_vector_key keys[sizeof(seals) / sizeof(seals[0])];
	uint8_t base[BASE_KEY];
	struct sf_bytes base_key = sf_bytes(base, sizeof(base));
	struct sf_make_frame f;

	sf_make_random(m, base, sizeof(base));
	sf_make_group_open(m, SF_VECTOR_SEAL, keys, seal_keys(keys, base_key));
	for (size_t i = 0; i < sizeof(seals) / sizeof(seals[0]); i++) {
		const struct sf_make_test t = { .family = seals[i].family,
			.comment = seals[i].comment,
			.rfc = "4.4.3",
			.requirements = "AEAD-01 CT-01 CT-02 CT-03 NON-01" };

		sf_make_frame_init(m, &f, base_key, seals[i].kid, seals[i].ctr,
		    seals[i].metadata, seals[i].pt);
		put_seal(m, &t, &f);
	}
	sf_make_frame_init(m, &f, base_key, 9, UINT64_MAX, 14, 21);
	put_seal(m, &last, &f);
	sf_make_group_close(m);
}

void
sf_make_seal(struct sf_make *m)
{
	sf_make_each_suite(m, SF_VECTOR_SEAL, seal_group);
}
