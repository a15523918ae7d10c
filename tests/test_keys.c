/*
 * Key material by KID: every scheme, the suites that are tried, the bounds, the
 * negative control, and that secrets are wiped. Frames are sealed with the
 * derivations of kdf.h one by one, not with keys.c.
 */
#include "engine/keys/keys.h"
#include "parsers/sframe/header.h"
#include "tests/rows.h"

#include <stdio.h>
#include <string.h>

static const struct sf_crypto *const crypto = &sf_crypto_ossl;

#define PLAIN "66 72 61 6d 65"
#define FRAME 128

struct frame {
	uint64_t kid, ctr;
	struct sf_bytes header, ct;
	uint8_t octets[FRAME];
};

static struct sf_keyfile *
read_keys(const char *members)
{
	struct sf_keyfile *file = malloc(sizeof(*file));
	struct sf_keyfile_error e;
	char text[4096];

	assert_non_null(file);
	snprintf(text, sizeof(text), "{\"schema\":\"sframe-tool/keys/v1\",%s}",
	    members);
	if (!sf_keyfile_read(file, sf_bytes(text, strlen(text)), &e))
		fail_msg("%s: %s", e.place, e.cause);
	return file;
}

static struct sf_keys *
new_keys(const char *members)
{
	struct sf_keyfile *file = read_keys(members);
	struct sf_keys *k = sf_keys_new(crypto, file);

	assert_non_null(k);
	memset(file, 0x5a, sizeof(*file)); /* it may be wiped after that */
	free(file);
	return k;
}

/* A frame under a base key, made by the book. */
static void
make_frame(struct frame *f, uint16_t id, struct sf_bytes base, uint64_t kid,
    uint64_t ctr)
{
	const struct sf_suite *suite = sf_suite_by_id(id);
	size_t n = sf_sframe_header_write(f->octets, kid, ctr);
	struct sf_bytes pt = hex_octets(PLAIN);
	uint8_t nonce[SF_NONCE];
	struct sf_schedule s;
	struct sf_aead *a;

	assert_true(sf_kdf_schedule(&s, crypto, suite, base, kid));
	a = crypto->aead_new(suite, s.key);
	assert_non_null(a);
	sf_kdf_nonce(nonce, s.salt, ctr);
	f->kid = kid;
	f->ctr = ctr;
	f->header = sf_bytes(f->octets, n);
	f->ct = sf_bytes(f->octets + n, pt.n + suite->tag_octets);
	assert_true(crypto->seal(
	    a, nonce, f->header, sf_bytes(NULL, 0), pt, f->octets + n));
	crypto->aead_free(a);
	hex_free(pt);
}

static struct sf_opened
open_frame(struct sf_keys *k, const struct frame *f, uint32_t ssrc)
{
	uint8_t pt[FRAME];
	struct sf_opened o =
	    sf_keys_open(k, f->kid, f->ctr, ssrc, f->header, f->ct, pt);

	if (o.status == SF_OPENED)
		expect_octets("plaintext", sf_bytes(pt, 5), PLAIN);
	return o;
}

/* Opens under that entry and suite; or, with suite 0, does not open. */
static void
expect_open(const char *row, struct sf_keys *k, const struct frame *f,
    uint32_t ssrc, uint16_t suite, unsigned entry)
{
	struct sf_opened o = open_frame(k, f, ssrc);

	EXPECT(row, o.status, suite == 0 ? SF_FORGED : SF_OPENED);
	if (suite == 0)
		return;
	EXPECT(row, o.known, true);
	EXPECT(row, o.suite, suite);
	EXPECT(row, o.entry, entry);
	EXPECT(row, sf_keys_has(k, f->kid, ssrc), true);
}

/* ---- counted ------------------------------------------------------------- */

/* What was asked of a crypto that counts; its functions have no context. */
struct count {
	struct sf_crypto c;
	unsigned made;  /* AEAD keys, since the start */
	unsigned kept;  /* AEAD keys not yet freed */
	unsigned opens; /* calls */
	unsigned wiped; /* places that held the secret */
};

static struct count count;

static struct sf_aead *
counting_new(const struct sf_suite *suite, const uint8_t *key)
{
	count.made++;
	count.kept++;
	return sf_crypto_ossl.aead_new(suite, key);
}

static void
counting_free(struct sf_aead *a)
{
	count.kept -= a != NULL;
	sf_crypto_ossl.aead_free(a);
}

static enum sf_open_status
counting_open(struct sf_aead *a, const uint8_t nonce[SF_NONCE],
    struct sf_bytes aad1, struct sf_bytes aad2, struct sf_bytes ct, uint8_t *pt)
{
	count.opens++;
	return sf_crypto_ossl.open(a, nonce, aad1, aad2, ct, pt);
}

static struct sf_keys *
new_counting_keys(const char *members)
{
	struct sf_keyfile *file = read_keys(members);
	struct sf_keys *k;

	count = (struct count){ .c = sf_crypto_ossl };
	count.c.aead_new = counting_new;
	count.c.aead_free = counting_free;
	count.c.open = counting_open;
	k = sf_keys_new(&count.c, file);
	assert_non_null(k);
	free(file);
	return k;
}

/* ---- raw ----------------------------------------------------------------- */

static void
raw_keys_open(void **state)
{
	struct sf_bytes a = hex_octets("aa*16"), b = hex_octets("bb*20");
	struct sf_keys *k = new_keys(
	    "\"suite\":4,\"keys\":["
	    "{\"kid\":9,\"base_key\":\"00\"},"
	    "{\"kid\":9,\"base_key\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\","
	    "\"owner\":\"a\"},"
	    "{\"kid\":9,\"base_key\":"
	    "\"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\",\"ssrc\":7},"
	    "{\"kid\":\"18446744073709551615\",\"suite\":6,\"base_key\":"
	    "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}]");
	struct frame f;

	(void)state;
	make_frame(&f, 4, a, 9, 0);
	expect_open("the second entry", k, &f, 1, 4, 1);
	expect_open("and again", k, &f, 2, 4, 1);
	make_frame(&f, 4, b, 9, UINT64_MAX);
	expect_open("scoped to an SSRC", k, &f, 7, 4, 2);
	expect_open("and to no other", k, &f, 8, 0, 0);
	make_frame(&f, 6, a, UINT64_MAX, 5);
	expect_open("largest KID", k, &f, 1, 6, 3);
	make_frame(&f, 5, a, 9, 0);
	expect_open("another suite", k, &f, 1, 0, 0);
	assert_false(sf_keys_has(k, 10, 7));
	make_frame(&f, 4, a, 10, 0);
	assert_false(open_frame(k, &f, 7).known);
	assert_int_equal(open_frame(k, &f, 7).status, SF_FORGED);
	sf_keys_free(k);
	sf_keys_free(NULL);
	hex_free(a);
	hex_free(b);
}

static void
metadata_is_authenticated(void **state)
{
	struct sf_bytes a = hex_octets("aa");
	struct sf_keys *k =
	    new_keys("\"suite\":1,\"metadata\":\"4945\",\"keys\":"
		     "[{\"kid\":1,\"base_key\":\"aa\"}]");
	struct sf_keys *none = new_keys("\"suite\":1,\"keys\":[{\"kid\":1,"
					"\"base_key\":\"aa\"}]");
	struct frame f;
	uint8_t ct[64];
	uint16_t suite = 0;
	struct sf_bytes header = hex_octets("10");

	(void)state;
	make_frame(&f, 1, a, 1, 0);
	expect_open("without", none, &f, 0, 1, 0);
	expect_open("with", k, &f, 0, 0, 0);
	assert_int_equal(
	    sf_keys_seal(k, 1, 0, 0, header, sf_bytes("frame", 5), ct, &suite),
	    SF_SEALED);
	f.ct = sf_bytes(ct, 5 + 10);
	expect_open("sealed with", k, &f, 0, 1, 0);
	sf_keys_free(k);
	sf_keys_free(none);
	hex_free(a);
	hex_free(header);
}

static void
short_frames_are_told_apart(void **state)
{
	struct sf_keys *k =
	    new_keys("\"suite\":4,\"keys\":[{\"kid\":1,\"base_key\":\"aa\"}]");
	struct sf_bytes none = sf_bytes(NULL, 0);

	(void)state;
	assert_int_equal(
	    sf_keys_open(k, 1, 0, 0, none, none, NULL).status, SF_TOO_SHORT);
	assert_int_equal(sf_keys_open(k, 1, 0, 0, none,
			     sf_bytes("0123456789abcdef", 16), NULL)
			     .status,
	    SF_FORGED);
	sf_keys_free(k);
}

/* ---- suites -------------------------------------------------------------- */

static void
unknown_suites_are_found(void **state)
{
	struct sf_bytes a = hex_octets("aa");

	(void)state;
	for (uint16_t id = 1; id <= SF_SUITES; id++) {
		const struct sf_suite *suite = sf_suite_by_id(id);
		uint16_t other = id == 4 ? 5 : 4;
		struct sf_keys *k =
		    new_keys("\"keys\":[{\"kid\":1,\"base_key\":\"aa\"}]");
		struct frame f;

		make_frame(&f, id, a, 1, 0);
		expect_open(suite->name, k, &f, 0, id, 0);
		make_frame(&f, other, a, 1, 1);
		/* settled by now, unless a tag of 4 octets could be chance */
		if (suite->tag_octets > 4) {
			expect_open(suite->name, k, &f, 0, 0, 0);
		} else {
			make_frame(&f, id, a, 1, 1);
			expect_open(suite->name, k, &f, 0, id, 0);
			make_frame(&f, other, a, 1, 2);
			expect_open(suite->name, k, &f, 0, 0, 0);
		}
		/* RFC 9605 4.5: another stream may have another suite */
		expect_open(suite->name, k, &f, 1, other, 0);
		make_frame(&f, id, a, 1, 3);
		expect_open(suite->name, k, &f, 0, id, 0);
		sf_keys_free(k);
	}
	hex_free(a);
}

static void
a_longer_tag_outranks_one_short_one(void **state)
{
	struct sf_bytes a = hex_octets("aa");
	struct sf_keys *k =
	    new_keys("\"keys\":[{\"kid\":1,\"base_key\":\"aa\"}]");
	struct frame f;

	(void)state;
	make_frame(&f, 3, a, 1, 0);
	expect_open("short", k, &f, 0, 3, 0);
	make_frame(&f, 1, a, 1, 1);
	expect_open("long", k, &f, 0, 1, 0);
	make_frame(&f, 3, a, 1, 2);
	/* 5 octets and 4 of tag are less than a tag of 10 */
	assert_int_equal(open_frame(k, &f, 0).status, SF_TOO_SHORT);
	sf_keys_free(k);
	hex_free(a);
}

/* ---- sender keys --------------------------------------------------------- */

/* Base keys at steps 0, 1, 2, ... */
struct ladder {
	const struct sf_suite *suite;
	size_t n;
	uint8_t octets[SF_HASH_MAX];
};

static void
ladder_start(struct ladder *l, uint16_t id, struct sf_bytes base)
{
	l->suite = sf_suite_by_id(id);
	l->n = base.n;
	memcpy(l->octets, base.p, base.n);
}

static void
ladder_step(struct ladder *l, unsigned n)
{
	uint8_t next[SF_HASH_MAX];

	for (; n > 0; n--) {
		assert_true(sf_kdf_ratchet(
		    next, crypto, l->suite, sf_bytes(l->octets, l->n)));
		l->n = l->suite->hash_octets;
		memcpy(l->octets, next, l->n);
	}
}

static void
ladder_frame(struct frame *f, const struct ladder *l, uint64_t kid)
{
	make_frame(f, l->suite->id, sf_bytes(l->octets, l->n), kid, 0);
}

#define SENDER(r, kid)                                                         \
	"\"suite\":4,\"kid_scheme\":{\"type\":\"sender\",\"r\":" r "},"        \
	"\"keys\":[{\"kid\":" kid ",\"base_key\":\"aabb\"}]"

static void
ratchets_follow_the_sender(void **state)
{
	struct sf_bytes base = hex_octets("aabb");
	struct sf_keys *k = new_keys(SENDER("4", "48"));
	struct ladder l;
	struct frame f;

	(void)state;
	/* generation 3, one step after the other through two wraps */
	ladder_start(&l, 4, base);
	for (unsigned step = 0; step < 40; step++) {
		ladder_frame(&f, &l, 48 | (step & 15));
		expect_open("step by step", k, &f, 0, 4, 0);
		ladder_step(&l, 1);
	}
	/* 15 further at once, which is the last of the window after 39 */
	ladder_step(&l, 14);
	ladder_frame(&f, &l, 48 | (54 & 15));
	expect_open("skipped", k, &f, 0, 4, 0);
	/* 16 further is where the low bits mean this one again */
	ladder_step(&l, 16);
	ladder_frame(&f, &l, 48 | (70 & 15));
	expect_open("beyond the window", k, &f, 0, 0, 0);
	assert_false(sf_keys_has(k, 4 << 4, 0)); /* the next generation */
	assert_false(sf_keys_has(k, 2 << 4, 0));
	sf_keys_free(k);
	hex_free(base);
}

static void
late_frames_of_old_steps_open(void **state)
{
	struct sf_bytes base = hex_octets("aabb");
	struct sf_keys *k = new_keys(SENDER("3", "5")); /* step 5 of 8 */
	struct ladder l;
	struct frame f[40];

	(void)state;
	ladder_start(&l, 4, base);
	for (unsigned i = 0; i < LENGTH(f); i++, ladder_step(&l, 1))
		ladder_frame(&f[i], &l, (5 + i) & 7);
	expect_open("0", k, &f[0], 0, 4, 0);
	expect_open("4", k, &f[4], 0, 4, 0);
	expect_open("2, never seen", k, &f[2], 0, 4, 0);
	expect_open("11", k, &f[11], 0, 4, 0);
	expect_open("9, never seen", k, &f[9], 0, 4, 0);
	expect_open("7, never seen", k, &f[7], 0, 4, 0);
	expect_open("4 again", k, &f[4], 0, 4, 0);
	for (unsigned i = 18; i <= 39; i += 7)
		expect_open("on to 39", k, &f[i], 0, 4, 0);
	expect_open("33, never seen", k, &f[33], 0, 4, 0);
	expect_open("38, never seen", k, &f[38], 0, 4, 0);
	sf_keys_free(k);
	hex_free(base);
}

/* A second leg of one call, or the same capture again. */
static void
a_call_may_be_read_again(void **state)
{
	struct sf_bytes base = hex_octets("aabb");
	struct sf_keys *k = new_keys(SENDER("2", "1"));
	struct frame f;

	(void)state;
	for (unsigned turn = 0; turn < 3; turn++) {
		struct ladder l;

		ladder_start(&l, 4, base);
		for (unsigned step = 0; step < 100; step++) {
			ladder_frame(&f, &l, (1 + step) & 3);
			expect_open("step", k, &f, 0, 4, 0);
			assert_false(sf_keys_control(
			    k, f.kid, f.ctr, 0, f.header, f.ct));
			ladder_step(&l, 1);
		}
	}
	sf_keys_free(k);
	hex_free(base);
}

/* A KID is not authenticated: frames that do not open move nothing. */
static void
forged_steps_commit_nothing(void **state)
{
	struct sf_bytes base = hex_octets("aabb");
	struct sf_keys *k = new_keys(SENDER("4", "0"));
	struct ladder l;
	struct frame f;

	(void)state;
	ladder_start(&l, 4, base);
	for (unsigned turn = 0; turn < 100; turn++) {
		ladder_frame(&f, &l, turn & 15);
		f.octets[f.header.n] ^= 1;
		expect_open("forged", k, &f, 0, 0, 0);
	}
	ladder_step(&l, 3);
	ladder_frame(&f, &l, 3);
	expect_open("the true one", k, &f, 0, 4, 0);
	sf_keys_free(k);
	hex_free(base);
}

static void
wide_ratchets_stay_bounded(void **state)
{
	static const unsigned strides[] = { 511, 511, 1, 300, 32, 31, 511, 64 };
	struct sf_bytes base = hex_octets("aabb");
	struct sf_keys *k = new_keys(SENDER("63", "0"));
	struct ladder l;
	struct frame f;
	uint64_t step = 0;

	(void)state;
	ladder_start(&l, 4, base);
	assert_true(sf_keys_has(k, SF_RATCHET_AHEAD, 0));
	assert_false(sf_keys_has(k, SF_RATCHET_AHEAD + 1, 0));
	assert_false(sf_keys_has(k, UINT64_C(1) << 62, 0));
	for (size_t i = 0; i < LENGTH(strides); i++) {
		step += strides[i];
		ladder_step(&l, strides[i]);
		ladder_frame(&f, &l, step);
		expect_open("jump", k, &f, 0, 4, 0);
	}
	assert_true(sf_keys_has(k, step + SF_RATCHET_AHEAD, 0));
	assert_false(sf_keys_has(k, step + SF_RATCHET_AHEAD + 1, 0));
	assert_false(sf_keys_too_far(k, step + SF_RATCHET_AHEAD, 0));
	assert_true(sf_keys_too_far(k, step + SF_RATCHET_AHEAD + 1, 0));
	assert_false(sf_keys_too_far(k, UINT64_C(1) << 63, 0));
	sf_keys_free(k);
	hex_free(base);
}

/* Joining late: the first frame is thousands of steps on, then it goes on
   step by step, and some come late. */
static void
far_steps_open(void **state)
{
	struct sf_bytes base = hex_octets("aabb");
	struct sf_keys *k = new_keys(SENDER("16", "0"));
	struct frame f[8];
	struct ladder l;

	(void)state;
	ladder_start(&l, 4, base);
	ladder_step(&l, 5000);
	for (unsigned i = 0; i < LENGTH(f); i++, ladder_step(&l, 1))
		ladder_frame(&f[i], &l, 5000 + i);
	expect_open("far ahead", k, &f[2], 0, 4, 0);
	expect_open("one behind", k, &f[1], 0, 4, 0);
	expect_open("on", k, &f[7], 0, 4, 0);
	expect_open("two behind", k, &f[0], 0, 4, 0);
	ladder_step(&l, 3000);
	ladder_frame(&f[0], &l, 8008);
	expect_open("far once more", k, &f[0], 0, 4, 0);
	sf_keys_free(k);
	hex_free(base);
}

/* Forged KIDs cost what there is to spend, and no more. */
static void
far_forgeries_run_out(void **state)
{
	struct sf_bytes base = hex_octets("aabb");
	struct sf_keys *k = new_keys(SENDER("16", "0"));
	struct ladder l;
	struct frame f;

	(void)state;
	ladder_start(&l, 4, base);
	ladder_frame(&f, &l, 0);
	f.octets[f.header.n] ^= 1;
	for (unsigned i = 0; i < 2000; i++) {
		f.kid = 60000 + i;
		assert_int_equal(
		    sf_keys_open(k, f.kid, f.ctr, 0, f.header, f.ct, NULL)
			    .status == SF_OPENED,
		    0);
	}
	assert_true(sf_keys_too_far(k, f.kid, 0));
	assert_false(sf_keys_too_far(k, 90, 0));
	ladder_step(&l, 100);
	ladder_frame(&f, &l, 100);
	expect_open("a near one opens all the same", k, &f, 0, 4, 0);
	sf_keys_free(k);
	hex_free(base);
}

static void
no_ratchet_bits_is_fine(void **state)
{
	struct sf_bytes base = hex_octets("aabb");
	struct sf_keys *k = new_keys(SENDER("0", "77"));
	struct frame f;

	(void)state;
	make_frame(&f, 4, base, 77, 3);
	expect_open("generation", k, &f, 0, 4, 0);
	assert_false(sf_keys_has(k, 78, 0));
	sf_keys_free(k);
	hex_free(base);
}

/* ---- keys per SSRC ------------------------------------------------------- */

/* draft-ietf-avtcore-rtp-sframe 8: derived once, then each on its own. */
static void
streams_have_their_own_keys(void **state)
{
	static const uint32_t ssrcs[] = { 0x12345678, 0x98765432 };
	struct sf_bytes base = hex_octets("aabb");
	struct sf_keys *k =
	    new_keys(SENDER("4", "0") ",\"per_ssrc_keys\":true");
	struct ladder l[2];
	struct frame f[2];

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		l[i].suite = sf_suite_by_id(4);
		l[i].n = l[i].suite->hash_octets;
		assert_true(sf_kdf_per_ssrc(
		    l[i].octets, crypto, l[i].suite, base, ssrcs[i]));
	}
	for (unsigned step = 0; step < 20; step++) {
		for (unsigned i = 0; i < 2; i++) {
			ladder_frame(&f[i], &l[i], step & 15);
			expect_open("own", k, &f[i], ssrcs[i], 4, 0);
			ladder_step(&l[i], 1);
		}
		expect_open("other", k, &f[0], ssrcs[1], 0, 0);
		expect_open("unknown", k, &f[0], 1, 0, 0);
	}
	sf_keys_free(k);
	hex_free(base);
}

/* ---- MLS ----------------------------------------------------------------- */

#define MLS(keys)                                                              \
	"\"kid_scheme\":{\"type\":\"mls\",\"epoch_bits\":4,\"sender_bits\":6}" \
	","                                                                    \
	"\"keys\":[" keys "]"

static void
members_share_an_epoch(void **state)
{
	/* RFC 9605 5.2, figure 9: KID and the epoch it is of */
	static const struct {
		uint64_t kid;
		unsigned epoch;
	} rows[] = { { 0x3e, 14 }, { 0x7e, 14 }, { 0x14e, 14 }, { 0x3f, 15 },
		{ 0x5f, 15 }, { 0x820, 16 }, { 0xc20, 16 }, { 0x211, 17 },
		{ 0x331, 17 } };
	struct sf_keys *k =
	    new_keys(MLS("{\"epoch\":14,\"base_key\":\"0e\"},"
			 "{\"epoch\":15,\"base_key\":\"0f\"},"
			 "{\"epoch\":16,\"base_key\":\"10\"},"
			 "{\"epoch\":17,\"base_key\":\"11\"}") ",\"suite\":2");
	struct frame f;

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		uint8_t base = (uint8_t)rows[i].epoch;

		make_frame(&f, 2, sf_bytes(&base, 1), rows[i].kid, i);
		expect_open("figure 9", k, &f, 0, 2, rows[i].epoch - 14);
	}
	assert_false(sf_keys_has(k, 0x32, 0)); /* epoch 18, 34, ... */
	sf_keys_free(k);
}

static void
epochs_with_equal_low_bits_are_all_tried(void **state)
{
	struct sf_keys *k = new_counting_keys(
	    MLS("{\"epoch\":2,\"base_key\":\"02\"},"
		"{\"epoch\":34,\"base_key\":\"22\"},"
		"{\"epoch\":18,\"base_key\":\"12\"}") ",\"suite\":4");
	struct frame f;

	(void)state;
	make_frame(&f, 4, sf_bytes("\x22", 1), 0x32, 0);
	expect_open("epoch 34, the newest", k, &f, 0, 4, 1);
	assert_int_equal(count.made, 1);
	make_frame(&f, 4, sf_bytes("\x12", 1), 0x32, 0);
	expect_open("epoch 18", k, &f, 0, 4, 2);
	assert_int_equal(count.made, 2);
	make_frame(&f, 4, sf_bytes("\x02", 1), 0x32, 0);
	expect_open("epoch 2", k, &f, 0, 4, 0);
	sf_keys_free(k);
}

static void
exporters_make_base_keys(void **state)
{
	struct sf_bytes secret = hex_octets("5e*32");
	char members[512];

	(void)state;
	snprintf(members, sizeof(members), "%s",
	    MLS("{\"epoch\":1,\"exporter_secret\":"
		"\"5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e"
		"5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e\",\"mls_hash\":\"SHA384\"}"));
	for (uint16_t id = 1; id <= SF_SUITES; id++) {
		/* the length of the export is that of the suite's key */
		struct sf_keys *k = new_keys(members);
		uint8_t base[SF_KEY_MAX];
		size_t n = sf_suite_by_id(id)->key_octets;
		struct frame f;

		assert_true(
		    sf_kdf_mls_export(base, n, crypto, SF_SHA384, secret));
		make_frame(&f, id, sf_bytes(base, n), 0x31, 7);
		expect_open(sf_suite_by_id(id)->name, k, &f, 0, id, 0);
		sf_keys_free(k);
	}
	hex_free(secret);
}

/* ---- bounds -------------------------------------------------------------- */

/* With MLS any sender index is thinkable: forged ones push out each other,
   not the key that has opened frames. */
static void
forged_kids_cost_no_memory(void **state)
{
	struct sf_keys *k = new_counting_keys(
	    MLS("{\"epoch\":1,\"base_key\":\"aa\"}") ",\"suite\":4");
	struct frame f, forged;

	(void)state;
	make_frame(&f, 4, sf_bytes("\xaa", 1), 0x11, 0);
	expect_open("first", k, &f, 0, 4, 0);
	forged = f;
	forged.ct = sf_bytes(f.ct.p, f.ct.n);
	for (uint64_t i = 2; i < 5000; i++) {
		forged.kid = i << 4 | 1;
		EXPECT("forged", open_frame(k, &forged, 0).status, SF_FORGED);
	}
	count.made = 0;
	expect_open("last", k, &f, 0, 4, 0);
	assert_int_equal(count.made, 0);
	assert_true(count.kept <= 64);
	sf_keys_free(k);
}

static void
ready_keys_are_kept(void **state)
{
	struct sf_keys *k = new_counting_keys(
	    "\"keys\":[{\"kid\":1,\"base_key\":\"aa\"},"
	    "{\"kid\":1,\"base_key\":\"bb\",\"owner\":\"b\"}]");
	struct frame f;

	(void)state;
	make_frame(&f, 2, sf_bytes("\xbb", 1), 1, 0);
	expect_open("b", k, &f, 0, 2, 1);
	/* all suites of the first entry; of the second those before the one */
	assert_int_equal(count.made, SF_SUITES + 5);
	assert_int_equal(count.kept, SF_SUITES + 1);
	count.opens = 0;
	for (unsigned i = 0; i < 1000; i++)
		expect_open("b", k, &f, 0, 2, 1);
	assert_int_equal(count.opens, 1000); /* it comes first from then on */
	f.octets[f.header.n] ^= 1;
	for (unsigned i = 0; i < 1000; i++)
		expect_open("forged", k, &f, 0, 0, 0);
	assert_int_equal(count.made, SF_SUITES + 5);
	sf_keys_free(k);
	assert_int_equal(count.kept, 0);
}

/* ---- the control --------------------------------------------------------- */

static enum sf_open_status
say_yes(struct sf_aead *a, const uint8_t nonce[SF_NONCE], struct sf_bytes aad1,
    struct sf_bytes aad2, struct sf_bytes ct, uint8_t *pt)
{
	(void)a;
	(void)nonce;
	(void)aad1;
	(void)aad2;
	(void)ct;
	(void)pt;
	return SF_OPENED;
}

static void
control_does_not_open(void **state)
{
	(void)state;
	for (uint16_t id = 1; id <= SF_SUITES; id++) {
		struct sf_keys *k =
		    new_keys("\"kid_scheme\":{\"type\":\"sender\",\"r\":2},"
			     "\"keys\":[{\"kid\":0,\"base_key\":\"aabb\"}]");
		struct sf_bytes base = hex_octets("aabb");
		struct ladder l;
		struct frame f;

		ladder_start(&l, id, base);
		for (unsigned step = 0; step < 3; step++) {
			ladder_frame(&f, &l, step);
			assert_false(sf_keys_control(
			    k, f.kid, f.ctr, 0, f.header, f.ct));
			expect_open("still", k, &f, 0, id, 0);
			ladder_step(&l, 1);
		}
		f.octets[f.header.n] ^= 1;
		assert_false(
		    sf_keys_control(k, f.kid, f.ctr, 0, f.header, f.ct));
		hex_free(base);
		sf_keys_free(k);
	}
}

static void
control_finds_a_yes_sayer(void **state)
{
	struct sf_keyfile *file =
	    read_keys("\"suite\":4,\"keys\":[{\"kid\":1,\"base_key\":\"aa\"}]");
	struct sf_crypto yes = sf_crypto_ossl;
	struct sf_bytes none = sf_bytes(NULL, 0);
	struct sf_keys *k;

	(void)state;
	yes.open = say_yes;
	k = sf_keys_new(&yes, file);
	assert_non_null(k);
	assert_true(sf_keys_control(k, 1, 0, 0, none, none));
	assert_false(sf_keys_control(k, 2, 0, 0, none, none));
	sf_keys_free(k);
	free(file);
}

/* ---- sealing ------------------------------------------------------------- */

static void
sealed_frames_open(void **state)
{
	struct sf_keys *k =
	    new_keys("\"kid_scheme\":{\"type\":\"sender\",\"r\":4},\"keys\":["
		     "{\"kid\":16,\"base_key\":\"aa\",\"suite\":8},"
		     "{\"kid\":32,\"base_key\":\"aa\"}]");
	struct sf_bytes pt = hex_octets(PLAIN);
	struct frame f = { .kid = 19, .ctr = 0x4567 };
	uint16_t suite = 0;
	size_t n = sf_sframe_header_write(f.octets, f.kid, f.ctr);

	(void)state;
	f.header = sf_bytes(f.octets, n);
	assert_int_equal(
	    sf_keys_seal(k, 19, f.ctr, 0, f.header, pt, f.octets + n, &suite),
	    SF_SEALED);
	assert_int_equal(suite, 8);
	f.ct = sf_bytes(f.octets + n, pt.n + 4);
	expect_open("sealed", k, &f, 0, 8, 0);
	suite = 7;
	assert_int_equal(
	    sf_keys_seal(k, 19, 0, 0, f.header, pt, f.octets + n, &suite),
	    SF_SEAL_NO_KEY);
	assert_int_equal(
	    sf_keys_seal(k, 33, 0, 0, f.header, pt, f.octets + n, &suite),
	    SF_SEALED);
	suite = 0;
	assert_int_equal(
	    sf_keys_seal(k, 33, 0, 0, f.header, pt, f.octets + n, &suite),
	    SF_SEAL_NO_SUITE);
	assert_int_equal(
	    sf_keys_seal(k, 48, 0, 0, f.header, pt, f.octets + n, &suite),
	    SF_SEAL_NO_KEY);
	hex_free(pt);
	sf_keys_free(k);
}

/* ---- secrets ------------------------------------------------------------- */

static unsigned
times_found(const uint8_t *p, size_t n, const uint8_t *what, size_t m)
{
	unsigned found = 0;

	for (size_t i = 0; i + m <= n; i++)
		found += memcmp(p + i, what, m) == 0;
	return found;
}

static const uint8_t secret[16] = { 0xde, 0xad, 0xbe, 0xef, 1, 2, 3, 4, 5, 6, 7,
	8, 9, 10, 11, 12 };

/* Counts the places that held the secret when they were wiped. */
static void
watching_wipe(void *p, size_t n)
{
	count.wiped += times_found(p, n, secret, sizeof(secret)) != 0;
	sf_crypto_ossl.wipe(p, n);
	assert_int_equal(times_found(p, n, secret, sizeof(secret)), 0);
}

static void
secrets_are_wiped(void **state)
{
	struct sf_keyfile *file =
	    read_keys("\"suite\":4,\"keys\":[{\"kid\":1,\"base_key\":"
		      "\"deadbeef0102030405060708090a0b0c\"}]");
	struct sf_keys *k;

	(void)state;
	count = (struct count){ .c = sf_crypto_ossl };
	count.c.wipe = watching_wipe;
	assert_true(times_found((const uint8_t *)file, sizeof(*file), secret,
			sizeof(secret)) == 1);
	k = sf_keys_new(&count.c, file);
	assert_non_null(k);
	sf_keyfile_wipe(file, &count.c);
	assert_int_equal(count.wiped, 1);
	assert_int_equal(times_found((const uint8_t *)file, sizeof(*file),
			     secret, sizeof(secret)),
	    0);
	free(file);
	/* making a key ready copies the base key, and wipes the copy */
	assert_int_equal(sf_keys_open(k, 1, 0, 0, sf_bytes("\x10", 1),
			     sf_bytes("0123456789abcdef", 16), NULL)
			     .status,
	    SF_FORGED);
	assert_int_equal(count.wiped, 2);
	sf_keys_free(k); /* and the entries are its own */
	assert_int_equal(count.wiped, 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(raw_keys_open),
		cmocka_unit_test(metadata_is_authenticated),
		cmocka_unit_test(short_frames_are_told_apart),
		cmocka_unit_test(unknown_suites_are_found),
		cmocka_unit_test(a_longer_tag_outranks_one_short_one),
		cmocka_unit_test(ratchets_follow_the_sender),
		cmocka_unit_test(late_frames_of_old_steps_open),
		cmocka_unit_test(a_call_may_be_read_again),
		cmocka_unit_test(forged_steps_commit_nothing),
		cmocka_unit_test(wide_ratchets_stay_bounded),
		cmocka_unit_test(far_steps_open),
		cmocka_unit_test(far_forgeries_run_out),
		cmocka_unit_test(no_ratchet_bits_is_fine),
		cmocka_unit_test(streams_have_their_own_keys),
		cmocka_unit_test(members_share_an_epoch),
		cmocka_unit_test(epochs_with_equal_low_bits_are_all_tried),
		cmocka_unit_test(exporters_make_base_keys),
		cmocka_unit_test(forged_kids_cost_no_memory),
		cmocka_unit_test(ready_keys_are_kept),
		cmocka_unit_test(control_does_not_open),
		cmocka_unit_test(control_finds_a_yes_sayer),
		cmocka_unit_test(sealed_frames_open),
		cmocka_unit_test(secrets_are_wiped),
	};

	return cmocka_run_group_tests_name("keys", tests, NULL, NULL);
}
