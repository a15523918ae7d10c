/*
 * vectorread.h - what the two layouts of vector files share: where the reader
 * is, single values, and objects whose members are fields. For vectorfile.c
 * and vectorpublished.c.
 */
#ifndef SF_VECTORREAD_H
#define SF_VECTORREAD_H

#include "engine/config/json.h"
#include "engine/vectors/vectorfile.h"

/* Octets and ids go into the pool, which is as large as the text. */
struct sf_vr {
	const struct sf_json *j;
	struct sf_vectorfile *out;
	struct sf_vectorfile_error *error;
	char where[96]; /* the object being read: "testGroups[0].tests[3]." */
	const struct cJSON *notes; /* of the flags */
	const char **ids;          /* of all tests so far */
	uint8_t *pool;             /* octets and ids */
	size_t in_pool;
	size_t n_cases, n_items, n_keys;
};

/*
 * Which members an object has, as sets of bits 1 << field. name is that of a
 * type or group.
 */
struct sf_vr_shape {
	const char *name;
	enum sf_vector_type type;
	uint32_t need;    /* when it is to succeed */
	uint32_t invalid; /* when it has to fail */
	uint32_t may;
};

#define SF_VF_BIT(id) ((uint32_t)1 << SF_VF_##id)

/*
 * Each of these returns false when it has told, in r->error, why not. v is the
 * value that is wrong, name its member; parent is where it should have been.
 */
bool sf_vr_stop(struct sf_vr *r, const struct cJSON *v, const char *name,
    const char *cause, const char *remedy);
bool sf_vr_is_array(struct sf_vr *r, const struct cJSON *v,
    const struct cJSON *parent, const char *name);
bool sf_vr_is_object(struct sf_vr *r, const struct cJSON *v, const char *name);
bool sf_vr_is_string(struct sf_vr *r, const struct cJSON *v,
    const struct cJSON *parent, const char *name);
bool sf_vr_are_strings(
    struct sf_vr *r, const struct cJSON *parent, const char *name);

/* Which of n words the member is. */
bool sf_vr_one_of(struct sf_vr *r, const struct cJSON *parent, const char *name,
    const char *const *words, unsigned n, unsigned *out);

/*
 * The fields of an object: those it needs are there, and beside those it may
 * have there is nothing but others, which NULL ends; others may be NULL.
 */
bool sf_vr_values(struct sf_vr *r, const struct cJSON *object, uint32_t need,
    uint32_t may, const char *const *others, struct sf_vector_values *out);

/* Element i of a list is what is read now. What it returns is for leaving. */
size_t sf_vr_enter(struct sf_vr *r, const char *list, size_t i);
void sf_vr_leave(struct sf_vr *r, size_t n);

/* A name that can be shown, of at most so many characters. */
bool sf_vr_is_plain(const char *name, size_t most);
/* names are ended by NULL. */
bool sf_vr_is_among(const char *name, const char *const *names);

/* All groups of a published file. */
bool sf_vr_published(struct sf_vr *r, const struct cJSON *root);

#endif
