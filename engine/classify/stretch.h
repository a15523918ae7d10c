/*
 * stretch.h - which of the bodies behind headers are in the clear: what each
 * says, and the stretch of a block that says most.
 */
#ifndef SF_STRETCH_H
#define SF_STRETCH_H

#include "engine/classify/classify.h"

#define SF_LEAST_BODY 20
#define SF_SEED       24   /* bodies from which a stretch may grow */
#define SF_BESIDE     1e-4 /* p of bodies beside clear ones that are clear too */

/* There is a header, and a body behind it that no key opened. */
bool sf_body_has(const struct sf_record *r);
/* Bits of a body that are looked at. */
unsigned sf_body_bits(const struct sf_record *r);

/* The block holds clear bodies: records from..to, to behind the last. */
void sf_stretch_find(struct sf_classifier *c, unsigned *from, unsigned *to);
/* Bodies too few to be tested, behind clear ones: how many go on like those? */
unsigned sf_stretch_goes_on(const struct sf_classifier *c);
/* The same of companded samples; false when the codec has none. */
bool sf_stretch_of_samples(
    struct sf_classifier *c, unsigned *from, unsigned *to);

#endif
