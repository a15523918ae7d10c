/*
 * target_keyfile.c - sf_json_read() and sf_keyfile_read(): whatever the text,
 * either nothing is kept and a place is named, or what was read holds what
 * keyfile.h promises.
 */
#include "engine/config/json.h"
#include "engine/config/keyfile.h"
#include "fuzz/fuzz.h"

#include <string.h>

static void
expect_key(const struct sf_keyfile *k, const struct sf_key_entry *e)
{
	FUZZ_CHECK(e->n >= 1 && e->n <= SF_BASE_MAX);
	FUZZ_CHECK(e->suite <= SF_SUITES);
	FUZZ_CHECK(memchr(e->owner, '\0', sizeof(e->owner)) != NULL);
	FUZZ_CHECK(k->scheme == SF_SCHEME_MLS ? e->kid == 0
					      : e->epoch == 0 && !e->exporter);
	FUZZ_CHECK(e->has_ssrc || e->ssrc == 0);
	FUZZ_CHECK(e->mls_hash <= SF_SHA512);
}

static void
expect_keyfile(const struct sf_keyfile *k)
{
	FUZZ_CHECK(k->n >= 1 && k->n <= SF_KEYS_MAX);
	FUZZ_CHECK(k->n_metadata <= SF_METADATA_MAX);
	FUZZ_CHECK(k->ratchet_bits <= 63);
	FUZZ_CHECK(k->epoch_bits + k->sender_bits <= 64);
	if (k->scheme == SF_SCHEME_MLS)
		FUZZ_CHECK(k->epoch_bits >= 1 && k->sender_bits >= 1);
	for (size_t i = 0; i < k->n; i++)
		expect_key(k, &k->keys[i]);
}

/* Octet for octet equal to the one before; quick on what is this large. */
static bool
all_zero(const struct sf_keyfile *k)
{
	const uint8_t *p = (const uint8_t *)k;

	return p[0] == 0 && memcmp(p, p + 1, sizeof(*k) - 1) == 0;
}

/* Every value knows where it stood: in order, and within the text. Returns
   how many values there are below v, with v. */
static size_t
walk(const struct sf_json *j, const struct cJSON *v, size_t *last,
    unsigned depth)
{
	static const char *const starts[] = {
		[SF_JSON_NULL] = "n",
		[SF_JSON_BOOL] = "tf",
		[SF_JSON_NUMBER] = "-0123456789",
		[SF_JSON_STRING] = "\"",
		[SF_JSON_ARRAY] = "[",
		[SF_JSON_OBJECT] = "{",
	};
	size_t at = sf_json_place(j, v);
	size_t n = 1;

	FUZZ_CHECK(depth <= SF_JSON_DEPTH);
	FUZZ_CHECK(at < j->text.n && (at > *last || depth == 1));
	FUZZ_CHECK(strchr(starts[sf_json_kind(v)], j->text.p[at]) != NULL);
	*last = at;
	for (const struct cJSON *c = sf_json_first(v); c != NULL;
	     c = sf_json_next(c))
		n += walk(j, c, last, depth + 1);
	return n;
}

static bool
read_json(struct sf_bytes text)
{
	struct sf_json j;
	struct sf_json_error e;
	size_t last = 0;

	if (!sf_json_read(&j, text, &e)) {
		FUZZ_CHECK(e.cause != NULL && e.remedy != NULL);
		FUZZ_CHECK(e.at <= text.n && e.cause[0] != '\0');
		return false;
	}
	FUZZ_CHECK(walk(&j, j.root, &last, 1) == j.n);
	sf_json_wipe(&j);
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sf_keyfile *k = malloc(sizeof(*k));
	uint8_t *exact = malloc(size == 0 ? 1 : size);
	struct sf_keyfile_error e;
	struct sf_bytes text;
	bool json;

	FUZZ_CHECK(k != NULL && exact != NULL);
	if (size != 0)
		memcpy(exact, data, size);
	text = sf_bytes(exact, size);
	json = read_json(text);
	memset(k, 0x5a, sizeof(*k));
	if (sf_keyfile_read(k, text, &e)) {
		FUZZ_CHECK(json);
		expect_keyfile(k);
	} else {
		FUZZ_CHECK(e.cause[0] != '\0' && e.remedy != NULL);
		FUZZ_CHECK(e.at <= size);
		FUZZ_CHECK(memchr(e.place, '\0', sizeof(e.place)) != NULL);
		FUZZ_CHECK(all_zero(k));
	}
	free(exact);
	free(k);
	return 0;
}
