/*
 * make.c - files, groups and tests: everything but what the tests are about.
 */
#include "cli/vectors/make.h"

#include <stdlib.h>
#include <string.h>

#define SET_VERSION "1" /* of our set: rises when a test changes */

static const struct {
	const char *name, *kind, *description, *section;
} flags[SF_MAKE_FLAGS] = {
#define FLAG(id, name, kind, description, section)                             \
	[SF_FLAG_##id] = { name, kind, description, section },
#include "cli/vectors/flags.def"
#undef FLAG
};

/* clang-format off */
const struct sf_make_file sf_make_files[] = {
	{ "header",   SF_VECTOR_HEADER,   0, "Headers: every shape, every boundary, every way to be cut short.", sf_make_headers },
	{ "kdf",      SF_VECTOR_KDF,      0, "Key and salt from a base key.", sf_make_kdf },
	{ "aead",     SF_VECTOR_AEAD,     0, "The AEAD alone, without a header.", sf_make_aead },
	{ "seal",     SF_VECTOR_SEAL,     0, "Frames to seal: the ciphertext is exactly this.", sf_make_seal },
	{ "open-1",   SF_VECTOR_OPEN,     1, "Frames to open, and frames to refuse.", sf_make_open },
	{ "open-2",   SF_VECTOR_OPEN,     2, "Frames to open, and frames to refuse.", sf_make_open },
	{ "open-3",   SF_VECTOR_OPEN,     3, "Frames to open, and frames to refuse.", sf_make_open },
	{ "open-4",   SF_VECTOR_OPEN,     4, "Frames to open, and frames to refuse.", sf_make_open },
	{ "open-5",   SF_VECTOR_OPEN,     5, "Frames to open, and frames to refuse.", sf_make_open },
	{ "open-6",   SF_VECTOR_OPEN,     6, "Frames to open, and frames to refuse.", sf_make_open },
	{ "open-7",   SF_VECTOR_OPEN,     7, "Frames to open, and frames to refuse.", sf_make_open },
	{ "open-8",   SF_VECTOR_OPEN,     8, "Frames to open, and frames to refuse.", sf_make_open },
	{ "ratchet",  SF_VECTOR_RATCHET,  0, "Chains of sender keys, RFC 9605 5.1.", sf_make_ratchet },
	{ "mls",      SF_VECTOR_MLS,      0, "Base keys and KIDs out of MLS epochs, RFC 9605 5.2.", sf_make_mls },
	{ "per-ssrc", SF_VECTOR_PER_SSRC, 0, "A key for each SSRC, draft-ietf-avtcore-rtp-sframe 7.", sf_make_per_ssrc },
};
/* clang-format on */

const size_t sf_make_n_files = sizeof(sf_make_files) / sizeof(sf_make_files[0]);

static const char *const schemas[SF_VECTOR_TYPES] = {
	[SF_VECTOR_HEADER] = "sframe_header_test_schema_v1.json",
	[SF_VECTOR_KDF] = "sframe_kdf_test_schema_v1.json",
	[SF_VECTOR_AEAD] = "sframe_aead_test_schema_v1.json",
	[SF_VECTOR_SEAL] = "sframe_seal_test_schema_v1.json",
	[SF_VECTOR_OPEN] = "sframe_open_test_schema_v1.json",
	[SF_VECTOR_RATCHET] = "sframe_ratchet_test_schema_v1.json",
	[SF_VECTOR_MLS] = "sframe_mls_test_schema_v1.json",
	[SF_VECTOR_PER_SSRC] = "sframe_per_ssrc_test_schema_v1.json",
};

/* ---- octets from the seed ------------------------------------------------ */

/* SplitMix64 (Steele, Lea, Flood, 2014). */
static uint64_t
next_random(struct sf_make *m)
{
	uint64_t z = m->random += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

void
sf_make_random(struct sf_make *m, uint8_t *out, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++) {
		if (i % 8 == 0)
			v = next_random(m);
		out[i] = (uint8_t)(v >> i % 8 * 8);
	}
}

/* A group has the same octets whichever other groups are made. */
static void
begin_random(struct sf_make *m, enum sf_vector_type type)
{
	m->random = m->seed;
	m->random =
	    next_random(m) ^ ((uint64_t)m->suite->id << 8 | (uint64_t)type);
	(void)next_random(m);
}

void
sf_make_mac(struct sf_make *m, struct sf_bytes key, struct sf_bytes in,
    uint8_t out[SF_HASH_MAX])
{
	if (!m->crypto->extract(m->suite->hash, key, in, out))
		m->broken = true;
}

/* ---- groups and tests ---------------------------------------------------- */

void
sf_make_each_suite(
    struct sf_make *m, enum sf_vector_type type, void (*one)(struct sf_make *m))
{
	for (uint16_t id = 1; id <= SF_SUITES; id++) {
		if ((m->suites >> id & 1) == 0)
			continue;
		m->suite = sf_suite_by_id(id);
		begin_random(m, type);
		one(m);
	}
	m->suite = NULL;
}

static void
put_keys(struct sf_emit *e, const struct sf_vector_key *keys, size_t n)
{
	sf_emit_open(e, "keys", '[');
	for (size_t i = 0; i < n; i++) {
		sf_emit_open(e, NULL, '{');
		e->lines = false;
		sf_emit_u64(e, "kid", keys[i].kid);
		sf_emit_hex(e, "baseKey", keys[i].base_key);
		sf_emit_close(e, '{');
		e->lines = true;
	}
	sf_emit_close(e, '[');
}

void
sf_make_group_open(struct sf_make *m, enum sf_vector_type type,
    const struct sf_vector_key *keys, size_t n_keys)
{
	sf_emit_open(&m->e, NULL, '{');
	sf_emit_string(&m->e, "type", sf_vector_type_name(type));
	if (m->suite != NULL)
		sf_emit_count(&m->e, "cipherSuite", m->suite->id);
	if (n_keys > 0)
		put_keys(&m->e, keys, n_keys);
	sf_emit_open(&m->e, "tests", '[');
}

void
sf_make_group_close(struct sf_make *m)
{
	sf_emit_close(&m->e, '[');
	sf_emit_close(&m->e, '{');
}

/* "hdr-shape-07", or with its suite "fr-flip-s4-07" */
static void
put_id(struct sf_make *m, const struct sf_make_test *t)
{
	char id[64], suite[16] = "";

	if (m->family == NULL || strcmp(m->family, t->family) != 0)
		m->in_family = 0;
	m->family = t->family;
	if (m->suite != NULL)
		snprintf(suite, sizeof(suite), "-s%u", m->suite->id);
	snprintf(id, sizeof(id), "%s%s-%02u", t->family, suite, ++m->in_family);
	sf_emit_string(&m->e, "id", id);
}

static void
put_comment(struct sf_make *m, const struct sf_make_test *t)
{
	char comment[256];

	if (t->place == 0)
		snprintf(comment, sizeof(comment), "%s.", t->comment);
	else
		snprintf(
		    comment, sizeof(comment), "%s (%u).", t->comment, t->place);
	sf_emit_string(&m->e, "comment", comment);
}

static void
put_requirements(struct sf_make *m, const char *words)
{
	sf_emit_open(&m->e, "requirements", '[');
	while (*words != '\0') {
		size_t n = strcspn(words, " ");
		char word[16];

		snprintf(word, sizeof(word), "%.*s", (int)n, words);
		sf_emit_string(&m->e, NULL, word);
		words += n + strspn(words + n, " ");
	}
	sf_emit_close(&m->e, '[');
}

/* A test is one line. */
void
sf_make_test_open(struct sf_make *m, const struct sf_make_test *t)
{
	if (m->seen != NULL)
		m->seen(m->who, t);
	sf_emit_open(&m->e, NULL, '{');
	m->e.lines = false;
	sf_emit_count(&m->e, "tcId", ++m->tests);
	put_id(m, t);
	put_comment(m, t);
	sf_emit_string(&m->e, "rfc", t->rfc);
	put_requirements(m, t->requirements);
}

void
sf_make_test_close(struct sf_make *m, const struct sf_make_test *t)
{
	static const char *const results[] = { "valid", "invalid", "policy" };

	sf_emit_string(&m->e, "result", results[t->result]);
	if (t->result == SF_VECTOR_POLICY)
		sf_emit_string(
		    &m->e, "policy", sf_vector_policy_name(t->policy));
	sf_emit_open(&m->e, "flags", '[');
	if (t->flag != SF_FLAG_NONE)
		sf_emit_string(&m->e, NULL, flags[t->flag].name);
	sf_emit_close(&m->e, '[');
	sf_emit_close(&m->e, '{');
	m->e.lines = true;
	m->flags |= UINT64_C(1) << t->flag;
}

/* ---- files --------------------------------------------------------------- */

static void
put_source(struct sf_emit *e)
{
	sf_emit_open(e, "source", '{');
	sf_emit_string(e, "name", "sframe-tool");
	sf_emit_string(e, "version", SET_VERSION);
	sf_emit_open(e, "witness", '[');
	sf_emit_string(e, NULL, "sframe-tool vectors make (C, OpenSSL)");
	sf_emit_string(e, NULL, "tests/witness/witness.mjs (Node.js crypto)");
	sf_emit_close(e, '[');
	sf_emit_close(e, '{');
}

static void
put_head(struct sf_make *m, const struct sf_make_file *file)
{
	char line[80];

	snprintf(line, sizeof(line), "Seed %llu.", (unsigned long long)m->seed);
	sf_emit_open(&m->e, "header", '[');
	sf_emit_string(&m->e, NULL, file->about);
	sf_emit_string(&m->e, NULL, line);
	sf_emit_close(&m->e, '[');
}

static void
put_notes(struct sf_make *m, uint64_t used)
{
	sf_emit_open(&m->e, "notes", '{');
	for (unsigned i = SF_FLAG_NONE + 1; i < SF_MAKE_FLAGS; i++) {
		if ((used >> i & 1) == 0)
			continue;
		sf_emit_open(&m->e, flags[i].name, '{');
		sf_emit_string(&m->e, "bugType", flags[i].kind);
		sf_emit_string(&m->e, "description", flags[i].description);
		sf_emit_open(&m->e, "links", '[');
		sf_emit_string(&m->e, NULL, flags[i].section);
		sf_emit_close(&m->e, '[');
		sf_emit_close(&m->e, '{');
	}
	sf_emit_close(&m->e, '{');
}

static void
put_groups(struct sf_make *m, const struct sf_make_file *file)
{
	unsigned suites = m->suites;

	if (file->suite != 0)
		m->suites &= 1u << file->suite;
	m->suite = NULL;
	m->tests = 0;
	m->flags = 0;
	m->family = NULL;
	sf_emit_open(&m->e, "testGroups", '[');
	file->make(m);
	sf_emit_close(&m->e, '[');
	m->suites = suites;
}

/* Makes the groups for their numbers alone. */
static bool
count(struct sf_make *m, const struct sf_make_file *file)
{
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	if (f == NULL)
		return false;
	m->e = sf_emit(f, true);
	sf_emit_open(&m->e, NULL, '{');
	put_groups(m, file);
	fclose(f);
	free(text);
	return !m->broken;
}

bool
sf_make_write(struct sf_make *m, const struct sf_make_file *file, FILE *f)
{
	if (!count(m, file))
		return false;
	m->e = sf_emit(f, true);
	sf_emit_open(&m->e, NULL, '{');
	sf_emit_string(&m->e, "algorithm", "SFRAME");
	sf_emit_string(&m->e, "schema", schemas[file->type]);
	put_source(&m->e);
	put_head(m, file);
	put_notes(m, m->flags);
	sf_emit_count(&m->e, "numberOfTests", m->tests);
	put_groups(m, file);
	sf_emit_close(&m->e, '{');
	return sf_emit_end(&m->e) && !m->broken;
}
