#include "engine/capture/pcapng_out.h"

#include <string.h>

#include "parsers/file/carried.h"

#define SECTION    0x0a0d0d0a
#define INTERFACE  1
#define STATISTICS 5
#define ENHANCED   6

#define ETHERNET 1

enum option {
	OPT_COMMENT = 1,
	OPT_IF_NAME = 2,
	OPT_EPB_FLAGS = 2,
	OPT_APPLICATION = 4,
	OPT_IF_DROPPED = 5,
	OPT_RESOLUTION = 9,
	OPT_CARRIED = SF_CARRIED_OPTION
};

static size_t
padded(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

static void
put32(FILE *f, uint32_t v)
{
	uint8_t o[4] = { (uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16),
		(uint8_t)(v >> 24) };

	(void)fwrite(o, 1, sizeof(o), f);
}

/* Two fields of 16 bits. */
static void
put16s(FILE *f, uint16_t a, uint16_t b)
{
	put32(f, (uint32_t)b << 16 | a);
}

static void
put_padded(FILE *f, const void *p, size_t n)
{
	static const uint8_t zeros[4];

	(void)fwrite(p, 1, n, f);
	(void)fwrite(zeros, 1, padded(n) - n, f);
}

/* A text of ours, or NULL; a longer one than a length holds is cut. */
static size_t
text_octets(const char *text)
{
	size_t n = text == NULL ? 0 : strlen(text);

	return n < UINT16_MAX - 4 ? n : UINT16_MAX - 4;
}

static size_t
option_octets(size_t n)
{
	return n == 0 ? 0 : 4 + padded(n);
}

static void
put_option(FILE *f, enum option code, const void *p, size_t n)
{
	if (n == 0)
		return;
	put16s(f, (uint16_t)code, (uint16_t)n);
	put_padded(f, p, n);
}

void
sf_pcapng_out_section(FILE *f, const char *application)
{
	size_t n = text_octets(application);
	uint32_t octets = (uint32_t)(28 + option_octets(n) + 4);

	put32(f, SECTION);
	put32(f, octets);
	put32(f, 0x1a2b3c4d);
	put16s(f, 1, 0);
	put32(f, UINT32_MAX); /* the section's length is not told */
	put32(f, UINT32_MAX);
	put_option(f, OPT_APPLICATION, application, n);
	put32(f, 0);
	put32(f, octets);
}

void
sf_pcapng_out_interface(FILE *f, const char *name)
{
	static const uint8_t nanoseconds = 9;
	size_t n = text_octets(name);
	uint32_t octets =
	    (uint32_t)(20 + option_octets(n) + option_octets(1) + 4);

	put32(f, INTERFACE);
	put32(f, octets);
	put16s(f, ETHERNET, 0);
	put32(f, 0); /* no snap length */
	put_option(f, OPT_IF_NAME, name, n);
	put_option(f, OPT_RESOLUTION, &nanoseconds, 1);
	put32(f, 0);
	put32(f, octets);
}

static uint8_t
flags_of(enum sf_direction direction)
{
	switch (direction) {
	case SF_DIR_IN:
		return 1;
	case SF_DIR_OUT:
		return 2;
	case SF_DIR_UNKNOWN:
		break;
	}
	return 0;
}

void
sf_pcapng_out_packet(FILE *f, const struct sf_pcapng_out_packet *p)
{
	uint8_t flags[4] = { flags_of(p->direction) };
	size_t comment = text_octets(p->comment);
	size_t n = p->octets.n;
	size_t options = option_octets(comment) +
			 option_octets(flags[0] == 0 ? 0 : sizeof(flags)) +
			 option_octets(p->carried.n) + 4;
	uint32_t octets = (uint32_t)(32 + padded(n) + options);
	uint64_t ns = p->time_ns < 0 ? 0 : (uint64_t)p->time_ns;

	put32(f, ENHANCED);
	put32(f, octets);
	put32(f, p->interface);
	put32(f, (uint32_t)(ns >> 32));
	put32(f, (uint32_t)ns);
	put32(f, (uint32_t)n);
	put32(f, (uint32_t)(p->original < n ? n : p->original));
	put_padded(f, p->octets.p, n);
	put_option(f, OPT_COMMENT, p->comment, comment);
	put_option(f, OPT_EPB_FLAGS, flags, flags[0] == 0 ? 0 : sizeof(flags));
	put_option(f, OPT_CARRIED, p->carried.p, p->carried.n);
	put32(f, 0);
	put32(f, octets);
}

void
sf_pcapng_out_totals(FILE *f, struct sf_bytes totals)
{
	uint32_t octets = (uint32_t)(12 + padded(totals.n));

	put32(f, SF_CARRIED_BLOCK);
	put32(f, octets);
	put_padded(f, totals.p, totals.n);
	put32(f, octets);
}

void
sf_pcapng_out_lost(
    FILE *f, uint32_t interface, int64_t time_ns, uint64_t packets)
{
	uint64_t ns = time_ns < 0 ? 0 : (uint64_t)time_ns;
	uint32_t octets = (uint32_t)(24 + option_octets(8) + 4);
	uint8_t n[8];

	for (unsigned i = 0; i < 8; i++)
		n[i] = (uint8_t)(packets >> 8 * i);
	put32(f, STATISTICS);
	put32(f, octets);
	put32(f, interface);
	put32(f, (uint32_t)(ns >> 32));
	put32(f, (uint32_t)ns);
	put_option(f, OPT_IF_DROPPED, n, sizeof(n));
	put32(f, 0);
	put32(f, octets);
}
