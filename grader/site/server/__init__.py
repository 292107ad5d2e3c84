"""The process that serves: what it listens at, what it lets through, what operators see."""
