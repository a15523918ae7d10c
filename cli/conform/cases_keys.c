/*
 * cases_keys.c - keys by KID: directions, replacement, removal, many of them.
 */
#include <string.h>

#include "cli/conform/conform.h"
#include "parsers/sframe/header.h"

struct pair {
	uint8_t base[32], other[32], pt[21];
	struct sf_plain f; /* under base */
};

static struct sf_bytes
other_of(const struct pair *p)
{
	return sf_bytes(p->other, sizeof(p->other));
}

static void
fill(struct sf_trial *t, struct pair *p)
{
	sf_fill_key(t, p->base, sizeof(p->base));
	sf_fill_key(t, p->other, sizeof(p->other));
	sf_fill_key(t, p->pt, sizeof(p->pt));
	p->f = (struct sf_plain){ .base = sf_bytes(p->base, sizeof(p->base)),
		.kid = 0x123,
		.meta = sf_bytes(NULL, 0),
		.pt = sf_bytes(p->pt, sizeof(p->pt)) };
}

static void
make(struct sf_trial *t, struct pair *p)
{
	fill(t, p);
	sf_new(t, "a");
}

static void
must_not_open(struct sf_trial *t, const struct sf_plain *f, const char *what)
{
	uint8_t ct[64];

	sf_must_refuse(
	    t, "a", f->meta, sf_bytes(ct, sf_seal_by_us(t, f, ct)), what);
}

static void
unknown(struct sf_trial *t)
{
	struct pair p;

	make(t, &p);
	must_not_open(t, &p.f, "a frame, and no key at all");
	sf_must_key(t, "a", "recv", 0x124, p.f.base);
	must_not_open(t, &p.f, "a frame whose KID has no key");
	sf_must_key(t, "a", "recv", p.f.kid, p.f.base);
	sf_must_open_ours(t, "a", &p.f);
}

static void
direction_open(struct sf_trial *t)
{
	struct pair p;

	make(t, &p);
	sf_must_key(t, "a", "send", p.f.kid, p.f.base);
	must_not_open(t, &p.f,
	    "to open a frame with a key that is for sending "
	    "(RFC 9605 4.4.1: encryption or decryption, never both)");
}

static void
direction_seal(struct sf_trial *t)
{
	struct pair p;

	make(t, &p);
	sf_must_key(t, "a", "recv", p.f.kid, p.f.base);
	sf_seal(t, "a", p.f.kid, p.f.meta, p.f.pt);
	sf_must_no(t, "to seal a frame with a key that is for receiving "
		      "(RFC 9605 4.4.1: encryption or decryption, never both)");
}

static void
both(struct sf_trial *t)
{
	static const char *const uses[] = { "send", "recv" };
	struct pair p;

	make(t, &p);
	sf_must_key(t, "a", uses[t->c->i], p.f.kid, p.f.base);
	sf_key(t, "a", uses[1 - t->c->i], p.f.kid, other_of(&p));
	if (t->reply != SF_R_NONE)
		sf_choose(t, SF_POLICY_SEND_RECV_SAME_KID, t->reply == SF_R_OK,
		    "separate", "refuse");
}

/* Whether a frame under base opens; a verdict of its own is none. */
static bool
opens(struct sf_trial *t, struct sf_plain f, struct sf_bytes base)
{
	uint8_t ct[64];

	f.base = base;
	sf_open(t, "a", f.meta, sf_bytes(ct, sf_seal_by_us(t, &f, ct)));
	return t->reply == SF_R_OK;
}

static void
replace(struct sf_trial *t)
{
	struct pair p;
	bool said, first, second;
	const char *got,
	    *declared = t->run->info.policy[SF_POLICY_REKEY_SAME_KID];

	make(t, &p);
	sf_must_key(t, "a", "recv", p.f.kid, p.f.base);
	sf_key(t, "a", "recv", p.f.kid, other_of(&p));
	said = t->reply == SF_R_OK;
	first = opens(t, p.f, p.f.base);
	p.f.ctr = 1;
	second = opens(t, p.f, other_of(&p));
	if (t->stopped)
		return;
	got = !said ? "refuse" : second ? "replace" : "keep";
	sf_chose(t, SF_POLICY_REKEY_SAME_KID, got);
	if (!said && !first)
		sf_fail(t,
		    "a second key for the KID was refused, and the first one "
		    "does not open frames any more");
	else if (said && !second && !first)
		sf_fail(t, "after a second key neither opens a frame");
	else if (said && !second && strcmp(declared, "keep") != 0)
		sf_fail(t,
		    "a second key for the KID was taken (ok), and is not used: "
		    "the caller is not told that it has no effect");
	else if (declared[0] != '\0' && strcmp(declared, got) != 0)
		sf_fail(t,
		    "the shim declares rekey-same-kid:%s, and here it is %s "
		    "(the RFC leaves the choice; the declaration binds)",
		    declared, got);
	else
		sf_record(t, "rekey-same-kid: %s%s", got,
		    said && first && second ? ", both open" : "");
}

/* A second key under a KID that sends: what is sealed then is under the one
   that the reply said. */
static void
replace_send(struct sf_trial *t)
{
	const char *declared = t->run->info.policy[SF_POLICY_REKEY_SAME_KID];
	bool keeps = strcmp(declared, "keep") == 0, said;
	struct pair p;
	struct sf_plain second;
	struct sf_bytes ct;
	uint64_t ctr;

	make(t, &p);
	second = p.f;
	second.base = other_of(&p);
	sf_must_key(t, "a", "send", p.f.kid, p.f.base);
	sf_must_seal(t, "a", &p.f, &ctr);
	sf_key(t, "a", "send", p.f.kid, second.base);
	said = t->reply == SF_R_OK;
	sf_seal(t, "a", p.f.kid, p.f.meta, p.f.pt);
	if (keeps && t->reply == SF_R_NO)
		return;
	if (said && !keeps && t->reply == SF_R_OK &&
	    sf_take_hex(t, "ct", &ct) && sf_opens_by_us(t, &p.f, ct))
		sf_fail(t,
		    "a second key for the KID was taken (ok), and frames are "
		    "still sealed with the first: the caller is not told that "
		    "it has no effect");
	(void)sf_must_be_sealed(t, said && !keeps ? &second : &p.f, &ctr);
}

/* The same key once more, with or without being taken away before. */
static void
again(struct sf_trial *t, bool remove)
{
	struct pair p;
	uint64_t ctr;

	make(t, &p);
	sf_must_key(t, "a", "send", p.f.kid, p.f.base);
	for (unsigned i = 0; i < 3; i++)
		sf_must_seal(t, "a", &p.f, &ctr);
	if (remove)
		sf_must_remove(t, "a", p.f.kid);
	sf_key(t, "a", "send", p.f.kid, p.f.base);
	sf_seal(t, "a", p.f.kid, p.f.meta, p.f.pt);
	if (t->reply == SF_R_OK)
		(void)sf_must_be_sealed(t, &p.f, &ctr);
}

static void
again_there(struct sf_trial *t)
{
	again(t, false);
}

/* Whoever forgets a key cannot know it again: told, not judged. */
static void
again_removed(struct sf_trial *t)
{
	again(t, true);
	sf_forgive_reuse(t, "a key that was removed and added again");
}

static void
removed(struct sf_trial *t)
{
	struct pair p;

	make(t, &p);
	sf_must_key(t, "a", "recv", p.f.kid, p.f.base);
	sf_must_open_ours(t, "a", &p.f);
	sf_must_remove(t, "a", p.f.kid);
	p.f.ctr = 1;
	must_not_open(t, &p.f, "a frame whose key was removed");
}

static void
removed_send(struct sf_trial *t)
{
	struct pair p;
	uint64_t ctr;

	make(t, &p);
	sf_must_key(t, "a", "send", p.f.kid, p.f.base);
	sf_must_seal(t, "a", &p.f, &ctr);
	sf_must_remove(t, "a", p.f.kid);
	sf_seal(t, "a", p.f.kid, p.f.meta, p.f.pt);
	sf_must_no(t, "to seal with a key that was removed");
}

static void
many(struct sf_trial *t)
{
	static const unsigned counts[] = { 1, 200, 201, 10000 };
	unsigned n = counts[t->c->i], had = 0;
	struct pair p;

	make(t, &p);
	for (; had < n; had++) {
		uint8_t base[16];

		for (unsigned i = 0; i < 16; i++)
			base[i] = (uint8_t)(had >> i % 4 * 8);
		sf_key(t, "a", "recv", had, sf_bytes(base, 16));
		if (t->reply != SF_R_OK)
			break;
	}
	if (t->stopped)
		return;
	if (had < n && had < t->run->info.max_keys &&
	    t->run->info.max_keys != UINT64_MAX)
		sf_fail(t, "key %u refused (%s), and max-keys is %llu", had + 1,
		    t->reason, (unsigned long long)t->run->info.max_keys);
	for (unsigned i = 0; i < 3 && had > 0; i++) {
		unsigned kid = i == 0 ? 0 : i == 1 ? had / 2 : had - 1;
		uint8_t base[16];

		for (unsigned b = 0; b < 16; b++)
			base[b] = (uint8_t)(kid >> b % 4 * 8);
		p.f.kid = kid;
		p.f.ctr = i; /* with one key, three frames under it */
		p.f.base = sf_bytes(base, 16);
		sf_must_open_ours(t, "a", &p.f);
	}
	if (had == 0)
		sf_fail(t, "not even one key was taken (%s)", t->reason);
	else if (had < n)
		sf_record(
		    t, "key %u of %u was refused (%s)", had + 1, n, t->reason);
}

/* Suites that are not there: reserved, not assigned, private. */
static void
suite_id(struct sf_trial *t)
{
	static const uint16_t ids[] = { 0, 9, 0xefff, 0xf000, 0xffff };
	uint16_t id = ids[t->c->i];
	uint8_t base[16] = { 1 };

	sf_begin(t, "new");
	sf_put(t, "ctx", "a");
	sf_put_u64(t, "suite", id);
	if (sf_ask(t) != SF_R_OK)
		goto out;
	if (sf_key(t, "a", "send", 1, sf_bytes(base, 16)) != SF_R_OK)
		goto out;
	sf_seal(t, "a", 1, sf_bytes(NULL, 0), sf_bytes(base, 16));
	if (t->reply != SF_R_OK)
		goto out;
	if (id >= 0xf000)
		sf_record(t, "suite 0x%04x, of private use, is there", id);
	else
		sf_fail(t, "a frame was sealed in suite 0x%04x, which is %s",
		    id, id == 0 ? "reserved" : "not assigned");
out:
	/* a shim without the suite may say so in its own way */
	if (t->result->verdict == SF_V_UNSUPPORTED) {
		t->result->verdict = SF_V_PASS;
		t->result->why[0] = '\0';
	}
}

/* What is wrong in all frames of another suite is wrong in these. */
static const char *
any_cause(const struct sf_trial *t)
{
	for (uint16_t id = 1; id <= SF_SUITES; id++) {
		const char *requirement =
		    sf_cause_requirement(&t->run->causes[id][SF_CAUSE_FRAMES]);

		if (requirement == NULL)
			requirement = t->run->habits[id].noise;
		if (requirement != NULL)
			return requirement;
	}
	return NULL;
}

/* Suites that the shim does not declare: refused, or what they are named. */
static void
suite_other(struct sf_trial *t)
{
	struct pair p;
	uint64_t ctr;
	char there[40] = "";
	unsigned asked = 0;

	for (uint16_t id = 1; id <= SF_SUITES && !t->stopped; id++) {
		if ((t->run->info.suites >> id & 1) != 0)
			continue;
		asked++;
		t->suite = sf_suite_by_id(id);
		t->optional = true; /* unsupported is an answer as well */
		t->blame = any_cause(t);
		fill(t, &p);
		sf_begin(t, "new");
		sf_put(t, "ctx", "a");
		sf_put_u64(t, "suite", id);
		if (sf_ask(t) == SF_R_OK &&
		    sf_key(t, "a", "send", p.f.kid, p.f.base) == SF_R_OK &&
		    sf_seal(t, "a", p.f.kid, p.f.meta, p.f.pt) == SF_R_OK &&
		    sf_must_be_sealed(t, &p.f, &ctr))
			snprintf(there + strlen(there),
			    sizeof(there) - strlen(there), " %u", id);
		t->optional = false;
	}
	t->suite = NULL;
	if (there[0] != '\0')
		sf_record(t, "there, and not declared: suite%s", there);
	else if (asked == 0)
		sf_record(t, "all suites are declared");
}

/* Two contexts send under one KID, each with its key and its counter. */
static void
isolation_send(struct sf_trial *t)
{
	struct pair p;
	struct sf_plain second;
	uint64_t ctr = 0;

	make(t, &p);
	sf_new(t, "b");
	second = p.f;
	second.base = other_of(&p);
	sf_must_key(t, "a", "send", p.f.kid, p.f.base);
	sf_must_key(t, "b", "send", p.f.kid, second.base);
	for (unsigned i = 0; i < 3 && !t->stopped; i++) {
		sf_must_seal(t, "a", &p.f, &ctr);
		sf_must_seal(t, "b", &second, &ctr);
	}
}

static void
isolation(struct sf_trial *t)
{
	struct pair p;
	uint8_t ct[64], ct2[64];
	size_t n, n2;
	struct sf_plain second;

	make(t, &p);
	sf_new(t, "b");
	second = p.f;
	second.base = other_of(&p);
	sf_must_key(t, "a", "recv", p.f.kid, p.f.base);
	sf_must_key(t, "b", "recv", p.f.kid, second.base);
	n = sf_seal_by_us(t, &p.f, ct);
	n2 = sf_seal_by_us(t, &second, ct2);
	sf_must_open(t, "a", &p.f, sf_bytes(ct, n));
	sf_must_open(t, "b", &second, sf_bytes(ct2, n2));
	sf_must_refuse(t, "a", p.f.meta, sf_bytes(ct2, n2),
	    "a frame under another context's key");
	sf_must_refuse(t, "b", p.f.meta, sf_bytes(ct, n),
	    "a frame under another context's key");
}

/* Two keys under KIDs that are equal in 32 or 53 bits. */
static void
near(struct sf_trial *t)
{
	static const uint64_t kids[][2] = { { 5, (UINT64_C(1) << 32) + 5 },
		{ UINT64_C(1) << 53, (UINT64_C(1) << 53) + 1 },
		{ UINT64_MAX, UINT64_MAX - 1 } };
	struct pair p;
	struct sf_plain second;

	make(t, &p);
	p.f.kid = kids[t->c->i][0];
	second = p.f;
	second.kid = kids[t->c->i][1];
	second.ctr = 1; /* one window for all KIDs is another case */
	second.base = other_of(&p);
	sf_must_key(t, "a", "recv", p.f.kid, p.f.base);
	sf_must_key(t, "a", "recv", second.kid, second.base);
	sf_must_open_ours(t, "a", &p.f);
	sf_must_open_ours(t, "a", &second);
}

void
sf_cases_keys(struct sf_catalogue *k)
{
	static const struct sf_family rows[] = {
		/* clang-format off */
		{ "key-none", "keys", "4.4.4", "DEC-04 KEY-06", "A frame without a key for its KID is refused, and opens when the key is there", EACH_SUITE, 1, SF_NEED(OPEN), unknown },
		{ "key-dir-open", "keys", "4.4.1", "KEY-08", "A key for sending opens nothing", EACH_SUITE, 1, SF_NEED(OPEN) | SF_NEED(SEAL), direction_open },
		{ "key-dir-seal", "keys", "4.4.1", "KEY-08", "A key for receiving seals nothing", EACH_SUITE, 1, SF_NEED(SEAL), direction_seal },
		{ "key-both", "keys", "4.4.1", "KEY-08", "One KID for sending and for receiving", FIRST_SUITE, 2, SF_NEED(OPEN) | SF_NEED(SEAL), both },
		{ "key-replace", "keys", "4.4.1", "KEY-02", "A second key for a KID replaces the first, or the caller is told", EACH_SUITE, 1, SF_NEED(OPEN), replace },
		{ "key-replace-send", "keys", "4.4.1", "KEY-02 CTR-02", "A second key for a KID that sends is used from then on, or the caller is told", EACH_SUITE, 1, SF_NEED(SEAL), replace_send },
		{ "key-readd", "keys", "7.4", "CTR-06", "The same key added again does not start its counter again", EACH_SUITE, 1, SF_NEED(SEAL), again_there },
		{ "key-readd-removed", "keys", "9.1", "CTR-06", "A key that was removed and is added again", FIRST_SUITE, 1, SF_NEED(SEAL) | SF_NEED(RMKEY), again_removed },
		{ "key-removed", "keys", "5.1", "SK-10", "A key that was removed opens nothing", EACH_SUITE, 1, SF_NEED(OPEN) | SF_NEED(RMKEY), removed },
		{ "key-removed-send", "keys", "5.1", "SK-10", "A key that was removed seals nothing", FIRST_SUITE, 1, SF_NEED(SEAL) | SF_NEED(RMKEY), removed_send },
		{ "key-many", "keys", "4.4.1", "KEY-05", "Many keys work, or the one too many is refused and the others work", FIRST_SUITE, 4, SF_NEED(OPEN), many },
		{ "key-suite-id", "keys", "8.1", "SUITE-03", "A suite that is reserved or not assigned is refused", ONCE, 5, SF_NEED(SEAL), suite_id },
		{ "key-suite-other", "keys", "4.5", "SUITE-02 SUITE-03", "A suite that is not declared is refused, or is the one of its number", ONCE, 1, SF_NEED(SEAL), suite_other },
		{ "key-isolation-send", "keys", "4.4.1", "KEY-06 CTR-03", "Two contexts that send under one KID have a key and a counter each", EACH_SUITE, 1, SF_NEED(SEAL), isolation_send },
		{ "key-isolation", "keys", "4.4.1", "KEY-06", "Keys of two contexts with one KID are not mixed", EACH_SUITE, 1, SF_NEED(OPEN), isolation },
		{ "key-near", "keys", "4.3", "HDR-07 KEY-06", "KIDs that differ in their last bits alone are two", FIRST_SUITE, 3, SF_NEED(OPEN), near },
		/* clang-format on */
	};

	sf_catalogue_add(k, rows, sizeof(rows) / sizeof(rows[0]));
}
