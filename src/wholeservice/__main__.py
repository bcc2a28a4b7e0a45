"""Run the command line as `python -m wholeservice`."""

from wholeservice.app.cli import main

if __name__ == "__main__":
    main()
