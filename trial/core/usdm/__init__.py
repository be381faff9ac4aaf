"""A USDM 4.0 study definition as the draft of a protocol file (`trial.core.usdm.draft`)."""
