/*
 * vectorread.c - values of vector files.
 */
#include "engine/vectors/vectorread.h"

#include <stdio.h>
#include <string.h>

/* ---- names --------------------------------------------------------------- */

enum kind { NUMBER, BIG, HASH, OCTETS };

static const struct {
	const char *ours, *published;
	enum kind kind;
	uint64_t most;
} fields[SF_VECTOR_FIELDS] = {
#define FIELD(id, ours, published, kind, most) { ours, published, kind, most },
#include "engine/vectors/vectorfields.def"
#undef FIELD
};

static const char *const hashes[] = { "SHA256", "SHA384", "SHA512" };

const char *
sf_vector_field_name(enum sf_vector_field f)
{
	return fields[f].ours != NULL ? fields[f].ours : fields[f].published;
}

/* ---- where, and why not -------------------------------------------------- */

bool
sf_vr_is_plain(const char *name, size_t most)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz"
				"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

	return n > 0 && n <= most && name[n] == '\0';
}

bool
sf_vr_stop(struct sf_vr *r, const struct cJSON *v, const char *name,
    const char *cause, const char *remedy)
{
	struct sf_vectorfile_error *e = r->error;
	size_t n = strlen(r->where);

	*e = (struct sf_vectorfile_error){ .cause = cause, .remedy = remedy };
	if (v != NULL)
		e->at = sf_json_place(r->j, v);
	if (sf_vr_is_plain(name, 31))
		snprintf(e->place, sizeof(e->place), "%s%s", r->where, name);
	else if (n > 0) /* without its dot */
		snprintf(
		    e->place, sizeof(e->place), "%.*s", (int)n - 1, r->where);
	return false;
}

size_t
sf_vr_enter(struct sf_vr *r, const char *list, size_t i)
{
	size_t n = strlen(r->where);

	snprintf(r->where + n, sizeof(r->where) - n, "%s[%zu].", list, i);
	return n;
}

void
sf_vr_leave(struct sf_vr *r, size_t n)
{
	r->where[n] = '\0';
}

/* ---- single values ------------------------------------------------------- */

bool
sf_vr_is_array(struct sf_vr *r, const struct cJSON *v,
    const struct cJSON *parent, const char *name)
{
	if (v == NULL)
		return sf_vr_stop(r, parent, name, "missing", "");
	return sf_json_kind(v) == SF_JSON_ARRAY ||
	       sf_vr_stop(r, v, name, "not an array",
		   "write the elements between [ and ]");
}

bool
sf_vr_is_object(struct sf_vr *r, const struct cJSON *v, const char *name)
{
	return sf_json_kind(v) == SF_JSON_OBJECT ||
	       sf_vr_stop(r, v, name, "not an object",
		   "write members between { and }");
}

bool
sf_vr_is_string(struct sf_vr *r, const struct cJSON *v,
    const struct cJSON *parent, const char *name)
{
	if (v == NULL)
		return sf_vr_stop(r, parent, name, "missing", "");
	return sf_json_kind(v) == SF_JSON_STRING ||
	       sf_vr_stop(r, v, name, "not a string", "");
}

bool
sf_vr_are_strings(struct sf_vr *r, const struct cJSON *parent, const char *name)
{
	const struct cJSON *v = sf_json_member(parent, name);

	if (!sf_vr_is_array(r, v, parent, name))
		return false;
	for (v = sf_json_first(v); v != NULL; v = sf_json_next(v))
		if (!sf_vr_is_string(r, v, v, name))
			return false;
	return true;
}

bool
sf_vr_one_of(struct sf_vr *r, const struct cJSON *parent, const char *name,
    const char *const *words, unsigned n, unsigned *out)
{
	const struct cJSON *v = sf_json_member(parent, name);

	if (!sf_vr_is_string(r, v, parent, name))
		return false;
	for (*out = 0; *out < n; (*out)++)
		if (strcmp(words[*out], sf_json_string(v)) == 0)
			return true;
	return sf_vr_stop(r, v, name, "not a word that is known here",
	    "docs/vectors.schema.json has them all");
}

static bool
read_number(struct sf_vr *r, const struct cJSON *v, enum sf_vector_field f,
    const char *name, uint64_t *out)
{
	bool big = fields[f].kind == BIG;
	uint64_t bare_max = !big                ? fields[f].most
			    : r->out->published ? UINT64_MAX
						: SF_JSON_EXACT;
	const char *cause, *remedy;

	if (!big && sf_json_kind(v) != SF_JSON_NUMBER)
		return sf_vr_stop(r, v, name, "not a number", "write it bare");
	if (!sf_json_u64(r->j, v, bare_max, out, &cause, &remedy))
		return sf_vr_stop(r, v, name, cause, remedy);
	if (!big && *out > fields[f].most)
		return sf_vr_stop(r, v, name, "too large", "");
	if (f == SF_VF_SUITE &&
	    (*out > SF_SUITES || sf_suite_by_id((uint16_t)*out) == NULL))
		return sf_vr_stop(r, v, name,
		    "a cipher suite that is not known here",
		    "write the registered number, 1 to 8");
	return true;
}

static bool
read_octets(struct sf_vr *r, const struct cJSON *v, enum sf_vector_field f,
    const char *name, struct sf_bytes *out)
{
	size_t room = r->j->text.n - r->in_pool;
	size_t most = fields[f].most < room ? (size_t)fields[f].most : room;
	const char *cause, *remedy;
	size_t n;

	if (!sf_json_hex(v, r->pool + r->in_pool, most, &n, &cause, &remedy))
		return sf_vr_stop(r, v, name, cause, remedy);
	*out = sf_bytes(r->pool + r->in_pool, n);
	r->in_pool += n;
	return true;
}

static bool
read_hash(
    struct sf_vr *r, const struct cJSON *v, const char *name, uint64_t *out)
{
	const char *s = sf_json_string(v);

	for (*out = 0; s != NULL && *out < 3; (*out)++)
		if (strcmp(s, hashes[*out]) == 0)
			return true;
	return sf_vr_stop(r, v, name, "not a hash of an MLS cipher suite",
	    "write SHA256, SHA384 or SHA512");
}

/* ---- objects of fields --------------------------------------------------- */

static const char *
name_of(const struct sf_vr *r, unsigned f)
{
	return r->out->published ? fields[f].published : fields[f].ours;
}

/* The field of that name in the set; SF_VECTOR_FIELDS when there is none. */
static enum sf_vector_field
field_of(const struct sf_vr *r, const char *name, uint32_t set)
{
	unsigned f = 0;

	while (f < SF_VECTOR_FIELDS &&
	       ((set >> f & 1) == 0 || strcmp(name_of(r, f), name) != 0))
		f++;
	return (enum sf_vector_field)f;
}

static bool
read_field(struct sf_vr *r, const struct cJSON *v, enum sf_vector_field f,
    struct sf_vector_values *out)
{
	const char *name = name_of(r, f);

	out->have |= (uint32_t)1 << f;
	switch (fields[f].kind) {
	case NUMBER:
	case BIG:
		return read_number(r, v, f, name, &out->v[f].number);
	case HASH:
		return read_hash(r, v, name, &out->v[f].number);
	case OCTETS:
		break;
	}
	return read_octets(r, v, f, name, &out->v[f].octets);
}

bool
sf_vr_is_among(const char *name, const char *const *names)
{
	while (*names != NULL && strcmp(*names, name) != 0)
		names++;
	return *names != NULL;
}

bool
sf_vr_values(struct sf_vr *r, const struct cJSON *object, uint32_t need,
    uint32_t may, const char *const *others, struct sf_vector_values *out)
{
	uint32_t missing;

	if (!sf_vr_is_object(r, object, ""))
		return false;
	for (const struct cJSON *v = sf_json_first(object); v != NULL;
	     v = sf_json_next(v)) {
		const char *name = sf_json_name(v);
		enum sf_vector_field f = field_of(r, name, need | may);

		if (f == SF_VECTOR_FIELDS &&
		    (others == NULL || !sf_vr_is_among(name, others)))
			return sf_vr_stop(r, v, name,
			    "there is no such member in this place",
			    "leave it out, or look at its spelling");
		if (f != SF_VECTOR_FIELDS && !read_field(r, v, f, out))
			return false;
	}
	missing = need & ~out->have;
	for (unsigned f = 0; f < SF_VECTOR_FIELDS; f++)
		if ((missing >> f & 1) != 0)
			return sf_vr_stop(
			    r, object, name_of(r, f), "missing", "");
	return true;
}
