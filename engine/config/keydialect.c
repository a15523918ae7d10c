/*
 * keydialect.c - keys of formats other than RFC 9605 in a key file.
 */
#include "engine/config/keyread.h"

#include <string.h>

/* Which members a format's keys have besides kid, owner and ssrc. */
static const struct of_dialect {
	enum sf_dialect dialect;
	bool needs_kid;
	const char *kid;      /* the format's own name of it */
	const char *names[9]; /* members, NULL ends */
} of_dialects[] = {
	{ SF_DIALECT_LIVEKIT, true, "key_index",
	    { "base_key", "key_material", "passphrase", "key", "import",
		"ratchet_window", "ratchet_salt", "key_bits", NULL } },
	{ SF_DIALECT_JITSI, true, "key_index",
	    { "base_key", "key_material", "key", "ratchet_window", NULL } },
	{ SF_DIALECT_JITSI_CTR, true, "key_index",
	    { "base_key", "key_material", "ratchet_window", NULL } },
	{ SF_DIALECT_JITSI_V0, true, "key_index", { "key", NULL } },
	{ SF_DIALECT_SFRAME_JS, true, "sender_id",
	    { "base_key", "key_material", NULL } },
	{ SF_DIALECT_SFRAME_DRAFT, true, NULL, { "base_key", NULL } },
	{ SF_DIALECT_DAVE, false, "generation", { "key", NULL } },
	{ SF_DIALECT_STREAM, true, "key_index", { "key", NULL } },
	{ SF_DIALECT_RANDOM_IV, false, NULL, { "key", "passphrase", NULL } },
	{ SF_DIALECT_NONE, false, NULL, { NULL } }, /* ends */
};

/* The last row when the format has no keys here. */
static const struct of_dialect *
of_dialect(enum sf_dialect d)
{
	const struct of_dialect *o = of_dialects;

	while (o->dialect != SF_DIALECT_NONE && o->dialect != d)
		o++;
	return o;
}

bool
sf_keyread_dialect(
    struct sf_keyreader *r, const struct cJSON *v, enum sf_dialect *out)
{
	const char *name = sf_json_string(v);
	enum sf_dialect d =
	    name == NULL ? SF_DIALECT_NONE : sf_dialect_by_name(name);

	if (d == SF_DIALECT_LIVEKIT_GO)
		d = SF_DIALECT_LIVEKIT; /* the keys are the same */
	if (sf_dialect_is_rfc9605(d))
		d = SF_DIALECT_NONE;
	else if (of_dialect(d)->dialect == SF_DIALECT_NONE)
		return sf_keyread_stop(r, v, "dialect",
		    d == SF_DIALECT_NONE
			? "there is no such format"
			: "frames of this format cannot be opened",
		    "see sframe-tool list dialects: those marked keys");
	*out = d;
	return true;
}

static bool
read_import(
    struct sf_keyreader *r, const struct cJSON *v, struct sf_key_entry *e)
{
	const char *name = sf_json_string(v);

	if (name != NULL && strcmp(name, "HKDF") == 0)
		e->secret = SF_SECRET_MATERIAL;
	else if (name != NULL && strcmp(name, "PBKDF2") == 0)
		e->secret = SF_SECRET_PASSPHRASE;
	else
		return sf_keyread_stop(r, v, "import",
		    "not a way to import a key", "write HKDF or PBKDF2");
	return true;
}

/* One of the members that hold the secret, and no more. */
static bool
read_material(
    struct sf_keyreader *r, const struct cJSON *key, struct sf_key_entry *e)
{
	static const char *const names[] = { "base_key", "key_material", "key",
		"passphrase", NULL };
	const struct cJSON *v, *found = NULL;
	const char *text, *name = "key";

	for (unsigned i = 0; names[i] != NULL; i++) {
		if ((v = sf_json_member(key, names[i])) == NULL)
			continue;
		if (found != NULL)
			return sf_keyread_stop(r, v, names[i],
			    "a second secret", "write one of them");
		found = v;
		name = names[i];
	}
	if (found == NULL)
		return sf_keyread_stop(
		    r, key, of_dialect(e->dialect)->names[0], "missing", "");
	if (strcmp(name, "passphrase") != 0) {
		e->secret = strcmp(name, "key") == 0 ? SF_SECRET_CIPHER
						     : SF_SECRET_MATERIAL;
		if (!sf_keyread_hex(
			r, found, name, e->octets, sizeof(e->octets), &e->n))
			return false;
	} else {
		e->secret = SF_SECRET_PASSPHRASE;
		text = sf_json_string(found);
		if (text == NULL || strlen(text) > sizeof(e->octets))
			return sf_keyread_stop(r, found, name,
			    "not a string of up to 256 octets", "");
		e->n = strlen(text);
		memcpy(e->octets, text, e->n);
	}
	if (e->n == 0)
		return sf_keyread_stop(r, found, name, "empty", "");
	if (e->secret == SF_SECRET_CIPHER && e->n != 16 && e->n != 32)
		return sf_keyread_stop(r, found, name, "not 16 or 32 octets",
		    "this is the AES key itself");
	e->cipher_octets = e->secret == SF_SECRET_CIPHER ? (uint16_t)e->n : 16;
	return true;
}

static bool
read_ratchet(
    struct sf_keyreader *r, const struct cJSON *key, struct sf_key_entry *e)
{
	const struct cJSON *v;
	const char *salt;
	uint64_t n;

	e->window = 8;
	if ((v = sf_json_member(key, "import")) != NULL &&
	    !read_import(r, v, e))
		return false;
	if ((v = sf_json_member(key, "ratchet_window")) != NULL) {
		if (!sf_keyread_number(r, v, "ratchet_window", 64, &n))
			return false;
		e->window = (uint16_t)n;
	}
	if ((v = sf_json_member(key, "key_bits")) != NULL) {
		if (!sf_keyread_number(r, v, "key_bits", 256, &n))
			return false;
		if (n != 128 && n != 256)
			return sf_keyread_stop(
			    r, v, "key_bits", "not 128 or 256", "");
		e->cipher_octets = (uint16_t)(n / 8);
	}
	if ((v = sf_json_member(key, "ratchet_salt")) == NULL)
		return true;
	salt = sf_json_string(v);
	if (salt == NULL || salt[0] == '\0' || strlen(salt) > SF_SALT_MAX)
		return sf_keyread_stop(
		    r, v, "ratchet_salt", "not a string of 1 to 64 octets", "");
	e->n_salt = (uint16_t)strlen(salt);
	memcpy(e->salt, salt, e->n_salt);
	return true;
}

static bool
read_dialect_kid(
    struct sf_keyreader *r, const struct cJSON *key, struct sf_key_entry *e)
{
	const struct of_dialect *o = of_dialect(e->dialect);
	const struct cJSON *v = sf_json_member(key, "kid");
	const struct cJSON *own =
	    o->kid == NULL ? NULL : sf_json_member(key, o->kid);

	if (v != NULL && own != NULL)
		return sf_keyread_stop(
		    r, own, o->kid, "beside kid", "write one of them");
	if (v == NULL && own == NULL)
		return !o->needs_kid ||
		       sf_keyread_stop(r, key, "kid", "missing", "");
	if (v != NULL)
		return sf_keyread_number(r, v, "kid", UINT64_MAX, &e->kid);
	return sf_keyread_number(r, own, o->kid, UINT64_MAX, &e->kid);
}

bool
sf_keyread_dialect_key(
    struct sf_keyreader *r, const struct cJSON *key, struct sf_key_entry *e)
{
	const struct of_dialect *o = of_dialect(e->dialect);
	const char *names[16] = { "kid", "owner", "ssrc", "dialect" };
	size_t n = 4;

	if (o->kid != NULL)
		names[n++] = o->kid;
	for (size_t i = 0; o->names[i] != NULL; i++)
		names[n++] = o->names[i];
	return sf_keyread_only(r, key, names) && read_dialect_kid(r, key, e) &&
	       read_material(r, key, e) && read_ratchet(r, key, e) &&
	       sf_keyread_scope(r, key, e);
}
