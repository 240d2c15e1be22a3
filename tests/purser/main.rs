//! All tests, by what they prove. They use public functions and the real binary in temporary folders.

mod bad_input;
mod cases;
mod commands;
mod crashes;
mod house;
mod money;
mod program_file;
mod support;
