# SPDX-License-Identifier: GPL-2.0-only
#
# What goes onto a gateway: lbctl with its manual, completion and systemd units,
# and by DKMS the module. For packages, all of it honours DESTDIR; DKMS itself
# is called only without one.

PREFIX ?= /usr/local
SBINDIR ?= $(PREFIX)/sbin
MANDIR ?= $(PREFIX)/share/man
COMPLETIONDIR ?= $(PREFIX)/share/bash-completion/completions
UNITDIR ?= $(PREFIX)/lib/systemd/system
INSTALL ?= install
VERSION := $(shell sed -n 's/.*NFLB_VERSION "\(.*\)"/\1/p' kmod/version.h)

sbin := $(DESTDIR)$(SBINDIR)
man8 := $(DESTDIR)$(MANDIR)/man8
completion := $(DESTDIR)$(COMPLETIONDIR)
unit := $(DESTDIR)$(UNITDIR)
# Not below PREFIX: DKMS and the unit look nowhere else.
dkms_source := $(DESTDIR)/usr/src/nflb-$(VERSION)
config := $(DESTDIR)/etc/nflb

.PHONY: install uninstall dkms-source dkms-install dkms-remove

install: ctl		## lbctl, manual, completion, units (PREFIX, DESTDIR)
	$(INSTALL) -d $(sbin) $(man8) $(completion) $(unit) $(config)
	$(INSTALL) -m 755 $(O)/lbctl $(O)/lbctl-agent $(sbin)
	$(INSTALL) -m 644 ctl/lbctl.8 $(man8)/lbctl.8
	$(INSTALL) -m 644 ctl/lbctl.bash $(completion)/lbctl
	for name in nflb nflb-agent; do \
		sed 's|@SBINDIR@|$(SBINDIR)|' ctl/$$name.service.in \
			>$(unit)/$$name.service; \
	done

uninstall:		## what install installed; /etc/nflb/nflb.json stays
	rm -f $(sbin)/lbctl $(sbin)/lbctl-agent
	rm -f $(man8)/lbctl.8 $(completion)/lbctl
	rm -f $(unit)/nflb.service $(unit)/nflb-agent.service
	-rmdir --ignore-fail-on-non-empty $(config)

dkms-source:
	rm -rf $(dkms_source)
	$(INSTALL) -d $(dkms_source)/kmod $(dkms_source)/uapi
	$(INSTALL) -m 644 Kbuild COPYING $(dkms_source)
	$(INSTALL) -m 644 kmod/*.[ch] $(dkms_source)/kmod
	$(INSTALL) -m 644 uapi/nflb.h $(dkms_source)/uapi
	sed 's|@VERSION@|$(VERSION)|g' kmod/dkms.conf.in \
		>$(dkms_source)/dkms.conf

ifdef DESTDIR
dkms-install: dkms-source
else
dkms-install: dkms-remove	## nflb.ko for every kernel with headers (DKMS)
	@$(MAKE) --no-print-directory dkms-source
	dkms add nflb/$(VERSION)
	@set -e; for headers in /lib/modules/*/build/; do \
		release=$${headers#/lib/modules/}; \
		release=$${release%/build/}; \
		echo "dkms install nflb/$(VERSION) -k $$release"; \
		dkms install nflb/$(VERSION) -k $$release || \
			[ $$? = 77 ]; \
	done
endif

# 77 above: the kernel is none of those that dkms.conf names. Versions that
# were installed before are of no use beside the new one.
dkms-remove:		## all that dkms-install installed
	@dkms status nflb | sed -n 's|^nflb/\([^,:]*\).*|\1|p' | sort -u | \
	while read -r version; do \
		echo "dkms remove nflb/$$version --all"; \
		dkms remove nflb/$$version --all; \
		rm -rf /usr/src/nflb-$$version; \
	done
