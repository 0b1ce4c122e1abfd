/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The monotonic clock.
 */
#ifndef LBCTL_CLOCK_H
#define LBCTL_CLOCK_H

#include <stdint.h>
#include <time.h>

#define US_PER_MS	1000ULL
#define MS_PER_SEC	1000ULL
#define NEVER_US	UINT64_MAX

/**
 * clock_us() - reads the monotonic clock
 *
 * Return: Microseconds since some time in the past.
 */
static inline uint64_t clock_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000ULL + now.tv_nsec / 1000;
}

#endif /* LBCTL_CLOCK_H */
