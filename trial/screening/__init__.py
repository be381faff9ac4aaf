"""From the first number to the eligibility check: acts, pages and endpoints."""
