"""Slack's payloads in, one service call, one private reply."""
