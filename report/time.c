/*
 * time.c - capture times as text.
 */
#include "report/time.h"

#include <inttypes.h>
#include <stdio.h>

#define NS 1000000000

struct civil {
	int64_t year;
	unsigned month, day, hour, minute, second;
	unsigned ns;
};

/*
 * A day number as a date of the Gregorian calendar. Years are counted from
 * March, so that a leap day is the last day of its year, and in eras of 400
 * years, which all have 146,097 days.
 */
static void
set_date(struct civil *c, int64_t days_since_1970)
{
	int64_t days = days_since_1970 + 719468; /* since 1 March of year 0 */
	int64_t era = (days >= 0 ? days : days - 146096) / 146097;
	int64_t d = days - era * 146097; /* 0..146096 */
	int64_t y = (d - d / 1460 + d / 36524 - d / 146096) / 365; /* 0..399 */
	int64_t yday = d - (365 * y + y / 4 - y / 100);            /* 0..365 */
	int64_t m = (5 * yday + 2) / 153; /* 0: March */

	c->day = (unsigned)(yday - (153 * m + 2) / 5 + 1);
	c->month = (unsigned)(m < 10 ? m + 3 : m - 9);
	c->year = y + era * 400 + (m >= 10);
}

static struct civil
civil(int64_t ns)
{
	struct civil c = { 0 };
	int64_t s = ns / NS;
	int64_t rest = ns % NS;
	int64_t days, second;

	if (rest < 0) {
		rest += NS;
		s--;
	}
	days = s / 86400;
	second = s % 86400;
	if (second < 0) {
		second += 86400;
		days--;
	}
	set_date(&c, days);
	c.hour = (unsigned)(second / 3600);
	c.minute = (unsigned)(second / 60 % 60);
	c.second = (unsigned)(second % 60);
	c.ns = (unsigned)rest;
	return c;
}

void
sf_time_rfc3339(char out[SF_TIME_MAX], int64_t ns)
{
	struct civil c = civil(ns);

	snprintf(out, SF_TIME_MAX,
	    "%04" PRId64 "-%02u-%02uT%02u:%02u:%02u.%09uZ", c.year, c.month,
	    c.day, c.hour, c.minute, c.second, c.ns);
}

void
sf_time_clock(char out[SF_TIME_MAX], int64_t ns)
{
	struct civil c = civil(ns);

	snprintf(out, SF_TIME_MAX, "%02u:%02u:%02u.%03u", c.hour, c.minute,
	    c.second, c.ns / 1000000);
}

void
sf_time_date_clock(char out[SF_TIME_MAX], int64_t ns)
{
	struct civil c = civil(ns);

	snprintf(out, SF_TIME_MAX,
	    "%04" PRId64 "-%02u-%02u %02u:%02u:%02u.%03u", c.year, c.month,
	    c.day, c.hour, c.minute, c.second, c.ns / 1000000);
}

void
sf_time_span(char out[SF_TIME_MAX], int64_t ns)
{
	const char *sign = ns < 0 ? "-" : "";
	uint64_t v = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;
	uint64_t ms = v / 1000000 + (v % 1000000 >= 500000);

	if (ms < 10000) {
		snprintf(out, SF_TIME_MAX, "%s%" PRIu64 ".%03u s", sign,
		    ms / 1000, (unsigned)(ms % 1000));
		return;
	}
	ms = (v + 50000000) / 100000000 * 100;
	if (ms < 600000) {
		snprintf(out, SF_TIME_MAX, "%s%" PRIu64 ".%u s", sign,
		    ms / 1000, (unsigned)(ms % 1000 / 100));
		return;
	}
	ms = (v + 500000000) / 1000000000 * 1000;
	snprintf(out, SF_TIME_MAX, "%s%" PRIu64 " min %u s", sign, ms / 60000,
	    (unsigned)(ms / 1000 % 60));
}
