"""Programs that time Mankong beside a named peer in one run and print the ratio; never part of a test."""
