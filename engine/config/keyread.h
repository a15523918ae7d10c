/*
 * keyread.h - what the files that read a key file share: where they are in it,
 * and how they say what is wrong there. All return false when something is.
 */
#ifndef SF_KEYREAD_H
#define SF_KEYREAD_H

#include "engine/config/json.h"
#include "engine/config/keyfile.h"

struct sf_keyreader {
	const struct sf_json *j;
	struct sf_keyfile *out;
	struct sf_keyfile_error *error;
	char where
	    [24]; /* the object being read: "", "kid_scheme.", "keys[7]." */
	uint16_t suite;          /* of keys that name none */
	enum sf_dialect dialect; /* likewise */
};

/* Says what is wrong with v, a member of that name; false. */
bool sf_keyread_stop(struct sf_keyreader *r, const struct cJSON *v,
    const char *name, const char *cause, const char *remedy);
/* Every member of the object is one of names, which NULL ends. */
bool sf_keyread_only(struct sf_keyreader *r, const struct cJSON *object,
    const char *const *names);
bool sf_keyread_number(struct sf_keyreader *r, const struct cJSON *v,
    const char *name, uint64_t most, uint64_t *out);
bool sf_keyread_hex(struct sf_keyreader *r, const struct cJSON *v,
    const char *name, uint8_t *out, size_t max, size_t *n);
/* owner and ssrc, where they are there. */
bool sf_keyread_scope(
    struct sf_keyreader *r, const struct cJSON *key, struct sf_key_entry *e);

/* keydialect.c: formats other than RFC 9605. */

/* The format that v names: SF_DIALECT_NONE for RFC 9605. */
bool sf_keyread_dialect(
    struct sf_keyreader *r, const struct cJSON *v, enum sf_dialect *out);
bool sf_keyread_dialect_key(
    struct sf_keyreader *r, const struct cJSON *key, struct sf_key_entry *e);

#endif
