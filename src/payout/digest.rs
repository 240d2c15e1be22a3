//! The hash of a batch's content, which is what is approved.

use super::batch::BatchLine;

/// The hash of a batch's content: who gets what.
pub(super) fn digest(batch_id: &str, lines: &[BatchLine]) -> String {
    let mut digest = BatchDigest::begin(batch_id);
    lines.iter().for_each(|line| digest.add(&line.creator_id, line.amount));
    digest.finish()
}

/// The hash of a batch in the making.
pub struct BatchDigest(blake3::Hasher);

impl BatchDigest {
    /// Begins with the batch.
    pub fn begin(batch_id: &str) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(batch_id.as_bytes());
        Self(hasher)
    }

    /// Adds the next line, in the order of creators.
    pub fn add(&mut self, creator_id: &str, amount: i64) {
        self.0.update(b"\0").update(creator_id.as_bytes()).update(b"\0").update(amount.to_string().as_bytes());
    }

    /// The hash, in hexadecimal digits.
    pub fn finish(self) -> String {
        self.0.finalize().to_hex().to_string()
    }
}
