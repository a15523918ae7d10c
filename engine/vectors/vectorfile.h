/*
 * vectorfile.h - test vectors out of JSON, read strictly.
 *
 * Two layouts: ours (docs/vectors.schema.json), with testGroups; and the
 * published files, an object of arrays named header, aes_ctr_hmac,
 * aes_256_ctr_hmac, sframe, sframe_aes_256_ctr_hmac and
 * sframe_per_ssrc_key_derivation, with 64-bit numbers written bare.
 *
 * Every object is closed: a member, flag, policy, type or version that is not
 * known is an error that names the place ("testGroups[0].tests[3].kid").
 */
#ifndef SF_VECTORFILE_H
#define SF_VECTORFILE_H

#include "engine/base/arena.h"
#include "engine/crypto/crypto.h"

#define SF_VECTOR_TEXT_MAX   ((size_t)16 << 20) /* octets of a file */
#define SF_VECTOR_OCTETS_MAX ((size_t)8 << 20)  /* of one value */
#define SF_VECTOR_GROUPS     256
#define SF_VECTOR_CASES      65536 /* tests of a file; steps and frames, too */
#define SF_VECTOR_KEYS       4096  /* of all groups */
#define SF_VECTOR_STEPS      65536 /* ratchet steps of one test */

enum sf_vector_field {
#define FIELD(id, ours, published, kind, most) SF_VF_##id,
#include "engine/vectors/vectorfields.def"
#undef FIELD
	SF_VECTOR_FIELDS
};

enum sf_vector_type {
	SF_VECTOR_HEADER,
	SF_VECTOR_KDF,
	SF_VECTOR_AEAD,
	SF_VECTOR_SEAL,
	SF_VECTOR_OPEN,
	SF_VECTOR_RATCHET,
	SF_VECTOR_MLS,
	SF_VECTOR_PER_SSRC,
	SF_VECTOR_TYPES
};

enum sf_vector_result { SF_VECTOR_VALID, SF_VECTOR_INVALID, SF_VECTOR_POLICY };

/* Where the documents leave a choice, and a test is for one side of it. */
enum sf_vector_policy {
	SF_POLICY_NONMINIMAL_HEADER,
	SF_POLICY_REPLAY,
	SF_POLICY_REKEY_SAME_KID,
	SF_POLICY_EMPTY_BASE_KEY,
	SF_POLICY_COUNTER_LAST,
	SF_POLICY_SEND_RECV_SAME_KID,
	SF_VECTOR_POLICIES
};

/* "nonminimal-header"; static. */
const char *sf_vector_policy_name(enum sf_vector_policy p);
/* "kid", as in our layout or else as published; static. */
const char *sf_vector_field_name(enum sf_vector_field f);
/* "SframeHeaderTest"; static. */
const char *sf_vector_type_name(enum sf_vector_type t);

/* One value: of which kind, the field says. */
struct sf_vector_value {
	uint64_t number;
	struct sf_bytes octets;
};

/* Values by their field; have has bit 1 << field for those that are there. */
struct sf_vector_values {
	uint32_t have;
	struct sf_vector_value v[SF_VECTOR_FIELDS];
};

/* A run of the values or keys of a file. */
struct sf_vector_span {
	size_t first, n;
};

struct sf_vector_key {
	uint64_t kid;
	struct sf_bytes base_key;
};

struct sf_vector_case {
	const char *id;  /* "" in a published file */
	uint64_t number; /* tcId; in a published file its place, from 1 */
	enum sf_vector_result result;
	enum sf_vector_policy policy; /* of SF_VECTOR_POLICY */
	const struct sf_suite *suite; /* NULL in headers */
	struct sf_vector_values values;
	struct sf_vector_span steps;  /* RATCHET */
	struct sf_vector_span epochs; /* MLS, in the order they come into use */
	struct sf_vector_span frames; /* MLS */
};

struct sf_vector_group {
	const char *name; /* as published; in our layout the type */
	enum sf_vector_type type;
	struct sf_vector_span keys; /* SEAL, OPEN */
	struct sf_vector_span cases;
};

/* Owns all that it points to, in one piece of memory. */
struct sf_vectorfile {
	bool published;
	size_t n_groups;
	struct sf_vector_group *groups;
	struct sf_vector_case *cases;
	struct sf_vector_values *items; /* steps, epochs and frames */
	struct sf_vector_key *keys;
	struct sf_arena arena;
};

struct sf_vectorfile_error {
	char place[128];    /* "testGroups[0].type", "" for the whole */
	const char *cause;  /* static */
	const char *remedy; /* static */
	size_t at;          /* octet in the text, where known */
};

/* Nothing is to be freed when this returns false. */
bool sf_vectorfile_read(struct sf_vectorfile *out, struct sf_bytes text,
    struct sf_vectorfile_error *error) SF_MUST_USE;

void sf_vectorfile_free(struct sf_vectorfile *f);

static inline bool
sf_vector_has(const struct sf_vector_values *v, enum sf_vector_field f)
{
	return (v->have >> f & 1) != 0;
}

/* 0 when it is not there. */
static inline uint64_t
sf_vector_number(const struct sf_vector_values *v, enum sf_vector_field f)
{
	return v->v[f].number;
}

/* Empty when it is not there. */
static inline struct sf_bytes
sf_vector_octets(const struct sf_vector_values *v, enum sf_vector_field f)
{
	return sf_vector_has(v, f) ? v->v[f].octets : sf_bytes(NULL, 0);
}

#endif
