/*
 * cases_official.c - the published test vectors: RFC 9605 appendix C, and for
 * suites 6 to 8 draft-barnes-sframe-iana-256.
 */
#include <string.h>

#include "cli/conform/conform.h"
#include "parsers/text/shim_line.h"

static const struct {
	uint64_t kid, ctr;
	const char *hdr;
} headers[] = {
#define HEADER(kid, ctr, hdr) { kid, ctr, hdr },
#define AEAD(suite, key, nonce, aad, pt, ct)
#define FRAME(suite, kid, ctr, base, meta, pt, ct, secret, key, salt)
#include "cli/conform/official.def"
#undef HEADER
#undef AEAD
#undef FRAME
};

static const struct {
	uint16_t suite;
	const char *key, *nonce, *aad, *pt, *ct;
} aeads[] = {
#define HEADER(kid, ctr, hdr)
#define AEAD(suite, key, nonce, aad, pt, ct) { suite, key, nonce, aad, pt, ct },
#define FRAME(suite, kid, ctr, base, meta, pt, ct, secret, key, salt)
#include "cli/conform/official.def"
#undef HEADER
#undef AEAD
#undef FRAME
};

static const struct {
	uint16_t suite;
	uint64_t kid, ctr;
	const char *base, *meta, *pt, *ct, *secret, *key, *salt;
} frames[] = {
#define HEADER(kid, ctr, hdr)
#define AEAD(suite, key, nonce, aad, pt, ct)
#define FRAME(suite, kid, ctr, base, meta, pt, ct, secret, key, salt)          \
	{ suite, kid, ctr, base, meta, pt, ct, secret, key, salt },
#include "cli/conform/official.def"
#undef HEADER
#undef AEAD
#undef FRAME
};

#define N(table) (sizeof(table) / sizeof((table)[0]))
#define OCTETS   160

/* Octets of a text of hexadecimal digits, in memory of the caller's. */
static struct sf_bytes
hex(const char *text, uint8_t out[OCTETS])
{
	size_t n = 0;

	if (text[0] != '\0' && strlen(text) <= 2 * OCTETS)
		(void)sf_shim_octets(sf_bytes(text, strlen(text)), out, &n);
	return sf_bytes(out, n);
}

static void
put_text(struct sf_trial *t, const char *key, const char *digits)
{
	sf_put(t, key, digits[0] == '\0' ? "-" : digits);
}

static void
must_text(struct sf_trial *t, const char *key, const char *digits)
{
	uint8_t out[OCTETS];

	sf_must_octets(t, key, hex(digits, out));
}

static void
encode(struct sf_trial *t)
{
	sf_blame_part(t, "HDR");
	sf_begin(t, "hdr-enc");
	sf_put_u64(t, "kid", headers[t->c->i].kid);
	sf_put_u64(t, "ctr", headers[t->c->i].ctr);
	sf_ask(t);
	if (sf_must_ok(t, "to encode a header"))
		must_text(t, "hdr", headers[t->c->i].hdr);
}

static void
decode(struct sf_trial *t)
{
	uint8_t hdr[OCTETS];

	sf_blame_part(t, "HDR");
	sf_begin(t, "hdr-dec");
	sf_put_hex(t, "hdr", hex(headers[t->c->i].hdr, hdr));
	sf_ask(t);
	if (!sf_must_ok(t, "to decode a header"))
		return;
	sf_must_u64(t, "kid", headers[t->c->i].kid);
	sf_must_u64(t, "ctr", headers[t->c->i].ctr);
	sf_must_u64(t, "len", strlen(headers[t->c->i].hdr) / 2);
}

static void
aead(struct sf_trial *t)
{
	sf_blame_part(t, "AEAD");
	for (unsigned sealing = 0; sealing < 2; sealing++) {
		sf_begin(t, sealing ? "aead-seal" : "aead-open");
		sf_put_u64(t, "suite", t->suite->id);
		put_text(t, "key", aeads[t->c->i].key);
		put_text(t, "nonce", aeads[t->c->i].nonce);
		put_text(t, "aad", aeads[t->c->i].aad);
		put_text(t, sealing ? "pt" : "ct",
		    sealing ? aeads[t->c->i].pt : aeads[t->c->i].ct);
		sf_ask(t);
		if (sf_must_ok(t, "the published AEAD vector"))
			must_text(t, sealing ? "ct" : "pt",
			    sealing ? aeads[t->c->i].ct : aeads[t->c->i].pt);
	}
}

static void
must_if_there(struct sf_trial *t, const char *key, const char *digits)
{
	struct sf_bytes value;

	if (sf_shim_value(t->words, key, &value))
		must_text(t, key, digits);
}

static void
kdf(struct sf_trial *t)
{
	uint8_t base[OCTETS];

	sf_begin(t, "kdf");
	sf_put_u64(t, "suite", t->suite->id);
	sf_put_u64(t, "kid", frames[t->c->i].kid);
	sf_put_hex(t, "base", hex(frames[t->c->i].base, base));
	sf_ask(t);
	if (!sf_must_ok(t, "to derive the published keys"))
		return;
	sf_blame_part(t, "KDF");
	must_if_there(t, "secret", frames[t->c->i].secret);
	must_if_there(t, "key", frames[t->c->i].key);
	must_if_there(t, "salt", frames[t->c->i].salt);
}

static void
context(struct sf_trial *t, const char *use)
{
	uint8_t base[OCTETS];

	sf_new(t, "a");
	sf_must_key(
	    t, "a", use, frames[t->c->i].kid, hex(frames[t->c->i].base, base));
}

static void
seal(struct sf_trial *t)
{
	uint8_t base[OCTETS], meta[OCTETS], pt[OCTETS], ct[OCTETS];
	struct sf_plain f = { .base = hex(frames[t->c->i].base, base),
		.kid = frames[t->c->i].kid,
		.ctr = frames[t->c->i].ctr,
		.meta = hex(frames[t->c->i].meta, meta),
		.pt = hex(frames[t->c->i].pt, pt) };

	context(t, "send");
	sf_begin(t, "ctr");
	sf_put(t, "ctx", "a");
	sf_put_u64(t, "kid", f.kid);
	sf_put_u64(t, "next", f.ctr);
	sf_ask(t);
	sf_must_ok(t, "to go on with a counter that was not used yet");
	sf_seal(t, "a", f.kid, f.meta, f.pt);
	if (sf_must_ok(t, "to seal the published frame"))
		sf_must_be_octets(t, &f, hex(frames[t->c->i].ct, ct));
}

static void
open(struct sf_trial *t)
{
	uint8_t meta[OCTETS], ct[OCTETS];

	context(t, "recv");
	sf_open(t, "a", hex(frames[t->c->i].meta, meta),
	    hex(frames[t->c->i].ct, ct));
	if (sf_must_ok(t, "to open the published frame"))
		must_text(t, "pt", frames[t->c->i].pt);
}

/* Families whose case i is row i; the suite is the row's. */
static void
add_rows(struct sf_catalogue *k, const struct sf_family *f, size_t n,
    uint16_t (*suite_of)(size_t row))
{
	for (size_t i = 0; i < n; i++) {
		struct sf_case *c = sf_catalogue_room(k);
		uint16_t suite = suite_of(i);
		char of[16] = "";

		if (c == NULL)
			return;
		if (suite != 0)
			snprintf(of, sizeof(of), "-s%u", suite);
		snprintf(c->id, sizeof(c->id), "%s%s-%02zu", f->id, of, i + 1);
		c->tag = f->tag;
		c->section = f->section;
		c->requirements = f->requirements;
		c->says = f->says;
		c->suite = suite;
		c->i = (unsigned)i;
		c->needs = f->needs;
		c->quick = suite != 0 || i % 5 == 0;
		c->run = f->run;
	}
}

static uint16_t
no_suite(size_t row)
{
	(void)row;
	return 0;
}

static uint16_t
aead_suite(size_t row)
{
	return aeads[row].suite;
}

static uint16_t
frame_suite(size_t row)
{
	return frames[row].suite;
}

void
sf_cases_official(struct sf_catalogue *k)
{
	/* clang-format off */
	static const struct sf_family enc = { "ka-hdr-enc", "known", "C.1", "HDR-12 HDR-05", "A published header is encoded as published", ONCE, 0, SF_NEED(HEADER), encode };
	static const struct sf_family dec = { "ka-hdr-dec", "known", "C.1", "HDR-12", "A published header is decoded as published", ONCE, 0, SF_NEED(HEADER), decode };
	static const struct sf_family box = { "ka-aead", "known", "C.2", "AEAD-02 AEAD-03 AEAD-05", "The published AEAD vector holds both ways", ONCE, 0, SF_NEED(AEAD), aead };
	static const struct sf_family der = { "ka-kdf", "known", "C.3", "KDF-07", "The published secret, key and salt are derived", ONCE, 0, SF_NEED(KDF), kdf };
	static const struct sf_family put = { "ka-seal", "known", "C.3", "AEAD-01", "The published frame is sealed through the public interface", ONCE, 0, SF_NEED(SEAL) | SF_NEED(CTR_SET), seal };
	static const struct sf_family get = { "ka-open", "known", "C.3", "DEC-03", "The published frame is opened through the public interface", ONCE, 0, SF_NEED(OPEN), open };
	/* clang-format on */

	add_rows(k, &enc, N(headers), no_suite);
	add_rows(k, &dec, N(headers), no_suite);
	add_rows(k, &box, N(aeads), aead_suite);
	add_rows(k, &der, N(frames), frame_suite);
	add_rows(k, &put, N(frames), frame_suite);
	add_rows(k, &get, N(frames), frame_suite);
}
