"""What every room stands on: database, clock, errors, audit, outbox. No Flask here."""
