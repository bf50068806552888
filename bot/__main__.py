"""The command `peerloop`."""

import click


@click.group()
def main() -> None:
    """Peer-to-peer learning at work, in Slack."""


if __name__ == "__main__":
    main()
