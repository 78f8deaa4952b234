"""Who may see and do what: organisations, functional accounts, sign-ins, keys, wall displays, and the audit of it all."""
