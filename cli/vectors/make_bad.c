/*
 * make_bad.c - frames that have to be refused, each for one reason.
 *
 * A row of the table is a family of tests: what somebody does to a frame of
 * KID 0x123 and CTR 0x4567, how often, and why that must not open.
 */
#include <string.h>

#include "cli/vectors/make.h"

#define METADATA 14
#define PT       21
#define HEADER   5 /* octets of the header of these two */

/* How often a row is made, where that is not a fixed number. */
enum { TIMES_TAG = 1000, TIMES_FRAME };

enum modes { ANY, CTR_ONLY };

#define IS(which) (stage == SF_STAGE_##which)
#define TWIST(name)                                                            \
	static void name(struct sf_make *m, struct sf_make_frame *f,           \
	    enum sf_make_stage stage, unsigned i)

/* Not every twist needs the library, or a number. */
#define UNUSED(x) ((void)(x))

/* ---- bits, ends, middles ------------------------------------------------- */

TWIST(flip_config)
{
	UNUSED(m);
	if (IS(SENT))
		f->out[0] ^= (uint8_t)(1u << i);
}

TWIST(flip_header)
{
	UNUSED(m);
	if (IS(SENT))
		f->out[1 + i] ^= (uint8_t)(0x80u >> i);
}

TWIST(flip_ct)
{
	UNUSED(m);
	if (IS(SENT))
		f->out[HEADER + i] ^= (uint8_t)(1u << i % 8);
}

TWIST(flip_tag)
{
	UNUSED(m);
	if (IS(SENT))
		f->out[HEADER + PT + i] ^= (uint8_t)(0x80u >> i % 8);
}

/* Every beginning of the frame. */
TWIST(prefix)
{
	UNUSED(m);
	if (IS(SENT))
		f->n_out = i;
}

/* Every beginning of the longest header. */
TWIST(long_prefix)
{
	UNUSED(m);
	if (IS(START)) {
		f->kid = UINT64_MAX;
		f->ctr = UINT64_MAX - 1;
		f->n_header = sf_sframe_header_write(f->header, f->kid, f->ctr);
	}
	if (IS(SENT))
		f->n_out = i + 1;
}

TWIST(cut_tag)
{
	UNUSED(m);
	if (IS(START))
		f->n_pt = 0;
	if (IS(SENT))
		f->n_out = HEADER + i;
}

TWIST(zero_body)
{
	UNUSED(m);
	if (!IS(SENT))
		return;
	memset(f->out + HEADER, 0, i);
	f->n_out = HEADER + i;
}

static void
append(struct sf_make_frame *f, const uint8_t *p, size_t n)
{
	memmove(f->out + f->n_out, p, n);
	f->n_out += n;
}

/* An octet; the tag again; the frame again. */
TWIST(append_octets)
{
	size_t tag = f->suite->tag_octets;

	UNUSED(m);
	if (!IS(SENT))
		return;
	if (i == 0)
		append(f, (const uint8_t[]){ 0 }, 1);
	else if (i == 1)
		append(f, f->out + f->n_out - tag, tag);
	else
		append(f, f->out, f->n_out);
}

static void
insert(struct sf_make_frame *f, size_t at, uint8_t octet)
{
	memmove(f->out + at + 1, f->out + at, f->n_out - at);
	f->out[at] = octet;
	f->n_out++;
}

/* A payload descriptor in front; a zero behind the header; an emulation
   prevention octet in the middle; an octet in front of the tag. */
TWIST(insert_octet)
{
	static const uint8_t octets[] = { 0xc0, 0x00, 0x03, 0xff };
	static const size_t places[] = { 0, HEADER, HEADER + 3, HEADER + PT };

	UNUSED(m);
	if (IS(SENT))
		insert(f, places[i], octets[i]);
}

/* The first of the frame, of the ciphertext, of the tag; one in the middle. */
TWIST(remove_octet)
{
	static const size_t places[] = { 0, HEADER, HEADER + PT, HEADER + 7 };
	size_t at = places[i];

	UNUSED(m);
	if (!IS(SENT))
		return;
	f->n_out--;
	memmove(f->out + at, f->out + at + 1, f->n_out - at);
}

/* Two octets of the ciphertext change places. */
TWIST(swap_octets)
{
	uint8_t *p = f->out + HEADER + i;
	uint8_t octet = p[0];

	UNUSED(m);
	if (!IS(SENT))
		return;
	if (p[0] == p[1])
		octet = (uint8_t)~octet;
	p[0] = p[1];
	p[1] = octet;
}

/* ---- tags ---------------------------------------------------------------- */

/* The tag in front of the ciphertext, or of the header. */
TWIST(move_tag)
{
	size_t tag = f->suite->tag_octets, at = i == 0 ? HEADER : 0;
	uint8_t octets[SF_TAG_MAX];

	UNUSED(m);
	if (!IS(SENT))
		return;
	memcpy(octets, f->out + f->n_out - tag, tag);
	memmove(f->out + at + tag, f->out + at, f->n_out - tag - at);
	memcpy(f->out + at, octets, tag);
}

/* All zeroes; all ones; the tag of the frame before. */
TWIST(forge_tag)
{
	size_t tag = f->suite->tag_octets;
	uint8_t *p = f->out + f->n_out - tag;

	if (!IS(SENT))
		return;
	if (i < 2)
		memset(p, i == 0 ? 0x00 : 0xff, tag);
	else
		sf_make_random(m, p, tag);
}

/* What RFC 9605 4.5.1 authenticates, in pieces. */
enum piece { LENGTHS, NONCE, AAD, CIPHERTEXT, BITS, NO_TAG_LENGTH, END };

static size_t
put_piece(const struct sf_make_frame *f, enum piece piece, uint8_t *out)
{
	size_t unit = piece == BITS ? 8 : 1;

	switch (piece) {
	case LENGTHS:
	case BITS:
	case NO_TAG_LENGTH:
		sf_make_be(out, f->n_aad * unit, 8);
		sf_make_be(out + 8, f->n_pt * unit, 8);
		sf_make_be(out + 16, f->suite->tag_octets * unit, 8);
		return piece == NO_TAG_LENGTH ? 16 : 24;
	case NONCE:
		memcpy(out, f->nonce, SF_NONCE);
		return SF_NONCE;
	case AAD:
		memcpy(out, f->aad, f->n_aad);
		return f->n_aad;
	case CIPHERTEXT:
		memcpy(out, f->out + f->n_header, f->n_pt);
		return f->n_pt;
	case END:
		break;
	}
	return 0;
}

static void
mac_of(struct sf_make *m, const struct sf_make_frame *f,
    const enum piece pieces[5], uint8_t mac[SF_HASH_MAX])
{
	uint8_t in[256];
	size_t n = 0;

	for (unsigned i = 0; i < 5 && pieces[i] != END; i++)
		n += put_piece(f, pieces[i], in + n);
	sf_make_mac(m,
	    sf_bytes(f->s.key + f->suite->enc_octets, f->suite->hash_octets),
	    sf_bytes(in, n), mac);
}

TWIST(other_mac_input)
{
	static const enum piece inputs[][5] = {
		{ NONCE, AAD, CIPHERTEXT, END },
		{ BITS, NONCE, AAD, CIPHERTEXT, END },
		{ LENGTHS, AAD, CIPHERTEXT, END },
		{ LENGTHS, AAD, NONCE, CIPHERTEXT, END },
		{ NO_TAG_LENGTH, NONCE, AAD, CIPHERTEXT, END },
	};
	uint8_t mac[SF_HASH_MAX];

	if (!IS(SENT))
		return;
	mac_of(m, f, inputs[i], mac);
	memcpy(f->out + HEADER + PT, mac, f->suite->tag_octets);
}

/* The last octets of the MAC and not the first. */
TWIST(tail_of_mac)
{
	static const enum piece all[] = { LENGTHS, NONCE, AAD, CIPHERTEXT,
		END };
	uint8_t mac[SF_HASH_MAX];
	size_t tag = f->suite->tag_octets;

	UNUSED(i);
	if (!IS(SENT))
		return;
	mac_of(m, f, all, mac);
	memcpy(f->out + HEADER + PT, mac + f->suite->hash_octets - tag, tag);
}

/* ---- suites -------------------------------------------------------------- */

/* Each of the seven others. */
TWIST(other_suite)
{
	unsigned id = i + 1 < m->suite->id ? i + 1 : i + 2;

	if (IS(START))
		f->suite = sf_suite_by_id((uint16_t)id);
}

/* The keys of this suite, the tag length of another. */
TWIST(other_tag_length)
{
	unsigned first = m->suite->id < 4 ? 1 : 6;
	unsigned id = first + i < m->suite->id ? first + i : first + i + 1;

	if (IS(KEYS))
		f->suite = sf_suite_by_id((uint16_t)id);
}

/* ---- nonce, additional data, keys ---------------------------------------- */

/* Little-endian; at the front; without the salt; without the CTR. */
TWIST(other_nonce)
{
	if (!IS(NONCE))
		return;
	memset(f->nonce, 0, SF_NONCE);
	if (i == 0)
		for (unsigned k = 0; k < 8; k++)
			f->nonce[4 + k] = (uint8_t)(f->ctr >> 8 * k);
	else if (i == 1)
		sf_make_be(f->nonce, f->ctr, 8);
	else if (i == 2)
		sf_make_be(f->nonce + 4, f->ctr, 8);
	if (i != 2)
		for (unsigned k = 0; k < SF_NONCE; k++)
			f->nonce[k] ^= f->s.salt[k];
	UNUSED(m);
}

/* The salt is the beginning of the key. */
TWIST(salt_from_key)
{
	UNUSED(m);
	UNUSED(i);
	if (IS(KEYS))
		memcpy(f->s.salt, f->s.key, SF_NONCE);
}

/* Metadata first; no header; no metadata; the config octet alone; a length
   in front of the metadata; no additional data. */
TWIST(other_aad)
{
	UNUSED(m);
	if (!IS(AAD))
		return;
	switch (i) {
	case 0:
		memcpy(f->aad, f->metadata, METADATA);
		memcpy(f->aad + METADATA, f->header, HEADER);
		break;
	case 1:
		memcpy(f->aad, f->metadata, METADATA);
		f->n_aad = METADATA;
		break;
	case 2:
		f->n_aad = HEADER;
		break;
	case 3:
		memmove(f->aad + 1, f->metadata, METADATA);
		f->n_aad = 1 + METADATA;
		break;
	case 4:
		sf_make_be(f->aad + HEADER, METADATA, 8);
		memcpy(f->aad + HEADER + 8, f->metadata, METADATA);
		f->n_aad += 8;
		break;
	default:
		f->n_aad = 0;
		break;
	}
}

/* A bit; none; one octet more; one less; octets of its own. */
TWIST(other_metadata)
{
	if (!IS(SENT))
		return;
	switch (i) {
	case 0:
		f->metadata[METADATA - 1] ^= 0x01;
		break;
	case 1:
		f->n_metadata = 0;
		break;
	case 2:
		f->metadata[f->n_metadata++] = 0;
		break;
	case 3:
		f->n_metadata--;
		break;
	default:
		sf_make_random(m, f->metadata, METADATA);
		break;
	}
}

/* One octet goes from the metadata to the frame, or the other way. */
TWIST(moved_boundary)
{
	UNUSED(m);
	if (!IS(SENT))
		return;
	if (i == 0) {
		insert(f, HEADER, f->metadata[0]);
		memmove(f->metadata, f->metadata + 1, --f->n_metadata);
	} else {
		f->metadata[f->n_metadata++] = f->out[HEADER];
		f->n_out--;
		memmove(
		    f->out + HEADER, f->out + HEADER + 1, f->n_out - HEADER);
	}
}

TWIST(unknown_kid)
{
	static const uint64_t kids[] = { 0x9999, 0, 0x122, UINT64_MAX - 1 };

	UNUSED(m);
	if (!IS(START))
		return;
	f->kid = kids[i];
	f->n_header = sf_sframe_header_write(f->header, f->kid, f->ctr);
}

/* Another base key; the right one under another KID, which is installed. */
TWIST(other_key)
{
	if (IS(KEYS) && i == 0)
		sf_make_random(m, f->s.key, f->suite->key_octets);
	if (IS(NONCE) && i == 1)
		f->header[2] = 0x24;
	if (IS(NONCE) && i == 2)
		f->header[2] = 0x25;
}

/* The header says another CTR than the nonce had, and is authenticated. */
TWIST(other_ctr)
{
	UNUSED(m);
	if (IS(NONCE))
		f->header[3 + i] ^= 0x01;
}

TWIST(mistaken_keys)
{
	if (IS(KEYS))
		sf_make_mistaken_keys(
		    m, f->suite, f->base_key, f->kid, i, &f->s);
}

/* ---- headers ------------------------------------------------------------- */

/* The same KID and CTR, encoded longer after sealing. */
TWIST(longer_header)
{
	static const uint8_t octets[][2] = { { 3, 2 }, { 2, 3 }, { 8, 2 },
		{ 2, 8 }, { 8, 8 } };
	uint8_t header[SF_SFRAME_HEADER_MAX];

	UNUSED(m);
	if (IS(SENT))
		sf_make_reheader(f, header,
		    sf_make_header(
			header, f->kid, octets[i][0], f->ctr, octets[i][1]));
}

/* Sealed with a longer header, which somebody made minimal. */
TWIST(shorter_header)
{
	static const uint8_t octets[][2] = { { 3, 2 }, { 2, 3 }, { 8, 8 } };
	uint8_t header[SF_SFRAME_HEADER_MAX];

	UNUSED(m);
	if (IS(START))
		f->n_header = sf_make_header(
		    f->header, f->kid, octets[i][0], f->ctr, octets[i][1]);
	if (IS(SENT))
		sf_make_reheader(
		    f, header, sf_sframe_header_write(header, f->kid, f->ctr));
}

/* CTR before KID; the lengths in each other's place, both ways. */
TWIST(swapped_fields)
{
	UNUSED(m);
	if (!IS(START))
		return;
	if (i == 0) {
		f->n_header = sf_make_header(f->header, f->ctr, 2, f->kid, 2);
		return;
	}
	if (i == 1)
		f->ctr = 0x45;
	else
		f->ctr = 0x456789;
	f->n_header = sf_sframe_header_write(f->header, f->kid, f->ctr);
	f->header[0] = (uint8_t)(f->header[0] << 4 | f->header[0] >> 4);
}

/* The KID; the CTR; both. */
TWIST(little_endian)
{
	UNUSED(m);
	if (!IS(START))
		return;
	if (i != 1) {
		f->header[1] = 0x23;
		f->header[2] = 0x01;
	}
	if (i != 0) {
		f->header[3] = 0x67;
		f->header[4] = 0x45;
	}
}

/* One more and one less, of the KID and of the CTR. */
TWIST(wrong_length_code)
{
	static const uint8_t configs[] = { 0xa9, 0x89, 0x9a, 0x98 };

	UNUSED(m);
	if (IS(START))
		f->header[0] = configs[i];
}

/* ---- the table ----------------------------------------------------------- */

/* clang-format off */
static const struct row {
	const char *family;
	sf_make_twist *twist;
	unsigned times;
	enum modes modes;
	enum sf_make_flag flag;
	const char *rfc, *requirements, *comment;
} rows[] = {
	{ "fr-flip-config", flip_config,       8,             ANY,      SF_FLAG_TAMPERED_HEADER,  "4.4.4", "DEC-05",           "A bit of the config octet is flipped" },
	{ "fr-flip-hdr",    flip_header,       4,             ANY,      SF_FLAG_TAMPERED_HEADER,  "4.4.4", "DEC-05",           "A bit of KID or CTR is flipped" },
	{ "fr-flip-ct",     flip_ct,           PT,            ANY,      SF_FLAG_TAMPERED_CT,      "4.4.4", "DEC-05",           "A bit of an octet of the ciphertext is flipped" },
	{ "fr-flip-tag",    flip_tag,          TIMES_TAG,     ANY,      SF_FLAG_TAMPERED_TAG,     "4.4.4", "DEC-05 AEAD-07",   "A bit of an octet of the tag is flipped" },
	{ "fr-cut",         prefix,            TIMES_FRAME,   ANY,      SF_FLAG_TRUNCATED_FRAME,  "4.4.4", "DEC-05 HDR-09",    "Only the beginning of the frame is there" },
	{ "hdr-trunc",      long_prefix,       17,            ANY,      SF_FLAG_TRUNCATED_HEADER, "4.3",   "HDR-09",           "Only the beginning of the longest header is there" },
	{ "fr-tag-cut",     cut_tag,           TIMES_TAG,     ANY,      SF_FLAG_TRUNCATED_TAG,    "4.5",   "AEAD-09",          "The tag of an empty plaintext is cut short" },
	{ "fr-short",       zero_body,         TIMES_TAG,     ANY,      SF_FLAG_SHORT_BODY,       "4.5",   "AEAD-09 CT-02",    "Fewer zero octets than a tag has" },
	{ "fr-append",      append_octets,     3,             ANY,      SF_FLAG_APPENDED,         "4.4.4", "DEC-05",           "An octet, a second tag or the frame itself is appended" },
	{ "fr-insert",      insert_octet,      4,             ANY,      SF_FLAG_INSERTED,         "4.4.4", "DEC-05",           "A descriptor, a zero, an emulation prevention octet or 0xff is put in" },
	{ "fr-remove",      remove_octet,      4,             ANY,      SF_FLAG_REMOVED,          "4.4.4", "DEC-05",           "The first octet of frame, ciphertext or tag, or one in the middle is gone" },
	{ "fr-swap",        swap_octets,       3,             ANY,      SF_FLAG_TAMPERED_CT,      "4.4.4", "DEC-05",           "Two octets of the ciphertext have changed places" },
	{ "fr-tag-first",   move_tag,          2,             ANY,      SF_FLAG_MISPLACED_TAG,    "4.2",   "CT-03",            "The tag stands before the ciphertext or before the header" },
	{ "fr-tag-forged",  forge_tag,         3,             ANY,      SF_FLAG_FORGED_TAG,       "4.4.4", "DEC-05",           "The tag is all zeroes, all ones or from somewhere else" },
	{ "fr-tag-tail",    tail_of_mac,       1,             CTR_ONLY, SF_FLAG_WRONG_MAC_INPUT,  "4.5.1", "AEAD-06",          "The tag is the end of the MAC and not its beginning" },
	{ "fr-mac-input",   other_mac_input,   5,             CTR_ONLY, SF_FLAG_WRONG_MAC_INPUT,  "4.5.1", "AEAD-05",          "The MAC has no lengths, lengths in bits, no nonce, another order or no tag length" },
	{ "fr-suite",       other_suite,       7,             ANY,      SF_FLAG_WRONG_SUITE,      "4.4.2", "KDF-05 SUITE-01",  "The frame is of another suite" },
	{ "fr-tagsize",     other_tag_length,  2,             CTR_ONLY, SF_FLAG_WRONG_TAG_LENGTH, "4.5",   "SUITE-02",         "The key is right and the tag has the length of another suite" },
	{ "fr-nonce-form",  other_nonce,       4,             ANY,      SF_FLAG_WRONG_NONCE,      "4.4.3", "NON-01",           "In the nonce the CTR is little-endian, at the front, without the salt or left out" },
	{ "fr-ctr",         other_ctr,         2,             ANY,      SF_FLAG_WRONG_COUNTER,    "4.4.4", "NON-02",           "The header has another CTR than the nonce" },
	{ "fr-salt",        salt_from_key,     1,             ANY,      SF_FLAG_WRONG_KDF,        "4.4.2", "KDF-03 NON-01",    "The salt is the beginning of the key" },
	{ "fr-kdf",         mistaken_keys,     SF_MAKE_KDF_MISTAKES, ANY, SF_FLAG_WRONG_KDF,      "4.4.2", "KDF-02 KDF-03 KDF-04 KDF-05", "Key and salt are those of kdf-mistake of the same number" },
	{ "md-aad",         other_aad,         6,             ANY,      SF_FLAG_WRONG_AAD,        "4.4.3", "DEC-03 AEAD-01",   "Metadata first, no header, no metadata, the config octet alone, a length between, or nothing authenticated" },
	{ "md-change",      other_metadata,    5,             ANY,      SF_FLAG_WRONG_METADATA,   "4.4.4", "META-02",          "The metadata has a bit changed, is dropped, extended, cut or another" },
	{ "md-boundary",    moved_boundary,    2,             ANY,      SF_FLAG_WRONG_METADATA,   "4.4.3", "DEC-03",           "An octet went from the metadata to the frame or the other way" },
	{ "key-unknown",    unknown_kid,       4,             ANY,      SF_FLAG_UNKNOWN_KID,      "4.4.4", "DEC-04",           "No key has this KID" },
	{ "key-wrong",      other_key,         3,             ANY,      SF_FLAG_WRONG_KEY,        "4.4.2", "KDF-04 KEY-06",    "Another key, or the right base key under another KID" },
	{ "hdr-rewrite",    longer_header,     5,             ANY,      SF_FLAG_REWRITTEN_HEADER, "4.4.4", "HDR-11",           "The header was made longer after sealing" },
	{ "hdr-reencode",   shorter_header,    3,             ANY,      SF_FLAG_REWRITTEN_HEADER, "4.4.4", "HDR-11",           "The header was longer at sealing and is minimal now" },
	{ "hdr-swap",       swapped_fields,    3,             ANY,      SF_FLAG_SWAPPED_FIELDS,   "4.3",   "HDR-06",           "CTR stands before KID, or their length codes are swapped" },
	{ "hdr-le",         little_endian,     3,             ANY,      SF_FLAG_BYTE_ORDER,       "4.3",   "HDR-07",           "KID, CTR or both are little-endian" },
	{ "hdr-lenoff",     wrong_length_code, 4,             ANY,      SF_FLAG_LENGTH_CODE,      "4.3",   "HDR-08",           "A length code is off by one" },
};
/* clang-format on */

static unsigned
times_of(const struct sf_make *m, const struct row *r)
{
	unsigned tag = m->suite->tag_octets;

	if (r->modes == CTR_ONLY && m->suite->mode != SF_MODE_CTR)
		return 0;
	if (r->times == TIMES_TAG)
		return tag;
	if (r->times == TIMES_FRAME)
		return HEADER + PT + tag;
	return r->times;
}

static void
put_bad(struct sf_make *m, struct sf_bytes base_key, const struct row *r,
    unsigned i, unsigned times)
{
	const struct sf_make_test t = { r->family, r->comment, r->rfc,
		r->requirements, SF_VECTOR_INVALID, 0, r->flag,
		times > 1 ? i + 1 : 0 };
	struct sf_make_frame f;

	sf_make_frame_init(m, &f, base_key, 0x123, 0x4567, METADATA, PT);
	sf_make_frame_seal(m, &f, r->twist, i);
	sf_make_test_open(m, &t);
	sf_make_put_frame(m, &f, false);
	sf_make_test_close(m, &t);
}

void
sf_make_bad(struct sf_make *m, struct sf_bytes base_key)
{
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		unsigned times = times_of(m, &rows[k]);

		for (unsigned i = 0; i < times; i++)
			put_bad(m, base_key, &rows[k], i, times);
	}
}
