#include "engine/capture/logclock.h"

#define SECOND    INT64_C(1000000000)
#define MINUTE    (60 * SECOND)
#define DAY       (86400 * SECOND)
#define NEAR_NS   (SECOND / 10) /* between a dump and the line that tells it */
#define NTP_1970  INT64_C(2208988800)
#define ZONE_STEP (15 * MINUTE)
#define ZONE_MOST (14 * 60 * MINUTE)
#define SKEW      (2 * MINUTE) /* between a report and the clock of the log */

/* 64 bits of nanoseconds end in 2262. No log is of another time, nor is one as
   long as this: lines that say so are of no clock. */
#define LAST_YEAR  2199
#define MOST_TURNS 50
#define LAST_NS    (INT64_C(230) * 365 * DAY)

/* Days since 1970 (the proleptic Gregorian calendar, years from March). */
static int64_t
days_of(int year, unsigned month, unsigned day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = y / 400; /* years are positive */
	int64_t yoe = y - era * 400;
	int64_t doy =
	    (153 * (int64_t)(month > 2 ? month - 3 : month + 9) + 2) / 5 +
	    (int64_t)day - 1;

	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static int64_t
clock_ns(unsigned hour, unsigned minute, unsigned second)
{
	return ((int64_t)hour * 3600 + (int64_t)minute * 60 + second) * SECOND;
}

static int64_t
local_ns(int year, const struct sf_log_stamp *s)
{
	return days_of(year, s->month, s->day) * DAY +
	       clock_ns(s->hour, s->minute, s->second) + s->ns;
}

void
sf_logclock_stamp(struct sf_logclock *c, const struct sf_log_stamp *s)
{
	if (s->has_year && s->year <= LAST_YEAR) {
		c->year = s->year;
		c->turns = 0;
	} else if (c->stamped && c->month >= 11 && s->month <= 2) {
		c->turns += c->turns < MOST_TURNS;
	}
	c->utc |= s->utc;
	c->month = s->month;
	c->stamped = true;
	c->stamp_ns = local_ns((c->year == 0 ? 1970 : c->year) + c->turns, s) -
		      c->zone_ns - s->zone_minutes * MINUTE;
}

/* The digits behind the point as nanoseconds: as a fraction, ... */
static int64_t
as_fraction(const struct sf_dump_line *l)
{
	int64_t ns = l->fraction;

	for (unsigned i = l->fraction_digits; i < 9; i++)
		ns *= 10;
	return ns;
}

static int64_t
distance(int64_t a, int64_t b)
{
	return a < b ? b - a : a - b;
}

/*
 * ... or as a number of microseconds or milliseconds without its leading zeros,
 * as Firefox prints it: whichever is nearest to the line's own stamp.
 */
static int64_t
refine(const struct sf_logclock *c, const struct sf_dump_line *l)
{
	int64_t whole = clock_ns(l->hour, l->minute, l->second);
	int64_t day = c->stamp_ns - (c->stamp_ns % DAY + DAY) % DAY;
	int64_t ways[3] = { as_fraction(l), (int64_t)l->fraction * 1000,
		(int64_t)l->fraction * 1000000 };
	int64_t best = c->stamp_ns, least = NEAR_NS;

	for (unsigned i = 0; i < 3; i++)
		for (int64_t d = -1; d <= 1; d++) {
			int64_t t = day + d * DAY + whole + ways[i];

			if (ways[i] < SECOND &&
			    distance(t, c->stamp_ns) < least) {
				least = distance(t, c->stamp_ns);
				best = t;
			}
		}
	return best;
}

/* Time of day alone. It falls at midnight; and, where hour and minute are
   always 00:00, at each minute. */
static int64_t
tick(struct sf_logclock *c, const struct sf_dump_line *l)
{
	int64_t t = clock_ns(l->hour, l->minute, l->second) + as_fraction(l);
	int64_t period = DAY;

	if (!c->ticked)
		c->hourless = true;
	c->hourless = c->hourless && l->hour == 0 && l->minute == 0;
	if (c->hourless)
		period = MINUTE;
	if (c->ticked && c->tick_ns - t > period / 2 && c->base_ns < LAST_NS)
		c->base_ns += period;
	c->ticked = true;
	c->tick_ns = t;
	return c->base_ns - c->zone_ns + t;
}

void
sf_logclock_time(struct sf_logclock *c, const struct sf_dump_line *l)
{
	int64_t t = clock_ns(l->hour, l->minute, l->second) + as_fraction(l);
	int64_t local = c->stamp_ns + c->zone_ns;
	int64_t day = local - (local % DAY + DAY) % DAY;

	/* on the day on which it is nearest to what was told last */
	t += day;
	if (t - local > DAY / 2)
		t -= DAY;
	else if (local - t > DAY / 2)
		t += DAY;
	c->stamp_ns = t - c->zone_ns;
}

int64_t
sf_logclock_dump(struct sf_logclock *c, const struct sf_dump_line *l)
{
	if (c->stamped && l->tag == SF_DUMP_FIREFOX && l->timed)
		return refine(c, l);
	if (c->stamped || !l->timed)
		return sf_logclock_now(c);
	return tick(c, l);
}

int64_t
sf_logclock_now(const struct sf_logclock *c)
{
	return c->stamped ? c->stamp_ns : c->base_ns - c->zone_ns + c->tick_ns;
}

/* How far local is ahead of UTC when it is by whole quarters of an hour. */
static bool
zone_between(int64_t local, int64_t utc, int64_t *zone)
{
	int64_t ahead = local - utc;
	int64_t steps =
	    (ahead + (ahead < 0 ? -ZONE_STEP : ZONE_STEP) / 2) / ZONE_STEP;

	*zone = steps * ZONE_STEP;
	return distance(*zone, 0) <= ZONE_MOST &&
	       distance(*zone, ahead) <= SKEW;
}

/* The year in which month and day of the newest stamp are near utc. */
static bool
learn_year(
    const struct sf_logclock *seen, int64_t utc, struct sf_logclock *fresh)
{
	int64_t zone;
	int64_t in_month =
	    seen->stamp_ns - days_of(1970 + seen->turns, seen->month, 1) * DAY;

	for (int year = 1990; year <= 2036; year++) {
		int64_t local = days_of(year, seen->month, 1) * DAY + in_month;

		if (!zone_between(local, utc, &zone))
			continue;
		fresh->year = year - seen->turns;
		fresh->zone_ns = zone;
		fresh->utc = true;
		if (fresh->stamped)
			fresh->stamp_ns +=
			    (days_of(
				 fresh->year + fresh->turns, fresh->month, 1) -
				days_of(1970 + fresh->turns, fresh->month, 1)) *
				DAY -
			    zone;
		return true;
	}
	return false;
}

/* The day on which the newest time of day is near utc. */
static bool
learn_day(
    const struct sf_logclock *seen, int64_t utc, struct sf_logclock *fresh)
{
	int64_t zone, today = utc - utc % DAY;

	for (int64_t d = -1; d <= 1; d++) {
		if (!zone_between(
			today + d * DAY + seen->tick_ns, utc, &zone) ||
		    distance(zone, 0) > ZONE_MOST - 2 * 60 * MINUTE)
			continue;
		fresh->base_ns += today + d * DAY - seen->base_ns;
		fresh->zone_ns = zone;
		fresh->utc = true;
		return true;
	}
	return false;
}

/* The minute, where there are only seconds to go by. */
static bool
learn_minute(
    const struct sf_logclock *seen, int64_t utc, struct sf_logclock *fresh)
{
	int64_t base = (utc - seen->tick_ns + MINUTE / 2) / MINUTE * MINUTE;

	fresh->base_ns += base - seen->base_ns;
	fresh->utc = true;
	return true;
}

bool
sf_logclock_learn(const struct sf_logclock *seen, uint32_t ntp_seconds,
    struct sf_logclock *fresh)
{
	int64_t utc = ((int64_t)ntp_seconds - NTP_1970) * SECOND;

	if (utc < days_of(1990, 1, 1) * DAY)
		return false;
	if (seen->stamped)
		return seen->year == 0 && learn_year(seen, utc, fresh);
	if (!seen->ticked)
		return false;
	return seen->hourless ? learn_minute(seen, utc, fresh)
			      : learn_day(seen, utc, fresh);
}
