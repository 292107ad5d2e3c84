"""What reaches open pages while they are open: events and news."""
