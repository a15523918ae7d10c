/*
 * vectors.h - published vectors, read exactly, for tests that walk over them.
 */
#ifndef SF_VECTORS_H
#define SF_VECTORS_H

#include "engine/config/json.h"
#include "tests/rows.h"

#include <stdio.h>

#define VECTORS          "vectors/rfc9605/test-vectors.json"
#define VECTORS_AES256   "vectors/rfc9605/sframe-aes256-test-vectors.json"
#define VECTORS_PER_SSRC "vectors/rfc9605/rtp-sframe-per-ssrc-test-vectors.json"

struct vectors {
	struct sf_bytes text;
	struct sf_json json;
};

static inline void
vectors_open(struct vectors *v, const char *path)
{
	FILE *f = fopen(path, "rb");
	static const size_t room = 1 << 20;
	char *text = malloc(room);
	struct sf_json_error e;
	size_t n;

	assert_non_null(f);
	assert_non_null(text);
	n = fread(text, 1, room, f);
	assert_true(n < room);
	fclose(f);
	v->text = hex_copy(text, n);
	free(text);
	if (!sf_json_read(&v->json, v->text, &e))
		fail_msg("%s: octet %zu: %s", path, e.at, e.cause);
}

static inline void
vectors_close(struct vectors *v)
{
	sf_json_wipe(&v->json);
	hex_free(v->text);
}

/* The first of a group, and then sf_json_next(). */
static inline const struct cJSON *
vectors_group(const struct vectors *v, const char *name)
{
	const struct cJSON *group = sf_json_member(v->json.root, name);

	assert_non_null(group);
	return sf_json_first(group);
}

static inline uint64_t
vector_number(
    const struct vectors *v, const struct cJSON *row, const char *name)
{
	const struct cJSON *m = sf_json_member(row, name);
	const char *cause, *remedy;
	uint64_t n;

	assert_non_null(m);
	if (!sf_json_u64(&v->json, m, UINT64_MAX, &n, &cause, &remedy))
		fail_msg("%s: %s", name, cause);
	return n;
}

static inline const char *
vector_text(const struct cJSON *row, const char *name)
{
	const struct cJSON *m = sf_json_member(row, name);

	assert_non_null(m);
	assert_non_null(sf_json_string(m));
	return sf_json_string(m);
}

/* For hex_free(). */
static inline struct sf_bytes
vector_octets(const struct cJSON *row, const char *name)
{
	return hex_octets(vector_text(row, name));
}

#endif
