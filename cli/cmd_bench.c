/*
 * cmd_bench.c - what each cipher suite costs per frame, beside what OpenSSL
 * alone needs for the same cipher and size in the same run.
 *
 * Ours is a whole frame: the header written or read, the key found by its KID,
 * the nonce, the AEAD over header and frame. Frames of both kinds take turns
 * in short batches; a figure is the median of its batches, so that what else
 * runs on the machine disturbs both alike, and little.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/cmd.h"
#include "cli/output.h"
#include "engine/crypto/bare.h"
#include "engine/keys/keys.h"
#include "parsers/sframe/header.h"
#include "report/emit.h"

#define KID          9
#define SECONDS      8 /* without --seconds */
#define SECONDS_MOST 3600
#define BATCH        32   /* frames between two looks at the clock */
#define BATCHES      4096 /* kept for the median */
#define LARGEST      1200
#define ROOM         (LARGEST + 64)

/* Opus at usual rates, a small and a large packet of video. */
static const unsigned sizes[] = { 40, 120, 240, 600, LARGEST };

#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

enum way { SEAL, OPEN, BARE_SEAL, BARE_OPEN, WAYS };

struct figures {
	double ns[WAYS]; /* of one frame */
};

struct bench {
	struct sf_keys *keys;
	struct sf_bare *bare_ctx;
	const struct sf_suite *suite;
	uint64_t ctr;
	size_t n; /* octets of plaintext */
	uint8_t pt[ROOM], sealed[ROOM], bare[ROOM], out[ROOM];
	double batches[WAYS][BATCHES]; /* nanoseconds of a frame */
	struct figures figures[SF_SUITES][SIZES];
};

static double
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* ---- one frame ----------------------------------------------------------- */

static bool
seal_one(struct bench *b)
{
	uint64_t ctr = b->ctr++;
	uint16_t suite = 0;
	size_t header = sf_sframe_header_write(b->sealed, KID, ctr);

	return sf_keys_seal(b->keys, KID, ctr, 0, sf_bytes(b->sealed, header),
		   sf_bytes(b->pt, b->n), b->sealed + header,
		   &suite) == SF_SEALED;
}

static bool
open_one(struct bench *b)
{
	size_t n = b->n + b->suite->tag_octets + SF_SFRAME_HEADER_MAX;
	struct sf_sframe_header h;
	struct sf_diag d;

	if (sf_sframe_header_parse(&h, sf_bytes(b->sealed, n), &d) != SF_OK)
		return false;
	h.payload = sf_bytes(h.payload.p, b->n + b->suite->tag_octets);
	return sf_keys_open(b->keys, h.kid, h.ctr, 0, h.aad, h.payload, b->out)
		   .status == SF_OPENED;
}

static bool
run_batch(struct bench *b, enum way way)
{
	bool good = true;

	for (unsigned i = 0; good && i < BATCH; i++)
		switch (way) {
		case SEAL:
			good = seal_one(b);
			break;
		case OPEN:
			good = open_one(b);
			break;
		case BARE_SEAL:
			good = sf_bare_seal(b->bare_ctx, b->pt, b->n, b->bare);
			break;
		case BARE_OPEN:
			good = sf_bare_open(b->bare_ctx, b->bare, b->n, b->out);
			break;
		case WAYS:
			break;
		}
	return good;
}

/* ---- one size of one suite ----------------------------------------------- */

static int
compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static bool
measure(struct bench *b, double budget_ns, struct figures *out)
{
	double end = now_ns() + budget_ns;
	size_t n = 0;

	for (bool warm = false; n < BATCHES; warm = true) {
		double before = now_ns();

		if (n > 0 && before > end)
			break;
		for (enum way way = SEAL; way < WAYS; way++) {
			double after;

			if (!run_batch(b, way))
				return false;
			after = now_ns();
			b->batches[way][n] = (after - before) / BATCH;
			before = after;
		}
		n += warm; /* the first fills caches, and makes keys ready */
	}
	for (enum way way = SEAL; way < WAYS; way++) {
		qsort(b->batches[way], n, sizeof(double), compare);
		out->ns[way] = b->batches[way][n / 2];
	}
	return true;
}

static struct sf_keys *
make_keys(const struct sf_suite *suite)
{
	struct sf_keyfile *file = calloc(1, sizeof(*file));
	struct sf_keys *keys;

	if (file == NULL)
		return NULL;
	file->n = 1;
	file->keys[0].kid = KID;
	file->keys[0].suite = suite->id;
	file->keys[0].n = 16; /* zeros: there is nothing to keep secret */
	keys = sf_keys_new(&sf_crypto_ossl, file);
	free(file);
	return keys;
}

static bool
measure_suite(struct bench *b, uint16_t id, double budget_ns)
{
	bool good;

	b->suite = sf_suite_by_id(id);
	b->keys = make_keys(b->suite);
	b->bare_ctx = sf_bare_new(b->suite);
	good = b->keys != NULL && b->bare_ctx != NULL;
	for (size_t i = 0; good && i < SIZES; i++) {
		b->n = sizes[i];
		good = measure(b, budget_ns, &b->figures[id - 1][i]);
	}
	sf_keys_free(b->keys);
	sf_bare_free(b->bare_ctx);
	return good;
}

/* ---- what is shown ------------------------------------------------------- */

static void
print_text(const struct bench *b, double seconds)
{
	printf("%s, %.0f seconds. Microseconds per frame and frames per "
	       "second; bare is OpenSSL\nalone: cipher, associated data and tag, without "
	       "header, key lookup and nonce.\n\n",
	    sf_crypto_ossl.version, seconds);
	printf("%-26s %6s  %8s %9s %8s  %8s %9s %8s\n", "suite", "octets",
	    "seal us", "per s", "bare us", "open us", "per s", "bare us");
	for (uint16_t id = 1; id <= SF_SUITES; id++)
		for (size_t i = 0; i < SIZES; i++) {
			const double *ns = b->figures[id - 1][i].ns;

			printf("%-26s %6u  %8.3f %9.0f %8.3f  %8.3f %9.0f "
			       "%8.3f\n",
			    i == 0 ? sf_suite_by_id(id)->name : "", sizes[i],
			    ns[SEAL] / 1e3, 1e9 / ns[SEAL], ns[BARE_SEAL] / 1e3,
			    ns[OPEN] / 1e3, 1e9 / ns[OPEN],
			    ns[BARE_OPEN] / 1e3);
		}
}

static void
emit_way(struct sf_emit *e, const char *name, double ours, double bare)
{
	sf_emit_open(e, name, '{');
	sf_emit_double(e, "us_per_frame", ours / 1e3);
	sf_emit_double(e, "frames_per_second", 1e9 / ours);
	sf_emit_double(e, "openssl_us_per_frame", bare / 1e3);
	sf_emit_close(e, '{');
}

static void
print_json(const struct bench *b, double seconds)
{
	struct sf_emit e = sf_emit(stdout, true);

	sf_emit_open(&e, NULL, '{');
	sf_emit_string(&e, "schema", "sframe-tool/bench/v1");
	sf_emit_string(&e, "openssl", sf_crypto_ossl.version);
	sf_emit_double(&e, "seconds", seconds);
	sf_emit_open(&e, "rows", '[');
	for (uint16_t id = 1; id <= SF_SUITES; id++)
		for (size_t i = 0; i < SIZES; i++) {
			const double *ns = b->figures[id - 1][i].ns;

			sf_emit_open(&e, NULL, '{');
			sf_emit_count(&e, "suite_id", id);
			sf_emit_string(&e, "suite", sf_suite_by_id(id)->name);
			sf_emit_count(&e, "octets", sizes[i]);
			emit_way(&e, "seal", ns[SEAL], ns[BARE_SEAL]);
			emit_way(&e, "open", ns[OPEN], ns[BARE_OPEN]);
			sf_emit_close(&e, '{');
		}
	sf_emit_close(&e, '[');
	sf_emit_close(&e, '{');
	sf_emit_end(&e);
}

enum sf_exit
sf_cmd_bench(const struct sf_config *c)
{
	struct bench *b;
	double seconds = c->seconds.given ? (double)c->seconds.v : SECONDS;
	bool good = true;

	if (c->seconds.given &&
	    (c->seconds.v < 1 || c->seconds.v > SECONDS_MOST)) {
		sf_complain(NULL, "bench: --seconds is 1 to 3600");
		return SF_EXIT_USAGE;
	}
	b = calloc(1, sizeof(*b));
	for (uint16_t id = 1; b != NULL && good && id <= SF_SUITES; id++)
		good = measure_suite(
		    b, id, seconds * 1e9 / (double)(SF_SUITES * SIZES));
	if (b == NULL || !good)
		sf_complain(NULL, "bench: the library failed, or no memory");
	else if (c->json)
		print_json(b, seconds);
	else
		print_text(b, seconds);
	good = good && b != NULL;
	free(b);
	return good ? SF_EXIT_OK : SF_EXIT_INTERNAL;
}
