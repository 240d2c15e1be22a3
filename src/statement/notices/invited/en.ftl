invited-subject = { $program }: welcome
invited-title = Welcome to { $program }
invited-lead = You are now part of our creator program. Orders that come through your links and codes are credited to you.
invited-monthly = Every month you will get a statement of what you earned and what will be paid.
