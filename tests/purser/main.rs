//! All tests, by what they prove. They use public functions and the real binary in temporary folders.

mod agreement;
mod bad_input;
mod cases;
mod commands;
mod crashes;
mod explain_text;
mod house;
mod model_calendar;
mod model_cases;
mod model_shops;
mod money;
mod program_file;
mod races;
mod statements;
mod support;
mod troubles;
