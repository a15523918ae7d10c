/*
 * conform.h - somebody's implementation of SFrame, asked what the documents
 * say it must do. A case is a few requests to a shim and what has to come of
 * them; a trial is a case under way.
 */
#ifndef SF_CONFORM_H
#define SF_CONFORM_H

#include <stdio.h>

#include "engine/shim/child.h"
#include "engine/shim/line.h"
#include "engine/vectors/vectorfile.h"

/* ---- what a shim can, and what it says of itself ------------------------- */

enum sf_cap {
#define CAP(id, name, verbs) SF_CAP_##id,
#include "cli/conform/caps.def"
#undef CAP
	SF_CAPS
};

#define SF_NEED(cap) (1u << SF_CAP_##cap)

/* "ctr-set"; static. */
const char *sf_cap_name(enum sf_cap cap);

struct sf_shim_info {
	char name[64], version[64];          /* made safe to print */
	unsigned suites;                     /* bit 1 << id */
	unsigned caps;                       /* bit 1 << cap */
	char policy[SF_VECTOR_POLICIES][32]; /* "" where none is declared */
	/* UINT64_MAX: not declared */
	uint64_t max_frame, max_meta, max_keys, max_kid, max_ctr;
};

/* ---- cases --------------------------------------------------------------- */

struct sf_trial;
struct sf_plain;

/* How a case is made; a table of these makes the catalogue. */
struct sf_case {
	char id[48];
	const char *tag;          /* "frames"; the part of the catalogue */
	const char *section;      /* of RFC 9605, or "draft" */
	const char *requirements; /* blanks between; the first is what fails */
	const char *says;         /* a sentence without its full stop */
	unsigned place;           /* told behind the sentence, unless 0 */
	uint16_t suite;           /* 0: of none */
	unsigned i;               /* which of its family */
	unsigned needs;           /* capabilities, SF_NEED() */
	bool quick;               /* part of --quick */
	bool any_suite;           /* one is enough, whichever it is */
	bool measures;            /* times: only when asked for */
	void (*run)(struct sf_trial *t);
	const struct sf_vectorfile *file; /* of a case that is a test vector */
	const struct sf_vector_group *group;
	const struct sf_vector_case *vector;
};

struct sf_catalogue {
	size_t n, room;
	struct sf_case *cases;
	size_t n_files;
	struct sf_vectorfile files[32];
	bool failed; /* no memory, or the library failed */
};

/* All cases, in their order. False without memory. */
bool sf_catalogue_make(struct sf_catalogue *k, uint64_t seed);
void sf_catalogue_free(struct sf_catalogue *k);
/* Cases that want one suite get one of these (bit 1 << id). */
void sf_catalogue_settle(struct sf_catalogue *k, unsigned suites);

/* One family: count cases for each suite, or of none. */
struct sf_family {
	const char *id, *tag, *section, *requirements, *says;
	enum { ONCE, EACH_SUITE, CTR_SUITES, FIRST_SUITE } over;
	unsigned count; /* 0: as many as the tag has octets */
	unsigned needs;
	void (*run)(struct sf_trial *t);
};

void sf_catalogue_add(
    struct sf_catalogue *k, const struct sf_family *rows, size_t n);
struct sf_case *sf_catalogue_room(struct sf_catalogue *k);

/* The parts of the catalogue. */
void sf_cases_vectors(struct sf_catalogue *k, uint64_t seed);
void sf_cases_official(struct sf_catalogue *k);
void sf_cases_header(struct sf_catalogue *k);
void sf_cases_frames(struct sf_catalogue *k);
void sf_cases_turns(struct sf_catalogue *k);
void sf_cases_tags(struct sf_catalogue *k);
void sf_cases_keys(struct sf_catalogue *k);
void sf_cases_keys_life(struct sf_catalogue *k);
void sf_cases_counters(struct sf_catalogue *k);
void sf_cases_replay(struct sf_catalogue *k);
void sf_cases_state(struct sf_catalogue *k);
void sf_cases_ratchet(struct sf_catalogue *k);
void sf_cases_mls(struct sf_catalogue *k);
void sf_cases_export(struct sf_catalogue *k);
void sf_cases_persist(struct sf_catalogue *k);
void sf_cases_resources(struct sf_catalogue *k);
void sf_cases_rtp(struct sf_catalogue *k);

/* ---- outcomes ------------------------------------------------------------ */

enum sf_case_verdict {
	SF_V_PASS,
	SF_V_FAIL,
	SF_V_CRASH,
	SF_V_TIMEOUT,
	SF_V_UNSUPPORTED,
	SF_V_RECORDED, /* a choice, or a measurement: never a failure */
	SF_V_NOT_RUN,
	SF_VERDICTS
};

/* "pass"; static. */
const char *sf_case_verdict_name(enum sf_case_verdict v);

#define SF_WHY 480

struct sf_case_result {
	enum sf_case_verdict verdict;
	bool flaky;       /* it crashed or hung once, and not when run again */
	bool known;       /* as the file of known results says */
	char why[SF_WHY]; /* expected and got, or what was recorded */
	/* The requirement that did not hold, when it is not the first that the
	   case names; static, or NULL. */
	const char *charged;
	char *replay; /* requests for printf, or NULL: too long */
	char *error;  /* the end of standard error, after a crash */
	unsigned milliseconds;
	/* Of a policy, an enum sf_vector_policy: what it does; static, or NULL. */
	const char *chosen;
	uint8_t policy;
};

struct sf_conform_options {
	char *const *argv; /* of the shim */
	double timeout_scale;
	uint64_t memory; /* limit of the shim in octets; 0: none */
	uint64_t seed;
	bool isolate, keep_going, quick, timing, pipeline;
	unsigned jobs;
	const char *tag;          /* NULL: all */
	const char *const *names; /* ids or globs; n_names 0: all */
	unsigned n_names;
};

/* Ways to come by the keys of a frame, each with mistakes of its own. */
enum sf_cause_kind {
	SF_CAUSE_FRAMES,
	SF_CAUSE_MLS,
	SF_CAUSE_RATCHET,
	SF_CAUSES
};

/* Where a mistake is that is not known. */
enum sf_cause_part {
	SF_PART_UNKNOWN,
	SF_PART_KEY,
	SF_PART_SECRET, /* what is extracted, before that */
	SF_PART_HKDF,   /* the second block of what is expanded */
	SF_PART_NONCE,
	SF_PART_TAG,
	SF_PART_MAC
};

/* What is wrong with all frames of a suite, as far as it is known. */
struct sf_cause {
	/* of diagnose.h, in what it seals, or else in what it opens; 0: none */
	unsigned mistake;
	bool no_header;   /* what it seals does not begin with its KID */
	bool other_kid;   /* the same of an epoch's, and plain frames do */
	/* No mistake that is known, and what it seals is not under the key of
	   a step (then by is RATCHET) or of an epoch (MLS). */
	bool other_key;
	enum sf_cause_kind by;
	enum sf_cause_part part; /* likewise, of plain frames */
	bool refused[2][2]; /* a plain frame: with metadata; CTR not 0 */
	bool refused_next;  /* one with CTR 1 */
	bool mixed;         /* what came before is in the way */
	bool opened;        /* mistake is in what it opens */
};

/* What it does with all frames of a kind: habit.c. */
struct sf_habits {
	bool takes_forged, takes_unknown;
	bool ends;        /* the process does, behind a refusal */
	bool keeps;       /* a context that is made anew keeps its keys */
	bool short_nonce; /* is why far_ctr does not open */
	bool short_label; /* of far_kid: labels have 32 bits */
	/* frames under such keys do not open; with a zero octet in them */
	bool short_base, long_base, zero_base;
	/* A base key has one key, whatever the KID is, or the suite. */
	bool by_base, any_suite;
	bool one_window; /* all keys have one replay window */
	bool once;       /* a frame that opened leaves the key to no other */
	/* It takes metadata that is UTF-8, or without a zero octet, and no other */
	bool text_only, zero_meta;
	uint64_t far_kid, far_ctr; /* from here on none opens; 0: all do */
	const char *noise; /* requirement: plaintexts come out as noise */
};

/* Runs the cases and fills in results, one for each. */
struct sf_conform {
	const struct sf_conform_options *o;
	const struct sf_crypto *crypto;
	struct sf_shim_info info;
	struct sf_cause causes[SF_SUITES + 1][SF_CAUSES];
	struct sf_habits habits[SF_SUITES + 1];
	bool ends; /* its process, whenever it has refused something */
	bool keeps; /* a context that is made anew its keys, of whatever suite */
	const struct sf_catalogue *catalogue;
	struct sf_case_result *results;
	size_t done, crashes;
	size_t left_out;     /* cases of families that gave no answers */
	bool starts_quickly; /* then a process for each, after many crashes */
	bool stopped;        /* before the end: too many hangs, or ... */
	bool failed;         /* ... a limit or a failure of ours */
	char trouble[SF_WHY];
};

enum sf_hello { SF_HELLO_OK, SF_HELLO_SKIP, SF_HELLO_WRONG, SF_HELLO_NO_START };

/* * stands for any run of characters, and nothing else is special. */
bool sf_case_matches(const char *glob, const char *id);

/* "fr-cut" of "fr-cut-s4-07" */
void sf_case_family(const char *id, char out[48]);

/* Starts the shim once and asks it hello; trouble says why it is not OK. */
enum sf_hello sf_conform_hello(struct sf_conform *r);
/* Looks at a few frames of each suite, so that a mistake that is in all of them
   is known before the cases that it breaks. */
void sf_conform_causes(struct sf_conform *r);
/* Of a cause whose mistake is known: "NON-01", what it is, what to do; static. */
const char *sf_cause_requirement(const struct sf_cause *c);
const char *sf_cause_text(const struct sf_cause *c);
const char *sf_cause_remedy(const struct sf_cause *c);
/* It is in what it opens; what it seals is right, as far as it was asked. */
bool sf_cause_opens(const struct sf_cause *c);
/* More is known of one kind than what plain frames show. */
bool sf_cause_is_own(const struct sf_cause *c, const struct sf_cause *plain);
/* False after a failure of ours; trouble says which. */
bool sf_conform_run(struct sf_conform *r);
bool sf_conform_wanted(const struct sf_conform *r, const struct sf_case *c);
void sf_case_result_free(struct sf_case_result *r);

/* ---- trials: for those who write cases ----------------------------------- */

enum sf_reply { SF_R_NONE, SF_R_OK, SF_R_NO, SF_R_UNSUPPORTED };

/* Octets of plaintext or metadata that everybody has to take. */
#define SF_ANY_SIZE 256

#define SF_ANSWERS 512 /* replies of a case that are compared */

#define SF_BASES 64 /* base keys that are remembered: the last ones */

#define SF_SEALS 2048 /* counters that a trial remembers to find one again */

struct sf_trial {
	const struct sf_conform *run;
	const struct sf_case *c;
	const struct sf_suite *suite; /* of the case; may be changed */
	struct sf_child *child;
	bool *greeted; /* hello was asked of this process */
	uint64_t id, random;
	struct sf_line line, log;
	bool log_cut;
	size_t log_n;
	enum sf_reply reply;
	struct sf_bytes words; /* of the last reply */
	char reason[16];       /* of its why */
	/* Why the request may be refused though it is right: it is beyond what
	   the shim declares, or the documents set no rule; "" when it may
	   not. */
	char beyond[96];
	bool declared; /* the former of the two */
	/* The last open: with metadata, with another CTR than 0, its KID. */
	bool asked_meta, asked_later;
	uint64_t asked_kid, asked_ctr;
	/* A frame of this case opened; the KID of the last one. */
	bool opened;
	uint64_t opened_kid;
	uint64_t asked_ct; /* a hash */
	/* It was too short for a header, or for a tag: the requirement; NULL. */
	const char *asked_short;
	uint64_t key_kid;  /* of the last key for receiving */
	unsigned n_keys;   /* that the last context has */
	size_t key_octets; /* of the last base key */
	bool key_zero;     /* it has a zero octet */
	/* The metadata of the request is UTF-8; it has a zero octet. */
	bool asked_text, asked_zero;
	/* A base key of this case was in use in this process before, for another
	   KID, or for another suite. */
	bool again_kid, again_suite;
	uint64_t word_kid; /* of the request */
	unsigned n_bases;  /* since the process started */
	struct sf_base_seen {
		uint64_t base; /* a hash */
		uint64_t kid;
		uint16_t suite;
	} bases[SF_BASES];
	/* It was refused, as all frames like it are: the requirement that this
	   is against, until something else is asked; static, or NULL. */
	const char *cause;
	/* Where its keys are from: an epoch, or a ratchet, that was taken. */
	bool epoch_known, ratchet_known;
	uint64_t epoch, ebits, sbits, rbits;
	uint64_t asked_epoch, asked_ebits, asked_sbits, asked_rbits;
	const char *blame; /* requirement that the next failure is against */
	const char *habit; /* what is told of it; static, or NULL */
	/* The same of a genuine frame that is refused, when no more is known. */
	const char *otherwise;
	bool was_no;                    /* the last reply of this process */
	unsigned misses[SF_SUITES + 1]; /* frames whose mistake was not found */
	bool optional;                  /* the verb that is being asked */
	size_t room;
	uint8_t *octets; /* of the last value taken */
	bool stopped;    /* something was found: nothing is asked now */
	struct sf_case_result *result;
	size_t n_answers;
	uint64_t answers[SF_ANSWERS]; /* hashes of replies */
	unsigned n_seals;
	struct sf_seal_seen {
		uint64_t kid, ctr, key;
	} seals[SF_SEALS];
};

void sf_trial_free(struct sf_trial *t);
void sf_trial_case(
    struct sf_trial *t, const struct sf_case *c, struct sf_case_result *result);

/* All requests of a case once more, without waiting for replies: they have to be
   those of the first time. */
void sf_trial_pipeline(struct sf_trial *t);

/* A request is begun, given words, and asked. After a verdict all of these do
   nothing, and the reply is SF_R_NONE. */
void sf_begin(struct sf_trial *t, const char *verb);
void sf_put(struct sf_trial *t, const char *key, const char *value);
void sf_put_u64(struct sf_trial *t, const char *key, uint64_t v);
void sf_put_hex(struct sf_trial *t, const char *key, struct sf_bytes b);
enum sf_reply sf_ask(struct sf_trial *t);
/* The same of a verb that need not be there: no verdict comes of it. */
enum sf_reply sf_ask_optional(struct sf_trial *t);

/* The process is ended; the next request goes to a new one. */
void sf_kill(struct sf_trial *t);

/* A value of the last reply; a verdict when it is not there or is none. */
bool sf_take_u64(struct sf_trial *t, const char *key, uint64_t *v);
bool sf_take_hex(struct sf_trial *t, const char *key, struct sf_bytes *b);
/* One of a list with commas, which gets shorter; false at its end. */
bool sf_take_next(
    struct sf_trial *t, struct sf_bytes *list, struct sf_bytes *b);

/* Verdicts; the first one counts. */
void sf_fail(struct sf_trial *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void sf_record(struct sf_trial *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* A choice that the documents leave open. It fails when the shim declares
   another: taken and refused are its words for the two. */
void sf_choose(struct sf_trial *t, enum sf_vector_policy p, bool taken,
    const char *word_taken, const char *word_refused);

/* A frame of the shim's that does not open: says why, if it can be found. */
void sf_fail_frame(
    struct sf_trial *t, const struct sf_plain *f, struct sf_bytes ct);
/* Refused, as all such frames are, for a reason that is known; or false. */
bool sf_fail_refused(struct sf_trial *t, const char *what);
/* The requirement that such a refusal is against; NULL. */
const char *sf_cause_of_refusal(const struct sf_trial *t);
/* The same of a failure in a case of MLS, whose KIDs are others in all frames. */
const char *sf_cause_of_kids(const struct sf_trial *t);
/* This frame of the shim's is not what it should be: whatever fails next is
   charged to the mistake that is in it, if it can be found. */
void sf_blame_frame(
    struct sf_trial *t, const struct sf_plain *f, struct sf_bytes ct);
/* What a header is against that is not minimal: a value below 8 that is not in the
   config octet, or else one that is too long; static. */
struct sf_sframe_header;
const char *sf_blame_fields(const struct sf_sframe_header *h);
/* The same of a part of the work, "HDR", "KDF" or "AEAD", that the mistake in
   all frames of the suite is in, "" for any part; of any suite where the case
   has none. */
void sf_blame_part(struct sf_trial *t, const char *part);

/* What was seen of it, where a case judges by itself; word is static. */
void sf_chose(struct sf_trial *t, enum sf_vector_policy p, const char *word);

/* What the last reply has to be. A refusal of what is beyond is recorded. */
bool sf_must_ok(struct sf_trial *t, const char *what);
bool sf_must_no(struct sf_trial *t, const char *what);
void sf_must_octets(struct sf_trial *t, const char *key, struct sf_bytes want);
void sf_must_u64(struct sf_trial *t, const char *key, uint64_t want);

uint64_t sf_next(struct sf_trial *t); /* numbers that follow from the seed */
void sf_fill(struct sf_trial *t, uint8_t *out, size_t n);
/* The same without a zero octet: what ends at one has cases of its own. */
void sf_fill_key(struct sf_trial *t, uint8_t *out, size_t n);

/* ---- frames -------------------------------------------------------------- */

/* A frame as RFC 9605 has it, to be sealed by us. */
struct sf_plain {
	struct sf_bytes base;
	uint64_t kid, ctr;
	struct sf_bytes meta, pt;
	size_t n_header; /* 0: the minimal one */
	uint8_t header[17];
};

/* Octets of out, which has room for 17, pt.n and 16. */
size_t sf_seal_by_us(
    struct sf_trial *t, const struct sf_plain *f, uint8_t *out);

/* Requests that most cases make. A second context may be refused, and ends the
   trial as recorded. */
void sf_new(struct sf_trial *t, const char *ctx); /* of the trial's suite */
enum sf_reply sf_key(struct sf_trial *t, const char *ctx, const char *use,
    uint64_t kid, struct sf_bytes base);
void sf_must_key(struct sf_trial *t, const char *ctx, const char *use,
    uint64_t kid, struct sf_bytes base);
/* Of a key that is there. */
void sf_must_remove(struct sf_trial *t, const char *ctx, uint64_t kid);
enum sf_reply sf_open(struct sf_trial *t, const char *ctx, struct sf_bytes meta,
    struct sf_bytes ct);
enum sf_reply sf_seal(struct sf_trial *t, const char *ctx, uint64_t kid,
    struct sf_bytes meta, struct sf_bytes pt);

/* The frame is opened, and what came out is right. */
void sf_must_open(struct sf_trial *t, const char *ctx, const struct sf_plain *f,
    struct sf_bytes ct);
/* Seals f by us, and has it opened, or refused. */
void sf_must_open_ours(
    struct sf_trial *t, const char *ctx, const struct sf_plain *f);
void sf_must_refuse(struct sf_trial *t, const char *ctx, struct sf_bytes meta,
    struct sf_bytes ct, const char *what);
/* The same where a case is about what comes of it: to take it is DEC-05. */
void sf_must_refuse_forged(struct sf_trial *t, const char *ctx,
    struct sf_bytes meta, struct sf_bytes ct, const char *what);

/*
 * The last reply was to a seal: is it a frame that we can open, under this
 * key, with this plaintext, with a minimal header and a counter never seen in
 * this trial? *ctr is that counter. False, and a verdict, when it is not.
 */
bool sf_must_be_sealed(
    struct sf_trial *t, const struct sf_plain *f, uint64_t *ctr);
/* The same of a frame that stands anywhere in a reply. */
bool sf_must_be_frame(struct sf_trial *t, const struct sf_plain *f,
    struct sf_bytes ct, uint64_t *ctr);
/* Who was told to forget a key cannot know it again: that the nonce repeats is then
   told, and not judged. */
void sf_forgive_reuse(struct sf_trial *t, const char *what);
/* The same without a verdict: the tag is right for this key. */
bool sf_opens_by_us(
    struct sf_trial *t, const struct sf_plain *f, struct sf_bytes ct);
void sf_must_seal(struct sf_trial *t, const char *ctx, const struct sf_plain *f,
    uint64_t *ctr);
/* The last reply was to a seal of f: is it this, octet for octet? */
void sf_must_be_octets(
    struct sf_trial *t, const struct sf_plain *f, struct sf_bytes want);

#endif
