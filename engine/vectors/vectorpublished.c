/*
 * vectorpublished.c - the vector files that come with the documents: an object
 * of arrays, its groups.
 */
#include "engine/vectors/vectorread.h"

#include <string.h>

#define B(id)  SF_VF_BIT(id)
#define PLACED (B(KID) | B(CTR) | B(METADATA))
#define PUBLISHED                                                              \
	(B(KEY_LABEL) | B(SALT_LABEL) | B(SECRET) | B(SFRAME_KEY) | B(SALT) |  \
	    B(NONCE) | B(AAD))

/* clang-format off */
static const struct sf_vr_shape published[] = {
	{ "header",                         SF_VECTOR_HEADER,   B(KID) | B(CTR) | B(ENCODED),                           0, 0 },
	{ "aes_ctr_hmac",                   SF_VECTOR_AEAD,     B(SUITE) | B(KEY) | B(NONCE) | B(AAD) | B(PT) | B(CT),  0, B(ENC_KEY) | B(AUTH_KEY) },
	{ "aes_256_ctr_hmac",               SF_VECTOR_AEAD,     B(SUITE) | B(KEY) | B(NONCE) | B(AAD) | B(PT) | B(CT),  0, B(ENC_KEY) | B(AUTH_KEY) },
	{ "sframe",                         SF_VECTOR_SEAL,     B(SUITE) | PLACED | B(BASE_KEY) | B(PT) | B(CT),        0, PUBLISHED },
	{ "sframe_aes_256_ctr_hmac",        SF_VECTOR_SEAL,     B(SUITE) | PLACED | B(BASE_KEY) | B(PT) | B(CT),        0, PUBLISHED },
	{ "sframe_per_ssrc_key_derivation", SF_VECTOR_PER_SSRC, B(SUITE) | B(BASE_KEY) | B(SSRC) | B(STREAM_KEY),       0, B(SSRC_B) | B(STREAM_KEY_B) },
};
/* clang-format on */

#define N_PUBLISHED (sizeof(published) / sizeof(published[0]))

static bool
read_published_test(
    struct sf_vr *r, const struct cJSON *v, const struct sf_vr_shape *s)
{
	struct sf_vector_case *c = &r->out->cases[r->n_cases];

	if (!sf_vr_values(r, v, s->need, s->may, NULL, &c->values))
		return false;
	c->id = "";
	c->suite =
	    sf_suite_by_id((uint16_t)sf_vector_number(&c->values, SF_VF_SUITE));
	if (sf_vector_has(&c->values, SF_VF_SFRAME_KEY)) {
		c->values.v[SF_VF_KEY] = c->values.v[SF_VF_SFRAME_KEY];
		c->values.have |= B(KEY);
	}
	r->n_cases++;
	return true;
}

static const struct sf_vr_shape *
published_shape(const char *name)
{
	for (size_t i = 0; i < N_PUBLISHED; i++)
		if (strcmp(published[i].name, name) == 0)
			return &published[i];
	return NULL;
}

static bool
read_published_group(
    struct sf_vr *r, const struct cJSON *list, const struct sf_vr_shape *s)
{
	struct sf_vector_group *g = &r->out->groups[r->out->n_groups];

	if (!sf_vr_is_array(r, list, list, s->name))
		return false;
	*g = (struct sf_vector_group){ .name = s->name, .type = s->type };
	g->cases.first = r->n_cases;
	for (const struct cJSON *v = sf_json_first(list); v != NULL;
	     v = sf_json_next(v)) {
		size_t back = sf_vr_enter(r, s->name, g->cases.n);

		if (!read_published_test(r, v, s))
			return false;
		r->out->cases[r->n_cases - 1].number = ++g->cases.n;
		sf_vr_leave(r, back);
	}
	r->out->n_groups++;
	return true;
}

bool
sf_vr_published(struct sf_vr *r, const struct cJSON *root)
{
	for (const struct cJSON *v = sf_json_first(root); v != NULL;
	     v = sf_json_next(v)) {
		const struct sf_vr_shape *s = published_shape(sf_json_name(v));

		if (s == NULL)
			return sf_vr_stop(r, v, sf_json_name(v),
			    "there is no such group of vectors",
			    "a file has testGroups, or the groups of RFC 9605");
		if (!read_published_group(r, v, s))
			return false;
	}
	return r->out->n_groups > 0 ||
	       sf_vr_stop(r, root, "", "there are no vectors in it", "");
}
