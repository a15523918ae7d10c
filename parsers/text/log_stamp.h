/*
 * log_stamp.h - the date and time that a line of a log begins with.
 *
 *	[22514:22555:1122/194144.840695:VERBOSE1:...     Chromium
 *	2026-11-22 19:57:33.754806 UTC - [Child 15576    Firefox
 *	2026-11-22T19:41:44.840695Z VERBOSE1 chrome      Chromium OS
 *	11-22 19:41:44.840 22514 22555 V                 Android's logcat
 *	1795376504.840695 IP 10.1.1.1.1000 > ...         tcpdump -tt, text2pcap %s
 *	22.11.2026 19:41:44.840                          text2pcap -t, by hand
 */
#ifndef SF_LOG_STAMP_H
#define SF_LOG_STAMP_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

struct sf_log_stamp {
	bool has_year, utc; /* utc: the line says so; else local time */
	uint16_t year;
	uint8_t month, day; /* from 1 */
	uint8_t hour, minute, second;
	uint32_t ns;
	int16_t zone_minutes; /* of local time, ahead of UTC; utc is then set */
	uint32_t process;        /* in front of the date; 0: not there */
	struct sf_bytes payload; /* what follows */
};

/* SF_MALFORMED when the line begins otherwise; SF_SHORT when it is empty. */
enum sf_status sf_log_stamp_parse(struct sf_log_stamp *out, struct sf_bytes in,
    struct sf_diag *d) SF_MUST_USE;

#endif
