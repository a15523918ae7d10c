/*
 * log_process.h - the process that wrote a line of a log, as it stands behind
 * the date (log_stamp.h, which has it where it stands in front).
 *
 *	 UTC - [Child 15576: Socket Thread]: D/...    Firefox
 *	Z VERBOSE1 chrome[22514:22555]: ...           Chromium OS
 *	 22514 22555 V ...                            Android's logcat
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
