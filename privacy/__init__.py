"""The only door to the store: what enters is cleared of personal data, or withheld."""
