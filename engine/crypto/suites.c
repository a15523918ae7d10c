/*
 * suites.c - the cipher suites, looked up by number or name.
 */
#include "engine/crypto/crypto.h"

#include <string.h>
#include <strings.h>

static const struct sf_suite suites[SF_SUITES] = {
#define SUITE(id, name, mode, hash, enc, auth, key, tag)                       \
	{ id, name, SF_MODE_##mode, SF_##hash, enc, auth, key, tag },
#include "engine/crypto/suites.def"
#undef SUITE
};

const struct sf_suite *
sf_suite_by_id(uint16_t id)
{
	return id >= 1 && id <= SF_SUITES ? &suites[id - 1] : NULL;
}

/* "4", "0x4", "0x0004" */
static const struct sf_suite *
by_number(const char *s)
{
	const char *p = s;

	if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X'))
		p += 2;
	if (*p == '\0')
		return NULL;
	while (*p == '0' && p[1] != '\0')
		p++;
	/* one digit is all that a number of ours can be, in either base */
	if (*p < '0' || *p > '9' || p[1] != '\0')
		return NULL;
	return sf_suite_by_id((uint16_t)(*p - '0'));
}

const struct sf_suite *
sf_suite_by_name(const char *name)
{
	for (size_t i = 0; i < SF_SUITES; i++)
		if (strcasecmp(suites[i].name, name) == 0)
			return &suites[i];
	return by_number(name);
}
