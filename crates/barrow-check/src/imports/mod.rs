//! What importing the handler would do: which modules load, in which order, from where.
