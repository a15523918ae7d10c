/*
 * cases_export.c - the base key of an MLS epoch (RFC 9605 5.2, RFC 9420 8.5),
 * and KIDs of other widths than those of figure 9.
 */
#include <string.h>

#include "cli/conform/conform.h"
#include "engine/crypto/kdf.h"

static const struct {
	enum sf_hash_name hash;
	const char *name;
	unsigned octets;
} hashes[] = { { SF_SHA256, "sha256", 32 }, { SF_SHA384, "sha384", 48 },
	{ SF_SHA512, "sha512", 64 } };

static bool
ask_export(struct sf_trial *t, unsigned h, const uint8_t *exporter)
{
	sf_begin(t, "mls-export");
	sf_put_u64(t, "suite", t->suite->id);
	sf_put(t, "hash", hashes[h].name);
	sf_put_hex(t, "exporter", sf_bytes(exporter, hashes[h].octets));
	sf_ask(t);
	return sf_must_ok(t, "to export the base key of an epoch");
}

static void
export_key(struct sf_trial *t)
{
	uint8_t exporter[SF_HASH_MAX], want[SF_KEY_MAX];
	unsigned h = t->c->i;

	sf_fill(t, exporter, hashes[h].octets);
	if (!sf_kdf_mls_export(want, t->suite->key_octets, t->run->crypto,
		hashes[h].hash, sf_bytes(exporter, hashes[h].octets)))
		sf_fail(t, "our own library failed");
	if (ask_export(t, h, exporter))
		sf_must_octets(t, "base", sf_bytes(want, t->suite->key_octets));
}

/* ---- other exports ------------------------------------------------------- */

static size_t
put_vector(uint8_t *out, struct sf_bytes b)
{
	out[0] = (uint8_t)b.n;
	if (b.n > 0)
		memcpy(out + 1, b.p, b.n);
	return 1 + b.n;
}

/* RFC 9420 8, with labels and contexts below 64 octets. */
static bool
expand_label(const struct sf_crypto *c, enum sf_hash_name h,
    struct sf_bytes secret, const char *label, struct sf_bytes context,
    uint8_t *out, size_t n)
{
	uint8_t info[160], name[48] = "MLS 1.0 ";
	size_t at = 2, n_name = 8 + strlen(label);

	memcpy(name + 8, label, strlen(label));
	info[0] = (uint8_t)(n >> 8);
	info[1] = (uint8_t)n;
	at += put_vector(info + at, sf_bytes(name, n_name));
	at += put_vector(info + at, context);
	return c->expand(h, secret, sf_bytes(info, at), out, n);
}

/* What senders export who read the text in another way. */
static const struct {
	const char *label, *context, *what;
	size_t n; /* 0: as many as the AEAD key has */
} others[] = {
	/* clang-format off */
	{ "SFrame 1.0 Base Key", "group", "an export whose context is the group" , 0 },
	{ "SFrame 1.0 Base Key", "\1", "an export whose context is the epoch", 0 },
	{ "SFrame 1.0 Base Key", "", "an export of 32 octets, whatever the suite", 32 },
	{ "SFrame 10 MLS", "", "an export under the label of old drafts", 0 },
	/* clang-format on */
};

#define OTHERS ((unsigned)(sizeof(others) / sizeof(others[0])))

static bool
export_other(struct sf_trial *t, unsigned i, struct sf_bytes exporter,
    uint8_t *out, size_t n)
{
	const struct sf_crypto *c = t->run->crypto;
	struct sf_bytes context =
	    sf_bytes(others[i].context, strlen(others[i].context));
	uint8_t secret[SF_HASH_MAX], digest[SF_HASH_MAX];

	return expand_label(c, SF_SHA256, exporter, others[i].label,
		   sf_bytes(NULL, 0), secret, 32) &&
	       c->digest(SF_SHA256, context, digest) &&
	       expand_label(c, SF_SHA256, sf_bytes(secret, 32), "exported",
		   sf_bytes(digest, 32), out, n);
}

static void
wrong_export(struct sf_trial *t)
{
	unsigned i = t->c->i;
	size_t n = others[i].n == 0 ? t->suite->key_octets : others[i].n;
	uint8_t exporter[32], pt[21], ct[80], wrong[SF_KEY_MAX];
	uint8_t right[SF_KEY_MAX];
	struct sf_bytes got;
	struct sf_plain f = { .kid = 0x3e };

	if (others[i].n == t->suite->key_octets) {
		sf_record(t, "the AEAD key of this suite has 32 octets");
		return;
	}
	sf_fill(t, exporter, sizeof(exporter));
	sf_fill(t, pt, sizeof(pt));
	if (!export_other(t, i, sf_bytes(exporter, 32), wrong, n))
		sf_fail(t, "our own library failed");
	if (!ask_export(t, 0, exporter) || !sf_take_hex(t, "base", &got))
		return;
	if (got.n > sizeof(right)) {
		sf_fail(t, "a base key of %zu octets", got.n);
		return;
	}
	memcpy(right, got.p, got.n);
	sf_new(t, "a");
	sf_begin(t, "epoch");
	sf_put(t, "ctx", "a");
	sf_put_u64(t, "epoch", 14);
	sf_put_hex(t, "base", sf_bytes(right, got.n));
	sf_put_u64(t, "ebits", 4);
	sf_put_u64(t, "sbits", 6);
	sf_ask(t);
	sf_must_ok(t, "the base key of an epoch");
	f.base = sf_bytes(wrong, n);
	f.meta = sf_bytes(NULL, 0);
	f.pt = sf_bytes(pt, sizeof(pt));
	sf_must_refuse(t, "a", f.meta, sf_bytes(ct, sf_seal_by_us(t, &f, ct)),
	    others[i].what);
}

/* ---- widths -------------------------------------------------------------- */

static const struct {
	unsigned ebits, sbits;
	uint64_t epoch, index, context;
} widths[] = {
	/* clang-format off */
	{ 1, 1, 0, 0, 0 }, { 1, 1, 3, 1, 0 }, { 1, 1, 1, 1, 5 },
	{ 8, 8, 255, 255, 0 }, { 8, 8, 256, 3, 1 }, { 8, 8, 511, 200, 0xffff },
	{ 4, 0, 7, 0, 0 }, { 16, 20, 65535, 0xfffff, 0 },
	{ 16, 20, 65536, 0x80000, 1 }, { 16, 32, 0x1ffff, 0xffffffff, 0xffff },
	{ 32, 31, 0xffffffff, 0x7fffffff, 1 }, { 4, 6, UINT64_MAX, 63, 0 },
	/* clang-format on */
};

#define WIDTHS ((unsigned)(sizeof(widths) / sizeof(widths[0])))

static void
width(struct sf_trial *t)
{
	unsigned e = widths[t->c->i].ebits, s = widths[t->c->i].sbits;
	uint64_t low = widths[t->c->i].epoch & ((UINT64_C(1) << e) - 1);
	uint8_t base[SF_KEY_MAX], pt[21];
	struct sf_plain f = { .kid = (widths[t->c->i].context << (e + s)) +
				     (widths[t->c->i].index << e) + low };
	uint64_t ctr;

	sf_fill_key(t, base, t->suite->key_octets);
	sf_fill(t, pt, sizeof(pt));
	f.base = sf_bytes(base, t->suite->key_octets);
	f.meta = sf_bytes(NULL, 0);
	f.pt = sf_bytes(pt, sizeof(pt));
	sf_new(t, "a");
	sf_begin(t, "epoch");
	sf_put(t, "ctx", "a");
	sf_put_u64(t, "epoch", widths[t->c->i].epoch);
	sf_put_hex(t, "base", f.base);
	sf_put_u64(t, "ebits", e);
	sf_put_u64(t, "sbits", s);
	sf_ask(t);
	if (t->reply == SF_R_NO && (s == 0 || e + s > 40)) {
		sf_record(t,
		    "%u bits of epoch and %u of index are refused (%s)", e, s,
		    t->reason);
		return;
	}
	sf_must_ok(t, "the base key of an epoch");
	sf_begin(t, "mseal");
	sf_put(t, "ctx", "a");
	sf_put_u64(t, "epoch", widths[t->c->i].epoch);
	sf_put_u64(t, "index", widths[t->c->i].index);
	sf_put_u64(t, "context", widths[t->c->i].context);
	sf_put_hex(t, "meta", f.meta);
	sf_put_hex(t, "pt", f.pt);
	sf_ask(t);
	(void)sf_must_be_sealed(t, &f, &ctr);
}

void
sf_cases_export(struct sf_catalogue *k)
{
	static const struct sf_family rows[] = {
		/* clang-format off */
		{ "ml-export", "mls", "5.2", "MLS-01", "The base key is exported with an empty context and as long as the AEAD key", EACH_SUITE, 3, SF_NEED(MLS_EXPORT), export_key },
		{ "ml-export-other", "mls", "5.2", "MLS-01", "A frame under another export of the same secret is refused", EACH_SUITE, OTHERS, SF_NEED(MLS_EXPORT) | SF_NEED(MLS) | SF_NEED(OPEN), wrong_export },
		{ "ml-width", "mls", "5.2", "MLS-03", "KIDs with other numbers of bits for epoch and index", FIRST_SUITE, WIDTHS, SF_NEED(MLS), width },
		/* clang-format on */
	};

	sf_catalogue_add(k, rows, sizeof(rows) / sizeof(rows[0]));
}
