"""The control of drift and discrimination in service: reports made each month and on demand, and their pages."""
