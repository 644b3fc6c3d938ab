-- The recovery key of an account, sealed under its password: only where its owner wants that the password alone opens the account.

ALTER TABLE recovery ADD COLUMN password_copy BYTEA;
