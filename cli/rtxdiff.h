/*
 * rtxdiff.h - what an RTX packet holds beside the packet that it repeats, where
 * the two differ (RFC 4588 4: they must not).
 */
#ifndef SF_RTXDIFF_H
#define SF_RTXDIFF_H

#include "checks/compare.h"
#include "cli/opt.h"

/* Reads B once more, for the first few packets of each row that has such RTX, and
   for where it begins and ends; what cannot be read again is left out. */
void sf_rtxdiff_find(struct sf_comparison *c, const struct sf_config *b,
    const struct sf_model *model, const uint8_t *codecs);

#endif
