/*
 * cause.c - why do the frames of a shim not open? One that seals is asked
 * for a few before all cases, and the mistakes that implementations make are
 * tried on them (engine/diagnose/diagnose.h). One that refuses genuine frames is
 * given some with such a mistake in them. What one mistake breaks is
 * then charged to the requirement that it is against, and not to whatever a
 * case is about.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/conform/trial.h"
#include "engine/crypto/kdf.h"
#include "engine/diagnose/diagnose.h"
#include "parsers/sframe/header.h"

static const char *const requirements[SF_MISTAKES] = {
#define CAUSE(name, requirement) [SF_MISTAKE_##name] = requirement,
#include "cli/conform/causes.def"
#undef CAUSE
};

/* Keys that are others, and nobody knows how. */
static const struct {
	const char *requirement, *text, *remedy;
} others[SF_CAUSES] = {
	[SF_CAUSE_RATCHET] = { "SK-05",
	    "the base key of a ratchet step is not that of RFC 9605 5.1",
	    "Extract with an empty salt, then expand under \"SFrame 1.0 "
	    "Ratchet\" to Nh octets (RFC 9605 5.1)." },
	[SF_CAUSE_MLS] = { "MLS-01",
	    "the keys of an epoch do not come from its base key as in RFC 9605 "
	    "5.2",
	    "Use the epoch's base key as it is, and in the labels the KID of "
	    "RFC 9605 5.2." },
};

/* Some plain frames open and others do not: what these have in common. */
static const struct one_sided {
	bool refused[2][2], next;
	const char *requirement, *text, *remedy;
} one_sided[] = {
	{ { { false, false }, { true, true } }, false, "DEC-03",
	    "no frame with metadata opens, and others do",
	    "Open with the header as it came and then the metadata as "
	    "additional data, in memory of its own: what is put behind the "
	    "header in its place is written over the frame (RFC 9605 4.4.4)." },
	{ { { false, true }, { false, true } }, true, "NON-02",
	    "frames with CTR 0 open, and no others",
	    "Make the nonce of the CTR in the header (RFC 9605 4.4.4)." },
	{ { { true, false }, { true, false } }, false, "CTR-03",
	    "no frame with CTR 0 opens, and others do",
	    "The first CTR of a key is 0 (RFC 9605 4.4.1): a window in which "
	    "nothing was seen yet refuses nothing." },
	{ { { true, true }, { false, false } }, true, "AEAD-01",
	    "no frame without metadata opens, and others do",
	    "Without metadata the additional data is the header (RFC 9605 "
	    "4.4.3)." },
};

/* Nothing opens, but in a process of its own it does. */
static const struct one_sided mixed = { .requirement = "KEY-06",
	.text = "no plain frame opens after those of another context, and it "
		"does in a process of its own",
	.remedy = "Keep the keys of each context apart, and a key that was "
		  "derived under its base key, its KID and its suite." };

#define FRAMES 10
#define LATER   0x12345
#define AS_LONG 0x1234 /* in octets, as the KID is */
#define MISSES 2 /* of a suite: then no frame of it is searched again */
#define E      4
#define S      6
#define R      4
#define EPOCH  14
#define MEMBER 3

static const struct one_sided *
side_of(const struct sf_cause *c)
{
	if (c->mixed)
		return &mixed;
	if (c->mistake != SF_MISTAKE_NONE || c->no_header || c->other_key)
		return NULL;
	for (size_t i = 0; i < sizeof(one_sided) / sizeof(one_sided[0]); i++)
		if (memcmp(c->refused, one_sided[i].refused,
			sizeof(c->refused)) == 0 &&
		    c->refused_next == one_sided[i].next)
			return &one_sided[i];
	return NULL;
}

static bool
is_plain(const struct sf_cause *c)
{
	return c->by == SF_CAUSE_FRAMES;
}

bool
sf_cause_opens(const struct sf_cause *c)
{
	return c->opened || side_of(c) != NULL;
}

bool
sf_cause_is_own(const struct sf_cause *c, const struct sf_cause *plain)
{
	return sf_cause_requirement(c) != NULL &&
	       (side_of(c) == NULL || sf_cause_requirement(plain) == NULL);
}

/* NULL: nothing is known but that it does not open. */
const char *
sf_cause_requirement(const struct sf_cause *c)
{
	if (side_of(c) != NULL)
		return side_of(c)->requirement;
	if (c->other_kid)
		return "MLS-03";
	if (c->mistake == SF_MISTAKE_NONE && c->no_header)
		return "HDR-01";
	if (c->mistake == SF_MISTAKE_NONE && c->other_key)
		return is_plain(c) ? sf_part_requirement(c->part)
				   : others[c->by].requirement;
	return requirements[c->mistake];
}

const char *
sf_cause_text(const struct sf_cause *c)
{
	const struct sf_mistake_row *row =
	    sf_mistake_row((enum sf_mistake)c->mistake);

	if (c->other_kid)
		return "the KID of a member is another: it is not context, "
		       "index and the low bits of the epoch, in this order";
	if (row == NULL && c->no_header && c->opened)
		return "KID and CTR have each other's half of the config octet";
	if (row == NULL && c->no_header)
		return "the header is not that of RFC 9605 4.3: it has "
		       "another KID";
	if (side_of(c) != NULL)
		return side_of(c)->text;
	if (row == NULL && c->other_key)
		return is_plain(c) ? sf_part_text(c->part) : others[c->by].text;
	return row == NULL ? "" : row->text;
}

const char *
sf_cause_remedy(const struct sf_cause *c)
{
	const struct sf_mistake_row *row =
	    sf_mistake_row((enum sf_mistake)c->mistake);

	if (c->other_kid)
		return "Make the KID as RFC 9605 5.2 has it: the low E bits "
		       "of the epoch, S bits of index above them, the context "
		       "above these.";
	if (row == NULL && c->no_header)
		return "Send and read the header as RFC 9605 4.3 has it.";
	if (side_of(c) != NULL)
		return side_of(c)->remedy;
	if (row == NULL && c->other_key)
		return is_plain(c) ? sf_part_remedy(c->part)
				   : others[c->by].remedy;
	return row == NULL ? "" : row->remedy;
}

/* ---- one frame ----------------------------------------------------------- */

/* The key of the case as a key file has it. */
static bool
keys_of(
    struct sf_keyfile *k, const struct sf_trial *t, const struct sf_plain *f)
{
	struct sf_key_entry *e = &k->keys[0];

	if (f->base.n > sizeof(e->octets) || f->meta.n > sizeof(k->metadata))
		return false;
	k->n = 1;
	e->suite = t->suite->id;
	e->n = f->base.n;
	memcpy(e->octets, f->base.p, f->base.n);
	k->n_metadata = f->meta.n;
	memcpy(k->metadata, f->meta.p, f->meta.n);
	e->kid = f->kid;
	if (t->epoch_known) {
		k->scheme = SF_SCHEME_MLS;
		k->epoch_bits = (unsigned)t->ebits;
		k->sender_bits = (unsigned)t->sbits;
		e->epoch = t->epoch;
		e->kid = 0;
	} else if (t->ratchet_known) {
		k->scheme = SF_SCHEME_SENDER;
		k->ratchet_bits = (unsigned)t->rbits;
	}
	return true;
}

static enum sf_mistake
search(const struct sf_trial *t, const struct sf_plain *f, struct sf_bytes ct,
    struct sf_bytes other)
{
	struct sf_keyfile *k = calloc(1, sizeof(*k));
	enum sf_mistake found = SF_MISTAKE_NONE;
	struct sf_diagnosis d;

	if (k != NULL && keys_of(k, t, f) &&
	    sf_diagnose(&d, t->run->crypto, k, ct, 0, 0, other, NULL, 0) &&
	    requirements[d.mistake] != NULL)
		found = d.mistake;
	if (k != NULL)
		sf_keyfile_wipe(k, t->run->crypto);
	free(k);
	return found;
}

/* A ratchet that has not moved yet gives the key as it is. */
static bool
is_ratcheted(const struct sf_trial *t, uint64_t kid)
{
	return t->ratchet_known && t->rbits > 0 && t->rbits < 64 &&
	       (kid & ((UINT64_C(1) << t->rbits) - 1)) != 0;
}

/* What is known of the suite, and of the way this KID comes by its key. */
static const struct sf_cause *
known(const struct sf_trial *t, uint64_t kid)
{
	enum sf_cause_kind kind = t->epoch_known         ? SF_CAUSE_MLS
				  : is_ratcheted(t, kid) ? SF_CAUSE_RATCHET
							 : SF_CAUSE_FRAMES;

	const struct sf_cause *all = t->run->causes[t->suite->id];

	/* what is in all frames is in these as well */
	return sf_cause_is_own(&all[kind], &all[SF_CAUSE_FRAMES])
		   ? &all[kind]
		   : &all[SF_CAUSE_FRAMES];
}

/* What is wrong in this frame, or else in all of its kind. */
static struct sf_cause
cause_in(struct sf_trial *t, const struct sf_plain *f, struct sf_bytes ct)
{
	struct sf_cause c = { .mistake = SF_MISTAKE_NONE };
	unsigned *misses = &t->misses[t->suite->id];

	/* a ratchet or an export that is wrong looks like other base keys */
	if (known(t, f->kid) !=
		&t->run->causes[t->suite->id][SF_CAUSE_FRAMES] &&
	    !known(t, f->kid)->opened)
		return *known(t, f->kid);
	if (*misses < MISSES) {
		c.mistake = search(t, f, ct, sf_bytes(NULL, 0));
		*misses += c.mistake == SF_MISTAKE_NONE;
	}
	if (c.mistake != SF_MISTAKE_NONE)
		return c;
	c = *known(t, f->kid);
	if (c.opened) {
		c.mistake = SF_MISTAKE_NONE;
		c.no_header = c.other_key = false;
	}
	memset(c.refused, 0, sizeof(c.refused)); /* that is what it opens */
	return c;
}

void
sf_blame_frame(struct sf_trial *t, const struct sf_plain *f, struct sf_bytes ct)
{
	struct sf_cause c = cause_in(t, f, ct);

	t->blame = sf_cause_requirement(&c);
}

void
sf_blame_part(struct sf_trial *t, const char *part)
{
	for (uint16_t id = 1; id <= SF_SUITES; id++) {
		const char *requirement =
		    sf_cause_requirement(&t->run->causes[id][SF_CAUSE_FRAMES]);

		/* AEAD-01 is about what the AEAD is given */
		if (requirement != NULL &&
		    (t->suite == NULL || t->suite->id == id) &&
		    strcmp(requirement, "AEAD-01") != 0 &&
		    strncmp(requirement, part, strlen(part)) == 0)
			t->blame = requirement;
	}
}

void
sf_fail_frame(struct sf_trial *t, const struct sf_plain *f, struct sf_bytes ct)
{
	struct sf_cause c = cause_in(t, f, ct);

	t->blame = sf_cause_requirement(&c);
	if (t->blame == NULL)
		sf_habit_blame(t, SF_EXPECTED_OCTETS);
	if (sf_cause_requirement(&c) == NULL)
		sf_fail(t,
		    "the frame does not open: its tag is wrong for this key, "
		    "counter, header and metadata");
	else
		sf_fail(t, "the frame does not open: %s", sf_cause_text(&c));
}

const char *
sf_cause_of_refusal(const struct sf_trial *t)
{
	const struct sf_cause *c =
	    t->suite == NULL ? NULL : known(t, t->asked_kid);

	return c != NULL && c->refused[t->asked_meta][t->asked_later]
		   ? sf_cause_requirement(c)
		   : NULL;
}

const char *
sf_cause_of_kids(const struct sf_trial *t)
{
	const struct sf_cause *c =
	    t->suite == NULL || !t->epoch_known
		? NULL
		: &t->run->causes[t->suite->id][SF_CAUSE_MLS];

	return c != NULL && c->other_kid ? sf_cause_requirement(c) : NULL;
}

bool
sf_fail_refused(struct sf_trial *t, const char *what)
{
	const struct sf_cause *c;
	char verb[24];

	sf_trial_verb(t, verb);
	if (strcmp(verb, "open") != 0 || sf_cause_of_refusal(t) == NULL)
		return false;
	t->blame = sf_cause_of_refusal(t);
	c = known(t, t->asked_kid);
	sf_fail(t, "must succeed: %s; refused (%s). In %s, %s", what, t->reason,
	    sf_cause_opens(c) ? "all" : "what it seals", sf_cause_text(c));
	return true;
}

/* ---- before all cases ---------------------------------------------------- */

struct sample {
	uint8_t base[SF_KEY_MAX], meta[12], pt[32], ct[2][160];
	size_t n[2];
	struct sf_plain f;
};

static void
make(struct sf_trial *t, struct sample *s)
{
	sf_fill_key(t, s->base, sizeof(s->base));
	sf_fill(t, s->meta, sizeof(s->meta));
	sf_fill(t, s->pt, sizeof(s->pt));
	s->f = (struct sf_plain){ .base = sf_bytes(s->base, 32),
		.kid = 0x123,
		.meta = sf_bytes(s->meta, sizeof(s->meta)),
		.pt = sf_bytes(s->pt, sizeof(s->pt)) };
}

static bool
is_ok(struct sf_trial *t)
{
	return !t->stopped && t->reply == SF_R_OK;
}

/* A key of each kind. */
static bool
begin_frames(struct sf_trial *t, struct sample *s, const char *use)
{
	sf_key(t, "a", use, s->f.kid, s->f.base);
	return is_ok(t);
}

static bool
begin_mls(struct sf_trial *t, struct sample *s, const char *use)
{
	(void)use;
	s->f.base = sf_bytes(s->base, t->suite->key_octets);
	s->f.kid = (MEMBER << E) + EPOCH;
	sf_begin(t, "epoch");
	sf_put(t, "ctx", "a");
	sf_put_u64(t, "epoch", EPOCH);
	sf_put_hex(t, "base", s->f.base);
	sf_put_u64(t, "ebits", E);
	sf_put_u64(t, "sbits", S);
	sf_ask(t);
	return is_ok(t);
}

static bool
begin_ratchet(struct sf_trial *t, struct sample *s, const char *use)
{
	sf_begin(t, "rkey");
	sf_put(t, "ctx", "a");
	sf_put(t, "use", use);
	sf_put_u64(t, "r", R);
	sf_put_u64(t, "gen", 0);
	sf_put_hex(t, "base", s->f.base);
	sf_ask(t);
	s->f.kid = 0;
	return is_ok(t);
}

/* Ours is so many steps on: at the first, no ratchet has been at work. */
static void
step_ours(struct sf_trial *t, struct sample *s, unsigned steps)
{
	uint8_t next[SF_HASH_MAX];

	for (s->f.kid = 0; s->f.kid < steps; s->f.kid++) {
		if (!sf_kdf_ratchet(next, t->run->crypto, t->suite, s->f.base))
			return;
		memcpy(s->base, next, t->suite->hash_octets);
		s->f.base = sf_bytes(s->base, t->suite->hash_octets);
	}
}

static void
seal_mls(struct sf_trial *t, const struct sample *s)
{
	sf_begin(t, "mseal");
	sf_put(t, "ctx", "a");
	sf_put_u64(t, "epoch", EPOCH);
	sf_put_u64(t, "index", MEMBER);
	sf_put_u64(t, "context", 0);
	sf_put_hex(t, "meta", s->f.meta);
	sf_put_hex(t, "pt", s->f.pt);
	sf_ask(t);
}

/* The ratchet makes a step first, and its KID is what the frame says. */
static void
seal_ratchet(struct sf_trial *t, const struct sample *s)
{
	uint64_t kid;

	sf_begin(t, "step");
	sf_put(t, "ctx", "a");
	sf_ask(t);
	if (is_ok(t) && sf_take_u64(t, "kid", &kid))
		sf_seal(t, "a", kid, s->f.meta, s->f.pt);
}

static void
seal_frames(struct sf_trial *t, const struct sample *s)
{
	sf_seal(t, "a", s->f.kid, s->f.meta, s->f.pt);
}

/* Some frames, until the counter has an octet of its own. A short tag needs two
   to prove anything: the last two are kept. */
static bool
take_frames(struct sf_trial *t, struct sample *s,
    void (*seal)(struct sf_trial *t, const struct sample *s))
{
	struct sf_bytes ct;

	for (unsigned i = 0; i < FRAMES; i++) {
		unsigned at = i % 2;

		seal(t, s);
		if (!is_ok(t) && i == 0 && s->f.meta.n > 0 && !t->stopped) {
			s->f.meta = sf_bytes(NULL, 0); /* takes none */
			seal(t, s);
		}
		if (!is_ok(t) || !sf_take_hex(t, "ct", &ct) ||
		    ct.n > sizeof(s->ct[at]))
			return false;
		memcpy(s->ct[at], ct.p, ct.n);
		s->n[at] = ct.n;
	}
	return true;
}

static const struct {
	const char *id;
	unsigned seals, opens; /* capabilities */
	bool (*begin)(struct sf_trial *t, struct sample *s, const char *use);
	void (*seal)(struct sf_trial *t, const struct sample *s);
} kinds[SF_CAUSES] = {
	/* clang-format off */
	[SF_CAUSE_FRAMES]  = { "cause-frames",  SF_NEED(SEAL), SF_NEED(OPEN), begin_frames, seal_frames },
	[SF_CAUSE_MLS]     = { "cause-mls",     SF_NEED(MLS), SF_NEED(MLS) | SF_NEED(OPEN), begin_mls, seal_mls },
	[SF_CAUSE_RATCHET] = { "cause-ratchet", SF_NEED(SEAL) | SF_NEED(RATCHET_STORE), SF_NEED(OPEN) | SF_NEED(RATCHET_STORE), begin_ratchet, seal_ratchet },
	/* clang-format on */
};

static bool
begin(struct sf_trial *t, struct sample *s, enum sf_cause_kind kind,
    const char *use)
{
	make(t, s);
	sf_begin(t, "new");
	sf_put(t, "ctx", "a");
	sf_put_u64(t, "suite", t->suite->id);
	sf_ask(t);
	return is_ok(t) && kinds[kind].begin(t, s, use);
}

static struct sf_bytes
last_of(const struct sample *s)
{
	return sf_bytes(s->ct[(FRAMES - 1) % 2], s->n[(FRAMES - 1) % 2]);
}

/* A ratchet's KID is the shim's to say. */
static bool
has_kid(const struct sample *s)
{
	struct sf_sframe_header h;
	struct sf_diag d;

	return s->f.kid == 0 ||
	       (sf_sframe_header_parse(&h, last_of(s), &d) == SF_OK &&
		   h.kid == s->f.kid);
}

static void
look_at_sealed(struct sf_trial *t, enum sf_cause_kind kind, struct sf_cause *c)
{
	struct sample s;

	/* with metadata and, two mistakes may hide each other, without */
	for (bool meta = true;; meta = false) {
		if (!begin(t, &s, kind, "send"))
			return;
		if (!meta)
			s.f.meta = sf_bytes(NULL, 0);
		if (!take_frames(t, &s, kinds[kind].seal))
			return;
		c->other_kid = !has_kid(&s) && kind == SF_CAUSE_MLS &&
			       !t->run->causes[t->suite->id][SF_CAUSE_FRAMES]
				    .no_header;
		if (c->other_kid)
			return;
		c->no_header = !has_kid(&s);
		c->mistake =
		    search(t, &s.f, last_of(&s), sf_bytes(s.ct[0], s.n[0]));
		if (c->mistake != SF_MISTAKE_NONE)
			return;
		if (kind == SF_CAUSE_RATCHET)
			step_ours(t, &s, FRAMES);
		if (!meta)
			break;
	}
	c->by = kind;
	c->other_key = !sf_opens_by_us(t, &s.f, last_of(&s)) &&
		       !t->run->causes[t->suite->id][SF_CAUSE_FRAMES].other_key;
	if (c->other_key && is_plain(c))
		c->part = sf_part_look(t);
}

/* Plain frames of ours: with metadata and without, CTR 0 and not. False when
   nothing is known of them. */
static bool
look_at_opened(struct sf_trial *t, enum sf_cause_kind kind, struct sf_cause *c)
{
	struct sample s;

	for (unsigned i = 0; i < 5; i++) {
		bool meta = i / 2 == 1, later = i % 2 > 0;

		if (!begin(t, &s, kind, "recv"))
			return false;
		if (!meta)
			s.f.meta = sf_bytes(NULL, 0);
		s.f.ctr = i == 4 ? 1 : later ? LATER : 0;
		if (kind == SF_CAUSE_RATCHET)
			step_ours(t, &s, 1);
		s.n[0] = sf_seal_by_us(t, &s.f, s.ct[0]);
		sf_open(t, "a", s.f.meta, sf_bytes(s.ct[0], s.n[0]));
		*(i == 4 ? &c->refused_next : &c->refused[meta][later]) =
		    t->reply == SF_R_NO && !t->declared;
	}
	return true;
}

static bool
nothing_opens(const struct sf_cause *c)
{
	return c->refused[0][0] && c->refused[0][1];
}

/* Plain frames are refused: does one open that has a mistake in it? Then that is what
   it expects of all. */
static enum sf_mistake
mistake_opened(struct sf_trial *t, enum sf_cause_kind kind,
    const struct sf_cause *c, struct sf_keyfile *k, uint64_t first)
{
	bool meta = c->refused[1][1] || c->refused[1][0];
	struct sf_mistaken m = { .c = t->run->crypto, .keys = k,
		.suite = t->suite };
	struct sample s;

	if (!begin(t, &s, kind, "recv"))
		return SF_MISTAKE_NONE;
	if (!meta)
		s.f.meta = sf_bytes(NULL, 0);
	if (!keys_of(k, t, &s.f))
		return SF_MISTAKE_NONE;
	if (kind == SF_CAUSE_RATCHET)
		step_ours(t, &s, 1);
	s.f.ctr = m.ctr = first;
	m.kid = s.f.kid;
	s.n[0] = sf_seal_by_us(t, &s.f, s.ct[0]);
	if (sf_open(t, "a", s.f.meta, sf_bytes(s.ct[0], s.n[0])) != SF_R_NO)
		return SF_MISTAKE_NONE; /* there is nothing to explain */
	m.pt = s.f.pt;
	while (!t->stopped && sf_mistaken_next(&m)) {
		if (requirements[m.mistake] == NULL)
			continue;
		/* another one, too: by chance a mistake may look like another */
		for (m.ctr = first; m.ctr < first + 2; m.ctr++)
			if (!sf_mistaken_again(&m) ||
			    sf_open(t, "a", s.f.meta,
				sf_bytes(m.frame, m.n)) != SF_R_OK)
				break;
		if (m.ctr == first + 2)
			return m.mistake;
	}
	return SF_MISTAKE_NONE;
}

/* A plain frame opens when the halves of its config octet have changed places. */
static bool
opens_exchanged(struct sf_trial *t)
{
	struct sample s;
	uint8_t *config = s.f.header;

	if (!begin(t, &s, SF_CAUSE_FRAMES, "recv"))
		return false;
	s.f.meta = sf_bytes(NULL, 0);
	s.f.ctr = LATER;
	s.f.n_header = sf_sframe_header_write(s.f.header, s.f.kid, s.f.ctr);
	*config = (uint8_t)(*config << 4 | *config >> 4);
	s.n[0] = sf_seal_by_us(t, &s.f, s.ct[0]);
	return sf_open(t, "a", s.f.meta, sf_bytes(s.ct[0], s.n[0])) == SF_R_OK;
}

static void
search_opened(struct sf_trial *t, enum sf_cause_kind kind, struct sf_cause *c)
{
	const struct sf_cause *plain =
	    &t->run->causes[t->suite->id][SF_CAUSE_FRAMES];
	struct sf_keyfile *k;

	if (c->mistake != SF_MISTAKE_NONE || c->no_header || c->other_key ||
	    c->mixed || !(c->refused[0][1] || c->refused[1][1]) ||
	    (kind != SF_CAUSE_FRAMES && plain->refused[0][1]))
		return;
	k = calloc(1, sizeof(*k));
	if (k == NULL)
		return;
	c->mistake = mistake_opened(t, kind, c, k, LATER);
	if (c->mistake == SF_MISTAKE_NONE)
		c->mistake = mistake_opened(t, kind, c, k, AS_LONG);
	c->opened = c->mistake != SF_MISTAKE_NONE;
	if (!c->opened && kind == SF_CAUSE_FRAMES && nothing_opens(c)) {
		c->no_header = opens_exchanged(t);
		c->part = c->no_header ? SF_PART_UNKNOWN : sf_part_schedule(t);
		c->other_key = c->part != SF_PART_UNKNOWN;
		c->opened = c->no_header || c->other_key;
	}
	sf_keyfile_wipe(k, t->run->crypto);
	free(k);
}

/* The first of them once more, where nothing came before. */
static bool
opens_alone(struct sf_trial *t, enum sf_cause_kind kind)
{
	struct sf_cause alone = { .mistake = SF_MISTAKE_NONE };

	sf_child_stop(t->child);
	*t->greeted = false;
	t->stopped = false;
	return look_at_opened(t, kind, &alone) && !t->stopped &&
	       !alone.refused[0][0];
}

/* It hung, or fell over. */
static bool
is_end(const struct sf_case_result *r)
{
	return r->verdict == SF_V_CRASH || r->verdict == SF_V_TIMEOUT;
}

/* False when it should not be asked more: it hangs, or falls over. */
static bool
look(struct sf_trial *t, uint16_t suite, enum sf_cause_kind kind,
    struct sf_cause *c)
{
	struct sf_case a_case = { .suite = suite };
	struct sf_case_result sealed = { .verdict = SF_V_PASS };
	struct sf_case_result opened = { .verdict = SF_V_PASS };
	unsigned caps = t->run->info.caps;
	bool well;

	/* keys of its own: who mixes them up is seen */
	snprintf(a_case.id, sizeof(a_case.id), "%s-sealed-s%u", kinds[kind].id,
	    suite);
	if ((kinds[kind].seals & ~caps) == 0) {
		sf_trial_case(t, &a_case, &sealed);
		look_at_sealed(t, kind, c);
	}
	if (!is_end(&sealed) && (kinds[kind].opens & ~caps) == 0) {
		snprintf(a_case.id, sizeof(a_case.id), "%s-opened-s%u",
		    kinds[kind].id, suite);
		sf_trial_case(t, &a_case, &opened);
		c->mixed = look_at_opened(t, kind, c) &&
			   c->mistake == SF_MISTAKE_NONE && nothing_opens(c) &&
			   opens_alone(t, kind);
		if (!is_end(&opened))
			search_opened(t, kind, c);
	}
	well = !is_end(&sealed) && !is_end(&opened);
	sf_case_result_free(&sealed);
	sf_case_result_free(&opened);
	return well;
}

/* The same of habits. */
static bool
habits(struct sf_trial *t, uint16_t suite, struct sf_habits *h)
{
	struct sf_case a_case = { .suite = suite };
	struct sf_case_result result = { .verdict = SF_V_PASS };
	bool well;

	snprintf(a_case.id, sizeof(a_case.id), "habits-s%u", suite);
	sf_trial_case(t, &a_case, &result);
	sf_habits_look(t, h);
	well = !is_end(&result) || h->ends || h->text_only || h->zero_meta;
	sf_case_result_free(&result);
	return well;
}

void
sf_conform_causes(struct sf_conform *r)
{
	struct sf_child child = { .pid = 0, .in = -1, .out = -1, .err = -1 };
	struct sf_trial *t = calloc(1, sizeof(*t));
	bool greeted = false;

	if (t == NULL)
		return;
	t->run = r;
	t->child = &child;
	t->greeted = &greeted;
	for (unsigned kind = 0; kind < SF_CAUSES; kind++)
		for (uint16_t id = 1; id <= SF_SUITES; id++)
			if ((r->info.suites >> id & 1) != 0 &&
			    !look(t, id, (enum sf_cause_kind)kind,
				&r->causes[id][kind]))
				break;
	for (uint16_t id = 1; id <= SF_SUITES; id++)
		if ((r->info.suites >> id & 1) != 0 &&
		    !habits(t, id, &r->habits[id]))
			break;
	for (uint16_t id = 1; id <= SF_SUITES; id++) {
		r->ends |= r->habits[id].ends;
		r->keeps |= r->habits[id].keeps;
	}
	sf_trial_free(t);
	sf_child_free(&child);
	free(t);
}
