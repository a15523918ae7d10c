/*
 * labels.c - the labels that key and salt are derived under (RFC 9605 4.4.2).
 */
#include "engine/diagnose/derive.h"

#include <inttypes.h>
#include <stdio.h>

#define LENGTH(table) (sizeof(table) / sizeof((table)[0]))

static const struct label_text {
	const char *key, *salt;
	uint8_t behind, last; /* octets behind the text, and behind all: zeros
	                         or, at the end, blanks */
	uint8_t octet;
} label_texts[] = {
	{ "Sframe 1.0 Secret key ", "Sframe 1.0 Secret salt ", 0, 0, 0 },
	{ "sframe 1.0 secret key ", "sframe 1.0 secret salt ", 0, 0, 0 },
	{ "SFRAME 1.0 SECRET KEY ", "SFRAME 1.0 SECRET SALT ", 0, 0, 0 },
	{ "SFrame 1.0 secret key ", "SFrame 1.0 secret salt ", 0, 0, 0 },
	{ "SFrame 1.0 Secret Key ", "SFrame 1.0 Secret Salt ", 0, 0, 0 },
	{ "SFrame 1.0 Secret key", "SFrame 1.0 Secret salt", 0, 0, 0 },
	{ "SFrame 1.0 Secret key  ", "SFrame 1.0 Secret salt  ", 0, 0, 0 },
	{ "SFrame 1.0 Secret key ", "SFrame 1.0 Secret salt ", 0, 1, ' ' },
	{ "SFrame 1.0 Secret key ", "SFrame 1.0 Secret salt ", 1, 0, 0 },
	{ "SFrame 1.0 Secret key", "SFrame 1.0 Secret salt", 1, 0, 0 },
	{ "SFrame 1.0 Secret key ", "SFrame 1.0 Secret salt ", 0, 1, 0 },
	/* RFC 9605 */
	{ "SFrame 1.0 Secret key ", "SFrame 1.0 Secret salt ", 0, 0, 0 },
};

static const struct label_text *
label_text(const struct sf_vary *v)
{
	size_t last = LENGTH(label_texts) - 1;
	bool other = v->key.text && (size_t)v->n < last;

	return &label_texts[other ? (size_t)v->n : last];
}

static void
put_label_text(struct sf_put *o, const struct sf_vary *v, bool salt)
{
	const struct label_text *t = label_text(v);

	if (v->key.labels == SF_LABELS_SWAPPED)
		salt = !salt;
	else if (v->key.labels != SF_LABELS_RFC)
		salt = v->key.labels == SF_LABELS_SALT_TWICE;
	sf_put_text(o, salt ? t->salt : t->key);
	sf_put_uint(o, 0, t->behind);
}

static size_t
octets_for(uint64_t v)
{
	size_t n = 1;

	while (v >>= 8)
		n++;
	return n;
}

static uint64_t
shifted(uint64_t v, unsigned bits)
{
	return bits < 64 ? v >> bits : 0;
}

static uint64_t
low(uint64_t v, unsigned bits)
{
	return bits < 64 ? v & (((uint64_t)1 << bits) - 1) : v;
}

/* Another KID that the labels may name: the first key's, none, a part. */
static uint64_t
other_kid(const struct sf_key_for *k, int n)
{
	const struct sf_keyfile *f = k->file;
	bool mls = f->scheme == SF_SCHEME_MLS;
	unsigned bits = mls ? f->epoch_bits : f->ratchet_bits;

	switch (n) {
	case 0:
		return mls ? k->entry->epoch : k->entry->kid;
	case 1:
		return shifted(k->kid, bits);
	case 2:
		return low(k->kid, bits);
	case 3:
		return low(shifted(k->kid, bits), mls ? f->sender_bits : 0);
	default:
		return 0;
	}
}

static void
put_kid(struct sf_put *o, const struct sf_deriving *r)
{
	uint64_t kid = r->d->said_kid;
	char digits[24];

	switch ((enum sf_kid_rule)r->v->key.kid) {
	case SF_KID_WIDTH:
		sf_put_uint(o, kid, (size_t)r->v->n);
		return;
	case SF_KID_LITTLE:
		sf_put_little(o, kid, 8);
		return;
	case SF_KID_LITTLE_SHORT:
		sf_put_little(o, kid, octets_for(kid));
		return;
	case SF_KID_DECIMAL:
		snprintf(digits, sizeof(digits), "%" PRIu64, kid);
		sf_put_text(o, digits);
		return;
	case SF_KID_HEX:
		snprintf(digits, sizeof(digits), "%" PRIx64, kid);
		sf_put_text(o, digits);
		return;
	case SF_KID_RFC:
	case SF_KID_OTHER:
		break;
	}
	sf_put_uint(o, kid, 8);
}

static void
put_suite(struct sf_put *o, const struct sf_deriving *r)
{
	uint16_t suite = r->d->said_suite;

	if (r->v->key.suite == SF_SUITE_WIDTH)
		sf_put_uint(o, suite, (size_t)r->v->n);
	else if (r->v->key.suite == SF_SUITE_LITTLE)
		sf_put_little(o, suite, 2);
	else
		sf_put_uint(o, suite, 2);
}

void
sf_put_label(struct sf_put *o, const struct sf_deriving *r, bool salt)
{
	const struct sf_vary_key *key = &r->v->key;
	const struct label_text *t = label_text(r->v);

	if (key->schedule == SF_SCHEDULE_DRAFT_01 ||
	    key->schedule == SF_SCHEDULE_DRAFT_01_SWAPPED ||
	    key->schedule == SF_SCHEDULE_DRAFT_02) {
		sf_put_text(o, salt ? "salt" : "key");
		return;
	}
	put_label_text(o, r->v, salt);
	if (key->suite_first)
		put_suite(o, r);
	put_kid(o, r);
	if (!key->suite_first)
		put_suite(o, r);
	sf_put_uint(o, t->octet, t->last);
}

bool
sf_name_labels(struct sf_deriving *r)
{
	const struct sf_vary *v = r->v;
	uint64_t kid = r->k->kid;

	r->d->said_kid = kid;
	r->d->said_suite = r->k->suite->id;
	if (v->key.kid == SF_KID_OTHER) {
		r->d->said_kid = other_kid(r->k, v->n);
		return r->d->said_kid != kid;
	}
	if (v->key.kid == SF_KID_WIDTH && v->n != 0)
		return octets_for(kid) <= (size_t)v->n;
	if (v->key.suite == SF_SUITE_NUMBER) {
		r->d->said_suite = (uint16_t)v->n;
		return v->n != r->k->suite->id;
	}
	return true;
}
