/*
 * srtpkeys.c - the file of SRTP keys, sframe-tool/srtp-keys/v1.
 */
#include "engine/config/srtpkeys.h"

#include <stdio.h>
#include <string.h>

#include "engine/config/json.h"
#include "engine/srtp/base64.h"
#include "engine/srtp/sdes.h"

#define SCHEMA  "sframe-tool/srtp-keys/v1"
#define LONGEST (2 * (SF_SRTP_KEY + SF_SRTP_SALT)) /* of a double profile */

struct reader {
	const struct sf_json *j;
	struct sf_srtp_entries *out;
	struct sf_keyfile_error *error;
	const struct sf_srtp_profile *profile; /* of keys that name none */
	char where[24]; /* the object being read: "", "keys[7]." */
};

static bool
stop(struct reader *r, const struct cJSON *v, const char *name,
    const char *cause, const char *remedy)
{
	struct sf_keyfile_error *e = r->error;
	size_t n = strlen(r->where);

	*e = (struct sf_keyfile_error){ .cause = cause, .remedy = remedy };
	if (v != NULL)
		e->at = sf_json_place(r->j, v);
	if (name[0] != '\0')
		snprintf(e->place, sizeof(e->place), "%s%s", r->where, name);
	else if (n > 0) /* without its dot */
		snprintf(
		    e->place, sizeof(e->place), "%.*s", (int)n - 1, r->where);
	return false;
}

/* Every member of the object is one of names, which NULL ends. */
static bool
only(struct reader *r, const struct cJSON *object, const char *const *names)
{
	const struct cJSON *v;

	if (sf_json_kind(object) != SF_JSON_OBJECT)
		return stop(r, object, "", "not an object",
		    "write members between { and }");
	v = sf_json_stranger(object, names);
	return v == NULL || stop(r, v, "", "unknown member",
				"check its spelling and where it stands, or "
				"leave it out");
}

/* ---- values -------------------------------------------------------------- */

static bool
read_u32(struct reader *r, const struct cJSON *v, const char *name, bool *has,
    uint32_t *out)
{
	const char *cause, *remedy;
	uint64_t n;

	if (!sf_json_u64(r->j, v, SF_JSON_EXACT, &n, &cause, &remedy))
		return stop(r, v, name, cause, remedy);
	if (n > UINT32_MAX)
		return stop(r, v, name, "too large", "it has 32 bits");
	*has = true;
	*out = (uint32_t)n;
	return true;
}

static bool
read_profile(
    struct reader *r, const struct cJSON *v, const struct sf_srtp_profile **out)
{
	const char *name = sf_json_string(v);
	uint64_t id;
	const char *cause, *remedy;

	*out = NULL;
	if (name != NULL)
		*out = sf_srtp_profile_by_name(sf_bytes(name, strlen(name)));
	else if (sf_json_u64(r->j, v, UINT16_MAX, &id, &cause, &remedy))
		*out = sf_srtp_profile_by_id((uint16_t)id);
	if (*out != NULL)
		return true;
	return stop(r, v, "profile", "there is no such SRTP profile here",
	    "write the name of a=crypto, such as AES_CM_128_HMAC_SHA1_80 or "
	    "AEAD_AES_128_GCM, or the number of use_srtp");
}

/* Which lengths octets may have: bit n - 1 for n octets. */
static bool
may_be(uint64_t lengths, size_t n)
{
	return n > 0 && n <= 64 && (lengths >> (n - 1) & 1) != 0;
}

/* Hexadecimal when that gives one of the lengths, else base64. */
static bool
read_octets(struct reader *r, const struct cJSON *v, const char *name,
    size_t least, size_t most, uint8_t *out, size_t *n)
{
	const char *cause, *remedy, *text = sf_json_string(v);

	if (text == NULL)
		return stop(r, v, name, "not a string",
		    "write hexadecimal digits or base64");
	if (sf_json_hex(v, out, most, n, &cause, &remedy) && *n >= least)
		return true;
	if (sf_base64_read(sf_bytes(text, strlen(text)), out, most, n) &&
	    *n >= least)
		return true;
	return stop(r, v, name,
	    "neither hexadecimal nor base64 of a length "
	    "that SRTP has",
	    "see the profile: 16, 24 or 32 octets of key, 14 "
	    "of salt, or 12 with GCM");
}

static int
digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : -1;
}

/* A number of digits only; *s stands behind it. */
static bool
read_digits(const char **s, unsigned most, unsigned *out)
{
	unsigned v = 0;
	const char *p = *s;

	for (; digit(*p) >= 0; p++) {
		v = v * 10 + (unsigned)digit(*p);
		if (v > most)
			return false;
	}
	if (p == *s)
		return false;
	*s = p;
	*out = v;
	return true;
}

static bool
read_ipv4(const char **s, struct sf_addr *a)
{
	unsigned v;

	for (unsigned i = 0; i < 4; i++) {
		if (i > 0 && *(*s)++ != '.')
			return false;
		if (!read_digits(s, 255, &v))
			return false;
		a->ip[i] = (uint8_t)v;
	}
	a->family = 4;
	return true;
}

static int
hex(char c)
{
	if (digit(c) >= 0)
		return digit(c);
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* RFC 4291 2.2, without the form that ends in IPv4. */
static bool
read_ipv6(const char **s, struct sf_addr *a)
{
	unsigned n = 0, gap = 8, v;
	const char *p = *s;

	if (p[0] == ':' && p[1] == ':') {
		gap = 0;
		p += 2;
	}
	while (n < 8 && hex(*p) >= 0) {
		unsigned digits = 0;

		for (v = 0; hex(*p) >= 0 && digits < 5; digits++)
			v = v << 4 | (unsigned)hex(*p++);
		if (digits > 4)
			return false;
		a->ip[2 * n] = (uint8_t)(v >> 8);
		a->ip[2 * n + 1] = (uint8_t)v;
		n++;
		if (p[0] == ':' && p[1] == ':' && gap == 8) {
			gap = n;
			p += 2;
		} else if (p[0] == ':' && hex(p[1]) >= 0 && n < 8) {
			p++;
		} else {
			break;
		}
	}
	if (n > 8 || (gap == 8) != (n == 8))
		return false;
	if (gap < 8) {
		memmove(
		    a->ip + 16 - 2 * (n - gap), a->ip + 2 * gap, 2 * (n - gap));
		memset(a->ip + 2 * gap, 0, 16 - 2 * n);
	}
	a->family = 6;
	*s = p;
	return true;
}

/* 10.0.0.1, 10.0.0.1:4000, ::1, [::1]:4000 */
static bool
read_address(struct reader *r, const struct cJSON *v, const char *name,
    bool *has, struct sf_addr *out)
{
	const char *s = sf_json_string(v);
	struct sf_addr a = { .family = 0 };
	bool bracket = s != NULL && *s == '[';
	bool good = s != NULL;
	unsigned port;

	if (good) {
		s += bracket;
		good = strchr(s, '.') == NULL ? read_ipv6(&s, &a)
					      : read_ipv4(&s, &a);
	}
	if (good && bracket)
		good = *s++ == ']';
	if (good && *s == ':' && (a.family == 4 || bracket)) {
		s++;
		good = read_digits(&s, 65535, &port) && port > 0;
		if (good)
			a.port = (uint16_t)port;
	}
	if (!good || *s != '\0')
		return stop(r, v, name, "not an address",
		    "write 10.0.0.1, 10.0.0.1:4000 or [::1]:4000");
	*has = true;
	*out = a;
	return true;
}

/* ---- one key ------------------------------------------------------------- */

/* How key and salt split where no profile says it: the salt has 14 octets, or
   12 when 28 or 44 are there in all. */
static bool
split(size_t n, size_t *key, size_t *salt)
{
	*salt = n == 28 || n == 44 ? 12 : 14;
	*key = n - *salt;
	return may_be(UINT64_C(1) << 27 | UINT64_C(1) << 29 |
			  UINT64_C(1) << 37 | UINT64_C(1) << 43 |
			  UINT64_C(1) << 45,
	    n);
}

static bool
set(struct reader *r, const struct cJSON *v, const char *name,
    struct sf_srtp_entry *e, const struct sf_srtp_profile *p,
    const uint8_t *octets, size_t key, size_t salt)
{
	bool any = false;

	if (p != NULL &&
	    !sf_srtp_entry_set(e, p, octets, key, octets + key, salt))
		return stop(r, v, name, "not as many octets as its profile has",
		    "16 of key with the 128-bit profiles, 24 with 192, 32 "
		    "with 256; 14 of salt, or 12 with GCM");
	for (size_t i = 0; p == NULL && i < SF_SRTP_PROFILES; i++)
		any = any || (sf_srtp_profiles[i].key == key &&
				 sf_srtp_profiles[i].salt == salt);
	if (p != NULL)
		return true;
	if (!any)
		return stop(r, v, name,
		    "no profile has a key and a salt of these lengths", "");
	e->n_key = (uint8_t)key;
	e->n_salt = (uint8_t)salt;
	memcpy(e->key, octets, key);
	memcpy(e->salt, octets + key, salt);
	return true;
}

/* master_key and master_salt, or both in key_and_salt, into octets. */
static bool
read_master(struct reader *r, const struct cJSON *o,
    const struct sf_srtp_profile *p, uint8_t octets[LONGEST],
    struct sf_srtp_entry *e)
{
	const struct cJSON *key = sf_json_member(o, "master_key");
	const struct cJSON *salt = sf_json_member(o, "master_salt");
	const struct cJSON *both = sf_json_member(o, "key_and_salt");
	size_t n_key, n_salt, n;

	if (both == NULL && (key == NULL || salt == NULL))
		return stop(r, o, key == NULL ? "master_key" : "master_salt",
		    "missing",
		    "write master_key and master_salt, or "
		    "key_and_salt, or crypto");
	if (both != NULL && (key != NULL || salt != NULL))
		return stop(r, both, "key_and_salt",
		    "beside master_key or master_salt", "write one");
	if (both == NULL)
		return read_octets(
			   r, key, "master_key", 16, 64, octets, &n_key) &&
		       read_octets(r, salt, "master_salt", 12, 28,
			   octets + n_key, &n_salt) &&
		       set(r, key, "master_key", e, p, octets, n_key, n_salt);
	if (!read_octets(r, both, "key_and_salt", 28, LONGEST, octets, &n))
		return false;
	if (p == NULL && !split(n, &n_key, &n_salt))
		return stop(r, both, "key_and_salt",
		    "no profile has a key and a salt of this length", "");
	if (p != NULL) {
		n_key = (p->doubled ? 2u : 1u) * p->key;
		n_salt = n > n_key ? n - n_key : 0;
	}
	return set(r, both, "key_and_salt", e, p, octets, n_key, n_salt);
}

static bool
read_mki(struct reader *r, const struct cJSON *v, struct sf_srtp_entry *e)
{
	uint8_t octets[SF_SRTP_MKI_MAX];
	const char *cause, *remedy;
	size_t n;

	if (!sf_json_hex(v, octets, sizeof(octets), &n, &cause, &remedy))
		return stop(r, v, "mki", cause, remedy);
	e->mki = (uint8_t)n;
	return true;
}

static bool
read_scope(struct reader *r, const struct cJSON *o, struct sf_srtp_entry *e)
{
	const struct cJSON *v;

	v = sf_json_member(o, "owner");
	if (v != NULL && sf_json_string(v) == NULL)
		return stop(r, v, "owner", "not a string", "");
	if ((v = sf_json_member(o, "ssrc")) != NULL &&
	    !read_u32(r, v, "ssrc", &e->has_ssrc, &e->ssrc))
		return false;
	if ((v = sf_json_member(o, "roc")) != NULL &&
	    !read_u32(r, v, "roc", &e->has_roc, &e->roc))
		return false;
	if ((v = sf_json_member(o, "src")) != NULL &&
	    !read_address(r, v, "src", &e->has_src, &e->src))
		return false;
	if ((v = sf_json_member(o, "dst")) != NULL &&
	    !read_address(r, v, "dst", &e->has_dst, &e->dst))
		return false;
	v = sf_json_member(o, "mki");
	return v == NULL || read_mki(r, v, e);
}

/* All keys of an a=crypto line, with what the other members say of them. */
static bool
read_line(struct reader *r, const struct cJSON *o, const struct cJSON *v,
    uint32_t number)
{
	static const char *const wrong[] = { "profile", "master_key",
		"master_salt", "key_and_salt", "mki", NULL };
	const char *s = sf_json_string(v);
	size_t before = r->out->n;
	const char *colon;

	for (const char *const *w = wrong; *w != NULL; w++)
		if (sf_json_member(o, *w) != NULL)
			return stop(r, sf_json_member(o, *w), *w,
			    "beside crypto, which says it", "leave one out");
	if (s == NULL)
		return stop(r, v, "crypto", "not a string", "");
	colon = strncmp(s, "a=crypto:", 9) == 0 ? s + 9
		: strncmp(s, "crypto:", 7) == 0 ? s + 7
						: s;
	if (!sf_sdes_add(r->out, sf_bytes(colon, strlen(colon))))
		return stop(r, v, "crypto",
		    "not a key line that is of use here",
		    "write <tag> <suite> inline:<key and salt in base64>; "
		    "KDR and UNAUTHENTICATED_SRTP are not supported");
	for (size_t i = before; i < r->out->n; i++) {
		r->out->v[i].origin = SF_SRTP_FROM_FILE;
		r->out->v[i].number = number;
		if (!read_scope(r, o, &r->out->v[i]))
			return false;
	}
	return true;
}

static bool
read_key(struct reader *r, const struct cJSON *o, uint32_t number)
{
	static const char *const names[] = { "profile", "master_key",
		"master_salt", "key_and_salt", "crypto", "ssrc", "src", "dst",
		"mki", "roc", "owner", NULL };
	const struct sf_srtp_profile *p = r->profile;
	struct sf_srtp_entry *e;
	const struct cJSON *v;
	uint8_t octets[LONGEST];
	bool done;

	if (!only(r, o, names))
		return false;
	if ((v = sf_json_member(o, "crypto")) != NULL)
		return read_line(r, o, v, number);
	if ((v = sf_json_member(o, "profile")) != NULL &&
	    !read_profile(r, v, &p))
		return false;
	e = sf_srtp_entries_add(r->out);
	if (e == NULL)
		return stop(r, o, "", "more than 256 keys", "");
	*e = (struct sf_srtp_entry){ .origin = SF_SRTP_FROM_FILE,
		.number = number };
	done = read_master(r, o, p, octets, e) && read_scope(r, o, e);
	sf_crypto_ossl.wipe(octets, sizeof(octets));
	return done;
}

/* ---- the file ------------------------------------------------------------ */

static bool
read_file(struct reader *r)
{
	static const char *const names[] = { "schema", "profile", "keys",
		NULL };
	const struct cJSON *root = r->j->root;
	const struct cJSON *v;
	const char *s;
	uint32_t n = 0;

	if (!only(r, root, names))
		return false;
	v = sf_json_member(root, "schema");
	s = v == NULL ? NULL : sf_json_string(v);
	if (s == NULL || strcmp(s, SCHEMA) != 0)
		return stop(r, v == NULL ? root : v, "schema",
		    s == NULL ? "missing" : "not a schema of this version",
		    "write \"" SCHEMA "\"");
	if ((v = sf_json_member(root, "profile")) != NULL &&
	    !read_profile(r, v, &r->profile))
		return false;
	v = sf_json_member(root, "keys");
	if (v == NULL || sf_json_kind(v) != SF_JSON_ARRAY)
		return stop(r, v == NULL ? root : v, "keys",
		    "missing, or not an array",
		    "write the keys between [ and ]");
	if (sf_json_first(v) == NULL)
		return stop(r, v, "keys", "empty", "write a key");
	for (v = sf_json_first(v); v != NULL; v = sf_json_next(v)) {
		snprintf(r->where, sizeof(r->where), "keys[%u].", n);
		if (!read_key(r, v, n++))
			return false;
	}
	return true;
}

bool
sf_srtpkeys_read(struct sf_srtp_entries *out, struct sf_bytes text,
    struct sf_keyfile_error *error)
{
	struct sf_json j;
	struct sf_json_error je;
	struct reader r = { .j = &j, .out = out, .error = error };
	bool done;

	*error = (struct sf_keyfile_error){ .cause = "", .remedy = "" };
	if (!sf_json_read(&j, text, &je)) {
		error->cause = je.cause;
		error->remedy = je.remedy;
		error->at = je.at;
		sf_crypto_ossl.wipe(out, sizeof(*out));
		return false;
	}
	done = read_file(&r);
	sf_json_wipe(&j);
	if (!done)
		sf_crypto_ossl.wipe(out, sizeof(*out));
	return done;
}
