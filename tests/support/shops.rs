//! Random shops.
