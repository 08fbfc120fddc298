"""What people show of themselves: en ligne, absent, occupé, invisible, until when and why."""
