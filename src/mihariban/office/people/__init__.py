"""People, the posts they hold, what they are designated for, and the accounts they log in with."""
