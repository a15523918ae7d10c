/*
 * names.h - whether there is what the options of conform name.
 */
#ifndef SF_CONFORM_NAMES_H
#define SF_CONFORM_NAMES_H

#include "cli/conform/conform.h"

#define SF_WORD 48 /* no name has as many characters; more is cut */

/* The part of --tag, the capabilities of --require, which may be NULL. False:
   it has told. */
bool sf_conform_names_exist(const struct sf_conform *r, const char *require);

/* The cases of --case, by id or requirement. False: it has told. Some ids
   are settled when the suites of a shim are known. */
bool sf_conform_cases_exist(const struct sf_conform *r);

/* Whether it is one of the requirements that the case asks for. */
bool sf_case_is_about(const struct sf_case *c, const char *requirement);

/* Takes the next word of a list, up to an end; false when there is none. */
bool sf_conform_next_word(const char **list, char end, char word[SF_WORD]);

#endif
