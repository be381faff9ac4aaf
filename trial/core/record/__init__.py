"""What the trial's registry record says beyond the rules: carried, shown, and compared with them."""
