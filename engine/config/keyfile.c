/*
 * keyfile.c - the key file, sframe-tool/keys/v1.
 */
#include "engine/config/keyfile.h"

#include <stdio.h>
#include <string.h>

#include "engine/config/keyread.h"

#define SCHEMA "sframe-tool/keys/v1"

/* A name is shown when it is plain, and not so long that it may be a key in the
   wrong place. */
static bool
is_plain(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz"
				"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

	return n > 0 && n <= 20 && name[n] == '\0';
}

bool
sf_keyread_stop(struct sf_keyreader *r, const struct cJSON *v, const char *name,
    const char *cause, const char *remedy)
{
	struct sf_keyfile_error *e = r->error;
	size_t n = strlen(r->where);

	*e = (struct sf_keyfile_error){ .cause = cause, .remedy = remedy };
	if (v != NULL)
		e->at = sf_json_place(r->j, v);
	if (is_plain(name))
		snprintf(e->place, sizeof(e->place), "%s%s", r->where, name);
	else if (n > 0) /* without its dot */
		snprintf(
		    e->place, sizeof(e->place), "%.*s", (int)n - 1, r->where);
	return false;
}

/* Every member of the object is one of names, which NULL ends. */
bool
sf_keyread_only(struct sf_keyreader *r, const struct cJSON *object,
    const char *const *names)
{
	const struct cJSON *v;

	if (sf_json_kind(object) != SF_JSON_OBJECT)
		return sf_keyread_stop(r, object, "", "not an object",
		    "write members between { and }");
	v = sf_json_stranger(object, names);
	return v == NULL ||
	       sf_keyread_stop(r, v, sf_json_name(v), "unknown member",
		   "check its spelling and where it stands, or "
		   "leave it out");
}

/* ---- values -------------------------------------------------------------- */

bool
sf_keyread_number(struct sf_keyreader *r, const struct cJSON *v,
    const char *name, uint64_t most, uint64_t *out)
{
	const char *cause, *remedy;

	if (!sf_json_u64(r->j, v, SF_JSON_EXACT, out, &cause, &remedy))
		return sf_keyread_stop(r, v, name, cause, remedy);
	if (*out > most)
		return sf_keyread_stop(r, v, name, "too large", "");
	return true;
}

bool
sf_keyread_hex(struct sf_keyreader *r, const struct cJSON *v, const char *name,
    uint8_t *out, size_t max, size_t *n)
{
	const char *cause, *remedy;

	return sf_json_hex(v, out, max, n, &cause, &remedy) ||
	       sf_keyread_stop(r, v, name, cause, remedy);
}

static bool
read_bool(
    struct sf_keyreader *r, const struct cJSON *v, const char *name, bool *out)
{
	if (sf_json_kind(v) != SF_JSON_BOOL)
		return sf_keyread_stop(
		    r, v, name, "neither true nor false", "");
	*out = sf_json_true(v);
	return true;
}

/* A registered name, or a number, bare or as a string. */
static bool
read_suite(struct sf_keyreader *r, const struct cJSON *v, uint16_t *out)
{
	const char *name = sf_json_string(v);
	const struct sf_suite *suite = NULL;
	uint64_t id;

	if (name != NULL) {
		suite = sf_suite_by_name(name);
	} else {
		if (!sf_keyread_number(r, v, "suite", UINT64_MAX, &id))
			return false;
		if (id <= UINT16_MAX)
			suite = sf_suite_by_id((uint16_t)id);
	}
	if (suite == NULL)
		return sf_keyread_stop(r, v, "suite",
		    "there is no such cipher suite",
		    "see sframe-tool list suites");
	*out = suite->id;
	return true;
}

static bool
read_mls_hash(
    struct sf_keyreader *r, const struct cJSON *v, enum sf_hash_name *out)
{
	static const char *const names[] = {
		[SF_SHA256] = "SHA256",
		[SF_SHA384] = "SHA384",
		[SF_SHA512] = "SHA512",
	};
	const char *name = sf_json_string(v);

	for (unsigned i = 0; name != NULL && i < 3; i++)
		if (strcmp(names[i], name) == 0) {
			*out = (enum sf_hash_name)i;
			return true;
		}
	return sf_keyread_stop(r, v, "mls_hash", "not a hash of MLS",
	    "write SHA256, SHA384 or SHA512");
}

/* ---- the scheme ---------------------------------------------------------- */

static bool
read_bits(struct sf_keyreader *r, const struct cJSON *object, const char *name,
    unsigned least, unsigned *out)
{
	const struct cJSON *v = sf_json_member(object, name);
	uint64_t bits;

	if (v == NULL)
		return sf_keyread_stop(r, object, name, "missing", "");
	if (!sf_keyread_number(r, v, name, UINT64_MAX, &bits))
		return false;
	if (bits < least || bits > 63)
		return sf_keyread_stop(r, v, name,
		    least == 0 ? "not from 0 to 63" : "not from 1 to 63", "");
	*out = (unsigned)bits;
	return true;
}

static bool
read_sender(struct sf_keyreader *r, const struct cJSON *v)
{
	static const char *const names[] = { "type", "r", NULL };

	r->out->scheme = SF_SCHEME_SENDER;
	return sf_keyread_only(r, v, names) &&
	       read_bits(r, v, "r", 0, &r->out->ratchet_bits);
}

static bool
read_mls(struct sf_keyreader *r, const struct cJSON *v)
{
	static const char *const names[] = { "type", "epoch_bits",
		"sender_bits", NULL };
	struct sf_keyfile *k = r->out;

	k->scheme = SF_SCHEME_MLS;
	if (!sf_keyread_only(r, v, names) ||
	    !read_bits(r, v, "epoch_bits", 1, &k->epoch_bits) ||
	    !read_bits(r, v, "sender_bits", 1, &k->sender_bits))
		return false;
	if (k->epoch_bits + k->sender_bits > 64)
		return sf_keyread_stop(
		    r, v, "", "more than 64 bits together", "a KID has 64");
	return true;
}

static bool
read_scheme(struct sf_keyreader *r, const struct cJSON *v)
{
	static const char *const names[] = { "type", NULL };
	const struct cJSON *type = sf_json_member(v, "type");
	const char *name = type == NULL ? NULL : sf_json_string(type);

	snprintf(r->where, sizeof(r->where), "kid_scheme.");
	r->out->scheme_given = true;
	if (name == NULL)
		return sf_keyread_stop(r, v, "type", "missing, or not a string",
		    "write raw, sender or mls");
	if (strcmp(name, "raw") == 0)
		return sf_keyread_only(r, v, names);
	if (strcmp(name, "sender") == 0)
		return read_sender(r, v);
	if (strcmp(name, "mls") == 0)
		return read_mls(r, v);
	return sf_keyread_stop(r, type, "type", "there is no such scheme",
	    "write raw, sender or mls");
}

/* ---- one key ------------------------------------------------------------- */

static bool
read_owner(
    struct sf_keyreader *r, const struct cJSON *v, struct sf_key_entry *e)
{
	const char *s = sf_json_string(v);

	if (s == NULL)
		return sf_keyread_stop(r, v, "owner", "not a string", "");
	if (strlen(s) >= sizeof(e->owner))
		return sf_keyread_stop(
		    r, v, "owner", "longer than 63 octets", "");
	memcpy(e->owner, s, strlen(s) + 1);
	return true;
}

/* What names the key: a KID, or with MLS an epoch. */
static bool
read_id(struct sf_keyreader *r, const struct cJSON *key, struct sf_key_entry *e)
{
	bool mls = r->out->scheme == SF_SCHEME_MLS;
	const char *name = mls ? "epoch" : "kid";
	const char *other = mls ? "kid" : "epoch";
	const struct cJSON *v = sf_json_member(key, other);

	if (v != NULL)
		return sf_keyread_stop(r, v, other,
		    mls ? "with the scheme mls an epoch names the key"
			: "only with the scheme mls",
		    mls ? "write epoch" : "write kid");
	v = sf_json_member(key, name);
	if (v == NULL)
		return sf_keyread_stop(r, key, name, "missing", "");
	return sf_keyread_number(
	    r, v, name, UINT64_MAX, mls ? &e->epoch : &e->kid);
}

static bool
read_exporter(
    struct sf_keyreader *r, const struct cJSON *key, struct sf_key_entry *e)
{
	const struct cJSON *secret = sf_json_member(key, "exporter_secret");
	const struct cJSON *hash = sf_json_member(key, "mls_hash");

	if (r->out->scheme != SF_SCHEME_MLS)
		return sf_keyread_stop(r, secret == NULL ? hash : secret,
		    secret == NULL ? "mls_hash" : "exporter_secret",
		    "only with the scheme mls", "write base_key");
	if (secret == NULL)
		return sf_keyread_stop(r, hash, "mls_hash",
		    "only beside exporter_secret", "leave it out");
	if (hash == NULL)
		return sf_keyread_stop(r, key, "mls_hash", "missing",
		    "write SHA256, SHA384 or SHA512");
	e->exporter = true;
	return read_mls_hash(r, hash, &e->mls_hash) &&
	       sf_keyread_hex(r, secret, "exporter_secret", e->octets,
		   sizeof(e->octets), &e->n);
}

static bool
read_secret(
    struct sf_keyreader *r, const struct cJSON *key, struct sf_key_entry *e)
{
	const struct cJSON *base = sf_json_member(key, "base_key");
	const struct cJSON *exporter = sf_json_member(key, "exporter_secret");
	const char *name = exporter == NULL ? "base_key" : "exporter_secret";

	if (base != NULL && exporter != NULL)
		return sf_keyread_stop(r, base, "base_key",
		    "beside exporter_secret, which gives it", "write one");
	if (base == NULL && exporter == NULL)
		return sf_keyread_stop(r, key, "base_key", "missing", "");
	if (exporter != NULL || sf_json_member(key, "mls_hash") != NULL) {
		if (!read_exporter(r, key, e))
			return false;
	} else if (!sf_keyread_hex(r, base, "base_key", e->octets,
		       sizeof(e->octets), &e->n)) {
		return false;
	}
	if (e->n == 0)
		return sf_keyread_stop(r, exporter == NULL ? base : exporter,
		    name, "empty", "write 1 to 256 octets");
	return true;
}

/* Who has the key, and for which stream it is. */
bool
sf_keyread_scope(
    struct sf_keyreader *r, const struct cJSON *key, struct sf_key_entry *e)
{
	const struct cJSON *v;
	uint64_t ssrc;

	if ((v = sf_json_member(key, "owner")) != NULL && !read_owner(r, v, e))
		return false;
	v = sf_json_member(key, "ssrc");
	if (v == NULL)
		return true;
	if (!sf_keyread_number(r, v, "ssrc", UINT32_MAX, &ssrc))
		return false;
	e->has_ssrc = true;
	e->ssrc = (uint32_t)ssrc;
	return true;
}

static bool
read_sframe_key(
    struct sf_keyreader *r, const struct cJSON *key, struct sf_key_entry *e)
{
	static const char *const names[] = { "kid", "epoch", "base_key",
		"exporter_secret", "mls_hash", "owner", "ssrc", "suite",
		"dialect", NULL };
	const struct cJSON *v;

	if (!sf_keyread_only(r, key, names) || !read_id(r, key, e) ||
	    !read_secret(r, key, e))
		return false;
	e->suite = r->suite;
	v = sf_json_member(key, "suite");
	return (v == NULL || read_suite(r, v, &e->suite)) &&
	       sf_keyread_scope(r, key, e);
}

static bool
read_key(
    struct sf_keyreader *r, const struct cJSON *key, struct sf_key_entry *e)
{
	const struct cJSON *v = sf_json_member(key, "dialect");

	e->dialect = r->dialect;
	if (v != NULL && !sf_keyread_dialect(r, v, &e->dialect))
		return false;
	return e->dialect == SF_DIALECT_NONE
		   ? read_sframe_key(r, key, e)
		   : sf_keyread_dialect_key(r, key, e);
}

static bool
same_name(const struct sf_key_entry *a, const struct sf_key_entry *b)
{
	return a->kid == b->kid && a->epoch == b->epoch &&
	       a->dialect == b->dialect && a->has_ssrc == b->has_ssrc &&
	       a->ssrc == b->ssrc && strcmp(a->owner, b->owner) == 0;
}

static bool
read_keys(struct sf_keyreader *r, const struct cJSON *list)
{
	struct sf_keyfile *k = r->out;
	const struct cJSON *v;

	if (list == NULL || sf_json_kind(list) != SF_JSON_ARRAY)
		return sf_keyread_stop(r, list, "keys",
		    "missing, or not an array",
		    "write the keys between [ and ]");
	if (sf_json_first(list) == NULL)
		return sf_keyread_stop(r, list, "keys", "empty", "write a key");
	for (v = sf_json_first(list); v != NULL; v = sf_json_next(v)) {
		struct sf_key_entry *e;

		if (k->n == SF_KEYS_MAX)
			return sf_keyread_stop(
			    r, v, "keys", "more than 1024 keys", "");
		snprintf(r->where, sizeof(r->where), "keys[%zu].", k->n);
		e = &k->keys[k->n];
		if (!read_key(r, v, e))
			return false;
		for (const struct sf_key_entry *f = k->keys; f < e; f++)
			if (same_name(f, e))
				return sf_keyread_stop(r, v, "",
				    "the same key id as an entry before, for "
				    "the same owner and SSRC",
				    "leave one out, or tell them apart by "
				    "owner or ssrc");
		k->n++;
	}
	return true;
}

/* ---- the file ------------------------------------------------------------ */

static bool
read_schema(struct sf_keyreader *r, const struct cJSON *root)
{
	const struct cJSON *v = sf_json_member(root, "schema");
	const char *s = v == NULL ? NULL : sf_json_string(v);

	if (s == NULL || strcmp(s, SCHEMA) != 0)
		return sf_keyread_stop(r, v == NULL ? root : v, "schema",
		    s == NULL ? "missing" : "not a schema of this version",
		    "write \"" SCHEMA "\"");
	return true;
}

static bool
read_file(struct sf_keyreader *r)
{
	static const char *const names[] = { "schema", "suite", "kid_scheme",
		"keys", "per_ssrc_keys", "metadata", "dialect", NULL };
	const struct cJSON *root = r->j->root;
	const struct cJSON *v;

	if (!sf_keyread_only(r, root, names) || !read_schema(r, root))
		return false;
	if ((v = sf_json_member(root, "suite")) != NULL &&
	    !read_suite(r, v, &r->suite))
		return false;
	if ((v = sf_json_member(root, "dialect")) != NULL &&
	    !sf_keyread_dialect(r, v, &r->dialect))
		return false;
	if ((v = sf_json_member(root, "per_ssrc_keys")) != NULL &&
	    !read_bool(r, v, "per_ssrc_keys", &r->out->per_ssrc_keys))
		return false;
	if ((v = sf_json_member(root, "metadata")) != NULL &&
	    !sf_keyread_hex(r, v, "metadata", r->out->metadata, SF_METADATA_MAX,
		&r->out->n_metadata))
		return false;
	if ((v = sf_json_member(root, "kid_scheme")) != NULL &&
	    !read_scheme(r, v))
		return false;
	r->where[0] = '\0';
	return read_keys(r, sf_json_member(root, "keys"));
}

bool
sf_keyfile_read(struct sf_keyfile *out, struct sf_bytes text,
    struct sf_keyfile_error *error)
{
	struct sf_json j;
	struct sf_json_error je;
	struct sf_keyreader r = { .j = &j, .out = out, .error = error };
	bool done;

	*error = (struct sf_keyfile_error){ .cause = "", .remedy = "" };
	memset(out, 0, sizeof(*out));
	if (!sf_json_read(&j, text, &je)) {
		error->cause = je.cause;
		error->remedy = je.remedy;
		error->at = je.at;
		return false;
	}
	done = read_file(&r);
	sf_json_wipe(&j);
	if (!done)
		memset(out, 0, sizeof(*out));
	return done;
}

void
sf_keyfile_wipe(struct sf_keyfile *k, const struct sf_crypto *c)
{
	c->wipe(k, sizeof(*k));
}
