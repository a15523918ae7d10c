/*
 * log_process.h - the process that wrote a line of a log.
 *
 *	[22514:22555:1122/194144.840695:VERBOSE1:...                 Chromium
 *	2026-11-22 19:57:33.754806 UTC - [Child 15576: Socket ...    Firefox
 *	2026-11-22T19:41:44.840695Z VERBOSE1 chrome[22514:22555]: .. Chromium OS
 *	11-22 19:41:44.840 22514 22555 V                             Android's logcat
 */
#ifndef SF_LOG_PROCESS_H
#define SF_LOG_PROCESS_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

struct sf_log_process {
	uint32_t id;             /* as the operating system numbers it */
	struct sf_bytes payload; /* what follows the number */
};

/* SF_MALFORMED when the line does not tell; SF_SHORT when it is empty. */
enum sf_status sf_log_process_parse(struct sf_log_process *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

#endif
