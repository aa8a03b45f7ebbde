"""`python -m newscrawler` is the same as `newscrawler`."""

from newscrawler.cli import main

if __name__ == "__main__":
    main()
