/*
 * keys_view.h - what the parts of the key-id timeline for a person share.
 */
#ifndef SF_KEYS_VIEW_H
#define SF_KEYS_VIEW_H

#include "report/keys.h"

#define SF_KEYS_LABEL 26 /* columns in front of a drawing */
#define SF_KEYS_SHARE 9  /* and behind it */
#define SF_KEYS_GRACE 2000000000

struct sf_keys_view {
	FILE *f;
	const struct sf_result *r;
	const struct sf_timeline *t;
	const struct sf_report_style *style;
	unsigned cells;
};

/* Who used which KID, a line a stream. */
void sf_keys_drawing(const struct sf_keys_view *v);

#endif
