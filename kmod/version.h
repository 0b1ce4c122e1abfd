/* SPDX-License-Identifier: GPL-2.0-only */
/* The version, the only place where it stands. */
#ifndef _NFLB_VERSION_H
#define _NFLB_VERSION_H

#define NFLB_VERSION "0.1.0"

#endif /* _NFLB_VERSION_H */
