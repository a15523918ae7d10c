/*
 * match.c - nonce, additional data, cipher and tag of a frame, with a few things done
 * otherwise.
 */
#include "engine/base/utf8.h"
#include "engine/diagnose/vary.h"
#include "parsers/sframe/header.h"

/* ---- nonce: RFC 9605 4.4.3 ------------------------------------------------ */

#define NONCE_MAX SF_DERIVED_SALT

/* Where the counter goes, over the salt: at an octet, with a width. */
static const struct nonce_row {
	uint8_t at, width;
	bool little, bare, replaces;
} nonce_rows[] = {
	[SF_NONCE_RFC] = { 4, 8, false, false, false },
	[SF_NONCE_LITTLE] = { 0, 8, true, false, false },
	[SF_NONCE_LITTLE_END] = { 4, 8, true, false, false },
	[SF_NONCE_LITTLE_END_4] = { 8, 4, true, false, false },
	[SF_NONCE_FRONT] = { 0, 8, false, false, false },
	[SF_NONCE_FRONT_4] = { 0, 4, false, false, false },
	[SF_NONCE_BARE] = { 4, 8, false, true, false },
	[SF_NONCE_BARE_LITTLE] = { 0, 8, true, true, false },
	[SF_NONCE_BARE_FRONT] = { 0, 8, false, true, false },
	[SF_NONCE_REPLACED] = { 4, 8, false, false, true },
	[SF_NONCE_REPLACED_4] = { 8, 4, false, false, true },
	[SF_NONCE_LOW_4] = { 8, 4, false, false, false },
	[SF_NONCE_LOW_2] = { 10, 2, false, false, false },
	[SF_NONCE_LOW_1] = { 11, 1, false, false, false },
	[SF_NONCE_ADDED] = { 0, 0, false, false, false },
	[SF_NONCE_OR] = { 4, 8, false, false, false },
	[SF_NONCE_SALT] = { 0, 0, false, false, false },
	[SF_NONCE_OFF] = { 4, 8, false, false, false },
	[SF_NONCE_LENGTH] = { 4, 8, false, false, false }, /* at its end */
	[SF_NONCE_BLOCK] = { 4, 8, false, false, false },
};

static void
add(uint8_t nonce[SF_NONCE], uint64_t ctr)
{
	unsigned carry = 0;

	for (size_t i = 0; i < SF_NONCE; i++) {
		unsigned octet = i < 8 ? (unsigned)(ctr >> 8 * i & 0xff) : 0;
		unsigned sum = nonce[SF_NONCE - 1 - i] + octet + carry;

		nonce[SF_NONCE - 1 - i] = (uint8_t)sum;
		carry = sum >> 8;
	}
}

/* Octets of it. */
static size_t
make_nonce(uint8_t nonce[NONCE_MAX], const struct sf_vary *v,
    const struct sf_derived *d, uint64_t ctr)
{
	const struct nonce_row *row = &nonce_rows[v->nonce];
	uint8_t counter[8];
	struct sf_put o = sf_put(counter, sizeof(counter));
	size_t at = row->at + d->salt_octets - SF_NONCE;

	memset(nonce, 0, NONCE_MAX);
	memcpy(nonce, d->salt, d->salt_octets);
	if (row->bare)
		memset(nonce, 0, SF_NONCE);
	if (v->nonce == SF_NONCE_OFF)
		ctr += (uint64_t)(int64_t)v->n;
	if (v->nonce == SF_NONCE_ADDED)
		add(nonce, ctr);
	if (row->little)
		sf_put_little(&o, ctr, row->width);
	else
		sf_put_uint(&o, ctr, row->width);
	for (size_t i = 0; i < o.n; i++)
		if (v->nonce == SF_NONCE_OR)
			nonce[at + i] |= counter[i];
		else if (row->replaces)
			nonce[at + i] = counter[i];
		else
			nonce[at + i] ^= counter[i];
	return d->salt_octets + (v->nonce == SF_NONCE_BLOCK ? 4 : 0);
}

/* ---- what is authenticated: RFC 9605 4.4.3 -------------------------------- */

static void
put_minimal(struct sf_put *o, const struct sf_parted *p)
{
	uint8_t header[SF_SFRAME_HEADER_MAX];
	size_t n = sf_sframe_header_write(header, p->kid, p->ctr);

	sf_put_bytes(o, sf_bytes(header, n));
}

/* What becomes of octets that a string is made of. */
enum text_rule { TEXT_REPLACED, TEXT_LATIN_1, TEXT_UNTIL_ZERO };

/* Characters as they are; what is none as U+FFFD. */
static void
put_replaced(struct sf_put *o, struct sf_bytes b)
{
	uint32_t c;
	size_t n;

	for (; b.n > 0; b = sf_bytes(b.p + n, b.n - n))
		if (sf_utf8_next(b, &c, &n))
			sf_put_bytes(o, sf_bytes(b.p, n));
		else
			sf_put_text(o, "\xef\xbf\xbd");
}

/* Each octet as the character of its number. */
static void
put_latin_1(struct sf_put *o, struct sf_bytes b)
{
	for (size_t i = 0; i < b.n; i++) {
		if (b.p[i] >= 0x80)
			sf_put_u8(o, (uint8_t)(0xc0 | b.p[i] >> 6));
		sf_put_u8(o, b.p[i] < 0x80 ? b.p[i] : 0x80 | (b.p[i] & 0x3f));
	}
}

static void
put_as_text(struct sf_put *o, enum text_rule how, struct sf_bytes b)
{
	switch (how) {
	case TEXT_REPLACED:
		put_replaced(o, b);
		break;
	case TEXT_LATIN_1:
		put_latin_1(o, b);
		break;
	case TEXT_UNTIL_ZERO:
		sf_put_bytes(o, sf_until_zero(b));
		break;
	}
}

static void
put_aad(struct sf_put *o, const struct sf_vary *v, const struct sf_parted *p,
    struct sf_bytes metadata)
{
	switch ((enum sf_aad_rule)v->aad) {
	case SF_AAD_RFC:
		sf_put_bytes(o, p->header);
		break;
	case SF_AAD_METADATA_FIRST:
		sf_put_bytes(o, metadata);
		sf_put_bytes(o, p->header);
		return;
	case SF_AAD_MINIMAL:
		put_minimal(o, p);
		break;
	case SF_AAD_METADATA:
		break;
	case SF_AAD_HEADER:
		sf_put_bytes(o, p->header);
		return;
	case SF_AAD_EMPTY:
		return;
	case SF_AAD_CONFIG:
		sf_put_bytes(o, sf_bytes(p->header.p, 1));
		break;
	case SF_AAD_FIELDS:
		sf_put_bytes(o, sf_bytes(p->header.p + 1, p->header.n - 1));
		break;
	case SF_AAD_EXPANDED:
		sf_put_uint(o, p->kid, 8);
		sf_put_uint(o, p->ctr, 8);
		break;
	case SF_AAD_LENGTH:
		sf_put_bytes(o, p->header);
		sf_put_uint(o, metadata.n, (size_t)v->n);
		break;
	case SF_AAD_TEXT:
		sf_put_bytes(o, p->header);
		put_as_text(o, (enum text_rule)v->n, metadata);
		return;
	case SF_AAD_PREFIX_FIRST:
		sf_put_bytes(o, p->prefix);
		sf_put_bytes(o, p->header);
		break;
	case SF_AAD_PREFIX_LAST:
		sf_put_bytes(o, p->header);
		sf_put_bytes(o, p->prefix);
		break;
	case SF_AAD_PREFIX_ONLY:
		sf_put_bytes(o, p->prefix);
		break;
	}
	sf_put_bytes(o, metadata);
}

/* ---- ciphertext and tag --------------------------------------------------- */

struct sealed {
	struct sf_bytes ct, tag;
	uint64_t said; /* octets of the tag that the MAC is told of */
};

/* Octets of the tag that were sent. */
static size_t
tag_sent(const struct sf_vary *v, size_t own)
{
	size_t n = v->n < 0 ? 0 : (size_t)v->n;

	if (v->tag == SF_TAG_OCTETS || v->tag == SF_TAG_OCTETS_SENT)
		return n;
	if (v->tag == SF_TAG_LOST)
		return n < own ? own - n : 0;
	return own;
}

static bool
part_tag(struct sealed *s, const struct sf_vary *v, size_t own,
    struct sf_bytes payload)
{
	size_t n = tag_sent(v, own);
	size_t ct = payload.n - n;

	if (n == 0 || n > payload.n)
		return false;
	s->said = v->tag == SF_TAG_OCTETS ? n : own;
	if (v->tag == SF_TAG_FRONT) {
		s->tag = sf_bytes(payload.p, n);
		s->ct = sf_bytes(payload.p + n, ct);
	} else {
		s->ct = sf_bytes(payload.p, ct);
		s->tag = sf_bytes(payload.p + ct, n);
	}
	return true;
}

/* ---- GCM ------------------------------------------------------------------ */

#define GCM_128 4 /* the suite with AES-128 */

/* The whole tag is there. */
static bool
gcm_opens(const struct sf_crypto *c, struct sf_aead *a,
    const uint8_t nonce[SF_NONCE], const struct sealed *s,
    struct sf_workspace *w)
{
	struct sf_put *o = &w->input;

	sf_put_bytes(o, s->ct);
	sf_put_bytes(o, s->tag);
	return !o->full &&
	       c->open(a, nonce, sf_put_all(&w->aad), sf_bytes(NULL, 0),
		   sf_put_all(o), NULL) == SF_OPENED;
}

/* The nonce has another length. */
static bool
gcm_opens_long(const struct sf_key_for *k, const struct sf_derived *d,
    struct sf_bytes nonce, const struct sealed *s, struct sf_workspace *w)
{
	return s->tag.n == SF_TAG_MAX &&
	       k->c->gcm_verifies(k->suite, d->key, nonce, sf_put_all(&w->aad),
		   s->ct, s->tag.p);
}

/* A part of it is: seal what the ciphertext would decrypt to, and compare. The
   cipher is a stream, so to seal the ciphertext is to decrypt it. */
static bool
gcm_reseals(const struct sf_crypto *c, struct sf_aead *a,
    const uint8_t nonce[SF_NONCE], const struct sealed *s,
    struct sf_workspace *w)
{
	struct sf_bytes aad = sf_put_all(&w->aad);
	struct sf_bytes pt = sf_bytes(w->plain.p, s->ct.n);
	bool ok = s->tag.n <= SF_TAG_MAX &&
		  s->ct.n + SF_TAG_MAX <= w->plain.room &&
		  s->ct.n + SF_TAG_MAX <= w->input.room;

	ok = ok &&
	     c->seal(a, nonce, aad, sf_bytes(NULL, 0), s->ct, w->plain.p) &&
	     c->seal(a, nonce, aad, sf_bytes(NULL, 0), pt, w->input.p) &&
	     c->equal(w->input.p + s->ct.n, s->tag.p, s->tag.n);
	c->wipe(w->plain.p, pt.n <= w->plain.room ? pt.n : w->plain.room);
	return ok;
}

static bool
gcm_matches(const struct sf_vary *v, const struct sf_key_for *k,
    const struct sf_derived *d, struct sf_bytes nonce, const struct sealed *s,
    struct sf_workspace *w)
{
	const struct sf_suite *suite =
	    v->key_cut ? sf_suite_by_id(GCM_128) : k->suite;
	struct sf_aead *a;
	bool ok = false;

	if (nonce.n != SF_NONCE)
		return gcm_opens_long(k, d, nonce, s, w);
	if (v->key_cut && suite == k->suite)
		return false;
	a = k->c->aead_new(suite, d->key);
	if (a != NULL)
		ok = s->tag.n == suite->tag_octets
			 ? gcm_opens(k->c, a, nonce.p, s, w)
			 : gcm_reseals(k->c, a, nonce.p, s, w);
	k->c->aead_free(a);
	return ok;
}

/* ---- CTR and HMAC: RFC 9605 4.5.1 ----------------------------------------- */

/* Lengths in octets or bits, 0 where one is left out, and what follows. */
static const struct mac_row {
	uint8_t width, aad, ct, tag;
	uint8_t nonce; /* octets of it */
	bool with_tag, plain;
} mac_rows[] = {
	[SF_MAC_RFC] = { 8, 1, 1, 1, 12, false, false },
	[SF_MAC_NO_TAG_LENGTH] = { 8, 1, 1, 0, 12, false, false },
	[SF_MAC_BITS] = { 8, 8, 8, 8, 12, false, false },
	[SF_MAC_BITS_TAG] = { 8, 1, 1, 8, 12, false, false },
	[SF_MAC_BITS_OTHERS] = { 8, 8, 8, 1, 12, false, false },
	[SF_MAC_NO_LENGTHS] = { 8, 0, 0, 0, 12, false, false },
	[SF_MAC_WIDTH_4] = { 4, 1, 1, 1, 12, false, false },
	[SF_MAC_WIDTH_2] = { 2, 1, 1, 1, 12, false, false },
	[SF_MAC_WITH_TAG] = { 8, 1, 1, 1, 12, true, false },
	[SF_MAC_NO_NONCE] = { 8, 1, 1, 1, 0, false, false },
	[SF_MAC_BARE] = { 8, 1, 1, 0, 0, false, false },
	[SF_MAC_NOTHING] = { 8, 0, 0, 0, 0, false, false },
	[SF_MAC_BLOCK] = { 8, 1, 1, 1, 16, false, false },
	[SF_MAC_PLAINTEXT] = { 8, 1, 1, 1, 12, false, true },
	[SF_MAC_LITTLE] = { 8, 1, 1, 1, 12, false, false },
	[SF_MAC_ORDER] = { 8, 1, 1, 1, 12, false, false },
	[SF_MAC_HASH] = { 8, 1, 1, 1, 12, false, false },
};

/* Lengths of what is authenticated, of the ciphertext, of the tag, in small
   letters; the nonce; and both of them themselves. */
#define ORDER "actnAC"
static const char *const orders[] = { "catnAC", "tacnAC", "nactAC", "actAnC",
	"actACn", "actnCA", "nACact", "ACnact", "nCAact" };

struct mac_parts {
	uint64_t aad, ct, tag; /* octets that are told */
	struct sf_bytes nonce, aad_octets, ct_octets;
};

static void
put_length(struct sf_put *o, const struct sf_vary *v, uint64_t n, uint8_t unit)
{
	const struct mac_row *row = &mac_rows[v->mac];

	if (unit != 0 && v->mac == SF_MAC_LITTLE)
		sf_put_little(o, n * unit, row->width);
	else if (unit != 0)
		sf_put_uint(o, n * unit, row->width);
}

static void
put_mac_input(
    struct sf_put *o, const struct sf_vary *v, const struct mac_parts *p)
{
	const struct mac_row *row = &mac_rows[v->mac];
	const char *order = v->mac == SF_MAC_ORDER ? orders[v->n] : ORDER;

	for (; *order != '\0'; order++)
		switch (*order) {
		case 'a':
			put_length(o, v, p->aad, row->aad);
			break;
		case 'c':
			put_length(o, v, p->ct, row->ct);
			break;
		case 't':
			put_length(o, v, p->tag, row->tag);
			break;
		case 'n':
			sf_put_bytes(o, p->nonce);
			break;
		case 'A':
			sf_put_bytes(o, p->aad_octets);
			break;
		default:
			sf_put_bytes(o, p->ct_octets);
			break;
		}
}

/* Decrypts s->ct into w->plain: to seal is to decrypt, see above. */
static bool
decrypt(const struct sf_key_for *k, const struct sf_derived *d,
    const uint8_t nonce[SF_NONCE], const struct sealed *s,
    struct sf_workspace *w)
{
	struct sf_bytes none = sf_bytes(NULL, 0);
	struct sf_aead *a;
	bool ok;

	if (s->ct.n + SF_TAG_MAX > w->plain.room)
		return false;
	a = k->c->aead_new(k->suite, d->key);
	ok = a != NULL && k->c->seal(a, nonce, none, none, s->ct, w->plain.p);
	k->c->aead_free(a);
	return ok;
}

/* The tag of n octets, within mac; NULL when there is none. */
static const uint8_t *
make_tag(const struct sf_vary *v, const struct sf_key_for *k,
    const struct sf_derived *d, const struct sf_put *input, size_t n,
    uint8_t mac[SF_HASH_MAX])
{
	enum sf_hash_name hash =
	    v->mac == SF_MAC_HASH ? (enum sf_hash_name)v->n : k->suite->hash;
	size_t all = sf_hash_octets(hash);

	/* HKDF-Extract is HMAC, with the salt as its key (RFC 5869 2.2). */
	if (input->full || n > all ||
	    !k->c->extract(hash, sf_bytes(d->mac_key, d->mac_octets),
		sf_put_all(input), mac))
		return NULL;
	return v->tag == SF_TAG_LAST ? mac + all - n : mac;
}

static bool
mac_equal(const struct sf_vary *v, const struct sf_key_for *k,
    const struct sf_derived *d, const struct sealed *s,
    const struct sf_put *input)
{
	uint8_t mac[SF_HASH_MAX];
	const uint8_t *tag = make_tag(v, k, d, input, s->tag.n, mac);
	bool ok = tag != NULL && k->c->equal(tag, s->tag.p, s->tag.n);

	k->c->wipe(mac, sizeof(mac));
	return ok;
}

static struct mac_parts
parts_of(const struct sf_vary *v, struct sf_bytes nonce, const struct sealed *s,
    const struct sf_workspace *w)
{
	const struct mac_row *row = &mac_rows[v->mac];
	/* behind a nonce of 12 octets stand zeros: the counter block */
	size_t n_nonce = row->nonce == SF_NONCE ? nonce.n : row->nonce;

	return (struct mac_parts){
		.aad = w->aad.n,
		.ct = s->ct.n + (row->with_tag ? s->tag.n : 0),
		.tag = s->said,
		.nonce = sf_bytes(nonce.p, n_nonce),
		.aad_octets = sf_put_all(&w->aad),
		.ct_octets = s->ct,
	};
}

static bool
ctr_matches(const struct sf_vary *v, const struct sf_key_for *k,
    const struct sf_derived *d, struct sf_bytes nonce, const struct sealed *s,
    struct sf_workspace *w)
{
	const struct mac_row *row = &mac_rows[v->mac];
	struct sf_put *o = &w->input;
	struct mac_parts p = parts_of(v, nonce, s, w);
	bool ok;

	if (row->plain && !decrypt(k, d, nonce.p, s, w))
		return false;
	if (row->plain)
		p.ct_octets = sf_bytes(w->plain.p, s->ct.n);
	put_mac_input(o, v, &p);
	ok = mac_equal(v, k, d, s, o);
	if (row->plain) {
		k->c->wipe(w->plain.p, s->ct.n);
		k->c->wipe(o->p, o->n);
	}
	return ok;
}

/* What is authenticated, and room for the rest. */
static bool
begin(struct sf_workspace *w, const struct sf_vary *v,
    const struct sf_key_for *k, const struct sf_parted *p)
{
	w->aad.n = 0;
	w->aad.full = false;
	w->input.n = 0;
	w->input.full = false;
	put_aad(
	    &w->aad, v, p, sf_bytes(k->file->metadata, k->file->n_metadata));
	return !w->aad.full;
}

size_t
sf_tag_matches(const struct sf_vary *v, const struct sf_key_for *k,
    const struct sf_derived *d, const struct sf_parted *p,
    struct sf_workspace *w)
{
	uint8_t octets[NONCE_MAX];
	struct sf_bytes nonce;
	struct sealed s;
	bool ok;

	if (!part_tag(&s, v, k->suite->tag_octets, p->payload) ||
	    !begin(w, v, k, p))
		return 0;
	nonce = sf_bytes(octets, make_nonce(octets, v, d, p->ctr));
	if (k->suite->mode == SF_MODE_GCM)
		ok = gcm_matches(v, k, d, nonce, &s, w);
	else
		ok = ctr_matches(v, k, d, nonce, &s, w);
	k->c->wipe(octets, sizeof(octets));
	return ok ? s.tag.n : 0;
}

/* ---- the other way round: a frame by such a sender ------------------------ */

static void
put_payload(
    struct sf_put *o, const struct sf_vary *v, struct sf_bytes ct, struct sf_bytes tag)
{
	sf_put_bytes(o, v->tag == SF_TAG_FRONT ? tag : ct);
	sf_put_bytes(o, v->tag == SF_TAG_FRONT ? ct : tag);
}

/* Ciphertext and a tag of the cipher's own into w->plain. */
static bool
encrypt(const struct sf_key_for *k, const struct sf_suite *suite,
    const struct sf_derived *d, const uint8_t nonce[SF_NONCE],
    struct sf_bytes aad, struct sf_bytes pt, struct sf_workspace *w)
{
	struct sf_aead *a;
	bool ok;

	if (pt.n + SF_TAG_MAX > w->plain.room)
		return false;
	a = k->c->aead_new(suite, d->key);
	ok = a != NULL &&
	     k->c->seal(a, nonce, aad, sf_bytes(NULL, 0), pt, w->plain.p);
	k->c->aead_free(a);
	return ok;
}

/* Whatever the length of the nonce is. */
static bool
gcm_encrypts(const struct sf_key_for *k, const struct sf_suite *suite,
    const struct sf_derived *d, struct sf_bytes nonce, struct sf_bytes pt,
    struct sf_workspace *w)
{
	struct sf_bytes aad = sf_put_all(&w->aad);

	if (nonce.n == SF_NONCE)
		return encrypt(k, suite, d, nonce.p, aad, pt, w);
	return pt.n + SF_TAG_MAX <= w->plain.room &&
	       k->c->gcm_seals(suite, d->key, nonce, aad, pt, w->plain.p);
}

static bool
gcm_seals(struct sf_put *o, const struct sf_vary *v, const struct sf_key_for *k,
    const struct sf_derived *d, struct sf_bytes nonce, struct sf_bytes pt,
    struct sf_workspace *w)
{
	const struct sf_suite *suite =
	    v->key_cut ? sf_suite_by_id(GCM_128) : k->suite;
	size_t n = tag_sent(v, SF_TAG_MAX);

	if (n == 0 || n > SF_TAG_MAX || (v->key_cut && suite == k->suite) ||
	    !gcm_encrypts(k, suite, d, nonce, pt, w))
		return false;
	put_payload(o, v, sf_bytes(w->plain.p, pt.n),
	    sf_bytes(w->plain.p + pt.n, n));
	return true;
}

static bool
ctr_seals(struct sf_put *o, const struct sf_vary *v, const struct sf_key_for *k,
    const struct sf_derived *d, struct sf_bytes nonce, struct sf_bytes pt,
    struct sf_workspace *w)
{
	uint8_t mac[SF_HASH_MAX];
	const uint8_t *tag;
	struct mac_parts p;
	struct sealed s;

	s.tag = sf_bytes(mac, tag_sent(v, k->suite->tag_octets));
	s.said = v->tag == SF_TAG_OCTETS ? s.tag.n : k->suite->tag_octets;
	if (s.tag.n == 0 ||
	    !encrypt(k, k->suite, d, nonce.p, sf_bytes(NULL, 0), pt, w))
		return false;
	s.ct = sf_bytes(w->plain.p, pt.n);
	p = parts_of(v, nonce, &s, w);
	if (mac_rows[v->mac].plain)
		p.ct_octets = pt;
	put_mac_input(&w->input, v, &p);
	tag = make_tag(v, k, d, &w->input, s.tag.n, mac);
	if (tag != NULL)
		put_payload(o, v, s.ct, sf_bytes(tag, s.tag.n));
	k->c->wipe(mac, sizeof(mac));
	return tag != NULL;
}

bool
sf_put_sealed(struct sf_put *o, const struct sf_vary *v,
    const struct sf_key_for *k, const struct sf_derived *d,
    const struct sf_parted *p, struct sf_bytes pt, struct sf_workspace *w)
{
	uint8_t octets[NONCE_MAX];
	struct sf_bytes nonce;
	bool ok;

	if (!begin(w, v, k, p))
		return false;
	nonce = sf_bytes(octets, make_nonce(octets, v, d, p->ctr));
	ok = k->suite->mode == SF_MODE_GCM
		 ? gcm_seals(o, v, k, d, nonce, pt, w)
		 : ctr_seals(o, v, k, d, nonce, pt, w);
	k->c->wipe(octets, sizeof(octets));
	return ok && !o->full;
}
