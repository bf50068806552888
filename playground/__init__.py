"""A Slack that isn't there: for trying, testing and demonstrating any Bolt app."""
