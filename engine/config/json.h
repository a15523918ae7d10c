/*
 * json.h - JSON (RFC 8259), read strictly: the tree of a library, and beside
 * it what such a tree does not keep: where each value stood, and the digits
 * of each number.
 *
 * Refused: anything behind the document, two members of one name, a number
 * that is not of the grammar, octets that are not UTF-8, NUL in a string, more
 * than SF_JSON_DEPTH arrays and objects inside each other.
 */
#ifndef SF_JSON_H
#define SF_JSON_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

#define SF_JSON_DEPTH   32
#define SF_JSON_MEMBERS 256                 /* of one object */
#define SF_JSON_EXACT   ((uint64_t)1 << 53) /* all doubles up to here are */

struct sf_json_error {
	size_t at;          /* octet in the text */
	const char *cause;  /* static */
	const char *remedy; /* static, "" when the cause says it */
};

struct cJSON; /* a value; everything about it is asked for below */

struct sf_json {
	struct cJSON *root;
	struct sf_bytes text;
	size_t *places; /* of each value, in the order of the text */
	size_t n, room;
};

/*
 * The text has to live as long as the tree. The tree has copies of its
 * strings, which sf_json_wipe() overwrites. On false nothing is to be wiped.
 */
bool sf_json_read(struct sf_json *out, struct sf_bytes text,
    struct sf_json_error *error) SF_MUST_USE;

void sf_json_wipe(struct sf_json *j); /* all zeros is fine */

enum sf_json_kind {
	SF_JSON_NULL,
	SF_JSON_BOOL,
	SF_JSON_NUMBER,
	SF_JSON_STRING,
	SF_JSON_ARRAY,
	SF_JSON_OBJECT
};

enum sf_json_kind sf_json_kind(const struct cJSON *v);

/* NULL when the object has no such member, or is not an object. */
const struct cJSON *sf_json_member(
    const struct cJSON *object, const char *name);

/* The elements or members; NULL behind the last. */
const struct cJSON *sf_json_first(const struct cJSON *v);
const struct cJSON *sf_json_next(const struct cJSON *v);

const char *sf_json_name(const struct cJSON *v);   /* of a member */
const char *sf_json_string(const struct cJSON *v); /* NULL: not a string */
bool sf_json_true(const struct cJSON *v);

/* Where the value stands in the text. */
size_t sf_json_place(const struct sf_json *j, const struct cJSON *v);

/*
 * A whole number that is not negative: digits written bare, or a string of
 * them, or of hexadecimal ones behind 0x. Exact in every case. A bare number
 * above bare_max is refused. *cause and *remedy say why, on false.
 */
bool sf_json_u64(const struct sf_json *j, const struct cJSON *v,
    uint64_t bare_max, uint64_t *out, const char **cause,
    const char **remedy) SF_MUST_USE;

/* The octets of a string of hexadecimal digits, at most max of them. */
bool sf_json_hex(const struct cJSON *v, uint8_t *out, size_t max, size_t *n,
    const char **cause, const char **remedy) SF_MUST_USE;

/* The first member of the object whose name is none of names, which NULL ends;
   NULL: there is no such member. */
const struct cJSON *sf_json_stranger(
    const struct cJSON *object, const char *const *names);

#endif
