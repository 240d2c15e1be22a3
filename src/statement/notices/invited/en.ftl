invited-subject = { $program }: welcome
invited-title = Welcome to { $program }
invited-lead = You are part of our creator program now. Orders that come by your links and codes are credited to you.
invited-monthly = Each month you get a statement of what you earned and what will be paid.
