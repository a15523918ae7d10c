/*
 * cases_frames.c - frames both ways: sizes, key streams, what is left after a
 * failure, metadata.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/conform/conform.h"

#define MORE (17 + SF_TAG_MAX)

/* A key, and octets to put into a frame. */
struct job {
	uint8_t base[32], *pt, *meta, *ct;
	struct sf_plain f;
};

static bool
prepare(
    struct sf_trial *t, struct job *j, uint64_t kid, size_t n_meta, size_t n)
{
	j->pt = malloc(n + 1);
	j->meta = malloc(n_meta + 1);
	j->ct = malloc(n + 2 * MORE);
	if (j->pt == NULL || j->meta == NULL || j->ct == NULL) {
		sf_fail(t, "no memory for a frame of %zu octets", n);
		return false;
	}
	sf_fill_key(t, j->base, sizeof(j->base));
	sf_fill_key(t, j->pt, n);
	sf_fill_key(t, j->meta, n_meta);
	j->f = (struct sf_plain){ .base = sf_bytes(j->base, sizeof(j->base)),
		.kid = kid,
		.meta = sf_bytes(j->meta, n_meta),
		.pt = sf_bytes(j->pt, n) };
	return true;
}

static void
done(struct job *j)
{
	free(j->pt);
	free(j->meta);
	free(j->ct);
}

/* A shim that seals frames of this size cannot have a reason to refuse one. */
static void
check_size(struct sf_trial *t, const struct job *j)
{
	char what[96], reason[16];

	if (t->reply != SF_R_NO || t->beyond[0] == '\0' || t->declared ||
	    t->cause != NULL || (t->run->info.caps & SF_NEED(SEAL)) == 0)
		return;
	memcpy(what, t->beyond, sizeof(what));
	memcpy(reason, t->reason, sizeof(reason));
	sf_new(t, "a");
	sf_must_key(t, "a", "send", j->f.kid, j->f.base);
	sf_seal(t, "a", j->f.kid, j->f.meta, j->f.pt);
	if (t->reply == SF_R_OK)
		sf_fail(t,
		    "%s: a genuine frame is refused (%s), and one of that size "
		    "is sealed",
		    what, reason);
	else if (t->reply == SF_R_NO)
		sf_record(
		    t, "%s: refused (%s), and not sealed either", what, reason);
}

static void
open_job(struct sf_trial *t, struct job *j, const char *what)
{
	sf_new(t, "a");
	sf_must_key(t, "a", "recv", j->f.kid, j->f.base);
	sf_open(
	    t, "a", j->f.meta, sf_bytes(j->ct, sf_seal_by_us(t, &j->f, j->ct)));
	check_size(t, j);
	if (sf_must_ok(t, what))
		sf_must_octets(t, "pt", j->f.pt);
}

static void
seal_job(struct sf_trial *t, struct job *j)
{
	uint64_t ctr;

	sf_new(t, "a");
	sf_must_key(t, "a", "send", j->f.kid, j->f.base);
	sf_must_seal(t, "a", &j->f, &ctr);
}

/* ---- sizes --------------------------------------------------------------- */

static const size_t sizes[] = { 0, 1, 15, 16, 17, 31, 32, 255, 1200, 65535,
	65536 };
static const size_t large[] = { 1 << 20, 16 << 20 };

#define SIZES ((unsigned)(sizeof(sizes) / sizeof(sizes[0])))
#define LARGE ((unsigned)(sizeof(large) / sizeof(large[0])))

static void
open_of(struct sf_trial *t, size_t n)
{
	struct job j;

	if (prepare(t, &j, 0x123, 0, n))
		open_job(t, &j, "to open a frame that is genuine");
	done(&j);
}

static void
seal_of(struct sf_trial *t, size_t n)
{
	struct job j;

	if (prepare(t, &j, 0x123, 0, n))
		seal_job(t, &j);
	done(&j);
}

static void
size_open(struct sf_trial *t)
{
	open_of(t, sizes[t->c->i]);
}

static void
size_seal(struct sf_trial *t)
{
	seal_of(t, sizes[t->c->i]);
}

static void
large_open(struct sf_trial *t)
{
	open_of(t, large[t->c->i]);
}

static void
large_seal(struct sf_trial *t)
{
	seal_of(t, large[t->c->i]);
}

static const size_t metas[] = { 0, 1, 16, 255, 256, 511, 512, 513, 4096,
	65536 };

#define METAS ((unsigned)(sizeof(metas) / sizeof(metas[0])))

static void
meta_open(struct sf_trial *t)
{
	struct job j;

	if (prepare(t, &j, 0x123, metas[t->c->i], 21))
		open_job(t, &j, "to open a frame with metadata");
	done(&j);
}

static void
meta_seal(struct sf_trial *t)
{
	struct job j;

	if (prepare(t, &j, 0x123, metas[t->c->i], 21))
		seal_job(t, &j);
	done(&j);
}

/* ---- metadata that is not the frame's ------------------------------------ */

static void
meta_swapped(struct sf_trial *t)
{
	struct job j, other;
	size_t n, m;

	if (prepare(t, &j, 0x123, 16, 21) &&
	    prepare(t, &other, 0x123, 16, 21)) {
		other.f.base = j.f.base;
		other.f.ctr = 1;
		sf_new(t, "a");
		sf_must_key(t, "a", "recv", j.f.kid, j.f.base);
		n = sf_seal_by_us(t, &j.f, j.ct);
		m = sf_seal_by_us(t, &other.f, other.ct);
		sf_must_refuse(t, "a", other.f.meta, sf_bytes(j.ct, n),
		    "the metadata of another frame");
		sf_must_refuse(t, "a", j.f.meta, sf_bytes(other.ct, m),
		    "the metadata of another frame");
		t->otherwise = "DEC-05"; /* what was refused changes nothing */
		sf_must_open(t, "a", &j.f, sf_bytes(j.ct, n));
		sf_must_open(t, "a", &other.f, sf_bytes(other.ct, m));
		done(&other);
	}
	done(&j);
}

/* Twice the same call, with metadata: the input is the caller's. */
static void
meta_twice(struct sf_trial *t)
{
	struct job j;
	size_t n;

	if (prepare(t, &j, 0x123, 40, 21)) {
		sf_new(t, "a");
		sf_new(t, "b");
		sf_must_key(t, "a", "recv", j.f.kid, j.f.base);
		sf_must_key(t, "b", "recv", j.f.kid, j.f.base);
		n = sf_seal_by_us(t, &j.f, j.ct);
		sf_must_open(t, "a", &j.f, sf_bytes(j.ct, n));
		sf_must_open(t, "b", &j.f, sf_bytes(j.ct, n));
		sf_open(t, "a", j.f.meta, sf_bytes(j.ct, n));
		if (t->reply == SF_R_OK)
			sf_must_octets(t, "pt", j.f.pt);
	}
	done(&j);
}

/* ---- key streams --------------------------------------------------------- */

/* Frames of zeroes show their key stream: no block of one is in another. */
static void
keystream_from(struct sf_trial *t, uint64_t from)
{
	enum { N = 4, LONG = 64 };
	uint8_t base[32], zeroes[LONG] = { 0 }, seen[N][LONG];
	struct sf_plain f = { .kid = 0x123, .pt = sf_bytes(zeroes, LONG) };
	uint64_t ctr;
	struct sf_bytes ct;

	f.meta = sf_bytes(NULL, 0);
	sf_fill_key(t, base, sizeof(base));
	f.base = sf_bytes(base, sizeof(base));
	sf_new(t, "a");
	sf_must_key(t, "a", "send", f.kid, f.base);
	if (from != 0) {
		sf_begin(t, "ctr");
		sf_put(t, "ctx", "a");
		sf_put_u64(t, "kid", f.kid);
		sf_put_u64(t, "next", from);
		sf_ask(t);
		sf_must_ok(t, "to go on with a counter that was not used yet");
	}
	for (unsigned i = 0; i < N; i++) {
		sf_seal(t, "a", f.kid, f.meta, f.pt);
		if (!sf_must_ok(t, "to seal a frame") ||
		    !sf_take_hex(t, "ct", &ct))
			return;
		if (ct.n < (size_t)LONG + t->suite->tag_octets) {
			sf_blame_part(t, "");
			if (t->blame == NULL)
				t->blame = "CT-02";
			sf_fail(t, "a frame of %zu octets", ct.n);
			return;
		}
		memcpy(
		    seen[i], ct.p + ct.n - t->suite->tag_octets - LONG, LONG);
	}
	for (unsigned a = 0; a < N; a++)
		for (unsigned b = a + 1; b < N; b++)
			for (unsigned x = 0; x + 16 <= LONG; x++)
				for (unsigned y = 0; y + 16 <= LONG; y++)
					if (memcmp(seen[a] + x, seen[b] + y,
						16) == 0)
						sf_fail(t,
						    "frames %u and %u have "
						    "the same key stream at "
						    "octets %u and %u",
						    a, b, x, y);
	sf_seal(t, "a", f.kid, f.meta, f.pt);
	(void)sf_must_be_sealed(t, &f, &ctr);
}

static void
keystream(struct sf_trial *t)
{
	keystream_from(t, 0);
}

/* Over the end of an octet, and of 32 bits. */
static void
keystream_far(struct sf_trial *t)
{
	keystream_from(t, t->c->i == 0 ? 254 : (UINT64_C(1) << 32) - 2);
}

/* ---- after a failure ----------------------------------------------------- */

/* The place of a run of the plaintext in what is left; or not. */
static bool
holds(struct sf_bytes out, struct sf_bytes pt)
{
	for (size_t i = 0; i + 16 <= out.n; i++)
		for (size_t k = 0; k + 16 <= pt.n; k += 16)
			if (memcmp(out.p + i, pt.p + k, 16) == 0)
				return true;
	return false;
}

static void
no_release(struct sf_trial *t)
{
	struct job j;
	struct sf_bytes left;
	size_t n;

	if (prepare(t, &j, 0x123, 0, 64)) {
		sf_new(t, "a");
		sf_must_key(t, "a", "recv", j.f.kid, j.f.base);
		n = sf_seal_by_us(t, &j.f, j.ct);
		j.ct[n - 1 - t->c->i] ^= 1;
		sf_must_refuse_forged(t, "a", j.f.meta, sf_bytes(j.ct, n),
		    "a tag with one bit flipped");
		sf_begin(t, "peek");
		sf_put(t, "ctx", "a");
		sf_ask(t);
		if (sf_must_ok(t, "to show what is left in the buffer") &&
		    sf_take_hex(t, "out", &left) && holds(left, j.f.pt)) {
			if (t->suite->mode == SF_MODE_CTR)
				sf_fail(t,
				    "plaintext is in the output buffer after "
				    "a failed tag (RFC 9605 4.5.1 verifies "
				    "before it decrypts)");
			else
				sf_record(t,
				    "plaintext is in the output buffer after "
				    "a failed tag; the documents do not "
				    "forbid it for GCM");
		}
	}
	done(&j);
}

/* Frames of each other suite, with this KID and key. */
static void
other_suite(struct sf_trial *t)
{
	const struct sf_suite *mine = t->suite;
	unsigned id = t->c->i + 1 < mine->id ? t->c->i + 1 : t->c->i + 2;
	struct job j;
	size_t n;

	if (prepare(t, &j, 0x123, 0, 40)) {
		t->suite = sf_suite_by_id((uint16_t)id);
		n = sf_seal_by_us(t, &j.f, j.ct);
		t->suite = mine;
		sf_new(t, "a");
		sf_must_key(t, "a", "recv", j.f.kid, j.f.base);
		sf_must_refuse(t, "a", j.f.meta, sf_bytes(j.ct, n),
		    "a frame of another suite under the same key and KID");
	}
	done(&j);
}

/* A frame in front of and behind another. */
static void
two_frames(struct sf_trial *t)
{
	struct job j;
	size_t n;

	if (prepare(t, &j, 0x123, 0, 16)) {
		uint8_t both[256];

		n = sf_seal_by_us(t, &j.f, j.ct);
		memcpy(both, j.ct, n);
		j.f.ctr = 1;
		memcpy(both + n, j.ct, sf_seal_by_us(t, &j.f, j.ct));
		memcpy(both + n, j.ct, n);
		sf_new(t, "a");
		sf_must_key(t, "a", "recv", j.f.kid, j.f.base);
		sf_must_refuse(t, "a", j.f.meta, sf_bytes(both, 2 * n),
		    "two frames one behind the other");
		sf_must_open(t, "a", &j.f, sf_bytes(j.ct, n));
	}
	done(&j);
}

void
sf_cases_frames(struct sf_catalogue *k)
{
	static const struct sf_family rows[] = {
		/* clang-format off */
		{ "fr-pt-open", "frames", "4.4.4", "CT-02 DEC-01", "A frame with a plaintext of this length opens", EACH_SUITE, SIZES, SF_NEED(OPEN), size_open },
		{ "fr-pt-seal", "frames", "4.4.3", "CT-02 CT-03", "A frame is its header, as many octets as the plaintext, and a tag", EACH_SUITE, SIZES, SF_NEED(SEAL), size_seal },
		{ "fr-large-open", "frames", "4.4.4", "CT-02 DEC-01", "A frame of a mebibyte, and of sixteen, opens", FIRST_SUITE, LARGE, SF_NEED(OPEN), large_open },
		{ "fr-large-seal", "frames", "4.4.3", "CT-02 CT-03", "A frame of a mebibyte, and of sixteen, is sealed", FIRST_SUITE, LARGE, SF_NEED(SEAL), large_seal },
		{ "fr-keystream", "frames", "4.4.3", "NON-01 CTR-01", "No two frames share any part of their key streams", EACH_SUITE, 1, SF_NEED(SEAL), keystream },
		{ "fr-keystream-far", "frames", "4.4.3", "NON-01 CTR-01", "No two frames share a key stream where the CTR gets an octet longer", EACH_SUITE, 2, SF_NEED(SEAL) | SF_NEED(CTR_SET), keystream_far },
		{ "fr-no-release", "frames", "4.5.1", "AEAD-08", "Nothing of the plaintext is left after a failed tag", EACH_SUITE, 2, SF_NEED(OPEN) | SF_NEED(PEEK), no_release },
		{ "fr-other-suite", "frames", "4.4.2", "KDF-05 SUITE-01", "A frame of another suite is refused", EACH_SUITE, SF_SUITES - 1, SF_NEED(OPEN), other_suite },
		{ "fr-two", "frames", "4.4.4", "DEC-05", "Two frames one behind the other are no frame", EACH_SUITE, 1, SF_NEED(OPEN), two_frames },
		{ "md-open", "metadata", "4.4.3", "AEAD-01 DEC-03", "A frame with this much metadata opens", EACH_SUITE, METAS, SF_NEED(OPEN), meta_open },
		{ "md-seal", "metadata", "4.4.3", "AEAD-01", "Header and then metadata are authenticated", EACH_SUITE, METAS, SF_NEED(SEAL), meta_seal },
		{ "md-swap", "metadata", "4.4.4", "META-02 DEC-03", "A frame is refused with the metadata of another", EACH_SUITE, 1, SF_NEED(OPEN), meta_swapped },
		{ "md-buffer", "metadata", "4.4.4", "META-02", "A frame with metadata opens the same way twice", EACH_SUITE, 1, SF_NEED(OPEN), meta_twice },
		/* clang-format on */
	};

	sf_catalogue_add(k, rows, sizeof(rows) / sizeof(rows[0]));
}
