terms-changed-subject = { $program }: your terms change
terms-changed-title = Your terms change
terms-changed-after = All other terms stay as they are. Your next statement has all of them.
