/*
 * time.h - capture times as text. All times are nanoseconds since 1970, UTC,
 * leap seconds not counted; every int64_t is a time.
 */
#ifndef SF_TIME_H
#define SF_TIME_H

#include <stdint.h>

#define SF_TIME_MAX 40 /* octets, with the NUL, that are enough for any below */

/* "2026-03-01T20:35:00.123456789Z" (RFC 3339) */
void sf_time_rfc3339(char out[SF_TIME_MAX], int64_t ns);

/* "20:35:00.123", cut and not rounded, so that order is kept */
void sf_time_clock(char out[SF_TIME_MAX], int64_t ns);

/* "2026-03-01 20:35:00.123", cut likewise */
void sf_time_date_clock(char out[SF_TIME_MAX], int64_t ns);

/* A length of time, rounded: "0.250 s", "12.0 s", "61 min 5 s" */
void sf_time_span(char out[SF_TIME_MAX], int64_t ns);

#endif
