"""`python -m pluto` is `pluto serve`, or any other command that is named."""

from pluto.cli.main import main

if __name__ == "__main__":
    main()
