// SPDX-License-Identifier: GPL-2.0-only
/*
 * What was measured, and what the guest says about itself
 */

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "meter.h"

/**
 * samples_add() - ends a batch
 * @samples: takes what a unit of it cost
 * @begin: instructions() at its begin
 * @units: how many it had
 */
void samples_add(struct samples *samples, uint64_t begin, unsigned int units)
{
	samples->value[samples->n++] = (double)(instructions() - begin) / units;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/**
 * samples_print() - prints the figure that they make
 * @samples: of all batches; is put in order
 * @name: what it is
 *
 * The median: now and then a batch is hit by work that the kernel does every
 * few seconds, such as conntrack's search for what has expired.
 */
void samples_print(struct samples *samples, const char *name)
{
	const double *value = samples->value;
	unsigned int n = samples->n;
	double median;

	qsort(samples->value, n, sizeof(*value), compare);
	median = (value[n / 2] + value[(n - 1) / 2]) / 2;
	printf("%s %.1f %.2f\n", name, median,
	       (value[n * 3 / 4] - value[n / 4]) / median * 100);
}

/**
 * idle_ticks() - how long the guest had nothing to do
 *
 * The guest's clock jumps while it is idle: what is measured across that is
 * no number of instructions.
 *
 * Return: hundredths of a second since boot.
 */
uint64_t idle_ticks(void)
{
	FILE *file = fopen("/proc/stat", "r");
	uint64_t idle;

	if (!file || fscanf(file, "cpu %*u %*u %*u %" SCNu64, &idle) != 1)
		errx(1, "/proc/stat is not understood");
	fclose(file);
	return idle;
}

/**
 * kernel_bytes() - memory that the kernel's objects and tables take
 *
 * Call settle() before: counts are brought together when a CPU is idle.
 *
 * Return: bytes of the pages of all slabs, whether full or not, and of what is
 * too big for slabs.
 */
uint64_t kernel_bytes(void)
{
	FILE *file = fopen("/proc/meminfo", "r");
	uint64_t kbytes, sum = 0;
	char line[512];

	if (!file)
		err(1, "/proc/meminfo");
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "Slab: %" SCNu64, &kbytes) == 1 ||
		    sscanf(line, "VmallocUsed: %" SCNu64, &kbytes) == 1)
			sum += kbytes;
	fclose(file);
	return sum * 1024;
}

/**
 * settle() - lets the kernel end what it has begun in the background
 *
 * This costs nothing: the clock of an idle guest jumps.
 */
void settle(void)
{
	usleep(500000);
}
