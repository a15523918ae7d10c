#include "parsers/text/log_stamp.h"

#include "parsers/base/cursor.h"
#include "parsers/text/scan.h"

#define REF "log line"

/* Up to nine digits behind a point, as nanoseconds; returns octets taken. */
static size_t
take_fraction(struct sf_log_stamp *s, struct sf_bytes in, size_t at)
{
	unsigned n;

	if (sf_scan_at(in, at) != '.' && sf_scan_at(in, at) != ',')
		return 0;
	n = sf_scan_digits(in, at + 1);
	if (n == 0 || n > 9 ||
	    !sf_scan_number(in, at + 1, n, UINT32_MAX, &s->ns))
		return 0;
	for (unsigned i = n; i < 9; i++)
		s->ns *= 10;
	return 1 + n;
}

/* Two digits each, step octets apart: three fields of a date or of a time. */
static bool
take_three(struct sf_bytes in, size_t at, size_t step, const uint32_t most[3],
    uint8_t *out[3])
{
	uint32_t v;

	for (size_t i = 0; i < 3; i++) {
		if (!sf_scan_number(in, at + i * step, 2, most[i], &v))
			return false;
		*out[i] = (uint8_t)v;
	}
	return true;
}

static bool
take_clock(struct sf_log_stamp *s, struct sf_bytes in, size_t at, size_t step)
{
	static const uint32_t most[3] = { 23, 59, 60 };
	uint8_t *to[3] = { &s->hour, &s->minute, &s->second };

	return take_three(in, at, step, most, to);
}

static bool
take_month_day(
    struct sf_log_stamp *s, struct sf_bytes in, size_t at, size_t step)
{
	uint32_t month, day;

	if (!sf_scan_number(in, at, 2, 12, &month) ||
	    !sf_scan_number(in, at + step, 2, 31, &day) || month == 0 ||
	    day == 0)
		return false;
	s->month = (uint8_t)month;
	s->day = (uint8_t)day;
	return true;
}

/* "[pid:tid:MMDD/HHMMSS.uuuuuu:", pid and tid may be missing. */
static size_t
chromium(struct sf_log_stamp *s, struct sf_bytes in)
{
	size_t at = 1;
	unsigned n;

	if (sf_scan_at(in, 0) != '[')
		return 0;
	for (unsigned i = 0; i < 2; i++) {
		n = sf_scan_digits(in, at);
		if (n == 0 || sf_scan_at(in, at + n) != ':')
			continue;
		if (i == 0 && n <= 9)
			(void)sf_scan_number(
			    in, at, n, UINT32_MAX, &s->process);
		at += n + 1;
	}
	if (!take_month_day(s, in, at, 2) || sf_scan_at(in, at + 4) != '/' ||
	    !take_clock(s, in, at + 5, 2))
		return 0;
	at += 11;
	at += take_fraction(s, in, at);
	return sf_scan_at(in, at) == ':' ? at + 1 : 0;
}

/* What follows a time: "Z", " UTC", "+01:00", " -0530". */
static void
read_zone(struct sf_log_stamp *s, struct sf_bytes in, size_t at)
{
	uint32_t hours, minutes;
	uint8_t sign;

	s->utc =
	    sf_scan_at(in, at) == 'Z' ||
	    (sf_scan_at(in, at) == ' ' && sf_scan_at(in, at + 1) == 'U' &&
		sf_scan_at(in, at + 2) == 'T' && sf_scan_at(in, at + 3) == 'C');
	at += sf_scan_at(in, at) == ' ';
	sign = sf_scan_at(in, at);
	if ((sign != '+' && sign != '-') ||
	    !sf_scan_number(in, at + 1, 2, 14, &hours))
		return;
	at += sf_scan_at(in, at + 3) == ':' ? 4 : 3;
	if (!sf_scan_number(in, at, 2, 59, &minutes))
		return;
	minutes += hours * 60;
	s->zone_minutes = (int16_t)(sign == '-' ? -(int)minutes : (int)minutes);
	s->utc = true;
}

/* "YYYY-MM-DD HH:MM:SS.uuuuuu UTC", "T" and "Z" of RFC 3339, or slashes. */
static size_t
dated(struct sf_log_stamp *s, struct sf_bytes in)
{
	uint8_t between = sf_scan_at(in, 4);
	uint32_t year;
	size_t at = 19;

	if (!sf_scan_number(in, 0, 4, 9999, &year) || year < 1970 ||
	    (between != '-' && between != '/') ||
	    sf_scan_at(in, 7) != between ||
	    (sf_scan_at(in, 10) != ' ' && sf_scan_at(in, 10) != 'T') ||
	    sf_scan_at(in, 13) != ':' || sf_scan_at(in, 16) != ':' ||
	    !take_month_day(s, in, 5, 3) || !take_clock(s, in, 11, 3))
		return 0;
	s->year = (uint16_t)year;
	s->has_year = true;
	at += take_fraction(s, in, at);
	read_zone(s, in, at);
	return at;
}

/* "DD.MM.YYYY HH:MM:SS.uuuuuu"; with slashes nobody can tell which is which. */
static size_t
day_first(struct sf_log_stamp *s, struct sf_bytes in)
{
	uint32_t day, month, year;
	size_t at = 19;

	if (!sf_scan_number(in, 0, 2, 31, &day) || day == 0 ||
	    sf_scan_at(in, 2) != '.' || !sf_scan_number(in, 3, 2, 12, &month) ||
	    month == 0 || sf_scan_at(in, 5) != '.' ||
	    !sf_scan_number(in, 6, 4, 9999, &year) || year < 1970 ||
	    sf_scan_at(in, 10) != ' ' || sf_scan_at(in, 13) != ':' ||
	    sf_scan_at(in, 16) != ':' || !take_clock(s, in, 11, 3))
		return 0;
	s->day = (uint8_t)day;
	s->month = (uint8_t)month;
	s->year = (uint16_t)year;
	s->has_year = true;
	at += take_fraction(s, in, at);
	read_zone(s, in, at);
	return at;
}

/* The date of a day since 1970 (the proleptic Gregorian calendar, years that
   begin in March). */
static void
set_date(struct sf_log_stamp *s, uint32_t days)
{
	uint32_t z = days + 719468, era = z / 146097, doe = z % 146097;
	uint32_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	uint32_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	uint32_t m = (5 * doy + 2) / 153;

	s->day = (uint8_t)(doy - (153 * m + 2) / 5 + 1);
	s->month = (uint8_t)(m < 10 ? m + 3 : m - 9);
	s->year = (uint16_t)(yoe + era * 400 + (s->month <= 2 ? 1 : 0));
	s->has_year = true;
}

/* Seconds since 1970, of ten digits: 2001 to 2106. Without a fraction they have
   the line to themselves. */
static size_t
epoch(struct sf_log_stamp *s, struct sf_bytes in)
{
	size_t at = sf_scan_digits(in, 0);
	uint32_t high, low, v;

	if (at != 10 || !sf_scan_number(in, 0, 5, 42948, &high) ||
	    !sf_scan_number(in, 5, 5, 99999, &low) || high < 10000)
		return 0;
	v = high * 100000 + low;
	at += take_fraction(s, in, at);
	if (at < in.n && (at == 10 || !sf_scan_blank(in.p[at])))
		return 0;
	set_date(s, v / 86400);
	s->hour = (uint8_t)(v / 3600 % 24);
	s->minute = (uint8_t)(v / 60 % 60);
	s->second = (uint8_t)(v % 60);
	s->utc = true;
	return at;
}

/* "MM-DD HH:MM:SS.mmm". */
static size_t
logcat(struct sf_log_stamp *s, struct sf_bytes in)
{
	if (sf_scan_at(in, 2) != '-' || sf_scan_at(in, 5) != ' ' ||
	    sf_scan_at(in, 8) != ':' || sf_scan_at(in, 11) != ':' ||
	    !take_month_day(s, in, 0, 3) || !take_clock(s, in, 6, 3))
		return 0;
	return 14 + take_fraction(s, in, 14);
}

enum sf_status
sf_log_stamp_parse(
    struct sf_log_stamp *out, struct sf_bytes in, struct sf_diag *d)
{
	static size_t (*const forms[])(struct sf_log_stamp * s,
	    struct sf_bytes in) = { chromium, dated, logcat, day_first, epoch };
	struct sf_cursor c = sf_cursor(in);

	*d = (struct sf_diag){ 0 };
	if (in.n == 0) {
		(void)sf_u8(&c);
		return sf_short(d, &c, "line", REF);
	}
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct sf_log_stamp s = { 0 };
		size_t n = forms[i](&s, in);

		if (n == 0)
			continue;
		(void)sf_slice(&c, n);
		s.payload = sf_rest(&c);
		*out = s;
		return SF_OK;
	}
	return sf_stop(d, SF_MALFORMED, 0, "date and time", REF);
}
