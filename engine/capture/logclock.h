/*
 * logclock.h - when the lines of a log were written, from what little they
 * tell: no year, no date, no time zone, minutes that always read 00:00.
 */
#ifndef SF_LOGCLOCK_H
#define SF_LOGCLOCK_H

#include "parsers/text/dump_line.h"
#include "parsers/text/log_stamp.h"

struct sf_logclock {
	bool stamped;     /* some line had a date and time in front */
	int64_t stamp_ns; /* the newest of these, as UTC */
	int year;         /* of the first stamp; 0: not known */
	int turns;        /* of the year since */
	bool utc;         /* times are UTC: told, or found from a report */
	int64_t zone_ns;  /* to be taken off a local time */
	unsigned month;   /* of the newest stamp */
	bool ticked;      /* a time of day was read */
	int64_t base_ns;  /* what the time of day is added to */
	int64_t tick_ns;  /* the newest time of day */
	bool hourless;    /* so far every time of day began with 00:00 */
};

/* A line that begins with a date and time. */
void sf_logclock_stamp(struct sf_logclock *c, const struct sf_log_stamp *s);

/* The time of a dump, since 1970; the line's own stamp came before. */
int64_t sf_logclock_dump(struct sf_logclock *c, const struct sf_dump_line *l);

/* A line with nothing but a time of day, in a log that has dates. */
void sf_logclock_time(struct sf_logclock *c, const struct sf_dump_line *l);

/* A dump without any time: that of the one before. */
int64_t sf_logclock_now(const struct sf_logclock *c);

/*
 * An RTCP sender report tells the absolute time (RFC 3550 6.4.1, its NTP
 * timestamp in seconds). seen has been shown the log up to the dump of that
 * report; *fresh, for reading the log from its beginning, gets year, date and
 * time zone. False when the two clocks do not go together.
 */
bool sf_logclock_learn(const struct sf_logclock *seen, uint32_t ntp_seconds,
    struct sf_logclock *fresh);

#endif
