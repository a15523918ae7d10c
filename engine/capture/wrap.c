#include "engine/capture/wrap.h"

#include <string.h>

#define ETHER 14
#define IPV4  20
#define IPV6  40
#define UDP   8

static const struct sf_addr near = { { 10, 2, 2, 2 }, 2000, 4, 0 };
static const struct sf_addr far = { { 10, 1, 1, 1 }, 1000, 4, 0 };

struct sf_addr
sf_wrap_near(void)
{
	return near;
}

struct sf_addr
sf_wrap_far(void)
{
	return far;
}

static struct sf_addr
counted_on(struct sf_addr a, unsigned who)
{
	a.port = (uint16_t)(a.port + who % SF_WRAP_WHO);
	return a;
}

struct sf_addr
sf_wrap_near_of(unsigned who)
{
	return counted_on(near, who);
}

struct sf_addr
sf_wrap_far_of(unsigned who)
{
	return counted_on(far, who);
}

static bool
is_of(const struct sf_addr *a, const struct sf_addr *base)
{
	return a->family == 4 && memcmp(a->ip, base->ip, 4) == 0 &&
	       a->port >= base->port && a->port - base->port < SF_WRAP_WHO;
}

bool
sf_wrap_made_up(const struct sf_addr *a)
{
	return is_of(a, &near) || is_of(a, &far);
}

static void
put16(uint8_t *to, size_t v)
{
	to[0] = (uint8_t)(v >> 8);
	to[1] = (uint8_t)v;
}

/* The sum of RFC 1071, not folded. */
static uint64_t
sum(uint64_t before, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i + 1 < n; i += 2)
		before += (uint64_t)p[i] << 8 | p[i + 1];
	return n % 2 == 0 ? before : before + ((uint64_t)p[n - 1] << 8);
}

static uint16_t
folded(uint64_t v)
{
	while (v >> 16 != 0)
		v = (v & 0xffff) + (v >> 16);
	return (uint16_t)~v;
}

static void
put_ipv4(uint8_t *ip, const struct sf_wrapped *w, size_t octets)
{
	static const uint8_t fixed[12] = { 0x45, 0, 0, 0, 0, 0, 0x40, 0, 64 };

	memcpy(ip, fixed, sizeof(fixed));
	put16(ip + 2, octets + IPV4);
	ip[9] = w->protocol;
	memcpy(ip + 12, w->src.ip, 4);
	memcpy(ip + 16, w->dst.ip, 4);
	put16(ip + 10, folded(sum(0, ip, IPV4)));
}

static void
put_ipv6(uint8_t *ip, const struct sf_wrapped *w, size_t octets)
{
	static const uint8_t fixed[8] = { 0x60, 0, 0, 0, 0, 0, 0, 64 };

	memcpy(ip, fixed, sizeof(fixed));
	put16(ip + 4, octets);
	ip[6] = w->protocol;
	memcpy(ip + 8, w->src.ip, 16);
	memcpy(ip + 24, w->dst.ip, 16);
}

/* Of a payload that is not all there no sum can be made. */
static void
put_udp(uint8_t *udp, const struct sf_wrapped *w, size_t address_octets)
{
	uint64_t v = SF_WRAP_UDP + w->octets + UDP;
	uint16_t check;

	put16(udp, w->src.port);
	put16(udp + 2, w->dst.port);
	put16(udp + 4, w->octets + UDP);
	put16(udp + 6, 0);
	if (w->payload.n < w->octets)
		return;
	v = sum(v, w->src.ip, address_octets);
	v = sum(v, w->dst.ip, address_octets);
	v = sum(v, udp, UDP);
	check = folded(sum(v, w->payload.p, w->payload.n));
	put16(udp + 6, check == 0 ? 0xffff : check);
}

size_t
sf_wrap(uint8_t out[SF_WRAP_MAX], const struct sf_wrapped *w)
{
	bool v6 = w->src.family == 6;
	size_t ip = v6 ? IPV6 : IPV4;
	size_t udp = w->protocol == SF_WRAP_UDP ? UDP : 0;

	memset(out, 0, ETHER);
	put16(out + 12, v6 ? 0x86dd : 0x0800);
	if (v6)
		put_ipv6(out + ETHER, w, w->octets + udp);
	else
		put_ipv4(out + ETHER, w, w->octets + udp);
	if (udp != 0)
		put_udp(out + ETHER + ip, w, v6 ? 16 : 4);
	return ETHER + ip + udp;
}
