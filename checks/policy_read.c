/*
 * policy_read.c - policies of files.
 */
#include "checks/policy.h"

#include <string.h>

#define SCHEMA "sframe-tool/policy/v1"
#define S      ((int64_t)1000000000)
#define MS     ((int64_t)1000000)
#define LONG   ((uint64_t)100 * 365 * 86400) /* seconds; any longer is no limit */

struct reader {
	const struct sf_json *j;
	struct sf_policy *out;
	struct sf_policy_error *error;
	char where[40]; /* the object being read: "", "rotation." */
};

static void
append(char *out, size_t size, const char *text)
{
	size_t at = strlen(out), n = strlen(text);

	if (n > size - 1 - at)
		n = size - 1 - at;
	memcpy(out + at, text, n);
	out[at + n] = '\0';
}

static bool
is_plain(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-.");

	return n > 0 && n <= 24 && name[n] == '\0';
}

static bool
stop(struct reader *r, const struct cJSON *v, const char *name,
    const char *cause, const char *remedy)
{
	struct sf_policy_error *e = r->error;

	*e = (struct sf_policy_error){ .cause = cause, .remedy = remedy };
	if (v != NULL)
		e->at = sf_json_place(r->j, v);
	append(e->place, sizeof(e->place), r->where);
	append(e->place, sizeof(e->place), is_plain(name) ? name : "?");
	return false;
}

typedef bool read_member(
    struct reader *r, const struct cJSON *v, const char *name);

/* A member that an object may have, and who reads it. */
struct member {
	const char *name;
	read_member *read;
};

/* Every member of the object is one of the table, whose last name is NULL. */
static bool
read_members(struct reader *r, const struct cJSON *object, const char *name,
    const struct member *table)
{
	if (sf_json_kind(object) != SF_JSON_OBJECT)
		return stop(r, object, name, "not an object",
		    "write members between { and }");
	for (const struct cJSON *v = sf_json_first(object); v != NULL;
	     v = sf_json_next(v)) {
		const struct member *m = table;

		while (m->name != NULL && strcmp(m->name, sf_json_name(v)) != 0)
			m++;
		if (m->name == NULL)
			return stop(r, v, sf_json_name(v), "unknown member",
			    "check its spelling and where it stands, or leave "
			    "it out");
		if (!m->read(r, v, m->name))
			return false;
	}
	return true;
}

/* The same for an object inside another. */
static bool
read_inside(struct reader *r, const struct cJSON *v, const char *name,
    const struct member *table)
{
	bool good;

	append(r->where, sizeof(r->where), name);
	append(r->where, sizeof(r->where), ".");
	good = read_members(r, v, "", table);
	if (good)
		r->where[0] = '\0';
	return good;
}

static bool
read_number(struct reader *r, const struct cJSON *v, const char *name,
    uint64_t most, uint64_t *out)
{
	const char *cause, *remedy;

	if (!sf_json_u64(r->j, v, SF_JSON_EXACT, out, &cause, &remedy))
		return stop(r, v, name, cause, remedy);
	return *out <= most || stop(r, v, name, "too large", "");
}

static bool
read_time(struct reader *r, const struct cJSON *v, const char *name,
    int64_t unit_ns, int64_t *out)
{
	uint64_t n;

	if (!read_number(r, v, name, LONG, &n))
		return false;
	*out = (int64_t)n * unit_ns;
	return true;
}

static bool
read_bool(struct reader *r, const struct cJSON *v, const char *name, bool *out)
{
	if (sf_json_kind(v) != SF_JSON_BOOL)
		return stop(r, v, name, "neither true nor false", "");
	*out = sf_json_true(v);
	return true;
}

/* Which of the words the string is; count of them when none. */
static unsigned
word_of(const struct cJSON *v, const char *(*word)(unsigned), unsigned count)
{
	const char *s = sf_json_string(v);
	unsigned i = 0;

	while (i < count &&
	       (s == NULL || word(i) == NULL || strcmp(word(i), s) != 0))
		i++;
	return i;
}

static bool
copy_string(struct reader *r, const struct cJSON *v, const char *name,
    char out[SF_POLICY_NAME_MAX])
{
	const char *s = sf_json_string(v);
	size_t n = s == NULL ? 0 : strlen(s);

	if (n == 0 || n >= SF_POLICY_NAME_MAX)
		return stop(r, v, name, "not a string of 1 to 63 octets", "");
	memcpy(out, s, n + 1);
	return true;
}

static bool
is_word_any(const struct cJSON *v)
{
	const char *s = sf_json_string(v);

	return s != NULL && strcmp(s, "any") == 0;
}

/* ---- its members ------------------------------------------------------------- */

static bool
read_schema(struct reader *r, const struct cJSON *v, const char *name)
{
	const char *s = sf_json_string(v);

	return (s != NULL && strcmp(s, SCHEMA) == 0) ||
	       stop(r, v, name, "not a policy",
		   "it begins with \"schema\": \"" SCHEMA "\"");
}

static bool
read_name(struct reader *r, const struct cJSON *v, const char *name)
{
	return copy_string(r, v, name, r->out->name);
}

static const char *
dialect_word(unsigned i)
{
	return sf_dialect_name((enum sf_dialect)i);
}

static bool
read_dialects(struct reader *r, const struct cJSON *v, const char *name)
{
	r->out->any_dialect = is_word_any(v);
	if (r->out->any_dialect)
		return true;
	if (sf_json_kind(v) != SF_JSON_ARRAY)
		return stop(r, v, name, "neither \"any\" nor an array", "");
	for (const struct cJSON *x = sf_json_first(v); x != NULL;
	     x = sf_json_next(x)) {
		unsigned i = word_of(x, dialect_word, SF_DIALECTS);

		if (i == SF_DIALECTS)
			return stop(r, x, name, "there is no such dialect",
			    "see sframe-tool list dialects");
		r->out->dialects[i] = true;
	}
	return true;
}

static bool
read_suites(struct reader *r, const struct cJSON *v, const char *name)
{
	r->out->any_suite = is_word_any(v);
	if (r->out->any_suite)
		return true;
	if (sf_json_kind(v) != SF_JSON_ARRAY)
		return stop(r, v, name, "neither \"any\" nor an array", "");
	for (const struct cJSON *x = sf_json_first(v); x != NULL;
	     x = sf_json_next(x)) {
		const char *s = sf_json_string(x);
		const struct sf_suite *suite =
		    s == NULL ? NULL : sf_suite_by_name(s);

		if (suite == NULL || suite->id >= 16)
			return stop(r, x, name, "there is no such cipher suite",
			    "see sframe-tool list suites");
		r->out->suites[suite->id] = true;
	}
	return true;
}

static bool
read_tag(struct reader *r, const struct cJSON *v, const char *name)
{
	uint64_t n;

	if (!read_number(r, v, name, 16, &n))
		return false;
	r->out->least_tag = (unsigned)n;
	return true;
}

static const char *
codec_word(unsigned i)
{
	return sf_codec_name((enum sf_codec)i);
}

static bool
read_clear(struct reader *r, const struct cJSON *v, const char *name)
{
	if (sf_json_kind(v) != SF_JSON_OBJECT)
		return stop(r, v, name, "not an object",
		    "write \"opus\": 1 and the like between { and }");
	for (const struct cJSON *x = sf_json_first(v); x != NULL;
	     x = sf_json_next(x)) {
		unsigned i = 0;
		uint64_t n;

		while (i < SF_CODECS &&
		       (codec_word(i) == NULL ||
			   strcmp(codec_word(i), sf_json_name(x)) != 0))
			i++;
		if (i == SF_CODECS)
			return stop(r, x, sf_json_name(x),
			    "there is no such codec", "");
		if (!read_number(r, x, name, 65535, &n))
			return false;
		r->out->clear_said[i] = true;
		r->out->clear_octets[i] = (uint32_t)n;
	}
	return true;
}

static bool
read_grace(struct reader *r, const struct cJSON *v, const char *name)
{
	if (!read_time(r, v, name, MS, &r->out->drift_grace_ns))
		return false;
	return r->out->drift_grace_ns > 0 ||
	       stop(r, v, name, "has to be 1 or more", "");
}

static const char *
rotation_word(unsigned i)
{
	return sf_rotation_name((enum sf_rotation)i);
}

static bool
read_rotation_word(struct reader *r, const struct cJSON *v, const char *name,
    enum sf_rotation *out)
{
	unsigned i = word_of(v, rotation_word, SF_ROTATION_FAIL + 1);

	if (i > SF_ROTATION_FAIL)
		return stop(
		    r, v, name, "is none of \"off\", \"warn\", \"fail\"", "");
	*out = (enum sf_rotation)i;
	return true;
}

static bool
read_on_leave(struct reader *r, const struct cJSON *v, const char *name)
{
	return read_rotation_word(r, v, name, &r->out->on_leave);
}

static bool
read_on_join(struct reader *r, const struct cJSON *v, const char *name)
{
	return read_rotation_word(r, v, name, &r->out->on_join);
}

static bool
read_inferred(struct reader *r, const struct cJSON *v, const char *name)
{
	return read_bool(r, v, name, &r->out->inferred_joins);
}

static bool
read_within(struct reader *r, const struct cJSON *v, const char *name)
{
	if (!read_time(r, v, name, MS, &r->out->rotate_within_ns))
		return false;
	return r->out->rotate_within_ns > 0 ||
	       stop(r, v, name, "has to be 1 or more", "");
}

static bool
read_rotation(struct reader *r, const struct cJSON *v, const char *name)
{
	static const struct member table[] = { { "on_leave", read_on_leave },
		{ "on_join", read_on_join },
		{ "inferred_joins", read_inferred },
		{ "within_ms", read_within }, { NULL, NULL } };

	return read_inside(r, v, name, table);
}

static bool
read_max_age(struct reader *r, const struct cJSON *v, const char *name)
{
	return read_time(r, v, name, S, &r->out->max_age_ns);
}

static bool
read_max_frames(struct reader *r, const struct cJSON *v, const char *name)
{
	return read_number(r, v, name, UINT64_MAX, &r->out->max_frames);
}

static bool
read_key(struct reader *r, const struct cJSON *v, const char *name)
{
	static const struct member table[] = { { "max_age_s", read_max_age },
		{ "max_frames", read_max_frames }, { NULL, NULL } };

	return read_inside(r, v, name, table);
}

static bool
read_allow_or_fail(
    struct reader *r, const struct cJSON *v, const char *name, bool *fails)
{
	const char *s = sf_json_string(v);

	*fails = s != NULL && strcmp(s, "fail") == 0;
	return *fails || (s != NULL && strcmp(s, "allow") == 0) ||
	       stop(r, v, name, "neither \"allow\" nor \"fail\"", "");
}

static bool
read_unverified(struct reader *r, const struct cJSON *v, const char *name)
{
	return read_allow_or_fail(r, v, name, &r->out->unverified_fails);
}

static bool
read_exposures(struct reader *r, const struct cJSON *v, const char *name)
{
	return read_allow_or_fail(r, v, name, &r->out->exposures_fail);
}

static const char *
severity_word(unsigned i)
{
	return sf_severity_name((enum sf_severity)i);
}

static bool
read_severities(struct reader *r, const struct cJSON *v, const char *name)
{
	if (sf_json_kind(v) != SF_JSON_OBJECT)
		return stop(r, v, name, "not an object",
		    "write \"kid-shared\": \"error\" and the like in it");
	for (const struct cJSON *x = sf_json_first(v); x != NULL;
	     x = sf_json_next(x)) {
		const struct sf_rule *rule = sf_rule_find(sf_json_name(x));
		unsigned i = word_of(x, severity_word, SF_CRITICAL + 1);

		if (rule == NULL)
			return stop(r, x, sf_json_name(x),
			    "there is no such finding",
			    "see sframe-tool list findings");
		if (i > SF_CRITICAL)
			return stop(r, x, sf_json_name(x),
			    "is none of note, warning, error, critical", "");
		r->out->set[rule - sf_rules] = true;
		r->out->severities[rule - sf_rules] = (enum sf_severity)i;
	}
	return true;
}

/* ---- known clear frames --------------------------------------------------------- */

static struct sf_allow_clear *
clear_row(struct reader *r)
{
	return &r->out->clear[r->out->n_clear];
}

static bool
read_clear_ssrc(struct reader *r, const struct cJSON *v, const char *name)
{
	uint64_t n;

	clear_row(r)->any_ssrc = is_word_any(v);
	if (clear_row(r)->any_ssrc)
		return true;
	if (!read_number(r, v, name, UINT32_MAX, &n))
		return false;
	clear_row(r)->ssrc = (uint32_t)n;
	return true;
}

static bool
read_clear_where(struct reader *r, const struct cJSON *v, const char *name)
{
	const char *s = sf_json_string(v);

	clear_row(r)->start_only = s != NULL && strcmp(s, "start") == 0;
	return clear_row(r)->start_only || is_word_any(v) ||
	       stop(r, v, name, "neither \"start\" nor \"any\"", "");
}

static bool
read_clear_frames(struct reader *r, const struct cJSON *v, const char *name)
{
	return read_number(r, v, name, UINT64_MAX, &clear_row(r)->frames);
}

static bool
read_clear_reason(struct reader *r, const struct cJSON *v, const char *name)
{
	return copy_string(r, v, name, clear_row(r)->reason);
}

static bool
read_allow_clear(struct reader *r, const struct cJSON *v, const char *name)
{
	static const struct member table[] = { { "ssrc", read_clear_ssrc },
		{ "where", read_clear_where }, { "frames", read_clear_frames },
		{ "reason", read_clear_reason }, { NULL, NULL } };

	if (sf_json_kind(v) != SF_JSON_ARRAY)
		return stop(r, v, name, "not an array", "");
	for (const struct cJSON *x = sf_json_first(v); x != NULL;
	     x = sf_json_next(x)) {
		if (r->out->n_clear == SF_POLICY_CLEAR_MAX)
			return stop(r, x, name, "more than 64 of these", "");
		if (!read_inside(r, x, name, table))
			return false;
		if (sf_json_member(x, "ssrc") == NULL ||
		    clear_row(r)->frames == 0 ||
		    clear_row(r)->reason[0] == '\0')
			return stop(r, x, name, "incomplete",
			    "each has ssrc (or \"any\"), frames (1 or more) "
			    "and reason");
		r->out->n_clear++;
	}
	return true;
}

/* ---- all of it -------------------------------------------------------------------- */

static bool
read_root(struct reader *r)
{
	static const struct member table[] = { { "schema", read_schema },
		{ "name", read_name }, { "dialects", read_dialects },
		{ "suites", read_suites }, { "min_tag_octets", read_tag },
		{ "clear_octets", read_clear },
		{ "drift_grace_ms", read_grace }, { "rotation", read_rotation },
		{ "key", read_key }, { "unverified", read_unverified },
		{ "exposures", read_exposures },
		{ "severities", read_severities },
		{ "allow_clear", read_allow_clear }, { NULL, NULL } };
	const struct cJSON *root = r->j->root;

	if (sf_json_kind(root) == SF_JSON_OBJECT &&
	    sf_json_member(root, "schema") == NULL)
		return stop(r, root, "schema", "not a policy",
		    "it begins with \"schema\": \"" SCHEMA "\"");
	return read_members(r, root, "", table);
}

bool
sf_policy_read(
    struct sf_policy *out, struct sf_bytes text, struct sf_policy_error *error)
{
	struct sf_json j;
	struct sf_json_error e;
	struct reader r = { .j = &j, .out = out, .error = error };
	bool good;

	*out = *sf_policy_shipped(0);
	memcpy(out->name, "unnamed", sizeof("unnamed"));
	*error = (struct sf_policy_error){ .cause = "" };
	if (!sf_json_read(&j, text, &e)) {
		*error = (struct sf_policy_error){
			.cause = e.cause, .remedy = e.remedy, .at = e.at
		};
		return false;
	}
	good = read_root(&r);
	sf_json_wipe(&j);
	return good;
}
