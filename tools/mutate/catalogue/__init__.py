"""Every check that refuses something of a hostile server or member, with the test that holds it."""
from . import approval, commits, engine, events, files, keys, private, roster, servers, voices

CHECKS = [*approval.CHECKS, *events.CHECKS, *commits.CHECKS, *roster.CHECKS, *keys.CHECKS, *engine.CHECKS, *private.CHECKS, *files.CHECKS,
          *servers.CHECKS, *voices.CHECKS]
