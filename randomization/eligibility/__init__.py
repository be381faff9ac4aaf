"""What an investigator says of the eligibility check before the draw."""
