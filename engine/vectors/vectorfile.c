/*
 * vectorfile.c - test vectors out of JSON: our layout, and the memory for both.
 *
 * Which members an object has is a set of bits, one for each field; the rows
 * below say which have to be there and which may. What the tree holds is
 * counted first, and all memory is taken at once.
 */
#include "engine/vectors/vectorfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/vectors/vectorread.h"

/* ---- which members belong to what ---------------------------------------- */

#define B(id)   SF_VF_BIT(id)
#define DERIVED (B(KEY_LABEL) | B(SALT_LABEL) | B(SECRET) | B(KEY) | B(SALT))
#define PLACED  (B(KID) | B(CTR) | B(METADATA))

/* clang-format off */
static const struct sf_vr_shape types[SF_VECTOR_TYPES] = {
	{ "SframeHeaderTest",  SF_VECTOR_HEADER,   B(KID) | B(CTR) | B(ENCODED),                 B(ENCODED),                                  0 },
	{ "SframeKdfTest",     SF_VECTOR_KDF,      B(KID) | B(BASE_KEY) | B(SECRET) | B(KEY) | B(SALT), B(KID) | B(BASE_KEY),                 DERIVED },
	{ "SframeAeadTest",    SF_VECTOR_AEAD,     B(KEY) | B(NONCE) | B(AAD) | B(PT) | B(CT),   B(KEY) | B(NONCE) | B(AAD) | B(CT),          0 },
	{ "SframeSealTest",    SF_VECTOR_SEAL,     PLACED | B(PT) | B(CT),                       PLACED | B(PT) | B(CT),                      DERIVED | B(NONCE) | B(AAD) },
	{ "SframeOpenTest",    SF_VECTOR_OPEN,     B(METADATA) | B(PT) | B(CT),                  B(METADATA) | B(CT),                         B(KID) | B(CTR) },
	{ "SframeRatchetTest", SF_VECTOR_RATCHET,  B(RATCHET_BITS) | B(GENERATION),              B(RATCHET_BITS) | B(GENERATION),             0 },
	{ "SframeMlsTest",     SF_VECTOR_MLS,      B(EPOCH_BITS) | B(SENDER_BITS),               B(EPOCH_BITS) | B(SENDER_BITS),              0 },
	{ "SframePerSsrcTest", SF_VECTOR_PER_SSRC, B(SSRC) | B(BASE_KEY) | B(STREAM_KEY),        B(SSRC) | B(BASE_KEY),                       B(STREAM_KEY) | PLACED | B(CT) },
};

static const struct sf_vr_shape
	key_shape   = { .need = B(KID) | B(BASE_KEY) },
	step_shape  = { .need = B(STEP) | B(KID) | B(BASE_KEY) },
	epoch_shape = { .need = B(EPOCH) | B(BASE_KEY), .may = B(EXPORTER_SECRET) | B(MLS_HASH) },
	frame_shape = { .need = B(EPOCH) | B(SENDER) | B(CONTEXT) | PLACED | B(PT) | B(CT),
	                .invalid = B(EPOCH) | B(SENDER) | B(CONTEXT) | PLACED | B(CT) };
/* clang-format on */

static const char *const policies[SF_VECTOR_POLICIES] = {
	[SF_POLICY_NONMINIMAL_HEADER] = "nonminimal-header",
	[SF_POLICY_REPLAY] = "replay",
	[SF_POLICY_REKEY_SAME_KID] = "rekey-same-kid",
	[SF_POLICY_EMPTY_BASE_KEY] = "empty-base-key",
	[SF_POLICY_COUNTER_LAST] = "counter-last",
	[SF_POLICY_SEND_RECV_SAME_KID] = "send-recv-same-kid",
};

static const char *const results[] = { "valid", "invalid", "policy" };

const char *
sf_vector_policy_name(enum sf_vector_policy p)
{
	return policies[p];
}

const char *
sf_vector_type_name(enum sf_vector_type t)
{
	return types[t].name;
}

static uint32_t
needed(const struct sf_vr_shape *s, const struct sf_vector_case *c)
{
	return c->result == SF_VECTOR_INVALID ? s->invalid : s->need;
}

/* ---- steps, epochs, frames, keys ----------------------------------------- */

static bool
read_items(struct sf_vr *r, const struct cJSON *test, const char *name,
    const struct sf_vr_shape *shape, const struct sf_vector_case *c,
    struct sf_vector_span *out)
{
	const struct cJSON *list = sf_json_member(test, name);
	uint32_t need = shape->invalid != 0 ? needed(shape, c) : shape->need;

	if (!sf_vr_is_array(r, list, test, name))
		return false;
	*out = (struct sf_vector_span){ r->n_items, 0 };
	for (const struct cJSON *v = sf_json_first(list); v != NULL;
	     v = sf_json_next(v)) {
		size_t back = sf_vr_enter(r, name, out->n++);

		if (!sf_vr_values(r, v, need, shape->may, NULL,
			&r->out->items[r->n_items++]))
			return false;
		sf_vr_leave(r, back);
	}
	return out->n > 0 || sf_vr_stop(r, list, name, "empty", "");
}

static bool
check_epochs(struct sf_vr *r, const struct cJSON *test,
    const struct sf_vector_span *epochs)
{
	uint32_t both = B(EXPORTER_SECRET) | B(MLS_HASH);

	for (size_t i = 0; i < epochs->n; i++) {
		uint32_t have = r->out->items[epochs->first + i].have & both;

		if (have != 0 && have != both)
			return sf_vr_stop(r, test, "epochs",
			    "exporterSecret and mlsHash stand together", "");
	}
	return true;
}

static bool
read_lists(struct sf_vr *r, const struct cJSON *test, enum sf_vector_type type,
    struct sf_vector_case *c)
{
	if (type == SF_VECTOR_RATCHET)
		return read_items(r, test, "steps", &step_shape, c, &c->steps);
	if (type != SF_VECTOR_MLS)
		return true;
	return read_items(r, test, "epochs", &epoch_shape, c, &c->epochs) &&
	       check_epochs(r, test, &c->epochs) &&
	       read_items(r, test, "frames", &frame_shape, c, &c->frames);
}

static bool
read_key(struct sf_vr *r, const struct cJSON *v, struct sf_vector_group *g)
{
	struct sf_vector_key *keys = r->out->keys + g->keys.first;
	struct sf_vector_values values = { 0 };
	uint64_t kid;

	if (!sf_vr_values(r, v, key_shape.need, 0, NULL, &values))
		return false;
	kid = sf_vector_number(&values, SF_VF_KID);
	for (size_t i = 0; i < g->keys.n; i++)
		if (keys[i].kid == kid)
			return sf_vr_stop(r, v, "kid",
			    "the KID of a key before", "leave one out");
	keys[g->keys.n++] = (struct sf_vector_key){ kid,
		sf_vector_octets(&values, SF_VF_BASE_KEY) };
	r->n_keys++;
	return true;
}

static bool
read_keys(struct sf_vr *r, const struct cJSON *group, struct sf_vector_group *g)
{
	const struct cJSON *list = sf_json_member(group, "keys");
	bool has = g->type == SF_VECTOR_SEAL || g->type == SF_VECTOR_OPEN;

	g->keys = (struct sf_vector_span){ r->n_keys, 0 };
	if (!has)
		return list == NULL || sf_vr_stop(r, list, "keys",
					   "not in a group of this type", "");
	if (!sf_vr_is_array(r, list, group, "keys"))
		return false;
	for (const struct cJSON *v = sf_json_first(list); v != NULL;
	     v = sf_json_next(v)) {
		size_t back = sf_vr_enter(r, "keys", g->keys.n);

		if (!read_key(r, v, g))
			return false;
		sf_vr_leave(r, back);
	}
	return true;
}

/* ---- a test of our layout ------------------------------------------------ */

static bool
read_id(struct sf_vr *r, const struct cJSON *test, struct sf_vector_case *c)
{
	const struct cJSON *v = sf_json_member(test, "id");
	size_t n;

	if (!sf_vr_is_string(r, v, test, "id"))
		return false;
	if (!sf_vr_is_plain(sf_json_string(v), 64))
		return sf_vr_stop(r, v, "id",
		    "not 1 to 64 letters, digits, dots and dashes", "");
	n = strlen(sf_json_string(v)) + 1;
	if (n > r->j->text.n - r->in_pool)
		return sf_vr_stop(r, v, "id", "not enough memory", "");
	memcpy(r->pool + r->in_pool, sf_json_string(v), n);
	c->id = (const char *)r->pool + r->in_pool;
	r->in_pool += n;
	r->ids[r->n_cases] = c->id;
	return true;
}

static bool
read_tc_id(struct sf_vr *r, const struct cJSON *test, struct sf_vector_case *c)
{
	const struct cJSON *v = sf_json_member(test, "tcId");
	uint64_t before =
	    r->n_cases == 0 ? 0 : r->out->cases[r->n_cases - 1].number;
	const char *cause, *remedy;

	if (v == NULL)
		return sf_vr_stop(r, test, "tcId", "missing", "");
	if (!sf_json_u64(r->j, v, SF_JSON_EXACT, &c->number, &cause, &remedy))
		return sf_vr_stop(r, v, "tcId", cause, remedy);
	return c->number > before ||
	       sf_vr_stop(r, v, "tcId", "not above that of the test before",
		   "number the tests from 1");
}

static bool
read_flags(struct sf_vr *r, const struct cJSON *test)
{
	const struct cJSON *v;

	if (!sf_vr_are_strings(r, test, "flags"))
		return false;
	for (v = sf_json_first(sf_json_member(test, "flags")); v != NULL;
	     v = sf_json_next(v))
		if (sf_json_member(r->notes, sf_json_string(v)) == NULL)
			return sf_vr_stop(r, v, "flags",
			    "a flag without a note in notes",
			    "say there what it means");
	return true;
}

static bool
read_result(struct sf_vr *r, const struct cJSON *test, struct sf_vector_case *c)
{
	const struct cJSON *policy = sf_json_member(test, "policy");
	unsigned word;

	if (!sf_vr_one_of(r, test, "result", results, 3, &word))
		return false;
	c->result = (enum sf_vector_result)word;
	if (c->result != SF_VECTOR_POLICY)
		return policy == NULL ||
		       sf_vr_stop(r, policy, "policy",
			   "only where the result is policy", "leave it out");
	if (!sf_vr_one_of(
		r, test, "policy", policies, SF_VECTOR_POLICIES, &word))
		return false;
	c->policy = (enum sf_vector_policy)word;
	return true;
}

static bool
read_words(struct sf_vr *r, const struct cJSON *test)
{
	return sf_vr_is_string(
		   r, sf_json_member(test, "comment"), test, "comment") &&
	       sf_vr_is_string(r, sf_json_member(test, "rfc"), test, "rfc") &&
	       sf_vr_are_strings(r, test, "requirements") &&
	       read_flags(r, test);
}

static bool
read_test(struct sf_vr *r, const struct cJSON *test,
    const struct sf_vector_group *g, const struct sf_suite *suite)
{
	static const char *const others[] = { "tcId", "id", "comment", "rfc",
		"requirements", "result", "policy", "flags", NULL };
	static const char *const with_steps[] = { "tcId", "id", "comment",
		"rfc", "requirements", "result", "policy", "flags", "steps",
		NULL };
	static const char *const with_epochs[] = { "tcId", "id", "comment",
		"rfc", "requirements", "result", "policy", "flags", "epochs",
		"frames", NULL };
	const char *const *members = g->type == SF_VECTOR_RATCHET ? with_steps
				     : g->type == SF_VECTOR_MLS   ? with_epochs
								  : others;
	const struct sf_vr_shape *s = &types[g->type];
	struct sf_vector_case *c = &r->out->cases[r->n_cases];
	uint32_t may = s->may;

	c->suite = suite;
	if (!sf_vr_is_object(r, test, "") || !read_result(r, test, c) ||
	    !read_id(r, test, c) || !read_tc_id(r, test, c) ||
	    !read_words(r, test))
		return false;
	if (g->type == SF_VECTOR_PER_SSRC && c->result != SF_VECTOR_INVALID)
		may |= B(PT);
	if (!sf_vr_values(r, test, needed(s, c), may, members, &c->values))
		return false;
	r->n_cases++;
	return read_lists(r, test, g->type, c);
}

/* ---- a group of our layout ----------------------------------------------- */

static bool
read_type(struct sf_vr *r, const struct cJSON *group, struct sf_vector_group *g)
{
	const struct cJSON *v = sf_json_member(group, "type");
	const char *type;

	if (!sf_vr_is_string(r, v, group, "type"))
		return false;
	type = sf_json_string(v);
	for (unsigned i = 0; i < SF_VECTOR_TYPES; i++)
		if (strcmp(types[i].name, type) == 0) {
			g->type = types[i].type;
			g->name = types[i].name;
			return true;
		}
	return sf_vr_stop(r, v, "type",
	    strcmp(type, "SframeSequenceTest") == 0
		? "sequences drive another implementation; they are not run "
		  "here"
		: "there is no such type of test",
	    "");
}

static bool
read_group(struct sf_vr *r, const struct cJSON *group)
{
	static const char *const members[] = { "type", "keys", "tests", NULL };
	struct sf_vector_group *g = &r->out->groups[r->out->n_groups];
	struct sf_vector_values values = { 0 };
	const struct sf_suite *suite;
	const struct cJSON *tests;

	if (!sf_vr_is_object(r, group, "") || !read_type(r, group, g) ||
	    !sf_vr_values(r, group, g->type == SF_VECTOR_HEADER ? 0 : B(SUITE),
		0, members, &values) ||
	    !read_keys(r, group, g))
		return false;
	suite =
	    sf_suite_by_id((uint16_t)sf_vector_number(&values, SF_VF_SUITE));
	tests = sf_json_member(group, "tests");
	g->cases = (struct sf_vector_span){ r->n_cases, 0 };
	if (!sf_vr_is_array(r, tests, group, "tests"))
		return false;
	for (const struct cJSON *v = sf_json_first(tests); v != NULL;
	     v = sf_json_next(v)) {
		size_t back = sf_vr_enter(r, "tests", g->cases.n++);

		if (!read_test(r, v, g, suite))
			return false;
		sf_vr_leave(r, back);
	}
	r->out->n_groups++;
	return true;
}

/* ---- a file of our layout ------------------------------------------------ */

static bool
only(struct sf_vr *r, const struct cJSON *object, const char *const *names,
    const char *name)
{
	const struct cJSON *v;

	if (!sf_vr_is_object(r, object, name))
		return false;
	v = sf_json_stranger(object, names);
	return v == NULL || sf_vr_stop(r, v, sf_json_name(v),
				"there is no such member in this place",
				"leave it out, or look at its spelling");
}

static bool
read_source(struct sf_vr *r, const struct cJSON *root)
{
	static const char *const names[] = { "name", "version", "witness",
		NULL };
	const struct cJSON *v = sf_json_member(root, "source");

	if (v == NULL)
		return sf_vr_stop(r, root, "source", "missing", "");
	snprintf(r->where, sizeof(r->where), "source.");
	if (!only(r, v, names, "") ||
	    !sf_vr_is_string(r, sf_json_member(v, "name"), v, "name") ||
	    !sf_vr_is_string(r, sf_json_member(v, "version"), v, "version") ||
	    !sf_vr_are_strings(r, v, "witness"))
		return false;
	sf_vr_leave(r, 0);
	return true;
}

static bool
read_note(struct sf_vr *r, const struct cJSON *note)
{
	static const char *const names[] = { "bugType", "description", "effect",
		"links", NULL };

	return only(r, note, names, "") &&
	       sf_vr_is_string(
		   r, sf_json_member(note, "bugType"), note, "bugType") &&
	       sf_vr_is_string(r, sf_json_member(note, "description"), note,
		   "description") &&
	       (sf_json_member(note, "effect") == NULL ||
		   sf_vr_is_string(
		       r, sf_json_member(note, "effect"), note, "effect")) &&
	       (sf_json_member(note, "links") == NULL ||
		   sf_vr_are_strings(r, note, "links"));
}

static bool
read_notes(struct sf_vr *r, const struct cJSON *root)
{
	const struct cJSON *v;

	r->notes = sf_json_member(root, "notes");
	if (r->notes == NULL)
		return sf_vr_stop(r, root, "notes", "missing", "");
	if (!sf_vr_is_object(r, r->notes, "notes"))
		return false;
	for (v = sf_json_first(r->notes); v != NULL; v = sf_json_next(v)) {
		if (!sf_vr_is_plain(sf_json_name(v), 31))
			return sf_vr_stop(r, v, "notes",
			    "a flag is 1 to 31 letters and digits", "");
		snprintf(
		    r->where, sizeof(r->where), "notes.%s.", sf_json_name(v));
		if (!read_note(r, v))
			return false;
	}
	sf_vr_leave(r, 0);
	return true;
}

/* "sframe_open_test_schema_v1.json" and the others, one for each type */
static bool
read_schema(struct sf_vr *r, const struct cJSON *root)
{
	static const char *const algorithms[] = { "SFRAME" };
	static const char *const schemas[] = {
		"sframe_header_test_schema_v1.json",
		"sframe_kdf_test_schema_v1.json",
		"sframe_aead_test_schema_v1.json",
		"sframe_seal_test_schema_v1.json",
		"sframe_open_test_schema_v1.json",
		"sframe_ratchet_test_schema_v1.json",
		"sframe_mls_test_schema_v1.json",
		"sframe_per_ssrc_test_schema_v1.json",
	};
	unsigned word;

	return sf_vr_one_of(r, root, "algorithm", algorithms, 1, &word) &&
	       sf_vr_one_of(r, root, "schema", schemas, SF_VECTOR_TYPES, &word);
}

static bool
read_groups(struct sf_vr *r, const struct cJSON *root)
{
	size_t i = 0;

	for (const struct cJSON *v =
		 sf_json_first(sf_json_member(root, "testGroups"));
	     v != NULL; v = sf_json_next(v)) {
		size_t back = sf_vr_enter(r, "testGroups", i++);

		if (!read_group(r, v))
			return false;
		sf_vr_leave(r, back);
	}
	return true;
}

static bool
check_number(struct sf_vr *r, const struct cJSON *root)
{
	const struct cJSON *v = sf_json_member(root, "numberOfTests");
	const char *cause, *remedy;
	uint64_t n;

	if (v == NULL)
		return sf_vr_stop(r, root, "numberOfTests", "missing", "");
	if (!sf_json_u64(r->j, v, SF_JSON_EXACT, &n, &cause, &remedy))
		return sf_vr_stop(r, v, "numberOfTests", cause, remedy);
	return n == r->n_cases || sf_vr_stop(r, v, "numberOfTests",
				      "not the number of the tests", "");
}

static int
compare_ids(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool
check_ids(struct sf_vr *r, const struct cJSON *root)
{
	if (r->n_cases == 0)
		return true;
	qsort(r->ids, r->n_cases, sizeof(r->ids[0]), compare_ids);
	for (size_t i = 1; i < r->n_cases; i++)
		if (strcmp(r->ids[i - 1], r->ids[i]) == 0)
			return sf_vr_stop(r, sf_json_member(root, "testGroups"),
			    r->ids[i], "the id of two tests",
			    "an id names one test for ever");
	return true;
}

static bool
read_ours(struct sf_vr *r, const struct cJSON *root)
{
	static const char *const names[] = { "algorithm", "schema", "source",
		"header", "notes", "numberOfTests", "testGroups", NULL };

	return only(r, root, names, "") && read_schema(r, root) &&
	       read_source(r, root) && sf_vr_are_strings(r, root, "header") &&
	       read_notes(r, root) && read_groups(r, root) &&
	       check_number(r, root) && check_ids(r, root);
}

/* ---- memory -------------------------------------------------------------- */

struct counts {
	size_t groups, cases, items, keys;
};

static size_t
children(const struct cJSON *v)
{
	size_t n = 0;

	if (v == NULL)
		return 0;
	for (v = sf_json_first(v); v != NULL; v = sf_json_next(v))
		n++;
	return n;
}

static void
count_tests(struct counts *c, const struct cJSON *list)
{
	if (list == NULL)
		return;
	for (const struct cJSON *v = sf_json_first(list); v != NULL;
	     v = sf_json_next(v)) {
		c->cases++;
		c->items += children(sf_json_member(v, "steps")) +
			    children(sf_json_member(v, "epochs")) +
			    children(sf_json_member(v, "frames"));
	}
}

static void
count_groups(struct counts *c, const struct cJSON *groups, bool ours)
{
	for (const struct cJSON *v = sf_json_first(groups); v != NULL;
	     v = sf_json_next(v)) {
		c->groups++;
		count_tests(c, ours ? sf_json_member(v, "tests") : v);
		if (ours)
			c->keys += children(sf_json_member(v, "keys"));
	}
}

static bool
take_memory(struct sf_vr *r, const struct counts *c)
{
	struct sf_vectorfile *f = r->out;
	size_t text = r->j->text.n;
	size_t need = c->groups * sizeof(*f->groups) +
		      c->cases * (sizeof(*f->cases) + sizeof(*r->ids)) +
		      c->items * sizeof(*f->items) +
		      c->keys * sizeof(*f->keys) + text + 1024;

	if (c->groups > SF_VECTOR_GROUPS || c->cases > SF_VECTOR_CASES ||
	    c->items > SF_VECTOR_CASES || c->keys > SF_VECTOR_KEYS)
		return sf_vr_stop(r, NULL, "",
		    "more groups, tests or keys than are read here",
		    "make two files of it");
	if (!sf_arena_init(&f->arena, need))
		return sf_vr_stop(r, NULL, "", "not enough memory", "");
	f->groups = sf_arena_take(&f->arena, c->groups, sizeof(*f->groups));
	f->cases = sf_arena_take(&f->arena, c->cases, sizeof(*f->cases));
	f->items = sf_arena_take(&f->arena, c->items, sizeof(*f->items));
	f->keys = sf_arena_take(&f->arena, c->keys, sizeof(*f->keys));
	r->ids = sf_arena_take(&f->arena, c->cases, sizeof(*r->ids));
	r->pool = sf_arena_take(&f->arena, text, 1);
	return (f->groups != NULL && f->cases != NULL && f->items != NULL &&
		   f->keys != NULL && r->ids != NULL && r->pool != NULL) ||
	       sf_vr_stop(r, NULL, "", "not enough memory", "");
}

static bool
read_file(struct sf_vr *r)
{
	const struct cJSON *root = r->j->root;
	const struct cJSON *ours;
	struct counts c = { 0 };

	if (!sf_vr_is_object(r, root, ""))
		return false;
	ours = sf_json_member(root, "testGroups");
	if (ours != NULL && !sf_vr_is_array(r, ours, root, "testGroups"))
		return false;
	r->out->published = ours == NULL;
	count_groups(&c, ours == NULL ? root : ours, ours != NULL);
	if (!take_memory(r, &c))
		return false;
	return ours != NULL ? read_ours(r, root) : sf_vr_published(r, root);
}

bool
sf_vectorfile_read(struct sf_vectorfile *out, struct sf_bytes text,
    struct sf_vectorfile_error *error)
{
	struct sf_json j;
	struct sf_json_error je = { 0, "larger than is read here",
		"make two files of it" };
	struct sf_vr r = { .j = &j, .out = out, .error = error };
	bool done;

	*out = (struct sf_vectorfile){ 0 };
	*error = (struct sf_vectorfile_error){ .cause = "", .remedy = "" };
	if (text.n > SF_VECTOR_TEXT_MAX || !sf_json_read(&j, text, &je)) {
		error->cause = je.cause;
		error->remedy = je.remedy;
		error->at = je.at;
		return false;
	}
	done = read_file(&r);
	sf_json_wipe(&j);
	if (!done)
		sf_vectorfile_free(out);
	return done;
}

void
sf_vectorfile_free(struct sf_vectorfile *f)
{
	sf_arena_wipe(&f->arena);
	*f = (struct sf_vectorfile){ 0 };
}
