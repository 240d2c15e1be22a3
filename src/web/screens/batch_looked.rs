//! A batch as its pages look at it.

use std::sync::Arc;

use super::room::Room;
use crate::app::{self, ApprovalLine, ApprovalSheet, Batch, CreatorNames};
use crate::web::page::Place;
use crate::web::{Failure, SignedIn, Web};

/// A batch as its pages look at it.
pub(super) struct Looked {
    pub room: Room,
    pub sheet: Arc<ApprovalSheet>,
    pub names: Arc<CreatorNames>,
}

impl Looked {
    /// Looks at a batch.
    pub(super) async fn at(web: &Web, signed: &SignedIn, program: &str, batch_id: &str) -> Result<Self, Failure> {
        let room = Room::enter(web, signed, program, Place::Batches)?;
        let sheet = app::approval_sheet(&room.at, &room.program, batch_id).await?;
        let names = app::creator_names(&room.at, &room.program).await?;
        Ok(Self { room, sheet, names })
    }

    pub(super) fn batch(&self) -> &Batch {
        &self.sheet.batch
    }

    pub(super) fn path(&self) -> String {
        self.room.batch(&self.batch().batch_id)
    }
}

/// How much more a line pays than the creator's last batch did; none where it is the first, or cannot be kept exactly.
pub(super) fn changed(line: &ApprovalLine) -> Option<i64> {
    line.line.earlier.as_ref().and_then(|earlier| line.line.amount.checked_sub(earlier.amount))
}
