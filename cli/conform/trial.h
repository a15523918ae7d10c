/*
 * trial.h - what trial.c, trial_excuse.c and trial_pipeline.c share.
 */
#ifndef SF_CONFORM_TRIAL_H
#define SF_CONFORM_TRIAL_H

#include "cli/conform/conform.h"

/* What is against shims/README.md and no document. */
#define SF_SHIM_FAULT "SFS-01"

/* The verb that is being asked, out of the line. */
void sf_trial_verb(const struct sf_trial *t, char out[24]);
/* Of a reply without its id. */
uint64_t sf_trial_hash(struct sf_bytes line);
/* The process has ended, or was ended, over this request. */
void sf_trial_gone(struct sf_trial *t, enum sf_child_end e, unsigned ms);
/* What comes next from this process could belong to anything. */
void sf_trial_lost(struct sf_trial *t);

/* What a reply had to be, and is not. */
enum sf_expected {
	SF_EXPECTED_OK,
	SF_EXPECTED_NO,
	SF_EXPECTED_OCTETS, /* others */
	SF_EXPECTED_REPLY   /* any: it fell over */
};

/* Of this suite, before all cases. */
void sf_habits_look(struct sf_trial *t, struct sf_habits *h);
/* The failure that comes next is one of a habit: charged to that. */
void sf_habit_blame(struct sf_trial *t, enum sf_expected e);

/* What plain frames show of a mistake that is not known; and words for that. */
enum sf_cause_part sf_part_look(struct sf_trial *t);
/* The same where nothing is sealed: what the key schedule shows, if that is shown. */
enum sf_cause_part sf_part_schedule(struct sf_trial *t);
const char *sf_part_requirement(enum sf_cause_part p);
const char *sf_part_text(enum sf_cause_part p);
const char *sf_part_remedy(enum sf_cause_part p);

/* Words of a request that give a reason to refuse it: t->beyond. */
void sf_excuse_verb(struct sf_trial *t, const char *verb);
void sf_excuse_number(struct sf_trial *t, const char *key, uint64_t v);
/* The request was taken: what it brought may be refused no more. */
void sf_excuse_taken(struct sf_trial *t);
void sf_excuse_octets(struct sf_trial *t, const char *key, struct sf_bytes b);

#endif
