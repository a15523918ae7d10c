/*
 * address.c - a transport address as text.
 */
#include "report/address.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

static unsigned
group(const uint8_t ip[16], unsigned i)
{
	return (unsigned)ip[2 * i] << 8 | ip[2 * i + 1];
}

/* RFC 5952 4.2: the first longest run of two or more zero groups. */
static void
longest_zeros(const uint8_t ip[16], unsigned *at, unsigned *n)
{
	unsigned run = 0;

	*at = 8;
	*n = 1;
	for (unsigned i = 0; i < 8; i++) {
		run = group(ip, i) == 0 ? run + 1 : 0;
		if (run > *n) {
			*n = run;
			*at = i + 1 - run;
		}
	}
}

static void
ipv6_text(char *out, size_t size, const uint8_t ip[16])
{
	unsigned at, n;
	size_t len = 0;

	longest_zeros(ip, &at, &n);
	for (unsigned i = 0; i < 8; i++) {
		int put;

		if (i == at) {
			put = snprintf(out + len, size - len, "::");
			i += n - 1;
		} else {
			put = snprintf(out + len, size - len, "%s%x",
			    i == 0 || i == at + n ? "" : ":", group(ip, i));
		}
		len += put > 0 ? (size_t)put : 0;
	}
}

void
sf_address_text(char out[SF_ADDRESS_MAX], const struct sf_addr *a)
{
	char ip[48] = "";
	bool six = a->family == 6;

	out[0] = '\0';
	if (six)
		ipv6_text(ip, sizeof(ip), a->ip);
	else if (a->family == 4)
		snprintf(ip, sizeof(ip), "%u.%u.%u.%u", a->ip[0], a->ip[1],
		    a->ip[2], a->ip[3]);
	else
		return;
	if (a->port == 0)
		snprintf(out, SF_ADDRESS_MAX, "%s", ip);
	else if (six)
		snprintf(out, SF_ADDRESS_MAX, "[%s]:%u", ip, a->port);
	else
		snprintf(out, SF_ADDRESS_MAX, "%s:%u", ip, a->port);
}
