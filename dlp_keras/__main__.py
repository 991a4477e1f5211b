"""``python -m dlp_keras`` is the command `dlp`."""

from dlp_keras.cli import main

if __name__ == "__main__":
    main(prog_name="dlp")
