//! All tests, by what they prove. They use public functions and the real binary in temporary folders.

mod agreement;
mod backup;
mod bad_input;
mod books;
mod cases;
mod commands;
mod crashes;
mod credits;
mod explain_text;
mod house;
mod invariants;
mod model_calendar;
mod model_cases;
mod model_shops;
mod money;
mod program_file;
mod proposals;
mod races;
mod restatement;
mod simulation;
mod starts;
mod statements;
mod support;
mod tamper;
mod troubles;
mod upgrade;
