"""The steps, oldest first: v0001_….py has revision "0001". A step that was released is never edited."""
