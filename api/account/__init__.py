"""The account, the administration and the journal: pages that work without a script, forms that are posted."""
