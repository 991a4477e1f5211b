"""The bodies of the commands of `dlp`."""
