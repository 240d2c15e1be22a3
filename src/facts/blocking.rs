use anyhow::{Result, bail};

/// Runs heavy work off the threads that wait for input and output.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let span = tracing::Span::current();
    match tokio::task::spawn_blocking(move || span.in_scope(work)).await {
        Ok(result) => result,
        Err(_) => bail!("an internal fault stopped the work; nothing from this step was posted"),
    }
}
