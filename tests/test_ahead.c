/*
 * test_ahead.c - frames opened before they are judged: what is believed of
 * that, what is not, and that the cipher is not asked twice.
 */
#include "engine/keys/ahead.h"

#include "engine/keys/opener.h"
#include "tests/sealed.h"

struct set {
	struct sf_crypto crypto;
	struct sf_keyfile *file;
	struct sf_keys *keys;
	struct sf_unlock unlock;
	struct sf_opener opener;
	bool bare_prefix; /* no metadata: the prefix is not authenticated */
	uint8_t room[256];
};

static void
set_up(struct set *s)
{
	*s = (struct set){ .crypto = sf_crypto_ossl,
		.file = sealed_key(SEALED_KID, SEALED_KEY) };
	s->keys = sf_keys_new(&s->crypto, s->file);
	assert_non_null(s->keys);
	s->unlock = (struct sf_unlock){ .keys = s->keys,
		.file = s->file,
		.crypto = &s->crypto,
		.ahead = sf_ahead_new() };
	assert_non_null(s->unlock.ahead);
}

static void
tear_down(struct set *s)
{
	sf_ahead_free(s->unlock.ahead);
	sf_keys_free(s->keys);
	free(s->file);
}

static enum sf_tried
judge(struct set *s, struct sf_record *r, size_t n)
{
	struct sf_placing p;

	sf_opener_try(&s->opener, &s->unlock, r, sf_bytes(s->room, n), 1, &p);
	return r->tried;
}

/* Frames first..first+n-1 are judged without help. */
static void
teach(struct set *s, unsigned first, unsigned n, size_t at)
{
	for (unsigned i = first; i < first + n; i++) {
		struct sf_record r;
		size_t octets = sealed_frame(s->room, i, at, !s->bare_prefix);

		sealed_record(&r, s->room, octets);
		assert_int_equal(judge(s, &r, octets), SF_TRIED_OPENED);
	}
}

/* The octets of frame i, and what the reader makes of it. */
static size_t
early(struct set *s, struct sf_record *r, unsigned i, size_t at, int tamper)
{
	size_t n = sealed_frame(s->room, i, at, !s->bare_prefix);

	if (tamper >= 0)
		s->room[(size_t)tamper % n] ^= 1;
	sealed_record(r, s->room, n);
	sf_ahead_hear(s->unlock.ahead);
	sf_ahead_open(s->unlock.ahead, &s->opener, r, sf_bytes(s->room, n));
	return n;
}

static enum sf_open_status
refuse(struct sf_aead *a, const uint8_t nonce[SF_NONCE], struct sf_bytes aad1,
    struct sf_bytes aad2, struct sf_bytes ct, uint8_t *pt)
{
	(void)a, (void)nonce, (void)aad1, (void)aad2, (void)ct, (void)pt;
	return SF_FORGED;
}

static enum sf_open_status
accept(struct sf_aead *a, const uint8_t nonce[SF_NONCE], struct sf_bytes aad1,
    struct sf_bytes aad2, struct sf_bytes ct, uint8_t *pt)
{
	(void)a, (void)nonce, (void)aad1, (void)aad2, (void)ct, (void)pt;
	return SF_OPENED;
}

static void
test_nothing_was_said(void **state)
{
	struct set s;
	struct sf_record r;

	(void)state;
	set_up(&s);
	(void)early(&s, &r, 1, 0, -1);
	assert_true(r.early.ready == 0);
	tear_down(&s);
}

/* With a cipher that refuses all, only what was opened early still opens. */
static void
not_asked_again(size_t at)
{
	struct set s;
	struct sf_record r;
	size_t n;

	set_up(&s);
	teach(&s, 1, 20, at);
	n = early(&s, &r, 21, at, -1);
	assert_true(r.early.ready != 0);
	assert_int_equal(r.early.at, at);
	s.crypto.open = refuse;
	assert_int_equal(judge(&s, &r, n), SF_TRIED_OPENED);
	assert_true(r.header.ctr == 21 && r.header.kid == SEALED_KID);
	r.early.ready = 0;
	assert_int_equal(judge(&s, &r, n), SF_TRIED_FORGED);
	tear_down(&s);
}

static void
test_not_asked_again(void **state)
{
	(void)state;
	not_asked_again(0);
	not_asked_again(10);
}

/* Another key's number, another place: the cipher is asked. */
static void
test_not_believed(void **state)
{
	struct set s;
	struct sf_record r;
	size_t n;

	(void)state;
	set_up(&s);
	teach(&s, 1, 20, 10);
	n = early(&s, &r, 21, 10, -1);
	s.crypto.open = refuse;
	r.early.ready++;
	assert_int_equal(judge(&s, &r, n), SF_TRIED_FORGED);
	r.early.ready--;
	r.early.at++;
	assert_int_equal(judge(&s, &r, n), SF_TRIED_FORGED);
	r.early.at--;
	assert_int_equal(judge(&s, &r, n), SF_TRIED_OPENED);
	tear_down(&s);
}

/* Not even a cipher that accepts all opens a frame under another KID's key. */
static void
test_another_kid(void **state)
{
	struct set s;
	struct sf_record r;
	size_t n;

	(void)state;
	set_up(&s);
	teach(&s, 1, 20, 0);
	n = early(&s, &r, 21, 0, -1);
	s.crypto.open = accept;
	assert_int_equal(s.room[1], SEALED_KID); /* behind the config octet */
	s.room[1]++;
	sealed_record(&r, s.room, n);
	sf_ahead_open(s.unlock.ahead, &s.opener, &r, sf_bytes(s.room, n));
	assert_true(r.early.ready == 0);
	s.room[1]--;
	sealed_record(&r, s.room, n);
	sf_ahead_open(s.unlock.ahead, &s.opener, &r, sf_bytes(s.room, n));
	assert_true(r.early.ready != 0);
	tear_down(&s);
}

/* What was in the associated data is told as it was. */
static void
test_bare_prefix(void **state)
{
	struct set s;
	struct sf_record r;
	size_t n;

	(void)state;
	set_up(&s);
	s.bare_prefix = true;
	teach(&s, 1, 20, 10);
	assert_false(s.opener.said.prefix);
	n = early(&s, &r, 21, 10, -1);
	assert_true(r.early.ready != 0);
	assert_false(r.early.prefix);
	assert_int_equal(judge(&s, &r, n), SF_TRIED_OPENED);
	assert_false(s.opener.said.prefix);
	tear_down(&s);
}

/* Any octet changed: prefix, header, ciphertext, tag. */
static void
test_tampered(void **state)
{
	struct set s;
	struct sf_record r;

	(void)state;
	set_up(&s);
	teach(&s, 1, 20, 10);
	for (int i = 0; i < 10 + 2 + SEALED_PLAIN + 16; i++) {
		size_t n = early(&s, &r, 21, 10, i);

		assert_true(r.early.ready == 0);
		assert_int_not_equal(judge(&s, &r, n), SF_TRIED_OPENED);
	}
	tear_down(&s);
}

/* A stream whose frames open elsewhere than before says so. */
static void
test_moved(void **state)
{
	struct set s;
	struct sf_record r;

	(void)state;
	set_up(&s);
	teach(&s, 1, 20, 0);
	(void)early(&s, &r, 21, 0, -1);
	assert_true(r.early.ready != 0);
	s.opener.settled = false;
	teach(&s, 30, 20, 3);
	(void)early(&s, &r, 60, 3, -1);
	assert_true(r.early.ready != 0);
	assert_int_equal(r.early.at, 3);
	tear_down(&s);
}

/* News that nobody hears is kept, a few of it, and freed at the end. */
static void
test_nobody_hears(void **state)
{
	struct set s;
	struct sf_opener others[100];

	(void)state;
	set_up(&s);
	teach(&s, 1, 20, 0);
	for (unsigned i = 0; i < 100; i++) {
		others[i] = s.opener;
		others[i].said = (struct sf_ahead_said){ 0 };
		for (unsigned n = 0; n < 40; n++)
			sf_ahead_say(
			    s.unlock.ahead, &others[i], s.keys, 1, false);
	}
	sf_ahead_free(NULL);
	tear_down(&s);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_was_said),
		cmocka_unit_test(test_not_asked_again),
		cmocka_unit_test(test_not_believed),
		cmocka_unit_test(test_another_kid),
		cmocka_unit_test(test_bare_prefix),
		cmocka_unit_test(test_tampered),
		cmocka_unit_test(test_moved),
		cmocka_unit_test(test_nobody_hears),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
