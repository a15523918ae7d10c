/*
 * make_open.c - frames to open, and what a receiver is free to take.
 */
#include <string.h>

#include "cli/vectors/make.h"

#define BASE_KEY 32

static const struct {
	const char *family, *comment;
	uint64_t kid, ctr;
	uint16_t metadata, pt; /* octets */
} opens[] = {
	{ "open-shape", "KID and CTR in the config octet", 5, 7, 14, 21 },
	{ "open-shape", "A KID in the config octet", 5, 0x4567, 14, 21 },
	{ "open-shape", "A CTR in the config octet", 0x123, 7, 14, 21 },
	{ "open-shape", "Two octets each", 0x123, 0x4567, 14, 21 },
	{ "open-shape", "A CTR of eight octets", 0x123, UINT64_C(1) << 56, 14,
	    21 },
	{ "open-shape", "A KID of eight octets", UINT64_C(1) << 63, 8, 14, 21 },
	{ "open-shape", "A header of 17 octets", UINT64_MAX, UINT64_MAX - 1, 14,
	    21 },
	{ "open-shape", "The last CTR there is", 0x123, UINT64_MAX, 14, 21 },
	{ "open-shape", "A CTR beyond 2^53", 0x123, (UINT64_C(1) << 53) + 1, 14,
	    21 },
	{ "open-metadata", "No metadata", 0x123, 1, 0, 21 },
	{ "open-metadata", "One octet of metadata", 0x123, 2, 1, 21 },
	{ "open-metadata", "Metadata of one block", 0x123, 3, 16, 21 },
	{ "open-metadata", "256 octets of metadata", 0x123, 4, 256, 21 },
	{ "open-metadata", "1,000 octets of metadata", 0x123, 5, 1000, 21 },
	{ "open-pt", "No plaintext", 0x123, 6, 14, 0 },
	{ "open-pt", "Nothing but a header and a tag", 5, 0, 0, 0 },
	{ "open-pt", "One octet of plaintext", 0x123, 7, 14, 1 },
	{ "open-pt", "One octet less than a block", 0x123, 8, 14, 15 },
	{ "open-pt", "One block of plaintext", 0x123, 9, 14, 16 },
	{ "open-pt", "One octet more than a block", 0x123, 10, 14, 17 },
	{ "open-pt", "255 octets of plaintext", 0x123, 255, 14, 255 },
	{ "open-pt", "A packet of video", 0x123, 256, 14, 1200 },
};

static void
put_open(struct sf_make *m, const struct sf_make_test *t,
    const struct sf_make_frame *f)
{
	sf_make_test_open(m, t);
	sf_make_put_frame(m, f, true);
	sf_make_test_close(m, t);
}

static void
good_frames(struct sf_make *m, struct sf_bytes base_key)
{
	struct sf_make_frame f;

	for (size_t i = 0; i < sizeof(opens) / sizeof(opens[0]); i++) {
		const struct sf_make_test t = { .family = opens[i].family,
			.comment = opens[i].comment,
			.rfc = "4.4.4",
			.requirements = "DEC-02 DEC-03 CT-02 CT-03 NON-02" };

		sf_make_frame_init(m, &f, base_key, opens[i].kid, opens[i].ctr,
		    opens[i].metadata, opens[i].pt);
		sf_make_frame_seal(m, &f, NULL, 0);
		put_open(m, &t, &f);
	}
}

/* ---- what a receiver may take or leave ----------------------------------- */

static const struct {
	const char *comment;
	uint64_t kid, ctr;
	uint8_t kid_octets, ctr_octets;
} longer[] = {
	{ "A KID below 8 in an octet of its own", 5, 3, 1, 0 },
	{ "A CTR below 8 in an octet of its own", 5, 3, 0, 1 },
	{ "Both are below 8, both in an octet of their own", 5, 0, 1, 1 },
	{ "A zero octet in front of the KID", 0x123, 3, 3, 0 },
	{ "Six zero octets in front of the KID", 0x123, 3, 8, 0 },
	{ "A zero octet in front of the CTR", 0x123, 0x4567, 2, 3 },
	{ "Six zero octets in front of the CTR", 0x123, 0x4567, 2, 8 },
	{ "Both fields have eight octets", 0x123, 0x4567, 8, 8 },
};

static void
longer_frames(struct sf_make *m, struct sf_bytes base_key)
{
	struct sf_make_frame f;

	for (size_t i = 0; i < sizeof(longer) / sizeof(longer[0]); i++) {
		const struct sf_make_test t = { "hdr-nm", longer[i].comment,
			"4.3", "HDR-10 HDR-11", SF_VECTOR_POLICY,
			SF_POLICY_NONMINIMAL_HEADER, SF_FLAG_NON_MINIMAL, 0 };

		sf_make_frame_init(
		    m, &f, base_key, longer[i].kid, longer[i].ctr, 14, 21);
		f.n_header = sf_make_header(f.header, f.kid,
		    longer[i].kid_octets, f.ctr, longer[i].ctr_octets);
		sf_make_frame_seal(m, &f, NULL, 0);
		put_open(m, &t, &f);
	}
}

static void
empty_key_frame(struct sf_make *m)
{
	static const struct sf_make_test t = { "open-empty",
		"The base key has no octets", "4.4.2", "KDF-02",
		SF_VECTOR_POLICY, SF_POLICY_EMPTY_BASE_KEY,
		SF_FLAG_EMPTY_BASE_KEY, 0 };
	const struct sf_vector_key key = { 6, sf_bytes(NULL, 0) };
	struct sf_make_frame f;

	sf_make_group_open(m, SF_VECTOR_OPEN, &key, 1);
	sf_make_frame_init(m, &f, key.base_key, key.kid, 0, 14, 21);
	sf_make_frame_seal(m, &f, NULL, 0);
	put_open(m, &t, &f);
	sf_make_group_close(m);
}

/* ---- a wrong first block ------------------------------------------------- */

/*
 * Block 1 first: what block 0 would have hidden is a block of zeroes in front
 * that is then taken away, with a tag over what is left. Whoever opens this
 * as RFC 9605 4.5.1 says gets the two key streams on top of each other.
 */
static void
from_block_one(struct sf_make *m, struct sf_make_frame *f,
    enum sf_make_stage stage, unsigned i)
{
	size_t tag = f->suite->tag_octets, block = 16, n = 21;
	uint8_t *ct = f->out + f->n_header;
	uint8_t in[256], mac[SF_HASH_MAX], stream[64];
	size_t at = 24;

	(void)i;
	if (stage == SF_STAGE_START) {
		f->n_pt = block + n;
		memmove(f->pt + block, f->pt, n);
		memset(f->pt, 0, block);
	}
	if (stage != SF_STAGE_SENT)
		return;
	for (size_t k = 0; k < n + block; k++)
		stream[k] = ct[k] ^ f->pt[k];
	for (size_t k = 0; k < n; k++)
		f->pt[k] = f->pt[block + k] ^ stream[block + k] ^ stream[k];
	memmove(ct, ct + block, n);
	f->n_pt = n;
	sf_make_be(in, f->n_aad, 8);
	sf_make_be(in + 8, n, 8);
	sf_make_be(in + 16, tag, 8);
	memcpy(in + at, f->nonce, SF_NONCE);
	memcpy(in + at + SF_NONCE, f->aad, f->n_aad);
	at += SF_NONCE + f->n_aad;
	memcpy(in + at, ct, n);
	sf_make_mac(m,
	    sf_bytes(f->s.key + f->suite->enc_octets, f->suite->hash_octets),
	    sf_bytes(in, at + n), mac);
	memcpy(ct + n, mac, tag);
	f->n_out = f->n_header + n + tag;
}

static void
counter_block_frame(struct sf_make *m, struct sf_bytes base_key)
{
	static const struct sf_make_test t = { "fr-ctr-init",
		"The sender began with block 1: this opens to octets that "
		"nobody meant",
		"4.5.1", "AEAD-03", SF_VECTOR_VALID, 0, SF_FLAG_COUNTER_BLOCK,
		0 };
	struct sf_make_frame f;

	if (m->suite->mode != SF_MODE_CTR)
		return;
	sf_make_frame_init(m, &f, base_key, 0x123, 0x4567, 14, 21);
	sf_make_frame_seal(m, &f, from_block_one, 0);
	put_open(m, &t, &f);
}

/* ---- groups -------------------------------------------------------------- */

static void
open_group(struct sf_make *m)
{
	uint8_t base[BASE_KEY], other[BASE_KEY];
	struct sf_bytes base_key = sf_bytes(base, sizeof(base));
	const struct sf_vector_key keys[] = { { 5, base_key },
		{ 0x123, base_key }, { 0x124, base_key }, { 0x4567, base_key },
		{ 0x2301, base_key }, { UINT64_C(1) << 63, base_key },
		{ UINT64_MAX, base_key },
		{ 0x125, sf_bytes(other, sizeof(other)) } };

	sf_make_random(m, base, sizeof(base));
	sf_make_random(m, other, sizeof(other));
	sf_make_group_open(
	    m, SF_VECTOR_OPEN, keys, sizeof(keys) / sizeof(keys[0]));
	good_frames(m, base_key);
	longer_frames(m, base_key);
	counter_block_frame(m, base_key);
	sf_make_bad(m, base_key);
	sf_make_group_close(m);
	empty_key_frame(m);
}

void
sf_make_open(struct sf_make *m)
{
	sf_make_each_suite(m, SF_VECTOR_OPEN, open_group);
}
