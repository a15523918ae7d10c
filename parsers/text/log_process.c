#include "parsers/text/log_process.h"

#include "parsers/base/cursor.h"
#include "parsers/text/scan.h"

#define REF       "log line"
#define WORD_MOST 24 /* octets of a name in front of the number */

/* A number, and what stands behind it; returns where that is, or 0. */
static size_t
take_id(struct sf_log_process *p, struct sf_bytes in, size_t at, uint8_t end)
{
	unsigned n = sf_scan_digits(in, at);

	if (n == 0 || n > 9 || sf_scan_at(in, at + n) != end ||
	    !sf_scan_number(in, at, n, UINT32_MAX, &p->id))
		return 0;
	return at + n;
}

static bool
is_letter(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* " UTC - [Child 15576: Socket Thread]", "[15576:Main Thread]"; blanks and
   dashes may be missing, as without the word timestamp in MOZ_LOG. */
static size_t
firefox(struct sf_log_process *p, struct sf_bytes in)
{
	size_t at = sf_scan_blanks(in, 0), word;

	if (sf_scan_at(in, at) == 'U' && sf_scan_at(in, at + 1) == 'T' &&
	    sf_scan_at(in, at + 2) == 'C')
		at += 3;
	while (sf_scan_blank(sf_scan_at(in, at)) || sf_scan_at(in, at) == '-')
		at++;
	if (sf_scan_at(in, at) != '[')
		return 0;
	word = ++at;
	while (at - word < WORD_MOST && is_letter(sf_scan_at(in, at)))
		at++;
	if (at != word && sf_scan_at(in, at++) != ' ')
		return 0;
	at = take_id(p, in, at, ':');
	/* [15576:Main Thread], and no pair of numbers */
	return is_letter(sf_scan_at(in, at + 1)) ||
		       sf_scan_at(in, at + 1) == ' '
		   ? at
		   : 0;
}

/* "Z VERBOSE1 chrome[22514:22555]: ". */
static size_t
chromium_os(struct sf_log_process *p, struct sf_bytes in)
{
	size_t at = 0;

	if (sf_scan_at(in, 0) != 'Z')
		return 0;
	while (at < 2 * (size_t)WORD_MOST && at < in.n && in.p[at] != '[')
		at++;
	return sf_scan_at(in, at) == '[' ? take_id(p, in, at + 1, ':') : 0;
}

/* " 22514 22555 V". */
static size_t
logcat(struct sf_log_process *p, struct sf_bytes in)
{
	size_t at = sf_scan_blanks(in, 0), thread;
	unsigned n;

	at = at == 0 ? 0 : take_id(p, in, at, ' ');
	if (at == 0)
		return 0;
	thread = at + sf_scan_blanks(in, at);
	n = sf_scan_digits(in, thread);
	return n != 0 && sf_scan_blank(sf_scan_at(in, thread + n)) ? at : 0;
}

enum sf_status
sf_log_process_parse(
    struct sf_log_process *out, struct sf_bytes in, struct sf_diag *d)
{
	static size_t (*const forms[])(struct sf_log_process * p,
	    struct sf_bytes in) = { firefox, chromium_os, logcat };
	struct sf_cursor c = sf_cursor(in);
	struct sf_log_process p = { 0 };
	size_t at = 0;

	*d = (struct sf_diag){ 0 };
	if (in.n == 0) {
		(void)sf_u8(&c);
		return sf_short(d, &c, "line", REF);
	}
	for (size_t i = 0; at == 0 && i < sizeof(forms) / sizeof(forms[0]); i++)
		at = forms[i](&p, in);
	if (at == 0)
		return sf_stop(d, SF_MALFORMED, 0, "process", REF);
	(void)sf_slice(&c, at);
	p.payload = sf_rest(&c);
	*out = p;
	return SF_OK;
}
