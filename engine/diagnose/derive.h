/*
 * derive.h - the steps from the key file to key and salt, each with what may be
 * done otherwise: base.c, labels.c, and derive.c, which calls them.
 */
#ifndef SF_DIAGNOSE_DERIVE_H
#define SF_DIAGNOSE_DERIVE_H

#include "engine/diagnose/vary.h"

/* What a derivation is about, handed from step to step. */
struct sf_deriving {
	const struct sf_vary *v;
	const struct sf_key_for *k;
	struct sf_derived *d;
	enum sf_hash_name hash;
};

static inline struct sf_bytes
sf_deriving_base(const struct sf_deriving *r)
{
	return sf_bytes(r->d->base, r->d->base_octets);
}

static inline struct sf_bytes
sf_text(const char *s)
{
	return sf_bytes(s, strlen(s));
}

static inline struct sf_bytes
sf_nothing(void)
{
	return sf_bytes(NULL, 0);
}

/* ---- base.c ---- */

/* The base key of the KID, in d->base; false when there is none such. */
bool sf_derive_base(struct sf_deriving *r);

/* ---- labels.c: RFC 9605 4.4.2 ---- */

/* What the labels name; false when v would name what RFC 9605 does. */
bool sf_name_labels(struct sf_deriving *r);

/* The label of the salt, or of the key. */
void sf_put_label(struct sf_put *o, const struct sf_deriving *r, bool salt);

#endif
