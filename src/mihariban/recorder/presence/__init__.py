"""Is somebody at the kiosk? Judged causally, from compressed packets and as few decoded pictures as will do."""
