//! The binary: parse, run, exit code.

/// Frames are made and dropped by the gigabyte; the system's allocator spends more time on that than the rules do.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    purser::cli::main()
}
