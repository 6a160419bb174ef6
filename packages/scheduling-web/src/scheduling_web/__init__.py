"""A small appointment-booking service: one reference deployment of the scheduling library."""
