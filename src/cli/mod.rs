//! The command line: parses, calls, shows.
//!
//! 1. `args.rs` declares what can be typed; help, manual pages and completions are made from it.
//! 2. `settings.rs` and `context.rs` find out where things are and who asks: a setting comes from its flag, else the
//!    environment, else its default.
//! 3. A file for each command calls [`crate::app`], and shows what it returns (`show.rs`, `output.rs`).
//!
//! No rule stands here, as the server and its pages would need it too. What was asked for goes to standard output; progress,
//! logs and errors go to standard error. The exit code follows from the kind of an error, never from its words.
//!
//! To add a command: its use case in `app`, its arguments with help in `args.rs`, a file here, a line in `dispatch`. To add a
//! setting: a line in `settings.rs`, which `purser config` shows then.

mod args;
mod args_decisions;
mod args_export;
mod args_mail;
mod args_users;
mod batch;
mod batch_files;
mod batch_sheet;
mod check;
mod config;
mod context;
mod demo;
mod doctor;
mod erase;
mod explain;
mod export;
mod format;
mod funds;
mod hold;
mod init;
mod ledgers;
mod log_setup;
mod mail;
mod manual_pages;
mod moves;
mod moving_in;
mod output;
mod parse;
mod postback;
mod progress;
mod proposal;
mod run;
mod secrets;
mod serve;
mod settings;
mod show;
mod statement;
mod status;
mod tidy;
mod traces;
mod user;
mod validate;
mod visible;

use std::process::ExitCode;
use std::time::Duration;

use clap::{ArgMatches, CommandFactory, FromArgMatches};

use crate::app::Request;
use crate::error::is_transient;
use args::{Arguments, Command};
use progress::Progress;

/// How long what still runs may take to end once a command is done.
const LEFTOVERS: Duration = Duration::from_secs(1);

/// The exit code of a transient error (EX_TEMPFAIL of sysexits.h).
const TRY_AGAIN: u8 = 75;

/// Runs the program with the arguments of the process; answers its exit code (documented in `--help`).
pub fn main() -> ExitCode {
    let matches = Arguments::command().get_matches();
    let arguments = match Arguments::from_arg_matches(&matches) {
        Ok(arguments) => arguments,
        Err(error) => error.exit(),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&anyhow::Error::from(error)),
    };
    let progress = Progress::new();
    let logging = {
        let _inside = runtime.enter();
        log_setup::start(matches!(arguments.command, Command::Demo), &progress)
    };
    let traces = match logging {
        Ok(traces) => traces,
        Err(error) => return failed(&error),
    };
    let done = runtime.block_on(dispatch(arguments, &matches, progress));
    drop(traces);
    runtime.shutdown_timeout(LEFTOVERS);
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if show::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

fn failed(error: &anyhow::Error) -> ExitCode {
    show::tell(error);
    ExitCode::from(if is_transient(error) { TRY_AGAIN } else { 1 })
}

async fn dispatch(arguments: Arguments, matches: &ArgMatches, progress: Progress) -> anyhow::Result<()> {
    let places = arguments.places;
    match arguments.command {
        Command::Run(run) => run::run(&places, &run, progress).await,
        Command::Serve(options) => serve::serve(places, &options).await,
        Command::Doctor { format } => doctor::doctor(&places, format).await,
        Command::Config { format } => config::config(matches, format),
        Command::Completions { shell } => manual_pages::completions(shell),
        Command::Man { out } => manual_pages::pages(&out),
        Command::Validate(validate) => validate::validate(&places, &validate, &progress).await,
        Command::Status { runs, format } => status::status(&places, runs, format).await,
        Command::Init { folder, shopify, shopify_api, woocommerce } => init::init(
            &folder,
            match (shopify, shopify_api, woocommerce) {
                (.., true) => init::Sources::WooCommerce,
                (_, true, _) => init::Sources::ShopifyApi,
                (true, ..) => init::Sources::ShopifyFiles,
                _ => init::Sources::Tables,
            },
        ),
        Command::Erase(command) => erase::erase(&places, &command).await,
        Command::Tidy(command) => tidy::tidy(&places, &command).await,
        Command::Demo => demo::demo(&places, progress).await,
        Command::Explain { order_id, as_of, format } => explain::explain(&places, &order_id, as_of, format).await,
        Command::Export(export) => export::export(&places, &export).await,
        Command::Rename { old, new, request } => ledgers::rename(&places, &old, &new, &request).await,
        Command::Retire { name, request } => ledgers::retire(&places, &name, &request).await,
        Command::MoveIn { source, format } => moving_in::moving_in(&places, source.as_deref(), format).await,
        Command::Postback(command) => postback::postback(&places, &command).await,
        Command::Statement(command) => statement::statement(&places, &command).await,
        Command::Mail(command) => mail::mail(&places, &command).await,
        Command::Check(command) => check::check(&places, &command).await,
        Command::Batch(command) => batch::batch(&places, &command).await,
        Command::Hold(command) => hold::hold(&places, &command).await,
        Command::Adjust { creator_id, amount, unusual, propose } => {
            let request = Request::Adjust { creator_id: &creator_id, amount: &amount, unusual };
            proposal::propose(&places, request, &propose).await
        }
        Command::WriteOff { creator_id, propose } => {
            proposal::propose(&places, Request::WriteOff { creator_id: &creator_id }, &propose).await
        }
        Command::Credit { order_id, creator_id, propose } => {
            let request = Request::Credit { order_id: &order_id, creator_id: &creator_id };
            proposal::propose(&places, request, &propose).await
        }
        Command::Withdraw { credit_id, propose } => {
            proposal::propose(&places, Request::Withdraw { credit_id: &credit_id }, &propose).await
        }
        Command::Opening { file, adds_to, unusual, propose } => {
            let request = Request::Open { file: &file, adds_to: &adds_to, unusual };
            proposal::propose(&places, request, &propose).await
        }
        Command::Funds { amount, on, by, as_of } => funds::funds(&places, &amount, on, (&by, as_of)).await,
        Command::Close { month, propose } => proposal::propose(&places, Request::Close { month }, &propose).await,
        Command::Proposal(command) => proposal::proposal(&places, &command).await,
        Command::User(command) => user::user(&places, &command).await,
    }
}
